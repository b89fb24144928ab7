"""Supermajority: at least the policy's share of votes for and against, with quorum (DEC-1, DEC-2)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from bot.governance.methods.counting import ABSTAIN, AGAINST, FOR, for_and_against
from bot.governance.methods.shape import ONE_MARK
from bot.governance.votes_types import Ballot, Tally

NAME = "supermajority"
OPTIONS = (FOR, AGAINST, ABSTAIN)
SHAPE = ONE_MARK
YES = frozenset({FOR})
NEEDS_REASON: frozenset[str] = frozenset()
MAY_BE_SECRET = True
SHARE = "vote.supermajority"


def tally(
    ballots: Sequence[Ballot], options: tuple[str, ...], eligible: int, quorum: Fraction, share: Fraction
) -> Tally:
    """Adopted when votes for reach ``share`` of votes for and against; a tie is not adopted."""
    return for_and_against(ballots, options, eligible, quorum, lambda votes, decided: votes >= share * decided)
