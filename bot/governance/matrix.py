"""The decision matrix: what types of decision there are, and how each is filed, decided and carried out (POL-3)."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bot.governance.errors import UnknownKey


class Filer(StrEnum):
    """Who may file a type of proposal, in words; ``{team}`` is the coordinating group's own name (POL-3)."""

    SEAT = "any seat but observer"
    OPERATIONS = "a seat in {team} or in a cell"
    TOP_LEVEL = "a seat in {team}"
    MEMBER = "any member of a group"
    NOBODY = "nobody (only the set-up)"


class Electorate(StrEnum):
    """Whose members may object to and vote on a type of proposal (POL-3)."""

    CHOSEN = "chosen group"
    STAKEHOLDERS = "stakeholder group"


class Passing(StrEnum):
    """How a type of proposal passes (POL-3)."""

    SILENCE = "silence"
    BY_KEY = "silence, or supermajority for entrenched keys"
    SUPERMAJORITY = "supermajority"


class Carrier(StrEnum):
    """Who carries out what was decided (POL-3)."""

    PEOPLE = "people"
    BOT = "the bot"


@dataclass(frozen=True, slots=True)
class DecisionType:
    """A row of the decision matrix (POL-3). ``timelock`` names a policy key, or is empty for none.

    What the bot carries out has an effect. ``needs_ratified``: nothing of it is decided or carried out while the
    partnership is provisional (SCL-5).
    """

    name: str
    label: str
    may_file: Filer
    electors: Electorate
    passes_by: Passing
    timelock: str = ""
    about: str = ""
    carried_out_by: Carrier = Carrier.PEOPLE
    needs_ratified: bool = False


TYPES: Mapping[str, DecisionType] = MappingProxyType(
    {
        row.name: row
        for row in (
            DecisionType(
                "general",
                "General",
                Filer.SEAT,
                Electorate.CHOSEN,
                Passing.SILENCE,
                about="a decision of one group about its own work",
            ),
            DecisionType(
                "operational",
                "Operational",
                Filer.OPERATIONS,
                Electorate.STAKEHOLDERS,
                Passing.SILENCE,
                about="how the work is run, reviewed by the stakeholder group",
            ),
            DecisionType(
                "budget",
                "Budget",
                Filer.TOP_LEVEL,
                Electorate.STAKEHOLDERS,
                Passing.SILENCE,
                "timelock.budget",
                about="money for the work, reviewed by the stakeholder group",
                needs_ratified=True,
            ),
            DecisionType(
                "policy",
                "Policy change",
                Filer.MEMBER,
                Electorate.STAKEHOLDERS,
                Passing.BY_KEY,
                "timelock.policy",
                about="a change of one rule or number of this partnership",
                carried_out_by=Carrier.BOT,
                needs_ratified=True,
            ),
            DecisionType(
                "ratification",
                "Ratification",
                Filer.NOBODY,
                Electorate.STAKEHOLDERS,
                Passing.SUPERMAJORITY,
                about="the partnership's structure and first policy",
                carried_out_by=Carrier.BOT,
            ),
        )
    }
)
"""The genesis decision matrix by type name."""


def type_named(name: str) -> DecisionType:
    """The decision type of this name. Raises UnknownKey with the nearest valid names."""
    if name not in TYPES:
        raise UnknownKey(name, tuple(difflib.get_close_matches(name, TYPES, n=3, cutoff=0.4)))
    return TYPES[name]
