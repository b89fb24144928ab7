"""Partnerships with their groups and channels, and who held which seat when (ORG-1, ORG-2)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, Text, bindparam, delete, func, select, type_coerce, update

from bot.governance.errors import Changed, NotFound
from bot.governance.ids import GroupId, PartnershipId, PersonId, RoleId
from bot.governance.organisation import Group, GroupKind, Holding, Partnership
from bot.governance.seats import Hand, SeatRecord, holdings
from bot.services.ports.partnerships import Place, PlaceKind
from storage.mapping import from_text, to_json
from storage.session import Session
from storage.shards import is_served
from storage.tables import NOBODYS_GROUP, groups, partnerships, places, seats

GROUP = [groups.c[name] for name in ("id", "kind", "name", "parent", "private", "purpose")]
"""The columns that ``group_of`` reads."""

_WITH_GROUPS = (
    select(partnerships.c.id, type_coerce(partnerships.c.document, Text), *GROUP)
    .join_from(partnerships, groups, groups.c.partnership_id == partnerships.c.id, isouter=True)
    .order_by(partnerships.c.id, groups.c.id)
)
"""A row for each group, with the document of its partnership: one question is quicker than two."""
_GET = _WITH_GROUPS.where(partnerships.c.id == bindparam("id"))
_OF_GUILD = _WITH_GROUPS.where(partnerships.c.guild_id == bindparam("guild"))
_GROUPS_IN = "groups"
_AT = select(places).where(places.c.channel_id == bindparam("channel")).order_by(places.c.lost, places.c.partnership_id)
_HELD = seats.c.partnership_id == bindparam("partnership"), seats.c.until.is_(None)
_HELD_IN = "seats"
_OPEN = select(seats).where(*_HELD)
_LATELY = (
    select(seats)
    .where(seats.c.partnership_id == bindparam("partnership"))
    .where(seats.c.until.is_(None) | (seats.c.until >= bindparam("since")))
    .order_by(seats.c.id)
)
_CHANGED = (
    select(seats.c.person_id)
    .where(seats.c.partnership_id == bindparam("partnership"), seats.c.seat == bindparam("seat"))
    .where((seats.c.since >= bindparam("since")) | (seats.c.until >= bindparam("since")))
)
_TURNED = (
    select(seats)
    .where(seats.c.partnership_id == bindparam("partnership"), seats.c.seat == bindparam("seat"))
    .where(seats.c.person_id.in_(_CHANGED))
    .order_by(seats.c.id)
)
_WORN = select(seats.c.person_id, seats.c.role_id).where(*_HELD).distinct()


class Partnerships:
    """Partnerships with their groups, mapped roles and places."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def get(self, id: PartnershipId) -> Partnership:
        """Raises NotFound."""
        found = await self._found(_GET, {"id": id})
        if not found:
            raise NotFound("partnership", str(id))
        return found[0]

    async def of_guild(self, guild_id: int) -> tuple[Partnership, ...]:
        """Every partnership that the server hosts."""
        return await self._found(_OF_GUILD, {"guild": guild_id})

    async def all(self) -> tuple[Partnership, ...]:
        """Every partnership that this process serves."""
        shards = self._session.shards
        return await self._found(_WITH_GROUPS if shards.everything else _WITH_GROUPS.where(is_served(shards)))

    async def save(self, partnership: Partnership) -> Partnership:
        """Insert or update; returns it with the next ``version``. Raises Changed."""
        before = partnership.version
        saved = replace(partnership, version=before + 1)
        row = {"guild_id": saved.guild_id, "name": saved.name, "version": saved.version, "document": _document(saved)}
        if before == 0:
            written = await self._session.put(partnerships, {"id": saved.id} | row, "id")
        else:
            same = (partnerships.c.id == partnership.id) & (partnerships.c.version == before)
            done = await self._session.connection.execute(update(partnerships).where(same).values(**row))
            written = done.rowcount
        if written != 1:
            raise Changed(f"partnership {partnership.id}")
        await self._keep_groups(saved)
        return saved

    async def places(self, id: PartnershipId) -> tuple[Place, ...]:
        """Its channels."""
        chosen = select(places).where(places.c.partnership_id == id).order_by(places.c.kind, places.c.group_id)
        return tuple(_place(row) for row in await self._session.connection.execute(chosen))

    async def place_at(self, channel_id: int) -> Place | None:
        """The place that this channel is, if any."""
        row = (await self._session.connection.execute(_AT, {"channel": channel_id})).first()
        return None if row is None else _place(row)

    async def save_place(self, place: Place) -> None:
        """Insert or replace by partnership, kind and group."""
        row = {
            "partnership_id": place.partnership,
            "kind": place.kind.value,
            "group_id": NOBODYS_GROUP if place.group is None else place.group,
            "channel_id": place.channel_id,
            "lost": int(place.lost),
        }
        await self._session.put(places, row, "partnership_id kind group_id", "channel_id lost")

    async def _found(self, chosen: Select[Any], wanted: dict[str, Any] | None = None) -> tuple[Partnership, ...]:
        rows = (await self._session.connection.execute(chosen, wanted)).all()
        found = tuple(_partnership(tuple(map(tuple, theirs))) for _, theirs in groupby(rows, itemgetter(0)))
        self._session.known.update(((_GROUPS_IN, each.id), each.groups) for each in found)
        return found

    async def _keep_groups(self, partnership: Partnership) -> None:
        """Write those that are not as they were read, or last written, in this transaction."""
        if (_GROUPS_IN, partnership.id) not in self._session.known:
            await self._found(_GET, {"id": partnership.id})
        before: tuple[Group, ...] = self._session.known[_GROUPS_IN, partnership.id]
        if partnership.groups == before:
            return
        self._session.known[_GROUPS_IN, partnership.id] = partnership.groups
        gone = {group.id for group in before} - {group.id for group in partnership.groups}
        if gone:
            theirs = groups.c.partnership_id == partnership.id
            await self._session.connection.execute(delete(groups).where(theirs, groups.c.id.in_(sorted(gone))))
        for group in partnership.groups:
            if group not in before:
                row = _group_row(partnership.id, group)
                await self._session.put(groups, row, "partnership_id id", "kind name parent private purpose")


