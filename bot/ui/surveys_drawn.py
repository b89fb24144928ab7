"""Results of surveys as pictures and as files (LRN-2). Drawing takes a moment: callers do it in a thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.governance.surveys import ANSWER, STEPS, Question, QuestionKind, Result, Survey
from bot.services.surveys_compared import Trend
from bot.ui import charts
from bot.ui import surveys_board as surveys
from bot.ui.charts import Bar, ChartMark, Series, Stack
from bot.ui.labels import count
from bot.ui.panels import Attached, attached
from bot.ui.panels import pictures as gallery
from bot.ui.tables import Cell, csv_of

_LARGEST = 8_000_000
"""Bytes of a file that Discord takes everywhere, pictures beside it."""
_CUTS = (ANSWER[1], 2000, 1000, 500, 250, 120, 60, 30, 10, 0)
"""How many characters of each free text are kept, as long as the file is too large."""

Files = tuple[tuple[str, bytes], ...]


def pictures(survey: Survey) -> tuple[bytes, ...]:
    """One picture of all scales, and one of each choice, of what is published."""
    drawn = []
    if scales := [(place, q, r) for place, q, r in _shown(survey) if q.kind is QuestionKind.SCALE]:
        rows = [Stack(f"{place}. {asked.text}", result.counts) for place, asked, result in scales]
        drawn.append(charts.stacks(_title(survey), rows, [str(step) for step in range(1, STEPS + 1)]))
    for place, asked, result in _shown(survey):
        if asked.kind is QuestionKind.CHOICE:
            bars = [
                Bar(choice, people, f"{people} ({100 * people / result.answers:.0f} %)")
                for choice, people in zip(asked.choices, result.counts, strict=True)
            ]
            drawn.append(charts.bars(f"{_title(survey)} · {place}. {asked.text}", bars, "people"))
    return tuple(drawn)


def files(survey: Survey, drawn: Sequence[bytes]) -> Files:
    """The pictures and the table, by their names; nothing where nothing is published."""
    named = tuple((_picture(survey, at), content) for at, content in enumerate(drawn, 1))
    return (*named, (_table(survey), table(survey))) if list(_shown(survey)) else ()


def shown(survey: Survey, drawn: Sequence[bytes]) -> tuple[Attached, ...]:
    """What shows them in the message: each picture whole, with words for those who cannot see it, then the table."""
    words = f"Results of S-{survey.number} as a picture. The same stands in the words above and in the file below."
    # One to a gallery: side by side Discord crops them.
    galleries = [gallery((_picture(survey, at), words)) for at in range(1, len(drawn) + 1)]
    parts = [*galleries, attached(_table(survey))] if list(_shown(survey)) else []
    return tuple(part for part in parts if part is not None)


def table(survey: Survey, most: int = _LARGEST) -> bytes:
    """What is published, as CSV: a line for each step, choice or text, and one for each question withheld.

    Where it would be larger than ``most`` bytes, which Discord would not take, all long texts are cut alike.
    """
    for length in _CUTS:
        made = _table_of(survey, length)
        if len(made) <= most:
            break
    return made


def _table_of(survey: Survey, length: int) -> bytes:
    lines: list[Sequence[Cell]] = [("survey", "question", "kind", "answer", "people")]
    for place, (asked, result) in enumerate(zip(survey.questions, survey.results, strict=True), 1):
        about = (f"S-{survey.number}", f"{place}. {asked.text}", asked.kind.value)
        if result.withheld:
            lines.append((*about, "withheld", ""))
        elif asked.kind is QuestionKind.TEXT:
            lines += [(*about, text if len(text) <= length else f"{text[:length]}…", 1) for text in result.texts]
        else:
            lines += [(*about, *each) for each in zip(_names(asked), result.counts, strict=True)]
    return csv_of(lines)


def trend_picture(trend: Trend) -> bytes | None:
    """The question over its editions, decisions marked; None for free texts, and where nothing is published."""
    asked = trend.question
    if asked.kind is QuestionKind.TEXT or not any(not each.result.withheld for each in trend.editions):
        return None
    marks = [ChartMark(decision.at, f"P-{decision.number}") for decision in trend.decisions]
    if asked.kind is QuestionKind.SCALE:
        points = tuple(
            (each.at, None if each.result.withheld else surveys.average(each.result)) for each in trend.editions
        )
        return charts.lines(asked.text, [Series("average", points)], marks, "from 1 to 5", (1, STEPS))
    series = [
        Series(choice, tuple((each.at, share(each.result, at)) for each in trend.editions))
        for at, choice in enumerate(asked.choices)
    ]
    rest = len(series) - charts.MOST_SERIES
    note = f"{count(rest, 'more choice')}: see the words beside this picture." if rest > 0 else ""
    return charts.lines(asked.text, series, marks, "% of the answers", (0, 100), note)


def share(result: Result, at: int) -> float | None:
    """The share of one choice in percent; None where the result is withheld."""
    return None if result.withheld else 100 * result.counts[at] / max(result.answers, 1)


def trend_table(trend: Trend) -> bytes:
    """The question over its editions, and the decisions, as CSV."""
    lines: list[Sequence[Cell]] = [("at", "what", "answers", *_names(trend.question))]
    rows: list[tuple[Cell, ...]] = []
    for each in trend.editions:
        shown = ("withheld",) if each.result.withheld else (each.result.answers, *each.result.counts)
        rows.append((each.at.isoformat(), f"S-{each.number}", *shown))
    rows += [(each.at.isoformat(), f"P-{each.number} {each.title}") for each in trend.decisions]
    return csv_of([*lines, *sorted(rows, key=lambda row: str(row[0]))])


def _names(asked: Question) -> tuple[str, ...]:
    if asked.kind is QuestionKind.SCALE:
        return tuple(str(step) for step in range(1, STEPS + 1))
    return asked.choices


def _shown(survey: Survey) -> Iterable[tuple[int, Question, Result]]:
    for place, (asked, result) in enumerate(zip(survey.questions, survey.results, strict=False), 1):
        if not result.withheld:
            yield place, asked, result


def _title(survey: Survey) -> str:
    return f"S-{survey.number} · {survey.title}"


def _picture(survey: Survey, at: int) -> str:
    return f"survey-{survey.number}-{at}.png"


def _table(survey: Survey) -> str:
    return f"survey-{survey.number}.csv"
