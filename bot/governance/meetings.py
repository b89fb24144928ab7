"""Meetings of a group: scheduled, held with an agenda, minuted; recurring ones follow one another (RHY-1, RHY-4).

scheduled → running → ended, or missed where nobody came; cancelled before it begins. A draft is what somebody typed
and has not confirmed: it is on no record and forgotten after a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.governance import authority, names
from bot.governance.authority import Act, Relation
from bot.governance.cadences import Cadence
from bot.governance.errors import AlreadyDone, BadText, LimitReached, TimePast, WrongState
from bot.governance.events import Event, EventType
from bot.governance.histories import Happening
from bot.governance.ids import GroupId, PartnershipId, PersonId
from bot.governance.meetings_events import (
    MeetingCancelled,
    MeetingChanged,
    MeetingEnded,
    MeetingMinuted,
    MeetingMissed,
    MeetingScheduled,
    MeetingStarted,
)
from bot.governance.organisation import Member

MOST_DRAFT = timedelta(days=1)
OVERRUN = timedelta(hours=12)
"""How long after its planned end a meeting that nobody ended is ended by itself."""

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=8)
MOST_TITLE, MOST_ITEM, MOST_NOTE, MOST_REASON = 80, 200, 3000, 500
MOST_ITEMS, MOST_NOTES, MOST_LINKS = 25, 20, 25
MOST_AHEAD = 20
"""Most meetings of one group that are scheduled and not over."""
MOST_MISSED = 50
"""Occurrences that went by unheld which are listed one by one; of more, the latest."""


class MeetingState(StrEnum):
    """Where a meeting stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    ENDED = "ended"
    MISSED = "missed"
    CANCELLED = "cancelled"
    DISCARDED = "discarded"


AHEAD = frozenset({MeetingState.SCHEDULED, MeetingState.RUNNING})
OVER = frozenset(MeetingState) - AHEAD - {MeetingState.DRAFT}


POSSIBLE: Mapping[str, frozenset[MeetingState]] = MappingProxyType(
    {
        "confirm meeting": frozenset({MeetingState.DRAFT}),
        "move meeting": frozenset({MeetingState.SCHEDULED}),
        "cancel meeting": frozenset({MeetingState.SCHEDULED}),
        "start meeting": frozenset({MeetingState.SCHEDULED}),
        "add to agenda": AHEAD,
        "attend": AHEAD,
        "write notes": frozenset({MeetingState.RUNNING}),
        "end meeting": frozenset({MeetingState.RUNNING}),
    }
)
"""In which states each act is possible."""


class MeetingKind(StrEnum):
    """What a meeting is for: weeks of operations, quarters of strategy, years of purpose (RHY-4)."""

    OPERATIONS = "operations"
    STRATEGY = "strategy"
    PURPOSE = "purpose"


@dataclass(frozen=True, slots=True)
class MeetingTemplate:
    """What a kind of meeting brings along: how often it usually recurs (a key of the menu), how long it is."""

    every: str
    length: timedelta


TEMPLATES: Mapping[MeetingKind, MeetingTemplate] = MappingProxyType(
    {
        MeetingKind.OPERATIONS: MeetingTemplate("week", timedelta(hours=1)),
        MeetingKind.STRATEGY: MeetingTemplate("quarter", timedelta(hours=2)),
        MeetingKind.PURPOSE: MeetingTemplate("year", timedelta(hours=3)),
    }
)


