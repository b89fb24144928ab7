"""Whatever the bot is doing, an act has its first word in time: while a writer holds the database, too (RUN-3)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import pytest
import simcord

from bot.ui import answers
from cogs.base import Control, FormCog, Menu, acknowledging
from tests.journeys import objecting
from tests.journeys.server import CORE, Server, said

Act = Callable[[Server, discord.Message], Awaitable[simcord.InteractionResult]]


async def read(server: Server, card: discord.Message) -> simcord.InteractionResult:
    """A button."""
    return await server["uma"].click(card, custom_id="proposal:read:1")


async def command(server: Server, card: discord.Message) -> simcord.InteractionResult:
    """A command that records something."""
    return await server["tom"].slash(server.channel(CORE), "object", proposal="P-1")


async def form(server: Server, card: discord.Message) -> simcord.InteractionResult:
    """A form."""
    shown = await objecting.on_card(server, "uma", 1, "concern")
    hold.begin()
    return await server["uma"].submit_modal(shown, {"concern": "Who keeps it?"})


class Hold:
    """Somebody writes, and does not come to the end before everybody else has had their first word."""

    def __init__(self) -> None:
        self._begun = asyncio.Event()

    def begin(self) -> None:
        """The writer may begin."""
        self._begun.set()

    async def write(self, server: Server, answered_before: int) -> list[Any]:
        """Hold the database until the next first answer; what that was."""
        await self._begun.wait()
        async with server.bot.ctx.uow.write(), asyncio.timeout(8):
            while len(found := _callbacks(server)) == answered_before:  # noqa: ASYNC110 -- a log tells nobody
                await asyncio.sleep(0.01)
            return found[answered_before:]


hold = Hold()


def _callbacks(server: Server) -> list[Any]:
    return [each for each in server.env.http_requests if each.path.endswith("/callback")]


@pytest.mark.parametrize("act", [read, command, form])
async def test_an_act_is_acknowledged_while_a_writer_holds_the_database(
    server: Server, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    global hold
    monkeypatch.setattr(acknowledging, "WITHIN", 0.05)
    await server.propose("tia", CORE)
    card = await server.card(1)
    hold = Hold()
    before = len(_callbacks(server)) + (act is form)
    if act is not form:
        hold.begin()
    writer = asyncio.create_task(hold.write(server, before))
    await asyncio.sleep(0)
    result = await act(server, card)
    (word,) = await writer
    assert word.json["type"] == 5, "it is announced that the answer takes a moment"
    assert said(result), "and then it is there"
    assert "went wrong" not in said(result)


async def test_an_act_that_was_late_cannot_open_a_form_and_says_so(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acknowledging, "WITHIN", 0.05)
    await server.propose("tia", CORE)
    card = await server.card(1)
    hold = Hold()
    hold.begin()
    writer = asyncio.create_task(hold.write(server, len(_callbacks(server))))
    await asyncio.sleep(0)
    result = await server["tom"].click(card, custom_id="proposal:object:1")
    await writer
    assert said(result) == answers.FORM_TOO_LATE
    assert len((await server.proposal(1)).objections) == 1


def test_every_control_and_form_comes_through_the_one_door_that_answers_in_time() -> None:
    def below(kind: type) -> set[type]:
        return {each for sub in kind.__subclasses__() for each in (sub, *below(sub))}

    for base, method in ((Control, "callback"), (Menu, "callback"), (FormCog, "take_form")):
        assert below(base)
        assert [each for each in below(base) if method in vars(each)] == []
