"""Receipts: an entry of the record as somebody kept it, enough to see later that nothing before it changed (REC-1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.governance.errors import BadValue

LEAST_DIGITS = 32
"""Digits of a hash that prove something. An event whose hash begins with fewer can be made by trial: 12 in hours."""

_MOST_WRITTEN = 500
_WHOLE = 64


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was kept: the first digits of an entry's hash, and its number where that was kept too."""

    digits: str
    number: int | None = None

    @property
    def proves(self) -> bool:
        """Whether it is long enough that nobody can make another event to fit it."""
        return len(self.digits) >= LEAST_DIGITS


class ReceiptStanding(StrEnum):
    """What came of looking for a receipt in a record."""

    STANDS = "stands"
    OTHER = "another hash"
    BEYOND = "beyond the end"
    NOWHERE = "nowhere"
    TOO_SHORT = "too short"


def read(written: str) -> Receipt:
    """A receipt as people copy it: ``#42 · 1f0c…``, the end of an outcome post, or the hash alone. Raises BadValue."""
    if len(written) <= _MOST_WRITTEN:
        words = re.findall(r"[0-9a-z]+", written.casefold())
        hashes = [at for at, word in enumerate(words) if re.fullmatch(r"[0-9a-f]{6,64}", word)]
        if hashes:
            at = max(hashes, key=lambda each: len(words[each]))
            before = words[at - 1] if at else ""
            return Receipt(words[at], int(before) if re.fullmatch(r"[0-9]{1,15}", before) else None)
    shown = written if len(written) <= _WHOLE else f"{written[:_WHOLE]}…"
    raise BadValue("receipt", shown, "receipt", LEAST_DIGITS)


def standing(receipt: Receipt, at_number: str | None, somewhere: bool = False) -> ReceiptStanding:
    """Whether a receipt stands, checked at the number that it names.

    ``at_number`` is the whole hash of the entry of that number, None where the record ends before it. A receipt
    without a number stands if an entry ``somewhere`` has its hash: number and place are part of what is hashed.
    """
    if not receipt.proves:
        return ReceiptStanding.TOO_SHORT
    if receipt.number is None:
        return ReceiptStanding.STANDS if somewhere else ReceiptStanding.NOWHERE
    if at_number is None:
        return ReceiptStanding.BEYOND
    return ReceiptStanding.STANDS if at_number.startswith(receipt.digits) else ReceiptStanding.OTHER
