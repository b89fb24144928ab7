"""Types of decision as people read them: what they are called, and the seats that may file them (POL-3)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.governance.errors import SeatNeeded
from bot.governance.matrix import DecisionType
from bot.governance.organisation import GroupKind
from bot.ui.text import inline

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "general": "General",
        "operational": "Operational",
        "budget": "Budget",
        "policy": "Policy change",
        "ratification": "Ratification",
    }
)
"""What the types are called; one without words goes by its name."""


def label(type: str) -> str:
    """What a decision type is called."""
    return LABELS.get(type, type.capitalize())


def type_called(words: str) -> str:
    """The name of the type that is called so, whatever the case; other words as they are, for the rule to refuse."""
    folded = words.strip().casefold()
    return next((name for name, called in LABELS.items() if called.casefold() == folded), folded)


def page_2(row: DecisionType) -> str:
    """What page 2 asks, for the button that opens it."""
    *names, last = row.fields
    return (f"{', '.join(names)} and {last}" if names else last).capitalize()


def seats(needed: tuple[SeatNeeded, ...]) -> str:
    """The seats that may file a type, as the end of "It takes …"."""
    words = " or ".join(_seats(each) for each in needed) or "nobody (only the set-up)"
    return words.replace(" or a seat in ", " or in ")


def _seats(needed: SeatNeeded) -> str:
    place = "a cell" if needed.kind == GroupKind.CELL else inline(needed.group, 80) if needed.group else "a group"
    if needed.seat:
        return f"any {needed.seat} of {place}"
    return f"a seat in {place}" if needed.kind else "any seat but observer"
