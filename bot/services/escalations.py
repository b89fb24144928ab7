"""Taking a disputed proposal to the stakeholder group's final vote (PRO-6, ESC-1)."""

from __future__ import annotations

from bot.governance import escalations as rules
from bot.governance.ids import ProposalId
from bot.services import members, proposals_cases
from bot.services.ports.context import Actor, Context
from bot.services.views import ProposalView


async def escalate(ctx: Context, actor: Actor, id: ProposalId) -> ProposalView:
    """Escalate (PRO-6). Raises as ``rules.escalate``."""
    async with ctx.uow.write() as tx:
        case = await proposals_cases.open_case(tx, id, ctx.clock())
        member = await members.member_of(tx, case.partnership, actor)
        proposals_cases.check_visible(case, actor, member)
        changed, events = rules.escalate(case.proposal, member, case.now, role_missing=case.lacks_role())
        return await case.view(await case.keep(changed, events))
