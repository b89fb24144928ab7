"""Everything that is due now, each item in a transaction of its own, none twice (RHY-2, PRO-6)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import datetime
from typing import Any

from bot.governance.ids import PartnershipId
from bot.services import digests, direct_messages, scales_roles
from bot.services.noun import Noun
from bot.services.nouns import NOUNS
from bot.services.ports.context import Context

_log = logging.getLogger(__name__)

Look = Callable[[PartnershipId, Any], Awaitable[bool]]
"""Looks once more in Discord at what is about to be decided; gives whether it could be looked at."""


async def sweep(
    ctx: Context,
    partnerships: Collection[PartnershipId],
    look_again: Look | None = None,
    nouns: Iterable[Noun[Any]] = NOUNS,
) -> int:
    """Advance everything whose deadline has come, in partnerships that are reconciled. Returns how many there were.

    What people react to is first looked at again; what cannot be waits. One thing that cannot be advanced keeps its
    deadline and does not hold up the others, nor does a server that is slow to answer. Reminders and digests follow,
    and are not counted.
    """
    advanced = sum(await asyncio.gather(*(_bring_forward(ctx, partnerships, noun, look_again) for noun in nouns)))
    await direct_messages.sweep(ctx, partnerships)
    await digests.give_due(ctx, partnerships)
    await scales_roles.tell_left(ctx, partnerships)
    return advanced


async def advance(ctx: Context, noun: Noun[Any], id: int) -> None:
    """Take the steps of one thing that are due, in one transaction with the reminders that a notice of it mentions.

    Called too early or twice it changes nothing.
    """
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        nudge = await noun.advance(tx, id, now)
        if nudge is not None:
            await direct_messages.nudge(tx, nudge, now)


async def next_due_at(
    ctx: Context, partnerships: Collection[PartnershipId] | None = None, nouns: Iterable[Noun[Any]] = NOUNS
) -> datetime | None:
    """When the next deadline (in these partnerships) or repeated delivery comes."""
    async with ctx.uow.read() as tx:
        candidates = [await tx.of(noun.type).next_due_at(partnerships) for noun in nouns]
        candidates += [await tx.deliveries.next_retry_at(), await tx.reminders.next_due_at(partnerships)]
        candidates.append(await digests.next_due_at(tx, partnerships))
        return min((instant for instant in candidates if instant is not None), default=None)


async def _bring_forward(
    ctx: Context, partnerships: Collection[PartnershipId], noun: Noun[Any], look_again: Look | None
) -> int:
    """Partnerships side by side, each in the order in which its things are due: none waits for another's server.

    A noun that cannot even be looked up holds up no other.
    """
    try:
        async with ctx.uow.read() as tx:
            due = await tx.of(noun.type).due(ctx.clock(), partnerships)
            hosts = await tx.of(noun.type).partnerships_of(due)
    except Exception:  # noqa: BLE001 -- logged; looked up again with the next sweep
        _log.exception("not looked up: what is due of %s", noun.name)
        return 0
    lines: dict[PartnershipId, list[int]] = {}
    for each in due:
        lines.setdefault(hosts[each], []).append(each)
    await asyncio.gather(*(_decide(ctx, whose, noun, line, look_again) for whose, line in lines.items()))
    return len(due)


async def _decide(
    ctx: Context, partnership: PartnershipId, noun: Noun[Any], due: Iterable[int], look_again: Look | None
) -> None:
    looks = {each: asyncio.create_task(_seen(ctx, partnership, noun, each, look_again)) for each in due}
    for each, look in looks.items():
        try:
            if await look:
                await advance(ctx, noun, each)
        except Exception:  # noqa: BLE001 -- logged; it stays due and is tried again with the next sweep
            _log.exception("not advanced: %s %s", noun.name, each)


async def _seen(ctx: Context, partnership: PartnershipId, noun: Noun[Any], id: int, look_again: Look | None) -> bool:
    """Whether what is about to be decided on was looked at: while people have something to say or do in it."""
    if look_again is None or not await noun.looked_at_first(ctx, id):
        return True
    return await look_again(partnership, id)
