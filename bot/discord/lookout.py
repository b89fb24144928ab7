"""Looking whether everyone who must can see the cards and act: Discord's reckoning, handed on as values (PRO-11)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from bot.discord.coalescing import Coalesced
from bot.discord.guild import DiscordFailure, DiscordGuild
from bot.governance.errors import NotFound
from bot.governance.ids import ProposalId
from bot.services import clocks, outbox, stops
from bot.services.ports.context import Context


class Lookout:
    """Looks at one proposal, or at all of a server whose members, channels and roles are known."""

    def __init__(self, ctx: Context, guild: DiscordGuild) -> None:
        self._ctx = ctx
        self._guild = guild
        self.look_around = Coalesced(self._look_around)
        """Something changed who sees or may do what in a server."""
        self.knows: Callable[[int], bool] = lambda guild_id: True
        """Whether a server is taken in: what a cache does not hold before then is no news."""

    async def look(self, id: ProposalId) -> None:
        """Who cannot see this proposal's card or act on it stops its clock. Raises DiscordFailure."""
        watched = await stops.watched(self._ctx, id)
        if watched.users:
            presence = await self._guild.presence(watched.guild_id, watched.channel_id, watched.users)
            await stops.follow(self._ctx, id, presence)

    async def glance(self, guild_id: int, id: ProposalId) -> None:
        """The same where nothing waits for it: a server out of reach is looked at once it is back."""
        if self.knows(guild_id):
            with contextlib.suppress(DiscordFailure, NotFound):
                await self.look(id)

    async def _look_around(self, guild_id: int) -> None:
        for partnership in await outbox.partnerships_of(self._ctx, guild_id):
            for proposal in await clocks.running(self._ctx, partnership.id):
                await self.glance(guild_id, proposal)
