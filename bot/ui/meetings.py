"""What shared rooms know of meetings: the words of their refusals (RHY-1, RHY-4)."""

from __future__ import annotations

from bot.governance.meetings import MeetingState
from bot.ui.meetings_board import MEETING_STATE_LABELS
from bot.ui.presenter import Limit, Presenter, Refusals, States

PRESENTER = Presenter(
    name="meetings",
    states={MeetingState: States("The meeting", MEETING_STATE_LABELS)},
    refusals=Refusals(
        not_found={
            "meeting": "There is no such meeting, or you may not read it. `/meeting list` shows those you may read.",
        },
        not_eligible={
            "run meetings": "A facilitator or lead of a group schedules and runs its meetings; where nobody holds such "
            "a seat, any of its members does. `/roles list` shows who that is: ask them. You can still say whether you "
            "come, add to the agenda and write notes.",
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
    ),
)
