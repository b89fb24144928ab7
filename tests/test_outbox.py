"""The real outbox on a real SQLite file, and a Discord that takes each message only when the test says so (PRO-10)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

import discord
import pytest

from bot.discord.guild import DiscordFailure, DiscordGuild, Gone
from bot.discord.outbox import Outbox
from bot.governance.ids import PartnershipId
from bot.governance.organisation_events import RoleRenamed
from bot.governance.policy import genesis
from bot.services import objections, proposals
from bot.services.ports.context import Context
from bot.services.ports.deliveries import DeliveryKind
from bot.services.ports.partnerships import Place, PlaceKind
from bot.ui.announcements import announce
from storage.engine import create_engines
from storage.unit_of_work import SqlUnitOfWork
from tests.database import NEW_YEAR, TestClock, sqlite_pattern, sqlite_url
from tests.facts import event_of
from tests.services.scene import ADA, BEN, CLEO, HERE, OTHER_TEXT, PARTNERSHIP, SHG, TLC, Scene

__all__ = ["sqlite_pattern", "sqlite_url"]

FEED, TLC_CHANNEL, SHG_CHANNEL = 1, 2, 3
"""The last digit of a channel, after the number of its partnership."""


def channel(partnership: int, which: int) -> int:
    return partnership * 10 + which


class Discord(DiscordGuild):
    """Takes requests at once, but for those to channels that are held: these wait, together with those after them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        """Every request, as it came."""
        self.messages: dict[int, tuple[int, int, str]] = {}
        """Channel, marker and words of each message, by its id."""
        self.at_once: Counter[int] = Counter()
        self.most: Counter[int] = Counter()
        self.broken: set[int] = set()
        self._held: dict[int, asyncio.Event] = {}
        self._silent: dict[int, asyncio.Event] = {}
        self._next = 1000

    def hold(self, *channels: int) -> None:
        """These channels do not answer from now on."""
        for each in channels:
            self._held[each] = asyncio.Event()

    def silence(self, *channels: int) -> None:
        """These channels take what is sent to them from now on, but do not answer."""
        for each in channels:
            self._silent[each] = asyncio.Event()

    def let_go(self, *channels: int) -> None:
        """They answer again."""
        for each in channels:
            for those in (self._held, self._silent):
                if each in those:
                    those.pop(each).set()

    def words(self, channel_id: int) -> list[str]:
        """What stands in a channel, oldest first."""
        return [words for _, (where, _, words) in sorted(self.messages.items()) if where == channel_id]

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait for something that needs no more than that the bot is left to work."""
        async with asyncio.timeout(20):
            while not holds():  # noqa: ASYNC110 -- whatever the bot does is news
                await asyncio.sleep(0.001)

    @asynccontextmanager
    async def _request(self, what: str, channel_id: int) -> AsyncIterator[None]:
        self.asked.append((what, channel_id))
        self.at_once[channel_id] += 1
        self.most[channel_id] = max(self.most[channel_id], self.at_once[channel_id])
        try:
            if channel_id in self._held:
                await self._held[channel_id].wait()
            await asyncio.sleep(0)
            if channel_id in self.broken:
                raise DiscordFailure("broken")
            yield
            if channel_id in self._silent:
                await self._silent[channel_id].wait()
        finally:
            self.at_once[channel_id] -= 1

    async def post(
        self,
        channel_id: int,
        view: discord.ui.LayoutView,
        mention: Iterable[int] = (),
        files: Iterable[tuple[str, bytes]] = (),
    ) -> int:
        async with self._request("post", channel_id):
            self._next += 1
            self.messages[self._next] = (channel_id, view.children[0].id or 0, _words(view))
            return self._next

    async def edit(self, channel_id: int, message_id: int, view: discord.ui.LayoutView) -> None:
        async with self._request("edit", channel_id):
            if message_id not in self.messages:
                raise Gone("message")
            _, marker, _ = self.messages[message_id]
            self.messages[message_id] = (channel_id, marker, _words(view))

    async def open_thread(self, channel_id: int, message_id: int, name: str) -> int:
        async with self._request("thread", channel_id):
            assert message_id in self.messages, "a thread is made from a card"
        return message_id

    async def add_reaction(self, channel_id: int, message_id: int, emoji: str) -> None:
        async with self._request("react", channel_id):
            assert message_id in self.messages, "a reaction is put on a card"

    async def find_marked(self, channel_id: int, marker: int, since: datetime) -> list[int]:
        self.asked.append(("find", channel_id))
        return [
            each for each, (where, this, _) in sorted(self.messages.items()) if (where, this) == (channel_id, marker)
        ]

    async def exists(self, channel_id: int) -> bool:
        return True


def _words(view: discord.ui.LayoutView) -> str:
    return "\n".join(each.content for each in view.walk_children() if isinstance(each, discord.ui.TextDisplay))


class Town:
    """Some servers with a partnership each, the first of which has people who act."""

    def __init__(self, scene: Scene, discord_: Discord) -> None:
        self.scene = scene
        self.discord = discord_
        self.outbox = self.new_outbox()

    def new_outbox(self) -> Outbox:
        made = Outbox(self.scene.ctx, self.discord)
        made.open = True
        return made

    async def add(self, number: int) -> None:
        """A partnership with its channels, in a server of its own."""
        this = PartnershipId(number)
        async with self.scene.ctx.uow.write() as tx:
            if number != HERE:
                await tx.partnerships.save(replace(PARTNERSHIP, id=this, guild_id=number))
            for which, kind, group in (
                (FEED, PlaceKind.FEED, None),
                (TLC_CHANNEL, PlaceKind.GROUP, TLC),
                (SHG_CHANNEL, PlaceKind.GROUP, SHG),
            ):
                await tx.partnerships.save_place(Place(this, kind, channel(number, which), group))

    async def tell(self, number: int, times: int = 1) -> None:
        """Something happens that the feed of a partnership tells of."""
        this = PartnershipId(number)
        async with self.scene.ctx.uow.write() as tx:
            told = event_of(RoleRenamed, f"partnership/{this}", None, {"role": "7", "name": "Kept"})
            await tx.record.append(this, [told] * times, NEW_YEAR)

    async def states(self) -> Counter[str]:
        """How many deliveries stand how."""
        async with self.scene.ctx.uow.read() as tx:
            waiting = await tx.deliveries.waiting(self.scene.clock.now, 10_000)
        return Counter(str(each.state) for each in waiting)


@pytest.fixture
async def town(sqlite_url: str) -> AsyncIterator[Town]:
    engines = create_engines(sqlite_url)
    clock = TestClock()
    made: list[Town] = []
    uow = SqlUnitOfWork(
        engines, announce, lambda work: made[0].outbox.poke(work.deliveries) if made and work.deliveries else None
    )
    scene = Scene(Context(uow, clock, genesis()), clock)
    await scene.set_up()
    town = Town(scene, Discord())
    await town.add(HERE)
    await town.outbox.drain()
    town.discord.asked.clear()
    made.append(town)
    yield town
    await town.outbox.close()
    await engines.dispose()


async def test_a_silent_channel_delays_neither_other_channels_of_its_server_nor_other_servers(town: Town) -> None:
    await town.add(2)
    town.discord.hold(channel(1, SHG_CHANNEL))
    await town.scene.file()
    await town.discord.until(lambda: ("post", channel(1, SHG_CHANNEL)) in town.discord.asked)
    await town.tell(1)
    await town.tell(2)
    await town.scene.file(type="general", text=OTHER_TEXT)
    await town.discord.until(lambda: town.discord.words(channel(2, FEED)))
    await town.discord.until(lambda: any("Record #" in words for words in town.discord.words(channel(1, FEED))))
    await town.discord.until(lambda: any("Record #" not in words for words in town.discord.words(channel(1, FEED))))
    assert ("thread", channel(1, TLC_CHANNEL)) in town.discord.asked
    assert town.discord.words(channel(1, SHG_CHANNEL)) == []
    town.discord.let_go(channel(1, SHG_CHANNEL))
    await town.outbox.drain()
    assert len(town.discord.words(channel(1, SHG_CHANNEL))) == 1


async def test_what_stands_on_a_card_follows_it_and_a_thread_is_made_from_it(town: Town) -> None:
    town.discord.hold(channel(1, SHG_CHANNEL))
    filed = await town.scene.file()
    await town.discord.until(lambda: town.discord.asked)
    await asyncio.sleep(0.05)
    assert town.discord.asked == [("post", channel(1, SHG_CHANNEL))], "feed, thread and reactions wait for the card"
    town.discord.let_go(channel(1, SHG_CHANNEL))
    await town.outbox.drain()
    asked = town.discord.asked
    assert asked.index(("thread", channel(1, SHG_CHANNEL))) < asked.index(("post", channel(1, FEED)))
    card = next(each for each, (where, *_) in town.discord.messages.items() if where == channel(1, SHG_CHANNEL))
    async with town.scene.ctx.uow.read() as tx:
        shown = {each.kind: each for each in await tx.deliveries.of_proposal(filed)}
    assert shown[DeliveryKind.FEED].message_id is not None
    assert shown[DeliveryKind.THREAD].message_id == shown[DeliveryKind.CARD].message_id == card
    assert await town.states() == {}


async def test_a_server_with_two_hundred_posts_in_one_channel_does_not_hold_up_another_with_one(town: Town) -> None:
    await town.add(2)
    town.outbox.open = False
    await town.tell(1, 200)
    await town.tell(2)
    town.outbox.open = True
    town.discord.hold(channel(1, FEED))
    town.outbox.poke()
    await town.discord.until(lambda: town.discord.words(channel(2, FEED)))
    assert town.discord.asked.count(("post", channel(1, FEED))) == 1
    town.discord.let_go(channel(1, FEED))
    await town.outbox.drain()
    assert await town.states() == {}
    told = [int(words.partition("Record #")[2].split(" ")[0]) for words in town.discord.words(channel(1, FEED))]
    assert len(told) >= 200
    assert told == sorted(set(told)), "in their order, each once"
    assert town.discord.most[channel(1, FEED)] == 1


async def test_what_changes_while_it_is_shown_is_shown_once_more(town: Town) -> None:
    filed = await town.scene.file()
    await town.outbox.drain()
    town.discord.hold(channel(1, SHG_CHANNEL))
    town.discord.asked.clear()
    await proposals.mark_read(town.scene.ctx, town.scene.actor(ADA), filed)
    await objections.concern(town.scene.ctx, town.scene.actor(BEN), filed, "Who keeps it?")
    await town.discord.until(lambda: ("edit", channel(1, SHG_CHANNEL)) in town.discord.asked)
    for user in (CLEO, BEN):
        await proposals.mark_read(town.scene.ctx, town.scene.actor(user), filed)
    town.discord.let_go(channel(1, SHG_CHANNEL))
    await town.outbox.drain()
    assert town.discord.asked.count(("edit", channel(1, SHG_CHANNEL))) == 2
    assert await town.states() == {}


async def test_one_killed_with_many_at_work_leaves_nothing_lost_and_nothing_twice(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2, 12):
        await town.add(number)
    town.outbox.open = False
    for number in range(1, 12):
        await town.tell(number, 5)
    await town.scene.file()
    feeds = [channel(number, FEED) for number in range(1, 12)]
    town.discord.silence(*feeds[::2], channel(1, SHG_CHANNEL))
    town.discord.hold(*feeds[1::2])
    town.outbox.open = True
    town.outbox.poke()
    await town.discord.until(lambda: len({where for what, where in town.discord.asked if what == "post"}) == 12)
    await _kill(town.outbox, monkeypatch)
    assert (await town.states())["sending"] > 12
    town.outbox = town.new_outbox()
    town.discord.let_go(*feeds, channel(1, SHG_CHANNEL))
    await town.outbox.drain()
    assert await town.states() == {}
    for feed in feeds[1:]:
        told = town.discord.words(feed)
        assert len(told) == len(set(told)) == 5, told
    assert len(town.discord.words(channel(1, SHG_CHANNEL))) == 1
    assert len(set(town.discord.words(feeds[0]))) == len(town.discord.words(feeds[0])) == 6


async def _kill(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """It dies where it is: what it did not save, it saves no more."""

    async def nothing(done: object, stands: object = None) -> None:
        pass

    monkeypatch.setattr(outbox, "_save", nothing)
    outbox.open = False
    tasks = outbox._tasks()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def test_a_channel_that_refuses_gives_way_and_is_tried_again_later(town: Town) -> None:
    await town.add(2)
    town.discord.broken.add(channel(1, FEED))
    await town.tell(1, 3)
    await town.tell(2, 3)
    await town.outbox.drain()
    assert town.discord.words(channel(1, FEED)) == []
    assert len(town.discord.words(channel(2, FEED))) == 3
    assert town.discord.asked.count(("post", channel(1, FEED))) == 3
    town.discord.broken.clear()
    town.scene.clock.now = NEW_YEAR.replace(month=2)
    await town.outbox.drain()
    assert len(town.discord.words(channel(1, FEED))) == 3


async def test_closing_ends_what_is_at_hand_and_leaves_the_rest_for_the_next_start(town: Town) -> None:
    await town.add(2)
    town.discord.hold(channel(1, FEED), channel(2, FEED))
    await town.tell(1, 3)
    await town.tell(2, 3)
    await town.discord.until(lambda: town.discord.asked.count(("post", channel(2, FEED))) == 1)
    closing = asyncio.create_task(town.outbox.close(30))
    await asyncio.sleep(0.01)
    town.discord.let_go(channel(1, FEED), channel(2, FEED))
    await closing
    for number in (1, 2):
        assert len(town.discord.words(channel(number, FEED))) == 1
    assert (await town.states()).total() == 4
    town.outbox = town.new_outbox()
    await town.outbox.drain()
    for number in (1, 2):
        assert len(set(town.discord.words(channel(number, FEED)))) == 3


async def test_one_that_never_answers_does_not_keep_the_bot_from_closing(town: Town) -> None:
    town.discord.hold(channel(1, FEED))
    await town.tell(1)
    await town.discord.until(lambda: town.discord.asked)
    await town.outbox.close(0.01)
    assert await town.states() == {"sending": 1}, "the next start looks whether it was posted"
