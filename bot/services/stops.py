"""Who cannot see a card, or is kept from acting: clocks wait for them, and moderators can mend it (PRO-11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.governance import awaited
from bot.governance import stops as rules
from bot.governance.awaited import Beside
from bot.governance.errors import NotFound
from bot.governance.events import Event
from bot.governance.ids import GroupId, PartnershipId, PersonId, ProposalId
from bot.governance.mending import OverwriteChange, mend
from bot.governance.organisation import Group, Partnership
from bot.governance.proposals_types import Proposal
from bot.governance.scales import Purpose
from bot.governance.seats import remembered_since, taken_from
from bot.governance.stops import BLIND, REMOVED, TIMED_OUT, WITHIN, Barred
from bot.governance.stops_events import AccessRepaired, PeopleBarred
from bot.services import roles
from bot.services.access import site_of
from bot.services.organisation import find_group, hosted
from bot.services.ports.context import Actor, Context
from bot.services.ports.deliveries import DeliveryKind
from bot.services.ports.server import DiscordRefused, Presence, Server
from bot.services.ports.transaction import Transaction
from bot.services.proposals_cases import open_case
from bot.services.seats import group_name, group_thing


@dataclass(frozen=True, slots=True)
class Mending:
    """Who cannot see the cards of a group, and what would open its channel to them. ``users`` are Discord's."""

    partnership: Partnership
    group: Group
    channel_id: int | None
    users: tuple[int, ...]
    changes: tuple[OverwriteChange, ...]
    trouble: DiscordRefused | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """A proposal whose card people must see, or on which they have an act open, with the place of its card."""

    id: ProposalId
    guild_id: int
    channel_id: int | None
    users: frozenset[int]


async def watched(ctx: Context, id: ProposalId) -> Watched:
    """Whom this proposal waits for, wherever they are. Raises NotFound."""
    async with ctx.uow.read() as tx:
        proposal = await tx.of(Proposal).get(id)
        partnership = await tx.partnerships.get(proposal.partnership)
        private = partnership.group(proposal.group).private
        people = awaited.watching(proposal, private=private) | awaited.acting(proposal, _beside(proposal), ctx.clock())
        people |= {spell.person for spell in proposal.clock.barred}
        users = await tx.people.users_of(people)
        shown = {d.kind: d for d in await tx.deliveries.standing(id)} if users else {}
    card = shown.get(DeliveryKind.CARD)
    channel = card.channel_id if card is not None else None
    return Watched(id, partnership.guild_id, channel, frozenset(users.values()))


async def follow(ctx: Context, id: ProposalId, presence: Presence) -> None:
    """Let the proposal's clock stand for exactly those who cannot act now, as far as the caps allow (PRO-11)."""
    async with ctx.uow.read() as tx:
        proposal, now = await tx.of(Proposal).get(id), ctx.clock()
        if await _followed(tx, proposal, presence, now) == (proposal, ()):
            return
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        changed, events = await _followed(tx, case.proposal, presence, case.now)
        told = await _told(tx, case.partnership, case.proposal, changed)
        await case.keep(changed, events)
        if told:
            await tx.record.append(case.partnership.id, told, case.now)
        for kind in (DeliveryKind.CARD, DeliveryKind.FEED):
            await tx.deliveries.ask(case.partnership.id, kind, id)


async def mending(
    ctx: Context, server: Server, actor: Actor, partnership_id: PartnershipId, group_id: GroupId
) -> Mending:
    """What would open a group's channel again; nothing is changed yet. Raises NotEligible, NotFound, DiscordRefused."""
    roles.check_manages(actor)
    seen = await server.snapshot(actor.guild_id)
    async with ctx.uow.read() as tx:
        partnership = await hosted(tx, actor, partnership_id)
        group = partnership.group(group_id)
        barred = {
            person for person, cause in await tx.of(Proposal).barred_in(partnership_id, group_id) if cause == BLIND
        }
        users = tuple(sorted((await tx.people.users_of(barred)).values()))
        site = await site_of(tx, partnership, actor.top_position)
    channel_id = site.places.get((Purpose.GROUP, group_id))
    changes = mend(site, seen, channel_id, users) if channel_id is not None and users else ()
    return Mending(partnership, group, channel_id, users, changes)


