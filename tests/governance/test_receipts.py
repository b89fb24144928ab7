"""Receipts (REC-1): read as people copy them, and worth something only where nobody can make another entry to fit."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance.errors import BadValue
from bot.governance.receipts import LEAST_DIGITS, Receipt, ReceiptStanding, read, standing

HASH = hashlib.sha256(b"an entry").hexdigest()
hashes = st.binary(max_size=4).map(lambda each: hashlib.sha256(each).hexdigest())


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (f"#42 · {HASH}", 42),
        (f"-# Record #42 · {HASH}", 42),
        (f"-# Record #42 · {HASH} · 27 November 2026 14:05", 42),
        (f"  42 {HASH.upper()}  ", 42),
        (f"```\n#42 · {HASH}\n```", 42),
        (f"`{HASH}`", None),
        (f"#{HASH}…", None),
        (f"as of 2026-11-27 the hash is {HASH}", None),
    ],
)
def test_a_receipt_is_read_as_people_copy_it(written: str, number: int | None) -> None:
    assert read(written) == Receipt(HASH, number)


@pytest.mark.parametrize(
    "written",
    ["", "abc", "not a hash", "#42", "f" * 65, "12 34 56", "x" * 600 + HASH, "\N{CYRILLIC SMALL LETTER A}" * 32],
)
def test_what_is_no_receipt_is_refused(written: str) -> None:
    with pytest.raises(BadValue) as refused:
        read(written)
    assert len(refused.value.text) <= 65


def test_a_short_one_is_read_so_that_it_can_be_said_that_it_is_short() -> None:
    """Posts had 12 digits before: whoever copied those hears why they prove nothing."""
    old = read(f"-# Record #7 · {HASH[:12]}")
    assert (old, old.proves) == (Receipt(HASH[:12], 7), False)


@given(hashes, hashes, st.integers(1, 64), st.integers(0, 10**6))
def test_only_the_very_hash_at_its_number_stands(kept: str, found: str, digits: int, number: int) -> None:
    receipt = Receipt(kept[:digits], number)
    got = standing(receipt, found, somewhere=True)
    if digits < LEAST_DIGITS:
        assert got is ReceiptStanding.TOO_SHORT
    else:
        assert got is (ReceiptStanding.STANDS if kept == found else ReceiptStanding.OTHER)
    assert standing(receipt, None) is (ReceiptStanding.TOO_SHORT if digits < LEAST_DIGITS else ReceiptStanding.BEYOND)


@given(hashes, st.integers(1, 64), st.booleans())
def test_without_a_number_it_is_looked_for_everywhere(kept: str, digits: int, somewhere: bool) -> None:
    got = standing(Receipt(kept[:digits]), None, somewhere)
    expected = ReceiptStanding.STANDS if somewhere else ReceiptStanding.NOWHERE
    assert got is (expected if digits >= LEAST_DIGITS else ReceiptStanding.TOO_SHORT)


def test_a_short_receipt_can_be_forged_by_trial() -> None:
    """What the rule is for: another entry that begins like a receipt is found in a moment, five digits as here."""
    kept = hashlib.sha256(b"honest").hexdigest()
    forged = next(h for n in range(2**26) if (h := hashlib.sha256(b"forged%d" % n).hexdigest())[:5] == kept[:5])
    assert forged != kept
    assert standing(Receipt(kept[:5], 3), forged) is ReceiptStanding.TOO_SHORT
    assert standing(Receipt(kept[:32], 3), forged) is ReceiptStanding.OTHER
