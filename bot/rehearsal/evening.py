"""One rehearsal from curtain to curtain: the socket, the world, the page, the end. It speaks by printing."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import signal
import socket
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import simcord

from bot.rehearsal import story
from bot.rehearsal.log import Log
from bot.rehearsal.page import Page, listen
from bot.rehearsal.stage import Stage, Understudy
from bot.rehearsal.troubles import Acts
from bot.rehearsal.world import build

SETTLE = 15.0
"""Seconds for one step of the simulated world. SimCord also waits this long for a bot that only sleeps for a moment."""


FULL = "The rehearsal begins. Everything so far was done by the people, through the bot's commands."
EMPTY = (
    "An empty server. Choose Mira Novak, who may manage roles, open #lobby and run /setup start. "
    "What she sees then is what your own server's moderator will see."
)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A rehearsal that is on, for the command line and for tests."""

    address: str
    page: Page
    stage: Stage
    acts: Acts


def main(port: int, open_browser: bool) -> int:
    """Rehearse until a signal asks to stop. Gives the exit code."""
    try:
        listener = listen(port)
    except (OSError, OverflowError) as error:
        _complain(_why_not(port, error))
        return 1
    try:
        with listener, contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
            asyncio.run(_until_stopped(listener, open_browser))
    except TimeoutError:
        _complain("This machine is too busy: the simulated Discord did not come to rest. Nothing was kept; try again.")
        return 1
    _say("Stopped. Nothing was kept.")
    return 0


@asynccontextmanager
async def rehearsing(
    listener: socket.socket, say: Callable[[str], None], *, empty: bool = False
) -> AsyncIterator[Rehearsal]:
    """The whole rehearsal on this socket: world, bot and page. Leaving the block ends it and deletes everything.

    ``empty``: in a server in which nothing has happened, instead of the example partnership.
    """
    with tempfile.TemporaryDirectory(prefix="rehearsal-", ignore_cleanup_errors=True) as folder:
        say("Starting a simulated Discord …")
        async with simcord.run(Understudy(), check_errors=False, settle_timeout=SETTLE) as env:
            present = datetime.now(UTC)
            begin = present if empty else present - story.LENGTH
            await env.advance_time(max(0.0, (begin - env.now()).total_seconds()))
            log = Log(env.now)
            with _listening(log):
                say("Starting the bot …")
                world = await build(env, Path(folder), log, empty=empty)
                if not empty:
                    await story.tell(world, present, say)
                log.begin()
                log.say(EMPTY if empty else FULL)
                page = Page(world.front, world.acts)
                try:
                    yield Rehearsal(await page.open(listener), page, world.stage, world.acts)
                finally:
                    await page.close()
                    await world.stage.close()


@contextmanager
def _listening(log: Log) -> Iterator[None]:
    """Whatever the bot logs meanwhile goes to the front page instead of the terminal."""
    root = logging.getLogger()
    root.addHandler(log)
    try:
        yield
    finally:
        root.removeHandler(log)


async def _until_stopped(listener: socket.socket, open_browser: bool) -> None:
    stop = _on_signals()
    performance = asyncio.create_task(_perform(listener, open_browser))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({performance, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if performance.done():
        await performance
        return
    performance.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await performance


async def _perform(listener: socket.socket, open_browser: bool) -> None:
    empty = False
    while True:
        async with rehearsing(listener.dup(), _say, empty=empty) as rehearsal:
            _say(f"\nThe rehearsal is on:  {rehearsal.address}\nTo stop it, press Ctrl-C here. Nothing will be kept.")
            if open_browser:
                await asyncio.to_thread(_browse, rehearsal.address)
            await rehearsal.acts.over.wait()
        empty, open_browser = not empty, False
        _say("\nBeginning again, with " + ("an empty server …" if empty else "the example partnership …"))


def _on_signals() -> asyncio.Event:
    """Set when the process is asked to stop. Where the loop takes no signals, Python's own interrupt does it."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):
        for wanted in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(wanted, stop.set)
    return stop


def _browse(address: str) -> None:
    """Open a browser if there is one with a window; one inside the terminal would cover our lines."""
    windows = sys.platform in {"win32", "darwin"} or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    opened = False
    if windows:
        with contextlib.suppress(webbrowser.Error, OSError):
            opened = webbrowser.open(address)
    if not opened:
        _say("No browser could be opened here. Open the address above yourself.")


def _why_not(port: int, error: Exception) -> str:
    if isinstance(error, OverflowError):
        return f"{port} is not a port: choose one from 1 to 65535, such as --port 8765."
    assert isinstance(error, OSError)
    if error.errno in {errno.EADDRINUSE, errno.EACCES}:
        why = "is taken by another program" if error.errno == errno.EADDRINUSE else "may not be used by you"
        other = port + 1 if 1023 < port < 65535 else 8765
        return f"Port {port} {why}, perhaps by an earlier rehearsal. Choose another, such as --port {other}."
    return f"Port {port} cannot be opened: {error.strerror}."


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201 - this is a command of the command line


def _complain(words: str) -> None:
    print(words, file=sys.stderr, flush=True)  # noqa: T201 - this is a command of the command line
