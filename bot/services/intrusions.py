"""What people who manage a server did by hand to roles with seats and to governed channels (ORG-2, ORG-2a, SCL-3).

The server is compared with the record whenever somebody changed it and whenever the bot comes back: what is new is told
in the feed, once, and what was mended is told as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bot.governance import plans
from bot.governance.events import Event, Fact
from bot.governance.ids import GroupId, PartnershipId, PersonId
from bot.governance.intrusions import Intrusion
from bot.governance.organisation import Partnership, RoleMapping, mapping_of
from bot.governance.organisation_events import (
    AccessMended,
    AccessTampered,
    RoleEndangered,
    RoleMended,
    RoleRenamed,
    SeatTaken,
)
from bot.governance.plans import RoleSeen, Snapshot
from bot.services import roles, seats
from bot.services.access import place_name, site_of
from bot.services.ports.context import Context
from bot.services.ports.partnerships import PlaceKind
from bot.services.ports.server import Server
from bot.services.ports.transaction import Transaction

Known = dict[str, list[str]]
"""What was told of each channel, by its Discord id. People stand there as the record names them (REC-1)."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Somebody gave roles to somebody, as Discord's audit log tells it under a number of its own. Discord ids."""

    entry: int
    by: int
    to: int
    roles: tuple[int, ...]


async def look(ctx: Context, server: Server, guild_id: int) -> None:
    """Compare roles with seats and governed channels with the record; tell what is new and what was mended.

    A role that has gained power over the server gives its seats no authority until it has lost it again (ORG-2).
    Doing it again tells nothing twice. Raises DiscordRefused while the server is out of reach.
    """
    seen = server.known(guild_id)
    async with ctx.turn(guild_id):
        async with ctx.uow.read() as tx:
            hosted = await tx.partnerships.of_guild(guild_id)
            news = [p.id for p in hosted if _changed(p, seen) or await _is_news(tx, p, seen)]
        for each in news:
            async with ctx.uow.write() as tx:
                await _tell(tx, await seats.hold(tx, each), seen, ctx)


async def taken(ctx: Context, guild_id: int, grants: Iterable[Grant]) -> None:
    """Tell of seats that people gave themselves, each once (ORG-2)."""
    own = [grant for grant in grants if grant.by == grant.to]
    if not own:
        return
    async with ctx.uow.read() as tx:
        hosted = await tx.partnerships.of_guild(guild_id)
        told = {g.entry for g in own if await tx.runtime.get(_told(g.entry))}
    for grant in own:
        given = [(p, m) for p in hosted for role in grant.roles if (m := mapping_of(p, role)) is not None]
        if grant.entry in told or not given:
            continue
        async with ctx.uow.write() as tx:
            if await tx.runtime.get(_told(grant.entry)):
                continue
            await tx.runtime.put(_told(grant.entry), "1")
            person = await tx.people.id_of(grant.to)
            for partnership, mapping in given:
                taken = SeatTaken(*roles.told(partnership, mapping))
                event = Event(taken, seats.group_thing(partnership, mapping.group), person)
                await tx.record.append(partnership.id, (event,), ctx.clock())


def _changed(partnership: Partnership, seen: Snapshot) -> bool:
    return any(
        (role.name, role.facts.powers) != (mapping.name, mapping.powers) for mapping, role in _living(partnership, seen)
    )


def _living(partnership: Partnership, seen: Snapshot) -> Iterable[tuple[RoleMapping, RoleSeen]]:
    for mapping in partnership.mappings:
        role = None if mapping.lost else seen.role(mapping.role)
        if role is not None:
            yield mapping, role


async def _is_news(tx: Transaction, partnership: Partnership, seen: Snapshot) -> bool:
    found = await _found(tx, partnership, seen)
    return {channel: set(named) for channel, named in found.items()} != await _known(tx, partnership.id)


