"""Every test here runs on both kinds of database unless it says otherwise."""

from tests.database import (
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
