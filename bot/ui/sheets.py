"""The sheet that a chart is drawn on: its ground, frame, title, legend and notes, and words that the font can draw.

Matplotlib takes a second to import, so that happens with the first picture.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.ui.limits import CUT
from bot.ui.text import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 7.2
"""Of every sheet, in inches."""
GROUND, INK, FAINT = "#fafaf8", "#1c1c1e", "#b9b9b4"
RIGHT = 0.95
"""Where the values end, as a share of the width."""

_DPI = 140
_LINE = 0.2
_NO_GLYPH = "□"
_LOST = f"{_NO_GLYPH}: a sign that this picture cannot draw; the words beside it have it."


@dataclass(frozen=True, slots=True)
class Sheet:
    """A figure and the one frame of values on it."""

    figure: Figure
    axes: Axes


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the values: inches kept free above them, names of the legend, notes at the foot."""

    above: float = 0.0
    legend: Sequence[str] = ()
    notes: Sequence[str] = ()


def sheet(title: str, high: float, around: Around, left: float) -> Sheet:
    """A sheet as high as what stands on it; ``high`` inches for the values, which begin at ``left`` of the width."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    heading = wrapped(title, 68, 2)
    notes = [note for note in around.notes if note]
    above = 0.34 + 0.19 * (heading.count("\n") + 1) + around.above
    below = 0.66 + 0.24 * _legend_rows(around.legend) + _LINE * len(notes)
    height = above + high + below
    figure = Figure(figsize=(WIDTH, height), dpi=_DPI, facecolor=GROUND, edgecolor=FAINT, linewidth=2)
    FigureCanvasAgg(figure)
    top = 1 - 0.14 / height
    figure.text(0.02, top, heading, va="top", fontsize=12, weight="bold", color=INK, parse_math=False)
    for number, note in enumerate(reversed(notes)):
        place = (0.09 + _LINE * number) / height
        figure.text(0.02, place, shown(note, 110), fontsize=8.5, color=INK, parse_math=False)
    axes = figure.add_axes((left, below / height, RIGHT - left, high / height))
    axes.set_facecolor(GROUND)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(colors=INK, labelsize=10)
    return Sheet(figure, axes)


def row_sheet(title: str, labels: Sequence[str], legend: Sequence[str], notes: Sequence[str]) -> Sheet:
    """A sheet with a row for each label, as high as its rows need."""
    most_lines = max([2, *(label.count("\n") + 1 for label in labels)])
    around = Around(legend=legend, notes=(*notes, lost((*labels, *legend))))
    made = sheet(title, 0.23 * most_lines * max(len(labels), 1), around, left=0.36)
    axes = made.axes
    axes.set_yticks(range(len(labels)), labels=list(labels), parse_math=False)
    axes.set_ylim(max(len(labels), 1) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    return made


def nothing(axes: Axes) -> None:
    """Say in the frame that there is nothing to draw, instead of an axis without meaning."""
    axes.set_xticks([])
    axes.text(0.5, 0.5, "nothing to show yet", transform=axes.transAxes, ha="center", va="center", color=INK)


def legend(figure: Figure, handles: Sequence[Any], names: Sequence[str]) -> None:
    """A legend beneath the values. Names are written in last: a legend skips those that begin with an underscore."""
    if not names:
        return
    top = figure.axes[0].get_position().y0 - 0.54 / figure.get_size_inches()[1]
    made = figure.legend(
        handles, [str(n) for n in range(len(handles))], ncols=_columns(names), loc="upper center",
        bbox_to_anchor=(0.5, top), frameon=False, fontsize=9.5, labelcolor=INK, handlelength=2.6, borderpad=0,
    )  # fmt: skip
    for text, name in zip(made.get_texts(), names, strict=True):
        text.set_parse_math(False)
        text.set_text(name)


def png(figure: Figure) -> bytes:
    """The picture."""
    out = io.BytesIO()
    figure.savefig(out, format="png", facecolor=figure.get_facecolor(), edgecolor=figure.get_edgecolor())
    return out.getvalue()


def shown(text: str, most: int) -> str:
    """One line of somebody's words, with a box for each sign that the font cannot draw."""
    glyphs = _glyphs()
    return "".join(sign if ord(sign) in glyphs else _NO_GLYPH for sign in plain(text, most)) if text else ""


def wrapped(text: str, width: int, most_lines: int) -> str:
    """Words broken into lines, the last one cut short where there are more."""
    found = textwrap.wrap(shown(text, width * most_lines * 2), width) or [""]
    if len(found) > most_lines:
        found = [*found[: most_lines - 1], found[most_lines - 1][: width - 1].rstrip() + CUT]
    return "\n".join(found)


def lost(texts: Sequence[str]) -> str:
    """A note where some sign could not be drawn."""
    return _LOST if any(_NO_GLYPH in text for text in texts) else ""


def _columns(names: Sequence[str]) -> int:
    longest = max(map(len, names))
    return min(len(names), 5 if longest <= 9 else 3 if longest <= 24 else 2)


def _legend_rows(names: Sequence[str]) -> int:
    return -(-len(names) // _columns(names)) if names else 0


@cache
def _glyphs() -> frozenset[int]:
    from matplotlib import get_data_path
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf").get_charmap())
