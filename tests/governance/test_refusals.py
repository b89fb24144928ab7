"""Why an act is not taken: which act, from which state, over which limit, for want of which seat (HLP-1).

Wherever a person is told why, the words are chosen by what stands here; so each refusal is compared whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.governance import (
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
from bot.governance.errors import (
    AlreadyDone,
    BadBallot,
    BadText,
    Conflicted,
    LimitReached,
    NotEligible,
    NotFound,
    Refusal,
    RoleMissing,
    RoleSuspended,
    Stale,
    TooFewElectors,
    UnknownKey,
    WrongState,
)
from bot.governance.methods import consent, majority
from bot.governance.objections import CRITERIA
from bot.governance.organisation import FACILITATOR, MEMBER, Member, without_role
from bot.governance.policy_values import Value
from bot.governance.proposals import Load
from bot.governance.proposals_types import ObjectionState, Proposal, ProposalState, Statement
from bot.governance.votes_types import Ballot
from tests.governance.scene import (
    ANA,
    BO,
    CY,
    DI,
    ELECTORS,
    EXPERT,
    FLO,
    FUNDER,
    JOINER,
    NOW,
    OTHER_TEXT,
    PARTNERSHIP,
    REASON,
    SEATED,
    SHG,
    SHG_FACILITATOR,
    STATEMENT,
    STRANGER,
    TEXT,
    TOP,
    advanced,
    appealed,
    at,
    disputed,
    draft,
    gave_up,
    member,
    opened,
    raised,
    revised,
    rolls,
    ruled,
    stated,
    world,
)

LATECOMER = member("late", SHG_FACILITATOR)
"""Facilitates the deciding group, but did not when the review opened."""
DANGEROUS = member("flo", replace(SHG_FACILITATOR, name="Helpers", powers=("ban_members",)))


def ended(proposal: Proposal | None = None) -> Proposal:
    return replace(proposal or stated(opened(), BO), state=ProposalState.ENACTED)


def concerned() -> Proposal:
    """Bo's objection was not stated in time."""
    return advanced(raised(opened(), BO), at(48))


def in_a_vote(method: str = "majority") -> Proposal:
    return escalations.escalate(disputed(opened(changes={"vote.method": method})), BO, at(80))[0]


def passed() -> Proposal:
    """Its timelock runs from hour 120 to hour 168."""
    return advanced(advanced(opened("budget"), at(72)), at(120))


def left(changes: dict[str, Value] | None = None, *, taken: bool = False) -> Proposal:
    """Bo stated an objection and left, or was removed: it waits for a sponsor."""
    return sponsors.objector_gone(stated(opened(changes=changes or {}), BO), BO.person, not taken, NOW)[0]


def sponsored(changes: dict[str, Value] | None = None, *, by: Member = CY, taken: bool = False) -> Proposal:
    return sponsors.sponsor(left(changes, taken=taken), 1, by, at(1))[0]


def stating(statement: Statement) -> Callable[[], object]:
    return lambda: objections.state_objection(raised(opened(), BO), 1, BO, statement, NOW)


def concern(proposal: Proposal, who: Member, text: str = "Hm.") -> Callable[[], object]:
    return lambda: objections.raise_concern(proposal, who, text, "", at(1))


def five_concerns() -> Proposal:
    proposal = opened()
    for number in range(5):
        proposal, _ = objections.raise_concern(proposal, BO, f"Point {number}.", "", NOW)
    return proposal


def judging(proposal: Proposal, who: Member) -> Callable[[], object]:
    return lambda: rulings.vote_on_appeal(proposal, 1, who, True, at(1))


def ruling(proposal: Proposal, who: Member, reason: str = REASON) -> Callable[[], object]:
    return lambda: rulings.rule_on_form(proposal, 1, who, False, reason, at(1))


def casting(proposal: Proposal, who: Member, ballot: Ballot) -> Callable[[], object]:
    return lambda: votes.cast(proposal, who, ballot, SHG, at(81))


def opening(proposal: Proposal, load: Load) -> Callable[[], object]:
    return lambda: proposals.open_review(proposal, ANA, world(), SEATED, load, 1, NOW)


