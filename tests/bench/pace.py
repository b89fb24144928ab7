"""Part six: the bot beside Discord's own pace, with a model of its latency and limits; in the model's time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from types import SimpleNamespace
from typing import TypeVar
from unittest.mock import patch

from discord import gateway
from sqlalchemy import insert

from bot.discord.client import GovernanceBot
from bot.governance import lifecycle
from bot.governance.effects import Governed
from bot.governance.ids import GroupId, PartnershipId, RoleId
from bot.governance.organisation import Group, GroupKind, Partnership, RoleMapping
from bot.governance.organisation_events import RoleRenamed
from bot.governance.policy import genesis
from bot.services import electorates, roles
from bot.services.ports.context import Context
from bot.services.ports.partnerships import Place, PlaceKind
from bot.ui.announcements import announce
from storage import migrate, tables
from storage.engine import create_engines
from storage.proposals import columns_of
from storage.unit_of_work import SqlUnitOfWork
from tests.bench.model import A_SECOND, ModelLoop, Paced
from tests.bench.seeding import opened
from tests.facts import event_of
from tests.standin import Json, Person, controls, listening, on_duty
from tests.standin.running import caught_up
from tests.standin.world import Guild

T = TypeVar("T")

CLOSING, OPEN_EACH = (100, 10), (500, 5)
"""Servers, and open proposals of each: in the first part, which closes them, and in the third, which starts."""
POSTS, CROWD = 200, 50
LONG = 10.0**6
"""Seconds within which everything here has come about."""
TOP, BELOW = GroupId(1), GroupId(2)
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = timedelta(hours=73)
"""By then every review is over."""


@dataclass
class Valley:
    """Many servers with a partnership each, and the bot that serves them."""

    standin: Paced
    url: str
    guilds: list[Guild] = field(default_factory=list)
    people: list[list[Person]] = field(default_factory=list)
    channels: list[tuple[Json, Json]] = field(default_factory=list)
    """The group's and the feed of each server."""
    ahead: timedelta = timedelta(0)

    def clock(self) -> datetime:
        """The bot's time, and Discord's."""
        return BEGIN + timedelta(seconds=asyncio.get_running_loop().time()) + self.ahead

    @asynccontextmanager
    async def books(self) -> AsyncIterator[Context]:
        """What the bot keeps, beside it."""
        engines = create_engines(self.url)
        yield Context(SqlUnitOfWork(engines, announce), self.clock, genesis())
        await engines.dispose()

    @asynccontextmanager
    async def at_work(self, *, paced: bool) -> AsyncIterator[GovernanceBot]:
        """A bot that starts in it, with the model of Discord's pace or without."""
        self.standin.paced = paced
        async with on_duty(self.standin, self.url, clock=self.clock) as bot:
            yield bot

    async def found(self, servers: int, proposals: int, crowd: int = 3) -> None:
        """Servers with people, channels, and open proposals that are still to be shown; the first has a crowd."""
        engines = create_engines(self.url)
        await migrate.upgrade(engines.writer)
        await engines.dispose()
        async with self.books() as ctx:
            for number in range(servers):
                await self._found(ctx, PartnershipId(number + 1), proposals, crowd if number == 0 else 3)

    async def _found(self, ctx: Context, id: PartnershipId, proposals: int, people: int) -> None:
        guild = self.standin.guild(f"Valley {id}")
        core = guild.role("Core Team")
        self.guilds.append(guild)
        self.people.append([self.standin.join(guild, f"p{id}x{each}", core) for each in range(people)])
        group, feed = guild.channel("core-team"), guild.channel("decisions")
        self.channels.append((group, feed))
        mapping = RoleMapping(RoleId(int(core["id"])), BELOW, "member", mapped_at=self.clock(), name="Core Team")
        made = Partnership(
            id,
            f"Valley {id}",
            guild.id,
            (Group(TOP, GroupKind.STAKEHOLDERS, "Stakeholders"), Group(BELOW, GroupKind.TOP_LEVEL, "Core", TOP)),
            (mapping,),
            provisional=True,
            created_at=self.clock(),
        )
        async with ctx.uow.write() as tx:
            made = await tx.partnerships.save(made)
            await tx.policies.add(id, ctx.genesis, None, self.clock())
            for kind, channel, of in ((PlaceKind.GROUP, group, BELOW), (PlaceKind.FEED, feed, None)):
                await tx.partnerships.save_place(Place(id, kind, int(channel["id"]), of))
        worn = {person.id: frozenset({int(core["id"])}) for person in self.people[-1]}
        await roles.sync_members(ctx, guild.id, worn, partial=False, how="seen")
        async with ctx.uow.write() as tx:
            made = await tx.partnerships.save(replace(made, provisional=False))
            world = Governed(made, await tx.policies.current(id))
            seated = await electorates.seated(tx, made, BELOW, self.clock())
            story = opened(made, world, seated, self.clock())
            first = (id - 1) * proposals
            stories = [story.again(first + each + 1) for each in range(proposals)]
            numbered = [replace(s.proposal, number=each + 1) for each, s in enumerate(stories)]
            rows = [{"id": p.id} | columns_of(p, lifecycle.next_due(p)) for p in numbered]
            if rows:
                await tx._session.connection.execute(insert(tables.proposals), rows)  # type: ignore[attr-defined]
            await tx.record.append(id, [event for each in stories for event in each.events], self.clock())

    def begin(self) -> Span:
        """Count from here."""
        return Span(self.standin, _now(), time.process_time(), self.standin.counted, self.standin.refused)


