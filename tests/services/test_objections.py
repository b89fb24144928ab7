"""Objections from hand to end, on real databases: once each, none lost, on time to the instant (OBJ-1 to OBJ-8)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.governance.errors import (
    AlreadyDone,
    BadText,
    Conflicted,
    NotEligible,
    NotFound,
    UnknownKey,
    WindowClosed,
    WrongState,
)
from bot.governance.ids import PersonId, ProposalId
from bot.governance.policy import amended
from bot.governance.proposals_types import ObjectionState, ProposalState, Statement
from bot.governance.seats import SEASON
from bot.services import attempts, objections, proposals, roles
from bot.services.ports.context import Actor, Context
from bot.services.ports.deliveries import DeliveryKind
from bot.services.ports.transaction import Transaction, UnitOfWork
from tests.database import TestClock
from tests.services.scene import (
    ADA,
    BEN,
    CLEO,
    DEV,
    ELI,
    FAY,
    FUND,
    GUILD,
    GUS,
    HERE,
    LAB,
    NIA,
    OTHER_TEXT,
    REASON,
    SHG_RULER,
    STATEMENT,
    TIA,
    TOM,
    TRUST,
    Scene,
)

TICK = timedelta(microseconds=1)


@dataclass
class Queue:
    """A unit of work before which one waits: so much time passes between the act and its transaction."""

    inner: UnitOfWork
    clock: TestClock
    waits: timedelta

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        self.clock.forward(self.waits)
        async with self.inner.write() as tx:
            yield tx

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        async with self.inner.read() as tx:
            yield tx

    @asynccontextmanager
    async def scan(self) -> AsyncIterator[Transaction]:
        async with self.inner.scan() as tx:
            yield tx


def delayed(scene: Scene, waits: timedelta) -> Context:
    return replace(scene.ctx, uow=Queue(scene.ctx.uow, scene.clock, waits))


# ---- raising -----------------------------------------------------------------------------------------


async def test_fifty_identical_acts_raise_one_objection(scene: Scene) -> None:
    filed = await scene.file()
    acts = (objections.raise_objection(scene.ctx, scene.actor(ADA), filed, "reaction") for _ in range(50))
    raised = await asyncio.gather(*acts)
    assert sum(each.new for each in raised) == 1
    assert {each.objection.number for each in raised if each.objection} == {1}
    assert len((await scene.get(filed)).objections) == 1
    assert (await scene.happened(filed))["objection raised"] == 1
    async with scene.ctx.uow.read() as tx:
        notices = [d for d in await tx.deliveries.of_proposal(filed) if d.kind is DeliveryKind.NOTICE]
    assert len(notices) == 1, "acknowledged once"


async def test_fifty_electors_in_the_same_instant_are_all_recorded(scene: Scene) -> None:
    crowd = range(1000, 1050)
    scene.roles |= dict.fromkeys(crowd, frozenset({TRUST}))
    await scene.seen()
    scene.clock.forward(SEASON)
    filed = await scene.file()
    raised = await asyncio.gather(
        *(objections.raise_objection(scene.ctx, scene.actor(user), filed, "reaction") for user in crowd)
    )
    assert all(each.new for each in raised)
    kept = (await scene.get(filed)).objections
    assert [o.number for o in kept] == list(range(1, 51))
    assert {o.person for o in kept} == {await scene.person(user) for user in crowd}
    events = [r.event for r in await scene.record() if r.event.name == "objection raised"]
    assert [(e.data["objection"], e.actor) for e in events] == [(o.number, o.person) for o in kept]
    async with scene.ctx.uow.read() as tx:
        notices = [d for d in await tx.deliveries.of_proposal(filed) if d.kind is DeliveryKind.NOTICE]
    assert len(notices) == 50


async def test_different_acts_of_many_in_the_same_instant_lose_nothing(scene: Scene) -> None:
    filed = await scene.file()
    await asyncio.gather(
        objections.raise_objection(scene.ctx, scene.actor(ADA), filed, "button"),
        objections.concern(scene.ctx, scene.actor(BEN), filed, "Mind the cost."),
        proposals.mark_read(scene.ctx, scene.actor(CLEO), filed),
        proposals.mark_read(scene.ctx, scene.actor(DEV), filed),
        objections.raise_objection(scene.ctx, scene.actor(ELI), filed, "reaction"),
        proposals.revise(scene.ctx, scene.actor(TIA), filed, OTHER_TEXT, ()),
        scene.joined(NIA, LAB),
    )
    proposal = await scene.get(filed)
    assert {o.person for o in proposal.objections} == {await scene.person(ADA), await scene.person(ELI)}
    assert len(proposal.concerns) == 1
    assert len(proposal.versions) == 2
    happened = await scene.happened(filed)
    assert happened["proposal read"] == 2
    await scene.record()


async def test_who_joined_later_is_heard_as_a_concern(scene: Scene) -> None:
    filed = await scene.file()
    newcomer = await scene.joined(NIA, LAB)
    raised = await objections.raise_objection(scene.ctx, newcomer, filed, "reaction")
    assert (raised.concern, raised.objection, raised.new) == (True, None, True)
    again = await objections.raise_objection(scene.ctx, newcomer, filed, "reaction")
    assert (again.concern, again.new) == (True, False)
    proposal = await scene.get(filed)
    assert (len(proposal.objections), [c.why for c in proposal.concerns]) == (0, ["joined later"])


async def test_newcomers_who_act_while_their_seats_are_seen_do_not_block_each_other(scene: Scene) -> None:
    filed = await scene.file()
    crowd = range(2000, 2020)
    given = Actor(0, GUILD, frozenset({LAB}))
    await asyncio.gather(
        *(scene.joined(user, LAB) for user in crowd),
        *(objections.raise_objection(scene.ctx, replace(given, user_id=user), filed, "reaction") for user in crowd),
        *(scene.joined(user, LAB) for user in crowd),
    )
    assert len((await scene.get(filed)).concerns) == 20
    assert [r.event.name for r in await scene.record()].count("seat gained") == 16 + 20


@pytest.mark.parametrize(("who", "why"), [(TIA, "author"), (TOM, "not an elector"), (GUS, "not an elector")])
async def test_who_may_not_object_changes_nothing(scene: Scene, who: int, why: str) -> None:
    filed = await scene.file()
    before = await scene.tables()
    with pytest.raises(NotEligible) as refusal:
        await objections.raise_objection(scene.ctx, scene.actor(who), filed, "reaction")
    assert refusal.value.why == why
    assert await scene.tables() == before


async def test_the_window_is_half_open_to_the_instant(scene: Scene) -> None:
    filed = await scene.file()
    closes_at = (await scene.get(filed)).closes_at
    assert closes_at is not None
    scene.clock.now = closes_at - TICK
    assert (await objections.raise_objection(scene.ctx, scene.actor(ADA), filed, "button")).new
    scene.clock.now = closes_at
    before = await scene.tables()
    with pytest.raises(WindowClosed):
        await objections.raise_objection(scene.ctx, scene.actor(BEN), filed, "button")
    assert await scene.tables() == before


async def test_who_waits_for_a_transaction_past_the_deadline_is_too_late(scene: Scene) -> None:
    """The instant that counts is the transaction's, not the one at which the button was pressed or the form shown."""
    filed = await scene.file()
    closes_at = (await scene.get(filed)).closes_at
    assert closes_at is not None
    scene.clock.now = closes_at - timedelta(seconds=2)
    with pytest.raises(WindowClosed):
        await objections.raise_objection(delayed(scene, timedelta(seconds=2)), scene.actor(ADA), filed, "button")
    scene.clock.now = closes_at - timedelta(seconds=2)
    short = delayed(scene, timedelta(seconds=2) - TICK)
    assert (await objections.raise_objection(short, scene.actor(ADA), filed, "button")).new


