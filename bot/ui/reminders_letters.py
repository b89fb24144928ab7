"""Reminders and digests in words: letters to one person, and the weekly digest for everybody (RHY-2, LRN-4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.governance.reminders import Entry
from bot.services.digests import DigestView
from bot.services.direct_messages import LetterView
from bot.services.ports.record import Recorded
from bot.ui.asking import Reminds, Section
from bot.ui.inbox_page import asked
from bot.ui.labels import count, fixed, stamp
from bot.ui.limits import CONTENT, fit_lines
from bot.ui.nouns import NOUNS
from bot.ui.panels import LINE, View, panel
from bot.ui.presenter import merged
from bot.ui.text import in_quotes

_COLOUR = 0x5865F2
_ROOM = 3400
"""Units of all sections of the weekly digest together."""
_TITLE, _ANSWER, _SHORT = 120, 200, 70

REMINDS: Mapping[str, Reminds] = merged("what reminds", (noun.reminds for noun in NOUNS))
"""What a reminder says, and what is said once it is too late, by its reason."""

SECTIONS: Mapping[str, str] = merged(
    "a section",
    (
        {
            "missed": "**Missed: these could not be given to you in time**",
            "reminder": "**Reminders that waited for this digest**",
            "waiting": "**What waits for you**",
        },
        *({name: section.heading for name, section in noun.digest.items()} for noun in NOUNS),
    ),
)
"""The headings of a digest, in their order."""

_ABOUT: Mapping[str, Section] = merged("a section", (noun.digest for noun in NOUNS))

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
    told = [lines for name in SECTIONS if (lines := list(_section(name, view.entries)))]
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
        yield (
            f"This could not be given to you in time: {_said(_missed(each), each)}"
            if missed
            else _said(_reminded(each), each)
        )
        if each.link:
            yield f"Card: {each.link}"
    yield "This reminder comes once. `/reminders preferences` changes when and how you are reminded."


def _digest(view: LetterView) -> Iterator[str]:
    yield f"**Your digest of {in_quotes(view.partnership.name, 60)}**"
    for name in SECTIONS:
        yield from _section(name, view.letter.entries)
    yield "`/inbox` shows what waits for you; `/reminders preferences` changes when this comes."


def _section(name: str, entries: Sequence[Entry]) -> Iterator[str]:
    lines = [_line(each) for each in entries if each.section == name]
    if lines:
        yield SECTIONS[name]
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
            return f" – {_said(_missed(entry), entry)}"
        case "reminder":
            return f"{late} – {_said(_reminded(entry), entry).splitlines()[0]}"
        case "waiting":
            by = f" By {fixed(entry.at)}." if entry.at else ""
            return f" – {asked(entry.why, entry.text)}{by}"
        case _ if entry.section in _ABOUT:
            return _ABOUT[entry.section].about(entry)
        case _:
            return ""


def _reminded(entry: Entry) -> str:
    return REMINDS[entry.why].words


def _missed(entry: Entry) -> str:
    return REMINDS[entry.why].missed


def _said(words: str, entry: Entry) -> str:
    if entry.at is None:
        return "" if "{at}" in words else words
    return words.replace("{at}", fixed(entry.at))


def _name(entry: Entry, most: int) -> str:
    title = in_quotes(entry.title, most) if entry.title else ""
    return f"{entry.name} · {title}" if title else entry.name
