"""Every use case here runs on SQLite, and on PostgreSQL as well where it is marked ``both_databases``."""

from __future__ import annotations

import pytest

from bot.governance.policy import genesis
from bot.services.ports.context import Context
from bot.ui.announcements import announce
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


@pytest.fixture
async def scene(uow: SqlUnitOfWork, clock: TestClock, hearing: Hearing) -> Scene:
    """The example partnership, with the deliveries that the bot itself asks for."""
    hearing.announce = announce
    made = Scene(Context(uow, clock, genesis()), clock)
    await made.set_up()
    return made