OBJECTIONS: dict[str, tuple[Callable[[], object], Refusal]] = {
    "of another number": (
        lambda: objections.state_objection(opened(), 3, BO, STATEMENT, NOW),
        NotFound("objection", "3"),
    ),
    "state: not one's own": (
        lambda: objections.state_objection(raised(opened(), BO), 1, CY, STATEMENT, NOW),
        NotEligible("not the objector"),
    ),
    "state: lapsed": (
        lambda: objections.state_objection(concerned(), 1, BO, STATEMENT, at(49)),
        WrongState(ObjectionState.CONCERN, "state an objection"),
    ),
    "state: ended": (
        lambda: objections.state_objection(ended(), 1, BO, STATEMENT, NOW),
        WrongState(ProposalState.ENACTED, "state an objection"),
    ),
    "state: another criterion": (stating(Statement("taste", REASON)), UnknownKey("taste", CRITERIA)),
    "state: short": (stating(Statement("harm", " " * 9 + "x" * 19)), BadText("reason", 19, 20, 1500)),
    "state: long": (stating(Statement("harm", REASON, "x" * 1501)), BadText("suggestion", 1501, 0, 1500)),
    "state: agreement": (stating(Statement("harm", REASON, "", "x" * 201)), BadText("agreement", 201, 0, 200)),
    "withdraw: another's, taken over": (
        lambda: objections.withdraw_objection(sponsored(taken=True), 1, CY, at(2)),
        NotEligible("objector's own word"),
    ),
    "withdraw: a colleague's, taken over": (
        lambda: objections.withdraw_objection(sponsored({"objection.unit": "organisation"}, by=DI), 1, CY, at(2)),
        NotEligible("out of its hands"),
    ),
    "withdraw: twice": (
        lambda: objections.withdraw_objection(concerned(), 1, BO, at(49)),
        WrongState(ObjectionState.CONCERN, "withdraw an objection"),
    ),
    "withdraw: ended": (
        lambda: objections.withdraw_objection(ended(), 1, BO, NOW),
        WrongState(ProposalState.ENACTED, "withdraw an objection"),
    ),
    "answer: same version": (
        lambda: objections.answer_revision(stated(opened(), BO), 1, BO, True, at(1)),
        WrongState(ObjectionState.STATED, "answer a revision"),
    ),
    "answer: ended": (
        lambda: objections.answer_revision(ended(), 1, BO, True, at(1)),
        WrongState(ProposalState.ENACTED, "answer a revision"),
    ),
    "concern: no seat": (concern(opened(), STRANGER), NotEligible("no seat")),
    "concern: ended": (concern(ended(), BO), WrongState(ProposalState.ENACTED, "raise a concern")),
    "concern: long": (concern(opened(), BO, "x" * 1501), BadText("concern", 1501, 0, 1500)),
    "concern: sixth": (concern(five_concerns(), BO), LimitReached("concerns", 5)),
    "read: author": (lambda: electorates.mark_read(opened(), ANA, NOW), NotEligible("author")),
    "read: joined later": (lambda: electorates.mark_read(opened(), JOINER, NOW), NotEligible("joined later")),
    "sponsor: nobody left": (
        lambda: sponsors.sponsor(stated(opened(), BO), 1, CY, NOW),
        WrongState(ObjectionState.STATED, "sponsor an objection"),
    ),
    "sponsor: ended": (
        lambda: sponsors.sponsor(ended(left()), 1, CY, NOW),
        WrongState(ProposalState.ENACTED, "sponsor an objection"),
    ),
    "sponsor: twice": (lambda: sponsors.sponsor(sponsored(), 1, FLO, at(2)), AlreadyDone("sponsor")),
    "sponsor: one's own": (lambda: sponsors.sponsor(left(), 1, BO, at(1)), NotEligible("own objection")),
}

