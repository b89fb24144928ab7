"""Writing transactions on SQLite: each in its turn, and those that waited for theirs share one commit (ADR 15).

SQLite has one writer, and a commit waits for the disk. So the acts that came while the disk was busy are done one after
the other in one transaction, each behind a savepoint of its own: one that fails is taken back alone. Nobody goes on,
not even with a refusal that rests on what others wrote, before the commit that carries all of them is on the disk; if
it fails, it fails for all of them.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from storage.local import BUSY_TIMEOUT_MS, LocalConnection, LocalEngine, driver_of, in_thread


class Lost(SQLAlchemyError):
    """SQLite gave a transaction up, and with it what others had written in it. The cause says why."""


class Shared:
    """A transaction with the acts in it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.kept = False
        """Whether anything was written in it."""
        self.lost: BaseException | None = None
        self.committing: asyncio.Task[None] | None = None

    async def committed(self) -> None:
        """Wait for the commit; who no longer waits does not hinder it."""
        assert self.committing is not None
        await asyncio.shield(self.committing)


class Turns:
    """The one writer of a SQLite file in this process."""

    def __init__(self, engine: LocalEngine) -> None:
        self._engine = engine
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, "commit")
        self._connection: Connection | None = None
        self._shared: Shared | None = None
        self._wipes_waiting = False

    @asynccontextmanager
    async def write(self) -> AsyncIterator[LocalConnection]:
        """An act in its turn. Leaving without an error keeps it, and waits until it is on the disk."""
        shared: Shared | None = None
        try:
            async with self._turn:
                shared = await self._join()
                with self._savepoint(shared):
                    yield LocalConnection(shared.connection)
        except Exception:
            if shared is not None and shared.kept:
                await shared.committed()
            raise
        await shared.committed()

    def wiped(self) -> None:
        """Something is deleted of which no copy may stay in the log."""
        self._wipes_waiting = True

    async def dispose(self) -> None:
        """Close the connection, once what is under way is done."""
        while self._shared is not None and self._shared.committing is not None:
            await asyncio.wait({self._shared.committing})
        async with self._turn:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
        self._thread.shutdown(wait=False)

    async def _join(self) -> Shared:
        """The transaction that is open, or a new one. Its commit takes its turn after those who wait by now."""
        if self._shared is None:
            self._shared = Shared(await self._begun())
            self._shared.committing = asyncio.create_task(self._commit(self._shared), name="commit")
        return self._shared

    async def _begun(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.sync_engine.connect()
            _wait_for_others(self._connection, 0)
        connection = self._connection
        try:
            connection.begin()
        except OperationalError as error:
            if not _is_busy(error):
                raise
            await in_thread(lambda: _begin_patiently(connection), self._thread)
        return connection

    @contextmanager
    def _savepoint(self, shared: Shared) -> Iterator[None]:
        run = shared.connection.exec_driver_sql
        try:
            run("SAVEPOINT act")
            yield
            run("RELEASE act")
        except BaseException as error:
            try:
                run("ROLLBACK TO act")
                run("RELEASE act")
            except Exception:  # noqa: BLE001 -- whatever it is, what the others wrote is gone or cannot be trusted
                shared.lost = error
                self._shared = None
                self._let_go(shared.connection)
            raise
        shared.kept = True

    async def _commit(self, shared: Shared) -> None:
        async with self._turn:
            if shared.lost is not None:
                if shared.kept:
                    raise Lost("the transaction was given up") from shared.lost
                return
            self._shared = None
            if shared.kept:
                await in_thread(lambda: self._commit_now(shared.connection), self._thread)
            else:
                shared.connection.rollback()

    def _commit_now(self, connection: Connection) -> None:
        try:
            connection.commit()
        except BaseException:
            self._let_go(connection)
            raise
        if self._wipes_waiting:
            # Empties the write-ahead log. While a reader holds it, the next commit tries again.
            with suppress(sqlite3.Error):
                busy, *_ = driver_of(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                self._wipes_waiting = bool(busy)

    def _let_go(self, connection: Connection) -> None:
        """Close a connection whose transaction went wrong: SQLite then rolls back whatever is left of it."""
        self._connection = None
        connection.invalidate()
        connection.close()


def _begin_patiently(connection: Connection) -> None:
    """Another process writes, or another engine of this one: waiting for it must not hold up the loop."""
    _wait_for_others(connection, BUSY_TIMEOUT_MS)
    try:
        connection.begin()
    finally:
        _wait_for_others(connection, 0)


def _wait_for_others(connection: Connection, milliseconds: int) -> None:
    driver_of(connection).execute(f"PRAGMA busy_timeout={milliseconds}")


def _is_busy(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
