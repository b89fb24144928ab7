"""Health on real databases: looked at daily, a crossing told once, private groups left to themselves (ORG-7)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.governance.errors import NotEligible, NotFound
from bot.governance.health import Check
from bot.governance.ids import PartnershipId
from bot.governance.organisation import GroupKind
from bot.services import health
from bot.services.ports.context import Actor
from bot.services.ports.deliveries import DeliveryKind
from bot.services.ports.record import Recorded
from tests.services.scene import ADA, ELSEWHERE, FUND, GUS, HERE, NIA, PARTNERSHIP, QUIET, QUINN, SHG, TLC, Scene


async def marked(scene: Scene) -> list[Recorded]:
    return [each for each in await scene.record() if each.event.name == "health marked"]


async def a_day(scene: Scene) -> None:
    scene.clock.forward(timedelta(days=1))
    await health.look(scene.ctx, (HERE,))


async def crowd(scene: Scene, *people: int) -> None:
    """These people wear the role of one organisation."""
    for person in people:
        await scene.joined(person, FUND)


async def test_crossing_is_told_once_in_the_feed_until_it_fell_below(scene: Scene) -> None:
    await a_day(scene)
    assert await marked(scene) == []
    await crowd(scene, 201, 202, 203)
    assert await marked(scene) == []
    await a_day(scene)
    (event,) = await marked(scene)
    assert dict(event.event.data) == {
        "check": "seats",
        "part": 5,
        "whole": 10,
        "group": "Stakeholders",
        "organisation": "Green Fund",
    }
    for _ in range(3):
        await a_day(scene)
    assert len(await marked(scene)) == 1
    await scene.joined(203)
    await scene.joined(202)
    await a_day(scene)
    await crowd(scene, 202, 203)
    await a_day(scene)
    assert len(await marked(scene)) == 2
    async with scene.ctx.uow.read() as tx:
        logs = [d for d in await tx.deliveries.waiting(scene.clock(), 200) if d.kind is DeliveryKind.LOG]
    numbers = {each.number for each in await marked(scene)}
    assert sum(d.event in numbers for d in logs) == 2


async def test_looked_at_once_a_day_and_once_after_a_month_away(scene: Scene) -> None:
    assert await health.look(scene.ctx, (HERE,)) == 0
    scene.clock.forward(timedelta(days=31))
    assert [await health.look(scene.ctx, (HERE,)) for _ in range(2)] == [1, 0]
    async with scene.ctx.uow.read() as tx:
        kept = json.loads(await tx.runtime.get(f"health/{HERE}") or "")
    assert kept["next"] == (scene.clock() + timedelta(days=1)).isoformat()
    before = await scene.tables()
    await health.look_at(scene.ctx, HERE)
    assert await scene.tables() == before
    scene.clock.forward(timedelta(days=1))
    assert await health.look(scene.ctx, ()) == 0
    assert await health.look(scene.ctx, (HERE,)) == 1


async def test_one_that_cannot_be_looked_at_holds_up_no_other(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    async with scene.ctx.uow.write() as tx:
        await tx.partnerships.save(replace(PARTNERSHIP, id=PartnershipId(2), groups=()))
    scene.clock.forward(timedelta(days=1))
    assert await health.look(scene.ctx, (PartnershipId(2), HERE)) == 2
    assert "partnership 2" in caplog.text
    assert await health.look(scene.ctx, (PartnershipId(2), HERE)) == 1


async def test_somebody_who_facilitates_for_more_than_a_year(scene: Scene) -> None:
    for _ in range(2):
        scene.clock.forward(timedelta(days=182))
        await a_day(scene)
    found = [each for each in await marked(scene) if each.event.data["check"] == "facilitator"]
    assert {each.event.data["person"] for each in found} >= {await scene.person(GUS)}
    view = await health.health(scene.ctx, scene.actor(ADA), HERE, SHG)
    reading = next(each for each in view.readings if each.check is Check.FACILITATOR)
    assert (reading.over, reading.people) == (True, (await scene.person(GUS),))


async def test_a_private_group_is_looked_at_by_its_members_only(scene: Scene) -> None:
    for_others = await health.health(scene.ctx, scene.actor(ADA), HERE)
    for_members = await health.health(scene.ctx, scene.actor(QUINN), HERE)
    assert QUIET not in {each.group for each in for_others.readings}
    assert QUIET in {each.group for each in for_members.readings}
    assert (for_others.scope.hidden, for_members.scope.hidden) == (1, 0)
    with pytest.raises(NotFound):
        await health.health(scene.ctx, scene.actor(ADA), HERE, QUIET)


async def test_one_scale_and_one_group(scene: Scene) -> None:
    scale = await health.health(scene.ctx, scene.actor(ADA), HERE, scale=GroupKind.TOP_LEVEL)
    group = await health.health(scene.ctx, scene.actor(ADA), HERE, TLC)
    assert scale.readings == group.readings
    assert {each.group for each in group.readings} == {TLC, None}


async def test_those_without_a_seat_and_other_servers(scene: Scene) -> None:
    with pytest.raises(NotEligible):
        await health.health(scene.ctx, scene.actor(NIA), HERE)
    with pytest.raises(NotFound):
        await health.health(scene.ctx, Actor(ADA, ELSEWHERE, scene.roles[ADA]), HERE)


async def test_nothing_of_a_private_group_is_told_in_the_feed(scene: Scene) -> None:
    async with scene.ctx.uow.write() as tx:
        kept = await tx.partnerships.get(HERE)
        mappings = tuple(replace(m, organisation="Quiet Inc") if m.group == QUIET else m for m in kept.mappings)
        await tx.partnerships.save(replace(kept, mappings=mappings))
    await a_day(scene)
    assert await marked(scene) == []
    view = await health.health(scene.ctx, scene.actor(QUINN), HERE, QUIET)
    assert [each.organisation for each in view.readings if each.over] == ["Quiet Inc"]
