"""The rules of meetings by properties: whatever people and time do, a meeting goes one way and ends once (RHY-1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance import authority
from bot.governance import meetings as rules
from bot.governance.authority import Act
from bot.governance.cadences import cadence
from bot.governance.errors import AlreadyDone, BadText, LimitReached, NotYours, Refusal
from bot.governance.events import Event
from bot.governance.ids import GroupId, PartnershipId, PersonId, RoleId
from bot.governance.meetings import AHEAD, OVER, Meeting, MeetingKind, MeetingState
from bot.governance.meetings_events import MeetingCancelled, MeetingEnded, MeetingMissed, MeetingScheduled
from bot.governance.organisation import Holding, Member, RoleMapping

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GROUP = GroupId(2)
PEOPLE = [Member(PersonId(f"{n:032x}"), (RoleMapping(RoleId(n), GROUP, "member"),)) for n in range(3)]
DRAFT = Meeting(
    id=7,
    partnership=PartnershipId(1),
    number=-7,
    group=GROUP,
    title="Weekly check",
    kind=MeetingKind.OPERATIONS,
    organiser=PEOPLE[0].person,
    starts_at=NOW + timedelta(days=2),
    length=timedelta(hours=1),
    zone="UTC",
    state=MeetingState.DRAFT,
    state_since=NOW,
    slot=NOW + timedelta(days=2),
)
ACTS = ("confirm", "move", "cancel", "add", "here", "absent", "write", "start", "end", "sweep")
RANK = {
    MeetingState.DRAFT: 0,
    MeetingState.SCHEDULED: 1,
    MeetingState.RUNNING: 2,
    **dict.fromkeys(OVER, 3),
}


def act(meeting: Meeting, name: str, who: Member, text: str, now: datetime) -> rules.Changed:
    match name:
        case "confirm":
            return rules.confirm(meeting, who, 7, now)
        case "move":
            return rules.move(meeting, who, now + timedelta(hours=len(text)), now)
        case "cancel":
            return rules.cancel(meeting, who, text, "x" in text, now)
        case "add":
            return rules.add_item(meeting, who, text)
        case "here" | "absent":
            return rules.attend(meeting, who, name == "here")
        case "write":
            return rules.write(meeting, who, text, (len(text) + 1,), now)
        case "start":
            return rules.start(meeting, who.person, now)
        case "end":
            return rules.end(meeting, who.person, (3,), now)
    return rules.advance(meeting, (5,), (), now)


@given(
    st.lists(
        st.tuples(st.sampled_from(ACTS), st.sampled_from(PEOPLE), st.text("ab x\n", max_size=12), st.integers(0, 30)),
        max_size=25,
    )
)
def test_a_meeting_goes_forward_only_ends_once_and_every_change_is_told(
    steps: list[tuple[str, Member, str, int]],
) -> None:
    meeting, now = DRAFT, NOW
    told: list[Event] = []
    for name, who, text, hours in steps:
        now += timedelta(hours=hours)
        before = meeting
        try:
            meeting, events = act(before, name, who, text, now)
        except Refusal:
            continue
        told += events
        assert RANK[meeting.state] >= RANK[before.state]
        if before.state in OVER:
            assert meeting == before
        unseen = before.state is MeetingState.DRAFT and meeting.state is MeetingState.DISCARDED
        assert (meeting != before) == bool(events) or unseen
        assert len({a.person for a in meeting.attendance}) == len(meeting.attendance)
        assert [n.number for n in meeting.notes] == list(range(1, len(meeting.notes) + 1))
        assert (meeting.due_at is None) == (meeting.state in OVER)
    finals = {MeetingEnded, MeetingCancelled, MeetingMissed}
    assert sum(event.type in finals for event in told) == (meeting.state in OVER - {MeetingState.DISCARDED})
    assert sum(event.type is MeetingScheduled for event in told) <= 1


@given(st.sampled_from(sorted(AHEAD)), st.integers(0, 24 * 40), st.booleans(), st.booleans())
def test_the_sweep_does_nothing_early_and_nothing_twice(
    state: MeetingState, hours: int, came: bool, recurs: bool
) -> None:
    weekly = cadence("week", date(2026, 1, 3), "00:00", "UTC") if recurs else None
    held = replace(
        DRAFT, number=7, state=state, cadence=weekly, started_at=NOW if state is MeetingState.RUNNING else None
    )
    if came and state is MeetingState.RUNNING:
        held, _ = rules.attend(held, PEOPLE[1], True)
    now = NOW + timedelta(hours=hours)
    changed, events = rules.advance(held, (), (), now)
    assert held.due_at is not None
    assert (changed != held) == (held.due_at <= now) == bool(events)
    again, more = rules.advance(changed, (), (), now)
    if changed.state in OVER:
        assert (again, more) == (changed, ())
    if changed.state is MeetingState.MISSED:
        assert not came or state is MeetingState.SCHEDULED


def test_only_who_typed_it_confirms_it() -> None:
    with pytest.raises(NotYours):
        rules.confirm(DRAFT, PEOPLE[1], 7, NOW)


def test_who_runs_a_groups_meetings() -> None:
    member = Member(PersonId("a"), (RoleMapping(RoleId(1), GROUP, "member"),))
    leader = Member(PersonId("b"), (RoleMapping(RoleId(2), GROUP, "lead"),))
    observer = Member(PersonId("c"), (RoleMapping(RoleId(3), GROUP, "observer"),))
    elsewhere = Member(PersonId("d"), (RoleMapping(RoleId(4), GroupId(3), "facilitator"),))
    led = (Holding(PersonId("b"), leader.seats[0]),)
    others = (Holding(PersonId("d"), elsewhere.seats[0]),)
    assert authority.may(leader, Act.RUN_MEETING, GROUP, led)
    assert not authority.may(member, Act.RUN_MEETING, GROUP, led)
    assert authority.may(member, Act.RUN_MEETING, GROUP, others), "nobody leads it"
    for each in (observer, elsewhere):
        assert not authority.may(each, Act.RUN_MEETING, GROUP, ())


@given(st.lists(st.text("abc", min_size=3, max_size=9), max_size=5, unique=True), st.integers(0, 6))
def test_erasing_one_event_takes_its_words_and_no_others(texts: list[str], which: int) -> None:
    meeting = replace(DRAFT, state=MeetingState.RUNNING, started_at=NOW)
    told: list[Event] = []
    for text in texts:
        meeting, events = rules.add_item(meeting, PEOPLE[0], text)
        told += events
        meeting, events = rules.write(meeting, PEOPLE[0], f"note {text}", (), NOW)
        told += events
    if which >= len(told):
        return
    erased = rules.without(meeting, told[which], "erased")
    said = [item.text for item in erased.items] + [note.text for note in erased.notes]
    assert said.count("erased") == 1
    assert len(said) == len(told)
    assert str(told[which].data["text"]) not in said


def test_limits_hold() -> None:
    meeting = replace(DRAFT, state=MeetingState.RUNNING, started_at=NOW)
    for number in range(rules.MOST_ITEMS):
        meeting, _ = rules.add_item(meeting, PEOPLE[0], f"item {number}")
    for number in range(rules.MOST_NOTES):
        meeting, _ = rules.write(meeting, PEOPLE[0], f"note {number}", (number + 1,), NOW)
    with pytest.raises(LimitReached):
        rules.add_item(meeting, PEOPLE[0], "one more")
    with pytest.raises(AlreadyDone):
        rules.add_item(meeting, PEOPLE[1], "ITEM  3")
    with pytest.raises(AlreadyDone):
        rules.add_item(meeting, PEOPLE[1], "Itеm\u200b 3")
    with pytest.raises(LimitReached):
        rules.write(meeting, PEOPLE[0], "one more", (), NOW)
    few = replace(meeting, notes=())
    with pytest.raises(LimitReached):
        rules.write(few, PEOPLE[0], "", tuple(range(100, 110)), NOW)
    with pytest.raises(AlreadyDone):
        rules.write(few, PEOPLE[0], "", (1,), NOW)
    for text in ("ab", "x" * (rules.MOST_ITEM + 1)):
        with pytest.raises(BadText):
            rules.add_item(few, PEOPLE[0], text)
    ahead = replace(DRAFT, state=MeetingState.SCHEDULED)
    with pytest.raises(BadText):
        rules.cancel(ahead, PEOPLE[0], "x" * (rules.MOST_REASON + 1), False, NOW)
    for length in (timedelta(minutes=4), timedelta(hours=9)):
        with pytest.raises(LimitReached):
            rules.check_words("A title", length)


def test_erasing_takes_title_and_reason() -> None:
    ahead = replace(DRAFT, state=MeetingState.SCHEDULED)
    assert rules.without(ahead, rules.scheduled(ahead, None), "erased").title == "erased"
    cancelled, (event,) = rules.cancel(ahead, PEOPLE[0], "Nobody has time", False, NOW)
    assert rules.without(cancelled, event, "erased").reason == "erased"
    started, (event,) = rules.start(ahead, None, NOW)
    assert rules.without(started, event, "erased") == started
