"""Database engines: one writer and one reader for SQLite or PostgreSQL (RUN-2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.driver import reading, writing

BUSY_TIMEOUT_MS = 5000
"""How long SQLite waits for another process, such as a backup, before it gives up."""


class BadDatabaseUrl(Exception):
    """The database address is of a kind that the bot does not keep its records in."""


@dataclass(slots=True)
class Engines:
    """A writer and a reader on the same database. SQLite writers of this process queue in order of arrival."""

    url: URL
    writer: AsyncEngine
    reader: AsyncEngine
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _wipes_waiting: bool = False

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a SQLite file."""
        return self.url.get_backend_name() == "sqlite"

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A writing transaction; leaving without an error commits."""
        if not self.is_sqlite:
            async with self.writer.begin() as connection:
                yield connection
            return
        async with self._turn, self.writer.connect() as connection:
            try:
                async with connection.begin():
                    yield connection
            except BaseException:
                await self._roll_back(connection)
                raise
            if self._wipes_waiting:
                await self._truncate(connection)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A reading transaction on one snapshot."""
        async with self.reader.begin() as connection:
            yield connection

    def wiped(self) -> None:
        """Ballots, or words or names, are deleted in this transaction: no copy may stay in the log (DEC-3a)."""
        self._wipes_waiting = self.is_sqlite

    async def dispose(self) -> None:
        """Close every connection."""
        await self.writer.dispose()
        if self.reader is not self.writer:
            await self.reader.dispose()

    async def _roll_back(self, connection: AsyncConnection) -> None:
        """A commit that SQLite refuses leaves the transaction open, and nothing resets connections here."""
        if connection.invalidated:
            return
        raw = await connection.get_raw_connection()
        driver: Any = raw.driver_connection
        await driver.rollback()

    async def _truncate(self, connection: AsyncConnection) -> None:
        """Empty the write-ahead log. While a reader holds it, the next commit tries again."""
        raw = await connection.get_raw_connection()
        driver: Any = raw.driver_connection
        await driver.execute("PRAGMA busy_timeout=0")
        async with driver.execute("PRAGMA wal_checkpoint(TRUNCATE)") as cursor:
            busy, *_ = await cursor.fetchone()
        await driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        self._wipes_waiting = bool(busy)


def create_engines(url: str) -> Engines:
    """Engines for ``sqlite+aiosqlite:///file`` or ``postgresql+asyncpg://…``. Raises BadDatabaseUrl."""
    try:
        parsed = make_url(url)
    except Exception as error:
        raise BadDatabaseUrl("not an address of a database") from error
    match parsed.drivername:
        case "sqlite+aiosqlite":
            if parsed.database in {None, "", ":memory:"}:
                raise BadDatabaseUrl("a SQLite database needs a file")
            return Engines(parsed, _sqlite(parsed, writes=True), _sqlite(parsed, writes=False))
        case "postgresql+asyncpg":
            return _postgresql(parsed)
        case other:
            raise BadDatabaseUrl(f"{other} is neither sqlite+aiosqlite nor postgresql+asyncpg")


def _sqlite(url: URL, *, writes: bool) -> AsyncEngine:
    # Resetting a connection on return costs a thread hop, and every block here ends its own transaction.
    engine = create_async_engine(
        url,
        connect_args={"async_creator_fn": writing if writes else reading},
        pool_size=1 if writes else 4,
        max_overflow=0,
        pool_reset_on_return=None,
        hide_parameters=True,
    )

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

    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", begin)
    return engine


def _postgresql(url: URL) -> Engines:
    writer = create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True)
    reader = create_async_engine(
        url,
        pool_size=5,
        pool_pre_ping=True,
        hide_parameters=True,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
    )
    return Engines(url, writer, reader)
