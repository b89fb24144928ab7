"""Column types that keep what the two databases would lose: the offset of an instant and the shape of a document."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine


class NaiveInstant(ValueError):
    """An instant without an offset: nobody can say when it is."""


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC to the microsecond. SQLite holds text of fixed width, which sorts by time."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """``timestamptz`` on PostgreSQL, text elsewhere."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Refuses naive instants, which SQLite would take without a word."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise NaiveInstant(value.isoformat())
        return value.astimezone(UTC) if dialect.name == "postgresql" else written(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Aware and in UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if isinstance(value, datetime) else datetime.fromisoformat(value)


class Document(TypeDecorator[Any]):
    """Plain JSON kept as text, the same bytes in both databases."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Escapes everything beyond ASCII, so that no text is refused by PostgreSQL (it takes no NUL character)."""
        return None if value is None else json.dumps(value, separators=(",", ":"), allow_nan=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """As it was."""
        return None if value is None else json.loads(value)


def written(instant: datetime) -> str:
    """``2026-01-01T00:00:00.000000Z``: the one way in which instants are written."""
    if instant.utcoffset() is None:
        raise NaiveInstant(instant.isoformat())
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
