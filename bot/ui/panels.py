"""The frame that every message of the bot stands in: one container of texts and rows, within Discord's limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import pairwise
from typing import TypeAlias

import discord

from bot.ui.limits import ALT_TEXT, BUTTON_LABEL, LINK, ROW_BUTTONS, V2_COMPONENTS, V2_TEXT, fit, fit_lines, units

View: TypeAlias = discord.ui.LayoutView
Button: TypeAlias = "discord.ui.Button[discord.ui.LayoutView]"
Row: TypeAlias = "discord.ui.ActionRow[discord.ui.LayoutView]"
Style = discord.ButtonStyle


class Rule(Enum):
    """A thin line between two blocks; where one of them is empty it is left out."""

    LINE = "line"


LINE = Rule.LINE
Attached: TypeAlias = "discord.ui.MediaGallery[discord.ui.LayoutView] | discord.ui.File[discord.ui.LayoutView]"
"""Pictures and files that come with the message, by their names."""
Part: TypeAlias = "str | Row | Rule | Attached | None"

_MOST = V2_COMPONENTS - 2
"""Components of one panel; two are left to those who put something above it."""
_TAKING = ("> ", "- ")
"""How lines begin that swallow a plain line after them where the reader's markdown allows lazy continuation."""


def panel(marker: int | None, colour: int, *parts: Part) -> View:
    """Texts, rows and lines in one container that carries the marker; empty parts are left out.

    What follows a quote or a list stands in a text of its own, so that no reader takes it for a part of them.

    Should the texts be too long all the same, the longest loses whole lines: a card that says less stands, one that
    Discord refuses does not.
    """
    shown = _apart(_ruled(_fitted([part for part in parts if part])))
    container: discord.ui.Container[View] = discord.ui.Container(accent_colour=colour, id=marker)
    for part in shown:
        match part:
            case str():
                container.add_item(discord.ui.TextDisplay(part))
            case Rule():
                container.add_item(discord.ui.Separator())
            case _:
                container.add_item(part)
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(container)
    return view


def button(label: str, custom_id: str, style: Style = Style.secondary, *, disabled: bool = False) -> Button:
    """A button that names a thing; a cog's dynamic item receives the click."""
    return discord.ui.Button(label=fit(label, BUTTON_LABEL), custom_id=custom_id, style=style, disabled=disabled)


def pictures(*shown: tuple[str, str]) -> Attached | None:
    """Attached pictures side by side: each by its file's name, with words for those who cannot see it."""
    if not shown:
        return None
    items = [
        discord.MediaGalleryItem(f"attachment://{name}", description=fit(words, ALT_TEXT)) for name, words in shown
    ]
    return discord.ui.MediaGallery(*items)


def attached(name: str) -> Attached:
    """An attached file by its name."""
    return discord.ui.File(f"attachment://{name}")


def link(label: str, url: str | None) -> Button | None:
    """A button that leads somewhere, if there is somewhere to go."""
    if not url or len(url) > LINK:
        return None
    return discord.ui.Button(label=fit(label, BUTTON_LABEL), url=url)


def rows(*buttons: Button | None) -> list[Row]:
    """Buttons in rows of five, in their order."""
    real = [each for each in buttons if each is not None]
    return [row(*real[at : at + ROW_BUTTONS]) for at in range(0, len(real), ROW_BUTTONS)]


def row(*buttons: Button | None) -> Row:
    """Up to five buttons side by side."""
    made: Row = discord.ui.ActionRow()
    for each in buttons:
        if each is not None:
            made.add_item(each)
    return made


def _ruled(parts: Sequence[str | Row | Rule | Attached]) -> list[str | Row | Rule | Attached]:
    """No line first, last, or beside another."""
    shown = [part for part, after in pairwise([*parts, LINE]) if not (part is LINE and after is LINE)]
    return shown[1:] if shown[:1] == [LINE] else shown


def _apart(parts: Sequence[str | Row | Rule | Attached]) -> list[str | Row | Rule | Attached]:
    """Texts split after each quote and list, as long as there is room for more components."""
    room = _MOST - 1 - sum(1 + len(part.children) if isinstance(part, discord.ui.ActionRow) else 1 for part in parts)
    shown: list[str | Row | Rule | Attached] = []
    for part in parts:
        if not isinstance(part, str):
            shown.append(part)
            continue
        blocks = list(_blocks(part))
        split = max(min(len(blocks) - 1, room), 0)
        room -= split
        shown += [*blocks[:split], "\n".join(blocks[split:])]
    return shown


def _blocks(text: str) -> Iterator[str]:
    lines = text.split("\n")
    start = 0
    for at, (before, line) in enumerate(pairwise(lines), 1):
        if before.startswith(_TAKING) and not line.startswith(_TAKING):
            yield "\n".join(lines[start:at])
            start = at
    yield "\n".join(lines[start:])


def _fitted(parts: Sequence[str | Row | Rule | Attached]) -> list[str | Row | Rule | Attached]:
    shown = list(parts)
    while (over := sum(units(p) for p in shown if isinstance(p, str)) - V2_TEXT) > 0:
        size, place = max((units(p), at) for at, p in enumerate(shown) if isinstance(p, str))
        longest = shown[place]
        assert isinstance(longest, str)
        shown[place] = fit_lines(longest.split("\n"), size - over) or "…"
    return shown
