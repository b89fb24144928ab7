"""Servers are taken in side by side: bounded, first where somebody waits, none held up by one that hangs (PRO-11)."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime

import pytest

from bot.discord import intake
from bot.discord.intake import AT_ONCE, Intake
from tests.database import NEW_YEAR, TestClock


class Servers:
    """Each is taken in as soon as the test lets it."""

    def __init__(self) -> None:
        self.clock = TestClock()
        self.wanted: Counter[int] = Counter()
        self.begun: list[int] = []
        self.done: list[int] = []
        self.failed: list[int] = []
        self.due_at: list[datetime] = []
        self.trouble: set[int] = set()
        self.hold = asyncio.Event()
        self.hang: set[int] = set()
        self.crowded = False
        self.intake = Intake(self.clock, self.take_in, self.wanted, self.fail, self.due_at.append, lambda: self.crowded)

    async def take_in(self, guild_id: int, last_ready: datetime | None) -> None:
        self.begun.append(guild_id)
        if guild_id in self.hang:
            await asyncio.Event().wait()
        await self.hold.wait()
        if guild_id in self.trouble:
            raise OSError
        self.done.append(guild_id)

    def fail(self, guild_id: int, error: Exception) -> None:
        self.failed.append(guild_id)

    async def rest(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)


@pytest.fixture
def servers() -> Servers:
    return Servers()


def those(*numbers: int) -> dict[int, datetime | None]:
    return dict.fromkeys(numbers, NEW_YEAR)


async def test_so_many_are_taken_in_at_a_time_and_those_that_are_wanted_at_once(servers: Servers) -> None:
    taken = asyncio.create_task(servers.intake.take_in(those(*range(100))))
    await servers.rest()
    assert servers.begun == list(range(AT_ONCE))
    servers.wanted[99] += 1
    servers.intake.look()
    await servers.rest()
    assert servers.begun[AT_ONCE:] == [99]
    servers.hold.set()
    await taken
    assert sorted(servers.done) == list(range(100))
    assert servers.intake.due() == {}


async def test_those_that_hang_hold_up_no_other_and_are_not_waited_for(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "SLOW", 0.01)
    servers.hang = set(range(2 * AT_ONCE))
    servers.hold.set()
    await servers.intake.take_in(those(*range(2 * AT_ONCE + 5)))
    async with asyncio.timeout(20):
        while len(servers.done) < 5:  # noqa: ASYNC110 -- whatever ends is news
            await asyncio.sleep(0.001)
    assert sorted(servers.done) == list(range(2 * AT_ONCE, 2 * AT_ONCE + 5))
    assert servers.due_at, "one that came late is told of: something may be due in it"
    await servers.intake.take_in(those(0, 1))
    assert servers.begun.count(0) == 1, "one that is at it is left to it"
    await servers.intake.close()


async def test_while_requests_wait_for_their_turn_no_more_servers_make_all_of_them_late(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "SLOW", 0.01)
    servers.crowded = True
    await servers.intake.take_in(those(*range(3 * AT_ONCE)))
    await asyncio.sleep(0.1)
    assert servers.begun == list(range(AT_ONCE))
    servers.crowded = False
    async with asyncio.timeout(20):
        while len(servers.begun) < 3 * AT_ONCE:  # noqa: ASYNC110 -- whatever begins is news
            await asyncio.sleep(0.001)
    await servers.intake.close()


async def test_one_that_fails_is_taken_in_again_and_each_time_later(servers: Servers) -> None:
    servers.hold.set()
    servers.trouble = {7}
    pauses = []
    for _ in range(3):
        await servers.intake.take_in(those(7, 8))
        pauses.append((servers.intake.due()[7] - NEW_YEAR).total_seconds())
    assert pauses == sorted(set(pauses))
    assert servers.failed == [7, 7, 7]
    assert servers.due_at
    servers.trouble.clear()
    await servers.intake.take_in(those(7))
    assert servers.intake.due() == {}


async def test_one_whose_session_died_meanwhile_begins_anew(servers: Servers) -> None:
    first = asyncio.create_task(servers.intake.take_in(those(7)))
    await servers.rest()
    servers.intake.call_off(lambda guild_id: guild_id == 7)
    second = asyncio.create_task(servers.intake.take_in(those(7)))
    await servers.rest()
    servers.hold.set()
    await asyncio.gather(first, second)
    assert servers.begun == [7, 7]
    assert servers.done == [7]
    servers.hold.clear()
    asyncio.create_task(servers.intake.take_in(those(*range(3 * AT_ONCE))))  # noqa: RUF006 -- ended below
    await servers.rest()
    assert len(servers.begun) == 2 + AT_ONCE, "the slot of the one that was called off was given back, once"
    await servers.intake.close()
