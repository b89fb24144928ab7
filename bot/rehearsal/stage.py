"""The stage: the real bot in a simulated Discord, its clock, its starts and stops, and the one open preview.

One lock serialises clock, restart and acts (RUN-1). What a visitor does in the preview is serialised by SimCord, which
refuses an overlapping operation; ours then wait for theirs.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from contextvars import Context, copy_context
from datetime import datetime, timedelta
from typing import Any, TypeVar

import discord
import simcord

from bot.discord.client import GovernanceBot
from bot.governance.errors import Refusal
from bot.rehearsal.log import Log, Tone
from bot.services.nouns import NOUNS
from bot.services.ports.context import Context as Services

T = TypeVar("T")

PATIENCE = 20.0
"""Seconds to wait for something that a visitor does in the preview at the same moment."""
STRIDE = timedelta(hours=1)
"""The longest leap of the clock while the bot runs; after each it says that it lives."""
MOMENT = timedelta(seconds=1)


class Busy(Exception):
    """The visitor's own act in the preview did not end in time."""


class Understudy(discord.Client):
    """A client that does nothing: it holds the place while the bot is stopped, and sees members as the bot does."""

    def __init__(self) -> None:
        intents = discord.Intents.default()
        intents.members = True
        super().__init__(intents=intents)


class Stage:
    """The simulated world with the bot in it. ``performer`` is None while the bot is stopped."""

    def __init__(
        self, env: simcord.Env, guild: simcord.GuildHandle, cast: Callable[[], GovernanceBot], log: Log
    ) -> None:
        self.env = env
        self.guild = guild
        self.log = log
        self.lock = asyncio.Lock()
        self.people: list[simcord.MemberActor] = []
        self.doing = ""
        self.preview: simcord.Preview | None = None
        self.shown: int | None = None
        self._cast = cast
        self._performer: GovernanceBot | None = None
        self._crashed: list[GovernanceBot] = []
        self._backstage: Context | None = None
        self._watching: asyncio.Task[None] | None = None
        self._errors = env.error_cursor

    # ---- the bot ---------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether the real bot is on stage."""
        return self._performer is not None

    @property
    def ctx(self) -> Services | None:
        """What the running bot's use cases are given; for reading only."""
        return self._performer.ctx if self._performer is not None else None

    async def start(self) -> None:
        """Put a fresh bot on stage; it opens the same database."""
        bot = self._cast()

        async def remember() -> None:
            self._backstage = copy_context()

        bot.add_listener(remember, "on_ready")
        await self._attach(bot)
        _spare_refusals(bot)
        _offer_as_discord_does(bot)
        self._performer = bot
        await self.pulse()

    async def stop(self) -> None:
        """Close the bot as an operator would; Discord goes on without it."""
        if self._performer is not None:
            await self._as_bot(self._performer.close())
        self._performer = self._backstage = None
        await self._attach(Understudy())

    async def crash(self) -> None:
        """Replace the bot in the middle of its work, without closing it."""
        if self._performer is not None:
            self._crashed.append(self._performer)
        self._performer = self._backstage = None
        await self.start()

    async def close(self) -> None:
        """End the performance. What a crash left open is closed too, so that the process can end."""
        await self.hide()
        if self._performer is not None:
            await self._as_bot(self._performer.close())
            self._performer = None
        for bot in self._crashed:
            await bot.close()

    async def _attach(self, bot: discord.Client) -> None:
        await self.calmly(lambda: self.env.restart_bot(bot))
        # The front page shows who wears which role, so it needs to know every member.
        guild = bot.get_guild(self.guild.id)
        if guild is not None and not guild.chunked:
            await guild.chunk()

    async def _as_bot(self, work: Coroutine[Any, Any, T]) -> T:
        """Run the bot's work among the bot's tasks: SimCord then knows them, and their sleeps follow its clock."""
        task = (self._backstage or copy_context()).run(asyncio.create_task, work)
        return await task

    # ---- the clock -------------------------------------------------------------------------------

    async def forward(self, by: timedelta) -> None:
        """Move the world's clock. A running bot does on the way what is due, when it is due."""
        end = self.env.now() + by
        seen = None
        while self.env.now() < end:
            step = min(end, self.env.now() + STRIDE) if self._performer else end
            due = await self.next_due()
            if due is not None and due != seen and self.env.now() < due + MOMENT < step:
                step, seen = due + MOMENT, due
            await self._leap(step)
            await self._sweep()
        await self.pulse()

    async def next_due(self) -> datetime | None:
        """The bot's next deadline; None when nothing waits or the bot is stopped."""
        return await self._performer.next_due() if self._performer is not None else None

    async def next_deadline(self) -> datetime | None:
        """When the next step of anything or the next reminder is due; cards that are only drawn again do not count."""
        if self.ctx is None:
            return None
        async with self.ctx.uow.read() as tx:
            due = [await tx.of(noun.type).next_due_at() for noun in NOUNS]
            due.append(await tx.reminders.next_due_at())
        return min((each for each in due if each is not None), default=None)

    async def pulse(self) -> None:
        """Let the bot finish what is due now, and show it."""
        await self._sweep()
        await self.calmly(self.env.settle)
        if self.preview is not None:
            await self.calmly(self.preview.refresh)
        self.collect()

    async def _sweep(self) -> None:
        if self._performer is not None:
            await self._as_bot(self._performer.sweep())

    async def _leap(self, to: datetime) -> None:
        async def leap() -> None:
            await self.env.advance_time(max(0.0, (to - self.env.now()).total_seconds()))

        await self.calmly(leap)

    # ---- acts ------------------------------------------------------------------------------------

    @asynccontextmanager
    async def act(self, doing: str) -> AsyncIterator[None]:
        """One act at a time. What goes wrong is told in the log and goes no further."""
        async with self.lock:
            self.doing = doing
            try:
                yield
                await self.pulse()
            except Busy:
                self.log.say("Someone was acting in Discord at that moment. Nothing was done; try again.", Tone.ERROR)
            except (simcord.SetupError, simcord.BackendError, discord.HTTPException, LookupError) as refusal:
                self.log.say(f"That did not work: {refusal}", Tone.ERROR)
            except Exception as error:  # the visitor sees it, and the rehearsal goes on
                self.log.failed(error)
                logging.getLogger(__name__).debug("an act failed", exc_info=error)
            finally:
                self.doing = ""
                self.collect()

    async def calmly(self, operation: Callable[[], Awaitable[T]]) -> T:
        """Do one SimCord operation, waiting for what a visitor does in the preview meanwhile. Raises Busy."""
        patience = asyncio.get_running_loop().time() + PATIENCE
        while True:
            try:
                return await operation()
            except simcord.SetupError as overlap:
                if "operation overlaps" not in str(overlap):
                    raise
                if asyncio.get_running_loop().time() > patience:
                    raise Busy from overlap
            await asyncio.sleep(0.05)

    def collect(self) -> None:
        """Bring errors that SimCord caught in the bot into the log."""
        for error in self.env.errors_since(self._errors):
            self.log.failed(error)
        self._errors = self.env.error_cursor

    # ---- the preview -----------------------------------------------------------------------------

    async def show(
        self, place: simcord.ChannelHandle, viewers: Sequence[simcord.MemberActor | simcord.UserHandle]
    ) -> str:
        """Open SimCord's preview on a channel, closing the one that was open. Gives its address."""
        await self.hide()
        preview = await self.calmly(lambda: self._enter(place, viewers))
        self.preview, self.shown = preview, place.id
        self._watching = asyncio.create_task(self._forget(preview))
        return preview.url

    async def hide(self) -> None:
        """Close the preview, if one is open."""
        if self.preview is not None:
            await self.preview.close()
        if self._watching is not None:
            await self._watching
        self.preview = self.shown = self._watching = None

    async def _enter(
        self, place: simcord.ChannelHandle, viewers: Sequence[simcord.MemberActor | simcord.UserHandle]
    ) -> simcord.Preview:
        preview = self.env.preview(place, viewers=viewers, layout="channel", presentation_time=None)
        return await preview.__aenter__()

    async def _forget(self, preview: simcord.Preview) -> None:
        await preview.wait_closed()
        if self.preview is preview:
            self.preview = self.shown = None


