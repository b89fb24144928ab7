"""Surveys: the board where people are asked, and the results where it stands (LRN-2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.governance.disclosure import FEW_ANSWERS, FEW_APART, FEW_ASKED, FEW_LEFT, UNSURE
from bot.governance.scales import Scale
from bot.governance.surveys import STEPS, Question, QuestionKind, Result, Survey, SurveyState, few_asked
from bot.services.ports.record import Recorded
from bot.services.surveys_views import SurveyView
from bot.ui import surveys_ids
from bot.ui.labels import HASH, count, fixed, stamp
from bot.ui.panels import LINE, Attached, Button, Part, Style, View, button, panel, rows
from bot.ui.text import in_quotes, quote, titled

COLOUR = 0x1ABC9C
_OVER = 0x99AAB5
_BAR = 12
"""Blocks of the longest bar."""
_TEXTS_SHOWN, _TEXT_SHOWN = 8, 220
"""Free texts in a message, and units of each; the file holds all of them whole."""

SURVEY_STATE_LABELS: Mapping[SurveyState, str] = MappingProxyType(
    {
        SurveyState.DRAFT: "Draft",
        SurveyState.SCHEDULED: "Opens by itself",
        SurveyState.OPEN: "Open to answers",
        SurveyState.CLOSED: "Closed",
        SurveyState.CANCELLED: "Cancelled",
    }
)

KINDS: Mapping[QuestionKind, str] = MappingProxyType(
    {
        QuestionKind.SCALE: "scale from 1 to 5",
        QuestionKind.CHOICE: "choose one",
        QuestionKind.TEXT: "free text",
    }
)

REPEATS: Mapping[str, str] = MappingProxyType(
    {
        "week": "every week",
        "2 weeks": "every 2 weeks",
        "3 weeks": "every 3 weeks",
        "4 weeks": "every 4 weeks",
        "month": "every month",
        "2 months": "every 2 months",
        "quarter": "every 3 months",
        "half year": "every 6 months",
        "year": "every year",
    }
)
"""How often a survey repeats; the keys of ``surveys.REPEATS``."""

SCALES: Mapping[Scale, str] = MappingProxyType(
    {
        Scale.CONSTITUENCY: "everyone in a stakeholder group",
        Scale.COORDINATION: "everyone in a team that coordinates",
        Scale.COLLABORATION: "everyone in a cell",
    }
)
"""Whom a survey of a scale asks."""

SECRECY = (
    "**Who sees what.** Until it closes nobody sees who answers, how many have, or what. Then each question is counted "
    "once. A result is shown only if at least {k} people answered, and not where an earlier one of the same question, "
    "put beside it, would tell what fewer than {k} people said. The rest is deleted unread, and nobody's answers to "
    "different questions are kept together."
)
OPERATOR = (
    "-# Until the close the bot's database holds answers under names made with a secret key, and the key: whoever can "
    "read the database then can work out who answered what; the bot's backups leave the key out. At the close both are "
    "deleted, and from then on the database links nobody to an answer. Discord carries your form to the bot. A free "
    "text may give you away by its words. Where all say the same, the counts tell what each said; and a question that "
    "is asked again in other words is not held against this one."
)


def card(view: SurveyView, marker: int | None) -> View:
    """The board: what is asked of whom, until when, and what is anonymous about it."""
    survey = view.survey
    if survey.state is not SurveyState.OPEN:
        return panel(marker, _OVER, headline(view), _ended(view), *rows(_results_button(survey)))
    return panel(
        marker,
        COLOUR,
        headline(view),
        purpose(view),
        f"{asked_of(view)}\n**Open until** {stamp(survey.closes_at or view.now)}{_again(view)}",
        LINE,
        questions(survey),
        foreseen(view),
        few(view),
        *rows(
            button("Answer", surveys_ids.button("answer", survey.id), Style.primary),
            button("Who sees what?", surveys_ids.button("about", survey.id)),
        ),
        f"-# Anonymous: a result is shown from {survey.k} answers on, and nobody sees who answered. Answers can be "
        "changed or taken back until the close.",
    )


def results(view: SurveyView, recorded: Recorded | None, marker: int | None, shown: Sequence[Attached] = ()) -> View:
    """What came out of it, question by question, in words and bars of text; then the pictures and the file."""
    survey = view.survey
    when = f" · closed {stamp(survey.closed_at)}" if survey.closed_at else ""
    head = f"### 📊 Results of S-{survey.number}"
    parts: list[Part] = [
        f"{head}\n-# Answers of {where(view)}{_edition(survey)}{when}\n{called(view)}",
        f"{count(survey.asked, 'person was', 'people were')} asked. Results are shown from {survey.k} answers on.",
    ]
    for place, (asked, result) in enumerate(zip(survey.questions, survey.results, strict=True), 1):
        parts += [LINE, f"**{place}.** {in_quotes(asked.text, 122)}\n{answered(asked, result, survey.k)}"]
    parts += [LINE, *shown, _next(view)]
    if recorded is not None:
        parts.append(f"-# Record #{recorded.number} · {recorded.hash[:HASH]}")
    return panel(marker, COLOUR, *parts)


def answered(asked: Question, result: Result, k: int) -> str:
    """One question's result in words, or why there is none."""
    if result.withheld:
        return f"*Withheld.* {withheld(result.withheld, result.people, result.needed or k, result.beside)}"
    answers = count(result.answers, "answer")
    if asked.kind is QuestionKind.SCALE:
        ends = {1: asked.low, STEPS: asked.high}
        names = [
            str(step) + (f" · {in_quotes(ends[step], 42)}" if ends.get(step) else "") for step in range(1, STEPS + 1)
        ]
        return f"On average **{average(result):.1f}** of {STEPS}, from {answers}.\n{_bars(names, result.counts)}"
    if asked.kind is QuestionKind.CHOICE:
        names = [in_quotes(choice, 62) for choice in asked.choices]
        return f"From {answers}.\n{_bars(names, result.counts)}"
    shown = [
        f"-# {number} of {result.answers}:\n{quote(text, _TEXT_SHOWN)}"
        for number, text in enumerate(result.texts[:_TEXTS_SHOWN], 1)
    ]
    more = len(result.texts) - len(shown)
    rest = [f"-# … and {more} more in the file below."] if more else []
    return "\n".join([f"{answers}, in alphabetical order. Longer ones stand whole in the file.", *shown, *rest])


