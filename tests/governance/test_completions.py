"""Decisions left to people: when they are, and who may say that they are done, which decides nothing (POL-3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.governance import completions
from bot.governance.errors import AlreadyDone, NotEligible, WrongState
from bot.governance.ids import PersonId
from bot.governance.matrix import GENESIS, Carrier
from bot.governance.organisation import Member, RoleMapping
from bot.governance.policy import genesis
from bot.governance.proposals import pin
from bot.governance.proposals_events import ProposalDone, ProposalNotDone
from bot.governance.proposals_types import Proposal, ProposalState
from tests.governance import scene
from tests.governance.scene import NOW


def enacted() -> Proposal:
    return replace(scene.opened("general"), state=ProposalState.ENACTED)


@pytest.mark.parametrize("state", ProposalState)
def test_only_what_is_enacted_and_not_carried_out_by_the_bot_is_left_to_people(state: ProposalState) -> None:
    for row in GENESIS:
        left = completions.left_to_people(replace(enacted(), terms=pin(genesis(), row), state=state))
        assert left is (state is ProposalState.ENACTED and row.carried_out_by is Carrier.PEOPLE), row.name


@pytest.mark.parametrize(
    ("seats", "may"),
    [
        ((scene.TOP,), True),
        ((scene.TOP_FACILITATOR,), True),
        ((scene.FUNDER,), False),
        ((scene.SHG_OBSERVER,), False),
        ((scene.GIVER,), False),
        ((), False),
    ],
)
def test_who_may_say_that_it_is_done(seats: tuple[RoleMapping, ...], may: bool) -> None:
    proposal = replace(enacted(), group=scene.TLC, author_groups=frozenset())
    member = Member(PersonId("somebody"), seats)
    if not may:
        with pytest.raises(NotEligible):
            completions.mark(proposal, member, True, NOW)
        return
    done, (event,) = completions.mark(proposal, member, True, NOW)
    assert (done.done_at, done.done_by, event.type) == (NOW, member.person, ProposalDone)
    assert replace(done, done_at=None, done_by=None) == proposal


def test_saying_it_twice_and_taking_it_back() -> None:
    proposal = enacted()
    author = Member(proposal.author)
    done, _ = completions.mark(proposal, author, True, NOW)
    with pytest.raises(AlreadyDone):
        completions.mark(done, author, True, NOW)
    back, (event,) = completions.mark(done, author, False, NOW)
    assert (back, event.type) == (proposal, ProposalNotDone)
    with pytest.raises(AlreadyDone):
        completions.mark(back, author, False, NOW)
    with pytest.raises(WrongState):
        completions.mark(replace(proposal, state=ProposalState.NOT_ADOPTED), author, True, NOW)
