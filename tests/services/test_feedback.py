"""Feedback on real databases: kept, limited by the day, answered, and traced to nobody (LRN-4)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.governance.anonymity import pseudonym
from bot.governance.errors import LimitReached, NotEligible, NotFound
from bot.governance.feedback import FeedbackState, counting
from bot.governance.ids import GroupId
from bot.services import erasures, feedback
from bot.services import sweep as sweeping
from bot.services.feedback import FeedbackView
from bot.services.ports.context import Actor
from bot.services.ports.deliveries import DeliveryKind
from storage.engine import Engines
from tests.services.scene import (
    ADA,
    BEN,
    CAL,
    CELL,
    CLEO,
    ELSEWHERE,
    GUS,
    HERE,
    NIA,
    ODA,
    QUIET,
    QUINN,
    RAY,
    SHG,
    SUE,
    TIA,
    TOM,
    Scene,
)

WORDS = "Decisions take so long that nobody remembers the question."


async def give(scene: Scene, who: int = ADA, *, anonymous: bool = True, **more: object) -> FeedbackView:
    group = more.get("group")
    text = str(more.get("text", WORDS))
    return await feedback.give(scene.ctx, scene.actor(who), HERE, group, text, anonymous=anonymous)  # type: ignore[arg-type]


async def test_nothing_kept_anywhere_links_the_words_to_the_person_once_the_day_is_over(scene: Scene) -> None:
    before = await scene.tables()
    view = await give(scene)
    person = await scene.person(ADA)
    during = await scene.tables()
    new = {name: [row for row in rows if row not in before[name]] for name, rows in during.items()}
    assert not any(person in row for rows in new.values() for row in rows)
    assert not any(WORDS in row for name, rows in new.items() for row in rows if name != "feedback")
    await scene.after(hours=24)
    after = await scene.tables()
    assert after["sealed"] == after["session_keys"] == []
    kept = await feedback.board(scene.ctx, view.feedback.id)
    assert (kept.feedback.author, kept.feedback.due_at, kept.feedback.text) == (None, None, WORDS)


async def test_the_count_says_how_many_and_not_which(scene: Scene) -> None:
    for _ in range(2):
        await give(scene)
    async with scene.ctx.uow.write() as tx:
        day = counting(HERE, scene.clock().date())
        sealed = await tx.seals.of(day)
        key = await tx.seals.key(day)
    assert {each.author for each in sealed} == {pseudonym(await scene.person(ADA), key)}
    assert [each.content for each in sealed] == ["", ""]


async def test_not_even_the_log_of_the_database_says_which(scene: Scene, engines: Engines) -> None:
    for who in (TIA, ADA, CAL, ADA):
        await give(scene, who)
        if engines.is_sqlite:
            assert Path(f"{engines.url.database}-wal").stat().st_size == 0
    if not engines.is_sqlite:
        async with engines.read() as connection:
            written = "SELECT author, xmin::text FROM sealed ORDER BY ctid"
            rows = (await connection.exec_driver_sql(written)).all()
        assert len(rows) == 4
        assert len({row.xmin for row in rows}) == 1
        assert [row.author for row in rows] == sorted(row.author for row in rows)


@pytest.mark.parametrize("mixed", [(True, True, True), (False, False, False), (True, False, True)])
async def test_three_a_day_named_and_anonymous_together(scene: Scene, mixed: tuple[bool, ...]) -> None:
    for anonymous in mixed:
        await give(scene, anonymous=anonymous)
    for anonymous in (True, False):
        with pytest.raises(LimitReached):
            await give(scene, anonymous=anonymous)
    await give(scene, TIA)
    assert len((await scene.tables())["feedback"]) == 4
    await scene.after(hours=24)
    await give(scene)


async def test_twenty_at_once_are_three(scene: Scene) -> None:
    tries = await asyncio.gather(*(give(scene) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(each, FeedbackView) for each in tries) == 3
    assert all(isinstance(each, FeedbackView | LimitReached) for each in tries)
    numbers = sorted(each.feedback.number for each in tries if isinstance(each, FeedbackView))
    assert numbers == [1, 2, 3]


async def test_a_month_of_downtime_destroys_the_key_at_the_first_sweep(scene: Scene) -> None:
    view = await give(scene)
    scene.clock.forward(timedelta(days=31))
    assert (await scene.tables())["session_keys"] != []
    await scene.sweep()
    assert (await scene.tables())["session_keys"] == []
    again = await scene.tables()
    await sweeping.advance(scene.ctx, feedback.NOUN, view.feedback.id)
    assert await scene.tables() == again


async def test_too_early_nothing_is_destroyed(scene: Scene) -> None:
    view = await give(scene)
    before = await scene.tables()
    await sweeping.advance(scene.ctx, feedback.NOUN, view.feedback.id)
    assert await scene.tables() == before


@pytest.mark.parametrize(
    ("who", "group", "refusal"),
    [
        (NIA, None, NotEligible),
        (ADA, QUIET, NotFound),
        (ADA, 99, NotFound),
    ],
)
async def test_who_may_not_give_it(scene: Scene, who: int, group: int | None, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await give(scene, who, group=group)
    with pytest.raises(refusal):
        await feedback.check_give(scene.ctx, scene.actor(who), HERE, group)  # type: ignore[arg-type]


async def test_another_server_sees_nothing(scene: Scene) -> None:
    view = await give(scene)
    stranger = Actor(ADA, ELSEWHERE, scene.roles[ADA])
    for act in (
        feedback.show(scene.ctx, stranger, view.feedback.id),
        feedback.take(scene.ctx, stranger, view.feedback.id),
        feedback.by_number(scene.ctx, stranger, HERE, 1),
        feedback.page(scene.ctx, stranger, HERE),
        feedback.give(scene.ctx, stranger, HERE, None, WORDS, anonymous=True),
    ):
        with pytest.raises(NotFound):
            await act


@pytest.mark.both_databases
async def test_a_private_groups_feedback_is_its_own(scene: Scene) -> None:
    view = await give(scene, QUINN, group=QUIET)
    await give(scene, ADA)
    for act in (
        feedback.show(scene.ctx, scene.actor(ADA), view.feedback.id),
        feedback.by_number(scene.ctx, scene.actor(ADA), HERE, view.feedback.number),
        feedback.hide(scene.ctx, scene.actor(GUS), view.feedback.id, "It is rude."),
    ):
        with pytest.raises(NotFound):
            await act
    assert [v.feedback.number for v in (await feedback.page(scene.ctx, scene.actor(ADA), HERE)).found] == [2]
    assert [v.feedback.number for v in (await feedback.page(scene.ctx, scene.actor(QUINN), HERE)).found] == [2, 1]


async def test_observers_may_speak_and_not_answer(scene: Scene) -> None:
    view = await give(scene, ODA, group=SHG)
    for act in (
        feedback.take(scene.ctx, scene.actor(ODA), view.feedback.id),
        feedback.answer(scene.ctx, scene.actor(ODA), view.feedback.id, "So be it."),
    ):
        with pytest.raises(NotEligible):
            await act


async def test_from_given_to_closed_with_boards_and_posts(scene: Scene) -> None:
    ctx = scene.ctx
    view = await give(scene, CAL, anonymous=False)
    await feedback.acknowledge(ctx, scene.actor(TIA), view.feedback.id)
    await feedback.assign(ctx, scene.actor(TOM), view.feedback.id, scene.actor(TIA))
    since = scene.clock() - timedelta(seconds=1)
    await feedback.answer(ctx, scene.actor(TIA), view.feedback.id, "We set a date for every question.")
    await feedback.say(ctx, scene.actor(CAL), view.feedback.id, False)
    await feedback.answer(ctx, scene.actor(TIA), view.feedback.id, "We cut the window to a day.")
    done = await feedback.say(ctx, scene.actor(CAL), view.feedback.id, True)
    assert done.feedback.state is FeedbackState.CLOSED
    assert done.over
    happened = [r.event.name for r in await scene.record() if r.event.thing == "feedback/1"]
    assert happened == [
        "feedback given",
        "feedback acknowledged",
        "feedback assigned",
        "feedback answered",
        "feedback reopened",
        "feedback answered",
        "feedback closed",
    ]
    async with ctx.uow.read() as tx:
        board = await tx.deliveries.board("feedback/1")
        assert board is not None
        assert board.wanted == 7
        posts = [d for d in await tx.deliveries.waiting(scene.clock()) if d.kind is DeliveryKind.POST]
        here = await tx.partnerships.get(HERE)
        said = await feedback.NOUN.news(tx, here, since, scene.clock())
        later = await feedback.NOUN.news(tx, here, scene.clock(), scene.clock() + timedelta(seconds=1))
    assert len(posts) == 2
    assert [(each.entry.name, each.entry.text) for each in said] == [("F-1", "We cut the window to a day.")]
    assert later == []


async def test_hidden_words_are_not_repeated_in_the_digest(scene: Scene) -> None:
    view = await give(scene)
    await feedback.answer(scene.ctx, scene.actor(TOM), view.feedback.id, "Thank you for this.")
    await feedback.hide(scene.ctx, scene.actor(GUS), view.feedback.id, "It names a child.")
    async with scene.ctx.uow.read() as tx:
        here, yesterday = await tx.partnerships.get(HERE), scene.clock() - timedelta(days=1)
        assert await feedback.NOUN.news(tx, here, yesterday, scene.clock()) == []


async def test_pages_end_where_the_list_ends(scene: Scene) -> None:
    for day in range(5):
        for _ in range(3):
            await give(scene, text=f"{WORDS} Day {day}.")
        await scene.after(hours=24)
    seen: list[int] = []
    before = None
    while True:
        page = await feedback.page(scene.ctx, scene.actor(ADA), HERE, before=before, size=4)
        seen += [view.feedback.number for view in page.found]
        before = page.before
        if before is None:
            break
    assert seen == list(range(15, 0, -1))


@pytest.mark.parametrize("number", [1, 2, 3])
async def test_words_are_erased_on_request(scene: Scene, number: int) -> None:
    view = await give(scene)
    await feedback.answer(scene.ctx, scene.actor(TOM), view.feedback.id, "An answer in plain words.")
    await feedback.hide(scene.ctx, scene.actor(GUS), view.feedback.id, "A reason in plain words.")
    about = [r.number for r in await scene.record() if r.event.thing == "feedback/1"]
    await erasures.erase(scene.ctx, HERE, about[number - 1])
    kept = (await feedback.board(scene.ctx, view.feedback.id)).feedback
    texts = [kept.text, kept.answer, kept.hidden_because]
    assert [text == "erased on request" for text in texts] == [n == number for n in (1, 2, 3)]
    await scene.record()


@pytest.mark.parametrize("group", [SHG, CELL, None], ids=["led", "without a lead", "everybody"])
async def test_who_tends_it_may_give_it_to_somebody_hide_and_answer_it_and_others_may_not(
    scene: Scene, group: GroupId | None
) -> None:
    """Facilitators and leads of its group; where it has none, its members; for everybody's, any facilitator."""
    tending = {SHG: {GUS}, CELL: {CAL}, None: {GUS, TOM}}[group]
    for who in (ADA, CAL, GUS, TIA, TOM, ODA):
        view = await give(scene, who, group=group, text=f"{WORDS} {who}")
        given, actor = view.feedback.id, scene.actor(who)
        if who in tending:
            assert (await feedback.check_answer(scene.ctx, actor, given)).feedback.id == given
            await feedback.check_hide(scene.ctx, actor, given)
            assert (await feedback.hide(scene.ctx, actor, given, "It is rude.")).feedback.hidden_by is not None
            assert (await feedback.reveal(scene.ctx, actor, given)).feedback.hidden_by is None
            other = {SHG: ADA, CELL: CAL, None: ADA}[group]
            assert (await feedback.assign(scene.ctx, actor, given, scene.actor(other))).feedback.owner is not None
            continue
        for act in (
            feedback.check_answer(scene.ctx, actor, given),
            feedback.check_hide(scene.ctx, actor, given),
            feedback.hide(scene.ctx, actor, given, "It is rude."),
            feedback.answer(scene.ctx, actor, given, "We did it."),
            feedback.assign(scene.ctx, actor, given, scene.actor(GUS)),
        ):
            with pytest.raises(NotEligible):
                await act


