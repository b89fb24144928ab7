"""Retrospectives: what a group looks back on, phase by phase, and who leads it through (LRN-1).

A retro moves forward: check-in → gather → group → vote → discuss → actions → closed, and back by a step as long as
nobody has voted. The facilitator moves it; in a slow one, each phase has a deadline and moves by itself. Whoever
facilitates can disappear: the phase ends all the same, or somebody else takes over, as the policy says. What people
write before the reveal is not in here (see ``retros_writing``), and who wrote it never is unless the retro is a named
one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.governance import names
from bot.governance.cadences import Cadence
from bot.governance.errors import BadText, BadValue, LimitReached, TimePast, UnknownKey, WrongPhase
from bot.governance.events import Event
from bot.governance.ids import GroupId, PartnershipId, PersonId
from bot.governance.policy import Policy
from bot.governance.retros_events import RetroChanged, RetroPhaseBegan, RetroScheduled, RetroStarted

CUSTOM = "custom"

TEMPLATES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "4 Ls": ("Liked", "Learned", "Lacked", "Longed for"),
        "start, stop, continue": ("Start", "Stop", "Continue"),
        "great, bad, use again": ("What was great", "What was bad", "What to use again"),
        CUSTOM: (),
    }
)
"""The columns of each template; those of a custom one are given."""

MOST_COLUMNS, MOST_COLUMN = 5, 40
MOST_TITLE = 80
MOST_OPEN = 3
"""Retros of one group that may be scheduled or under way at once."""
MOST_PAUSE = timedelta(days=30)
"""A pause that nobody ends is over by then, so that every retro ends."""
LEAST_PACE, MOST_PACE = timedelta(minutes=10), timedelta(days=30)
"""How long a phase of a slow retro may last."""
LIVE_EXTENSION = timedelta(minutes=5)
MOST_EXTENSIONS = 3
"""How often the participants can take more time for one topic."""
MOST_ACTIONS, MOST_ACTION = 50, 500
MOST_REASON = 300
MOST_AHEAD = timedelta(days=60)
"""No timer reaches farther."""


class RetroState(StrEnum):
    """Where a retro stands. A draft waits for its time to be confirmed; the six in the middle are the phases."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    CHECK_IN = "check-in"
    GATHER = "gather"
    GROUP = "group"
    VOTE = "vote"
    DISCUSS = "discuss"
    ACTIONS = "actions"
    CLOSED = "closed"
    CANCELLED = "cancelled"


PHASES = (
    RetroState.CHECK_IN,
    RetroState.GATHER,
    RetroState.GROUP,
    RetroState.VOTE,
    RetroState.DISCUSS,
    RetroState.ACTIONS,
)
FINAL = frozenset({RetroState.CLOSED, RetroState.CANCELLED})
OVER = FINAL | {RetroState.DRAFT}
"""States in which nothing is to be done on a board."""
OPEN = frozenset(RetroState) - OVER


class Progress(StrEnum):
    """What became of a topic in the discussion. Parked ones come back in the next retro."""

    WAITING = "waiting"
    DISCUSSED = "discussed"
    SKIPPED = "skipped"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class RetroPlan:
    """What a retro is to be like. ``pace`` is the time for each phase of a slow one, None for a live one."""

    template: str
    columns: tuple[str, ...]
    named: bool = False
    title: str = ""
    pace: timedelta | None = None


