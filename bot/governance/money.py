"""Money: integers in the minor unit of a currency (RES-1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass

from bot.governance.errors import AmountUnclear

_TABLE = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW "
    "CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR "
    "ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV "
    "MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD "
    "SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
EXPONENTS = {code: exponent for exponent, codes in _TABLE.items() for code in codes.split()}
"""Decimals of each currency of ISO 4217; a test compares them with the library that carries the standard's table."""

_SYMBOLS = {
    "€": "EUR", "₹": "INR", "₩": "KRW KPW", "₪": "ILS", "₫": "VND", "₱": "PHP", "₦": "NGN", "₴": "UAH", "₽": "RUB",
    "₺": "TRY", "₡": "CRC", "₲": "PYG", "₭": "LAK", "₮": "MNT", "฿": "THB", "₵": "GHS", "₸": "KZT", "₾": "GEL",
    "₼": "AZN", "៛": "KHR", "৳": "BDT", "US$": "USD", "C$": "CAD", "CA$": "CAD", "A$": "AUD", "AU$": "AUD",
    "NZ$": "NZD", "HK$": "HKD", "S$": "SGD", "NT$": "TWD", "MX$": "MXN", "R$": "BRL", "ZŁ": "PLN", "KČ": "CZK",
    "FT": "HUF", "FR.": "CHF", "$": "USD CAD AUD NZD MXN", "£": "GBP EGP", "¥": "JPY CNY", "KR": "SEK NOK DKK ISK",
    "KR.": "DKK NOK SEK ISK", "RS": "INR PKR LKR NPR", "RS.": "INR PKR LKR NPR",
}  # fmt: skip
"""What people write for a currency; where it stands for several, those that are asked about."""

_NAMES = {
    "EURO": "EUR", "EUROS": "EUR", "DOLLAR": "USD CAD AUD NZD", "DOLLARS": "USD CAD AUD NZD", "POUND": "GBP EGP",
    "POUNDS": "GBP EGP", "YEN": "JPY", "YUAN": "CNY", "RMB": "CNY", "FRANC": "CHF XOF XAF XPF",
    "FRANCS": "CHF XOF XAF XPF", "RUPEE": "INR PKR LKR NPR", "RUPEES": "INR PKR LKR NPR", "DINAR": "TND KWD JOD DZD",
    "DINARS": "TND KWD JOD DZD", "CFA": "XOF XAF", "FCFA": "XOF XAF",
    "PESO": "MXN ARS CLP COP PHP", "PESOS": "MXN ARS CLP COP PHP",
}  # fmt: skip
"""Words that are no code: what may be meant by them is asked."""

MOST_WRITTEN = 60
"""Characters of an amount with its currency. More cannot be a sum of money."""
MOST_READINGS = 10
_MOST = 10**15
_CODE = r"[^\W\d_]{1,12}\.?|[^\W\d_]{0,2}[^\w\s.,'’-]"
_CODE_LAST = re.compile(rf"(?P<sum>.*?[\d.,'’])\s*(?P<code>{_CODE})")
_CODE_FIRST = re.compile(rf"(?P<code>{_CODE})\s*(?P<sum>[\d.,'’-].*)")
_PLAIN = r"\d{1,16}"
_GROUPED = r"[1-9]\d{0,2}(?:%s\d{3})+"
_BY_TWOS = r"[1-9]\d?(?:,\d{2})+,\d{3}"
"""How India groups: two digits, and three at the end."""


@dataclass(frozen=True, slots=True)
class Money:
    """A sum in minor units of a currency."""

    minor: int
    currency: str


def split(written: str) -> tuple[str, str]:
    """The sum and the currency of words such as ``2500 USD`` or ``€ 1,200.50``; what is not there is empty."""
    words = " ".join(written.split())
    if len(words) > MOST_WRITTEN:
        return words, ""
    for form in (_CODE_LAST, _CODE_FIRST):
        if (found := form.fullmatch(words)) is not None and any(map(str.isdigit, found["sum"])):
            return found["sum"].strip(), found["code"].upper()
    return words, ""


