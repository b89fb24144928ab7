"""Final votes: who casts what and when, secrecy, closing (DEC-2, DEC-3, DEC-3a); the ladder (ESC-1, PRO-6)."""

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from bot.governance import clock, escalations, lifecycle, objections, votes
from bot.governance.errors import BadText, NotEligible, UnknownKey, WindowClosed, WrongState
from bot.governance.lifecycle import Surroundings
from bot.governance.methods import REGISTRY
from bot.governance.objections_events import ObjectionOverruled
from bot.governance.organisation import Elector, Member
from bot.governance.policy_values import Value
from bot.governance.proposals_events import ProposalAdopted
from bot.governance.proposals_types import ObjectionState, Proposal, ProposalState, Statement
from bot.governance.stops_events import ClockStopped
from bot.governance.votes_events import BallotCast, ProposalEscalated, VoteClosed, VoteOpened
from bot.governance.votes_types import Ballot
from tests.governance.scene import (
    ANA,
    BO,
    CY,
    ELECTORS,
    ENTRENCHED_KEY,
    FLO,
    FUNDER,
    GIL,
    JOINER,
    REASON,
    SHG,
    SHG_FACILITATOR,
    STAKEHOLDERS,
    STRANGER,
    TICK,
    WATER,
    WATERER,
    advanced,
    at,
    ballots,
    disputed,
    first,
    gave_up,
    hours,
    kinds,
    member,
    opened,
    revised,
)


def voting(changes: dict[str, Value] | None = None, type: str = "operational") -> Proposal:
    """Escalated and opened at hour 201; closes at hour 273."""
    return escalations.escalate(disputed(opened(type, changes or {})), BO, at(201))[0]


def closed(proposal: Proposal, choices: dict[str, str], hour: float = 273) -> Proposal:
    return advanced(proposal, at(hour), ballots(choices))


# ---- escalating (PRO-6, ESC-1) --------------------------------------------------------------------


@pytest.mark.parametrize("who", [ANA, BO, CY])
def test_author_and_electors_escalate(who: Member) -> None:
    proposal, events = escalations.escalate(disputed(), who, at(201))
    assert proposal.state is ProposalState.ESCALATED
    assert kinds(events) == [ProposalEscalated, VoteOpened]
    assert proposal.vote is not None
    assert (proposal.vote.opens_at, proposal.vote.closes_at) == (at(201), at(273))
    assert proposal.vote.electors == ELECTORS


@pytest.mark.parametrize("who", [JOINER, STRANGER, FLO, member("cy")])
def test_nobody_else_escalates(who: Member) -> None:
    with pytest.raises(NotEligible):
        escalations.escalate(gave_up(disputed(), CY), who, at(201))


@pytest.mark.parametrize("state", [state for state in ProposalState if state is not ProposalState.DISPUTED])
def test_only_disputed_proposals_are_escalated(state: ProposalState) -> None:
    with pytest.raises(WrongState):
        escalations.escalate(replace(opened(), state=state), BO, at(1))


@pytest.mark.parametrize("method", ["majority", "supermajority", "consent"])
def test_the_pinned_method_or_a_supermajority_where_nothing_less_will_do(method: str) -> None:
    proposal = disputed(opened("policy", {"vote.method": method}))
    assert escalations.method_for(proposal) == method
    smuggled = revised(proposal, at(201), effects=(ENTRENCHED_KEY,))
    assert escalations.method_for(smuggled) == "supermajority"


