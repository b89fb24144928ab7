"""The bot itself: intents, start, reconciliation on every READY, the sweep, and a clean end (PRO-11, RUN-3)."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import pkgutil
import sys
from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.channels import Channels
from bot.discord.guild import DiscordFailure, DiscordGuild
from bot.discord.incidents import Incidents
from bot.discord.intake import Intake
from bot.discord.lookout import Lookout
from bot.discord.outbox import Outbox
from bot.discord.reactions import Reactions
from bot.discord.reconciliation import Reconciliation
from bot.discord.requests import FAILED, in_a_line, in_the_end, is_transient, limited, tracing
from bot.discord.sessions import Sessions
from bot.discord.unsent import Unsent
from bot.discord.waker import Waker
from bot.governance.ids import PartnershipId
from bot.governance.shards import EVERYTHING, Shards
from bot.services import clocks, health
from bot.services import sweep as sweeping
from bot.services.ports.context import Context
from bot.services.ports.runtime import Heartbeats
from bot.ui.text import sound

_log = logging.getLogger(__name__)

EXTENSIONS = tuple(
    f"cogs.{found.name}"
    for folder in [Path(__file__).parents[2] / "cogs"]
    for found in pkgutil.iter_modules([str(folder)])
    if not found.ispkg
)
"""The cogs, as they stand in their folder."""

_SYNCED = "commands synced"

WORK_ENDS_WITHIN = 7.0
"""Seconds that the work at hand has to come to its end when the bot is stopped. What waits is for the next start."""
LEAVE_WITHIN = 2.0
"""Seconds that Discord then has to see the session off."""


def intents() -> discord.Intents:
    """What the bot needs to hear: servers, members (privileged), reactions, bans, events. No message content."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.members = True
    wanted.moderation = True
    wanted.guild_reactions = True
    wanted.guild_messages = True
    wanted.guild_scheduled_events = True
    return wanted


def _say_why(what: str, error: BaseException | None, **about: Any) -> None:
    """One line for Discord's trouble, which is daily life; the whole trace for a fault of ours."""
    if isinstance(error, (*FAILED, DiscordFailure)):
        _log.warning("%s: %s", what, in_a_line(error), extra=about)
        _log.debug("%s", what, exc_info=error)
    else:
        _log.error("%s", what, exc_info=error, extra=about)


def _guild_of(event: Any) -> int | None:
    """The server that an event of the gateway is about."""
    found = getattr(event, "guild_id", None) or getattr(getattr(event, "guild", None), "id", None)
    return found if isinstance(found, int) else None


def _not_taken_in(guild_id: int, error: Exception) -> None:
    _say_why("server not taken in yet", error, server=guild_id)


def _not_synced(error: Exception, pause: float) -> None:
    _log.warning("Discord did not take the commands, again in %.0f s: %s", pause, in_a_line(error))


class Tree(app_commands.CommandTree[commands.Bot]):
    """A command tree whose errors are spoken in one place, and whose texts are cleaned at the door."""

    admit: Callable[[discord.Interaction[Any]], Awaitable[bool]] | None = None
    speak: Callable[[discord.Interaction[Any], app_commands.AppCommandError], Awaitable[None]] | None = None

    async def interaction_check(self, interaction: discord.Interaction[commands.Bot], /) -> bool:
        """Let a command in once its server is taken in; what no database keeps is replaced in every text of it."""
        data: Any = interaction.data
        _clean(data.get("options") or ())
        if interaction.type is discord.InteractionType.autocomplete or self.admit is None:
            return True
        return await self.admit(interaction)

    async def on_error(
        self, interaction: discord.Interaction[commands.Bot], error: app_commands.AppCommandError, /
    ) -> None:
        """Hand over to the one place that answers."""
        if self.speak is not None:
            await self.speak(interaction, error)


def _clean(options: Iterable[dict[str, Any]]) -> None:
    for option in options:
        if isinstance(option.get("value"), str):
            option["value"] = sound(option["value"])
        _clean(option.get("options") or ())


