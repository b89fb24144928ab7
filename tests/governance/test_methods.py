"""Voting methods: quorum edges, exact shares, ties, abstentions, and counting in any order (DEC-1, DEC-2)."""

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance.errors import BadBallot, UnknownKey
from bot.governance.ids import PersonId
from bot.governance.methods import DECIDING, REGISTRY
from bot.governance.methods.shape import ONE_MARK, Shape, fitted
from bot.governance.policy_keys import KEYS, key_named
from bot.governance.policy_values import Kind
from bot.governance.votes_types import Ballot

OPTIONS = ("for", "against", "abstain")
HALF, TWO_THIRDS = Fraction(1, 2), Fraction(2, 3)


def cast(**choices: int) -> list[Ballot]:
    """So many ballots of each choice; ``_`` stands for a blank."""
    found = [choice.replace("_", " ") for choice, count in choices.items() for _ in range(count)]
    return [Ballot({choice: 1}, PersonId(f"p{n}")) for n, choice in enumerate(found)]


def test_the_registry_has_each_method_under_its_name() -> None:
    assert set(REGISTRY) == {"consent", "majority", "supermajority"}
    for name, method in REGISTRY.items():
        assert name == method.NAME
        assert set(method.OPTIONS) >= method.NEEDS_REASON
        assert len(set(method.OPTIONS)) == len(method.OPTIONS)
        assert not method.SHARE or KEYS[method.SHARE].kind is Kind.SHARE
    assert not REGISTRY["consent"].MAY_BE_SECRET
    assert key_named("vote.method").choices == DECIDING == ("majority", "supermajority", "consent")


@pytest.mark.parametrize(
    ("method", "ballots", "eligible", "share", "adopted", "reason"),
    [
        ("majority", {"for": 2, "against": 1}, 6, HALF, True, "adopted"),
        ("majority", {"for": 2, "against": 1}, 7, HALF, False, "no quorum"),
        ("majority", {"for": 2}, 6, HALF, False, "no quorum"),
        ("majority", {"for": 2, "against": 2}, 4, HALF, False, "tied"),
        ("majority", {"for": 1, "against": 2}, 4, HALF, False, "not enough votes for"),
        ("majority", {"for": 1, "abstain": 2}, 6, HALF, True, "adopted"),
        ("majority", {"abstain": 3}, 6, HALF, False, "tied"),
        ("majority", {}, 6, HALF, False, "no quorum"),
        ("majority", {}, 0, HALF, False, "no quorum"),
        ("majority", {"for": 3, "against": 2}, 5, Fraction(3, 5), False, "not enough votes for"),
        ("majority", {"for": 4, "against": 2}, 6, Fraction(3, 5), True, "adopted"),
        ("supermajority", {"for": 2, "against": 1}, 6, TWO_THIRDS, True, "adopted"),
        ("supermajority", {"for": 4, "against": 2}, 6, TWO_THIRDS, True, "adopted"),
        ("supermajority", {"for": 3, "against": 2}, 6, TWO_THIRDS, False, "not enough votes for"),
        ("supermajority", {"for": 1, "against": 1, "abstain": 1}, 6, TWO_THIRDS, False, "tied"),
        ("supermajority", {"for": 2, "against": 1, "abstain": 3}, 6, TWO_THIRDS, True, "adopted"),
        ("supermajority", {"for": 2}, 5, TWO_THIRDS, False, "no quorum"),
        ("supermajority", {"for": 3}, 3, Fraction(1), True, "adopted"),
        ("supermajority", {"for": 99, "against": 1}, 100, Fraction(1), False, "not enough votes for"),
        ("consent", {"consent": 3}, 6, HALF, True, "adopted"),
        ("consent", {"consent": 2}, 6, HALF, False, "no quorum"),
        ("consent", {"consent_with_concern": 1, "stand_aside": 2}, 6, HALF, True, "adopted"),
        ("consent", {"consent": 5, "object": 1}, 6, HALF, False, "objections remain"),
        ("consent", {"stand_aside": 6}, 6, HALF, False, "nobody consented"),
        ("consent", {"object": 1}, 6, HALF, False, "no quorum"),
        ("consent", {}, 6, HALF, False, "no quorum"),
    ],
)
def test_the_edges(
    method: str, ballots: dict[str, int], eligible: int, share: Fraction, adopted: bool, reason: str
) -> None:
    tally = REGISTRY[method].tally(cast(**ballots), REGISTRY[method].OPTIONS, eligible, HALF, share)
    assert (tally.adopted, tally.reason) == (adopted, reason)
    assert (tally.cast, tally.eligible) == (sum(ballots.values()), eligible)
    assert [choice for choice, _ in tally.counts] == list(REGISTRY[method].OPTIONS)


