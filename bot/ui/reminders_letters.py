"""Reminders and digests in words: letters to one person, and the weekly digest for everybody (RHY-2, LRN-4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from bot.governance.events import EventType
from bot.governance.reminders import Entry
from bot.services.digests import DigestView
from bot.services.direct_messages import LetterView
from bot.services.ports.record import Recorded
from bot.ui.inbox_page import WAITS
from bot.ui.labels import count, fixed, stamp
from bot.ui.limits import CONTENT, fit_lines
from bot.ui.panels import LINE, View, panel
from bot.ui.text import in_quotes

_COLOUR = 0x5865F2
_ROOM = 3400
"""Units of all sections of the weekly digest together."""
_TITLE, _ANSWER, _SHORT = 120, 200, 70

_REMINDED: Mapping[str, str] = MappingProxyType(
    {
        "review": (
            "The time for objections ends {at}. You have neither read it, objected nor raised a concern yet.\n"
            "Silence counts as consent. “I have read it” on the card is not a yes: it says that you know what is "
            "proposed."
        ),
        "affirmative": (
            "The time for objections ends {at}. You have neither read it, objected nor raised a concern yet.\n"
            "Silence is not enough for this one: when the time for objections is over, a vote follows."
        ),
        "vote": "The final vote closes {at}, and you have not voted yet.\nYour choice can be changed until the close.",
        "disputed": (
            "It is disputed. If nobody acts, it is not adopted: that happens {at}.\nIts author can revise or withdraw "
            "it. Anyone who could object can take it to a final vote: `/escalate`."
        ),
        "survey": "The survey closes {at}. Nobody knows who has answered, so everybody asked is reminded.",
        "feedback": "You took this feedback on, and it has no answer yet.",
        "meeting day": "The meeting begins {at}.",
        "meeting soon": "The meeting begins {at}.",
        "retro": "This phase of the retro ends {at}. Nobody knows who has taken part, so everybody is reminded.",
        "action": "This action of yours is due {at}.",
    }
)
"""What a reminder says, by its reason."""

_MISSED: Mapping[str, str] = MappingProxyType(
    {
        "review": "The time for objections ended {at}.",
        "affirmative": "The time for objections ended {at}.",
        "vote": "The final vote closed {at}.",
        "disputed": "It was disputed until {at}.",
        "survey": "The survey closed {at}.",
        "meeting day": "The meeting began {at}.",
        "meeting soon": "The meeting began {at}.",
        "retro": "The phase ended {at}.",
        "action": "The action was due {at}.",
    }
)

_OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        EventType.PROPOSAL_PASSED.value: "passed by silence; not carried out yet",
        EventType.PROPOSAL_ADOPTED.value: "adopted by the final vote; not carried out yet",
        EventType.PROPOSAL_ENACTED.value: "decided; it holds from now on",
        EventType.PROPOSAL_NOT_ADOPTED.value: "not adopted",
        EventType.PROPOSAL_LAPSED.value: "lapsed",
        EventType.PROPOSAL_WITHDRAWN.value: "withdrawn",
    }
)
"""What a digest says of a proposal, by its last event."""

_SECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "missed": "**Missed: these could not be given to you in time**",
        "reminder": "**Reminders that waited for this digest**",
        "waiting": "**What waits for you**",
        "outcome": "**Decided**",
        "answered": "**You said, we did**",
        "lessons": "**Lessons published**",
        "survey": "**Results of surveys**",
        "meeting": "**Coming meetings**",
    }
)
"""The sections of a digest, in their order."""


ERASED_LETTER = (
    "A reminder stood here. It was taken away because somebody asked for words to be erased that it may have held. "
    "Nothing is asked of you; `/inbox` shows what waits for you."
)


def letter(view: LetterView) -> str:
    """A letter as plain text of at most 2000 characters, the same every time it is written."""
    lines = _digest(view) if view.letter.digest else _reminders(view)
    return fit_lines(list(lines), CONTENT)


def weekly(view: DigestView, recorded: Recorded, marker: int | None) -> View:
    """What is new since the last digest, for everybody, where everybody may talk."""
    head = (
        f"### 📰 News\nOf {in_quotes(view.partnership.name, 100)}, since {stamp(view.since)}.\n-# What you do not read "
    )
    head += "here may stand in a group of your own: `/inbox` shows what waits for you."
    told = [lines for name in _SECTIONS if (lines := list(_section(name, view.entries)))]
    parts = [fit_lines(lines, _ROOM // len(told)) for lines in told]
    return panel(marker, _COLOUR, head, *(each for part in parts for each in (LINE, part)))


def _reminders(view: LetterView) -> Iterator[str]:
    entries = view.letter.entries
    if len(entries) > 1:
        yield f"**{count(len(entries), 'thing')} in {in_quotes(view.partnership.name, 60)} wait for you.**"
    for each in entries:
        where = f" in {in_quotes(view.partnership.name, 60)}" if len(entries) == 1 else ""
        waits = " waits for you." if where and each.section != "missed" else ""
        yield f"**{_name(each, _TITLE)}**{where}{waits}"
        if each.late and each.section != "missed":
            yield "This reminder is late: it could not be given when it was due."
        missed = each.section == "missed"
        yield f"This could not be given to you in time: {_said(_MISSED, each)}" if missed else _said(_REMINDED, each)
        if each.link:
            yield f"Card: {each.link}"
    yield "This reminder comes once. `/reminders preferences` changes when and how you are reminded."


def _digest(view: LetterView) -> Iterator[str]:
    yield f"**Your digest of {in_quotes(view.partnership.name, 60)}**"
    for name in _SECTIONS:
        yield from _section(name, view.letter.entries)
    yield "`/inbox` shows what waits for you; `/reminders preferences` changes when this comes."


def _section(name: str, entries: Sequence[Entry]) -> Iterator[str]:
    lines = [_line(each) for each in entries if each.section == name]
    if lines:
        yield _SECTIONS[name]
        yield from lines


def _line(entry: Entry) -> str:
    if entry.why == "more":
        return f"- … and {entry.name} more"
    link = f" {entry.link}" if entry.link else ""
    return f"- **{_name(entry, _SHORT)}**{_about(entry)}{link}"


def _about(entry: Entry) -> str:
    late = " (late)" if entry.late else ""
    match entry.section:
        case "missed":
            return f" – {_said(_MISSED, entry)}"
        case "reminder":
            return f"{late} – {_said(_REMINDED, entry).splitlines()[0]}"
        case "waiting":
            by = f" By {fixed(entry.at)}." if entry.at else ""
            return f" – {WAITS.get(entry.why, entry.why).replace('{o}', entry.text)}{by}"
        case "outcome":
            return f" – {_OUTCOMES.get(entry.why, entry.why)}."
        case "answered":
            return f" – we did: {in_quotes(entry.text, _ANSWER)}"
        case "meeting" if entry.at:
            return f" – {fixed(entry.at)}"
        case _:
            return ""


def _said(words: Mapping[str, str], entry: Entry) -> str:
    if entry.at is None and "{at}" in words.get(entry.why, "{at}"):
        return ""
    return words[entry.why].replace("{at}", fixed(entry.at) if entry.at else "")


def _name(entry: Entry, most: int) -> str:
    title = in_quotes(entry.title, most) if entry.title else ""
    return f"{entry.name} · {title}" if title else entry.name
