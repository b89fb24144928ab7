"""Part three: one sweep that reminds everybody, of few members and of many, each with preferences of their own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from bot.governance.ids import PersonId
from bot.governance.policy import genesis
from bot.governance.reminders import Preferences, ReminderTopic, Way
from bot.services import direct_messages, meetings
from bot.services.ports.context import Actor, Context
from bot.ui.announcements import announce
from storage import migrate, tables
from storage.engine import create_engines
from storage.unit_of_work import SqlUnitOfWork
from tests.database import NEW_YEAR, TestClock
from tests.services.scene import CORE, CORE_RULER, GUILD, HERE, PARTNERSHIP, TLC, TOM

FEW, MANY = 100, 10_000
ZONES = ("Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
ROUNDS = 3


@dataclass
class Reminded:
    """How long one sweep took, and how many were reminded at once; the others wait for the end of quiet hours."""

    members: int
    seconds: float
    given: int

    @property
    def each(self) -> float:
        """Seconds for each reminder that was due."""
        return self.seconds / self.members


def compare(folder: Path, told: Callable[[Reminded, Reminded], None]) -> None:
    """Few and many in turns; each round on a fresh database."""
    for number in range(ROUNDS):
        few = asyncio.run(_sweep(folder / f"few-{number}.sqlite3", FEW))
        many = asyncio.run(_sweep(folder / f"many-{number}.sqlite3", MANY))
        told(few, many)


async def _sweep(path: Path, members: int) -> Reminded:
    engines = create_engines(f"sqlite+aiosqlite:///{path}")
    try:
        await migrate.upgrade(engines.writer)
        clock = TestClock()
        uow = SqlUnitOfWork(engines, announce)
        ctx = Context(uow, clock, genesis())
        await _seed(uow, ctx, members)
        actor = Actor(TOM, GUILD, frozenset({CORE, CORE_RULER}))
        wanted = meetings.Wanted("2026-01-10 12:00", "All hands", group=TLC)
        held = await meetings.draft(ctx, actor, HERE, wanted)
        await meetings.confirm(ctx, actor, held.meeting.id)
        clock.now = NEW_YEAR + timedelta(days=8, hours=12)
        start = time.perf_counter()
        await direct_messages.sweep(ctx, (HERE,))
        seconds = time.perf_counter() - start
        async with uow.read() as tx:
            given = len(await tx.deliveries.waiting(clock.now, members + 10))
        return Reminded(members, seconds, given)
    finally:
        await engines.dispose()


async def _seed(uow: SqlUnitOfWork, ctx: Context, members: int) -> None:
    """Members of one group, a third of whom sleep at that time, and some of whom want only a digest."""
    ids = [f"{n:032x}" for n in range(1, members + 1)]
    async with uow.write() as tx:
        await tx.partnerships.save(PARTNERSHIP)
        await tx.policies.add(HERE, ctx.genesis, None, NEW_YEAR)
        execute = tx._session.connection.execute
        await execute(insert(tables.people), [{"person_id": p, "user_id": 10_000 + n} for n, p in enumerate(ids)])
        seat = {"partnership_id": HERE, "role_id": CORE, "group_id": TLC, "seat": "member"}
        seat |= {"since": NEW_YEAR, "how_gained": "seen"}
        await execute(insert(tables.seats), [seat | {"person_id": p} for p in ids])
        for n, person in enumerate(ids):
            await tx.reminders.prefer(HERE, PersonId(person), _wishes(n), None)


def _wishes(n: int) -> Preferences:
    return Preferences(
        ZONES[n % len(ZONES)],
        (22 * 60, 7 * 60) if n % 2 else (13 * 60, 18 * 60),
        frozenset({ReminderTopic.SURVEYS}) if n % 5 == 0 else frozenset(),
        Way.DIGEST if n % 7 == 0 else Way.MENTION,
        n % 4 or None,
    )
