"""The single-instance lock: a row with a heartbeat, so that two processes never serve the same servers (RUN-3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from storage.engine import Engines
from storage.session import insert_into
from storage.tables import locks

STALE_AFTER = timedelta(minutes=3)
"""An owner that was silent for so long is taken for dead."""


class AlreadyRunning(Exception):
    """Another process holds the lock and was heard from at ``heartbeat_at``."""

    def __init__(self, owner: str, heartbeat_at: datetime) -> None:
        super().__init__(owner, heartbeat_at)
        self.owner = owner
        self.heartbeat_at = heartbeat_at


class InstanceLock:
    """The lock of one process. ``owner`` tells people which process that is; it must differ between processes."""

    def __init__(self, engines: Engines, owner: str, name: str = "bot") -> None:
        self._engines = engines
        self._owner = owner
        self._name = name

    async def acquire(self, now: datetime) -> None:
        """Take the lock if it is free, stale or ours already. Raises AlreadyRunning."""
        mine = {"owner": self._owner, "heartbeat_at": now}
        free = or_(locks.c.owner == self._owner, locks.c.heartbeat_at <= now - STALE_AFTER)
        async with self._engines.write() as connection:
            row = insert_into(locks, self._engines.is_sqlite).values(name=self._name, **mine)
            taken = row.on_conflict_do_update(index_elements=["name"], set_=mine, where=free)
            if (await connection.execute(taken)).rowcount == 1:
                return
            holder = (await connection.execute(select(locks).where(locks.c.name == self._name))).one()
        raise AlreadyRunning(holder.owner, holder.heartbeat_at)

    async def beat(self, now: datetime) -> bool:
        """Show that this process lives. False when another one has taken the lock meanwhile: stop then."""
        mine = (locks.c.name == self._name) & (locks.c.owner == self._owner)
        async with self._engines.write() as connection:
            done = await connection.execute(update(locks).where(mine).values(heartbeat_at=now))
        return done.rowcount == 1

    async def release(self) -> None:
        """Give the lock back, if it is still ours."""
        async with self._engines.write() as connection:
            mine = (locks.c.name == self._name) & (locks.c.owner == self._owner)
            await connection.execute(delete(locks).where(mine))
