"""Times as people write them: understood for certain, or asked about; never guessed (RHY-1)."""

from __future__ import annotations

import calendar
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from whenever import Instant, PlainDateTime, RepeatedTime, SkippedTime

from bot.governance import zones
from bot.governance.errors import BadText, TimePast, TimeSkipped, TimeTwice, TimeUnclear, ZoneUnknown

FURTHEST = timedelta(days=5 * 366)
"""Nothing is scheduled further ahead; what lies beyond was rather misread."""

MOST_TYPED = 100
"""Characters of a time as people write it; anything longer is no time."""

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
_NUMBER_WORDS = {"a": 1, "an": 1} | {
    word: n
    for n, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
    )
}
_COUNT = rf"\d{{1,4}}|{'|'.join(_NUMBER_WORDS)}"
_AHEAD = re.compile(
    rf"in\s+(?:(?P<h>{_COUNT})\s*(?:h|hours?|hrs?)\b)?(?:\s*(?:and\s+)?(?P<m>{_COUNT})\s*(?:m|minutes?|mins?)\b)?"
    r"(?P<half>\s+and\s+a\s+half)?"
)
_FROM_NOW = re.compile(r"(?P<so_much>.+) from now")
_AFTER_TOMORROW = re.compile(r"\b(?:the )?day after tomorrow\b")
_MIDNIGHT = re.compile(r"(?:\bat\s+)?\bmidnight\b")
_DOTTED = re.compile(r"(?:\bat\s+)?(?<![\d.])\b(?P<h>\d{1,2})\.(?P<m>\d{2})\b(?![.\d])")
_RELATIVE = {"today", "tonight", "tomorrow", "in"}
_NUMBERS = re.compile(r"(\d{1,2})([./-])(\d{1,2})(?:\2(\d{4})?)?")
_END = re.compile(r"(?:the\s+)?(?:end|last day)\s+of\s+(?:the\s+|this\s+)?(?P<next>next\s+)?month")


