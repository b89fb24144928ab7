"""How long what people type may be: checked before anything else, for every option and every field, in one place.

Discord is told the same bounds, so that a client refuses more before it is sent; what arrives longer is forged, or was
sent by something else than a client. Authority is looked at after the length, and nothing is read before both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.governance.errors import BadText
from bot.ui.limits import FORM_INPUT, OPTION

Option = Mapping[str, Any]


def bound(cog: commands.Cog) -> None:
    """Give every text option of a cog's commands its length, where the option does not say one of its own."""
    for command in cog.walk_app_commands():
        if isinstance(command, app_commands.Command):
            for parameter in command._params.values():
                if parameter.type is discord.AppCommandOptionType.string and not (
                    parameter.max_value or parameter.choices
                ):
                    parameter.max_value = OPTION


def check_options(interaction: discord.Interaction[Any]) -> None:
    """Raises BadText for the first option that is longer than its command says."""
    command = interaction.command
    declared = command.parameters if isinstance(command, app_commands.Command) else []
    most = {parameter.display_name: parameter.max_value for parameter in declared}
    data: Mapping[str, Any] = interaction.data or {}
    for option in _typed(data.get("options") or ()):
        _check(str(option["name"]), option["value"], most.get(option["name"]) or OPTION)


def check_fields(fields: Mapping[str, str]) -> None:
    """Raises BadText for the first field of a form that is longer than Discord lets anybody type."""
    for name, text in fields.items():
        _check(name, text, FORM_INPUT)


def _typed(options: Iterable[Option]) -> Iterator[Option]:
    """The options that hold a text, also those of a command in a group."""
    for option in options:
        yield from _typed(option.get("options") or ())
        if isinstance(option.get("value"), str):
            yield option


def _check(name: str, text: str, most: float) -> None:
    if len(text) > most:
        raise BadText(name, len(text), 0, int(most))
