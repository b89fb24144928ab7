"""What people read of votes, whatever the method (DEC-1)."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from bot.governance.errors import BadBallot
from bot.governance.methods import REGISTRY
from bot.governance.votes_types import Ballot
from bot.ui import errors
from bot.ui.proposals_labels import OUTCOME_REASONS


def test_every_reason_for_which_a_vote_ends_so_has_words() -> None:
    """Every result of a few ballots by each method that can decide."""
    for method in REGISTRY.values():
        for cast in product(range(3), repeat=len(method.OPTIONS)):
            ballots = [Ballot({each: 1}) for each, n in zip(method.OPTIONS, cast, strict=True) for _ in range(n)]
            tally = method.tally(ballots, method.OPTIONS, 4, Fraction(1, 2), Fraction(2, 3))
            assert tally.adopted is (tally.reason == "adopted")
            assert tally.adopted or tally.reason in OUTCOME_REASONS


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (BadBallot("total", 1, 1), "Exactly one option can be marked here."),
        (BadBallot("total", 3, 3), "The marks must come to 3 together."),
        (BadBallot("total", 1, 25), "The marks of this ballot must come to 1 to 25 together."),
        (BadBallot("total", 1, None), "The marks of this ballot must come to at least 1 together."),
        (BadBallot("mark", 0, 5), "One option can be marked from 0 to 5 here."),
        (BadBallot("order", 1, 4), "Each option has a place of its own"),
    ],
)
def test_why_a_ballot_is_not_taken(refusal: BadBallot, words: str) -> None:
    assert words in errors.speak(refusal)