def average(result: Result) -> float:
    """The mean of a scale."""
    return sum(step * people for step, people in enumerate(result.counts, 1)) / max(result.answers, 1)


def withheld(why: str, people: int, k: int, beside: int) -> str:
    """Why a result cannot be shown, and what would have to change."""
    alone = count(people, "person", "people")
    if why == FEW_ANSWERS:
        return f"Fewer than {k} people answered this, so it would be too easy to guess who said what."
    if why == FEW_ASKED:
        return f"Only {count(people, 'person with a seat is', 'people with a seat are')} asked. It takes at least {k}."
    if why == FEW_APART:
        other = f"S-{beside}, which asked" if beside else "an earlier survey that asked"
        return (
            f"Beside {other} the same, this result would tell what {alone} said: by so many the people asked differ, "
            f"those who came and those who went taken together. It takes none, or at least {k}; or another question."
        )
    if why == FEW_LEFT:
        return (
            f"Added to earlier results of the same question, or subtracted from them, this one would tell what {alone} "
            f"said who sit in several of the groups asked, or in none of them. It takes at least {k}; or another "
            "question."
        )
    if why == UNSURE:
        return (
            "The same was asked of so many different circles that the bot cannot rule out that their results together "
            f"tell what fewer than {k} people said. Ask another question."
        )
    return "It cannot be shown."


def headline(view: SurveyView) -> str:
    """Number, title, whom it asks, and its state."""
    survey = view.survey
    about = f"Survey · {where(view)}{_edition(survey)} · {SURVEY_STATE_LABELS[survey.state]}"
    return f"### 📋 S-{survey.number}\n-# {about}\n{called(view)}"


def called(view: SurveyView) -> str:
    """Its title under the name of its author (TXT-1)."""
    return titled(_author(view), view.survey.title)


def _author(view: SurveyView) -> str:
    return f"<@{view.author}>" if view.author else "The author"


