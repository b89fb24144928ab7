"""People kept from acting by others: whom a clock waits for, for how long, and what then (PRO-11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance import (
    awaited,
    clock,
    electorates,
    escalations,
    halts,
    lifecycle,
    objections,
    rolls,
    rulings,
    sponsors,
    stops,
    votes,
)
from bot.governance.awaited import Beside
from bot.governance.errors import NotEligible, WindowClosed
from bot.governance.ids import PersonId
from bot.governance.organisation import Elector, Member
from bot.governance.policy_values import Value
from bot.governance.proposals_types import Proposal, ProposalState
from bot.governance.stops import BLIND, REMOVED, TIMED_OUT, Barred, Span
from bot.governance.stops_events import ClockResumed, ClockStopped, StopsSpent
from bot.governance.votes_types import Ballot
from tests.governance.scene import (
    ANA,
    AROUND,
    BO,
    CY,
    DI,
    ED,
    ELECTORS,
    FAY,
    FLO,
    GIL,
    JUDGES,
    NO_CHANGES,
    NOW,
    REASON,
    SHG,
    STAKEHOLDERS,
    STATEMENT,
    TICK,
    WATER,
    WATERER,
    advanced,
    appealed,
    at,
    ballots,
    disputed,
    first,
    hours,
    kinds,
    member,
    opened,
    raised,
    revised,
    ruled,
    stated,
)

DAY = timedelta(days=1)
EVERYONE = frozenset(m.person for m in STAKEHOLDERS)


def barred(proposal: Proposal, now: datetime, *people: Member, cause: str = BLIND) -> Proposal:
    """From now on exactly these people cannot act."""
    return stops.follow(proposal, [Barred(m.person, cause) for m in people], {}, now)[0]


def acting(proposal: Proposal, now: datetime, *, rulers: frozenset[PersonId] = frozenset()) -> frozenset[PersonId]:
    return awaited.acting(proposal, Beside(rulers), now)


def people(*members: Member) -> frozenset[PersonId]:
    return frozenset(m.person for m in members)


# ---- whom a clock waits for ----------------------------------------------------------------------


def test_in_a_review_whoever_has_not_spoken_is_waited_for() -> None:
    proposal = stated(opened(), BO)
    proposal, _ = objections.raise_concern(proposal, CY, "What of the frogs?", "", at(1))
    assert acting(proposal, at(2)) == EVERYONE - people(BO, CY) | people(ANA), "the author may ask for a test"
    assert acting(proposal, at(72)) == frozenset(), "the window and the ruling period are over"
    assert acting(revised(proposal, at(3)), at(4)) >= people(CY), "on another version everyone may speak anew"
    assert acting(raised(proposal, DI), at(72)) == frozenset(), "it lapses"


def test_whoever_speaks_for_an_objection_is_waited_for_until_it_is_stated() -> None:
    proposal = advanced(raised(opened(), BO, now=at(70)), at(72))
    assert proposal.state is ProposalState.SETTLING
    assert acting(proposal, at(73)) == people(BO)
    assert acting(proposal, at(118)) == frozenset()
    said, _ = objections.state_objection(proposal, 1, BO, STATEMENT, at(74))
    assert acting(said, at(75), rulers=people(FLO)) == people(ANA, FLO)
    asked, _ = rulings.ask_test(said, 1, ANA, at(75))
    assert acting(asked, at(76), rulers=people(FLO, BO)) == people(FLO)
    ruling, _ = rulings.rule_on_form(asked, 1, FLO, False, REASON, at(76))
    assert acting(ruling, at(77)) == people(BO), "the losing side may appeal"
    in_form, _ = rulings.rule_on_form(asked, 1, FLO, True, REASON, at(76))
    assert acting(in_form, at(77)) == people(ANA)
    judged = appealed(ruling, BO, now=at(77))
    assert acting(judged, at(78)) == JUDGES - people(BO)
    judged, _ = rulings.vote_on_appeal(judged, 1, CY, True, at(78))
    assert acting(judged, at(79)) == JUDGES - people(BO, CY)


def test_whoever_spoke_on_this_version_has_spoken_and_on_an_earlier_one_only_while_it_stands() -> None:
    """At the very instant of publication too; and whoever withdrew has spoken."""
    withdrawn, _ = objections.withdraw_objection(raised(opened(), BO), 1, BO, NOW)
    assert BO.person not in acting(withdrawn, at(1))
    assert BO.person in acting(revised(withdrawn, at(1)), at(2)), "not on the text that stands now"
    assert BO.person not in acting(revised(stated(opened(), BO), at(1)), at(2)), "it stands: no answer means still"
    said, _ = objections.raise_concern(opened(), CY, "What of the frogs?", "", NOW)
    assert CY.person not in acting(said, at(1))
    assert CY.person in acting(revised(said, at(1)), at(2))


def test_nobody_is_waited_for_once_their_period_is_over() -> None:
    proposal = advanced(stated(opened(), BO, now=at(71)), at(72))
    ruling = ruled(proposal, now=at(76))
    assert acting(ruling, at(124) - TICK) == people(BO)
    assert acting(ruling, at(124)) == frozenset()
    guarded, _ = sponsors.objector_gone(ruling, BO.person, False, at(77))
    assert acting(guarded, at(78)) == frozenset(), "it goes to appeal by itself"
    left, _ = sponsors.objector_gone(proposal, BO.person, True, at(73))
    assert acting(left, at(74)) == EVERYONE - people(BO) | people(ANA), "to take over, and to ask for the test"
    assert acting(left, at(121)) == frozenset()


def test_what_was_halted_once_is_halted_no_more_and_waits_for_nobody() -> None:
    passed = advanced(advanced(opened("budget"), at(72)), at(120))
    assert acting(passed, at(121)) == EVERYONE
    assert acting(replace(passed, halted=True), at(121)) == frozenset()


CELL = tuple(Elector(PersonId(name)) for name in ("wim", "wes", "will"))
OF_THE_CELL = frozenset(e.person for e in CELL)


@pytest.mark.parametrize("state", ProposalState)
def test_who_must_see_the_card(state: ProposalState) -> None:
    """Who could still do something about it: its electors, in a final vote of another group the voters as well."""
    ends_at = at(200) if state in {ProposalState.PASSED, ProposalState.ADOPTED, ProposalState.ENACTED} else None
    vote = escalations.escalate(disputed(), BO, at(80))[0].vote
    proposal = replace(opened(), electors=CELL, state=state, timelock_ends_at=ends_at, vote=vote)
    expected: dict[ProposalState, frozenset[PersonId]] = dict.fromkeys(
        (
            ProposalState.REVIEW,
            ProposalState.SETTLING,
            ProposalState.DISPUTED,
            ProposalState.PASSED,
            ProposalState.ADOPTED,
        ),
        OF_THE_CELL,
    )
    expected[ProposalState.ESCALATED] = OF_THE_CELL | EVERYONE
    assert awaited.watching(proposal) == expected.get(state, frozenset())
    left = replace(proposal, electors=(replace(CELL[0], left=True), *CELL[1:]))
    assert awaited.watching(left) == expected.get(state, frozenset()) - {CELL[0].person}
    unlocked = replace(proposal, timelock_ends_at=None)
    if state in {ProposalState.PASSED, ProposalState.ADOPTED}:
        assert awaited.watching(unlocked) == frozenset()


def test_sponsors_voters_and_halters_are_waited_for() -> None:
    left, _ = sponsors.objector_gone(stated(opened(), BO), BO.person, True, at(60))
    left = advanced(left, at(72))
    assert acting(left, at(73)) == EVERYONE - people(BO)
    assert acting(disputed(), at(80)) == frozenset(), "in a dispute nobody's silence passes anything"
    vote = escalations.escalate(disputed(), BO, at(80))[0]
    voted, *_ = votes.cast(vote, CY, Ballot({"for": 1}), vote.group, at(81))
    assert acting(voted, at(82)) == EVERYONE - people(CY)
    passed = advanced(advanced(opened("budget"), at(72)), at(120))
    asked, _ = halts.consent_to_halt(passed, BO, at(121))
    assert acting(asked, at(122)) == EVERYONE - people(BO)
    assert acting(asked, at(170)) == frozenset()


@pytest.mark.parametrize(
    "state",
    [
        ProposalState.DRAFT,
        ProposalState.STALE,
        ProposalState.ENACTED,
        ProposalState.WITHDRAWN,
        ProposalState.NOT_ADOPTED,
    ],
)
def test_where_nothing_is_open_nobody_is_waited_for(state: ProposalState) -> None:
    proposal = replace(opened(), state=state)
    assert acting(proposal, at(1)) == awaited.watching(proposal) == frozenset()
    assert not clock.is_stopped(barred(proposal, at(1), BO))


# ---- stopping and resuming -----------------------------------------------------------------------


def test_who_cannot_see_the_card_stops_the_clock_until_they_can() -> None:
    proposal, events = stops.follow(opened(), [Barred(BO.person, BLIND)], {}, at(10))
    assert kinds(events) == [ClockStopped]
    assert events[0].data["people"] == [BO.person]
    assert proposal.clock.reasons == {clock.SHUT_OUT}
    assert advanced(proposal, at(100)) == proposal
    proposal = barred(proposal, at(20), BO, CY)
    proposal = barred(proposal, at(30), CY)
    assert clock.is_stopped(proposal)
    proposal, events = stops.follow(proposal, [], {}, at(40))
    assert kinds(events) == [ClockResumed]
    assert proposal.closes_at == at(102)
    assert [(s.person, s.since, s.until) for s in proposal.clock.spells] == [
        (BO.person, at(10), at(30)),
        (CY.person, at(20), at(40)),
    ]
    assert stops.follow(proposal, [], {}, at(41)) == (proposal, ())


def test_after_a_timeout_the_own_stating_period_starts_again() -> None:
    proposal = barred(raised(opened(), BO, CY), at(40), BO, cause=TIMED_OUT)
    proposal = barred(proposal, at(60))
    mine, others = proposal.objections
    assert mine.state_by == at(60 + 48)
    assert others.state_by == at(48 + 20), "the other's goes on with what was left"


@pytest.mark.parametrize("in_form", [False, True])
def test_after_a_timeout_the_own_appeal_period_starts_again(in_form: bool) -> None:
    asked, _ = rulings.ask_test(stated(opened(), BO), 1, ANA, at(0))
    proposal = ruled(asked, in_form)
    loser = ANA if in_form else BO
    proposal = barred(barred(proposal, at(40), loser, cause=REMOVED), at(60))
    assert first(appealed(proposal, loser, now=at(108) - TICK)).test != first(proposal).test
    with pytest.raises(WindowClosed):
        appealed(proposal, loser, now=at(108))


def test_a_timeout_that_ends_by_itself_is_looked_at_then() -> None:
    proposal, _ = stops.follow(opened(), [Barred(BO.person, TIMED_OUT, at(13))], {}, at(10))
    assert lifecycle.next_due(proposal) == at(13)
    longer, _ = stops.follow(proposal, [Barred(BO.person, TIMED_OUT, at(20))], {}, at(11))
    assert lifecycle.next_due(longer) == at(20)


def test_a_vote_and_a_timelock_wait_as_well() -> None:
    vote = escalations.escalate(disputed(), BO, at(80))[0]
    vote = barred(barred(vote, at(81), CY, cause=TIMED_OUT), at(91))
    assert vote.vote is not None
    assert vote.vote.closes_at == at(80 + 72 + 10)
    passed = advanced(advanced(opened("budget"), at(72)), at(120))
    waiting = barred(passed, at(130), BO, cause=TIMED_OUT)
    assert advanced(waiting, at(200)) == waiting
    assert barred(waiting, at(200)).timelock_ends_at == at(168 + 70)
    assert lifecycle.next_due(waiting) == at(130 + 7 * 24)
    assert not clock.is_stopped(advanced(waiting, at(130 + 7 * 24)))


@pytest.mark.parametrize(
    "state", [ProposalState.ENACTED, ProposalState.WITHDRAWN, ProposalState.STALE, ProposalState.DRAFT]
)
def test_nobody_is_waited_for_where_nothing_is_open(state: ProposalState) -> None:
    """Nor is what they are kept from taken off their ninety days."""
    passed = advanced(advanced(opened("budget"), at(72)), at(120))
    over = replace(passed, state=state)
    assert stops.follow(over, [Barred(BO.person, TIMED_OUT)], {}, at(130)) == (over, ())
    waiting, _ = stops.follow(passed, [Barred(BO.person, TIMED_OUT)], {}, at(130))
    assert clock.is_stopped(waiting)


def test_everybody_who_can_act_again_is_heard_again() -> None:
    proposal = barred(raised(opened(), BO, CY), at(10), BO, CY, cause=TIMED_OUT)
    both = barred(proposal, at(60))
    assert [o.state_by for o in both.objections] == [at(60 + 48)] * 2


def test_whoever_could_not_see_the_card_has_what_was_left_of_their_period() -> None:
    """Only a timeout, a kick or a ban begins it anew (PRO-11)."""
    seen = barred(barred(raised(opened(), BO), at(40), BO, cause=BLIND), at(60))
    assert first(seen).state_by == at(48 + 20)


def test_who_is_kept_from_acting_twice_over_is_heard_once_both_have_ended() -> None:
    both = [Barred(BO.person, TIMED_OUT), Barred(BO.person, REMOVED)]
    proposal, _ = stops.follow(raised(opened(), BO), both, {}, at(10))
    one, _ = stops.follow(proposal, both[1:], {}, at(30))
    assert first(one).state_by == at(48)
    assert first(barred(one, at(60))).state_by == at(60 + 48)
    blind = [Barred(BO.person, TIMED_OUT), Barred(BO.person, BLIND)]
    proposal, _ = stops.follow(raised(opened(), BO), blind, {}, at(10))
    heard, _ = stops.follow(proposal, blind[1:], {}, at(30))
    assert first(barred(heard, at(60))).state_by == at(60 + 48), "a period to use once the card can be seen"


def test_what_stopped_this_process_before_is_taken_off_the_persons_own_ninety_days() -> None:
    proposal = barred(barred(opened(), at(0), BO), at(4 * 24))
    again = barred(proposal, at(5 * 24), BO, CY)
    spells = {spell.person: spell.spent_at for spell in again.clock.barred}
    assert spells == {BO.person: at(8 * 24), CY.person: at(12 * 24)}


# ---- the caps ------------------------------------------------------------------------------------


def test_after_seven_days_in_one_process_it_goes_to_a_final_vote_with_those_shut_out() -> None:
    proposal = opened()
    for number, person in enumerate((BO, CY, DI, ED)):
        proposal = barred(proposal, at(48 * number), person, cause=BLIND if number % 2 else TIMED_OUT)
    spent_at = at(7 * 24)
    assert lifecycle.next_due(proposal) == spent_at
    running, events = lifecycle.advance(proposal, spent_at, AROUND)
    assert kinds(events) == [StopsSpent, ClockResumed]
    assert running.closes_at == at(72) + 7 * DAY
    again = barred(running, spent_at, FAY, ED)
    assert again == running, "nobody stops it any more"
    voted = advanced(running, at(72) + 7 * DAY)
    assert voted.state is ProposalState.ESCALATED
    assert voted.vote is not None
    assert voted.vote.electors == ELECTORS
    assert clock.stop(voted, clock.SILENCED, at(300)) == (voted, ())
    end = voted.vote.closes_at
    cast = tuple(Ballot({"for": 1}, m.person) for m in (FAY, GIL))
    assert advanced(voted, end, cast).state is ProposalState.NOT_ADOPTED, "two of six are no quorum"
    most = tuple(Ballot({"for": 1}, m.person) for m in (FAY, GIL, DI))
    assert advanced(voted, end, most).state is ProposalState.ADOPTED


def cell_vote(changes: Mapping[str, Value] = NO_CHANGES) -> Proposal:
    """A cell's proposal, stopped for as long as people's acts may, whose window is over: it is voted on."""
    proposal = opened("general", changes, CELL, group=WATER)
    proposal, _ = stops.follow(proposal, [Barred(CELL[0].person, BLIND)], {}, NOW)
    proposal = advanced(advanced(proposal, at(7 * 24)), at(72) + 7 * DAY)
    assert proposal.state is ProposalState.ESCALATED
    return proposal


@pytest.mark.parametrize("notice", [0, 24])
def test_the_final_vote_after_too_long_a_stop_is_of_its_own_electors(notice: int) -> None:
    """Those shut out among them, and counted in the quorum (PRO-11); a stakeholder has no ballot in it."""
    proposal = advanced(cell_vote({"vote.notice": hours(notice)}), at(72 + notice) + 7 * DAY)
    assert proposal.vote is not None
    assert (proposal.vote.opened, proposal.vote.electors) == (True, CELL)
    wim, wes, will = (member(e.person, WATERER) for e in CELL)
    begun = at(73 + notice) + 7 * DAY
    for who in STAKEHOLDERS:
        with pytest.raises(NotEligible) as refused:
            votes.cast(proposal, who, Ballot({"for": 1}), SHG, begun)
        assert refused.value.why == "vote of electors"
        assert not rolls.has_a_say(proposal, who.person)
    for who in (wim, wes, will):
        proposal, *_ = votes.cast(proposal, who, Ballot({"for": 1}), SHG, begun)
    end = proposal.vote.ends_at if proposal.vote else begun
    assert advanced(proposal, end, ballots({"wim": "for"})).outcome == "no quorum"
    assert advanced(proposal, end, ballots({"wim": "for", "wes": "for"})).outcome != "no quorum"


def test_who_gives_the_seat_up_in_the_electors_vote_is_counted_no_more() -> None:
    """By their seat in the deciding group, not in the stakeholder group (PRO-9)."""
    proposal = cell_vote()
    elsewhere = electorates.followed(proposal, SHG, SHG, [CELL[0].person], ())
    here = electorates.followed(proposal, WATER, SHG, [CELL[0].person], ())
    assert elsewhere.vote is not None
    assert here.vote is not None
    assert [e.left for e in elsewhere.vote.electors] == [False, False, False]
    assert [e.left for e in here.vote.electors] == [True, False, False]
    assert not votes.too_few_voters(here)
    assert votes.too_few_voters(electorates.followed(here, WATER, SHG, [CELL[1].person], ()))


def test_a_dispute_goes_to_the_stakeholders_as_ever() -> None:
    """The honest way: somebody takes it there, whether its clock was stopped before or not (ESC-1)."""
    proposal = opened("general", electors=CELL, group=WATER)
    proposal, _ = stops.follow(proposal, [Barred(CELL[0].person, BLIND)], {}, NOW)
    proposal = advanced(proposal, at(7 * 24))
    proposal = stated(proposal, member("wes", WATERER), now=at(7 * 24))
    proposal = advanced(proposal, at(72) + 7 * DAY)
    assert proposal.state is ProposalState.DISPUTED
    vote = escalations.escalate(proposal, member("wes", WATERER), at(73) + 7 * DAY)[0].vote
    assert vote is not None
    assert (vote.of_electors, vote.electors) == (False, ELECTORS)


def test_one_person_stops_clocks_for_seven_days_in_ninety() -> None:
    before: list[Span] = [(at(-40 * 24), at(-36 * 24)), (at(-38 * 24), at(-35 * 24))]
    assert stops.spent_at(before, NOW) == NOW + 2 * DAY, "five days are used: overlaps count once"
    proposal, _ = stops.follow(opened(), [Barred(BO.person, BLIND)], {BO.person: before}, NOW)
    assert lifecycle.next_due(proposal) == NOW + 2 * DAY
    running = advanced(proposal, NOW + 2 * DAY)
    assert running.clock.spent
    again, events = stops.follow(opened(), [Barred(BO.person, BLIND)], {BO.person: [(at(-200), NOW)]}, NOW)
    assert kinds(events) == [StopsSpent]
    assert (again.closes_at, again.clock.reasons) == (at(72), frozenset())
    assert [spell.until for spell in again.clock.spells] == [NOW], "nothing of it counts against them any more"
    assert advanced(again, at(72)).state is ProposalState.ESCALATED
    other, _ = stops.follow(opened(), [Barred(CY.person, BLIND)], {BO.person: before}, NOW)
    assert clock.spent_at(other) == NOW + 7 * DAY


def test_what_lies_more_than_ninety_days_back_is_forgotten() -> None:
    assert stops.spent_at([(NOW - 100 * DAY, NOW - 93 * DAY)], NOW) == NOW + 7 * DAY
    assert stops.spent_at([(NOW - 90 * DAY, NOW - 84 * DAY)], NOW) == NOW + 7 * DAY, "they fall out as it goes on"
    assert stops.spent_at([(NOW - 86 * DAY, NOW - 80 * DAY)], NOW) == NOW + DAY
    assert stops.spent_at([(NOW - 50 * DAY, NOW - 43 * DAY)], NOW) == NOW
    assert stops.spent_at([(NOW - 90 * DAY, NOW - 83 * DAY)], NOW) == NOW, "just seven in just ninety"


@given(
    spans=st.lists(st.tuples(st.integers(-120 * 24, 0), st.integers(0, 12 * 24)), max_size=6),
)
def test_nobody_stops_clocks_longer_than_their_allowance(spans: list[tuple[int, int]]) -> None:
    history = [(at(start), min(at(start + length), NOW)) for start, length in spans]
    ends_at = stops.spent_at(history, NOW)

    def used(instant: datetime) -> int:
        """Minutes of the last 90 days, counted one by one: an independent reckoning."""
        first_hour = int((instant - NOW) / timedelta(hours=1)) - 90 * 24
        last_hour = int((instant - NOW) / timedelta(hours=1))
        kept = {h for a, b in history for h in range(int((a - NOW) / hours(1)), int((b - NOW) / hours(1)))}
        kept |= set(range(max(last_hour, 0)))
        return len([h for h in kept if first_hour <= h < last_hour])

    assert (ends_at - NOW) % timedelta(hours=1) == timedelta(0)
    assert used(ends_at) >= 7 * 24
    if ends_at > NOW:
        assert used(ends_at - hours(1)) == 7 * 24 - 1


MEMBERS = STAKEHOLDERS[:3]


@given(
    acts=st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from(["people", "card", "few", "role"]), st.integers(0, 7)),
        max_size=25,
    )
)
def test_the_close_moves_by_exactly_the_union_of_the_time_that_it_stood(acts: list[tuple[int, str, int]]) -> None:
    """In any order of stopping and resuming, hour by hour, swept in time (PRO-11)."""
    proposal, hour = replace(opened(), readers=EVERYONE), 0
    on: set[str] = set()
    who = 0
    stood = by_people = wanting = 0
    spent = False
    for gap, what, bits in acts:
        for _ in range(gap):
            proposal = advanced(proposal, at(hour))
            if proposal.state is not ProposalState.REVIEW:
                assert wanting == 14 * 24 or not clock.is_stopped(proposal)
                return
            spent = spent or by_people >= 7 * 24
            meddling = not spent and (bool(who) or "role" in on)
            lacking = bool(on & {"card", "few"})
            assert clock.is_stopped(proposal) == (meddling or lacking)
            assert proposal.clock.spent == spent
            wanting += lacking
            by_people += meddling
            stood += meddling or lacking
            hour += 1
        proposal = advanced(proposal, at(hour))
        if proposal.state is not ProposalState.REVIEW:
            return
        if what == "people":
            who = bits
            proposal = barred(proposal, at(hour), *(m for k, m in enumerate(MEMBERS) if bits & 1 << k))
        else:
            reason = {"card": clock.CARD, "few": clock.FEW, "role": clock.ROLE}[what]
            on = on | {what} if bits % 2 else on - {what}
            turn = clock.stop if bits % 2 else clock.resume
            proposal, _ = turn(proposal, reason, at(hour))
        assert by_people <= 7 * 24
        if not clock.is_stopped(proposal):
            assert proposal.clock.stood == hours(stood)
            assert proposal.closes_at == at(72 + stood)
        assert clock.stood_until(proposal, at(hour)) == hours(stood)
