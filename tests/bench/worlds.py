"""Two simulated Discords with the same people in them: one with the real bot, one with a bare bot."""

from __future__ import annotations

import contextvars
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord
import simcord
from discord.ext import commands

from bot.governance.proposals_types import Proposal
from bot.services.ports.proposals import Filter
from storage.unit_of_work import SqlUnitOfWork
from tests.bench.bare import BareBot
from tests.bench.calls import Call, calls_of, shared_out
from tests.bench.watch import Watch
from tests.journeys import server as journeys
from tests.journeys.server import CORE, FEED, OBJECT, Server, controls_of, page_one

CROWD = 51
"""One person more than act at once: the author of what the others act on."""

GOVERNANCE = "[limits]\nopen_per_author = 1000\nfiled_per_day = 1000\nopen_per_group = 1000\n"


class World(ABC):
    """A server with a crowd in it, and the three acts that are measured."""

    env: simcord.Env
    guild: simcord.GuildHandle
    crowd: list[simcord.MemberActor]
    watch: Watch
    scope: contextvars.Context
    before: int

    @property
    def bot(self) -> commands.Bot:
        """The bot on duty."""
        assert isinstance(self.env.bot, commands.Bot)
        return self.env.bot

    @abstractmethod
    async def card(self, fresh: bool) -> discord.Message:
        """A card to act on."""

    def expects(self, calls: Sequence[Call], acts: int) -> None:  # noqa: B027 -- the real bot needs no script
        """These calls are to be made for so many acts."""

    async def send_forms(self, people: Sequence[simcord.MemberActor]) -> tuple[list[simcord.InteractionResult], float]:
        """Everybody sends in a filled form at once."""
        options = {"type": "general"} if isinstance(self, RealWorld) else {}
        channel = self.guild.channels[CORE]
        shown = [await person.slash(channel, "propose", **options) for person in people]
        self.mark()
        self.watch.hold()
        sent = [await who.submit_modal(form, page_one()) for who, form in zip(people, shown, strict=True)]
        return sent, await self.watch.let_go()

    async def press(
        self, people: Sequence[simcord.MemberActor], messages: Sequence[Any], prefix: str
    ) -> tuple[list[simcord.InteractionResult], float]:
        """Everybody presses a button at once."""
        self.mark()
        self.watch.hold()
        results = []
        for who, message in zip(people, messages, strict=True):
            named = next(each for each in controls_of(message) if each.startswith(prefix))
            results.append(await who.click(message, custom_id=named))
        return results, await self.watch.let_go()

    async def press_anyway(self, people: Sequence[simcord.MemberActor], answers: Sequence[Any]) -> float:
        """Those press *Open anyway* who were shown that something says much the same."""
        name = "proposal:open-anyway:"
        asked = [
            (who, answer)
            for who, answer in zip(people, answers, strict=True)
            if any(each.startswith(name) for each in controls_of(answer))
        ]
        if not asked:
            return 0.0
        _, took = await self.press([who for who, _ in asked], [answer for _, answer in asked], name)
        return took

    async def react(self, people: Sequence[simcord.MemberActor], card: discord.Message) -> float:
        """Everybody's reaction arrives at once."""
        guild = self.bot.get_guild(self.guild.id)
        assert guild is not None
        events = [_reaction(guild, card, person.id) for person in people]
        self.mark()
        start = time.perf_counter()
        for each in events:
            self.scope.run(self.bot.dispatch, "raw_reaction_add", each)
        return await self.watch.span_since(start)

    def mark(self) -> None:
        """From here on, requests belong to the act that follows."""
        self.before = len(self.env.http_requests)

    def calls(self) -> list[Call]:
        """What was asked of Discord since the mark."""
        names = {c.id: c.name for c in self.guild.channels.values() if c.name in {CORE, FEED}}
        return calls_of(self.env.http_requests[self.before :], names)


