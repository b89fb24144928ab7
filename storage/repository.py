"""Things that are kept whole: one row each, with columns for what lists and deadlines ask (LRN, RHY)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, Table, Text, select, type_coerce, update

from bot.governance.errors import Changed, NotFound
from bot.governance.ids import GroupId, PartnershipId
from bot.services.ports.repository import Aggregate
from storage.mapping import from_text, to_json
from storage.session import Session
from storage.tables import NOBODYS_GROUP

T = TypeVar("T", bound=Aggregate)


class Repository(Generic[T]):
    """One table of one noun. ``noun`` is what refusals call it."""

    def __init__(self, session: Session, table: Table, type_: type[T], noun: str) -> None:
        self._session = session
        self._table = table
        self._type = type_
        self._noun = noun

    async def get(self, id: int) -> T:
        """Raises NotFound. Within a writing transaction nobody else changes it meanwhile."""
        return await self._one(self._documents().where(self._table.c.id == id), str(id))

    async def numbered(self, partnership: PartnershipId, number: int) -> T:
        """By its number in the partnership. Raises NotFound."""
        chosen = self._documents().where(self._table.c.partnership_id == partnership, self._table.c.number == number)
        return await self._one(chosen, str(number))

    async def save(self, thing: T) -> T:
        """Insert or update; returns it with the next ``version``. Raises Changed."""
        before = thing.version
        saved: T = replace(thing, version=before + 1)  # type: ignore[type-var]
        row = columns_of(saved)
        if before == 0:
            written = await self._session.put(self._table, {"id": saved.id} | row, "id")
        else:
            same = (self._table.c.id == saved.id) & (self._table.c.version == before)
            written = (await self._session.connection.execute(update(self._table).where(same).values(**row))).rowcount
        if written != 1:
            raise Changed(f"{self._noun} {saved.id}")
        self._session.becomes_due(saved.due_at)
        return saved

    async def due(self, now: datetime, partnerships: Iterable[PartnershipId]) -> tuple[int, ...]:
        """Ids of those with ``due_at <= now``, earliest first, in these partnerships."""
        columns = self._table.c
        chosen = select(columns.id).where(columns.due_at <= now, columns.partnership_id.in_(list(partnerships)))
        return tuple((await self._session.connection.execute(chosen.order_by(columns.due_at, columns.id))).scalars())

    async def next_due_at(self, partnerships: Iterable[PartnershipId] | None = None) -> datetime | None:
        """The earliest ``due_at`` of all, or in these partnerships."""
        columns = self._table.c
        chosen = select(columns.due_at).where(columns.due_at.is_not(None)).order_by(columns.due_at).limit(1)
        if partnerships is not None:
            chosen = chosen.where(columns.partnership_id.in_(list(partnerships)))
        value: datetime | None = (await self._session.connection.execute(chosen)).scalar_one_or_none()
        return value

    async def list(
        self,
        partnership: PartnershipId,
        states: Iterable[StrEnum] = (),
        group: GroupId | None = None,
        before: int | None = None,
        limit: int = 25,
    ) -> tuple[T, ...]:
        """Newest first; in these states (none named: in all), of one group, numbered below ``before``."""
        columns = self._table.c
        chosen = self._documents().where(columns.partnership_id == partnership)
        wanted = sorted(state.value for state in states)
        if wanted:
            chosen = chosen.where(columns.state.in_(wanted))
        if group is not None:
            chosen = chosen.where(columns.group_id == group)
        if before is not None:
            chosen = chosen.where(columns.number < before)
        rows = await self._session.connection.execute(chosen.order_by(columns.number.desc()).limit(limit))
        return tuple(from_text(self._type, document) for document in rows.scalars())

    async def outside(self, partnership: PartnershipId, states: Iterable[StrEnum]) -> tuple[int, ...]:
        """Ids of those that are in none of these states, oldest first."""
        columns = self._table.c
        chosen = select(columns.id).where(columns.partnership_id == partnership)
        chosen = chosen.where(columns.state.not_in(sorted(state.value for state in states)))
        return tuple((await self._session.connection.execute(chosen.order_by(columns.number))).scalars())

    def _documents(self) -> Select[Any]:
        return select(type_coerce(self._table.c.document, Text))

    async def _one(self, chosen: Select[Any], name: str) -> T:
        if self._session.locks_rows:
            chosen = chosen.with_for_update()
        document = (await self._session.connection.execute(chosen)).scalar_one_or_none()
        if document is None:
            raise NotFound(self._noun, name)
        return from_text(self._type, document)


def columns_of(thing: Aggregate) -> dict[str, Any]:
    """The row of a thing: what lists and deadlines ask for, taken from its document, and the document itself."""
    return {
        "partnership_id": thing.partnership,
        "number": thing.number,
        "group_id": NOBODYS_GROUP if thing.group is None else thing.group,
        "state": thing.state.value,
        "due_at": thing.due_at,
        "version": thing.version,
        "document": to_json(thing),
    }
