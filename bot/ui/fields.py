"""Parts of forms: texts to be written, and things to be chosen, each tied to its label."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any

import discord

from bot.ui import limits

Form = discord.ui.Modal
Field = discord.ui.Label[Any]


def form(title: str, custom_id: str, *fields: Field) -> Form:
    """A form that is taken in by its id."""
    made = discord.ui.Modal(title=limits.fit(title, limits.FORM_TITLE), custom_id=custom_id)
    for field in fields:
        made.add_item(field)
    return made


def text(name: str, label: str, about: str, bounds: tuple[int, int], *, value: str = "", long: bool = False) -> Field:
    """Something to be written, within these lengths; from length 0 on it may stay empty.

    What was kept before is shown whole, even where it is too long by now.
    """
    least, most = bounds[0], max(bounds[1], len(value))
    style = discord.TextStyle.paragraph if long else discord.TextStyle.short
    entry: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=name,
        style=style,
        default=value[: limits.FORM_INPUT] or None,
        min_length=least or None,
        max_length=min(most, limits.FORM_INPUT),
        required=least > 0,
    )
    return discord.ui.Label(text=label, description=about, component=entry)


def choice(name: str, label: str, about: str, options: Sequence[tuple[str, str, str]], value: str = "") -> Field:
    """One of these to be chosen, none beforehand unless one is given: value, name and what it means."""
    menu: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=name,
        options=_options(options, {value}),
        placeholder="Choose one",
        required=True,
    )
    return discord.ui.Label(text=label, description=about, component=menu)


def choices(name: str, label: str, about: str, options: Sequence[tuple[str, str, str]], chosen: Set[str]) -> Field:
    """Any of these to be chosen, also none; ``chosen`` are so beforehand."""
    menu: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=name,
        options=_options(options, chosen),
        placeholder="Choose any",
        required=False,
        min_values=0,
        max_values=len(options),
    )
    return discord.ui.Label(text=label, description=about, component=menu)


def person(name: str, label: str, about: str) -> Field:
    """Somebody of the server to be chosen."""
    menu: discord.ui.UserSelect[Any] = discord.ui.UserSelect(custom_id=name, placeholder="Choose one", required=True)
    return discord.ui.Label(text=label, description=about, component=menu)


def _options(options: Sequence[tuple[str, str, str]], chosen: Set[str]) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(value=value, label=name, description=meaning or None, default=value in chosen)
        for value, name, meaning in options
    ]
