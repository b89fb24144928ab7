"""Everything that is due now, each item in a transaction of its own, none twice (RHY-2, PRO-6)."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import datetime

from bot.governance import lifecycle
from bot.governance.effects import Governed
from bot.governance.events import Event, EventType
from bot.governance.ids import PartnershipId, ProposalId
from bot.governance.lifecycle import Surroundings
from bot.governance.proposals_types import Ballot, Proposal, ProposalState
from bot.services import digests, direct_messages, scales_roles
from bot.services.cases import Case, open_case
from bot.services.clocks import RUNNING
from bot.services.nouns import NOUNS, Noun
from bot.services.ports.context import Context

_log = logging.getLogger(__name__)

Look = Callable[[Iterable[ProposalId]], Awaitable[frozenset[ProposalId]]]
"""Looks once more at reviews that are about to be decided; gives those that could not be looked at."""


async def sweep(
    ctx: Context,
    partnerships: Collection[PartnershipId],
    look_again: Look | None = None,
    nouns: Iterable[Noun] = NOUNS,
) -> int:
    """Advance everything whose deadline has come, in partnerships that are reconciled. Returns how many there were.

    Reviews whose window is over are first looked at again; those that cannot be wait. One thing that cannot be
    advanced keeps its deadline and does not hold up the others. Reminders and digests follow, and are not counted.
    """
    decided = await _decide(ctx, partnerships, look_again)
    advanced = sum([await _bring_forward(ctx, partnerships, noun) for noun in nouns])
    await direct_messages.sweep(ctx, partnerships)
    await digests.give_due(ctx, partnerships)
    await scales_roles.tell_left(ctx, partnerships)
    return decided + advanced


async def _decide(ctx: Context, partnerships: Collection[PartnershipId], look_again: Look | None) -> int:
    async with ctx.uow.read() as tx:
        due = [ProposalId(each) for each in await tx.of(Proposal).due(ctx.clock(), partnerships)]
    for proposal_id in due:
        try:
            if look_again is None or await _seen(ctx, proposal_id, look_again):
                await advance(ctx, proposal_id)
        except Exception:  # noqa: BLE001 -- logged; it stays due and is tried again with the next sweep
            _log.exception("not advanced: proposal %s", proposal_id)
    return len(due)


async def _bring_forward(ctx: Context, partnerships: Collection[PartnershipId], noun: Noun) -> int:
    """A noun that cannot even be looked up holds up no other."""
    try:
        async with ctx.uow.read() as tx:
            due = await noun.kept(tx).due(ctx.clock(), partnerships)
    except Exception:  # noqa: BLE001 -- logged; looked up again with the next sweep
        _log.exception("not looked up: what is due of %s", noun.name)
        return 0
    for each in due:
        try:
            await noun.advance(ctx, each)
        except Exception:  # noqa: BLE001 -- logged; it stays due and is tried again with the next sweep
            _log.exception("not advanced: %s %s", noun.name, each)
    return len(due)


async def advance(ctx: Context, id: ProposalId) -> None:
    """Take the steps of one proposal that are due, in one transaction, enactment included (EFF-4)."""
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        around = Surroundings(await _ballots(case), case.lacks_role())
        changed, events = lifecycle.advance(case.proposal, case.now, around)
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
        if any(event.type is EventType.NUDGED for event in events):
            await direct_messages.nudge(tx, kept, case.now)


async def next_due_at(
    ctx: Context, partnerships: Collection[PartnershipId] | None = None, nouns: Iterable[Noun] = NOUNS
) -> datetime | None:
    """When the next deadline (in these partnerships) or repeated delivery comes."""
    async with ctx.uow.read() as tx:
        candidates = [await tx.of(Proposal).next_due_at(partnerships), await tx.deliveries.next_retry_at()]
        candidates += [await noun.kept(tx).next_due_at(partnerships) for noun in nouns]
        candidates += [await tx.reminders.next_due_at(partnerships), await digests.next_due_at(tx, partnerships)]
        return min((instant for instant in candidates if instant is not None), default=None)


async def _seen(ctx: Context, id: ProposalId, look_again: Look) -> bool:
    """Whether what is about to be decided on was looked at: while people have something to say or do in it."""
    async with ctx.uow.read() as tx:
        proposal = await tx.of(Proposal).get(id)
    return proposal.state not in RUNNING or id not in await look_again((id,))


async def _ballots(case: Case) -> tuple[Ballot, ...]:
    vote = case.proposal.vote
    if case.proposal.state is not ProposalState.ESCALATED or vote is None:
        return ()
    return await case.tx.ballots.of(vote.id)


async def _enact(case: Case, proposal: Proposal) -> tuple[Proposal, tuple[Event, ...]]:
    due = proposal.timelock_ends_at
    waits = proposal.state in {ProposalState.PASSED, ProposalState.ADOPTED} and proposal.clock.stopped_at is None
    if not waits or due is None or due > case.now:
        return proposal, ()
    before = await case.world()
    done, after, events = lifecycle.enact(proposal, before, case.now)
    await _keep(case, before, after, proposal)
    return done, events


async def _keep(case: Case, before: Governed, after: Governed, proposal: Proposal) -> None:
    """Whatever its effects changed."""
    if after.policy is not before.policy:
        await case.tx.policies.add(case.partnership.id, after.policy, proposal.id, case.now)
        await digests.plan_anew(case.tx, case.partnership.id)
    if after.partnership is not before.partnership:
        await case.tx.partnerships.save(after.partnership)
    if after.confirmed and proposal.opened_at is not None:
        await case.tx.seats.confirm(case.partnership.id, after.confirmed, proposal.opened_at)
