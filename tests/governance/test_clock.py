"""The one clock rule: stopping, resuming, moving what had not passed, and the end after 14 days (PRO-11)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.governance import clock, escalations, halts, lifecycle, objections, proposals, sponsors
from bot.governance.errors import WindowClosed
from bot.governance.proposals_events import ProposalNotAdopted
from bot.governance.proposals_types import Appeal, Clock, ObjectionState, Proposal, ProposalState, Spell
from bot.governance.proposals_types import Test as FormTest
from bot.governance.stops_events import ClockResumed, ClockStopped, StopsSpent
from bot.governance.votes_types import Vote
from tests.governance.scene import (
    ANA,
    AROUND,
    BO,
    CY,
    NOW,
    STATEMENT,
    TICK,
    advanced,
    appealed,
    at,
    disputed,
    first,
    hours,
    kinds,
    opened,
    raised,
    revised,
    ruled,
    stated,
)


def test_stopping_and_resuming_moves_the_close_by_the_time_that_it_stood() -> None:
    proposal, events = clock.stop(opened(), clock.CARD, at(10))
    assert kinds(events) == [ClockStopped]
    assert events[0].data["since"] == at(10).isoformat()
    assert clock.is_stopped(proposal)
    assert proposal.closes_at == at(72)
    assert clock.stood_until(proposal, at(15)) == hours(5)
    proposal, events = clock.resume(proposal, clock.CARD, at(40))
    assert kinds(events) == [ClockResumed]
    assert events[0].data["minutes"] == 30 * 60
    assert events[0].data["since"] == at(10).isoformat()
    assert proposal.closes_at == at(102)
    assert proposal.clock.stood == hours(30)
    assert clock.stood_until(proposal, at(500)) == hours(30)


def test_two_reasons_stand_until_both_are_gone() -> None:
    proposal, _ = clock.stop(opened(), clock.CARD, at(10))
    proposal, events = clock.stop(proposal, clock.ROLE, at(20))
    assert events
    assert clock.stop(proposal, clock.ROLE, at(25)) == (proposal, ())
    proposal, events = clock.resume(proposal, clock.CARD, at(30))
    assert events == ()
    assert clock.is_stopped(proposal)
    assert proposal.closes_at == at(72)
    assert clock.resume(proposal, clock.CARD, at(31)) == (proposal, ())
    proposal, _ = clock.resume(proposal, clock.ROLE, at(50))
    assert proposal.closes_at == at(112)


def test_an_earlier_beginning_counts_and_one_outage_is_not_granted_twice() -> None:
    proposal, _ = clock.stop(opened(), clock.CARD, at(20))
    proposal, _ = clock.stop(proposal, clock.OUTAGE, at(10))
    assert proposal.clock.stopped_at == at(10)
    proposal, _ = clock.resume(clock.resume(proposal, clock.OUTAGE, at(30))[0], clock.CARD, at(30))
    assert proposal.closes_at == at(92)
    proposal, _ = clock.stop(proposal, clock.OUTAGE, at(10))
    assert proposal.clock.stopped_at == at(30)


def test_only_deadlines_that_had_not_passed_move() -> None:
    proposal = stated(raised(opened(), BO), CY)
    proposal = appealed(ruled(proposal, number=2), CY, number=2, now=at(40))
    proposal, _ = sponsors.objector_gone(proposal, CY.person, True, at(30))
    proposal, _ = clock.stop(proposal, clock.ROLE, at(48))
    proposal, _ = clock.resume(proposal, clock.ROLE, at(58))
    mine, other = proposal.objections
    assert mine.state_by == at(48)  # it had passed at the very instant of the stop
    assert other.rule_by == at(48)
    assert other.sponsor_by == at(88)
    assert other.test is not None
    assert other.test.appeal_by == at(48)
    assert other.test.appeal is not None
    assert other.test.appeal.decide_by == at(122)


def _ruled_against() -> Proposal:
    return ruled(stated(opened(), BO))


def _left() -> Proposal:
    return sponsors.objector_gone(stated(opened(), BO), BO.person, True, NOW)[0]


def _voted_on() -> Proposal:
    return escalations.escalate(disputed(), BO, at(80))[0]


def _announced() -> Proposal:
    return escalations.escalate(disputed(opened(changes={"vote.notice": hours(24)})), BO, at(80))[0]


def _passed() -> Proposal:
    return advanced(advanced(opened("budget"), at(72)), at(120))


def _test_of(proposal: Proposal) -> FormTest:
    test = first(proposal).test
    assert test is not None
    return test


def _appeal_of(proposal: Proposal) -> Appeal:
    found = _test_of(proposal).appeal
    assert found is not None
    return found


def _vote_of(proposal: Proposal) -> Vote:
    assert proposal.vote is not None
    return proposal.vote


Deadline = Callable[[Proposal], datetime | None]
DEADLINES: dict[str, tuple[Callable[[], Proposal], Deadline, str]] = {
    "review": (opened, lambda p: p.closes_at, clock.CARD),
    "stating": (lambda: raised(opened(), BO), lambda p: first(p).state_by, clock.CARD),
    "ruling": (lambda: stated(opened(), BO), lambda p: first(p).rule_by, clock.ROLE),
    "appeal filing": (_ruled_against, lambda p: _test_of(p).appeal_by, clock.FEW),
    "appeal decision": (lambda: appealed(_ruled_against(), BO), lambda p: _appeal_of(p).decide_by, clock.OUTAGE),
    "sponsor": (_left, lambda p: first(p).sponsor_by, clock.ROLE),
    "dispute": (disputed, lambda p: p.state_since + escalations.MOST_DISPUTED, clock.FEW),
    "vote opening": (_announced, lambda p: _vote_of(p).opens_at, clock.SHUT_OUT),
    "vote": (_voted_on, lambda p: _vote_of(p).closes_at, clock.SILENCED),
    "announced vote": (_announced, lambda p: _vote_of(p).closes_at, clock.ROLE),
    "timelock and halt": (_passed, lambda p: p.timelock_ends_at, clock.SILENCED),
}


@pytest.mark.parametrize("name", DEADLINES)
def test_each_deadline_moves_by_the_time_that_the_clock_stood(name: str) -> None:
    """Stopped a moment before it ends, it has that moment left whenever the clock runs again (PRO-11)."""
    make, deadline, reason = DEADLINES[name]
    proposal = make()
    due = deadline(proposal)
    assert due is not None
    stopped, _ = clock.stop(proposal, reason, due - TICK)
    assert clock.is_stopped(stopped)
    assert advanced(stopped, due + hours(30)) == stopped, "nothing ends meanwhile"
    resumed, _ = clock.resume(stopped, reason, due + hours(30))
    assert deadline(resumed) == due + hours(30) + TICK
    assert advanced(resumed, due + hours(30)).state is proposal.state


def test_the_ruling_period_is_as_long_as_before_for_whoever_may_rule() -> None:
    proposal, _ = clock.stop(stated(opened(), BO), clock.ROLE, at(47))
    proposal, _ = clock.resume(proposal, clock.ROLE, at(60))
    assert first(ruled(proposal, now=at(61) - TICK)).state is ObjectionState.DISMISSED
    with pytest.raises(WindowClosed):
        ruled(proposal, now=at(61))


def test_a_halt_can_be_asked_for_as_long_as_before() -> None:
    proposal, _ = clock.stop(_passed(), clock.SILENCED, at(160))
    assert halts.consent_to_halt(proposal, BO, at(300))[0].halts == {BO.person}
    proposal, _ = clock.resume(proposal, clock.SILENCED, at(300))
    assert halts.consent_to_halt(proposal, BO, at(308) - TICK)[0].halts == {BO.person}
    with pytest.raises(WindowClosed):
        halts.consent_to_halt(proposal, BO, at(308))


def test_a_role_gone_stops_it_for_seven_days_and_then_it_is_voted_on() -> None:
    proposal, _ = clock.stop(opened(), clock.ROLE, at(10))
    assert lifecycle.next_due(proposal) == at(10 + 7 * 24)
    assert advanced(proposal, at(10 + 7 * 24) - TICK) == proposal
    running, events = lifecycle.advance(proposal, at(10 + 7 * 24), AROUND)
    assert kinds(events) == [StopsSpent, ClockResumed]
    assert running.closes_at == at(72 + 7 * 24)
    assert clock.stop(running, clock.ROLE, at(200)) == (running, ())
    voted = advanced(running, at(72 + 7 * 24))
    assert voted.state is ProposalState.ESCALATED, "never by silence"
    assert voted.vote is not None
    assert (voted.vote.opened, voted.vote.method) == (True, "majority")


def test_what_is_wanting_and_what_people_do_are_reckoned_apart() -> None:
    proposal, _ = clock.stop(opened(), clock.ROLE, at(0))
    proposal, _ = clock.stop(proposal, clock.FEW, at(6 * 24))
    proposal = advanced(proposal, at(7 * 24))
    assert proposal.clock.reasons == {clock.FEW}, "seven days by people's acts are over"
    assert clock.given_up_at(proposal) == at(20 * 24)
    assert advanced(proposal, at(20 * 24)).outcome == "could not be held"
    assert clock.resume(proposal, clock.FEW, at(9 * 24))[0].closes_at == at(72 + 9 * 24)


def test_a_period_a_moment_from_its_end_moves() -> None:
    proposal, _ = clock.stop(raised(opened(), BO), clock.ROLE, at(48) - TICK)
    proposal, _ = clock.resume(proposal, clock.ROLE, at(58))
    assert first(proposal).state_by == at(58) + TICK
    objections.state_objection(proposal, 1, BO, STATEMENT, at(58))


def test_the_ruling_period_of_what_is_ruled_changes_nothing() -> None:
    proposal = ruled(stated(opened(), BO), True)
    proposal, _ = clock.stop(proposal, clock.ROLE, at(10))
    proposal, _ = clock.resume(proposal, clock.ROLE, at(20))
    proposal = advanced(proposal, at(82))
    assert proposal.state is ProposalState.DISPUTED


def test_the_timelock_moves_by_an_outage_only() -> None:
    proposal = advanced(advanced(opened("budget"), at(72)), at(120))
    assert proposal.timelock_ends_at == at(168)
    for reason in (clock.CARD, clock.ROLE, clock.FEW):
        assert clock.stop(proposal, reason, at(130)) == (proposal, ())
        assert reason not in clock.WITH_TIMELOCK
    stopped, _ = clock.stop(proposal, clock.OUTAGE, at(130))
    assert lifecycle.next_due(stopped) is None
    moved, _ = clock.resume(stopped, clock.OUTAGE, at(170))
    assert moved.timelock_ends_at == at(208)


@pytest.mark.parametrize(
    "state",
    [ProposalState.DRAFT, ProposalState.STALE, ProposalState.ENACTED, ProposalState.WITHDRAWN, ProposalState.LAPSED],
)
def test_nothing_stops_where_nobody_waits(state: ProposalState) -> None:
    proposal = replace(opened(), state=state)
    assert clock.stop(proposal, clock.OUTAGE, at(1)) == (proposal, ())


def test_after_14_days_it_could_not_be_held() -> None:
    proposal, _ = clock.stop(opened(), clock.FEW, at(10))
    assert lifecycle.next_due(proposal) == at(10 + 14 * 24)
    assert advanced(proposal, at(10 + 14 * 24) - TICK) == proposal
    gone, events = lifecycle.advance(proposal, at(10 + 14 * 24), AROUND)
    assert (gone.state, gone.outcome) == (ProposalState.NOT_ADOPTED, "could not be held")
    assert kinds(events) == [ProposalNotAdopted]
    assert not clock.is_stopped(gone)


def test_stopped_time_does_not_count_towards_90_days() -> None:
    proposal, _ = clock.stop(opened(changes={"limits.versions": 20}), clock.ROLE, at(10))
    proposal, _ = clock.resume(proposal, clock.ROLE, at(250))
    old = replace(proposal, closes_at=at(90 * 24 + 241))
    assert advanced(old, at(90 * 24 + 240) - TICK).state is ProposalState.REVIEW
    assert advanced(old, at(90 * 24 + 240)).outcome == "too old"


def test_while_the_clock_stands_objecting_goes_on_and_nothing_is_decided() -> None:
    proposal, _ = clock.stop(opened(), clock.CARD, at(71))
    proposal = raised(proposal, BO, now=at(200))
    assert advanced(proposal, at(300)) == proposal
    proposal, _ = objections.withdraw_objection(proposal, 1, BO, at(300))
    assert proposal.author == ANA.person
    assert timedelta(0) < clock.stood_until(proposal, at(300))


def test_a_review_opened_while_catching_up_is_granted_no_time_from_before_it() -> None:
    proposal, _ = clock.stop(opened(), clock.OUTAGE, at(-5))
    proposal, _ = clock.resume(proposal, clock.OUTAGE, at(1))
    assert proposal.closes_at == at(73)


# ---- what is reckoned apart, and for how long (PRO-11) --------------------------------------------


@pytest.mark.parametrize("first_hours", [1, 30, 3 * 24])
def test_what_people_stop_is_added_up_without_the_pauses_between(first_hours: int) -> None:
    proposal, _ = clock.stop(opened(), clock.ROLE, at(10))
    proposal, _ = clock.resume(proposal, clock.ROLE, at(10 + first_hours))
    assert proposal.clock.meddled == hours(first_hours)
    again = at(10 + first_hours + 20)
    assert clock.spent_at(proposal) is None
    proposal, _ = clock.stop(proposal, clock.ROLE, again)
    assert clock.spent_at(proposal) == again + clock.MOST_MEDDLED - hours(first_hours)
    proposal, _ = clock.stop(proposal, clock.SHUT_OUT, again + hours(1))
    proposal, _ = clock.resume(proposal, clock.ROLE, again + hours(2))
    assert clock.spent_at(proposal) == again + clock.MOST_MEDDLED - hours(first_hours), "one reason after another"


@pytest.mark.parametrize("reason", [clock.CARD, clock.FEW, clock.OUTAGE])
@pytest.mark.parametrize("days", [1, 5, 13])
def test_what_is_wanting_is_added_up_however_often_it_is_made_good(reason: str, days: int) -> None:
    """A channel hidden from the bot for 13 days at a time holds nothing up for ever (PRO-11)."""
    proposal, hour = opened(), 0
    for _ in range(14 // days):
        proposal, _ = clock.stop(proposal, reason, at(hour))
        hour += days * 24
        proposal, _ = clock.resume(advanced(proposal, at(hour) - TICK), reason, at(hour))
        hour += 1
    stood = 14 // days * days
    assert (proposal.state, clock.given_up_at(proposal)) == (ProposalState.REVIEW, None), "nothing is wanting now"
    proposal, _ = clock.stop(proposal, reason, at(hour))
    given_up_at = at(hour + (14 - stood) * 24)
    assert clock.given_up_at(proposal) == lifecycle.next_due(proposal) == given_up_at
    assert advanced(proposal, given_up_at - TICK).state is ProposalState.REVIEW
    assert advanced(proposal, given_up_at).outcome == "could not be held"


def test_what_people_do_is_not_added_to_what_is_wanting() -> None:
    proposal, _ = clock.stop(opened(), clock.CARD, at(0))
    proposal, _ = clock.stop(proposal, clock.ROLE, at(24))
    proposal, _ = clock.resume(proposal, clock.CARD, at(48))
    assert clock.given_up_at(proposal) is None, "only what people do stops it now"
    proposal, _ = clock.stop(proposal, clock.CARD, at(72))
    assert clock.given_up_at(proposal) == at(24) + clock.MOST_STOPPED, "two days were wanting before"


def test_an_outage_over_what_was_wanting_already_is_counted_once() -> None:
    """Learnt of only after the bot is back, it reaches back over time that has been counted (PRO-11)."""
    proposal, _ = clock.stop(opened(), clock.ROLE, at(0))
    proposal, _ = clock.stop(proposal, clock.FEW, at(10))
    proposal, _ = clock.resume(proposal, clock.FEW, at(30))
    proposal, _ = clock.stop(proposal, clock.OUTAGE, at(20))
    proposal, _ = clock.resume(proposal, clock.OUTAGE, at(40))
    assert proposal.clock.wanting == hours(30)
    assert clock.resume(proposal, clock.ROLE, at(50))[0].closes_at == at(72 + 50)


def test_another_version_does_not_begin_the_count_anew() -> None:
    proposal, _ = clock.stop(opened(), clock.CARD, at(0))
    proposal, _ = clock.resume(proposal, clock.CARD, at(13 * 24))
    proposal, _ = clock.stop(revised(proposal, at(13 * 24 + 1)), clock.CARD, at(13 * 24 + 2))
    assert clock.given_up_at(proposal) == at(14 * 24 + 2)


@pytest.mark.parametrize(("reason", "wanting"), [(clock.CARD, True), (clock.FEW, True), (clock.ROLE, False)])
def test_a_clock_that_stood_before_the_two_were_kept_apart_is_given_up_when_it_was(reason: str, wanting: bool) -> None:
    """Rows written by an earlier release hold no instant of their own for it."""
    earlier = replace(opened(), clock=Clock(frozenset({reason}), stopped_at=at(5)))
    assert clock.given_up_at(earlier) == (at(5) + clock.MOST_STOPPED if wanting else None)


def test_spells_that_had_ended_keep_their_end_once_people_stop_it_no_longer() -> None:
    """Their lengths are what one person's allowance of ninety days is reckoned from."""
    ended = Spell(BO.person, "timed out", at(0), at(10))
    lasting = Spell(CY.person, "timed out", at(20))
    proposal = replace(opened(), clock=Clock(spells=(ended, lasting)))
    spent, _ = clock.spend(proposal, at(30))
    assert spent.clock.spells == (ended, replace(lasting, until=at(30)))
    over, _ = proposals.withdraw(proposal, ANA.person, "", at(30))
    assert over.clock.spells == spent.clock.spells
