"""Boards, minutes, answers and forms of meetings: they fit, lose nothing, and no word of people passes for ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import discord
import pytest

from bot.governance.cadences import MENU, cadence
from bot.governance.events import EventType, Json
from bot.governance.ids import GroupId, PartnershipId, PersonId, ProposalId
from bot.governance.meetings import (
    MOST_ITEMS,
    MOST_LINKS,
    MOST_NOTES,
    POSSIBLE,
    AgendaItem,
    Answer,
    Attendance,
    Meeting,
    MeetingKind,
    MeetingState,
    Note,
)
from bot.governance.meetings_events import MeetingCancelled, MeetingChanged, MeetingEnded, MeetingMissed, MeetingStarted
from bot.governance.organisation import Group, GroupKind, Partnership
from bot.governance.proposals_types import ProposalState
from bot.governance.retros import Action
from bot.services.agendas import Linked, MeetingList, MeetingView, Promised
from bot.services.meetings import Move
from bot.services.ports.proposals import Listed
from bot.services.ports.record import Recorded
from bot.services.times import parse
from bot.ui import errors, meetings_notices, meetings_replies
from bot.ui import meetings_board as meetings
from tests.facts import event_of
from tests.ui.scenes import bomb, check_fits, custom_ids, text_of

NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
PEOPLE = [PersonId(f"{n:032x}") for n in range(100)]
GROUP = Group(GroupId(2), GroupKind.TOP_LEVEL, bomb(60).replace("\n", " ")[:60])
PARTNERSHIP = Partnership(PartnershipId(1), bomb(60).replace("\n", " ")[:60], 10**18, (GROUP,))
PLAIN = Meeting(
    id=7,
    partnership=PartnershipId(1),
    number=7,
    group=GROUP.id,
    title="Weekly check",
    kind=MeetingKind.OPERATIONS,
    organiser=PEOPLE[0],
    starts_at=NOW,
    length=timedelta(hours=1),
    zone="Europe/Berlin",
    state=MeetingState.SCHEDULED,
    state_since=NOW,
    slot=NOW,
)
FULL = replace(
    PLAIN,
    title=bomb(80).replace("\n", " ")[:80],
    kind=MeetingKind.PURPOSE,
    cadence=cadence("month last weekday", date(2026, 11, 27), "18:00", "Europe/Berlin"),
    items=tuple(AgendaItem(n, PEOPLE[n], f"{n} {bomb(190)}"[:200]) for n in range(1, MOST_ITEMS + 1)),
    notes=tuple(Note(n, PEOPLE[n], f"note{n:02} {bomb(2900)}", NOW) for n in range(1, MOST_NOTES + 1)),
    attendance=tuple(Attendance(person, list(Answer)[n % 3]) for n, person in enumerate(PEOPLE)),
    decisions=tuple(range(1, MOST_LINKS + 1)),
    reason=bomb(500),
)
LIVE = [state for state in MeetingState if state not in {MeetingState.DRAFT, MeetingState.DISCARDED}]


def pending(n: int) -> Listed:
    return Listed(ProposalId(n), n, GROUP.id, "general", bomb(90), ProposalState.REVIEW, PEOPLE[0], None, None)


def view_of(meeting: Meeting, **more: Any) -> MeetingView:
    users = {person: 10**17 + n for n, person in enumerate(PEOPLE)}
    full: dict[str, Any] = {
        "open": tuple(pending(n) for n in range(1, 11)),
        "linked": tuple(Linked(n, bomb(90), ProposalState.ENACTED) for n in meeting.decisions),
        "promised": tuple(Promised(n, Action(n, bomb(300), PEOPLE[n], NOW)) for n in range(1, 11)),
        "following": replace(PLAIN, number=8, starts_at=NOW + timedelta(days=7)),
        "link": "https://discord.com/channels/1/2/3",
        "calendar": "refused",
        "runs": True,
    }
    return MeetingView(meeting, PARTNERSHIP, GROUP, users, NOW - timedelta(days=1), 2 * 10**18, **(full | more))


def recorded(kind: EventType, **data: Json) -> Recorded:
    return Recorded(7, PartnershipId(1), NOW, event_of(kind, "meeting/7", PEOPLE[3], data), "ab" * 32)


def check_safe(view: discord.ui.LayoutView) -> None:
    check_fits(view)
    text = text_of(view)
    for active in ("[Bank](https", "\n# head", "\n-# small", "<t:1:R>", "<@&2>", "||spoiler||", "\u202e"):
        assert active not in text, active
    assert "@everyone" not in text.replace("\\@everyone", "")


@pytest.mark.parametrize("state", LIVE)
@pytest.mark.parametrize("meeting", [PLAIN, FULL], ids=["plain", "full"])
async def test_every_board_fits_and_offers_what_can_be_done(state: MeetingState, meeting: Meeting) -> None:
    shown = meetings.card(view_of(replace(meeting, state=state)), 1_000_001)
    check_safe(shown)
    acts = {custom_id.split(":")[1] for custom_id in custom_ids(shown)}
    expected = {
        MeetingState.SCHEDULED: {"here", "absent", "add", "start", "move", "cancel"},
        MeetingState.RUNNING: {"here", "absent", "notes", "add", "end"},
        MeetingState.ENDED: {"minutes"},
    }
    assert acts == expected.get(state, set())


@pytest.mark.parametrize("state", LIVE)
async def test_the_agenda_is_shown_whole(state: MeetingState) -> None:
    parts = meetings_replies.shown(view_of(replace(FULL, state=state)))
    for part in parts:
        check_safe(part)
    whole = "\n".join(map(text_of, parts))
    if state in {MeetingState.SCHEDULED, MeetingState.RUNNING}:
        assert len([line for line in whole.split("\n") if line.startswith("- “")]) == MOST_ITEMS + 10


async def test_the_minutes_are_whole_each_note_under_its_author() -> None:
    parts = meetings_notices.minutes(view_of(replace(FULL, state=MeetingState.ENDED)), 1_000_001)
    for part in parts:
        check_safe(part)
    whole = "\n".join(map(text_of, parts))
    for note in FULL.notes:
        assert f"> note{note.number:02}" in whole
        assert f"<@{10**17 + note.number}> noted" in whole
    for number in FULL.decisions:
        assert f"P-{number}" in whole
    for item in FULL.items:
        assert f"“{item.number} " in whole


TOLD: dict[EventType, dict[str, Any]] = {
    MeetingStarted: {},
    MeetingEnded: {},
    MeetingChanged: {"what": "time", "starts_at": NOW.isoformat(), "before": NOW.isoformat()},
    MeetingCancelled: {"reason": bomb(500), "series": True},
    MeetingMissed: {"missed": [(NOW + timedelta(days=n)).isoformat() for n in range(50)]},
}


@pytest.mark.parametrize("kind", TOLD)
async def test_everything_that_is_told_fits(kind: EventType) -> None:
    data = TOLD[kind]
    for meeting in (PLAIN, FULL):
        for told in meetings_notices.told(view_of(meeting), recorded(kind, **data), 1_000_001):
            check_safe(told)
    (gone,) = meetings_notices.told(view_of(PLAIN), replace(recorded(kind, **data), erased=True), 1_000_001)
    assert "erased on request" in text_of(gone)


async def test_one_that_was_missed_alone_is_told_in_one_line() -> None:
    missed = recorded(MeetingMissed, missed=[NOW.isoformat()])
    (told,) = meetings_notices.told(view_of(PLAIN), missed, None)
    assert "It fell into a time when I was away" in text_of(told)
    (told,) = meetings_notices.told(view_of(replace(PLAIN, started_at=NOW)), missed, None)
    assert "was not held. Nobody said that they were here, and nothing was noted." in text_of(told)
    assert "The next one is M-8" in text_of(told)


@pytest.mark.parametrize("meeting", [PLAIN, FULL], ids=["plain", "full"])
async def test_every_answer_and_form_fits(meeting: Meeting) -> None:
    view = view_of(meeting)
    planned: dict[tuple[int, MeetingKind], Meeting] = {(GROUP.id, MeetingKind.PURPOSE): meeting}
    listed = MeetingList(PARTNERSHIP, (meeting,) * 20, (meeting,) * 10, (GROUP,) * 10, planned)
    understood = parse("in 3 days at 18:00", "Europe/Berlin", NOW)
    for shown in (
        meetings_replies.preview(view),
        meetings_replies.confirmed(view),
        meetings_replies.move_preview(Move(view, understood)),
        meetings_replies.move_preview(Move(view, understood, NOW)),
        meetings_replies.moved(view),
        meetings_replies.cancelled(view),
        meetings_replies.started(view),
        meetings_replies.end_asked(view),
        meetings_replies.ended(view),
        meetings_replies.added(view),
        meetings_replies.noted(view),
        *(meetings_replies.attended(view, answer) for answer in Answer),
        meetings_replies.listing(listed),
        meetings_replies.listing(MeetingList(PARTNERSHIP, (), (), (), {})),
    ):
        check_safe(shown)
    for form in (
        meetings_replies.item_form(meeting),
        meetings_replies.notes_form(meeting),
        meetings_replies.move_form(meeting),
        meetings_replies.cancel_form(meeting),
    ):
        assert len(form.title) <= 45
        assert len(form.children) <= 5
        for part in form.to_dict()["components"]:
            assert len(part["label"]) <= 45
            assert len(part.get("description") or "") <= 100


async def test_an_entry_stands_only_while_a_public_meeting_is_ahead() -> None:
    entry = meetings.entry(view_of(FULL))
    assert entry is not None
    assert len(entry.name) <= 100
    assert len(entry.description) <= 1000
    assert len(entry.location) <= 100
    assert meetings.entry(view_of(replace(PLAIN, state=MeetingState.CANCELLED))) is None
    assert meetings.entry(replace(view_of(PLAIN), now=NOW)) is None
    assert meetings.entry(replace(view_of(PLAIN), channel_id=None)) is None
    assert meetings.entry(replace(view_of(PLAIN), group=replace(GROUP, private=True))) is None


def test_every_line_of_the_menu_has_words_and_says_how_often() -> None:
    assert set(meetings_replies.EVERY) == {"once", *MENU}
    said = {key: meetings.recurs(cadence(key, date(2026, 11, 27), "18:00", "Europe/Berlin")) for key in MENU}
    assert said["day"] == "every day at 18:00"
    assert said["2 weeks"] == "every 2 weeks on Friday at 18:00"
    assert said["month"] == "every month on the 27th at 18:00"
    assert said["month by weekday"] == "every month on the fourth Friday at 18:00"
    assert said["month last weekday"] == "every month on the last Friday at 18:00"
    assert said["quarter"] == "every 3 months on the 27th at 18:00"
    assert said["year"] == "every year on 27 November at 18:00"
    assert set(meetings.AGENDAS) == set(meetings.KIND_LABELS) == set(MeetingKind)


def test_what_a_change_of_clocks_does_to_a_meeting_is_said() -> None:
    nightly = cadence("day", date(2026, 3, 28), "02:30", "Europe/Berlin")
    left_out = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    spring = replace(PLAIN, starts_at=left_out, slot=left_out, cadence=nightly)
    assert meetings.on_the_wall(spring) == (
        "Sunday 29 March 2026, 03:30 on the clocks of Europe/Berlin; they are set forward then and leave 02:30 out"
    )
    twice = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    autumn = replace(PLAIN, starts_at=twice, slot=twice, cadence=nightly)
    assert meetings.on_the_wall(autumn).endswith("they are set back then and show that time twice")
    assert meetings.on_the_wall(PLAIN).endswith("18:00 on the clocks of Europe/Berlin")


def test_every_act_that_is_not_possible_now_has_words() -> None:
    assert set(POSSIBLE) <= set(errors.ACTS)
