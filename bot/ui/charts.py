"""Charts as pictures: values in, the bytes of a PNG out (LRN-2, LRN-3).

A picture never stands alone: presenters say the same in words. On it, whatever colour tells is told by a hatch, a
marker or a number too. The ground is opaque, so that it reads the same in Discord's dark and light theme.

Drawing takes a moment: callers do it in a thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.ui.sheets import (
    FAINT,
    GROUND,
    INK,
    RIGHT,
    WIDTH,
    Around,
    legend,
    lost,
    nothing,
    png,
    row_sheet,
    sheet,
    shown,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_ROWS = 20
"""Rows that fit on one picture; the rest is counted beneath it."""
MOST_SERIES = 6

_COLOURS = ("#0f5c97", "#e08a00", "#3f8f5f", "#b5477b", "#6fb3df", "#8a6d1d")
_SCALE = ("#8c2d04", "#e08a4a", "#d7d5cc", "#74a9cf", "#0b4f8a")
_HATCHES = ("", "///", "...", "xxx", "\\\\\\", "ooo")
_MARKERS = ("o", "s", "^", "D", "v", "P")
_DASHES: tuple[Any, ...] = ("-", "--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)))
_LEFT, _HIGH = 0.12, 2.3
_LANES, _LANE = 4, 0.2
"""Rows of labels above a line chart, and the height of one in inches."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. ``said`` stands at its end in place of the bare number."""

    label: str
    value: float
    said: str = ""


