"""What one can ask of a run of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.util import LRUCache

from storage import local


def pytest_addoption(parser: pytest.Parser) -> None:
    """``make cover`` runs every use case on both kinds of database, ``make test`` where it makes a difference."""
    parser.addoption("--both-databases", action="store_true", help="run every use case on SQLite and on PostgreSQL")


@pytest.fixture(scope="session", autouse=True)
def statements_are_compiled_once() -> Iterator[None]:
    """SQLAlchemy keeps what it has compiled with an engine, and each test has engines of its own."""
    shared: list[Engine] = []
    compiled: LRUCache[Any, Any] = LRUCache(2000)

    def created(*args: Any, **options: Any) -> Engine:
        engine = create_engine(*args, **options)
        shared[:] = shared or [engine]
        engine.dialect = shared[0].dialect
        engine.update_execution_options(compiled_cache=compiled)
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local, "create_engine", created)
        yield
