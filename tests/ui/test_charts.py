"""Pictures: opaque, small, right about what they say, and unmoved by whatever people write."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import get_data_path
from matplotlib.ft2font import FT2Font
from PIL import Image

from bot.ui import charts, sheets
from bot.ui.charts import Bar, ChartMark, Series, Stack

START = datetime(2026, 1, 1, tzinfo=UTC)
MOST_BYTES = 300_000
NASTY = (
    "$x_1$",
    "$",
    "_hidden",
    "**bold** <@1>",
    "日本",
    "مرحبا",
    "a\nb",
    "",
    "x" * 500,
    "word " * 100,
    "\u202eabc",
    "😀",
)


def picture(png: bytes) -> Image.Image:
    assert png.startswith(b"\x89PNG")
    assert len(png) < MOST_BYTES
    return Image.open(io.BytesIO(png))


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def is_opaque(image: Image.Image) -> bool:
    return "A" not in image.getbands() or image.getchannel("A").getextrema() == (255, 255)


def ink(image: Image.Image) -> int:
    """Pixels that are not ground."""
    ground = Image.new("RGB", image.size, sheets.GROUND)
    return sum(1 for a, b in zip(image.convert("RGB").tobytes(), ground.tobytes(), strict=True) if a != b)


EVERY = {
    "bars": lambda: charts.bars("Days", [Bar("Review", 3.5, "3.5 days"), Bar("Settling", 0)], unit="days", note="n"),
    "no bars": lambda: charts.bars("Days", []),
    "stacks": lambda: charts.stacks("S-1", [Stack("Q", (1, 2, 3)), Stack("R", (), "too few")], ["a", "b", "c"]),
    "no stacks": lambda: charts.stacks("S-1", [], []),
    "lines": lambda: charts.lines(
        "T", [Series("a", ((day(0), 1.0), (day(9), None), (day(20), 3.0)))], [ChartMark(day(5), "P-1")], limits=(1, 5)
    ),
    "one point": lambda: charts.lines("T", [Series("a", ((day(0), 1.0),))], [ChartMark(day(0), "P-1")]),
    "gaps only": lambda: charts.lines("T", [Series("a", ((day(0), None),))], limits=(1, 5)),
    "no lines": lambda: charts.lines("T", []),
    "marks only": lambda: charts.lines("T", [], [ChartMark(day(3), "P-1")]),
}


@pytest.mark.parametrize("name", sorted(EVERY))
def test_a_picture_is_opaque_and_wide_enough_to_read(name: str) -> None:
    image = picture(EVERY[name]())
    assert is_opaque(image)
    assert image.width >= 900
    assert image.height <= 3 * image.width
    assert image.convert("RGB").getpixel((10, 10)) == (250, 250, 248)


@pytest.mark.parametrize("text", NASTY)
def test_words_of_people_are_words_and_nothing_else(text: str) -> None:
    """No mathematics, no legend that hides underscores, no sign that the font lacks and warns about (TXT-1)."""
    picture(charts.bars(text, [Bar(text, 2, text)], unit=text, note=text))
    picture(charts.stacks(text, [Stack(text, (1, 1))], [text, text]))
    picture(charts.lines(text, [Series(text, ((day(0), 1.0),))], [ChartMark(day(0), text)], unit=text, note=text))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.text(max_size=60), st.lists(st.integers(0, 10_000), max_size=8).map(tuple)), max_size=6),
    st.lists(st.text(max_size=30), max_size=8),
)
def test_any_answers_can_be_drawn(rows: list[tuple[str, tuple[int, ...]]], parts: list[str]) -> None:
    picture(charts.stacks("Any", [Stack(label, values) for label, values in rows], parts))


def test_what_is_written_is_what_the_font_can_draw() -> None:
    drawn = sheets.shown("日本 ok", 50)
    assert drawn == "□□ ok"
    assert sheets.lost([drawn]) != ""
    assert sheets.lost(["ok"]) == ""
    font = FT2Font(f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf")
    for text in NASTY:
        assert all(font.get_char_index(ord(sign)) for sign in sheets.shown(text, 1000))


def test_long_labels_break_into_lines_and_end_in_dots() -> None:
    lines = sheets.wrapped("one two three four five six seven eight nine ten eleven twelve", 12, 3).split("\n")
    assert len(lines) == 3
    assert max(map(len, lines)) <= 12
    assert lines[-1].endswith("…")


def test_more_rows_than_fit_are_counted() -> None:
    few = picture(charts.bars("T", [Bar(str(n), n) for n in range(charts.MOST_ROWS)]))
    many = picture(charts.bars("T", [Bar(str(n), n) for n in range(charts.MOST_ROWS + 500)]))
    assert 0 < many.height - few.height < 60


@pytest.mark.parametrize("count", [1, 2, 12, 40, 400])
def test_labels_of_decisions_never_stand_over_one_another(count: int) -> None:
    marks = [ChartMark(day(n * 300 / count % 97 * 3), f"P-{n}") for n in range(count)]
    labels, bare = charts._placed(marks, (charts._days(day(-5)), charts._days(day(305))))
    across = (sheets.RIGHT - charts._LEFT) * sheets.WIDTH
    for lane in range(charts._LANES):
        spans = sorted(
            (label.middle * across - half, label.middle * across + half)
            for label in labels
            if label.lane == lane
            for half in [0.042 * len(label.text)]
        )
        assert all(end < start for (_, end), (start, _) in pairwise(spans))
        assert all(start >= 0 and end <= across for start, end in spans)
    told = sum(
        len(label.text.split(", ")) if "+" not in label.text else 1 + int(label.text.split("+")[1]) for label in labels
    )
    assert told + len(bare) == count


def test_a_mark_and_a_point_leave_ink() -> None:
    line = Series("a", ((day(0), 1.0), (day(30), 2.0)))
    bare = ink(picture(charts.lines("T", [line])))
    assert ink(picture(charts.lines("T", [line], [ChartMark(day(9), "P-1")]))) > bare
    assert bare > ink(picture(charts.lines("T", [Series("a", ((day(0), None), (day(30), None)))])))


def test_many_points_and_marks_stay_small() -> None:
    series = [Series(f"q{n}", tuple((day(d), d // 30 % 5 + n / 9) for d in range(700))) for n in range(8)]
    picture(charts.lines("T", series, [ChartMark(day(n / 2), f"P-{n}") for n in range(1400)]))


def test_the_library_is_imported_with_the_first_picture_only() -> None:
    code = "import sys, bot.ui.charts; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
