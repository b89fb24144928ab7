"""Rules of the policy as people read them: what a rule is about beside its key, and values in words (POL-1)."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction

from bot.governance.errors import BadValue
from bot.governance.policy_keys import KEYS
from bot.governance.policy_values import parsed
from bot.ui.labels import share, span
from bot.ui.text import inline


def rule(key: str) -> str:
    """What the rule of this key is about, with the key; a key that is no rule any more stands alone."""
    return f"**{KEYS[key].about}** ({key})" if key in KEYS else f"**{inline(key, 80)}**"


def moved(why: str) -> str:
    """What became stale, as the record names it (``limits.versions: 5 → 6``), in words; other reasons as they are."""
    found = re.fullmatch(r"([^:]+): (.*) → (.*)", why)
    if found is None:
        return inline(why, 200)
    what, was, now = found.groups()
    named = f"the rule {rule(what)}" if what in KEYS else f"the {inline(what, 80)}"
    return f"{named} was {value(what, was)} when this was written, and is {value(what, now)} now"


def value(key: str, text: str) -> str:
    """A rule's value in words: ``72h`` is 3 days, ``1/2`` half. What cannot be read stays as it was written."""
    try:
        meant = parsed(KEYS[key], text)
    except (KeyError, BadValue):
        return inline(text, 60)
    if isinstance(meant, timedelta):
        return span(meant) if meant else "no time"
    return share(meant) if isinstance(meant, Fraction) else inline(text, 60)