@given(st.data())
def test_a_tally_does_not_depend_on_the_order_of_ballots(data: st.DataObject) -> None:
    method = REGISTRY[data.draw(st.sampled_from(sorted(REGISTRY)))]
    options = method.OPTIONS
    choices = data.draw(st.lists(st.sampled_from(options), max_size=12))
    ballots = [Ballot({choice: 1}, PersonId(f"p{n}")) for n, choice in enumerate(choices)]
    share = data.draw(st.fractions(HALF, 1, max_denominator=10))
    quorum = data.draw(st.fractions(Fraction(1, 4), 1, max_denominator=10))
    shuffled: Any = data.draw(st.permutations(ballots))
    assert method.tally(ballots, options, 12, quorum, share) == method.tally(shuffled, options, 12, quorum, share)


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 30))
def test_a_majority_and_a_supermajority_recount_by_hand(yes: int, no: int, abstain: int, absent: int) -> None:
    ballots = cast(**{"for": yes, "against": no, "abstain": abstain})
    eligible = len(ballots) + absent
    quorate = eligible > 0 and 2 * len(ballots) >= eligible
    majority = REGISTRY["majority"].tally(ballots, OPTIONS, eligible, HALF, HALF)
    supermajority = REGISTRY["supermajority"].tally(ballots, OPTIONS, eligible, HALF, TWO_THIRDS)
    assert majority.adopted is (quorate and yes > no)
    assert supermajority.adopted is (quorate and yes > no and 3 * yes >= 2 * (yes + no))


# ---- ballots -------------------------------------------------------------------------------------

ABC = ("a", "b", "c")
SHAPES: dict[str, tuple[Shape, Callable[[tuple[int, ...]], bool]]] = {
    "one mark": (ONE_MARK, lambda given: sum(given) == 1),
    "approval": (Shape(), lambda given: max(given) == 1),
    "score": (Shape(highest=5), lambda given: 1 <= max(given) <= 5),
    "ranked": (Shape(ordered=True), lambda given: sorted(g for g in given if g) in ([1], [1, 2], [1, 2, 3])),
    "quadratic": (
        Shape(highest=5, most=25, power=2),
        lambda given: max(given) <= 5 and 1 <= sum(g * g for g in given) <= 25,
    ),
}
"""Each shape beside what it means, for the numbers that a ballot gives each of three options."""


@pytest.mark.parametrize("name", SHAPES)
def test_a_ballot_fits_its_shape_or_is_refused(name: str) -> None:
    """Every ballot of three options with marks from -1 to 6."""
    shape, fits = SHAPES[name]
    for given_ in product(range(-1, 7), repeat=3):
        marks = dict(zip(reversed(ABC), reversed(given_), strict=True))
        if min(given_) >= 0 and fits(given_):
            found = fitted(shape, marks, ABC)
            assert found == {option: mark for option, mark in marks.items() if mark}
            assert list(found) == [option for option in ABC if option in found], "in the order of the options"
            assert fitted(shape, found, ABC) == found
        else:
            with pytest.raises(BadBallot):
                fitted(shape, marks, ABC)
    with pytest.raises(BadBallot):
        fitted(shape, {}, ABC)
    with pytest.raises(UnknownKey):
        fitted(shape, {"a": 1, "d": 0}, ABC)