@dataclass
class Span:
    """What was asked of Discord since it began, and how long that took."""

    standin: Paced
    at: float
    worked_at: float
    counted_at: int
    refused_at: int

    @property
    def requests(self) -> int:
        """How many."""
        return self.standin.counted - self.counted_at

    @property
    def refused(self) -> int:
        """How many more went over the limit of all."""
        return self.standin.refused - self.refused_at

    @property
    def seconds(self) -> float:
        """Until the last of them."""
        return self.standin.last_at - self.at

    @property
    def worked(self) -> float:
        """Processor time of the bot and of the model together."""
        return time.process_time() - self.worked_at


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _until(holds: Callable[[], object]) -> float:
    """When it holds, in the model's time."""
    while not holds():  # noqa: ASYNC110 -- many things make it so
        await asyncio.sleep(0.02)
    return _now()


async def _comes_to_rest(bot: GovernanceBot) -> None:
    """Until the sweep and everything that it leaves to be shown is done."""
    await bot.sweep()
    await bot.outbox.drain()


async def closing(folder: Path, servers: int, each: int, told: Callable[[str], None]) -> None:
    """(a), (d), (e): everything closes in the same minute, while a crowd acts in one server."""
    standin = Paced("token")
    valley = Valley(standin, f"sqlite+aiosqlite:///{folder / 'closing.sqlite3'}")
    standin.world.clock = valley.clock
    async with listening(standin):
        await valley.found(servers, each, CROWD)
        async with valley.at_work(paced=False) as bot:
            await standin.until(bot.is_ready, within=LONG)
            await caught_up(standin, bot, LONG)
            valley.ahead = LATER
            standin.paced = True
            span = valley.begin()
            resting = asyncio.create_task(_comes_to_rest(bot))
            await asyncio.sleep(1)
            waits = await _crowd(valley)
            await resting
            await bot.outbox.drain()
        many = servers * each
        rate = span.requests / span.seconds
        told(f"(a) {many} proposals of {servers} servers close: {span.requests} requests in {span.seconds:.1f} s")
        told(f"    {rate:.1f} a second of {A_SECOND} ({rate / A_SECOND:.0%}), {span.refused} over the limit")
        told(f"(e) {span.requests / many:.2f} requests and {span.worked / many * 1000:.0f} ms of the processor each")
        if waits:
            most = quantiles(waits, n=100)[-1]
            told(f"(d) first answers to {len(waits)}: {median(waits):.2f} s, 99 of 100 in {most:.2f} s")


async def _crowd(valley: Valley) -> list[float]:
    """Everybody in the first server presses at once; how long each waits for the first answer."""
    group, _ = valley.channels[0]
    cards = [m for m in valley.standin.messages(group) if any("proposal:read:" in c for c in _ids(m))]
    if not cards:
        return []
    card = cards[-1]
    button = next(c for c in _ids(card) if "proposal:read:" in c)
    at, asked = _now(), [person.press(card, button) for person in valley.people[0]]
    await _until(lambda: all(each.id in valley.standin.first_answers for each in asked))
    return [valley.standin.first_answers[each.id] - at for each in asked]


