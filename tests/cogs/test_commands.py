"""Commands stay within Discord's limits; every button and form that presenters write is taken in by exactly one cog."""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

import discord
import pytest
from discord.ext import commands

from bot.discord.client import EXTENSIONS
from bot.governance.ids import GroupId, PartnershipId, ProposalId
from bot.ui import feedback_board as feedback_pages
from bot.ui import (
    feedback_ids,
    inbox_ids,
    meetings_ids,
    objections_ids,
    proposals_ids,
    proposals_lists,
    reminders_ids,
    retros_ids,
    votes_ids,
)
from bot.ui.limits import OPTION
from bot.ui.matrix import LABELS as TYPES
from cogs import meetings, objections, proposals, retros_pressed
from cogs.base import FormCog

P = ProposalId(12)

FORMS = (
    *(proposals_ids.propose_form(kind, group) for kind in TYPES for group in (None, GroupId(3))),
    *(proposals_ids.form(form, P) for form in proposals_ids.FORMS),
    *(objections_ids.form(form, P, 4) for form in objections_ids.FORMS),
    *(objections_ids.rule_form(P, 4, in_form) for in_form in (True, False)),
    votes_ids.object_form(P, 3),
    *(feedback_ids.form(form, 9) for form in feedback_ids.FORMS),
    *(feedback_ids.give_form(PartnershipId(1), group) for group in (None, GroupId(3))),
    *(retros_ids.form(form, 4, "ab.1") for form in retros_ids.FORMS),
    retros_ids.capture_form(GroupId(3)),
    *(meetings_ids.form(form, 7) for form in meetings_ids.FORMS),
    *(reminders_ids.form(form, PartnershipId(1)) for form in reminders_ids.FORMS),
)
BUTTONS = (
    *(proposals_ids.button(act, P) for act in proposals_ids.ACTS),
    *(objections_ids.button(act, P, 4) for act in objections_ids.ACTS),
    *(votes_ids.cast(P, choice) for choice in range(4)),
    votes_ids.mine(P),
    inbox_ids.SHOW,
    *(retros_ids.button(act, 4) for act in retros_ids.ACTS),
    *(retros_ids.menu(menu, 4, 1) for menu in retros_ids.MENUS),
    retros_ids.page(PartnershipId(1), 12),
    *(retros_ids.capture(act, GroupId(3)) for act in ("write", "drop")),
    *(meetings_ids.button(act, 7) for act in meetings_ids.ACTS),
    meetings_ids.button("move-to", 7, 1_798_131_600),
    *(
        proposals_ids.page(PartnershipId(1), name, before)
        for name in proposals_lists.LISTS
        for before in (None, ProposalId(7))
    ),
    *(feedback_ids.button(act, 9) for act in feedback_ids.ACTS),
    *(reminders_ids.button(act, PartnershipId(1)) for act in reminders_ids.ACTS),
    *(feedback_ids.page(name, PartnershipId(1), None, before) for name in feedback_pages.LISTS for before in (None, 7)),
)
MODERATORS = ("setup",)
"""Hidden from those without Manage Roles. ``/roles`` is not: everybody may list who sits where."""


@pytest.fixture
async def bot() -> AsyncIterator[commands.Bot]:
    made = commands.Bot("\0", intents=discord.Intents.none(), help_command=None)
    cast(Any, made).ctx = cast(Any, made).reactions = cast(Any, made).incidents = None
    for extension in EXTENSIONS:
        await made.load_extension(extension)
    yield made
    await made.close()


def size(command: dict[str, Any]) -> int:
    """Characters as Discord counts them: names, descriptions, and the values of choices, subcommands included."""
    own = len(command["name"]) + len(command.get("description", ""))
    choices = sum(len(c["name"]) + len(str(c["value"])) for c in command.get("choices") or ())
    return own + choices + sum(size(option) for option in command.get("options") or ())


def check_texts(command: dict[str, Any]) -> None:
    assert re.fullmatch(r"[a-z_-]{1,32}", command["name"]), command["name"]
    assert 1 <= len(command["description"]) <= 100, command["name"]
    assert len(command.get("options") or ()) <= 25
    assert len(command.get("choices") or ()) <= 25
    for option in command.get("options") or ():
        check_texts(option)


async def test_commands_fit_and_belong_to_servers(bot: commands.Bot) -> None:
    found = [command.to_dict(bot.tree) for command in bot.tree.get_commands()]
    assert 1 <= len(found) <= 100
    assert len({command["name"] for command in found}) == len(found)
    for command in found:
        check_texts(command)
        assert size(command) <= 8000
        assert command["dm_permission"] is False, command["name"]
        restricted = command["default_member_permissions"] is not None
        assert restricted == (command["name"] in MODERATORS), command["name"]


def text_options(command: dict[str, Any], name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every text option of a command and its subcommands, with where it stands."""
    path = f"{name} {command['name']}".strip()
    if command.get("type") == discord.AppCommandOptionType.string.value:
        yield path, command
    for option in command.get("options") or ():
        yield from text_options(option, path)


async def test_every_text_option_says_how_long_it_may_be(bot: commands.Bot) -> None:
    found = [each for command in bot.tree.get_commands() for each in text_options(command.to_dict(bot.tree))]
    assert len(found) > 60
    open_ended = [name for name, option in found if not option.get("choices") and not option.get("max_length")]
    assert open_ended == []
    longest = {name: option["max_length"] for name, option in found if option.get("max_length", 0) > OPTION}
    assert longest == {"retro start columns": 300, "retro schedule columns": 300}


async def test_every_form_is_taken_by_exactly_one_cog(bot: commands.Bot) -> None:
    forms = [form for cog in bot.cogs.values() if isinstance(cog, FormCog) for form in cog.forms]
    for custom_id in FORMS:
        assert len([form for form in forms if form.template.fullmatch(custom_id)]) == 1, custom_id


@pytest.mark.parametrize("forged", ["form:edit:0", "form:edit:-1", "form:rule:1:1:maybe", "form:propose:x:1"])
async def test_forged_forms_are_taken_by_none(bot: commands.Bot, forged: str) -> None:
    forms = [form for cog in bot.cogs.values() if isinstance(cog, FormCog) for form in cog.forms]
    assert not [form for form in forms if form.template.fullmatch(forged)]


async def test_every_button_is_taken_by_exactly_one_control(bot: commands.Bot) -> None:
    controls = [
        getattr(module, name).__discord_ui_compiled_template__
        for module in (sys.modules[name] for name in EXTENSIONS)
        for name in dir(module)
        if isinstance(getattr(module, name), type)
        and issubclass(getattr(module, name), discord.ui.DynamicItem)
        and name not in {"ActButton", "Control"}
    ]
    for custom_id in BUTTONS:
        assert len([template for template in controls if template.fullmatch(custom_id)]) == 1, custom_id


def test_every_act_has_its_handler() -> None:
    assert set(proposals.ACTS) == set(proposals_ids.ACTS)
    assert set(objections.ACTS) == set(objections_ids.ACTS)
    assert set(retros_pressed.ACTS) == set(retros_ids.ACTS)
    assert set(retros_pressed.FORMS) == set(retros_ids.FORMS)
    assert set(meetings.ACTS) == set(meetings_ids.ACTS)
