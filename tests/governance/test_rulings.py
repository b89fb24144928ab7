"""The dossier of a test of form, whole at each step; and who is offered the ruling: whoever could give it (OBJ-4)."""

from dataclasses import replace

import pytest

from bot.governance import awaited, rolls, rulings, sponsors
from bot.governance.awaited import Beside
from bot.governance.errors import Conflicted, Refusal
from bot.governance.ids import PersonId
from bot.governance.organisation import Member
from bot.governance.proposals_types import Appeal, ObjectionState, Proposal
from bot.governance.proposals_types import Test as FormTest
from tests.governance.scene import (
    ANA,
    BO,
    CY,
    DI,
    ED,
    ELECTORS,
    EXPERT,
    FAY,
    FLO,
    FUNDER,
    JUDGES,
    REASON,
    SHG_FACILITATOR,
    STAKEHOLDERS,
    TOP,
    WATERER,
    advanced,
    appealed,
    at,
    first,
    member,
    opened,
    ruled,
    stated,
)

OTHER_REASON = "Another reason, of decent length too."
FIL = member("fil", SHG_FACILITATOR)


def test_the_dossier_of_a_test_names_who_asked_ruled_and_appealed_and_when() -> None:
    proposal, _ = rulings.ask_test(stated(opened(), BO), 1, ANA, at(1))
    assert first(proposal).test == FormTest(ANA.person, at(1))
    proposal, _ = rulings.rule_on_form(proposal, 1, FLO, False, REASON, at(2))
    ruling = FormTest(ANA.person, at(1), False, FLO.person, at(2), REASON, at(2 + 48))
    assert first(proposal).test == ruling
    proposal, _ = rulings.appeal(proposal, 1, BO.person, OTHER_REASON, at(3))
    test = first(proposal).test
    assert test is not None
    assert test.appeal == Appeal(BO.person, at(3), at(3 + 72), OTHER_REASON)
    for judge in (CY, DI, ED):
        proposal, _ = rulings.vote_on_appeal(proposal, 1, judge, False, at(4))
    decided = first(proposal).test
    assert decided is not None
    assert decided.appeal == Appeal(
        BO.person, at(3), at(3 + 72), OTHER_REASON,
        tuple((PersonId(name), False) for name in ("cy", "di", "ed")), False, at(4),
    )  # fmt: skip


def test_who_rules_without_having_been_asked_has_asked() -> None:
    proposal, _ = rulings.rule_on_form(stated(opened(), BO), 1, FLO, True, REASON, at(2))
    assert first(proposal).test == FormTest(FLO.person, at(2), True, FLO.person, at(2), REASON, at(2 + 48))


@pytest.mark.parametrize(
    "who",
    [
        FLO,
        FIL,
        CY,
        ANA,
        member("ana", TOP, SHG_FACILITATOR),
        member("bo", FUNDER, SHG_FACILITATOR),
        member("di", TOP, SHG_FACILITATOR),
        member("flo", WATERER),
        member("tip", SHG_FACILITATOR),
    ],
)
def test_the_ruling_is_offered_to_whoever_could_give_it(who: Member) -> None:
    proposal = stated(opened(), BO)
    assert rulings.may_rule(proposal, first(proposal), who) is taken(proposal, who)


def taken(proposal: Proposal, who: Member) -> bool:
    try:
        rulings.rule_on_form(proposal, 1, who, True, REASON, at(1))
    except Refusal:
        return False
    return True


def test_both_kinds_are_among_those_asked_about() -> None:
    proposal = stated(opened(), BO)
    assert rulings.may_rule(proposal, first(proposal), FLO)
    assert not rulings.may_rule(proposal, first(proposal), FIL), "facilitates since the opening only"


def test_a_ruling_that_goes_to_appeal_by_itself_does_so_in_the_objectors_name() -> None:
    """Nobody's words are put into their mouth (PRO-9)."""
    taken_away, _ = sponsors.objector_gone(ruled(stated(opened(), BO)), BO.person, False, at(1))
    test = first(advanced(taken_away, at(48))).test
    assert test is not None
    assert test.appeal == Appeal(BO.person, at(48), at(48 + 72), "")


# ---- nobody judges their own ruling (OBJ-4, ORG-6) -----------------------------------------------

CY_RULING = member("cy", FUNDER, SHG_FACILITATOR)
DI_ASKING = member("di", EXPERT, SHG_FACILITATOR)


def judged_apart(by: str, in_form: bool = False) -> Proposal:
    """An appeal against a ruling that stakeholders who facilitate asked for or gave; or neither."""
    proposal = stated(opened(), BO)
    if by in {"asked", "both"}:
        proposal, _ = rulings.ask_test(proposal, 1, DI_ASKING, at(1))
    ruler = CY_RULING if by in {"ruled", "both"} else FLO
    proposal, _ = rulings.rule_on_form(proposal, 1, ruler, in_form, REASON, at(2))
    return appealed(proposal, ANA if in_form else BO, now=at(3))


@pytest.mark.parametrize("in_form", [False, True])
@pytest.mark.parametrize(
    ("by", "excluded"), [("neither", ()), ("ruled", ("cy",)), ("asked", ("di",)), ("both", ("cy", "di"))]
)
def test_who_asked_for_a_ruling_or_gave_it_does_not_judge_it(by: str, excluded: tuple[str, ...], in_form: bool) -> None:
    proposal = judged_apart(by, in_form)
    judges = rolls.judges_of(proposal, first(proposal))
    assert judges == JUDGES - {BO.person, *excluded}
    assert awaited.acting(proposal, Beside(), at(100)) == judges, "nobody else is waited for"
    for who in STAKEHOLDERS:
        if who.person in excluded:
            with pytest.raises(Conflicted) as refused:
                rulings.vote_on_appeal(proposal, 1, who, in_form, at(4))
            assert refused.value.why == "own ruling"
        elif who != BO:
            rulings.vote_on_appeal(proposal, 1, who, in_form, at(4))


def test_the_majority_of_the_judges_is_counted_without_them() -> None:
    proposal = judged_apart("both")  # three judges are left: ed, fay, gil
    proposal, _ = rulings.vote_on_appeal(proposal, 1, ED, True, at(4))
    assert first(proposal).state is ObjectionState.DISMISSED
    proposal, _ = rulings.vote_on_appeal(proposal, 1, FAY, True, at(4))
    assert first(proposal).state is ObjectionState.STATED, "two of three"


def test_a_vote_given_before_this_rule_is_not_counted() -> None:
    proposal = judged_apart("ruled")
    objection = first(proposal)
    assert objection.test is not None
    assert objection.test.appeal is not None
    before = replace(objection.test.appeal, votes=((CY.person, False),))
    proposal = proposal.with_objection(replace(objection, test=replace(objection.test, appeal=before)))
    assert first(advanced(proposal, at(75))).state is ObjectionState.STATED


def test_where_nobody_is_left_to_judge_the_objection_stands() -> None:
    """No appeal decision: the objection stands (OBJ-4)."""
    few = tuple(e for e in ELECTORS if e.person in {"bo", "cy", "di"})
    proposal = replace(judged_apart("both"), judges=few)
    assert rolls.judges_of(proposal, first(proposal)) == frozenset()
    assert first(advanced(proposal, at(75))).state is ObjectionState.STATED
