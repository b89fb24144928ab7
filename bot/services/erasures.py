"""Erasure on request: who somebody is, or the words of one event; the record still verifies (REC-1)."""

from __future__ import annotations

import re

from bot.governance import lifecycle
from bot.governance.erasure import without
from bot.governance.errors import NotFound
from bot.governance.ids import PartnershipId, ProposalId
from bot.services.ports import Context, DeliveryKind, Recorded


async def forget(ctx: Context, user_id: int) -> bool:
    """Forget which Discord user a person of the record is; False for somebody never seen."""
    async with ctx.uow.write() as tx:
        person = await tx.people.find(user_id)
        if person is not None:
            await tx.people.erase(person)
        return person is not None


async def find(ctx: Context, partnership: PartnershipId, number: int) -> Recorded:
    """The event that is to be erased. Raises NotFound."""
    async with ctx.uow.read() as tx:
        return await tx.record.event(partnership, number)


async def erase(ctx: Context, partnership: PartnershipId, number: int) -> Recorded:
    """Delete an event's text and salt, and the words it brought into its proposal; its card is drawn again.

    Returns the event as it was. Raises NotFound.
    """
    async with ctx.uow.write() as tx:
        recorded = await tx.record.event(partnership, number)
        thing = re.fullmatch(r"proposal/(\d+)", recorded.event.thing)
        if thing and not recorded.erased:
            try:
                proposal = await tx.proposals.get(ProposalId(int(thing[1])))
            except NotFound:
                proposal = None
            if proposal is not None and (changed := without(proposal, recorded.event)) != proposal:
                await tx.proposals.save(changed, lifecycle.next_due(changed))
                for kind in (DeliveryKind.CARD, DeliveryKind.FEED):
                    await tx.deliveries.ask(partnership, kind, proposal.id)
        await tx.record.erase(partnership, number)
        return recorded
