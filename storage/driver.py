"""SQLite through aiosqlite with one visit to its thread for each statement.

Each visit hands the interpreter to another thread and back, which costs more than most statements do. SQLAlchemy makes
four for each statement (open a cursor, execute, fetch, close) and one for each ``BEGIN``; here a statement is opened,
run, read and closed in a single visit, and ``BEGIN`` goes along with the first statement after it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import aiosqlite


class Connection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors are read as soon as they are run."""

    waiting_begin: str | None = None

    def cursor(self) -> Cursor:  # type: ignore[override]
        """A cursor; nothing is asked of the thread yet."""
        return Cursor(self)

    async def commit(self) -> None:
        """Commit, unless nothing was begun."""
        if not self._never_begun():
            await super().commit()

    async def rollback(self) -> None:
        """Roll back, unless nothing was begun."""
        if not self._never_begun():
            await super().rollback()

    async def visit(self, run: Callable[[sqlite3.Cursor], object]) -> Ran:
        """Begin if need be, run, read and close, all in one visit to the thread."""
        begin, self.waiting_begin = self.waiting_begin, None
        ran: Ran = await self._execute(_run, self._conn, begin, run)  # type: ignore[no-untyped-call]
        return ran

    def _never_begun(self) -> bool:
        begin, self.waiting_begin = self.waiting_begin, None
        return begin is not None


class Reader(Connection):
    """A connection that only reads. The end of a snapshot has no result to wait for."""

    async def commit(self) -> None:
        """End the snapshot; whoever reads next comes after it."""
        await self.rollback()

    async def rollback(self) -> None:
        """The same."""
        if self._connection is not None and not self._never_begun():
            self._tx.put_nowait((None, self._connection.rollback))


class Ran:
    """What a statement left."""

    __slots__ = ("description", "lastrowid", "rowcount", "rows")

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self.description = cursor.description
        self.rows: list[Any] = cursor.fetchall() if cursor.description else []
        self.rowcount = cursor.rowcount
        self.lastrowid = cursor.lastrowid


class Cursor:
    """As much of a cursor as SQLAlchemy asks for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1
        self._rows: list[Any] = []

    async def __aenter__(self) -> Cursor:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> Cursor:
        """Run a statement. A ``BEGIN`` waits for the first statement after it."""
        if sql.startswith("BEGIN"):
            self._connection.waiting_begin = sql
            return self
        return self._took(await self._connection.visit(lambda cursor: cursor.execute(sql, parameters)))  # type: ignore[arg-type]

    async def executemany(self, sql: str, parameters: Sequence[Any]) -> Cursor:
        """Run a statement for each of these."""
        return self._took(await self._connection.visit(lambda cursor: cursor.executemany(sql, parameters)))

    async def fetchall(self) -> list[Any]:
        """Every row, read already."""
        return self._rows

    async def close(self) -> None:
        """Closed already."""

    def _took(self, ran: Ran) -> Cursor:
        self.description, self._rows = ran.description, ran.rows
        self.rowcount, self.lastrowid = ran.rowcount, ran.lastrowid
        return self


def writing(*where: Any, **how: Any) -> Connection:
    """A connection, as ``sqlite3.connect`` would make it, not opened yet."""
    return _daemon(Connection, where, how)


def reading(*where: Any, **how: Any) -> Connection:
    """The same for one that only reads."""
    return _daemon(Reader, where, how)


def _daemon(kind: type[Connection], where: tuple[Any, ...], how: dict[str, Any]) -> Connection:
    connection = kind(lambda: sqlite3.connect(*where, **how), iter_chunk_size=64)
    connection._thread.daemon = True  # as SQLAlchemy has it: an engine that was not disposed of must not hang
    return connection


def _run(connection: sqlite3.Connection, begin: str | None, run: Callable[[sqlite3.Cursor], object]) -> Ran:
    if begin is not None:
        connection.execute(begin)
    cursor = connection.cursor()
    try:
        run(cursor)
        return Ran(cursor)
    finally:
        cursor.close()
