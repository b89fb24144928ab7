"""Types of decision in words (POL-3, POL-6)."""

from __future__ import annotations

import pytest

from bot.governance.errors import SeatNeeded
from bot.governance.matrix import GENESIS, DecisionType
from bot.ui import forms, limits, matrix
from bot.ui.matrix import LABELS
from tests.governance import scene
from tests.ui.scenes import view_of


def test_every_type_has_a_name_of_its_own() -> None:
    assert set(LABELS) == {row.name for row in GENESIS}
    assert len({label.casefold() for label in LABELS.values()}) == len(LABELS)
    for name, label in LABELS.items():
        assert matrix.type_called(f" {label.upper()} ") == name
    assert matrix.type_called("Budgets and more") == "budgets and more"


@pytest.mark.parametrize("row", GENESIS, ids=lambda row: row.name)
def test_the_fields_of_a_row_fit_a_form(row: DecisionType) -> None:
    form = forms.details(view_of(scene.draft(row.name)))
    assert 1 <= len(form.children) <= 5
    assert limits.units(matrix.page_2(row)) <= 80


@pytest.mark.parametrize(
    ("needed", "words"),
    [
        ((), "nobody (only the set-up)"),
        ((SeatNeeded("", "", ""),), "any seat but observer"),
        ((SeatNeeded("member", "", ""),), "any member of a group"),
        ((SeatNeeded("", "top-level cell", "Orchard"),), "a seat in Orchard"),
        (
            (SeatNeeded("", "top-level cell", "Orchard"), SeatNeeded("", "cell", "Water")),
            "a seat in Orchard or in a cell",
        ),
        ((SeatNeeded("lead", "cell", "Water"),), "any lead of a cell"),
    ],
)
def test_the_seats_that_may_file(needed: tuple[SeatNeeded, ...], words: str) -> None:
    assert matrix.seats(needed) == words
