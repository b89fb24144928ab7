"""Policy: a complete set of values for all that a community may amend, version by version (POL-1, POL-2)."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from types import MappingProxyType

from bot.governance import matrix as rows
from bot.governance.errors import BadValue, UnknownKey
from bot.governance.matrix import DecisionType
from bot.governance.policy_keys import KEYS, key_named
from bot.governance.policy_values import Value, bare, checked


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a partnership's policy. Complete: every key has a value within its bounds, and every row stands.

    ``matrix`` are the types of decision that it knows (POL-3).
    """

    version: int
    values: Mapping[str, Value]
    matrix: tuple[DecisionType, ...] = rows.GENESIS

    def duration(self, name: str) -> timedelta:
        """Value of a duration key."""
        value = self.values[name]
        assert isinstance(value, timedelta)
        return value

    def share(self, name: str) -> Fraction:
        """Value of a share key."""
        return Fraction(self.values[name])  # type: ignore[arg-type]

    def count(self, name: str) -> int:
        """Value of a count key."""
        value = self.values[name]
        assert isinstance(value, int)
        return value

    def flag(self, name: str) -> bool:
        """Value of a flag key."""
        return bool(self.values[name])

    def text(self, name: str) -> str:
        """Value of a choice, emoji or time zone key."""
        return str(self.values[name])

    def row(self, type: str) -> DecisionType:
        """The row of this type of decision. Raises UnknownKey with the nearest valid names."""
        found = next((row for row in self.matrix if row.name == type), None)
        if found is None:
            names = [row.name for row in self.matrix]
            raise UnknownKey(type, tuple(difflib.get_close_matches(type, names, n=3, cutoff=0.4)))
        return found

    @property
    def own_matters(self) -> DecisionType:
        """The row for a group's own matters: that in which the author chooses who decides."""
        return next(row for row in self.matrix if row.chosen)

    @property
    def founding(self) -> DecisionType:
        """The row of the partnership's first proposal (SCL-5)."""
        return next(row for row in self.matrix if row.founding)


def genesis(changes: Mapping[str, Value] = MappingProxyType({})) -> Policy:
    """Version 1 of a policy: the defaults, with a file's changes (POL-1).

    Raises UnknownKey, BadValue or OutOfBounds.
    """
    first = Policy(0, {key.name: key.default for key in KEYS.values()}, rows.checked(rows.GENESIS))
    return replace(amended(first, changes), version=1)


def amended(policy: Policy, changes: Mapping[str, Value]) -> Policy:
    """The next version with these keys changed (ADP-2). Raises UnknownKey, BadValue or OutOfBounds.

    Objections and concerns never share an emoji: nobody could tell which of them a reaction is.
    """
    values = dict(policy.values)
    for name, value in changes.items():
        values[name] = checked(key_named(name), value)
    emojis = {name: str(values[name]) for name in ("objection.emoji", "concern.emoji")}
    changed = next((name for name in emojis if name in changes), None)
    if changed is not None and len({bare(emoji) for emoji in emojis.values()}) == 1:
        raise BadValue(changed, emojis[changed], "another emoji")
    return replace(policy, version=policy.version + 1, values=values)
