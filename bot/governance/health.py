"""Capture checks: who could come to hold more of a partnership than it meant to give (ORG-7).

A reading over its mark is no fault and no proof; it is a question that the partnership should not have to find by
itself. Each reading names what it counts, so that anybody can count again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from bot.governance import names
from bot.governance.histories import Ending, History
from bot.governance.ids import GroupId, PersonId
from bot.governance.organisation import CONTRIBUTOR, FACILITATOR, OBSERVER, Group, Holding, double_hat, everyone
from bot.governance.policy import Policy

LEAST_SEATS, LEAST_OBJECTIONS, LEAST_PASSES = 3, 5, 3
"""With fewer a share says nothing, so nothing is marked."""

PERIOD = timedelta(days=90)
"""How far back objections and passes are counted."""


class Check(StrEnum):
    """What is looked at."""

    SEATS = "seats"
    OBJECTIONS = "objections"
    FACILITATOR = "facilitator"
    REACH = "low reach"
    HATS = "double hats"


@dataclass(frozen=True, slots=True)
class Marks:
    """Above which a reading is marked."""

    organisation: Fraction
    facilitator: timedelta
    low_reach: Fraction


@dataclass(frozen=True, slots=True)
class FacilitatorTenure:
    """A facilitator's seat, and since when its holder has held it without a break."""

    person: PersonId
    group: GroupId
    since: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What a check found: ``part`` of ``whole``, or for facilitators ``since`` when. ``over``: above its mark.

    ``enough`` is False where there is too little to tell a share from chance; then nothing is over.
    """

    check: Check
    group: GroupId | None = None
    part: int = 0
    whole: int = 0
    over: bool = False
    enough: bool = True
    organisation: str = ""
    tied: tuple[str, ...] = ()
    """Other organisations with just as many."""
    people: tuple[PersonId, ...] = ()
    since: datetime | None = None
    proposals: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The same for as long as it is the same thing that may be over its mark: told once until it fell below."""
        who = self.people[0] if self.check is Check.FACILITATOR and self.people else self.organisation
        return f"{self.check}/{self.group or 0}/{who}"


def marks_of(policy: Policy) -> Marks:
    """The marks that a partnership's policy sets."""
    return Marks(
        policy.share("health.organisation_share"),
        policy.duration("health.facilitator_days"),
        policy.share("health.low_reach_share"),
    )


def readings(
    groups: Collection[Group],
    holdings: Collection[Holding],
    tenures: Iterable[FacilitatorTenure],
    decided: Collection[History],
    stakeholders: GroupId,
    marks: Marks,
    now: datetime,
) -> tuple[Reading, ...]:
    """Every check of these groups; ``decided`` are their proposals decided within the period."""
    ids = {group.id for group in groups}
    found: list[Reading] = [_seats(group.id, holdings, marks) for group in groups]
    found += [_facilitator(each, marks, now) for each in tenures if each.group in ids]
    found += [_objections(decided, _organisations(holdings), marks), _reach(decided, marks)]
    return (*found, _hats(ids, holdings, stakeholders))


def crossed(found: Iterable[Reading], known: Collection[str]) -> tuple[list[Reading], list[str]]:
    """Readings that are over their mark and were not when last looked at, and the names of all that are over now."""
    over = [each for each in found if each.over]
    return [each for each in over if each.name not in known], sorted(each.name for each in over)


def _seats(group: GroupId, holdings: Iterable[Holding], marks: Marks) -> Reading:
    """The organisation with most of the people seated in a group; each counts once, observers do not."""
    speaks: dict[PersonId, str] = {}
    for holding in holdings:
        if holding.mapping.group == group and holding.mapping.seat not in {OBSERVER, CONTRIBUTOR}:
            speaks[holding.person] = speaks.get(holding.person) or holding.mapping.organisation
    (organisation, *tied), part = _most(speaks.values())
    reading = Reading(Check.SEATS, group, part, len(speaks), organisation=organisation, tied=tuple(tied))
    return _share(reading, LEAST_SEATS, marks)


def _objections(decided: Iterable[History], organisations: Mapping[PersonId, str], marks: Marks) -> Reading:
    raised = [organisations.get(person, "") for course in decided for person in course.objectors.values()]
    (organisation, *tied), part = _most(raised)
    reading = Reading(Check.OBJECTIONS, None, part, len(raised), organisation=organisation, tied=tuple(tied))
    return _share(reading, LEAST_OBJECTIONS, marks)


def _facilitator(tenure: FacilitatorTenure, marks: Marks, now: datetime) -> Reading:
    over = now - tenure.since > marks.facilitator
    return Reading(Check.FACILITATOR, tenure.group, over=over, people=(tenure.person,), since=tenure.since)


def _reach(decided: Iterable[History], marks: Marks) -> Reading:
    passed = [course for course in decided if course.ending is Ending.PASSED]
    low = tuple(sorted(course.number for course in passed if course.low_reach))
    enough = len(passed) >= LEAST_PASSES
    over = enough and Fraction(len(low), len(passed)) > marks.low_reach
    return Reading(Check.REACH, None, len(low), len(passed), over, enough, proposals=low)


def _hats(groups: Collection[GroupId], holdings: Iterable[Holding], stakeholders: GroupId) -> Reading:
    """People who sit in the stakeholder group and in operations too: allowed, shown, and never marked (ORG-6)."""
    here = [m for m in everyone(holdings) if any(s.group in groups for s in m.seats)]
    people = tuple(sorted(m.person for m in here if double_hat(m, stakeholders)))
    return Reading(Check.HATS, None, len(people), len(here), people=people)


def _share(reading: Reading, least: int, marks: Marks) -> Reading:
    enough = reading.whole >= least
    over = enough and Fraction(reading.part, reading.whole) > marks.organisation
    return replace(reading, over=over, enough=enough)


def _most(organisations: Iterable[str]) -> tuple[tuple[str, ...], int]:
    """The organisations named most often, in whatever spellings, by name; one without a name if none is."""
    named = [each for each in organisations if names.visible(each)]
    one = names.spellings(sorted(named))
    counted = Counter(one[each] for each in named)
    most = max(counted.values(), default=0)
    return tuple(sorted(name for name, times in counted.items() if times == most)) or ("",), most


def _organisations(holdings: Iterable[Holding]) -> dict[PersonId, str]:
    return dict(_spoken_for(holdings))


def _spoken_for(holdings: Iterable[Holding]) -> Iterator[tuple[PersonId, str]]:
    for holding in holdings:
        if holding.mapping.organisation:
            yield holding.person, holding.mapping.organisation


def facilitators(groups: Collection[GroupId], holdings: Iterable[Holding]) -> list[tuple[PersonId, GroupId]]:
    """Who facilitates which of these groups now."""
    found = {
        (holding.person, group)
        for holding in holdings
        if holding.mapping.seat == FACILITATOR and (group := holding.mapping.group) in groups and group is not None
    }
    return sorted(found)
