"""``python -m bot run``: one process, started once, stopped cleanly (RUN-1, RUN-3)."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime

import discord

from bot.app import create_bot
from bot.discord.client import GovernanceBot
from bot.discord.requests import in_a_line, in_the_end
from bot.operation import health
from bot.operation.errors import BAD_CONFIGURATION, PORTAL, OperatorError, discord_words, place_words, schema_words
from bot.operation.instance import nobody_runs, only_one
from bot.services import clocks, figures
from bot.services.ports.context import Clock
from config import genesis
from config.settings import Settings
from storage import migrate
from storage.engine import Engines, create_engines

log = logging.getLogger(__name__)

SIGNALS = (signal.SIGTERM, signal.SIGINT)
GRACE = 2.0
"""Seconds that a closed connection has to end by itself."""


async def run(settings: Settings) -> None:
    """Run the bot until it is told to stop. Raises what ``bot.operation.errors`` puts in words."""
    if not settings.token:
        raise OperatorError(
            "DISCORD_TOKEN is empty, so there is nobody to run.",
            f"Make an application at {PORTAL}, page Bot, and put its token in .env (see .env.example).",
            "To try the bot without an account: python -m bot rehearse.",
            code=BAD_CONFIGURATION,
        )
    genesis.load(settings.governance_file)
    if said := place_words(settings):
        raise OperatorError(said, code=BAD_CONFIGURATION)
    bot = create_bot(settings)
    assert isinstance(bot, GovernanceBot)
    clock = bot.ctx.clock
    lost = asyncio.Event()
    engines = create_engines(settings.database_url)
    try:
        with stop_signals() as stop:
            await prepare(engines, clock)
            async with only_one(engines, clock, lost, settings.served), health_answered(bot, settings.health_port):
                await serve(bot, settings.token, stop, lost)
    finally:
        await bot.close()
        await engines.dispose()


async def prepare(engines: Engines, clock: Clock) -> None:
    """Bring the database to this version, which the lock needs as well. Raises OperatorError."""
    revision = await migrate.current(engines.writer)
    if revision is not None and revision != migrate.head() and migrate.knows(revision):
        await nobody_runs(engines, clock)
    try:
        await migrate.upgrade(engines.writer)
    except (migrate.NewerSchema, migrate.BrokenReferences) as error:
        raise OperatorError(*schema_words(error)) from None


@asynccontextmanager
async def health_answered(bot: GovernanceBot, port: int) -> AsyncIterator[None]:
    """Answer /health and /metrics for the length of the block, when a port is set. Raises OperatorError."""

    async def last_ready() -> datetime | None:
        return (await clocks.heartbeats(bot.ctx)).slowest(bot.sessions.shards)

    async def counted() -> Mapping[str, float]:
        sessions = {"shards": float(len(bot.sessions.shards.ids)), "shards_ready": float(len(bot.sessions.ready))}
        return {**sessions, **await figures.figures(bot.ctx)}

    try:
        answering = await health.start(bot, port, last_ready, counted)
    except OSError as error:
        said = f"HEALTH_PORT {port} cannot be used ({error.strerror}). Choose another, or 0 to switch it off."
        raise OperatorError(said, code=BAD_CONFIGURATION) from None
    try:
        yield
    finally:
        if answering is not None:
            await answering.stop()


async def stay_connected(bot: discord.Client, token: str) -> None:
    """Log in and stay connected. While Discord cannot be reached or is in trouble it is tried again, soon first.

    Raises what trying again does not mend, such as a wrong token.
    """

    async def log_in() -> None:
        try:
            await bot.login(token)
        except BaseException:
            await bot.http.close()
            bot.http.connector = discord.utils.MISSING  # closed with its session; the next login makes another
            raise

    async def connect() -> None:
        try:
            await bot.connect()
        except AttributeError as error:
            if bot.ws is not None:
                raise
            # discord.py trips over its own missing session when the very first connection fails.
            raise ConnectionError("no first connection") from error

    await in_the_end(log_in, _not_reached)
    await in_the_end(connect, _not_reached)


def _not_reached(error: Exception, pause: float) -> None:
    why = {"why": in_a_line(error)}
    log.warning("%s The bot tries by itself, next in %.0f s.", discord_words(error), pause, extra=why)


async def serve(bot: discord.Client, token: str, stop: asyncio.Event, lost: asyncio.Event) -> None:
    """Keep the bot connected until it is told to ``stop``, loses its lock or ends by itself; then close it."""
    running = asyncio.create_task(stay_connected(bot, token), name="bot")
    waiting = [asyncio.create_task(each.wait(), name="end") for each in (stop, lost)]
    try:
        await asyncio.wait({running, *waiting}, return_when=asyncio.FIRST_COMPLETED)
        log.info("stopping")
    finally:
        for each in waiting:
            each.cancel()
        await bot.close()
        # Closed, it ends by itself, unless it is logging in or waiting out a pause before it connects again.
        await asyncio.wait({running}, timeout=GRACE)
        running.cancel()
        await asyncio.gather(running, *waiting, return_exceptions=True)
    if lost.is_set():
        raise OperatorError("Another process took over this database while this one was silent, so this one stopped.")
    if not running.cancelled() and (error := running.exception()) is not None and not stop.is_set():
        raise error
    log.info("stopped")


@contextmanager
def stop_signals() -> Iterator[asyncio.Event]:
    """An event set by SIGTERM or Ctrl-C. A second signal ends the process at once, as if there were no handler."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def first() -> None:
        stop.set()
        release()

    def release() -> None:
        for each in SIGNALS:
            loop.remove_signal_handler(each)

    try:
        for each in SIGNALS:
            loop.add_signal_handler(each, first)
    except NotImplementedError:  # Windows: Ctrl-C arrives as KeyboardInterrupt
        yield stop
        return
    try:
        yield stop
    finally:
        release()
