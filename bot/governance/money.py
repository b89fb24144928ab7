"""Money: integers in the minor unit of a currency (RES-1)."""

from __future__ import annotations

import re

from bot.governance.errors import BadValue

_EXPONENTS = dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3) | dict.fromkeys(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF"), 0
)
_MOST = 10**15
_EXPECTED = "an amount above zero such as 2500 or 2500.50"


def read_amount(text: str, currency: str) -> int:
    """An amount above zero as minor units. Raises BadValue for signs, words, too many decimals, huge sums."""
    places = _EXPONENTS.get(currency.upper(), 2)
    plain = text.strip().replace(" ", "").replace("'", "")
    plain = re.sub(r",(?=\d{3}(\D|$))", "", plain)
    if not re.fullmatch(r"\d{1,16}(\.\d{1,3})?", plain, flags=re.ASCII):
        raise BadValue("amount", text, _EXPECTED)
    whole, _, decimals = plain.partition(".")
    if len(decimals) > places:
        raise BadValue("amount", text, f"at most {places} decimals in {currency.upper()}")
    minor = int(whole + decimals.ljust(places, "0"))
    if not 0 < minor <= _MOST:
        raise BadValue("amount", text, _EXPECTED)
    return minor


def read_currency(text: str) -> str:
    """A currency code of three to five letters, in capitals. Raises BadValue."""
    code = text.strip().upper()
    if not re.fullmatch(r"[A-Z]{3,5}", code):
        raise BadValue("currency", text, "a code such as USD or EUR")
    return code


def written_amount(minor: int, currency: str) -> str:
    """Minor units as people read them, such as ``2,500.50 USD``."""
    places = _EXPONENTS.get(currency, 2)
    whole, part = divmod(minor, 10**places)
    return f"{whole:,}" + (f".{part:0{places}d}" if places else "") + f" {currency}"
