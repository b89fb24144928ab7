"""How often something recurs: by wall time and time zone, so that 18:00 stays 18:00 all year (RHY-1, RHY-4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.governance.errors import UnknownKey


class Unit(StrEnum):
    """What is counted."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


LAST = -1
"""The ``nth`` of the last such weekday of a month."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """Every ``every`` days, weeks or months from the day ``starts`` ("2026-12-24") on, at ``at`` ("18:00") in ``zone``.

    By month it is the day of ``starts``, or the month's last day where it has no such day; with ``nth`` it is the
    first to fourth, or ``LAST``, of the weekday of ``starts``. A wall time that a change of clocks leaves out comes
    later by as much as the clocks jump; of one that stands twice, the first counts.
    """

    every: int
    unit: Unit
    starts: str
    at: str
    zone: str
    nth: int | None = None


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A line of the closed menu of cadences. ``by_weekday``: the same weekday of the month instead of the same day."""

    every: int
    unit: Unit
    by_weekday: bool = False
    last: bool = False


MENU: dict[str, Recurrence] = {
    "day": Recurrence(1, Unit.DAY),
    "week": Recurrence(1, Unit.WEEK),
    "2 weeks": Recurrence(2, Unit.WEEK),
    "3 weeks": Recurrence(3, Unit.WEEK),
    "4 weeks": Recurrence(4, Unit.WEEK),
    "month": Recurrence(1, Unit.MONTH),
    "month by weekday": Recurrence(1, Unit.MONTH, by_weekday=True),
    "month last weekday": Recurrence(1, Unit.MONTH, by_weekday=True, last=True),
    "2 months": Recurrence(2, Unit.MONTH),
    "quarter": Recurrence(3, Unit.MONTH),
    "quarter by weekday": Recurrence(3, Unit.MONTH, by_weekday=True),
    "half year": Recurrence(6, Unit.MONTH),
    "year": Recurrence(12, Unit.MONTH),
}
"""What people can choose, by key. "Once" is no cadence."""


def cadence(key: str, starts: date, at: str, zone: str) -> Cadence:
    """The cadence that this line of the menu means for something first held on ``starts``. Raises UnknownKey."""
    chosen = MENU.get(key)
    if chosen is None:
        raise UnknownKey(key, tuple(MENU))
    nth = None
    if chosen.by_weekday:
        nth = LAST if chosen.last else _nth(starts)
    return Cadence(chosen.every, chosen.unit, starts.isoformat(), at, zone, nth)


def fits(key: str, starts: date) -> bool:
    """Whether the first occurrence is one of the cadence: "the last Friday" cannot begin on the first."""
    chosen = MENU.get(key)
    return chosen is None or not chosen.last or (starts + timedelta(days=7)).month != starts.month


def _nth(starts: date) -> int:
    """Which such weekday of its month it is; a fifth one is called the last, for most months have none."""
    nth = (starts.day + 6) // 7
    return LAST if nth > 4 else nth
