"""``/survey`` and every button about surveys (LRN-2)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from io import BytesIO
from types import MappingProxyType

import discord
from discord import app_commands
from discord.ext import commands

from bot.governance.errors import NotFound
from bot.governance.ids import GroupId, PartnershipId
from bot.governance.organisation import Partnership
from bot.governance.scales import Scale
from bot.governance.surveys import REPEATS, QuestionKind, SurveyState
from bot.services import surveys, surveys_compared, surveys_replies
from bot.services.surveys_views import SurveyView
from bot.ui import surveys_board as pages
from bot.ui import surveys_drawn, surveys_forms, surveys_ids
from bot.ui import surveys_replies as answers
from bot.ui.panels import attached, pictures
from cogs.base import (
    ActButton,
    Control,
    Fields,
    Form,
    FormCog,
    Interaction,
    announce,
    answer,
    asker,
    choices,
    register,
    show_form,
    suggesting,
)

Act = Callable[[Interaction, int], Awaitable[None]]
Choice = app_commands.Choice[str]

_REPEATS = [Choice(name=pages.REPEATS[key], value=key) for key in REPEATS]
_SCALES = [Choice(name=name, value=scale.name) for scale, name in pages.SCALES.items()]
_WHICH = "Its number or words of its title"


async def chosen(interaction: Interaction, words: str) -> SurveyView:
    """The survey chosen or typed: ``2``, ``S-2``, or a suggestion's words. Raises NotFound."""
    partnership, number = await choices.number_chosen(interaction, surveys.NOUN, words)
    return await surveys.by_number(*asker(interaction), partnership.id, number)


async def show(interaction: Interaction, id: int) -> None:
    """A draft to go on with, or what can be done with it."""
    await answer(interaction, answers.overview(await surveys.show(*asker(interaction), id)), replace=True)


async def write(interaction: Interaction, id: int) -> None:
    """Open the form for title and purpose."""
    view = await surveys.check_change(*asker(interaction), id)
    await show_form(interaction, surveys_forms.words(view.survey))


def adding(kind: QuestionKind) -> Act:
    """Opens the form for a new question of this kind."""

    async def add(interaction: Interaction, id: int) -> None:
        view = await surveys.check_change(*asker(interaction), id)
        await show_form(interaction, surveys_forms.question(view.survey, kind, 0))

    return add


async def look(interaction: Interaction, id: int) -> None:
    """What opening it means; for one that is open already, what can be done with it."""
    view = await surveys.show(*asker(interaction), id)
    is_draft = view.survey.state is SurveyState.DRAFT
    await answer(interaction, answers.before_opening(view) if is_draft else answers.overview(view), replace=True)


async def open_now(interaction: Interaction, id: int, version: int) -> None:
    """Open what was shown."""
    await answer(interaction, answers.opened(await surveys.open_now(*asker(interaction), id, version)), replace=True)


async def about(interaction: Interaction, id: int) -> None:
    """Who sees what."""
    await answer(interaction, answers.about(await surveys.show(*asker(interaction), id)))


async def before_cancelling(interaction: Interaction, id: int) -> None:
    """Ask whether it shall really be cancelled."""
    await answer(interaction, answers.before_cancelling(await surveys.show(*asker(interaction), id)), replace=True)


async def cancel(interaction: Interaction, id: int) -> None:
    """Cancel it."""
    await answer(interaction, answers.cancelled(await surveys.cancel(*asker(interaction), id)), replace=True)


async def stop(interaction: Interaction, id: int) -> None:
    """No edition follows."""
    await answer(interaction, answers.stopped(await surveys.stop_repeating(*asker(interaction), id)), replace=True)


async def fill_in(interaction: Interaction, id: int) -> None:
    """Open the form with every question, filled with what the asker answered before."""
    await show_form(interaction, surveys_forms.answer(await surveys_replies.mine(*asker(interaction), id)))


async def take_back(interaction: Interaction, id: int) -> None:
    """Delete the asker's answers."""
    await answer(interaction, answers.noted(await surveys_replies.take_back(*asker(interaction), id)), replace=True)


async def results(interaction: Interaction, id: int) -> None:
    """What came out of it, with its pictures and its table."""
    view = await surveys.show(*asker(interaction), id)
    if view.survey.state is not SurveyState.CLOSED:
        await answer(interaction, answers.no_results(view))
        return
    await announce(interaction)
    drawn = await asyncio.to_thread(surveys_drawn.pictures, view.survey)
    shown = surveys_drawn.shown(view.survey, drawn)
    files = _files(surveys_drawn.files(view.survey, drawn))
    await answer(interaction, pages.results(view, None, None, shown), files=files)


