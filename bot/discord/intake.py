"""Taking servers in side by side: on every READY, when one comes back, and again what failed (PRO-11, RUN-3).

``AT_ONCE`` servers are taken in at a time, and as many more of those in which somebody waits. One that takes longer
than ``SLOW`` gives its slot to others and goes on: a server that hangs holds up nobody but itself. Not while requests
wait for their turn anyhow: then more at a time would only make all of them late, until none is done in time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Container, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.discord.requests import patient, pause_after

AT_ONCE = 20
SLOW = 5.0
"""Seconds; for as long others wait for it."""
TAKE_IN_WITHIN = 120.0
"""Seconds that taking in one server may take; after each time that they did not suffice, twice as many."""


@dataclass(frozen=True, slots=True)
class _Retaking:
    """A server that could not be taken in: how often in a row, how often for want of time, and when it is tried."""

    failures: int = 0
    too_long: int = 0
    at: datetime | None = None


class Intake:
    """Servers that wait to be taken in, that are at it, and that could not be.

    ``wanted`` are those in which somebody waits; ``failed`` hears of those that could not be taken in, and ``due`` of
    when there is something to do again. ``crowded`` tells whether requests wait for their turn.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        take_in: Callable[[int, datetime | None], Awaitable[None]],
        wanted: Container[int],
        failed: Callable[[int, Exception], None],
        due: Callable[[datetime], None],
        crowded: Callable[[], bool],
    ) -> None:
        self._clock = clock
        self._take_in = take_in
        self._wanted = wanted
        self._failed = failed
        self._due = due
        self._crowded = crowded
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._slots_taken = 0
        self._retaking: dict[int, _Retaking] = {}

    async def take_in(self, servers: Mapping[int, datetime | None]) -> None:
        """Take these in, each with when the bot was last ready there; those at work already are left to it.

        Waits for them no longer than ``SLOW``: what is not done by then goes on, and is told of as due.
        """
        begun = set()
        for guild_id, last_ready in servers.items():
            if guild_id not in self._tasks:
                task = asyncio.create_task(self._one(guild_id, last_ready), name="taking in")
                self._tasks[guild_id] = task
                begun.add(task)
        if begun:
            await asyncio.wait(begun, timeout=SLOW)

    def look(self) -> None:
        """Somebody waits for a server, or one came to its end: others may begin."""
        for guild_id in [each for each in self._waiting if each in self._wanted]:
            if self._slots_taken < 2 * AT_ONCE:
                self._begin(guild_id)
        while self._waiting and self._slots_taken < AT_ONCE:
            self._begin(next(iter(self._waiting)))

    def again(self, guild_id: int, *, too_long: bool = False) -> None:
        """Take a server in again soon; after each failure in a row a little later."""
        before = self._retaking.get(guild_id, _Retaking())
        at = self._clock() + timedelta(seconds=pause_after(before.failures))
        self._retaking[guild_id] = _Retaking(before.failures + 1, before.too_long + too_long, at)
        self._due(at)

    def due(self) -> dict[int, datetime]:
        """When which server is to be taken in again, of those that are not at it."""
        return {
            guild_id: retaking.at
            for guild_id, retaking in self._retaking.items()
            if retaking.at is not None and guild_id not in self._tasks
        }

    def call_off(self, of_them: Callable[[int], bool]) -> None:
        """What is known of these servers is void: they are to be taken in anew."""
        for guild_id in [each for each in self._tasks if of_them(each)]:
            self._tasks.pop(guild_id).cancel()

    async def close(self) -> None:
        """Leave the rest to the next start."""
        tasks = list(self._tasks.values())
        self.call_off(lambda guild_id: True)
        if tasks:
            await asyncio.wait(tasks)

    async def _one(self, guild_id: int, last_ready: datetime | None) -> None:
        loop = asyncio.get_running_loop()
        turn = self._waiting[guild_id] = loop.create_future()
        retaking, asked_at, has_slot = self._retaking.get(guild_id, _Retaking()), loop.time(), False
        timer: asyncio.TimerHandle | None = None
        self.look()

        def slow() -> None:
            nonlocal has_slot, timer
            if self._crowded():
                timer = loop.call_later(SLOW, slow)
                return
            has_slot = False
            self._give_back()

        try:
            await turn
            has_slot, timer = True, loop.call_later(SLOW, slow)
            with patient(lambda: guild_id not in self._wanted):
                async with asyncio.timeout(TAKE_IN_WITHIN * 2**retaking.too_long):
                    await self._take_in(guild_id, last_ready)
        except Exception as error:  # noqa: BLE001 -- one server's trouble must not keep the others waiting
            self._failed(guild_id, error)
            self.again(guild_id, too_long=isinstance(error, TimeoutError))
        else:
            self._retaking.pop(guild_id, None)
            if loop.time() - asked_at > SLOW:
                self._due(self._clock() + timedelta(seconds=SLOW))
        finally:
            if self._tasks.get(guild_id) is asyncio.current_task():
                del self._tasks[guild_id]
            if self._waiting.get(guild_id) is turn:
                del self._waiting[guild_id]
            if timer is not None:
                timer.cancel()
            if has_slot or (timer is None and turn.done() and not turn.cancelled()):
                self._give_back()

    def _begin(self, guild_id: int) -> None:
        turn = self._waiting.pop(guild_id)
        if not turn.done():
            self._slots_taken += 1
            turn.set_result(None)

    def _give_back(self) -> None:
        self._slots_taken -= 1
        self.look()
