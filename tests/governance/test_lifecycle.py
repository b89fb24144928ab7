"""What time alone does: every exit at its deadline, once, and never in a loop (PRO-6, PRO-7, PRO-8, RHY-2)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.governance import (
    clock,
    electorates,
    escalations,
    halts,
    lifecycle,
    objections,
    proposals,
    revisions,
    rulings,
    sponsors,
    votes,
)
from bot.governance.lifecycle import Surroundings
from bot.governance.objections_events import ObjectionLapsed
from bot.governance.policy_values import Value
from bot.governance.proposals_events import (
    DraftDiscarded,
    Nudged,
    ProposalEnacted,
    ProposalNotAdopted,
    ProposalPassed,
    ReviewClosed,
    ReviewExtended,
)
from bot.governance.proposals_types import FINAL, Proposal, ProposalState, Statement
from bot.governance.votes_types import Ballot
from tests.governance.scene import (
    ANA,
    AROUND,
    BO,
    BUDGET,
    CY,
    DI,
    ED,
    ENTRENCHED_KEY,
    JOINER,
    NEIGHBOUR,
    NOW,
    SEATED,
    SHG,
    STAKEHOLDERS,
    TICK,
    TOP,
    advanced,
    appealed,
    at,
    ballots,
    disputed,
    draft,
    first,
    gave_up,
    hours,
    kinds,
    member,
    opened,
    raised,
    revised,
    ruled,
    stated,
    world,
)

DAYS = 24


def read(proposal: Proposal) -> Proposal:
    """Read by two of six: exactly a third."""
    for person in (BO, CY):
        proposal, _ = electorates.mark_read(proposal, person, at(1))
    return proposal


def end(proposal: Proposal, limit: datetime) -> tuple[Proposal, list[datetime]]:
    """Sweep at each due instant until nothing is due before ``limit``."""
    instants: list[datetime] = []
    while (due := lifecycle.next_due(proposal)) is not None and due <= limit:
        assert not instants or due > instants[-1], "due again at the same instant"
        instants.append(due)
        before = proposal.state
        proposal = advanced(proposal, due)
        assert proposal.state is before or proposal.state_since == due
        if proposal.state in {ProposalState.PASSED, ProposalState.ADOPTED} and proposal.timelock_ends_at == due:
            proposal, _, _ = lifecycle.enact(proposal, world(), due)
    return proposal, instants


# ---- review → settling → passed (PRO-6, PRO-7) ----------------------------------------------------


def test_a_silent_pass_from_review_to_enacted() -> None:
    proposal, events = lifecycle.advance(read(opened("budget")), at(72), AROUND)
    assert kinds(events) == [ReviewClosed, ProposalPassed]
    assert (proposal.state, proposal.timelock_ends_at, proposal.low_reach) == (ProposalState.PASSED, at(120), False)
    proposal, _, events = lifecycle.enact(proposal, world(), at(120))
    assert proposal.state is ProposalState.ENACTED
    assert kinds(events) == [ProposalEnacted]
    assert lifecycle.next_due(proposal) is None


def test_the_review_closes_at_its_close_and_not_before() -> None:
    assert advanced(read(opened()), at(72) - TICK).state is ProposalState.REVIEW
    assert advanced(read(opened()), at(72)).state is ProposalState.PASSED


def test_what_was_raised_in_time_keeps_its_full_periods_after_close() -> None:
    proposal = read(raised(opened(), BO, now=at(72) - TICK))
    proposal = advanced(proposal, at(72))
    assert proposal.state is ProposalState.SETTLING
    assert lifecycle.next_due(proposal) == at(120) - TICK
    proposal = stated(proposal, now=at(100))
    proposal, _ = objections.state_objection(proposal, 1, BO, Statement("harm", "Twenty characters or more."), at(119))
    assert lifecycle.next_due(proposal) == at(119 + 48)
    assert advanced(proposal, at(167) - TICK).state is ProposalState.SETTLING
    assert advanced(proposal, at(167)).state is ProposalState.DISPUTED


def test_never_stated_it_becomes_a_concern_and_the_proposal_passes() -> None:
    proposal = advanced(read(raised(opened(), BO, now=at(71))), at(72))
    proposal, events = lifecycle.advance(proposal, at(119), AROUND)
    assert kinds(events) == [ObjectionLapsed, ProposalPassed]


def test_settling_waits_for_appeals_and_sponsors() -> None:
    proposal = read(stated(opened(), BO, now=at(71)))
    proposal = appealed(ruled(advanced(proposal, at(72)), now=at(100)), BO, now=at(140))
    assert advanced(proposal, at(212) - TICK).state is ProposalState.SETTLING
    assert advanced(proposal, at(212)).state is ProposalState.DISPUTED  # nobody voted: the objection stands
    waiting = advanced(read(stated(opened(), BO, now=at(71))), at(72))
    waiting, _ = sponsors.objector_gone(waiting, BO.person, True, at(110))
    assert advanced(waiting, at(158) - TICK).state is ProposalState.SETTLING
    assert advanced(waiting, at(158)).state is ProposalState.PASSED
    taken, _ = sponsors.sponsor(waiting, 1, CY, at(157))
    assert advanced(taken, at(157)).state is ProposalState.DISPUTED


def test_below_the_threshold_it_passes_with_the_objection_on_file() -> None:
    proposal = stated(opened(changes={"objection.threshold": 2}), BO)
    proposal, _ = electorates.mark_read(proposal, CY, at(1))
    proposal = advanced(proposal, at(72))
    assert proposal.state is ProposalState.PASSED
    assert first(proposal).counts


def test_an_objection_dismissed_and_not_appealed_lets_it_pass() -> None:
    proposal = read(ruled(stated(opened(), BO), now=at(40)))
    proposal = advanced(proposal, at(72))
    assert proposal.state is ProposalState.SETTLING
    assert advanced(proposal, at(88)).state is ProposalState.PASSED


def test_what_is_withdrawn_while_settling_is_settled_at_once() -> None:
    proposal = advanced(read(raised(opened(), BO, now=at(71))), at(72))
    withdrawn, _ = objections.withdraw_objection(proposal, 1, BO, at(80))
    due = lifecycle.next_due(withdrawn)
    assert due is not None
    assert due <= at(80), "nothing else would wake the sweep"
    assert advanced(withdrawn, at(80)).state is ProposalState.PASSED


def test_only_votes_that_were_held_are_past() -> None:
    assert revised(opened(), at(1)).past_votes == ()
    vote = escalations.escalate(disputed(), BO, at(80))[0].vote
    assert vote is not None
    assert proposals.past_votes(replace(opened(), vote=vote)) == (vote,)


def test_who_asked_to_halt_an_earlier_version_has_not_asked_to_halt_this_one() -> None:
    passed = advanced(read(opened("budget")), at(72))
    asked, _ = halts.consent_to_halt(passed, BO, at(80))
    stale, _, _ = lifecycle.enact(asked, world(provisional=True), at(120))
    rebased, _ = revisions.revise(stale, ANA.person, replace(BUDGET, payee="Cousin Ltd"), (), world(), SEATED, at(121))
    again = advanced(read_at(rebased, 122), at(121 + 48))
    assert (again.state, again.halts) == (ProposalState.PASSED, frozenset())


def read_at(proposal: Proposal, hour: float) -> Proposal:
    """Read by all, at this hour."""
    for person in STAKEHOLDERS:
        proposal, _ = electorates.mark_read(proposal, person, at(hour))
    return proposal


# ---- affirmative proposals (POL-5) ----------------------------------------------------------------


def test_an_affirmative_proposal_never_passes_by_silence() -> None:
    proposal = read(opened("policy", effects=(ENTRENCHED_KEY,)))
    proposal = advanced(proposal, at(72))
    assert proposal.state is ProposalState.ESCALATED
    assert proposal.vote is not None
    assert proposal.vote.method == "supermajority"
    assert advanced(proposal, at(144)).state is ProposalState.NOT_ADOPTED
    assert advanced(proposal, at(144), ballots({"bo": "for", "cy": "for"})).state is ProposalState.NOT_ADOPTED
    adopted = advanced(proposal, at(144), ballots({"bo": "for", "cy": "for", "di": "against"}))
    assert (adopted.state, adopted.timelock_ends_at) == (ProposalState.ADOPTED, at(192))
    done, after, _ = lifecycle.enact(adopted, world(), at(192))
    assert done.state is ProposalState.ENACTED
    assert after.policy.count("objection.threshold") == 2


def test_what_is_voted_on_is_not_marked_low_reach() -> None:
    """The mark tells of silence that was hardly informed (PRO-8); a vote has a quorum instead."""
    for unread in (opened("policy", effects=(ENTRENCHED_KEY,)), disputed(opened())):
        proposal = advanced(unread, at(72))
        if proposal.state is ProposalState.DISPUTED:
            assert not proposal.low_reach
            proposal, _ = escalations.escalate(proposal, BO, at(201))
        assert (proposal.state, proposal.low_reach) == (ProposalState.ESCALATED, False)


def test_what_silence_cannot_pass_waits_with_its_vote_while_a_role_is_missing() -> None:
    """Else those whose role is gone would be outvoted in silence (ORG-3, PRO-11)."""
    proposal = read(opened("policy", effects=(ENTRENCHED_KEY,)))
    waiting, _ = lifecycle.advance(proposal, at(72), Surroundings(role_missing=True))
    assert waiting.vote is not None
    assert not waiting.vote.opened
    assert waiting.clock.reasons == {clock.ROLE}
    held = advanced(proposal, at(72)).vote
    assert held is not None
    assert held.opened


def test_an_affirmative_proposal_with_objections_is_disputed_first() -> None:
    proposal = disputed(opened("policy", effects=(ENTRENCHED_KEY,)))
    assert escalations.method_for(proposal) == "supermajority"


# ---- reach (PRO-8) --------------------------------------------------------------------------------


def test_low_reach_extends_once_then_passes_marked() -> None:
    proposal, _ = electorates.mark_read(opened(), BO, at(1))
    proposal, events = lifecycle.advance(proposal, at(72), AROUND)
    assert kinds(events) == [ReviewExtended]
    assert events[0].data == {"hours": 48, "reached": 1, "reachable": 6}
    assert (proposal.state, proposal.closes_at) == (ProposalState.REVIEW, at(120))
    assert lifecycle.next_due(proposal) == at(120 - 24), "who did nothing is nudged before this close as well"
    assert lifecycle.next_due(advanced(replace(opened(), nudged=True), at(72))) == at(120 - 24)
    raised(proposal, CY, now=at(119))
    proposal, events = lifecycle.advance(proposal, at(120), AROUND)
    assert kinds(events) == [ReviewClosed, ProposalPassed]
    assert proposal.low_reach
    assert events[-1].data["low_reach"] is True


def test_a_third_exactly_is_enough() -> None:
    assert advanced(read(opened()), at(72)).state is ProposalState.PASSED


def test_an_extension_that_brings_readers_is_not_marked() -> None:
    proposal = advanced(opened(), at(72))
    for person in (BO, CY):
        proposal, _ = electorates.mark_read(proposal, person, at(100))
    proposal = advanced(proposal, at(120))
    assert (proposal.state, proposal.low_reach) == (ProposalState.PASSED, False)


@pytest.mark.parametrize(
    ("above", "type", "state"),
    [
        (0, "budget", ProposalState.PASSED),
        (250049, "budget", ProposalState.LAPSED),
        (250050, "budget", ProposalState.PASSED),
        (1, "operational", ProposalState.PASSED),
    ],
)
def test_large_budgets_lapse_on_low_reach_where_the_policy_says_so(above: int, type: str, state: ProposalState) -> None:
    proposal = opened(type, {"reach.lapse_budget_above": above})
    proposal = advanced(advanced(proposal, at(72)), at(120))
    assert (proposal.state, proposal.state_since) == (state, at(120))
    assert proposal.outcome == ("low reach" if state is ProposalState.LAPSED else "")
    reached = read(opened(type, {"reach.lapse_budget_above": above}))
    assert advanced(reached, at(72)).state is ProposalState.PASSED


def test_no_extension_when_it_is_opposed_or_put_to_the_vote_anyway() -> None:
    assert advanced(stated(opened(), BO, now=at(71)), at(72)).state is ProposalState.SETTLING
    assert advanced(opened("policy", effects=(ENTRENCHED_KEY,)), at(72)).state is ProposalState.ESCALATED


# ---- nudges (RHY-2) -------------------------------------------------------------------------------


def test_one_nudge_before_close_to_those_who_did_nothing() -> None:
    proposal = raised(read(opened()), DI)
    assert lifecycle.next_due(raised(opened(), DI)) == at(48)
    proposal, _ = objections.raise_concern(proposal, JOINER, "Hm.", "", at(1))
    assert lifecycle.advance(proposal, at(48) - TICK, AROUND)[1] == ()
    proposal, events = lifecycle.advance(proposal, at(48), AROUND)
    assert kinds(events) == [ObjectionLapsed, Nudged]
    assert events[1].data["people"] == ["ed", "fay", "gil"]
    assert lifecycle.advance(proposal, at(60), AROUND)[1] == ()


def test_one_nudge_in_a_vote_to_those_who_have_not_voted() -> None:
    proposal, _ = escalations.escalate(disputed(), BO, at(201))
    assert proposal.vote is not None
    proposal = replace(proposal, vote=replace(proposal.vote, voted=frozenset({BO.person, CY.person})))
    assert lifecycle.next_due(proposal) == at(249)
    proposal, events = lifecycle.advance(proposal, at(249), AROUND)
    assert kinds(events) == [Nudged]
    assert events[0].data["people"] == ["di", "ed", "fay", "gil"]
    assert lifecycle.next_due(proposal) == at(273)


def test_in_a_vote_who_read_it_and_has_not_voted_is_nudged_and_who_gave_the_seat_up_is_not() -> None:
    """In a review they had spoken; in a vote only a ballot counts. An author with a vote is asked for it too."""
    proposal = read(opened(author=member("gil", NEIGHBOUR, TOP)))
    assert lifecycle.undecided(gave_up(proposal, DI)) == {"ed", "fay"}
    vote, _ = escalations.escalate(disputed(proposal), BO, at(201))
    vote, _, _ = votes.cast(vote, CY, Ballot({"for": 1}), SHG, at(202))
    assert lifecycle.undecided(gave_up(vote, DI)) == {"bo", "ed", "fay", "gil"}


def test_the_periods_of_an_objection_are_looked_at_when_they_end() -> None:
    """Not only at the close: what lapses, is orphaned or decided on the way is told at once."""
    late_nudge: dict[str, Value] = {"reminder.before_close": hours(2)}
    assert lifecycle.next_due(raised(opened(changes=late_nudge), BO, now=at(1))) == at(49)
    left, _ = sponsors.objector_gone(disputed(), BO.person, True, at(80))
    assert lifecycle.next_due(left) == at(80 + 48)


def test_a_window_no_longer_than_the_notice_has_no_nudge() -> None:
    proposal = opened(changes={"review.window": hours(24)})
    assert lifecycle.next_due(proposal) == at(24)
    vote, _ = escalations.escalate(disputed(opened(changes={"vote.window": hours(24)})), BO, at(80))
    assert lifecycle.next_due(vote) == at(104)
    assert lifecycle.advance(vote, at(80), AROUND) == (vote, ())


# ---- greatest ages (PRO-6) ------------------------------------------------------------------------


def test_a_draft_ends_after_14_days() -> None:
    assert lifecycle.next_due(draft()) == at(14 * DAYS)
    assert advanced(draft(), at(14 * DAYS) - TICK).state is ProposalState.DRAFT
    gone, events = lifecycle.advance(draft(), at(14 * DAYS), AROUND)
    assert gone.state is ProposalState.DISCARDED
    assert kinds(events) == [DraftDiscarded]


def test_if_nobody_acts_on_a_dispute_it_is_not_adopted() -> None:
    proposal = disputed()
    nudge_at = at(72 + 14 * DAYS) - proposal.pinned.nudge_before
    assert lifecycle.next_due(proposal) == nudge_at
    assert lifecycle.advance(proposal, nudge_at - TICK, AROUND) == (proposal, ())
    nudged, events = lifecycle.advance(proposal, nudge_at, AROUND)
    (nudge,) = events
    assert nudge.data["people"] == sorted({proposal.author, *(e.person for e in proposal.electors)})
    assert lifecycle.advance(nudged, at(72 + 14 * DAYS) - TICK, AROUND) == (nudged, ()), "it comes once"
    assert lifecycle.next_due(nudged) == at(72 + 14 * DAYS)
    assert advanced(proposal, at(72 + 14 * DAYS) - TICK).state is ProposalState.DISPUTED
    gone = advanced(proposal, at(72 + 14 * DAYS))
    assert (gone.state, gone.outcome) == (ProposalState.NOT_ADOPTED, "nobody acted")
    assert first(gone).statement is not None


def test_a_stale_one_lapses_after_14_days() -> None:
    proposal = proposals.enter(opened(), ProposalState.STALE, at(200))
    assert lifecycle.next_due(proposal) == at(200 + 14 * DAYS)
    assert advanced(proposal, at(200 + 14 * DAYS) - TICK).state is ProposalState.STALE
    gone = advanced(proposal, at(200 + 14 * DAYS))
    assert (gone.state, gone.state_since, gone.outcome) == (ProposalState.LAPSED, at(200 + 14 * DAYS), "stale")


@pytest.mark.parametrize(
    "state",
    [
        ProposalState.REVIEW,
        ProposalState.SETTLING,
        ProposalState.DISPUTED,
        ProposalState.ESCALATED,
        ProposalState.STALE,
    ],
)
def test_90_days_after_its_first_review_it_is_not_adopted(state: ProposalState) -> None:
    proposal = disputed()
    if state is ProposalState.ESCALATED:
        proposal, _ = escalations.escalate(proposal, BO, at(90 * DAYS - 10))
    else:
        proposal = replace(proposal, state=state, state_since=at(90 * DAYS - 10), closes_at=at(91 * DAYS))
        waiting = replace(first(proposal), rule_by=at(91 * DAYS), test=None)
        proposal = proposal.with_objection(waiting) if state is ProposalState.SETTLING else proposal
    assert advanced(proposal, at(90 * DAYS) - TICK).state is state
    assert lifecycle.next_due(replace(proposal, nudged=True)) == at(90 * DAYS)
    gone = advanced(proposal, at(90 * DAYS))
    assert (gone.state, gone.outcome) == (ProposalState.NOT_ADOPTED, "too old")


@pytest.mark.parametrize("state", [ProposalState.PASSED, ProposalState.ADOPTED])
def test_what_passed_is_never_too_old(state: ProposalState) -> None:
    proposal = replace(opened(), state=state, timelock_ends_at=at(100 * DAYS))
    assert advanced(proposal, at(95 * DAYS)) == proposal


# ---- no loops, no repeats (PRO-6) -----------------------------------------------------------------


def on_its_way() -> list[Proposal]:
    settling = advanced(raised(opened(), BO, now=at(71)), at(72))
    notice = disputed(opened(changes={"vote.notice": hours(24)}))
    return [
        draft(),
        opened(),
        read(opened("budget")),
        settling,
        stated(settling, now=at(73)),
        disputed(),
        escalations.escalate(disputed(), BO, at(201))[0],
        escalations.escalate(notice, BO, at(201))[0],
        revised(disputed(), at(201)),
        appealed(ruled(stated(opened(), BO)), BO),
        opened("policy", effects=(ENTRENCHED_KEY,)),
        proposals.enter(opened(), ProposalState.STALE, at(200)),
        opened(changes={"reminder.before_close": timedelta(days=7), "review.window": timedelta(days=8)}),
        opened(changes={"reminder.before_close": timedelta(days=7)}),
        clock.stop(opened(), clock.FEW, at(10))[0],
        read(raised(opened(), BO, now=at(71))),
        replace(disputed(), opened_at=at(-80 * DAYS)),
    ]


@pytest.mark.parametrize("number", range(len(on_its_way())))
def test_swept_whenever_due_it_comes_to_an_end_without_spinning(number: int) -> None:
    proposal, instants = end(on_its_way()[number], at(200 * DAYS))
    assert proposal.state in FINAL
    assert 1 <= len(instants) < 12


@pytest.mark.parametrize("number", range(len(on_its_way())))
@pytest.mark.parametrize("hour", [0, 48, 72, 120, 201, 273, 20 * DAYS, 100 * DAYS])
def test_advancing_twice_at_one_instant_is_advancing_once(number: int, hour: float) -> None:
    proposal = advanced(on_its_way()[number], max(at(hour), at(201) if number >= 5 else NOW))
    now = max(at(hour), at(201) if number >= 5 else NOW)
    assert lifecycle.advance(proposal, now, AROUND) == (proposal, ())
    due = lifecycle.next_due(proposal)
    assert due is None or due > now or proposal.state in {ProposalState.PASSED, ProposalState.ADOPTED}


@pytest.mark.parametrize("state", sorted(FINAL))
def test_nothing_is_due_after_the_end(state: ProposalState) -> None:
    proposal = replace(stated(raised(opened(), CY), BO), state=state)
    assert lifecycle.next_due(proposal) is None
    assert lifecycle.advance(proposal, at(1000), AROUND) == (proposal, ())


def test_late_after_downtime_each_step_is_taken_once_and_in_order() -> None:
    proposal, events = lifecycle.advance(read(raised(opened(), BO)), at(1000), AROUND)
    assert kinds(events) == [ObjectionLapsed, ReviewClosed, ProposalPassed]
    assert proposal.state_since == at(1000)


def test_undecided_leaves_out_the_author() -> None:
    assert ANA.person not in lifecycle.undecided(opened())
    assert BUDGET.amount is None


# ---- what ended first is decided first ------------------------------------------------------------


def test_a_vote_that_closed_before_the_greatest_age_is_counted_by_a_late_sweep() -> None:
    proposal = escalations.escalate(disputed(), BO, at(73))[0]
    assert proposal.vote is not None
    votes_of = ballots(dict.fromkeys(("bo", "cy", "di", "ed"), "for"))
    early = replace(proposal, opened_at=proposal.vote.closes_at - proposals.MOST_AGE + TICK)
    assert advanced(early, at(400), votes_of).state is ProposalState.ADOPTED
    late = replace(proposal, opened_at=proposal.vote.closes_at - proposals.MOST_AGE - TICK)
    assert advanced(late, at(400), votes_of).outcome == "too old"


def test_a_window_that_closed_before_the_greatest_age_is_decided_by_a_late_sweep() -> None:
    proposal = replace(read(opened()), opened_at=at(72) - proposals.MOST_AGE + TICK)
    assert advanced(proposal, at(80)).state is ProposalState.PASSED
    assert advanced(replace(proposal, opened_at=at(72) - proposals.MOST_AGE - TICK), at(80)).outcome == "too old"


def test_an_objection_that_stood_at_the_close_and_lapsed_later_spares_nobody_the_extension() -> None:
    proposal = advanced(raised(opened(), BO, now=at(71)), at(72))
    assert proposal.state is ProposalState.SETTLING
    after, events = lifecycle.advance(proposal, at(119), AROUND)
    assert kinds(events) == [ObjectionLapsed, ReviewExtended]
    assert (after.state, after.state_since) == (ProposalState.REVIEW, at(119))
    assert (after.closes_at, after.low_reach) == (at(167), False)
    passed = advanced(after, at(167))
    assert (passed.state, passed.low_reach) == (ProposalState.PASSED, True)


def test_at_the_very_instant_of_the_greatest_age_what_ends_then_is_decided() -> None:
    proposal = replace(read(opened()), opened_at=at(72) - proposals.MOST_AGE)
    for swept in (72, 80):
        assert advanced(proposal, at(swept)).state is ProposalState.PASSED
    vote = escalations.escalate(disputed(), BO, at(73))[0]
    assert vote.vote is not None
    vote = replace(vote, opened_at=vote.vote.closes_at - proposals.MOST_AGE)
    votes_of = ballots(dict.fromkeys(("bo", "cy", "di", "ed"), "for"))
    for swept in (145, 400):
        assert advanced(vote, at(swept), votes_of).state is ProposalState.ADOPTED


def test_what_would_go_on_after_the_greatest_age_ends_at_once() -> None:
    """Neither is its window extended first, nor its vote opened, by a sweep that comes late."""
    unread = replace(opened(), opened_at=at(72) - proposals.MOST_AGE + TICK)
    notice = disputed(opened(changes={"vote.notice": hours(24)}))
    announced = escalations.escalate(notice, BO, at(73))[0]
    announced = replace(announced, opened_at=at(300) - proposals.MOST_AGE)
    for proposal in (unread, announced):
        gone, events = lifecycle.advance(proposal, at(400), AROUND)
        assert kinds(events) == [ProposalNotAdopted]
        assert (gone.outcome, gone.state_since) == ("too old", at(400))


@pytest.mark.parametrize(("age_ends", "state"), [(TICK, ProposalState.PASSED), (-TICK, ProposalState.NOT_ADOPTED)])
def test_what_the_judges_decided_before_the_greatest_age_is_taken_in_by_a_late_sweep(
    age_ends: timedelta, state: ProposalState
) -> None:
    proposal = appealed(ruled(read(stated(opened(), BO, now=at(71))), now=at(71)), BO, now=at(71))
    proposal = advanced(proposal, at(72))
    for judge in (CY, DI, ED):
        proposal, _ = rulings.vote_on_appeal(proposal, 1, judge, False, at(100))
    assert proposal.state is ProposalState.SETTLING
    proposal = replace(proposal, opened_at=at(100) - proposals.MOST_AGE + age_ends)
    assert advanced(proposal, at(150)).state is state