_FROM_UTC = re.compile(r"(?:gmt|utc)?_?(?P<sign>[+-])_?(?P<h>\d{1,2})(?::?(?P<m>\d{2}))?")
_SEASONS = (datetime(2026, 1, 15), datetime(2026, 7, 15))  # noqa: DTZ001 - a wall time, the same in every zone
_CALLED: dict[str, tuple[str, ...]] = {
    name: tuple(zones.split())
    for names, zones in {
        "utc gmt z zulu": "UTC Europe/London Africa/Accra",
        "bst uk britain england": "Europe/London",
        "wet west": "Europe/Lisbon Atlantic/Canary",
        "cet cest mez mesz met central_european": "Europe/Berlin Europe/Paris Europe/Madrid Europe/Rome Europe/Warsaw",
        "eet eest eastern_european": "Europe/Athens Europe/Helsinki Europe/Kyiv Africa/Cairo",
        "msk": "Europe/Moscow",
        "trt": "Europe/Istanbul",
        "est edt et eastern us/eastern": "America/New_York America/Toronto America/Panama",
        "cst cdt ct central us/central": "America/Chicago America/Mexico_City America/Winnipeg",
        "mst mdt mt mountain us/mountain": "America/Denver America/Phoenix America/Edmonton",
        "us/arizona": "America/Phoenix",
        "pst pdt pt pacific us/pacific": "America/Los_Angeles America/Vancouver America/Tijuana",
        "akst akdt alaska us/alaska": "America/Anchorage",
        "hst hawaii us/hawaii": "Pacific/Honolulu",
        "ast adt atlantic": "America/Halifax America/Puerto_Rico",
        "nst newfoundland": "America/St_Johns",
        "brt brazil/east": "America/Sao_Paulo",
        "brazil/west": "America/Manaus",
        "art": "America/Argentina/Buenos_Aires",
        "clt": "America/Santiago",
        "cot pet": "America/Bogota America/Lima",
        "wat": "Africa/Lagos",
        "cat": "Africa/Maputo Africa/Harare",
        "sast": "Africa/Johannesburg",
        "eat": "Africa/Nairobi",
        "ist": "Asia/Kolkata Europe/Dublin Asia/Jerusalem",
        "india": "Asia/Kolkata",
        "npt nepal": "Asia/Kathmandu",
        "gst": "Asia/Dubai",
        "irst iran": "Asia/Tehran",
        "pkt": "Asia/Karachi",
        "bdt": "Asia/Dhaka",
        "ict wib": "Asia/Bangkok Asia/Jakarta",
        "sgt hkt pht china prc": "Asia/Shanghai Asia/Singapore Asia/Hong_Kong Asia/Manila",
        "jst japan": "Asia/Tokyo",
        "kst": "Asia/Seoul",
        "awst": "Australia/Perth",
        "acst acdt": "Australia/Adelaide Australia/Darwin",
        "aest aedt": "Australia/Sydney Australia/Brisbane",
        "nzst nzdt": "Pacific/Auckland",
        "azores": "Atlantic/Azores",
    }.items()
    for name in names.split()
}
"""What people call the clocks of a place, and the places that may be meant, likeliest first."""


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

    Raises BadText, TimeUnclear with what it may mean, TimePast, TimeSkipped, TimeTwice, ZoneUnknown.
    """
    if len(text) > MOST_TYPED:
        raise BadText("when", len(text), 1, MOST_TYPED)
    check_zone(zone)
    said = _DAY_AND_TIME.sub(r"\1 ", " ".join(text.casefold().replace(",", " ").split()))
    said = _AFTER_TOMORROW.sub("in 2 days", _FROM_NOW.sub(r"in \g<so_much>", said))
    said = said.replace("half an hour", "30 minutes").replace("a quarter of an hour", "15 minutes")
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
    if zone not in zones.names():
        raise ZoneUnknown(zone, zones_like(zone)[:5])


def zones_like(typed: str) -> tuple[str, ...]:
    """Names of time zones that may be meant: by what people call them, else those that hold what was typed.

    Those whose place begins with it come first. Where none holds it, those that are spelled nearly so.
    """
    wanted = "_".join(typed.casefold().split())
    if meant := _CALLED.get(wanted.removesuffix("_time")) or _by_offset(wanted):
        return meant
    found = [zone for zone in zones.names() if wanted in zone.casefold()]
    places = {zone.casefold().split("/")[-1]: zone for zone in zones.names()}
    near = [] if found else difflib.get_close_matches(wanted.split("/")[-1], places, n=5)
    return (
        *sorted(found, key=lambda zone: (not zone.casefold().split("/")[-1].startswith(wanted), zone)),
        *(places[each] for each in near),
    )


def _by_offset(wanted: str) -> tuple[str, ...]:
    """Well-known places whose clocks stand so far from UTC in winter or in summer, such as ``gmt-8``; winter first."""
    said = _FROM_UTC.fullmatch(wanted)
    if said is None:
        return ()
    offset = timedelta(hours=int(said["h"]), minutes=int(said["m"] or 0)) * (-1 if said["sign"] == "-" else 1)
    known = dict.fromkeys(zone for zones in _CALLED.values() for zone in zones)
    seasons = [{zone for zone in known if ZoneInfo(zone).utcoffset(day) == offset} for day in _SEASONS]
    return tuple(sorted(seasons[0] | seasons[1], key=lambda zone: (zone not in seasons[0], [*known].index(zone))))


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
    if ahead and any(ahead.groups()) and not (ahead["half"] and (ahead["m"] or not ahead["h"])):
        later = timedelta(hours=_number(ahead["h"]), minutes=_number(ahead["m"]) + (30 if ahead["half"] else 0))
        return (now + later).replace(second=0, microsecond=0)
    return None


def _read(said: str, text: str, here: datetime) -> _Read:
    """The day and the time of day, each understood by itself, so that neither is read into the other."""
    if _IANA.search(said) or _ZONE_NAME.search(said) or _OFFSET.search(said):
        raise TimeUnclear(text, "zone", ())
    if (midnight := _MIDNIGHT.search(said)) is not None:
        return _around_midnight(said[: midnight.start()] + said[midnight.end() :], text, here)
    rest, times = _clock(said, text)
    days = _days(rest, here, times) if rest else ()
    if not said or (rest and not days):
        raise TimeUnclear(text, "nothing", ())
    if not times:
        raise TimeUnclear(text, "no time", tuple(f"{each:%Y-%m-%d} 18:00" for each in days[:2]))
    if not days:
        raise TimeUnclear(text, "no day", tuple(map(_typed, _soon(times, here))))
    return _Read(days, times)


def _around_midnight(said: str, text: str, here: datetime) -> _Read:
    """Tonight it is the one to come; of another day it is where the day begins to some, and where it ends to others."""
    rest, one_day = " ".join(said.split()), timedelta(days=1)
    if any(clock.search(rest) for clock in _CLOCKS):
        raise TimeUnclear(text, "nothing", ())
    if rest in {"", "today", "tonight", "this evening"}:
        return _Read((here.date() + one_day,), (time(0),))
    days = _days(rest, here, ())
    if not days:
        raise TimeUnclear(text, "nothing", ())
    return _Read(tuple(sorted({*days, *(day + one_day for day in days)})), (time(0),))


def _number(written: str | None) -> int:
    return int(_NUMBER_WORDS.get(written or "", written or 0))


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
    if (dotted := _dotted(said)) is not None:
        return dotted
    if (bare := _BARE_HOUR.search(said)) and int(bare["h"]) < 24:
        hour = int(bare["h"])
        rest = said[: bare.start()].strip()
        return rest, (time(hour), time(hour + 12)) if 1 <= hour < 12 else (time(hour),)
    return said, ()


def _dotted(said: str) -> tuple[str, tuple[time, ...]] | None:
    """``18.30`` is a time of day where it can be no date: beside a day that is named, or as no day of any month."""
    found = None
    for found in _DOTTED.finditer(said):  # noqa: B007 - the last one: a date stands before the time of day
        pass
    if found is None or int(found["h"]) > 23 or int(found["m"]) > 59:
        return None
    rest = " ".join((said[: found.start()] + " " + said[found.end() :]).split())
    first, second = int(found["h"]), int(found["m"])
    a_date = (1 <= first <= 31 and 1 <= second <= 12) or (1 <= first <= 12 and 1 <= second <= 31)
    if a_date and not _RELATIVE & set(rest.split()) and not _NUMBERS.fullmatch(rest):
        return None
    return rest, (time(first, second),)


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