@pytest.mark.parametrize(("given", "size", "pages"), [(6, 3, 2), (6, 6, 1), (5, 3, 2), (7, 3, 3), (0, 3, 1)])
async def test_the_last_page_offers_no_next_one(scene: Scene, given: int, size: int, pages: int) -> None:
    """Also where it is full to its edge, and where what comes after is a private group's."""
    for number in range(given + 3):
        who, group = (QUINN, QUIET) if number < 3 else ((BEN, CAL, CLEO, ADA)[number % 4], None)
        await give(scene, who, group=group, text=f"{WORDS} {number}")
    seen: list[int] = []
    before, turned = None, 0
    while True:
        page = await feedback.page(scene.ctx, scene.actor(ADA), HERE, before=before, size=size)
        turned += 1
        seen += [view.feedback.number for view in page.found]
        before = page.before
        if before is None:
            break
    assert (turned, len(seen), seen) == (pages, given, sorted(seen, reverse=True))


@pytest.mark.both_databases
async def test_a_page_is_of_its_states_and_group(scene: Scene) -> None:
    one, _, three = [await give(scene, who, group=group) for who, group in ((ADA, SHG), (BEN, None), (CLEO, SHG))]
    await feedback.answer(scene.ctx, scene.actor(GUS), one.feedback.id, "We did it.")
    states = (FeedbackState.OPEN, FeedbackState.PROGRESS)
    page = await feedback.page(scene.ctx, scene.actor(ADA), HERE, states, SHG)
    assert [view.feedback.number for view in page.found] == [three.feedback.number]


async def test_a_page_that_ends_with_what_others_may_not_read_still_leads_on(scene: Scene) -> None:
    """The three newest that Ada reads stand among 25 rows; one more stands behind a private group's 22."""
    await give(scene, ADA, text=f"{WORDS} The first.")
    for number in range(22):
        await give(scene, (QUINN, RAY, SUE)[number % 3], group=QUIET, text=f"{WORDS} {number}")
        if number % 9 == 8:
            await scene.after(hours=24)
    for number in range(3):
        await give(scene, (BEN, CAL, CLEO)[number], text=f"{WORDS} Late {number}.")
    page = await feedback.page(scene.ctx, scene.actor(ADA), HERE, size=3)
    assert [view.feedback.number for view in page.found] == [26, 25, 24]
    assert page.before is not None
    rest = await feedback.page(scene.ctx, scene.actor(ADA), HERE, before=page.before, size=3)
    assert ([view.feedback.number for view in rest.found], rest.before) == ([1], None)
