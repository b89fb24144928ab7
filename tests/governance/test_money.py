"""Money: integers in minor units; zero, negative, huge and ambiguous amounts are refused (RES-1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance.errors import BadValue
from bot.governance.money import read_amount, read_currency, written_amount


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("2500", "USD", 250000),
        ("2500.5", "USD", 250050),
        ("2500.50", "usd", 250050),
        (" 2,500.50 ", "USD", 250050),
        ("2 500", "EUR", 250000),
        ("2'500", "CHF", 250000),
        ("1,234,567", "USD", 123456700),
        ("0.01", "USD", 1),
        ("500", "JPY", 500),
        ("1.5", "KWD", 1500),
        ("1.505", "KWD", 1505),
        ("10000000000000", "USD", 10**15),
    ],
)
def test_amounts(text: str, currency: str, minor: int) -> None:
    assert read_amount(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        *[(t, "USD") for t in ("", "0", "0.00", "-5", "+5", "five", "1e5", "2500.505", "2500.", ".5", "1.2.3")],
        *[
            (t, "USD")
            for t in ("2.500,50", "2500,5", "1,23", "1,2345", "10000000000000.01", "9" * 30, "٥", "∞", "5 USD")
        ],
        ("1.5", "JPY"),
        ("1.5055", "KWD"),
    ],
)
def test_amounts_that_are_not_taken(text: str, currency: str) -> None:
    with pytest.raises(BadValue):
        read_amount(text, currency)


def test_currencies() -> None:
    assert read_currency(" eur ") == "EUR"
    assert read_currency("USDC") == "USDC"
    for text in ("", "E", "EU", "EURO12", "TOOLONG", "€", "E R"):
        with pytest.raises(BadValue):
            read_currency(text)


@given(st.integers(1, 10**15), st.sampled_from(["USD", "JPY", "KWD", "XYZ"]))
def test_what_is_written_is_read_again(minor: int, currency: str) -> None:
    text = written_amount(minor, currency)
    assert text.endswith(f" {currency}")
    assert read_amount(text.removesuffix(f" {currency}"), currency) == minor
