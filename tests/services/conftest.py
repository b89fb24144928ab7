"""Every use case here runs on SQLite, and on PostgreSQL as well where it is marked ``both_databases``."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from bot.governance.policy import genesis
from bot.services.ports.context import Context
from bot.ui.announcements import announce
from storage.engine import Engines, create_engines
from storage.unit_of_work import SqlUnitOfWork
from tests.database import (
    BOTH,
    Hearing,
    TestClock,
    clock,
    database_url,
    engines,
    hearing,
    postgresql_server,
    sqlite_pattern,
    sqlite_url,
    uow,
)
from tests.services.scene import Scene

__all__ = [
    "clock",
    "database_url",
    "engines",
    "hearing",
    "postgresql_server",
    "scene",
    "sqlite_pattern",
    "sqlite_url",
    "uow",
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """On which kinds of database a use case runs."""
    if "database_kind" in metafunc.fixturenames:
        asked = metafunc.config.getoption("both_databases")
        both = asked or metafunc.definition.get_closest_marker("both_databases") is not None
        metafunc.parametrize("database_kind", BOTH if both else BOTH[:1])


@pytest.fixture(scope="session")
def prepared(sqlite_pattern: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file in which the example partnership is set up."""
    path = tmp_path_factory.mktemp("prepared") / "prepared.db"
    shutil.copy(sqlite_pattern, path)
    with asyncio.Runner() as runner:
        runner.run(_set_up(f"sqlite+aiosqlite:///{path}"))
    return path


async def _set_up(url: str) -> None:
    made = create_engines(url)
    try:
        time = TestClock()
        await Scene(Context(SqlUnitOfWork(made, announce), time, genesis()), time).set_up()
    finally:
        await made.dispose()


@pytest.fixture
async def scene(engines: Engines, uow: SqlUnitOfWork, clock: TestClock, hearing: Hearing, prepared: Path) -> Scene:
    """The example partnership, with the deliveries that the bot itself asks for."""
    hearing.announce = announce
    made = Scene(Context(uow, clock, genesis()), clock)
    if engines.is_sqlite:
        assert engines.url.database is not None
        shutil.copy(prepared, engines.url.database)
    else:
        await made.set_up()
    return made