def test_a_vote_of_a_cells_proposal_is_held_by_the_stakeholder_group() -> None:
    cell = (Elector(member("w1").person), Elector(member("w2").person), Elector(member("w3").person))
    author = member("w1", WATERER)
    objector = member("w2", WATERER)
    proposal = opened("general", author=author, group=WATER, electors=cell)
    proposal, _ = objections.raise_objection(proposal, objector, "button", at(1))
    proposal, _ = objections.state_objection(proposal, 1, objector, Statement("harm", REASON), at(1))
    proposal = advanced(advanced(proposal, at(72)), at(72))
    proposal, _ = escalations.escalate(proposal, author, at(80))
    assert proposal.vote is not None
    assert proposal.vote.electors == ELECTORS
    with pytest.raises(NotEligible):
        votes.cast(proposal, objector, Ballot({"for": 1}), SHG, at(81))
    votes.cast(proposal, BO, Ballot({"for": 1}), SHG, at(81))


def test_a_notice_period_delays_the_opening() -> None:
    proposal = disputed(opened(changes={"vote.notice": hours(24)}))
    proposal, events = escalations.escalate(proposal, BO, at(201))
    assert kinds(events) == [ProposalEscalated]
    assert lifecycle.next_due(proposal) == at(225)
    with pytest.raises(WrongState):
        votes.cast(proposal, BO, Ballot({"for": 1}), SHG, at(224))
    proposal, events = lifecycle.advance(proposal, at(226), Surroundings())
    assert kinds(events) == [VoteOpened]
    assert proposal.vote is not None
    assert (proposal.vote.opens_at, proposal.vote.closes_at, proposal.vote.electors) == (at(226), at(298), ELECTORS)


# ---- casting (DEC-2) ------------------------------------------------------------------------------


def test_a_ballot_is_cast_and_changed_until_close() -> None:
    proposal, ballot, events = votes.cast(voting(), BO, Ballot({"against": 1}, reason="dropped"), SHG, at(202))
    assert ballot == Ballot({"against": 1}, BO.person)
    assert kinds(events) == [BallotCast]
    proposal, ballot, _ = votes.cast(proposal, BO, Ballot({"for": 1}), SHG, at(273) - TICK)
    assert ballot.choice == "for"
    assert proposal.vote is not None
    assert proposal.vote.voted == {"bo"}
    with pytest.raises(WindowClosed):
        votes.cast(proposal, BO, Ballot({"for": 1}), SHG, at(273))


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (JOINER, "vote joined later"),
        (STRANGER, "vote"),
        (FLO, "vote"),
        (member("bo"), "no seat now"),
        (member("bo", SHG_FACILITATOR), "no seat now"),
        (ANA, "vote"),
    ],
)
def test_who_does_not_vote(who: Member, why: str) -> None:
    with pytest.raises(NotEligible) as refusal:
        votes.cast(gave_up(voting(), BO), who, Ballot({"for": 1}), SHG, at(202))
    assert refusal.value.why == why


def test_unknown_choices_and_missing_reasons() -> None:
    with pytest.raises(UnknownKey):
        votes.cast(voting(), BO, Ballot({"consent": 1}), SHG, at(202))
    consent = voting({"vote.method": "consent"})
    with pytest.raises(UnknownKey):
        votes.cast(consent, BO, Ballot({"object": 1}, criterion="taste", reason=REASON), SHG, at(202))
    for reason in ("", "x" * 19, "x" * 1501):
        with pytest.raises(BadText):
            votes.cast(consent, BO, Ballot({"object": 1}, criterion="harm", reason=reason), SHG, at(202))
    _, ballot, _ = votes.cast(consent, BO, Ballot({"object": 1}, criterion="harm", reason=REASON), SHG, at(202))
    assert ballot == Ballot({"object": 1}, BO.person, "harm", REASON)


def test_no_vote_outside_an_open_vote() -> None:
    for proposal in (opened(), disputed(), closed(voting(), {"bo": "for"})):
        with pytest.raises(WrongState):
            votes.cast(proposal, BO, Ballot({"for": 1}), SHG, at(202))


# ---- the clock (PRO-11) ---------------------------------------------------------------------------


