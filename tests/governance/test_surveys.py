"""LRN-2: drafts, openings, answers and closes of surveys, as rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance import authority, surveys
from bot.governance.authority import Act
from bot.governance.errors import (
    AlreadyDone,
    BadText,
    BadValue,
    LimitReached,
    NotEligible,
    NotFound,
    Refusal,
    WindowClosed,
    WrongState,
)
from bot.governance.ids import GroupId, PartnershipId, PersonId, RoleId
from bot.governance.organisation import (
    CONTRIBUTOR,
    FACILITATOR,
    MEMBER,
    OBSERVER,
    Group,
    GroupKind,
    Holding,
    Member,
    Partnership,
    RoleMapping,
)
from bot.governance.scales import Scale
from bot.governance.surveys import Question, QuestionKind, Result, Survey, SurveyState
from bot.governance.surveys_events import SurveyOpened

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
CORE, CELL = GroupId(2), GroupId(3)
HERE = frozenset({CORE})
ANA, BO, CY = (PersonId(name) for name in ("ana", "bo", "cy"))
SCALE = Question(QuestionKind.SCALE, "How well do we decide?")
CHOICE = Question(QuestionKind.CHOICE, "Which day suits you?", ("Monday", "Friday"))
TEXT = Question(QuestionKind.TEXT, "What should change?")
DAYS = timedelta(days=5)


def draft(*questions: Question) -> Survey:
    blank = Survey(4, PartnershipId(1), 2, CORE, ANA, "Pulse", NOW)
    for question in questions:
        blank = surveys.put_question(blank, 0, question)
    return blank


def opened(*questions: Question) -> Survey:
    return surveys.open_survey(draft(*(questions or (SCALE,))), frozenset({ANA, BO}), 5, DAYS, NOW, ANA)[0]


def holding(person: PersonId, group: GroupId | None, seat: str) -> Holding:
    return Holding(person, RoleMapping(RoleId(7), group, seat))


def member(person: PersonId, *seats: tuple[GroupId | None, str]) -> Member:
    return Member(person, tuple(RoleMapping(RoleId(7), group, seat) for group, seat in seats))


# ---- who ---------------------------------------------------------------------------------------------------


def test_facilitators_and_leads_of_the_group_run_it_and_members_where_there_are_none() -> None:
    nobody_leads = [holding(ANA, CORE, MEMBER), holding(BO, CELL, FACILITATOR)]
    led = [*nobody_leads, holding(CY, CORE, FACILITATOR)]
    ana, bo, cy = member(ANA, (CORE, MEMBER)), member(BO, (CELL, FACILITATOR)), member(CY, (CORE, FACILITATOR))
    assert authority.may(ana, Act.RUN_SURVEY, HERE, nobody_leads)
    assert not authority.may(bo, Act.RUN_SURVEY, HERE, nobody_leads)
    assert not authority.may(ana, Act.RUN_SURVEY, HERE, led)
    assert authority.may(cy, Act.RUN_SURVEY, HERE, led)
    assert authority.may(member(CY, (CORE, "lead")), Act.RUN_SURVEY, HERE, led)
    assert authority.may(bo, Act.RUN_SURVEY, None, led), "any facilitator may ask the whole partnership"
    assert not authority.may(ana, Act.RUN_SURVEY, None, led)
    assert not authority.may(member(ANA, (CORE, OBSERVER)), Act.RUN_SURVEY, HERE, [holding(ANA, CORE, OBSERVER)])
    with pytest.raises(NotEligible):
        authority.check(ana, Act.RUN_SURVEY, HERE, led)


def test_a_group_is_asked_without_observers_and_the_partnership_with_every_seat() -> None:
    holdings = [
        holding(ANA, CORE, MEMBER),
        holding(ANA, CORE, FACILITATOR),
        holding(BO, CORE, OBSERVER),
        holding(CY, None, CONTRIBUTOR),
    ]
    assert authority.holders(Act.BE_SURVEYED, HERE, holdings) == {ANA}
    assert authority.holders(Act.BE_SURVEYED, None, holdings) == {ANA, BO, CY}


def test_a_scale_asks_all_its_groups_and_a_leader_of_one_of_them_may_run_it() -> None:
    other = GroupId(4)
    groups = (
        Group(GroupId(1), GroupKind.STAKEHOLDERS, "Stakeholders"),
        Group(CORE, GroupKind.TOP_LEVEL, "Core"),
        Group(CELL, GroupKind.CELL, "One"),
        Group(other, GroupKind.CELL, "Two"),
    )
    home = Partnership(PartnershipId(1), "Home", 1, groups)
    cells = surveys.asked_groups(home, None, Scale.COLLABORATION)
    assert cells == frozenset({CELL, other})
    assert surveys.asked_groups(home, CORE, None) == HERE
    assert surveys.asked_groups(home, None, None) is None
    with pytest.raises(BadValue):
        surveys.asked_groups(home, CORE, Scale.COLLABORATION)
    with pytest.raises(NotFound):
        surveys.asked_groups(replace(home, groups=groups[:2]), None, Scale.COLLABORATION)
    holdings = [holding(ANA, CELL, MEMBER), holding(BO, other, FACILITATOR), holding(CY, CORE, FACILITATOR)]
    assert authority.holders(Act.BE_SURVEYED, cells, holdings) == {ANA, BO}
    assert authority.may(member(BO, (other, FACILITATOR)), Act.RUN_SURVEY, cells, holdings)
    assert not authority.may(member(CY, (CORE, FACILITATOR)), Act.RUN_SURVEY, cells, holdings), "leads elsewhere"
    assert not authority.may(member(ANA, (CELL, MEMBER)), Act.RUN_SURVEY, cells, holdings)


def test_few_asked_are_those_whose_unanimity_would_name_them() -> None:
    assert [surveys.few_asked(people, 5) for people in (4, 5, 9, 10)] == [False, True, True, False]


# ---- drafts ------------------------------------------------------------------------------------------------


def test_questions_are_added_changed_and_taken_out() -> None:
    asked = draft(SCALE, CHOICE)
    changed = surveys.put_question(asked, 1, TEXT)
    assert [q.kind for q in changed.questions] == [QuestionKind.TEXT, QuestionKind.CHOICE]
    assert surveys.drop_question(changed, 1).questions == (CHOICE,)
    for place in (0, 3):
        with pytest.raises(NotFound):
            surveys.drop_question(changed, place)
    with pytest.raises(NotFound):
        surveys.put_question(changed, 3, SCALE)


def test_five_questions_fit_into_a_form() -> None:
    five = draft(*(replace(TEXT, text=f"Question number {n}?") for n in range(5)))
    with pytest.raises(LimitReached):
        surveys.put_question(five, 0, SCALE)
    assert surveys.put_question(five, 5, SCALE).questions[4] == SCALE


def test_a_form_sent_twice_asks_once() -> None:
    with pytest.raises(AlreadyDone):
        surveys.put_question(draft(SCALE), 0, replace(SCALE, text=" how well do WE decide "))
    again = surveys.put_question(draft(SCALE), 1, SCALE)
    assert again.questions == (SCALE,)


@pytest.mark.parametrize(
    ("question", "refusal"),
    [
        (Question(QuestionKind.TEXT, "Why?"), BadText),
        (Question(QuestionKind.TEXT, "?" * 40), BadText),
        (Question(QuestionKind.TEXT, "x" * 101), BadText),
        (Question(QuestionKind.CHOICE, "Which day?", ("Monday",)), BadValue),
        (Question(QuestionKind.CHOICE, "Which day?", ("Monday", " monday ")), BadValue),
        (Question(QuestionKind.CHOICE, "Which day?", ("Monday", "Mоndаy")), BadValue),
        (Question(QuestionKind.CHOICE, "Which day?", ("Monday", "Ｍonday", "Friday")), BadValue),
        (Question(QuestionKind.CHOICE, "Which day?", tuple(f"day {n}" for n in range(11))), BadValue),
        (Question(QuestionKind.CHOICE, "Which day?", ("Monday", "x" * 81)), BadText),
        (Question(QuestionKind.SCALE, "How well?", low="x" * 31), BadText),
    ],
)
def test_questions_that_fit_no_form_are_refused(question: Question, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        surveys.put_question(draft(), 0, question)


def test_words_are_kept_without_blanks_around_them() -> None:
    written = surveys.write(draft(), "  How \n are we  ", "  why \n we ask ")
    assert (written.title, written.about) == ("How are we", "why \n we ask")
    for title, about in (("ab", ""), ("x" * 81, ""), ("A title", "x" * 501)):
        with pytest.raises(BadText):
            surveys.write(draft(), title, about)


# ---- opening and answering ---------------------------------------------------------------------------------


def test_opening_pins_audience_k_and_window() -> None:
    asked, (event,) = surveys.open_survey(draft(SCALE), frozenset({ANA, BO}), 5, DAYS, NOW, ANA)
    assert (asked.state, asked.k, asked.asked, asked.series) == (SurveyState.OPEN, 5, 2, 2)
    assert (asked.closes_at, asked.due_at, asked.window) == (NOW + DAYS, NOW + DAYS, DAYS)
    assert event.type is SurveyOpened
    assert not {"ana", "bo"} & set(map(str, event.data.values())), "the record names nobody who was asked"


def test_a_planned_close_counts_unless_it_has_come_too_near() -> None:
    planned = surveys.plan(draft(SCALE), NOW + timedelta(days=1), "", "UTC", NOW)
    asked, _ = surveys.open_survey(planned, frozenset({ANA}), 5, DAYS, NOW + timedelta(hours=2))
    assert asked.closes_at == NOW + timedelta(days=1)
    for too in (timedelta(minutes=30), timedelta(days=61), timedelta(days=-1)):
        with pytest.raises(BadValue):
            surveys.plan(draft(SCALE), NOW + too, "", "UTC", NOW)
    with pytest.raises(BadValue):
        surveys.open_survey(planned, frozenset({ANA}), 5, DAYS, NOW + timedelta(hours=23, minutes=30))


def test_nothing_is_opened_that_asks_nothing_or_twice() -> None:
    with pytest.raises(BadText):
        surveys.open_survey(draft(), frozenset({ANA}), 5, DAYS, NOW)
    with pytest.raises(WrongState):
        surveys.open_survey(opened(), frozenset({ANA}), 5, DAYS, NOW)
    for act in (surveys.write, surveys.put_question, surveys.drop_question, surveys.plan):
        arguments: Any = {
            surveys.write: ("A title", ""),
            surveys.put_question: (0, TEXT),
            surveys.drop_question: (1,),
            surveys.plan: (None, "", "UTC", NOW),
        }[act]
        with pytest.raises(WrongState):
            act(opened(), *arguments)


def test_who_was_asked_answers_until_the_close_and_not_at_it() -> None:
    surveys.check_answer(opened(), ANA, NOW + DAYS - timedelta(seconds=1))
    with pytest.raises(WindowClosed):
        surveys.check_answer(opened(), ANA, NOW + DAYS)
    with pytest.raises(NotEligible):
        surveys.check_answer(opened(), CY, NOW)
    with pytest.raises(WrongState):
        surveys.check_answer(draft(SCALE), ANA, NOW)


@pytest.mark.parametrize(
    ("question", "typed", "kept"),
    [
        (SCALE, " 4 ", "4"),
        (SCALE, "", ""),
        (SCALE, "0", None),
        (SCALE, "6", None),
        (SCALE, "-1", None),
        (SCALE, "four", None),
        (SCALE, "٣", None),
        (CHOICE, "0", "0"),
        (CHOICE, "1", "1"),
        (CHOICE, "2", None),
        (CHOICE, "Monday", None),
        (TEXT, " x\ny ", "x\ny"),
        (TEXT, "x" * 4000, "x" * 4000),
        (TEXT, "x" * 4001, None),
        (TEXT, "   ", ""),
    ],
)
def test_an_answer_is_kept_as_what_its_question_holds(question: Question, typed: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises((BadValue, BadText)):
            surveys.read_answer(question, 1, typed)
    else:
        assert surveys.read_answer(question, 1, typed) == kept


@given(st.sampled_from((SCALE, CHOICE, TEXT)), st.text(max_size=50))
def test_anything_at_all_is_kept_or_refused(question: Question, typed: str) -> None:
    try:
        kept = surveys.read_answer(question, 1, typed)
    except Refusal:
        return
    assert kept == typed.strip()


# ---- the end -----------------------------------------------------------------------------------------------


def test_the_audience_stays_only_where_something_is_published() -> None:
    shown, (event,) = surveys.close(opened(SCALE, TEXT), (Result(5, (0, 0, 5, 0, 0)), Result(withheld="x")), NOW)
    assert shown.audience == {ANA, BO}
    assert event.data == {"number": 2, "group": 2, "published": [1], "withheld": [2]}
    hidden, _ = surveys.close(opened(SCALE), (Result(withheld="few answers"),), NOW)
    assert (hidden.audience, hidden.asked) == (frozenset(), 2)
    assert hidden.due_at is None


def test_what_is_over_is_not_cancelled_again() -> None:
    for survey in (draft(SCALE), opened()):
        ended, (event,) = surveys.cancel(survey, ANA, NOW)
        assert (ended.state, ended.audience, ended.results) == (SurveyState.CANCELLED, frozenset(), ())
        assert event.data["was"] == survey.state.value
        with pytest.raises(WrongState):
            surveys.cancel(ended, ANA, NOW)
