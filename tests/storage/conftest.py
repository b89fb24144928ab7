"""Every test here runs on both kinds of database unless it says otherwise."""

import pytest

from tests.database import (
    BOTH,
    clock,
    database_url,
    engines,
    hearing,
    postgresql_server,
    sqlite_pattern,
    sqlite_url,
    uow,
)

__all__ = [
    "clock",
    "database_url",
    "engines",
    "hearing",
    "postgresql_server",
    "sqlite_pattern",
    "sqlite_url",
    "uow",
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What keeps things is held to both kinds of database."""
    if "database_kind" in metafunc.fixturenames:
        metafunc.parametrize("database_kind", BOTH)