async def trend(interaction: Interaction, id: int, place: int) -> None:
    """One question over its editions."""
    found = await surveys_compared.trend(*asker(interaction), id, place)
    if not found.editions:
        await answer(interaction, answers.trend(found, None, None))
        return
    await announce(interaction)
    drawn = await asyncio.to_thread(surveys_drawn.trend_picture, found)
    words = "The question over its editions as a picture. The same stands in the words above and in the file below."
    files = [("trend.csv", surveys_drawn.trend_table(found))] + ([("trend.png", drawn)] if drawn else [])
    gallery = pictures(("trend.png", words)) if drawn else None
    await answer(interaction, answers.trend(found, gallery, attached("trend.csv")), files=_files(files))


ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "answer": fill_in,
        "take-back": take_back,
        "results": results,
        "show": show,
        "words": write,
        "scale": adding(QuestionKind.SCALE),
        "choice": adding(QuestionKind.CHOICE),
        "text": adding(QuestionKind.TEXT),
        "open": look,
        "cancel": before_cancelling,
        "cancel-now": cancel,
        "stop": stop,
        "about": about,
    }
)
"""What each button about a survey does."""


class SurveyButton(ActButton, template=surveys_ids.TEMPLATE):
    """Any button about a survey."""

    acts = ACTS


class OpeningButton(ActButton, template=surveys_ids.OPENING_TEMPLATE):
    """Opens a survey as it was shown."""

    acts = MappingProxyType({"open-now": open_now})


class QuestionButton(Control, template=surveys_ids.QUESTION_TEMPLATE):
    """A button about one question of a draft."""

    async def act(self, interaction: Interaction) -> None:
        """Open its form, or take it out."""
        ctx, who = asker(interaction)
        survey, place = int(self.match["survey"]), int(self.match["place"])
        if self.match["act"] == "drop":
            await answer(interaction, answers.draft(await surveys.drop_question(ctx, who, survey, place)), replace=True)
            return
        view = await surveys.check_change(ctx, who, survey)
        if place > len(view.survey.questions):
            raise NotFound("question", str(place))
        kind = view.survey.questions[place - 1].kind
        await show_form(interaction, surveys_forms.question(view.survey, kind, place))


