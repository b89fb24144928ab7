"""Tables as CSV files: what a spreadsheet opens, and would not run (LRN-3)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

Cell: TypeAlias = str | int | float

_SPLITS = r"[;|\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]"
_FORMULA = re.compile(rf"(?P<before>(?:^|{_SPLITS})[\s\"']*)(?=[=+\-@＝＋－＠])|^(?=[\t\r])")
"""Where a cell begins that a spreadsheet would run; it may split at another separator than the comma."""


def csv_of(lines: Iterable[Sequence[Cell]]) -> bytes:
    """The lines as CSV in UTF-8; what a spreadsheet would take for a formula has a quote before it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([[_cell(value) for value in line] for line in lines])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Cell) -> Cell:
    return _FORMULA.sub(r"\g<before>'", value) if isinstance(value, str) else value
