"""Serving it on a port of this machine, and a bot in the same loop that takes it for Discord."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import discord
from aiohttp import web

from bot.app import create_bot
from bot.discord import addresses
from bot.discord.client import GovernanceBot
from bot.operation.running import stay_connected
from config.settings import Settings
from tests.standin.standin import StandIn

NO_MORE_SERVERS = 0.05
"""Seconds after the last server that discord.py takes for the end of them; its own 2 s make every start slow."""


@asynccontextmanager
async def listening(standin: StandIn) -> AsyncIterator[StandIn]:
    """Serve it at ``standin.base`` for the length of the block. It can be served again later, at another port."""
    app = web.Application(client_max_size=32 * 1024 * 1024)
    app.router.add_route("*", "/api/{rest:.*}", standin.answer)
    app.router.add_get("/gateway", standin.gateway.connect)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = f"127.0.0.1:{runner.addresses[0][1]}"
    standin.base, standin.gateway.address = f"http://{address}/api", f"ws://{address}/gateway"
    try:
        yield standin
    finally:
        standin.heal()
        await standin.gateway.over()
        await runner.cleanup()
    assert standin.unknown == [], "the bot asked for what this Discord does not know"


def settings(standin: StandIn, database_url: str) -> Settings:
    """Settings of a bot that takes this for Discord."""
    return Settings(
        discord_token=standin.token,
        discord_api_base=standin.base,
        discord_gateway_url=standin.gateway.address,
        database_url=database_url,
        _env_file=None,
    )


@asynccontextmanager
async def on_duty(
    standin: StandIn,
    database_url: str,
    *,
    clock: Callable[[], datetime] = discord.utils.utcnow,
    scheduler: bool = False,
) -> AsyncIterator[GovernanceBot]:
    """The real bot in this loop, connected and, once ``bot.is_ready()``, at work; closed at the end of the block.

    It is yielded before it is ready: `standin.until(bot.is_ready)` waits, `caught_up` waits for more.
    """
    bot = create_bot(settings(standin, database_url), clock=clock, scheduler=scheduler)
    assert isinstance(bot, GovernanceBot)
    bot._connection.guild_ready_timeout = NO_MORE_SERVERS
    running = asyncio.create_task(stay_connected(bot, standin.token), name="bot")
    try:
        yield bot
    finally:
        await bot.close()
        await asyncio.wait({running}, timeout=2)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        addresses.use(Settings.model_construct())


async def caught_up(standin: StandIn, bot: GovernanceBot, within: float = 20.0) -> None:
    """Wait until every server that has arrived is taken in and nothing waits to be shown."""
    await standin.until(lambda: bot.session_ready and all(bot.reconciliation.knows(g.id) for g in bot.guilds), within)
    await bot.outbox.drain()
