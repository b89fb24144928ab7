"""The composition root: settings, clock, database, use cases and the bot, wired together here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import discord
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from discord.ext import commands

from bot.discord import addresses
from bot.discord.client import GovernanceBot
from bot.discord.sharded import ShardedBot
from bot.governance.shards import EVERYTHING
from bot.services.ports.context import Context
from bot.ui.announcements import announce
from config import genesis
from config.settings import Settings
from storage import migrate
from storage.engine import create_engines
from storage.unit_of_work import Committed, SqlUnitOfWork

BACKSTOP = timedelta(seconds=60)
PRESENT = discord.utils.utcnow
"""The clock of everything that runs outside a simulation."""
LONGEST_SLEEP = timedelta(hours=1)
UNDISTURBED = timedelta(days=7)
"""Without the steady rhythm the bot wakes up only when something is due."""


def create_bot(
    settings: Settings, *, clock: Callable[[], datetime] = discord.utils.utcnow, scheduler: bool = True
) -> commands.Bot:
    """The bot, ready to be started: a ``commands.Bot``, with one session for each shard it serves. Only here is the
    clock chosen.

    ``scheduler=False`` leaves out the minute's backstop sweep; deadlines are met all the same. Raises BadGenesis and
    BadDatabaseUrl.
    """
    addresses.use(settings)
    policy = genesis.load(settings.governance_file)
    engines = create_engines(settings.database_url)
    made: list[GovernanceBot] = []

    def committed(work: Committed) -> None:
        if made:
            made[0].work_waits(work.due_at, work.deliveries)

    async def prepare() -> None:
        await migrate.upgrade(engines.writer)

    uow = SqlUnitOfWork(engines, announce, committed, settings.served)
    kind: type[GovernanceBot] = ShardedBot if settings.served != EVERYTHING else GovernanceBot
    bot = kind(
        Context(uow, clock, policy),
        prepare=prepare,
        release=engines.dispose,
        rhythm=_rhythm if scheduler else None,
        longest_sleep=LONGEST_SLEEP if scheduler else UNDISTURBED,
        shards=settings.served,
    )
    made.append(bot)
    return bot


def _rhythm(bot: GovernanceBot) -> Any:
    """The steady rhythm: a sweep, with its heartbeat, every minute (PRO-11)."""
    timer = AsyncIOScheduler(timezone="UTC")
    timer.add_job(
        bot.sweep,
        "interval",
        seconds=BACKSTOP.total_seconds(),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    return timer
