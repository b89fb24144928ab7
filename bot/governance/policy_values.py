"""What an amendable key may hold: kinds of values, their bounds, and how they are read and written (POL-1).

As text, durations read ``72h``, ``14d`` or ``15min``; shares ``1/3``; flags ``yes``/``no``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from bot.governance import zones
from bot.governance.errors import BadValue, OutOfBounds

Value = timedelta | Fraction | int | bool | str


class Kind(StrEnum):
    """What a policy key holds."""

    DURATION = "duration"
    SHARE = "share"
    COUNT = "count"
    FLAG = "flag"
    CHOICE = "choice"
    EMOJI = "emoji"
    ZONE = "time zone"


@dataclass(frozen=True, slots=True)
class Key:
    """One amendable number or choice: its kind, floor and ceiling (inclusive unless ``above_floor``).

    ``entrenched`` keys change only by an affirmative supermajority (POL-5).
    """

    name: str
    kind: Kind
    default: Value
    floor: Value | None = None
    ceiling: Value | None = None
    above_floor: bool = False
    entrenched: bool = True
    choices: tuple[str, ...] = ()


def checked(key: Key, value: Value) -> Value:
    """``value`` if this key may hold it. Raises BadValue for its kind, OutOfBounds for its floor or ceiling."""
    kinds: dict[Kind, type | tuple[type, ...]] = {
        Kind.DURATION: timedelta,
        Kind.SHARE: (Fraction, int),
        Kind.COUNT: int,
        Kind.FLAG: bool,
        Kind.CHOICE: str,
        Kind.EMOJI: str,
        Kind.ZONE: str,
    }
    if not isinstance(value, kinds[key.kind]) or (isinstance(value, bool) and key.kind is not Kind.FLAG):
        raise BadValue(key.name, str(value), key.kind)
    if key.kind is Kind.CHOICE and value not in key.choices:
        raise BadValue(key.name, str(value), "one of", *key.choices)
    if key.kind is Kind.EMOJI and not _is_emoji(str(value)):
        raise BadValue(key.name, str(value), Kind.EMOJI)
    if key.kind is Kind.ZONE and value not in zones.names():
        raise BadValue(key.name, str(value), Kind.ZONE)
    if key.floor is not None and key.ceiling is not None:
        below = value < key.floor or (key.above_floor and value == key.floor)  # type: ignore[operator]
        if below or value > key.ceiling:  # type: ignore[operator]
            raise OutOfBounds(key.name, written(value), written(key.floor), written(key.ceiling))
    return Fraction(value) if key.kind is Kind.SHARE else value  # type: ignore[arg-type]


def read(key: Key, text: str) -> Value:
    """Read what a person or a file wrote for this key. Raises BadValue or OutOfBounds."""
    return checked(key, parsed(key, text))


def parsed(key: Key, text: str) -> Value:
    """What a text for this key means, within its bounds or not. Raises BadValue."""
    text = text.strip()
    match key.kind:
        case Kind.DURATION:
            value: Value = _read_duration(key.name, text)
        case Kind.SHARE:
            value = _read_share(key.name, text)
        case Kind.COUNT:
            if not re.fullmatch(r"[0-9]{1,16}", text):
                raise BadValue(key.name, text, Kind.COUNT)
            value = int(text)
        case Kind.FLAG:
            if text.casefold() not in _FLAGS:
                raise BadValue(key.name, text, Kind.FLAG)
            value = _FLAGS[text.casefold()]
        case Kind.ZONE:
            value = zones.spelled(text) or text
        case _:
            value = text
    return value


def written(value: Value) -> str:
    """The text that ``read`` takes back as the same value."""
    match value:
        case bool():
            return "yes" if value else "no"
        case timedelta():
            return _write_duration(value)
        case _:
            return str(value)


_FLAGS = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
_UNITS = {"d": 86400, "h": 3600, "min": 60}


def _read_duration(field: str, text: str) -> timedelta:
    words = re.fullmatch(r"(\d{1,6})\s*(d|days?|h|hours?|min|minutes?)", text, flags=re.IGNORECASE | re.ASCII)
    if words is None:
        raise BadValue(field, text, Kind.DURATION)
    unit = words[2].casefold()
    scale = _UNITS["min" if unit.startswith("m") else unit[0]]
    return timedelta(seconds=int(words[1]) * scale)


def _write_duration(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    if seconds % 86400 == 0 and seconds > 3 * 86400:
        return f"{seconds // 86400}d"
    if seconds % 3600 == 0:
        return f"{seconds // 3600}h"
    return f"{seconds // 60}min"


def _read_share(field: str, text: str) -> Fraction:
    if percent := re.fullmatch(r"(\d{1,3})\s*%", text, flags=re.ASCII):
        return Fraction(int(percent[1]), 100)
    if not re.fullmatch(r"\d{1,5}(/\d{1,5}|\.\d{1,4})?", text, flags=re.ASCII):
        raise BadValue(field, text, Kind.SHARE)
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise BadValue(field, text, Kind.SHARE) from None


def bare(emoji: str) -> str:
    """The emoji without its skin tone and the signs how it is shown: any hand raised is a raised hand."""
    return _TONES.sub("", emoji)


def _is_emoji(text: str) -> bool:
    """One emoji as Discord takes it for a reaction: other signs would leave cards without the reaction to press."""
    pictures = [c for c in text if c not in "\u200d\ufe0f" and not _TONES.fullmatch(c)]
    return bool(_EMOJI.fullmatch(text)) and all(unicodedata.category(c) in {"So", "Cn"} for c in pictures)


_TONES = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f]")
_PICTURE = (
    "[\u231a-\u23ff\u2600-\u27bf\u2b1b-\u2b55\U0001f004-\U0001f1e5\U0001f201-\U0001f3fa\U0001f400-\U0001faff]"
    "(?:[\U0001f3fb-\U0001f3ff]\ufe0f?|\ufe0f)?"
)
_EMOJI = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|{_PICTURE}(?:\u200d{_PICTURE}){{0,3}}")
