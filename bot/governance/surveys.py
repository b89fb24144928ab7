"""Surveys: a few questions to a group or to the whole partnership, answered by people whom nobody can name (LRN-2).

draft → open → closed. One that repeats leaves the next edition behind, which is scheduled and opens by itself.
What people answer is not in here: it lies sealed until the close, and then only what may be published stays.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.governance import authority, names
from bot.governance.authority import Act, Relation
from bot.governance.cadences import MENU, Cadence
from bot.governance.errors import (
    AlreadyDone,
    BadText,
    BadValue,
    LimitReached,
    NotFound,
    UnknownKey,
    WindowClosed,
    WrongState,
)
from bot.governance.events import Event, EventType
from bot.governance.histories import Happening
from bot.governance.ids import GroupId, PartnershipId, PersonId
from bot.governance.organisation import Member, Partnership
from bot.governance.scales import SCALES, Scale
from bot.governance.surveys_events import SurveyCancelled, SurveyChanged, SurveyClosed, SurveyCreated, SurveyOpened

MOST_QUESTIONS = 5
"""A form holds five fields."""
STEPS = 5
"""A scale runs from 1 to 5."""
LEAST_CHOICES, MOST_CHOICES = 2, 10
MOST_DRAFTS = 10
"""Drafts of one person at the same time."""
SHORTEST_WINDOW, LONGEST_WINDOW = timedelta(hours=1), timedelta(days=60)

TITLE, ABOUT, QUESTION, CHOICE, END, ANSWER = (3, 80), (0, 500), (5, 100), (1, 80), (0, 30), (0, 4000)
"""Least and most characters of each text."""

REPEATS = tuple(key for key in MENU if key.split()[-1] in {"week", "weeks", "month", "months", "quarter", "year"})
"""How often a survey may repeat, of the menu of cadences: by the week, and by the day of the month."""


class SurveyState(StrEnum):
    """Where a survey stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


OVER = frozenset({SurveyState.CLOSED, SurveyState.CANCELLED})


