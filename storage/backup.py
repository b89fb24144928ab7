"""Copies of a running SQLite database, and putting one back (RUN-3)."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, make_url

from storage.engine import Engines
from storage.locks import STALE_AFTER
from storage.runtime import RESTORED
from storage.session import insert_into
from storage.tables import locks, runtime
from storage.types import written

_BESIDE = ("-wal", "-shm", "-journal")


class BackupRefused(Exception):
    """The copy cannot be made or put back. Nothing was changed. ``why`` says it in a sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


async def backup(url: str, target: Path) -> Path:
    """Copy the database while the bot runs; the copy is checked before it takes its name. Raises BackupRefused."""
    return await asyncio.to_thread(_backup, _file(url, "pg_dump --format=custom"), target)


async def restore(source: Path, url: str, now: datetime) -> Path | None:
    """Put a copy in the place of the database; says where the replaced one was laid. Raises BackupRefused.

    The bot finds the runtime value ``restored`` at its next start and decides nothing until the gap is confirmed.
    """
    return await asyncio.to_thread(_restore, source, _file(url, "pg_restore, then this command without a file"), now)


async def restored(engines: Engines, now: datetime) -> None:
    """A copy was put in the place of a PostgreSQL database by its own tools: say so to the bot, as ``restore`` does."""
    async with engines.write() as connection:
        await connection.execute(delete(locks))
        row = insert_into(runtime, engines.is_sqlite).values(key=RESTORED, value=written(now))
        await connection.execute(
            row.on_conflict_do_update(index_elements=["key"], set_={"value": row.excluded["value"]})
        )


def check(path: Path) -> None:
    """Whether this file is a sound database of this bot. Raises BackupRefused."""
    try:
        with _opened(path, "ro") as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
            if found != "ok":
                raise BackupRefused(f"{path} is damaged: {found}.")
            if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise BackupRefused(f"{path} is damaged: some rows refer to rows that are missing.")
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as error:
        raise BackupRefused(f"{path} cannot be read as a database: {error}.") from error
    if not {"alembic_version", "events", "heads"} <= tables:
        raise BackupRefused(f"{path} is a database, but not one of this bot.")


def _backup(source: Path, target: Path) -> Path:
    if not source.exists():
        raise BackupRefused(f"There is no database at {source} yet, so there is nothing to copy.")
    if target.resolve() == source.resolve():
        raise BackupRefused("The copy needs another name than the database itself.")
    part = target.with_name(target.name + ".part")
    try:
        _remove(part)
        _copy(source, part)
        _without_keys(part)
        check(part)
        os.replace(part, target)
    except (OSError, sqlite3.Error) as error:
        raise BackupRefused(f"The copy {target} could not be written: {error}.") from error
    finally:
        _remove(part)
    return target


def _restore(source: Path, target: Path, now: datetime) -> Path | None:
    if not source.is_file():
        raise BackupRefused(f"There is no copy at {source}.")
    if target.resolve() == source.resolve():
        raise BackupRefused("The copy is the database itself.")
    check(source)
    if target.exists():
        _refuse_while_running(target, now)
    part = target.with_name(target.name + ".part")
    try:
        _remove(part)
        _copy(source, part)
        _mark_restored(part, now)
        replaced = _lay_aside(target, now) if target.exists() else None
        os.replace(part, target)
    except (OSError, sqlite3.Error) as error:
        raise BackupRefused(f"The copy could not be put in place: {error}.") from error
    finally:
        _remove(part)
    return replaced


def _copy(source: Path, target: Path) -> None:
    """In one step: page by page beside a busy writer, a copy starts again with each commit and never ends."""
    with _opened(source, "ro") as reader, _opened(target, "rwc") as writer:
        reader.backup(writer)
        # A copy is one file, complete without a write-ahead log beside it.
        writer.execute("PRAGMA journal_mode=DELETE")


def _without_keys(path: Path) -> None:
    """A copy outlives sessions: without their keys nothing in it links a person to what they wrote (LRN-1)."""
    with _opened(path, "rw") as connection:
        # Deleted rows are overwritten, so that the file holds them nowhere.
        connection.execute("PRAGMA secure_delete=ON")
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'session_keys'").fetchone():
            connection.execute("DELETE FROM session_keys")
            connection.commit()


def _refuse_while_running(target: Path, now: datetime) -> None:
    fresh = "SELECT owner FROM locks WHERE heartbeat_at > ?"
    try:
        with _opened(target, "rw") as connection:
            owner = connection.execute(fresh, (written(now - STALE_AFTER),)).fetchone()
    except sqlite3.Error:
        return  # A damaged or foreign file holds no lock, and replacing it is what a restore is for.
    if owner is not None:
        raise BackupRefused(
            f"The bot is running on this database ({owner[0]}). Stop it first; if it crashed, wait three minutes."
        )


def _mark_restored(path: Path, now: datetime) -> None:
    with _opened(path, "rw") as connection, connection:
        connection.execute("DELETE FROM locks")
        connection.execute("INSERT OR REPLACE INTO runtime (key, value) VALUES (?, ?)", (RESTORED, written(now)))


def _lay_aside(target: Path, now: datetime) -> Path:
    stem = f"{target.name}.replaced-{now:%Y%m%dT%H%M%SZ}"
    aside = target.with_name(stem)
    number = 1
    while aside.exists():
        number += 1
        aside = target.with_name(f"{stem}-{number}")
    os.replace(target, aside)
    # What is still in the log beside it belongs to it, under the name that SQLite looks for.
    for suffix in _BESIDE:
        beside = target.with_name(target.name + suffix)
        if beside.exists():
            os.replace(beside, aside.with_name(aside.name + suffix))
    with suppress(sqlite3.Error):  # a damaged one is laid aside as it is
        _without_keys(aside)
    return aside


def _file(url: str, instead: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise BackupRefused(f"Only a SQLite file can be copied here. For PostgreSQL use: {instead}.")
    return Path(parsed.database)


def _remove(path: Path) -> None:
    for suffix in ("", *_BESIDE):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    address = f"{path.resolve().as_uri()}?mode={mode}"
    with closing(sqlite3.connect(address, uri=True, timeout=5)) as connection:
        yield connection