async def mending_named(ctx: Context, server: Server, actor: Actor, group: str) -> Mending:
    """The same for a group by its name, where a moderator cannot see the feed. Raises NotFound as well for none."""
    roles.check_manages(actor)
    async with ctx.uow.read() as tx:
        choice = await find_group(tx, actor, group)
    if choice.group is None:
        raise NotFound("group", group)
    return await mending(ctx, server, actor, choice.partnership.id, choice.group.id)


async def repair(
    ctx: Context, server: Server, actor: Actor, partnership_id: PartnershipId, group_id: GroupId
) -> Mending:
    """Open the channel again, as shown, and record who did it; what Discord refuses ends it there (PRO-11).

    Raises NotEligible, NotFound, DiscordRefused.
    """
    async with server.building(actor.guild_id):
        wanted = await mending(ctx, server, actor, partnership_id, group_id)
        done: list[OverwriteChange] = []
        trouble = None
        try:
            for change in wanted.changes:
                assert wanted.channel_id is not None
                name = wanted.partnership.name
                await server.set_overwrite(actor.guild_id, wanted.channel_id, change.overwrite, name)
                done.append(change)
        except DiscordRefused as refused:
            trouble = refused
    if done:
        async with ctx.uow.write() as tx:
            thing = group_thing(wanted.partnership, group_id)
            told = AccessRepaired(wanted.group.name, len(done))
            event = Event(told, thing, await tx.people.id_of(actor.user_id))
            await tx.record.append(partnership_id, (event,), ctx.clock())
    return replace(wanted, changes=tuple(done), trouble=trouble)


async def _followed(
    tx: Transaction, proposal: Proposal, presence: Presence, now: datetime
) -> tuple[Proposal, tuple[Event, ...]]:
    beside = _beside(proposal)
    partnership = await tx.partnerships.get(proposal.partnership)
    watching = awaited.watching(proposal, private=partnership.group(proposal.group).private)
    acting = awaited.acting(proposal, beside, now)
    users = await tx.people.users_of(watching | acting)
    removed: frozenset[PersonId] = frozenset()
    if presence.absent & {users[person] for person in acting & users.keys()}:
        seats = await tx.seats.history(partnership.id, remembered_since(proposal.opened_at or now))
        removed = acting & taken_from(seats)
    barred = tuple(_barred(watching, acting, removed, users, presence, now))
    known = {spell.person for spell in proposal.clock.barred}
    newly = {each.person for each in barred} - known
    history = await tx.of(Proposal).spells_of(proposal.partnership, newly, now - WITHIN) if newly else {}
    return rules.follow(proposal, barred, history, now)


def _barred(
    watching: frozenset[PersonId],
    acting: frozenset[PersonId],
    removed: frozenset[PersonId],
    users: Mapping[PersonId, int],
    presence: Presence,
    now: datetime,
) -> Iterable[Barred]:
    for person in sorted(watching & users.keys()):
        if users[person] in presence.blind:
            yield Barred(person, BLIND)
    for person in sorted(acting & users.keys()):
        lifts_at = presence.timed_out.get(users[person])
        if users[person] in presence.absent:
            if person in removed:
                yield Barred(person, REMOVED)
        elif lifts_at is not None and lifts_at > now:
            yield Barred(person, TIMED_OUT, lifts_at)


def _beside(proposal: Proposal) -> Beside:
    """Those of the reviewing group who rule on form."""
    return Beside(proposal.facilitators)


async def _told(tx: Transaction, partnership: Partnership, before: Proposal, after: Proposal) -> tuple[Event, ...]:
    """What the feed says of it: once for each group, however many of its proposals wait (PRO-11)."""
    began = {(spell.person, spell.cause) for spell in after.clock.barred} - {
        (spell.person, spell.cause) for spell in before.clock.barred
    }
    began -= await tx.of(Proposal).barred_in(partnership.id, after.group)
    events = []
    for cause in sorted({cause for _, cause in began}):
        people = tuple(sorted(person for person, why in began if why == cause))
        told = PeopleBarred(cause, people, group_name(partnership, after.group))
        events.append(Event(told, group_thing(partnership, after.group)))
    return tuple(events)
