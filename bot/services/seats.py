"""Who gained and lost a seat, and what that does to open proposals (ORG-2, ORG-3, PRO-9, PRO-11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.governance import authority, clock, sponsors
from bot.governance import electorates as rules
from bot.governance.authority import Act
from bot.governance.events import Event
from bot.governance.ids import GroupId, PartnershipId, PersonId, RoleId
from bot.governance.organisation import MEMBER, Holding, Partnership, RoleMapping
from bot.governance.organisation_events import ElectorateChanged, SeatGained, SeatLost
from bot.governance.proposals_types import CONTESTABLE, Proposal, ProposalState
from bot.governance.rolls import voting_group
from bot.governance.seats import SEASON, Hand, SeatRecord, had_left, is_founding
from bot.services import electorates, retros
from bot.services.ports.context import Context
from bot.services.ports.deliveries import DeliveryKind
from bot.services.ports.transaction import Transaction
from bot.services.proposals_cases import open_case

_OPEN = CONTESTABLE | {ProposalState.PASSED, ProposalState.ADOPTED, ProposalState.STALE}
"""States in which an objection stands, or from which it may come back: who speaks for it is followed (PRO-9)."""


LEFT, REMOVED, FORGOTTEN = "left the server", "removed from the server", "forgotten on request"
"""How a person's seats end all at once, in the record."""


@dataclass(frozen=True, slots=True)
class SeatChange:
    """A seat that somebody gained, or lost by whose hand: they left, or others took it away (PRO-9)."""

    partnership: PartnershipId
    person: PersonId
    role: RoleId
    group: GroupId | None
    seat: str
    gained: bool
    how: str
    lost_by: Hand | None = None
    at_once: bool = False

    @property
    def by_themselves(self) -> bool:
        """Whether they gave it up."""
        return self.lost_by is Hand.THEMSELVES


@dataclass(frozen=True, slots=True)
class SeatDifference:
    """What is worn but not on record, by user, and what is on record but not worn, by person."""

    gained: tuple[tuple[int, RoleMapping], ...]
    lost: tuple[tuple[PersonId, RoleId, GroupId | None, str], ...]


async def sync_members(
    ctx: Context, guild_id: int, members: Mapping[int, frozenset[int]], *, partial: bool, how: str
) -> tuple[SeatChange, ...]:
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
        changes: list[SeatChange] = []
        for each in hit:
            async with ctx.uow.write() as tx:
                changes += await _bring_up(tx, await hold(tx, each), members, partial, how, ctx.clock())
        return tuple(changes)


async def member_left(ctx: Context, guild_id: int, user_id: int, by_themselves: bool) -> tuple[SeatChange, ...]:
    """Somebody left the server, or was removed: their seats end; an objection they leave needs a sponsor (PRO-9)."""
    async with ctx.turn(guild_id):
        async with ctx.uow.read() as tx:
            person = await tx.people.find(user_id)
            hosted = [p.id for p in await tx.partnerships.of_guild(guild_id)]
        if person is None:
            return ()
        changes: list[SeatChange] = []
        for each in hosted:
            async with ctx.uow.write() as tx:
                changes += await _leave(tx, await hold(tx, each), person, by_themselves, ctx.clock())
        return tuple(changes)


async def removed_after_all(ctx: Context, guild_id: int, user_id: int, removed_at: datetime | None = None) -> None:
    """The audit log tells late that somebody was removed and did not leave: nothing of theirs is weakened (PRO-9).

    Who was seen leaving before ``removed_at`` had left, whatever is done to them then.
    """
    async with ctx.turn(guild_id):
        async with ctx.uow.read() as tx:
            person = await tx.people.find(user_id)
            hosted = [
                p.id
                for p in await tx.partnerships.of_guild(guild_id)
                if person is not None and not had_left(await _left_at(tx, p.id, person), removed_at)
            ]
            waiting = [each for p in hosted for each in await tx.of(Proposal).in_states(p, _OPEN)]
        if person is None:
            return
        for each in waiting:
            async with ctx.uow.write() as tx:
                case = await open_case(tx, each, ctx.clock())
                known, events = sponsors.removed_after_all(case.proposal, person, case.now)
                stakeholders = case.partnership.stakeholders.id
                for group in {known.group, stakeholders}:
                    known = rules.followed(known, group, stakeholders, (), (person,))
                known = await electorates.hastened(tx, known, case.now)
                await case.keep(known, events)
        for partnership in hosted:
            async with ctx.uow.write() as tx:
                await tx.seats.blame(partnership, person, ctx.clock() - SEASON, Hand.OTHERS, REMOVED)
                await _note_leaving(tx, partnership, person, None)


async def _leave(
    tx: Transaction, partnership: Partnership, person: PersonId, by_themselves: bool, now: datetime
) -> tuple[SeatChange, ...]:
    by, how = (Hand.THEMSELVES, LEFT) if by_themselves else (Hand.OTHERS, REMOVED)
    return await give_up(tx, partnership, person, by, how, now)


