"""The bot as a process of its own, killed without warning at any instant; and Discord failing at every turn (RUN-3).

From outside: people act in the stand-in of Discord whether the bot lives or not, and in the end everything agrees.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.discord import requests
from bot.governance.ids import ProposalId
from bot.governance.proposals_types import Proposal
from storage.engine import Engines, create_engines
from storage.unit_of_work import SqlUnitOfWork
from tests.processes import ROOT, TOKEN, environment
from tests.standin import Declined, Fault, How, Json, StandIn, controls, listening, on_duty
from tests.standin.running import caught_up
from tests.standin.town import CORE, FEED, Town, founded

KILLS = 24
# Imports everything once; each line it reads starts the bot in a process of its own, forked, so that many starts
# take seconds. What discord.py waits after the last server is cut short.
STARTER = """
import os, signal, sys
from bot import __main__, app
from bot.discord import client, outbox
from bot.operation import logs, running
made = running.create_bot
def quick(settings):
    bot = made(settings)
    bot._connection.guild_ready_timeout = 0.05
    return bot
running.create_bot = quick
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
while sys.stdin.readline():
    child = os.fork()
    if not child:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os._exit(__main__.main(["run"]))
    print(child, flush=True)
"""


@dataclass
class Starter:
    """Starts the bot again and again, and kills it."""

    process: Process
    pid: int = 0

    async def start(self) -> None:
        """The bot starts."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"\n")
        self.pid = int(await self.process.stdout.readline())

    def kill(self) -> None:
        """It dies without warning."""
        os.kill(self.pid, signal.SIGKILL)


@asynccontextmanager
async def starting(standin: StandIn, url: str, folder: Path) -> AsyncIterator[Starter]:
    """A starter of bots on this database; its last bot is killed at the end of the block."""
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "ignore", "-c", STARTER),
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT), "DATABASE_URL": url} | environment(standin),
            stdin=PIPE,
            stdout=PIPE,
            stderr=log,
        )
    starter = Starter(process)
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        yield starter
    finally:
        with suppress(ProcessLookupError):
            starter.kill()
        process.kill()
        await process.wait()


@dataclass
class Evening:
    """What people did, so that it can be asked for in the end."""

    town: Town
    chance: random.Random
    filed: list[int] = field(default_factory=list)
    """Proposals of which people were told that their review is open."""
    signs: dict[int, set[int]] = field(default_factory=dict)
    """Who put ✋ on the card of each proposal."""

    async def act(self) -> None:
        """Somebody files or objects; what is not answered in time is left."""
        with suppress(TimeoutError, Declined):
            if self.chance.randrange(2):
                async with asyncio.timeout(3):
                    await self.file()
            else:
                self.object()

    async def file(self) -> None:
        """Somebody files a proposal and opens its review."""
        who = self.chance.choice(("tia", "tom", "uma"))
        # No two say alike: what was filed before would be shown first.
        words = {part: self.words() for part in ("title", "ask", "why", "outcome", "risks")}
        self.filed.append(await self.town.propose(who, **words))

    def words(self) -> str:
        """A sentence that nobody has said before."""
        return " ".join("".join(self.chance.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(6))

    def object(self) -> None:
        """Somebody puts ✋ on a card that shows it."""
        shown = [
            (number, card) for number in self.filed for card in self.town.cards(number) if len(card["reactions"]) > 1
        ]
        if not shown:
            return
        number, card = self.chance.choice(shown)
        who = self.town[self.chance.choice(("tom", "uma"))]
        who.react(card, "✋")
        self.signs.setdefault(number, set()).add(who.id)


class Books:
    """What the bot's database says, read beside it."""

    def __init__(self, engines: Engines) -> None:
        self.uow = SqlUnitOfWork(engines)

    async def objectors(self, number: int) -> set[int]:
        """Who has an objection on record."""
        async with self.uow.read() as tx:
            proposal = await tx.of(Proposal).get(ProposalId(number))
            users = await tx.people.users_of({o.person for o in proposal.objections} | {proposal.author})
        author = users.pop(proposal.author, None)
        return set(users.values()) | ({author} if author else set())

    async def rest(self) -> bool:
        """Whether nothing waits to be shown."""
        async with self.uow.read() as tx:
            waiting = await tx.deliveries.waiting(datetime.now(UTC) + timedelta(days=30))
        return not [d for d in waiting if d.proposal is not None and d.retry_at is None]

    async def hold(self) -> None:
        """The chain of every partnership verifies."""
        async with self.uow.read() as tx:
            for partnership in await tx.partnerships.all():
                verdict = await tx.record.verify(partnership.id)
                assert verdict.holds, verdict


async def comes_true(holds: Callable[[], Awaitable[bool]], within: float = 60.0) -> bool:
    """Whether it holds within this time."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            while True:
                if await holds():
                    return True
                await asyncio.sleep(0.1)
    return False


async def agree(town: Town, evening: Evening, books: Books) -> None:
    """The record holds, everything said to be filed stands once, and every ✋ counts."""

    async def told() -> bool:
        heard = [evening.signs.get(n, set()) <= await books.objectors(n) for n in evening.filed]
        shown = [len(card["reactions"]) > 1 for n in evening.filed for card in town.cards(n)]
        return all(heard) and len(shown) == len(evening.filed) and all(shown) and await books.rest()

    calm = await comes_true(told)
    await books.hold()
    for number in evening.filed:
        assert evening.signs.get(number, set()) <= await books.objectors(number), f"an objection to {number} is lost"
        assert len(town.cards(number)) == 1
        thread = town.standin.messages(town.thread(number))
        assert twice(thread) == []
    assert twice(town.standin.messages(town.channel(FEED))) == []
    assert twice(town.standin.messages(town.channel(CORE))) == []
    assert calm


def twice(messages: list[Json]) -> list[int]:
    """Markers of the bot's messages that more messages carry than one sending has."""
    seen = Counter(
        (m["components"][0]["id"], str(controls(m)), str(m["components"])) for m in messages if m["components"]
    )
    return [marker for (marker, _, _), count in seen.items() if count > 1]


async def test_killed_at_any_instant_nothing_is_lost_and_nothing_doubled(tmp_path: Path) -> None:
    chance = random.Random(20261127)
    url = f"sqlite+aiosqlite:///{tmp_path / 'governance.sqlite3'}"
    standin = StandIn(TOKEN)
    guild = standin.guild()
    async with listening(standin), starting(standin, url, tmp_path) as starter:
        await starter.start()
        await standin.until(lambda: standin.gateway.connected and standin.world.commands, within=60)
        town = await founded(standin, guild)
        evening = Evening(town, chance)
        await evening.file()
        await town.card(evening.filed[0])
        starter.kill()
        for _ in range(KILLS):
            await killed(starter, standin, evening)
        await starter.start()
        engines = create_engines(url)
        try:
            await agree(town, evening, Books(engines))
        finally:
            await engines.dispose()
    assert len(evening.filed) >= 2
    assert sum(map(len, evening.signs.values())) >= 3
    said = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines() if line.startswith("{")]
    assert said
    assert [line for line in said if line["level"] in {"error", "critical"}] == []


