"""Holds what is kept beside the chain against it, row by row: what was changed by hand is found and named (REC-1)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, Text, select, type_coerce

from bot.governance import consistency
from bot.governance.consistency import Difference
from bot.governance.consistency_proposals import of_proposal
from bot.governance.events import COMPLETE, ERASURES, EventType
from bot.governance.feedback import Feedback
from bot.governance.histories import Happening
from bot.governance.ids import PartnershipId
from bot.governance.meetings import Meeting
from bot.governance.organisation import Partnership
from bot.governance.policy import Policy
from bot.governance.policy_values import written
from bot.governance.proposals_types import Proposal
from bot.governance.retros import Retro
from bot.governance.surveys import Survey
from storage import tables
from storage.mapping import BadDocument, from_text
from storage.proposals import columns_of as columns_of_proposal
from storage.record import Record
from storage.repository import columns_of
from storage.session import Session

_BY_RULES_OF_THE_DAY = frozenset({"document", "due_at", "title_folded"})
"""Columns that hold what the code of their day made of a document for lookups: another version makes something else."""
_BEGINNINGS: Mapping[str, EventType] = {
    "proposal": EventType.REVIEW_OPENED,
    "meeting": EventType.MEETING_SCHEDULED,
    "survey": EventType.SURVEY_CREATED,
    "feedback": EventType.FEEDBACK_GIVEN,
    "retro": EventType.RETRO_STARTED,
}
"""What is on record of each thing that has to stand beside the chain."""
_OF_POLICY = (EventType.POLICY_ADOPTED, EventType.POLICY_AMENDED)
_OF_PARTNERSHIP = (
    EventType.PARTNERSHIP_CREATED,
    EventType.PARTNERSHIP_RATIFIED,
    EventType.GROUP_CREATED,
    EventType.ROLE_MAPPED,
    EventType.ROLE_UNMAPPED,
    EventType.ROLE_DELETED,
)
_PART = 200


@dataclass(frozen=True, slots=True)
class _Kept:
    """How things of one noun are kept, and held against the record."""

    table: Table
    type: type[Any]
    check: Callable[[Any, Sequence[Happening]], Iterator[str]]


_NOUNS: Mapping[str, _Kept] = {
    "retro": _Kept(tables.retros, Retro, consistency.of_retro),
    "survey": _Kept(tables.surveys, Survey, consistency.of_survey),
    "feedback": _Kept(tables.feedback, Feedback, consistency.of_feedback),
    "meeting": _Kept(tables.meetings, Meeting, consistency.of_meeting),
}


class Consistency:
    """One partnership's rows and its record, side by side. Reads only; for a transaction that may walk tables."""

    def __init__(self, session: Session, record: Record) -> None:
        self._session = session
        self._record = record

    async def differences(self, partnership: PartnershipId) -> tuple[Difference, ...]:
        """Everything that is not as the record tells, named; empty where all agrees."""
        found: list[Difference] = []
        for name, part in (
            ("partnership", self._partnership),
            ("policy", self._policies),
            ("proposal", self._proposals),
            ("thing", self._things),
            ("thing", self._missing),
            ("person", self._people),
        ):
            try:
                async for each in part(partnership):
                    found.append(each)  # noqa: PERF401 -- what was found before a row that cannot be read counts
            except (ValueError, TypeError):
                found.append(Difference(name, "a row that cannot be read"))
        return tuple(found)

    async def _partnership(self, id: PartnershipId) -> AsyncIterator[Difference]:
        rows = [row async for row in self._rows(tables.partnerships, tables.partnerships.c.id == id)]
        told = await self._record.since(id, None, _OF_PARTNERSHIP)
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
            for each in consistency.of_partnership(kept, told):
                yield each

    async def _policies(self, id: PartnershipId) -> AsyncIterator[Difference]:
        values: dict[int, dict[str, str]] = {}
        by: dict[int, int | None] = {}
        async for row in self._rows(tables.policies, tables.policies.c.partnership_id == id):
            policy = _read(Policy, row)
            if policy is None or policy.version != row.version:
                yield Difference(f"policy/{row.version}", "document")
                continue
            kept = json.loads(row.text)["values"]
            values[row.version] = {key: written(value) for key, value in policy.values.items() if key in kept}
            by[row.version] = row.proposal_id
        for each in consistency.of_policies(values, by, await self._record.since(id, None, _OF_POLICY)):
            yield each

    async def _proposals(self, id: PartnershipId) -> AsyncIterator[Difference]:
        policies = {
            policy.version: policy
            async for row in self._rows(tables.policies, tables.policies.c.partnership_id == id)
            if (policy := _read(Policy, row)) is not None
        }
        async for row in self._rows(tables.proposals, tables.proposals.c.partnership_id == id):
            thing = f"proposal/{row.id}"
            proposal = _read(Proposal, row)
            if proposal is None or proposal.id != row.id:
                yield Difference(thing, "document")
                continue
            for name in _columns_that_differ(row, columns_of_proposal(proposal, None)):
                yield Difference(thing, f"column {name}")
            for what in of_proposal(proposal, await self._history(id, thing), policies):
                yield Difference(thing, what)

    async def _things(self, id: PartnershipId) -> AsyncIterator[Difference]:
        for noun, kept in _NOUNS.items():
            async for row in self._rows(kept.table, kept.table.c.partnership_id == id):
                thing = f"{noun}/{row.id}"
                found = _read(kept.type, row)
                if found is None or found.id != row.id:
                    yield Difference(thing, "document")
                    continue
                for name in _columns_that_differ(row, columns_of(found)):
                    yield Difference(thing, f"column {name}")
                for what in kept.check(found, await self._history(id, thing)):
                    yield Difference(thing, what)

    async def _missing(self, id: PartnershipId) -> AsyncIterator[Difference]:
        """Things that are on record and stand nowhere any more."""
        kept_in = {noun: kept.table for noun, kept in _NOUNS.items()} | {"proposal": tables.proposals}
        for noun, table in kept_in.items():
            chosen = select(table.c.id).where(table.c.partnership_id == id)
            kept = {f"{noun}/{each}" for each in (await self._session.connection.execute(chosen)).scalars()}
            begun = await self._record.since(id, None, (_BEGINNINGS[noun],))
            for thing in sorted({each.event.thing for each in begun} - kept):
                yield Difference(thing, "whole row")

    async def _people(self, id: PartnershipId) -> AsyncIterator[Difference]:
        """Whoever acted is somebody, or was erased on request (REC-1)."""
        told = await self._record.since(id, None, COMPLETE)
        if not told:
            return
        lists = [each.event.data.get("people") for each in told if each.event.type in ERASURES]
        erased = {person for each in lists if isinstance(each, list) for person in each}
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


def _read(type_: type[Any], row: Any) -> Any:
    try:
        return from_text(type_, row.text)
    except (BadDocument, ValueError, TypeError, KeyError):
        return None


def _columns_that_differ(row: Any, told: Mapping[str, Any]) -> list[str]:
    return [name for name, value in told.items() if name not in _BY_RULES_OF_THE_DAY and row._mapping[name] != value]
