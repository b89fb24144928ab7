"""The single-instance lock: a row with a heartbeat, so that two processes never serve the same servers (RUN-3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, text, update

from bot.governance.shards import EVERYTHING, BadShards, Shards, read_shards
from storage.engine import Engines
from storage.local import AnyConnection
from storage.session import insert_into
from storage.tables import locks

STALE_AFTER = timedelta(minutes=3)
"""An owner that was silent for so long is taken for dead."""

_ONLY_PROCESS = "bot"
"""The row of a process that serves every server; that of several processes is named after their shards."""


class AlreadyRunning(Exception):
    """Another process serves some of the same servers and was heard from at ``heartbeat_at``.

    ``shards`` are those it serves.
    """

    def __init__(self, owner: str, heartbeat_at: datetime, shards: Shards = EVERYTHING) -> None:
        super().__init__(owner, heartbeat_at, shards)
        self.owner = owner
        self.heartbeat_at = heartbeat_at
        self.shards = shards


class InstanceLock:
    """The lock of one process. ``owner`` tells people which process that is; it must differ between processes."""

    def __init__(self, engines: Engines, owner: str, shards: Shards = EVERYTHING) -> None:
        self._engines = engines
        self._owner = owner
        self._shards = shards
        self._name = _ONLY_PROCESS if shards == EVERYTHING else str(shards)

    async def acquire(self, now: datetime) -> None:
        """Take the lock if no living process serves any of these shards. Raises AlreadyRunning.

        Processes that deal servers out among another number of shards count as serving the same ones: a server would
        be left out, or served twice.
        """
        async with self._engines.write() as connection:
            await self._alone(connection)
            others = (await connection.execute(select(locks).where(locks.c.owner != self._owner))).all()
            for other in others:
                theirs = _shards(other.name)
                if self._shards.may_run_beside(theirs):
                    continue
                if other.heartbeat_at > now - STALE_AFTER:
                    raise AlreadyRunning(other.owner, other.heartbeat_at, theirs)
                await connection.execute(delete(locks).where(locks.c.name == other.name))
            mine = {"owner": self._owner, "heartbeat_at": now}
            row = insert_into(locks, self._engines.is_sqlite).values(name=self._name, **mine)
            await connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=mine))

    async def beat(self, now: datetime) -> bool:
        """Show that this process lives. False when another one has taken the lock meanwhile: stop then."""
        mine = (locks.c.name == self._name) & (locks.c.owner == self._owner)
        async with self._engines.write() as connection:
            done = await connection.execute(update(locks).where(mine).values(heartbeat_at=now))
        return done.rowcount == 1

    async def release(self) -> None:
        """Give back what this owner holds, if it still does."""
        async with self._engines.write() as connection:
            await connection.execute(delete(locks).where(locks.c.owner == self._owner))

    async def _alone(self, connection: AnyConnection) -> None:
        """Nobody else takes a lock until this transaction ends. A writer of SQLite is alone anyway."""
        if not self._engines.is_sqlite:
            await connection.execute(text("LOCK TABLE locks IN EXCLUSIVE MODE"))


async def running(engines: Engines, now: datetime) -> tuple[str, ...]:
    """The owners of locks that were heard from lately, by the range they serve."""
    async with engines.read() as connection:
        alive = select(locks.c.owner).where(locks.c.heartbeat_at > now - STALE_AFTER).order_by(locks.c.name)
        return tuple((await connection.execute(alive)).scalars())


def _shards(name: str) -> Shards:
    """What a row says its process serves. One that nobody understands serves everything, to be safe."""
    try:
        return EVERYTHING if name == _ONLY_PROCESS else read_shards(name)
    except BadShards:
        return EVERYTHING
