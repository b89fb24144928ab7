"""One process at a time (RUN-3)."""

import asyncio
from datetime import timedelta

import pytest

from storage.engine import Engines
from storage.locks import STALE_AFTER, AlreadyRunning, InstanceLock
from tests.database import NEW_YEAR


async def test_a_second_process_is_refused_and_told_of_the_first(engines: Engines) -> None:
    first, second = InstanceLock(engines, "host:1"), InstanceLock(engines, "host:2")
    await first.acquire(NEW_YEAR)
    await first.acquire(NEW_YEAR)
    with pytest.raises(AlreadyRunning) as refused:
        await second.acquire(NEW_YEAR + STALE_AFTER - timedelta(seconds=1))
    assert (refused.value.owner, refused.value.heartbeat_at) == ("host:1", NEW_YEAR)
    await second.release()
    assert await first.beat(NEW_YEAR + timedelta(minutes=1))
    with pytest.raises(AlreadyRunning):
        await second.acquire(NEW_YEAR + STALE_AFTER)
    await first.release()
    await second.acquire(NEW_YEAR)


async def test_the_lock_of_a_dead_process_is_taken_and_it_is_told_when_it_wakes(engines: Engines) -> None:
    first, second = InstanceLock(engines, "host:1"), InstanceLock(engines, "host:2")
    await first.acquire(NEW_YEAR)
    await second.acquire(NEW_YEAR + STALE_AFTER)
    assert not await first.beat(NEW_YEAR + STALE_AFTER)
    assert await second.beat(NEW_YEAR + STALE_AFTER)


async def test_of_ten_that_start_at_once_one_runs(engines: Engines) -> None:
    locks = [InstanceLock(engines, f"host:{each}") for each in range(10)]
    done = await asyncio.gather(*(lock.acquire(NEW_YEAR) for lock in locks), return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["AlreadyRunning"] * 9 + ["NoneType"]
