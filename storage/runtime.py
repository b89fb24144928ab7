"""What the process itself remembers between runs (PRO-11, RUN-3)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, select

from bot.services.ports.runtime import Heartbeats
from storage.session import Session
from storage.tables import runtime
from storage.types import written

_HEARTBEAT = "heartbeat"
"""Of the one session of an only process; ``heartbeat/3/16`` of shard 3 of 16."""

RESTORED = "restored"
"""Set by a restore; the bot decides nothing until an operator confirmed the gap (RUN-3)."""

_BEGINNING = select(runtime).where(runtime.c.key.startswith(bindparam("prefix")))
_VALUE = select(runtime.c.value).where(runtime.c.key == bindparam("key"))


class Runtime:
    """Small values by key."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def heartbeat(self, now: datetime, shards: Collection[int] | None = None) -> None:
        """The gateway sessions of these shards (or of all that this process serves) are ready at this instant."""
        ours = self._session.shards
        live = sorted(ours.ids if shards is None else shards)
        rows = [{"key": _heartbeat(ours.count, shard), "value": written(now)} for shard in live]
        if rows:
            await self._session.put(runtime, rows, "key", "value")

    async def heartbeats(self) -> Heartbeats:
        """When which session was last ready, of every process there ever was."""
        kept = await self.beginning(_HEARTBEAT)
        return Heartbeats({_session(key): datetime.fromisoformat(value) for key, value in kept.items()})

    async def get(self, key: str) -> str | None:
        """A small value kept between runs."""
        found = await self._session.connection.execute(_VALUE, {"key": key})
        value: str | None = found.scalar_one_or_none()
        return value

    async def beginning(self, prefix: str) -> dict[str, str]:
        """Every value whose key begins so, by key."""
        found = await self._session.connection.execute(_BEGINNING, {"prefix": prefix})
        return {row.key: row.value for row in found}

    async def put(self, key: str, value: str) -> None:
        """Keep a small value."""
        await self._session.put(runtime, {"key": key, "value": value}, "key", "value")


def _heartbeat(count: int, shard: int) -> str:
    return _HEARTBEAT if count == 1 else f"{_HEARTBEAT}/{shard}/{count}"


def _session(key: str) -> tuple[int, int]:
    if key == _HEARTBEAT:
        return 1, 0
    _, shard, count = key.split("/")
    return int(count), int(shard)
