"""RUN-4: the health answer is off by default and stays on this machine."""

import math
import socket
from datetime import UTC, datetime

import aiohttp
import pytest

from bot.operation import health


class Watched:
    """What health asks of a bot."""

    def __init__(self, ready: bool, closed: bool = False, latency: float = 0.0421) -> None:
        self.latency = latency
        self._ready = ready
        self._closed = closed

    def is_ready(self) -> bool:
        return self._ready

    def is_closed(self) -> bool:
        return self._closed


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def heartbeat() -> datetime | None:
    return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


async def asked(bot: Watched, beat: health.LastHeartbeat | None = None) -> tuple[int, dict[str, object]]:
    port = free_port()
    running = await health.start(bot, port, beat)
    assert running is not None
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{port}/health") as answer,
        ):
            return answer.status, await answer.json()
    finally:
        await running.stop()
        await running.stop()


async def test_it_is_off_by_default() -> None:
    assert await health.start(Watched(True), 0) is None


async def test_a_connected_bot_is_ready() -> None:
    status, said = await asked(Watched(True), heartbeat)
    assert status == 200
    assert said == {"ready": True, "latency_seconds": 0.042, "last_heartbeat": "2026-01-02T03:04:05+00:00"}


@pytest.mark.parametrize("bot", [Watched(False, latency=math.nan), Watched(True, closed=True, latency=math.inf)])
async def test_a_bot_that_is_not_connected_is_not_ready(bot: Watched) -> None:
    status, said = await asked(bot)
    assert status == 503
    assert said == {"ready": False, "latency_seconds": None, "last_heartbeat": None}


async def test_a_taken_port_is_said_and_leaves_nothing_running() -> None:
    port = free_port()
    first = await health.start(Watched(True), port)
    assert first is not None
    with pytest.raises(OSError, match="in use"):
        await health.start(Watched(True), port)
    await first.stop()
    again = await health.start(Watched(True), port)
    assert again is not None
    await again.stop()


async def test_metrics_are_numbers_in_the_common_text_format() -> None:
    async def figures() -> dict[str, float]:
        return {"proposals_open": 3.0}

    port = free_port()
    running = await health.start(Watched(True), port, heartbeat, figures)
    assert running is not None
    try:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
            text = await answer.text()
    finally:
        await running.stop()
    found = dict(line.split(" ") for line in text.splitlines() if not line.startswith("#"))
    assert found["governance_ready"] == "1.0"
    assert found["governance_proposals_open"] == "3.0"
    assert (
        float(found["governance_last_heartbeat_timestamp_seconds"])
        == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()
    )
