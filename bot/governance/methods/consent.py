"""Consent round: adopted if the quorum answered and no objection remains at close (DEC-1). Silence is not consent."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from bot.governance.methods.counting import counts_of, quorate
from bot.governance.methods.shape import ONE_MARK
from bot.governance.votes_types import Ballot, Tally

NAME = "consent"
CONSENT, WITH_CONCERN, STAND_ASIDE, OBJECT = "consent", "consent with concern", "stand aside", "object"
OPTIONS = (CONSENT, WITH_CONCERN, STAND_ASIDE, OBJECT)
SHAPE = ONE_MARK
YES = frozenset({CONSENT, WITH_CONCERN})
NEEDS_REASON = frozenset({OBJECT})
MAY_BE_SECRET = False
SHARE = ""


def tally(
    ballots: Sequence[Ballot], options: tuple[str, ...], eligible: int, quorum: Fraction, share: Fraction
) -> Tally:
    """Adopted without objection once quorate; ``share`` plays no part. Everyone standing aside adopts nothing."""
    counts = counts_of(ballots, options)
    votes = dict(counts)
    if not quorate(len(ballots), eligible, quorum):
        return Tally(False, "no quorum", len(ballots), eligible, counts)
    if votes[OBJECT]:
        return Tally(False, "objections remain", len(ballots), eligible, counts)
    adopted = votes[CONSENT] + votes[WITH_CONCERN] > 0
    return Tally(adopted, "adopted" if adopted else "nobody consented", len(ballots), eligible, counts)
