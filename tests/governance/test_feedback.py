"""Feedback: who may do what at which point, and that anonymous words carry no name (LRN-4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.governance import authority
from bot.governance import feedback as rules
from bot.governance.authority import Act
from bot.governance.errors import AlreadyDone, BadText, LimitReached, NotEligible, NotYours, Refusal, WrongState
from bot.governance.feedback import Feedback, FeedbackState
from bot.governance.ids import GroupId, PartnershipId, PersonId, RoleId
from bot.governance.organisation import Holding, Member, RoleMapping

NOW = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
GARDENS, CORE = GroupId(3), GroupId(2)


def member(name: str, *seats: tuple[GroupId | None, str]) -> Member:
    mapped = tuple(RoleMapping(RoleId(n), group, seat) for n, (group, seat) in enumerate(seats, 1))
    return Member(PersonId(name), mapped)


ANA = member("ana", (CORE, "member"))
GIL = member("gil", (GARDENS, "member"))
FAY = member("fay", (GARDENS, "facilitator"))
ODA = member("oda", (GARDENS, "observer"))
CON = member("con", (None, "contributor"))
LED = tuple(Holding(m.person, s) for m in (GIL, FAY, ODA) for s in m.seats)
UNLED = tuple(Holding(m.person, s) for m in (GIL, ODA) for s in m.seats)


def given(author: Member | None = ANA, group: GroupId | None = GARDENS, text: str = "The paths are wet.") -> Feedback:
    kept, _ = rules.give(Feedback(1, PartnershipId(1), 9, group, text, author.person if author else None, NOW))
    return kept


def answered(author: Member | None = ANA) -> Feedback:
    return rules.answer(given(author), FAY, LED, "We laid gravel.", NOW)[0]


def closed(author: Member | None = ANA) -> Feedback:
    return rules.close(answered(author), FAY, LED)[0]


def test_anonymous_feedback_names_nobody_in_its_event_or_in_itself() -> None:
    kept, events = rules.give(Feedback(1, PartnershipId(1), 9, GARDENS, "The paths are wet.", None, NOW))
    (event,) = events
    assert event.actor is None
    assert dict(event.data) == {"number": 9, "group": GARDENS, "anonymous": True}
    assert kept.author is None


def test_words_are_in_no_event_and_named_feedback_has_its_author() -> None:
    _, (event,) = rules.give(Feedback(1, PartnershipId(1), 9, None, "The paths are wet.", ANA.person, NOW))
    assert event.actor == ANA.person
    assert "paths" not in str(event.data)


@pytest.mark.parametrize("text", ["", "too short", " " * 50, "x" * 1501])
def test_too_little_and_too_much_is_refused(text: str) -> None:
    with pytest.raises(BadText):
        given(text=text)


@pytest.mark.parametrize(
    ("now", "over", "day"),
    [
        (NOW, datetime(2026, 3, 2, tzinfo=UTC), date(2026, 3, 1)),
        (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC), date(2026, 3, 1)),
        (NOW + timedelta(hours=1, minutes=29, seconds=59), datetime(2026, 3, 2, tzinfo=UTC), date(2026, 3, 1)),
        (NOW + timedelta(hours=1, minutes=30), datetime(2026, 3, 3, tzinfo=UTC), date(2026, 3, 2)),
    ],
)
def test_the_count_belongs_to_the_day_and_ends_with_it(now: datetime, over: datetime, day: date) -> None:
    assert rules.day_over(now) == over
    assert rules.day_of(replace(given(), due_at=over)) == day
    assert rules.day_of(replace(given(), due_at=None)) is None
    assert len(rules.counting(PartnershipId(10**9), day)) <= 40


def test_the_limit_of_the_day() -> None:
    rules.check_limit(2, 3)
    with pytest.raises(LimitReached):
        rules.check_limit(3, 3)


@pytest.mark.parametrize(
    ("who", "group", "holdings", "tends", "takes"),
    [
        (FAY, GARDENS, LED, True, True),
        (GIL, GARDENS, LED, False, True),
        (GIL, GARDENS, UNLED, True, True),
        (ODA, GARDENS, UNLED, False, False),
        (ANA, GARDENS, LED, False, False),
        (ANA, GARDENS, UNLED, False, False),
        (FAY, None, LED, True, True),
        (ANA, None, LED, False, True),
        (ANA, None, UNLED, True, True),
        (CON, None, UNLED, True, True),
        (ODA, None, UNLED, False, False),
        (FAY, CORE, LED, False, False),
        (ANA, CORE, LED, True, True),
    ],
)
def test_who_looks_after_it(
    who: Member, group: GroupId | None, holdings: tuple[Holding, ...], tends: bool, takes: bool
) -> None:
    assert authority.may(who, Act.HIDE_FEEDBACK, group, holdings) is tends
    assert authority.may(who, Act.TAKE_FEEDBACK, group) is takes


def test_the_way_to_an_answer() -> None:
    feedback, _ = rules.acknowledge(given(), GIL)
    feedback, (assigned,) = rules.assign(feedback, GIL, GIL, LED)
    assert (feedback.state, feedback.owner, assigned.data["owner"]) == (FeedbackState.PROGRESS, GIL.person, "gil")
    feedback, (told,) = rules.answer(feedback, GIL, LED, " We laid gravel. ", NOW)
    assert (feedback.state, feedback.answer, told.data["answer"]) == (FeedbackState.ANSWERED,) + (
        "We laid gravel.",
    ) * 2
    feedback, _ = rules.answer(feedback, GIL, LED, "We laid more gravel.", NOW)
    feedback, _ = rules.close(feedback, GIL, LED)
    assert (feedback.state, feedback.closed_by) == (FeedbackState.CLOSED, GIL.person)


def test_who_answers_at_once_takes_it_on() -> None:
    assert (answered().owner, answered().acknowledged_by) == (FAY.person, FAY.person)


def test_its_author_says_whether_that_resolves_it() -> None:
    done, (event,) = rules.say(answered(), ANA, True)
    assert (done.state, event.data["by_author"]) == (FeedbackState.CLOSED, True)
    for before in (answered(), done):
        again, _ = rules.say(before, ANA, False)
        assert (again.state, again.closed_by) == (FeedbackState.PROGRESS, None)


def test_hidden_words_can_be_shown_again_and_stay_kept() -> None:
    hidden, (event,) = rules.hide(given(), FAY, LED, "It names a child.")
    assert (hidden.hidden_by, event.data["reason"]) == (FAY.person, "It names a child.")
    assert rules.close(hidden, FAY, LED)[0].state is FeedbackState.CLOSED
    back, _ = rules.show(hidden, FAY, LED)
    assert (back.hidden_by, back.text) == (None, given().text)


REFUSED: dict[str, tuple[Callable[[], object], type[Refusal]]] = {
    "acknowledged by an outsider": (lambda: rules.acknowledge(given(), ANA), NotEligible),
    "acknowledged twice": (lambda: rules.acknowledge(rules.acknowledge(given(), GIL)[0], FAY), AlreadyDone),
    "acknowledged when closed": (lambda: rules.acknowledge(closed(), GIL), WrongState),
    "taken by an observer": (lambda: rules.assign(given(), ODA, ODA, LED), NotEligible),
    "given away by a member": (lambda: rules.assign(given(), GIL, FAY, LED), NotEligible),
    "given to an outsider": (lambda: rules.assign(given(), FAY, ANA, LED), NotEligible),
    "taken twice": (lambda: rules.assign(rules.assign(given(), GIL, GIL, LED)[0], GIL, GIL, LED), AlreadyDone),
    "taken when closed": (lambda: rules.assign(closed(), GIL, GIL, LED), WrongState),
    "answered by a member": (lambda: rules.answer(given(), GIL, LED, "Nothing.", NOW), NotEligible),
    "answered by its author": (lambda: rules.answer(given(), ANA, LED, "Nothing.", NOW), NotEligible),
    "answered with nothing": (lambda: rules.answer(given(), FAY, LED, " ", NOW), BadText),
    "answered when closed": (lambda: rules.answer(closed(), FAY, LED, "Nothing.", NOW), WrongState),
    "closed by a member": (lambda: rules.close(answered(), GIL, LED), NotEligible),
    "closed without an answer": (lambda: rules.close(given(), FAY, LED), WrongState),
    "closed twice": (lambda: rules.close(closed(), FAY, LED), WrongState),
    "resolved by another": (lambda: rules.say(answered(), GIL, True), NotYours),
    "resolved, anonymous": (lambda: rules.say(answered(None), ANA, True), NotYours),
    "resolved without an answer": (lambda: rules.say(given(), ANA, True), WrongState),
    "resolved when closed": (lambda: rules.say(closed(), ANA, True), WrongState),
    "not resolved without an answer": (lambda: rules.say(given(), ANA, False), WrongState),
    "hidden by a member": (lambda: rules.hide(given(), GIL, LED, "I do not like it."), NotEligible),
    "hidden without a reason": (lambda: rules.hide(given(), FAY, LED, ""), BadText),
    "hidden twice": (lambda: rules.hide(rules.hide(given(), FAY, LED, "So.")[0], FAY, LED, "So."), AlreadyDone),
    "shown by a member": (lambda: rules.show(rules.hide(given(), FAY, LED, "So.")[0], GIL, LED), NotEligible),
    "shown when not hidden": (lambda: rules.show(given(), FAY, LED), AlreadyDone),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_is_refused(name: str) -> None:
    act, refusal = REFUSED[name]
    with pytest.raises(Refusal) as caught:
        act()
    assert type(caught.value) is refusal
