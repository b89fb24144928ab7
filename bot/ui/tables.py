"""Tables as CSV files: what a spreadsheet opens, and would not run (LRN-3)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TypeAlias

Cell: TypeAlias = str | int | float

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How cells begin that a spreadsheet would run."""


def csv_of(lines: Iterable[Sequence[Cell]]) -> bytes:
    """The lines as CSV in UTF-8; a text that a spreadsheet would take for a formula has a quote before it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([[_cell(value) for value in line] for line in lines])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Cell) -> Cell:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