def _offer_as_discord_does(bot: GovernanceBot) -> None:
    """Discord offers commands only to people who may write where they are; SimCord offers them everywhere (SCL-2a)."""
    admitted = bot.tree.interaction_check

    async def offered(interaction: discord.Interaction[Any]) -> bool:
        channel, member = interaction.channel, interaction.user
        if isinstance(channel, discord.abc.GuildChannel | discord.Thread) and isinstance(member, discord.Member):
            may = channel.permissions_for(member)
            if not (may.send_messages_in_threads if isinstance(channel, discord.Thread) else may.send_messages):
                await _not_offered(interaction, member)
                return False
        return await admitted(interaction)

    bot.tree.interaction_check = offered  # type: ignore[method-assign]


async def _not_offered(interaction: discord.Interaction[Any], member: discord.Member) -> None:
    if interaction.type is discord.InteractionType.autocomplete:
        await interaction.response.autocomplete([])
        return
    writable = [each for each in member.guild.text_channels if each.permissions_for(member).send_messages]
    where = " or ".join(f"#{each.name}" for each in writable[:2])
    words = f"Discord offers you no commands here, because {member.display_name} may not write in this channel."
    more = f" Open {where} from the rehearsal's page: every command works there." if where else ""
    await interaction.response.send_message(words + more, ephemeral=True)


def _spare_refusals(bot: GovernanceBot) -> None:
    """A refused command is answered like any other: keep SimCord from showing it as an error of the bot."""
    recorded = bot.tree.on_error

    async def on_error(interaction: discord.Interaction[Any], error: discord.app_commands.AppCommandError) -> None:
        if isinstance(error.__cause__, Refusal):
            await type(bot.tree).on_error(bot.tree, interaction, error)
        else:
            await recorded(interaction, error)

    bot.tree.on_error = on_error  # type: ignore[method-assign]
