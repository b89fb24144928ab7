"""A health answer for operators: off by default, on this machine only (RUN-4)."""

from __future__ import annotations

import logging
import math
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from aiohttp import web

log = logging.getLogger(__name__)

ADDRESS = "127.0.0.1"

LastHeartbeat = Callable[[], Awaitable[datetime | None]]
"""The last instant at which the gateway session was ready, as the database has it."""


class Watched(Protocol):
    """What is asked of the bot."""

    @property
    def latency(self) -> float: ...

    def is_ready(self) -> bool: ...

    def is_closed(self) -> bool: ...


class Health:
    """The little web server. ``start`` once, ``stop`` once."""

    def __init__(self, bot: Watched, port: int, last_heartbeat: LastHeartbeat | None = None) -> None:
        self._bot = bot
        self._port = port
        self._last_heartbeat = last_heartbeat
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on 127.0.0.1. Raises OSError when the port is taken."""
        app = web.Application()
        app.router.add_get("/health", self._answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, ADDRESS, self._port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        log.info("health is answered at http://%s:%s/health", ADDRESS, self._port)

    async def stop(self) -> None:
        """Stop listening; nothing is left running."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _answer(self, _: web.Request) -> web.Response:
        ready = self._bot.is_ready() and not self._bot.is_closed()
        latency = self._bot.latency
        heartbeat = await self._last_heartbeat() if self._last_heartbeat else None
        return web.json_response(
            {
                "ready": ready,
                "latency_seconds": round(latency, 3) if math.isfinite(latency) else None,
                "last_heartbeat": heartbeat.isoformat() if heartbeat else None,
            },
            status=200 if ready else 503,
        )


async def start(bot: Watched, port: int, last_heartbeat: LastHeartbeat | None = None) -> Health | None:
    """Answer at this port; 0 means off. Stop what is returned when the bot closes."""
    if port == 0:
        return None
    health = Health(bot, port, last_heartbeat)
    await health.start()
    return health
