"""What journeys rely on in the simulated Discord."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from tests.journeys.server import Server


async def test_the_clock_stands_however_long_a_journey_takes(server: Server) -> None:
    patience, server.env.settle_timeout = server.env.settle_timeout, 0.5
    before = server.env.now()
    napping = asyncio.create_task(server.as_bot(server.nap(1)))
    await asyncio.sleep(1.5)
    assert not napping.done()
    assert server.env.now() == before
    server.env.settle_timeout = patience
    await server.advance(timedelta(seconds=1))
    await napping
    assert server.env.now() == before + timedelta(seconds=1)
