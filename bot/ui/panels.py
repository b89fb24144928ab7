"""The frame that every message of the bot stands in: one container of texts and rows, within Discord's limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import discord

from bot.ui.limits import BUTTON_LABEL, LINK, ROW_BUTTONS, V2_TEXT, fit, fit_lines, units

View: TypeAlias = discord.ui.LayoutView
Button: TypeAlias = "discord.ui.Button[discord.ui.LayoutView]"
Row: TypeAlias = "discord.ui.ActionRow[discord.ui.LayoutView]"
Part: TypeAlias = "str | Row | None"
Style = discord.ButtonStyle


def panel(marker: int | None, colour: int, *parts: Part) -> View:
    """Texts and rows in one container that carries the marker; empty parts are left out.

    Should the texts be too long all the same, the longest loses whole lines: a card that says less stands, one that
    Discord refuses does not.
    """
    shown = _fitted([part for part in parts if part])
    container: discord.ui.Container[View] = discord.ui.Container(accent_colour=colour, id=marker)
    for part in shown:
        container.add_item(discord.ui.TextDisplay(part) if isinstance(part, str) else part)
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(container)
    return view


def button(label: str, custom_id: str, style: Style = Style.secondary, *, disabled: bool = False) -> Button:
    """A button that names a thing; a cog's dynamic item receives the click."""
    return discord.ui.Button(label=fit(label, BUTTON_LABEL), custom_id=custom_id, style=style, disabled=disabled)


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


def _fitted(parts: Sequence[str | Row]) -> list[str | Row]:
    shown = list(parts)
    while (over := sum(units(p) for p in shown if isinstance(p, str)) - V2_TEXT) > 0:
        size, place = max((units(p), at) for at, p in enumerate(shown) if isinstance(p, str))
        longest = shown[place]
        assert isinstance(longest, str)
        shown[place] = fit_lines(longest.split("\n"), size - over) or "…"
    return shown
