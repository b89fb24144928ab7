"""What shared rooms know of surveys (LRN-2)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.governance.reminders import ReminderTopic
from bot.governance.surveys import SurveyState
from bot.governance.surveys_events import SurveyCancelled, SurveyChanged, SurveyClosed, SurveyCreated, SurveyOpened
from bot.services import surveys
from bot.services.noun import InboxItem
from bot.services.ports.record import Recorded
from bot.services.surveys_views import SurveyView
from bot.ui import surveys_board, surveys_drawn, surveys_ids
from bot.ui.asking import Help, Reminds, Section, Waits
from bot.ui.audiences import BOARD, POST
from bot.ui.board import Board, Drawn, Message
from bot.ui.panels import Button, Style, button
from bot.ui.presenter import Limit, Presenter, Refusals, States
from bot.ui.surveys_board import SURVEY_STATE_LABELS


def _results(view: SurveyView, event: Recorded, drawn: Drawn, marker: int) -> Sequence[Message]:
    survey = view.survey
    shown = surveys_board.results(view, event, marker, surveys_drawn.shown(survey, drawn))
    return [Message(shown, files=surveys_drawn.files(survey, drawn))]


def _drawn(view: SurveyView, event: Recorded) -> Drawn:
    return surveys_drawn.pictures(view.survey)


def _answer(item: InboxItem) -> list[Button]:
    return [button("Answer", surveys_ids.button("answer", item.id), Style.primary)]


PRESENTER = Presenter(
    name="surveys",
    ids=surveys_ids.ALL,
    states={SurveyState: States("The survey", SURVEY_STATE_LABELS)},
    refusals=Refusals(
        not_found={
            "survey": "There is no such survey, or you may not read it. `/survey results` suggests those you may read.",
            "question": "This survey has no such question. Somebody may have taken it out meanwhile.",
        },
        not_eligible={
            "run survey": "A facilitator or lead of a group asks it; where nobody holds such a seat, any of its "
            "members may. The whole partnership is asked by a facilitator or lead of any group. `/roles list` shows "
            "who that is.",
            "not asked": "This survey asks those who held a seat there when it opened; that list is fixed, so that "
            "results can be compared. You are not among them. `/survey results` shows what comes out of it.",
        },
        wrong_state={
            "edit survey": "Only a draft can be changed: other questions would make other answers of those given.",
            "open survey": "Only a draft can be opened.",
            "answer survey": "A survey can be answered while it is open.",
            "cancel survey": "A survey can be cancelled until it is closed.",
            "stop repeating survey": "Only a survey that is not over can stop repeating; the next edition, while it "
            "waits, is called off instead.",
        },
        repeated={
            ("open survey", "open"): "It is open already. Its card has the button *Answer*.",
            ("cancel survey", "cancelled"): "It is cancelled already, and what was answered is deleted.",
        },
        already_done={
            "stop repeating survey": "This survey does not repeat: there is no next edition.",
            "ask question": "This survey asks that already. Use *Edit* beside the question to change it.",
        },
        limit_reached={
            "survey drafts": Limit(
                "You may keep at most {most} of surveys. Open or discard one: `/survey open` suggests them.",
                "draft",
            ),
            "questions": Limit(
                "A survey asks at most {most}: more do not fit into one form. Take one out, or make another.",
                "question",
            ),
        },
        outdated={
            "survey draft": "Somebody changed this draft after it was shown to you, so it was not opened. Look at it "
            "again with `/survey open`: what you see then is what opens.",
        },
        fields={
            "survey title": "Title",
            "about": "Why you ask",
            "question": "Question",
            "choice": "Choice",
            "choices": "Choices",
            "end of the scale": "What the end of the scale means",
            "closes": "When it closes",
        },
        wanted={
            "group or scale": "either a group or a scale, not both",
            "closing time": "a time at least an hour and at most 60 days from now",
            "choices": "{} to {} different choices, each on its own line",
            "choice in the form": "one of the choices in the form",
        },
    ),
    audiences={
        SurveyCreated: (),
        SurveyOpened: (BOARD,),
        SurveyChanged: (BOARD,),
        SurveyClosed: (BOARD, POST),
        SurveyCancelled: (BOARD,),
    },
    boards={"survey": Board(surveys.board, surveys_board.card, _results, _drawn)},
    help=Help(
        everyone=(
            (
                "`/survey answer` – say what you are asked, unseen and unnamed; `/survey results`, `/survey trend` – "
                "what came out"
            ),
        ),
        facilitators=(
            (
                "`/survey create` asks your group, or everyone; `/survey open` says beforehand what will have to be "
                "withheld"
            ),
        ),
    ),
    waits={
        "answer survey": Waits(
            "A survey asks you. Nobody knows whether you answered, so it stands here until it closes.",
            _answer,
        ),
    },
    reminds={
        "survey": Reminds(
            "The survey closes {at}. Nobody knows who has answered, so everybody asked is reminded.",
            "The survey closed {at}.",
        ),
    },
    topics={ReminderTopic.SURVEYS: "Surveys about to close"},
    digest={"survey": Section("**Results of surveys**")},
)
