"""What shared rooms know of meetings (RHY-1, RHY-4)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.governance.events import Event
from bot.governance.meetings import MeetingState
from bot.governance.meetings_events import (
    MeetingCancelled,
    MeetingChanged,
    MeetingEnded,
    MeetingMinuted,
    MeetingMissed,
    MeetingScheduled,
    MeetingStarted,
)
from bot.governance.reminders import Entry, ReminderTopic
from bot.services import meetings
from bot.services.agendas import MeetingView
from bot.services.noun import InboxItem
from bot.services.ports.record import Recorded
from bot.ui import meetings_board, meetings_ids, meetings_notices
from bot.ui.asking import Help, Reminds, Section, Waits
from bot.ui.audiences import BOARD, CALENDAR, POST, Asks
from bot.ui.board import Board, Drawn, Message
from bot.ui.labels import fixed
from bot.ui.meetings_board import MEETING_STATE_LABELS
from bot.ui.panels import Button, Style, button
from bot.ui.presenter import Limit, Presenter, Refusals, States


def _changed(event: Event) -> Asks:
    """Only another time is told: it is what somebody may miss."""
    return (BOARD, CALENDAR, POST) if event.says(MeetingChanged).what == "time" else (BOARD,)


def _told(view: MeetingView, event: Recorded, drawn: Drawn, marker: int) -> Sequence[Message]:
    return [Message(part) for part in meetings_notices.told(view, event, marker)]


def _attend(item: InboxItem) -> list[Button]:
    come = button("I come", meetings_ids.button("here", item.id), Style.primary)
    return [come, button("I cannot", meetings_ids.button("absent", item.id))]


def _when(entry: Entry) -> str:
    return f" – {fixed(entry.at)}" if entry.at else ""


PRESENTER = Presenter(
    name="meetings",
    ids=meetings_ids.ALL,
    states={MeetingState: States("The meeting", MEETING_STATE_LABELS)},
    refusals=Refusals(
        not_found={
            "meeting": "There is no such meeting, or you may not read it. `/meeting list` shows those you may read.",
        },
        not_eligible={
            "run meetings": "A facilitator or lead of a group schedules and runs its meetings; where nobody holds such "
            "a seat, any of its members does. `/roles list` shows who that is: ask them. You can still say whether you "
            "come, add to the agenda and write notes.",
            "meeting seat": "Taking part in this meeting takes a seat that is more than an observer's and, where the "
            "group is private, one in that group. You can read along.",
        },
        wrong_state={
            "confirm meeting": "What you typed is kept for a day and waits for your confirmation; this is past that.",
            "move meeting": "A meeting can be moved until it begins.",
            "cancel meeting": "A meeting can be cancelled until it begins.",
            "start meeting": "Only a meeting that is scheduled can begin.",
            "end meeting": "Only a meeting that is going on can be ended.",
            "add to agenda": "The agenda is open until the meeting is over.",
            "attend": "You can say whether you come, or are here, until the meeting is over.",
            "write notes": "Notes are written while a meeting is going on. A facilitator can let it begin early.",
        },
        already_done={
            "confirm meeting": "This meeting is scheduled already: its board stands in the group's channel.",
            "move meeting": "The meeting is at that time already.",
            "add to agenda": "That stands on the agenda already.",
            "attend": "You said that already; it counts.",
            "link decisions": "The meeting is linked to that already.",
            "start meeting": "The meeting has begun already.",
            "end meeting": "The meeting was ended already. Its minutes are published.",
        },
        limit_reached={
            "meeting length": Limit("A meeting takes at least five minutes and at most {most}.", "hour"),
            "meetings ahead": Limit(
                "A group has at most {most} ahead. Cancel one, or wait until one is over.",
                "meeting",
            ),
            "agenda items": Limit("Members add at most {most} to one agenda. Say more in the group's channel.", "line"),
            "notes": Limit("The minutes of one meeting have at most {most}. Put the rest into one part.", "part"),
            "linked decisions": Limit("A meeting is linked to at most {most}.", "decision"),
        },
        fields={
            "meeting title": "Title",
            "agenda item": "For the agenda",
            "notes": "Notes",
            "cancellation": "Why it is cancelled",
            "decisions": "Decisions",
        },
        wanted={
            "within five years": "a time within five years",
            "proposals": "numbers of proposals, such as P-12, P-14",
            "last of its month": "a first meeting on the last {} of its month",
            "group that meets": "the group that meets; choose it in `group:`",
        },
    ),
    audiences={
        MeetingScheduled: (BOARD, CALENDAR),
        MeetingChanged: _changed,
        MeetingStarted: (BOARD, POST),
        MeetingMinuted: (BOARD,),
        MeetingEnded: (BOARD, CALENDAR, POST),
        MeetingCancelled: (BOARD, CALENDAR, POST),
        MeetingMissed: (BOARD, POST),
    },
    boards={"meeting": Board(meetings.board, meetings_board.card, _told, entry=meetings_board.entry)},
    help=Help(
        everyone=("`/meeting list` and `/meeting agenda` – when your groups meet, and what about",),
        facilitators=("`/meeting schedule` plans a meeting of your group: you confirm it before it stands",),
    ),
    waits={
        "answer meeting": Waits(
            "Do you come? Say so before it begins.",
            _attend,
        ),
    },
    reminds={
        "meeting day": Reminds(
            "The meeting begins {at}.",
            "The meeting began {at}.",
        ),
        "meeting soon": Reminds(
            "The meeting begins {at}.",
            "The meeting began {at}.",
        ),
    },
    topics={ReminderTopic.MEETINGS: "Meetings about to begin"},
    digest={"meeting": Section("**Coming meetings**", _when)},
)
