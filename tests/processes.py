"""The real process on this machine, started and ended by tests."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from config.settings import Settings
from tests.standin import StandIn

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "a-token-for-the-stand-in"


@asynccontextmanager
async def process(*arguments: str, **environment: str) -> AsyncIterator[Process]:
    """``python -m bot`` with these arguments and settings; killed at the end of the block if it still runs."""
    clean = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        env=clean | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()


async def ended(running: Process, traced: bool = False) -> tuple[int, str]:
    """What it ends with and says. Only a logged interruption of a running bot may carry a traceback."""
    out, err = await asyncio.wait_for(running.communicate(), 60)
    said = (out + err).decode()
    assert traced or "Traceback" not in said
    assert running.returncode is not None
    return running.returncode, said


def environment(standin: StandIn) -> dict[str, str]:
    """Settings of a process that takes this for Discord."""
    return {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_BASE": standin.base,
        "DISCORD_GATEWAY_URL": standin.gateway.address,
        "LOG_FORMAT": "json",
    }
