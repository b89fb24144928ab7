"""Every use case here runs on both kinds of database."""

from __future__ import annotations

import pytest

from bot.governance.policy import genesis
from bot.services.ports.context import Context
from bot.ui.announcements import announce
from storage.unit_of_work import SqlUnitOfWork
from tests.database import (
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


@pytest.fixture
async def scene(uow: SqlUnitOfWork, clock: TestClock, hearing: Hearing) -> Scene:
    """The example partnership, with the deliveries that the bot itself asks for."""
    hearing.announce = announce
    made = Scene(Context(uow, clock, genesis()), clock)
    await made.set_up()
    return made