@dataclass(frozen=True, slots=True)
class Stack:
    """One bar made of parts, a count for each part; ``said`` in place of empty parts tells why there are none."""

    label: str
    values: tuple[int, ...]
    said: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One line over time. A value of None is a gap: there is no number for that instant."""

    name: str
    points: tuple[tuple[datetime, float | None], ...]


@dataclass(frozen=True, slots=True)
class ChartMark:
    """Something that happened, drawn as a vertical line: a decision by its number, such as P-12."""

    at: datetime
    label: str


def bars(title: str, rows: Sequence[Bar], unit: str = "", note: str = "") -> bytes:
    """Bars from left to right, one to a row, each with its number at the end. ``unit`` names the axis."""
    drawn = rows[:MOST_ROWS]
    made = row_sheet(title, [wrapped(row.label, 30, 3) for row in drawn], (), (note, _rest(len(rows))))
    axes = made.axes
    values = [max(row.value, 0.0) for row in drawn]
    axes.barh(range(len(drawn)), values, height=0.62, color=_COLOURS[0], edgecolor=INK, linewidth=0.8)
    most = max(values, default=0) or 1
    for place, (row, value) in enumerate(zip(drawn, values, strict=True)):
        axes.text(value + most * 0.015, place, shown(row.said or f"{row.value:g}", 28), va="center", parse_math=False)
    axes.set_xlim(0, most * 1.28)
    axes.set_xlabel(shown(unit, 60), parse_math=False)
    axes.grid(axis="x", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    if not drawn:
        nothing(axes)
    return png(made.figure)


def stacks(title: str, rows: Sequence[Stack], parts: Sequence[str], note: str = "") -> bytes:
    """How answers are spread: each row a bar of full width, cut in proportion, each part with its count.

    ``parts`` are named in the legend, in the order of the values; more than six of them are not told apart.
    """
    from matplotlib.patches import Patch

    drawn = rows[:MOST_ROWS]
    names = [shown(part, 22) for part in parts]
    made = row_sheet(title, [wrapped(row.label, 30, 3) for row in drawn], names, (note, _rest(len(rows))))
    colours = _spread(len(parts))
    for place, row in enumerate(drawn):
        _stack(made.axes, place, row, colours)
    made.axes.set_xlim(0, 100)
    made.axes.set_xlabel("% of the answers; numbers in the bars: people")
    if not drawn:
        nothing(made.axes)
    styles = zip(colours, _hatches(len(parts)), strict=True)
    legend(made.figure, [Patch(facecolor=colour, hatch=hatch, edgecolor=INK) for colour, hatch in styles], names)
    return png(made.figure)


def lines(
    title: str,
    series: Sequence[Series],
    marks: Sequence[ChartMark] = (),
    unit: str = "",
    limits: tuple[float, float] | None = None,
    note: str = "",
) -> bytes:
    """Lines over time, with what was decided meanwhile as vertical lines labelled above them (LRN-2).

    A gap breaks the line. ``limits`` fix the vertical axis where the values have a scale of their own.
    """
    kept = series[:MOST_SERIES]
    names = [shown(each.name, 30) for each in kept]
    span = _span([at for each in kept for at, _ in each.points], [mark.at for mark in marks])
    labels, bare = _placed(marks, span)
    lanes = 1 + max((label.lane for label in labels), default=-1)
    around = Around(above=_LANE * lanes, legend=names, notes=(note, _unnamed(len(bare)), lost(names)))
    made = sheet(title, _HIGH, around, _LEFT)
    axes = made.axes
    for number, each in enumerate(kept):
        _line(axes, number, each)
    axes.set_xlim(*span)
    values = [value for each in kept for _, value in each.points if value is not None]
    _heights(axes, limits, values)
    axes.set_ylabel(wrapped(unit, 26, 2), labelpad=6, parse_math=False)
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
    if values:
        _dates(axes)
    else:
        nothing(axes)
    _mark(axes, labels, bare)
    _legend_of_series(made.figure, names)
    return png(made.figure)


# ---- bars --------------------------------------------------------------------------------------------------


def _stack(axes: Axes, place: int, row: Stack, colours: Sequence[str]) -> None:
    total, left = sum(row.values), 0.0
    if not total:
        said = shown(row.said or "no answers", 60)
        axes.text(1, place, said, va="center", color=INK, style="italic", parse_math=False)
    for count, colour, hatch in zip(row.values, colours, _hatches(len(colours)), strict=False):
        if not count:
            continue
        share = 100 * count / total
        axes.barh(place, share, left=left, height=0.62, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.8)
        if share > 1.2 * len(str(count)) + 1:
            box = {"boxstyle": "round,pad=0.18", "facecolor": GROUND, "edgecolor": "none"}
            axes.text(left + share / 2, place, str(count), ha="center", va="center", fontsize=9.5, color=INK, bbox=box)
        left += share


def _spread(count: int) -> Sequence[str]:
    """Colours for parts in an order: a scale from one end to the other where there are at most five."""
    picked = {1: (4,), 2: (0, 4), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}.get(count)
    if picked is not None:
        return [_SCALE[each] for each in picked]
    return [_COLOURS[each % len(_COLOURS)] for each in range(count)]


def _hatches(count: int) -> Sequence[str]:
    return [_HATCHES[each % len(_HATCHES)] for each in range(count)]


def _rest(rows: int) -> str:
    more = rows - MOST_ROWS
    return f"{more} more {'row' if more == 1 else 'rows'}: see the words beside this picture." if more > 0 else ""


# ---- lines -------------------------------------------------------------------------------------------------


def _days(at: datetime) -> float:
    """Days since the epoch, which is how the axis counts."""
    return at.timestamp() / 86400


def _line(axes: Axes, number: int, series: Series) -> None:
    points = sorted(series.points, key=lambda point: point[0])
    xs = [_days(at) for at, _ in points]
    ys = [float("nan") if value is None else value for _, value in points]
    style: dict[str, Any] = {"color": _COLOURS[number], "linestyle": _DASHES[number], "marker": _MARKERS[number]}
    style |= {"linewidth": 2, "markersize": 6, "markeredgecolor": GROUND, "markevery": max(len(xs) // 50, 1)}
    axes.plot(xs, ys, zorder=3, clip_on=False, **style)


def _span(points: Sequence[datetime], marks: Sequence[datetime]) -> tuple[float, float]:
    """From the first to the last point, in days, with some room at either end."""
    every = sorted(map(_days, points or marks)) or [0.0]
    room = max((every[-1] - every[0]) * 0.03, 3.0)
    return every[0] - room, every[-1] + room


def _heights(axes: Axes, limits: tuple[float, float] | None, values: Sequence[float]) -> None:
    from matplotlib.ticker import MaxNLocator

    low, high = limits or (min([0.0, *values]), max(values, default=1.0))
    room = (high - low) * 0.06 or 0.5
    axes.set_ylim(low - room * (limits is not None), high + room)
    if all(float(value).is_integer() for value in values):
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))


def _dates(axes: Axes) -> None:
    from matplotlib.dates import AutoDateLocator, DateFormatter

    axes.xaxis.set_major_locator(AutoDateLocator(minticks=2, maxticks=7))  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(DateFormatter("%d %b\n%Y"))  # type: ignore[no-untyped-call]


def _legend_of_series(figure: Any, names: Sequence[str]) -> None:
    from matplotlib.lines import Line2D

    styles = zip(_COLOURS, _DASHES, _MARKERS, strict=True)
    handles = [
        Line2D([], [], color=colour, linestyle=dash, marker=marker, linewidth=2, markersize=6)
        for _, (colour, dash, marker) in zip(names, styles, strict=False)
    ]
    legend(figure, handles, names)


# ---- marks -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Label:
    """The label of a mark: where its line stands, in days; where its middle stands, as a share; its row above."""

    at: float
    middle: float
    lane: int
    text: str


def _placed(marks: Sequence[ChartMark], span: tuple[float, float]) -> tuple[list[_Label], list[float]]:
    """Labels of marks in rows, none over another, and the places of marks for whose label there is no room."""
    low, high = span
    across = (RIGHT - _LEFT) * WIDTH
    lane_ends = [0.0] * _LANES
    placed, bare = [], []
    for at, names in _together(marks, span, across):
        text = ", ".join(names) if len(names) < 3 else f"{names[0]} +{len(names) - 1}"
        wide = 0.084 * len(text) + 0.1
        start = min(max((at - low) / (high - low) * across - wide / 2, 0.0), across - wide)
        lane = next((lane for lane, end in enumerate(lane_ends) if end <= start), None)
        if lane is None:
            bare += [at] * len(names)
        else:
            lane_ends[lane] = start + wide
            placed.append(_Label(at, (start + wide / 2) / across, lane, text))
    return placed, bare


def _together(marks: Sequence[ChartMark], span: tuple[float, float], across: float) -> list[tuple[float, list[str]]]:
    """Marks by place, in days; those within a line's width share one."""
    low, high = span
    found: list[tuple[float, list[str]]] = []
    for mark in sorted(marks, key=lambda mark: (mark.at, mark.label)):
        at = _days(mark.at)
        if not low <= at <= high:
            continue
        if found and (at - found[-1][0]) / (high - low) * across < 0.03:
            found[-1][1].append(shown(mark.label, 12))
        else:
            found.append((at, [shown(mark.label, 12)]))
    return found


def _mark(axes: Axes, labels: Sequence[_Label], bare: Sequence[float]) -> None:
    """Lines reach up to their labels; where one passes another's label, the label covers it."""
    across = axes.get_xaxis_transform()
    style: dict[str, Any] = {"transform": across, "color": INK, "linewidth": 0.9, "zorder": 2, "clip_on": False}
    for at in bare:
        axes.plot([at, at], [0.96, 1.0], **style)
    box: dict[str, Any] = {"boxstyle": "round,pad=0.12", "facecolor": GROUND, "edgecolor": "none"}
    for label in labels:
        top = 1.03 + _LANE / _HIGH * label.lane
        axes.plot([label.at, label.at], [0, top], linestyle=(0, (2, 2)), **style)
        place: dict[str, Any] = {"transform": axes.transAxes, "ha": "center", "bbox": box}
        axes.text(label.middle, top, label.text, fontsize=9, color=INK, parse_math=False, **place)


def _unnamed(count: int) -> str:
    decisions = "1 decision" if count == 1 else f"{count} decisions"
    return f"{decisions} without a number: a short stroke at the top." if count else ""
