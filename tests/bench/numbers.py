"""Part four: metrics and health over ten thousand resolved proposals beside a hundred, in turns."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median

from bot.governance.policy import genesis
from bot.services import health, metrics
from bot.services.ports.context import Context
from bot.ui import metrics as pages
from bot.ui.announcements import announce
from storage import migrate
from storage.engine import create_engines
from storage.unit_of_work import SqlUnitOfWork
from tests.bench.seeding import seed
from tests.database import NEW_YEAR, TestClock
from tests.services.scene import ADA, HERE, Scene

SMALL, LARGE = 100, 10_000
"""Resolved proposals, decided two months ago."""

ROUNDS = 6
"""The first of which only warms up."""

_TICK = 0.001
_LATER = NEW_YEAR + timedelta(days=100)


@dataclass
class Counted:
    """Seconds of each question, round by round; ``stall`` is the longest that the event loop stood still."""

    small: dict[str, list[float]] = field(default_factory=dict)
    large: dict[str, list[float]] = field(default_factory=dict)

    def ratio(self, what: str) -> float:
        """The large archive's median over the small one's, for each proposal."""
        return median(self.large[what]) / median(self.small[what]) / (LARGE / SMALL)


async def compare() -> Counted:
    """Ask both, one after the other, and again."""
    found = Counted()
    async with AsyncExitStack() as stack:
        small, large = [await stack.enter_async_context(_town(resolved)) for resolved in (SMALL, LARGE)]
        for number in range(ROUNDS):
            for scene, kept in ((small, found.small), (large, found.large)):
                taken = await _asked(scene)
                if number > 0:
                    for what, seconds in taken.items():
                        kept.setdefault(what, []).append(seconds)
    return found


@asynccontextmanager
async def _town(resolved: int) -> AsyncIterator[Scene]:
    with tempfile.TemporaryDirectory() as folder:
        engines = create_engines(f"sqlite+aiosqlite:///{Path(folder) / 'numbers.sqlite3'}")
        await migrate.upgrade(engines.writer)
        uow, clock = SqlUnitOfWork(engines, announce), TestClock(_LATER)
        scene = Scene(Context(uow, clock, genesis()), clock)
        await scene.set_up()
        await seed(uow, resolved, 0, _LATER)
        yield scene
        await engines.dispose()


async def _asked(scene: Scene) -> dict[str, float]:
    """The questions, with the clock put forward by a day so that health is looked at again."""
    found: dict[str, float] = {}
    scene.clock.forward(timedelta(days=1))
    longest = [0.0]
    ticking = asyncio.create_task(_tick(longest))
    for period in ("all", "90 days", "30 days"):
        start = time.perf_counter()
        view = await metrics.metrics(scene.ctx, scene.actor(ADA), HERE, period=period)
        found[period] = time.perf_counter() - start
        if period == "all":
            start = time.perf_counter()
            pages.page(view)
            pages.table(view)
            found["words"] = time.perf_counter() - start
    start = time.perf_counter()
    await health.look(scene.ctx, (HERE,))
    found["health"] = time.perf_counter() - start
    ticking.cancel()
    found["stall"] = longest[0]
    return found


async def _tick(longest: list[float]) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(_TICK)
        longest[0] = max(longest[0], time.perf_counter() - before - _TICK)
