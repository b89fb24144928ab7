"""What one can ask of a run of the tests."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """``make cover`` runs every use case on both kinds of database, ``make test`` where it makes a difference."""
    parser.addoption("--both-databases", action="store_true", help="run every use case on SQLite and on PostgreSQL")
