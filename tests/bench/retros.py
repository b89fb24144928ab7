"""Part three: a retro of a hundred people and a thousand cards beside one of ten and a hundred, in turns."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TypeVar

from bot.governance import retros as rules
from bot.governance.policy import genesis
from bot.governance.retros import RetroState
from bot.services import retros, retros_views, retros_writing
from bot.services.ports.context import Context
from bot.ui import retros_board as boards
from bot.ui import retros_notices
from bot.ui.announcements import announce
from storage import migrate
from storage.engine import create_engines
from storage.unit_of_work import SqlUnitOfWork
from tests.database import TestClock
from tests.services.scene import CORE, CORE_RULER, HERE, TLC, Scene

SMALL, LARGE = (10, 100), (100, 1000)
"""People and cards."""

ROUNDS = 5
"""The first of which only warms up."""

DOTS = 5
_LEADER, _FIRST = 1, 1000
_SYLLABLES = [consonant + vowel for consonant in "klmrstvnpdgh" for vowel in "aeiou"]

T = TypeVar("T")


@dataclass
class Compared:
    """Seconds of each step, round by round."""

    small: dict[str, list[float]] = field(default_factory=dict)
    large: dict[str, list[float]] = field(default_factory=dict)

    def ratio(self, what: str) -> float:
        """The large retro's median over the small one's, for each card."""
        return median(self.large[what]) / median(self.small[what]) / (LARGE[1] / SMALL[1])


async def compare() -> Compared:
    """Take both through all phases, one after the other, and again."""
    found = Compared()
    with tempfile.TemporaryDirectory() as folder:
        async with _town(Path(folder)) as scene:
            for number in range(ROUNDS):
                for (people, cards), kept in ((SMALL, found.small), (LARGE, found.large)):
                    taken = await _one(scene, people, cards, random.Random(number))
                    if number > 0:
                        for what, seconds in taken.items():
                            kept.setdefault(what, []).append(seconds)
    return found


@asynccontextmanager
async def _town(folder: Path) -> AsyncIterator[Scene]:
    engines = create_engines(f"sqlite+aiosqlite:///{folder / 'retros.sqlite3'}")
    await migrate.upgrade(engines.writer)
    clock = TestClock()
    scene = Scene(Context(SqlUnitOfWork(engines, announce), clock, genesis()), clock)
    scene.roles = {_LEADER: frozenset({CORE, CORE_RULER})}
    scene.roles |= {_FIRST + each: frozenset({CORE}) for each in range(LARGE[0])}
    await scene.set_up()
    yield scene
    await engines.dispose()


async def _one(scene: Scene, people: int, cards: int, chance: random.Random) -> dict[str, float]:
    ctx, leader = scene.ctx, scene.actor(_LEADER)
    crowd = [scene.actor(_FIRST + each) for each in range(people)]
    taken: dict[str, float] = {}

    async def timed(what: str, act: Callable[[], Awaitable[T]]) -> T:
        begun = time.perf_counter()
        done = await act()
        taken[what] = time.perf_counter() - begun
        return done

    held = (await retros.start(ctx, leader, HERE, TLC, rules.plan("4 Ls"))).retro.id
    await retros.next_phase(ctx, leader, held, RetroState.CHECK_IN)

    async def write() -> None:
        for each in range(cards):
            await retros_writing.write(ctx, crowd[each % people], held, each % 4, _card(chance))

    async def pages() -> None:
        view = await retros_views.load(ctx, held)
        await asyncio.to_thread(boards.page_of_cards, view, 0)

    await timed("write", write)
    await timed("reveal", lambda: retros.next_phase(ctx, leader, held, RetroState.GATHER))
    await timed("pages", pages)
    await timed("suggest", lambda: retros_writing.suggestions(ctx, leader, held))
    await timed("merge", lambda: retros_writing.merge(ctx, leader, held, [1], 2))
    await retros.next_phase(ctx, leader, held, RetroState.GROUP)
    for each in crowd:
        for topic in chance.sample(range(3, cards), DOTS):
            await retros_writing.vote(ctx, each, held, topic, 1)
    await timed("vote close", lambda: retros.next_phase(ctx, leader, held, RetroState.VOTE))
    await retros.next_phase(ctx, leader, held, RetroState.DISCUSS)
    view = await timed("close", lambda: retros.next_phase(ctx, leader, held, RetroState.ACTIONS))
    await timed("lessons", lambda: asyncio.to_thread(retros_notices.document, view))
    return taken


def _card(chance: random.Random) -> str:
    """Some words of a made-up language, as spread as those of a real one: a few common ones and many rare."""
    words = ("".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(chance.randint(4, 30)))
    return " ".join(words)[:300]
