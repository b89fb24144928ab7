"""Figures for operators: how much is open, how much waits (RUN-4). Numbers only, never texts or people."""

from __future__ import annotations

from collections.abc import Mapping

from bot.services.nouns import NOUNS
from bot.services.ports.context import Context


async def figures(ctx: Context) -> Mapping[str, float]:
    """Partnerships, things of each noun that are not over, and posts that Discord has not taken yet.

    Of the servers that this process serves: the figures of several processes add up.
    """
    async with ctx.uow.read() as tx:
        partnerships = await tx.partnerships.all()
        found = {"partnerships": float(len(partnerships))}
        for noun in NOUNS:
            open_now = [len(await tx.of(noun.type).in_states(each.id, noun.running)) for each in partnerships]
            found[f"{noun.plural}_open"] = float(sum(open_now))
        found["posts_waiting"] = float(len(await tx.deliveries.waiting(ctx.clock(), limit=1000)))
    return found
