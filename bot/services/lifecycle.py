"""What time does to a proposal: the steps that are due, enactment included (PRO-6, EFF-4)."""

from __future__ import annotations

from datetime import datetime

from bot.governance import lifecycle
from bot.governance.effects import Governed
from bot.governance.events import Event
from bot.governance.ids import ProposalId
from bot.governance.lifecycle import Surroundings
from bot.governance.proposals_events import Nudged
from bot.governance.proposals_types import Proposal, ProposalState
from bot.governance.votes_types import Ballot
from bot.services import proposals_asked
from bot.services.noun import Nudge
from bot.services.ports.transaction import Transaction
from bot.services.proposals_cases import ProposalCase, open_case
from bot.services.reminders import plan_digest_anew


async def advance(tx: Transaction, id: int, now: datetime) -> Nudge | None:
    """Take the steps that are due; a nudge among them is given with the notice of it."""
    case = await open_case(tx, ProposalId(id), now)
    around = Surroundings(await _ballots(case), case.lacks_role())
    changed, events = lifecycle.advance(case.proposal, now, around)
    changed, enacted = await _enact(case, changed)
    vote = case.proposal.vote
    if (
        vote is not None
        and case.proposal.state is ProposalState.ESCALATED
        and changed.state is not ProposalState.ESCALATED
    ):
        # Also when it ended uncounted: after a vote nothing links a person to a choice (DEC-3a).
        await tx.ballots.wipe(vote.id)
    kept = await case.keep(changed, events + enacted)
    nudged = any(event.type is Nudged for event in events)
    return await proposals_asked.nudge(tx, kept) if nudged else None


async def _ballots(case: ProposalCase) -> tuple[Ballot, ...]:
    vote = case.proposal.vote
    if case.proposal.state is not ProposalState.ESCALATED or vote is None:
        return ()
    return await case.tx.ballots.of(vote.id)


async def _enact(case: ProposalCase, proposal: Proposal) -> tuple[Proposal, tuple[Event, ...]]:
    due = proposal.timelock_ends_at
    waits = proposal.state in {ProposalState.PASSED, ProposalState.ADOPTED} and proposal.clock.stopped_at is None
    if not waits or due is None or due > case.now:
        return proposal, ()
    before = await case.world()
    done, after, events = lifecycle.enact(proposal, before, case.now)
    await _keep(case, before, after, proposal)
    return done, events


async def _keep(case: ProposalCase, before: Governed, after: Governed, proposal: Proposal) -> None:
    """Whatever its effects changed."""
    if after.policy is not before.policy:
        await case.tx.policies.add(case.partnership.id, after.policy, proposal.id, case.now)
        await plan_digest_anew(case.tx, case.partnership.id)
    if after.partnership is not before.partnership:
        await case.tx.partnerships.save(after.partnership)
    if after.confirmed and proposal.opened_at is not None:
        await case.tx.seats.confirm(case.partnership.id, after.confirmed, proposal.opened_at)
