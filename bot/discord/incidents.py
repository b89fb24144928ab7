"""What people and moderators do to messages, channels, roles and members, and what follows (PRO-9 to PRO-11, ORG-3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bot.discord.coalescing import Coalesced
from bot.discord.guild import DiscordGuild
from bot.discord.lookout import Lookout
from bot.governance.ids import ProposalId
from bot.services import clocks, intrusions, outbox, roles, scales, seats
from bot.services.intrusions import Grant
from bot.services.ports.context import Context
from bot.services.ports.deliveries import DeliveryKind
from bot.services.ports.server import Server

REMOVED_BEFORE = timedelta(minutes=5)
"""How long before the bot was last ready a kick may lie that explains why somebody is gone: it may be told late."""


class Incidents:
    """Takes in what happened in a server. Values in, no discord.py objects."""

    def __init__(self, ctx: Context, guild: DiscordGuild, server: Server, lookout: Lookout) -> None:
        self._ctx = ctx
        self._guild = guild
        self._server = server
        self._lookout = lookout
        self.server_changed = Coalesced(self._server_changed)
        """Somebody changed roles or what a channel allows: that is noticed, and who sees a card (SCL-3, PRO-11)."""
        self._leaving: dict[tuple[int, int], bool] = {}
        """Those of whom the audit log is asked why they are gone, and whether it told of a removal meanwhile."""

    async def message_deleted(self, guild_id: int, channel_id: int, message_ids: tuple[int, ...]) -> None:
        """A deleted card or feed entry decides nothing and is posted again (PRO-10)."""
        for message_id in message_ids:
            shown = await outbox.of_message(self._ctx, message_id)
            if shown is None:
                continue
            if shown.kind is DeliveryKind.BOARD:
                await outbox.forget_board(self._ctx, shown)
            elif shown.kind in {DeliveryKind.CARD, DeliveryKind.FEED}:
                await clocks.forget_message(self._ctx, shown)

    async def event_deleted(self, guild_id: int, event_id: int) -> None:
        """An entry among the server's events is gone: it is made again while its meeting is ahead (RHY-1)."""
        shown = await outbox.of_message(self._ctx, event_id)
        if shown is not None and shown.kind is DeliveryKind.CALENDAR:
            await outbox.forget_board(self._ctx, shown)

    async def thread_deleted(self, guild_id: int, thread_id: int, parent_id: int) -> None:
        """A deleted thread is opened again under the card (PRO-10)."""
        for shown in await outbox.in_channel(self._ctx, thread_id):
            if shown.kind is DeliveryKind.THREAD:
                await clocks.forget_message(self._ctx, shown)

    async def channel_deleted(self, guild_id: int, channel_id: int) -> None:
        """A deleted channel stops the clocks of what stood in it and alerts moderators (PRO-11, ORG-3)."""
        await scales.place_lost(self._ctx, guild_id, channel_id)
        for shown in await outbox.in_channel(self._ctx, channel_id):
            if shown.kind is DeliveryKind.BOARD:
                await outbox.forget_board(self._ctx, shown)
            if shown.kind in {DeliveryKind.CARD, DeliveryKind.FEED}:
                await clocks.forget_message(self._ctx, shown)
            if shown.kind is DeliveryKind.CARD and shown.proposal is not None:
                await self._threads_below(shown.proposal)

    async def _threads_below(self, proposal: ProposalId) -> None:
        """With a channel its threads are gone, and Discord says so of the channel only."""
        for shown in await outbox.of_proposal(self._ctx, proposal):
            if shown.kind is not DeliveryKind.THREAD or shown.message_id is None:
                continue
            if not await self._guild.exists(shown.message_id):
                await clocks.forget_message(self._ctx, shown)

    async def role_deleted(self, guild_id: int, role_id: int) -> None:
        """A deleted role stops the clocks of what depends on it (ORG-3)."""
        await roles.role_deleted(self._ctx, guild_id, role_id)

    async def _server_changed(self, guild_id: int) -> None:
        await intrusions.look(self._ctx, self._server, guild_id)
        await self.access_changed(guild_id)

    async def roles_given(self, guild_id: int, grants: Iterable[Grant]) -> None:
        """The audit log tells who gave roles to whom (ORG-2)."""
        await intrusions.taken(self._ctx, guild_id, grants)

    async def meanwhile(self, guild_id: int, since: datetime | None) -> None:
        """What was done by hand while the bot was away (ORG-2, SCL-3)."""
        await intrusions.look(self._ctx, self._server, guild_id)
        if since is not None:
            await self.roles_given(guild_id, await self._guild.grants(guild_id, since - REMOVED_BEFORE))

    async def roles_changed(self, guild_id: int, user_id: int, role_ids: frozenset[int]) -> None:
        """A person's roles are now these (ORG-2): they may open or close channels, too."""
        await self.members_are(guild_id, {user_id: role_ids}, partial=True)
        await self.access_changed(guild_id)

    async def access_changed(self, guild_id: int) -> None:
        """Overwrites, a role's permissions or a timeout are not what they were: who sees and may act now (PRO-11)?"""
        await self._lookout.look_around(guild_id)

    async def members_are(self, guild_id: int, members: Mapping[int, frozenset[int]], *, partial: bool) -> None:
        """Compare who wears what with the recorded seats (ORG-2)."""
        await roles.sync_members(self._ctx, guild_id, members, partial=partial, how="roles changed")

    async def member_left(self, guild_id: int, user_id: int) -> None:
        """A person is gone: of their own will an objection needs a sponsor; taken away, it stands (PRO-9).

        Until the audit log has answered they may be back, with their roles: then they hold their seats again.
        """
        now = self._ctx.clock()
        self._leaving[guild_id, user_id] = False
        try:
            since = min(now, await clocks.last_ready(self._ctx, guild_id) or now) - REMOVED_BEFORE
            alone = await self._guild.left_by_themselves(guild_id, user_id, since)
        finally:
            removed = self._leaving.pop((guild_id, user_id), False)
        await roles.member_left(self._ctx, guild_id, user_id, by_themselves=alone and not removed)
        worn = self._guild.worn_by(guild_id, user_id)
        if worn is not None:
            await self.roles_changed(guild_id, user_id, worn)
        else:
            await self.access_changed(guild_id)

    async def member_removed(self, guild_id: int, user_id: int, removed_at: datetime | None = None) -> None:
        """The audit log tells of a kick or ban, perhaps after the person was gone already (PRO-9).

        Who had left before ``removed_at`` gave up their say by that: a ban of people who are gone gives nobody a place
        in a quorum again.
        """
        if (guild_id, user_id) in self._leaving:
            self._leaving[guild_id, user_id] = True
        await seats.removed_after_all(self._ctx, guild_id, user_id, removed_at)
        await self.access_changed(guild_id)