async def test_a_reaction_found_after_an_outage_counts_if_the_window_was_open_when_last_ready(scene: Scene) -> None:
    filed = await scene.file()
    closes_at = (await scene.get(filed)).closes_at
    assert closes_at is not None
    scene.clock.now = closes_at + timedelta(minutes=10)
    found = scene.actor(ADA), filed, "reaction"
    raised = await objections.raise_objection(scene.ctx, *found, seen_at=closes_at - TICK)
    assert raised.objection is not None
    assert raised.objection.state_by == scene.clock() + timedelta(hours=48)
    with pytest.raises(WindowClosed):
        await objections.raise_objection(scene.ctx, scene.actor(BEN), filed, "reaction", seen_at=closes_at)


# ---- stating -----------------------------------------------------------------------------------------


async def test_raised_in_the_last_minute_and_stated_after_close_it_counts(scene: Scene) -> None:
    filed = await scene.file()
    scene.clock.forward(timedelta(hours=72) - TICK)
    number = await scene.object(ADA, filed)
    await scene.read_by(filed, BEN)
    await scene.after(by=TICK)
    assert await scene.state(filed) is ProposalState.SETTLING
    scene.clock.forward(timedelta(hours=48) - 2 * TICK)
    await objections.state(scene.ctx, scene.actor(ADA), filed, number, STATEMENT)
    await scene.after(hours=48)
    assert await scene.state(filed) is ProposalState.DISPUTED


