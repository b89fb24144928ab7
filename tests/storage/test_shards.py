"""Several processes on one PostgreSQL: each sees and does what belongs to its own servers (RUN-2, RUN-3)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.governance.shards import EVERYTHING, Shards
from bot.services.ports.deliveries import DeliveryKind
from bot.services.ports.runtime import Heartbeats
from storage.engine import Engines
from storage.locks import STALE_AFTER, AlreadyRunning, InstanceLock, running
from storage.unit_of_work import SqlUnitOfWork
from tests.database import NEW_YEAR
from tests.storage.examples import partnership

LOW, HIGH = Shards(0, 1, 4), Shards(2, 3, 4)
MINUTE = timedelta(minutes=1)


def server(shard: int) -> int:
    """A server of this shard of four, with an id as large as Discord's."""
    return (1_000_000_000_000 + shard) << 22


def process(engines: Engines, shards: Shards) -> SqlUnitOfWork:
    return SqlUnitOfWork(engines, shards=shards)


@pytest.fixture
async def kept(engines: Engines) -> Engines:
    """One partnership on each of four shards, each with a post that waits."""
    async with process(engines, EVERYTHING).write() as tx:
        for shard in range(4):
            hosted = replace(partnership(shard + 1), guild_id=server(shard))
            await tx.partnerships.save(hosted)
            await tx.deliveries.ask(hosted.id, DeliveryKind.LOG, event=1)
    return engines


async def waiting(engines: Engines, shards: Shards) -> list[int]:
    async with process(engines, shards).read() as tx:
        return sorted(each.partnership for each in await tx.deliveries.waiting(NEW_YEAR))


@pytest.mark.parametrize(
    ("shards", "theirs"),
    [
        (EVERYTHING, [1, 2, 3, 4]),
        (Shards(0, 3, 4), [1, 2, 3, 4]),
        (LOW, [1, 2]),
        (HIGH, [3, 4]),
        (Shards(1, 1, 4), [2]),
        (Shards(0, 0, 2), [1, 3]),
    ],
)
async def test_a_process_sees_its_own_partnerships_and_posts(kept: Engines, shards: Shards, theirs: list[int]) -> None:
    assert await waiting(kept, shards) == theirs
    async with process(kept, shards).read() as tx:
        assert [each.id for each in await tx.partnerships.all()] == theirs
        assert sorted(await tx.deliveries.partnerships_waiting(NEW_YEAR)) == theirs


async def test_a_process_wakes_for_its_own_posts_only(kept: Engines) -> None:
    async with process(kept, EVERYTHING).write() as tx:
        (post,) = [each for each in await tx.deliveries.waiting(NEW_YEAR) if each.partnership == 4]
        await tx.deliveries.save(replace(post, retry_at=NEW_YEAR + MINUTE))
    for shards, at in ((LOW, None), (HIGH, NEW_YEAR + MINUTE), (EVERYTHING, NEW_YEAR + MINUTE)):
        async with process(kept, shards).read() as tx:
            assert await tx.deliveries.next_retry_at() == at
    assert await waiting(kept, HIGH) == [3]


# ---- heartbeats ----------------------------------------------------------------------------------


async def beat(engines: Engines, shards: Shards, minute: int, live: set[int] | None = None) -> None:
    async with process(engines, shards).write() as tx:
        await tx.runtime.heartbeat(NEW_YEAR + minute * MINUTE, live)


async def heard(engines: Engines) -> list[int | None]:
    """The minute at which the server of each of four shards was last followed."""
    async with process(engines, EVERYTHING).read() as tx:
        found = await tx.runtime.heartbeats()
    instants = [found.of(server(shard)) for shard in range(4)]
    return [None if at is None else round((at - NEW_YEAR) / MINUTE) for at in instants]


async def test_a_server_was_followed_when_any_session_that_covers_it_was_ready(engines: Engines) -> None:
    assert await heard(engines) == [None] * 4
    await beat(engines, EVERYTHING, 1)
    assert await heard(engines) == [1, 1, 1, 1]
    await beat(engines, LOW, 5)
    await beat(engines, HIGH, 7, {3})
    assert await heard(engines) == [5, 5, 1, 7], "nobody followed the third since there was one process"
    await beat(engines, Shards(0, 0, 2), 9)
    assert await heard(engines) == [9, 5, 9, 7]
    await beat(engines, EVERYTHING, 10)
    assert await heard(engines) == [10] * 4
    await beat(engines, LOW, 11)
    assert await heard(engines) == [11, 11, 10, 10]


