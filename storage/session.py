"""One open transaction as the repositories see it, and what it leaves to be done after its commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.governance.events import Event
from bot.services.ports import Asked

Announce: TypeAlias = Callable[[Event], tuple[Asked, ...]]
Insert: TypeAlias = "sqlite.Insert | postgresql.Insert"


@dataclass(slots=True)
class Session:
    """A transaction. ``writes`` is False on a snapshot for reading."""

    connection: AsyncConnection
    writes: bool
    is_sqlite: bool
    due_at: datetime | None = None
    asked: bool = False
    wiped: bool = False

    def insert(self, table: Table) -> Insert:
        """An insert that can say what happens when the row is there already."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    @property
    def locks_rows(self) -> bool:
        """Whether rows read must be held against others: SQLite has a single writer anyway."""
        return self.writes and not self.is_sqlite

    def becomes_due(self, at: datetime | None) -> None:
        """Remember the earliest instant that this transaction makes something due."""
        if at is not None and (self.due_at is None or at < self.due_at):
            self.due_at = at
