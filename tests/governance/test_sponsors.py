"""Who speaks for an objection whose objector is gone: whose it touches, which periods begin anew (PRO-9, PRO-11)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.governance import halts, objections, sponsors
from bot.governance.proposals_types import Objection, ObjectionState, Proposal, ProposalState
from bot.governance.proposals_types import Test as FormTest
from tests.governance.scene import (
    ANA,
    BO,
    CY,
    DI,
    ED,
    FAY,
    GIL,
    NOW,
    advanced,
    appealed,
    at,
    first,
    opened,
    raised,
    revised,
    ruled,
    stated,
)


def left(proposal: Proposal, hour: float = 0) -> Proposal:
    """Bo gave the seat up."""
    return sponsors.objector_gone(proposal, BO.person, True, at(hour))[0]


def taken(proposal: Proposal, hour: float = 0) -> Proposal:
    """Bo's seat was taken away."""
    return sponsors.objector_gone(proposal, BO.person, False, at(hour))[0]


def sponsored(proposal: Proposal) -> Proposal:
    """Bo left, and Cy took over at hour 1."""
    return sponsors.sponsor(left(proposal), 1, CY, at(1))[0]


def twice_left(proposal: Proposal) -> Proposal:
    """Bo left, then Cy who took over, then Di who took over from Cy."""
    proposal, _ = sponsors.objector_gone(sponsored(proposal), CY.person, True, at(2))
    proposal, _ = sponsors.sponsor(proposal, 1, DI, at(3))
    return sponsors.objector_gone(proposal, DI.person, True, at(4))[0]


def two_needed() -> Proposal:
    return opened("budget", {"objection.threshold": 2})


def ruling_of(proposal: Proposal) -> FormTest:
    found = first(proposal).test
    assert found is not None
    return found


# ---- whose objection it touches -------------------------------------------------------------------

HAPPENINGS: dict[str, Callable[[Proposal], Proposal]] = {
    "left": left,
    "taken": taken,
    "back": lambda proposal: sponsors.objector_back(proposal, BO.person, at(1)),
    "removed after all": lambda proposal: sponsors.removed_after_all(proposal, BO.person, at(1))[0],
    "heard again": lambda proposal: sponsors.heard_again(proposal, BO.person, at(1)),
}


@pytest.mark.parametrize("happening", HAPPENINGS)
def test_what_happens_to_one_objector_touches_nobody_elses_objection(happening: str) -> None:
    proposal = stated(raised(ruled(stated(opened(), CY)), DI), ED)
    for start in (raised(proposal, BO), left(raised(proposal, BO)), taken(raised(proposal, BO))):
        assert HAPPENINGS[happening](start).objections[:3] == proposal.objections


def again(proposal: Proposal) -> Proposal:
    """Bo withdrew the first objection, and raised another."""
    proposal, _ = objections.withdraw_objection(raised(proposal, BO), 1, BO, NOW)
    return raised(proposal, BO)


def test_an_objection_that_ended_hides_none_that_stands() -> None:
    second = again(opened()).objections[1]
    assert left(again(opened())).objections[1].sponsor_by == at(48)
    assert taken(again(opened())).objections[1].seat_taken
    late, _ = sponsors.removed_after_all(left(again(opened())), BO.person, at(1))
    assert late.objections[1].seat_taken
    heard = sponsors.heard_again(again(opened()), BO.person, at(20))
    assert heard.objections[1] == replace(second, state_by=at(20 + 48))


def test_what_is_learnt_late_changes_nothing_that_had_ended() -> None:
    ended, _ = objections.withdraw_objection(sponsored(stated(opened(), BO)), 1, CY, at(2))
    assert sponsors.removed_after_all(ended, BO.person, at(3)) == (ended, ())
    assert sponsors.removed_after_all(sponsored(stated(opened(), BO)), BO.person, at(3))[1]


