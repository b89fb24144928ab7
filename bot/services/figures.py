"""Figures for operators: how much is open, how much waits (RUN-4). Numbers only, never texts or people."""

from __future__ import annotations

from collections.abc import Mapping

from bot.governance.proposals_types import FINAL, Proposal, ProposalState
from bot.services.ports.context import Context


async def figures(ctx: Context) -> Mapping[str, float]:
    """Partnerships, proposals that are not over, drafts left out, and posts that Discord has not taken yet.

    Of the servers that this process serves: the figures of several processes add up.
    """
    async with ctx.uow.read() as tx:
        partnerships = await tx.partnerships.all()
        running = frozenset(ProposalState) - FINAL - {ProposalState.DRAFT}
        open_now = [len(await tx.of(Proposal).in_states(each.id, running)) for each in partnerships]
        waiting = await tx.deliveries.waiting(ctx.clock(), limit=1000)
    return {
        "partnerships": float(len(partnerships)),
        "proposals_open": float(sum(open_now)),
        "posts_waiting": float(len(waiting)),
    }
