"""Commands, buttons and forms forged into direct messages: a sentence, and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest
import simcord
from discord import app_commands

from tests.journeys import objecting
from tests.journeys.deciding import rows
from tests.journeys.forging import in_direct_messages, press_forged, send_forged
from tests.journeys.server import CORE, Server, page_one, said

NOT_HERE = "only inside a server, not in direct messages. Write in a channel of your partnership."


def assert_told(answer: simcord.InteractionResult, act: str) -> None:
    """A sentence about what happened, where to do it, and that nothing was changed."""
    assert answer.modal is None, act
    assert NOT_HERE in said(answer), (act, said(answer))
    assert "Nothing was changed." in said(answer), (act, said(answer))


def commands(server: Server) -> dict[str, dict[str, Any]]:
    """Every command, with what it must be given."""
    named = {"proposal": "P-1"}
    role = server.guild.roles["Green Fund"]
    everyday = {
        command.qualified_name: {option.name: "1" for option in command.parameters if option.required}
        for command in server.bot.tree.walk_commands()
        if isinstance(command, app_commands.Command)
    }
    return everyday | {
        "help": {},
        "propose": {"type": "general"},
        "inbox": {},
        "object": named,
        "vote": named | {"choice": "0"},
        "escalate": named,
        **{f"proposal {act}": named for act in ("show", "why", "text", "revise", "withdraw", "halt")},
        "proposal list": {},
        "audit verify": {},
        "audit receipt": {},
        "setup start": {},
        "setup ratify": {},
        "roles map": {"role": role, "group": "Stakeholders", "seat": "member"},
        "roles unmap": {"role": role},
        "roles list": {},
    }


async def test_every_command(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {c.qualified_name for c in server.bot.tree.walk_commands() if not hasattr(c, "commands")}
    assert commands(server).keys() == known
    await server.propose("tia", CORE)
    server.join("amy", ("Core Team", "Moderators"))
    await server.settle()
    before = rows(server)
    with in_direct_messages(server, monkeypatch):
        for command, options in commands(server).items():
            assert_told(await server.slash("amy", CORE, command, **options), command)
    await server.settle()
    assert rows(server) == before


async def test_every_button(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    await server.propose("tia", CORE)
    await objecting.on_card(server, "uma", 1, "object")
    await server.settle()
    before = rows(server)
    buttons = ["proposal:object:1", "proposal:withdraw:1", "objection:withdraw:1:1", "objection:state:1:1"]
    buttons += ["vote:cast:1:0", "vote:mine:1", "inbox:show", "list:open:1:0", "setup:apply:1"]
    with in_direct_messages(server, monkeypatch):
        for custom_id in buttons:
            assert_told(await press_forged(server, "uma", CORE, custom_id), custom_id)
    assert rows(server) == before


async def test_every_form(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    await server.propose("tia", CORE)
    concern = await objecting.on_card(server, "uma", 1, "concern")
    page = await server.slash("uma", CORE, "propose", type="general")
    before = rows(server)
    with in_direct_messages(server, monkeypatch):
        for shown, words in ((concern, {"concern": "Who keeps it?"}), (page, page_one())):
            answer = await server.fill("uma", shown, **words)
            assert_told(answer, str(words))
            assert all(text in said(answer) for text in words.values()), "what was written is given back"
    assert rows(server) == before
    unknown = await send_forged(server, monkeypatch, "uma", "form:unheard-of:1", {"words": "Keep these."})
    assert "Keep these." in said(unknown)
