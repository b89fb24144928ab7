"""One open transaction as the repositories see it, and what it leaves to be done after its commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from bot.governance.events import Event
from bot.governance.ids import PartnershipId
from bot.governance.shards import EVERYTHING, Shards
from bot.services.ports.deliveries import Asked
from storage.local import AnyConnection

Announce: TypeAlias = Callable[[Event], tuple[Asked, ...]]
Insert: TypeAlias = "sqlite.Insert | postgresql.Insert"


@dataclass(slots=True)
class Session:
    """A transaction. ``writes`` is False on a snapshot for reading."""

    connection: AnyConnection
    writes: bool
    is_sqlite: bool
    due_at: datetime | None = None
    asked: set[PartnershipId] = field(default_factory=set)
    """Where something waits to be shown now."""
    wiped: bool = False
    shards: Shards = EVERYTHING
    """What this process serves: the outbox and the list of partnerships are those of its servers (RUN-2)."""
    known: dict[tuple[str, int], Any] = field(default_factory=dict)
    """What was read in this transaction already, by kind and partnership; who changes it takes it out again."""

    async def put(
        self, table: Table, rows: Mapping[str, Any] | Sequence[Mapping[str, Any]], keys: str, changed: str = ""
    ) -> int:
        """Insert rows; of one that is there already by these ``keys``, overwrite the columns ``changed``.

        Returns how many rows were written, which is meaningful for a single one.
        """
        return (await self.connection.execute(_put(table, keys, changed, self.is_sqlite), rows)).rowcount

    @property
    def locks_rows(self) -> bool:
        """Whether rows read must be held against others: SQLite has a single writer anyway."""
        return self.writes and not self.is_sqlite

    def becomes_due(self, at: datetime | None) -> None:
        """Remember the earliest instant that this transaction makes something due."""
        if at is not None and (self.due_at is None or at < self.due_at):
            self.due_at = at


def insert_into(table: Table, is_sqlite: bool) -> Insert:
    """An insert that can say what happens when the row is there already."""
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


@cache
def _put(table: Table, keys: str, changed: str, is_sqlite: bool) -> Insert:
    """Made once: building a statement costs as much as running it."""
    row = insert_into(table, is_sqlite)
    if not changed:
        return row.on_conflict_do_nothing(index_elements=keys.split() or None)
    return row.on_conflict_do_update(
        index_elements=keys.split(), set_={name: row.excluded[name] for name in changed.split()}
    )
