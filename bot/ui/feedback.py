"""What shared rooms know of feedback (LRN-4)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.governance.feedback import FeedbackState
from bot.governance.feedback_events import (
    FeedbackAcknowledged,
    FeedbackAnswered,
    FeedbackAssigned,
    FeedbackClosed,
    FeedbackGiven,
    FeedbackHidden,
    FeedbackReopened,
    FeedbackShown,
)
from bot.governance.reminders import Entry, ReminderTopic
from bot.services import feedback
from bot.services.feedback import FeedbackView
from bot.services.noun import InboxItem
from bot.services.ports.record import Recorded
from bot.ui import feedback_board, feedback_ids
from bot.ui.asking import Help, Reminds, Section, Waits
from bot.ui.audiences import BOARD, POST
from bot.ui.board import Board, Drawn, Message
from bot.ui.feedback_board import FEEDBACK_STATE_LABELS
from bot.ui.panels import Button, Style, button
from bot.ui.presenter import Limit, Presenter, Refusals, States
from bot.ui.text import in_quotes


def _answered(view: FeedbackView, event: Recorded, drawn: Drawn, marker: int) -> Sequence[Message]:
    return [Message(feedback_board.answered(view, event, marker), feedback_board.mentioned(view))]


def _answer(item: InboxItem) -> list[Button]:
    return [button("Answer", feedback_ids.button("answer", item.id), Style.primary)]


def _we_did(entry: Entry) -> str:
    return f" – we did: {in_quotes(entry.text, 200)}"


PRESENTER = Presenter(
    name="feedback",
    ids=feedback_ids.ALL,
    states={FeedbackState: States("The feedback", FEEDBACK_STATE_LABELS)},
    refusals=Refusals(
        not_found={
            "feedback": "There is no such feedback, or you may not read it. `/feedback list` shows what you may read.",
        },
        not_eligible={
            "take feedback": "Only people with a seat in that group (not as observers) take care of its feedback.",
            "be given feedback": "That person has no seat in the group which this feedback is for, or only an "
            "observer's, so it cannot be given to them.",
            "tend feedback": "Only a facilitator or lead of that group gives feedback to somebody else; where it has "
            "neither, any of its members. You can take it on yourself.",
            "answer feedback": "Only whoever takes care of it answers and closes it, or a facilitator or lead of that "
            "group. You can take it on with the button on its card.",
            "hide feedback": "Only a facilitator or lead of that group hides or shows words; where it has neither, any "
            "of its members.",
        },
        wrong_state={
            "acknowledge feedback": "It is closed, so there is nothing to note any more.",
            "assign feedback": "Closed feedback is taken care of already.",
            "answer feedback": "Closed feedback keeps its answer.",
            "close feedback": "Feedback is closed once it has a public answer. Answer it first.",
            "say whether feedback is resolved": "You can say that once there is an answer.",
        },
        already_done={
            "acknowledge feedback": "Somebody has noted already that it was seen.",
            "assign feedback": "That person takes care of it already.",
            "hide feedback": "These words are hidden already.",
            "show feedback": "These words are not hidden.",
        },
        limit_reached={
            "feedback.per_day": Limit(
                "You may give at most {most} of feedback a day, named and anonymous together; the day ends at midnight "
                "(UTC). Your words are below, so that you can send them tomorrow.",
                "piece",
            ),
        },
        fields={
            "feedback": "Your feedback",
            "hiding": "Why the words are hidden",
        },
    ),
    audiences={
        FeedbackGiven: (BOARD,),
        FeedbackAcknowledged: (BOARD,),
        FeedbackAssigned: (BOARD,),
        FeedbackAnswered: (BOARD, POST),
        FeedbackClosed: (BOARD,),
        FeedbackHidden: (BOARD,),
        FeedbackShown: (BOARD,),
        FeedbackReopened: (BOARD,),
    },
    boards={"feedback": Board(feedback.board, feedback_board.card, _answered)},
    help=Help(
        everyone=(
            "`/feedback give` – speak up, with your name or anonymously; `/feedback list` shows what was answered",
        ),
    ),
    waits={
        "answer feedback": Waits(
            "You took this feedback on, and it has no answer yet.",
            _answer,
        ),
    },
    reminds={
        "feedback": Reminds(
            "You took this feedback on, and it has no answer yet.",
        ),
    },
    topics={ReminderTopic.FEEDBACK: "Feedback I took on"},
    digest={"answered": Section("**You said, we did**", _we_did)},
)
