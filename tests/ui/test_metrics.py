"""Metrics in words fit Discord's limits and say all that the pictures show (LRN-3)."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest

from bot.governance import metrics as rules
from bot.governance.histories import Ending, courses
from bot.governance.objections_events import ObjectionRaised, ObjectionWithdrawn
from bot.governance.organisation import Group, GroupKind
from bot.services.metrics import MetricsView, Scope
from bot.ui import metrics as pages
from bot.ui.tables import csv_of
from tests.governance import scene
from tests.governance.test_metrics import GROUPS, SHG, TLC, T, at, opened, passed
from tests.ui.scenes import bomb, check_fits, components, text_of


def view(many: int = 3, group: Group | None = None, hidden: int = 0) -> MetricsView:
    happened = []
    for number in range(1, many + 1):
        start = 200.0 * number
        happened += [
            opened(start, number, SHG if number % 3 else TLC),
            at(start + 1, ObjectionRaised, "a", number, objection=1),
            at(start + 2, ObjectionWithdrawn, "a", number, objection=1),
            *passed(start + 72, number, low=number % 2 == 0),
        ]
    found = courses(happened)
    figures = rules.figures(rules.decided_since(found.values(), None), many, GROUPS)
    return MetricsView(
        Scope(scene.PARTNERSHIP, GROUPS, group, None, hidden), "all", None, scene.NOW, figures, "ab" * 32
    )


@pytest.mark.parametrize("many", [0, 1, 3, 400])
def test_pages_fit_with_nothing_little_and_much(many: int) -> None:
    shown = view(many, hidden=2)
    page = pages.page(shown)
    check_fits(page)
    named = [name for name, _ in pages.files(shown)]
    assert named[-1] == pages.TABLE
    assert len(named) == {0: 1, 1: 2}.get(many, 3)
    assert all(f"attachment://{name}" in repr(list(components(page))) for name in named)
    assert all(content for _, content in pages.files(shown))


def test_names_of_people_do_not_break_out() -> None:
    group = Group(SHG, GroupKind.STAKEHOLDERS, bomb(60))
    page = pages.page(view(group=group))
    check_fits(page)
    pages.files(view(group=group))


def test_the_words_say_what_the_pictures_show() -> None:
    text = text_of(pages.page(view()))
    for said in ("Decided: 3", "passed by silence", "100 %", "3 days", "50 %", "P-2", "stakeholder group 2 (67 %)"):
        assert said in text, said
    assert "no retro" not in text
    assert "Nothing was decided" in text_of(pages.page(view(0)))


def test_the_table_holds_every_number() -> None:
    rows = list(csv.reader(io.StringIO(pages.table(view()).decode("utf-8-sig"))))
    assert rows[0] == ["what", "of which", "value", "unit"]
    cells = {(row[0], row[1]): row[2] for row in rows}
    assert cells["decided", pages.ENDINGS[Ending.PASSED]] == "3"
    assert cells["pass rate", ""] == "1.0"
    assert cells["time in stage, median", "Open to objections"] == "3.0"
    assert len([row for row in rows if row[0] == "decided by month"]) == 2


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_a_spreadsheet_runs_nothing_of_ours(text: str) -> None:
    assert csv_of([(text, 1)]).decode("utf-8-sig").lstrip('"').startswith("'")
    assert csv_of([(-1, "a")]).decode("utf-8-sig") == "-1,a\r\n"


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(days=3), "3 days"),
        (timedelta(days=3, hours=12), "3.5 days"),
        (timedelta(hours=30), "30 hours"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(minutes=5), "5 minutes"),
        (timedelta(), "0 minutes"),
    ],
)
def test_durations_in_one_number(length: timedelta, said: str) -> None:
    assert pages.span(length) == said
    assert T.tzinfo is not None


@pytest.mark.parametrize("separator", [";", "\t", "|", "\n", "\r", "\r\n", "\u2028"])
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＠"])
@pytest.mark.parametrize("gap", ["", " ", '"', "' "])
def test_no_formula_begins_where_a_spreadsheet_splits_at_another_separator(separator: str, sign: str, gap: str) -> None:
    text = f"a{separator}{gap}{sign}HYPERLINK(1)"
    (cell,) = next(iter(csv.reader(io.StringIO(csv_of([(text,)]).decode("utf-8-sig"), newline=""))))
    assert cell.replace("'", "") == text.replace("'", ""), "nothing else is changed"
    for piece in re.split(r"[;\t|\n\r\u2028]", cell):
        assert not piece.lstrip(' "').startswith(sign)


def test_plain_words_stand_as_they_were_written() -> None:
    text = "Two things: a well; a fence | both by May, 50% more (a - b)"
    assert csv_of([(text, 1)]).decode("utf-8-sig") == f'"{text}",1\r\n'