def test_a_process_is_as_far_behind_as_its_slowest_shard() -> None:
    ready_at = {(4, 0): NEW_YEAR, (4, 1): NEW_YEAR + MINUTE, (2, 0): NEW_YEAR + 5 * MINUTE}
    assert Heartbeats(ready_at).slowest(LOW) == NEW_YEAR
    assert Heartbeats(ready_at).slowest(HIGH) is None
    assert Heartbeats(ready_at).slowest(EVERYTHING) is None


# ---- the lock ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "asked"),
    [
        (LOW, LOW),
        (LOW, Shards(1, 2, 4)),
        (Shards(0, 3, 4), HIGH),
        (HIGH, Shards(0, 3, 4)),
        (LOW, EVERYTHING),
        (EVERYTHING, LOW),
        (LOW, Shards(0, 0, 8)),
        (Shards(0, 0, 2), Shards(1, 1, 4)),
    ],
)
async def test_an_overlap_and_another_number_of_shards_are_refused(
    engines: Engines, held: Shards, asked: Shards
) -> None:
    await InstanceLock(engines, "host:1", held).acquire(NEW_YEAR)
    with pytest.raises(AlreadyRunning) as refused:
        await InstanceLock(engines, "host:2", asked).acquire(NEW_YEAR + STALE_AFTER - MINUTE)
    assert (refused.value.owner, refused.value.shards) == ("host:1", held)
    assert await running(engines, NEW_YEAR) == ("host:1",)


async def test_processes_with_shards_of_their_own_run_side_by_side(engines: Engines) -> None:
    low, high = InstanceLock(engines, "host:1", LOW), InstanceLock(engines, "host:2", HIGH)
    await low.acquire(NEW_YEAR)
    await high.acquire(NEW_YEAR)
    assert await low.beat(NEW_YEAR + MINUTE)
    assert await high.beat(NEW_YEAR + MINUTE)
    await low.release()
    assert await running(engines, NEW_YEAR + MINUTE) == ("host:2",)
    with pytest.raises(AlreadyRunning):
        await InstanceLock(engines, "host:3").acquire(NEW_YEAR + MINUTE)
    assert await high.beat(NEW_YEAR + MINUTE)


async def test_one_process_follows_four_that_died_and_each_is_told_if_it_wakes(engines: Engines) -> None:
    four = [InstanceLock(engines, f"host:{shard}", Shards(shard, shard, 4)) for shard in range(4)]
    for each in four:
        await each.acquire(NEW_YEAR)
    await InstanceLock(engines, "host:9").acquire(NEW_YEAR + STALE_AFTER)
    assert [await each.beat(NEW_YEAR + STALE_AFTER) for each in four] == [False] * 4
    assert await running(engines, NEW_YEAR + STALE_AFTER) == ("host:9",)


async def test_of_many_that_start_at_once_no_two_share_a_shard(engines: Engines) -> None:
    asked = [Shards(first, last, 4) for first in range(4) for last in range(first, 4)] + [EVERYTHING, Shards(0, 1, 2)]
    locks = [InstanceLock(engines, f"host:{number}", shards) for number, shards in enumerate(asked)]
    done = await asyncio.gather(*(lock.acquire(NEW_YEAR) for lock in locks), return_exceptions=True)
    assert all(each is None or isinstance(each, AlreadyRunning) for each in done), done
    run = [shards for shards, each in zip(asked, done, strict=True) if each is None]
    assert run
    assert all(one is other or one.may_run_beside(other) for one in run for other in run)


async def test_a_row_that_nobody_understands_keeps_everyone_out(engines: Engines) -> None:
    strange = InstanceLock(engines, "host:1", LOW)
    strange._name = "something newer"
    await strange.acquire(NEW_YEAR)
    with pytest.raises(AlreadyRunning):
        await InstanceLock(engines, "host:2", HIGH).acquire(NEW_YEAR)
