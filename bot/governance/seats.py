"""Who held which seat when, and whom that makes count in what opens now (ORG-2, PRO-9).

The one place that turns roles into seats (``holdings``), and seats into people with a say (``roll``). Every seat is
held by role so far; a say have those who have worn it for a week, and who lost it within a week by another's hand.
Seats held by decision enter in these two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from bot.governance.ids import GroupId, PersonId, RoleId
from bot.governance.organisation import MEMBER, Elector, Holding, Member, Partnership, RoleMapping

SEASON = timedelta(days=7)
"""How long a seat by role is worn before it counts, and how long it goes on counting when others take it (PRO-9)."""


TOLD_TOGETHER = timedelta(minutes=1)
"""How far a removal and its entry in the audit log lie apart at most: who is banned later had left before."""


class Hand(StrEnum):
    """By whose hand a seat was lost. What is not known counts as others: that never weakens anybody's say."""

    THEMSELVES = "themselves"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class SeatRecord:
    """A seat held by a role from ``since`` until ``until`` (None: still held), as the bot saw it (ORG-2).

    ``at_once``: it was gained by a decision or at the founding, and counts without the week. ``how`` says how it was
    lost, or gained while it is held; ``lost_by`` by whose hand it was lost.
    """

    person: PersonId
    role: RoleId
    group: GroupId | None
    seat: str
    since: datetime
    until: datetime | None = None
    how: str = ""
    lost_by: Hand | None = None
    at_once: bool = False
    stakeholder_class: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Tenure:
    """The latest stretch of one seat: breaks of less than a week that others made do not end it (PRO-9)."""

    since: datetime
    until: datetime | None
    lost_by: Hand | None
    at_once: bool
    last: SeatRecord

    def stands(self, at: datetime) -> bool:
        """Whether it counts in what opens at this instant (PRO-9)."""
        return (self.at_once or at - self.since >= SEASON) and self.lasts(at)

    def lasts(self, at: datetime) -> bool:
        """Whether the seat is held, or was lost by another's hand within a week."""
        return self.until is None or (self.lost_by is not Hand.THEMSELVES and at - self.until <= SEASON)


@dataclass(frozen=True, slots=True)
class Turn:
    """A seat that others gave or took: when last, whether they took it, and whether it is held now."""

    person: PersonId
    at: datetime
    taken: bool
    held: bool


def holdings(partnership: Partnership, worn: Iterable[tuple[PersonId, int]]) -> tuple[Holding, ...]:
    """The seats that people hold now, given who wears which role: what it carries now counts, not what it did before.

    A lost mapping gives none (ORG-2, ORG-3).
    """
    carried: dict[int, list[RoleMapping]] = {}
    for mapping in partnership.mappings:
        if not mapping.lost:
            carried.setdefault(mapping.role, []).append(mapping)
    return tuple(Holding(person, each) for person, role in worn for each in carried.get(role, ()))


def member(partnership: Partnership, person: PersonId, roles: Iterable[int]) -> Member:
    """A person with what they hold by these roles, earliest mapped first (ORG-2, OBJ-6)."""
    held = {each.mapping for each in holdings(partnership, ((person, role) for role in roles))}
    return Member(person, tuple(sorted(held, key=lambda m: (str(m.mapped_at or ""), m.role))))


def roll(
    partnership: Partnership, group: GroupId, records: Iterable[SeatRecord], at: datetime, seat: str = MEMBER
) -> tuple[Elector, ...]:
    """Everyone who counts as holding this seat in what opens at this instant, each once, in a fixed order (PRO-9).

    A snapshot is never one instant of Discord's roles. Each counts in the class and organisation of their
    earliest-mapped role there, of those roles that count themselves (OBJ-6).
    """
    mapped = {m.role: m.mapped_at for m in partnership.mappings if (m.group, m.seat) == (group, seat)}
    held = sorted((r for r in records if (r.group, r.seat) == (group, seat)), key=lambda r: (r.person, r.since))
    found = []
    for person, theirs in groupby(held, key=lambda r: r.person):
        own = tuple(theirs)
        if not tenure(own).stands(at):
            continue
        by_role = [tenure([r for r in own if r.role == role]) for role in {r.role for r in own}]
        counting = [s for s in by_role if s.stands(at)] or [s for s in by_role if s.lasts(at)]
        first = min(counting, key=lambda s: (mapped.get(s.last.role) or s.since, s.last.role)).last
        found.append(Elector(person, first.stakeholder_class, first.organisation))
    return tuple(found)


def tenure(records: Iterable[SeatRecord]) -> Tenure:
    """The latest stretch of one person's records of one seat. There is at least one record."""
    found: Tenure | None = None
    for record in sorted(records, key=lambda r: r.since):
        alone = Tenure(record.since, record.until, record.lost_by, record.at_once, record)
        found = alone if found is None or not _goes_on(found, record) else _joined(found, alone)
    assert found is not None
    return found


def taken_from(records: Iterable[SeatRecord]) -> frozenset[PersonId]:
    """Those whose latest seat is held, or was taken from them: if they are gone, then not of their own will (PRO-9).

    What is not known counts as taken; who never held a seat has lost none.
    """
    ended: dict[PersonId, SeatRecord] = {}
    for record in sorted(records, key=lambda r: (r.until is None, r.until or r.since)):
        ended[record.person] = record
    return frozenset(person for person, last in ended.items() if last.lost_by is not Hand.THEMSELVES)


def had_left(left_at: datetime | None, removed_at: datetime | None) -> bool:
    """Whether who is removed now had left of their own will before: a ban of people who are gone gives nobody a place
    in a quorum again (PRO-9).
    """
    return left_at is not None and removed_at is not None and removed_at > left_at + TOLD_TOGETHER


def turned(records: Iterable[SeatRecord], since: datetime) -> tuple[Turn, ...]:
    """Whose seat others gave or took since then, latest first; ``records`` are of one seat (PRO-9).

    A role mapped anew takes a seat and gives it in the same instant: that is no change. Nor is the founding.
    """
    found = []
    held = sorted(records, key=lambda r: (r.person, r.since))
    for person, theirs in groupby(held, key=lambda r: r.person):
        own = tuple(theirs)
        lost = {r.until for r in own if r.until is not None and r.until >= since and r.lost_by is Hand.OTHERS}
        gained = {r.since for r in own if r.since >= since and not r.at_once}
        if instants := lost ^ gained:
            held_now = any(r.until is None for r in own)
            found.append(Turn(person, max(instants), bool(lost - gained), held_now))
    return tuple(sorted(found, key=lambda turn: (turn.at, turn.person), reverse=True))


def remembered_since(at: datetime) -> datetime:
    """Records that ended before this instant have no say in what opens at ``at``: neither the week that a seat is
    worn nor a break in it reaches back so far.
    """
    return at - 2 * SEASON


def is_founding(partnership: Partnership, first_held_at: datetime | None, at: datetime) -> bool:
    """Whether who gains a seat now is a founder: in its first week nobody can have worn it for one (PRO-9).

    That ends with the ratification, which lists who sits where.
    """
    return partnership.provisional and (first_held_at is None or at - first_held_at < SEASON)


def _goes_on(found: Tenure, record: SeatRecord) -> bool:
    if found.until is None or record.since < found.until:
        return True
    return found.lost_by is not Hand.THEMSELVES and record.since - found.until <= SEASON


def _joined(found: Tenure, more: Tenure) -> Tenure:
    outlasts = found.until is None or (more.until is not None and more.until < found.until)
    end = found if outlasts else more
    return replace(end, since=found.since, at_once=found.at_once or more.at_once)
