"""Times as people write them: understood for certain, or asked about; never guessed (RHY-1)."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import available_timezones

from whenever import Instant, PlainDateTime, RepeatedTime, SkippedTime

from bot.governance.errors import TimePast, TimeSkipped, TimeTwice, TimeUnclear, ZoneUnknown

FURTHEST = timedelta(days=5 * 366)
"""Nothing is scheduled further ahead; what lies beyond was rather misread."""

_DAYS = [name.lower() for name in calendar.day_name]
_MONTHS = [name.lower() for name in calendar.month_name[1:]]
_WEEKDAYS = {short: n for n, name in enumerate(_DAYS) for short in {name, name[:3]}} | {
    "tues": 1, "wednes": 2, "thur": 3, "thurs": 3
}  # fmt: skip
_MONTH_NAMES = {short: n for n, name in enumerate(_MONTHS, 1) for short in {name, name[:3]}} | {"sept": 9}
_COUNTS = {"a", "an", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
_LEFT_TO_THE_PARSER = {
    "in",
    "tomorrow",
    "today",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "fortnight",
} | _COUNTS

_MARKED = re.compile(r"<t:(\d{9,11})(?::[tTdDfFR])?>")
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[t ]+(\d{1,2}:\d{2})(?::00)?)?(?:\s*(z|utc|gmt|[+-]\d{2}:?\d{2}))?")
_DAY_AND_TIME = re.compile(r"^(\d{4}-\d{2}-\d{2})t(?=\d)")
_ZONE_NAME = re.compile(r"\b(?:utc|gmt|z|cet|cest|mez|mesz|wet|west|eet|eest|msk|bst|ist|jst|aest|aedt|[ecmp][sd]t)\b")
_OFFSET = re.compile(r"(?<![\d-])[+-]\d{1,2}(?::?\d{2})?\s*$")
_IANA = re.compile(r"\b[a-z]+/[a-z_]{3,}(?:/[a-z_]+)?\b")
_CLOCKS = (
    re.compile(r"(?:\bat\s+)?\b(?P<h>\d{1,2})(?:[:.](?P<m>\d{2}))?\s*(?P<half>[ap])\.?m\b\.?"),
    re.compile(r"(?:\bat\s+)?(?<![\d.])\b(?P<h>\d{1,2}):(?P<m>\d{2})(?::00)?(?:\s*h)?\b(?![.\d])"),
    re.compile(r"(?:\bat\s+)?(?<![\d.])\b(?P<h>\d{1,2})h(?P<m>\d{2})?\b"),
    re.compile(r"(?:\bat\s+)?\b(?P<noon>noon)\b"),
)
_BARE_HOUR = re.compile(r"\bat\s+(?P<h>\d{1,2})$")
_AHEAD = re.compile(
    r"in\s+(?:(?P<h>\d{1,3})\s*(?:h|hours?|hrs?))?(?:\s*(?:and\s+)?(?P<m>\d{1,4})\s*(?:m|minutes?|mins?))?"
)
_NUMBERS = re.compile(r"(\d{1,2})([./-])(\d{1,2})(?:\2(\d{4})?)?")
_END = re.compile(r"(?:the\s+)?(?:end|last day)\s+of\s+(?:the\s+|this\s+)?(?P<next>next\s+)?month")


@dataclass(frozen=True, slots=True)
class Understood:
    """An instant in UTC, and the wall time it is in ``zone``."""

    instant: datetime
    wall: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class _Read:
    """What a text may mean: days, and the times of day on them."""

    days: tuple[date, ...]
    times: tuple[time, ...]


def parse(text: str, zone: str, now: datetime) -> Understood:
    """The instant that ``text`` names on the clocks of ``zone``, to the minute.

    Raises TimeUnclear with what it may mean, TimePast, TimeSkipped, TimeTwice, ZoneUnknown.
    """
    check_zone(zone)
    said = _DAY_AND_TIME.sub(r"\1 ", " ".join(text.casefold().replace(",", " ").split()))
    here = wall_of(now, zone)
    if not said.isascii():
        raise TimeUnclear(text, "nothing", ())
    exact = _exact(said, now)
    if exact is None:
        read = _read(said, text, here)
        walls = _walls(read, here)
        if len(walls) > 1:
            raise TimeUnclear(text, "several", tuple(map(_typed, walls)))
        exact = _on_the_clock(text, walls[0], zone)
    if exact <= now:
        raise TimePast(text, exact)
    if exact > now + FURTHEST:
        raise TimeUnclear(text, "too far", ())
    return Understood(exact, wall_of(exact, zone), zone)


def wall_of(instant: datetime, zone: str) -> datetime:
    """What the clocks of a zone show at an instant, without a zone. Raises ZoneUnknown."""
    check_zone(zone)
    return Instant(instant).to_tz(zone).to_plain().to_stdlib()


def stands_twice(wall: datetime, zone: str) -> bool:
    """Whether the clocks of a zone show this wall time twice, because they are set back."""
    readings = [PlainDateTime(wall).assume_tz(zone, disambiguation=each) for each in ("earlier", "later")]
    return readings[0].to_instant() != readings[1].to_instant() and readings[0].to_plain() == readings[1].to_plain()


def check_zone(zone: str) -> None:
    """Raises ZoneUnknown with the likeliest names."""
    if zone not in _zones():
        raise ZoneUnknown(zone, zones_like(zone)[:5])


def zones_like(typed: str) -> tuple[str, ...]:
    """Names of time zones that hold what was typed, those whose place begins with it first; UTC always counts."""
    wanted = typed.strip().casefold().replace(" ", "_")
    found = [zone for zone in _zones() if wanted in zone.casefold()]
    return tuple(sorted(found, key=lambda zone: (not zone.casefold().split("/")[-1].startswith(wanted), zone)))


@cache
def _zones() -> frozenset[str]:
    """Places, and UTC: abbreviations such as EST name no rules that people mean all year."""
    named = {zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix", "right"))}
    return frozenset(named - {zone for zone in named if zone.startswith(("SystemV/", "US/", "Brazil/"))} | {"UTC"})


def _exact(said: str, now: datetime) -> datetime | None:
    """What needs no zone: a Discord timestamp, an instant with its offset, so many hours from now."""
    if marked := _MARKED.fullmatch(said):
        return datetime.fromtimestamp(int(marked[1]), UTC)
    iso = _ISO.fullmatch(said)
    if iso and iso[2] and iso[3]:
        offset = "+00:00" if iso[3] in {"z", "utc", "gmt"} else iso[3]
        try:
            return datetime.fromisoformat(f"{iso[1]}T{iso[2]:0>5}{offset}").astimezone(UTC)
        except ValueError:
            raise TimeUnclear(said, "nothing", ()) from None
    ahead = _AHEAD.fullmatch(said)
    if ahead and (ahead["h"] or ahead["m"]):
        later = timedelta(hours=int(ahead["h"] or 0), minutes=int(ahead["m"] or 0))
        return (now + later).replace(second=0, microsecond=0)
    return None


def _read(said: str, text: str, here: datetime) -> _Read:
    """The day and the time of day, each understood by itself, so that neither is read into the other."""
    if _IANA.search(said) or _ZONE_NAME.search(said) or _OFFSET.search(said):
        raise TimeUnclear(text, "zone", ())
    rest, times = _clock(said, text)
    days = _days(rest, here, times) if rest else ()
    if not said or (rest and not days):
        raise TimeUnclear(text, "nothing", ())
    if not times:
        raise TimeUnclear(text, "no time", tuple(f"{each:%Y-%m-%d} 18:00" for each in days[:2]))
    if not days:
        raise TimeUnclear(text, "no day", tuple(map(_typed, _soon(times, here))))
    return _Read(days, times)


def _clock(said: str, text: str) -> tuple[str, tuple[time, ...]]:
    """What is left without the time of day, and the times it may mean."""
    for pattern in _CLOCKS:
        found = pattern.search(said)
        if not found:
            continue
        rest = " ".join((said[: found.start()] + " " + said[found.end() :]).split())
        if any(other.search(rest) for other in _CLOCKS):
            raise TimeUnclear(text, "nothing", ())
        named = found.groupdict()
        if named.get("noon"):
            return rest, (time(12),)
        hour, minute = int(named["h"]), int(named["m"] or 0)
        if named.get("half"):
            if not 1 <= hour <= 12:
                raise TimeUnclear(text, "nothing", ())
            hour = hour % 12 + (12 if named["half"] == "p" else 0)
        if hour > 23 or minute > 59:
            raise TimeUnclear(text, "nothing", ())
        return rest, (time(hour, minute),)
    if (bare := _BARE_HOUR.search(said)) and int(bare["h"]) < 24:
        hour = int(bare["h"])
        rest = said[: bare.start()].strip()
        return rest, (time(hour), time(hour + 12)) if 1 <= hour < 12 else (time(hour),)
    return said, ()


def _days(said: str, here: datetime, times: tuple[time, ...]) -> tuple[date, ...]:
    """The days that words without a time of day may mean; none when they are not understood."""
    today = here.date()
    words = [word.strip(".") for word in said.removeprefix("on ").split()]
    if said in {"tonight", "this evening"}:
        return (today,)
    if said == "yesterday":
        return (today - timedelta(days=1),)
    if iso := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", said):
        return tuple(_day(int(iso[1]), int(iso[2]), int(iso[3])))
    if numbers := _NUMBERS.fullmatch(said):
        return _both_orders(int(numbers[1]), int(numbers[3]), numbers[4], today)
    if end := _END.fullmatch(said):
        first = today.replace(day=1) if not end["next"] else (today.replace(day=28) + timedelta(days=7)).replace(day=1)
        return ((first + timedelta(days=31)).replace(day=1) - timedelta(days=1),)
    if any(word in _WEEKDAYS for word in words) and not any(word in _MONTH_NAMES for word in words):
        return _weekday(words, here, times)
    return _by_the_parser(words, here)


def _weekday(words: list[str], here: datetime, times: tuple[time, ...]) -> tuple[date, ...]:
    """Friday, next Friday, Friday next week. On a Friday it is today while the time is ahead; the next never is."""
    (weekday, *more) = [_WEEKDAYS[word] for word in words if word in _WEEKDAYS]
    others = [word for word in words if word not in _WEEKDAYS]
    if more or others not in ([], ["this"], ["coming"], ["next"], ["next", "week"]):
        return ()
    today = here.date()
    monday = today - timedelta(days=today.weekday())
    if others == ["next", "week"]:
        return (monday + timedelta(days=7 + weekday),)
    ahead = (weekday - today.weekday()) % 7
    is_over = others == ["next"] or not any(datetime.combine(today, at) > here for at in times)
    return (today + timedelta(days=7 if ahead == 0 and is_over else ahead),)


def _both_orders(first: int, second: int, year: str | None, today: date) -> tuple[date, ...]:
    """4/5 is the fourth of May to some and the fifth of April to others: both, where both are days."""
    found: dict[date, None] = {}
    for day, month in ((first, second), (second, first)):
        years = [int(year)] if year else [today.year, today.year + 1]
        ahead = [each for every in years for each in _day(every, month, day) if year or each >= today]
        found |= dict.fromkeys(ahead[:1])
    return tuple(found)


def _by_the_parser(words: list[str], here: datetime) -> tuple[date, ...]:
    """Names of months and counts of days are left to dateparser; what it makes of them must hold what was said."""
    named = [word for word in words if word in _MONTH_NAMES]
    weekdays = [_WEEKDAYS[word] for word in words if word in _WEEKDAYS]
    plain = [_ordinal(word) for word in words if word not in _WEEKDAYS and word not in {"the", "of"}]
    known = all(word.isdigit() or word in _MONTH_NAMES or word in _LEFT_TO_THE_PARSER for word in plain)
    if not plain or not known or len(named) > 1 or len(weekdays) > 1:
        return ()
    numbers = [int(word) for word in plain if word.isdigit()]
    if named and (not numbers or any(word in _LEFT_TO_THE_PARSER for word in plain)):
        return ()
    found = _parsed(" ".join(plain), here)
    if found is None or (weekdays and found.weekday() != weekdays[0]):
        return ()
    if named:
        fits = found.month == _MONTH_NAMES[named[0]] and set(numbers) <= {found.day, found.year}
        return (found,) if fits and found.day in numbers else ()
    counts = "in" in plain or plain in (["tomorrow"], ["today"])
    return (found,) if counts and len(numbers) < 2 else ()


def _parsed(said: str, here: datetime) -> date | None:
    import dateparser  # it takes a while to load, and most starts of the bot never need it

    settings = {
        "PARSERS": ["relative-time", "absolute-time"],
        "RELATIVE_BASE": here,
        "PREFER_DATES_FROM": "future",
        "RETURN_AS_TIMEZONE_AWARE": False,
    }
    found: list[datetime | None] = [
        dateparser.parse(said, languages=["en"], settings=settings | {"DATE_ORDER": order}) for order in ("DMY", "MDY")
    ]
    if found[0] is None or found[1] is None or found[0].date() != found[1].date():
        return None
    return found[0].date()


def _walls(read: _Read, here: datetime) -> tuple[datetime, ...]:
    """Every reading; those that are over only where no other is left."""
    found = sorted(datetime.combine(day, at) for day in read.days for at in read.times)
    return tuple([wall for wall in found if wall > here] or found)


def _on_the_clock(text: str, wall: datetime, zone: str) -> datetime:
    plain = PlainDateTime(wall)
    try:
        return plain.assume_tz(zone, disambiguation="raise").to_instant().to_stdlib()
    except SkippedTime:
        readings = [plain.assume_tz(zone, disambiguation=each) for each in ("earlier", "later")]
        around = tuple(_typed(each.to_plain().to_stdlib()) for each in readings)
        raise TimeSkipped(text, zone, _typed(wall), (around[0], around[1])) from None
    except RepeatedTime:
        both = [plain.assume_tz(zone, disambiguation=each).to_stdlib() for each in ("earlier", "later")]
        typed = tuple(each.strftime("%Y-%m-%d %H:%M ") + _offset(each) for each in both)
        raise TimeTwice(text, zone, (typed[0], typed[1])) from None


def _soon(times: tuple[time, ...], here: datetime) -> list[datetime]:
    days = (here.date(), here.date() + timedelta(days=1))
    return [wall for day in days for at in times if (wall := datetime.combine(day, at)) > here]


def _ordinal(word: str) -> str:
    return re.sub(r"^(\d{1,2})(?:st|nd|rd|th)$", r"\1", word)


def _day(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return


def _typed(wall: datetime) -> str:
    return f"{wall:%Y-%m-%d %H:%M}"


def _offset(instant: datetime) -> str:
    shown = instant.strftime("%z")
    return f"{shown[:3]}:{shown[3:5]}"
