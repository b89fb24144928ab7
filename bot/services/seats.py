"""Who gained and lost a seat, and what that does to open proposals (ORG-2, ORG-3, PRO-9, PRO-11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.governance import clock, lifecycle, sponsors
from bot.governance.dossier import CONTESTABLE, Proposal, State
from bot.governance.events import Event, Happened
from bot.governance.ids import GroupId, PartnershipId, PersonId, RoleId
from bot.governance.organisation import Holding, Partnership, RoleMapping
from bot.services import electorates, retros
from bot.services.cases import open_case
from bot.services.ports import Context, DeliveryKind, SeatRecord, Transaction
from bot.services.views import members_of

_OPEN = CONTESTABLE | {State.PASSED, State.ADOPTED, State.STALE}
"""States in which an objection stands, or from which it may come back: who speaks for it is followed (PRO-9)."""


@dataclass(frozen=True, slots=True)
class Change:
    """A seat that somebody gained or lost. ``by_themselves``: they left, nobody took it away (PRO-9)."""

    partnership: PartnershipId
    person: PersonId
    role: RoleId
    group: GroupId | None
    seat: str
    gained: bool
    how: str
    by_themselves: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """What is worn but not on record, by user, and what is on record but not worn, by person."""

    gained: tuple[tuple[int, RoleMapping], ...]
    lost: tuple[tuple[PersonId, RoleId, GroupId | None, str], ...]


async def sync_members(
    ctx: Context, guild_id: int, members: Mapping[int, frozenset[int]], *, partial: bool, how: str
) -> tuple[Change, ...]:
    """Compare who wears mapped roles with the seats on record, and record what changed (ORG-2).

    ``partial``: only these people; else ``members`` is the whole server, and everybody else holds nothing.
    """
    async with ctx.turn(guild_id):
        async with ctx.uow.read() as tx:
            hit = []
            for partnership in await tx.partnerships.of_guild(guild_id):
                found = await _difference(tx, partnership, members, partial)
                if found.gained or found.lost:
                    hit.append(partnership.id)
        changes: list[Change] = []
        for each in hit:
            async with ctx.uow.write() as tx:
                changes += await _bring_up(tx, await hold(tx, each), members, partial, how, ctx.clock())
        return tuple(changes)


async def member_left(ctx: Context, guild_id: int, user_id: int, by_themselves: bool) -> tuple[Change, ...]:
    """Somebody left the server, or was removed: their seats end; an objection they leave needs a sponsor (PRO-9)."""
    async with ctx.turn(guild_id):
        async with ctx.uow.read() as tx:
            person = await tx.people.find(user_id)
            hosted = [p.id for p in await tx.partnerships.of_guild(guild_id)]
        if person is None:
            return ()
        changes: list[Change] = []
        for each in hosted:
            async with ctx.uow.write() as tx:
                changes += await _leave(tx, await hold(tx, each), person, by_themselves, ctx.clock())
        return tuple(changes)


async def removed_after_all(ctx: Context, guild_id: int, user_id: int) -> None:
    """The audit log tells late that somebody was removed and did not leave: their objections stand (PRO-9)."""
    async with ctx.turn(guild_id):
        async with ctx.uow.read() as tx:
            person = await tx.people.find(user_id)
            hosted = [p.id for p in await tx.partnerships.of_guild(guild_id)] if person else []
            waiting = [each for p in hosted for each in await tx.proposals.in_states(p, _OPEN)]
        for each in waiting:
            assert person is not None
            async with ctx.uow.write() as tx:
                case = await open_case(tx, each, ctx.clock())
                await case.keep(*sponsors.removed_after_all(case.proposal, person, case.now))


async def _leave(
    tx: Transaction, partnership: Partnership, person: PersonId, by_themselves: bool, now: datetime
) -> tuple[Change, ...]:
    how = "left the server" if by_themselves else "removed from the server"
    lost = []
    for r in await tx.seats.held_by(partnership.id, person):
        await tx.seats.lose(partnership.id, person, r.role, now, how)
        lost.append(Change(partnership.id, person, r.role, r.group, r.seat, False, how, by_themselves))
    events = events_of(partnership, lost)
    await keep_up(tx, partnership, now, tuple(lost), events, gone={person: by_themselves})
    return tuple(lost)


async def hold(tx: Transaction, id: PartnershipId) -> Partnership:
    """Take the open proposals and retros before seats, people and the partnership, as it then stands. Raises NotFound.

    Every act and every sweep takes its proposal first: of two that take things in different orders, each may wait for
    the other for ever. So does whoever changes seats or roles.
    """
    for proposal in await tx.proposals.in_states(id, _OPEN):
        await tx.proposals.get(proposal)
    await retros.hold(tx, id)
    return await tx.partnerships.get(id)


async def lose_role(
    tx: Transaction, partnership: Partnership, role: RoleId, how: str, now: datetime
) -> tuple[Change, ...]:
    """Close every seat that this role gave."""
    lost = []
    for holding in await tx.seats.holdings(partnership):
        m = holding.mapping
        if m.role == role:
            await tx.seats.lose(partnership.id, holding.person, role, now, how)
            lost.append(Change(partnership.id, holding.person, role, m.group, m.seat, False, how))
    return tuple(lost)


async def gain_role(
    tx: Transaction, partnership: Partnership, mapping: RoleMapping, users: Iterable[int], how: str, now: datetime
) -> tuple[Change, ...]:
    """Open the seat of this role for these people."""
    people = await tx.people.ids_of(tuple(users))
    return tuple([await _gain(tx, partnership, person, mapping, how, now) for person in people.values()])


def events_of(partnership: Partnership, changes: Iterable[Change]) -> tuple[Event, ...]:
    """Changes of seats as the record tells them. The actor is the person whose seat it is."""
    return tuple(
        Event(
            Happened.SEAT_GAINED if c.gained else Happened.SEAT_LOST,
            group_thing(partnership, c.group),
            c.person,
            {"seat": c.seat, "group": group_name(partnership, c.group), "how": c.how},
        )
        for c in changes
    )


def group_thing(partnership: Partnership, group: GroupId | None) -> str:
    """The name of a group, or of the whole partnership, in the record."""
    return f"partnership/{partnership.id}" if group is None else f"group/{group}"


def group_name(partnership: Partnership, group: GroupId | None) -> str:
    """What people call it."""
    return "whole partnership" if group is None else partnership.group(group).name


async def keep_up(
    tx: Transaction,
    partnership: Partnership,
    now: datetime,
    changes: tuple[Change, ...],
    events: tuple[Event, ...],
    *,
    gone: Mapping[PersonId, bool] | None = None,
) -> int:
    """Record ``events`` and let every open proposal follow the seats; how many stand still for want of a role.

    Objectors who lost their seat keep their objection unless they left by themselves (PRO-9); too few electors or a
    role gone stop the clock, never the objection, and never open a decision to everyone (ORG-3, PRO-11).
    """
    left = dict(gone or {})
    left |= {c.person: c.by_themselves for c in changes if not c.gained and c.person not in left}
    back = frozenset(c.person for c in changes if c.gained)
    holdings = await tx.seats.holdings(partnership)
    waiting = 0
    for proposal in await tx.proposals.in_states(partnership.id, _OPEN):
        before = await tx.proposals.get(proposal)
        followed, happened = _followed(before, partnership, holdings, left, back, now)
        waiting += followed.state in CONTESTABLE and clock.ROLE in followed.clock.reasons
        if followed != before:
            await tx.proposals.save(followed, lifecycle.next_due(followed))
        if {e.person for e in followed.electors} & (left.keys() | back):
            await tx.deliveries.ask(partnership.id, DeliveryKind.CARD, proposal)  # it says how many are still seated
        events += happened
    if events:
        await tx.record.append(partnership.id, events, now)
    if left:
        await retros.keep_up(tx, partnership, left.keys(), now)
    return waiting


def _followed(
    proposal: Proposal,
    partnership: Partnership,
    holdings: tuple[Holding, ...],
    left: Mapping[PersonId, bool],
    back: frozenset[PersonId],
    now: datetime,
) -> tuple[Proposal, tuple[Event, ...]]:
    events: tuple[Event, ...] = ()
    holders = members_of(proposal, holdings)
    for person in sorted(left.keys() - holders):
        proposal, gone = sponsors.objector_gone(proposal, person, left[person], now)
        events += gone
    for person in sorted(back & holders):
        proposal = sponsors.objector_back(proposal, person, now)
    proposal, turned = electorates.follow(proposal, partnership, holdings, now)
    return proposal, events + turned


async def _bring_up(
    tx: Transaction,
    partnership: Partnership,
    members: Mapping[int, frozenset[int]],
    partial: bool,
    how: str,
    now: datetime,
) -> tuple[Change, ...]:
    found = await _difference(tx, partnership, members, partial)
    changes = []
    for person, role, group, seat in found.lost:
        await tx.seats.lose(partnership.id, person, role, now, how)
        changes.append(Change(partnership.id, person, role, group, seat, False, how))
    people = await tx.people.ids_of(tuple(user for user, _ in found.gained))
    for user, mapping in found.gained:
        changes.append(await _gain(tx, partnership, people[user], mapping, how, now))
    await keep_up(tx, partnership, now, tuple(changes), events_of(partnership, changes))
    return tuple(changes)


async def _gain(
    tx: Transaction, partnership: Partnership, person: PersonId, mapping: RoleMapping, how: str, now: datetime
) -> Change:
    record = SeatRecord(person, mapping.role, mapping.group, mapping.seat, now, how=how)
    await tx.seats.gain(partnership.id, record)
    return Change(partnership.id, person, mapping.role, mapping.group, mapping.seat, True, how)


async def _difference(
    tx: Transaction, partnership: Partnership, members: Mapping[int, frozenset[int]], partial: bool
) -> Difference:
    live = {m.role: m for m in partnership.mappings if not m.lost}
    held = await (_held_by(tx, partnership, members) if partial else _held_by_all(tx, partnership))
    worn = {(user, role) for user, roles in members.items() for role in live.keys() & roles}
    gained = tuple((user, live[RoleId(role)]) for user, role in sorted(worn - held.keys()))
    lost = tuple(record for key, record in held.items() if key not in worn)
    return Difference(gained, lost)


_Held = dict[tuple[int, int], tuple[PersonId, RoleId, GroupId | None, str]]


async def _held_by(tx: Transaction, partnership: Partnership, members: Iterable[int]) -> _Held:
    held: _Held = {}
    for user in members:
        person = await tx.people.find(user)
        if person is None:
            continue
        for r in await tx.seats.held_by(partnership.id, person):
            held[user, r.role] = (person, r.role, r.group, r.seat)
    return held


async def _held_by_all(tx: Transaction, partnership: Partnership) -> _Held:
    holdings = await tx.seats.holdings(partnership)
    users = await tx.people.users_of({h.person for h in holdings})
    erased = 0
    held: _Held = {}
    for h in holdings:
        erased -= h.person not in users
        m = h.mapping
        held[users.get(h.person, erased), m.role] = (h.person, m.role, m.group, m.seat)
    return held
