"""SQLite on the event loop's own thread (ADR 15).

Most statements on a file at hand take less time than a thread needs to be woken and waited for, so they are run where
they are asked. What may take long has a thread: a commit, which waits for the disk; the wait for another process that
writes; migrations. Questions that may scan a whole table are asked through aiosqlite, which has threads (``scan``).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, Executable, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

BUSY_TIMEOUT_MS = 5000
"""How long SQLite waits for another process, such as a restore, before it gives up."""

T = TypeVar("T")


class LocalConnection:
    """A connection to a SQLite file, with as much of an ``AsyncConnection`` as is asked for here."""

    def __init__(self, sync_connection: Connection) -> None:
        self.sync_connection = sync_connection

    async def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement, at once."""
        return self.sync_connection.execute(statement, parameters)

    async def exec_driver_sql(self, statement: str, parameters: Any = None) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement as it is written, at once."""
        return self.sync_connection.exec_driver_sql(statement, parameters)

    async def run_sync(self, work: Callable[[Connection], T]) -> T:
        """Do what may take long in a thread."""
        return await in_thread(lambda: work(self.sync_connection))


AnyConnection: TypeAlias = AsyncConnection | LocalConnection
"""A connection to either kind of database."""


class LocalEngine:
    """Connections to a SQLite file."""

    def __init__(self, sync_engine: Engine) -> None:
        self.sync_engine = sync_engine

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[LocalConnection]:
        """A connection, in a transaction from its first statement on; what is not committed is rolled back."""
        with self.sync_engine.connect() as connection:
            yield LocalConnection(connection)

    async def dispose(self) -> None:
        """Close every connection that nobody uses."""
        self.sync_engine.dispose()


def local_engine(url: URL, *, writes: bool) -> LocalEngine:
    """Connections that write, or only read."""
    # Whoever waited here for a connection would keep the loop from giving one back: there is no most.
    engine = create_engine(
        url.set(drivername="sqlite"),
        connect_args={"check_same_thread": False},
        max_overflow=-1,
        pool_reset_on_return=None,  # every block here ends its own transaction
        hide_parameters=True,
    )
    listen(engine, writes=writes)
    return LocalEngine(engine)


def listen(engine: Engine, *, writes: bool) -> None:
    """Say how each of the engine's connections is set up, and how its transactions begin."""

    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            *(() if writes else ("query_only=ON",)),
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)


def driver_of(connection: Connection) -> sqlite3.Connection:
    """What SQLAlchemy runs its statements on."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


async def in_thread(work: Callable[[], T], executor: Executor | None = None) -> T:
    """Do this in a thread. Who is cancelled waits all the same: nobody else may use the connection meanwhile."""
    done = asyncio.get_running_loop().run_in_executor(executor, work)
    cancelled: asyncio.CancelledError | None = None
    while not done.done():
        try:
            await asyncio.wait({done})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    return done.result()
