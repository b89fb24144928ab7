"""Who may act in what opens now, and whether those are there on whom it depends (ORG-3, PRO-9, PRO-11)."""

from __future__ import annotations

from datetime import datetime

from bot.governance import clock, electorates, votes
from bot.governance.events import Event
from bot.governance.ids import GroupId
from bot.governance.organisation import FACILITATOR, Partnership, role_missing
from bot.governance.proposals_types import CONTESTABLE, Proposal, ProposalState, Rolls
from bot.governance.rolls import voting_group
from bot.governance.seats import remembered_since, roll
from bot.services.ports.transaction import Transaction


async def seated(tx: Transaction, partnership: Partnership, group: GroupId, now: datetime) -> Rolls:
    """Who counts as seated in a process of this group that opens now (PRO-9).

    Final votes and appeals belong to the stakeholder group, but for the vote of the electors that PRO-11 asks for.
    """
    history = await tx.seats.history(partnership.id, remembered_since(now))
    stakeholders = roll(partnership, partnership.stakeholders.id, history, now)
    return Rolls(
        electors=roll(partnership, group, history, now),
        voters=stakeholders,
        judges=stakeholders,
        facilitators=frozenset(e.person for e in roll(partnership, group, history, now, FACILITATOR)),
    )


def follow(proposal: Proposal, partnership: Partnership, now: datetime) -> tuple[Proposal, tuple[Event, ...]]:
    """Stop the clock while a role or enough people are missing that the decision depends on (PRO-9, PRO-11).

    It runs again once they are there. Said of every change of seats and of every step into another state, because
    with it the decision may depend on others.
    """
    if proposal.state not in CONTESTABLE:
        return proposal, ()
    events: tuple[Event, ...] = ()
    for reason, stands in (
        (clock.FEW, _too_few(proposal)),
        (clock.ROLE, lacks_role(proposal, partnership, voting=proposal.state is ProposalState.ESCALATED)),
    ):
        turn = clock.stop if stands else clock.resume
        proposal, turned = turn(proposal, reason, now)
        events += turned
    return proposal, events


async def hastened(tx: Transaction, proposal: Proposal, now: datetime) -> Proposal:
    """When its open vote closes early, looked at anew: whoever left or is back changes who is waited for (DEC-1a)."""
    vote = proposal.vote
    if proposal.state is not ProposalState.ESCALATED or vote is None or not vote.opened or vote.secret:
        return proposal
    return votes.hasten(proposal, await tx.ballots.of(vote.id), now)


def lacks_role(proposal: Proposal, partnership: Partnership, *, voting: bool) -> bool:
    """Whether a role is gone that the electorate depends on; in a final vote, its voters' too (ORG-3)."""
    groups = {proposal.group} | ({voting_group(proposal, partnership.stakeholders.id)} if voting else set())
    return any(role_missing(partnership, group) for group in groups)


def _too_few(proposal: Proposal) -> bool:
    """Of those who may object or, in a final vote, of those who may vote."""
    if proposal.state is ProposalState.ESCALATED:
        return votes.too_few_voters(proposal)
    return electorates.too_few_seated(proposal)
