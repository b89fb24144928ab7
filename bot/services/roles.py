"""Mapping Discord roles to seats, and following who wears them (ORG-2, ORG-2a, ORG-3, PRO-9, PRO-11)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.governance import authority
from bot.governance.authority import Act
from bot.governance.errors import AlreadyDone, NotFound
from bot.governance.events import Event
from bot.governance.ids import RoleId
from bot.governance.organisation import (
    MEMBER,
    Group,
    Partnership,
    RoleMapping,
    as_spelled,
    check_mapping,
    check_words,
    mapping_of,
    with_mapping,
    without_role,
)
from bot.governance.organisation_events import RoleDeleted, RoleMapped, RoleUnmapped
from bot.services import access, members, scales_roles, seats
from bot.services.organisation import find_group, here
from bot.services.ports.context import Actor, Context
from bot.services.ports.server import DiscordRefused, Server
from bot.services.ports.transaction import Transaction
from bot.services.seats import SeatChange, group_thing


@dataclass(frozen=True, slots=True)
class Mapped:
    """What came of a mapping. ``access`` tells what Discord would not open or close; the mapping stands.

    ``respelled`` are its words that are kept as they were spelled here before, not as they were typed (OBJ-6).
    """

    partnership: Partnership
    mapping: RoleMapping
    group: Group | None
    wearers: int
    own: bool = False
    before: RoleMapping | None = None
    access: DiscordRefused | None = None
    waiting: int = 0
    respelled: tuple[str, ...] = ()


async def map_role(
    ctx: Context,
    server: Server,
    actor: Actor,
    role_id: int,
    group: str,
    seat: str,
    stakeholder_class: str = "",
    organisation: str = "",
) -> Mapped:
    """Map a Discord role to a seat, replacing what it carried before; only reviews opened later see it (ORG-2).

    Raises NotEligible without Manage Roles, RoleRefused (ORG-2a), NotFound, BadText, BadValue, AlreadyDone.
    """
    check_manages(actor)
    seen = await server.snapshot(actor.guild_id)
    role = seen.role(role_id)
    if role is None:
        raise NotFound("role", str(role_id))
    check_mapping(role.facts, seen.bot_position, actor.top_position)
    async with ctx.turn(actor.guild_id):
        worn_by = await server.wearers(actor.guild_id, role_id)
        async with ctx.uow.write() as tx:
            now = ctx.clock()
            choice = await find_group(tx, actor, group)
            partnership = await seats.hold(tx, choice.partnership.id)
            mapping = RoleMapping(
                role=RoleId(role_id),
                group=choice.group.id if choice.group else None,
                seat=" ".join(seat.split()).casefold(),
                stakeholder_class=" ".join(stakeholder_class.split()),
                organisation=" ".join(organisation.split()),
                mapped_at=now,
                name=role.name,
            )
            check_words(mapping.seat, mapping.group, mapping.stakeholder_class, mapping.organisation)
            typed, mapping = mapping, as_spelled(mapping, partnership)
            before = mapping_of(partnership, role_id)
            if before is not None and replace(before, mapped_at=now, name=role.name) == mapping:
                raise AlreadyDone("map")
            kept, waiting = await keep_mapping(tx, partnership, mapping, actor, worn_by)
    refused = await access.follow(ctx, server, kept.id, seen, role_id)
    own = role_id in actor.roles
    words = ((mapping.seat, typed.seat), *zip(_speaks_for(mapping), _speaks_for(typed), strict=True))
    respelled = tuple(kept_so for kept_so, typed_so in words if kept_so != typed_so)
    return Mapped(kept, mapping, choice.group, len(worn_by), own, before, refused, waiting, respelled)


async def keep_mapping(
    tx: Transaction,
    partnership: Partnership,
    mapping: RoleMapping,
    actor: Actor,
    worn_by: tuple[int, ...],
    *,
    with_others: bool = False,
) -> tuple[Partnership, int]:
    """Save and record a mapping and its wearers' seats, in this transaction; how many proposals stand still now.

    For a partnership that ``seats.hold`` gave. ``with_others``: of a set-up, which tells all in one entry (ORG-2a).
    A member seat that the role leaves is without it, as if it had been unmapped (ORG-3).
    """
    assert mapping.mapped_at is not None
    now = mapping.mapped_at
    person = await tx.people.id_of(actor.user_id)
    own = mapping.role in actor.roles
    before = mapping_of(partnership, mapping.role)
    lost = await seats.lose_role(tx, partnership, mapping.role, "role mapped anew", now)
    kept = await tx.partnerships.save(with_mapping(partnership, mapping))
    mapped = Event(RoleMapped(*told(kept, mapping), own, with_others), group_thing(kept, mapping.group), person)
    if with_others:
        await scales_roles.note(tx, kept.id, mapped, now)
    happened = [mapped]
    if before is not None and before.seat == MEMBER and (before.group, before.seat) != (mapping.group, mapping.seat):
        gone = RoleUnmapped(*told(kept, before), own)
        happened.insert(0, Event(gone, group_thing(kept, before.group), person))
    gained = await seats.gain_role(tx, kept, mapping, worn_by, "role mapped", now)
    changes = (*lost, *gained)
    return kept, await seats.keep_up(tx, kept, now, changes, (*happened, *seats.events_of(kept, changes)))


async def before_unmapping(ctx: Context, actor: Actor, role_id: int) -> Mapped:
    """What unmapping a role would do: who would lose a seat, and how many open proposals would stand still (ORG-3).

    Raises NotEligible without Manage Roles, NotFound when the role carries no seat here.
    """
    check_manages(actor)
    async with ctx.uow.read() as tx:
        for partnership in await here(tx, actor.guild_id, actor.channel_id):
            mapping = mapping_of(partnership, role_id)
            if mapping is None:
                continue
            group = partnership.group(mapping.group) if mapping.group else None
            wearers = sum(h.mapping.role == mapping.role for h in await tx.seats.holdings(partnership))
            waiting = await seats.would_wait(tx, without_role(partnership, mapping.role))
            return Mapped(partnership, mapping, group, wearers, role_id in actor.roles, mapping, waiting=waiting)
    raise NotFound("mapping", str(role_id))


async def unmap_role(ctx: Context, server: Server, actor: Actor, role_id: int) -> Mapped:
    """Take a role's seat away (ORG-2). What depends on it stands still until a role takes its place (ORG-3).

    Raises NotEligible without Manage Roles, NotFound when the role carries no seat here.
    """
    check_manages(actor)
    seen = await server.snapshot(actor.guild_id)
    async with ctx.turn(actor.guild_id), ctx.uow.write() as tx:
        partnership, mapping = await _mapped_here(tx, actor, role_id)
        person = await tx.people.id_of(actor.user_id)
        own = role_id in actor.roles
        gone = RoleUnmapped(*told(partnership, mapping), own)
        happened = Event(gone, group_thing(partnership, mapping.group), person)
        lost, waiting = await _take_away(tx, partnership, mapping, happened, "role unmapped", ctx)
        group = partnership.group(mapping.group) if mapping.group else None
    refused = await access.follow(ctx, server, partnership.id, seen, role_id)
    return Mapped(partnership, mapping, group, len(lost), own, mapping, refused, waiting)


async def role_deleted(ctx: Context, guild_id: int, role_id: int) -> tuple[SeatChange, ...]:
    """A mapped role is gone from Discord: known as lost, its seats closed, clocks stopped (ORG-3, PRO-11)."""
    changes: list[SeatChange] = []
    async with ctx.turn(guild_id):
        async with ctx.uow.read() as tx:
            hit = [p.id for p in await tx.partnerships.of_guild(guild_id) if mapping_of(p, role_id)]
        for each in hit:
            async with ctx.uow.write() as tx:
                partnership = await seats.hold(tx, each)
                mapping = mapping_of(partnership, role_id)
                if mapping is None:
                    continue
                gone = RoleDeleted(*told(partnership, mapping), own=False)
                happened = Event(gone, group_thing(partnership, mapping.group))
                lost, _ = await _take_away(tx, partnership, mapping, happened, "role deleted", ctx)
                changes += lost
    return tuple(changes)


async def roles_standing(ctx: Context, guild_id: int, role_ids: frozenset[int]) -> tuple[SeatChange, ...]:
    """Compare the server's roles with those mapped, for what was deleted while the bot was away (ORG-3).

    Comes before ``sync_members`` in a reconciliation.
    """
    async with ctx.uow.read() as tx:
        partnerships = await tx.partnerships.of_guild(guild_id)
    gone = {m.role for p in partnerships for m in p.mappings if not m.lost and m.role not in role_ids}
    changes: list[SeatChange] = []
    for role in sorted(gone):
        changes += await role_deleted(ctx, guild_id, role)
    return tuple(changes)


def check_manages(actor: Actor) -> None:
    """Manage Roles in Discord gives ``/setup`` and ``/roles`` and no governance act (ORG-2). Raises NotEligible."""
    authority.check(members.NOBODY, Act.SET_UP, relations=members.related(actor))


def told(partnership: Partnership, mapping: RoleMapping) -> tuple[str, str, str, str, str]:
    """A mapping as the record tells it: role, group, seat, class and organisation by their names, no Discord ids."""
    group = seats.group_name(partnership, mapping.group)
    return mapping.name, group, mapping.seat, mapping.stakeholder_class, mapping.organisation


def _speaks_for(mapping: RoleMapping) -> tuple[str, str]:
    return mapping.stakeholder_class, mapping.organisation


async def _mapped_here(tx: Transaction, actor: Actor, role_id: int) -> tuple[Partnership, RoleMapping]:
    for partnership in await here(tx, actor.guild_id, actor.channel_id):
        if mapping_of(partnership, role_id) is None:
            continue
        held = await seats.hold(tx, partnership.id)
        if (mapping := mapping_of(held, role_id)) is not None:
            return held, mapping
    raise NotFound("mapping", str(role_id))


async def _take_away(
    tx: Transaction, partnership: Partnership, mapping: RoleMapping, happened: Event, how: str, ctx: Context
) -> tuple[tuple[SeatChange, ...], int]:
    """Mark as lost, close the seats, stop the clocks of what depends on the role."""
    now = ctx.clock()
    lost = await seats.lose_role(tx, partnership, mapping.role, how, now)
    kept = await tx.partnerships.save(without_role(partnership, mapping.role))
    events = (happened, *seats.events_of(kept, lost))
    waiting = await seats.keep_up(tx, kept, now, lost, events)
    return lost, waiting


sync_members = seats.sync_members
member_left = seats.member_left
