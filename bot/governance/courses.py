"""The course of each proposal as its events on record tell it: stages, reach, objections, outcome (LRN-3).

Nothing here looks at how things stand now: whoever has the record can compute the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.governance.events import Event, Happened, Json
from bot.governance.ids import GroupId, PersonId


class Stage(StrEnum):
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
class Course:
    """One proposal, from its first review on. ``group`` is the deciding group, None where the record does not say."""

    thing: str
    number: int
    group: GroupId | None
    author: PersonId | None
    opened_at: datetime
    stages: dict[Stage, timedelta] = field(default_factory=dict)
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
    _stage: Stage | None = Stage.REVIEW
    _since: datetime | None = None


ENDINGS: Mapping[Happened, Ending] = MappingProxyType(
    {
        Happened.PROPOSAL_PASSED: Ending.PASSED,
        Happened.PROPOSAL_ADOPTED: Ending.ADOPTED,
        Happened.PROPOSAL_NOT_ADOPTED: Ending.NOT_ADOPTED,
        Happened.PROPOSAL_LAPSED: Ending.LAPSED,
        Happened.PROPOSAL_WITHDRAWN: Ending.WITHDRAWN,
    }
)
"""The events with which a proposal is decided."""

_ENTERS: Mapping[Happened, Stage | None] = MappingProxyType(
    {
        Happened.VERSION_PUBLISHED: Stage.REVIEW,
        Happened.WINDOW_EXTENDED: Stage.REVIEW,
        Happened.WINDOW_CLOSED: Stage.SETTLING,
        Happened.PROPOSAL_DISPUTED: Stage.DISPUTED,
        Happened.PROPOSAL_HALTED: Stage.DISPUTED,
        Happened.PROPOSAL_ESCALATED: Stage.VOTE,
        Happened.PROPOSAL_PASSED: Stage.WAITING,
        Happened.PROPOSAL_ADOPTED: Stage.WAITING,
        Happened.PROPOSAL_STALE: Stage.STALE,
        Happened.PROPOSAL_ENACTED: None,
        Happened.PROPOSAL_NOT_ADOPTED: None,
        Happened.PROPOSAL_LAPSED: None,
        Happened.PROPOSAL_WITHDRAWN: None,
    }
)
"""The stage that begins with an event; None where the last one ends."""

_FATES: Mapping[Happened, Fate] = MappingProxyType(
    {
        Happened.OBJECTION_INTEGRATED: Fate.INTEGRATED,
        Happened.OBJECTION_WITHDRAWN: Fate.WITHDRAWN,
        Happened.OBJECTION_LAPSED: Fate.LAPSED,
        Happened.OBJECTION_ORPHANED: Fate.ORPHANED,
        Happened.OBJECTION_OVERRULED: Fate.OVERRULED,
        Happened.OBJECTION_MAINTAINED: Fate.STANDING,
        Happened.OBJECTION_STATED: Fate.STANDING,
    }
)

_ACTIVE = frozenset(
    {
        Happened.CONCERN_RAISED,
        Happened.OBJECTION_RAISED,
        Happened.OBJECTION_STATED,
        Happened.OBJECTION_WITHDRAWN,
        Happened.OBJECTION_INTEGRATED,
        Happened.OBJECTION_MAINTAINED,
        Happened.TEST_ASKED,
        Happened.APPEAL_FILED,
        Happened.APPEAL_VOTED,
        Happened.SPONSOR_FOUND,
        Happened.HALT_CONSENTED,
        Happened.PROPOSAL_ESCALATED,
        Happened.BALLOT_CAST,
    }
)
"""Acts that are more than having read."""

TOLD = frozenset(
    {
        Happened.REVIEW_OPENED,
        Happened.TEST_RULED,
        Happened.APPEAL_DECIDED,
        Happened.VOTE_CLOSED,
        *_ENTERS,
        *_FATES,
        *_ACTIVE,
    }
)
"""The events that a course is made of; any other changes nothing here."""


def courses(happened: Iterable[Happening]) -> dict[str, Course]:
    """The course of every proposal whose opening is among these events, which stand in the order of the record."""
    found: dict[str, Course] = {}
    follow(found, happened)
    return found


def follow(found: dict[str, Course], happened: Iterable[Happening]) -> None:
    """Take in what happened next, so that a long record is read in parts."""
    for each in happened:
        event = each.event
        if event.type is Happened.REVIEW_OPENED:
            found[event.thing] = _opened(each)
        elif (course := found.get(event.thing)) is not None:
            _take(course, each.at, event)


def _opened(happening: Happening) -> Course:
    data = happening.event.data
    group = data.get("group")
    return Course(
        thing=happening.event.thing,
        number=_whole(data.get("number")),
        group=GroupId(group) if isinstance(group, int) else None,
        author=happening.event.actor,
        opened_at=happening.at,
        electors=_people(data.get("electors")),
        _since=happening.at,
    )


def _take(course: Course, at: datetime, event: Event) -> None:
    kind, data = event.type, event.data
    if kind in _ENTERS:
        _enter(course, at, _ENTERS[kind])
    if kind in ENDINGS:
        course.ending, course.ended_at = ENDINGS[kind], at
    elif kind in {Happened.PROPOSAL_HALTED, Happened.PROPOSAL_STALE, Happened.VERSION_PUBLISHED}:
        course.ending = course.ended_at = None
    if kind in _ACTIVE and event.actor is not None:
        course.active.add(event.actor)
    if "reachable" in data:
        course.reached, course.reachable = _whole(data.get("reached")), _whole(data["reachable"])
    number = data.get("objection")
    if isinstance(number, int):
        _object(course, number, event)
    match kind:
        case Happened.CONCERN_RAISED:
            course.concerns += 1
        case Happened.VERSION_PUBLISHED:
            course.versions = _whole(data.get("version"))
            course.electors |= _people(data.get("electors"))
            course.low_reach = False
        case Happened.PROPOSAL_PASSED:
            course.low_reach = bool(data.get("low_reach"))
        case Happened.PROPOSAL_LAPSED if data.get("why") == "low reach":
            course.low_reach = True
        case Happened.VOTE_CLOSED:
            course.cast, course.eligible = _whole(data.get("cast")), _whole(data.get("eligible"))


def _enter(course: Course, at: datetime, stage: Stage | None) -> None:
    if course._stage is not None and course._since is not None:
        course.stages[course._stage] = course.stages.get(course._stage, timedelta()) + (at - course._since)
    course._stage, course._since = stage, at


def _object(course: Course, number: int, event: Event) -> None:
    match event.type:
        case Happened.OBJECTION_RAISED:
            course.objections.setdefault(number, Fate.STANDING)
            if event.actor is not None:
                course.objectors.setdefault(number, event.actor)
        case Happened.TEST_RULED:
            course.objections[number] = Fate.STANDING if event.data.get("in_form") else Fate.DISMISSED
        case Happened.APPEAL_DECIDED:
            course.objections[number] = Fate.STANDING if event.data.get("stands") else Fate.DISMISSED
        case kind if kind in _FATES:
            course.objections[number] = _FATES[kind]


def _whole(value: Json) -> int:
    return max(value, 0) if isinstance(value, int) and not isinstance(value, bool) else 0


def _people(value: Json) -> frozenset[PersonId]:
    return (
        frozenset(PersonId(each) for each in value if isinstance(each, str)) if isinstance(value, list) else frozenset()
    )
