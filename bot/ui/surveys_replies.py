"""Private answers about surveys: drafts, what opening one means, one's own answers, lists and trends (LRN-2)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.governance.surveys import MOST_QUESTIONS, OVER, STEPS, Question, QuestionKind, SurveyState
from bot.services.surveys_compared import Edition, Trend
from bot.services.surveys_replies import Answering
from bot.services.surveys_views import SurveyView
from bot.ui import surveys_board as surveys
from bot.ui import surveys_ids
from bot.ui.answers import COLOUR, Answer, said
from bot.ui.labels import count, moment, span, stamp
from bot.ui.limits import SUGGESTION, fit_lines
from bot.ui.panels import LINE, Attached, Button, Part, Style, button, link, panel, rows
from bot.ui.surveys_board import SURVEY_STATE_LABELS
from bot.ui.text import in_quotes, inline, plain

_PRIMARY, _PLAIN, _DANGER = Style.primary, Style.secondary, Style.danger
_MOST_LINES = 2600
_MOST_EDITIONS, _MOST_DECISIONS = 2200, 1000
_MORE = "-# … and {} more in the file below"


def overview(view: SurveyView) -> Answer:
    """A survey as it stands for somebody who may run it: a draft to go on with, or what can be done with it now."""
    return draft(view) if view.survey.state is SurveyState.DRAFT else running(view)


def draft(view: SurveyView) -> Answer:
    """The draft as kept, and its questions to add, change and take out."""
    survey = view.survey
    asked = survey.questions
    full = len(asked) >= MOST_QUESTIONS
    changing = [
        each
        for place in range(1, len(asked) + 1)
        for each in (
            button(f"Edit {place}", surveys_ids.question("edit", survey.id, place)),
            button(f"Take out {place}", surveys_ids.question("drop", survey.id, place)),
        )
    ]
    adding = [
        button(f"Add: {name}", surveys_ids.button(act, survey.id), _PLAIN if asked else _PRIMARY, disabled=full)
        for act, name in (("scale", "scale 1 to 5"), ("choice", "choice"), ("text", "free text"))
    ]
    state = (
        "**Look at what opening it means**, then open it: from then on the questions are frozen."
        if asked
        else f"**Still needed:** at least one question. Up to {MOST_QUESTIONS} fit into one form."
    )
    return panel(
        None,
        COLOUR,
        f"### Draft S-{survey.number}\n-# Seen by those who may run surveys here\n{surveys.called(view)}",
        surveys.purpose(view),
        LINE if asked else None,
        surveys.questions(survey),
        LINE,
        state,
        *rows(*adding, button("Title and purpose", surveys_ids.button("words", survey.id))),
        *rows(*changing),
        *rows(
            button(
                "What opening means",
                surveys_ids.button("open", survey.id),
                _PRIMARY if asked else _PLAIN,
                disabled=not asked,
            ),
            button("Discard", surveys_ids.button("cancel", survey.id), _DANGER),
        ),
        "-# Only what you send in is kept: a form that you close unsent is lost.",
    )


def before_opening(view: SurveyView) -> Answer:
    """What opening it means: whom it asks, until when, and which results will have to be withheld, and why."""
    survey = view.survey
    if not survey.questions:
        return draft(view)
    closes = stamp(survey.closes_at) if survey.closes_at else f"after {span(view.window)}"
    often = surveys.REPEATS.get(survey.repeats)
    again = f"\nIt repeats {often}, on the clocks of {inline(survey.zone, 60)}." if often else ""
    note = surveys.foreseen(view) or (
        f"As things stand, every question gets a result if at least {view.k} people answer it."
    )
    few = surveys.few(view)
    where = f" in <#{view.channel_id}>" if view.channel_id else ""
    people = count(view.expected, "person", "people")
    return said(
        f"### Before S-{survey.number} opens\n{surveys.called(view)}",
        f"It asks {people}, posted{where}. It closes {closes}.{again}",
        note,
        few and f"⚠️ {few} Ask more people, or ask nothing that could be held against somebody.",
        "-# Other closing time or repetition: `/survey open` with `closes:` and `repeat:`. The audience is taken when "
        "it opens; who joins later is not asked.",
        buttons=[
            button("Open it", surveys_ids.opening(survey.id, survey.version), _PRIMARY),
            button("Back to the draft", surveys_ids.button("show", survey.id)),
        ],
    )


def about(view: SurveyView) -> Answer:
    """Who sees what, and what the database could tell."""
    return said(
        surveys.SECRECY.format(k=view.k), surveys.few(view), surveys.OPERATOR, buttons=[link("Board", view.link)]
    )


def opened(view: SurveyView) -> Answer:
    """It is open."""
    survey = view.survey
    where = f"<#{view.channel_id}>" if view.channel_id else "its channel"
    closes = f" It closes {stamp(survey.closes_at)}." if survey.closes_at else ""
    return said(
        f"### S-{survey.number} is open\n{count(survey.asked, 'person is', 'people are')} asked, in {where}.{closes} "
        "Until then nobody sees how many have answered, you included.",
    )


def running(view: SurveyView) -> Answer:
    """What those who may run it can do with a survey that is no draft."""
    survey = view.survey
    buttons: list[Button | None] = [link("Board", view.link)]
    lines = [surveys.headline(view)]
    if survey.state is SurveyState.OPEN:
        lines.append(f"Open until {stamp(survey.closes_at or view.now)}.")
    if survey.state is SurveyState.SCHEDULED and survey.opens_at:
        lines.append(f"It opens by itself {stamp(survey.opens_at)}, with the same questions as before.")
    if survey.repeats and view.next_at and survey.state is SurveyState.OPEN:
        often = surveys.REPEATS.get(survey.repeats, "")
        lines.append(f"It repeats {often}; the next edition opens {stamp(view.next_at)}.")
        buttons.append(button("Stop repeating", surveys_ids.button("stop", survey.id)) if view.runs else None)
    if survey.state not in OVER and view.runs:
        name = "Call it off" if survey.state is SurveyState.SCHEDULED else "Cancel it"
        buttons.append(button(name, surveys_ids.button("cancel", survey.id), _DANGER))
    if survey.state is SurveyState.CLOSED:
        buttons.append(button("Results", surveys_ids.button("results", survey.id)))
    return said("\n".join(lines), surveys.foreseen(view), buttons=buttons)


def before_cancelling(view: SurveyView) -> Answer:
    """What cancelling means."""
    survey = view.survey
    means = {
        SurveyState.DRAFT: "The draft is thrown away.",
        SurveyState.SCHEDULED: "This edition does not open, and none follows it.",
    }.get(survey.state, "What was answered so far is deleted unread, there is no result, and no edition follows.")
    return said(
        f"### Before S-{survey.number} is cancelled\n{surveys.called(view)}\n{means} This cannot be undone.",
        buttons=[
            button("Yes, cancel it", surveys_ids.button("cancel-now", survey.id), _DANGER),
            button("Keep it", surveys_ids.button("show", survey.id)),
        ],
    )


def cancelled(view: SurveyView) -> Answer:
    """It is cancelled."""
    return said(f"S-{view.survey.number} is cancelled. What had been answered is deleted; nobody has seen it.")


def stopped(view: SurveyView) -> Answer:
    """No edition follows."""
    return said(f"S-{view.survey.number} does not repeat any more: no edition follows this one.")


def noted(answering: Answering) -> Answer:
    """The asker's own answers, as kept."""
    survey = answering.view.survey
    until = f" until {stamp(survey.closes_at)}" if survey.closes_at else ""
    again = button("Change my answers", surveys_ids.button("answer", survey.id))
    if not answering.any:
        return said(f"No answer of yours is kept for S-{survey.number}. You can answer{until}.", buttons=[again])
    lines = [
        f"**{place}.** {in_quotes(asked.text, 102)}\n{_given(asked, typed)}"
        for place, (asked, typed) in enumerate(zip(survey.questions, answering.mine, strict=True), 1)
    ]
    return said(
        f"### Kept: your answers to S-{survey.number}\n-# Only you see this. They can be changed{until}.",
        fit_lines("\n".join(lines).split("\n"), _MOST_LINES),
        buttons=[again, button("Take them back", surveys_ids.button("take-back", survey.id), _DANGER)],
    )


