"""Part two: one server with so many open and so many resolved proposals, in a process of its own.

Reads lines from its standard input and answers each with one line of JSON: what a round of everything took.
"""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import sys
import tempfile
import time
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import discord
import psutil
import simcord

from bot.app import create_bot
from bot.discord.client import GovernanceBot
from bot.ui.announcements import announce
from config.settings import Settings
from storage.engine import create_engines
from storage.unit_of_work import SqlUnitOfWork
from tests.bench.seeding import seed
from tests.bench.worlds import GOVERNANCE
from tests.journeys import server as journeys
from tests.journeys.server import CORE, Server, said

LISTINGS = 10
LATER = timedelta(hours=73)
"""By then every open proposal's review is over."""


@dataclass
class Archived(Server):
    """A server whose bot's clock can be put forward."""

    ahead: timedelta = timedelta(0)

    def new_bot(self) -> GovernanceBot:
        """A fresh bot on the same database."""
        file = self.folder / "governance.toml"
        file.write_text(GOVERNANCE)
        settings = Settings(discord_token="bench", database_url=self.database_url, governance_file=file, _env_file=None)
        bot = create_bot(settings, clock=self.clock, scheduler=False)
        assert isinstance(bot, GovernanceBot)
        self.listen_in(bot)
        return bot

    def clock(self) -> datetime:
        """The bot's time."""
        return discord.utils.utcnow() + self.ahead


async def rounds(open: int, resolved: int) -> None:
    """Set up, then a round for each line read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with _served(folder, open, resolved) as server:
            print("ready", flush=True)
            while line := await asyncio.to_thread(sys.stdin.readline):
                with_memory = line.strip() == "memory"
                print(json.dumps(await (_memory if with_memory else _round)(server)), flush=True)


@asynccontextmanager
async def _served(folder: Path, open: int, resolved: int) -> AsyncIterator[Archived]:
    env = simcord.Env(journeys.Understudy(), settle_timeout=300)
    await env.start()
    url = f"sqlite+aiosqlite:///{folder / 'archive.sqlite3'}"
    server = Archived(env, env.create_guild("Willow Valley"), folder, url)
    await journeys.begin(server)
    await journeys.set_up_partnership(server)
    engines = create_engines(url)
    await seed(SqlUnitOfWork(engines, announce), resolved, open, env.now())
    await engines.dispose()
    await server.settle()
    await server.stop()
    shutil.copy(folder / "archive.sqlite3", folder / "kept.sqlite3")
    yield server
    await env.shutdown()


async def _round(server: Archived) -> dict[str, float]:
    """Start, reconcile, list, and decide everything at once; then everything is as before."""
    found: dict[str, float] = {}
    requests = len(server.env.http_requests)
    with _timing(found, "start-up"):
        await server.env.restart_bot(server.new_bot())
        await server.env.settle()
    found["requests"] = len(server.env.http_requests) - requests
    with _timing(found, "reconciliation"):
        await server.as_bot(server.bot.session_back(0))
    with _timing(found, "list"):
        for _ in range(LISTINGS):
            result = await server["tia"].slash(server.channel(CORE), "proposal list")
            assert "P-" in said(result)
    server.bot.outbox.open = False
    server.ahead = LATER
    with _timing(found, "sweep"):
        await server.as_bot(server.bot.sweep())
    await _put_back(server)
    return found


@contextmanager
def _timing(found: dict[str, float], what: str) -> Iterator[None]:
    """Note how long it takes, and how much of that the processor works for this process."""
    start, worked = time.perf_counter(), time.process_time()
    yield
    found[what], found[f"{what}, processor"] = time.perf_counter() - start, time.process_time() - worked


async def _memory(server: Archived) -> dict[str, float]:
    """What reconciling, listing and deciding everything needs beyond what the started bot holds, at most."""
    await server.env.restart_bot(server.new_bot())
    await server.env.settle()
    tracemalloc.start()
    await server.as_bot(server.bot.session_back(0))
    await server["tia"].slash(server.channel(CORE), "proposal list")
    server.bot.outbox.open = False
    server.ahead = LATER
    await server.as_bot(server.bot.sweep())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    await _put_back(server)
    return {"memory": most, "resident": psutil.Process().memory_info().rss}


async def _put_back(server: Archived) -> None:
    await server.stop()
    server.ahead = timedelta(0)
    for leftover in server.folder.glob("archive.sqlite3-*"):
        leftover.unlink()
    shutil.copy(server.folder / "kept.sqlite3", server.folder / "archive.sqlite3")


if __name__ == "__main__":
    logging.disable()
    asyncio.run(rounds(int(sys.argv[1]), int(sys.argv[2])))