def test_a_stopped_clock_keeps_an_open_vote_open_and_moves_its_close() -> None:
    proposal, _ = clock.stop(voting(), clock.ROLE, at(250))
    votes.cast(proposal, BO, Ballot({"for": 1}), SHG, at(300))
    assert closed(proposal, {"bo": "for"}, 300).state is ProposalState.ESCALATED
    proposal, _ = clock.resume(proposal, clock.ROLE, at(310))
    assert proposal.vote is not None
    assert (proposal.vote.opens_at, proposal.vote.closes_at) == (at(201), at(333))
    assert closed(proposal, {}, 332).state is ProposalState.ESCALATED
    assert closed(proposal, {}, 333).state is ProposalState.NOT_ADOPTED


def test_no_ballots_for_a_vote_that_had_ended_before_the_clock_stopped() -> None:
    proposal, _ = clock.stop(voting(), clock.ROLE, at(273))
    with pytest.raises(WindowClosed):
        votes.cast(proposal, BO, Ballot({"for": 1}), SHG, at(280))


def test_a_vote_called_while_the_clock_stands_runs_its_full_window_from_the_resumption() -> None:
    proposal, _ = clock.stop(disputed(), clock.CARD, at(201))
    proposal, _ = escalations.escalate(proposal, BO, at(220))
    proposal, _ = clock.resume(proposal, clock.CARD, at(230))
    assert proposal.vote is not None
    assert (proposal.vote.opens_at, proposal.vote.closes_at) == (at(220), at(302))
    assert proposal.state_since <= at(230)


def test_a_notice_begun_while_the_clock_stands_runs_in_full_too() -> None:
    proposal, _ = clock.stop(disputed(opened(changes={"vote.notice": hours(24)})), clock.CARD, at(201))
    proposal, _ = escalations.escalate(proposal, BO, at(220))
    proposal, _ = clock.resume(proposal, clock.CARD, at(230))
    assert proposal.vote is not None
    assert (proposal.vote.opens_at, proposal.vote.closes_at) == (at(254), at(326))


# ---- closing (DEC-2, OBJ-8) -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choices", "state", "outcome"),
    [
        ({"bo": "against", "cy": "for", "di": "for"}, ProposalState.ADOPTED, ""),
        ({"bo": "against", "cy": "against", "di": "for"}, ProposalState.NOT_ADOPTED, "not enough votes for"),
        ({"bo": "against", "cy": "for", "di": "abstain"}, ProposalState.NOT_ADOPTED, "tied"),
        ({"cy": "for", "di": "for"}, ProposalState.NOT_ADOPTED, "no quorum"),
    ],
)
def test_adopted_rejected_tied_and_without_quorum(choices: dict[str, str], state: ProposalState, outcome: str) -> None:
    proposal = closed(voting(), choices)
    assert (proposal.state, proposal.outcome) == (state, outcome)
    assert proposal.vote is not None
    assert {(b.person, b.choice) for b in proposal.vote.ballots} == set(choices.items())


def test_adoption_overrules_what_still_counts_and_keeps_who_and_why() -> None:
    before = voting()
    after, events = lifecycle.advance(before, at(273), Surroundings(ballots({"cy": "for", "di": "for", "ed": "for"})))
    assert kinds(events) == [VoteClosed, ObjectionOverruled, ProposalAdopted]
    assert first(after) == replace(first(before), state=ObjectionState.OVERRULED)


def test_a_rejection_overrules_nobody() -> None:
    assert first(closed(voting(), {})).state is ObjectionState.STATED


def test_the_published_ballots_give_the_tally_again() -> None:
    proposal = closed(voting(), {"bo": "against", "cy": "for", "di": "for", "ed": "abstain"})
    assert proposal.vote is not None
    assert votes.count(proposal.vote, proposal.vote.ballots, proposal.pinned, proposal.author) == proposal.vote.tally


