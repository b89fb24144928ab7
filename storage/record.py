"""The append-only, hash-chained log of each partnership, and the outbox that it fills (REC-1)."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, delete, func, insert, or_, select

from bot.governance.errors import NotErasable, NotFound
from bot.governance.events import Event, EventType, as_recorded
from bot.governance.histories import Happening
from bot.governance.ids import PartnershipId, PersonId, ProposalId
from bot.governance.proposals_events import ReviewOpened
from bot.governance.record_events import COMPLETE, WordsErased
from bot.services.ports.record import Recorded, Verdict
from storage.chain import EMPTY, Link, Verifier, data_of, forge
from storage.deliveries import Deliveries, WantedDelivery
from storage.session import Announce, Session
from storage.tables import events, heads, payloads

_PART = 500
_HEAD_OF = "head"
_HEAD = select(heads.c.number, heads.c.hash).where(heads.c.partnership_id == bindparam("partnership"))
_BESIDE = and_(payloads.c.partnership_id == events.c.partnership_id, payloads.c.number == events.c.number)
_LINKS = (
    select(events, payloads.c.salt, payloads.c.payload)
    .select_from(events.outerjoin(payloads, _BESIDE))
    .where(events.c.partnership_id == bindparam("partnership"))
    .order_by(events.c.number)
)
_HAPPENED = (
    select(events.c.number, events.c.at, events.c.type, events.c.thing, events.c.actor_id, payloads.c.payload)
    .select_from(events.outerjoin(payloads, _BESIDE))
    .where(events.c.partnership_id == bindparam("partnership"))
)
_OF = _LINKS.where(events.c.thing == bindparam("thing"))
_EVENT = _LINKS.where(events.c.number == bindparam("number"))
_AFTER = _LINKS.where(events.c.number > bindparam("after")).limit(_PART)
_ADD_EVENTS = insert(events)
_ADD_PAYLOADS = insert(payloads)


class Record:
    """Chains of events. Nothing here changes an event; erasure takes its text, leaves its header and is chained."""

    def __init__(self, session: Session, announce: Announce, deliveries: Deliveries) -> None:
        self._session = session
        self._announce = announce
        self._deliveries = deliveries

    async def append(self, partnership: PartnershipId, events_: Sequence[Event], at: datetime) -> tuple[Recorded, ...]:
        """Chain events and queue the deliveries they ask for, in this transaction."""
        if not events_:
            return ()
        number, head = await self._held_head(partnership)
        links = []
        for event in events_:
            number += 1
            links.append(forge(event, at, number, head))
            head = links[-1].hash
        await self._keep(partnership, links)
        recorded = tuple(_recorded(partnership, link) for link in links)
        await self._deliveries.ask_all([asked for each in recorded for asked in self._asked(each)])
        return recorded

    async def head(self, partnership: PartnershipId) -> tuple[int, str]:
        """Number and hash of the last event; (0, 64 zeroes) for an empty chain."""
        known: tuple[int, str] | None = self._session.known.get((_HEAD_OF, partnership))
        if known is None:
            row = (await self._session.connection.execute(_HEAD, {"partnership": partnership})).first()
            known = (0, EMPTY) if row is None else (row.number, row.hash)
            self._session.known[_HEAD_OF, partnership] = known
        return known

    async def of(self, partnership: PartnershipId, thing: str) -> tuple[Recorded, ...]:
        """The events of one thing, in order."""
        rows = await self._session.connection.execute(_OF, {"partnership": partnership, "thing": thing})
        return tuple(_recorded(partnership, _link(row)) for row in rows)

    async def event(self, partnership: PartnershipId, number: int) -> Recorded:
        """One event. Raises NotFound."""
        row = (await self._session.connection.execute(_EVENT, {"partnership": partnership, "number": number})).first()
        if row is None:
            raise NotFound("event", str(number))
        return _recorded(partnership, _link(row))

    async def links(self, partnership: PartnershipId) -> AsyncIterator[Link]:
        """The whole chain in order, as it is exported."""
        async for part in self._parts(partnership):
            for link in part:
                yield link

    async def since(
        self, partnership: PartnershipId, since: datetime | None, types: Iterable[EventType]
    ) -> tuple[Happening, ...]:
        """What happened of these types at or after an instant (None: ever), in order."""
        chosen = _HAPPENED.where(events.c.type.in_(_written(types))).order_by(events.c.number)
        if since is not None:
            chosen = chosen.where(events.c.at >= since)
        rows = await self._session.connection.execute(chosen, {"partnership": partnership})
        return await _happenings(rows.all())

    async def from_opening(
        self, partnership: PartnershipId, since: datetime | None, types: Iterable[EventType]
    ) -> AsyncIterator[Sequence[Happening]]:
        """What happened of these types from the first review on that opened since then, in order and in parts."""
        after = 0 if since is None else await self._before_opening(partnership, since)
        chosen = _HAPPENED.where(events.c.type.in_(_written(types)), events.c.number > bindparam("after"))
        chosen = chosen.order_by(events.c.number).limit(_PART)
        while True:
            wanted = {"partnership": partnership, "after": after}
            rows = (await self._session.connection.execute(chosen, wanted)).all()
            yield [_happening(row) for row in rows]
            if len(rows) < _PART:
                return
            after = rows[-1].number

    async def of_all(
        self, partnership: PartnershipId, things: Collection[str], types: Iterable[EventType]
    ) -> tuple[Happening, ...]:
        """What happened of these types to a few things, in order."""
        chosen = _HAPPENED.where(events.c.thing.in_(sorted(things)), events.c.type.in_(_written(types)))
        rows = await self._session.connection.execute(chosen.order_by(events.c.number), {"partnership": partnership})
        return await _happenings(rows.all())

    async def _before_opening(self, partnership: PartnershipId, since: datetime) -> int:
        """The number before the first review that opened since then; the last one where none did."""
        chosen = select(events.c.number).where(
            events.c.partnership_id == partnership,
            events.c.type == ReviewOpened.NAME,
            events.c.at >= since,
        )
        chosen = chosen.order_by(events.c.at, events.c.number).limit(1)
        found: int | None = (await self._session.connection.execute(chosen)).scalar_one_or_none()
        return (await self.head(partnership))[0] if found is None else found - 1

    async def verify(self, partnership: PartnershipId) -> Verdict:
        """Check the whole chain."""
        number, head = await self.head(partnership)
        verifier = Verifier()
        async for part in self._parts(partnership):
            if not verifier.check(part):
                break
        return verifier.verdict(number, head)

    async def hash_at(self, partnership: PartnershipId, number: int) -> str | None:
        """The hash of the event of this number; None where the chain ends before it."""
        if number == 0:
            return EMPTY
        row = (await self._session.connection.execute(_EVENT, {"partnership": partnership, "number": number})).first()
        return None if row is None else row.hash

    async def number_of(self, partnership: PartnershipId, digits: str) -> int | None:
        """The number of the event whose hash begins with these digits, if there is one."""
        chosen = select(events.c.number).where(events.c.partnership_id == partnership)
        chosen = chosen.where(events.c.hash.startswith(digits, autoescape=True)).limit(1)
        found: int | None = (await self._session.connection.execute(chosen)).scalar_one_or_none()
        return found

    async def naming(self, partnership: PartnershipId, person: PersonId) -> dict[str, int]:
        """The things of which an event tells that this person did something or is named; with its first such event."""
        told = select(events.c.thing, func.min(events.c.number)).select_from(events.outerjoin(payloads, _BESIDE))
        told = told.where(events.c.partnership_id == partnership)
        told = told.where(or_(events.c.actor_id == person, payloads.c.payload.contains(person, autoescape=True)))
        rows = await self._session.connection.execute(told.group_by(events.c.thing))
        return {row[0]: row[1] for row in rows}

    async def erase(self, partnership: PartnershipId, number: int, at: datetime) -> bool:
        """Delete an event's payload and salt on request, and chain that it was done; False if it was before.

        Raises NotFound, and NotErasable for what is kept so that the chain can be verified.
        """
        erased = await self.event(partnership, number)
        if erased.event.type in COMPLETE:
            raise NotErasable(number)
        if erased.erased:
            return False
        which = and_(payloads.c.partnership_id == partnership, payloads.c.number == number)
        await self._session.connection.execute(delete(payloads).where(which))
        self._session.wiped = True
        said = Event(WordsErased((number,)), erased.event.thing)
        await self.append(partnership, (said,), at)
        return True

    async def _held_head(self, partnership: PartnershipId) -> tuple[int, str]:
        """The head, kept from every other writer until the commit."""
        if not self._session.locks_rows:
            return await self.head(partnership)
        first = {"partnership_id": partnership, "number": 0, "hash": EMPTY}
        await self._session.put(heads, first, "partnership_id")
        held: Select[Any] = _HEAD.with_for_update()
        row = (await self._session.connection.execute(held, {"partnership": partnership})).one()
        return row.number, row.hash

    async def _keep(self, partnership: PartnershipId, links: Sequence[Link]) -> None:
        execute = self._session.connection.execute
        rows = [{"partnership_id": partnership, "actor_id": each.actor} | _columns(each) for each in links]
        await execute(_ADD_EVENTS, [{name: row[name] for name in events.c.keys()} for row in rows])  # noqa: SIM118
        await execute(_ADD_PAYLOADS, [{name: row[name] for name in payloads.c.keys()} for row in rows])  # noqa: SIM118
        end = {"partnership_id": partnership, "number": links[-1].number, "hash": links[-1].hash}
        await self._session.put(heads, end, "partnership_id", "number hash")
        self._session.known[_HEAD_OF, partnership] = (links[-1].number, links[-1].hash)

    def _asked(self, recorded: Recorded) -> list[WantedDelivery]:
        proposal = _proposal_of(recorded.event)
        thing = recorded.event.thing if proposal is None else ""
        return [
            WantedDelivery(recorded.partnership, asked.kind, proposal, recorded.number, asked.person, thing)
            for asked in self._announce(recorded.event)
        ]

    async def _parts(self, partnership: PartnershipId) -> AsyncIterator[list[Link]]:
        after = 0
        while True:
            wanted = {"partnership": partnership, "after": after}
            part = [_link(row) for row in await self._session.connection.execute(_AFTER, wanted)]
            if part:
                after = part[-1].number
                yield part
            if len(part) < _PART:
                return


def _written(types: Iterable[EventType]) -> list[str]:
    return sorted(kind.NAME for kind in types)


async def _happenings(rows: Sequence[Any]) -> tuple[Happening, ...]:
    """Many of them hold up nobody else."""
    found: list[Happening] = []
    for at in range(0, len(rows), _PART):
        found += [_happening(row) for row in rows[at : at + _PART]]
        await asyncio.sleep(0)
    return tuple(found)


def _happening(row: Any) -> Happening:
    data = json.loads(row.payload) if row.payload is not None else None
    actor = None if row.actor_id is None else PersonId(row.actor_id)
    return Happening(row.at, as_recorded(row.type, row.thing, actor, data))


def _proposal_of(event: Event) -> ProposalId | None:
    match = re.fullmatch(r"proposal/(\d+)", event.thing)
    return ProposalId(int(match[1])) if match else None


def _columns(link: Link) -> dict[str, Any]:
    return {name: getattr(link, name) for name in Link.__slots__}


def _link(row: Row[Any]) -> Link:
    return Link(
        row.number,
        row.at,
        row.type,
        row.thing,
        row.actor_id,
        row.digest,
        row.previous,
        row.hash,
        row.salt,
        row.payload,
    )


def _recorded(partnership: PartnershipId, link: Link) -> Recorded:
    actor = None if link.actor is None else PersonId(link.actor)
    event = as_recorded(link.type, link.thing, actor, data_of(link) if link.payload is not None else None)
    return Recorded(link.number, partnership, link.at, event, link.hash, link.payload is None)
