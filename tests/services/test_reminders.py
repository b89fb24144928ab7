"""Reminders and digests on real databases: once, in time, and as each person wants them (RHY-2, LRN-4)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.governance import retros as retro_rules
from bot.governance.errors import BadValue, NotEligible, TimePast, ZoneUnknown
from bot.governance.escalations import MOST_DISPUTED
from bot.governance.meetings import Meeting
from bot.governance.proposals_events import Nudged
from bot.governance.proposals_types import Proposal
from bot.governance.reminders import Letter, Preferences, ReminderState, ReminderTopic, Way
from bot.governance.reminders_events import DigestGiven
from bot.governance.surveys import Question, QuestionKind
from bot.services import (
    digests,
    direct_messages,
    erasures,
    feedback,
    meetings,
    reminders,
    retros,
    retros_writing,
    summaries,
    surveys,
    surveys_replies,
)
from bot.services.direct_messages import LetterView
from bot.services.ports.deliveries import DeliveryKind, DeliveryState
from bot.services.reminders import Hours, PreferencesView, Wishes
from bot.ui import reminders_letters as words
from tests.services.scene import ADA, BEN, CLEO, DEV, ELI, FAY, GUS, HERE, NIA, STAKEHOLDERS, TIA, TLC, TOM, UMA, Scene

ALL = frozenset(topic.value for topic in ReminderTopic)
NUDGED_AT = datetime(2026, 1, 3, tzinfo=UTC)
"""A day before the review of what was filed at New Year closes."""


async def wants(
    scene: Scene,
    who: int,
    way: Way = Way.MENTION,
    *,
    without: ReminderTopic | None = None,
    mentions: str = "",
    day: str = "0",
    at: str = "09:00",
) -> PreferencesView:
    topics = ALL - ({without.value} if without else set())
    return await reminders.set_wishes(scene.ctx, scene.actor(who), HERE, Wishes(way.value, topics, mentions, day, at))


async def hours(
    scene: Scene, who: int, zone: str = "", quiet: tuple[str, str] = ("", ""), back: str = ""
) -> PreferencesView:
    return await reminders.set_hours(scene.ctx, scene.actor(who), HERE, Hours(zone, *quiet, back))


async def given(scene: Scene) -> dict[int, list[Letter]]:
    """Every letter on its way or delivered, by Discord user, in order."""
    everyone = {await scene.person(user): user for user in scene.roles}
    found: dict[int, list[Letter]] = {}
    async with scene.ctx.uow.read() as tx:
        for each in await tx.deliveries.waiting(scene.clock.now, 1000):
            if each.kind is DeliveryKind.DIRECT and each.thing:
                letter = await tx.reminders.letter(int(each.thing.partition("/")[2]))
                assert letter.person == each.person
                found.setdefault(everyone[letter.person], []).append(letter)
    return found


async def said(scene: Scene, letter: Letter) -> str:
    async with scene.ctx.uow.read() as tx:
        return words.letter(LetterView(letter, await tx.partnerships.get(HERE)))


async def mentioned(scene: Scene, filed: int) -> set[int]:
    """Whom the notice of the nudge mentions."""
    everyone = {await scene.person(user): user for user in scene.roles}
    async with scene.ctx.uow.read() as tx:
        told = [r for r in await tx.record.of(HERE, f"proposal/{filed}") if r.event.type is Nudged]
    return {everyone[person] for person in await direct_messages.mentioned(scene.ctx, told[-1])}


async def until(scene: Scene, instant: datetime) -> None:
    """Time passes, and whatever is due on the way is done when it is due."""
    while True:
        async with scene.ctx.uow.read() as tx:
            candidates = [await tx.reminders.next_due_at((HERE,)), await tx.of(Proposal).next_due_at((HERE,))]
            candidates += [await tx.of(Meeting).next_due_at((HERE,)), await digests.next_due_at(tx, (HERE,))]
        due = min((each for each in candidates if each is not None), default=None)
        if due is None or due > instant:
            break
        scene.clock.now = max(due, scene.clock.now)
        await scene.sweep()
    scene.clock.now = instant
    await scene.sweep()


async def away(scene: Scene, by: timedelta) -> None:
    """Time passes while nobody sweeps."""
    scene.clock.forward(by)
    await scene.sweep()
    await scene.sweep()


# ---- preferences ---------------------------------------------------------------------------------


async def test_preferences_are_kept_beside_the_record_and_deleted_with_the_person(scene: Scene) -> None:
    before = await scene.record()
    view = await wants(scene, ADA, Way.DIRECT, without=ReminderTopic.SURVEYS, mentions="2", day="daily", at="18:30")
    assert view.preferences == Preferences(
        way=Way.DIRECT, off=frozenset({ReminderTopic.SURVEYS}), mentions=2, digest_day=None, digest_minute=1110
    )
    assert view.digest_at == datetime(2026, 1, 1, 18, 30, tzinfo=UTC)
    view = await hours(scene, ADA, "Europe/Lisbon", ("22:00", "7:00"), "2026-02-01")
    assert view.preferences.quiet == (1320, 420)
    assert view.preferences.away_until == datetime(2026, 2, 1, tzinfo=UTC)
    assert view.preferences.way is Way.DIRECT, "one form leaves alone what the other says"
    assert await reminders.preferences(scene.ctx, scene.actor(ADA), HERE) == view
    assert (await reminders.preferences(scene.ctx, scene.actor(BEN), HERE)).preferences == Preferences()
    assert await scene.record() == before, "nobody's business"
    await erasures.forget(scene.ctx, ADA)
    for table, rows in (await scene.tables()).items():
        assert table not in {"preferences", "reminders", "letters"} or rows == [], table


@pytest.mark.both_databases
async def test_a_zone_counts_at_once_and_a_reset_forgets(scene: Scene) -> None:
    view = await reminders.set_zone(scene.ctx, scene.actor(ADA), HERE, "Asia/Tokyo")
    assert (view.zone, view.digest_at) == ("Asia/Tokyo", datetime(2026, 1, 5, tzinfo=UTC))
    view = await reminders.reset(scene.ctx, scene.actor(ADA), HERE)
    assert (view.preferences, view.zone, view.digest_at) == (Preferences(), "UTC", None)


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        (Hours("Europe/Atlantis", "", "", ""), ZoneUnknown),
        (Hours("", "22:00", "", ""), BadValue),
        (Hours("", "25:00", "07:00", ""), BadValue),
        (Hours("", "", "", "2025-12-01 09:00"), TimePast),
    ],
)
async def test_what_cannot_be_understood_is_refused(scene: Scene, typed: Hours, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await reminders.set_hours(scene.ctx, scene.actor(ADA), HERE, typed)


async def test_odd_wishes_are_refused_and_so_are_strangers(scene: Scene) -> None:
    for wishes in (
        Wishes("shout", ALL, "", "0", "09:00"),
        Wishes("mention", ALL, "many", "0", "09:00"),
        Wishes("mention", ALL, "51", "0", "09:00"),
        Wishes("mention", ALL, "", "8", "09:00"),
        Wishes("mention", ALL, "", "0", "noon"),
        Wishes("both", ALL, "", "0", "09:00"),
    ):
        with pytest.raises(BadValue):
            await reminders.set_wishes(scene.ctx, scene.actor(ADA), HERE, wishes)
    with pytest.raises(NotEligible):
        await reminders.preferences(scene.ctx, scene.actor(NIA), HERE)


# ---- nudges --------------------------------------------------------------------------------------


async def test_a_nudge_reaches_each_as_they_want_it(scene: Scene) -> None:
    await hours(scene, ADA, quiet=("22:00", "07:00"))
    await wants(scene, BEN, without=ReminderTopic.PROPOSALS)
    await wants(scene, CLEO, Way.MENTION)
    await wants(scene, DEV, Way.DIRECT)
    await wants(scene, ELI, Way.DIGEST, day="daily", at="18:00")
    filed = await scene.file()
    await until(scene, NUDGED_AT)
    assert await mentioned(scene, filed) == {CLEO, FAY}
    assert {who for who, each in (await given(scene)).items() if not all(letter.digest for letter in each)} == {
        DEV,
    }, "by one way: Fay, who chose nothing, is mentioned"
    await until(scene, NUDGED_AT + timedelta(hours=20))
    found = await given(scene)
    assert {who: {(letter.at.hour, letter.digest) for letter in found[who]} for who in found} == {
        ADA: {(7, False)},
        DEV: {(0, False)},
        ELI: {(18, True)},
    }, "Ada in the morning, Eli in the digest"
    assert not found[ADA][0].entries[0].late
    assert "neither read it" in await said(scene, found[ADA][0])
    assert "Reminders that waited" in await said(scene, found[ELI][-1])
    assert "**P-1" in await said(scene, found[ELI][-1])


async def test_whoever_acted_meanwhile_is_left_alone(scene: Scene) -> None:
    await hours(scene, ADA, quiet=("22:00", "07:00"))
    filed = await scene.file()
    await until(scene, NUDGED_AT + timedelta(hours=1))
    await scene.read_by(filed, ADA)
    await until(scene, NUDGED_AT + timedelta(hours=12))
    assert ADA not in await given(scene)


async def test_of_a_dispute_who_left_meanwhile_is_not_reminded(scene: Scene) -> None:
    """Reminders go to those who can still act: who gave the seat up cannot take it to a vote (RHY-2, PRO-9)."""
    filed = await scene.disputed()
    for who in (BEN, CLEO):
        await hours(scene, who, quiet=("22:00", "07:00"))
    nudged_at = (await scene.get(filed)).state_since + MOST_DISPUTED - timedelta(hours=24)
    await until(scene, nudged_at + timedelta(hours=1))
    await scene.left(BEN)
    await until(scene, nudged_at + timedelta(hours=12))
    told = {who for who, own in (await given(scene)).items() if any(letter.at >= nudged_at for letter in own)}
    assert CLEO in told
    assert BEN not in told


async def told_of(scene: Scene, who: int, *filed: int) -> list[str]:
    """Of which proposals somebody was told by now, by whichever way."""
    names = [f"P-{n}" for n, each in enumerate(filed, 1) if who in await mentioned(scene, each)]
    entries = [entry for letter in (await given(scene)).get(who, []) for entry in letter.entries]
    return names + [entry.name for entry in entries if entry.section in {"reminder", "missed"}]


@pytest.mark.both_databases
async def test_above_the_budget_a_nudge_waits_for_the_digest(scene: Scene) -> None:
    await wants(scene, ADA, mentions="1", day="5", at="12:00")
    first, second = await scene.file(TIA), await scene.file(TOM)
    await until(scene, NUDGED_AT)
    assert len(await told_of(scene, ADA, first, second)) == 1
    assert await told_of(scene, BEN, first, second) == ["P-1", "P-2"]
    await until(scene, NUDGED_AT + timedelta(hours=13))
    (digest,) = (await given(scene))[ADA]
    assert digest.digest
    assert sorted(await told_of(scene, ADA, first, second)) == ["P-1", "P-2"], "each once"


async def test_above_the_budget_and_without_a_digest_it_comes_the_next_day(scene: Scene) -> None:
    await wants(scene, ADA, mentions="1", without=ReminderTopic.DIGEST)
    await wants(scene, BEN, mentions="0", without=ReminderTopic.DIGEST)
    first, second, third = await scene.file(TIA), await scene.file(TOM), await scene.file(UMA)
    await until(scene, NUDGED_AT)
    assert len(await told_of(scene, ADA, first, second, third)) == 1
    await until(scene, NUDGED_AT + timedelta(days=1, hours=1))
    assert sorted(await told_of(scene, ADA, first, second, third)) == ["P-1", "P-2", "P-3"], "each once"
    (letter,) = (await given(scene))[ADA]
    assert letter.at == NUDGED_AT + timedelta(days=1)
    assert "could not be given to you in time: The time for objections ended" in await said(scene, letter)
    assert await told_of(scene, BEN, first, second, third) == [], "who wants none gets none"


async def test_who_cannot_read_the_thread_any_more_is_told_by_message_or_not_at_all(scene: Scene) -> None:
    filed = await scene.file()
    async with scene.ctx.uow.read() as tx:
        partnership = await tx.partnerships.get(HERE)
        thing = await summaries.look(tx, partnership, f"proposal/{filed}")
    assert thing is not None
    assert {await scene.person(who) for who in (ADA, TIA)} <= thing.readers
    await scene.joined(ADA)
    await until(scene, NUDGED_AT)
    assert ADA not in await mentioned(scene, filed), "their name in the thread would reach nobody"
    assert BEN in await mentioned(scene, filed)


async def test_an_owner_who_holds_no_seat_any_more_is_not_reminded(scene: Scene) -> None:
    """Of feedback they took on, and of an action they promised: they could do nothing about either."""
    for owner in (TIA, UMA):
        view = await feedback.give(scene.ctx, scene.actor(BEN), HERE, TLC, f"The map {owner} is old.", anonymous=True)
        await feedback.take(scene.ctx, scene.actor(owner), view.feedback.id)
    tom = scene.actor(TOM)
    held = (await retros.start(scene.ctx, tom, HERE, TLC, retro_rules.RetroPlan("4ls", ("Liked",)))).retro
    await retros.next_phase(scene.ctx, tom, held.id, held.state)
    await retros_writing.write(scene.ctx, tom, held.id, 0, "The map")
    while (view := await retros.show(scene.ctx, tom, held.id)).retro.state is not retro_rules.RetroState.ACTIONS:  # type: ignore[assignment]
        await retros.next_phase(scene.ctx, tom, held.id, view.retro.state)  # type: ignore[attr-defined]
    for owner in (TIA, UMA):
        await retros_writing.add_action(scene.ctx, tom, held.id, f"Print {owner}", scene.actor(owner), "in 6 days")
    await scene.joined(UMA)
    await until(scene, datetime(2026, 1, 9, tzinfo=UTC))
    found = await given(scene)
    assert {entry.name for letter in found[TIA] for entry in letter.entries} >= {"F-1", "R-1"}
    assert UMA not in found


async def test_several_that_are_due_at_once_are_one_message(scene: Scene) -> None:
    await hours(scene, ADA, quiet=("22:00", "07:00"))
    for author in (TIA, TOM):
        await scene.file(author)
    await until(scene, NUDGED_AT + timedelta(hours=8))
    (letter,) = (await given(scene))[ADA]
    assert {entry.name for entry in letter.entries} == {"P-1", "P-2"}
    assert "2 things" in await said(scene, letter)


async def test_sweeping_again_gives_nothing_twice(scene: Scene) -> None:
    await scene.file()
    await until(scene, NUDGED_AT)
    before = await scene.tables()
    for _ in range(3):
        await scene.sweep()
    assert await scene.tables() == before
    assert all(len(each) == 1 for each in (await given(scene)).values())


async def test_an_absence_rests_everything_and_ends_with_one_digest(scene: Scene) -> None:
    await hours(scene, ADA, back="2026-01-20")
    filed = await scene.file()
    await until(scene, datetime(2026, 1, 19, tzinfo=UTC))
    assert ADA not in await given(scene)
    await until(scene, datetime(2026, 1, 27, tzinfo=UTC))
    (letter,) = (await given(scene))[ADA]
    assert letter.at == datetime(2026, 1, 26, 9, tzinfo=UTC), "the first Monday after it"
    assert [entry.name for entry in letter.entries if entry.section == "missed"] == ["P-1"]
    assert "The time for objections ended" in await said(scene, letter)
    assert (await scene.get(filed)).state.value == "enacted"


# ---- meetings ------------------------------------------------------------------------------------


async def meeting(scene: Scene, when: str, who: int = TOM) -> int:
    wanted = meetings.Wanted(when=when, group=TLC, every="once")
    typed = await meetings.draft(scene.ctx, scene.actor(who), HERE, wanted)
    return (await meetings.confirm(scene.ctx, scene.actor(who), typed.meeting.id)).meeting.id


async def test_a_meeting_is_told_a_day_and_a_quarter_of_an_hour_before_to_those_who_may_come(scene: Scene) -> None:
    held = await meeting(scene, "2026-01-10 12:00")
    await meetings.attend(scene.ctx, scene.actor(UMA), held, False)
    await until(scene, datetime(2026, 1, 10, 11, 50, tzinfo=UTC))
    found = {who: each for who, each in (await given(scene)).items() if who in {TIA, TOM, UMA, ADA}}
    assert {who: [letter.at for letter in each] for who, each in found.items()} == {
        who: [datetime(2026, 1, 9, 12, tzinfo=UTC), datetime(2026, 1, 10, 11, 45, tzinfo=UTC)] for who in (TIA, TOM)
    }
    assert "The meeting begins" in await said(scene, found[TIA][0])


async def test_a_meeting_that_moved_is_told_at_its_new_time_only(scene: Scene) -> None:
    held = await meeting(scene, "2026-01-10 12:00")
    await meetings.move(scene.ctx, scene.actor(TOM), held, datetime(2026, 1, 11, 12, tzinfo=UTC))
    await until(scene, datetime(2026, 1, 11, 11, 50, tzinfo=UTC))
    assert [letter.at.day for letter in (await given(scene))[TIA]] == [10, 11]


async def test_after_a_month_of_downtime_each_missed_notice_comes_once_in_one_digest(scene: Scene) -> None:
    await wants(scene, TIA, day="daily")
    for day in (6, 8, 10):
        await meeting(scene, f"2026-01-{day:02} 12:00")
    await scene.sweep()
    scene.clock.now = datetime(2026, 2, 4, 15, tzinfo=UTC)
    await scene.sweep()
    await scene.sweep()
    (letter,) = (await given(scene))[TIA]
    assert letter.digest
    missed = [entry.name for entry in letter.entries if entry.section == "missed"]
    assert missed == ["M-1", "M-2", "M-3"], "each once, though it had two reminders"
    assert "could not be given to you in time" in await said(scene, letter)
    assert TOM not in await given(scene), "who chose nothing is told on Monday"
    await until(scene, datetime(2026, 2, 9, 10, tzinfo=UTC))
    (monday,) = (await given(scene))[TOM]
    assert [entry.name for entry in monday.entries] == missed
    assert len([each for each in (await given(scene))[TIA] if each.entries[0].section == "missed"]) == 1


# ---- feedback ------------------------------------------------------------------------------------


async def test_an_owner_hears_of_feedback_that_has_no_answer_after_a_week(scene: Scene) -> None:
    for answered in (False, True):
        view = await feedback.give(scene.ctx, scene.actor(BEN), HERE, None, "The map is out of date.", anonymous=True)
        await feedback.take(scene.ctx, scene.actor(TIA), view.feedback.id)
        if answered:
            await feedback.answer(scene.ctx, scene.actor(TIA), view.feedback.id, "It is new now.")
    await until(scene, datetime(2026, 1, 8, 1, tzinfo=UTC))
    (letter,) = (await given(scene))[TIA]
    assert [entry.name for entry in letter.entries] == ["F-1"]


# ---- digests -------------------------------------------------------------------------------------


async def test_a_chosen_digest_tells_what_waits_and_what_is_new_to_its_reader(scene: Scene) -> None:
    await wants(scene, ADA)
    view = await feedback.give(scene.ctx, scene.actor(BEN), HERE, None, "The map is out of date.", anonymous=True)
    await feedback.answer(scene.ctx, scene.actor(TOM), view.feedback.id, "It is new now.")
    passed = await scene.file(TIA)
    await scene.read_by(passed, *STAKEHOLDERS)
    await until(scene, datetime(2026, 1, 4, 12, tzinfo=UTC))
    await scene.file(TOM)
    await meeting(scene, "2026-01-07 12:00")
    await until(scene, datetime(2026, 1, 5, 9, tzinfo=UTC))
    digest = (await given(scene))[ADA][-1]
    found = {(entry.section, entry.name) for entry in digest.entries}
    assert {("outcome", "P-1"), ("answered", "F-1"), ("waiting", "P-2"), ("meeting", "M-1")} <= found, found
    text = await said(scene, digest)
    assert "You said, we did" in text
    assert "It is new now" in text
    assert set(await given(scene)) == {ADA}, "nobody else asked for one"
    await until(scene, datetime(2026, 1, 12, 8, tzinfo=UTC))
    before = len((await given(scene))[ADA])
    scene.clock.now = datetime(2026, 3, 3, tzinfo=UTC)
    await scene.sweep()
    assert len((await given(scene))[ADA]) == before + 1, "after a long downtime one, not many"


async def test_no_digest_comes_when_there_is_nothing(scene: Scene) -> None:
    await wants(scene, ADA, day="daily")
    await until(scene, datetime(2026, 1, 10, tzinfo=UTC))
    assert await given(scene) == {}


async def test_the_weekly_digest_is_posted_once_where_everybody_talks(scene: Scene) -> None:
    await scene.sweep()
    passed = await scene.file(TIA)
    await scene.read_by(passed, *STAKEHOLDERS)
    hidden = await scene.file(41, "general", 4)  # type: ignore[arg-type]
    assert hidden
    await until(scene, datetime(2026, 1, 5, 10, tzinfo=UTC))
    await scene.sweep()
    posts = [each for each in await scene.record() if each.event.type is DigestGiven]
    assert len(posts) == 1
    view = await digests.load(scene.ctx, HERE, posts[0].number)
    assert [(entry.section, entry.name) for entry in view.entries] == [("outcome", "P-1")], "private matters stay there"
    scene.clock.now = datetime(2026, 3, 3, tzinfo=UTC)
    await scene.sweep()
    await scene.sweep()
    posts = [each for each in await scene.record() if each.event.type is DigestGiven]
    assert len(posts) <= 2, "late, and one for all the weeks"


async def test_who_holds_no_seat_any_more_is_not_reminded_of_a_survey(scene: Scene) -> None:
    gus = scene.actor(GUS)
    asked = (await surveys.create(scene.ctx, gus, HERE, None, "Pulse", "")).survey.id
    await surveys.put_question(scene.ctx, gus, asked, 0, Question(QuestionKind.TEXT, "What should change?"))
    opened = (await surveys.open_now(scene.ctx, gus, asked)).survey
    await scene.joined(ADA)
    assert opened.closes_at is not None
    await until(scene, opened.closes_at - timedelta(minutes=1))
    found = await given(scene)
    assert BEN in found
    assert ADA not in found


async def test_of_several_sweeps_at_once_one_gives(scene: Scene) -> None:
    await scene.sweep()
    await wants(scene, ADA)
    passed = await scene.file(TIA)
    await scene.read_by(passed, *STAKEHOLDERS)
    await until(scene, datetime(2026, 1, 5, 8, 30, tzinfo=UTC))
    await meeting(scene, "2026-01-06 09:00")
    scene.clock.now = datetime(2026, 1, 5, 10, tzinfo=UTC)
    await asyncio.gather(*[scene.sweep() for _ in range(4)])
    found = {who: [each.at for each in letters] for who, letters in (await given(scene)).items()}
    assert {who: found[who].count(scene.clock.now) for who in (ADA, TIA, TOM)} == {ADA: 1, TIA: 1, TOM: 1}
    told = [each for each in await scene.record() if each.event.type is DigestGiven]
    assert len(told) == 1


# ---- what is kept --------------------------------------------------------------------------------


async def test_the_words_of_a_letter_go_a_day_after_it_was_sent_and_that_it_failed_is_told(scene: Scene) -> None:

    await wants(scene, ADA, Way.DIRECT, without=ReminderTopic.DIGEST)
    await scene.file()
    await until(scene, NUDGED_AT)
    async with scene.ctx.uow.write() as tx:
        waiting = [d for d in await tx.deliveries.waiting(scene.clock.now, 100) if d.kind is DeliveryKind.DIRECT]
        await tx.deliveries.save_all([replace(d, state=DeliveryState.GIVEN_UP) for d in waiting])
    assert (await reminders.preferences(scene.ctx, scene.actor(ADA), HERE)).not_taken == 1
    await scene.after(hours=49)
    async with scene.ctx.uow.read() as tx:
        assert not [row for row in (await scene.tables())["letters"] if "P-1" in row]
    await scene.after(hours=24 * 91)
    tables = await scene.tables()
    assert tables["letters"] == []
    assert not [row for row in tables["reminders"] if ReminderState.GIVEN.value in row and "2026, 1, 3" in row]


# ---- retros and surveys --------------------------------------------------------------------------


@pytest.mark.both_databases
async def test_everybody_asked_by_a_survey_hears_once_of_its_end_also_who_answered(scene: Scene) -> None:
    gus = scene.actor(GUS)
    asked = (await surveys.create(scene.ctx, gus, HERE, None, "Pulse", "")).survey.id
    await surveys.put_question(scene.ctx, gus, asked, 0, Question(QuestionKind.TEXT, "What should change?"))
    opened = (await surveys.open_now(scene.ctx, gus, asked)).survey
    await surveys_replies.answer(scene.ctx, scene.actor(BEN), asked, ["More maps."])
    assert opened.closes_at is not None
    await until(scene, opened.closes_at - timedelta(minutes=1))
    found = await given(scene)
    assert len(found[BEN]) == len(found[TIA]) == 1, "nobody knows who answered"


async def test_an_owner_hears_of_an_action_before_it_is_due_and_the_group_of_a_slow_phase(scene: Scene) -> None:
    tom = scene.actor(TOM)
    plan = retro_rules.RetroPlan("4ls", ("Liked", "Lacked"), pace=timedelta(days=3))
    held = (await retros.start(scene.ctx, tom, HERE, TLC, plan)).retro
    assert held.deadline_at is not None
    await until(scene, held.deadline_at - timedelta(minutes=1))
    assert [letter.entries[0].name for letter in (await given(scene))[TIA]] == ["R-1"]
    await retros.next_phase(scene.ctx, tom, held.id, held.state)
    await retros_writing.write(scene.ctx, tom, held.id, 0, "The map")
    while (view := await retros.show(scene.ctx, tom, held.id)).retro.state is not retro_rules.RetroState.ACTIONS:
        await retros.next_phase(scene.ctx, tom, held.id, view.retro.state)
    before = len((await given(scene))[UMA])
    await retros_writing.add_action(scene.ctx, tom, held.id, "Print the map", scene.actor(UMA), "in 6 days")
    (action,) = (await retros.show(scene.ctx, tom, held.id)).retro.actions
    assert action.due_at is not None
    await until(scene, action.due_at - timedelta(minutes=1))
    told = [await said(scene, letter) for letter in (await given(scene))[UMA][before:]]
    assert sum("Print the map" in each for each in told) == 1