@dataclass(frozen=True, slots=True)
class RetroTerms:
    """The policy that counts for one retro, pinned when it is made (POL-2)."""

    dots: int
    dots_per_topic: int
    cards: int
    silence: timedelta
    hand_over: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the check-in; with its author in a named retro only."""

    text: str
    author: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A card once revealed; with its author in a named retro only, and until it closes."""

    id: int
    column: str
    text: str
    author: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """Cards that belong together. Its ``id`` is that of one of its cards."""

    id: int
    cards: tuple[int, ...]
    title: str = ""
    dots: int = 0
    notes: tuple[str, ...] = ()
    progress: Progress = Progress.WAITING
    extensions: int = 0


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody will do. It stays in the retro that it came from, and is shown in the next ones until done."""

    id: int
    text: str
    owner: PersonId | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """A topic that an earlier retro left over."""

    title: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Retro:
    """One retrospective of one group."""

    id: int
    partnership: PartnershipId
    number: int
    group: GroupId
    facilitator: PersonId
    plan: RetroPlan
    terms: RetroTerms
    created_at: datetime
    state: RetroState = RetroState.SCHEDULED
    starts_at: datetime | None = None
    phase_at: datetime | None = None
    """Since when the present phase runs."""
    acted_at: datetime | None = None
    """When the facilitator last did something that everybody saw."""
    deadline_at: datetime | None = None
    timer: timedelta | None = None
    """The time that the facilitator gave; each further topic gets as much."""
    rung: bool = False
    """Whether everybody was told that the time is up."""
    paused_at: datetime | None = None
    gone_at: datetime | None = None
    """Since when the facilitator holds no seat any more, until that was dealt with."""
    silent: tuple[PersonId, ...] = ()
    """Who led it and disappeared: it is not handed to them again."""
    words: tuple[Word, ...] = ()
    captured: tuple[str, ...] = ()
    carried: tuple[Carried, ...] = ()
    cards: tuple[Card, ...] = ()
    topics: tuple[Topic, ...] = ()
    current: int | None = None
    actions: tuple[Action, ...] = ()
    classes: tuple[tuple[str, int], ...] = ()
    """Once closed: how many of which class took part, small ones counted together."""
    took_part: int = 0
    handed_on: bool = False
    """Whether a later retro took in what this one left over."""
    closed_at: datetime | None = None
    reason: str = field(default="", repr=False)
    cadence: Cadence | None = None
    """How the series goes on that this one belongs to."""
    version: int = 0

    @property
    def due_at(self) -> datetime | None:
        """The earliest instant at which the sweep has something to do."""
        if self.state is RetroState.DRAFT:
            return self.starts_at if self.closed_at is None else None
        if self.state in OVER:
            return None
        if self.state is RetroState.SCHEDULED:
            return self.starts_at
        if self.paused_at is not None:
            return self.paused_at + MOST_PAUSE
        if self.gone_at is not None:
            return self.gone_at
        if self.deadline_at is not None and (self.plan.pace is not None or not self.rung):
            return self.deadline_at
        return self.silent_at

    @property
    def silent_at(self) -> datetime:
        """When a facilitator who does nothing counts as gone: this long after the deadline, or after their last act."""
        last = max(each for each in (self.deadline_at, self.acted_at, self.phase_at, self.created_at) if each)
        return last + self.terms.silence

    @property
    def is_open(self) -> bool:
        """Whether it is scheduled or under way."""
        return self.state in OPEN

    @property
    def runs(self) -> bool:
        """Whether it is under way."""
        return self.state in PHASES

    @property
    def slow(self) -> bool:
        """Whether each phase has a deadline of its own and moves on by itself."""
        return self.plan.pace is not None

    def topic_of(self, card: int) -> Topic | None:
        """The topic that this card stands in now."""
        return next((topic for topic in self.topics if card in topic.cards), None)

    def action(self, id: int) -> Action | None:
        """The action of this number."""
        return next((each for each in self.actions if each.id == id), None)


Outcome = tuple[Retro, tuple[Event, ...]]


def retro_thing(id: int) -> str:
    """The name of a retro in the record."""
    return f"retro/{id}"


def terms_of(policy: Policy) -> RetroTerms:
    """The policy in force, as a retro pins it."""
    values = policy.values
    dots, per_topic, cards = values["retro.dots"], values["retro.dots_per_topic"], values["retro.cards"]
    silence = values["retro.silence"]
    assert isinstance(dots, int)
    assert isinstance(per_topic, int)
    assert isinstance(cards, int)
    assert isinstance(silence, timedelta)
    return RetroTerms(dots, min(per_topic, dots), cards, silence, values["retro.absent"] == "hand over")


def plan(
    template: str, columns: Iterable[str] = (), *, named: bool = False, title: str = "", pace: timedelta | None = None
) -> RetroPlan:
    """A plan that can be kept. Raises UnknownKey, BadValue, BadText."""
    if template not in TEMPLATES:
        raise UnknownKey(template, tuple(TEMPLATES))
    given = tuple(" ".join(each.split()) for each in columns if each.strip())
    if template != CUSTOM and given:
        raise BadValue("columns", ", ".join(given), "no columns")
    chosen = given if template == CUSTOM else TEMPLATES[template]
    if not 1 <= len(chosen) <= MOST_COLUMNS or names.doubled(chosen) is not None:
        raise BadValue("columns", ", ".join(given), "columns", MOST_COLUMNS)
    for each in chosen:
        if len(each) > MOST_COLUMN:
            raise BadText("column", len(each), 1, MOST_COLUMN)
    title = " ".join(title.split())
    if len(title) > MOST_TITLE:
        raise BadText("retro title", len(title), 0, MOST_TITLE)
    if pace is not None and not LEAST_PACE <= pace <= MOST_PACE:
        raise BadValue("time for each phase", str(pace), "time between", LEAST_PACE, MOST_PACE)
    return RetroPlan(template, chosen, named, title, pace)


# ---- beginning and moving on -----------------------------------------------------------------------


def make(
    id: int,
    number: int,
    partnership: PartnershipId,
    group: GroupId,
    leader: PersonId,
    wanted: RetroPlan,
    terms: RetroTerms,
    now: datetime,
    starts_at: datetime | None = None,
    cadence: Cadence | None = None,
) -> Retro:
    """A retro that is to begin now, or one for later, which waits for its time to be confirmed."""
    state = RetroState.SCHEDULED if starts_at is None else RetroState.DRAFT
    return Retro(id, partnership, number, group, leader, wanted, terms, now, state, starts_at or now, cadence=cadence)


def schedule(draft: Retro, number: int, now: datetime, by: PersonId | None) -> Outcome:
    """The time is confirmed, or the next of a series is due. Raises WrongPhase, TimePast."""
    if draft.state is not RetroState.DRAFT:
        raise WrongPhase(draft.state, "begin")
    assert draft.starts_at is not None
    if draft.starts_at <= now:
        raise TimePast(f"{draft.starts_at:%Y-%m-%d %H:%M} UTC", draft.starts_at)
    scheduled = replace(draft, number=number, state=RetroState.SCHEDULED)
    told = RetroScheduled(number, draft.group, draft.starts_at)
    return scheduled, (Event(told, retro_thing(draft.id), by),)


def begin(
    retro: Retro, captured: Iterable[str], carried: Iterable[Carried], now: datetime, by: PersonId | None = None
) -> Outcome:
    """Open the check-in, with what was captured since the last one and what that one left over."""
    check_phase(retro, "begin", RetroState.SCHEDULED)
    begun = replace(in_phase(retro, RetroState.CHECK_IN, now), captured=tuple(captured), carried=tuple(carried))
    told = RetroStarted(
        retro.number,
        retro.group,
        retro.plan.template,
        retro.plan.named,
        len(begun.captured),
        len(begun.carried),
    )
    return begun, (Event(told, retro_thing(retro.id), by),)


def following(retro: Retro) -> RetroState:
    """The phase after this one. Without any card there is nothing to group, vote on or discuss."""
    if retro.state is RetroState.GATHER and not retro.topics:
        return RetroState.ACTIONS
    after = (*PHASES[1:], RetroState.CLOSED)
    return after[PHASES.index(retro.state)]


def move_on(retro: Retro, now: datetime, why: str, by: PersonId | None = None) -> Outcome:
    """Begin the next phase; what the present one gathered is in the retro by now. The last one is left by ``close``.

    ``why`` is ``facilitator``, ``deadline`` or ``silence``.
    """
    wanted = following(retro)
    assert wanted is not RetroState.CLOSED
    moved = in_phase(retro, wanted, now)
    if wanted is RetroState.DISCUSS:
        moved = replace(moved, current=next_topic(moved))
    return moved, (Event(RetroPhaseBegan(retro.number, wanted.value, why), retro_thing(retro.id), by),)


def forget(draft: Retro, now: datetime) -> Retro:
    """A plan whose time came before anybody confirmed it: its words are deleted, and nothing is due of it."""
    return replace(draft, plan=RetroPlan(CUSTOM, ("never confirmed",), draft.plan.named), closed_at=now, cadence=None)


def agenda(retro: Retro) -> tuple[Topic, ...]:
    """What is to be discussed, most dots first: topics that got some, or all where nobody gave any."""
    voted = [topic for topic in retro.topics if topic.dots] or list(retro.topics)
    return tuple(sorted(voted, key=lambda topic: (-topic.dots, topic.id)))


def next_topic(retro: Retro) -> int | None:
    """The topic to be discussed next, None when all were."""
    return next((topic.id for topic in agenda(retro) if topic.progress is Progress.WAITING), None)


def in_phase(retro: Retro, state: RetroState, now: datetime) -> Retro:
    """The retro at the beginning of a phase."""
    deadline = None if retro.plan.pace is None else now + retro.plan.pace
    return replace(
        retro, state=state, phase_at=now, acted_at=now, deadline_at=deadline, timer=None, rung=False, paused_at=None
    )


def blanked(draft: Retro) -> Retro:
    """A plan that nobody confirmed, without its words, for somebody who is forgotten (REC-1)."""
    return replace(draft, plan=RetroPlan(CUSTOM, ("erased on request",), draft.plan.named, "erased on request"))


def check_phase(retro: Retro, act: str, *wanted: RetroState) -> None:
    """Raises WrongPhase unless the retro is in one of these phases and not paused. ``act`` is a presenter's key."""
    if retro.state not in wanted:
        raise WrongPhase(retro.state, act)
    if retro.paused_at is not None:
        raise WrongPhase("paused", act)