async def take_new(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """A new survey's words were sent in."""
    partnership, group = PartnershipId(int(match["partnership"])), GroupId(int(match["group"])) or None
    scale = Scale[match["scale"].upper()] if match["scale"] else None
    title, purpose = fields.get("title", ""), fields.get("about", "")
    made = await surveys.create(*asker(interaction), partnership, group, title, purpose, scale)
    await answer(interaction, answers.draft(made))


async def take_words(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """A draft's words were sent in."""
    ctx, who = asker(interaction)
    view = await surveys.write(ctx, who, int(match["survey"]), fields.get("title", ""), fields.get("about", ""))
    await answer(interaction, answers.draft(view), replace=True)


async def take_question(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """A question was sent in, new or changed."""
    ctx, who = asker(interaction)
    question = surveys_forms.question_of(QuestionKind(match["act"].removeprefix("survey-")), fields)
    view = await surveys.put_question(ctx, who, int(match["survey"]), int(match["place"]), question)
    await answer(interaction, answers.draft(view), replace=True)


async def take_answers(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """Answers were sent in."""
    typed = surveys_forms.answers_of(fields)
    kept = await surveys_replies.answer(*asker(interaction), int(match["survey"]), typed)
    await answer(interaction, answers.noted(kept), replace=True)


async def _suggested(interaction: Interaction, current: str, states: Iterable[SurveyState]) -> list[Choice]:
    """Surveys that the asker may read, newest first, of this channel's partnership before others."""
    ctx, who = asker(interaction)

    async def found(partnership: Partnership) -> Iterable[tuple[str, str]]:
        return map(answers.suggestion, await surveys.list_surveys(ctx, who, partnership.id, states))

    return await choices.named_here(interaction, current, found)


@suggesting
async def suggest_unfinished(interaction: Interaction, current: str) -> list[Choice]:
    """Drafts, and what is open or will be."""
    return await _suggested(interaction, current, (SurveyState.DRAFT, SurveyState.SCHEDULED, SurveyState.OPEN))


@suggesting
async def suggest_open(interaction: Interaction, current: str) -> list[Choice]:
    """What is open."""
    return await _suggested(interaction, current, (SurveyState.OPEN,))


@suggesting
async def suggest_closed(interaction: Interaction, current: str) -> list[Choice]:
    """What is closed."""
    return await _suggested(interaction, current, (SurveyState.CLOSED,))


class SurveyCommands(FormCog):
    """Asking, and being asked."""

    forms = (
        Form(re.compile(surveys_ids.NEW_TEMPLATE), take_new),
        Form(re.compile(surveys_ids.form_template("survey-words")), take_words),
        Form(re.compile(surveys_ids.QUESTION_FORM_TEMPLATE), take_question),
        Form(re.compile(surveys_ids.form_template("survey-answer")), take_answers),
    )

    survey = app_commands.Group(
        name="survey", description="Ask a group or everyone; answers are anonymous", guild_only=True
    )

    @survey.command(name="create", description="Draft a survey: a form opens; you add the questions then")
    @app_commands.describe(
        group="One group that is asked; left out: everyone with a seat",
        scale="Instead of one group: all groups of a kind",
        partnership="Only where this server hosts several",
    )
    @app_commands.choices(scale=_SCALES)
    @app_commands.autocomplete(group=choices.suggest_groups, partnership=choices.suggest_partnerships)
    async def create(self, interaction: Interaction, group: str = "", scale: str = "", partnership: str = "") -> None:
        """Open the form for its title and purpose."""
        found, named = await choices.group_chosen(interaction, group, partnership)
        asked, kind = named.id if named else None, Scale[scale] if scale else None
        await surveys.check_create(*asker(interaction), found.id, asked, kind)
        await show_form(interaction, surveys_forms.new(found.id, asked, kind))

    @survey.command(name="open", description="Open a draft, or see what can be done with an open survey")
    @app_commands.describe(
        survey=_WHICH,
        closes="When it closes, such as “next friday 18:00”; left out: as the policy says",
        repeat="Whether the same questions are asked again by themselves",
        zone="The time zone in which you mean these times; left out: the partnership's",
    )
    @app_commands.choices(repeat=_REPEATS)
    @app_commands.autocomplete(survey=suggest_unfinished, zone=choices.suggest_zones)
    async def open(
        self, interaction: Interaction, survey: str, closes: str = "", repeat: str = "", zone: str = ""
    ) -> None:
        """Show what opening it means; the button below opens it."""
        view = await chosen(interaction, survey)
        if closes.strip() or repeat or zone:
            ctx, who = asker(interaction)
            await surveys.plan(ctx, who, view.survey.id, closes, repeat, zone)
        await look(interaction, view.survey.id)

    @survey.command(name="answer", description="Answer a survey, or change your answers, until it closes")
    @app_commands.describe(survey=f"{_WHICH}; left out: those that ask you")
    @app_commands.autocomplete(survey=suggest_open)
    async def answer(self, interaction: Interaction, survey: str = "") -> None:
        """Open the form; without a survey, list those that ask the asker."""
        if survey.strip():
            await fill_in(interaction, (await chosen(interaction, survey)).survey.id)
            return
        ctx, who = asker(interaction)
        partnership = await choices.partnership_chosen(interaction)
        found = await surveys.list_surveys(ctx, who, partnership.id, (SurveyState.OPEN,))
        await answer(interaction, answers.waiting([view for view in found if view.asks]))

    @survey.command(name="results", description="What came out of a survey, as far as it may be shown")
    @app_commands.describe(survey=_WHICH)
    @app_commands.autocomplete(survey=suggest_closed)
    async def results(self, interaction: Interaction, survey: str) -> None:
        """Show the results."""
        await results(interaction, (await chosen(interaction, survey)).survey.id)

    @survey.command(name="trend", description="How the answers to a question changed over time")
    @app_commands.describe(survey=_WHICH, question="Which of its questions, from 1")
    @app_commands.autocomplete(survey=suggest_closed)
    async def trend(self, interaction: Interaction, survey: str, question: app_commands.Range[int, 1, 5] = 1) -> None:
        """Show one question over its editions."""
        await trend(interaction, (await chosen(interaction, survey)).survey.id, question)


def _files(named: Iterable[tuple[str, bytes]]) -> list[discord.File]:
    return [discord.File(BytesIO(content), filename=name) for name, content in named]


async def setup(bot: commands.Bot) -> None:
    """Called by discord.py when the extension is loaded."""
    await register(bot, SurveyCommands(), SurveyButton, OpeningButton, QuestionButton)
