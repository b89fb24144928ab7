"""Opening and closing a partnership's channels as its roles ask (SCL-2, SCL-3)."""

from __future__ import annotations

from bot.governance import plans, scales
from bot.governance.ids import GroupId, PartnershipId
from bot.governance.organisation import Partnership
from bot.governance.plans import Do, PlaceKey, SetupStep, Site, Snapshot
from bot.governance.scales import Purpose
from bot.services.ports.context import Context
from bot.services.ports.partnerships import PlaceKind
from bot.services.ports.server import DiscordRefused, Server
from bot.services.ports.transaction import Transaction


async def site_of(tx: Transaction, partnership: Partnership, actor_position: int, *, recorded: bool = True) -> Site:
    """What is on record about a partnership and, so that nothing is taken from them, about the server's others."""
    places: dict[PlaceKey, int] = {}
    if recorded:
        for place in await tx.partnerships.places(partnership.id):
            places[Purpose(place.kind.value), place.group] = place.channel_id
    others = [p for p in await tx.partnerships.of_guild(partnership.guild_id) if p.id != partnership.id]
    taken = {place.channel_id for p in others for place in await tx.partnerships.places(p.id)}
    return Site(
        partnership=partnership,
        places=places,
        recorded=recorded,
        beside=tuple(p.name for p in others if not recorded or _older(p, partnership)),
        taken_roles=frozenset(m.role for p in others for m in p.mappings if not m.lost),
        taken_channels=frozenset(taken),
        actor_position=actor_position,
    )


def _older(one: Partnership, other: Partnership) -> bool:
    return (str(one.created_at or ""), one.id) < (str(other.created_at or ""), other.id)


def place_name(partnership: Partnership, kind: PlaceKind, group: GroupId | None) -> str:
    """What the record calls a channel of the partnership."""
    named = partnership.group(group) if group is not None else None
    if kind is PlaceKind.CATEGORY and named is not None:
        return f"category {scales.category_name(named)}"
    of = named.name if named is not None else "whole partnership"
    return {PlaceKind.FEED: "decisions feed", PlaceKind.TALK: "talk of all seats"}.get(kind, f"channel of {of}")


async def take(server: Server, seen: Snapshot, step: SetupStep, partnership: str) -> int:
    """Have Discord take one step; the id of the role or channel. Raises DiscordRefused, nothing done after it."""
    if step.do is Do.REFUSED:
        raise DiscordRefused(step.name, step.why, step.detail)
    missing = step.needs - seen.bot_permissions
    if missing:
        raise DiscordRefused(step.name, "missing permission", ", ".join(sorted(missing)))
    if step.do is Do.CREATE:
        if step.what is plans.What.ROLE:
            return await server.create_role(seen.guild_id, step.name, partnership)
        return await server.create_channel(seen.guild_id, step, partnership)
    assert step.id is not None
    if step.what is plans.What.ROLE:
        if step.do is Do.CHANGE:
            await server.disarm_role(seen.guild_id, step.id, partnership)
    else:
        for overwrite in step.overwrites:
            await server.set_overwrite(seen.guild_id, step.id, overwrite, partnership)
    return step.id


async def follow(ctx: Context, server: Server, id: PartnershipId, seen: Snapshot, role: int) -> DiscordRefused | None:
    """After a mapping, open or close the channels to this role; what Discord refuses is told, the mapping stays."""
    async with ctx.uow.read() as tx:
        partnership = await tx.partnerships.get(id)
        site = await site_of(tx, partnership, 0)
    try:
        for step in plans.access_steps(site, seen, frozenset({role})):
            await take(server, seen, step, partnership.name)
    except DiscordRefused as refused:
        return refused
    return None
