"""One process at a time on a database: the lock, held and shown to be alive while the bot runs (RUN-3)."""

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

from bot.services.ports import Clock
from bot.trouble import Trouble
from storage.engine import Engines
from storage.locks import STALE_AFTER, AlreadyRunning, InstanceLock

log = logging.getLogger(__name__)

BEAT = STALE_AFTER.total_seconds() / 6
"""Seconds between two signs of life: several may fail before another process takes over."""


@asynccontextmanager
async def only_one(engines: Engines, clock: Clock, lost: asyncio.Event) -> AsyncIterator[None]:
    """Hold the lock for the length of the block. Raises Trouble when another process runs.

    ``lost`` is set if another process takes the lock meanwhile, as it may after this one was frozen for minutes.
    """
    lock = await take(engines, clock)
    beating = asyncio.create_task(_beat(lock, clock, lost), name="lock")
    try:
        yield
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
        with contextlib.suppress(SQLAlchemyError):  # it goes stale by itself
            await lock.release()


async def take(engines: Engines, clock: Clock) -> InstanceLock:
    """Take the lock, also from a process of this machine that died without giving it back. Raises Trouble."""
    mine = InstanceLock(engines, owner())
    try:
        await mine.acquire(clock())
    except AlreadyRunning as error:
        if not is_dead(error.owner):
            raise Trouble(*_refusal(error)) from None
        log.info("the last process ended without giving the lock back; it is taken over")
        await InstanceLock(engines, error.owner).release()
        try:
            await mine.acquire(clock())
        except AlreadyRunning as other:
            raise Trouble(*_refusal(other)) from None
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


def _refusal(error: AlreadyRunning) -> tuple[str, ...]:
    machine, _, number = error.owner.rpartition(" ")[0].rpartition(" ")
    machine = machine.split("/")[0]
    heard = f"{error.heartbeat_at:%Y-%m-%d %H:%M:%S} UTC"
    minutes = f"{STALE_AFTER.total_seconds() // 60:.0f} minutes"
    return (
        f"The bot runs already: process {number} on {machine}, last heard from at {heard}. Nothing was done.",
        f"Stop that one first. If it is gone for good, wait {minutes} and try again.",
    )
