"""Casting ballots in a final vote (DEC-2, DEC-3)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.governance import votes as rules
from bot.governance.ids import ProposalId
from bot.governance.votes_types import Ballot
from bot.services import electorates, members, proposals_cases
from bot.services.ports.context import Actor, Context
from bot.services.views import ProposalView


async def cast(
    ctx: Context, actor: Actor, id: ProposalId, marks: Mapping[str, int], criterion: str = "", reason: str = ""
) -> ProposalView:
    """Keep the asker's ballot, or replace it (DEC-2). Raises as ``rules.cast``."""
    async with ctx.uow.write() as tx:
        case = await proposals_cases.open_case(tx, id, ctx.clock())
        member = await members.member_of(tx, case.partnership, actor)
        proposals_cases.check_visible(case, actor, member)
        wanted = Ballot(marks, member.person, criterion, reason)
        changed, ballot, events = rules.cast(case.proposal, member, wanted, case.partnership.stakeholders.id, case.now)
        assert changed.vote is not None
        await tx.ballots.put(changed.vote.id, ballot)
        changed = await electorates.hastened(tx, changed, case.now)
        return await case.view(await case.keep(changed, events))


async def mine(ctx: Context, actor: Actor, id: ProposalId) -> Ballot | None:
    """The asker's ballot while the vote is open, or None. Raises NotFound, NotEligible."""
    async with ctx.uow.read() as tx:
        case = await proposals_cases.open_case(tx, id, ctx.clock())
        member = await members.reader_of(tx, case.partnership, actor)
        proposals_cases.check_visible(case, actor, member)
        if case.proposal.vote is None:
            return None
        ballots = await tx.ballots.of(case.proposal.vote.id)
        return next((ballot for ballot in ballots if ballot.person == member.person), None)