async def test_never_stated_it_becomes_a_concern_at_the_instant_and_the_proposal_passes(scene: Scene) -> None:
    filed = await scene.file()
    scene.clock.forward(timedelta(hours=71))
    number = await scene.object(ADA, filed)
    await scene.read_by(filed, BEN)
    await scene.after(hours=1)
    await scene.after(by=timedelta(hours=47) - TICK)
    assert await scene.state(filed) is ProposalState.SETTLING
    scene.clock.forward(TICK)
    with pytest.raises(WindowClosed):
        await objections.state(scene.ctx, scene.actor(ADA), filed, number, STATEMENT)
    await scene.sweep()
    assert (await scene.objection(filed)).state is ObjectionState.CONCERN
    assert await scene.state(filed) is ProposalState.ENACTED
    with pytest.raises(WrongState):
        await objections.state(scene.ctx, scene.actor(ADA), filed, number, STATEMENT)


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        (Statement("taste", REASON), UnknownKey),
        (Statement("harm", "no"), BadText),
        (Statement("harm", " " * 50), BadText),
        (Statement("harm", "x" * 1501), BadText),
        (Statement("agreement", REASON, agreement="x" * 201), BadText),
        (Statement("harm", REASON, "x" * 1501), BadText),
    ],
)
async def test_a_bad_statement_changes_nothing(scene: Scene, statement: Statement, refusal: type[Exception]) -> None:
    filed = await scene.file()
    number = await scene.object(ADA, filed)
    before = await scene.tables()
    with pytest.raises(refusal):
        await objections.state(scene.ctx, scene.actor(ADA), filed, number, statement)
    assert await scene.tables() == before


async def test_only_the_objector_speaks_for_an_objection(scene: Scene) -> None:
    filed = await scene.file()
    number = await scene.object(ADA, filed, stated=True)
    before = await scene.tables()
    for other in (BEN, TIA, TOM, GUS):
        who = scene.actor(other)
        for refused in (
            objections.state(scene.ctx, who, filed, number, STATEMENT),
            objections.withdraw(scene.ctx, who, filed, number),
            objections.answer_revision(scene.ctx, who, filed, number, resolved=True),
            attempts.state(scene.ctx, who, filed, number),
        ):
            with pytest.raises(NotEligible):
                await refused
    with pytest.raises(NotFound):
        await objections.state(scene.ctx, scene.actor(ADA), filed, 2, STATEMENT)
    assert await scene.tables() == before


async def test_withdrawing_is_explicit_and_raising_again_makes_a_new_one(scene: Scene) -> None:
    filed = await scene.file()
    number = await scene.object(ADA, filed, stated=True)
    assert (await objections.mine(scene.ctx, scene.actor(ADA), filed)) is not None
    await objections.withdraw(scene.ctx, scene.actor(ADA), filed, number)
    assert (await objections.mine(scene.ctx, scene.actor(ADA), filed)) is None
    with pytest.raises(WrongState):
        await objections.withdraw(scene.ctx, scene.actor(ADA), filed, number)
    assert await scene.object(ADA, filed) == 2
    assert [o.state for o in (await scene.get(filed)).objections] == [ObjectionState.WITHDRAWN, ObjectionState.RAISED]


async def test_a_reaction_that_disappears_is_asked_about_once(scene: Scene) -> None:
    filed = await scene.file()
    await scene.object(ADA, filed)
    for user in (ADA, ADA, BEN, 4711):
        await objections.reaction_gone(scene.ctx, filed, user)
    happened = await scene.happened(filed)
    assert (happened["reaction gone"], happened["objection withdrawn"]) == (1, 0)
    await objections.reactions_wiped(scene.ctx, filed)
    assert (await scene.objection(filed)).counts


# ---- test of form and appeal -------------------------------------------------------------------------


