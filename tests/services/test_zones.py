"""The partnership's zone is a rule of its policy: whose clocks count where nobody chose another (POL-1, RHY-1)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.governance.effects import PolicyChange
from bot.governance.meetings import Meeting
from bot.governance.policy import amended
from bot.governance.retros import plan
from bot.services import digests, meetings, reminders, retros, surveys
from bot.services.meetings import Wanted
from bot.services.reminders import Hours
from bot.services.retros import Later
from tests.services.scene import ADA, BEN, GUS, HERE, SHG, TIA, TLC, TOM, Scene

TOKYO, BERLIN = "Asia/Tokyo", "Europe/Berlin"


@pytest.fixture
async def in_tokyo(scene: Scene) -> Scene:
    async with scene.ctx.uow.write() as tx:
        there = amended(await tx.policies.current(HERE), {"clock.zone": TOKYO})
        await tx.policies.add(HERE, there, None, scene.clock())
    return scene


async def next_digest(scene: Scene) -> datetime | None:
    await scene.sweep()
    async with scene.ctx.uow.read() as tx:
        return await digests.next_due_at(tx, (HERE,))


async def test_what_names_no_zone_is_meant_on_the_partnerships_clocks(in_tokyo: Scene) -> None:
    scene = in_tokyo
    met = await meetings.draft(scene.ctx, scene.actor(TOM), HERE, Wanted("friday 18:00", group=TLC))
    assert met.meeting.zone == TOKYO
    _, understood = await retros.plan_later(
        scene.ctx, scene.actor(TOM), HERE, TLC, plan("start, stop, continue"), Later("in 2 days at 18:00")
    )
    assert understood.zone == TOKYO
    made = await surveys.create(scene.ctx, scene.actor(GUS), HERE, SHG, "Pulse", "To decide better.")
    planned = await surveys.plan(scene.ctx, scene.actor(GUS), made.survey.id, "friday 18:00")
    assert planned.survey.zone == TOKYO
    assert planned.survey.closes_at == met.meeting.starts_at
    assert (await reminders.preferences(scene.ctx, scene.actor(ADA), HERE)).zone == TOKYO


async def test_a_zone_of_ones_own_counts_for_oneself_and_for_that_meeting_alone(in_tokyo: Scene) -> None:
    scene = in_tokyo
    wanted = Wanted("friday 18:00", zone=BERLIN, every="week", group=TLC)
    typed = await meetings.draft(scene.ctx, scene.actor(TOM), HERE, wanted)
    held = (await meetings.confirm(scene.ctx, scene.actor(TOM), typed.meeting.id)).meeting
    assert (held.zone, held.cadence and held.cadence.zone) == (BERLIN, BERLIN)
    following = await meetings.draft(scene.ctx, scene.actor(TOM), HERE, Wanted("friday 18:00", group=TLC))
    assert following.meeting.zone == TOKYO, "not whatever the last meeting used"
    await reminders.set_hours(scene.ctx, scene.actor(ADA), HERE, Hours(BERLIN, "", "", ""))
    assert (await reminders.preferences(scene.ctx, scene.actor(ADA), HERE)).zone == BERLIN
    assert (await reminders.preferences(scene.ctx, scene.actor(BEN), HERE)).zone == TOKYO


async def test_a_decision_moves_the_digest_to_the_new_clocks_and_no_meeting_that_stands(scene: Scene) -> None:
    typed = await meetings.draft(scene.ctx, scene.actor(TOM), HERE, Wanted("in 20 days at 18:00", group=TLC))
    held = (await meetings.confirm(scene.ctx, scene.actor(TOM), typed.meeting.id)).meeting
    before = await next_digest(scene)
    assert before is not None
    assert f"{before:%A %H:%M}" == "Monday 09:00"
    filed = await scene.file(TIA, "policy", effects=(PolicyChange("clock.zone", " asia/tokyo "),))
    await scene.read_by(filed, ADA, BEN)
    await scene.after(hours=72)
    await scene.after(hours=48)
    moved = await next_digest(scene)
    assert moved is not None
    assert f"{moved.astimezone(ZoneInfo(TOKYO)):%A %H:%M}" == "Monday 09:00"
    async with scene.ctx.uow.read() as tx:
        kept = await tx.of(Meeting).get(held.id)
    assert (kept.zone, kept.starts_at) == ("UTC", held.starts_at)
