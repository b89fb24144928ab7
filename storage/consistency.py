"""Holds what is kept beside the chain against it, row by row: what was changed by hand is found and named (REC-1)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Table, Text, select, type_coerce

from bot.governance import consistency
from bot.governance.consistency import Difference
from bot.governance.events import Json
from bot.governance.histories import Happening
from bot.governance.ids import PartnershipId
from bot.governance.organisation import Group, Partnership
from bot.governance.organisation_events import (
    GroupCreated,
    PartnershipCreated,
    PartnershipRatified,
    RoleDeleted,
    RoleMapped,
    RoleUnmapped,
)
from bot.governance.policy import Policy
from bot.governance.policy_events import PolicyAdopted, PolicyAmended
from bot.governance.policy_values import written
from bot.governance.record_events import COMPLETE, ErasuresListed, PersonErased
from bot.services.ports.record import Compared
from storage import tables
from storage.mapping import BadDocument, from_text
from storage.nouns import TABLES, repository
from storage.organisation import GROUP, group_of
from storage.record import Record
from storage.repository import Repository
from storage.session import Session

_BY_RULES_OF_THE_DAY = frozenset({"document", "due_at", "title_folded"})
"""Columns that hold what the code of their day made of a document for lookups: another version makes something else."""
_OF_POLICY = (PolicyAdopted, PolicyAmended)
_OF_PARTNERSHIP = (
    PartnershipCreated,
    PartnershipRatified,
    GroupCreated,
    RoleMapped,
    RoleUnmapped,
    RoleDeleted,
)
_PART = 200


class Consistency:
    """One partnership's rows and its record, side by side. Reads only; for a transaction that may scan tables."""

    def __init__(self, session: Session, record: Record) -> None:
        self._session = session
        self._record = record

    async def differences(self, partnership: PartnershipId, nouns: Iterable[Compared]) -> tuple[Difference, ...]:
        """Everything that is not as the record tells, named; empty where all agrees."""
        found: list[Difference] = []
        compared = list(nouns)
        for name, part in (
            ("partnership", self._partnership(partnership)),
            ("policy", self._policies(partnership)),
            *((noun.name, self._things(partnership, noun)) for noun in compared),
            *(("thing", self._missing(partnership, noun)) for noun in compared),
            ("person", self._people(partnership)),
        ):
            try:
                async for each in part:
                    found.append(each)  # noqa: PERF401 -- what was found before a row that cannot be read counts
            except (ValueError, TypeError):
                found.append(Difference(name, "a row that cannot be read"))
        return tuple(found)

    async def _partnership(self, id: PartnershipId) -> AsyncIterator[Difference]:
        rows = [row async for row in self._rows(tables.partnerships, tables.partnerships.c.id == id)]
        told = await self._record.since(id, None, _OF_PARTNERSHIP)
        groups: list[Group] = []
        chosen = select(*GROUP).where(tables.groups.c.partnership_id == id).order_by(tables.groups.c.id)
        for row in await self._session.connection.execute(chosen):
            try:
                groups.append(group_of(*row))
            except ValueError:
                yield Difference(f"group/{row.id}", "a row that cannot be read")
        if not rows:
            yield Difference(f"partnership/{id}", "whole row")
        for row in rows:
            kept = _read(Partnership, row)
            if kept is None:
                yield Difference(f"partnership/{id}", "document")
                continue
            for name in ("id", "guild_id", "name", "version"):
                if getattr(row, name) != getattr(kept, name):
                    yield Difference(f"partnership/{id}", f"column {name}")
            for each in consistency.of_partnership(replace(kept, groups=tuple(groups)), told):
                yield each

    async def _policies(self, id: PartnershipId) -> AsyncIterator[Difference]:
        values: dict[int, dict[str, str]] = {}
        rows: dict[int, dict[str, dict[str, Json]]] = {}
        by: dict[int, int | None] = {}
        async for row in self._rows(tables.policies, tables.policies.c.partnership_id == id):
            policy = _read(Policy, row)
            if policy is None or policy.version != row.version:
                yield Difference(f"policy/{row.version}", "document")
                continue
            kept = json.loads(row.text)["values"]
            values[row.version] = {key: written(value) for key, value in policy.values.items() if key in kept}
            rows[row.version] = consistency.rows_told(policy)
            by[row.version] = row.proposal_id
        for each in consistency.of_policies(values, rows, by, await self._record.since(id, None, _OF_POLICY)):
            yield each

    async def _things(self, id: PartnershipId, noun: Compared) -> AsyncIterator[Difference]:
        policies = {
            policy.version: policy
            async for row in self._rows(tables.policies, tables.policies.c.partnership_id == id)
            if (policy := _read(Policy, row)) is not None
        }
        table, kept = TABLES[noun.type], repository(self._session, noun.type)
        async for row in self._rows(table, table.c.partnership_id == id):
            thing = f"{noun.name}/{row.id}"
            found = await _whole(kept, row)
            if found is None or found.id != row.id:
                yield Difference(thing, "document")
                continue
            for name in _columns_that_differ(row, kept.row(found)):
                yield Difference(thing, f"column {name}")
            for what in noun.differences(found, await self._history(id, thing), policies):
                yield Difference(thing, what)

    async def _missing(self, id: PartnershipId, noun: Compared) -> AsyncIterator[Difference]:
        """Things that are on record and stand nowhere any more."""
        table = TABLES[noun.type]
        chosen = select(table.c.id).where(table.c.partnership_id == id)
        kept = {f"{noun.name}/{each}" for each in (await self._session.connection.execute(chosen)).scalars()}
        begun = await self._record.since(id, None, (noun.begun_by,))
        for thing in sorted({each.event.thing for each in begun} - kept):
            yield Difference(thing, "whole row")

    async def _people(self, id: PartnershipId) -> AsyncIterator[Difference]:
        """Whoever acted is somebody, or was erased on request (REC-1)."""
        told = await self._record.since(id, None, COMPLETE)
        if not told:
            return
        listed = [each.event.fact for each in told]
        erased = {p for fact in listed if isinstance(fact, PersonErased | ErasuresListed) for p in fact.people}
        events, people = tables.events, tables.people
        strangers = select(events.c.actor_id).distinct().where(events.c.partnership_id == id)
        strangers = strangers.where(events.c.actor_id.is_not(None))
        strangers = strangers.where(events.c.actor_id.not_in(select(people.c.person_id)))
        for person in sorted((await self._session.connection.execute(strangers)).scalars()):
            if person not in erased:
                yield Difference(f"person/{person}", "whole row")

    async def _history(self, id: PartnershipId, thing: str) -> list[Happening]:
        return [Happening(each.at, each.event) for each in await self._record.of(id, thing)]

    async def _rows(self, table: Table, where: Any) -> AsyncIterator[Any]:
        """Every row with its document as text, in parts and in order."""
        key = table.c.version if table is tables.policies else table.c.id
        plain = [column for column in table.c if column.name != "document"]
        chosen = select(*plain, type_coerce(table.c.document, Text).label("text")).where(where).order_by(key)
        after: int | None = None
        while True:
            part = chosen if after is None else chosen.where(key > after)
            rows = (await self._session.connection.execute(part.limit(_PART))).all()
            for row in rows:
                yield row
            if len(rows) < _PART:
                return
            after = rows[-1].version if table is tables.policies else rows[-1].id


_UNREADABLE = (BadDocument, ValueError, TypeError, KeyError)


def _read(type_: type[Any], row: Any) -> Any:
    try:
        return from_text(type_, row.text)
    except _UNREADABLE:
        return None


async def _whole(kept: Repository[Any], row: Any) -> Any:
    try:
        return (await kept.read([row.text]))[0]
    except _UNREADABLE:
        return None


def _columns_that_differ(row: Any, told: Mapping[str, Any]) -> list[str]:
    return [name for name, value in told.items() if name not in _BY_RULES_OF_THE_DAY and row._mapping[name] != value]