def test_a_closed_vote_stands_on_record_in_the_words_of_older_records() -> None:
    """Whoever reads exports finds choices where each ballot has one, and nothing beside them (DEC-2, REC-1)."""
    objecting = Ballot({"object": 1}, CY.person, "harm", REASON)
    cast = (*ballots({"bo": "consent", "di": "stand aside"}), objecting)
    _, events = lifecycle.advance(voting({"vote.method": "consent"}), at(273), Surroundings(cast))
    assert events[0].data == {
        "vote": f"{voting().id}-1",
        "adopted": False,
        "reason": "objections remain",
        "cast": 3,
        "eligible": 6,
        "counts": [["consent", 1], ["consent with concern", 0], ["stand aside", 1], ["object", 1]],
        "hidden": False,
        "ballots": [
            {"choice": "consent", "person": "bo", "criterion": "", "reason": ""},
            {"choice": "object", "person": "cy", "criterion": "harm", "reason": REASON},
            {"choice": "stand aside", "person": "di", "criterion": "", "reason": ""},
        ],
    }


# ---- secrecy (DEC-3, DEC-3a) ----------------------------------------------------------------------

SECRET: dict[str, Value] = {"vote.secret": True, "vote.quorum": Fraction(1, 4)}


def test_a_secret_choice_leaves_no_event_and_no_name() -> None:
    proposal, ballot, events = votes.cast(voting(SECRET), BO, Ballot({"for": 1}), SHG, at(202))
    assert events == ()
    assert ballot.person == "bo"  # the row that storage keeps until close
    assert proposal.vote is not None
    assert proposal.vote.voted == {"bo"}
    done, events = lifecycle.advance(
        proposal, at(273), Surroundings(ballots({"bo": "for", "cy": "against", "di": "for"}))
    )
    assert done.vote is not None
    assert done.vote.ballots == (Ballot({"against": 1}), Ballot({"for": 1}), Ballot({"for": 1}))
    assert all(entry["person"] is None for entry in events[0].data["ballots"])  # type: ignore[index, union-attr, call-overload]


@pytest.mark.parametrize("cast", [{"bo": "for", "cy": "against"}, {"bo": "against", "cy": "against"}])
def test_below_k_a_secret_result_says_nothing_but_the_outcome_and_the_turnout(cast: dict[str, str]) -> None:
    done, events = lifecycle.advance(voting(SECRET), at(273), Surroundings(ballots(cast)))
    assert done.vote is not None
    tally = done.vote.tally
    assert tally is not None
    assert (tally.hidden, tally.counts, done.vote.ballots) == (True, (), ())
    assert (tally.cast, tally.eligible, tally.adopted) == (2, 6, False)
    assert tally.reason == "not enough votes for"  # "tied" would tell how two people voted
    assert events[0].data["ballots"] == []
    assert events[0].data["counts"] == []
    assert done.outcome == "not enough votes for"


def test_from_k_on_the_counts_of_a_secret_result_are_shown() -> None:
    done = closed(voting(SECRET), {"bo": "for", "cy": "against", "di": "for"})
    assert done.vote is not None
    assert done.vote.tally is not None
    assert not done.vote.tally.hidden
    assert dict(done.vote.tally.counts) == {"for": 2, "against": 1, "abstain": 0}


def test_consent_rounds_are_never_secret() -> None:
    proposal = voting({"vote.secret": True, "vote.method": "consent"})
    assert proposal.vote is not None
    assert not proposal.vote.secret


def test_a_small_electorate_is_warned() -> None:
    vote = voting(SECRET).vote
    assert vote is not None
    terms = voting(SECRET).pinned
    assert votes.would_reveal(vote, terms)
    more = tuple(Elector(member(f"p{n}", FUNDER).person) for n in range(7))
    assert not votes.would_reveal(replace(vote, electors=more), terms)
    assert not votes.would_reveal(replace(vote, secret=False), terms)