def test_a_ruling_that_became_final_hides_no_objection_to_the_next_version() -> None:
    proposal = raised(revised(advanced(ruled(stated(opened(), BO)), at(50)), at(50)), BO, now=at(51))
    final, new = taken(proposal, 52).objections
    assert (final.seat_taken, new.seat_taken) == (False, True)


def test_whoever_was_never_taken_to_have_left_is_not_removed_after_all() -> None:
    proposal = stated(opened(), BO)
    assert sponsors.removed_after_all(proposal, BO.person, at(1)) == (proposal, ())


# ---- who is back ----------------------------------------------------------------------------------


def test_of_several_sponsors_who_left_the_last_speaks_for_it_again() -> None:
    waiting = twice_left(stated(opened(), BO))
    assert first(waiting).former_sponsors == ("cy", "di")
    back = first(sponsors.objector_back(waiting, DI.person, at(5)))
    assert (back.sponsor, back.former_sponsors, back.sponsor_by) == ("di", ("cy",), None)
    assert sponsors.objector_back(waiting, CY.person, at(5)) == waiting, "another had taken over from Cy"
    late, _ = sponsors.removed_after_all(waiting, DI.person, at(5))
    assert (first(late).sponsor, first(late).former_sponsors) == ("di", ("cy",))
    assert first(late).sponsor_taken


def test_only_the_sponsor_whose_seat_was_taken_brings_it_back() -> None:
    proposal, _ = sponsors.objector_gone(sponsored(raised(opened(), BO)), CY.person, False, at(2))
    assert sponsors.objector_back(proposal, ED.person, at(3)) == proposal
    back = first(sponsors.objector_back(proposal, CY.person, at(3)))
    assert (back.sponsor_taken, back.state_by) == (False, at(51))


def test_whoever_takes_over_an_objection_that_was_never_answered_has_been_told() -> None:
    proposal, _ = objections.raise_objection(opened(), BO, "reaction", NOW)
    taken_over = first(sponsored(proposal))
    assert (taken_over.untold, taken_over.state_by) == (False, at(1 + 48))
    assert first(advanced(sponsored(proposal), at(49))).state is ObjectionState.CONCERN


# ---- rulings meanwhile ----------------------------------------------------------------------------

Started = Callable[[], Proposal]


@pytest.mark.parametrize(
    ("start", "hour", "anew"),
    [
        (lambda: ruled(stated(opened(), BO)), 10, True),
        (lambda: ruled(stated(opened(), BO)), 47, True),
        (lambda: ruled(stated(opened(), BO)), 60, False),  # final before
        (lambda: ruled(stated(opened(), BO), True), 10, False),  # the author lost, not who spoke for it
        (lambda: appealed(ruled(stated(opened(), BO)), BO), 10, False),  # it was appealed already
        (lambda: appealed(ruled(stated(opened(), BO), True), ANA), 10, False),
    ],
)
def test_who_speaks_for_it_again_can_appeal_for_the_full_period_where_they_still_could(
    start: Started, hour: float, anew: bool
) -> None:
    proposal = start()
    before = ruling_of(proposal)
    expected = replace(before, appeal_by=at(hour + 48)) if anew else before
    assert ruling_of(sponsors.objector_back(left(proposal, hour), BO.person, at(hour))) == expected
    assert ruling_of(sponsors.sponsor(left(proposal, hour), 1, CY, at(hour))[0]) == expected
    assert ruling_of(sponsors.heard_again(proposal, BO.person, at(hour))) == expected


@pytest.mark.parametrize(
    ("start", "hour", "anew"),
    [
        (lambda: ruled(stated(opened(), BO), True), 10, True),
        (lambda: ruled(stated(opened(), BO), True), 48, False),
        (lambda: ruled(stated(opened(), BO)), 10, False),  # the author won
        (lambda: appealed(ruled(stated(opened(), BO), True), ANA), 10, False),
        (lambda: stated(opened(), BO), 10, False),
    ],
)
def test_an_author_kept_from_acting_can_appeal_for_the_full_period_where_they_lost(
    start: Started, hour: float, anew: bool
) -> None:
    proposal = start()
    before = first(proposal).test
    expected = replace(before, appeal_by=at(hour + 48)) if anew and before else before
    assert first(sponsors.heard_again(proposal, ANA.person, at(hour))).test == expected
    assert sponsors.heard_again(proposal, GIL.person, at(hour)) == proposal, "who lost nothing"