def purpose(view: SurveyView) -> str:
    """Why it is asked, in its author's words."""
    if not view.survey.about:
        return ""
    return f"{_author(view)} asks because:\n{quote(view.survey.about, 700)}"


def questions(survey: Survey) -> str:
    """What is asked, one line or two for each."""
    lines = []
    for place, asked in enumerate(survey.questions, 1):
        lines.append(f"**{place}.** {in_quotes(asked.text, 122)} · *{KINDS[asked.kind]}*")
        if asked.kind is QuestionKind.CHOICE:
            lines.append("-# Choices: " + " / ".join(in_quotes(choice, 42) for choice in asked.choices))
        elif asked.low or asked.high:
            ends = [f"{n} is {in_quotes(end, 42)}" for n, end in ((1, asked.low), (STEPS, asked.high)) if end]
            lines.append("-# " + ", ".join(ends))
    return "\n".join(lines)


def foreseen(view: SurveyView) -> str:
    """Which results will have to be withheld as things stand, and why; nothing where none will."""
    lines = [
        f"- Question {place}: {withheld(found.why, found.people, found.needed, found.beside)}"
        for place, found in enumerate(view.hindrances, 1)
        if found is not None
    ]
    return "⚠️ **As things stand, results will have to be withheld:**\n" + "\n".join(lines) if lines else ""


def asked_of(view: SurveyView) -> str:
    """Who is asked."""
    people = count(view.survey.asked or view.expected, "person", "people")
    if view.survey.scale is not None:
        return f"**Asked is** {where(view)}: {people} when it opened."
    if view.group is None:
        return f"**Asked are** all {people} with a seat in {in_quotes(view.partnership.name, 60)} when it opened."
    return f"**Asked are** the {people} with a seat in {in_quotes(view.group.name, 60)} when it opened."


def few(view: SurveyView) -> str:
    """That so few are asked that a result may name them all; nothing where they are many, or too few for a result."""
    people = view.survey.asked or view.expected
    if not few_asked(people, view.k):
        return ""
    return (
        f"Only {count(people, 'person is', 'people are')} asked: should all of them answer the same, the result tells "
        "what each of them said."
    )


def where(view: SurveyView) -> str:
    """Whom it asks, in a few words."""
    if view.survey.scale is not None:
        return SCALES[view.survey.scale]
    return "the whole partnership" if view.group is None else in_quotes(view.group.name, 60)


def _bars(names: Sequence[str], counts: Sequence[int]) -> str:
    most, total = max(counts, default=0) or 1, sum(counts) or 1
    return "\n".join(
        f"- {name}: {'▇' * -(-_BAR * people // most)}{' ' if people else ''}{people} ({100 * people / total:.0f} %)"
        for name, people in zip(names, counts, strict=True)
    )


def _ended(view: SurveyView) -> str:
    survey = view.survey
    if survey.state is SurveyState.CANCELLED:
        return "It was cancelled. What had been answered is deleted; nobody has seen it."
    if survey.state is SurveyState.CLOSED:
        shown = sum(1 for result in survey.results if not result.withheld)
        of = count(len(survey.results), "question")
        return f"It is closed. Results of {shown} of {of} are shown in the message that followed; answers are deleted."
    return f"It opens {stamp(survey.opens_at)}." if survey.opens_at else "It is not open yet."


def _results_button(survey: Survey) -> Button | None:
    return button("Results", surveys_ids.button("results", survey.id)) if survey.state is SurveyState.CLOSED else None


def _next(view: SurveyView) -> str:
    return f"The next edition opens {fixed(view.next_at)}." if view.next_at else ""


def _again(view: SurveyView) -> str:
    survey = view.survey
    often = REPEATS.get(survey.repeats, "")
    lines = f"\nIt repeats {often}; the next edition opens {stamp(view.next_at)}." if often and view.next_at else ""
    if survey.missed:
        fell = count(survey.missed, "edition before this one was", "editions before this one were")
        lines += f"\n{fell} left out: the bot was away then."
    return lines


def _edition(survey: Survey) -> str:
    return f" · edition {survey.edition}" if survey.edition > 1 or survey.repeats else ""
