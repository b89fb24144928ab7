"""A partnership kept on a real database, and the people who act on it through the use cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.governance.effects import Effect, PolicyChange
from bot.governance.ids import GroupId, PartnershipId, PersonId, ProposalId, RoleId
from bot.governance.organisation import Group, GroupKind, Partnership, RoleMapping
from bot.governance.proposals_types import Objection, Proposal, ProposalState, Statement, Text
from bot.services import escalations, objections, proposals, roles
from bot.services import sweep as sweeping
from bot.services.ports.context import Actor, Context
from bot.services.ports.record import Recorded
from storage.tables import metadata
from storage.unit_of_work import SqlUnitOfWork
from tests.database import NEW_YEAR, TestClock

GUILD, ELSEWHERE = 1, 2
HERE = PartnershipId(1)
SHG, TLC, CELL, QUIET = (GroupId(number) for number in (1, 2, 3, 4))

FUND, TRUST, LAB, SHG_RULER, CORE, CORE_RULER, GARDENER, SECRETIVE, ONLOOKER = range(101, 110)
MAPPINGS = (
    RoleMapping(RoleId(FUND), SHG, "member", "financial contributor", "Green Fund", NEW_YEAR, "Green Fund"),
    RoleMapping(RoleId(TRUST), SHG, "member", "strategic partner", "River Trust", NEW_YEAR, "River Trust"),
    RoleMapping(RoleId(LAB), SHG, "member", "domain expert", "Delta Lab", NEW_YEAR, "Delta Lab"),
    RoleMapping(RoleId(SHG_RULER), SHG, "facilitator", mapped_at=NEW_YEAR, name="SHG Facilitator"),
    RoleMapping(RoleId(CORE), TLC, "member", mapped_at=NEW_YEAR, name="Core Team"),
    RoleMapping(RoleId(CORE_RULER), TLC, "facilitator", mapped_at=NEW_YEAR, name="Core Facilitator"),
    RoleMapping(RoleId(GARDENER), CELL, "member", mapped_at=NEW_YEAR, name="Gardener"),
    RoleMapping(RoleId(SECRETIVE), QUIET, "member", mapped_at=NEW_YEAR, name="Quiet"),
    RoleMapping(RoleId(ONLOOKER), SHG, "observer", mapped_at=NEW_YEAR, name="Onlooker"),
)
PARTNERSHIP = Partnership(
    HERE,
    "River Commons",
    GUILD,
    (
        Group(SHG, GroupKind.STAKEHOLDERS, "Stakeholders"),
        Group(TLC, GroupKind.TOP_LEVEL, "Core Team", SHG),
        Group(CELL, GroupKind.CELL, "Gardens", TLC),
        Group(QUIET, GroupKind.CELL, "Quiet", TLC, private=True),
    ),
    MAPPINGS,
    provisional=False,
    created_at=NEW_YEAR,
)

ADA, BEN, CLEO, DEV, ELI, FAY, GUS = range(11, 18)
TIA, TOM, UMA = range(21, 24)
CAL, QUINN, RAY, SUE, ODA, NIA = 31, 41, 42, 43, 51, 61
STAKEHOLDERS = (ADA, BEN, CLEO, DEV, ELI, FAY)
"""Six electors of operational proposals, in three classes."""

PEOPLE: dict[int, frozenset[int]] = {
    ADA: frozenset({FUND}),
    BEN: frozenset({FUND}),
    CLEO: frozenset({TRUST}),
    DEV: frozenset({TRUST}),
    ELI: frozenset({LAB}),
    FAY: frozenset({LAB}),
    GUS: frozenset({SHG_RULER}),
    TIA: frozenset({CORE}),
    TOM: frozenset({CORE, CORE_RULER}),
    UMA: frozenset({CORE}),
    CAL: frozenset({GARDENER}),
    QUINN: frozenset({SECRETIVE}),
    RAY: frozenset({SECRETIVE}),
    SUE: frozenset({SECRETIVE}),
    ODA: frozenset({ONLOOKER}),
}
"""Everyone with their roles. ``NIA`` has none and was never seen; Tia, Tom and Uma are the core team."""

TEXT = Text(
    title="A shared calendar",
    ask="Adopt one calendar that every group keeps up to date.",
    why="People miss meetings; our purpose needs them.",
)
OTHER_TEXT = replace(TEXT, ask="Adopt two calendars that every group keeps up to date, at once.")
REASON = "Volunteers would have to copy every date by hand."
STATEMENT = Statement("harm", REASON, "Let one paid person keep it.")
FREE_KEY = PolicyChange("limits.open_per_author", "4")
"""A key that may change by silence."""
ENTRENCHED_KEY = PolicyChange("objection.threshold", "2")

Tables = dict[str, list[str]]


@dataclass
class Scene:
    """One partnership with its people, on one database."""

    ctx: Context
    clock: TestClock
    roles: dict[int, frozenset[int]] = field(default_factory=lambda: dict(PEOPLE))

    async def set_up(self) -> None:
        """Keep the partnership with its policy, see everyone as its founders, and count it ratified."""
        async with self.ctx.uow.write() as tx:
            founded = await tx.partnerships.save(replace(PARTNERSHIP, provisional=True))
            await tx.policies.add(HERE, self.ctx.genesis, None, NEW_YEAR)
        await self.seen()
        async with self.ctx.uow.write() as tx:
            await tx.partnerships.save(replace(founded, provisional=False))

    async def seen(self) -> None:
        """The bot compares who wears what."""
        await roles.sync_members(self.ctx, GUILD, self.roles, partial=False, how="seen")

    async def joined(self, user: int, *worn: int) -> Actor:
        """Somebody is given roles, and the bot sees it."""
        self.roles[user] = frozenset(worn)
        await roles.sync_members(self.ctx, GUILD, {user: self.roles[user]}, partial=True, how="given")
        return self.actor(user)

    async def left(self, user: int) -> Actor:
        """Somebody leaves the server of their own will; the actor they would be if they came back without roles."""
        self.roles[user] = frozenset()
        await roles.member_left(self.ctx, GUILD, user, by_themselves=True)
        return self.actor(user)

    def actor(self, user: int) -> Actor:
        """Somebody with the roles they wear now."""
        return Actor(user, GUILD, self.roles.get(user, frozenset()))

    async def person(self, user: int) -> PersonId:
        """Their random id."""
        async with self.ctx.uow.read() as tx:
            found = await tx.people.find(user)
        assert found is not None
        return found

    # ---- proposals -------------------------------------------------------------------------------

    async def draft(
        self,
        who: int = TIA,
        type: str = "operational",
        group: GroupId | None = None,
        text: Text = TEXT,
        effects: tuple[Effect, ...] = (),
    ) -> ProposalId:
        """A private draft."""
        view = await proposals.draft(self.ctx, self.actor(who), HERE, type, group, text, effects)
        return view.proposal.id

    async def file(
        self,
        who: int = TIA,
        type: str = "operational",
        group: GroupId | None = None,
        text: Text = TEXT,
        effects: tuple[Effect, ...] = (),
    ) -> ProposalId:
        """A proposal whose review is open."""
        filed = await self.draft(who, type, group, text, effects)
        await proposals.open_review(self.ctx, self.actor(who), filed)
        return filed

    async def object(self, who: int, filed: ProposalId, *, stated: bool = False) -> int:
        """Raise an objection; its number."""
        raised = await objections.raise_objection(self.ctx, self.actor(who), filed, "button")
        assert raised.objection is not None
        if stated:
            await objections.state(self.ctx, self.actor(who), filed, raised.objection.number, STATEMENT)
        return raised.objection.number

    async def disputed(self, who: int = TIA, objector: int = ADA) -> ProposalId:
        """A proposal that one stated objection brought to a dispute."""
        filed = await self.file(who)
        await self.object(objector, filed, stated=True)
        await self.after(hours=72)
        assert await self.state(filed) is ProposalState.DISPUTED
        return filed

    async def escalated(self) -> ProposalId:
        """A proposal in the stakeholders' final vote, open for ballots."""
        filed = await self.disputed()
        await escalations.escalate(self.ctx, self.actor(ADA), filed)
        await self.sweep()
        vote = (await self.get(filed)).vote
        assert vote is not None
        assert vote.opened
        return filed

    async def read_by(self, id: ProposalId, *readers: int) -> None:
        """These people press *I have read it*."""
        for reader in readers:
            await proposals.mark_read(self.ctx, self.actor(reader), id)

    # ---- time ------------------------------------------------------------------------------------

    async def after(self, *, hours: float = 0, by: timedelta = timedelta(0)) -> None:
        """Time passes, and what is due is done."""
        self.clock.forward(timedelta(hours=hours) + by)
        await self.sweep()

    async def sweep(self) -> int:
        """Do what is due."""
        return await sweeping.sweep(self.ctx, (HERE,))

    # ---- what is kept ----------------------------------------------------------------------------

    async def get(self, id: ProposalId) -> Proposal:
        """The dossier."""
        async with self.ctx.uow.read() as tx:
            return await tx.of(Proposal).get(id)

    async def state(self, id: ProposalId) -> ProposalState:
        """Where it stands."""
        return (await self.get(id)).state

    async def objection(self, id: ProposalId, number: int = 1) -> Objection:
        """One of its objections."""
        found = (await self.get(id)).objection(number)
        assert found is not None
        return found

    async def record(self) -> list[Recorded]:
        """The whole chain, which must hold."""
        async with self.ctx.uow.read() as tx:
            verdict = await tx.record.verify(HERE)
            assert verdict.holds, verdict
            return [await tx.record.event(HERE, number) for number in range(1, verdict.events + 1)]

    async def happened(self, id: ProposalId) -> Counter[str]:
        """How often what happened to a proposal."""
        async with self.ctx.uow.read() as tx:
            return Counter(r.event.name for r in await tx.record.of(HERE, f"proposal/{id}"))

    async def tables(self) -> Tables:
        """Every row of every table."""
        assert isinstance(self.ctx.uow, SqlUnitOfWork)
        found: Tables = {}
        async with self.ctx.uow.read() as tx:
            connection = tx.people._session.connection
            for table in metadata.sorted_tables:
                found[table.name] = _sorted(await connection.execute(select(table)))
        return found


def _sorted(rows: Iterable[Any]) -> list[str]:
    return sorted(repr(tuple(row)) for row in rows)
