"""Database engines: one writer and one reader for SQLite or PostgreSQL (RUN-2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import make_url
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.local import AnyConnection, LocalEngine, listen, local_engine
from storage.write_queue import Turns


class BadDatabaseUrl(Exception):
    """The database address is of a kind that the bot does not keep its records in."""


@dataclass(slots=True)
class Engines:
    """A writer and readers on the same database. ``turns`` is there for SQLite: writers queue in order of arrival.

    ``scanner`` is for readings that may take long: on SQLite it has threads of its own.
    """

    url: URL
    writer: AsyncEngine | LocalEngine
    reader: AsyncEngine | LocalEngine
    scanner: AsyncEngine
    turns: Turns | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a SQLite file."""
        return self.url.get_backend_name() == "sqlite"

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AnyConnection]:
        """A writing transaction; leaving without an error commits."""
        if self.turns is not None:
            async with self.turns.write() as turn:
                yield turn
            return
        assert isinstance(self.writer, AsyncEngine)
        async with self.writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AnyConnection]:
        """A reading transaction on one snapshot."""
        await asyncio.sleep(0)  # statements on a local file wait for nothing, so others have their chance here
        async with self.reader.connect() as connection:
            yield connection

    @asynccontextmanager
    async def scan(self) -> AsyncIterator[AnyConnection]:
        """A reading transaction on one snapshot, for questions that may scan a whole table."""
        async with self.scanner.connect() as connection:
            yield connection

    def wiped(self) -> None:
        """Ballots, or words or names, are deleted in this transaction: no copy may stay in the log (DEC-3a)."""
        if self.turns is not None:
            self.turns.wiped()

    async def dispose(self) -> None:
        """Close every connection."""
        if self.turns is not None:
            await self.turns.dispose()
        await self.writer.dispose()
        await self.reader.dispose()
        if self.scanner is not self.reader:
            await self.scanner.dispose()


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
            return _sqlite(parsed)
        case "postgresql+asyncpg":
            return _postgresql(parsed)
        case other:
            raise BadDatabaseUrl(f"{other} is neither sqlite+aiosqlite nor postgresql+asyncpg")


def _sqlite(url: URL) -> Engines:
    writer, reader = local_engine(url, writes=True), local_engine(url, writes=False)
    return Engines(url, writer, reader, _scanner(url), Turns(writer))


def _scanner(url: URL) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=2, pool_reset_on_return=None, hide_parameters=True)
    listen(engine.sync_engine, writes=False)
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
    return Engines(url, writer, reader, reader)
