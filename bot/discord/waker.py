"""Wakes the bot when the next deadline comes: one task that sleeps until then, or until something is due earlier."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

_log = logging.getLogger(__name__)

STUCK = timedelta(minutes=1)
"""The first pause when something stays due after a sweep; it doubles, so that a fault is no busy loop."""


class Waker:
    """Sleeps ``min(next due − now, longest)``, then sweeps."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        next_due_at: Callable[[], Awaitable[datetime | None]],
        sweep: Callable[[], Awaitable[None]],
        longest: timedelta,
    ) -> None:
        self._clock = clock
        self._next_due_at = next_due_at
        self._sweep = sweep
        self._longest = longest
        self.nap: Callable[[float], Awaitable[object]] = asyncio.sleep
        """Sleeps so many seconds of the clock."""
        self._task: asyncio.Task[None] | None = None
        self._until: datetime | None = None
        self._pause = STUCK
        self._is_stuck = False
        self._stale = False
        self._closed = True

    def start(self) -> None:
        """Begin, with a sweep at the next deadline."""
        self._closed = False
        self._restart()

    def due(self, at: datetime) -> None:
        """Something is due at this instant: wake up earlier if need be."""
        if not self._closed and (self._until is None or at < self._until):
            self._restart()

    def look_again(self) -> None:
        """What stayed due may be done by now: if that is waited for, reckon again what comes next."""
        if not self._closed and self._is_stuck:
            self._restart()

    async def close(self, within: float | None = None) -> None:
        """Stop; a sweep under way is finished first, unless that takes longer than these seconds."""
        self._closed = True
        task, self._task = self._task, None
        if task is None or task.done() or task is asyncio.current_task():
            return
        if self._until is not None:
            task.cancel()
        await asyncio.wait({task}, timeout=within)
        task.cancel()
        await asyncio.wait({task})

    def _restart(self) -> None:
        """Reckon again how long to sleep. There is never more than one task: one that is at work is only told."""
        if self._task is not None and not self._task.done():
            if self._until is None:
                self._stale = True
                return
            self._task.cancel()
        self._until = None
        self._task = asyncio.create_task(self._run(), name="waker")

    async def _run(self) -> None:
        swept_at: datetime | None = None
        while not self._closed:
            await self._sleep(swept_at)
            swept_at = self._clock()
            try:
                if self._is_on():
                    await self._sweep()
            except Exception:  # noqa: BLE001 -- a fault in one sweep must not end all later ones
                _log.exception("the sweep failed; it is tried again")

    async def _sleep(self, swept_at: datetime | None) -> None:
        now, due_at = await self._reckoned()
        if not self._is_on():
            return
        until = min(due_at or now + self._longest, now + self._longest)
        self._is_stuck = swept_at is not None and until <= swept_at
        if self._is_stuck:
            until = now + self._pause
            self._pause = min(self._pause * 2, self._longest)
        else:
            self._pause = STUCK
        self._until = until
        try:
            await self.nap(max((until - now).total_seconds(), 0))
        finally:
            self._until = None
            self._is_stuck = False

    def _is_on(self) -> bool:
        return not self._closed

    async def _reckoned(self) -> tuple[datetime, datetime | None]:
        """Now, and when the next deadline comes; read anew if something became due while it was read."""
        while True:
            self._stale = False
            now = self._clock()
            try:
                due_at = await self._next_due_at()
            except Exception:  # noqa: BLE001 -- a database in trouble now must not keep the bot asleep later
                _log.exception("the next deadline is not known; it is looked up again")
                due_at = now + STUCK
            if not self._stale or not self._is_on():
                return now, due_at
