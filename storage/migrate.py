"""Migrations: bringing the tables of a database to what this version of the bot expects."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.local import LocalEngine, driver_of

_MIGRATING = 2_026_010_101
"""The number that processes agree on in PostgreSQL, so that one of them migrates and the others wait."""

_SCRIPTS = Path(__file__).parent / "migrations"


class NewerSchema(Exception):
    """A newer version of the bot wrote this database: this one must not touch it."""


class BrokenReferences(Exception):
    """After the migration rows would refer to rows that are not there. Nothing was changed."""


def head() -> str:
    """The revision that this version of the bot expects."""
    revision = _scripts().get_current_head()
    assert revision is not None
    return revision


def knows(revision: str) -> bool:
    """Whether this version of the bot has heard of a revision; it has not when a newer one wrote it."""
    return revision in {script.revision for script in _scripts().walk_revisions()}


async def current(engine: AsyncEngine | LocalEngine) -> str | None:
    """The revision of this database, None while it is empty."""
    async with engine.connect() as connection:
        return await connection.run_sync(_revision)


async def upgrade(engine: AsyncEngine | LocalEngine) -> None:
    """Bring the tables to ``head()`` in one transaction. Raises NewerSchema or BrokenReferences."""
    async with engine.connect() as connection:
        await connection.run_sync(_upgrade_whole)


def _upgrade_whole(connection: Connection) -> None:
    # SQLite changes a table by copying and dropping it, at which enforced references would delete rows; they
    # are checked as a whole before the commit instead. The switch works outside transactions only.
    _enforce_references(connection, False)
    try:
        with connection.begin():
            _upgrade(connection)
    finally:
        _enforce_references(connection, True)


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":  # several processes may start at once; SQLite has one writer anyway
        connection.execute(text("SELECT pg_advisory_xact_lock(:this)"), {"this": _MIGRATING})
    revision = _revision(connection)
    if revision is not None and not knows(revision):
        raise NewerSchema(revision)
    if revision == head():
        return
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.dialect.name != "sqlite":
        return
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise BrokenReferences(str(broken))


def _enforce_references(connection: Connection, enforced: bool) -> None:
    if connection.dialect.name == "sqlite":
        driver_of(connection).execute(f"PRAGMA foreign_keys={'ON' if enforced else 'OFF'}")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
