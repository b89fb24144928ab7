"""Scheduling and holding meetings, on real databases (RHY-1, RHY-4)."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.governance import errors, retros
from bot.governance.ids import GroupId, PartnershipId
from bot.governance.meetings import MOST_AHEAD, Answer, Meeting, MeetingKind, MeetingState
from bot.governance.retros import Retro
from bot.services import erasures, meetings, proposals, roles
from bot.services.meetings import Wanted
from bot.services.ports.context import Actor
from bot.services.ports.deliveries import DeliveryKind
from bot.ui.errors import speak
from tests.services.scene import (
    ADA,
    CAL,
    CELL,
    CORE_RULER,
    ELSEWHERE,
    GUILD,
    HERE,
    NIA,
    ODA,
    PEOPLE,
    QUIET,
    QUINN,
    RAY,
    TEXT,
    TIA,
    TLC,
    TOM,
    UMA,
    Scene,
)

BERLIN = "Europe/Berlin"
WEEKLY = Wanted("friday 18:00", "Weekly check", BERLIN, "week", 60, "operations", TLC)


async def schedule(scene: Scene, wanted: Wanted = WEEKLY, who: int = TOM) -> Meeting:
    typed = await meetings.draft(scene.ctx, scene.actor(who), HERE, wanted)
    return (await meetings.confirm(scene.ctx, scene.actor(who), typed.meeting.id)).meeting


async def get(scene: Scene, number: int = 1) -> Meeting:
    async with scene.ctx.uow.read() as tx:
        return await tx.of(Meeting).numbered(HERE, number)


async def all_of(scene: Scene) -> list[Meeting]:
    async with scene.ctx.uow.read() as tx:
        return sorted((m for m in await tx.of(Meeting).list(HERE, limit=200) if m.number > 0), key=lambda m: m.number)


async def happened(scene: Scene) -> Counter[str]:
    return Counter(r.event.name for r in await scene.record() if r.event.thing.startswith("meeting/"))


async def at(scene: Scene, instant: datetime) -> None:
    scene.clock.now = instant
    await scene.sweep()


def on_the_wall(meeting: Meeting) -> str:
    return f"{meeting.starts_at.astimezone(ZoneInfo(meeting.zone)):%Y-%m-%d %H:%M}"


# ---- scheduling ----------------------------------------------------------------------------------


async def test_what_is_typed_is_on_no_record_until_it_is_confirmed(scene: Scene) -> None:
    before = await scene.tables()
    typed = await meetings.draft(scene.ctx, scene.actor(TOM), HERE, WEEKLY)
    after = await scene.tables()
    assert {name for name in after if after[name] != before[name]} <= {"meetings", "sequences", "people"}
    assert await all_of(scene) == []
    with pytest.raises(errors.NotFound):
        await meetings.attend(scene.ctx, scene.actor(TOM), typed.meeting.id, True)
    with pytest.raises(errors.NotFound):
        await meetings.confirm(scene.ctx, scene.actor(TIA), typed.meeting.id)
    confirmed = (await meetings.confirm(scene.ctx, scene.actor(TOM), typed.meeting.id)).meeting
    assert (confirmed.number, confirmed.state) == (1, MeetingState.SCHEDULED)
    assert on_the_wall(confirmed) == "2026-01-02 18:00"
    assert await happened(scene) == {"meeting scheduled": 1}
    async with scene.ctx.uow.read() as tx:
        for kind in (DeliveryKind.BOARD, DeliveryKind.CALENDAR):
            assert await tx.deliveries.board(f"meeting/{confirmed.id}", kind) is not None


@pytest.mark.both_databases
async def test_confirmed_twice_at_once_it_is_scheduled_once(scene: Scene) -> None:
    typed = await meetings.draft(scene.ctx, scene.actor(TOM), HERE, WEEKLY)
    done = await asyncio.gather(
        *(meetings.confirm(scene.ctx, scene.actor(TOM), typed.meeting.id) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(each, errors.AlreadyDone) for each in done) == 4
    assert len(await all_of(scene)) == 1
    assert await happened(scene) == {"meeting scheduled": 1}


async def test_what_nobody_confirms_is_forgotten_after_a_day(scene: Scene) -> None:
    typed = await meetings.draft(scene.ctx, scene.actor(TOM), HERE, Wanted("in 9 days at 18:00", "Secret", group=TLC))
    await scene.after(hours=24)
    with pytest.raises(errors.WrongState) as refused:
        await meetings.confirm(scene.ctx, scene.actor(TOM), typed.meeting.id)
    assert "past that" in speak(refused.value)
    assert "Secret" not in str(await scene.tables())
    assert await happened(scene) == {}


async def test_what_is_confirmed_too_late_is_refused(scene: Scene) -> None:
    typed = await meetings.draft(scene.ctx, scene.actor(TOM), HERE, Wanted("in 2 hours", group=TLC))
    scene.clock.forward(timedelta(hours=2))
    with pytest.raises(errors.TimePast):
        await meetings.confirm(scene.ctx, scene.actor(TOM), typed.meeting.id)


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (Wanted("sometime", group=TLC), errors.TimeUnclear),
        (Wanted("2025-01-01 18:00", group=TLC), errors.TimePast),
        (Wanted("2026-03-29 02:30", zone=BERLIN, group=TLC), errors.TimeSkipped),
        (Wanted("2026-10-25 02:30", zone=BERLIN, group=TLC), errors.TimeTwice),
        (Wanted("friday 18:00", zone="Berlin", group=TLC), errors.ZoneUnknown),
        (Wanted("friday 18:00", every="fortnight", group=TLC), errors.UnknownKey),
        (Wanted("2026-01-09 18:00", every="month last weekday", group=TLC), errors.BadValue),
        (Wanted("friday 18:00", kind="party", group=TLC), errors.UnknownKey),
        (Wanted("friday 18:00", title="ab", group=TLC), errors.BadText),
        (Wanted("friday 18:00", minutes=900, group=TLC), errors.LimitReached),
        (Wanted("friday 18:00", group=GroupId(99)), errors.NotFound),
        (Wanted("friday 18:00"), errors.BadValue),
    ],
)
async def test_what_cannot_be_scheduled_is_asked_about(
    scene: Scene, wanted: Wanted, refusal: type[errors.Refusal]
) -> None:
    with pytest.raises(refusal):
        await meetings.draft(scene.ctx, scene.actor(TOM), HERE, wanted)


async def test_who_schedules(scene: Scene) -> None:
    for who in (TIA, ADA, CAL, ODA, NIA):
        with pytest.raises(errors.NotEligible):
            await meetings.draft(scene.ctx, scene.actor(who), HERE, WEEKLY)
    in_the_cell = Wanted("friday 18:00", group=CELL)
    with pytest.raises(errors.NotEligible):
        await meetings.draft(scene.ctx, scene.actor(TOM), HERE, in_the_cell)
    assert (await schedule(scene, in_the_cell, CAL)).group == CELL, "a group without a facilitator: any member"
    await scene.joined(TOM, *(PEOPLE[TOM] - {CORE_RULER}))
    assert (await schedule(scene, WEEKLY, TIA)).group == TLC, "the facilitator's seat is empty now"


async def test_a_private_groups_meetings_are_its_own(scene: Scene) -> None:
    with pytest.raises(errors.NotFound):
        await meetings.draft(scene.ctx, scene.actor(TOM), HERE, Wanted("friday 18:00", group=QUIET))
    held = await schedule(scene, Wanted("friday 18:00", "Hush", group=QUIET), QUINN)
    for who in (TOM, CAL):
        with pytest.raises(errors.NotFound):
            await meetings.show(scene.ctx, scene.actor(who), held.id)
        with pytest.raises(errors.NotFound):
            await meetings.attend(scene.ctx, scene.actor(who), held.id, True)
        assert (await meetings.list_meetings(scene.ctx, scene.actor(who), HERE)).ahead == ()
    assert (await meetings.list_meetings(scene.ctx, scene.actor(RAY), HERE)).ahead == (held,)


@pytest.mark.both_databases
async def test_another_server_sees_nothing(scene: Scene) -> None:
    held = await schedule(scene)
    stranger = Actor(TOM, ELSEWHERE, PEOPLE[TOM])
    with pytest.raises(errors.NotFound):
        await meetings.show(scene.ctx, stranger, held.id)
    with pytest.raises(errors.NotFound):
        await meetings.end(scene.ctx, stranger, held.id)
    with pytest.raises(errors.NotFound):
        await meetings.list_meetings(scene.ctx, stranger, HERE)
    with pytest.raises(errors.NotFound):
        await meetings.show(scene.ctx, Actor(TOM, GUILD, PEOPLE[TOM]), 4711)
    with pytest.raises(errors.NotFound):
        await meetings.by_number(scene.ctx, scene.actor(TOM), PartnershipId(7), held.number)


async def test_a_group_has_only_so_many_ahead(scene: Scene) -> None:
    for _ in range(MOST_AHEAD):
        await schedule(scene, Wanted("friday 18:00", group=TLC))
    with pytest.raises(errors.LimitReached):
        await schedule(scene, Wanted("friday 18:00", group=TLC))


async def test_each_kind_brings_its_cadence_and_a_zone_of_its_own_changes_none_but_its_own(scene: Scene) -> None:
    strategy = await schedule(scene, Wanted("friday 18:00", zone=BERLIN, kind="strategy", group=TLC))
    assert (strategy.kind, strategy.length, strategy.title) == (
        MeetingKind.STRATEGY,
        timedelta(hours=2),
        "Strategy meeting of Core Team",
    )
    assert strategy.cadence is not None
    assert (strategy.cadence.every, strategy.cadence.unit) == (3, "month")
    plain = await schedule(scene, Wanted("friday 18:00", group=TLC))
    assert (plain.zone, plain.cadence, plain.kind) == ("UTC", None, MeetingKind.OPERATIONS)
    listed = await meetings.list_meetings(scene.ctx, scene.actor(ADA), HERE)
    assert listed.next_of == {(TLC, MeetingKind.STRATEGY): strategy, (TLC, MeetingKind.OPERATIONS): plain}


# ---- holding -------------------------------------------------------------------------------------


async def test_it_begins_by_itself_and_ends_once_with_what_was_decided_meanwhile(scene: Scene) -> None:
    filed = await scene.file(TIA, "general", TLC)
    await scene.read_by(filed, TOM, UMA)
    closes_at = (await scene.get(filed)).closes_at
    assert closes_at is not None
    held = await schedule(scene, Wanted(f"<t:{int(closes_at.timestamp()) - 60}>", "Deciding", group=TLC))
    with pytest.raises(errors.WrongState):
        await meetings.write(scene.ctx, scene.actor(TIA), held.id, "Too early to note", "")
    await at(scene, held.starts_at)
    assert (await get(scene)).state is MeetingState.RUNNING
    await at(scene, closes_at)
    await meetings.attend(scene.ctx, scene.actor(TIA), held.id, True)
    await meetings.write(scene.ctx, scene.actor(TIA), held.id, "We waited for the end of the window.", "")
    with pytest.raises(errors.NotEligible):
        await meetings.end(scene.ctx, scene.actor(TIA), held.id)
    view = await meetings.end(scene.ctx, scene.actor(TOM), held.id)
    number = (await scene.get(filed)).number
    assert number is not None
    assert view.meeting.decisions == (number,)
    with pytest.raises(errors.AlreadyDone):
        await meetings.end(scene.ctx, scene.actor(TOM), held.id)
    for act in (
        meetings.attend(scene.ctx, scene.actor(UMA), held.id, True),
        meetings.add_item(scene.ctx, scene.actor(UMA), held.id, "One more thing"),
        meetings.write(scene.ctx, scene.actor(UMA), held.id, "One more thing", ""),
        meetings.move(scene.ctx, scene.actor(TOM), held.id, scene.clock() + timedelta(days=1)),
        meetings.cancel(scene.ctx, scene.actor(TOM), held.id, "", False),
    ):
        with pytest.raises(errors.WrongState):
            await act
    assert (await happened(scene))["meeting ended"] == 1


async def test_what_people_say_last_of_themselves_counts(scene: Scene) -> None:
    held = await schedule(scene)
    await meetings.attend(scene.ctx, scene.actor(ADA), held.id, True)
    with pytest.raises(errors.AlreadyDone):
        await meetings.attend(scene.ctx, scene.actor(ADA), held.id, True)
    await meetings.attend(scene.ctx, scene.actor(ADA), held.id, False)
    for who in (ODA, NIA):
        with pytest.raises(errors.NotEligible):
            await meetings.attend(scene.ctx, scene.actor(who), held.id, True)
    await at(scene, held.starts_at)
    changed = (await meetings.attend(scene.ctx, scene.actor(ADA), held.id, True)).meeting
    assert changed.who(Answer.HERE) == (await scene.person(ADA),)
    assert changed.who(Answer.ABSENT) == ()


async def test_links_are_checked_and_private_matters_stay_private(scene: Scene) -> None:
    filed = await scene.file(TIA)
    hidden = await scene.file(QUINN, "general", QUIET)
    number, secret = (await scene.get(filed)).number, (await scene.get(hidden)).number
    held = await schedule(scene)
    await at(scene, held.starts_at)
    for wrong, refusal in (("P-999", errors.NotFound), (f"P-{secret}", errors.NotFound), ("yes", errors.BadValue)):
        with pytest.raises(refusal):
            await meetings.write(scene.ctx, scene.actor(TIA), held.id, "Some words", wrong)
    view = await meetings.write(scene.ctx, scene.actor(TIA), held.id, "", f"p-{number}, {number};")
    assert view.meeting.decisions == (number,)
    assert [each.title for each in view.linked] == [TEXT.title]
    with pytest.raises(errors.BadText):
        await meetings.write(scene.ctx, scene.actor(TIA), held.id, " ", "")
    with pytest.raises(errors.BadText):
        await meetings.write(scene.ctx, scene.actor(TIA), held.id, "x" * 3001, "")


# ---- one after the other -------------------------------------------------------------------------


async def test_a_weekly_meeting_stays_at_its_time_through_the_changes_of_clocks(scene: Scene) -> None:
    held = await schedule(scene)
    walls = []
    for _ in range(50):
        walls.append(on_the_wall(held))
        await at(scene, held.starts_at)
        await meetings.attend(scene.ctx, scene.actor(TIA), held.id, True)
        await meetings.end(scene.ctx, scene.actor(TOM), held.id)
        held = (await all_of(scene))[-1]
    assert {wall[-5:] for wall in walls} == {"18:00"}
    days = [datetime.fromisoformat(wall[:10]).toordinal() for wall in walls]
    assert {later - earlier for earlier, later in pairwise(days)} == {7}
    assert [m.number for m in await all_of(scene)] == list(range(1, 52))
    assert (await get(scene, 50)).attendance != ()
    assert (await get(scene, 51)).attendance == ()


async def test_nobody_came_and_nobody_ended_it(scene: Scene) -> None:
    held = await schedule(scene)
    await at(scene, held.starts_at)
    await at(scene, held.ends_at + timedelta(hours=12))
    assert [m.state for m in await all_of(scene)] == [MeetingState.MISSED, MeetingState.SCHEDULED]
    second = await get(scene, 2)
    await at(scene, second.starts_at)
    await meetings.attend(scene.ctx, scene.actor(TIA), second.id, True)
    await at(scene, second.ends_at + timedelta(hours=12))
    assert (await get(scene, 2)).state is MeetingState.ENDED, "somebody was here: it was held, though nobody ended it"
    assert await happened(scene) == {
        "meeting scheduled": 3,
        "meeting started": 2,
        "meeting missed": 1,
        "meeting changed": 1,
        "meeting ended": 1,
    }


async def test_after_a_month_away_what_was_missed_is_told_once_and_the_next_is_ahead(scene: Scene) -> None:
    daily = await schedule(scene, Wanted("friday 18:00", zone=BERLIN, every="day", group=TLC))
    scene.clock.forward(timedelta(days=31))
    await asyncio.gather(*(scene.sweep() for _ in range(3)))
    first, following = await all_of(scene)
    assert (first.state, following.state) == (MeetingState.MISSED, MeetingState.SCHEDULED)
    assert following.starts_at > scene.clock()
    assert following.starts_at - scene.clock() <= timedelta(days=1)
    (told,) = [r.event for r in await scene.record() if r.event.name == "meeting missed"]
    missed = told.data["missed"]
    assert isinstance(missed, list)
    assert missed[0] == daily.starts_at.isoformat()
    assert len(missed) == 30
    assert len(set(missed)) == 30
    assert await happened(scene) == {"meeting scheduled": 2, "meeting missed": 1}


async def test_after_an_hour_away_it_begins_late_and_can_be_minuted(scene: Scene) -> None:
    held = await schedule(scene)
    await at(scene, held.ends_at + timedelta(minutes=30))
    assert (await get(scene)).state is MeetingState.RUNNING
    await meetings.write(scene.ctx, scene.actor(TIA), held.id, "We met without the bot.", "")


async def test_one_that_is_moved_leaves_the_others_where_they_are(scene: Scene) -> None:
    held = await schedule(scene)
    await meetings.attend(scene.ctx, scene.actor(TIA), held.id, True)
    move = await meetings.read_move(scene.ctx, scene.actor(TOM), held.id, "thursday 20:00")
    understood = move.understood
    assert move.view.meeting == await get(scene), "nothing is moved before it is confirmed"
    with pytest.raises(errors.TimePast):
        await meetings.move(scene.ctx, scene.actor(TOM), held.id, scene.clock())
    with pytest.raises(errors.BadValue):
        await meetings.move(scene.ctx, scene.actor(TOM), held.id, scene.clock() + timedelta(days=4000))
    with pytest.raises(errors.NotEligible):
        await meetings.read_move(scene.ctx, scene.actor(TIA), held.id, "thursday 20:00")
    moved = (await meetings.move(scene.ctx, scene.actor(TOM), held.id, understood.instant)).meeting
    assert on_the_wall(moved) == "2026-01-01 20:00"
    assert moved.attendance == (), "who could come then may not now"
    with pytest.raises(errors.AlreadyDone):
        await meetings.move(scene.ctx, scene.actor(TOM), held.id, understood.instant)
    await at(scene, moved.starts_at)
    await meetings.end(scene.ctx, scene.actor(TOM), held.id)
    assert on_the_wall(await get(scene, 2)) == "2026-01-09 18:00", "the place of the one that was moved is taken"


@pytest.mark.parametrize(
    ("to", "stands"),
    [
        ("2026-01-08 17:00", []),
        ("2026-01-09 17:59", ["2026-01-09 18:00"]),
        ("2026-01-09 18:00", ["2026-01-09 18:00"]),
        ("2026-01-10 20:00", ["2026-01-09 18:00"]),
        ("2026-01-20 20:00", ["2026-01-09 18:00"]),
    ],
)
async def test_one_that_is_moved_beyond_the_next_of_its_series_swallows_none(
    scene: Scene, to: str, stands: list[str]
) -> None:
    """The next stands at once where this one comes to stand behind it, and the series goes on from there."""
    held = await schedule(scene)
    move = await meetings.read_move(scene.ctx, scene.actor(TOM), held.id, to)
    assert move.next_at is not None
    assert f"{move.next_at.astimezone(ZoneInfo(BERLIN)):%Y-%m-%d %H:%M}" == "2026-01-09 18:00"
    await meetings.move(scene.ctx, scene.actor(TOM), held.id, move.understood.instant)
    assert [on_the_wall(m) for m in (await all_of(scene))[1:]] == stands
    for _ in range(40):
        await scene.after(hours=12)
    times = sorted(on_the_wall(m) for m in await all_of(scene))
    assert {to, "2026-01-09 18:00", "2026-01-16 18:00"} <= set(times)
    assert len(times) == len(await all_of(scene))
    assert Counter(times)["2026-01-16 18:00"] == 1, "each slot is held once"


async def test_one_that_left_its_series_is_cancelled_without_another_following(scene: Scene) -> None:
    held = await schedule(scene)
    at_ = (await meetings.read_move(scene.ctx, scene.actor(TOM), held.id, "2026-01-10 20:00")).understood.instant
    await meetings.move(scene.ctx, scene.actor(TOM), held.id, at_)
    await meetings.move(scene.ctx, scene.actor(TOM), held.id, at_ + timedelta(days=20))
    await meetings.cancel(scene.ctx, scene.actor(TOM), held.id, "", False)
    assert [m.state for m in await all_of(scene)] == [MeetingState.CANCELLED, MeetingState.SCHEDULED]


async def test_one_is_cancelled_or_all_that_would_follow(scene: Scene) -> None:
    held = await schedule(scene)
    await meetings.cancel(scene.ctx, scene.actor(TOM), held.id, "Holiday", False)
    second = await get(scene, 2)
    assert on_the_wall(second) == "2026-01-09 18:00"
    await meetings.cancel(scene.ctx, scene.actor(TOM), second.id, "", True)
    assert [m.state for m in await all_of(scene)] == [MeetingState.CANCELLED] * 2
    await scene.after(by=timedelta(days=60))
    assert len(await all_of(scene)) == 2


# ---- the record ----------------------------------------------------------------------------------


async def test_words_are_erased_with_their_event(scene: Scene) -> None:
    held = await schedule(scene)
    await meetings.add_item(scene.ctx, scene.actor(TIA), held.id, "Tia's private worry")
    await meetings.add_item(scene.ctx, scene.actor(TIA), held.id, "Something else")
    await at(scene, held.starts_at)
    await meetings.write(scene.ctx, scene.actor(TIA), held.id, "Tia's private words", "")
    for recorded in await scene.record():
        if "private" in str(recorded.event.data):
            await erasures.erase(scene.ctx, HERE, recorded.number)
    assert "private" not in str((await scene.tables())["meetings"])
    assert [item.text for item in (await get(scene)).items] == ["erased on request", "Something else"]
    await scene.record()


async def test_who_is_forgotten_is_named_nowhere(scene: Scene) -> None:
    held = await schedule(scene)
    await meetings.attend(scene.ctx, scene.actor(TIA), held.id, True)
    await meetings.draft(scene.ctx, scene.actor(CAL), HERE, Wanted("friday 18:00", "Cal's secret", group=CELL))
    await erasures.forget(scene.ctx, TIA)
    await erasures.forget(scene.ctx, CAL)
    assert "secret" not in str((await scene.tables())["meetings"])
    view = await meetings.board(scene.ctx, held.id)
    assert [view.mention(a.person) for a in view.meeting.attendance] == ["someone (erased on request)"]


async def test_the_agenda_holds_what_is_open_in_the_group(scene: Scene) -> None:
    held = await schedule(scene)
    filed = await scene.file(TIA, "general", TLC)
    await scene.file(TIA)
    view = await meetings.show(scene.ctx, scene.actor(ADA), held.id)
    assert [row.id for row in view.open] == [filed]
    assert not view.runs
    await proposals.withdraw(scene.ctx, scene.actor(TIA), filed)
    assert (await meetings.show(scene.ctx, scene.actor(TOM), held.id)).open == ()
    assert (await meetings.show(scene.ctx, scene.actor(TOM), held.id)).runs
    await roles.sync_members(scene.ctx, GUILD, {TOM: frozenset()}, partial=True, how="taken")
    with pytest.raises(errors.NotEligible):
        await meetings.show(scene.ctx, Actor(TOM, GUILD), held.id)


async def test_the_agenda_holds_what_retros_agreed_on_and_nobody_has_done(scene: Scene) -> None:
    owner = await scene.person(TIA)
    now = scene.clock()
    closed, going_on = retros.RetroState.CLOSED, retros.RetroState.ACTIONS
    for number, group, state in ((1, TLC, closed), (2, CELL, closed), (3, TLC, going_on)):
        plan, terms = retros.RetroPlan("4 Ls", ("Liked",)), retros.RetroTerms(5, 3, 30, timedelta(days=1), True)
        agreed = (retros.Action(1, f"Call the baker, {number}", owner), retros.Action(2, "Done", owner, None, now))
        made = retros.Retro(number, HERE, number, group, owner, plan, terms, now, state, actions=agreed)
        async with scene.ctx.uow.write() as tx:
            await tx.of(Retro).save(made)
    view = (await meetings.show(scene.ctx, scene.actor(TOM), (await schedule(scene)).id)).promised
    assert [(each.retro, each.action.text) for each in view] == [(1, "Call the baker, 1")]


async def test_many_at_once_are_all_noted_and_it_ends_once(scene: Scene) -> None:
    held = await schedule(scene)
    await at(scene, held.starts_at)
    everyone = [who for who in PEOPLE if who != ODA]
    await asyncio.gather(*(meetings.attend(scene.ctx, scene.actor(who), held.id, True) for who in everyone))
    assert len((await get(scene)).who(Answer.HERE)) == len(everyone)
    await asyncio.gather(
        *(meetings.write(scene.ctx, scene.actor(who), held.id, f"Noted by {who}", "") for who in everyone)
    )
    assert [note.number for note in (await get(scene)).notes] == list(range(1, len(everyone) + 1))
    ended = await asyncio.gather(
        *(meetings.end(scene.ctx, scene.actor(TOM), held.id) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(each, errors.AlreadyDone) for each in ended) == 3
    assert (await happened(scene))["meeting ended"] == 1
    assert len(await all_of(scene)) == 2, "one follows it, not four"


async def test_nobody_fills_a_form_for_nothing(scene: Scene) -> None:
    held = await schedule(scene)
    for who, act, refusal in (
        (TOM, "write notes", errors.WrongState),
        (TOM, "end meeting", errors.WrongState),
        (TIA, "move meeting", errors.NotEligible),
        (TIA, "cancel meeting", errors.NotEligible),
        (ODA, "add to agenda", errors.NotEligible),
    ):
        with pytest.raises(refusal):
            await meetings.beforehand(scene.ctx, scene.actor(who), held.id, act)
    for who, act in ((TIA, "add to agenda"), (TOM, "move meeting"), (TOM, "cancel meeting")):
        assert (await meetings.beforehand(scene.ctx, scene.actor(who), held.id, act)).meeting == held
