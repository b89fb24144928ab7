"""Health and metrics for operators: off by default, on this machine only (RUN-4)."""

from __future__ import annotations

import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Protocol

from aiohttp import web

log = logging.getLogger(__name__)

ADDRESS = "127.0.0.1"

LastHeartbeat = Callable[[], Awaitable[datetime | None]]
"""The last instant at which the gateway session was ready, as the database has it."""


Figures = Callable[[], Awaitable[Mapping[str, float]]]
"""Figures by name, as they stand now."""

_EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"
"""The text format that Prometheus and its like read."""


class WatchedBot(Protocol):
    """What is asked of the bot."""

    @property
    def latency(self) -> float: ...

    def is_ready(self) -> bool: ...

    def is_closed(self) -> bool: ...


class Health:
    """The little web server. ``start`` once, ``stop`` once."""

    def __init__(
        self, bot: WatchedBot, port: int, last_heartbeat: LastHeartbeat | None = None, figures: Figures | None = None
    ) -> None:
        self._bot = bot
        self._port = port
        self._last_heartbeat = last_heartbeat
        self._figures = figures
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on 127.0.0.1. Raises OSError when the port is taken."""
        app = web.Application()
        app.router.add_get("/health", self._answer)
        app.router.add_get("/metrics", self._measure)
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

    async def _measure(self, _: web.Request) -> web.Response:
        heartbeat = await self._last_heartbeat() if self._last_heartbeat else None
        found = {"ready": float(self._bot.is_ready() and not self._bot.is_closed())}
        if math.isfinite(self._bot.latency):
            found["latency_seconds"] = self._bot.latency
        if heartbeat is not None:
            found["last_heartbeat_timestamp_seconds"] = heartbeat.timestamp()
        found |= await self._figures() if self._figures else {}
        lines = [f"# TYPE governance_{name} gauge\ngovernance_{name} {value}" for name, value in found.items()]
        return web.Response(body=("\n".join(lines) + "\n").encode(), headers={"Content-Type": _EXPOSITION})

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


async def start(
    bot: WatchedBot, port: int, last_heartbeat: LastHeartbeat | None = None, figures: Figures | None = None
) -> Health | None:
    """Answer at this port; 0 means off. Stop what is returned when the bot closes."""
    if port == 0:
        return None
    health = Health(bot, port, last_heartbeat, figures)
    await health.start()
    return health
