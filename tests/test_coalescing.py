"""A burst of changes in a server costs two looks at it, and none is missed."""

from __future__ import annotations

import asyncio

import pytest

from bot.discord.coalescing import Coalesced

HERE, THERE = 1, 2


async def test_a_burst_is_looked_at_once_more_after_its_last_change() -> None:
    state, seen, going = 0, list[int](), asyncio.Event()

    async def look(_: int) -> None:
        found = state
        await going.wait()
        seen.append(found)

    changed = Coalesced(look)
    looks = []
    for state in range(1, 101):  # noqa: B007 -- the look reads it
        looks.append(asyncio.create_task(changed(HERE)))
        await asyncio.sleep(0)
    going.set()
    await asyncio.gather(*looks)
    assert seen == [1, 100]


async def test_servers_do_not_wait_for_each_other() -> None:
    seen, held = list[int](), asyncio.Event()

    async def look(guild_id: int) -> None:
        if guild_id == HERE:
            await held.wait()
        seen.append(guild_id)

    changed = Coalesced(look)
    slow = asyncio.create_task(changed(HERE))
    await asyncio.sleep(0)
    await changed(THERE)
    assert seen == [THERE]
    held.set()
    await slow


async def test_a_look_that_fails_takes_no_other_with_it() -> None:
    done, held = list[int](), asyncio.Event()

    async def look(_: int) -> None:
        await held.wait()
        if not done:
            done.append(0)
            raise RuntimeError
        done.append(1)

    changed = Coalesced(look)
    first = asyncio.create_task(changed(HERE))
    await asyncio.sleep(0)
    await changed(HERE)
    held.set()
    await first
    assert done == [0, 1]
    done.clear()
    with pytest.raises(RuntimeError):
        await changed(HERE)