class GovernanceBot(commands.Bot):
    """An ordinary bot that does everything itself, so that any harness can run it."""

    def __init__(
        self,
        ctx: Context,
        *,
        prepare: Callable[[], Awaitable[None]],
        release: Callable[[], Awaitable[None]],
        rhythm: Callable[[GovernanceBot], Any] | None,
        longest_sleep: timedelta,
        shards: Shards = EVERYTHING,
        **connection: Any,
    ) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            tree_cls=Tree,
            max_messages=None,
            http_trace=tracing(),
            **connection,
        )
        pace = limited(self, len(shards.ids) / shards.count)
        self.ctx = ctx
        self.guild_adapter = DiscordGuild(self)
        self.server = Channels(self)
        self.outbox = Outbox(ctx, self.guild_adapter)
        self.unsent = Unsent()
        self.outbox.showing.lost_sight = self._lose_sight
        self.reactions = Reactions(ctx, self.guild_adapter)
        self.lookout = Lookout(ctx, self.guild_adapter)
        self.outbox.showing.shown = self.lookout.glance
        self.incidents = Incidents(ctx, self.guild_adapter, self.server, self.lookout)
        self.reconciliation = Reconciliation(ctx, self.guild_adapter, self.reactions, self.incidents, self.lookout)
        self._prepare = prepare
        self._release = release
        self._make_rhythm = rhythm
        self._rhythm: Any = None
        self._waker = Waker(ctx.clock, self.next_due, self.sweep, longest_sleep)
        self.outbox.rested = self._waker.look_again
        self.intake = Intake(
            ctx.clock,
            self.reconciliation.take_in,
            self.reconciliation.wanted,
            _not_taken_in,
            self._waker.due,
            lambda: pace.crowded,
        )
        self.reconciliation.waited_for = self.intake.look
        self._sweep_turn = asyncio.Lock()
        self._ready_turn = asyncio.Lock()
        self._syncing: asyncio.Task[None] | None = None
        self.sessions = Sessions(shards)

    @property
    def session_ready(self) -> bool:
        """Whether any session is ready, so that there is something to do."""
        return bool(self.sessions.ready)

    async def setup_hook(self) -> None:
        """Migrations, extensions, and command sync when the commands have changed."""
        await self._prepare()
        for extension in EXTENSIONS:
            await self.load_extension(extension)
        try:
            await self._sync_commands()
        except FAILED as error:
            if not is_transient(error):
                raise
            _log.warning("Discord did not take the commands, they are sent again: %s", in_a_line(error))
            self._syncing = asyncio.create_task(in_the_end(self._sync_commands, _not_synced), name="commands")
        if self._make_rhythm is not None:
            self._rhythm = self._make_rhythm(self)
            self._rhythm.start()

    async def on_ready(self) -> None:
        """Every READY: take in what was missed, then decide what is due (PRO-11)."""
        await self.session_back(self.sessions.shards.first)

    async def on_resumed(self) -> None:
        """A session that was dead is alive again."""
        await self.session_back(self.sessions.shards.first)

    async def on_disconnect(self) -> None:
        """While the gateway session is dead nothing is decided and no heartbeat is written (PRO-11)."""
        self.session_away(self.sessions.shards.first)

    async def session_back(self, shard: int) -> None:
        """The session of a shard lives: what its servers missed is taken in before anything is decided there."""
        self.sessions.back(shard)
        self._forget(shard)
        await self.catch_up()

    def session_away(self, shard: int) -> None:
        """The session of a shard is dead; those of other shards go on."""
        self.sessions.away(shard)
        self._forget(shard)

    async def catch_up(self) -> None:
        """Reconcile every server of the sessions that are back, then sweep. One that dies meanwhile has to come back.

        Nothing is decided in a server before it is taken in; one that takes long, or fails, holds up no other.
        """
        async with self._ready_turn:
            marks = self.sessions.marks()
            before = await clocks.heartbeats(self.ctx)
            await clocks.all_out_of_reach(self.ctx, lambda guild_id: self._shard_of(guild_id) in marks)
            await self._take_in_servers(marks.keys(), before)
            if live := self.sessions.lived_through(marks):
                await clocks.beat(self.ctx, live)
            if not self.sessions.caught_up(marks):
                return
        self.outbox.open = True
        self.outbox.poke()
        self._waker.start()
        await self.sweep()

    async def _take_in_servers(self, shards: Collection[int], ready: Heartbeats | None = None) -> None:
        """Take in every server of these shards not known yet. One that fails is tried again soon."""
        await self.intake.take_in(
            {
                guild.id: ready.of(guild.id) if ready is not None else None
                for guild in self.guilds
                if not guild.unavailable
                and not self.reconciliation.knows(guild.id)
                and self._shard_of(guild.id) in shards
            }
        )

    def _lose_sight(self, guild_id: int) -> None:
        self.reconciliation.forget(guild_id)
        self.intake.again(guild_id)

    def _to_retake(self) -> list[datetime]:
        """When each server is to be taken in again that can be."""
        return [
            at
            for guild_id, at in self.intake.due().items()
            if (guild := self.get_guild(guild_id)) is not None
            and not guild.unavailable
            and self.sessions.follows(guild_id)
            and not self.reconciliation.knows(guild_id)
        ]

    def _shard_of(self, guild_id: int) -> int:
        return self.sessions.shards.of(guild_id)

    def _forget(self, shard: int) -> None:
        self.intake.call_off(lambda guild_id: self._shard_of(guild_id) == shard)
        self.reconciliation.forget_those(lambda guild_id: self._shard_of(guild_id) == shard)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server that was out of reach is back."""
        if self.sessions.follows(guild.id):
            await self._take_in_servers(self.sessions.ready)

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        """A server out of reach: nothing in it is decided until it is back."""
        await self._out_of_reach(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed from a server: nothing in it is decided unless it is invited again."""
        await self._out_of_reach(guild)

    async def _out_of_reach(self, guild: discord.Guild) -> None:
        known = self.reconciliation.knows(guild.id)
        self.reconciliation.forget(guild.id)
        if known:
            await clocks.out_of_reach(self.ctx, guild.id, self.ctx.clock())

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """A new server."""
        if self.sessions.follows(guild.id):
            await self._take_in_servers(self.sessions.ready)

    async def sweep(self) -> None:
        """Everything that is due now; does nothing twice, and nothing before reconciliation (PRO-11)."""
        if self.sessions.behind and not self._ready_turn.locked():
            await self.catch_up()
            return
        if not self.session_ready:
            return
        async with self._sweep_turn:
            await self._take_in_servers(self.sessions.ready, await clocks.heartbeats(self.ctx))
            await self._beat()
            known = await self.reconciliation.decidable()
            await sweeping.sweep(self.ctx, known, self.reconciliation.look_again)
            await health.look(self.ctx, known)
        self.outbox.poke()

    async def _beat(self) -> None:
        """No heartbeat is written without a session (PRO-11)."""
        if self.session_ready:
            await clocks.beat(self.ctx, self.sessions.ready)

    async def next_due(self) -> datetime | None:
        """When the next deadline or repeated delivery comes, or a server is to be taken in again."""
        due_at = await sweeping.next_due_at(self.ctx, await self.reconciliation.decidable())
        return min((at for at in (due_at, *self._to_retake()) if at is not None), default=None)

    def work_waits(self, due_at: datetime | None, deliveries: Collection[PartnershipId]) -> None:
        """A commit left something to do: show it, and wake up for it."""
        if deliveries and self.session_ready:
            self.outbox.poke(deliveries)
        if due_at is not None:
            self._waker.due(due_at)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """An event was not taken in. What Discord's trouble hid is read again; anything else is a fault of ours."""
        error = sys.exc_info()[1]
        _say_why(f"{event_method} was not taken in", error)
        guild_id = next((found for each in args if (found := _guild_of(each)) is not None), None)
        if guild_id is not None and isinstance(error, (*FAILED, DiscordFailure)):
            self._lose_sight(guild_id)

    async def close(self) -> None:
        """Leave nothing running and nothing half-written, whatever Discord does (RUN-3).

        What is at hand has ``WORK_ENDS_WITHIN`` seconds to end; what waits is left for the next start.
        """
        if self.is_closed():
            return
        if self._rhythm is not None:
            self._rhythm.shutdown(wait=False)
            self._rhythm = None
        if self._syncing is not None:
            self._syncing.cancel()
        ends = asyncio.get_running_loop().time() + WORK_ENDS_WITHIN
        await self.intake.close()
        await asyncio.gather(self._waker.close(WORK_ENDS_WITHIN), self.outbox.close(WORK_ENDS_WITHIN))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(ends):
                await self.reactions.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(ends), self._sweep_turn:
                await self._beat()
        self.sessions.over()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_WITHIN):
                await self._leave()
        await self.http.close()
        await self._release()

    async def _leave(self) -> None:
        await super().close()

    async def _sync_commands(self) -> None:
        """Tell Discord of the commands, but only when they differ from the last time (200 creations a day).

        Of several processes the one with shard 0 does it for all.
        """
        if self.sessions.shards.first != 0:
            return
        described = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        print_of = hashlib.sha256(
            json.dumps([self.application_id, described], sort_keys=True, default=str).encode()
        ).hexdigest()
        async with self.ctx.uow.read() as tx:
            known = await tx.runtime.get(_SYNCED)
        if known == print_of:
            return
        await self.tree.sync()
        async with self.ctx.uow.write() as tx:
            await tx.runtime.put(_SYNCED, print_of)
        _log.info("commands synced", extra={"commands": len(described)})