FORM: dict[str, tuple[Callable[[], object], Refusal]] = {
    "ask: neither author nor facilitator": (
        lambda: rulings.ask_test(stated(opened(), BO), 1, CY, NOW),
        NotEligible("ask test", FACILITATOR),
    ),
    "ask: not stated": (
        lambda: rulings.ask_test(raised(opened(), BO), 1, ANA, NOW),
        WrongState(ObjectionState.RAISED, "test"),
    ),
    "ask: ended": (lambda: rulings.ask_test(ended(), 1, ANA, NOW), WrongState(ProposalState.ENACTED, "test")),
    "ask: twice": (
        lambda: rulings.ask_test(rulings.ask_test(stated(opened(), BO), 1, ANA, NOW)[0], 1, ANA, NOW),
        AlreadyDone("ask test"),
    ),
    "rule: no facilitator": (ruling(stated(opened(), BO), CY), NotEligible("rule", FACILITATOR)),
    "rule: since the opening only": (
        ruling(stated(opened(), BO), LATECOMER),
        NotEligible("rule joined later", FACILITATOR),
    ),
    "rule: a role grown dangerous": (
        ruling(stated(opened(), BO), DANGEROUS),
        RoleSuspended("Helpers", ("ban_members",)),
    ),
    "rule: author": (ruling(stated(opened(), BO), member("ana", TOP, SHG_FACILITATOR)), Conflicted("author")),
    "rule: twice": (ruling(ruled(stated(opened(), BO)), FLO), AlreadyDone("rule")),
    "rule: short": (ruling(stated(opened(), BO), FLO, "Why not."), BadText("ruling", 8, 20, 1500)),
    "appeal: not ruled": (
        lambda: rulings.appeal(stated(opened(), BO), 1, BO.person, REASON, NOW),
        WrongState(ObjectionState.STATED, "appeal"),
    ),
    "appeal: withdrawn": (
        lambda: appealed(objections.withdraw_objection(ruled(stated(opened(), BO)), 1, BO, NOW)[0], BO),
        WrongState(ObjectionState.WITHDRAWN, "appeal"),
    ),
    "appeal: ended": (
        lambda: appealed(ended(ruled(stated(opened(), BO))), BO),
        WrongState(ProposalState.ENACTED, "appeal"),
    ),
    "appeal: twice": (lambda: appealed(appealed(ruled(stated(opened(), BO)), BO), BO), AlreadyDone("appeal")),
    "appeal: won": (lambda: appealed(ruled(stated(opened(), BO)), ANA), NotEligible("appeal")),
    "appeal: short": (
        lambda: rulings.appeal(ruled(stated(opened(), BO)), 1, BO.person, "No.", NOW),
        BadText("appeal", 3, 20, 1500),
    ),
    "judge: objector": (judging(appealed(ruled(stated(opened(), BO)), BO), BO), Conflicted("party")),
    "judge: author": (judging(appealed(ruled(stated(opened(), BO)), BO), ANA), Conflicted("party")),
    "judge: outsider": (
        judging(appealed(ruled(stated(opened(), BO)), BO), STRANGER),
        NotEligible("appeal vote", MEMBER),
    ),
    "judge: not appealed": (
        judging(ruled(stated(opened(), BO)), CY),
        WrongState(ObjectionState.DISMISSED, "vote on an appeal"),
    ),
    "judge: not tested": (
        judging(stated(opened(), BO), CY),
        WrongState(ObjectionState.STATED, "vote on an appeal"),
    ),
    "judge: ended": (
        judging(ended(appealed(ruled(stated(opened(), BO)), BO)), CY),
        WrongState(ProposalState.ENACTED, "vote on an appeal"),
    ),
}

VOTES: dict[str, tuple[Callable[[], object], Refusal]] = {
    "escalate: no dispute": (
        lambda: escalations.escalate(opened(), BO, NOW),
        WrongState(ProposalState.REVIEW, "escalate"),
    ),
    "cast: no vote": (casting(opened(), BO, Ballot({"for": 1})), WrongState(ProposalState.REVIEW, "vote")),
    "cast: counted": (
        casting(replace(in_a_vote(), state=ProposalState.ADOPTED), BO, Ballot({"for": 1})),
        WrongState(ProposalState.ADOPTED, "vote"),
    ),
    "open: none announced": (lambda: votes.open_vote(opened(), NOW), WrongState(ProposalState.REVIEW, "vote")),
    "cast: joined later": (casting(in_a_vote(), JOINER, Ballot({"for": 1})), NotEligible("vote joined later", MEMBER)),
    "cast: stranger": (casting(in_a_vote(), STRANGER, Ballot({"for": 1})), NotEligible("vote", MEMBER)),
    "cast: gave up": (
        casting(gave_up(in_a_vote(), BO), member("bo"), Ballot({"for": 1})),
        NotEligible("no seat now", MEMBER),
    ),
    "cast: two choices": (
        casting(in_a_vote(), BO, Ballot({"for": 1, "against": 1})),
        BadBallot("total", 1, 1),
    ),
    "cast: the same twice": (casting(in_a_vote(), BO, Ballot({"for": 2})), BadBallot("mark", 0, 1)),
    "cast: none": (casting(in_a_vote(), BO, Ballot({})), BadBallot("total", 1, 1)),
    "cast: another choice": (casting(in_a_vote(), BO, Ballot({"maybe": 1})), UnknownKey("maybe", majority.OPTIONS)),
    "cast: another choice of consent": (
        casting(in_a_vote("consent"), BO, Ballot({"for": 1})),
        UnknownKey("for", consent.OPTIONS),
    ),
    "object: another criterion": (
        casting(in_a_vote("consent"), BO, Ballot({"object": 1}, None, "taste", REASON)),
        UnknownKey("taste", CRITERIA),
    ),
    "object: short": (
        casting(in_a_vote("consent"), BO, Ballot({"object": 1}, None, "harm", "  No.  ")),
        BadText("reason", 3, 20, 1500),
    ),
    "object: long": (
        casting(in_a_vote("consent"), BO, Ballot({"object": 1}, None, "harm", "x" * 1501)),
        BadText("reason", 1501, 20, 1500),
    ),
    "halt: no timelock": (lambda: halts.consent_to_halt(opened(), BO, NOW), WrongState(ProposalState.REVIEW, "halt")),
    "halt: carried out": (
        lambda: halts.consent_to_halt(replace(passed(), state=ProposalState.ENACTED), BO, at(130)),
        WrongState(ProposalState.ENACTED, "halt"),
    ),
    "halt: again": (
        lambda: halts.consent_to_halt(replace(passed(), halted=True), BO, at(130)),
        AlreadyDone("halt"),
    ),
    "enact: under review": (lambda: lifecycle.enact(opened(), world(), NOW), WrongState(ProposalState.REVIEW, "enact")),
    "enact: too early": (
        lambda: lifecycle.enact(passed(), world(), at(160)),
        WrongState(ProposalState.PASSED, "enact"),
    ),
}