def _ids(message: Json) -> list[str]:
    return list(controls(message))


async def fairness(folder: Path, told: Callable[[str], None]) -> None:
    """(b): one post of one server, beside nothing and beside many posts of another."""
    waits = []
    for posts in (0, POSTS):
        standin = Paced("token")
        valley = Valley(standin, f"sqlite+aiosqlite:///{folder / f'fair{posts}.sqlite3'}")
        standin.world.clock = valley.clock
        async with listening(standin):
            await valley.found(2, 0)
            async with valley.at_work(paced=False) as bot:
                await standin.until(bot.is_ready, within=LONG)
                await caught_up(standin, bot, LONG)
                standin.paced = True
                feed = valley.channels[1][1]
                for here, times in ((PartnershipId(1), posts), (PartnershipId(2), 1)):
                    before, at = len(standin.messages(feed)), _now()
                    renamed = event_of(RoleRenamed, f"partnership/{here}", None, {"role": "7", "name": "Kept"})
                    async with bot.ctx.uow.write() as tx:
                        await tx.record.append(here, [renamed] * times, valley.clock())
                waits.append(await _until(lambda: len(standin.messages(feed)) > before) - at)  # noqa: B023
    alone, beside = waits
    told(f"(b) one post beside {POSTS} of another server: {beside:.2f} s, alone {alone:.2f} s: {beside / alone:.2f} x")


async def starting(folder: Path, servers: int, each: int, told: Callable[[str], None]) -> None:
    """(c), (e): the bot starts, and somebody acts in the last server as soon as it is there."""
    standin = Paced("token")
    valley = Valley(standin, f"sqlite+aiosqlite:///{folder / 'starting.sqlite3'}")
    standin.world.clock = valley.clock
    async with listening(standin):
        await valley.found(servers, each)
        async with valley.at_work(paced=False) as bot:
            await standin.until(bot.is_ready, within=LONG)
            await caught_up(standin, bot, LONG)
        valley.ahead += timedelta(minutes=5)
        span = valley.begin()
        async with valley.at_work(paced=True) as bot:
            await standin.until(bot.is_ready, within=LONG)
            at = _now()
            group, _ = valley.channels[-1]
            card = next(m for m in standin.messages(group) if any("proposal:read:" in c for c in _ids(m)))
            pressed = valley.people[-1][0].press(card, next(c for c in _ids(card) if "proposal:read:" in c))
            answered = asyncio.create_task(pressed.answered(LONG))
            last = await _until(lambda: all(bot.reconciliation.knows(guild.id) for guild in valley.guilds))
            requests = span.requests
            await answered
            await caught_up(standin, bot, LONG)
    limit, took = requests / A_SECOND, last - span.at
    many = servers * each
    told(f"(c) {servers} servers of {each}: the last is decidable after {took:.1f} s")
    told(f"    beside {limit:.1f} s at {A_SECOND} a second: {took / limit:.2f} x")
    waited = standin.first_answers[pressed.id] - at
    told(f"    somebody in the last server has a first answer after {waited:.2f} s: {pressed.said[:60]!r}")
    told(f"(e) {span.requests / many:.2f} requests for each open proposal at the start, {span.refused} over the limit")


def run(work: Awaitable[T]) -> T:
    """In the model's time, which the library's own limit of the gateway goes by as well."""
    loop = ModelLoop()
    asyncio.set_event_loop(loop)
    try:
        with patch.object(gateway, "time", SimpleNamespace(**vars(time) | {"time": loop.time})):
            return loop.run_until_complete(work)
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def compare(folder: Path, told: Callable[[str], None], scale: float = 1.0) -> None:
    """All of it, one after the other; ``scale`` takes fewer servers."""
    run(closing(folder, max(2, int(CLOSING[0] * scale)), CLOSING[1], told))
    run(fairness(folder, told))
    run(starting(folder, max(2, int(OPEN_EACH[0] * scale)), OPEN_EACH[1], told))