@pytest.mark.parametrize(
    ("gone", "missing", "reasons"),
    [((), True, {clock.ROLE}), (STAKEHOLDERS[1:], False, {clock.FEW}), (STAKEHOLDERS, True, {clock.ROLE, clock.FEW})],
)
@pytest.mark.parametrize("notice", [0, 24])
def test_a_vote_that_could_not_be_held_waits(
    gone: tuple[Member, ...], missing: bool, reasons: set[str], notice: int
) -> None:
    """Not while a role is gone, nor with one stakeholder alone (PRO-9)."""
    dispute = gave_up(disputed(opened(changes={"vote.notice": hours(notice)})), *gone)
    proposal, events = escalations.escalate(dispute, ANA, at(201), role_missing=missing)
    if notice:
        around = Surroundings(role_missing=missing)
        proposal, events = lifecycle.advance(proposal, at(201 + notice), around)
    assert proposal.vote is not None
    assert not proposal.vote.opened
    assert proposal.clock.reasons == reasons
    assert VoteOpened not in kinds(events)
    assert kinds(events).count(ClockStopped) == len(reasons), "each reason is told"
    for reason in reasons:
        proposal, _ = clock.resume(proposal, reason, at(300))
    proposal, _ = lifecycle.advance(gave_up(proposal, back=gone), at(300), Surroundings())
    assert proposal.vote is not None
    assert proposal.vote.electors == ELECTORS
    assert proposal.vote.closes_at == at(300) + proposal.pinned.vote_window


def test_a_vote_that_waits_too_long_could_not_be_held() -> None:
    proposal, _ = escalations.escalate(gave_up(disputed(), *STAKEHOLDERS[1:]), BO, at(201))
    proposal, _ = lifecycle.advance(proposal, at(201 + 14 * 24), Surroundings())
    assert (proposal.state, proposal.outcome) == (ProposalState.NOT_ADOPTED, "could not be held")


YES_ALONE = [
    ("majority", {"bo": "for", "cy": "abstain", "di": "abstain"}, False),
    ("supermajority", {"bo": "for", "cy": "abstain", "di": "abstain"}, False),
    ("consent", {"bo": "consent", "cy": "stand aside", "di": "stand aside"}, False),
    ("majority", {"cy": "for", "bo": "abstain", "di": "abstain"}, True),
    ("majority", {"bo": "for", "cy": "for", "di": "abstain"}, True),
    ("consent", {"bo": "consent", "cy": "consent with concern", "di": "stand aside"}, True),
]


@pytest.mark.parametrize("secret", [False, True])
@pytest.mark.parametrize(("method", "choices", "adopted"), YES_ALONE)
def test_nobody_adopts_their_own_proposal_alone(
    method: str, choices: dict[str, str], adopted: bool, secret: bool
) -> None:
    """It needs a yes besides the author's, by whatever method (POL-3, DEC-1)."""
    proposal = voting({"vote.method": method, "vote.secret": secret})
    tally = votes.close_vote(replace(proposal, author=BO.person), ballots(choices), at(273))[0].vote.tally  # type: ignore[union-attr]
    assert tally is not None
    assert (tally.adopted, tally.reason) == ((True, "adopted") if adopted else (False, votes.ALONE))


def test_a_hidden_result_does_not_tell_that_only_the_author_was_for_it() -> None:
    few = replace(voting(SECRET), author=BO.person)
    assert few.vote is not None
    few = replace(few, vote=replace(few.vote, electors=ELECTORS[:3]))
    tally = votes.close_vote(few, ballots({"bo": "for", "cy": "abstain"}), at(273))[0].vote.tally  # type: ignore[union-attr]
    assert tally is not None
    assert (tally.adopted, tally.reason, tally.hidden) == (False, "not enough votes for", True)


def test_too_few_voters_are_those_of_the_vote() -> None:
    assert not votes.too_few_voters(gave_up(voting(), *STAKEHOLDERS[2:]))
    assert votes.too_few_voters(gave_up(voting(), *STAKEHOLDERS[1:]))


