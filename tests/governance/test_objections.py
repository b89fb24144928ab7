"""Objections: every step of OBJ-8, every refusal, every deadline to the microsecond, and the threshold."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from bot.governance import (
    clock,
    electorates,
    escalations,
    lifecycle,
    objections,
    proposals,
    rulings,
    sponsors,
    thresholds,
    votes,
)
from bot.governance.errors import (
    AlreadyDone,
    BadText,
    Conflicted,
    LimitReached,
    NotEligible,
    NotFound,
    Refusal,
    UnknownKey,
    WindowClosed,
    WrongState,
)
from bot.governance.ids import PersonId
from bot.governance.objections_events import (
    AppealFiled,
    ConcernRaised,
    ObjectionIntegrated,
    ObjectionMaintained,
    ObjectionRaised,
    ObjectionStated,
    ObjectionWithdrawn,
    ObjectorSeatLost,
    ReactionGone,
    RulingAsked,
    RulingGiven,
    SponsorNeeded,
)
from bot.governance.organisation import Elector, Member
from bot.governance.policy import genesis
from bot.governance.policy_values import Value
from bot.governance.proposals_types import Objection, ObjectionState, Proposal, ProposalState, Statement
from bot.governance.votes_types import Ballot
from tests.governance.scene import (
    ANA,
    AROUND,
    BO,
    CY,
    DI,
    ED,
    ELECTORS,
    EXPERT,
    FAY,
    FLO,
    FUNDER,
    JOINER,
    NEIGHBOUR,
    NOW,
    REASON,
    SHG,
    SHG_FACILITATOR,
    SHG_OBSERVER,
    STATEMENT,
    STRANGER,
    TICK,
    TOP,
    WATER,
    WATERER,
    advanced,
    appealed,
    at,
    disputed,
    first,
    gave_up,
    kinds,
    member,
    opened,
    raised,
    revised,
    ruled,
    stated,
)


def vote(proposal: Proposal, person: Member, stands: bool, hour: float = 1) -> Proposal:
    return rulings.vote_on_appeal(proposal, 1, person, stands, at(hour))[0]


# ---- raising (OBJ-1, PRO-7, PRO-9) ----------------------------------------------------------------


def test_raising_counts_at_once_and_records_who_where_and_when() -> None:
    proposal, events = objections.raise_objection(opened(), BO, "reaction", at(5))
    objection = first(proposal)
    assert (objection.number, objection.person, objection.via, objection.version) == (1, "bo", "reaction", 1)
    assert (objection.stakeholder_class, objection.organisation) == ("financial contributor", "Alpha")
    assert objection.raised_at == at(5)
    assert objection.state_by == at(5 + 48)
    assert objection.state is ObjectionState.RAISED
    assert objection.counts
    assert thresholds.threshold_reached(proposal)
    assert kinds(events) == [ObjectionRaised]


def test_the_dossier_of_an_objection_on_a_later_version_is_whole() -> None:
    (objection,) = raised(revised(opened(), at(1)), BO, now=at(5)).objections
    assert objection == Objection(
        1, BO.person, at(5), 2, "button", ObjectionState.RAISED, "financial contributor", "Alpha",
        state_by=at(5 + 48), answered_version=2,
    )  # fmt: skip


def test_raising_again_changes_nothing() -> None:
    proposal = raised(opened(), BO)
    assert objections.raise_objection(proposal, BO, "button", at(1)) == (proposal, ())


def test_the_window_is_half_open() -> None:
    proposal = opened()
    assert proposal.closes_at == at(72)
    assert raised(proposal, BO, now=at(72) - TICK).objections
    with pytest.raises(WindowClosed):
        raised(proposal, BO, now=at(72))


def test_no_objection_outside_review() -> None:
    with pytest.raises(WindowClosed):
        raised(advanced(raised(opened(), BO, now=at(71)), at(72)), CY, now=at(72))


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (ANA, "author"),
        (JOINER, "joined later"),
        (STRANGER, "not an elector"),
        (FLO, "not an elector"),
        (member("ed", SHG_OBSERVER), "no seat now"),
        (member("ed", SHG_FACILITATOR), "no seat now"),
        (member("ed"), "no seat now"),
        (member("gus", WATERER), "not an elector"),
    ],
)
def test_who_may_not_object_and_why(who: Member, why: str) -> None:
    with pytest.raises(NotEligible) as refusal:
        objections.raise_objection(gave_up(opened(), ED), who, "button", NOW)
    assert refusal.value.why == why


@pytest.mark.parametrize("who", [member("di"), member("di", SHG_OBSERVER), member("di", FUNDER)])
def test_who_lost_the_seat_by_anothers_hand_acts_as_if_seated(who: Member) -> None:
    """Whatever they wear now, they speak with the class and organisation of the opening (PRO-9)."""
    proposal = stated(opened(), who)
    assert (first(proposal).stakeholder_class, first(proposal).organisation) == ("domain expert", "Beta")
    proposal, _ = electorates.mark_read(proposal, who, at(1))
    proposal, _ = objections.raise_concern(proposal, who, "It is dear, too.", "", at(1))
    objections.withdraw_objection(proposal, 1, who, at(1))
    proposal, _ = escalations.escalate(disputed(proposal), who, at(80))
    votes.cast(proposal, who, Ballot({"for": 1}), SHG, at(81))


def test_who_left_and_is_back_acts_again() -> None:
    proposal = gave_up(opened(), DI, ED)
    raised(gave_up(proposal, back=(DI,)), member("di", EXPERT))
    raised(proposal, DI)  # back, and the bot has not heard it yet
    with pytest.raises(NotEligible, match="no seat now"):
        raised(proposal, member("di"))


def test_an_author_who_is_an_elector_withdraws_rather_than_objects() -> None:
    author = member("bo", FUNDER, TOP)
    with pytest.raises(NotEligible, match="author"):
        raised(opened(author=author), author)


def test_after_a_concern_or_withdrawal_one_may_object_again_in_the_window() -> None:
    proposal = advanced(raised(opened(), BO), at(48))
    assert first(proposal).state is ObjectionState.CONCERN
    proposal = raised(proposal, BO, now=at(49))
    assert [o.number for o in proposal.objections] == [1, 2]
    proposal, _ = objections.withdraw_objection(proposal, 2, BO, at(50))
    assert [o.state for o in raised(proposal, BO, now=at(51)).objections] == [
        ObjectionState.CONCERN,
        ObjectionState.WITHDRAWN,
        ObjectionState.RAISED,
    ]


def test_a_dismissed_objection_is_not_raised_again_on_the_same_version() -> None:
    proposal = ruled(stated(opened(), BO))
    assert objections.raise_objection(proposal, BO, "button", at(1)) == (proposal, ())


def test_a_dismissal_does_not_bar_its_objector_from_objecting_to_a_later_version() -> None:
    proposal = revised(ruled(stated(opened(), BO)), at(10))
    proposal = raised(proposal, BO, now=at(11))
    assert [(o.version, o.state) for o in proposal.objections] == [
        (1, ObjectionState.DISMISSED),
        (2, ObjectionState.RAISED),
    ]
    mine = proposal.open_objection_of(BO.person)
    assert mine is not None
    assert mine.number == 2


def test_while_an_appeal_is_open_a_later_version_needs_no_second_objection() -> None:
    proposal = revised(appealed(ruled(stated(opened(), BO)), BO), at(10))
    assert raised(proposal, BO, now=at(11)) == proposal


# ---- stating (OBJ-2) ------------------------------------------------------------------------------


def test_stating_names_criterion_and_reason_and_starts_the_ruling_period() -> None:
    proposal, events = objections.state_objection(raised(opened(), BO), 1, BO, STATEMENT, at(20))
    objection = first(proposal)
    assert objection.state is ObjectionState.STATED
    assert objection.statement == STATEMENT
    assert objection.stated_at == at(20)
    assert objection.rule_by == at(20 + 48)
    assert objection.state_by is None
    assert kinds(events) == [ObjectionStated]


def test_the_stating_period_is_half_open() -> None:
    proposal = raised(opened(), BO)
    assert first(stated_at_tick(proposal, -TICK)).state is ObjectionState.STATED
    with pytest.raises(WindowClosed):
        stated_at_tick(proposal, timedelta(0))
    assert first(advanced(proposal, at(48) - TICK)).state is ObjectionState.RAISED
    assert first(advanced(proposal, at(48))).state is ObjectionState.CONCERN


def stated_at_tick(proposal: Proposal, offset: timedelta) -> Proposal:
    return objections.state_objection(proposal, 1, BO, STATEMENT, at(48) + offset)[0]


def test_unstated_it_becomes_a_concern_and_stays_on_file() -> None:
    proposal = advanced(raised(opened(), BO), at(48))
    assert first(proposal).state is ObjectionState.CONCERN
    assert [(c.person, c.why) for c in proposal.concerns] == [("bo", "not stated")]
    assert thresholds.weight(proposal) == 0


def test_stating_works_after_close_and_after_the_seat_was_lost() -> None:
    proposal = advanced(raised(opened(), BO, now=at(71)), at(72))
    assert proposal.state is ProposalState.SETTLING
    proposal, _ = sponsors.objector_gone(proposal, BO.person, False, at(73))
    proposal, _ = objections.state_objection(proposal, 1, BO, STATEMENT, at(100))
    assert first(proposal).state is ObjectionState.STATED


def test_stating_again_replaces_the_words_and_not_the_period() -> None:
    proposal = stated(opened(), BO)
    better = replace(STATEMENT, criterion="purpose")
    proposal, _ = objections.state_objection(proposal, 1, BO, better, at(5))
    assert first(proposal).statement == better
    assert (first(proposal).stated_at, first(proposal).rule_by) == (NOW, at(48))


@pytest.mark.parametrize("criterion", objections.CRITERIA)
def test_every_published_criterion_is_taken(criterion: str) -> None:
    statement = Statement(criterion, REASON, agreement="the charter")
    proposal, _ = objections.state_objection(raised(opened(), BO), 1, BO, statement, NOW)
    assert first(proposal).statement == statement


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        (Statement("taste", REASON), UnknownKey),
        (Statement("harm", ""), BadText),
        (Statement("harm", "x" * 19), BadText),
        (Statement("harm", " " * 10 + "x" * 19), BadText),
        (Statement("harm", "x" * 1501), BadText),
        (Statement("harm", REASON, "x" * 1501), BadText),
        (Statement("harm", REASON, "", "x" * 201), BadText),
    ],
)
def test_a_statement_that_is_not_taken(statement: Statement, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        objections.state_objection(raised(opened(), BO), 1, BO, statement, NOW)


@pytest.mark.parametrize("length", [20, 1500])
def test_a_reason_at_its_limits(length: int) -> None:
    statement = Statement("harm", "x" * length, "y" * 1500, "z" * 200)
    objections.state_objection(raised(opened(), BO), 1, BO, statement, NOW)


def test_only_the_objector_states_and_only_an_objection_on_file() -> None:
    with pytest.raises(NotEligible, match="not the objector"):
        objections.state_objection(raised(opened(), BO), 1, CY, STATEMENT, NOW)
    with pytest.raises(NotFound):
        objections.state_objection(opened(), 1, BO, STATEMENT, NOW)


@pytest.mark.parametrize("through", ["test", "withdrawn", "concern"])
def test_no_stating_once_tested_withdrawn_or_lapsed(through: str) -> None:
    proposal = stated(opened(), BO)
    if through == "test":
        proposal, _ = rulings.ask_test(proposal, 1, ANA, NOW)
    elif through == "withdrawn":
        proposal, _ = objections.withdraw_objection(proposal, 1, BO, NOW)
    else:
        proposal = advanced(raised(opened(), BO), at(48))
    with pytest.raises(WrongState):
        objections.state_objection(proposal, 1, BO, STATEMENT, at(49))


# ---- concerns (OBJ-3) -----------------------------------------------------------------------------


def test_a_concern_is_heard_once_and_never_counts() -> None:
    proposal, events = objections.raise_concern(opened(), JOINER, "The noise.", "joined later", at(1))
    assert kinds(events) == [ConcernRaised]
    assert objections.raise_concern(proposal, JOINER, "The noise.", "", at(2)) == (proposal, ())
    assert len(objections.raise_concern(proposal, JOINER, "The dust.", "", at(2))[0].concerns) == 2
    assert thresholds.weight(proposal) == 0


def test_five_concerns_by_one_person_are_enough_and_what_came_of_an_objection_is_none_of_them() -> None:
    proposal, _ = objections.raise_concern(opened(), JOINER, "", "joined later", NOW)
    for number in range(5):
        proposal, _ = objections.raise_concern(proposal, JOINER, f"Point {number}.", "", NOW)
    with pytest.raises(LimitReached):
        objections.raise_concern(proposal, JOINER, "One more.", "", NOW)
    assert objections.raise_concern(proposal, JOINER, "Point 1.", "", NOW) == (proposal, ())
    assert len(objections.raise_concern(proposal, BO, "Point 1.", "", NOW)[0].concerns) == 7
    assert len(objections.raise_concern(opened(), JOINER, "", "joined later", NOW)[0].concerns) == 1


def test_who_may_not_raise_a_concern_and_when_not() -> None:
    for who in (STRANGER, member("ola", SHG_OBSERVER)):
        with pytest.raises(NotEligible):
            objections.raise_concern(opened(), who, "", "", NOW)
    with pytest.raises(BadText):
        objections.raise_concern(opened(), BO, "x" * 1501, "", NOW)
    withdrawn, _ = proposals.withdraw(opened(), ANA.person, "", NOW)
    with pytest.raises(WrongState):
        objections.raise_concern(withdrawn, BO, "", "", NOW)


# ---- the test of form (OBJ-4) ---------------------------------------------------------------------


@pytest.mark.parametrize("who", [ANA, FLO])
def test_author_or_facilitator_asks_for_the_test_once(who: Member) -> None:
    proposal, events = rulings.ask_test(stated(opened(), BO), 1, who, at(1))
    assert kinds(events) == [RulingAsked]
    with pytest.raises(AlreadyDone):
        rulings.ask_test(proposal, 1, FLO, at(2))


def test_nobody_else_asks_and_only_of_a_stated_objection_in_its_period() -> None:
    with pytest.raises(NotEligible):
        rulings.ask_test(stated(opened(), BO), 1, CY, at(1))
    with pytest.raises(WrongState):
        rulings.ask_test(raised(opened(), BO), 1, ANA, at(1))
    rulings.ask_test(stated(opened(), BO), 1, ANA, at(48) - TICK)
    with pytest.raises(WindowClosed):
        rulings.ask_test(stated(opened(), BO), 1, ANA, at(48))


@pytest.mark.parametrize(("in_form", "state"), [(True, ObjectionState.STATED), (False, ObjectionState.DISMISSED)])
def test_the_first_ruling_holds(in_form: bool, state: ObjectionState) -> None:
    proposal, events = rulings.rule_on_form(stated(opened(), BO), 1, FLO, in_form, REASON, at(3))
    objection = first(proposal)
    assert objection.state is state
    assert objection.test is not None
    assert (objection.test.ruled_by, objection.test.ruled_at, objection.test.appeal_by) == ("flo", at(3), at(51))
    assert objection.test.reason == REASON
    assert kinds(events) == [RulingGiven]
    with pytest.raises(AlreadyDone):
        rulings.rule_on_form(proposal, 1, FLO, not in_form, REASON, at(4))


def test_the_ruling_period_is_half_open_and_reasons_are_needed() -> None:
    proposal = stated(opened(), BO)
    ruled(proposal, now=at(48) - TICK)
    with pytest.raises(WindowClosed):
        ruled(proposal, now=at(48))
    for reason in ("", "x" * 19, "x" * 1501):
        with pytest.raises(BadText):
            rulings.rule_on_form(proposal, 1, FLO, True, reason, NOW)
    with pytest.raises(WrongState):
        ruled(raised(opened(), BO))


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (member("ana", TOP, SHG_FACILITATOR), "author"),
        (member("bo", FUNDER, SHG_FACILITATOR), "objector"),
        (member("kin", SHG_FACILITATOR, replace(EXPERT, organisation="Delta")), "organisation"),
        (member("kim", SHG_FACILITATOR, replace(EXPERT, organisation="DЕLTA\u200b")), "organisation"),
        (member("tim", SHG_FACILITATOR, TOP), "organisation"),
        (member("tia", SHG_FACILITATOR, replace(TOP, organisation="")), "same cell"),
    ],
)
def test_nobody_too_near_the_matter_rules(who: Member, why: str) -> None:
    with pytest.raises(Conflicted) as refusal:
        rulings.rule_on_form(stated(opened(), BO), 1, who, False, REASON, NOW)
    assert refusal.value.why == why


def test_a_sponsor_does_not_rule_on_what_they_sponsor() -> None:
    proposal = sponsored(stated(opened(), BO))
    with pytest.raises(Conflicted, match="objector"):
        rulings.rule_on_form(proposal, 1, member("cy", FUNDER, SHG_FACILITATOR), False, REASON, at(2))


def test_only_a_facilitator_of_the_reviewing_group_rules() -> None:
    for who in (CY, member("kim", replace(SHG_FACILITATOR, group=WATER))):
        with pytest.raises(NotEligible):
            rulings.rule_on_form(stated(opened(), BO), 1, who, False, REASON, NOW)


def test_a_seat_in_the_deciding_group_itself_is_no_conflict() -> None:
    author = member("bo", FUNDER)
    proposal = stated(opened("policy", author=author), CY)
    ruled(proposal)
    facilitator = member("di", EXPERT, SHG_FACILITATOR)
    rulings.rule_on_form(proposal, 1, facilitator, False, REASON, NOW)


def test_without_a_ruling_the_objection_stands() -> None:
    proposal, _ = rulings.ask_test(stated(opened(), BO), 1, ANA, at(47))
    proposal = advanced(proposal, at(72))
    assert advanced(proposal, at(72)).state is ProposalState.DISPUTED


# ---- appeals (OBJ-4) ------------------------------------------------------------------------------


@pytest.mark.parametrize(("in_form", "by"), [(False, BO), (True, ANA)])
def test_the_losing_side_appeals_once(in_form: bool, by: Member) -> None:
    proposal = ruled(stated(opened(), BO), in_form)
    proposal, events = rulings.appeal(proposal, 1, by.person, REASON, at(5))
    test = first(proposal).test
    assert test is not None
    assert test.appeal is not None
    assert test.appeal.decide_by == at(5 + 72)
    assert kinds(events) == [AppealFiled]
    with pytest.raises(AlreadyDone):
        rulings.appeal(proposal, 1, by.person, REASON, at(6))


@pytest.mark.parametrize(("in_form", "by"), [(False, ANA), (True, BO), (True, FLO), (False, FLO), (False, CY)])
def test_nobody_else_appeals_not_even_who_ruled(in_form: bool, by: Member) -> None:
    with pytest.raises(NotEligible):
        appealed(ruled(stated(opened(), BO), in_form), by)


def test_who_asked_for_the_test_in_vain_appeals_too() -> None:
    other = member("fil", SHG_FACILITATOR)
    proposal, _ = rulings.ask_test(stated(opened(), BO), 1, other, NOW)
    appealed(ruled(proposal, True), other)


def test_the_filing_period_is_half_open() -> None:
    proposal = ruled(stated(opened(), BO))
    appealed(proposal, BO, now=at(48) - TICK)
    with pytest.raises(WindowClosed):
        appealed(proposal, BO, now=at(48))
    with pytest.raises(BadText):
        rulings.appeal(proposal, 1, BO.person, "short", NOW)
    with pytest.raises(WrongState):
        appealed(stated(opened(), BO), BO)


def test_no_appeal_once_it_was_withdrawn() -> None:
    proposal, _ = objections.withdraw_objection(ruled(stated(opened(), BO)), 1, BO, NOW)
    with pytest.raises(WrongState):
        appealed(proposal, BO)


@pytest.mark.parametrize(
    ("votes", "stands"),
    [
        ({}, True),
        ({"cy": True}, True),
        ({"cy": False}, False),
        ({"cy": True, "di": False}, True),
        ({"cy": False, "di": False, "ed": True}, False),
        ({"cy": True, "di": True, "ed": False}, True),
    ],
)
@pytest.mark.parametrize("in_form", [True, False])
def test_at_its_deadline_an_appeal_is_decided_by_those_who_voted(
    votes: dict[str, bool], stands: bool, in_form: bool
) -> None:
    proposal = appealed(ruled(stated(opened(), BO), in_form), ANA if in_form else BO)
    for person, says in votes.items():
        proposal = vote(proposal, member(person, EXPERT), says)
    proposal = advanced(proposal, at(72) - TICK)
    assert first(proposal).state is (ObjectionState.STATED if in_form else ObjectionState.DISMISSED)
    proposal = advanced(proposal, at(72))
    assert first(proposal).state is (ObjectionState.STATED if stands else ObjectionState.DISMISSED)
    test = first(proposal).test
    assert test is not None
    assert test.appeal is not None
    assert (test.appeal.stands, test.appeal.decided_at) == (stands, at(72))


def test_an_appeal_is_decided_early_once_a_majority_of_all_who_may_judge_agree() -> None:
    proposal = appealed(ruled(stated(opened(), BO)), BO)  # five judges: all six but the objector
    for person in (CY, DI):
        proposal = vote(proposal, person, True)
    assert first(proposal).state is ObjectionState.DISMISSED
    proposal = vote(proposal, ED, True)
    assert first(proposal).state is ObjectionState.STATED
    with pytest.raises(WrongState):
        vote(proposal, FAY, True)


def test_half_of_all_who_may_judge_is_no_majority() -> None:
    author = member("gil", NEIGHBOUR, TOP)
    proposal = appealed(ruled(stated(opened(author=author), BO)), BO)  # four judges: without author and objector
    proposal = vote(vote(proposal, CY, False), DI, False)
    proposal = vote(vote(proposal, ED, True), FAY, True)  # still open, and now tied
    assert first(advanced(proposal, at(72))).state is ObjectionState.STATED


def test_a_vote_on_an_appeal_may_be_changed() -> None:
    proposal = appealed(ruled(stated(opened(), BO)), BO)
    proposal = vote(vote(proposal, CY, False), CY, True)
    assert first(advanced(proposal, at(72))).state is ObjectionState.STATED
    test = first(proposal).test
    assert test is not None
    assert test.appeal is not None
    assert test.appeal.votes == (("cy", True),)


def test_parties_and_outsiders_do_not_judge_and_the_period_is_half_open() -> None:
    proposal = appealed(ruled(stated(opened(), BO)), BO)
    for who in (BO, member("ana", TOP, FUNDER)):
        with pytest.raises(Conflicted):
            vote(proposal, who, True)
    for who in (FLO, STRANGER, member("ola", SHG_OBSERVER)):
        with pytest.raises(NotEligible):
            vote(proposal, who, True)
    vote(proposal, CY, True, 71.99)
    with pytest.raises(WindowClosed):
        vote(proposal, CY, True, 72)
    with pytest.raises(WrongState):
        vote(ruled(stated(opened(), BO)), CY, True)


def test_no_votes_on_an_appeal_once_the_proposal_is_gone() -> None:
    proposal = appealed(ruled(stated(opened(), BO)), BO)
    gone, _ = proposals.withdraw(proposal, ANA.person, "", NOW)
    with pytest.raises(WrongState):
        vote(gone, CY, True)


def test_an_appeal_never_brings_back_what_its_objector_withdrew() -> None:
    proposal = appealed(ruled(stated(opened(), BO)), BO)
    proposal, _ = objections.withdraw_objection(proposal, 1, BO, at(1))
    with pytest.raises(WrongState):
        vote(proposal, CY, True)
    assert first(advanced(proposal, at(72))).state is ObjectionState.WITHDRAWN


def test_an_appeal_never_brings_back_what_was_integrated() -> None:
    proposal = appealed(ruled(stated(opened(), BO), True, now=at(40)), ANA, now=at(40))
    proposal, _ = objections.answer_revision(revised(proposal, at(70)), 1, BO, True, at(71))
    assert first(advanced(proposal, at(112))).state is ObjectionState.INTEGRATED


def test_an_appeal_never_brings_back_what_was_orphaned() -> None:
    proposal = appealed(ruled(stated(opened(), BO), True, now=at(40)), ANA, now=at(40))
    proposal, _ = sponsors.objector_gone(proposal, BO.person, True, at(41))
    proposal = revised(proposal, at(80))
    assert first(advanced(proposal, at(89))).state is ObjectionState.ORPHANED
    assert first(advanced(advanced(proposal, at(89)), at(113))).state is ObjectionState.ORPHANED


# ---- withdrawing, reactions (OBJ-5) ---------------------------------------------------------------


def test_withdrawing_is_the_objectors_own_act() -> None:
    proposal = stated(opened(), BO)
    with pytest.raises(NotEligible):
        objections.withdraw_objection(proposal, 1, CY, NOW)
    proposal, events = objections.withdraw_objection(proposal, 1, BO, NOW)
    assert first(proposal).state is ObjectionState.WITHDRAWN
    assert first(proposal).statement == STATEMENT
    assert kinds(events) == [ObjectionWithdrawn]
    with pytest.raises(WrongState):
        objections.withdraw_objection(proposal, 1, BO, NOW)


def test_a_lost_reaction_keeps_the_objection_and_asks_once() -> None:
    proposal, events = objections.reaction_gone(raised(opened(), BO), BO.person)
    assert kinds(events) == [ReactionGone]
    assert first(proposal).counts
    assert objections.reaction_gone(proposal, BO.person) == (proposal, ())
    assert objections.reaction_gone(proposal, CY.person) == (proposal, ())


# ---- leavers and sponsors (PRO-9) -----------------------------------------------------------------


def sponsored(proposal: Proposal) -> Proposal:
    proposal, _ = sponsors.objector_gone(proposal, BO.person, True, NOW)
    return sponsors.sponsor(proposal, 1, CY, at(1))[0]


def test_who_leaves_needs_a_sponsor_else_the_objection_is_orphaned() -> None:
    proposal, events = sponsors.objector_gone(stated(opened(), BO), BO.person, True, at(1))
    assert kinds(events) == [SponsorNeeded]
    assert first(proposal).counts
    assert first(advanced(proposal, at(49) - TICK)).counts
    gone = advanced(proposal, at(49))
    assert first(gone).state is ObjectionState.ORPHANED
    assert first(gone).statement == STATEMENT


def test_a_sponsor_speaks_for_the_leaver() -> None:
    proposal = sponsored(raised(opened(), BO))
    proposal, _ = objections.state_objection(proposal, 1, CY, STATEMENT, at(2))
    assert first(proposal).sponsor == "cy"
    assert first(advanced(proposal, at(49))).state is ObjectionState.STATED
    with pytest.raises(AlreadyDone):
        sponsors.sponsor(proposal, 1, DI, at(3))


@pytest.mark.parametrize("left", [1, 24, 47])
def test_what_waits_for_a_sponsor_does_not_lapse_unstated_and_a_sponsor_has_the_full_period(left: int) -> None:
    waiting, _ = sponsors.objector_gone(raised(opened(), BO), BO.person, True, at(left))
    late = advanced(waiting, at(left + 48) - TICK)
    assert first(late).state is ObjectionState.RAISED
    objections.state_objection(late, 1, BO, STATEMENT, at(left + 48) - TICK)
    taken, _ = sponsors.sponsor(late, 1, CY, at(left + 47))
    assert first(taken).state_by == at(left + 95)
    assert first(advanced(taken, at(left + 95) - TICK)).state is ObjectionState.RAISED
    assert first(advanced(taken, at(left + 95))).state is ObjectionState.CONCERN
    back = sponsors.objector_back(late, BO.person, at(left + 47))
    assert first(back).state_by == at(left + 95)
    assert first(advanced(waiting, at(left + 48))).state is ObjectionState.ORPHANED


def test_leaving_twice_asks_for_one_sponsor_and_a_sponsored_one_needs_no_other() -> None:
    proposal, _ = sponsors.objector_gone(stated(opened(), BO), BO.person, True, at(1))
    assert sponsors.objector_gone(proposal, BO.person, True, at(5)) == (proposal, ())
    taken = sponsored(stated(opened(), BO))
    assert sponsors.objector_gone(taken, BO.person, True, at(5)) == (taken, ())


@pytest.mark.parametrize("who", [ANA, JOINER, STRANGER, member("cy"), BO])
def test_only_another_elector_who_did_not_leave_sponsors(who: Member) -> None:
    proposal, _ = sponsors.objector_gone(stated(gave_up(opened(), CY), BO), BO.person, True, NOW)
    with pytest.raises(NotEligible):
        sponsors.sponsor(proposal, 1, who, at(1))


def test_the_sponsor_period_is_half_open_and_must_have_begun() -> None:
    proposal, _ = sponsors.objector_gone(stated(opened(), BO), BO.person, True, NOW)
    sponsors.sponsor(proposal, 1, CY, at(48) - TICK)
    with pytest.raises(WindowClosed):
        sponsors.sponsor(proposal, 1, CY, at(48))
    with pytest.raises(WrongState):
        sponsors.sponsor(stated(opened(), BO), 1, CY, NOW)


def without_a_seat(proposal: Proposal, who: Member, now: datetime = NOW) -> Proposal:
    return sponsors.objector_gone(proposal, who.person, False, now)[0]


def test_a_sponsors_seat_taken_away_weakens_nothing_either() -> None:
    proposal, events = sponsors.objector_gone(sponsored(raised(opened(), BO)), CY.person, False, at(2))
    assert kinds(events) == [ObjectorSeatLost]
    assert sponsors.objector_gone(proposal, CY.person, False, at(3)) == (proposal, ())
    late = advanced(proposal, at(72))
    assert late.state is ProposalState.DISPUTED
    assert first(late).state is ObjectionState.RAISED
    objections.state_objection(late, 1, CY, STATEMENT, at(100))
    back = sponsors.objector_back(late, CY.person, at(100))
    assert first(advanced(back, at(148) - TICK)).counts
    assert first(advanced(back, at(148))).state is ObjectionState.CONCERN


def test_a_sponsor_who_leaves_asks_for_another() -> None:
    proposal, events = sponsors.objector_gone(sponsored(raised(opened(), BO)), CY.person, True, at(2))
    assert kinds(events) == [SponsorNeeded]
    assert first(proposal).sponsor is None
    assert first(advanced(proposal, at(50) - TICK)).counts
    assert first(advanced(proposal, at(50))).state is ObjectionState.ORPHANED
    again, _ = sponsors.sponsor(proposal, 1, DI, at(49))
    assert first(again).sponsor == DI.person
    with pytest.raises(NotEligible):
        objections.state_objection(again, 1, CY, STATEMENT, at(49))


def test_no_kick_and_no_friend_of_the_proposal_makes_an_objection_end() -> None:
    for start in (without_a_seat(stated(opened(), BO), BO), without_a_seat(sponsored(stated(opened(), BO)), CY)):
        helped, _ = sponsors.sponsor(start, 1, DI, at(60))
        with pytest.raises(AlreadyDone):
            sponsors.sponsor(helped, 1, ED, at(61))
        with pytest.raises(NotEligible, match="objector's own word"):
            objections.withdraw_objection(helped, 1, DI, at(61))
        newer = revised(helped, at(62))
        with pytest.raises(NotEligible, match="objector's own word"):
            objections.answer_revision(newer, 1, DI, True, at(63))
        objections.answer_revision(newer, 1, DI, False, at(63))
        gone, _ = sponsors.objector_gone(helped, DI.person, True, at(64))
        assert first(gone).counts
        assert first(gone).sponsor_by is None
        assert first(advanced(gone, at(300))).counts
        sponsors.sponsor(gone, 1, ED, at(65))
    back = sponsors.objector_back(helped, BO.person, at(66))
    objections.withdraw_objection(back, 1, BO, at(66))


@pytest.mark.parametrize("helped", [False, True])
def test_whose_seat_was_taken_still_ends_their_objection_by_their_own_word(helped: bool) -> None:
    taken_away = without_a_seat(stated(opened(), BO), BO)
    if helped:
        taken_away, _ = sponsors.sponsor(taken_away, 1, CY, at(1))
    withdrawn, _ = objections.withdraw_objection(taken_away, 1, BO, at(2))
    assert first(withdrawn).state is ObjectionState.WITHDRAWN
    resolved, _ = objections.answer_revision(revised(taken_away, at(2)), 1, BO, True, at(3))
    assert first(resolved).state is ObjectionState.INTEGRATED


def test_what_a_leaver_ends_waits_for_no_sponsor_any_more() -> None:
    waiting, _ = sponsors.objector_gone(stated(opened(), BO), BO.person, True, NOW)
    withdrawn, _ = objections.withdraw_objection(waiting, 1, BO, at(1))
    resolved, _ = objections.answer_revision(revised(waiting, at(1)), 1, BO, True, at(2))
    for ended in (withdrawn, resolved):
        assert first(ended).sponsor_by is None
        with pytest.raises(WrongState):
            sponsors.sponsor(ended, 1, CY, at(3))
    assert first(resolved).answered_version == 2


def test_unstated_a_taken_seat_is_spoken_for_by_a_sponsor_without_any_deadline() -> None:
    helped, _ = sponsors.sponsor(without_a_seat(raised(opened(), BO), BO), 1, CY, at(60))
    said, _ = objections.state_objection(helped, 1, CY, STATEMENT, at(70))
    assert first(said).statement == STATEMENT
    assert first(advanced(helped, at(200))).state is ObjectionState.RAISED


def test_a_ruling_that_nobody_may_be_able_to_appeal_goes_to_the_stakeholders_by_itself() -> None:
    for proposal in (
        ruled(without_a_seat(stated(opened(), BO), BO)),
        without_a_seat(ruled(stated(opened(), BO)), BO, at(1)),
        without_a_seat(ruled(sponsored(stated(opened(), BO))), CY, at(1)),
    ):
        assert lifecycle.next_due(proposal) == at(48)
        after, events = lifecycle.advance(proposal, at(48), AROUND)
        assert AppealFiled in kinds(events)
        test = first(after).test
        assert test is not None
        assert test.appeal is not None
        assert test.appeal.decide_by == at(120)
        assert advanced(advanced(after, at(72)), at(120)).state is ProposalState.DISPUTED
        helped, _ = sponsors.sponsor(proposal, 1, DI, at(40))
        assert first(advanced(helped, at(88) - TICK)).test == first(helped).test
        assert first(appealed(helped, DI, now=at(88) - TICK)).test != first(helped).test
    final = advanced(ruled(stated(opened(), BO)), at(48))
    assert without_a_seat(final, BO, at(48)) == final


def test_found_out_later_that_the_seat_was_taken_it_needs_no_sponsor() -> None:
    proposal, _ = sponsors.objector_gone(stated(opened(), BO), BO.person, True, at(1))
    assert first(advanced(without_a_seat(proposal, BO, at(2)), at(200))).counts


def test_who_leaves_after_their_seat_was_taken_left_no_seat_behind() -> None:
    taken, _ = sponsors.objector_gone(stated(opened(), BO), BO.person, False, at(1))
    assert sponsors.objector_gone(taken, BO.person, True, at(2)) == (taken, ())
    assert sponsors.objector_gone(taken, BO.person, False, at(2)) == (taken, ())


def test_a_seat_taken_away_never_weakens_an_objection() -> None:
    before = stated(opened(), BO)
    after, events = sponsors.objector_gone(before, BO.person, False, at(1))
    assert after == before.with_objection(replace(first(before), seat_taken=True))
    assert kinds(events) == [ObjectorSeatLost]
    assert first(advanced(after, at(200))).counts


def test_not_stated_when_the_seat_was_taken_away_it_counts_on_and_has_time_anew_with_the_seat() -> None:
    proposal, _ = sponsors.objector_gone(raised(opened(), BO), BO.person, False, at(1))
    proposal = advanced(proposal, at(72))
    assert proposal.state is ProposalState.DISPUTED
    assert first(proposal).state is ObjectionState.RAISED
    said, _ = objections.state_objection(proposal, 1, BO, STATEMENT, at(100))
    assert first(said).state is ObjectionState.STATED
    back = sponsors.objector_back(proposal, BO.person, at(100))
    assert first(back).state_by == at(148)
    assert first(advanced(back, at(148))).state is ObjectionState.CONCERN
    in_time, _ = sponsors.objector_gone(raised(opened(), BO), BO.person, False, at(1))
    assert first(sponsors.objector_back(in_time, BO.person, at(2))).state_by == at(50)


def test_who_comes_back_needs_no_sponsor() -> None:
    proposal, _ = sponsors.objector_gone(stated(opened(), BO), BO.person, True, NOW)
    proposal = sponsors.objector_back(proposal, BO.person, NOW)
    assert first(advanced(proposal, at(60))).state is ObjectionState.STATED
    taken = sponsored(stated(opened(), BO))
    assert first(sponsors.objector_back(taken, BO.person, NOW)).sponsor is None


def test_a_leaver_is_noted_and_nobody_told_while_nobody_may_act() -> None:
    proposal = stated(opened(changes={"objection.threshold": 2}), BO)
    proposal = advanced(proposal, at(72))
    proposal = advanced(proposal, at(120))
    proposal = advanced(proposal, at(200))
    assert proposal.state is ProposalState.PASSED
    gone, told = sponsors.objector_gone(proposal, BO.person, True, at(201))
    assert told == ()
    assert (first(gone).needs_sponsor, first(gone).state) == (True, first(proposal).state)
    enacted = replace(proposal, state=ProposalState.ENACTED)
    assert sponsors.objector_gone(enacted, BO.person, True, at(201)) == (enacted, ())


# ---- after a revision (PRO-5, OBJ-7) --------------------------------------------------------------


def test_resolved_only_by_the_objectors_word() -> None:
    proposal = revised(stated(opened(), BO), at(10))
    with pytest.raises(NotEligible):
        objections.answer_revision(proposal, 1, ANA, True, at(11))
    done, events = objections.answer_revision(proposal, 1, BO, True, at(11))
    assert (first(done).state, first(done).settled_in) == (ObjectionState.INTEGRATED, 2)
    assert kinds(events) == [ObjectionIntegrated]
    with pytest.raises(WrongState):
        objections.answer_revision(done, 1, BO, False, at(12))


def test_no_answer_means_still_objecting() -> None:
    proposal = revised(stated(opened(), BO), at(10))
    proposal = advanced(advanced(proposal, at(82)), at(200))
    assert proposal.state is ProposalState.DISPUTED


def test_still_objecting_is_said_once_per_version() -> None:
    proposal = revised(stated(opened(), BO), at(10))
    proposal, events = objections.answer_revision(proposal, 1, BO, False, at(11))
    assert kinds(events) == [ObjectionMaintained]
    assert objections.answer_revision(proposal, 1, BO, False, at(12)) == (proposal, ())


def test_nothing_to_answer_on_the_version_objected_to() -> None:
    with pytest.raises(WrongState):
        objections.answer_revision(stated(opened(), BO), 1, BO, True, at(1))


# ---- the clock stands (PRO-11) --------------------------------------------------------------------


def test_while_the_clock_stands_no_period_ends() -> None:
    proposal, _ = clock.stop(raised(opened(), BO), clock.CARD, at(10))
    assert advanced(proposal, at(100)) == proposal
    objections.state_objection(proposal, 1, BO, STATEMENT, at(100))
    raised(proposal, CY, now=at(100))


def test_a_period_that_had_ended_before_the_clock_stopped_stays_ended() -> None:
    proposal, _ = clock.stop(raised(opened(), BO), clock.CARD, at(50))
    with pytest.raises(WindowClosed):
        objections.state_objection(proposal, 1, BO, STATEMENT, at(51))
    with pytest.raises(WindowClosed):
        raised(clock.stop(opened(), clock.CARD, at(72))[0], CY, now=at(73))


def test_a_period_begun_while_the_clock_stands_runs_its_full_length_from_the_resumption() -> None:
    proposal, _ = clock.stop(opened(), clock.CARD, at(10))
    proposal = raised(proposal, BO, now=at(100))
    proposal, _ = clock.resume(proposal, clock.CARD, at(110))
    assert first(proposal).state_by == at(110 + 48)


# ---- threshold (OBJ-6) ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "objectors", "needed", "reached"),
    [
        ({}, (), 1, False),
        ({}, (BO,), 1, True),
        ({"objection.threshold": 2}, (BO,), 2, False),
        ({"objection.threshold": 2}, (BO, CY), 2, True),
        ({"objection.threshold": 1000}, (BO, CY), 3, False),
        ({"objection.threshold": 1000}, (BO, CY, DI), 3, True),
        ({"objection.rule": "share", "objection.share": Fraction(1, 3)}, (BO,), 2, False),
        ({"objection.rule": "share", "objection.share": Fraction(1, 3)}, (BO, CY), 2, True),
        ({"objection.rule": "share", "objection.share": Fraction(1, 1000)}, (BO,), 1, True),
        ({"objection.rule": "classes"}, (BO, CY), 2, False),
        ({"objection.rule": "classes"}, (BO, DI), 2, True),
        ({"objection.rule": "classes", "objection.classes": 10}, (BO, DI), 3, False),
        ({"objection.rule": "classes", "objection.classes": 10}, (BO, DI, FAY), 3, True),
        ({"objection.unit": "organisation", "objection.threshold": 2}, (BO, CY), 1, True),
    ],
)
def test_the_threshold_by_people_share_and_classes(
    changes: dict[str, Value], objectors: tuple[Member, ...], needed: int, reached: bool
) -> None:
    proposal = raised(opened(changes=changes), *objectors)
    assert thresholds.threshold(proposal.pinned, proposal.electors) == needed
    assert thresholds.threshold_reached(proposal) is reached


def test_an_organisation_has_one_voice_where_the_policy_says_so() -> None:
    electors = (*ELECTORS, Elector(PersonId("hal"), "", "Epsilon"), Elector(PersonId("ida")))
    changes: dict[str, Value] = {"objection.unit": "organisation", "objection.threshold": 2}
    proposal = opened(changes=changes, electors=electors)  # five voices: Alpha, Beta, Gamma, Epsilon, and Ida
    assert not thresholds.threshold_reached(raised(proposal, BO, CY))
    assert thresholds.threshold_reached(raised(proposal, BO, DI))


def respelled(*, unit: str = "person", rule: str = "people") -> Proposal:
    """A database from before: Alpha and its class stand in two spellings; what somebody speaks for is unseen."""
    spelled = [("Alpha", "financial contributor"), ("АLPHА", "Financial Contributоr"), ("Beta", ""), ("\u200b", "")]
    electors = tuple(
        Elector(PersonId(name), cls, organisation)
        for name, (organisation, cls) in zip(("bo", "cy", "di", "fay"), spelled, strict=True)
    )
    changes: dict[str, Value] = {"objection.unit": unit, "objection.rule": rule, "objection.threshold": 2}
    return opened(changes=changes, electors=electors)


@pytest.mark.parametrize("by", [{"unit": "organisation"}, {"rule": "classes"}])
def test_one_organisation_or_class_in_two_spellings_has_one_voice(by: dict[str, str]) -> None:
    proposal = respelled(**by)
    assert thresholds.weight(raised(proposal, BO, CY)) == 1
    assert thresholds.weight(raised(proposal, BO, DI)) == 2, "the honest objections of two still count as two"


def test_two_spellings_are_two_people_where_people_are_counted() -> None:
    assert thresholds.weight(raised(respelled(), BO, CY)) == 2
    assert thresholds.threshold(respelled(unit="organisation").pinned, respelled().electors) == 1


def test_a_colleague_in_another_spelling_speaks_for_the_organisation() -> None:
    proposal = raised(respelled(unit="organisation"), BO)
    ended, _ = objections.withdraw_objection(proposal, 1, member("cy", replace(FUNDER, organisation="АLPHА")), at(1))
    assert ended.objections[0].state is ObjectionState.WITHDRAWN
    with pytest.raises(NotEligible):
        objections.withdraw_objection(proposal, 1, member("di", replace(FUNDER, organisation="Beta")), at(1))


@pytest.mark.parametrize("count", range(1, 12))
@pytest.mark.parametrize("rule", ["people", "share"])
def test_the_threshold_is_never_above_half_the_electors_nor_below_one(count: int, rule: str) -> None:
    terms = proposals.pin(
        genesis({"objection.rule": rule, "objection.threshold": 1000, "objection.share": Fraction(1, 2)}),
        genesis().row("general"),
    )
    electors = [Elector(PersonId(f"p{n}")) for n in range(count)]
    assert thresholds.threshold(terms, electors) == max(1, count // 2)


def test_only_raised_and_stated_objections_count() -> None:
    proposal = stated(opened(), BO)
    for state in ObjectionState:
        changed = proposal.with_objection(replace(first(proposal), state=state))
        assert thresholds.threshold_reached(changed) is (state in {ObjectionState.RAISED, ObjectionState.STATED})


def test_a_disputed_proposal_hears_no_new_objection() -> None:
    with pytest.raises(WindowClosed):
        raised(disputed(), CY, now=at(201))


def test_who_was_taken_to_have_left_and_was_removed_after_all_weakens_nothing() -> None:
    left, _ = sponsors.objector_gone(stated(opened(), BO), BO.person, True, at(1))
    removed, events = sponsors.removed_after_all(left, BO.person, at(2))
    assert kinds(events) == [ObjectorSeatLost]
    assert first(removed).sponsor_by is None
    assert first(advanced(removed, at(200))).counts
    assert sponsors.removed_after_all(removed, BO.person, at(3)) == (removed, ())


def test_whoever_took_over_from_somebody_removed_after_all_cannot_withdraw() -> None:
    """A kick, a friend who takes over at once, and an audit log that tells of the kick late (PRO-9)."""
    taken_over = sponsored(stated(opened(), BO))
    removed, (event,) = sponsors.removed_after_all(taken_over, BO.person, at(2))
    assert event.type is ObjectorSeatLost
    assert (first(removed).sponsor, first(removed).guarded) == (CY.person, True)
    with pytest.raises(NotEligible):
        objections.withdraw_objection(removed, 1, CY, at(2))
    assert sponsors.removed_after_all(removed, BO.person, at(3)) == (removed, ())


# ---- the one voice of an organisation (OBJ-6) -----------------------------------------------------

ONE_VOICE: dict[str, Value] = {"objection.unit": "organisation"}
MOVED = member("cy", EXPERT)
"""Cy as a colleague of others by now: at the opening he spoke for Alpha, as Bo does."""
ACTS = {
    "withdraw": lambda proposal, who, now: objections.withdraw_objection(proposal, 1, who, now),
    "state": lambda proposal, who, now: objections.state_objection(proposal, 1, who, STATEMENT, now),
    "resolved": lambda proposal, who, now: objections.answer_revision(proposal, 1, who, True, now),
    "still": lambda proposal, who, now: objections.answer_revision(proposal, 1, who, False, now),
}


def in_one_voice(changes: dict[str, Value] | None = None) -> Proposal:
    """Stated by Bo of Alpha; the version after it is on the table."""
    return revised(stated(opened(changes=ONE_VOICE if changes is None else changes), BO), at(1))


@pytest.mark.parametrize(
    ("act", "ends_as"),
    [
        ("withdraw", ObjectionState.WITHDRAWN),
        ("state", ObjectionState.STATED),
        ("resolved", ObjectionState.INTEGRATED),
        ("still", ObjectionState.STATED),
    ],
)
def test_a_colleague_may_change_the_one_voice_and_the_record_names_both(act: str, ends_as: ObjectionState) -> None:
    changed, (event,) = ACTS[act](in_one_voice(), CY, at(2))
    assert first(changed).state is ends_as
    assert first(changed).person == BO.person
    assert event.actor == CY.person
    assert (event.data["raised_by"], event.data["organisation"]) == (BO.person, "Alpha")
    _, (own,) = ACTS[act](in_one_voice(), BO, at(2))
    assert "raised_by" not in own.data


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    ("who", "why"),
    [
        (DI, "not the organisation"),
        (ANA, "not the organisation"),
        (STRANGER, "not the organisation"),
        (member("joiner", FUNDER), "not the organisation"),  # of the organisation, but not at the opening
        (member("cy"), "not the organisation"),  # at the opening, but they gave it up
        (member("cy", TOP), "not the organisation"),
    ],
)
def test_nobody_else_may_change_it(act: str, who: Member, why: str) -> None:
    with pytest.raises(NotEligible) as refusal:
        ACTS[act](gave_up(in_one_voice(), CY), who, at(2))
    assert refusal.value.why == why


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", [member("cy"), MOVED])
def test_a_role_taken_or_mapped_to_another_organisation_takes_nobodys_voice(act: str, who: Member) -> None:
    """Whom somebody speaks for was pinned with the opening (POL-2, PRO-9)."""
    ACTS[act](in_one_voice(), who, at(2))


@pytest.mark.parametrize("act", ACTS)
def test_an_author_never_changes_the_voice_that_objects_to_their_own_proposal(act: str) -> None:
    author = member("cy", FUNDER, TOP)
    proposal = revised(stated(opened(author=author, changes=ONE_VOICE), BO), at(1))
    with pytest.raises(NotEligible, match="not the organisation"):
        ACTS[act](proposal, author, at(2))


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("changes", [{}, {"objection.rule": "share"}, {"objection.rule": "classes"}])
def test_where_people_are_counted_a_colleague_changes_nothing(act: str, changes: dict[str, Value]) -> None:
    with pytest.raises(NotEligible, match="not the objector"):
        ACTS[act](in_one_voice(changes), CY, at(2))


@pytest.mark.parametrize("act", ACTS)
def test_without_an_organisation_everybody_speaks_for_themselves(act: str) -> None:
    alone = (Elector(BO.person), Elector(CY.person), *ELECTORS[2:])
    proposal = revised(stated(opened(changes=ONE_VOICE, electors=alone), BO), at(1), electors=alone)
    with pytest.raises(NotEligible, match="not the objector"):
        ACTS[act](proposal, CY, at(2))


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    "how", ["removed", "left", "taken over", "taken over from somebody removed", "sponsor removed"]
)
def test_with_its_objectors_seat_gone_no_colleague_changes_it(act: str, how: str) -> None:
    proposal, _ = sponsors.objector_gone(in_one_voice(), BO.person, how != "removed", at(2))
    if "taken over" in how or "sponsor" in how:
        proposal, _ = sponsors.sponsor(proposal, 1, DI, at(3))
    if how == "taken over from somebody removed":
        proposal, _ = sponsors.removed_after_all(proposal, BO.person, at(4))
    if how == "sponsor removed":
        proposal = without_a_seat(proposal, DI, at(4))
    with pytest.raises(NotEligible, match="out of its hands"):
        ACTS[act](proposal, CY, at(5))
    back = sponsors.objector_back(proposal, BO.person, at(6))
    assert ACTS[act](back, CY, at(7))[1]


def test_the_voice_counts_until_each_of_its_objections_has_ended() -> None:
    proposal = raised(opened(changes=ONE_VOICE), BO, CY)
    proposal, _ = objections.withdraw_objection(proposal, 1, CY, at(1))
    assert thresholds.weight(proposal) == 1
    proposal, _ = objections.withdraw_objection(proposal, 2, BO, at(1))
    assert thresholds.weight(proposal) == 0


# ---- a sponsor's removal that is told late (PRO-9) ------------------------------------------------


def taken_for_a_leaver(proposal: Proposal) -> Proposal:
    """Bo left and Cy took over; Cy was kicked, and the bot took it for leaving as well."""
    return sponsors.objector_gone(sponsored(proposal), CY.person, True, at(2))[0]


@pytest.mark.parametrize("start", [raised, stated])
def test_a_sponsor_who_was_removed_after_all_stands_as_if_it_had_been_known(
    start: Callable[[Proposal, Member], Proposal],
) -> None:
    late, (event,) = sponsors.removed_after_all(taken_for_a_leaver(start(opened(), BO)), CY.person, at(3))
    at_once, _ = sponsors.objector_gone(sponsored(start(opened(), BO)), CY.person, False, at(2))
    assert event.type is ObjectorSeatLost
    assert replace(first(late), former_sponsors=(), state_by=None) == replace(first(at_once), state_by=None)
    assert first(advanced(late, at(300))).counts
    assert sponsors.removed_after_all(late, CY.person, at(4)) == (late, ())
    helped, _ = sponsors.sponsor(late, 1, DI, at(5))
    with pytest.raises(NotEligible, match="objector's own word"):
        objections.withdraw_objection(helped, 1, DI, at(6))


def test_whoever_took_over_from_a_sponsor_removed_after_all_cannot_withdraw() -> None:
    taken_over, _ = sponsors.sponsor(taken_for_a_leaver(stated(opened(), BO)), 1, DI, at(3))
    known, (event,) = sponsors.removed_after_all(taken_over, CY.person, at(4))
    assert event.type is ObjectorSeatLost
    assert (first(known).sponsor, first(known).guarded) == (DI.person, True)
    with pytest.raises(NotEligible, match="objector's own word"):
        objections.withdraw_objection(known, 1, DI, at(5))
    gone, _ = sponsors.objector_gone(known, DI.person, True, at(5))
    assert first(advanced(gone, at(300))).counts
    back = sponsors.objector_back(gone, BO.person, at(6))
    assert (first(back).guarded, first(back).former_sponsors) == (False, ())


def test_of_several_sponsors_who_left_any_may_have_been_removed() -> None:
    second, _ = sponsors.sponsor(taken_for_a_leaver(stated(opened(), BO)), 1, DI, at(3))
    waiting, _ = sponsors.objector_gone(second, DI.person, True, at(4))
    known, _ = sponsors.removed_after_all(waiting, CY.person, at(5))
    assert (first(known).sponsor, first(known).sponsor_by, first(known).guarded) == (None, None, True)
    assert first(advanced(known, at(300))).counts
    assert sponsors.removed_after_all(waiting, ED.person, at(5)) == (waiting, ())


def test_a_sponsor_who_comes_back_before_anybody_took_over_speaks_for_it_again() -> None:
    waiting = taken_for_a_leaver(raised(opened(), BO))
    back = sponsors.objector_back(waiting, CY.person, at(10))
    assert (first(back).sponsor, first(back).sponsor_by, first(back).state_by) == (CY.person, None, at(58))
    assert sponsors.removed_after_all(back, CY.person, at(11)) == (back, ())
    taken_over, _ = sponsors.sponsor(waiting, 1, DI, at(3))
    assert sponsors.objector_back(taken_over, CY.person, at(4)) == taken_over


def test_a_sponsors_removal_told_late_is_noted_where_nobody_may_act() -> None:
    proposal = advanced(advanced(advanced(sponsored(stated(two_needed(), BO)), at(72)), at(120)), at(200))
    assert proposal.state is ProposalState.PASSED
    waiting, _ = sponsors.objector_gone(proposal, CY.person, True, at(201))
    known, told = sponsors.removed_after_all(waiting, CY.person, at(202))
    assert told == ()
    assert first(known).guarded
    enacted = replace(waiting, state=ProposalState.ENACTED)
    assert sponsors.removed_after_all(enacted, CY.person, at(202)) == (enacted, ())


def two_needed() -> Proposal:
    return opened(changes={"objection.threshold": 2})
