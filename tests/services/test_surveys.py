"""Surveys as use cases, on both kinds of database: who may, what is kept, what is destroyed, what is told (LRN-2)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete

from bot.governance.disclosure import FEW_ANSWERS, FEW_APART
from bot.governance.errors import (
    AlreadyDone,
    BadValue,
    LimitReached,
    NotEligible,
    NotFound,
    Outdated,
    TimePast,
    TimeUnclear,
    UnknownKey,
    WindowClosed,
    WrongState,
    ZoneUnknown,
)
from bot.governance.ids import GroupId, PartnershipId
from bot.governance.scales import Scale
from bot.governance.surveys import MOST_DRAFTS, Question, QuestionKind, Survey, SurveyState
from bot.services import erasures, roles, surveys, surveys_replies, times
from bot.services import sweep as sweeping
from bot.services.ports.context import Actor
from storage.tables import session_keys
from tests.services import scene as town
from tests.services.scene import (
    ADA,
    BEN,
    CAL,
    CELL,
    CLEO,
    CORE_RULER,
    DEV,
    ELI,
    FAY,
    FUND,
    GUS,
    HERE,
    LAB,
    NIA,
    ODA,
    QUIET,
    QUINN,
    RAY,
    SHG,
    STAKEHOLDERS,
    SUE,
    TIA,
    TOM,
    TRUST,
    Scene,
)

pytestmark = pytest.mark.both_databases

SCALE = Question(QuestionKind.SCALE, "How well do we decide?")
CHOICE = Question(QuestionKind.CHOICE, "Which day suits you?", ("Monday", "Friday"))
TEXT = Question(QuestionKind.TEXT, "What should change?")
DAYS = timedelta(days=5)


async def next_due_at(scene: Scene) -> datetime | None:
    """When something is due of a survey; digests and reminders have times of their own."""
    async with scene.ctx.uow.read() as tx:
        return await tx.of(Survey).next_due_at((HERE,))


async def drafted(
    scene: Scene, *questions: Question, who: int = GUS, group: GroupId | None = SHG, title: str = "Pulse"
) -> int:
    view = await surveys.create(scene.ctx, scene.actor(who), HERE, group, title, "To decide better.")
    for question in questions or (SCALE, CHOICE, TEXT):
        await surveys.put_question(scene.ctx, scene.actor(who), view.survey.id, 0, question)
    return view.survey.id


async def asked(scene: Scene, *questions: Question, who: int = GUS, group: GroupId | None = SHG) -> int:
    made = await drafted(scene, *questions, who=who, group=group)
    await surveys.open_now(scene.ctx, scene.actor(who), made)
    return made


async def answer(scene: Scene, who: int, survey: int, *typed: str) -> None:
    await surveys_replies.answer(scene.ctx, scene.actor(who), survey, typed)


async def get(scene: Scene, survey: int) -> Survey:
    async with scene.ctx.uow.read() as tx:
        return await tx.of(Survey).get(survey)


async def sealed(scene: Scene) -> tuple[list[str], list[str]]:
    tables = await scene.tables()
    return tables["sealed"], tables["session_keys"]


async def closed(scene: Scene, survey: int) -> Survey:
    await scene.after(by=DAYS)
    found = await get(scene, survey)
    assert found.state is SurveyState.CLOSED
    return found


# ---- making ------------------------------------------------------------------------------------------------


async def test_a_draft_is_read_and_changed_by_those_who_run_the_group_only(scene: Scene) -> None:
    made = await drafted(scene)
    view = await surveys.show(scene.ctx, scene.actor(GUS), made)
    assert (view.survey.number, view.runs, view.expected) == (1, True, 7)
    for stranger in (ADA, TOM, ODA):
        with pytest.raises(NotFound):
            await surveys.show(scene.ctx, scene.actor(stranger), made)
        with pytest.raises(NotFound):
            await surveys.put_question(scene.ctx, scene.actor(stranger), made, 0, TEXT)
        with pytest.raises(NotEligible):
            await drafted(scene, who=stranger)
    with pytest.raises(NotEligible):
        await surveys.show(scene.ctx, scene.actor(NIA), made)
    with pytest.raises(NotFound):
        await surveys.show(scene.ctx, Actor(GUS, town.ELSEWHERE, scene.roles[GUS]), made)


async def test_a_group_without_facilitator_is_asked_by_its_members_and_a_private_one_by_its_own(scene: Scene) -> None:
    assert await drafted(scene, who=CAL, group=CELL)
    assert await drafted(scene, who=QUINN, group=QUIET)
    assert await drafted(scene, who=TOM, group=None)
    with pytest.raises(NotFound):
        await drafted(scene, who=GUS, group=QUIET)
    with pytest.raises(NotEligible):
        await drafted(scene, who=CAL, group=None)
    with pytest.raises(NotFound):
        await surveys.create(scene.ctx, scene.actor(GUS), PartnershipId(9), None, "Pulse", "")


async def test_a_scale_is_asked_whole_and_each_of_its_people_once(scene: Scene) -> None:
    """Gardens and the private Quiet are the cells."""
    view = await surveys.create(scene.ctx, scene.actor(CAL), HERE, None, "Cells", "", Scale.COLLABORATION)
    made = view.survey.id
    await surveys.put_question(scene.ctx, scene.actor(CAL), made, 0, SCALE)
    opened = await surveys.open_now(scene.ctx, scene.actor(QUINN), made)
    assert opened.survey.audience == {await scene.person(who) for who in (CAL, QUINN, RAY, SUE)}
    await answer(scene, RAY, made, "4")
    for who in (ADA, TIA, ODA):
        with pytest.raises(NotEligible):
            await answer(scene, who, made, "4")
    for who in (ADA, TIA, ODA):
        with pytest.raises(NotEligible):
            await surveys.create(scene.ctx, scene.actor(who), HERE, None, "Cells", "", Scale.COLLABORATION)
    with pytest.raises(BadValue):
        await surveys.create(scene.ctx, scene.actor(CAL), HERE, CELL, "Cells", "", Scale.COLLABORATION)


async def test_what_opens_is_what_was_shown(scene: Scene) -> None:
    made = await drafted(scene, SCALE, who=TOM, group=None)
    shown = (await surveys.show(scene.ctx, scene.actor(TOM), made)).survey
    await surveys.put_question(scene.ctx, scene.actor(GUS), made, 0, TEXT)
    with pytest.raises(Outdated):
        await surveys.open_now(scene.ctx, scene.actor(TOM), made, shown.version)
    assert (await get(scene, made)).state is SurveyState.DRAFT
    again = (await surveys.show(scene.ctx, scene.actor(TOM), made)).survey
    assert (await surveys.open_now(scene.ctx, scene.actor(TOM), made, again.version)).survey.questions == (SCALE, TEXT)


async def test_drafts_of_one_person_are_limited(scene: Scene) -> None:
    for number in range(MOST_DRAFTS):
        await surveys.create(scene.ctx, scene.actor(GUS), HERE, SHG, f"Pulse {number}", "")
    before = await scene.tables()
    with pytest.raises(LimitReached):
        await surveys.create(scene.ctx, scene.actor(GUS), HERE, SHG, "One more", "")
    assert await scene.tables() == before


# ---- asking and answering ----------------------------------------------------------------------------------


async def test_six_answer_and_only_the_counts_stay(scene: Scene) -> None:
    made = await asked(scene)
    assert await next_due_at(scene) == scene.clock() + DAYS
    for number, who in enumerate(STAKEHOLDERS):
        await answer(scene, who, made, str(1 + number % 5), str(number % 2), f"idea {9 - number}")
    await answer(scene, ADA, made, "5", "", "a better idea")
    rows, keys = await sealed(scene)
    assert (len(rows), len(keys)) == (17, 1)
    survey = await closed(scene, made)
    scale, choice, text = survey.results
    assert (scale.answers, scale.counts) == (6, (1, 1, 1, 1, 2))
    assert (choice.answers, choice.counts) == (5, (2, 3))
    assert text.texts == ("a better idea", "idea 4", "idea 5", "idea 6", "idea 7", "idea 8")
    assert await sealed(scene) == ([], [])
    assert await scene.sweep() == 0


async def test_answering_leaves_no_trace_but_what_is_sealed(scene: Scene) -> None:
    made = await asked(scene)
    before = await scene.tables()
    await answer(scene, ADA, made, "4", "1", "something only Ada would say")
    after = await scene.tables()
    assert {name for name in after if after[name] != before[name]} == {"sealed"}
    person = await scene.person(ADA)
    assert not any(person in row for row in after["sealed"])
    await surveys_replies.take_back(scene.ctx, scene.actor(ADA), made)
    assert await scene.tables() == before


async def test_one_sees_and_changes_ones_own_answers_only(scene: Scene) -> None:
    made = await asked(scene)
    await answer(scene, ADA, made, "4", "1", "more tea")
    assert (await surveys_replies.mine(scene.ctx, scene.actor(ADA), made)).mine == ("4", "1", "more tea")
    assert not (await surveys_replies.mine(scene.ctx, scene.actor(BEN), made)).any
    await answer(scene, ADA, made, "2", "", "")
    assert (await surveys_replies.mine(scene.ctx, scene.actor(ADA), made)).mine == ("2", "", "")


async def test_only_who_was_asked_answers_and_only_what_was_asked(scene: Scene) -> None:
    made = await asked(scene)
    late = await scene.joined(NIA, FUND)
    before = await scene.tables()
    for who in (TIA, CAL, ODA):
        with pytest.raises(NotEligible):
            await answer(scene, who, made, "4")
    with pytest.raises(NotEligible):
        await surveys_replies.answer(scene.ctx, late, made, ["4"])
    for typed in (("6",), ("4", "2"), ("-1",)):
        with pytest.raises(BadValue):
            await answer(scene, ADA, made, *typed)
    assert await scene.tables() == before
    await answer(scene, ADA, made, "4", "1", "x", "beyond", "the end")
    assert len((await sealed(scene))[0]) == 3


async def test_answers_count_until_the_close_and_not_at_it(scene: Scene) -> None:
    made = await asked(scene)
    scene.clock.forward(DAYS)
    with pytest.raises(WindowClosed):
        await answer(scene, ADA, made, "4")
    await scene.sweep()
    with pytest.raises(WrongState):
        await answer(scene, ADA, made, "4")


async def test_many_answer_at_once_and_each_counts_once(scene: Scene) -> None:
    made = await asked(scene)
    await asyncio.gather(*(answer(scene, who, made, "3", "1") for who in STAKEHOLDERS for _ in range(4)))
    survey = await closed(scene, made)
    assert survey.results[0].counts == (0, 0, 6, 0, 0)
    assert survey.results[1].counts == (0, 6)


async def test_two_sweeps_at_once_close_once(scene: Scene) -> None:
    made = await asked(scene)
    for who in STAKEHOLDERS:
        await answer(scene, who, made, "3")
    scene.clock.forward(DAYS)
    await asyncio.gather(*(sweeping.advance(scene.ctx, surveys.NOUN, made) for _ in range(4)))
    survey = await get(scene, made)
    assert survey.results[0].answers == 6
    happened = [r for r in await scene.record() if r.event.thing == survey.thing]
    assert [r.event.name for r in happened] == ["survey created", "survey opened", "survey closed"]


async def test_a_leavers_answer_stays_and_they_cannot_change_it(scene: Scene) -> None:
    made = await asked(scene)
    for who in STAKEHOLDERS[:5]:
        await answer(scene, who, made, "3")
    await scene.joined(ADA)
    with pytest.raises(NotEligible):
        await answer(scene, ADA, made, "5")
    assert (await closed(scene, made)).results[0].counts == (0, 0, 5, 0, 0)


# ---- what is withheld --------------------------------------------------------------------------------------


async def test_below_k_nothing_is_kept_of_the_answers_nor_of_who_was_asked(scene: Scene) -> None:
    made = await asked(scene)
    for who in STAKEHOLDERS[:4]:
        await answer(scene, who, made, "5", "1", "a word of mine")
    survey = await closed(scene, made)
    assert [r.withheld for r in survey.results] == [FEW_ANSWERS] * 3
    assert (survey.audience, survey.asked) == (frozenset(), 7)
    assert not any("a word of mine" in row for rows in (await scene.tables()).values() for row in rows)


async def test_one_who_joins_between_two_pulses_is_not_told_apart(scene: Scene) -> None:
    first = await asked(scene, SCALE)
    for who in STAKEHOLDERS:
        await answer(scene, who, first, "4")
    assert not (await closed(scene, first)).results[0].withheld
    await scene.joined(NIA, FUND)
    draft = await drafted(scene, SCALE)
    (foreseen,) = (await surveys.show(scene.ctx, scene.actor(GUS), draft)).hindrances
    assert foreseen is not None
    assert (foreseen.why, foreseen.people, foreseen.beside) == (FEW_APART, 1, 1)
    await surveys.open_now(scene.ctx, scene.actor(GUS), draft)
    for who in (*STAKEHOLDERS, NIA):
        await answer(scene, who, draft, "4")
    second = await closed(scene, draft)
    assert (second.results[0].withheld, second.results[0].people, second.results[0].beside) == (FEW_APART, 1, 1)
    for number in range(4):
        await scene.joined(70 + number, FUND)
    third = await asked(scene, SCALE)
    for who in (*STAKEHOLDERS, NIA, 70, 71):
        await answer(scene, who, third, "4")
    assert (await closed(scene, third)).results[0].answers == 9


async def test_one_who_is_removed_while_it_runs_is_not_told_apart(scene: Scene) -> None:
    first, second = await asked(scene, SCALE), await drafted(scene, SCALE)
    for who in STAKEHOLDERS:
        await answer(scene, who, first, "4")
    await closed(scene, first)
    await surveys.open_now(scene.ctx, scene.actor(GUS), second)
    await scene.joined(ADA)
    for who in STAKEHOLDERS[1:]:
        await answer(scene, who, second, "4")
    found = await closed(scene, second)
    assert (found.results[0].withheld, found.results[0].people, found.results[0].beside) == (FEW_APART, 1, 1)
    assert found.left == frozenset(), "nothing was published, so nobody is remembered"


async def test_two_that_close_at_once_are_compared(scene: Scene) -> None:
    first = await asked(scene, SCALE)
    await scene.joined(NIA, FUND)
    second = await asked(scene, SCALE)
    for who in STAKEHOLDERS:
        await answer(scene, who, first, "4")
        await answer(scene, who, second, "4")
    scene.clock.forward(DAYS)
    await asyncio.gather(*(sweeping.advance(scene.ctx, surveys.NOUN, each) for each in (first, second)))
    shown = [(await get(scene, each)).results[0].withheld for each in (first, second)]
    assert sorted(shown) == ["", FEW_APART]


async def test_what_runs_beside_it_is_foreseen_and_the_later_close_is_withheld(scene: Scene) -> None:
    first = await asked(scene, SCALE)
    await scene.joined(NIA, FUND)
    draft = await drafted(scene, SCALE, TEXT)
    foreseen = (await surveys.show(scene.ctx, scene.actor(GUS), draft)).hindrances
    assert [each is not None for each in foreseen] == [True, False]
    await surveys.open_now(scene.ctx, scene.actor(GUS), draft)
    for who in STAKEHOLDERS:
        await answer(scene, who, first, "4")
        await answer(scene, who, draft, "4", "words")
    await scene.after(by=DAYS)
    one, other = await get(scene, first), await get(scene, draft)
    assert sorted([one.results[0].withheld, other.results[0].withheld]) == ["", FEW_APART]
    assert other.results[1].answers == 6, "the other question was not asked before"


async def test_a_private_groups_survey_is_not_named_to_others(scene: Scene) -> None:
    for number in range(4):
        await scene.joined(80 + number, town.SECRETIVE)
    inside = (QUINN, town.RAY, town.SUE, 80, 81, 82, 83)
    hidden = await asked(scene, SCALE, who=QUINN, group=QUIET)
    for who in inside:
        await answer(scene, who, hidden, "4")
    await closed(scene, hidden)
    with pytest.raises(NotFound):
        await surveys.show(scene.ctx, scene.actor(ADA), hidden)
    assert hidden not in [v.survey.id for v in await surveys.list_surveys(scene.ctx, scene.actor(ADA), HERE)]
    # Everybody else leaves but two, so that the whole partnership differs from the private group by two people.
    for user in [user for user in scene.roles if user not in {*inside, TOM, CAL}]:
        await scene.joined(user)
    everyone = await drafted(scene, SCALE, who=TOM, group=None)
    (foreseen,) = (await surveys.show(scene.ctx, scene.actor(TOM), everyone)).hindrances
    assert foreseen is not None
    assert (foreseen.why, foreseen.people, foreseen.beside) == (FEW_APART, 2, 0)


async def test_those_asked_read_before_answering_what_will_be_withheld(scene: Scene) -> None:
    first = await asked(scene, SCALE)
    for who in STAKEHOLDERS:
        await answer(scene, who, first, "4")
    await closed(scene, first)
    await scene.joined(NIA, FUND)
    second = await asked(scene, SCALE, TEXT)
    foreseen = (await surveys.board(scene.ctx, second)).hindrances
    assert [each and each.why for each in foreseen] == [FEW_APART, None]


async def test_whoever_has_not_answered_is_known_to_themselves_only(scene: Scene) -> None:
    made = await asked(scene)
    await answer(scene, ADA, made, "", "1")

    async def waiting(user: int) -> list[int]:
        person = await scene.person(user)
        async with scene.ctx.uow.read() as tx:
            return [survey.id for survey in await surveys_replies.unanswered(tx, HERE, person)]

    assert await waiting(ADA) == []
    assert await waiting(BEN) == [made]
    assert await waiting(TIA) == []


async def test_who_is_forgotten_takes_along_what_they_answered_while_it_runs(scene: Scene) -> None:
    made = await asked(scene)
    for who in STAKEHOLDERS:
        await answer(scene, who, made, "4", "1", f"words of {who}")
    draft = await drafted(scene, who=GUS, title="Never opened")
    await erasures.forget(scene.ctx, GUS)
    assert not any("Never opened" in row for row in (await scene.tables())["surveys"])
    assert (await get(scene, draft)).state is SurveyState.CANCELLED
    await erasures.forget(scene.ctx, ADA)
    assert len((await sealed(scene))[0]) == 15
    assert (await closed(scene, made)).results[2].texts == tuple(f"words of {who}" for who in STAKEHOLDERS[1:])


async def test_published_texts_are_erased_on_request_and_what_was_asked_is_compared_all_the_same(scene: Scene) -> None:
    made = await asked(scene)
    for who in STAKEHOLDERS:
        await answer(scene, who, made, "4", "1", "it was my neighbour")
    before = await closed(scene, made)
    for each in await scene.record():
        if each.event.thing == f"survey/{made}":
            await erasures.erase(scene.ctx, HERE, each.number)
    kept = [row for rows in (await scene.tables()).values() for row in rows]
    assert not [row for row in kept if "my neighbour" in row or "Pulse" in row or "To decide better." in row]
    after = await get(scene, made)
    assert [each.counts for each in after.results] == [each.counts for each in before.results]
    assert (after.questions, after.audience, after.results[2].answers) == (before.questions, before.audience, 6)


async def test_who_answers_again_after_a_copy_without_keys_was_put_back_counts_once(scene: Scene) -> None:
    made = await asked(scene)
    for _ in range(2):
        for who in STAKEHOLDERS[:3]:
            await answer(scene, who, made, "4", "1", "words")
        async with scene.ctx.uow.write() as tx:
            await tx.people._session.connection.execute(delete(session_keys))  # type: ignore[attr-defined]
    assert [each.withheld for each in (await closed(scene, made)).results] == [FEW_ANSWERS] * 3


# ---- ending ------------------------------------------------------------------------------------------------


async def test_a_cancelled_survey_leaves_no_answers(scene: Scene) -> None:
    made = await asked(scene)
    for who in STAKEHOLDERS:
        await answer(scene, who, made, "4", "1", "never shown")
    with pytest.raises(NotEligible):
        await surveys.cancel(scene.ctx, scene.actor(ADA), made)
    await surveys.cancel(scene.ctx, scene.actor(GUS), made)
    assert await sealed(scene) == ([], [])
    assert not any("never shown" in row for rows in (await scene.tables()).values() for row in rows)
    await scene.after(by=DAYS)
    assert (await get(scene, made)).state is SurveyState.CANCELLED


async def test_after_a_month_of_downtime_it_closes_late_and_once(scene: Scene) -> None:
    made = await asked(scene)
    for who in STAKEHOLDERS:
        await answer(scene, who, made, "4")
    await scene.after(by=timedelta(days=31))
    assert (await get(scene, made)).results[0].answers == 6
    assert await scene.sweep() == 0


async def test_the_planned_close_counts(scene: Scene) -> None:
    made = await drafted(scene)
    await surveys.plan(scene.ctx, scene.actor(GUS), made, "in 48 hours")
    await surveys.open_now(scene.ctx, scene.actor(GUS), made)
    await scene.after(by=timedelta(days=2))
    assert (await get(scene, made)).state is SurveyState.CLOSED


async def test_lists_hold_what_the_asker_may_read(scene: Scene) -> None:
    draft, running = await drafted(scene), await asked(scene, TEXT)

    async def seen(who: int) -> Sequence[int]:
        return [v.survey.id for v in await surveys.list_surveys(scene.ctx, scene.actor(who), HERE)]

    assert await seen(GUS) == [running, draft]
    assert await seen(ADA) == [running]
    assert await seen(ODA) == [running]
    with pytest.raises(NotEligible):
        await seen(NIA)
    found = await surveys.list_surveys(scene.ctx, scene.actor(ADA), HERE, {SurveyState.OPEN})
    assert [view.asks for view in found] == [True]


async def test_numbers_find_surveys_again(scene: Scene) -> None:
    made = await asked(scene)
    assert (await surveys.by_number(scene.ctx, scene.actor(ADA), HERE, 1)).survey.id == made
    with pytest.raises(NotFound):
        await surveys.by_number(scene.ctx, scene.actor(ADA), HERE, 2)


async def test_nobody_is_asked_twice_by_two_seats(scene: Scene) -> None:
    for user in (CLEO, DEV, ELI, FAY):
        await scene.joined(user, TRUST, LAB, CORE_RULER)
    await roles.sync_members(scene.ctx, town.GUILD, scene.roles, partial=False, how="seen")
    made = await asked(scene, SCALE)
    assert (await get(scene, made)).asked == 7


# ---- again and again ---------------------------------------------------------------------------------------


async def pulse(scene: Scene, repeats: str = "month", closes: str = "", zone: str = "Europe/Berlin") -> int:
    made = await drafted(scene, SCALE)
    await surveys.plan(scene.ctx, scene.actor(GUS), made, closes, repeats, zone)
    await surveys.open_now(scene.ctx, scene.actor(GUS), made)
    return made


async def test_the_next_edition_opens_by_itself_with_the_same_questions(scene: Scene) -> None:
    first = await pulse(scene, closes="in 3 days at 18:00")
    for who in STAKEHOLDERS:
        await answer(scene, who, first, "4")
    await scene.after(by=timedelta(days=4))
    following = await get(scene, first + 1)
    assert (following.state, following.number, following.edition) == (SurveyState.SCHEDULED, 2, 2)
    assert following.opens_at == datetime(2026, 2, 1, tzinfo=UTC), "at 1:00 in Berlin, where it was opened"
    with pytest.raises(NotFound):
        await surveys.show(scene.ctx, scene.actor(ADA), following.id)
    await scene.after(by=timedelta(days=27))
    following = await get(scene, first + 1)
    assert (following.state, following.questions, following.series) == (SurveyState.OPEN, (SCALE,), 1)
    assert following.closes_at == datetime(2026, 2, 4, 17, tzinfo=UTC)
    assert following.missed == 0
    await answer(scene, ADA, following.id, "3")


async def test_after_months_of_downtime_one_edition_opens_and_the_missed_ones_are_counted(scene: Scene) -> None:
    first = await pulse(scene)
    scene.clock.forward(timedelta(days=100))
    await scene.sweep()
    assert (await get(scene, first)).state is SurveyState.CLOSED
    following = await get(scene, first + 1)
    assert (following.state, following.missed) == (SurveyState.SCHEDULED, 3)
    assert following.opens_at == datetime(2026, 4, 30, 23, tzinfo=UTC), "one hour earlier in summer"
    await scene.after(by=timedelta(days=90))
    following = await get(scene, first + 1)
    assert (following.state, following.missed) == (SurveyState.OPEN, 5)
    assert await next_due_at(scene) == scene.clock() + DAYS


async def test_a_series_ends_when_it_is_stopped_or_its_edition_cancelled(scene: Scene) -> None:
    first = await pulse(scene)
    with pytest.raises(NotEligible):
        await surveys.stop_repeating(scene.ctx, scene.actor(ADA), first)
    await surveys.stop_repeating(scene.ctx, scene.actor(GUS), first)
    with pytest.raises(AlreadyDone):
        await surveys.stop_repeating(scene.ctx, scene.actor(GUS), first)
    await closed(scene, first)
    assert await next_due_at(scene) is None
    second = await pulse(scene)
    await closed(scene, second)
    with pytest.raises(WrongState):
        await surveys.stop_repeating(scene.ctx, scene.actor(GUS), second + 1)
    await surveys.cancel(scene.ctx, scene.actor(GUS), second + 1)
    assert await next_due_at(scene) is None


async def test_only_what_the_menu_holds_repeats_and_only_times_understood_close(scene: Scene) -> None:
    made = await drafted(scene)
    for closes, repeats, zone, refusal in (
        ("", "second", "UTC", UnknownKey),
        ("", "day", "UTC", UnknownKey),
        ("yesterday 18:00", "", "UTC", (TimePast, TimeUnclear)),
        ("sometime", "", "UTC", TimeUnclear),
        ("in 90 days at 18:00", "", "UTC", BadValue),
        ("", "", "Middle/Earth", ZoneUnknown),
    ):
        with pytest.raises(refusal):
            await surveys.plan(scene.ctx, scene.actor(GUS), made, closes, repeats, zone)


async def test_who_may_not_run_a_survey_learns_nothing_of_its_time_and_no_write_waits_for_the_reading(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lengths first, authority second, reading third, and that outside the transaction."""
    made = await drafted(scene, SCALE)
    ada = scene.actor(ADA)
    for typed in ("nonsense", "9" * 30_000, " " * 6000 + "x"):
        with pytest.raises((NotEligible, NotFound)):
            await surveys.plan(scene.ctx, ada, made, closes=typed)
    writing: list[bool] = []
    read = times.parse

    def watched(text: str, zone: str, now: datetime) -> times.Understood:
        async def write() -> None:
            async with scene.ctx.uow.write() as tx:
                await tx.runtime.put("meanwhile", "written")

        asyncio.run_coroutine_threadsafe(write(), loop).result(timeout=5)
        writing.append(True)
        return read(text, zone, now)

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(times, "parse", watched)
    view = await surveys.plan(scene.ctx, scene.actor(GUS), made, closes="in 5 days at 18:00")
    assert view.survey.closes_at is not None
    assert writing == [True]
