"""The one clock rule in use: heartbeats, outages, cards that do not stand (PRO-10, PRO-11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.governance import clock as rules
from bot.governance.dossier import CONTESTABLE, Proposal, State
from bot.governance.events import Event, Happened, proposal_thing
from bot.governance.ids import PartnershipId, ProposalId
from bot.services.cases import open_case
from bot.services.ports import Context, Delivery, DeliveryKind, DeliveryState

RUNNING = frozenset(CONTESTABLE | {State.PASSED, State.ADOPTED})
"""States with a deadline that an outage moves."""


async def beat(ctx: Context) -> None:
    """The gateway session is ready now (PRO-11)."""
    async with ctx.uow.write() as tx:
        await tx.runtime.heartbeat(ctx.clock())


async def last_ready(ctx: Context) -> datetime | None:
    """When it last was."""
    async with ctx.uow.read() as tx:
        return await tx.runtime.last_heartbeat()


async def running(ctx: Context, partnership: PartnershipId) -> tuple[ProposalId, ...]:
    """The proposals of a partnership whose deadlines run."""
    async with ctx.uow.read() as tx:
        return await tx.proposals.in_states(partnership, RUNNING)


async def grant_outage(ctx: Context, partnership: PartnershipId, since: datetime) -> None:
    """Every deadline moves by an outage longer than the tolerance; each proposal in its own transaction (PRO-11)."""
    for proposal_id in await running(ctx, partnership):
        async with ctx.uow.write() as tx:
            now = ctx.clock()
            case = await open_case(tx, proposal_id, now)
            if now - max(since, case.proposal.clock.resumed_at or since) <= case.proposal.pinned.outage_tolerance:
                continue
            stopped, first = rules.stop(case.proposal, rules.OUTAGE, since)
            resumed, then = rules.resume(stopped, rules.OUTAGE, now)
            await case.keep(resumed, (*first, *then))


async def stop(ctx: Context, id: ProposalId, reason: str, since: datetime) -> None:
    """Stop one proposal's clock (PRO-11)."""
    await _change(ctx, id, reason, since)


async def resume(ctx: Context, id: ProposalId, reason: str) -> None:
    """This reason is gone (PRO-11)."""
    await _change(ctx, id, reason, None)


async def forget_message(ctx: Context, shown: Delivery) -> None:
    """What showed a proposal was deleted: nothing is decided, it is in the record and posted again (PRO-10)."""
    if shown.proposal is None:
        return
    async with ctx.uow.write() as tx:
        case = await open_case(tx, shown.proposal, ctx.clock())
        await tx.deliveries.save(replace(shown, message_id=None, state=DeliveryState.PENDING, retry_at=None))
        event = Event(Happened.CARD_LOST, proposal_thing(shown.proposal), None, {"what": str(shown.kind)})
        await tx.record.append(case.partnership.id, (event,), case.now)


async def posted_again(ctx: Context, id: ProposalId, kind: DeliveryKind) -> None:
    """It stands again, with a link; the incident is in the record (PRO-10)."""
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        event = Event(Happened.CARD_POSTED_AGAIN, proposal_thing(id), None, {"what": str(kind)})
        await tx.record.append(case.partnership.id, (event,), case.now)


async def states_of(ctx: Context, ids: Iterable[ProposalId]) -> dict[ProposalId, Proposal]:
    """Several dossiers at once."""
    async with ctx.uow.read() as tx:
        return {proposal_id: await tx.proposals.get(proposal_id) for proposal_id in ids}


async def _change(ctx: Context, id: ProposalId, reason: str, since: datetime | None) -> None:
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        if since is None:
            await case.keep(*rules.resume(case.proposal, reason, case.now))
        else:
            await case.keep(*rules.stop(case.proposal, reason, since))
