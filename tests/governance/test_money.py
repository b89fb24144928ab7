"""Money: integers in minor units; what is no sum, no currency or several things at once is not taken (RES-1)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iso4217 import Currency

from bot.governance.drafts import choose_amount, with_amount
from bot.governance.errors import AmountUnclear, BadValue
from bot.governance.money import EXPONENTS, Money, read, shown, split, written_amount
from bot.governance.proposals_types import Text


def typed(words: str) -> Money:
    return read(*split(words))


def unclear(words: str) -> AmountUnclear:
    with pytest.raises(AmountUnclear) as refusal:
        typed(words)
    return refusal.value


def test_the_currencies_and_their_decimals_are_those_of_the_standard() -> None:
    # What has no decimals there is no money: metals, funds of banks, codes for testing.
    assert {each.code: each.exponent for each in Currency if each.exponent is not None} == EXPONENTS


@pytest.mark.parametrize(
    ("words", "minor", "currency"),
    [
        ("2500 USD", 250000, "USD"),
        ("2500.5 USD", 250050, "USD"),
        ("usd 2500.50", 250050, "USD"),
        (" 2,500.50  USD ", 250050, "USD"),
        ("2 500 EUR", 250000, "EUR"),
        ("2\u202f500,50 EUR", 250050, "EUR"),
        ("2.500,50 EUR", 250050, "EUR"),
        ("2500,5 EUR", 250050, "EUR"),
        ("2,500 USD", 250000, "USD"),
        ("2'500 CHF", 250000, "CHF"),
        ("2’500.05 CHF", 250005, "CHF"),
        ("1,234,567 USD", 123456700, "USD"),
        ("1.234.567 EUR", 123456700, "EUR"),
        ("12,50,000.00 INR", 125000000, "INR"),
        ("0.01 USD", 1, "USD"),
        ("0,125 TND", 125, "TND"),
        ("500 JPY", 500, "JPY"),
        ("2,500 XOF", 2500, "XOF"),
        ("1.234.500 XPF", 1234500, "XPF"),
        ("1.5 KWD", 1500, "KWD"),
        ("12500.505 TND", 12500505, "TND"),
        ("1234,567 TND", 1234567, "TND"),
        ("12,500.000 TND", 12500000, "TND"),
        ("€2500", 250000, "EUR"),
        ("2.500,50 €", 250050, "EUR"),
        ("₹ 500", 50000, "INR"),
        ("US$ 2,500", 250000, "USD"),
        ("100 zł", 10000, "PLN"),
        ("10000000000000 USD", 10**15, "USD"),
    ],
)
def test_what_has_one_reading_is_read(words: str, minor: int, currency: str) -> None:
    assert typed(words) == Money(minor, currency)


@pytest.mark.parametrize(
    ("words", "readings"),
    [
        ("12,500 TND", ((12500000, "TND"), (12500, "TND"))),
        ("TND 12.500", ((12500000, "TND"), (12500, "TND"))),
        ("1.505 KWD", ((1505000, "KWD"), (1505, "KWD"))),
    ],
)
def test_what_can_be_read_in_two_ways_is_asked_back_with_both(words: str, readings: object) -> None:
    refusal = unclear(words)
    assert (refusal.why, refusal.readings) == ("several", readings)


@pytest.mark.parametrize(
    ("words", "reading"),
    [("2.500 EUR", (250000, "EUR")), ("12.345 USD", (1234500, "USD")), ("2.500 XOF", (2500, "XOF"))],
)
def test_a_point_that_would_make_too_many_decimals_is_not_taken_for_a_thousand_unasked(
    words: str, reading: object
) -> None:
    refusal = unclear(words)
    assert (refusal.why, refusal.readings) == ("decimals or not", (reading,))


@pytest.mark.parametrize(
    ("words", "readings"),
    [
        ("2,500.00 EUROS", ((250000, "EUR"),)),
        ("¥ 500", ((500, "JPY"), (50000, "CNY"))),
        ("$20", tuple((2000, code) for code in ("USD", "CAD", "AUD", "NZD", "MXN"))),
        ("500 FCFA", ((500, "XOF"), (500, "XAF"))),
    ],
)
def test_a_sign_or_word_that_is_no_code_is_asked_about(words: str, readings: object) -> None:
    refusal = unclear(words)
    assert (refusal.why, refusal.readings) == ("which currency", readings)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("EUR", "no sum"),
        ("five hundred dollars", "no sum"),
        ("2500", "no currency"),
        ("2,500.50", "no currency"),
        ("2500 USDC", "unknown currency"),
        ("2500 BANANAS", "unknown currency"),
        ("500 XAU", "unknown currency"),
        *[(f"{each} USD", "not a sum") for each in ("-5", "+5", "1e5", "2500.", "1.2.3", "1 2 3", "12 34", "1,2,3")],
        *[(f"{each} USD", "not a sum") for each in ("~2500", "1,23,45", "0,500,000", "2.500.00,5", "٥", "2500/3")],
        ("2.5k EUR", "not a sum"),
        ("2500.505 USD", "decimals"),
        ("1234,567 USD", "decimals"),
        ("1,2345 USD", "decimals"),
        ("1.5 JPY", "decimals"),
        ("2,500.50 XOF", "decimals"),
        ("1.5055 KWD", "decimals"),
        ("0 USD", "out of range"),
        ("0.00 USD", "out of range"),
        ("10000000000000.01 USD", "out of range"),
        ("9" * 61, "too long"),
        ("5" + " " * 6000 + "USD", "too long"),
    ],
)
def test_what_is_no_amount_says_why(words: str, why: str) -> None:
    refusal = unclear(words) if len(words) < 1000 else None
    if refusal is None:
        with pytest.raises(AmountUnclear) as raised:
            read(words, "USD")
        refusal = raised.value
    assert (refusal.why, refusal.readings) == (why, ())


@given(st.integers(1, 10**15), st.sampled_from(sorted(EXPONENTS)))
def test_what_is_written_can_be_read_as_the_same(minor: int, currency: str) -> None:
    words = written_amount(minor, currency)
    assert words.endswith(f" {currency}")
    amount, code = split(words)
    assert read(amount, code, minor) == Money(minor, currency)
    assert shown(minor, amount, code) == words


@given(st.text("0123456789.,' €$EURTND-", max_size=20))
def test_a_reading_has_the_digits_that_were_typed_and_nothing_is_lost(words: str) -> None:
    amount, currency = split(words)
    assert re.sub(r"\s", "", amount + currency).upper() in {
        re.sub(r"\s", "", f"{one}{other}").upper()
        for one, other in ((" ".join(words.split()), ""), (amount, currency), (currency, amount))
    }
    try:
        found: tuple[Money, ...] = (read(amount, currency),)
    except AmountUnclear as refusal:
        found = tuple(Money(*each) for each in refusal.readings)
    for each in found:
        digits = written_amount(each.minor, each.currency).removesuffix(each.currency)
        assert re.sub(r"\D", "", digits).strip("0") == re.sub(r"\D", "", amount).strip("0")


def test_a_chosen_reading_stays_while_the_words_do() -> None:
    text = with_amount(Text(amount_written="12,500", currency="TND"))
    assert text.amount is None
    chosen = choose_amount(text, Money(12500, "TND"))
    assert with_amount(chosen) == chosen
    assert shown(chosen.amount, chosen.amount_written, chosen.currency) == "12.500 TND"
    for other in (Money(1, "TND"), Money(12500, "USD")):
        with pytest.raises(AmountUnclear):
            choose_amount(text, other)
        with pytest.raises((AmountUnclear, BadValue)):
            choose_amount(chosen, other)


def test_what_an_earlier_rule_froze_is_shown_as_it_was_typed() -> None:
    assert shown(250000, "2500", "XOF") == "2500 XOF", "it was kept with two decimals, which the franc does not have"
    assert shown(250000, "2500", "USDC") == "2500 USDC"
    assert shown(None, "lots", "EUR") == "lots EUR"
    assert shown(250000, "2500", "EUR") == "2,500.00 EUR"