PROPOSALS: dict[str, tuple[Callable[[], object], Refusal]] = {
    "open: twice": (opening(opened(), Load()), WrongState(ProposalState.REVIEW, "open a review")),
    "open: ratification": (
        lambda: proposals.open_ratification(opened(), world(), SEATED, 1, NOW),
        WrongState(ProposalState.REVIEW, "open a review"),
    ),
    "open: author": (opening(draft(), Load(open_by_author=3)), LimitReached("limits.open_per_author", 3)),
    "open: today": (opening(draft(), Load(filed_today_by_author=2)), LimitReached("limits.filed_per_day", 2)),
    "open: group": (opening(draft(), Load(open_in_group=20)), LimitReached("limits.open_per_group", 20)),
    "open: too few": (lambda: opened(electors=ELECTORS[:1]), TooFewElectors(1, 2)),
    "open: role gone": (
        lambda: proposals.open_review(
            draft(), ANA, replace(world(), partnership=without_role(PARTNERSHIP, FUNDER.role)), SEATED, Load(), 1, NOW
        ),
        RoleMissing("Stakeholders"),
    ),
    "revise: role gone": (
        lambda: revisions.revise(
            opened(), ANA.person, OTHER_TEXT, (),
            replace(world(), partnership=without_role(PARTNERSHIP, EXPERT.role)), SEATED, at(1),
        ),
        RoleMissing("Stakeholders"),
    ),
    "revise: too few": (
        lambda: revised(gave_up(opened(), *(member(e.person) for e in ELECTORS)), at(1), electors=ELECTORS[:1]),
        TooFewElectors(1, 2),
    ),
    "revise: nothing new": (lambda: revised(opened(), at(1), text=TEXT), AlreadyDone("revise")),
    "revise: ended": (lambda: revised(ended(opened()), at(1)), WrongState(ProposalState.ENACTED, "revise")),
    "revise: often": (
        lambda: revised(revised(opened(changes={"limits.versions": 2}), at(1)), at(2), text=TEXT),
        LimitReached("versions", 2),
    ),
    "write: overtaken": (
        lambda: revisions.write_revision(revised(opened(), at(1)), ANA.person, 1, TEXT, ()),
        Stale("the version on the table", "version 1", "version 2"),
    ),
    "withdraw: ended": (
        lambda: proposals.withdraw(ended(opened()), ANA.person, "", NOW),
        WrongState(ProposalState.ENACTED, "withdraw"),
    ),
    "withdraw: long": (
        lambda: proposals.withdraw(opened(), ANA.person, "x" * 501, NOW),
        BadText("withdrawal", 501, 0, 500),
    ),
    "discard: open": (lambda: proposals.discard(opened(), NOW), WrongState(ProposalState.REVIEW, "discard")),
}  # fmt: skip


@pytest.mark.parametrize(
    ("act", "refusal"),
    [pytest.param(*case, id=name) for table in (OBJECTIONS, FORM, VOTES, PROPOSALS) for name, case in table.items()],
)
def test_a_refusal_says_which_act_and_why(act: Callable[[], object], refusal: Refusal) -> None:
    with pytest.raises(type(refusal)) as found:
        act()
    assert found.value.args == refusal.args


def test_what_is_refused_to_one_is_taken_from_another() -> None:
    """The acts beside those refused: by whom, when and over what they may be taken."""
    rulings.rule_on_form(stated(opened(), BO), 1, FLO, False, REASON, at(1))
    rulings.ask_test(stated(opened(), BO), 1, LATECOMER, at(1))
    votes.cast(in_a_vote(), BO, Ballot({"for": 1}), SHG, at(81))
    votes.cast(gave_up(in_a_vote(), BO), BO, Ballot({"for": 1}), SHG, at(81))
    halts.consent_to_halt(passed(), BO, at(130))
    lifecycle.enact(passed(), world(), at(168))
    opened(electors=ELECTORS[:2])
    revised(opened(), at(1), electors=rolls().electors)
