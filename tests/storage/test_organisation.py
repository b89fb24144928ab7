"""Partnerships, places, seats, people, policies and small values."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from bot.governance.errors import Changed, NotFound
from bot.governance.ids import GroupId, PartnershipId, ProposalId, RoleId
from bot.governance.organisation import Group, GroupKind, Holding
from bot.governance.policy import amended, genesis
from bot.governance.seats import Hand, SeatRecord
from bot.services.ports.partnerships import Place, PlaceKind
from bot.services.ports.transaction import UnitOfWork
from storage.engine import Engines
from storage.unit_of_work import SqlUnitOfWork
from tests.database import NEW_YEAR
from tests.storage.examples import ADA, BEN, GUILD, HERE, SHG, TLC, partnership


@pytest.fixture
async def kept(uow: SqlUnitOfWork) -> UnitOfWork:
    async with uow.write() as tx:
        await tx.partnerships.save(partnership())
    return uow


async def test_partnerships_come_back_as_they_were(kept: UnitOfWork) -> None:
    async with kept.write() as tx:
        other = await tx.partnerships.save(partnership(2, guild_id=7))
        first = await tx.partnerships.get(HERE)
        assert first == replace(partnership(), version=1)
        assert await tx.partnerships.of_guild(GUILD) == (first,)
        assert await tx.partnerships.of_guild(7) == (other,)
        assert await tx.partnerships.of_guild(8) == ()
        assert await tx.partnerships.all() == (first, other)
        with pytest.raises(NotFound):
            await tx.partnerships.get(PartnershipId(9))


async def test_of_two_changes_to_one_partnership_the_second_is_refused(kept: UnitOfWork) -> None:
    async with kept.write() as tx:
        first = await tx.partnerships.get(HERE)
        assert (await tx.partnerships.save(replace(first, name="Hills"))).version == 2
        for stale in (first, partnership()):
            with pytest.raises(Changed):
                await tx.partnerships.save(stale)


async def test_groups_come_and_go_and_only_those_that_changed_are_written(kept: UnitOfWork, engines: Engines) -> None:
    """They are rows of their own (STA-8)."""
    said: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool) -> None:
        said.append(statement)

    def writes() -> list[str]:
        return [each.split()[0] for each in said if " groups" in each and not each.startswith("SELECT")]

    async with kept.write() as tx:
        await tx.partnerships.save(partnership(2))
    event.listen(engines.writer.sync_engine, "before_cursor_execute", hear)
    async with kept.write() as tx:
        first = await tx.partnerships.get(HERE)
        stewards, core, gardens = first.groups
        moved = await tx.partnerships.save(replace(first, mappings=()))
        assert writes() == []
        assert sum(each.startswith("SELECT") for each in said) == 1, "no question more"
        renamed, new = replace(core, name="Core"), Group(GroupId(99), GroupKind.CELL, "Wells", core.id, purpose="Dig.")
        changed = await tx.partnerships.save(replace(moved, groups=(stewards, renamed, new)))
        assert await tx.partnerships.get(HERE) == changed
        assert sorted(writes()) == ["DELETE", "INSERT", "INSERT"]
        opened_again = await tx.partnerships.save(replace(changed, groups=(*changed.groups[:2], gardens, new)))
        assert await tx.partnerships.get(HERE) == opened_again
    event.remove(engines.writer.sync_engine, "before_cursor_execute", hear)
    async with kept.read() as tx:
        assert await tx.partnerships.get(HERE) == opened_again
        assert await tx.partnerships.of_guild(GUILD) == (opened_again, replace(partnership(2), version=1))
        assert await tx.partnerships.all() == await tx.partnerships.of_guild(GUILD)


async def test_who_saves_late_changes_no_group(kept: UnitOfWork) -> None:
    async with kept.write() as tx:
        first = await tx.partnerships.get(HERE)
        await tx.partnerships.save(replace(first, name="Hills"))
        with pytest.raises(Changed):
            await tx.partnerships.save(replace(first, groups=()))
        assert (await tx.partnerships.get(HERE)).groups == first.groups


async def test_a_place_is_one_channel_for_each_purpose(kept: UnitOfWork) -> None:
    channel = 900_000_000_000_000_100
    feed = Place(HERE, PlaceKind.FEED, channel)
    group = Place(HERE, PlaceKind.GROUP, channel + 1, TLC)
    async with kept.write() as tx:
        for place in (feed, group, replace(feed, channel_id=channel + 2), replace(group, lost=True)):
            await tx.partnerships.save_place(place)
        assert set(await tx.partnerships.places(HERE)) == {
            replace(feed, channel_id=channel + 2),
            replace(group, lost=True),
        }
        assert await tx.partnerships.place_at(channel + 2) == replace(feed, channel_id=channel + 2)
        assert await tx.partnerships.place_at(channel) is None


async def test_seats_are_gained_once_and_lost_with_a_reason(kept: UnitOfWork) -> None:
    seat = SeatRecord(ADA, RoleId(11), SHG, "member", NEW_YEAR, how="role given")
    unmapped = SeatRecord(BEN, RoleId(99), SHG, "member", NEW_YEAR)
    everywhere = SeatRecord(BEN, RoleId(13), None, "contributor", NEW_YEAR)
    mappings = {mapping.role: mapping for mapping in partnership().mappings}
    async with kept.write() as tx:
        for each in (seat, seat, unmapped, everywhere):
            await tx.seats.gain(HERE, each)
        assert await tx.seats.held_by(HERE, ADA) == (seat,)
        assert await tx.seats.holdings(partnership()) == (
            Holding(ADA, mappings[RoleId(11)]),
            Holding(BEN, mappings[RoleId(13)]),
        )
        await tx.seats.lose(HERE, ADA, RoleId(11), NEW_YEAR + timedelta(days=1), "left the server", Hand.THEMSELVES)
        assert await tx.seats.held_by(HERE, ADA) == ()
        again = replace(seat, since=NEW_YEAR + timedelta(days=2))
        await tx.seats.gain(HERE, again)
        assert await tx.seats.held_by(HERE, ADA) == (again,)


async def test_a_role_with_two_seats_gives_both(kept: UnitOfWork) -> None:
    here = partnership()
    both = replace(here, mappings=(here.mappings[0], replace(here.mappings[0], seat="facilitator")))
    async with kept.write() as tx:
        for mapping in both.mappings:
            await tx.seats.gain(HERE, SeatRecord(ADA, mapping.role, mapping.group, mapping.seat, NEW_YEAR))
        assert [each.mapping.seat for each in await tx.seats.holdings(both)] == ["member", "facilitator"]
        await tx.seats.lose(HERE, ADA, RoleId(11), NEW_YEAR, "role taken", Hand.OTHERS)
        assert await tx.seats.holdings(both) == ()


async def test_a_person_has_one_random_id(kept: UnitOfWork) -> None:
    users = [900_000_000_000_000_000 + each for each in range(12_000)]
    async with kept.write() as tx:
        first = await tx.people.id_of(users[5])
        found = await tx.people.ids_of([*users, users[0]])
        assert found[users[5]] == first
        assert len(set(found.values())) == len(users)
        assert await tx.people.users_of(found.values()) == {person: user for user, person in found.items()}
    async with kept.read() as tx:
        assert await tx.people.id_of(users[5]) == first


async def test_reading_keeps_nothing_of_a_stranger(kept: UnitOfWork) -> None:
    async with kept.read() as tx:
        stranger = await tx.people.id_of(5)
        assert await tx.people.id_of(5) == stranger
        assert await tx.people.ids_of([5]) == {5: stranger}
    async with kept.read() as tx:
        assert await tx.people.users_of([stranger]) == {}


async def test_every_version_of_a_policy_is_kept(kept: UnitOfWork) -> None:
    first = genesis()
    second = amended(first, {"limits.versions": 3})
    async with kept.write() as tx:
        with pytest.raises(NotFound):
            await tx.policies.current(HERE)
        await tx.policies.add(HERE, first, None, NEW_YEAR)
        await tx.policies.add(HERE, second, ProposalId(7), NEW_YEAR)
        assert await tx.policies.current(HERE) == second
        assert await tx.policies.version(HERE, 1) == first
        with pytest.raises(NotFound):
            await tx.policies.version(HERE, 3)
        with pytest.raises(Changed):
            await tx.policies.add(HERE, second, None, NEW_YEAR)


async def test_the_process_remembers(kept: UnitOfWork) -> None:
    async with kept.write() as tx:
        assert (await tx.runtime.heartbeats()).of(1) is None
        for minute in range(2):
            await tx.runtime.heartbeat(NEW_YEAR + timedelta(minutes=minute))
        await tx.runtime.put("commands", "abc")
    async with kept.read() as tx:
        assert (await tx.runtime.heartbeats()).of(1) == NEW_YEAR + timedelta(minutes=1)
        assert await tx.runtime.get("commands") == "abc"
        assert await tx.runtime.get("nothing") is None
