"""What the keys of the rules are called in front of people: one table for each kind of key."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

from bot.governance.receipts import LEAST_DIGITS

HASH = LEAST_DIGITS
"""Characters of a hash that people are shown: as many as prove something (REC-1)."""


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: ``1 objection``, ``2 objections``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def span(length: timedelta) -> str:
    """A duration as people say it: ``3 days``, ``72 hours`` as ``3 days``, ``15 minutes``."""
    seconds = int(length.total_seconds())
    if seconds % 86400 == 0 and seconds:
        return count(seconds // 86400, "day")
    if seconds % 3600 == 0 and seconds:
        return count(seconds // 3600, "hour")
    hours, minutes = divmod(seconds // 60, 60)
    return " ".join(part for part in (count(hours, "hour") if hours else "", count(minutes, "minute")) if part)


def share(part: Fraction) -> str:
    """A share as people say it: ``half``, ``all``, ``40 %``, and ``2/3`` where percent would not be exact."""
    if part == Fraction(1, 2):
        return "half"
    if part == 1:
        return "all"
    if (part * 100).denominator > 1 and part.denominator <= 10:
        return str(part)
    return f"{float(part * 100):g} %"


def stamp(instant: datetime) -> str:
    """An instant that Discord shows in the reader's own time, and how far away it is."""
    seconds = int(instant.timestamp())
    return f"<t:{seconds}:F> (<t:{seconds}:R>)"


def fixed(instant: datetime) -> str:
    """The same in a post that is not drawn again: a deadline may move, and a countdown would go on (PRO-11)."""
    return f"<t:{int(instant.timestamp())}:F>"


def moment(instant: datetime) -> str:
    """The same, shorter: for lists and small print."""
    seconds = int(instant.timestamp())
    return f"<t:{seconds}:f> (<t:{seconds}:R>)"


def listed(names: list[str], joint: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {joint} {names[-1]}" if names else ""
