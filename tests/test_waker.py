"""The waker: one task that is never deaf to what becomes due, and never holds up the end (RUN-3)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from bot.discord.waker import Waker

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=5)
WEEK = timedelta(days=7)


def waker(next_due_at: Callable[[], Awaitable[datetime | None]], swept: asyncio.Event) -> Waker:
    async def sweep() -> None:
        swept.set()

    return Waker(lambda: NOW, next_due_at, sweep, WEEK)


async def test_what_becomes_due_while_deadlines_are_read_is_not_missed() -> None:
    swept, reading, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()
    answers = [LATER, NOW]

    async def next_due_at() -> datetime:
        found = answers.pop(0) if answers else LATER
        reading.set()
        await go_on.wait()
        return found

    woken = waker(next_due_at, swept)
    woken.start()
    await reading.wait()
    woken.due(NOW)  # a commit after the deadlines were read, before the nap began
    go_on.set()
    await asyncio.wait_for(swept.wait(), 5)
    await woken.close()


async def test_closing_while_deadlines_are_read_does_not_wait_for_the_next_one() -> None:
    swept, reading, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def next_due_at() -> datetime:
        reading.set()
        await go_on.wait()
        return LATER

    woken = waker(next_due_at, swept)
    woken.start()
    await reading.wait()
    closing = asyncio.create_task(woken.close())
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.wait_for(closing, 5)
    assert not swept.is_set()


async def test_started_again_while_it_sweeps_there_is_still_one() -> None:
    sweeping, go_on = asyncio.Event(), asyncio.Event()

    async def next_due_at() -> datetime:
        return LATER if go_on.is_set() else NOW

    async def sweep() -> None:
        sweeping.set()
        await go_on.wait()

    woken = Waker(lambda: NOW, next_due_at, sweep, WEEK)
    woken.start()
    await sweeping.wait()
    woken.start()
    assert sum(task.get_name() == "waker" for task in asyncio.all_tasks()) == 1
    go_on.set()
    await asyncio.wait_for(woken.close(), 5)


async def test_a_database_in_trouble_does_not_end_it() -> None:
    swept, failed = asyncio.Event(), asyncio.Event()

    async def next_due_at() -> datetime:
        if not failed.is_set():
            failed.set()
            raise OSError("the disk is full")
        return NOW

    woken = waker(next_due_at, swept)
    woken.start()
    await failed.wait()
    woken.due(NOW)
    await asyncio.wait_for(swept.wait(), 5)
    await woken.close()


async def test_what_comes_due_while_something_is_still_being_done_does_not_wait_for_the_pause() -> None:
    """What was due is done elsewhere, after the sweep: the next deadline is not slept over meanwhile."""
    swept, paused, due = asyncio.Event(), asyncio.Event(), [NOW]

    async def next_due_at() -> datetime:
        return due[0]

    async def nap(seconds: float) -> None:
        if seconds >= 60:
            paused.set()
        await asyncio.sleep(seconds)

    woken = waker(next_due_at, swept)
    woken.nap = nap
    woken.start()
    await asyncio.wait_for(paused.wait(), 5)
    swept.clear()
    due[0] = NOW + timedelta(milliseconds=1)
    woken.look_again()
    await asyncio.wait_for(swept.wait(), 5)
    await woken.close()
