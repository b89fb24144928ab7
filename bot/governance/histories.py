"""The course of each proposal as its events on record tell it: stages, reach, objections, outcome (LRN-3).

Nothing here looks at how things stand now: whoever has the record can compute the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.governance.events import Event, EventType
from bot.governance.ids import GroupId, PersonId
from bot.governance.objections_events import (
    AppealDecided,
    AppealFiled,
    AppealVoted,
    ConcernRaised,
    ObjectionIntegrated,
    ObjectionLapsed,
    ObjectionMaintained,
    ObjectionOrphaned,
    ObjectionOverruled,
    ObjectionRaised,
    ObjectionStated,
    ObjectionWithdrawn,
    OfObjection,
    RulingAsked,
    RulingGiven,
    SponsorFound,
)
from bot.governance.proposals_events import (
    HaltConsented,
    ProposalAdopted,
    ProposalDisputed,
    ProposalEnacted,
    ProposalHalted,
    ProposalLapsed,
    ProposalNotAdopted,
    ProposalPassed,
    ProposalStale,
    ProposalWithdrawn,
    ReviewClosed,
    ReviewExtended,
    ReviewOpened,
    VersionPublished,
)
from bot.governance.votes_events import BallotCast, ProposalEscalated, VoteClosed


class HistoryStage(StrEnum):
    """Where a proposal spends its time."""

    REVIEW = "review"
    SETTLING = "settling"
    DISPUTED = "disputed"
    VOTE = "vote"
    WAITING = "waiting"
    STALE = "stale"


class Ending(StrEnum):
    """How a proposal was decided."""

    PASSED = "passed"
    ADOPTED = "adopted"
    NOT_ADOPTED = "not adopted"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class Fate(StrEnum):
    """What became of an objection."""

    STANDING = "standing"
    INTEGRATED = "integrated"
    WITHDRAWN = "withdrawn"
    DISMISSED = "dismissed"
    LAPSED = "lapsed"
    ORPHANED = "orphaned"
    OVERRULED = "overruled"


@dataclass(frozen=True, slots=True)
class Happening:
    """An event and when it happened."""

    at: datetime
    event: Event


@dataclass(slots=True)
class History:
    """One proposal, from its first review on. ``group`` is the deciding group, None where the record does not say."""

    thing: str
    number: int
    group: GroupId | None
    author: PersonId | None
    opened_at: datetime
    stages: dict[HistoryStage, timedelta] = field(default_factory=dict)
    ending: Ending | None = None
    ended_at: datetime | None = None
    low_reach: bool = False
    reached: int = 0
    reachable: int = 0
    electors: frozenset[PersonId] = frozenset()
    active: set[PersonId] = field(default_factory=set)
    concerns: int = 0
    versions: int = 1
    objections: dict[int, Fate] = field(default_factory=dict)
    objectors: dict[int, PersonId] = field(default_factory=dict)
    cast: int = 0
    eligible: int = 0
    _stage: HistoryStage | None = HistoryStage.REVIEW
    _since: datetime | None = None


ENDINGS: Mapping[EventType, Ending] = MappingProxyType(
    {
        ProposalPassed: Ending.PASSED,
        ProposalAdopted: Ending.ADOPTED,
        ProposalNotAdopted: Ending.NOT_ADOPTED,
        ProposalLapsed: Ending.LAPSED,
        ProposalWithdrawn: Ending.WITHDRAWN,
    }
)
"""The events with which a proposal is decided."""

_ENTERS: Mapping[EventType, HistoryStage | None] = MappingProxyType(
    {
        VersionPublished: HistoryStage.REVIEW,
        ReviewExtended: HistoryStage.REVIEW,
        ReviewClosed: HistoryStage.SETTLING,
        ProposalDisputed: HistoryStage.DISPUTED,
        ProposalHalted: HistoryStage.DISPUTED,
        ProposalEscalated: HistoryStage.VOTE,
        ProposalPassed: HistoryStage.WAITING,
        ProposalAdopted: HistoryStage.WAITING,
        ProposalStale: HistoryStage.STALE,
        ProposalEnacted: None,
        ProposalNotAdopted: None,
        ProposalLapsed: None,
        ProposalWithdrawn: None,
    }
)
"""The stage that begins with an event; None where the last one ends."""

_FATES: Mapping[EventType, Fate] = MappingProxyType(
    {
        ObjectionIntegrated: Fate.INTEGRATED,
        ObjectionWithdrawn: Fate.WITHDRAWN,
        ObjectionLapsed: Fate.LAPSED,
        ObjectionOrphaned: Fate.ORPHANED,
        ObjectionOverruled: Fate.OVERRULED,
        ObjectionMaintained: Fate.STANDING,
        ObjectionStated: Fate.STANDING,
    }
)

_ACTIVE: frozenset[EventType] = frozenset(
    {
        ConcernRaised,
        ObjectionRaised,
        ObjectionStated,
        ObjectionWithdrawn,
        ObjectionIntegrated,
        ObjectionMaintained,
        RulingAsked,
        AppealFiled,
        AppealVoted,
        SponsorFound,
        HaltConsented,
        ProposalEscalated,
        BallotCast,
    }
)
"""Acts that are more than having read."""

TOLD: frozenset[EventType] = frozenset(
    {
        ReviewOpened,
        RulingGiven,
        AppealDecided,
        VoteClosed,
        *_ENTERS,
        *_FATES,
        *_ACTIVE,
    }
)
"""The events that a course is made of; any other changes nothing here."""


def courses(happened: Iterable[Happening]) -> dict[str, History]:
    """The course of every proposal whose opening is among these events, which stand in the order of the record."""
    found: dict[str, History] = {}
    follow(found, happened)
    return found


def follow(found: dict[str, History], happened: Iterable[Happening]) -> None:
    """Take in what happened next, so that a long record is read in parts."""
    for each in happened:
        event = each.event
        if event.type is ReviewOpened:
            found[event.thing] = _opened(each)
        elif (course := found.get(event.thing)) is not None:
            _take(course, each.at, event)


def _opened(happening: Happening) -> History:
    told = happening.event.fact
    opened = told if isinstance(told, ReviewOpened) else None
    return History(
        thing=happening.event.thing,
        number=opened.number if opened else 0,
        group=opened.group if opened else None,
        author=happening.event.actor,
        opened_at=happening.at,
        electors=frozenset(opened.electors) if opened else frozenset(),
        _since=happening.at,
    )


def _take(course: History, at: datetime, event: Event) -> None:
    kind = event.type
    if kind in _ENTERS:
        _enter(course, at, _ENTERS[kind])
    if kind in ENDINGS:
        course.ending, course.ended_at = ENDINGS[kind], at
    elif kind in {ProposalHalted, ProposalStale, VersionPublished}:
        course.ending = course.ended_at = None
    if kind in _ACTIVE and event.actor is not None:
        course.active.add(event.actor)
    match event.fact:
        case ConcernRaised():
            course.concerns += 1
        case OfObjection(objection=number):
            _object(course, number, event)
        case VersionPublished(version=version, electors=electors):
            course.versions, course.low_reach = version, False
            course.electors |= frozenset(electors)
        case ProposalPassed(low_reach=low_reach):
            course.low_reach = low_reach
        case ProposalLapsed(why="low reach"):
            course.low_reach = True
        case VoteClosed(cast=cast, eligible=eligible):
            course.cast, course.eligible = cast, eligible
    match event.fact:
        case (
            ReviewExtended(reached=int(reached), reachable=int(reachable))
            | ReviewClosed(reached=int(reached), reachable=int(reachable))
            | ProposalPassed(reached=int(reached), reachable=int(reachable))
            | ProposalAdopted(reached=int(reached), reachable=int(reachable))
            | ProposalLapsed(reached=int(reached), reachable=int(reachable))
        ):
            course.reached, course.reachable = reached, reachable


def _enter(course: History, at: datetime, stage: HistoryStage | None) -> None:
    if course._stage is not None and course._since is not None:
        course.stages[course._stage] = course.stages.get(course._stage, timedelta()) + (at - course._since)
    course._stage, course._since = stage, at


def _object(course: History, number: int, event: Event) -> None:
    match event.fact:
        case ObjectionRaised():
            course.objections.setdefault(number, Fate.STANDING)
            if event.actor is not None:
                course.objectors.setdefault(number, event.actor)
        case RulingGiven(in_form=stands) | AppealDecided(stands=stands):
            course.objections[number] = Fate.STANDING if stands else Fate.DISMISSED
        case _ if event.type in _FATES:
            course.objections[number] = _FATES[event.type]
