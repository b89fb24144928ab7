"""Voting methods (DEC-1). Adding one: a file with these names, one line in ``REGISTRY``, its test.

Each method is data plus pure functions: ``NAME``, ``CHOICES`` in their fixed order, those that say ``YES``, and
``tally(ballots, eligible, quorum, share) -> Tally``.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Protocol

from bot.governance.methods import consent, majority, supermajority
from bot.governance.proposals_types import Ballot, Tally


class Method(Protocol):
    """What a voting method's file provides."""

    @property
    def NAME(self) -> str: ...
    @property
    def CHOICES(self) -> tuple[str, ...]: ...
    @property
    def YES(self) -> frozenset[str]: ...
    @property
    def NEEDS_REASON(self) -> frozenset[str]: ...
    @property
    def MAY_BE_SECRET(self) -> bool: ...

    def tally(self, ballots: Sequence[Ballot], eligible: int, quorum: Fraction, share: Fraction) -> Tally:
        """Count. The same ballots in any order give the same result."""
        ...


_ALL: tuple[Method, ...] = (consent, majority, supermajority)
REGISTRY = MappingProxyType({method.NAME: method for method in _ALL})
"""Every voting method by name."""
