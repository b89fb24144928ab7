"""Meetings as people go through them: typed, confirmed, held, minuted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
import simcord

from bot.governance.ids import PartnershipId
from bot.governance.meetings import Meeting
from bot.services.ports.deliveries import DeliveryKind
from tests.journeys.server import CORE, Server, controls_of, latest

HERE = PartnershipId(1)


async def typed(
    server: Server, who: str = "tom", where: str = CORE, when: str = "in 3 days at 18:00", **options: Any
) -> simcord.InteractionResult:
    """``/meeting schedule``: what was understood, to be confirmed."""
    return await server.slash(who, where, "meeting schedule", when=when, **options)


async def scheduled(server: Server, who: str = "tom", **options: Any) -> Meeting:
    """The same, confirmed."""
    await confirm(server, who, await typed(server, who, **options))
    return (await meetings(server))[0]


async def confirm(server: Server, who: str, shown: simcord.InteractionResult) -> simcord.InteractionResult:
    """Press *Confirm*."""
    message = latest(shown)
    (custom_id,) = controls_of(message)
    result = await server.press(who, message, custom_id)
    await server.settle()
    return result


async def meetings(server: Server) -> tuple[Meeting, ...]:
    """Every meeting with a number, newest first."""
    async with server.bot.ctx.uow.read() as tx:
        return tuple(m for m in await tx.of(Meeting).list(HERE, limit=100) if m.number > 0)


async def the(server: Server, number: int) -> Meeting:
    """``M-<number>``."""
    async with server.bot.ctx.uow.read() as tx:
        return await tx.of(Meeting).numbered(HERE, number)


async def board(server: Server, number: int = 1) -> discord.Message:
    """The board as it stands in its channel."""
    meeting = await the(server, number)
    async with server.bot.ctx.uow.read() as tx:
        shown = await tx.deliveries.board(f"meeting/{meeting.id}", DeliveryKind.BOARD)
    assert shown is not None
    assert shown.channel_id is not None
    assert shown.message_id is not None
    return server.message(shown.channel_id, shown.message_id)


async def on_board(server: Server, who: str, act: str, number: int = 1) -> simcord.InteractionResult:
    """Press a button on the board."""
    message = await board(server, number)
    meeting = await the(server, number)
    result = await server.press(who, message, f"meeting:{act}:{meeting.id}")
    await server.settle()
    return result


async def fill(server: Server, who: str, shown: simcord.InteractionResult, **values: Any) -> simcord.InteractionResult:
    """Send in a form and let the bot do what follows."""
    result = await server.fill(who, shown, **values)
    await server.settle()
    return result


async def begun(server: Server, who: str = "tom", **options: Any) -> Meeting:
    """A meeting whose time has come."""
    meeting = await scheduled(server, who, **options)
    await server.advance_to(meeting.starts_at)
    await server.advance(timedelta(seconds=1))
    return await the(server, meeting.number)


async def events(server: Server) -> list[discord.ScheduledEvent]:
    """What stands among the server's events."""
    guild = server.env.bot.get_guild(server.guild.id)
    assert guild is not None
    return sorted(guild.scheduled_events, key=lambda event: event.id)
