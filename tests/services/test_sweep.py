"""What is due is done, each in a transaction of its own, and none twice (PRO-6, RHY-2, EFF-4)."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.governance.errors import NotFound
from bot.governance.events import Event
from bot.governance.ids import PartnershipId, ProposalId
from bot.governance.proposals_events import Nudged
from bot.governance.proposals_types import Proposal, ProposalState
from bot.services import clocks, proposals, votes
from bot.services import sweep as sweeping
from bot.services.ports.deliveries import Asked, DeliveryKind
from bot.ui.announcements import announce
from tests.database import Hearing
from tests.services.scene import (
    ADA,
    BEN,
    CAL,
    CLEO,
    DEV,
    FREE_KEY,
    HERE,
    OTHER_TEXT,
    STAKEHOLDERS,
    TIA,
    TOM,
    UMA,
    Scene,
)

pytestmark = pytest.mark.both_databases

POLICY = "limits.open_per_author"


async def amount(scene: Scene) -> object:
    async with scene.ctx.uow.read() as tx:
        return (await tx.policies.current(HERE)).values[POLICY]


async def test_nothing_due_changes_nothing(scene: Scene) -> None:
    await scene.file()
    await scene.sweep()  # the very first one plans the weekly digest
    before = await scene.tables()
    assert await scene.sweep() == 0
    assert await scene.tables() == before


async def test_a_fault_in_one_proposal_does_not_hold_up_the_others(
    scene: Scene, hearing: Hearing, caplog: pytest.LogCaptureFixture
) -> None:
    ids = [await scene.file(who) for who in (TIA, TOM, UMA)]
    for filed in ids:
        await scene.read_by(filed, ADA, BEN)

    def broken(event: Event) -> tuple[Asked, ...]:
        if event.thing == f"proposal/{ids[0]}":
            raise RuntimeError("cannot be told")
        return announce(event)

    hearing.announce = broken
    before = await scene.get(ids[0])
    with caplog.at_level(logging.ERROR):
        await scene.after(hours=72)
    assert [await scene.state(filed) for filed in ids] == [
        ProposalState.REVIEW,
        ProposalState.ENACTED,
        ProposalState.ENACTED,
    ]
    assert await scene.get(ids[0]) == before, "what failed is as it was"
    (told,) = [r for r in caplog.records if r.exc_info]
    assert told.getMessage() == f"not advanced: proposal {ids[0]}"
    async with scene.ctx.uow.read() as tx:
        assert await tx.of(Proposal).due(scene.clock()) == (ids[0],), "and stays due"
    hearing.announce = announce
    await scene.sweep()
    assert await scene.state(ids[0]) is ProposalState.ENACTED


async def test_what_runs_is_looked_at_before_its_next_step_and_a_fault_in_looking_holds_up_no_other(
    scene: Scene,
) -> None:
    ids = [await scene.file(who) for who in (TIA, TOM, UMA)]
    for filed in ids:
        await scene.read_by(filed, ADA, BEN)
    looked: list[ProposalId] = []

    async def look(partnership: PartnershipId, closing: ProposalId) -> bool:
        looked.append(closing)
        if closing == ids[0]:
            raise RuntimeError("cannot be looked at")
        return closing != ids[1]

    scene.clock.forward(timedelta(hours=48))
    await sweeping.sweep(scene.ctx, {HERE}, look)
    assert sorted(looked) == ids, "a reminder is due: who it is for may be kept from acting"
    looked.clear()
    scene.clock.forward(timedelta(hours=24))
    await sweeping.sweep(scene.ctx, {HERE}, look)
    assert sorted(looked) == ids
    assert [await scene.state(filed) for filed in ids] == [
        ProposalState.REVIEW,
        ProposalState.REVIEW,
        ProposalState.ENACTED,
    ]


async def test_two_sweeps_at_the_same_instant_decide_once(scene: Scene) -> None:
    filed = await scene.file(type="policy", effects=(FREE_KEY,))
    await scene.read_by(filed, ADA, BEN)
    scene.clock.forward(timedelta(hours=72))
    await asyncio.gather(*(scene.sweep() for _ in range(4)))
    assert await scene.state(filed) is ProposalState.PASSED
    scene.clock.forward(timedelta(hours=48))
    await asyncio.gather(*(scene.sweep() for _ in range(4)))
    assert await scene.state(filed) is ProposalState.ENACTED
    happened = await scene.happened(filed)
    for once in ("window closed", "proposal passed", "proposal enacted", "policy amended"):
        assert happened[once] == 1, once
    assert await amount(scene) == 4
    async with scene.ctx.uow.read() as tx:
        assert (await tx.policies.current(HERE)).version == 2
        outcomes = [d for d in await tx.deliveries.of_proposal(filed) if d.kind is DeliveryKind.OUTCOME]
    assert len(outcomes) == 2, "one for the pass, one for the enactment"
    before = await scene.tables()
    await scene.sweep()
    assert await scene.tables() == before


async def test_everything_due_at_once_is_done_in_one_sweep(scene: Scene) -> None:
    silent = await scene.file(TIA)
    await scene.read_by(silent, ADA, BEN)
    unread = await scene.file(TIA)
    disputed = await scene.file(TOM)
    await scene.object(ADA, disputed, stated=True)
    unstated = await scene.file(TOM)
    await scene.object(CLEO, unstated)
    await scene.read_by(unstated, DEV)
    policy = await scene.file(UMA, "policy", effects=(FREE_KEY,))
    await scene.read_by(policy, ADA, BEN)
    draft = await scene.draft(CAL, "general")
    scene.clock.forward(timedelta(days=15))
    assert await scene.sweep() == 6
    assert {
        await scene.state(silent): "silent",
        await scene.state(disputed): "disputed",
        await scene.state(draft): "draft",
        await scene.state(policy): "policy",
        await scene.state(unread): "unread",
    } == {
        ProposalState.ENACTED: "silent",
        ProposalState.DISPUTED: "disputed",
        ProposalState.DISCARDED: "draft",
        ProposalState.PASSED: "policy",
        ProposalState.REVIEW: "unread",
    }
    assert await scene.state(unstated) is ProposalState.ENACTED
    assert (await scene.get(unread)).extended
    async with scene.ctx.uow.read() as tx:
        assert await tx.of(Proposal).due(scene.clock()) == ()
    await scene.record()


async def test_partnerships_that_are_not_named_wait(scene: Scene) -> None:
    filed = await scene.file()
    scene.clock.forward(timedelta(days=30))
    before = await scene.tables()
    assert await sweeping.sweep(scene.ctx, ()) == 0
    assert await sweeping.sweep(scene.ctx, (PartnershipId(77),)) == 0
    assert await scene.tables() == before
    assert await scene.state(filed) is ProposalState.REVIEW


async def test_the_next_deadline_is_the_earliest_of_all(scene: Scene) -> None:
    assert await sweeping.next_due_at(scene.ctx) is None
    filed = await scene.file()
    closes_at = (await scene.get(filed)).closes_at
    assert closes_at is not None
    nudge_at = await sweeping.next_due_at(scene.ctx)
    assert nudge_at is not None
    assert nudge_at < closes_at
    scene.clock.now = nudge_at
    await scene.sweep()
    assert (await scene.get(filed)).nudged
    assert await sweeping.next_due_at(scene.ctx) == closes_at
    await proposals.withdraw(scene.ctx, scene.actor(TIA), filed)
    assert await sweeping.next_due_at(scene.ctx) == datetime(2026, 1, 5, 9, tzinfo=UTC), "Monday's digest"


async def test_the_nudge_goes_once_and_only_to_those_who_did_nothing(scene: Scene) -> None:
    filed = await scene.file()
    await scene.read_by(filed, ADA)
    await scene.object(BEN, filed)
    nudge_at = await sweeping.next_due_at(scene.ctx)
    assert nudge_at is not None
    while not (await scene.get(filed)).nudged:
        scene.clock.now = await sweeping.next_due_at(scene.ctx) or scene.clock.now
        await scene.sweep()
    (nudge,) = [each.event for each in await scene.record() if each.event.type is Nudged]
    undecided = {await scene.person(user) for user in STAKEHOLDERS if user not in {ADA, BEN}}
    assert set(cast("list[str]", nudge.data["people"])) == undecided


async def test_of_two_changes_of_one_key_the_second_goes_stale_and_can_be_rebased(scene: Scene) -> None:
    first = await scene.file(TIA, "policy", effects=(FREE_KEY,))
    second = await scene.file(TOM, "policy", text=OTHER_TEXT, effects=(FREE_KEY,))
    for filed in (first, second):
        await scene.read_by(filed, ADA, BEN)
    await scene.after(hours=72)
    scene.clock.forward(timedelta(hours=48))
    await asyncio.gather(scene.sweep(), scene.sweep())
    await scene.sweep()
    assert sorted([await scene.state(first), await scene.state(second)]) == [ProposalState.ENACTED, ProposalState.STALE]
    assert await amount(scene) == 4
    stale, author = (second, TOM) if await scene.state(second) is ProposalState.STALE else (first, TIA)
    five = replace(FREE_KEY, value="5")
    await proposals.revise(scene.ctx, scene.actor(author), stale, OTHER_TEXT, (five,))
    await scene.read_by(stale, ADA, BEN)
    await scene.after(hours=48)
    await scene.after(hours=48)
    assert await scene.state(stale) is ProposalState.ENACTED
    assert await amount(scene) == 5


async def test_a_vote_that_ends_uncounted_leaves_no_ballot_behind(scene: Scene) -> None:
    """DEC-3a: once the vote is over, nothing links a person to a choice, however it ended."""
    filed = await scene.escalated()
    await votes.cast(scene.ctx, scene.actor(BEN), filed, {"against": 1})
    await clocks.stop(scene.ctx, filed, "card missing", scene.clock())
    await scene.after(by=timedelta(days=14))
    assert await scene.state(filed) is ProposalState.NOT_ADOPTED
    assert (await scene.tables())["ballots"] == []


async def test_an_unknown_proposal_cannot_be_advanced(scene: Scene) -> None:
    with pytest.raises(NotFound):
        await sweeping.advance(scene.ctx, proposals.NOUN, ProposalId(4711))
