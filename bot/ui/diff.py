"""What a revision changes, word by word and, where it matters, in words (PRO-5).

Words are mapped to code points so that diff-match-patch compares words. Removed words are ~~struck~~, added ones
**bold**, inside a quote: what people wrote stays escaped, only these two marks are ours.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from diff_match_patch import diff_match_patch

from bot.governance.money import shown
from bot.governance.proposals_types import Text, Version
from bot.governance.versions import substance
from bot.ui import effects
from bot.ui.labels import count
from bot.ui.proposals_labels import FIELDS as NAMES
from bot.ui.proposals_labels import SUBSTANCE
from bot.ui.text import EMPTY, atoms, inline, one_kind_of_breaks, pack

FIELDS = (
    "title",
    "summary",
    "ask",
    "why",
    "outcome",
    "risks",
    "timeline",
    "amount_written",
    "currency",
    "payee",
    "account",
)
LEGEND = "~~Struck through~~ was removed, **bold** was added, […] stands for words that stay."

_WORD = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]")
_SECONDS = 0.1
"""Longest search for the smallest difference of one field; a coarser one is shown after that."""
_FIRST_POINT = 0xF0000
_LONGEST_RUN = 200
_KEEP = 24
"""Unchanged words shown on each side of a change."""


class TextChange(NamedTuple):
    """Words that were removed (-1), stay (0) or were added (1)."""

    sign: int
    text: str


def words(before: str, after: str) -> tuple[TextChange, ...]:
    """The difference of two texts by words."""
    points: dict[str, str] = {}

    def mapped(text: str) -> str:
        return "".join(points.setdefault(word, chr(_FIRST_POINT + len(points))) for word in _WORD.findall(text))

    one, other = mapped(before), mapped(after)
    named = {point: word for word, point in points.items()}
    search = diff_match_patch()
    search.Diff_Timeout = _SECONDS
    found = search.diff_main(one, other, False)
    search.diff_cleanupSemantic(found)
    return tuple(TextChange(sign, "".join(named[point] for point in text)) for sign, text in found)


def in_words(before: Text, after: Text) -> list[str]:
    """A larger amount, another payee and the like, said above the diff (PRO-5)."""
    said = []
    for key in substance(before, after):
        match key:
            case "larger amount" | "smaller amount":
                was, now = _amount(before), _amount(after)
            case "other currency":
                was, now = before.currency, after.currency
            case "other payee":
                was, now = before.payee, after.payee
            case _:
                was, now = before.account, after.account
        said.append(f"⚠️ **{SUBSTANCE[key]}** from {inline(was, 120)} to {inline(now, 120)}.")
    return said


def fields(before: Text, after: Text, most: int) -> list[str]:
    """Each changed field, with its name and the counts in words, in parts of at most ``most`` units."""
    parts: list[str] = []
    for field in FIELDS:
        was, now = (one_kind_of_breaks(getattr(text, field)) for text in (before, after))
        if was == now:
            continue
        changes = words(was, now)
        head = f"**{NAMES[field]}**: {_counted(changes)}\n> "
        first, *rest = pack(_marked(changes), most - len(head)) or [EMPTY]
        parts += [head + first, *(f"> {part}" for part in rest)]
    return parts


def effects_changed(before: Version, after: Version) -> list[str]:
    """What it would have done, and what it will do now."""
    if before.effects == after.effects:
        return []
    return [
        f"**What it does** before: {_effects(before)}.\n**What it does** now: {_effects(after)}.",
    ]


def _effects(version: Version) -> str:
    return effects.several(version.effects) or "nothing by itself"


def _amount(text: Text) -> str:
    return shown(text.amount, text.amount_written, text.currency)


def _counted(changes: tuple[TextChange, ...]) -> str:
    removed = sum(len(re.findall(r"\w+", c.text)) for c in changes if c.sign < 0)
    added = sum(len(re.findall(r"\w+", c.text)) for c in changes if c.sign > 0)
    return f"{count(removed, 'word')} removed, {count(added, 'word')} added."


def _marked(changes: tuple[TextChange, ...]) -> list[str]:
    """Atoms of the quote: words that stay escaped, changed ones marked line by line, long unchanged parts left out."""
    made: list[str] = []
    for number, change in enumerate(changes):
        if change.sign == 0:
            shown = _elided(change.text, first=number == 0, last=number == len(changes) - 1)
            for place, line in enumerate(shown.split("\n")):
                made += ["\n> "] * (place > 0)
                made += atoms(line)
            continue
        mark = "~~" if change.sign < 0 else "**"
        if made and made[-1].endswith(("~~", "**")):
            made.append(" ")
        for place, line in enumerate(change.text.split("\n")):
            made += ["\n> "] * (place > 0)
            made += _runs(line, mark)
    return made


def _runs(line: str, mark: str) -> list[str]:
    """One changed line in marked pieces short enough not to be cut; white space stands outside the marks."""
    made: list[str] = []
    for piece in (line[at : at + _LONGEST_RUN] for at in range(0, len(line), _LONGEST_RUN)):
        inner = "".join(atoms(piece.strip()))
        lead = " " if made or piece[:1].isspace() else ""
        made += [lead, f"{mark}{inner}{mark}" if inner else "", " " if piece[-1:].isspace() and inner else ""]
    return [atom for atom in made if atom]


def _elided(text: str, *, first: bool, last: bool) -> str:
    found = _WORD.findall(text)
    if len(found) <= 4 * _KEEP:
        return text
    head = "" if first else "".join(found[:_KEEP]).rstrip() + " "
    tail = "" if last else " " + "".join(found[-_KEEP:]).lstrip()
    return f"{head}[…]{tail}"