def test_who_gave_the_seat_up_is_not_counted_in_a_vote_and_who_lost_it_is() -> None:
    """Neither among the eligible nor with a ballot; three of four is a quorum, three of six would be one as well."""
    yes = ballots({"bo": "for", "cy": "for", "di": "against"})
    proposal, _, _ = votes.cast(voting(), member("cy"), Ballot({"for": 1}), SHG, at(202))
    tally = votes.close_vote(proposal, yes, at(273))[0].vote.tally  # type: ignore[union-attr]
    assert (tally.cast, tally.eligible, tally.adopted) == (3, 6, True)  # type: ignore[union-attr]
    tally = votes.close_vote(gave_up(proposal, CY, GIL), yes, at(273))[0].vote.tally  # type: ignore[union-attr]
    assert (tally.cast, tally.eligible, tally.adopted) == (2, 4, False)  # type: ignore[union-attr]


# ---- early close (DEC-1a) -------------------------------------------------------------------------


def affirmed(changes: dict[str, Value] | None = None) -> Proposal:
    """A final vote on what silence cannot pass, without an objection; open from hour 72 to 144."""
    return advanced(opened("policy", changes or {}, effects=(ENTRENCHED_KEY,)), at(72))


def all_cast(proposal: Proposal, now: datetime, *but: Member, choice: str = "for") -> tuple[Proposal, list[Ballot]]:
    """Every elector but these votes."""
    kept: list[Ballot] = []
    for voter in STAKEHOLDERS:
        if voter in but:
            continue
        proposal, ballot, _ = votes.cast(proposal, voter, Ballot({choice: 1}), SHG, now)
        kept.append(ballot)
        proposal = votes.hasten(proposal, kept, now)
    return proposal, kept


def test_it_closes_five_minutes_after_the_last_elector_has_voted() -> None:
    proposal, kept = all_cast(affirmed(), at(80), BO)
    assert lifecycle.next_due(proposal) == at(120), "the nudge: one is waited for"
    proposal, ballot, _ = votes.cast(proposal, BO, Ballot({"against": 1}), SHG, at(81))
    proposal = votes.hasten(proposal, [*kept, ballot], at(81))
    soon = at(81) + timedelta(minutes=5)
    assert lifecycle.next_due(proposal) == soon
    assert advanced(proposal, soon - TICK, tuple(kept)) == proposal
    again, changed, _ = votes.cast(proposal, BO, Ballot({"for": 1}), SHG, soon - TICK)
    again = votes.hasten(again, [*kept, changed], soon - TICK)
    assert lifecycle.next_due(again) == soon, "a slip can be mended until then, and delays nothing"
    with pytest.raises(WindowClosed):
        votes.cast(proposal, BO, Ballot({"for": 1}), SHG, soon)
    adopted = advanced(again, soon, (*kept, changed))
    assert adopted.state is ProposalState.ADOPTED
    assert adopted.vote is not None
    assert (adopted.vote.closes_at, adopted.vote.early_at) == (soon, None)


def test_who_gave_the_seat_up_is_not_waited_for_and_who_was_kept_from_voting_is() -> None:
    proposal, kept = all_cast(affirmed(), at(80), BO)
    assert votes.hasten(proposal, kept, at(81)).vote == proposal.vote
    early = votes.hasten(gave_up(proposal, BO), kept, at(81)).vote
    assert early is not None
    assert early.ends_at == at(81) + votes.GRACE


def test_an_objection_keeps_it_open_to_the_end() -> None:
    proposal, _ = all_cast(voting(), at(210))
    assert proposal.vote is not None
    assert proposal.vote.ends_at == at(273), "an objection stands on what was disputed"
    consent, _ = all_cast(replace_method(affirmed(), "consent"), at(80), BO, choice="consent")
    cast, objecting, _ = votes.cast(consent, BO, Ballot({"object": 1}, None, "harm", REASON), SHG, at(81))
    waiting = votes.hasten(cast, [objecting], at(81))
    assert waiting.vote is not None
    assert waiting.vote.early_at is None
    again, content, _ = votes.cast(waiting, BO, Ballot({"consent": 1}), SHG, at(82))
    early = votes.hasten(again, [content], at(82))
    assert early.vote is not None
    assert early.vote.early_at == at(82) + votes.GRACE
    assert votes.hasten(early, [objecting], at(82)).vote == waiting.vote, "objected to again, it stays open"