async def give_up(
    tx: Transaction, partnership: Partnership, person: PersonId, by: Hand, how: str, now: datetime
) -> tuple[SeatChange, ...]:
    """Every seat of this person ends. For a partnership that ``hold`` gave.

    Who gives up what they hold gives up, too, what was taken from them a short time before.
    """
    await _note_leaving(tx, partnership.id, person, now if by is Hand.THEMSELVES else None)
    held = await tx.seats.held_by(partnership.id, person)
    lost = tuple([await _lose(tx, partnership, person, r.role, r.group, r.seat, how, by, now) for r in held])
    if by is Hand.THEMSELVES:
        await tx.seats.blame(partnership.id, person, now - SEASON, by, how)
    gone = {person: by is Hand.THEMSELVES}
    await keep_up(tx, partnership, now, lost, events_of(partnership, lost), gone=gone)
    return lost


async def _left_at(tx: Transaction, partnership: PartnershipId, person: PersonId) -> datetime | None:
    """When this person was last seen leaving of their own will, unless they were removed since."""
    kept = await tx.runtime.get(_leaving(partnership, person))
    return datetime.fromisoformat(kept) if kept else None


async def _note_leaving(tx: Transaction, partnership: PartnershipId, person: PersonId, at: datetime | None) -> None:
    """What was seen as leaving stays so, also over a restart; None: they were removed."""
    if at is not None or await _left_at(tx, partnership, person) is not None:
        await tx.runtime.put(_leaving(partnership, person), at.isoformat() if at else "")


def _leaving(partnership: PartnershipId, person: PersonId) -> str:
    return f"left/{partnership}/{person}"


async def hold(tx: Transaction, id: PartnershipId) -> Partnership:
    """Take the open proposals and retros before seats, people and the partnership, as it then stands. Raises NotFound.

    Every act and every sweep takes its proposal first: of two that take things in different orders, each may wait for
    the other for ever. So does whoever changes seats or roles.
    """
    for proposal in await tx.of(Proposal).in_states(id, _OPEN):
        await tx.of(Proposal).get(proposal)
    await retros.hold(tx, id)
    return await tx.partnerships.get(id)


async def lose_role(
    tx: Transaction, partnership: Partnership, role: RoleId, how: str, now: datetime
) -> tuple[SeatChange, ...]:
    """Close every seat that this role gave."""
    lost = []
    for holding in await tx.seats.holdings(partnership):
        m = holding.mapping
        if m.role == role:
            lost.append(await _lose(tx, partnership, holding.person, role, m.group, m.seat, how, Hand.OTHERS, now))
    return tuple(lost)


async def gain_role(
    tx: Transaction, partnership: Partnership, mapping: RoleMapping, users: Iterable[int], how: str, now: datetime
) -> tuple[SeatChange, ...]:
    """Open the seat of this role for these people."""
    people = await tx.people.ids_of(tuple(users))
    return tuple([await _gain(tx, partnership, person, mapping, how, now) for person in people.values()])


def events_of(partnership: Partnership, changes: Iterable[SeatChange]) -> tuple[Event, ...]:
    """Changes of seats as the record tells them. The actor is the person whose seat it is."""
    return tuple(Event(_changed(partnership, c), group_thing(partnership, c.group), c.person) for c in changes)


def _changed(partnership: Partnership, change: SeatChange) -> SeatGained | SeatLost:
    group = group_name(partnership, change.group)
    if change.gained:
        return SeatGained(change.seat, group, change.how)
    return SeatLost(change.seat, group, change.how, change.lost_by.value if change.lost_by else None)


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
    changes: tuple[SeatChange, ...],
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
    turned = _turned(changes)
    decided = set()
    for proposal in await tx.of(Proposal).in_states(partnership.id, _OPEN):
        before = await tx.of(Proposal).get(proposal)
        followed, happened = _followed(before, partnership, holdings, left, back, now)
        followed = await electorates.hastened(tx, followed, now)
        waiting += followed.state in CONTESTABLE and clock.ROLE in followed.clock.reasons
        if followed != before:
            await tx.of(Proposal).save(followed)
        concerned = {followed.group}
        if followed.vote is not None:
            concerned.add(voting_group(followed, partnership.stakeholders.id))
        if concerned & {c.group for c in changes if c.seat == MEMBER}:
            for kind in (DeliveryKind.CARD, DeliveryKind.FEED):  # they say whose seats changed, and how many remain
                await tx.deliveries.ask(partnership.id, kind, proposal)
        decided |= concerned
        events += happened
    events += tuple(_told(partnership, group, turned[group]) for group in sorted(turned.keys() & decided))
    if events:
        await tx.record.append(partnership.id, events, now)
    if left:
        await retros.keep_up(tx, partnership, left.keys(), now)
    return waiting


