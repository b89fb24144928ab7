"""The dossier of a test of form, whole at each step; and who is offered the ruling: whoever could give it (OBJ-4)."""

import pytest

from bot.governance import rulings, sponsors
from bot.governance.errors import Refusal
from bot.governance.ids import PersonId
from bot.governance.organisation import Member
from bot.governance.proposals_types import Appeal, Proposal
from bot.governance.proposals_types import Test as FormTest
from tests.governance.scene import (
    ANA,
    BO,
    CY,
    DI,
    ED,
    FLO,
    FUNDER,
    REASON,
    SHG_FACILITATOR,
    TOP,
    WATERER,
    advanced,
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
