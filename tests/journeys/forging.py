"""Controls and forms that the bot never made, as somebody might forge them or another version might have left them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import discord
import pytest
import simcord

from bot.ui import forms
from tests.journeys.server import CORE, Server


async def press_forged(server: Server, who: str, where: str, custom_id: str) -> simcord.InteractionResult:
    """A click on a button of this id, on a message that stands in this channel."""
    channel = server.env.bot.get_channel(server.channel(where).id)
    assert isinstance(channel, discord.TextChannel)
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="forged", custom_id=custom_id))
    async with server.by_hand():
        message = await channel.send(view=view)
        view.stop()
    result = await server[who].click(server.message(channel.id, message.id), custom_id=custom_id)
    await server.settle()
    return result


async def send_forged(
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    who: str,
    custom_id: str,
    fields: Mapping[str, str],
    where: str = "",
) -> simcord.InteractionResult:
    """A form of this id sent in, holding anything at all: the fields that Discord would have kept short included."""
    form = discord.ui.Modal(title="forged", custom_id=custom_id)
    for name in list(fields)[:5]:
        entry: discord.ui.TextInput[Any] = discord.ui.TextInput(custom_id=name, max_length=4000, required=False)
        form.add_item(discord.ui.Label(text=name[:45], component=entry))
    with monkeypatch.context() as patched:
        patched.setattr(forms, "propose", lambda *_: form)
        shown = await server.slash(who, where or CORE, "propose", type="general")
    result = await server.people[who].submit_modal(shown, dict(fields))
    await server.settle()
    return result


@contextmanager
def in_direct_messages(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever people do reaches the bot as if it came from their direct messages, where Discord offers none of it."""
    parsers = server.bot._connection.parsers
    take = parsers["INTERACTION_CREATE"]

    def elsewhere(data: dict[str, Any]) -> None:
        kept = {key: value for key, value in data.items() if key not in {"guild", "guild_id", "member"}}
        user = data["member"]["user"]
        channel = {"id": data["channel_id"], "type": discord.ChannelType.private.value, "recipients": [user]}
        take(kept | {"user": user, "channel": channel, "context": 1})

    with monkeypatch.context() as patched:
        patched.setitem(parsers, "INTERACTION_CREATE", elsewhere)
        yield


@contextmanager
def typed_at_length(server: Server, monkeypatch: pytest.MonkeyPatch, option: str, text: str) -> Iterator[None]:
    """Whatever is sent holds this text in its option or field, however short Discord would have kept it."""
    parsers = server.bot._connection.parsers
    take = parsers["INTERACTION_CREATE"]

    def forge(parts: list[dict[str, Any]]) -> None:
        for each in parts:
            forge([*(each.get("options") or []), *(each.get("components") or [])])
            forge([each["component"]] if "component" in each else [])
            if option in {each.get("name"), each.get("custom_id")}:
                each["value"] = text

    def longer(data: dict[str, Any]) -> None:
        forge([data["data"]])
        take(data)

    with monkeypatch.context() as patched:
        patched.setitem(parsers, "INTERACTION_CREATE", longer)
        yield
