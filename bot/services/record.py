"""The record as members see it: receipts and checks (REC-1)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.governance import authority, receipts
from bot.governance.authority import Act
from bot.governance.consistency import Difference
from bot.governance.errors import NotFound
from bot.governance.ids import PartnershipId
from bot.governance.organisation import Partnership
from bot.governance.receipts import Receipt, ReceiptStanding
from bot.services import members
from bot.services.nouns import NOUNS
from bot.services.ports.context import Actor, Context
from bot.services.ports.record import Verdict
from bot.services.ports.transaction import Transaction
from bot.services.views import HeadView


@dataclass(frozen=True, slots=True)
class RecordCheck:
    """What came of checking a record: its chain, what stands beside it, and a receipt where one was given."""

    verdict: Verdict
    differences: tuple[Difference, ...] = ()
    receipt: Receipt | None = None
    standing: ReceiptStanding | None = None


async def receipt(ctx: Context, actor: Actor, partnership_id: PartnershipId) -> HeadView:
    """The present head of the record, for a member to keep (REC-1). Raises NotFound, NotEligible."""
    async with ctx.uow.read() as tx:
        partnership = await _readable(tx, actor, partnership_id)
        number, head = await tx.record.head(partnership_id)
        return HeadView(partnership, number, head, ctx.clock())


async def verify(
    ctx: Context, actor: Actor, partnership_id: PartnershipId, receipt: Receipt | None = None
) -> RecordCheck:
    """Check the whole chain, what is kept beside it, and a receipt at its number (REC-1).

    Raises NotFound, NotEligible.
    """
    async with ctx.uow.scan() as tx:
        await _readable(tx, actor, partnership_id)
        return await check(tx, partnership_id, receipt)


async def check(tx: Transaction, partnership: PartnershipId, receipt: Receipt | None = None) -> RecordCheck:
    """The same for whoever runs the bot, who need not ask."""
    verdict = await tx.record.verify(partnership)
    differences = await tx.consistency.differences(partnership, NOUNS)
    standing = None if receipt is None else await standing_of(tx, partnership, receipt)
    return RecordCheck(verdict, differences, receipt, standing)


async def standing_of(tx: Transaction, partnership: PartnershipId, receipt: Receipt) -> ReceiptStanding:
    """Whether a receipt kept earlier still stands in the chain, at the number that it names."""
    if receipt.number is not None:
        return receipts.standing(receipt, await tx.record.hash_at(partnership, receipt.number))
    found = receipt.proves and await tx.record.number_of(partnership, receipt.digits) is not None
    return receipts.standing(receipt, None, found)


async def _readable(tx: Transaction, actor: Actor, partnership_id: PartnershipId) -> Partnership:
    partnership = await tx.partnerships.get(partnership_id)
    if partnership.guild_id != actor.guild_id:
        raise NotFound("partnership")
    authority.check(await members.reader_of(tx, partnership, actor), Act.LOOK_AROUND)
    return partnership
