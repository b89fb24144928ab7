"""Who has a say in an open process, and so reads it although its group is private (SCL-2, PRO-9, OBJ-4)."""

from dataclasses import replace

import pytest

from bot.governance import escalations, objections, rulings
from bot.governance.organisation import Elector, Member
from bot.governance.proposals_types import FINAL, Proposal, ProposalState
from bot.governance.rolls import has_a_say, judges_of
from tests.governance.scene import (
    ANA,
    BO,
    CY,
    ELECTORS,
    FLO,
    JOINER,
    REASON,
    SHG,
    STAKEHOLDERS,
    STRANGER,
    WATER,
    WATERER,
    advanced,
    appealed,
    at,
    ballots,
    first,
    gave_up,
    hours,
    member,
    opened,
    stated,
)

WIM, WES, WILL = CELL = tuple(member(name, WATERER) for name in ("wim", "wes", "will"))


def of_the_cell(notice: float = 0) -> Proposal:
    """A matter of the water cell alone; appeals and a final vote are the stakeholders'."""
    electors = tuple(Elector(m.person) for m in CELL)
    changes = {"vote.notice": hours(notice)}
    return opened("general", changes, electors, author=WIM, group=WATER)


def objected(notice: float = 0) -> Proposal:
    return stated(of_the_cell(notice), WES)


def ruled_against() -> Proposal:
    return rulings.rule_on_form(objected(), 1, FLO_OF_THE_CELL, False, REASON, at(1))[0]


FLO_OF_THE_CELL = member("flo", replace(WATERER, seat="facilitator"))


def put_to_the_vote(notice: float = 0) -> Proposal:
    """Escalated at hour 80."""
    return escalations.escalate(advanced(objected(notice), at(72)), WIM, at(80))[0]


def readers(proposal: Proposal) -> set[str]:
    everyone = (*CELL, *STAKEHOLDERS, ANA, FLO, JOINER, STRANGER)
    return {m.person for m in everyone if has_a_say(proposal, m.person)}


def names(*people: Member) -> set[str]:
    return {m.person for m in people}


def test_a_private_matter_is_its_electors_until_others_have_a_say() -> None:
    assert readers(of_the_cell()) == names(*CELL)
    assert readers(objected()) == names(*CELL), "an objection brings in nobody"
    asked, _ = rulings.ask_test(objected(), 1, WIM, at(1))
    assert readers(asked) == names(*CELL), "nor does the test of form"
    assert readers(ruled_against()) == names(*CELL)


def test_judges_read_it_while_they_judge() -> None:
    """The members one group up read a private matter for an appeal, and neither before nor after it (PRO-9)."""
    appeal = appealed(ruled_against(), WES, now=at(2))
    assert readers(appeal) == names(*CELL, *STAKEHOLDERS)
    assert readers(gave_up(appeal, CY)) == names(*CELL, *STAKEHOLDERS) - names(CY)
    assert not {m.person for m in (JOINER, STRANGER, FLO, ANA)} & readers(appeal)
    for judge in STAKEHOLDERS[:4]:
        appeal, _ = rulings.vote_on_appeal(appeal, 1, judge, False, at(3))
    assert readers(appeal) == names(*CELL), "it is decided"


def test_an_appeal_of_any_of_the_objections_lets_its_judges_read() -> None:
    proposal = stated(ruled_against(), WILL, now=at(2))
    assert readers(appealed(proposal, WES, now=at(3))) == names(*CELL, *STAKEHOLDERS)
    later = stated(stated(of_the_cell(), WILL), WES)
    later, _ = rulings.rule_on_form(later, 2, FLO_OF_THE_CELL, False, REASON, at(1))
    assert readers(appealed(later, WES, 2, at(3))) == names(*CELL, *STAKEHOLDERS)


def test_an_objector_among_the_judges_reads_only_as_who_they_are() -> None:
    """Who left the group and sits one group up speaks for their objection, and does not judge it."""
    proposal = replace(appealed(ruled_against(), WES, now=at(2)), judges=(*ELECTORS, Elector(WES.person)))
    assert WES.person not in judges_of(proposal, first(proposal))
    cell_left = replace(proposal, electors=tuple(replace(e, left=True) for e in proposal.electors))
    assert readers(cell_left) == names(*STAKEHOLDERS)


@pytest.mark.parametrize("notice", [0, 24])
def test_voters_read_it_from_the_announcement_to_the_close(notice: float) -> None:
    vote = put_to_the_vote(notice)
    assert readers(vote) == names(*CELL, *STAKEHOLDERS)
    assert readers(gave_up(vote, BO)) == names(*CELL, *STAKEHOLDERS) - names(BO)
    opened_now = advanced(vote, at(104))
    closed = advanced(opened_now, at(200), ballots(dict.fromkeys(names(*STAKEHOLDERS), "for")))
    assert closed.vote is not None
    assert closed.vote.tally is not None
    assert readers(replace(closed, state=ProposalState.ADOPTED)) == names(*CELL), "the vote is counted"


def test_voters_are_those_of_the_vote_once_it_is_open() -> None:
    """A version published since does not change who votes (PRO-9)."""
    vote = replace(put_to_the_vote(), voters=(Elector(JOINER.person),))
    assert readers(vote) == names(*CELL, *STAKEHOLDERS)


@pytest.mark.parametrize("state", sorted(FINAL))
def test_nobody_has_a_say_in_what_has_ended(state: ProposalState) -> None:
    for proposal in (of_the_cell(), appealed(ruled_against(), WES, now=at(2)), put_to_the_vote()):
        assert readers(replace(proposal, state=state)) == set()


def test_who_gave_the_seat_up_has_none_and_who_lost_it_by_anothers_hand_has() -> None:
    left = replace(
        of_the_cell(), electors=tuple(replace(e, left=e.person == WES.person) for e in of_the_cell().electors)
    )
    assert readers(left) == names(WIM, WILL)
    proposal, _ = objections.raise_objection(opened(), member("bo"), "button", at(1))
    assert has_a_say(proposal, BO.person)
    assert proposal.group == SHG
