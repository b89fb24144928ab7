"""The one clock rule in use: heartbeats, outages, what was deleted, on real databases (PRO-10, PRO-11)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.governance import clock as rules
from bot.governance.errors import NotFound
from bot.governance.ids import PartnershipId, ProposalId
from bot.governance.proposals_types import ProposalState
from bot.governance.stops_events import ClocksMoved
from bot.services import clocks, objections, outbox, proposals
from bot.services.ports.deliveries import DeliveryKind, DeliveryState
from tests.services.scene import ADA, BEN, FREE_KEY, GUILD, HERE, SHG, STATEMENT, TIA, TLC, TOM, Scene

TOLERANCE = timedelta(minutes=15)
TICK = timedelta(microseconds=1)


@pytest.mark.both_databases
async def test_the_heartbeat_is_the_last_instant_at_which_the_bot_was_ready(scene: Scene) -> None:
    assert await clocks.last_ready(scene.ctx, GUILD) is None
    await clocks.beat(scene.ctx)
    first = scene.clock()
    scene.clock.forward(timedelta(minutes=1))
    assert await clocks.last_ready(scene.ctx, GUILD) == first
    await asyncio.gather(*(clocks.beat(scene.ctx) for _ in range(5)))
    assert await clocks.last_ready(scene.ctx, GUILD) == scene.clock()


async def test_an_outage_moves_every_deadline_and_is_granted_once_even_when_found_twice(scene: Scene) -> None:
    review = await scene.file(TIA)
    number = await scene.object(ADA, review)
    passed = await scene.file(TOM, "policy", effects=(FREE_KEY,))
    await scene.read_by(passed, ADA, BEN)
    draft = await scene.draft(TIA)
    await clocks.beat(scene.ctx)
    since = scene.clock()
    before = await scene.get(review), (await scene.objection(review, number)).state_by
    scene.clock.forward(timedelta(hours=5))
    await clocks.grant_outage(scene.ctx, HERE, since)
    # The process died before it could write a heartbeat, and finds the same outage again.
    scene.clock.forward(timedelta(minutes=2))
    await clocks.grant_outage(scene.ctx, HERE, since)
    after = await scene.get(review)
    assert before[0].closes_at is not None
    assert before[1] is not None
    assert after.closes_at == before[0].closes_at + timedelta(hours=5)
    assert (await scene.objection(review, number)).state_by == before[1] + timedelta(hours=5)
    assert after.clock.stood == timedelta(hours=5)
    assert not rules.is_stopped(after)
    for each in (review, passed):
        happened = await scene.happened(each)
        assert (happened["clock stopped"], happened["clock resumed"]) == (1, 1)
    assert await scene.happened(draft) == {}


async def test_an_outage_is_told_once_for_each_group_however_many_proposals_wait(scene: Scene) -> None:
    """And not in a thread: with many open proposals that would be thousands of messages."""
    several = [await scene.file(TIA), await scene.file(TOM), await scene.file(TOM, "general", group=TLC)]
    await clocks.beat(scene.ctx)
    since = scene.clock()
    scene.clock.forward(timedelta(hours=5))
    await clocks.grant_outage(scene.ctx, HERE, since)
    await clocks.grant_outage(scene.ctx, HERE, since)
    told = [r.event for r in await scene.record() if r.event.type is ClocksMoved]
    assert {(e.thing, e.data["minutes"], str(e.data["numbers"])) for e in told} == {
        (f"group/{SHG}", 300, "[1, 2]"),
        (f"group/{TLC}", 300, "[3]"),
    }
    assert len(told) == 2
    for each in several:
        kinds = [d.kind for d in await outbox.of_proposal(scene.ctx, each)]
        assert DeliveryKind.NOTICE not in kinds
    later = scene.clock()
    scene.clock.forward(timedelta(hours=1))
    await clocks.grant_outage(scene.ctx, HERE, later)
    assert len([r for r in await scene.record() if r.event.type is ClocksMoved]) == 4, "another outage"


async def test_two_that_find_the_same_outage_at_once_grant_it_once(scene: Scene) -> None:
    filed = await scene.file()
    closes_at = (await scene.get(filed)).closes_at
    assert closes_at is not None
    since = scene.clock()
    scene.clock.forward(timedelta(hours=5))
    await asyncio.gather(*(clocks.grant_outage(scene.ctx, HERE, since) for _ in range(4)))
    assert (await scene.get(filed)).closes_at == closes_at + timedelta(hours=5)
    assert (await scene.happened(filed))["clock resumed"] == 1


@pytest.mark.parametrize(("length", "granted"), [(TOLERANCE, False), (TOLERANCE + TICK, True)])
async def test_the_tolerance_is_not_an_outage(scene: Scene, length: timedelta, granted: bool) -> None:
    filed = await scene.file()
    closes_at = (await scene.get(filed)).closes_at
    assert closes_at is not None
    since = scene.clock()
    scene.clock.forward(length)
    await clocks.grant_outage(scene.ctx, HERE, since)
    assert (await scene.get(filed)).closes_at == closes_at + (length if granted else timedelta(0))


async def test_a_window_that_ended_during_an_outage_is_still_open_after_it(scene: Scene) -> None:
    filed = await scene.file()
    scene.clock.forward(timedelta(hours=71))
    since = scene.clock()
    scene.clock.forward(timedelta(hours=10))
    await clocks.grant_outage(scene.ctx, HERE, since)
    assert await scene.sweep() == 1, "the nudge"
    assert await scene.state(filed) is ProposalState.REVIEW
    scene.clock.forward(timedelta(minutes=59))
    assert (await objections.raise_objection(scene.ctx, scene.actor(ADA), filed, "button")).new
    await scene.after(by=timedelta(minutes=1))
    assert await scene.state(filed) is ProposalState.SETTLING


async def test_a_timelock_that_ended_during_an_outage_runs_its_remainder(scene: Scene) -> None:
    filed = await scene.file(type="policy", effects=(FREE_KEY,))
    await scene.read_by(filed, ADA, BEN)
    await scene.after(hours=72)
    scene.clock.forward(timedelta(hours=47))
    since = scene.clock()
    scene.clock.forward(timedelta(hours=24))
    await clocks.grant_outage(scene.ctx, HERE, since)
    assert await scene.sweep() == 0
    await proposals.halt(scene.ctx, scene.actor(ADA), filed)
    await scene.after(hours=1)
    assert await scene.state(filed) is ProposalState.ENACTED


async def test_while_the_clock_stands_nothing_is_decided_and_people_may_go_on(scene: Scene) -> None:
    filed = await scene.file()
    number = await scene.object(ADA, filed)
    await clocks.stop(scene.ctx, filed, rules.CARD, scene.clock())
    await clocks.stop(scene.ctx, filed, rules.CARD, scene.clock())
    await scene.after(hours=13 * 24)
    assert await scene.state(filed) is ProposalState.REVIEW
    await objections.state(scene.ctx, scene.actor(ADA), filed, number, STATEMENT)
    assert await scene.object(BEN, filed) == 2
    for _ in range(2):
        await clocks.resume(scene.ctx, filed, rules.CARD)
    happened = await scene.happened(filed)
    assert (happened["clock stopped"], happened["clock resumed"]) == (1, 1)
    await scene.after(hours=72)
    assert await scene.state(filed) is ProposalState.DISPUTED


async def test_what_could_not_be_held_for_fourteen_days_is_not_adopted(scene: Scene) -> None:
    filed = await scene.file()
    await clocks.stop(scene.ctx, filed, rules.CARD, scene.clock())
    await scene.after(by=timedelta(days=14) - TICK)
    assert await scene.state(filed) is ProposalState.REVIEW
    await scene.after(by=TICK)
    assert (await scene.get(filed)).outcome == "could not be held"


async def test_a_card_hidden_for_thirteen_days_and_again_is_not_held_up_for_ever(scene: Scene) -> None:
    filed = await scene.file()
    await clocks.stop(scene.ctx, filed, rules.CARD, scene.clock())
    await scene.after(hours=13 * 24)
    await clocks.resume(scene.ctx, filed, rules.CARD)
    await scene.after(hours=1)
    await clocks.stop(scene.ctx, filed, rules.CARD, scene.clock())
    await scene.after(by=timedelta(days=1) - TICK)
    assert await scene.state(filed) is ProposalState.REVIEW
    await scene.after(by=TICK)
    assert (await scene.get(filed)).outcome == "could not be held"


async def test_what_runs_is_what_has_a_deadline(scene: Scene) -> None:
    filed = await scene.file()
    gone = await scene.file(TOM)
    await proposals.withdraw(scene.ctx, scene.actor(TOM), gone)
    await scene.draft()
    assert await clocks.running(scene.ctx, HERE) == (filed,)
    assert await clocks.running(scene.ctx, PartnershipId(9)) == ()
    with pytest.raises(NotFound):
        await clocks.stop(scene.ctx, ProposalId(4711), rules.CARD, scene.clock())


@pytest.mark.both_databases
async def test_a_deleted_card_decides_nothing_and_is_posted_again(scene: Scene) -> None:
    filed = await scene.file()
    shown = {d.kind: d for d in await outbox.of_proposal(scene.ctx, filed)}
    card = shown[DeliveryKind.CARD]

    stands = replace(card, state=DeliveryState.SENT, shown=card.wanted, channel_id=7, message_id=8)
    await outbox.keep(scene.ctx, (stands,))
    assert (await outbox.of_message(scene.ctx, 8)) == stands
    await clocks.forget_message(scene.ctx, stands)
    again = {d.kind: d for d in await outbox.of_proposal(scene.ctx, filed)}[DeliveryKind.CARD]
    assert (again.state, again.message_id) == (DeliveryState.PENDING, None)
    assert again in await outbox.waiting(scene.ctx, HERE, 100)
    await clocks.forget_message(scene.ctx, stands)
    await clocks.posted_again(scene.ctx, replace(stands, message_id=9))
    assert (await outbox.of_message(scene.ctx, 8)) is None
    happened = await scene.happened(filed)
    assert (happened["card lost"], happened["card posted again"]) == (1, 1)
    assert await scene.state(filed) is ProposalState.REVIEW
    feedless = replace(card, proposal=None)
    before = await scene.tables()
    await clocks.forget_message(scene.ctx, feedless)
    assert await scene.tables() == before
