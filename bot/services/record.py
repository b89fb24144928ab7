"""The record as members see it: receipts and checks (REC-1)."""

from __future__ import annotations

from bot.governance.errors import NotFound
from bot.governance.ids import PartnershipId
from bot.governance.organisation import Partnership
from bot.services import members
from bot.services.ports import Actor, Context, Transaction, Verdict
from bot.services.views import Receipt


async def receipt(ctx: Context, actor: Actor, partnership_id: PartnershipId) -> Receipt:
    """The present head of the record, for a member to keep (REC-1). Raises NotFound, NotEligible."""
    async with ctx.uow.read() as tx:
        partnership = await _readable(tx, actor, partnership_id)
        number, head = await tx.record.head(partnership_id)
        return Receipt(partnership, number, head, ctx.clock())


async def verify(ctx: Context, actor: Actor, partnership_id: PartnershipId) -> Verdict:
    """Check the whole chain (REC-1). Raises NotFound, NotEligible."""
    async with ctx.uow.walk() as tx:
        await _readable(tx, actor, partnership_id)
        return await tx.record.verify(partnership_id)


async def holds_receipt(ctx: Context, actor: Actor, partnership_id: PartnershipId, hash_prefix: str) -> bool:
    """Whether a receipt kept earlier still stands in the chain. Raises NotFound, NotEligible."""
    async with ctx.uow.walk() as tx:
        await _readable(tx, actor, partnership_id)
        return await tx.record.contains(partnership_id, hash_prefix.strip().lower())


async def _readable(tx: Transaction, actor: Actor, partnership_id: PartnershipId) -> Partnership:
    partnership = await tx.partnerships.get(partnership_id)
    if partnership.guild_id != actor.guild_id:
        raise NotFound("partnership")
    members.check_seated(await members.reader_of(tx, partnership, actor))
    return partnership