def waiting(views: Sequence[SurveyView]) -> Answer:
    """The open surveys that ask somebody."""
    if not views:
        return said("No open survey asks you here. `/survey results` shows those that are closed.")
    lines = [_listed(view) for view in views]
    named = [button(f"Answer S-{v.survey.number}", surveys_ids.button("answer", v.survey.id), _PRIMARY) for v in views]
    return said("### Open surveys that ask you", fit_lines(lines, _MOST_LINES), buttons=named)


def no_results(view: SurveyView) -> Answer:
    """There are none, and when there will be."""
    survey = view.survey
    when = ""
    if survey.state is SurveyState.OPEN and survey.closes_at:
        when = f" It closes {stamp(survey.closes_at)}; until then nobody sees how many have answered."
    state = SURVEY_STATE_LABELS[survey.state].lower()
    return said(f"S-{survey.number} has no results: it is {state}.{when}", buttons=[link("Board", view.link)])


def trend(found: Trend, picture: Attached | None, file: Attached | None) -> Answer:
    """One question over its editions in words, with what was decided meanwhile; the picture and the file on top."""
    survey, asked = found.view.survey, found.question
    head = f"### 📈 Over time\n**Question:** {in_quotes(asked.text, 122)}"
    head += f"\n-# Answers of {surveys.where(found.view)} · {surveys.KINDS[asked.kind]}"
    if not found.editions:
        return said(head, f"S-{survey.number} is not closed yet, and nothing was asked like this before.")
    lines = [_edition(asked, each) for each in reversed(found.editions)]
    decided = [f"- P-{d.number} · {in_quotes(d.title, 62)} · {moment(d.at)}" for d in reversed(found.decisions)]
    parts: list[Part] = [head + " · newest first", fit_lines(lines, _MOST_EDITIONS, _MORE)]
    if decided:
        parts += [LINE, "**Decided meanwhile**\n" + fit_lines(decided, _MOST_DECISIONS, _MORE)]
    if asked.kind is QuestionKind.TEXT:
        parts.append("Free texts make no curve; `/survey results` shows those of each edition.")
    return panel(None, COLOUR, *parts, picture, file)


