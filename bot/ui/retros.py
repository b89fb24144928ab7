"""What shared rooms know of retros (LRN-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.governance import errors
from bot.governance.reminders import ReminderTopic
from bot.governance.retros_events import (
    RetroCancelled,
    RetroChanged,
    RetroClosed,
    RetroHandedOver,
    RetroPaused,
    RetroPhaseBegan,
    RetroResumed,
    RetroScheduled,
    RetroStarted,
)
from bot.services import retros_views
from bot.services.noun import InboxItem
from bot.services.ports.record import Recorded
from bot.services.retros_views import RetroView
from bot.ui import retros_board, retros_ids, retros_notices
from bot.ui.asking import Help, Reminds, Section, Waits
from bot.ui.audiences import BOARD, POST
from bot.ui.board import Board, Drawn, Message
from bot.ui.panels import Button, Style, button
from bot.ui.presenter import Limit, Presenter, Refusals
from bot.ui.retros_board import RETRO_STATES
from bot.ui.text import inline

_PHASES: Mapping[str, str] = MappingProxyType(
    {
        "begin": "A retro begins once.",
        "join": "You can join from its beginning until it is closed.",
        "check in": "Words are taken in the check-in only. You can take part in what follows all the same.",
        "write a card": "Cards are written until the vote begins.",
        "change a card": "Cards are changed and taken back only while they are hidden.",
        "step back": "One step back is possible until somebody has voted or noted something in the discussion.",
        "group": "Cards are put together between the reveal and the vote.",
        "vote": "Dots are given while the vote is open.",
        "take notes": "Notes are taken while topics are discussed and actions agreed on.",
        "take more time": "More time can be asked for while a topic is discussed and a timer runs.",
        "go to the next topic": "Topics are ended while they are discussed.",
        "add an action": "Actions are noted while topics are discussed, and in the phase after it.",
        "set the timer": "A timer can be set while a retro is under way.",
        "pause": "A retro can be paused while it is under way.",
        "resume": "Only a paused retro can be resumed.",
        "move on": "The next phase begins from a phase that is under way.",
        "hand over": "A retro can be handed over until it ends.",
        "cancel": "A retro can be cancelled until it ends.",
    }
)
"""When an act in a retro is possible; the keys of ``WrongPhase.act``."""


def _wrong_phase(refusal: errors.WrongPhase) -> str:
    return _PHASES.get(refusal.act, "That is not possible at this point.") + (
        f" This retro is now: **{RETRO_STATES.get(refusal.phase, inline(refusal.phase, 60))}**."
    )


def _lessons(view: RetroView, event: Recorded, drawn: Drawn, marker: int) -> Sequence[Message]:
    return [Message(shown, files=files) for each in drawn for shown, files in retros_notices.posts(view, each, marker)]


def _take_part(item: InboxItem) -> list[Button]:
    return [button("Take part", retros_ids.button("join", item.id), Style.primary)]


def _do(item: InboxItem) -> list[Button]:
    return [button("It is done", retros_ids.button("done", item.id, item.objection or 0), Style.primary)]


PRESENTER = Presenter(
    name="retros",
    ids=retros_ids.ALL,
    refusals=Refusals(
        not_found={
            "retro": "There is no such retro, or you may not read it. `/retro list` shows those you may read.",
            "topic": "There is no such topic in this retro. Its board shows what there is.",
            "card": "There is no such card of yours any more. *My cards* shows those there are.",
            "action": "There is no such action in this retro.",
        },
        not_eligible={
            "run retro": "Retros of a group are led by its facilitators and leads; where a group has neither, by any "
            "of its members. `/roles list` shows who that is. With `/retro capture` you can note something for the "
            "next one.",
            "retro seat": "Taking part in this retro takes a seat that is more than an observer's and, where the group "
            "is private, one in that group. You can read along.",
            "not the facilitator": "Only the person who leads this retro may do this; its board says who that is. "
            "Another facilitator of the group can take over with *Hand over*.",
            "cannot lead": "That person holds no seat with which they could take part in this retro, so they cannot "
            "lead it. Choose somebody else.",
            "take over": "The present facilitator leads this retro. Its group's facilitators and leads can take over "
            "at any time; other members only once the facilitator is gone.",
            "action owner": "Only the owner of an action, or who leads the group's retros, can mark it as done.",
            "owner without seat": "That person holds no seat in this partnership, so they cannot own an action. Choose "
            "somebody else, or leave it open: whoever takes it presses *I take it*.",
        },
        already_done={
            "hand over": "That person leads this retro already.",
            "own action": "Somebody has taken this action already.",
            "finish action": "This action is marked as done already.",
        },
        limit_reached={
            "open retros": Limit(
                "A group has at most {most} scheduled or under way. `/retro list` shows them: close or cancel one.",
                "retro",
            ),
            "retro timer": Limit("A timer reaches at most {most} ahead.", "day"),
            "retro actions": Limit(
                "A retro holds at most {most}. Few that get done are worth more than many that do not.",
                "action",
            ),
            "retro cards": Limit(
                "You have written {most}, which is the most that one person may. Under *My cards* you can change one "
                "or take one back.",
                "card",
            ),
            "captured cards": Limit(
                "You have {most} waiting for the next retro of this group, which is the most that one person may. You "
                "can take one back.",
                "card",
            ),
            "capture box": Limit("The box of this group is full: it holds {most}. Its next retro empties it.", "card"),
            "dots per topic": Limit("You can give at most {most} to one topic.", "dot"),
            "dots": Limit("You have {most} to give in all. Take some back from another topic first.", "dot"),
            "retro notes": Limit("One topic takes at most {most}.", "note"),
            "more time": Limit("This topic got more time {most} already. The facilitator can still add some.", "time"),
        },
        fields={
            "column": "Column",
            "columns": "Columns",
            "retro title": "Title of the retro",
            "retro reason": "Why it is cancelled",
            "time for each phase": "Time for each phase",
            "action": "What will be done",
            "word": "Your word",
            "card": "The card",
            "topic title": "Title of the topic",
            "note": "The note",
            "due": "By when",
        },
        spoken={
            errors.WrongPhase: _wrong_phase,
        },
        wanted={
            "last such weekday": "a first date that is itself the last such weekday of its month",
            "no columns": "columns of your own go with the template “custom” only",
            "columns": "1 to {} different columns, with commas between them",
            "column": "one of the columns of this retro",
        },
    ),
    audiences={
        RetroScheduled: (BOARD,),
        RetroStarted: (BOARD,),
        RetroPhaseBegan: (BOARD,),
        RetroPaused: (BOARD,),
        RetroResumed: (BOARD,),
        RetroHandedOver: (BOARD,),
        RetroChanged: (BOARD,),
        RetroClosed: (BOARD, POST),
        RetroCancelled: (BOARD,),
    },
    boards={"retro": Board(retros_views.load, retros_board.card, _lessons, retros_notices.drawn)},
    help=Help(
        active=(
            (
                "`/retro join` – take part in a retro; `/retro capture` – note something for the next one, sealed and "
                "without your name; `/retro show` and `/retro list` – what was learned. *Who sees what?* on its board "
                "says what is anonymous"
            ),
        ),
        facilitators=(
            "`/retro start` and `/retro schedule` – lead a retro of your group, now or later; its board guides you",
        ),
    ),
    waits={
        "take part in retro": Waits(
            "A retro is under way. Nobody knows who has taken part, so it stands here until it ends.",
            _take_part,
        ),
        "do action": Waits(
            "This action is yours.",
            _do,
        ),
    },
    reminds={
        "retro": Reminds(
            "This phase of the retro ends {at}. Nobody knows who has taken part, so everybody is reminded.",
            "The phase ended {at}.",
        ),
        "action": Reminds(
            "This action of yours is due {at}.",
            "The action was due {at}.",
        ),
    },
    topics={ReminderTopic.RETROS: "Retrospectives", ReminderTopic.ACTIONS: "Actions of mine that are due"},
    digest={"lessons": Section("**Lessons published**")},
)
