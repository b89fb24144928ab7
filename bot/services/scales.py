"""Setting a partnership up: form, plan, building it step by step, ratification (SCL-1, SCL-2, SCL-5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import TypeAlias

from bot.governance import consistency, plans, scales
from bot.governance import proposals as rules
from bot.governance.effects import Governed, Ratification
from bot.governance.errors import AlreadyDone, NotFound, Refusal, TooFewElectors, TooFewStakeholders
from bot.governance.events import Event, Fact
from bot.governance.ids import GroupId, PartnershipId, PersonId, ProposalId, RoleId
from bot.governance.organisation import Holding, Partnership, RoleMapping
from bot.governance.organisation_events import AccessChanged, PartnershipCreated, PlaceLost, PlaceSet
from bot.governance.plans import Do, SetupPlan, SetupStep, Site, Snapshot, What
from bot.governance.policy_events import PolicyAdopted
from bot.governance.proposals_types import CONTESTABLE, Proposal, ProposalState, Text
from bot.governance.scales import Draft, Purpose
from bot.services import electorates, intrusions, ratifications, roles, scales_roles, seats
from bot.services.access import place_name, site_of, take
from bot.services.organisation import here, hosted
from bot.services.ports.context import Actor, Context
from bot.services.ports.partnerships import Place, PlaceKind
from bot.services.ports.server import DiscordRefused, Server
from bot.services.ports.transaction import Transaction
from bot.services.views import ProposalView, view_of

Compose: TypeAlias = Callable[[Governed, tuple[Holding, ...]], Text]
_DRAFT_GROUPS = 2 + scales.MOST_CELLS
_KINDS = {purpose: PlaceKind(purpose.value) for purpose in Purpose}


@dataclass(frozen=True, slots=True)
class SetupView:
    """A set-up as it stands. ``problem`` says why a draft cannot be planned; ``applied`` whether it was built.

    ``changed``: nothing was built, because what the plan rests on is not what the asker has read.
    """

    id: PartnershipId
    draft: Draft | None
    partnership: Partnership | None = None
    plan: SetupPlan | None = None
    problem: Refusal | None = None
    trouble: DiscordRefused | None = None
    done: tuple[SetupStep, ...] = ()
    applied: bool = False
    changed: bool = False
    talk: int | None = None


async def keep_draft(
    ctx: Context, server: Server, actor: Actor, draft: Draft, id: PartnershipId | None = None
) -> SetupView:
    """Keep what was submitted, valid or not, and show what it would build (SCL-1). Raises NotEligible, NotFound."""
    roles.check_manages(actor)
    async with ctx.uow.write() as tx:
        if id is not None:
            await _read_draft(tx, actor, id)
        kept = id or PartnershipId(await tx.next_id("partnership"))
        content = {"guild": actor.guild_id, "draft": asdict(draft)}
        await tx.runtime.put(_key(kept), json.dumps(content))
    return await show(ctx, server, actor, kept)


async def existing(ctx: Context, actor: Actor) -> tuple[Partnership, ...]:
    """The partnerships that this server has already, those of this channel first. Raises NotEligible."""
    roles.check_manages(actor)
    async with ctx.uow.read() as tx:
        return await here(tx, actor.guild_id, actor.channel_id)


async def to_ratify(ctx: Context, actor: Actor) -> PartnershipId:
    """The partnership meant by ``/setup ratify`` here: of those not ratified, the nearest (ORG-1). Raises NotFound."""
    partnerships = await existing(ctx, actor)
    for partnership in partnerships:
        if partnership.provisional:
            return partnership.id
    raise AlreadyDone("ratify") if partnerships else NotFound("partnership")


async def kept_draft(ctx: Context, actor: Actor, id: PartnershipId) -> Draft:
    """What was submitted before, to be changed. Raises NotEligible, NotFound."""
    roles.check_manages(actor)
    async with ctx.uow.read() as tx:
        return await _read_draft(tx, actor, id)


async def preview(ctx: Context, server: Server, actor: Actor, id: PartnershipId) -> SetupView:
    """The plan, computed anew from what stands (SCL-1). Raises NotEligible, NotFound."""
    roles.check_manages(actor)
    try:
        seen = await server.snapshot(actor.guild_id)
    except DiscordRefused as refused:
        return SetupView(id, None, trouble=refused)
    async with ctx.uow.read() as tx:
        try:
            site = await _site(tx, actor, id)
        except _Unfit as unfit:
            return SetupView(id, unfit.draft, problem=unfit.why)
        draft = None if site.recorded else await _read_draft(tx, actor, id)
    return SetupView(id, draft, site.partnership, plans.plan(site, seen), talk=_talk(site))


async def show(ctx: Context, server: Server, actor: Actor, id: PartnershipId) -> SetupView:
    """The plan for somebody to read: what they have read is kept, so that they can agree to it (SCL-1).

    Raises NotEligible, NotFound.
    """
    view = await preview(ctx, server, actor, id)
    if view.plan is not None and view.plan.to_read:
        async with ctx.uow.write() as tx:
            reader = await tx.people.id_of(actor.user_id)
            await tx.runtime.put(_reading(id, reader), json.dumps(sorted(_digests(reader, view.plan))))
    return view


async def apply(ctx: Context, server: Server, actor: Actor, id: PartnershipId) -> SetupView:
    """Build what the plan says, step by step, stopping at the first trouble (SCL-1).

    Nothing is adopted that the asker has not read of: if a role got wearers, or a channel gives others more than the
    plan said, the new plan is shown and asked again. Each step is stored in its own transaction after Discord took it,
    so the next run goes on where this one stopped.
    Raises NotEligible, NotFound.
    """
    roles.check_manages(actor)
    async with server.building(actor.guild_id):
        before = await preview(ctx, server, actor, id)
        if before.problem is not None or before.trouble is not None:
            return before
        if before.plan is not None and not await _was_read(ctx, actor, id, before.plan):
            return replace(await show(ctx, server, actor, id), changed=True)
        done: list[SetupStep] = []
        trouble = None
        try:
            seen = await server.snapshot(actor.guild_id)
            while (step := await _next(ctx, actor, id, seen)) is not None and step not in done:
                seen = await _do(ctx, server, actor, id, step, seen)
                done.append(step)
        except DiscordRefused as refused:
            trouble = refused
        finally:
            await scales_roles.tell(ctx, id)
        after = await preview(ctx, server, actor, id)
        await intrusions.look(ctx, server, actor.guild_id)
        return replace(after, done=tuple(done), trouble=trouble or after.trouble, applied=True)


async def cancel(ctx: Context, actor: Actor, id: PartnershipId) -> None:
    """Throw a draft away; what stands already stays (SCL-1). Raises NotEligible, NotFound."""
    roles.check_manages(actor)
    async with ctx.uow.write() as tx:
        if await tx.runtime.get(_key(id)):
            await _read_draft(tx, actor, id)
            await tx.runtime.put(_key(id), "")


async def ratify(ctx: Context, actor: Actor, id: PartnershipId, compose: Compose) -> ProposalView:
    """File and open the partnership's first proposal: its structure, first rules and the core's state (SCL-5).

    ``compose`` puts them into words.

    Raises NotEligible, NotFound, AlreadyDone, and TooFewStakeholders until enough stakeholders wear their role.
    """
    roles.check_manages(actor)
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        partnership = await hosted(tx, actor, id)
        await _check_not_ratified(tx, partnership)
        holdings = await tx.seats.holdings(partnership)
        world = Governed(partnership, await tx.policies.current(id))
        blank = Proposal(
            id=ProposalId(await tx.next_id("proposal")),
            partnership=id,
            group=partnership.stakeholders.id,
            type=world.policy.founding.name,
            author=await tx.people.id_of(actor.user_id),
            created_at=now,
            state_since=now,
            text=compose(world, holdings),
            effects=(Ratification(ratifications.wearers(world, holdings)),),
        )
        seated = await electorates.seated(tx, partnership, blank.group, now)
        number = await tx.next_id(f"number/{id}")
        try:
            opened, events = rules.open_ratification(blank, world, seated, number, now)
        except TooFewElectors as few:
            raise TooFewStakeholders(few.found, few.least) from few
        saved = await tx.of(Proposal).save(opened)
        await tx.record.append(id, events, now)
        return await view_of(tx, saved, partnership, now)


async def place_lost(ctx: Context, guild_id: int, channel_id: int) -> None:
    """A channel of a partnership is gone: known as lost until ``/setup`` builds it again (ORG-3, PRO-10)."""
    async with ctx.uow.write() as tx:
        place = await tx.partnerships.place_at(channel_id)
        if place is None or place.lost:
            return
        partnership = await tx.partnerships.get(place.partnership)
        if partnership.guild_id != guild_id:
            return
        await tx.partnerships.save_place(replace(place, lost=True))
        told = PlaceLost(place_name(partnership, place.kind, place.group))
        event = Event(told, seats.group_thing(partnership, place.group))
        await tx.record.append(partnership.id, (event,), ctx.clock())


class _Unfit(Exception):
    """A kept draft that no partnership can be founded on yet."""

    def __init__(self, draft: Draft, why: Refusal) -> None:
        super().__init__(why)
        self.draft = draft
        self.why = why


async def _next(ctx: Context, actor: Actor, id: PartnershipId, seen: Snapshot) -> SetupStep | None:
    async with ctx.uow.read() as tx:
        todo = plans.plan(await _site(tx, actor, id), seen).todo
    return todo[0] if todo else None


async def _do(
    ctx: Context, server: Server, actor: Actor, id: PartnershipId, step: SetupStep, seen: Snapshot
) -> Snapshot:
    """One step: Discord first, then the record; nothing waits for Discord inside a transaction."""
    if step.what is What.RECORD:
        await _found(ctx, actor, id)
        return seen
    async with ctx.uow.read() as tx:
        partnership = await tx.partnerships.get(id)
    made = await take(server, seen, step, partnership.name)
    if step.what is What.ROLE and step.do is not Do.CHANGE:
        async with ctx.turn(actor.guild_id):
            worn_by = await server.wearers(actor.guild_id, made) if step.do is Do.ADOPT else ()
            if not set(worn_by) <= set(step.wearers):
                raise DiscordRefused(step.name, "worn meanwhile")
            await _keep_role(ctx, actor, id, step, made, worn_by)
    elif step.what is not What.ROLE:
        await _keep_place(ctx, actor, id, step, made)
    return plans.seen_after(seen, step, made)


async def _found(ctx: Context, actor: Actor, id: PartnershipId) -> None:
    """Record the partnership, its groups and the genesis policy (SCL-5)."""
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        draft = await _read_draft(tx, actor, id)
        wanted = 2 + len(scales.lines(draft.cells))
        ids = [GroupId(await tx.next_id("group")) for _ in range(wanted)]
        taken = await _hosted_names(tx, actor)
        partnership = await tx.partnerships.save(scales.found(id, actor.guild_id, draft, ids, now, taken))
        await tx.policies.add(id, ctx.genesis, None, now)
        person = await tx.people.id_of(actor.user_id)
        thing = seats.group_thing(partnership, None)
        created = Event(PartnershipCreated(partnership.name), thing, person)
        groups = (Event(consistency.group_told(g), f"group/{g.id}", person) for g in partnership.groups)
        first = PolicyAdopted(
            ctx.genesis.version,
            consistency.values_told(ctx.genesis),
            tuple(consistency.rows_told(ctx.genesis).values()),
        )
        adopted = Event(first, thing, person)
        await tx.record.append(id, (created, *groups, adopted), now)
        await tx.runtime.put(_key(id), "")


async def _keep_role(
    ctx: Context, actor: Actor, id: PartnershipId, step: SetupStep, role: int, worn_by: tuple[int, ...]
) -> None:
    async with ctx.uow.write() as tx:
        partnership = await seats.hold(tx, id)
        mapping = RoleMapping(RoleId(role), step.group, step.seat, mapped_at=ctx.clock(), name=step.name)
        await roles.keep_mapping(tx, partnership, mapping, actor, worn_by, with_others=True)


async def _keep_place(ctx: Context, actor: Actor, id: PartnershipId, step: SetupStep, channel: int) -> None:
    assert step.purpose is not None
    async with ctx.uow.write() as tx:
        partnership = await tx.partnerships.get(id)
        kind = _KINDS[step.purpose]
        name = place_name(partnership, kind, step.group)
        person = await tx.people.id_of(actor.user_id)
        happened: Fact = AccessChanged(name)
        if step.do is not Do.CHANGE:
            await tx.partnerships.save_place(Place(id, kind, channel, step.group))
            await tx.deliveries.hurry(id)
            happened = PlaceSet(name, adopted=step.do is Do.ADOPT)
        event = Event(happened, seats.group_thing(partnership, step.group), person)
        await tx.record.append(id, (event,), ctx.clock())


async def _site(tx: Transaction, actor: Actor, id: PartnershipId) -> Site:
    """What is on record, or would be once the draft is applied. Raises NotFound, _Unfit."""
    try:
        partnership = await hosted(tx, actor, id)
    except NotFound:
        draft = await _read_draft(tx, actor, id)
        try:
            ids = map(GroupId, range(-_DRAFT_GROUPS, 0))
            drafted = scales.found(id, actor.guild_id, draft, ids, None, await _hosted_names(tx, actor))
        except Refusal as why:
            raise _Unfit(draft, why) from why
        return await site_of(tx, drafted, actor.top_position, recorded=False)
    return await site_of(tx, partnership, actor.top_position)


async def _hosted_names(tx: Transaction, actor: Actor) -> tuple[str, ...]:
    return tuple(each.name for each in await tx.partnerships.of_guild(actor.guild_id))


async def _read_draft(tx: Transaction, actor: Actor, id: PartnershipId) -> Draft:
    kept = await tx.runtime.get(_key(id))
    content = json.loads(kept) if kept else {}
    if content.get("guild") != actor.guild_id:
        raise NotFound("set-up", str(id))
    return Draft(**content["draft"])


async def _check_not_ratified(tx: Transaction, partnership: Partnership) -> None:
    if not partnership.provisional:
        raise AlreadyDone("ratify")
    for each in await tx.of(Proposal).in_states(
        partnership.id, CONTESTABLE | {ProposalState.ADOPTED, ProposalState.PASSED}
    ):
        if (await tx.of(Proposal).get(each)).pinned.row.founding:
            raise AlreadyDone("open ratification")


async def _was_read(ctx: Context, actor: Actor, id: PartnershipId, plan: SetupPlan) -> bool:
    """Whether everything that has to be read stood in the plan that they read last."""
    async with ctx.uow.read() as tx:
        reader = await tx.people.find(actor.user_id)
        kept = await tx.runtime.get(_reading(id, reader)) if reader is not None else None
    return not plan.to_read or (reader is not None and _digests(reader, plan) <= frozenset(json.loads(kept or "[]")))


def _digests(reader: PersonId, plan: SetupPlan) -> frozenset[str]:
    """What has to be read, as it is kept: Discord users stand nowhere but among the people (REC-1)."""
    return frozenset(sha256(f"{reader} {each}".encode()).hexdigest()[:32] for each in plan.to_read)


def _talk(site: Site) -> int | None:
    return site.places.get((Purpose.TALK, None))


def _key(id: PartnershipId) -> str:
    return f"setup/{id}"


def _reading(id: PartnershipId, reader: PersonId) -> str:
    return f"setup read/{id}/{reader}"
