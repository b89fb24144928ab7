"""Fitting text into Discord's limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ui.limits import CUT, fit, fit_lines, units


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("", 5, ""),
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("one two three", 9, "one two…"),
        ("one two three", 8, "one two…"),
        ("onetwothree four", 9, "onetwoth…"),
        ("👍👍👍", 5, "👍👍…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
    ],
)
def test_fit(text: str, most: int, shown: str) -> None:
    assert fit(text, most) == shown


@given(st.text(), st.integers(0, 50))
def test_fitted_text_is_a_beginning_of_the_text(text: str, most: int) -> None:
    shown = fit(text, most)
    assert units(shown) <= most
    assert text == shown or (not shown or shown.endswith(CUT))
    assert text.startswith(shown.removesuffix(CUT)) or shown == text


@given(st.lists(st.text(max_size=9).filter(lambda t: "\n" not in t), max_size=9), st.integers(10, 60))
def test_lines_are_kept_whole(lines: list[str], most: int) -> None:
    shown = fit_lines(lines, most, "and {} more")
    assert units(shown) <= most or not shown
    if shown != "\n".join(lines):
        assert shown == "" or shown.split("\n")[:-1] == lines[: len(shown.split("\n")) - 1]


def test_units_count_as_utf_16() -> None:
    assert units("a👍é") == len("a👍é".encode("utf-16-le")) // 2
