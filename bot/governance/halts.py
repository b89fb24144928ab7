"""Stopping what was decided, while its timelock runs (EFF-3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.governance import sponsors
from bot.governance.authority import Act
from bot.governance.clock import past
from bot.governance.errors import AlreadyDone, WindowClosed, WrongState
from bot.governance.events import Event, proposal_thing
from bot.governance.organisation import Member
from bot.governance.proposals import enter, past_votes
from bot.governance.proposals_events import HaltConsented, ProposalHalted
from bot.governance.proposals_types import Proposal, ProposalState
from bot.governance.rolls import acting, check_elector

Outcome = tuple[Proposal, tuple[Event, ...]]


def consent_to_halt(proposal: Proposal, member: Member, now: datetime) -> Outcome:
    """An elector asks to halt in the timelock; a majority of electors returns it to disputed, once (EFF-3).

    Raises WrongState outside a timelock or when halted before, WindowClosed after it, NotEligible.
    """
    if proposal.state not in {ProposalState.PASSED, ProposalState.ADOPTED} or proposal.timelock_ends_at is None:
        raise WrongState(proposal.state, "halt")
    if proposal.halted:
        raise AlreadyDone("halt")
    if past(proposal, proposal.timelock_ends_at, now):
        raise WindowClosed
    check_elector(proposal, member, Act.HALT)
    if member.person in proposal.halts:
        return proposal, ()
    halts = proposal.halts | {member.person}
    agreed = replace(proposal, halts=halts)
    said: tuple[Event, ...] = (
        Event(
            HaltConsented(agreeing(agreed), len(acting(agreed.electors))),
            proposal_thing(agreed.id),
            member.person,
        ),
    )
    if agreeing(agreed) < needed(agreed):
        return agreed, said
    agreed, asked = sponsors.stand_again(agreed, now)
    halted = replace(
        enter(agreed, ProposalState.DISPUTED, now),
        halted=True,
        timelock_ends_at=None,
        vote=None,
        past_votes=past_votes(agreed),
    )
    return halted, (*said, Event(ProposalHalted(), proposal_thing(halted.id)), *asked)


def needed(proposal: Proposal) -> int:
    """How many have to ask: more than half of the electors, but those who gave the seat up (EFF-3, PRO-9)."""
    return len(acting(proposal.electors)) // 2 + 1


def agreeing(proposal: Proposal) -> int:
    """How many of them have asked."""
    return len(proposal.halts & acting(proposal.electors))
