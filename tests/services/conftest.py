"""Every use case here runs on both kinds of database."""

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
