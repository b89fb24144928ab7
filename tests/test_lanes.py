"""Turns at Discord: order within a place, fairness between servers, and nobody held up by others (PRO-10)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Hashable
from contextlib import suppress

import pytest

from bot.discord.lanes import Closed, Lanes, Order

HOUR = 3600.0


class Town:
    """Things to do in places of servers; each takes until it is let go."""

    def __init__(self, at_once: int = 100, of_one_server: int = 100, slow: float = HOUR) -> None:
        self.lanes = Lanes(at_once, of_one_server, slow)
        self.at_work: list[str] = []
        self.done: list[str] = []
        self.most = 0
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.began: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._let_go: dict[str, asyncio.Event] = {}

    def wants(self, name: str, server: int, place: Hashable, order: int = 0, *, can_wait: bool = False) -> None:
        """Somebody waits for their turn from now on."""
        self._let_go[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._work(name, server, place, Order(can_wait, 0, order)))

    async def _work(self, name: str, server: int, place: Hashable, order: Order) -> None:
        async with self.lanes.turn(server, place, order):
            self.at_work.append(name)
            self.began[name].set()
            self.most = max(self.most, len(self.at_work))
            try:
                await self._let_go[name].wait()
            finally:
                self.at_work.remove(name)
        self.done.append(name)

    async def ends(self, *names: str) -> list[str]:
        """These come to their end; who is at work then."""
        for name in names:
            self._let_go[name].set()
        return await self.rests()

    async def rests(self) -> list[str]:
        """Everybody who can begins; who is at work then."""
        for _ in range(20):
            await asyncio.sleep(0)
        return list(self.at_work)

    async def all_end(self) -> None:
        """Everything is done as soon as it begins."""
        for event in self._let_go.values():
            event.set()
        await asyncio.gather(*self.tasks.values())


async def test_one_place_takes_one_at_a_time_in_their_order_and_others_go_beside_it() -> None:
    town = Town()
    town.wants("first", 1, "feed", 1)
    await town.rests()
    town.wants("third", 1, "feed", 3)
    town.wants("second", 1, "feed", 2)
    town.wants("beside", 1, "core", 4)
    town.wants("elsewhere", 2, "feed", 5)
    assert await town.rests() == ["first", "beside", "elsewhere"]
    assert await town.ends("first") == ["beside", "elsewhere", "second"]
    assert await town.ends("second") == ["beside", "elsewhere", "third"]
    await town.all_end()


async def test_there_is_a_bound_in_all_and_one_for_each_server() -> None:
    town = Town(at_once=5, of_one_server=2)
    for server in range(4):
        for place in range(4):
            town.wants(f"{server}.{place}", server, place)
    assert await town.rests() == ["0.0", "0.1", "1.0", "1.1", "2.0"]
    await town.all_end()
    assert town.most == 5
    assert len(town.done) == 16


async def test_the_server_that_went_longest_without_comes_next() -> None:
    town = Town(at_once=1)
    for place in range(200):
        town.wants(f"many {place}", 1, place)
    await town.rests()
    town.wants("one", 2, "feed")
    for place in range(3):
        town.wants(f"few {place}", 3, place)
    assert await town.rests() == ["many 0"]
    assert await town.ends("many 0") == ["one"]
    assert await town.ends("one") == ["few 0"]
    assert await town.ends("few 0") == ["many 1"]
    assert await town.ends("many 1") == ["few 1"]
    await town.all_end()


async def test_a_server_with_one_busy_channel_is_no_newcomer_each_time() -> None:
    town = Town(at_once=1)
    town.wants("feed 1", 1, "feed")
    await town.rests()
    town.wants("other 1", 2, "feed")
    town.wants("other 2", 2, "core")
    assert await town.ends("feed 1") == ["other 1"]
    town.wants("feed 2", 1, "feed")
    assert await town.ends("other 1") == ["feed 2"]
    assert await town.ends("feed 2") == ["other 2"]
    await town.all_end()


async def test_what_can_wait_comes_after_what_people_wait_for_wherever_that_is() -> None:
    town = Town(at_once=1)
    town.wants("at hand", 1, "core")
    await town.rests()
    town.wants("digest", 2, "feed", 1, can_wait=True)
    town.wants("redraw", 1, "core", 2, can_wait=True)
    town.wants("card", 1, "core", 3)
    assert await town.ends("at hand") == ["card"]
    assert await town.ends("card") == ["digest"]
    assert await town.ends("digest") == ["redraw"]
    await town.all_end()


async def test_who_is_slow_keeps_the_place_and_gives_the_slot_to_others() -> None:
    town = Town(at_once=2, of_one_server=2, slow=0.01)
    for server in range(5):
        for place in range(3):
            town.wants(f"silent {server}.{place}", server, place)
    town.wants("behind", 0, 0, 1)
    town.wants("another", 9, "core")
    async with asyncio.timeout(20):
        await town.began["another"].wait()
    assert "behind" not in town.at_work
    assert len(town.at_work) > 2
    await town.all_end()
    assert town.done.index("behind") > town.done.index("silent 0.0")
    town.wants("after", 0, 0)
    town.wants("too", 0, 1)
    town.wants("late", 0, 2)
    assert await town.rests() == ["after", "too"], "every slot was given back, and none twice"
    await town.all_end()


async def test_who_no_longer_waits_holds_up_nobody() -> None:
    town = Town(at_once=1)
    town.wants("at hand", 1, "core")
    await town.rests()
    town.wants("gone", 1, "core", 1)
    town.wants("there", 1, "core", 2)
    await town.rests()
    town.tasks.pop("gone").cancel()
    await town.rests()
    assert await town.ends("at hand") == ["there"]
    await town.all_end()


async def test_who_is_called_off_just_when_it_is_their_turn_gives_it_on() -> None:
    town = Town(at_once=1)
    town.wants("at hand", 1, "core")
    await town.rests()
    town.wants("called", 1, "core", 1)
    town.wants("there", 1, "core", 2)
    await town.rests()
    town._let_go["at hand"].set()
    at_hand, called = town.tasks["at hand"], town.tasks.pop("called")
    at_hand.add_done_callback(lambda _: called.cancel())
    assert await town.rests() == ["there"]
    with suppress(asyncio.CancelledError):
        await called
    await town.all_end()


async def test_once_closed_no_turn_is_given_and_what_is_at_work_goes_on() -> None:
    town = Town(at_once=1)
    town.wants("at hand", 1, "core")
    await town.rests()
    town.wants("waits", 1, "feed")
    await town.rests()
    town.lanes.close()
    assert await town.rests() == ["at hand"]
    with pytest.raises(Closed):
        await town.tasks.pop("waits")
    with pytest.raises(Closed):
        async with town.lanes.turn(2, "core", Order(False, 0, 0)):
            pytest.fail("closed")
    await town.all_end()
    assert town.done == ["at hand"]