def suggestion(view: SurveyView) -> tuple[str, str]:
    """A survey to choose from: what is shown, and what comes back."""
    survey = view.survey
    state = SURVEY_STATE_LABELS[survey.state].lower()
    return plain(f"S-{survey.number} · {survey.title} · {state}", SUGGESTION), f"S-{survey.number}"


def _given(asked: Question, typed: str) -> str:
    if not typed:
        return "-# no answer"
    if asked.kind is QuestionKind.SCALE:
        return f"- {typed} of {STEPS}"
    if asked.kind is QuestionKind.CHOICE:
        return f"- {in_quotes(asked.choices[int(typed)], 82)}"
    return f"- {in_quotes(typed, 300)}"


def _listed(view: SurveyView) -> str:
    survey = view.survey
    closes = f" · until {moment(survey.closes_at)}" if survey.closes_at else ""
    return f"- **S-{survey.number}** · {in_quotes(survey.title, 80)}{closes}"


def _edition(asked: Question, each: Edition) -> str:
    when = f"**S-{each.number}** · {moment(each.at)}"
    if each.result.withheld:
        return f"- {when}: withheld"
    answers = count(each.result.answers, "answer")
    if asked.kind is QuestionKind.SCALE:
        return f"- {when}: {surveys.average(each.result):.1f} on average, from {answers}"
    if asked.kind is QuestionKind.TEXT:
        return f"- {when}: {answers}"
    counted = zip(asked.choices, each.result.counts, strict=True)
    return f"- {when}, from {answers}: " + ", ".join(f"{in_quotes(name, 32)} {people}" for name, people in counted)
