"""Stopping what was decided, while its timelock runs (EFF-3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.governance import sponsors
from bot.governance.clock import past
from bot.governance.dossier import Proposal, State
from bot.governance.errors import AlreadyDone, NotEligible, WindowClosed, WrongState
from bot.governance.events import Event, Happened
from bot.governance.organisation import MEMBER, Member
from bot.governance.proposals import enter, event_of, past_votes

Outcome = tuple[Proposal, tuple[Event, ...]]


def consent_to_halt(proposal: Proposal, member: Member, now: datetime) -> Outcome:
    """An elector asks to halt in the timelock; a majority of electors returns it to disputed, once (EFF-3).

    Raises WrongState outside a timelock or when halted before, WindowClosed after it, NotEligible.
    """
    if proposal.state not in {State.PASSED, State.ADOPTED} or proposal.timelock_ends_at is None:
        raise WrongState(proposal.state, "halt")
    if proposal.halted:
        raise AlreadyDone("halt")
    if past(proposal, proposal.timelock_ends_at, now):
        raise WindowClosed
    if proposal.elector(member.person) is None:
        raise NotEligible("not an elector")
    if not member.holds(proposal.group, MEMBER):
        raise NotEligible("no seat now")
    if member.person in proposal.halts:
        return proposal, ()
    halts = proposal.halts | {member.person}
    agreed = replace(proposal, halts=halts)
    said: tuple[Event, ...] = (
        event_of(Happened.HALT_CONSENTED, agreed, member.person, agreed=len(halts), electors=len(proposal.electors)),
    )
    if len(halts) * 2 <= len(proposal.electors):
        return agreed, said
    agreed, asked = sponsors.stand_again(agreed, now)
    halted = replace(
        enter(agreed, State.DISPUTED, now),
        halted=True,
        timelock_ends_at=None,
        vote=None,
        past_votes=past_votes(agreed),
    )
    return halted, (*said, event_of(Happened.PROPOSAL_HALTED, halted, None), *asked)
