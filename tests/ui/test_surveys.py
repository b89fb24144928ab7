"""Surveys in words, pictures and files: within Discord's limits, nobody's words taken for the bot's (LRN-2, TXT-1)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest

from bot.governance.disclosure import FEW_ANSWERS, FEW_APART, FEW_ASKED, FEW_LEFT, Hindrance
from bot.governance.ids import GroupId, PartnershipId, PersonId
from bot.governance.organisation import Group, GroupKind, Partnership
from bot.governance.scales import Scale
from bot.governance.surveys import REPEATS, Question, QuestionKind, Result, Survey, SurveyState
from bot.governance.surveys_events import SurveyClosed
from bot.services.ports.record import Recorded
from bot.services.surveys_compared import Edition, PassedProposal, Trend
from bot.services.surveys_replies import Answering
from bot.services.surveys_views import SurveyView
from bot.ui import forms, limits, surveys_drawn, surveys_forms, surveys_replies
from bot.ui import surveys_board as surveys
from tests.facts import event_of
from tests.ui.scenes import bomb, check_fits, custom_ids, text_of

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SHG = GroupId(1)
HOME = Partnership(
    PartnershipId(1), bomb(60).replace("\n", " "), 1, (Group(SHG, GroupKind.STAKEHOLDERS, bomb(60).replace("\n", " ")),)
)


def line(most: int, number: int = 0) -> str:
    return f"{number} {bomb(most)}".replace("\n", " ")[:most]


SCALE = Question(QuestionKind.SCALE, line(100), low=line(30), high=line(30))
TEXT = Question(QuestionKind.TEXT, line(100))
CHOICES = tuple(Question(QuestionKind.CHOICE, line(100, n), tuple(line(80, m) for m in range(10))) for n in range(3))
SHORT = Question(QuestionKind.SCALE, "How well do we decide?", low="not at all", high="fully")

BIG = Survey(
    7,
    PartnershipId(1),
    3,
    SHG,
    PersonId("author"),
    line(80),
    NOW,
    bomb(500),
    (SCALE, TEXT, *CHOICES),
    SurveyState.OPEN,
    k=5,
    asked=1000,
    opened_at=NOW,
    closes_at=NOW + timedelta(days=5),
    repeats="month",
    missed=3,
    version=4,
)
COUNTED = (
    Result(1000, (100, 200, 300, 300, 100)),
    Result(40, texts=tuple(f"{n:02} {bomb(3990)}" for n in range(40))),
    *(Result(1000, (100,) * 10) for _ in range(3)),
)
CLOSED = replace(BIG, state=SurveyState.CLOSED, closed_at=NOW, results=COUNTED)
WITHHELD = replace(
    CLOSED,
    results=(
        Result(withheld=FEW_ANSWERS),
        Result(withheld=FEW_ASKED, people=4),
        *(Result(withheld=FEW_APART, people=n + 1, beside=n) for n in range(3)),
    ),
)
EVENT = Recorded(7, PartnershipId(1), NOW, event_of(SurveyClosed, "survey/7"), "0123456789abcdef" * 4)


def view(survey: Survey, **more: Any) -> SurveyView:
    return SurveyView(survey, HOME, NOW, 99, k=5, window=timedelta(days=5), author=42, runs=True, **more)


def states() -> Iterable[Survey]:
    yield BIG
    yield CLOSED
    yield WITHHELD
    yield replace(BIG, state=SurveyState.CANCELLED)
    yield replace(BIG, state=SurveyState.SCHEDULED, opens_at=NOW)
    yield replace(BIG, state=SurveyState.DRAFT)
    yield replace(BIG, state=SurveyState.DRAFT, questions=(), repeats="", about="", group=None)


@pytest.mark.parametrize("survey", list(states()), ids=lambda s: f"{s.state}-{len(s.questions)}")
def test_every_message_fits(survey: Survey) -> None:
    shown = view(survey, next_at=NOW, link="https://discord.com/channels/1/2/3")
    foreseen = tuple(Hindrance(FEW_APART, n + 1, 5, n) for n in range(len(survey.questions)))
    mine = Answering(shown, ("3", bomb(4000), "9", "0", "")[: len(survey.questions)])
    for made in (
        surveys.card(shown, 1_000_001),
        surveys_replies.overview(shown),
        surveys_replies.before_opening(replace(shown, hindrances=foreseen)),
        surveys_replies.before_opening(shown),
        surveys_replies.opened(shown),
        surveys_replies.before_cancelling(shown),
        surveys_replies.cancelled(shown),
        surveys_replies.stopped(shown),
        surveys_replies.noted(mine),
        surveys_replies.noted(replace(mine, mine=("",) * len(mine.mine))),
        surveys_replies.no_results(shown),
        surveys_replies.waiting([replace(shown, survey=replace(survey, id=n)) for n in range(1, 26)]),
    ):
        check_fits(made)
        said = text_of(made)
        assert "@everyone" not in said.replace("\\@everyone", "")
        assert "[Bank](" not in said


@pytest.mark.parametrize("survey", [CLOSED, WITHHELD], ids=["counted", "withheld"])
def test_results_fit_whatever_was_answered(survey: Survey) -> None:
    drawn = (b"one", b"two", b"three", b"four")
    made = surveys.results(view(survey, next_at=NOW), EVENT, 1, surveys_drawn.shown(survey, drawn))
    check_fits(made)
    assert text_of(made).endswith("-# Record #7 · 0123456789abcdef0123456789abcdef")


def test_a_result_is_told_in_words_and_bars() -> None:
    said = surveys.answered(SHORT, Result(9, (0, 1, 2, 4, 2)), 5)
    assert "On average **3.8** of 5, from 9 answers." in said
    assert "- 1 · “not at all”: 0 (0 %)" in said
    assert f"- 4: {'▇' * 12} 4 (44 %)" in said
    assert f"- 2: {'▇' * 3} 1 (11 %)" in said


@pytest.mark.parametrize(
    ("why", "people", "beside", "words"),
    [
        (FEW_ANSWERS, 0, 0, "Fewer than 5 people answered this"),
        (FEW_ASKED, 4, 0, "Only 4 people with a seat are asked. It takes at least 5."),
        (FEW_APART, 1, 2, "Beside S-2, which asked the same, this result would tell what 1 person said"),
        (FEW_LEFT, 2, 0, "would tell what 2 people said who sit in several of the groups asked"),
        (FEW_APART, 3, 0, "Beside an earlier survey that asked the same, this result would tell what 3 people said"),
    ],
)
def test_what_is_withheld_says_why_and_what_would_have_to_change(
    why: str, people: int, beside: int, words: str
) -> None:
    said = surveys.withheld(why, people, 5, beside)
    assert words in said
    assert "5" in said


def test_every_repetition_has_words() -> None:
    assert set(surveys.REPEATS) == set(REPEATS)


# ---- forms -------------------------------------------------------------------------------------------------


def check_form(form: discord.ui.Modal) -> dict[str, Any]:
    made: dict[str, Any] = form.to_dict()
    assert limits.units(made["title"]) <= limits.FORM_TITLE
    assert 1 <= len(made["components"]) <= limits.FORM_PARTS
    for label in made["components"]:
        assert 1 <= limits.units(label["label"]) <= limits.FORM_LABEL
        assert limits.units(label.get("description") or "") <= limits.FORM_DESCRIPTION
        for option in label["component"].get("options", ()):
            assert 1 <= limits.units(option["label"]) <= limits.SELECT_TEXT
    return made


def test_every_form_fits_and_is_filled_with_what_was_kept() -> None:
    draft = replace(BIG, state=SurveyState.DRAFT)
    check_form(surveys_forms.new(PartnershipId(1), None))
    check_form(surveys_forms.words(draft))
    for place in range(6):
        for kind in QuestionKind:
            check_form(surveys_forms.question(draft, draft.questions[place - 1].kind if place else kind, place))
    mine = Answering(view(BIG), ("3", "my words", "9", "0", ""))
    made = check_form(surveys_forms.answer(mine))
    fields = [label["component"] for label in made["components"]]
    assert [field["custom_id"] for field in fields] == [f"answer-{n}" for n in range(1, 6)]
    assert not any(field["required"] for field in fields)
    assert [o["value"] for o in fields[0]["options"] if o.get("default")] == ["3"]
    assert fields[1]["value"] == "my words"
    assert [o["value"] for o in fields[2]["options"] if o.get("default")] == ["9"]


def test_what_a_form_holds_is_read_back() -> None:
    asked = surveys_forms.question_of(
        QuestionKind.CHOICE, {"question": "Which day?", "choices": "Monday\nFriday\n", "low": "", "high": ""}
    )
    assert (asked.text, asked.choices) == ("Which day?", ("Monday", "Friday"))
    assert surveys_forms.answers_of({"answer-2": "x", "answer-5": "y"}) == ("", "x", "", "", "y")


def test_a_refused_form_gives_back_every_word() -> None:
    said, _ = forms.with_words("No.", {"answer-1": "my long thought", "answer-2": ""})
    assert "Answer 1:\nmy long thought" in said


# ---- files and pictures ------------------------------------------------------------------------------------


def read(table: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))


def test_the_table_holds_what_is_published_and_nothing_else() -> None:
    asked = (SHORT, replace(TEXT, text="Why?"), Question(QuestionKind.CHOICE, "Which day?", ("Monday", "=1+1")))
    results = (Result(6, (1, 0, 0, 2, 3)), Result(withheld=FEW_ANSWERS), Result(5, (2, 3)))
    rows = read(surveys_drawn.table(replace(CLOSED, questions=asked, results=results)))
    assert rows[0] == ["survey", "question", "kind", "answer", "people"]
    assert [row[4] for row in rows[1:6]] == ["1", "0", "0", "2", "3"]
    assert rows[6][3:] == ["withheld", ""]
    assert rows[8][3] == "'=1+1", "a spreadsheet must not run what somebody wrote"


def test_texts_stand_whole_in_the_table() -> None:
    rows = read(surveys_drawn.table(CLOSED))
    texts = [row[3] for row in rows if row[2] == "text"]
    # Only the sign that keeps a spreadsheet from running a line is added.
    assert [text.replace("\r\n", "\n").replace("'", "") for text in texts] == [
        text.replace("'", "") for text in COUNTED[1].texts
    ]


def test_very_many_very_long_texts_stay_within_what_discord_takes_and_none_is_left_out() -> None:
    long = tuple(f"{number:04} " + "\N{SNOWMAN}" * 3990 for number in range(1500))
    huge = replace(CLOSED, questions=(TEXT,), results=(Result(len(long), texts=long),))
    assert sum(len(text.encode()) for text in long) > 10_000_000
    table = surveys_drawn.table(huge)
    assert len(table) < 8_000_000
    told = [row[3] for row in read(table)[1:]]
    assert [text[:5] for text in told] == [text[:5] for text in long]
    assert all(text.endswith("…") for text in told)
    few = replace(huge, results=(Result(40, texts=long[:40]),))
    assert [row[3] for row in read(surveys_drawn.table(few))[1:]] == list(long[:40]), "what fits stays whole"


def test_nothing_is_attached_where_nothing_is_published() -> None:
    assert surveys_drawn.pictures(WITHHELD) == ()
    assert surveys_drawn.files(WITHHELD, ()) == ()
    assert surveys_drawn.shown(WITHHELD, ()) == ()


def test_what_is_published_is_drawn() -> None:
    drawn = surveys_drawn.pictures(CLOSED)
    assert len(drawn) == 4, "one of the scales, one of each choice"
    assert all(picture.startswith(b"\x89PNG") for picture in drawn)
    names = [name for name, _ in surveys_drawn.files(CLOSED, drawn)]
    assert names == ["survey-3-1.png", "survey-3-2.png", "survey-3-3.png", "survey-3-4.png", "survey-3.csv"]


def test_so_few_that_all_saying_the_same_names_everyone_are_warned_before_and_when_asked() -> None:
    for people, warned in ((4, False), (5, True), (9, True), (10, False)):
        small = replace(BIG, state=SurveyState.DRAFT, asked=0)
        before = text_of(surveys_replies.before_opening(view(small, expected=people)))
        asked = text_of(surveys.card(view(replace(BIG, asked=people)), 1))
        for said in (before, asked):
            assert (f"Only {people} people are asked: should all of them answer the same" in said) is warned


def test_a_scale_is_called_by_whom_it_asks() -> None:
    cells = replace(BIG, group=None, scale=Scale.COLLABORATION, asked=23)
    said = text_of(surveys.card(view(cells), 1))
    assert "everyone in a cell" in said
    assert "23 people when it opened" in said
    assert "whole partnership" not in said


# ---- trends ------------------------------------------------------------------------------------------------


def trended(asked: Question, *results: Result) -> Trend:
    editions = tuple(Edition(n, NOW + timedelta(days=30 * n), result) for n, result in enumerate(results, 1))
    decided = tuple(PassedProposal(n, line(90), NOW + timedelta(days=30 * n + 9)) for n in range(1, 40))
    return Trend(view(CLOSED), asked, editions, decided if editions else ())


@pytest.mark.parametrize("asked", [SCALE, TEXT, *CHOICES[:1]], ids=lambda q: q.kind)
def test_a_trend_fits_and_tells_gaps(asked: Question) -> None:
    shown = {
        QuestionKind.SCALE: COUNTED[0],
        QuestionKind.TEXT: COUNTED[1],
        QuestionKind.CHOICE: COUNTED[2],
    }[asked.kind]
    found = trended(asked, *[shown, Result(withheld=FEW_APART)] * 20)
    made = surveys_replies.trend(found, None, None)
    check_fits(made)
    assert "withheld" in text_of(made)
    assert "P-39" in text_of(made)
    picture = surveys_drawn.trend_picture(found)
    assert (picture is None) is (asked.kind is QuestionKind.TEXT)
    rows = read(surveys_drawn.trend_table(found))
    assert sum(row[1].startswith("S-") for row in rows[1:]) == 40
    assert sum(row[1].startswith("P-") for row in rows[1:]) == 39
    assert [row[0] for row in rows[1:]] == sorted(row[0] for row in rows[1:])


def test_a_trend_of_nothing_says_so() -> None:
    made = surveys_replies.trend(trended(SCALE), None, None)
    assert "is not closed yet" in text_of(made)
    withheld = trended(SCALE, Result(withheld=FEW_ANSWERS))
    assert surveys_drawn.trend_picture(withheld) is None


# ---- the board ---------------------------------------------------------------------------------------------


def test_the_board_says_what_is_anonymous_and_what_an_operator_could_learn() -> None:
    small = replace(BIG, about="To decide better.", questions=(SHORT,), title="Pulse", missed=0)
    said = text_of(surveys.card(view(small, next_at=NOW), 1))
    assert "<@42> asks because:\n> To decide better." in said
    assert "1000 people" in said
    assert "a result is shown from 5 answers on" in said
    assert "database" not in said, "a card says one thing first"
    assert "It repeats every month" in said
    assert custom_ids(surveys.card(view(small), 1)) == ["survey:answer:7", "survey:about:7"]
    behind = text_of(surveys_replies.about(view(small)))
    assert "nobody sees who answers, how many have, or what" in behind
    assert "at least 5 people answered" in behind
    assert "whoever can read the database then" in behind
    assert custom_ids(surveys.card(view(replace(small, state=SurveyState.CANCELLED)), 1)) == []
