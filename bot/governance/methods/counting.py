"""Counting that several methods share: marks of each option, quorum, votes for against votes cast (DEC-2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from bot.governance.votes_types import Ballot, Counts, Tally

FOR, AGAINST, ABSTAIN = "for", "against", "abstain"


def counts_of(ballots: Sequence[Ballot], options: tuple[str, ...]) -> Counts:
    """What all ballots give each option together, in the vote's fixed order, zeroes included."""
    return tuple((option, sum(ballot.marks.get(option, 0) for ballot in ballots)) for option in options)


def quorate(cast: int, eligible: int, quorum: Fraction) -> bool:
    """Whether enough of those eligible took part. Nobody eligible is never enough."""
    return eligible > 0 and cast >= quorum * eligible


def for_and_against(
    ballots: Sequence[Ballot],
    options: tuple[str, ...],
    eligible: int,
    quorum: Fraction,
    enough: Callable[[int, int], bool],
) -> Tally:
    """Votes for out of votes for and against; abstentions count towards the quorum only. A tie is not adopted."""
    counts = counts_of(ballots, options)
    votes = dict(counts)
    decided = votes[FOR] + votes[AGAINST]
    if not quorate(len(ballots), eligible, quorum):
        return Tally(False, "no quorum", len(ballots), eligible, counts)
    if votes[FOR] == votes[AGAINST]:
        return Tally(False, "tied", len(ballots), eligible, counts)
    adopted = enough(votes[FOR], decided)
    return Tally(adopted, "adopted" if adopted else "not enough votes for", len(ballots), eligible, counts)