async def test_the_first_ruling_holds_of_many_in_the_same_instant(scene: Scene) -> None:
    other = await scene.joined(NIA, SHG_RULER)
    scene.clock.forward(SEASON)
    filed = await scene.file()
    number = await scene.object(ADA, filed, stated=True)
    await objections.ask_test(scene.ctx, scene.actor(TIA), filed, number)
    results = await asyncio.gather(
        *(
            objections.rule(scene.ctx, who, filed, number, in_form, REASON)
            for who, in_form in ((scene.actor(GUS), True), (other, False)) * 3
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(each, AlreadyDone) for each in results) == 5
    assert (await scene.happened(filed))["test ruled"] == 1


async def test_nobody_rules_in_their_own_cause(scene: Scene) -> None:
    hats = {TIA: (105, SHG_RULER), ADA: (101, SHG_RULER), TOM: (105, SHG_RULER)}
    for user, worn in hats.items():
        await scene.joined(user, *worn)
    filed = await scene.file()
    number = await scene.object(ADA, filed, stated=True)
    before = await scene.tables()
    for user, why in ((TIA, "author"), (ADA, "objector"), (TOM, "same cell")):
        with pytest.raises(Conflicted) as refusal:
            await objections.rule(scene.ctx, scene.actor(user), filed, number, False, REASON)
        assert refusal.value.why == why
    with pytest.raises(NotEligible):
        await objections.rule(scene.ctx, scene.actor(BEN), filed, number, False, REASON)
    assert await scene.tables() == before


async def test_dismissed_appealed_and_upheld_it_counts_again(scene: Scene) -> None:
    filed = await scene.file()
    number = await scene.object(ADA, filed, stated=True)
    await objections.rule(scene.ctx, scene.actor(GUS), filed, number, False, REASON)
    assert not (await scene.objection(filed)).counts
    with pytest.raises(NotEligible):
        await objections.appeal(scene.ctx, scene.actor(TIA), filed, number, REASON)
    await objections.appeal(scene.ctx, scene.actor(ADA), filed, number, REASON)
    with pytest.raises(AlreadyDone):
        await objections.appeal(scene.ctx, scene.actor(ADA), filed, number, REASON)
    with pytest.raises(Conflicted):
        await objections.vote_on_appeal(scene.ctx, scene.actor(ADA), filed, number, True)
    judges = (BEN, CLEO, DEV)
    await asyncio.gather(
        *(objections.vote_on_appeal(scene.ctx, scene.actor(who), filed, number, True) for who in judges)
    )
    objection = await scene.objection(filed)
    assert objection.state is ObjectionState.STATED
    happened = await scene.happened(filed)
    assert (happened["appeal voted"], happened["appeal decided"]) == (3, 1)
    with pytest.raises(WrongState):
        await objections.vote_on_appeal(scene.ctx, scene.actor(ELI), filed, number, False)


async def test_a_tied_appeal_leaves_the_objection_standing_at_its_deadline(scene: Scene) -> None:
    filed = await scene.file()
    number = await scene.object(ADA, filed, stated=True)
    await objections.rule(scene.ctx, scene.actor(GUS), filed, number, False, REASON)
    await objections.appeal(scene.ctx, scene.actor(ADA), filed, number, REASON)
    await objections.vote_on_appeal(scene.ctx, scene.actor(BEN), filed, number, True)
    await objections.vote_on_appeal(scene.ctx, scene.actor(CLEO), filed, number, False)
    await scene.after(by=timedelta(hours=72) - TICK)
    assert (await scene.objection(filed)).state is ObjectionState.DISMISSED
    await scene.after(by=TICK)
    assert (await scene.objection(filed)).state is ObjectionState.STATED
    assert (await scene.happened(filed))["appeal decided"] == 1
    assert await scene.state(filed) is ProposalState.DISPUTED


# ---- leaving -----------------------------------------------------------------------------------------


async def test_a_leavers_objection_is_sponsored_by_the_first_or_orphaned(scene: Scene) -> None:
    filed = await scene.file()
    number = await scene.object(ADA, filed, stated=True)
    lonely = await scene.object(FAY, filed, stated=True)
    for user in (ADA, FAY):
        scene.roles.pop(user)
        await roles.member_left(scene.ctx, GUILD, user, by_themselves=True)
    for other in (TIA, TOM):
        with pytest.raises(NotEligible):
            await objections.sponsor(scene.ctx, scene.actor(other), filed, number)
    offers = (objections.sponsor(scene.ctx, scene.actor(who), filed, number) for who in (BEN, CLEO, DEV))
    results = await asyncio.gather(*offers, return_exceptions=True)
    assert sum(isinstance(each, AlreadyDone) for each in results) == 2
    await scene.after(hours=48)
    assert [o.state for o in (await scene.get(filed)).objections] == [ObjectionState.STATED, ObjectionState.ORPHANED]
    with pytest.raises(WrongState):
        await objections.sponsor(scene.ctx, scene.actor(ELI), filed, lonely)


async def test_roles_that_changed_between_form_and_submit_count_as_they_are_at_submission(scene: Scene) -> None:
    filed = await scene.file()
    await attempts.concern(scene.ctx, scene.actor(ADA), filed)
    await attempts.concern(scene.ctx, scene.actor(TOM), filed)
    await scene.left(ADA)
    scene.roles[TOM] = frozenset()
    before = await scene.tables()
    with pytest.raises(NotEligible):
        await objections.raise_objection(scene.ctx, scene.actor(ADA), filed, "button")
    for who in (ADA, TOM):
        with pytest.raises(NotEligible):
            await objections.concern(scene.ctx, scene.actor(who), filed, "Mind the cost.")
    assert await scene.tables() == before


async def test_a_seat_taken_away_after_raising_still_lets_the_objector_state_it(scene: Scene) -> None:
    """PRO-9: a seat taken away by anyone else never weakens an objection."""
    filed = await scene.file()
    number = await scene.object(ADA, filed)
    await scene.joined(ADA)
    await attempts.state(scene.ctx, scene.actor(ADA), filed, number)
    await objections.state(scene.ctx, scene.actor(ADA), filed, number, STATEMENT)
    assert (await scene.objection(filed)).state is ObjectionState.STATED


# ---- the one voice of an organisation ----------------------------------------------------------------


async def counted_by_organisation(scene: Scene) -> ProposalId:
    """From the next review on, an organisation is one voice."""
    async with scene.ctx.uow.write() as tx:
        current = await tx.policies.current(HERE)
        await tx.policies.add(HERE, amended(current, {"objection.unit": "organisation"}), None, scene.clock())
    return await scene.file()


async def test_a_colleague_with_the_seat_now_changes_the_voice_of_their_organisation(scene: Scene) -> None:
    """OBJ-6: Ada and Ben are of one fund; the record names who raised it and who changed it."""
    filed = await counted_by_organisation(scene)
    number = await scene.object(ADA, filed)
    await objections.state(scene.ctx, scene.actor(BEN), filed, number, STATEMENT)
    before = await scene.tables()
    cleo = scene.actor(CLEO)
    for refused in (objections.withdraw(scene.ctx, cleo, filed, number), attempts.state(scene.ctx, cleo, filed, 1)):
        with pytest.raises(NotEligible, match="not the organisation"):
            await refused
    assert await scene.tables() == before
    await scene.left(BEN)
    with pytest.raises(NotEligible):
        await objections.withdraw(scene.ctx, scene.actor(BEN), filed, number)
    await scene.joined(BEN, FUND)
    await objections.withdraw(scene.ctx, scene.actor(BEN), filed, number)
    assert (await scene.objection(filed)).state is ObjectionState.WITHDRAWN
    ada, ben = await scene.person(ADA), await scene.person(BEN)
    told = [r.event for r in await scene.record() if r.event.data.get("objection") == number]
    assert [(e.name, e.actor, e.data.get("raised_by")) for e in told] == [
        ("objection raised", ada, None),
        ("objection stated", ben, ada),
        ("objection withdrawn", ben, ada),
    ]


async def test_no_colleague_ends_what_somebody_lost_the_seat_behind(scene: Scene) -> None:
    filed = await counted_by_organisation(scene)
    number = await scene.object(ADA, filed, stated=True)
    await scene.joined(ADA)
    with pytest.raises(NotEligible, match="out of its hands"):
        await objections.withdraw(scene.ctx, scene.actor(BEN), filed, number)
    await objections.sponsor(scene.ctx, scene.actor(BEN), filed, number)
    with pytest.raises(NotEligible, match="objector's own word"):
        await objections.withdraw(scene.ctx, scene.actor(BEN), filed, number)
    assert (await scene.objection(filed)).counts


async def test_why_a_reaction_cannot_be_taken_is_said_by_the_seats_on_record(scene: Scene) -> None:
    """OBJ-1, PRO-9: who lost the seat by another's hand acts as if seated, so only the window can have closed."""
    filed = await scene.file()
    await scene.joined(GUS, LAB)
    await scene.joined(ADA)
    await scene.left(BEN)
    expected = {TIA: "author", TOM: "not an elector", GUS: "joined later", ADA: "window closed", BEN: "no seat now"}
    for who, why in expected.items():
        assert await objections.why_not_taken(scene.ctx, filed, await scene.person(who)) == why, who
    assert await objections.why_not_taken(scene.ctx, filed, PersonId("never seen")) == "no seat"