class RealWorld(World):
    """The real bot, on a database file of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._standing: discord.Message | None = None

    async def open(self) -> None:
        """Set up the example partnership with the crowd in the top-level cell."""
        self.env = simcord.Env(journeys.Understudy(), settle_timeout=120)
        await self.env.start()
        self.guild = self.env.create_guild("Willow Valley")
        url = f"sqlite+aiosqlite:///{self._folder / 'real.sqlite3'}"
        self.server = Server(self.env, self.guild, self._folder, url, governance=GOVERNANCE)
        await journeys.begin(self.server)
        await journeys.set_up_partnership(self.server)
        self.crowd = [self.server.join(f"member {each}", ("Core Team",)) for each in range(CROWD)]
        await self.server.settle()
        self.watch = Watch(self.env, self.bot)
        uow = self.server.bot.ctx.uow
        assert isinstance(uow, SqlUnitOfWork)
        self._stamp_commits(uow)
        assert self.server._scope is not None
        self.scope = self.server._scope

    def _stamp_commits(self, uow: SqlUnitOfWork) -> None:
        write = uow.write

        @asynccontextmanager
        async def stamped() -> AsyncIterator[Any]:
            async with write() as tx:
                yield tx
            self.watch.stamp()

        uow.write = stamped  # type: ignore[method-assign]

    async def card(self, fresh: bool) -> discord.Message:
        """The card of an open proposal; a new one for each crowd, else people would have acted already."""
        if fresh or self._standing is None:
            number = await self._propose()
            self._standing = await self.server.card(number)
        return self._standing

    async def _propose(self) -> int:
        sent, _ = await self.send_forms(self.crowd[-1:])
        asked, _ = await self.press(self.crowd[-1:], [sent[0].response], "proposal:open:")
        await self.press_anyway(self.crowd[-1:], [asked[0].response])
        async with self.server.bot.ctx.uow.read() as tx:
            (partnership,) = await tx.partnerships.all()
            return max(row.number or 0 for row in await tx.of(Proposal).listed(partnership.id, Filter()))

    async def close(self) -> None:
        """Everything went well, and nothing is left running."""
        assert not self.env.errors, self.env.errors
        await self.server.as_bot(self.server.bot.close())
        await self.env.shutdown()


class BareWorld(World):
    """A bare bot, told by the real bot's wire log what to do for each act."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._card: discord.Message | None = None

    @property
    def begun(self) -> bool:
        """Whether there is something to act on."""
        return self._card is not None

    async def open(self) -> None:
        """The same channels and the same crowd."""
        bot = BareBot(self._folder / "bare.sqlite3", (CORE, FEED))

        async def remember() -> None:
            self.scope = contextvars.copy_context()

        bot.add_listener(remember, "on_ready")
        self.env = simcord.Env(bot, settle_timeout=120)
        await self.env.start()
        self.guild = self.env.create_guild("Willow Valley")
        role = self.guild.create_role("Core Team")
        for name in (CORE, FEED):
            self.guild.create_text_channel(name)
        for name in ("ada", "ben", "cleo", "dev", "eli", "fay", "gus", "tia", "tom", "uma", "cal", "nia"):
            self.guild.add_member(self.env.create_user(name))
        users = (self.env.create_user(f"member {each}") for each in range(CROWD))
        self.crowd = [self.guild.add_member(user, roles=[role]) for user in users]
        await self.env.settle()
        self.watch = Watch(self.env, bot)

    async def begin(self, calls: Sequence[Call]) -> None:
        """Put up the proposal that the crowd acts on, as the real bot put up one."""
        assert isinstance(self.bot, BareBot)
        work = self.bot.begin([call for call in calls if call.does != "answer"])
        self._card = await self.scope.run(self.bot.loop.create_task, work)
        await self.env.settle()

    async def card(self, fresh: bool) -> discord.Message:
        """The one card, as it stands: nobody minds who acted on it before."""
        assert self._card is not None
        wanted = self._card.id
        return next(each for each in self.guild.channels[CORE].history() if each.id == wanted)

    def expects(self, calls: Sequence[Call], acts: int) -> None:
        """These calls are to be made for so many acts."""
        assert isinstance(self.bot, BareBot)
        assert not self.bot.scripts
        self.bot.scripts.extend(shared_out(calls, acts))

    async def close(self) -> None:
        """Everything went well, and nothing is left running."""
        assert not self.env.errors, self.env.errors
        await self.scope.run(self.bot.loop.create_task, self.bot.close())
        await self.env.shutdown()


def _reaction(guild: discord.Guild, card: discord.Message, user_id: int) -> discord.RawReactionActionEvent:
    emoji = discord.PartialEmoji(name=OBJECT)
    data: Any = {
        "user_id": str(user_id),
        "channel_id": str(card.channel.id),
        "message_id": str(card.id),
        "guild_id": str(guild.id),
        "emoji": {"id": None, "name": OBJECT},
        "burst": False,
        "type": 0,
    }
    made = discord.RawReactionActionEvent(data, emoji, "REACTION_ADD")
    made.member = guild.get_member(user_id)
    return made