class QuestionKind(StrEnum):
    """How a question is answered."""

    SCALE = "scale"
    CHOICE = "choice"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``choices`` of a choice; ``low`` and ``high`` say what 1 and 5 of a scale mean."""

    kind: QuestionKind
    text: str
    choices: tuple[str, ...] = ()
    low: str = ""
    high: str = ""

    @property
    def forms(self) -> frozenset[str]:
        """What it is compared by: the letters and digits of its text, folded as names are, with and without first
        leaving out all other signs, for some of those look like letters.

        Two questions are the same where they share a form. How they are answered makes no difference: who compares two
        results does not mind (LRN-2).
        """
        words = "".join(filter(_is_word, self.text))
        return frozenset("".join(filter(_is_word, form)) for form in (*names.forms(self.text), *names.forms(words)))

    def asks_the_same(self, other: Question) -> bool:
        """Whether people read both as the same question (LRN-2)."""
        return not self.forms.isdisjoint(other.forms)


@dataclass(frozen=True, slots=True)
class Result:
    """What is published of one question, or why nothing is (LRN-2).

    ``counts`` by step or choice; ``texts`` in the order of the alphabet, which tells nothing. Where the result is
    ``withheld``, it holds nothing of the answers: ``people`` are those who would be told apart, ``needed`` how many it
    takes, ``beside`` is the number of the survey that this one could be compared with, 0 where that may not be named.
    """

    answers: int = 0
    counts: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()
    withheld: str = ""
    people: int = 0
    needed: int = 0
    beside: int = 0


@dataclass(frozen=True, slots=True)
class Survey:
    """One edition of a survey. It asks a ``group``, or all groups of a ``scale``, or with neither everyone.

    ``audience`` are those asked, as they stood at the opening. It stays for as long as a published result could be
    compared with another one, and is forgotten where nothing was published; ``asked`` counts them, and ``left`` are
    those of them who held no seat any more at the close. ``k`` is the least
    number of answers that is shown, pinned at the opening. ``closes_at`` of a draft is what its author has in mind;
    ``window`` is for how long it was opened, and so will be the next edition.
    ``series`` is the number of the first edition.

    ``repeats`` is the line of the menu of cadences that its author chose, empty for once; from the opening on the
    ``cadence`` says when the next edition opens. ``missed`` counts the editions before this one that fell into a time
    when the bot was away.
    """

    id: int
    partnership: PartnershipId
    number: int
    group: GroupId | None
    author: PersonId
    title: str
    created_at: datetime
    about: str = ""
    questions: tuple[Question, ...] = ()
    state: SurveyState = SurveyState.DRAFT
    series: int = 0
    edition: int = 1
    k: int = 0
    audience: frozenset[PersonId] = field(default_factory=frozenset)
    asked: int = 0
    left: frozenset[PersonId] = field(default_factory=frozenset)
    opens_at: datetime | None = None
    opened_at: datetime | None = None
    closes_at: datetime | None = None
    closed_at: datetime | None = None
    window: timedelta | None = None
    repeats: str = ""
    zone: str = "UTC"
    cadence: Cadence | None = None
    missed: int = 0
    results: tuple[Result, ...] = ()
    scale: Scale | None = None
    version: int = 0

    @property
    def due_at(self) -> datetime | None:
        """When the sweep has something to do: open a scheduled one, close an open one."""
        match self.state:
            case SurveyState.SCHEDULED:
                return self.opens_at
            case SurveyState.OPEN:
                return self.closes_at
        return None

    @property
    def thing(self) -> str:
        """Its name in the record."""
        return f"survey/{self.id}"


Groups = frozenset[GroupId] | None
"""The groups that are asked; None for everyone with a seat in the partnership."""


def asked_groups(partnership: Partnership, group: GroupId | None, scale: Scale | None) -> Groups:
    """Which groups a survey of this group or scale asks. Raises BadValue for both, NotFound for a scale without any."""
    if scale is None:
        return None if group is None else frozenset({group})
    if group is not None:
        raise BadValue("scale", scale, "group or scale")
    found = frozenset(each.id for each in partnership.groups if SCALES[each.kind] is scale)
    if not found:
        raise NotFound("group", scale)
    return found


def few_asked(people: int, k: int) -> bool:
    """Whether so few are asked that it is likely enough that all say the same: then each answer is known (LRN-2)."""
    return k <= people < 2 * k


def check_drafts(kept: int) -> None:
    """Raises LimitReached."""
    if kept >= MOST_DRAFTS:
        raise LimitReached("survey drafts", MOST_DRAFTS)


def write(survey: Survey, title: str, about: str) -> Survey:
    """Title and purpose of a draft. Raises WrongState, BadText."""
    _check_draft(survey, "edit survey")
    title = " ".join(title.split())
    _check_length("survey title", title, TITLE)
    _check_length("about", about.strip(), ABOUT)
    return replace(survey, title=title, about=about.strip())


def put_question(survey: Survey, place: int, question: Question) -> Survey:
    """Add a question to a draft (``place`` 0) or replace one (from 1).

    Raises WrongState, LimitReached, NotFound, BadText, BadValue, and AlreadyDone where the survey asks that already.
    """
    _check_draft(survey, "edit survey")
    question = _checked(question)
    if place > len(survey.questions):
        raise NotFound("question", str(place))
    if place == 0 and len(survey.questions) >= MOST_QUESTIONS:
        raise LimitReached("questions", MOST_QUESTIONS)
    if any(each.asks_the_same(question) for at, each in enumerate(survey.questions, 1) if at != place):
        raise AlreadyDone("ask question")
    questions = list(survey.questions)
    if place == 0:
        questions.append(question)
    else:
        questions[place - 1] = question
    return replace(survey, questions=tuple(questions))


def drop_question(survey: Survey, place: int) -> Survey:
    """Take a question out of a draft. Raises WrongState, NotFound."""
    _check_draft(survey, "edit survey")
    if not 1 <= place <= len(survey.questions):
        raise NotFound("question", str(place))
    return replace(survey, questions=survey.questions[: place - 1] + survey.questions[place:])


def plan(survey: Survey, closes_at: datetime | None, repeats: str, zone: str, now: datetime) -> Survey:
    """Keep when a draft shall close, and how often it repeats on the clocks of which zone (LRN-2).

    Without an instant the policy says when it closes. Raises WrongState, BadValue, UnknownKey.
    """
    _check_draft(survey, "open survey")
    if closes_at is not None:
        _check_window(closes_at, now)
    if repeats and repeats not in REPEATS:
        raise UnknownKey(repeats, REPEATS)
    return replace(survey, closes_at=closes_at, repeats=repeats, zone=zone)


def check_complete(survey: Survey) -> None:
    """Raises WrongState for what is no draft, BadText while it asks nothing."""
    _check_draft(survey, "open survey")
    if not survey.questions:
        raise BadText("question", 0, *QUESTION)


def open_survey(
    survey: Survey,
    audience: frozenset[PersonId],
    k: int,
    window: timedelta,
    now: datetime,
    by: PersonId | None = None,
    cadence: Cadence | None = None,
) -> tuple[Survey, tuple[Event, ...]]:
    """Ask: the audience is fixed, and answers are taken until the close (LRN-2).

    A planned close counts; else it is open for ``window``. Raises WrongState, BadText, BadValue.
    """
    if survey.state is not SurveyState.SCHEDULED:
        check_complete(survey)
    closes_at = now + (survey.window or window) if survey.closes_at is None else survey.closes_at
    _check_window(closes_at, now)
    opened = replace(
        survey,
        state=SurveyState.OPEN,
        series=survey.series or survey.number,
        k=k,
        audience=audience,
        asked=len(audience),
        opens_at=None,
        opened_at=now,
        closes_at=closes_at,
        window=closes_at - now,
        cadence=cadence,
    )
    told = SurveyOpened(survey.number, len(audience), k, survey.edition)
    return opened, (Event(told, survey.thing, by),)


def check_answer(survey: Survey, person: PersonId, now: datetime) -> None:
    """Raises WrongState, WindowClosed, NotEligible: only who was asked at the opening may answer, until the close."""
    if survey.state is not SurveyState.OPEN:
        raise WrongState(survey.state, "answer survey")
    if survey.closes_at is None or now >= survey.closes_at:
        raise WindowClosed
    asked = {Relation.ASKED} if person in survey.audience else set()
    authority.check(Member(person), Act.ANSWER_SURVEY, relations=asked)


def read_answer(question: Question, place: int, typed: str) -> str:
    """What is kept of an answer: a step from 1, the place of a choice from 0, or a text; empty for none.

    Raises BadValue, BadText.
    """
    typed = typed.strip()
    if not typed:
        return ""
    field_name = f"question {place}"
    match question.kind:
        case QuestionKind.SCALE:
            if typed not in {str(step) for step in range(1, STEPS + 1)}:
                raise BadValue(field_name, typed, "whole number", 1, STEPS)
        case QuestionKind.CHOICE:
            if typed not in {str(at) for at in range(len(question.choices))}:
                raise BadValue(field_name, typed, "choice in the form")
        case QuestionKind.TEXT:
            if len(typed) > ANSWER[1]:
                raise BadText("answer", len(typed), *ANSWER)
    return typed


def close(
    survey: Survey, results: tuple[Result, ...], now: datetime, left: frozenset[PersonId] = frozenset()
) -> tuple[Survey, tuple[Event, ...]]:
    """The one computing of the results (LRN-2). The audience is forgotten where nothing is published."""
    shown = [place for place, result in enumerate(results, 1) if not result.withheld]
    closed = replace(
        survey,
        state=SurveyState.CLOSED,
        closed_at=now,
        results=results,
        audience=survey.audience if shown else frozenset(),
        left=left if shown else frozenset(),
    )
    withheld = [place for place, result in enumerate(results, 1) if result.withheld]
    told = SurveyClosed(survey.number, tuple(shown), tuple(withheld), survey.group)
    return closed, (Event(told, survey.thing),)


def next_edition(
    survey: Survey, id: int, number: int, opens_at: datetime, missed: int, now: datetime
) -> tuple[Survey, tuple[Event, ...]]:
    """The same questions to the same group again, to be opened by itself (LRN-2)."""
    following = Survey(
        id,
        survey.partnership,
        number,
        survey.group,
        survey.author,
        survey.title,
        now,
        survey.about,
        survey.questions,
        SurveyState.SCHEDULED,
        survey.series,
        survey.edition + 1,
        opens_at=opens_at,
        window=survey.window,
        repeats=survey.repeats,
        zone=survey.zone,
        cadence=survey.cadence,
        missed=missed,
        scale=survey.scale,
    )
    return following, (Event(SurveyCreated(number, following.edition, survey.number), following.thing),)


def stop_repeating(survey: Survey, by: PersonId) -> tuple[Survey, tuple[Event, ...]]:
    """This edition is the last. Raises WrongState; AlreadyDone where it does not repeat."""
    if survey.state in OVER or survey.state is SurveyState.SCHEDULED:
        raise WrongState(survey.state, "stop repeating survey")
    if not survey.repeats:
        raise AlreadyDone("stop repeating survey")
    stopped = replace(survey, repeats="", cadence=None)
    return stopped, (Event(SurveyChanged(survey.number, repeats=False), survey.thing, by),)


def cancel(survey: Survey, by: PersonId, now: datetime) -> tuple[Survey, tuple[Event, ...]]:
    """Discard a draft, call off a scheduled edition, or end an open one unread (LRN-2). Raises WrongState."""
    if survey.state in OVER:
        raise WrongState(survey.state, "cancel survey")
    ended = replace(survey, state=SurveyState.CANCELLED, closed_at=now, audience=frozenset())
    return ended, (Event(SurveyCancelled(survey.number, survey.state.value), survey.thing, by),)


def blanked(draft: Survey) -> Survey:
    """A draft without its words, for somebody who is forgotten (REC-1)."""
    return replace(draft, state=SurveyState.CANCELLED, title="erased on request", about="", questions=())


def _is_word(character: str) -> bool:
    """A letter, a digit, or a mark on one: scripts with vowel signs would be without vowels."""
    return character.isalnum() or unicodedata.category(character).startswith("M")


def _check_draft(survey: Survey, act: str) -> None:
    if survey.state is not SurveyState.DRAFT:
        raise WrongState(survey.state, act)


def _check_window(closes_at: datetime, now: datetime) -> None:
    if not SHORTEST_WINDOW <= closes_at - now <= LONGEST_WINDOW:
        raise BadValue("closes", f"{closes_at:%Y-%m-%d %H:%M} UTC", "closing time")


def _check_length(name: str, text: str, bounds: tuple[int, int]) -> None:
    least, most = bounds
    if not least <= len(text) <= most:
        raise BadText(name, len(text), least, most)


def _checked(question: Question) -> Question:
    """The question without blanks around its words. Raises BadText, BadValue."""
    text = " ".join(question.text.split())
    _check_length("question", text, QUESTION)
    if min(map(len, Question(question.kind, text).forms), default=0) < 3:
        raise BadText("question", 0, *QUESTION)
    if question.kind is QuestionKind.TEXT:
        return Question(question.kind, text)
    if question.kind is QuestionKind.SCALE:
        low, high = " ".join(question.low.split()), " ".join(question.high.split())
        for end in (low, high):
            _check_length("end of the scale", end, END)
        return Question(question.kind, text, low=low, high=high)
    choices = tuple(choice for choice in (" ".join(each.split()) for each in question.choices) if choice)
    if not LEAST_CHOICES <= len(choices) <= MOST_CHOICES or names.doubled(choices) is not None:
        raise BadValue("choices", str(len(choices)), "choices", LEAST_CHOICES, MOST_CHOICES)
    for choice in choices:
        _check_length("choice", choice, CHOICE)
    return Question(question.kind, text, choices)


def without(survey: Survey, event: Event, erased: str) -> Survey:
    """A survey without the words that people wrote in it: what it is called and about, or its published texts (LRN-2).

    Its questions stay, for later results are compared with them; its counts name nobody.
    """
    match event.fact:
        case SurveyCreated():
            return replace(survey, title=erased, about=erased if survey.about else "")
        case SurveyClosed():
            return replace(survey, results=tuple(replace(r, texts=(erased,) * len(r.texts)) for r in survey.results))
    return survey


_REACHED: Mapping[EventType, SurveyState] = MappingProxyType(
    {
        SurveyOpened: SurveyState.OPEN,
        SurveyClosed: SurveyState.CLOSED,
        SurveyCancelled: SurveyState.CANCELLED,
    }
)


def differences(survey: Survey, history: Sequence[Happening]) -> Iterator[str]:
    """What of a survey is not as its events tell (LRN-2)."""
    reached = [each.event for each in history if each.event.type in _REACHED]
    waits = {SurveyState.DRAFT, SurveyState.SCHEDULED}
    if survey.state not in ({_REACHED[reached[-1].type]} if reached else waits):
        yield "state"
    closed = next((event for event in reached if event.type is SurveyClosed), None)
    if closed is None:
        return
    shown = [place for place, result in enumerate(survey.results, 1) if not result.withheld]
    if isinstance(closed.fact, SurveyClosed) and [*closed.fact.published] != shown:
        yield "results"
