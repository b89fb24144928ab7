"""What journeys about retros do again and again: start one, press its board, write, vote, read everything (LRN-1)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from typing import Any

import discord
import simcord

from bot.governance.ids import PartnershipId
from bot.governance.retros import Retro, RetroState, retro_thing
from bot.services.ports.record import Recorded
from tests.journeys.server import CORE, Server, controls_of, latest, said, text_of

SIX = ("ada", "cleo", "dev", "tia", "tom", "uma")
"""Six people of the partnership; tom facilitates the core team."""


async def begin(server: Server, who: str = "tom", where: str = CORE, **options: Any) -> int:
    """``/retro start``; the retro's number."""
    shown = await server.slash(who, where, "retro start", **options)
    await server.settle()
    assert "The board stands" in said(shown), said(shown)
    async with server.bot.ctx.uow.read() as tx:
        return (await tx.of(Retro).list(PartnershipId(1), limit=1))[0].number


async def retro(server: Server, number: int = 1) -> Retro:
    """From the database."""
    async with server.bot.ctx.uow.read() as tx:
        return await tx.of(Retro).numbered(PartnershipId(1), number)


async def board(server: Server, number: int = 1) -> discord.Message:
    """The board as it stands in its channel."""
    async with server.bot.ctx.uow.read() as tx:
        found = await tx.deliveries.board(retro_thing((await retro(server, number)).id))
    assert found is not None
    assert found.channel_id is not None
    assert found.message_id is not None
    return server.message(found.channel_id, found.message_id)


async def told(server: Server, number: int = 1) -> str:
    """What the board says."""
    return text_of(await board(server, number))


async def press(server: Server, who: str, act: str, number: int = 1, message: Any = None) -> simcord.InteractionResult:
    """Press the button of this act: on the board or, where that does not have it, behind *More*."""

    def wanted(shown: Any) -> list[str]:
        return [c for c in controls_of(shown) if c == f"retro:{act}" or c.startswith(f"retro:{act}:")]

    given, message = message is not None, message if message is not None else await board(server, number)
    if not wanted(message) and not given:
        menu = next(c for c in controls_of(message) if c.startswith("retro:menu:"))
        message = latest(await server.press(who, message, menu))
    assert wanted(message), (act, controls_of(message))
    return await server.press(who, message, wanted(message)[0])


async def choose(server: Server, who: str, message: Any, menu: str, values: Iterable[Any]) -> simcord.InteractionResult:
    """Choose in a list."""
    wanted = next(c for c in controls_of(message) if c.startswith(f"retro-menu:{menu}:"))
    result = await server[who].select(message, list(values), custom_id=wanted)
    assert result.acknowledged
    return result


async def go_on(server: Server, who: str = "tom", number: int = 1) -> RetroState:
    """The facilitator ends the phase, and says yes if they are asked; the one that follows."""
    asked = latest(await press(server, who, "next", number))
    if any(c.startswith("retro:go:") for c in controls_of(asked)):
        await press(server, who, "go", number, message=asked)
    await server.settle()
    return (await retro(server, number)).state


async def check_in(server: Server, who: str, word: str, number: int = 1) -> simcord.InteractionResult:
    """A word of the check-in."""
    result = await server.fill(who, await press(server, who, "word", number), word=word)
    await server.settle()
    return result


async def write(server: Server, who: str, column: int, text: str, number: int = 1) -> simcord.InteractionResult:
    """A card."""
    form = await press(server, who, "card", number)
    result = await server.fill(who, form, column=[str(column)], card=text)
    await server.settle()
    return result


async def dots(server: Server, who: str, topic: int, count: int, number: int = 1) -> simcord.InteractionResult:
    """Give a topic so many dots."""
    ballot = latest(await press(server, who, "vote", number))
    chosen = latest(await choose(server, who, ballot, "vote", [str(topic)]))
    result = await press(server, who, f"dots:{(await retro(server, number)).id}:{topic}.{count}", message=chosen)
    await server.settle()
    return result


async def events(server: Server, number: int = 1) -> list[Recorded]:
    """What is on record of a retro."""
    async with server.bot.ctx.uow.read() as tx:
        return list(await tx.record.of(PartnershipId(1), retro_thing((await retro(server, number)).id)))


def everything_said(server: Server) -> str:
    """Every message that stands in any channel."""
    shown = []
    for channel in server.guild.channels.values():
        if isinstance(server.env.bot.get_channel(channel.id), discord.TextChannel):
            shown += [text_of(message) for message in channel.history()]
    return "\n".join(shown)


def everything_kept(server: Server) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with closing(sqlite3.connect(f"file:{server.folder / 'governance.sqlite3'}?mode=ro", uri=True)) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        return {table: [repr(row) for row in database.execute(f'select * from "{table}"')] for table in tables}
