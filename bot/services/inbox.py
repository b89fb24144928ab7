"""What needs *you* now, most urgent first (RHY-3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.governance import authority
from bot.governance.authority import Act
from bot.governance.ids import PartnershipId
from bot.governance.organisation import Member, Partnership
from bot.services import members
from bot.services.noun import InboxItem, Waiting
from bot.services.nouns import NOUNS
from bot.services.organisation import hosted
from bot.services.ports.context import Actor, Context
from bot.services.ports.transaction import Transaction

NOT_TAKEN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits for the asker, and how many reminders Discord could not hand over in the last two weeks."""

    items: tuple[InboxItem, ...]
    not_taken: int = 0


async def inbox(ctx: Context, actor: Actor, partnership_id: PartnershipId) -> Inbox:
    """Everything that waits for the asker in this partnership. Raises NotFound, NotEligible."""
    found = await _inbox(ctx, actor, partnership_id)
    learned = [
        await noun.learned(ctx, actor, [each for each in found.items if each.noun == noun.name]) for noun in NOUNS
    ]
    return await _inbox(ctx, actor, partnership_id) if any(learned) else found


async def _inbox(ctx: Context, actor: Actor, partnership_id: PartnershipId) -> Inbox:
    async with ctx.uow.read() as tx:
        partnership = await hosted(tx, actor, partnership_id)
        member = await members.reader_of(tx, partnership, actor)
        now = ctx.clock()
        waiting = await everything(tx, partnership)
        own = [each for noun in NOUNS for each in await noun.own(tx, partnership, member.person)]
        if not any(each.lets_in(member) for each in waiting):
            authority.check(member, Act.LOOK_AROUND)
        not_taken = await tx.reminders.not_taken(partnership_id, member.person, now - NOT_TAKEN)
        return Inbox(of_member([*own, *waiting], member, now), not_taken)


async def everything(tx: Transaction, partnership: Partnership) -> tuple[Waiting, ...]:
    """All that may wait for somebody in a partnership, except what nobody else may know of."""
    return tuple([each for noun in NOUNS for each in await noun.asks(tx, partnership)])


def of_member(waiting: Iterable[Waiting], member: Member, now: datetime) -> tuple[InboxItem, ...]:
    """What of it waits for one member, most urgent first."""
    items = [item for each in waiting for item in each.asks(member, now)]
    return tuple(sorted(items, key=lambda i: (i.due_at is None, i.due_at or now)))
