"""What is recorded of final votes (DEC-1 to DEC-3)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.governance.events import Fact, fact, parts
from bot.governance.ids import PersonId, VoteId


@fact("proposal escalated")
class ProposalEscalated(Fact):
    """It goes to a final vote."""

    method: str


@fact("vote opened")
class VoteOpened(Fact):
    """So many may vote."""

    vote: VoteId
    method: str
    eligible: int


@fact("ballot cast")
class BallotCast(Fact):
    """Somebody voted, in a vote that is not secret."""

    vote: VoteId


@parts
class CountedBallot:
    """One ballot as it was counted, nobody's in a secret vote: the option that it marks alone, or all its marks."""

    person: PersonId | None
    criterion: str
    reason: str
    choice: str | None = None
    marks: Mapping[str, int] | None = None


@fact("vote closed")
class VoteClosed(Fact):
    """The count, from which anyone can reckon it again; ``rounds`` are those before the last."""

    vote: VoteId
    adopted: bool
    reason: str
    cast: int
    eligible: int
    counts: tuple[tuple[str, int], ...]
    hidden: bool
    ballots: tuple[CountedBallot, ...]
    chosen: str = ""
    rounds: tuple[tuple[tuple[str, int], ...], ...] | None = None