def read(amount: str, currency: str, chosen: int | None = None) -> Money:
    """An amount above zero in a known currency; ``chosen`` is the reading that was picked, in minor units.

    Raises AmountUnclear for what cannot be read, and with every reading for what can be read in several ways.
    """
    written = f"{amount} {currency}".strip()
    if not written:
        raise AmountUnclear("empty")
    if len(written) > MOST_WRITTEN:
        raise AmountUnclear("too long")
    if not any(map(str.isdigit, amount)):
        raise AmountUnclear("no sum", written)
    if not currency.strip():
        raise AmountUnclear("not a sum" if re.search(r"[^\W\d_]", amount) else "no currency", written)
    codes, certain = _codes(currency)
    if not codes:
        raise AmountUnclear("unknown currency", currency)
    readings = tuple(Money(minor, code) for code in codes for minor in _minors(amount, code))[:MOST_READINGS]
    if not readings:
        raise AmountUnclear(_why_not(amount, codes[0]), written, currency=codes[0])
    doubted = certain and len(readings) == 1 and _only_without_decimals(amount, codes[0])
    if certain and len(readings) == 1 and not doubted:
        return readings[0]
    for reading in readings:
        if chosen is not None and certain and reading.minor == chosen:
            return reading
    why = "decimals or not" if doubted else "several" if certain else "which currency"
    raise AmountUnclear(why, written, tuple(map(astuple, readings)), codes[0])


def written_amount(minor: int, currency: str) -> str:
    """Minor units as people read them, such as ``2,500.50 USD``."""
    places = EXPONENTS.get(currency, 2)
    whole, part = divmod(minor, 10**places)
    return f"{whole:,}" + (f".{part:0{places}d}" if places else "") + f" {currency}"


def shown(minor: int | None, amount: str, currency: str) -> str:
    """An amount as people read it; as it was typed while, or since, the rule reads it in another way.

    What is frozen in a version keeps the minor units it was read into, so that they never are told wrongly.
    """
    try:
        if minor is not None and read(amount, currency, minor) == Money(minor, currency):
            return written_amount(minor, currency)
    except AmountUnclear:
        pass
    return f"{amount} {currency}".strip()


def _codes(currency: str) -> tuple[tuple[str, ...], bool]:
    """The currencies that a code, a sign or a word may stand for, and whether that is certain."""
    word = currency.strip().upper()
    if word in EXPONENTS:
        return (word,), True
    signs = tuple(_SYMBOLS.get(word, "").split())
    return (signs, len(signs) == 1) if signs else (tuple(_NAMES.get(word, "").split()), False)


def _minors(amount: str, code: str) -> list[int]:
    """Every sum that the words may stand for in this currency, the larger first."""
    places = EXPONENTS[code]
    found = {int(whole + part.ljust(places, "0")) for whole, part in _sums(amount) if len(part) <= places}
    return sorted((minor for minor in found if 0 < minor <= _MOST), reverse=True)


def _sums(amount: str) -> Iterator[tuple[str, str]]:
    """Digits before and after the decimal sign, in every way in which people write that."""
    words = " ".join(amount.split()).replace("’", "'")
    for decimal in ".,":
        wholes = [_PLAIN, *(_GROUPED % re.escape(gap) for gap in " ',." if gap != decimal)]
        if decimal == ".":
            wholes.append(_BY_TWOS)
        pattern = rf"(?P<whole>{'|'.join(wholes)})(?:\{decimal}(?P<part>\d{{1,6}}))?"
        if (found := re.fullmatch(pattern, words, re.ASCII)) is not None:
            yield re.sub(r"\D", "", found["whole"]), found["part"] or ""


def _only_without_decimals(amount: str, code: str) -> bool:
    """Whether one point stands where decimals would, and they would be more than the currency has: ``12.345 USD``."""
    lone_point = re.fullmatch(r"\s*\d{1,3}\.\d{3}\s*", amount, re.ASCII)
    return lone_point is not None and EXPONENTS[code] < 3


def _why_not(amount: str, code: str) -> str:
    sums = list(_sums(amount))
    if not sums:
        return "not a sum"
    return "decimals" if all(len(part) > EXPONENTS[code] for _, part in sums) else "out of range"
