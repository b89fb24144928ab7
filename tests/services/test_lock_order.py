"""On PostgreSQL, where transactions wait for each other's rows: none waits for one that waits for it.

Whatever changes a partnership or its seats takes the open proposals first, as every act and every sweep does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from bot.governance.ids import PartnershipId, ProposalId
from bot.governance.organisation import Partnership
from bot.governance.policy import genesis
from bot.governance.proposals_types import Proposal, ProposalState, Text
from bot.services import lifecycle, members, objections, proposals, roles, scales
from bot.services import sweep as sweeping
from bot.services.ports.context import Actor, Context
from bot.ui.scales_ratifications import composed
from storage.engine import Engines
from storage.unit_of_work import SqlUnitOfWork
from tests.database import PostgresServer, TestClock
from tests.services.town import GUILD, Town, actor, founded, moderator

P = PartnershipId(1)
ADA, BEN, CLEO, TIA, NEW = 11, 12, 13, 21, 77
Act = Callable[[], Awaitable[object]]


@pytest.fixture
def database_url(postgresql_server: PostgresServer) -> str:
    """This is about row locks: SQLite has a single writer."""
    return postgresql_server.emptied()


@pytest.fixture
def ctx(uow: SqlUnitOfWork, clock: TestClock) -> Context:
    return Context(uow, clock, genesis())


@pytest.fixture
async def town(ctx: Context) -> Town:
    """Three stakeholders and one of the core."""
    town = Town()
    await founded(ctx, town)
    stakeholder = town.named("Stakeholder")
    town.people = {user: {stakeholder} for user in (ADA, BEN, CLEO)} | {TIA: {town.named("Core Team")}}
    await roles.sync_members(ctx, GUILD, town.members(), partial=False, how="seen")
    return town


async def to_be_ratified(ctx: Context, town: Town) -> ProposalId:
    """The partnership's first proposal, adopted, its timelock at an end."""
    view = await scales.ratify(ctx, moderator(), P, composed)
    async with ctx.uow.write() as tx:
        proposal = await tx.of(Proposal).get(view.proposal.id)
        adopted = replace(proposal, state=ProposalState.ADOPTED, timelock_ends_at=ctx.clock())
        await tx.of(Proposal).save(adopted)
    return view.proposal.id


async def under_review(ctx: Context, town: Town) -> ProposalId:
    words = Text(
        title="A shared calendar",
        ask="Adopt one calendar that every group keeps up to date.",
        why="People miss meetings; our purpose needs them.",
    )
    view = await proposals.draft(ctx, actor(town, TIA), P, "operational", None, words)
    return (await proposals.open_review(ctx, actor(town, TIA), view.proposal.id)).proposal.id


class Meeting:
    """Two transactions that meet: the second begins while the first holds its proposal, and waits for a row."""

    def __init__(self, engines: Engines, second: Act) -> None:
        self._engines = engines
        self._second = second
        self._begun: asyncio.Task[object] | None = None

    def before(self, first_goes_on: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """The same step of the first transaction, after the second has come to a stop."""

        async def step(*args: Any, **kwargs: Any) -> Any:
            if self._begun is None:
                self._begun = asyncio.ensure_future(self._wait_for(self._second))
                async with asyncio.timeout(30):
                    while not await self._somebody_waits():
                        assert not self._begun.done()
            return await first_goes_on(*args, **kwargs)

        return step

    async def ended(self) -> None:
        """The second has its turn too."""
        assert self._begun is not None
        await self._begun

    async def _wait_for(self, act: Act) -> object:
        return await act()

    async def _somebody_waits(self) -> bool:
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        async with self._engines.read() as connection:
            return bool((await connection.execute(waiting)).scalar_one())


async def partnership(ctx: Context) -> Partnership:
    async with ctx.uow.read() as tx:
        return await tx.partnerships.get(P)


async def map_anew(ctx: Context, town: Town, role: int) -> None:
    await roles.map_role(ctx, town, moderator(), role, "Stakeholders", "member", organisation="Green Fund")


async def unmap(ctx: Context, town: Town, role: int) -> None:
    await roles.unmap_role(ctx, town, moderator(), role)


async def delete(ctx: Context, town: Town, role: int) -> None:
    await roles.role_deleted(ctx, GUILD, role)


@pytest.mark.parametrize("change", [map_anew, unmap, delete])
async def test_a_ratifying_sweep_and_a_change_of_roles_wait_for_one_another(
    ctx: Context,
    town: Town,
    engines: Engines,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Context, Town, int], Awaitable[None]],
) -> None:
    filed = await to_be_ratified(ctx, town)
    role = town.named("Stakeholder")
    meeting = Meeting(engines, lambda: change(ctx, town, role))
    monkeypatch.setattr(lifecycle, "_enact", meeting.before(lifecycle._enact))
    await sweeping.advance(ctx, proposals.NOUN, filed)
    await meeting.ended()
    async with ctx.uow.read() as tx:
        assert (await tx.of(Proposal).get(filed)).state is ProposalState.ENACTED
        assert (await tx.record.verify(P)).holds
    kept = await partnership(ctx)
    assert not kept.provisional  # neither wrote over the other
    (mapping,) = [m for m in kept.mappings if m.role == role]
    assert mapping.lost is (change is not map_anew)
    assert mapping.organisation == ("Green Fund" if change is map_anew else "")


async def test_a_newcomer_who_acts_while_their_role_is_mapped_waits_for_it(
    ctx: Context, town: Town, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = await under_review(ctx, town)
    fund, core = town.add_role("Green Fund"), town.named("Core Team")
    town.people[NEW] = {fund, core}
    meeting = Meeting(engines, lambda: map_anew(ctx, town, fund))
    monkeypatch.setattr(members, "member_of", meeting.before(members.member_of))
    await objections.concern(ctx, Actor(NEW, GUILD, frozenset({fund, core})), filed, "Who keeps it?")
    await meeting.ended()
    async with ctx.uow.read() as tx:
        assert [c.text for c in (await tx.of(Proposal).get(filed)).concerns] == ["Who keeps it?"]
        person = await tx.people.find(NEW)
        assert person is not None
        assert [r.role for r in await tx.seats.held_by(P, person)] == [fund]