def replace_method(proposal: Proposal, method: str) -> Proposal:
    assert proposal.vote is not None
    return replace(proposal, vote=replace(proposal.vote, method=method, options=REGISTRY[method].OPTIONS))


def test_a_secret_vote_and_one_of_another_group_stay_open_to_the_end() -> None:
    secret, _ = all_cast(affirmed({"vote.secret": True}), at(80))
    assert secret.vote is not None
    assert secret.vote.secret
    assert secret.vote.early_at is None
    proposal = affirmed()
    others = replace(proposal, electors=tuple(e for e in proposal.electors if e.person != BO.person))
    foreign, _ = all_cast(others, at(80))
    assert foreign.vote is not None
    assert foreign.vote.early_at is None


def test_the_early_close_stands_still_with_the_clock() -> None:
    proposal, _ = all_cast(affirmed(), at(80))
    proposal, _ = clock.stop(proposal, clock.OUTAGE, at(80))
    proposal, _ = clock.resume(proposal, clock.OUTAGE, at(90))
    assert lifecycle.next_due(proposal) == at(90) + votes.GRACE


def test_only_a_vote_that_is_open_can_close_early() -> None:
    assert not votes.may_close_early(opened())
    assert votes.hasten(opened(), (), at(1)) == opened()
    announced = affirmed({"vote.notice": hours(24)})
    assert not votes.may_close_early(announced)
    assert votes.hasten(announced, (), at(73)) == announced
    proposal, kept = all_cast(affirmed(), at(80))
    assert votes.may_close_early(proposal)
    counted, _ = votes.close_vote(proposal, kept, at(81))
    assert votes.hasten(counted, kept, at(82)) == counted


# ---- what a result rests on (DEC-2, DEC-3) --------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "yes", "no", "adopted"),
    [
        ("majority", 3, 2, True),
        ("majority", 2, 2, False),
        ("supermajority", 3, 2, False),  # three fifths are less than two thirds
        ("supermajority", 4, 2, True),
        ("supermajority", 2, 1, True),
    ],
)
def test_each_method_asks_for_its_own_share(method: str, yes: int, no: int, adopted: bool) -> None:
    vote = voting({"vote.method": method, "vote.supermajority": Fraction(2, 3)})
    cast = [Ballot({"for" if n < yes else "against": 1}, m.person) for n, m in enumerate(STAKEHOLDERS[: yes + no])]
    assert advanced(vote, at(273), tuple(cast)).state is (
        ProposalState.ADOPTED if adopted else ProposalState.NOT_ADOPTED
    )


@pytest.mark.parametrize(
    ("cast", "reason"),
    [
        ({"bo": "for"}, "no quorum"),
        ({"bo": "for", "cy": "for"}, "adopted"),
        ({"bo": "for", "cy": "against"}, "not enough votes for"),
    ],
)
def test_a_hidden_result_says_why_but_for_a_tie(cast: dict[str, str], reason: str) -> None:
    tally = votes.close_vote(voting(SECRET), ballots(cast), at(273))[0].vote.tally  # type: ignore[union-attr]
    assert tally is not None
    assert (tally.hidden, tally.reason) == (True, reason)


@pytest.mark.parametrize("length", [20, 1500])
def test_a_reason_of_an_objecting_ballot_at_its_limits(length: int) -> None:
    objecting = Ballot({"object": 1}, None, "harm", "x" * length)
    _, kept, _ = votes.cast(voting({"vote.method": "consent"}), BO, objecting, SHG, at(202))
    assert kept == replace(objecting, person=BO.person)
