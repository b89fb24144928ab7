"""The course of each proposal as its events on record tell it: stages, reach, objections, outcome (LRN-3).

Nothing here looks at how things stand now: whoever has the record can compute the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.governance.events import Event, EventType, Json
from bot.governance.ids import GroupId, PersonId


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
        EventType.PROPOSAL_PASSED: Ending.PASSED,
        EventType.PROPOSAL_ADOPTED: Ending.ADOPTED,
        EventType.PROPOSAL_NOT_ADOPTED: Ending.NOT_ADOPTED,
        EventType.PROPOSAL_LAPSED: Ending.LAPSED,
        EventType.PROPOSAL_WITHDRAWN: Ending.WITHDRAWN,
    }
)
"""The events with which a proposal is decided."""

_ENTERS: Mapping[EventType, HistoryStage | None] = MappingProxyType(
    {
        EventType.VERSION_PUBLISHED: HistoryStage.REVIEW,
        EventType.WINDOW_EXTENDED: HistoryStage.REVIEW,
        EventType.WINDOW_CLOSED: HistoryStage.SETTLING,
        EventType.PROPOSAL_DISPUTED: HistoryStage.DISPUTED,
        EventType.PROPOSAL_HALTED: HistoryStage.DISPUTED,
        EventType.PROPOSAL_ESCALATED: HistoryStage.VOTE,
        EventType.PROPOSAL_PASSED: HistoryStage.WAITING,
        EventType.PROPOSAL_ADOPTED: HistoryStage.WAITING,
        EventType.PROPOSAL_STALE: HistoryStage.STALE,
        EventType.PROPOSAL_ENACTED: None,
        EventType.PROPOSAL_NOT_ADOPTED: None,
        EventType.PROPOSAL_LAPSED: None,
        EventType.PROPOSAL_WITHDRAWN: None,
    }
)
"""The stage that begins with an event; None where the last one ends."""

_FATES: Mapping[EventType, Fate] = MappingProxyType(
    {
        EventType.OBJECTION_INTEGRATED: Fate.INTEGRATED,
        EventType.OBJECTION_WITHDRAWN: Fate.WITHDRAWN,
        EventType.OBJECTION_LAPSED: Fate.LAPSED,
        EventType.OBJECTION_ORPHANED: Fate.ORPHANED,
        EventType.OBJECTION_OVERRULED: Fate.OVERRULED,
        EventType.OBJECTION_MAINTAINED: Fate.STANDING,
        EventType.OBJECTION_STATED: Fate.STANDING,
    }
)

_ACTIVE = frozenset(
    {
        EventType.CONCERN_RAISED,
        EventType.OBJECTION_RAISED,
        EventType.OBJECTION_STATED,
        EventType.OBJECTION_WITHDRAWN,
        EventType.OBJECTION_INTEGRATED,
        EventType.OBJECTION_MAINTAINED,
        EventType.TEST_ASKED,
        EventType.APPEAL_FILED,
        EventType.APPEAL_VOTED,
        EventType.SPONSOR_FOUND,
        EventType.HALT_CONSENTED,
        EventType.PROPOSAL_ESCALATED,
        EventType.BALLOT_CAST,
    }
)
"""Acts that are more than having read."""

TOLD = frozenset(
    {
        EventType.REVIEW_OPENED,
        EventType.TEST_RULED,
        EventType.APPEAL_DECIDED,
        EventType.VOTE_CLOSED,
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
        if event.type is EventType.REVIEW_OPENED:
            found[event.thing] = _opened(each)
        elif (course := found.get(event.thing)) is not None:
            _take(course, each.at, event)


def _opened(happening: Happening) -> History:
    data = happening.event.data
    group = data.get("group")
    return History(
        thing=happening.event.thing,
        number=_whole(data.get("number")),
        group=GroupId(group) if isinstance(group, int) else None,
        author=happening.event.actor,
        opened_at=happening.at,
        electors=_people(data.get("electors")),
        _since=happening.at,
    )


def _take(course: History, at: datetime, event: Event) -> None:
    kind, data = event.type, event.data
    if kind in _ENTERS:
        _enter(course, at, _ENTERS[kind])
    if kind in ENDINGS:
        course.ending, course.ended_at = ENDINGS[kind], at
    elif kind in {EventType.PROPOSAL_HALTED, EventType.PROPOSAL_STALE, EventType.VERSION_PUBLISHED}:
        course.ending = course.ended_at = None
    if kind in _ACTIVE and event.actor is not None:
        course.active.add(event.actor)
    if "reachable" in data:
        course.reached, course.reachable = _whole(data.get("reached")), _whole(data["reachable"])
    number = data.get("objection")
    if isinstance(number, int):
        _object(course, number, event)
    match kind:
        case EventType.CONCERN_RAISED:
            course.concerns += 1
        case EventType.VERSION_PUBLISHED:
            course.versions = _whole(data.get("version"))
            course.electors |= _people(data.get("electors"))
            course.low_reach = False
        case EventType.PROPOSAL_PASSED:
            course.low_reach = bool(data.get("low_reach"))
        case EventType.PROPOSAL_LAPSED if data.get("why") == "low reach":
            course.low_reach = True
        case EventType.VOTE_CLOSED:
            course.cast, course.eligible = _whole(data.get("cast")), _whole(data.get("eligible"))


def _enter(course: History, at: datetime, stage: HistoryStage | None) -> None:
    if course._stage is not None and course._since is not None:
        course.stages[course._stage] = course.stages.get(course._stage, timedelta()) + (at - course._since)
    course._stage, course._since = stage, at


def _object(course: History, number: int, event: Event) -> None:
    match event.type:
        case EventType.OBJECTION_RAISED:
            course.objections.setdefault(number, Fate.STANDING)
            if event.actor is not None:
                course.objectors.setdefault(number, event.actor)
        case EventType.TEST_RULED:
            course.objections[number] = Fate.STANDING if event.data.get("in_form") else Fate.DISMISSED
        case EventType.APPEAL_DECIDED:
            course.objections[number] = Fate.STANDING if event.data.get("stands") else Fate.DISMISSED
        case kind if kind in _FATES:
            course.objections[number] = _FATES[kind]


def _whole(value: Json) -> int:
    return max(value, 0) if isinstance(value, int) and not isinstance(value, bool) else 0


def _people(value: Json) -> frozenset[PersonId]:
    return (
        frozenset(PersonId(each) for each in value if isinstance(each, str)) if isinstance(value, list) else frozenset()
    )