@pytest.mark.parametrize(
    ("start", "hour", "guarded"),
    [
        (lambda: ruled(stated(opened(), BO), True), 60, True),  # in form: it stands, whoever's appeal is over
        (lambda: appealed(ruled(stated(opened(), BO)), BO), 60, True),  # the appeal is still open
        (lambda: ruled(stated(opened(), BO)), 47, True),
        (lambda: ruled(stated(opened(), BO)), 48, False),  # the ruling became final while the seat was held
    ],
)
def test_a_seat_taken_away_guards_what_had_not_ended(start: Started, hour: float, guarded: bool) -> None:
    assert first(taken(start(), hour)).seat_taken is guarded
    gone = left(start(), hour)
    late, _ = sponsors.removed_after_all(replace(gone, state=ProposalState.REVIEW), BO.person, at(hour))
    assert first(late).seat_taken is guarded


def test_learnt_late_a_taken_seat_guards_a_ruling_that_is_not_final() -> None:
    proposal = ruled(sponsored(stated(opened(), BO)), now=at(2))
    late = first(sponsors.removed_after_all(proposal, BO.person, at(10))[0])
    assert (late.seat_taken, late.sponsor_taken, late.sponsor) == (True, False, "cy")
    assert first(sponsors.removed_after_all(proposal, BO.person, at(50))[0]).seat_taken is False
    waiting, _ = sponsors.objector_gone(proposal, CY.person, True, at(10))
    late = first(sponsors.removed_after_all(waiting, CY.person, at(11))[0])
    assert (late.seat_taken, late.sponsor_taken, late.sponsor) == (False, True, "cy")


def test_what_nobody_need_state_is_not_waited_for_at_the_close() -> None:
    """Told or not: with its objector's seat taken away it counts as it is (PRO-9)."""
    for via in ("button", "reaction"):
        proposal, _ = objections.raise_objection(opened(), BO, via, at(71))
        assert advanced(taken(proposal, 71.5), at(72)).state is ProposalState.DISPUTED
        assert advanced(proposal, at(72)).state is ProposalState.SETTLING


# ---- halts ----------------------------------------------------------------------------------------


def halted(proposal: Proposal, hour: float) -> Proposal:
    for person in (CY, DI, ED, FAY):
        proposal, _ = halts.consent_to_halt(proposal, person, at(hour))
    assert proposal.state is ProposalState.DISPUTED
    return proposal


def guarded_and_passed() -> Proposal:
    """One of two needed, not stated since its objector lost the seat: it passed all the same."""
    proposal = advanced(advanced(taken(raised(two_needed(), BO), 1), at(72)), at(120))
    assert proposal.state is ProposalState.PASSED
    return proposal


def test_a_halt_gives_the_full_period_to_state_what_was_not_stated() -> None:
    proposal = halted(guarded_and_passed(), 130)
    assert (first(proposal).state, first(proposal).state_by) == (ObjectionState.RAISED, at(130 + 48))


def test_nobody_is_heard_again_where_nobody_acts_on_objections() -> None:
    proposal = guarded_and_passed()
    assert sponsors.heard_again(proposal, BO.person, at(130)) == proposal


def test_a_halt_brings_back_what_stood_and_nothing_that_had_ended() -> None:
    proposal, _ = objections.withdraw_objection(stated(two_needed(), BO, CY), 1, BO, at(1))
    overruled = replace(proposal.objections[1], state=ObjectionState.OVERRULED)
    proposal = replace(proposal.with_objection(overruled), state=ProposalState.ADOPTED, timelock_ends_at=at(200))
    states: list[Objection] = list(halted(proposal, 130).objections)
    assert [o.state for o in states] == [ObjectionState.WITHDRAWN, ObjectionState.STATED]
