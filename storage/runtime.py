"""What the process itself remembers between runs (PRO-11, RUN-3)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from storage.session import Session
from storage.tables import runtime
from storage.types import written

HEARTBEAT = "heartbeat"
RESTORED = "restored"
"""Set by a restore; the bot decides nothing until an operator confirmed the gap (RUN-3)."""

_VALUE = select(runtime.c.value).where(runtime.c.key == bindparam("key"))


class Runtime:
    """Small values by key."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def heartbeat(self, now: datetime) -> None:
        """The gateway session is ready at this instant."""
        await self.put(HEARTBEAT, written(now))

    async def last_heartbeat(self) -> datetime | None:
        """The last instant at which it was."""
        value = await self.get(HEARTBEAT)
        return datetime.fromisoformat(value) if value else None

    async def get(self, key: str) -> str | None:
        """A small value kept between runs."""
        found = await self._session.connection.execute(_VALUE, {"key": key})
        value: str | None = found.scalar_one_or_none()
        return value

    async def put(self, key: str, value: str) -> None:
        """Keep a small value."""
        await self._session.put(runtime, {"key": key, "value": value}, "key", "value")