async def killed(starter: Starter, standin: StandIn, evening: Evening) -> None:
    """One life of the bot and its end: at start-up, at random, between a request and its answer, after an event."""
    chance = evening.chance
    await standin.until(lambda: not standin.gateway.connected)
    if evening.chance.randrange(2):
        evening.object()  # nobody is there to see it
    await starter.start()
    match chance.randrange(4):
        case 0:
            await asyncio.sleep(chance.random() * 0.8)
        case 1:
            await standin.until(lambda: standin.gateway.connected)
            await evening.act()
            await asyncio.sleep(chance.random() * 0.3)
        case 2:
            fault = standin.fail("* /channels/**", how=How.SILENCE, after=bool(chance.randrange(2)))
            await standin.until(lambda: standin.gateway.connected)
            await evening.act()
            with suppress(TimeoutError):
                await standin.until(lambda: fault.met, within=1)
            starter.kill()
            standin.faults.remove(fault)
            return
        case _:
            await standin.until(lambda: standin.gateway.connected)
            await asyncio.sleep(chance.random() * 0.5)
            evening.object()
    starter.kill()


WAYS: list[dict[str, object]] = [
    {"status": 503},
    {"how": How.DROP},
    {"how": How.DROP, "after": True},
    {"how": How.TRUNCATE, "after": True},
    {"status": 500, "after": True},
]


async def test_a_share_of_all_requests_fails_before_or_after_its_effect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "PAUSES", (0.1, 0.2))
    chance = random.Random(20261128)
    url = f"sqlite+aiosqlite:///{tmp_path / 'governance.sqlite3'}"
    ahead = timedelta(0)

    def clock() -> datetime:
        return datetime.now(UTC) + ahead

    standin = StandIn(TOKEN, clock=clock)
    guild = standin.guild()
    async with listening(standin), on_duty(standin, url, clock=clock) as bot:
        await standin.until(bot.is_ready)
        await caught_up(standin, bot)
        town = await founded(standin, guild)
        evening = Evening(town, chance)
        faults = [
            Fault(on, times=None, share=6, chance=chance, **how)  # type: ignore[arg-type]
            for on in ("* /channels/**", "* /guilds/**")
            for how in WAYS
        ]
        standin.faults += faults
        for _ in range(25):
            await evening.act()
            ahead += timedelta(seconds=20)
            await bot.sweep()
        failed = sum(len(fault.met) for fault in faults)
        standin.heal()
        for _ in range(3):
            ahead += timedelta(hours=1)
            await bot.sweep()
            await caught_up(standin, bot)
        engines = create_engines(url)
        try:
            await agree(town, evening, Books(engines))
        finally:
            await engines.dispose()
    assert failed > 10
    assert len(evening.filed) > 2