# ---- actions ---------------------------------------------------------------------------------------


def add_action(retro: Retro, text: str, owner: PersonId | None, due_at: datetime | None) -> Retro:
    """Note what somebody will do; the same twice is noted once. Raises WrongPhase, BadText, LimitReached."""
    check_phase(retro, "add an action", RetroState.DISCUSS, RetroState.ACTIONS)
    text = text.strip()
    if not 1 <= len(text) <= MOST_ACTION:
        raise BadText("action", len(text), 1, MOST_ACTION)
    if any((each.text, each.owner, each.due_at) == (text, owner, due_at) for each in open_actions(retro)):
        return retro
    if len(retro.actions) >= MOST_ACTIONS:
        raise LimitReached("retro actions", MOST_ACTIONS)
    return replace(retro, actions=(*retro.actions, Action(len(retro.actions) + 1, text, owner, due_at)))


def with_action(retro: Retro, action: Action) -> Retro:
    """The retro with this action as it is now."""
    return replace(retro, actions=tuple(action if each.id == action.id else each for each in retro.actions))


def open_actions(retro: Retro) -> tuple[Action, ...]:
    """What is not done yet."""
    return tuple(each for each in retro.actions if each.done_at is None)


def changed(retro: Retro, what: str, actor: PersonId | None = None) -> Event:
    """Something about it changed that everybody sees: ``time``, ``topic over``, ``action added``, ``action done``."""
    return Event(RetroChanged(retro.number, what), retro_thing(retro.id), actor)
