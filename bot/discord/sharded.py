"""The same bot with one gateway session for each of its shards (RUN-2)."""

from __future__ import annotations

from typing import Any

import discord

from bot.discord.client import GovernanceBot
from bot.governance.shards import Shards


class ShardedBot(GovernanceBot, discord.AutoShardedClient):
    """Each shard is away, catches up and beats by itself: the trouble of one stops no clock in the others (PRO-11)."""

    def __init__(self, *args: Any, shards: Shards, **options: Any) -> None:
        super().__init__(*args, shards=shards, shard_count=shards.count, shard_ids=list(shards.ids), **options)
        self._logged_in = False

    async def setup_hook(self) -> None:
        """As ever."""
        self._logged_in = True
        await super().setup_hook()

    async def on_shard_ready(self, shard_id: int) -> None:
        """Every READY of a shard."""
        await self.session_back(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """A shard's session that was dead is alive again."""
        await self.session_back(shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """A shard's session is dead."""
        self.session_away(shard_id)

    async def on_ready(self) -> None:
        """Told once, when every shard was ready for the first time; each was heard of before."""

    async def on_resumed(self) -> None:
        """Told beside the news of the shard itself."""

    async def on_disconnect(self) -> None:
        """Told beside the news of the shard itself."""

    async def _leave(self) -> None:
        if self._logged_in:
            await super()._leave()
        else:  # it has no sessions yet, and trips over that
            await discord.Client.close(self)