class Seats:
    """Who holds which seat now, as last seen, and who held it when."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def holdings(self, partnership: Partnership) -> tuple[Holding, ...]:
        """Every seat held now, by who wears which role."""
        worn: list[tuple[str, int]] | None = self._session.known.get((_HELD_IN, partnership.id))
        if worn is None:
            rows = await self._session.connection.execute(_WORN, {"partnership": partnership.id})
            worn = self._session.known[_HELD_IN, partnership.id] = sorted((person, role) for person, role in rows)
        return holdings(partnership, ((PersonId(person), role) for person, role in worn))

    async def held_by(self, partnership: PartnershipId, person: PersonId) -> tuple[SeatRecord, ...]:
        """This person's open seat records."""
        chosen = _OPEN.where(seats.c.person_id == person).order_by(seats.c.id)
        rows = await self._session.connection.execute(chosen, {"partnership": partnership})
        return tuple(_seat(row) for row in rows)

    async def gain(self, partnership: PartnershipId, record: SeatRecord) -> None:
        """Open a record. Seen twice, it is opened once."""
        row = {
            "partnership_id": partnership,
            "person_id": record.person,
            "role_id": record.role,
            "group_id": NOBODYS_GROUP if record.group is None else record.group,
            "seat": record.seat,
            "since": record.since,
            "how_gained": record.how,
            "at_once": int(record.at_once),
            "stakeholder_class": record.stakeholder_class,
            "organisation": record.organisation,
        }
        self._session.known.pop((_HELD_IN, partnership), None)
        await self._session.put(seats, row, "")

    async def lose(
        self, partnership: PartnershipId, person: PersonId, role: RoleId, at: datetime, how: str, by: Hand
    ) -> None:
        """Close the open record of this role, and say by whose hand."""
        self._session.known.pop((_HELD_IN, partnership), None)
        await self._session.connection.execute(
            update(seats)
            .where(seats.c.partnership_id == partnership, seats.c.person_id == person)
            .where(seats.c.role_id == role, seats.c.until.is_(None))
            .values(until=at, how_lost=how, lost_by=by.value)
        )

    async def blame(
        self, partnership: PartnershipId, person: PersonId, since: datetime, by: Hand, how: str
    ) -> tuple[SeatRecord, ...]:
        """Say of seats that this person lost since then by whose hand that was, as is known now; those it changes."""
        lost = (
            seats.c.partnership_id == partnership,
            seats.c.person_id == person,
            seats.c.until >= since,
            seats.c.lost_by != by.value,
        )
        connection = self._session.connection
        found = tuple(_seat(row) for row in await connection.execute(select(seats).where(*lost).order_by(seats.c.id)))
        if found:
            await connection.execute(update(seats).where(*lost).values(lost_by=by.value, how_lost=how))
        return found

    async def history(self, partnership: PartnershipId, since: datetime) -> tuple[SeatRecord, ...]:
        """Every record that is open, or ended since then."""
        rows = await self._session.connection.execute(_LATELY, {"partnership": partnership, "since": since})
        return tuple(_seat(row) for row in rows)

    async def turned(self, partnership: PartnershipId, seat: str, since: datetime) -> tuple[SeatRecord, ...]:
        """Every record of the people of whom one of this seat, in any group, began or ended since then."""
        bounds = {"partnership": partnership, "seat": seat, "since": since}
        rows = await self._session.connection.execute(_TURNED, bounds)
        return tuple(_seat(row) for row in rows)

    async def first_held(self, partnership: PartnershipId, group: GroupId | None, seat: str) -> datetime | None:
        """When anybody first held this seat."""
        chosen = select(func.min(seats.c.since)).where(
            seats.c.partnership_id == partnership,
            seats.c.group_id == (NOBODYS_GROUP if group is None else group),
            seats.c.seat == seat,
        )
        found: datetime | None = (await self._session.connection.execute(chosen)).scalar_one_or_none()
        return found

    async def confirm(self, partnership: PartnershipId, people: Collection[PersonId], before: datetime) -> None:
        """What these people have held since before this instant counts at once from now on."""
        await self._session.connection.execute(
            update(seats)
            .where(seats.c.partnership_id == partnership, seats.c.until.is_(None))
            .where(seats.c.person_id.in_(people), seats.c.since <= before)
            .values(at_once=1)
        )


