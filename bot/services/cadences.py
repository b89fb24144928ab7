"""The instants of a cadence: counted on the wall, then given their zone (RHY-1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Literal

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday
from whenever import PlainDateTime

from bot.governance.cadences import Cadence, Unit

_FREQUENCY: Mapping[Unit, Literal[1, 2, 3]] = {Unit.DAY: DAILY, Unit.WEEK: WEEKLY, Unit.MONTH: MONTHLY}
_SHORTEST = 28
_CLOCKS_DIFFER = timedelta(days=2)
"""More than the clocks of any two zones differ, with a change of clocks."""


def next_after(cadence: Cadence, instant: datetime) -> datetime:
    """The first occurrence later than ``instant``, in UTC."""
    return next(each for each in _occurrences(cadence, instant) if each > instant)


def between(cadence: Cadence, after: datetime, until: datetime) -> tuple[datetime, ...]:
    """The occurrences later than ``after`` and not later than ``until``, in UTC, in order."""
    found = takewhile(lambda each: each <= until, _occurrences(cadence, after))
    return tuple(each for each in found if each > after)


def localised(wall: datetime, zone: str) -> datetime:
    """The instant of a wall time: later by the gap where the clocks leave it out, the first where it stands twice."""
    return PlainDateTime(wall).assume_tz(zone, disambiguation="compatible").to_instant().to_stdlib()


def _occurrences(cadence: Cadence, around: datetime) -> Iterator[datetime]:
    """All occurrences from shortly before this instant on."""
    rule = _rule(cadence)
    near = around.astimezone(UTC).replace(tzinfo=None) - _CLOCKS_DIFFER
    first = rule.before(near, inc=True)
    for wall in rule.xafter(first or near, inc=True):
        yield localised(wall, cadence.zone)


def _rule(cadence: Cadence) -> rrule:
    starts = datetime.fromisoformat(f"{cadence.starts}T{cadence.at}")
    frequency = _FREQUENCY[cadence.unit]
    if cadence.unit is not Unit.MONTH:
        return rrule(frequency, dtstart=starts, interval=cadence.every)
    if cadence.nth is not None:
        day = weekday(starts.weekday(), cadence.nth)
        return rrule(frequency, dtstart=starts, interval=cadence.every, byweekday=day)
    if starts.day <= _SHORTEST:
        return rrule(frequency, dtstart=starts, interval=cadence.every)
    # Of the days up to this one the last that the month has: rrule itself would leave out the shorter months.
    days = range(_SHORTEST, starts.day + 1)
    return rrule(frequency, dtstart=starts, interval=cadence.every, bymonthday=list(days), bysetpos=-1)
