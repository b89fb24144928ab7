"""Decisions that people carry out: they say themselves when it is done (POL-3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.governance import authority
from bot.governance.authority import Act, Relation
from bot.governance.errors import AlreadyDone, WrongState
from bot.governance.events import Event, proposal_thing
from bot.governance.matrix import Carrier
from bot.governance.organisation import Member
from bot.governance.proposals_events import ProposalDone, ProposalNotDone
from bot.governance.proposals_types import Proposal, ProposalState

Outcome = tuple[Proposal, tuple[Event, ...]]


def left_to_people(proposal: Proposal) -> bool:
    """Whether it is decided and changes nothing by itself: people do what it says."""
    return proposal.state is ProposalState.ENACTED and proposal.pinned.row.carried_out_by is Carrier.PEOPLE


def mark(proposal: Proposal, member: Member, done: bool, now: datetime) -> Outcome:
    """Say that people have done what was decided, or that they have not after all: a note, which decides nothing.

    Raises WrongState, NotEligible, AlreadyDone.
    """
    if not left_to_people(proposal):
        raise WrongState(proposal.state, "mark as done")
    near = frozenset({proposal.group, *proposal.author_groups})
    relations = {Relation.AUTHOR} if member.person == proposal.author else set()
    authority.check(member, Act.MARK_DONE, near, relations=relations)
    if (proposal.done_at is not None) is done:
        raise AlreadyDone("marked as done" if done else "marked as not done")
    happened = ProposalDone() if done else ProposalNotDone()
    marked = replace(proposal, done_at=now if done else None, done_by=member.person if done else None)
    return marked, (Event(happened, proposal_thing(proposal.id), member.person),)