class Answer(StrEnum):
    """What somebody says of their own attendance."""

    COMING = "coming"
    ABSENT = "absent"
    HERE = "here"


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """A line of the agenda that a person added."""

    number: int
    author: PersonId
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A part of the minutes, under its author's name."""

    number: int
    author: PersonId
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Attendance:
    """What one person said last."""

    person: PersonId
    answer: Answer


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting. ``slot`` is its place in the cadence, which a move does not change; ``M-7`` is number 7.

    ``missed`` are occurrences of its series that went by before this one without being held, such as while the bot was
    down. ``decisions`` are numbers of proposals.
    """

    id: int
    partnership: PartnershipId
    number: int
    group: GroupId
    title: str
    kind: MeetingKind
    organiser: PersonId
    starts_at: datetime
    length: timedelta
    zone: str
    state: MeetingState
    state_since: datetime
    slot: datetime
    cadence: Cadence | None = None
    items: tuple[AgendaItem, ...] = ()
    notes: tuple[Note, ...] = ()
    attendance: tuple[Attendance, ...] = ()
    decisions: tuple[int, ...] = ()
    missed: tuple[datetime, ...] = ()
    started_at: datetime | None = None
    reason: str = ""
    version: int = 0

    @property
    def ends_at(self) -> datetime:
        """When it is planned to end."""
        return self.starts_at + self.length

    @property
    def due_at(self) -> datetime | None:
        """When something has to be done though nobody acts: begin, end, forget a draft."""
        match self.state:
            case MeetingState.DRAFT:
                return self.state_since + MOST_DRAFT
            case MeetingState.SCHEDULED:
                return self.starts_at
            case MeetingState.RUNNING:
                return self.ends_at + OVERRUN
        return None

    def said(self, person: PersonId) -> Answer | None:
        """What this person said of their attendance."""
        return next((a.answer for a in self.attendance if a.person == person), None)

    def who(self, answer: Answer) -> tuple[PersonId, ...]:
        """Who said this."""
        return tuple(a.person for a in self.attendance if a.answer is answer)


Changed = tuple[Meeting, tuple[Event, ...]]


def thing(meeting: Meeting) -> str:
    """Its name in the record."""
    return f"meeting/{meeting.id}"


def check_possible(meeting: Meeting, act: str) -> None:
    """Raises WrongState where nobody could do this now, whoever they are."""
    if meeting.state not in POSSIBLE[act]:
        raise WrongState(meeting.state, act)


def check_words(title: str, length: timedelta) -> None:
    """Raises BadText, LimitReached."""
    if not 3 <= len(title.strip()) <= MOST_TITLE:
        raise BadText("meeting title", len(title.strip()), 3, MOST_TITLE)
    if not SHORTEST <= length <= LONGEST:
        raise LimitReached("meeting length", int(LONGEST.total_seconds() // 3600))


def confirm(draft: Meeting, member: Member, number: int, now: datetime) -> Changed:
    """What was typed becomes a meeting. Raises NotYours, AlreadyDone, WrongState, TimePast."""
    typed_it = {Relation.AUTHOR} if draft.organiser == member.person else set()
    authority.check(member, Act.CONFIRM_MEETING, draft.group, relations=typed_it)
    if draft.state in AHEAD:
        raise AlreadyDone("confirm meeting")
    check_possible(draft, "confirm meeting")
    if draft.starts_at <= now:
        raise TimePast(f"{draft.starts_at:%Y-%m-%d %H:%M} UTC", draft.starts_at)
    changed = replace(draft, number=number, state=MeetingState.SCHEDULED, state_since=now)
    return changed, (scheduled(changed, member.person),)


def scheduled(meeting: Meeting, actor: PersonId | None) -> Event:
    """What goes on record when a meeting is scheduled."""
    told = MeetingScheduled(
        meeting.title,
        meeting.group,
        meeting.kind.value,
        meeting.starts_at,
        _minutes(meeting),
        meeting.zone,
        meeting.cadence is not None,
    )
    return Event(told, thing(meeting), actor)


def move(
    meeting: Meeting, member: Member, starts_at: datetime, now: datetime, next_slot: datetime | None = None
) -> Changed:
    """Hold this one at another time; its series keeps its own. Raises WrongState, TimePast, AlreadyDone.

    Where it would not be over before the ``next_slot`` of its series, it leaves the series, which goes on without
    waiting for it (RHY-1).
    """
    check_possible(meeting, "move meeting")
    if starts_at <= now:
        raise TimePast(f"{starts_at:%Y-%m-%d %H:%M} UTC", starts_at)
    if starts_at == meeting.starts_at:
        raise AlreadyDone("move meeting")
    leaves = next_slot is not None and reaches(meeting, starts_at, next_slot)
    changed = replace(meeting, starts_at=starts_at, attendance=(), cadence=None if leaves else meeting.cadence)
    told = MeetingChanged(
        "time",
        meeting.starts_at,
        changed.group,
        changed.kind.value,
        changed.starts_at,
        _minutes(changed),
        changed.zone,
        changed.cadence is not None,
    )
    return changed, (Event(told, thing(meeting), member.person),)


def reaches(meeting: Meeting, starts_at: datetime, next_slot: datetime) -> bool:
    """Whether it may last into the next of its series if it is held at this time."""
    return starts_at + meeting.length + OVERRUN >= next_slot


def cancel(meeting: Meeting, member: Member, reason: str, series: bool, now: datetime) -> Changed:
    """It is not held. With ``series`` no other follows it. Raises WrongState, BadText."""
    check_possible(meeting, "cancel meeting")
    reason = reason.strip()
    if len(reason) > MOST_REASON:
        raise BadText("cancellation", len(reason), 0, MOST_REASON)
    cadence = None if series else meeting.cadence
    changed = replace(meeting, state=MeetingState.CANCELLED, state_since=now, reason=reason, cadence=cadence)
    return changed, (Event(MeetingCancelled(reason, series), thing(meeting), member.person),)


def add_item(meeting: Meeting, member: Member, text: str) -> Changed:
    """A line for the agenda. Raises WrongState, BadText, LimitReached, AlreadyDone."""
    check_possible(meeting, "add to agenda")
    text = " ".join(text.split())
    _check_length("agenda item", text, 3, MOST_ITEM)
    if names.standing(text, (each.text for each in meeting.items)) is not None:
        raise AlreadyDone("add to agenda")
    if len(meeting.items) >= MOST_ITEMS:
        raise LimitReached("agenda items", MOST_ITEMS)
    item = AgendaItem(max((each.number for each in meeting.items), default=0) + 1, member.person, text)
    event = Event(MeetingChanged("agenda", item=item.number, text=text), thing(meeting), member.person)
    return replace(meeting, items=(*meeting.items, item)), (event,)


def attend(meeting: Meeting, member: Member, here: bool) -> Changed:
    """Say whether one comes; while it runs, that one is there. Raises WrongState, AlreadyDone."""
    check_possible(meeting, "attend")
    running = meeting.state is MeetingState.RUNNING
    answer = (Answer.HERE if running else Answer.COMING) if here else Answer.ABSENT
    if meeting.said(member.person) is answer:
        raise AlreadyDone("attend")
    others = tuple(a for a in meeting.attendance if a.person != member.person)
    event = Event(MeetingChanged("attendance", answer=answer.value), thing(meeting), member.person)
    return replace(meeting, attendance=(*others, Attendance(member.person, answer))), (event,)


def write(meeting: Meeting, member: Member, text: str, decisions: tuple[int, ...], now: datetime) -> Changed:
    """A part of the minutes, and decisions they belong to. Raises WrongState, BadText, LimitReached, AlreadyDone."""
    check_possible(meeting, "write notes")
    text = text.strip()
    _check_length("notes", text, 0 if decisions else 3, MOST_NOTE)
    if len(meeting.notes) >= MOST_NOTES:
        raise LimitReached("notes", MOST_NOTES)
    linked = tuple(sorted({*meeting.decisions, *decisions}))
    if not text and linked == meeting.decisions:
        raise AlreadyDone("link decisions")
    if len(linked) > MOST_LINKS:
        raise LimitReached("linked decisions", MOST_LINKS)
    number = len(meeting.notes) + 1 if text else 0
    notes = (*meeting.notes, Note(number, member.person, text, now)) if text else meeting.notes
    event = Event(MeetingMinuted(number, text, decisions), thing(meeting), member.person)
    return replace(meeting, notes=notes, decisions=linked), (event,)


def start(meeting: Meeting, actor: PersonId | None, now: datetime) -> Changed:
    """It begins. Raises WrongState, AlreadyDone."""
    if meeting.state is MeetingState.RUNNING:
        raise AlreadyDone("start meeting")
    check_possible(meeting, "start meeting")
    changed = replace(meeting, state=MeetingState.RUNNING, state_since=now, started_at=now)
    return changed, (Event(MeetingStarted(), thing(meeting), actor),)


def end(meeting: Meeting, actor: PersonId | None, decided: tuple[int, ...], now: datetime) -> Changed:
    """It is over and its minutes are published; ``decided`` was decided meanwhile. Raises WrongState, AlreadyDone."""
    if meeting.state is MeetingState.ENDED:
        raise AlreadyDone("end meeting")
    check_possible(meeting, "end meeting")
    decisions = tuple(sorted({*meeting.decisions, *decided}))
    changed = replace(meeting, state=MeetingState.ENDED, state_since=now, decisions=decisions)
    told = MeetingEnded(meeting.who(Answer.HERE), decisions, meeting.group)
    return changed, (Event(told, thing(meeting), actor),)


def advance(meeting: Meeting, decided: tuple[int, ...], missed: tuple[datetime, ...], now: datetime) -> Changed:
    """What is due though nobody acted: it begins; it ends, or was missed by all; an old draft is forgotten.

    One that begins late, because the bot was away, can still be minuted. ``missed`` are later occurrences of its
    series that have gone by as well: told once, together.
    """
    if meeting.due_at is None or meeting.due_at > now:
        return meeting, ()
    if meeting.state is MeetingState.DRAFT:
        return discard(meeting, now), ()
    if meeting.state is MeetingState.SCHEDULED and now < meeting.ends_at + OVERRUN:
        return start(meeting, None, now)
    held = bool(meeting.who(Answer.HERE) or meeting.notes)
    if meeting.state is MeetingState.RUNNING and held:
        return end(meeting, None, decided, now)
    listed = (meeting.starts_at, *missed)[-MOST_MISSED:]
    changed = replace(meeting, state=MeetingState.MISSED, state_since=now, missed=listed[1:] if missed else ())
    return changed, (Event(MeetingMissed(tuple(listed)), thing(meeting)),)


def discard(draft: Meeting, now: datetime) -> Meeting:
    """What was typed and never confirmed is forgotten."""
    return replace(draft, state=MeetingState.DISCARDED, state_since=now, title="")


def following(meeting: Meeting, id: int, number: int, slot: datetime, now: datetime) -> Changed:
    """The next one of its series, with what the agenda still carries: nothing but its kind."""
    assert meeting.cadence is not None
    changed = replace(
        meeting,
        id=id,
        number=number,
        starts_at=slot,
        slot=slot,
        state=MeetingState.SCHEDULED,
        state_since=now,
        items=(),
        notes=(),
        attendance=(),
        decisions=(),
        missed=(),
        started_at=None,
        reason="",
        version=0,
    )
    return changed, (scheduled(changed, None),)


def without(meeting: Meeting, event: Event, erased: str) -> Meeting:
    """The meeting without the words that this event brought into it (REC-1)."""
    match event.fact:
        case MeetingScheduled():
            return replace(meeting, title=erased)
        case MeetingChanged(item=number):
            return replace(
                meeting, items=tuple(replace(i, text=erased) if i.number == number else i for i in meeting.items)
            )
        case MeetingMinuted(note=number):
            return replace(
                meeting, notes=tuple(replace(n, text=erased) if n.number == number else n for n in meeting.notes)
            )
        case MeetingCancelled():
            return replace(meeting, reason=erased if meeting.reason else "")
    return meeting


def _minutes(meeting: Meeting) -> int:
    return int(meeting.length.total_seconds() // 60)


def _check_length(field: str, text: str, least: int, most: int) -> None:
    if not least <= len(text) <= most:
        raise BadText(field, len(text), least, most)


_REACHED: Mapping[EventType, MeetingState] = MappingProxyType(
    {
        MeetingScheduled: MeetingState.SCHEDULED,
        MeetingStarted: MeetingState.RUNNING,
        MeetingEnded: MeetingState.ENDED,
        MeetingMissed: MeetingState.MISSED,
        MeetingCancelled: MeetingState.CANCELLED,
    }
)


def differences(meeting: Meeting, history: Sequence[Happening]) -> Iterator[str]:
    """What of a meeting is not as its events tell (RHY-1)."""
    reached = [each.event for each in history if each.event.type in _REACHED]
    waits = {MeetingState.DRAFT, MeetingState.DISCARDED}
    if meeting.state not in ({_REACHED[reached[-1].type]} if reached else waits):
        yield "state"
    first, last = (reached[0].fact, reached[-1].fact) if reached else (None, None)
    if isinstance(first, MeetingScheduled) and first.title != meeting.title:
        yield "title"
    if isinstance(last, MeetingEnded) and last.decisions != meeting.decisions:
        yield "decisions"
