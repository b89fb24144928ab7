"""Whether those are there on whom a decision depends: their roles, and enough of them (ORG-3, PRO-9, PRO-11)."""

from __future__ import annotations

from datetime import datetime

from bot.governance import clock, electorates, votes
from bot.governance.dossier import CONTESTABLE, Proposal, State
from bot.governance.events import Event
from bot.governance.organisation import Holding, Partnership, electors, role_missing
from bot.services.views import members_of


def follow(
    proposal: Proposal, partnership: Partnership, holdings: tuple[Holding, ...], now: datetime
) -> tuple[Proposal, tuple[Event, ...]]:
    """Stop the clock while a role or enough people are missing that the decision depends on (PRO-9, PRO-11).

    It runs again once they are there. Said of every change of seats and of every step into another state, because
    with it the decision may depend on others.
    """
    if proposal.state not in CONTESTABLE:
        return proposal, ()
    events: tuple[Event, ...] = ()
    for reason, stands in (
        (clock.FEW, _too_few(proposal, partnership, holdings)),
        (clock.ROLE, lacks_role(proposal, partnership, voting=proposal.state is State.ESCALATED)),
    ):
        turn = clock.stop if stands else clock.resume
        proposal, turned = turn(proposal, reason, now)
        events += turned
    return proposal, events


def lacks_role(proposal: Proposal, partnership: Partnership, *, voting: bool) -> bool:
    """Whether a role is gone that the electorate depends on; in a final vote, the stakeholder group's too (ORG-3)."""
    groups = {proposal.group} | ({partnership.stakeholders.id} if voting else set())
    return any(role_missing(partnership, group) for group in groups)


def _too_few(proposal: Proposal, partnership: Partnership, holdings: tuple[Holding, ...]) -> bool:
    """Of those who may object or, in a final vote, of those who may vote."""
    if proposal.state is State.ESCALATED:
        stakeholders = electors(partnership, partnership.stakeholders.id, holdings)
        return votes.too_few_voters(proposal, (elector.person for elector in stakeholders))
    return electorates.too_few_seated(proposal, members_of(proposal, holdings))
