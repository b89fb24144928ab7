"""One process at a time for the same servers: the lock, held and shown to be alive while the bot runs (RUN-3)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.governance.shards import EVERYTHING, Shards
from bot.operation.errors import OperatorError
from bot.services.ports.context import Clock
from storage.engine import Engines
from storage.locks import STALE_AFTER, AlreadyRunning, InstanceLock, running

log = logging.getLogger(__name__)

BEAT = STALE_AFTER.total_seconds() / 6
"""Seconds between two signs of life: several may fail before another process takes over."""


@asynccontextmanager
async def only_one(
    engines: Engines, clock: Clock, lost: asyncio.Event, shards: Shards = EVERYTHING
) -> AsyncIterator[None]:
    """Hold the lock for the length of the block. Raises OperatorError when another process serves any of these shards.

    ``lost`` is set if another process takes the lock meanwhile, as it may after this one was frozen for minutes.
    """
    lock = await take(engines, clock, shards)
    beating = asyncio.create_task(_beat(lock, clock, lost), name="lock")
    try:
        yield
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
        with contextlib.suppress(SQLAlchemyError):  # it goes stale by itself
            await lock.release()


async def take(engines: Engines, clock: Clock, shards: Shards = EVERYTHING) -> InstanceLock:
    """Take the lock, also from processes of this machine that died without giving it back. Raises OperatorError."""
    mine = InstanceLock(engines, owner(), shards)
    while True:
        try:
            await mine.acquire(clock())
        except AlreadyRunning as error:
            if not is_dead(error.owner):
                raise OperatorError(*_refusal(error, shards)) from None
            log.info("a process ended without giving the lock back; it is taken over")
            await InstanceLock(engines, error.owner).release()
        else:
            return mine


def owner() -> str:
    """A name for this process that no other has: machine, process number, something random."""
    return f"{_machine()} {os.getpid()} {secrets.token_hex(4)}"


def is_dead(owner: str) -> bool:
    """Whether this owner was a process of this machine that is there no more."""
    machine, _, rest = owner.rpartition(" ")[0].rpartition(" ")
    if os.name == "nt" or machine != _machine() or not rest.isdigit():  # on Windows the question below would kill
        return False
    if int(rest) == os.getpid():  # one that had our number before us
        return True
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


async def nobody_runs(engines: Engines, clock: Clock) -> None:
    """Before something that a running process would trip up. Raises OperatorError while one works on the database."""
    alive = [each for each in await running(engines, clock()) if not is_dead(each)]
    if alive:
        raise OperatorError(
            f"The bot runs on this database: {_named(alive[0])}. Nothing was changed.",
            "Stop every process of the bot first, then try again. If it is gone for good, wait 3 minutes.",
        )


async def _beat(lock: InstanceLock, clock: Clock, lost: asyncio.Event) -> None:
    while not lost.is_set():
        await asyncio.sleep(BEAT)
        try:
            if not await lock.beat(clock()):
                lost.set()
        except SQLAlchemyError as error:
            log.warning("no sign of life could be written: %s", type(error).__name__)


def _machine() -> str:
    """Host and, where there is one, the namespace that process numbers belong to: containers may share a host name."""
    try:
        namespace = f"/{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        namespace = ""
    return f"{socket.gethostname()}{namespace}"


def _refusal(error: AlreadyRunning, wanted: Shards) -> tuple[str, ...]:
    who = _named(error.owner)
    heard = f"{error.heartbeat_at:%Y-%m-%d %H:%M:%S} UTC"
    minutes = f"{STALE_AFTER.total_seconds() // 60:.0f} minutes"
    gone = f"If that one is gone for good, wait {minutes} and try again."
    if wanted.count != error.shards.count:
        theirs, ours = _counted(error.shards), _counted(wanted)
        return (
            f"The bot runs already, with {theirs}: {who}, last heard from at {heard}. This one has {ours}.",
            "Nothing was done.",
            "All processes have to use the same number. To change it, stop them all, then start them anew.",
            gone,
        )
    if wanted != EVERYTHING:
        return (
            f"Of the shards {wanted} some are served already: {who} serves {error.shards}, last heard from at {heard}.",
            "Nothing was done. Give each process shards of its own.",
            gone,
        )
    return (
        f"The bot runs already: {who}, last heard from at {heard}. Nothing was done.",
        f"Stop that one first. If it is gone for good, wait {minutes} and try again.",
    )


def _named(owner: str) -> str:
    machine, _, number = owner.rpartition(" ")[0].rpartition(" ")
    return f"process {number} on {machine.split('/')[0]}"


def _counted(shards: Shards) -> str:
    return "1 shard" if shards.count == 1 else f"{shards.count} shards"
