"""The ladder of a disputed proposal: revise, withdraw, or a final vote of the stakeholder group (ESC-1, PRO-6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.governance import clock, votes
from bot.governance.authority import Act
from bot.governance.errors import WrongState
from bot.governance.events import Event, proposal_thing
from bot.governance.methods import supermajority
from bot.governance.organisation import Member
from bot.governance.proposals import affirmative, enter
from bot.governance.proposals_types import Proposal, ProposalState
from bot.governance.rolls import check_elector
from bot.governance.votes_events import ProposalEscalated

Outcome = tuple[Proposal, tuple[Event, ...]]

MOST_DISPUTED = timedelta(days=14)
"""If nobody acts on a disputed proposal for this long, it is not adopted (PRO-6)."""


def method_for(proposal: Proposal) -> str:
    """The final vote's method: the pinned one, or a supermajority where nothing less will do (POL-5)."""
    return supermajority.NAME if affirmative(proposal) else proposal.pinned.vote_method


def escalate(
    proposal: Proposal,
    member: Member,
    now: datetime,
    *,
    role_missing: bool = False,
) -> Outcome:
    """The author or any elector takes a disputed proposal to the stakeholder group's final vote (PRO-6, DEC-1).

    Raises WrongState unless disputed, NotEligible.
    """
    if proposal.state is not ProposalState.DISPUTED:
        raise WrongState(proposal.state, "escalate")
    check_elector(proposal, member, Act.ESCALATE)
    return to_vote(proposal, now, member, role_missing=role_missing)


def to_vote(
    proposal: Proposal,
    now: datetime,
    by: Member | None = None,
    *,
    role_missing: bool,
) -> Outcome:
    """Announce the final vote and, without a notice period, open it at once.

    A dispute is decided by the stakeholder group; what silence may not pass any more, because people's acts stopped its
    clock too long, by its own electors, those shut out among them (PRO-11).
    Low reach marks what passes by silence (PRO-8); what is voted on has a quorum instead.
    """
    method = method_for(proposal)
    voted_on = replace(enter(proposal, ProposalState.ESCALATED, now), low_reach=False)
    own = proposal.state is ProposalState.SETTLING and proposal.clock.spent
    announced = replace(voted_on, vote=votes.announce(proposal, method, now, of_electors=own))
    escalated = Event(ProposalEscalated(method), proposal_thing(proposal.id), by.person if by else None)
    if proposal.pinned.vote_notice:
        return announced, (escalated,)
    begun, events = begin(announced, now, role_missing=role_missing)
    return begun, (escalated, *events)


def begin(proposal: Proposal, now: datetime, *, role_missing: bool) -> Outcome:
    """Open the announced vote, or stop the clock while it could not be held (PRO-9, PRO-11).

    It waits until every role that carries a say in it is there, and as many people as a review needs.
    """
    few = votes.too_few_voters(proposal)
    hindrances = [reason for reason, stands in ((clock.ROLE, role_missing), (clock.FEW, few)) if stands]
    events: tuple[Event, ...] = ()
    for reason in hindrances:
        proposal, stopped = clock.stop(proposal, reason, now)
        events += stopped
    if proposal.clock.reasons & set(hindrances):
        return proposal, events
    opened, event = votes.open_vote(proposal, now)
    return opened, (event,)
