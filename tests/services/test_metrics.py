"""Numbers from real records, on real databases: right, for those who may read them, and from events alone (LRN-3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete

from bot.governance.errors import NotEligible, NotFound
from bot.governance.histories import Ending, Fate, HistoryStage
from bot.governance.ids import GroupId
from bot.governance.organisation import GroupKind
from bot.services import feedback, metrics, objections, votes
from bot.services.metrics import MetricsView
from bot.services.ports.context import Actor
from storage.tables import proposals as kept_proposals
from tests.services.scene import (
    ADA,
    BEN,
    CLEO,
    DEV,
    ELI,
    ELSEWHERE,
    HERE,
    NIA,
    QUIET,
    QUINN,
    RAY,
    SHG,
    SUE,
    TEXT,
    TIA,
    TLC,
    TOM,
    UMA,
    Scene,
)


async def ask(scene: Scene, who: int = ADA, **more: object) -> MetricsView:
    return await metrics.metrics(scene.ctx, scene.actor(who), HERE, **more)  # type: ignore[arg-type]


async def lived_through(scene: Scene) -> None:
    """One passes in the stakeholder group, one in the core team after an objection is withdrawn, one by vote."""
    first = await scene.file()
    await scene.read_by(first, ADA, BEN, CLEO)
    await scene.after(hours=72)
    second = await scene.file(TIA, "general", TLC)
    number = await scene.object(TOM, second, stated=True)
    await scene.read_by(second, UMA)
    await objections.withdraw(scene.ctx, scene.actor(TOM), second, number)
    await scene.after(hours=72)
    await scene.escalated()
    third = max(first, second) + 1
    for who in (BEN, CLEO, DEV, ELI):
        await votes.cast(scene.ctx, scene.actor(who), third, {"for": 1})  # type: ignore[arg-type]
    await scene.after(hours=72)


async def test_what_three_proposals_come_to(scene: Scene) -> None:
    await lived_through(scene)
    found = (await ask(scene)).figures
    assert found.endings == {Ending.PASSED: 2, Ending.ADOPTED: 1}
    assert (found.opened, found.pass_rate) == (3, 1.0)
    assert found.reach == pytest.approx((3 / 6 + 2 / 2) / 2)
    assert found.objections == {Fate.WITHDRAWN: 1, Fate.OVERRULED: 1}
    assert found.turnout == (4, 6)
    assert found.by_scale == {GroupKind.STAKEHOLDERS: 2, GroupKind.TOP_LEVEL: 1}
    assert found.unplaced == 0
    review = next(spent for spent in found.spent if spent.stage is HistoryStage.REVIEW)
    assert (review.median, review.count) == (timedelta(hours=72), 3)


@pytest.mark.both_databases
async def test_it_is_the_record_that_is_asked(scene: Scene) -> None:
    await lived_through(scene)
    before = await ask(scene, period="all")
    async with scene.ctx.uow.write() as tx:
        await tx.people._session.connection.execute(delete(kept_proposals))  # type: ignore[attr-defined]
    assert (await ask(scene, period="all")).figures == before.figures


@pytest.mark.parametrize("period", ["30 days", "90 days", "a year", "all"])
async def test_every_period_reads_whole_courses(scene: Scene, period: str) -> None:
    """A proposal decided in the period is told from its opening on, though that lies before."""
    filed = await scene.file()
    await scene.read_by(filed, ADA, BEN)
    await scene.after(hours=72)
    scene.clock.forward(timedelta(days=28))
    found = (await ask(scene, period=period)).figures
    assert found.endings == {Ending.PASSED: 1}
    assert found.spent[0].median == timedelta(hours=72)
    assert found.opened == (0 if period == "30 days" else 1)
    scene.clock.forward(timedelta(days=400))
    later = (await ask(scene, period=period)).figures
    assert later.decided == (1 if period == "all" else 0)


async def test_one_group_and_one_scale(scene: Scene) -> None:
    await lived_through(scene)
    core = (await ask(scene, group=TLC)).figures
    assert core.endings == {Ending.PASSED: 1}
    assert (await ask(scene, scale=GroupKind.TOP_LEVEL)).figures.endings == core.endings
    assert (await ask(scene, scale=GroupKind.CELL)).figures.decided == 0
    assert (await ask(scene, group=SHG)).figures.decided == 2


@pytest.mark.both_databases
async def test_a_private_groups_numbers_are_in_no_sum_that_others_see(scene: Scene) -> None:
    private = await scene.file(QUINN, "general", QUIET, TEXT)
    await scene.read_by(private, RAY, SUE)
    await scene.after(hours=72)
    for_others, for_members = await ask(scene), await ask(scene, QUINN)
    assert (for_others.figures.decided, for_others.figures.opened, for_others.scope.hidden) == (0, 0, 1)
    assert (for_members.figures.decided, for_members.scope.hidden) == (1, 0)
    with pytest.raises(NotFound):
        await ask(scene, group=QUIET)
    assert (await ask(scene, QUINN, group=QUIET)).figures.decided == 1


async def test_feedback_is_counted_where_it_belongs(scene: Scene) -> None:
    words = "Something that I would like to say."
    for group in (None, TLC, TLC):
        await feedback.give(scene.ctx, scene.actor(TIA), HERE, group, words, anonymous=True)
    await feedback.answer(scene.ctx, scene.actor(TOM), 2, "An answer to that.")
    assert (await ask(scene)).figures.feedback == (3, 1)
    assert (await ask(scene, group=TLC)).figures.feedback == (2, 1)
    assert (await ask(scene, group=SHG)).figures.feedback == (0, 0)


@pytest.mark.parametrize(
    ("who", "group", "refusal"), [(NIA, None, NotEligible), (ADA, GroupId(99), NotFound), (NIA, TLC, NotEligible)]
)
async def test_who_may_not_ask(scene: Scene, who: int, group: GroupId | None, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await ask(scene, who, group=group)


async def test_another_server_learns_nothing(scene: Scene) -> None:
    with pytest.raises(NotFound):
        await metrics.metrics(scene.ctx, Actor(ADA, ELSEWHERE, scene.roles[ADA]), HERE)


async def test_a_new_partnership_has_no_numbers(scene: Scene) -> None:
    found = await ask(scene)
    assert (found.figures.decided, found.figures.opened, found.figures.spent) == (0, 0, ())
    assert found.figures.reviews == {"retro": None, "meeting": None, "survey": None}
