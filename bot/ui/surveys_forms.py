"""The forms of surveys: the draft's words, its questions, and the answers (LRN-2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord

from bot.governance import surveys as rules
from bot.governance.ids import GroupId, PartnershipId
from bot.governance.scales import Scale
from bot.governance.surveys import Question, QuestionKind, Survey
from bot.services.surveys_replies import Answering
from bot.ui import limits, surveys_ids
from bot.ui.text import plain

Form = discord.ui.Modal

_HOW = {
    QuestionKind.SCALE: "From 1 to 5. Leave it empty to give no answer",
    QuestionKind.CHOICE: "Choose one. Leave it empty to give no answer",
    QuestionKind.TEXT: "Your words are published as they stand: write nothing that tells who you are",
}
_LONG = discord.TextStyle.paragraph


def new(partnership: PartnershipId, group: GroupId | None, scale: Scale | None = None) -> Form:
    """Title and purpose of a new survey."""
    return _words(_form("A new survey", surveys_ids.new_form(partnership, group, scale)), "", "")


def words(survey: Survey) -> Form:
    """The same of a draft."""
    return _words(_form(f"Words of S-{survey.number}", surveys_ids.form("survey-words", survey.id)), *_written(survey))


def question(survey: Survey, kind: QuestionKind, place: int) -> Form:
    """A new question of this kind (``place`` 0), or one to be changed, filled."""
    asked = survey.questions[place - 1] if 0 < place <= len(survey.questions) else Question(kind, "")
    title = f"Question {place}" if place else f"A new question: {_NAMES[kind]}"
    form = _form(title, surveys_ids.question_form(kind.value, survey.id, place))
    form.add_item(
        _text("question", "The question", "One thing at a time, up to 100 characters", asked.text, rules.QUESTION)
    )
    if kind is QuestionKind.CHOICE:
        most = rules.MOST_CHOICES * (rules.CHOICE[1] + 1)
        said = "\n".join(asked.choices)
        form.add_item(_text("choices", "The choices", "2 to 10, each on a line of its own", said, (1, most), _LONG))
    elif kind is QuestionKind.SCALE:
        form.add_item(_text("low", "What 1 means", "Such as “not at all”. Optional", asked.low, rules.END))
        form.add_item(_text("high", "What 5 means", "Such as “fully”. Optional", asked.high, rules.END))
    return form


def answer(answering: Answering) -> Form:
    """Every question, filled with what the asker answered before; a field is named after its question's place."""
    survey = answering.view.survey
    form = _form(f"S-{survey.number} · {plain(survey.title, 40)}", surveys_ids.form("survey-answer", survey.id))
    for place, asked in enumerate(survey.questions, 1):
        form.add_item(_field(place, asked, answering.mine[place - 1]))
    return form


def question_of(kind: QuestionKind, fields: Mapping[str, str]) -> Question:
    """What a form says about a question."""
    return Question(
        kind,
        fields.get("question", ""),
        tuple(fields.get("choices", "").splitlines()),
        fields.get("low", ""),
        fields.get("high", ""),
    )


def answers_of(fields: Mapping[str, str]) -> tuple[str, ...]:
    """The answers that a form holds, in the order of the questions."""
    return tuple(fields.get(f"answer-{place}", "") for place in range(1, rules.MOST_QUESTIONS + 1))


_NAMES: Mapping[QuestionKind, str] = {
    QuestionKind.SCALE: "scale from 1 to 5",
    QuestionKind.CHOICE: "choice",
    QuestionKind.TEXT: "free text",
}


def _written(survey: Survey) -> tuple[str, str]:
    return survey.title, survey.about


def _words(form: Form, title: str, about: str) -> Form:
    form.add_item(_text("title", "Title", "One line that people will recognise in a list", title, rules.TITLE))
    note = "And what will be done with the results. Everyone who is asked reads it"
    form.add_item(_text("about", "Why you ask", note, about, rules.ABOUT, _LONG))
    return form


def _field(place: int, asked: Question, given: str) -> discord.ui.Label[Any]:
    """A label holds 45 characters: a longer question stands whole below it."""
    text = plain(asked.text, limits.FORM_DESCRIPTION)
    label = plain(f"{place}. {asked.text}", limits.FORM_LABEL)
    whole = limits.units(f"{place}. {text}") <= limits.FORM_LABEL
    item: discord.ui.Item[Any]
    if asked.kind is QuestionKind.TEXT:
        item = discord.ui.TextInput(
            custom_id=f"answer-{place}",
            style=_LONG,
            required=False,
            max_length=rules.ANSWER[1],
            default=given or None,
            # A question that fills the description leaves room for how to answer only here.
            placeholder=None if whole else plain(_HOW[asked.kind], limits.FORM_PLACEHOLDER),
        )
    else:
        item = discord.ui.RadioGroup(custom_id=f"answer-{place}", required=False, options=_options(asked, given))
    return discord.ui.Label(text=label, description=_HOW[asked.kind] if whole else text, component=item)


def _options(asked: Question, given: str) -> list[discord.RadioGroupOption]:
    if asked.kind is QuestionKind.CHOICE:
        named = [(str(at), plain(choice, limits.SELECT_TEXT)) for at, choice in enumerate(asked.choices)]
    else:
        ends = {1: asked.low, rules.STEPS: asked.high}
        named = [
            (str(step), plain(f"{step} · {ends[step]}", limits.SELECT_TEXT) if ends.get(step) else str(step))
            for step in range(1, rules.STEPS + 1)
        ]
    return [discord.RadioGroupOption(label=label, value=value, default=value == given) for value, label in named]


def _form(title: str, custom_id: str) -> Form:
    return discord.ui.Modal(title=limits.fit(title, limits.FORM_TITLE), custom_id=custom_id)


def _text(
    name: str,
    label: str,
    description: str,
    value: str,
    bounds: tuple[int, int],
    style: discord.TextStyle = discord.TextStyle.short,
) -> discord.ui.Label[Any]:
    least, most = bounds
    entry: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=name, style=style, default=value or None, max_length=most, required=least > 0
    )
    return discord.ui.Label(text=label, description=description, component=entry)