@lru_cache(maxsize=512)
def _partnership(rows: tuple[tuple[Any, ...], ...]) -> Partnership:
    """What these rows say, which they said before more often than not: it is frozen, and so shared as documents are."""
    (_, text, first, *_), *_ = rows
    inside = () if first is None else tuple(group_of(*group) for _, _, *group in rows)
    return replace(from_text(Partnership, text), groups=inside)


def _document(partnership: Partnership) -> dict[str, Any]:
    """What its row holds of it: all but its groups, which are rows of their own."""
    document: dict[str, Any] = to_json(replace(partnership, groups=()))
    del document["groups"]
    return document


def group_of(id: int, kind: str, name: str, parent: int | None, private: int, purpose: str) -> Group:
    """The group that a row holds. Raises ValueError."""
    above = None if parent is None else GroupId(parent)
    return Group(GroupId(id), GroupKind(kind), name, above, bool(private), purpose)


def _group_row(partnership: PartnershipId, group: Group) -> dict[str, Any]:
    return {
        "partnership_id": partnership,
        "id": group.id,
        "kind": group.kind.value,
        "name": group.name,
        "parent": group.parent,
        "private": int(group.private),
        "purpose": group.purpose,
    }


def _place(row: Any) -> Place:
    group = None if row.group_id == NOBODYS_GROUP else GroupId(row.group_id)
    return Place(PartnershipId(row.partnership_id), PlaceKind(row.kind), row.channel_id, group, bool(row.lost))


def _seat(row: Any) -> SeatRecord:
    return SeatRecord(
        PersonId(row.person_id),
        RoleId(row.role_id),
        None if row.group_id == NOBODYS_GROUP else GroupId(row.group_id),
        row.seat,
        row.since,
        row.until,
        row.how_lost if row.until else row.how_gained,
        Hand(row.lost_by) if row.lost_by else None,
        bool(row.at_once),
        row.stakeholder_class,
        row.organisation,
    )