async def _tell(tx: Transaction, partnership: Partnership, seen: Snapshot, ctx: Context) -> None:
    events: list[Event] = []
    mappings = {m: replace(m, name=r.name, powers=r.facts.powers) for m, r in _living(partnership, seen)}
    for before, after in mappings.items():
        events += _of_role(partnership, before, after)
    if any(before != after for before, after in mappings.items()):
        changed = tuple(mappings.get(mapping, mapping) for mapping in partnership.mappings)
        partnership = await tx.partnerships.save(replace(partnership, mappings=changed))
    events += await _of_channels(tx, partnership, seen)
    if events:
        await tx.record.append(partnership.id, events, ctx.clock())


def _of_role(partnership: Partnership, before: RoleMapping, after: RoleMapping) -> list[Event]:
    facts: list[Fact] = []
    told = roles.told(partnership, after)
    if before.name and before.name != after.name:
        facts.append(RoleRenamed(*told, before.name))
    if set(after.powers) - set(before.powers):
        facts.append(RoleEndangered(*told, tuple(after.powers)))
    elif before.powers and not after.powers:
        facts.append(RoleMended(*told))
    return [Event(fact, seats.group_thing(partnership, after.group)) for fact in facts]


async def _of_channels(tx: Transaction, partnership: Partnership, seen: Snapshot) -> list[Event]:
    """What channels give to strangers now, and which are as they should be again. Keeps what is told with it."""
    site = await site_of(tx, partnership, 0)
    known = await _known(tx, partnership.id)
    users = {i.target for _, found in plans.intruded(site, seen).values() for i in found if i.person}
    people = await tx.people.ids_of(users)
    events = []
    now: Known = {}
    for channel, ((purpose, group), found) in plans.intruded(site, seen).items():
        place = place_name(partnership, PlaceKind(purpose.value), group)
        told = known.get(str(channel), set())
        tokens: list[str] = []
        for each in found:
            mine = _tokens(each, people)
            tokens += sorted(mine)
            if mine - told:
                events.append(_intrusion(partnership, group, place, each, seen, people))
        if tokens:
            now[str(channel)] = tokens
        elif told:
            thing = seats.group_thing(partnership, group)
            events.append(Event(AccessMended(place), thing))
    await tx.runtime.put(_key(partnership.id), json.dumps(now))
    return events


def _intrusion(
    partnership: Partnership,
    group: GroupId | None,
    place: str,
    found: Intrusion,
    seen: Snapshot,
    people: Mapping[int, str],
) -> Event:
    role = None if found.person else seen.role(found.target)
    told = AccessTampered(
        place,
        found.target == seen.guild_id,
        role.name if role is not None else "",
        PersonId(people[found.target] if found.person else ""),
        tuple(sorted(found.powers)),
        tuple(sorted(found.opened)),
    )
    return Event(told, seats.group_thing(partnership, group))


async def _found(tx: Transaction, partnership: Partnership, seen: Snapshot) -> Known:
    """What channels give to strangers now, as it is kept; somebody never seen stands as nobody yet."""
    found: Known = {}
    for channel, (_, each) in plans.intruded(await site_of(tx, partnership, 0), seen).items():
        people = {i.target: await tx.people.find(i.target) or "" for i in each if i.person}
        if each:
            found[str(channel)] = [token for i in each for token in sorted(_tokens(i, people))]
    return found


def _tokens(found: Intrusion, people: Mapping[int, str]) -> set[str]:
    target = people[found.target] if found.person else found.target
    return {f"{target} {power}" for power in found.gives}


async def _known(tx: Transaction, id: PartnershipId) -> dict[str, set[str]]:
    kept: Known = json.loads(await tx.runtime.get(_key(id)) or "{}")
    return {channel: set(tokens) for channel, tokens in kept.items()}


def _key(id: PartnershipId) -> str:
    return f"intrusions/{id}"


def _told(entry: int) -> str:
    return f"seat taken/{entry}"
