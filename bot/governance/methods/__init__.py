"""Voting methods (DEC-1). Adding one: a file with what ``Method`` asks for, its line in ``_ALL``, words, a test."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Protocol

from bot.governance.methods import consent, majority, supermajority
from bot.governance.methods.shape import Shape
from bot.governance.votes_types import Ballot, Tally


class Method(Protocol):
    """What a voting method's file provides: data, and one pure function."""

    @property
    def NAME(self) -> str: ...
    @property
    def OPTIONS(self) -> tuple[str, ...]:
        """What every vote by it is about, in fixed order; empty where each proposal brings its own."""
        ...

    @property
    def SHAPE(self) -> Shape:
        """How a ballot is filled in."""
        ...

    @property
    def YES(self) -> frozenset[str]:
        """Options that say yes to the proposal."""
        ...

    @property
    def NEEDS_REASON(self) -> frozenset[str]:
        """Options that are marked with a criterion and a reason only; while anybody does, no vote closes early."""
        ...

    @property
    def MAY_BE_SECRET(self) -> bool: ...
    @property
    def SHARE(self) -> str:
        """The policy key of the share that it asks for; empty where it asks for none."""
        ...

    def tally(
        self, ballots: Sequence[Ballot], options: tuple[str, ...], eligible: int, quorum: Fraction, share: Fraction
    ) -> Tally:
        """Count. The same ballots in any order give the same result."""
        ...


_ALL: tuple[Method, ...] = (
    majority,
    supermajority,
    consent,
)
_BY_NAME = {method.NAME: method for method in _ALL}
REGISTRY = MappingProxyType(_BY_NAME)
"""Every voting method by name."""

DECIDING = tuple(method.NAME for method in _ALL if method.OPTIONS)
"""Those that can decide on a proposal as it stands: to be chosen from in the policy."""
