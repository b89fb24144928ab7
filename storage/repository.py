"""Things that are kept whole: one row each, with columns for what lists and deadlines ask (LRN, RHY)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, Table, Text, Update, bindparam, literal_column, select, type_coerce, update

from bot.governance.errors import Changed, NotFound
from bot.governance.ids import GroupId, PartnershipId
from bot.services.ports.repository import Aggregate
from storage.mapping import from_text, to_json
from storage.session import Session
from storage.tables import NOBODYS_GROUP

T = TypeVar("T", bound=Aggregate)


class Repository(Generic[T]):
    """One table of one noun, which refusals call by the name of its type."""

    def __init__(self, session: Session, table: Table, type_: type[T]) -> None:
        self._session = session
        self._table = table
        self._type = type_
        self._noun = type_.__name__.lower()
        self._asks = _asked_often(table)

    async def get(self, id: int) -> T:
        """Raises NotFound. Within a writing transaction nobody else changes it meanwhile."""
        return await self._one(self._asks.get, {"this": id}, str(id))

    async def numbered(self, partnership: PartnershipId, number: int) -> T:
        """By its number in the partnership. Raises NotFound."""
        return await self._one(self._asks.numbered, {"partnership": partnership, "number": number}, str(number))

    async def save(self, thing: T) -> T:
        """Insert or update; returns it with the next ``version``. Raises Changed."""
        before = thing.version
        saved: T = replace(thing, version=before + 1)  # type: ignore[type-var]
        row = self.row(saved)
        if before == 0:
            written = await self._session.put(self._table, {"id": saved.id} | row, "id")
        else:
            which = {"this": saved.id, "before": before}
            written = (await self._session.connection.execute(self._asks.change, row | which)).rowcount
        if written != 1:
            raise Changed(f"{self._noun} {saved.id}")
        self._session.becomes_due(row["due_at"])
        return saved

    async def due(self, now: datetime, partnerships: Iterable[PartnershipId] | None = None) -> tuple[int, ...]:
        """Ids of those with ``due_at <= now``, earliest first, in these partnerships or in all."""
        columns = self._table.c
        chosen = select(columns.id).where(columns.due_at <= now).order_by(columns.due_at, columns.id)
        if partnerships is not None:
            chosen = chosen.where(self._asks.theirs.in_(list(partnerships)))
        return tuple((await self._session.connection.execute(chosen)).scalars())

    async def partnerships_of(self, ids: Collection[int]) -> dict[int, PartnershipId]:
        """Whose each of these is."""
        columns = self._table.c
        chosen = select(columns.id, columns.partnership_id).where(columns.id.in_(list(ids)))
        rows = await self._session.connection.execute(chosen)
        return {row.id: PartnershipId(row.partnership_id) for row in rows}

    async def next_due_at(self, partnerships: Iterable[PartnershipId] | None = None) -> datetime | None:
        """The earliest ``due_at`` of all, or in these partnerships."""
        chosen = self._asks.next_due
        if partnerships is not None:
            chosen = chosen.where(self._asks.theirs.in_(list(partnerships)))
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
        """Those with a number, newest first; in these states (none named: in all), of one group, below ``before``."""
        columns = self._table.c
        chosen = _documents(self._table).where(columns.partnership_id == partnership, columns.number.is_not(None))
        wanted = sorted(state.value for state in states)
        if wanted:
            chosen = chosen.where(columns.state.in_(wanted))
        if group is not None:
            chosen = chosen.where(columns.group_id == group)
        if before is not None:
            chosen = chosen.where(columns.number < before)
        rows = await self._session.connection.execute(chosen.order_by(columns.number.desc()).limit(limit))
        return await self.read(rows.scalars().all())

    async def in_states(self, partnership: PartnershipId, states: Iterable[StrEnum]) -> tuple[int, ...]:
        """Ids of those in these states, oldest first."""
        columns, wanted = self._table.c, sorted(state.value for state in states)
        chosen = select(columns.id).where(columns.partnership_id == partnership, columns.state.in_(wanted))
        # Sorted here: the database would scan everything there ever was for the sake of the order.
        return tuple(sorted((await self._session.connection.execute(chosen)).scalars()))

    def row(self, thing: T) -> dict[str, Any]:
        """What its row holds beside its id."""
        return columns_of(thing)

    async def read(self, documents: Iterable[str]) -> tuple[T, ...]:
        """The things that these documents hold, whole. Raises BadDocument."""
        return tuple(from_text(self._type, document) for document in documents)

    async def _one(self, chosen: Select[Any], wanted: dict[str, Any], name: str) -> T:
        if self._session.locks_rows:
            chosen = chosen.with_for_update()
        document = (await self._session.connection.execute(chosen, wanted)).scalar_one_or_none()
        if document is None:
            raise NotFound(self._noun, name)
        return (await self.read([document]))[0]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Statements that are made once: building one costs as much as running it."""

    get: Select[Any]
    numbered: Select[Any]
    change: Update
    next_due: Select[Any]
    theirs: Any


@cache
def _asked_often(table: Table) -> _Asked:
    columns, documents = table.c, _documents(table)
    return _Asked(
        get=documents.where(columns.id == bindparam("this")),
        numbered=documents.where(
            columns.partnership_id == bindparam("partnership"), columns.number == bindparam("number")
        ),
        change=update(table).where(columns.id == bindparam("this"), columns.version == bindparam("before")),
        next_due=select(columns.due_at).where(columns.due_at.is_not(None)).order_by(columns.due_at).limit(1),
        # The index of instants finds the few that are due; that of partnerships, which the sum rules out, scans all.
        theirs=columns.partnership_id + literal_column("0"),
    )


def _documents(table: Table) -> Select[Any]:
    return select(type_coerce(table.c.document, Text))


def columns_of(thing: Any) -> dict[str, Any]:
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
