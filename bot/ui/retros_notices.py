"""The lessons of a retro: a document that is kept for ever, told where its board stands (LRN-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import discord

from bot.governance import retros_lessons
from bot.governance.ids import PersonId
from bot.governance.retros import Progress, RetroState
from bot.governance.retros_events import RetroClosed
from bot.services.ports.record import Recorded
from bot.services.retros_views import RetroView
from bot.ui import retros_board as boards
from bot.ui.answers import COLOUR
from bot.ui.labels import HASH, count, listed
from bot.ui.limits import V2_TEXT, units
from bot.ui.panels import View, panel
from bot.ui.text import in_quotes, inline, quote

Files = tuple[tuple[str, bytes], ...]

_SHOWN = V2_TEXT - 500
_PARTS = 3
"""Messages of lessons in a channel; whatever is longer stands in the file."""


def drawn(view: RetroView, event: Recorded) -> tuple[bytes, ...]:
    """The document of an event that closed a retro with lessons. It takes a while where there are many cards."""
    fact = event.event.fact
    document = fact.lessons if isinstance(fact, RetroClosed) else None
    if document is None:
        return ()
    return (markdown(view, document, f"-# Record #{event.number} · {event.hash[:HASH]}").encode(),)


def posts(view: RetroView, document: bytes, marker: int) -> list[tuple[View, Files]]:
    """The lessons as they are told where the board stands, and the whole of them as a file."""
    return _messages(view, document.decode(), marker)


def document(view: RetroView) -> bytes:
    """The lessons of a retro, as they are kept; empty where there are none."""
    if view.retro.state is not RetroState.CLOSED or not view.retro.took_part:
        return b""
    return markdown(view, retros_lessons.lessons(view.retro)).encode()


def answered(view: RetroView, whole: bytes) -> View:
    """The beginning of the lessons for one person, who gets the whole as a file."""
    if not whole:
        return panel(None, COLOUR, "There are no lessons: the retro is not closed, or nobody took part.")
    return panel(None, COLOUR, _parts(whole.decode())[0])


def file_name(view: RetroView) -> str:
    """What the document is called."""
    return f"R-{view.retro.number}-lessons.md"


def markdown(view: RetroView, document: Mapping[str, Any], seal: str = "") -> str:
    """The document of lessons. Words of people stand in quotes, escaped; nobody is named but owners of actions."""
    title = f"It was called {in_quotes(str(document['title']), 100)}. " if document["title"] else ""
    head = [
        f"## 📗 Lessons of R-{document['number']}",
        f"{title}Retro of {in_quotes(view.group.name, 80)} · {inline(str(document['template']), 40)}",
        _took_part(document),
    ]
    if document["words"]:
        head.append("How we were: " + " · ".join(in_quotes(str(word), 60) for word in document["words"]))
    parts = ["\n".join(head), _actions(view, document["actions"])]
    topics = document["topics"]
    parts.append(f"### What we talked about ({count(len(topics), 'topic')})" if topics else "No card was written.")
    parts += [_topic(topic) for topic in topics]
    if document["carried"]:
        lines = [f"- {in_quotes(_name(each['title'], each['texts']), 150)}" for each in document["carried"]]
        parts.append("\n".join(["### Carried over to the next retro", *lines]))
    checked = f"-# SHA-256 of these lessons: {retros_lessons.digest(dict(document))}"
    parts.append(f"{checked}\n{seal}" if seal else checked)
    return "\n\n".join(part for part in parts if part) + "\n"


def _took_part(document: Mapping[str, Any]) -> str:
    people = count(int(document["took_part"]), "person", "people")
    classes = [f"{n} {boards.of_class(str(name))}" for name, n in document["classes"]]
    return f"{people} took part" + (f": {listed(classes)}." if len(classes) > 1 else ".")


def _actions(view: RetroView, actions: Sequence[Mapping[str, Any]]) -> str:
    if not actions:
        return "### Actions\nNone was agreed on."
    lines = ["### Actions"]
    for action in actions:
        owner = view.mention(PersonId(action["owner"])) if action["owner"] else "nobody yet"
        due = ""
        if action["due_at"]:
            seconds = int(datetime.fromisoformat(str(action["due_at"])).timestamp())
            due = f", by <t:{seconds}:D>"
        lines.append(f"{action['number']}. {in_quotes(str(action['text']), 600)} ({owner}{due})")
    return "\n".join(lines)


def _topic(topic: Mapping[str, Any]) -> str:
    cards, notes = topic["cards"], topic["notes"]
    what = boards.progress(Progress(topic["progress"])) if topic["dots"] or notes else "without dots"
    dots = f"{count(int(topic['dots']), 'dot')}, " if topic["dots"] else ""
    lines = [f"**Topic** {in_quotes(_name(topic['title'], [text for _, text in cards]), 120)} ({dots}{what})"]
    lines += [f"- {in_quotes(column, 42)}: {in_quotes(text, 700)}" for column, text in cards]
    if notes:
        lines += ["Notes:", *(quote(note, 2500) for note in notes)]
    return "\n".join(lines)


def _name(title: str, texts: Sequence[str]) -> str:
    return title or (texts[0] if texts else "—")


def _messages(view: RetroView, text: str, marker: int) -> list[tuple[View, Files]]:
    parts = _parts(text)
    more = len(parts) > _PARTS
    shown = parts[:_PARTS]
    if more:
        shown[-1] += "\n\n-# … The whole document is in the file."
    last = len(shown) - 1
    found: list[tuple[View, Files]] = []
    for place, part in enumerate(shown):
        if place < last:
            found.append((panel(marker, COLOUR, part), ()))
        else:
            found.append((_shown(view, part, marker), ((file_name(view), text.encode()),)))
    return found


def _shown(view: RetroView, part: str, marker: int | None) -> View:
    card = panel(marker, COLOUR, part)
    card.add_item(discord.ui.File(f"attachment://{file_name(view)}"))
    return card


def _parts(text: str) -> list[str]:
    """The document cut between paragraphs, or lines where a paragraph is too long for one message."""
    parts: list[str] = []
    part = ""
    for paragraph in text.strip().split("\n\n"):
        for piece in [paragraph] if units(paragraph) <= _SHOWN else _lines(paragraph):
            if part and units(part) + units(piece) + 2 > _SHOWN:
                parts.append(part)
                part = ""
            part = f"{part}\n\n{piece}" if part else piece
    return [*parts, part]


def _lines(paragraph: str) -> list[str]:
    pieces: list[str] = []
    piece = ""
    for line in paragraph.split("\n"):
        if piece and units(piece) + units(line) + 1 > _SHOWN:
            pieces.append(piece)
            piece = ""
        piece = f"{piece}\n{line}" if piece else line
    return [*pieces, piece]
