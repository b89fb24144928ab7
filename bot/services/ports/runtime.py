"""What the process itself remembers (PRO-11, RUN-3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.governance.shards import Shards, shard_of


@dataclass(frozen=True, slots=True)
class Heartbeats:
    """When the session of each shard was last ready, by how many shards there were and its number (PRO-11).

    However servers were dealt out over time, one was followed whenever any session that covered it was ready.
    """

    ready_at: Mapping[tuple[int, int], datetime]

    def of(self, guild_id: int) -> datetime | None:
        """The last instant at which this server could be followed, as far as sessions tell."""
        covering = (at for (count, shard), at in self.ready_at.items() if shard_of(guild_id, count) == shard)
        return max(covering, default=None)

    def slowest(self, shards: Shards) -> datetime | None:
        """The last instant at which all of these were ready; None if one of them never was."""
        last = [self.ready_at.get((shards.count, shard)) for shard in shards.ids]
        return min((at for at in last if at is not None), default=None) if all(last) else None


class Runtime(Protocol):
    """What the process itself remembers (PRO-11, RUN-3)."""

    async def heartbeat(self, now: datetime, shards: Collection[int] | None = None) -> None:
        """The gateway sessions of these shards (or of all that this process serves) are ready at this instant."""
        ...

    async def heartbeats(self) -> Heartbeats:
        """When which session was last ready, of every process there ever was."""
        ...

    async def get(self, key: str) -> str | None:
        """A small value kept between runs."""
        ...

    async def beginning(self, prefix: str) -> dict[str, str]:
        """Every value whose key begins so, by key."""
        ...

    async def put(self, key: str, value: str) -> None:
        """Keep a small value."""
        ...