def _turned(changes: Iterable[SeatChange]) -> dict[GroupId, tuple[set[PersonId], set[PersonId]]]:
    """By group, whose member seat others took and whom they gave one; a role mapped anew does both, and neither."""
    found: dict[GroupId, tuple[set[PersonId], set[PersonId]]] = {}
    for change in changes:
        if change.group is None or change.seat != MEMBER or change.by_themselves or change.at_once:
            continue
        lost, gained = found.setdefault(change.group, (set(), set()))
        (gained if change.gained else lost).add(change.person)
    for lost, gained in found.values():
        both = lost & gained
        lost -= both
        gained -= both
    return {group: turned for group, turned in found.items() if any(turned)}


def _told(partnership: Partnership, group: GroupId, turned: tuple[set[PersonId], set[PersonId]]) -> Event:
    """Seats of a group that decides something changed by others' hands: told in the feed (PRO-9)."""
    lost, gained = turned
    told = ElectorateChanged(
        tuple(sorted(lost)),
        tuple(sorted(gained)),
        group_name(partnership, group),
        partnership.group(group).private,
    )
    return Event(told, group_thing(partnership, group))


async def would_wait(tx: Transaction, partnership: Partnership) -> int:
    """How many open proposals would stand still if the partnership's roles were these (ORG-3)."""
    waiting = 0
    for each in await tx.of(Proposal).in_states(partnership.id, CONTESTABLE):
        proposal = await tx.of(Proposal).get(each)
        waiting += electorates.lacks_role(proposal, partnership, voting=proposal.state is ProposalState.ESCALATED)
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
    stakeholders = partnership.stakeholders.id
    for group in {proposal.group, stakeholders}:
        seated = authority.holders(Act.BE_ELECTOR, group, holdings)
        gave_up = {person for person, by_themselves in left.items() if by_themselves} - seated
        proposal = rules.followed(proposal, group, stakeholders, gave_up, back & seated)
    holders = authority.holders(Act.BE_ELECTOR, proposal.group, holdings)
    for person in sorted(left.keys() - holders):
        proposal, gone = sponsors.objector_gone(proposal, person, left[person], now)
        events += gone
    for person in sorted(back & holders):
        proposal = sponsors.objector_back(proposal, person, now)
    proposal, turned = electorates.follow(proposal, partnership, now)
    return proposal, events + turned


async def _bring_up(
    tx: Transaction,
    partnership: Partnership,
    members: Mapping[int, frozenset[int]],
    partial: bool,
    how: str,
    now: datetime,
) -> tuple[SeatChange, ...]:
    found = await _difference(tx, partnership, members, partial)
    changes = []
    known = await tx.people.users_of({person for person, *_ in found.lost})
    for person, role, group, seat in found.lost:
        by, why = (Hand.OTHERS, how) if person in known else (Hand.THEMSELVES, FORGOTTEN)
        changes.append(await _lose(tx, partnership, person, role, group, seat, why, by, now))
    people = await tx.people.ids_of(tuple(user for user, _ in found.gained))
    for user, mapping in found.gained:
        changes.append(await _gain(tx, partnership, people[user], mapping, how, now))
    await keep_up(tx, partnership, now, tuple(changes), events_of(partnership, changes))
    return tuple(changes)


async def _gain(
    tx: Transaction, partnership: Partnership, person: PersonId, mapping: RoleMapping, how: str, now: datetime
) -> SeatChange:
    first = await tx.seats.first_held(partnership.id, mapping.group, mapping.seat)
    record = SeatRecord(
        person,
        mapping.role,
        mapping.group,
        mapping.seat,
        now,
        how=how,
        at_once=is_founding(partnership, first, now),
        stakeholder_class=mapping.stakeholder_class,
        organisation=mapping.organisation,
    )
    await tx.seats.gain(partnership.id, record)
    return SeatChange(
        partnership.id, person, mapping.role, mapping.group, mapping.seat, True, how, at_once=record.at_once
    )


async def _lose(
    tx: Transaction,
    partnership: Partnership,
    person: PersonId,
    role: RoleId,
    group: GroupId | None,
    seat: str,
    how: str,
    by: Hand,
    now: datetime,
) -> SeatChange:
    await tx.seats.lose(partnership.id, person, role, now, how, by)
    return SeatChange(partnership.id, person, role, group, seat, False, how, by)


async def _difference(
    tx: Transaction, partnership: Partnership, members: Mapping[int, frozenset[int]], partial: bool
) -> SeatDifference:
    live = {m.role: m for m in partnership.mappings if not m.lost}
    held = await (_held_by(tx, partnership, members) if partial else _held_by_all(tx, partnership))
    worn = {(user, role) for user, roles in members.items() for role in live.keys() & roles}
    gained = tuple((user, live[RoleId(role)]) for user, role in sorted(worn - held.keys()))
    lost = tuple(record for key, record in held.items() if key not in worn)
    return SeatDifference(gained, lost)


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
