"""Setting up and ratifying, on real databases (SCL-1, SCL-2, SCL-5)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.governance import scales as rules
from bot.governance.drafts import check_text
from bot.governance.errors import AlreadyDone, BadValue, NotEligible, NotFound, TooFewStakeholders
from bot.governance.ids import PartnershipId, RoleId
from bot.governance.organisation_events import RolesMapped
from bot.governance.plans import ChannelSeen
from bot.governance.policy import genesis
from bot.governance.proposals_types import ProposalState
from bot.services import roles, scales, scales_roles, seats, sweep
from bot.services.ports.context import Context
from bot.services.ports.partnerships import PlaceKind
from bot.ui.scales_ratifications import composed
from storage.unit_of_work import SqlUnitOfWork
from tests.database import TestClock
from tests.services.town import DRAFT, GUILD, Town, founded, moderator

pytestmark = pytest.mark.both_databases


@pytest.fixture
def ctx(uow: SqlUnitOfWork, clock: TestClock) -> Context:
    return Context(uow, clock, genesis())


@pytest.fixture
def town() -> Town:
    return Town()


async def types_of(ctx: Context, named: PartnershipId) -> list[str]:
    async with ctx.uow.read() as tx:
        last, _ = await tx.record.head(named)
        return [(await tx.record.event(named, n)).event.name for n in range(1, last + 1)]


async def told(ctx: Context, named: PartnershipId) -> list[str]:
    """The roles that entries for the feed name."""
    async with ctx.uow.read() as tx:
        last, _ = await tx.record.head(named)
        events = [(await tx.record.event(named, n)).event for n in range(1, last + 1)]
    return [role["role"] for event in events if event.type is RolesMapped for role in event.data["roles"]]  # type: ignore[union-attr,index,call-overload,misc]


async def test_a_plan_changes_nothing_and_applying_it_builds_all(ctx: Context, town: Town) -> None:
    view = await scales.keep_draft(ctx, town, moderator(), DRAFT)
    assert view.plan is not None
    assert view.plan.todo
    assert town.requests == []
    assert await scales.existing(ctx, moderator()) == ()
    done = await scales.apply(ctx, town, moderator(), view.id)
    assert done.plan is not None
    assert done.plan.todo == ()
    (partnership,) = await scales.existing(ctx, moderator())
    assert partnership.provisional
    assert [g.name for g in partnership.groups] == ["Stakeholders", "Core Team", "Commons", "Delivery"]
    async with ctx.uow.read() as tx:
        places = await tx.partnerships.places(view.id)
        assert (await tx.policies.current(view.id)).version == 1
        assert (await tx.record.verify(view.id)).holds
    assert sorted(p.kind for p in places) == sorted(["category"] * 3 + ["feed", "talk"] + ["group"] * 4)
    happened = await types_of(ctx, view.id)
    assert happened[0] == "partnership created"
    assert happened.count("role mapped") == len(town.roles)
    assert happened.count("roles mapped") == 1
    assert sorted(await told(ctx, view.id)) == sorted(role.name for role in town.roles.values())


async def test_again_changes_nothing(ctx: Context, town: Town) -> None:
    named = await founded(ctx, town)
    requests, happened = list(town.requests), await types_of(ctx, named)
    again = await scales.apply(ctx, town, moderator(), named)
    assert again.done == ()
    assert town.requests == requests
    assert await types_of(ctx, named) == happened


@pytest.mark.parametrize("stop", [1, 4, 8, 12, 16])
async def test_stopped_anywhere_the_next_run_finishes(ctx: Context, town: Town, stop: int) -> None:
    town.trouble = stop
    view = await scales.keep_draft(ctx, town, moderator(), DRAFT)
    stopped = await scales.apply(ctx, town, moderator(), view.id)
    assert stopped.trouble is not None
    assert stopped.plan is not None
    assert stopped.plan.todo
    assert len(stopped.done) == stop  # the partnership's own record comes before the first request
    town.trouble = 0
    done = await scales.apply(ctx, town, moderator(), view.id)
    assert done.trouble is None
    assert len({role.name for role in town.roles.values()}) == len(town.roles) == 7
    assert len({channel.name for channel in town.channels.values()}) == len(town.channels) == 9
    assert sorted(await told(ctx, view.id)) == sorted(role.name for role in town.roles.values()), "each once"


async def test_what_a_killed_set_up_has_mapped_is_told_by_the_sweep(ctx: Context, town: Town, clock: TestClock) -> None:
    named = await founded(ctx, town)
    before = await told(ctx, named)
    async with ctx.uow.write() as tx:
        partnership = await seats.hold(tx, named)
        late = replace(partnership.mappings[0], role=RoleId(99), mapped_at=clock(), name="Late")
        await roles.keep_mapping(tx, partnership, late, moderator(), (), with_others=True)
    await sweep.sweep(ctx, {named})
    assert await told(ctx, named) == before, "the set-up may still be at work"
    clock.forward(scales_roles.LEFT)
    await sweep.sweep(ctx, {named})
    await sweep.sweep(ctx, {named})
    assert await told(ctx, named) == [*before, "Late"]


async def test_each_is_told_under_the_name_of_who_mapped_it(ctx: Context, town: Town, clock: TestClock) -> None:
    named = await founded(ctx, town)
    for number in (1, 2):
        async with ctx.uow.write() as tx:
            partnership = await seats.hold(tx, named)
            one = replace(partnership.mappings[0], role=RoleId(90 + number), mapped_at=clock(), name=f"Late {number}")
            await roles.keep_mapping(tx, partnership, one, moderator(user_id=900 + number), (), with_others=True)
    await scales_roles.tell(ctx, named)
    async with ctx.uow.read() as tx:
        last, _ = await tx.record.head(named)
        events = [(await tx.record.event(named, n)).event for n in range(1, last + 1)]
    said = [event for event in events if event.type is RolesMapped][-2:]
    assert len({event.actor for event in said}) == 2


async def test_two_people_applying_at_once_build_once(ctx: Context, town: Town) -> None:
    view = await scales.keep_draft(ctx, town, moderator(), DRAFT)
    await asyncio.gather(*(scales.apply(ctx, town, moderator(user_id=900 + n), view.id) for n in range(3)))
    assert len(town.roles) == 7
    assert len(town.channels) == 9


async def test_missing_permissions_stop_before_discord_is_asked(ctx: Context, town: Town) -> None:
    town.permissions -= {"manage_roles"}
    view = await scales.keep_draft(ctx, town, moderator(), DRAFT)
    assert view.plan is not None
    assert view.plan.missing == {"manage_roles"}
    stopped = await scales.apply(ctx, town, moderator(), view.id)
    assert stopped.trouble is not None
    assert stopped.trouble.detail == "manage_roles"
    assert town.requests == []


async def test_only_people_who_manage_roles_of_this_server(ctx: Context, town: Town) -> None:
    view = await scales.keep_draft(ctx, town, moderator(), DRAFT)
    nobody, stranger = moderator(manages_roles=False), moderator(guild_id=GUILD + 1)
    for someone, refusal in ((nobody, NotEligible), (stranger, NotFound)):
        for act in (scales.preview, scales.apply):
            with pytest.raises(refusal):
                await act(ctx, town, someone, view.id)
        with pytest.raises(refusal):
            await scales.ratify(ctx, someone, view.id, composed)
        with pytest.raises(refusal):
            await scales.cancel(ctx, someone, view.id)
        with pytest.raises(refusal):
            await scales.kept_draft(ctx, someone, view.id)
    assert town.requests == []


async def test_a_faulty_draft_is_kept_as_written(ctx: Context, town: Town) -> None:
    faulty = replace(DRAFT, cells="")
    view = await scales.keep_draft(ctx, town, moderator(), faulty)
    assert isinstance(view.problem, BadValue)
    assert await scales.kept_draft(ctx, moderator(), view.id) == faulty
    assert (await scales.apply(ctx, town, moderator(), view.id)).problem is not None
    mended = await scales.keep_draft(ctx, town, moderator(), DRAFT, view.id)
    assert mended.id == view.id
    assert mended.problem is None
    await scales.cancel(ctx, moderator(), view.id)
    with pytest.raises(NotFound):
        await scales.apply(ctx, town, moderator(), view.id)


async def test_a_second_partnership_takes_nothing_from_the_first(ctx: Context, town: Town) -> None:
    await founded(ctx, town)
    first = dict(town.channels)
    view = await scales.keep_draft(ctx, town, moderator(), replace(DRAFT, name="Hill"))
    done = await scales.apply(ctx, town, moderator(), view.id)
    assert done.trouble is None
    assert len(town.roles) == 14
    assert {named: town.channels[named] for named in first} == first
    assert "hill-decisions" in {c.name for c in town.channels.values()}


async def test_a_lost_channel_is_known_and_built_again(ctx: Context, town: Town) -> None:
    named = await founded(ctx, town)
    feed = next(c.id for c in town.channels.values() if c.name == "decisions")
    gone: ChannelSeen = town.channels.pop(feed)
    for _ in range(2):
        await scales.place_lost(ctx, GUILD, gone.id)
    assert (await types_of(ctx, named)).count("place lost") == 1
    town.channels[999] = ChannelSeen(999, "somewhere-else")
    done = await scales.apply(ctx, town, moderator(), named)
    assert [step.name for step in done.done] == ["decisions"]
    async with ctx.uow.read() as tx:
        place = next(p for p in await tx.partnerships.places(named) if p.kind is PlaceKind.FEED)
    assert not place.lost


async def test_ratifying_needs_stakeholders_and_is_opened_once(ctx: Context, town: Town) -> None:
    named = await founded(ctx, town)
    with pytest.raises(TooFewStakeholders):
        await scales.ratify(ctx, moderator(), named, composed)
    town.people = {11: {town.named("Stakeholder")}, 12: {town.named("Stakeholder")}, 13: {town.named("Core Team")}}
    await roles.sync_members(ctx, GUILD, town.members(), partial=False, how="seen")
    view = await scales.ratify(ctx, moderator(), named, composed)
    proposal = view.proposal
    assert (proposal.number, proposal.state) == (1, ProposalState.REVIEW)
    (effect,) = proposal.current.effects
    core, *stakeholders = [view.users[person] for person in effect.people]
    assert (core, set(stakeholders)) == (13, {11, 12}), "it lists who sits where, and no name of theirs"
    check_text(genesis().founding, proposal.current.text)
    with pytest.raises(AlreadyDone):
        await scales.ratify(ctx, moderator(), named, composed)


async def test_the_longest_structure_still_fits_its_proposal(ctx: Context, town: Town) -> None:
    long = replace(
        DRAFT,
        name="N" * 60,
        purpose="p" * rules.MOST_PURPOSE,
        top_level_purpose="t" * rules.MOST_PURPOSE,
        cells="\n".join(f"{n}{'c' * 59}" for n in range(rules.MOST_CELLS)),
    )
    view = await scales.keep_draft(ctx, town, moderator(), long)
    assert (await scales.apply(ctx, town, moderator(), view.id)).trouble is None
    town.people = {11 + n: {town.named("Stakeholder")} for n in range(3)}
    await roles.sync_members(ctx, GUILD, town.members(), partial=False, how="seen")
    ratified = await scales.ratify(ctx, moderator(), view.id, composed)
    check_text(genesis().founding, ratified.proposal.current.text)


async def seated(ctx: Context, named: PartnershipId) -> set[int]:
    async with ctx.uow.read() as tx:
        people = {h.person for h in await tx.seats.holdings(await tx.partnerships.get(named))}
        return set((await tx.people.users_of(people)).values())


async def test_a_plan_is_applied_only_by_who_has_read_it(ctx: Context, town: Town) -> None:
    worn = town.add_role("Stakeholder")
    town.people[7] = {worn}
    view = await scales.keep_draft(ctx, town, moderator(), DRAFT)
    other = moderator(user_id=901)
    asked = await scales.apply(ctx, town, other, view.id)
    assert asked.changed
    assert town.requests == []
    done = await scales.apply(ctx, town, other, view.id)
    assert not done.changed
    assert await seated(ctx, view.id) == {7}


async def test_who_got_an_adopted_role_between_two_steps_is_asked_about(ctx: Context, town: Town) -> None:
    worn = town.add_role("Core Team")
    town.people[7] = {worn}
    view = await scales.keep_draft(ctx, town, moderator(), DRAFT)
    make = town.create_role

    async def meanwhile(guild_id: int, name: str, partnership: str) -> int:
        town.people[8] = {worn}
        return await make(guild_id, name, partnership)

    town.create_role = meanwhile  # type: ignore[method-assign]
    stopped = await scales.apply(ctx, town, moderator(), view.id)
    assert stopped.trouble is not None
    assert stopped.trouble.why == "worn meanwhile"
    assert await seated(ctx, view.id) == set()
    asked = await scales.apply(ctx, town, moderator(), view.id)
    assert asked.changed
    done = await scales.apply(ctx, town, moderator(), view.id)
    assert done.trouble is None
    assert await seated(ctx, view.id) == {7, 8}


@pytest.mark.parametrize("first", [0, 1])
async def test_two_drafts_at_once_do_not_make_two_partnerships_unasked(
    ctx: Context, town: Town, clock: TestClock, first: int
) -> None:
    wanted = (DRAFT, replace(DRAFT, name="Hill"))
    drafts = [await scales.keep_draft(ctx, town, moderator(user_id=900 + n), wanted[n]) for n in range(2)]
    second = 1 - first
    await scales.apply(ctx, town, moderator(user_id=900 + first), drafts[first].id)
    clock.forward(timedelta(seconds=1))
    roles_before, channels_before = len(town.roles), len(town.channels)
    asked = await scales.apply(ctx, town, moderator(user_id=900 + second), drafts[second].id)
    assert asked.changed
    assert (len(town.roles), len(town.channels)) == (roles_before, channels_before)
    done = await scales.apply(ctx, town, moderator(user_id=900 + second), drafts[second].id)
    assert done.trouble is None
    for stand in (town.roles, town.channels):
        names = [each.name for each in stand.values()]
        assert len(names) == len(set(names)), "what stands beside another carries its own name"


async def test_what_is_kept_of_a_reading_names_no_discord_user(ctx: Context, town: Town) -> None:
    worn = town.add_role("Stakeholder")
    town.people[777000777] = {worn}
    await scales.keep_draft(ctx, town, moderator(user_id=900000001), DRAFT)
    async with ctx.uow.read() as tx:
        kept = await tx.runtime.beginning("setup read/")
    assert kept
    assert not any("777000777" in text or "900000001" in text for each in kept.items() for text in each)
