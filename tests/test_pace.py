"""Requests begin no faster than Discord takes them, first those that somebody waits for (RUN-3)."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from bot.discord.requests import Pace, patient, side_by_side


async def test_requests_that_somebody_waits_for_begin_first_and_those_that_can_wait_keep_their_order() -> None:
    pace, begun = Pace(1000.0), list[str]()
    wanted = False

    async def request(name: str) -> None:
        await pace.turn()
        begun.append(name)

    await request("at once")
    with patient():
        waiting = [asyncio.create_task(request(f"patient {each}")) for each in range(3)]
    with patient(lambda: not wanted):
        waiting.append(asyncio.create_task(request("wanted by now")))
    waiting.append(asyncio.create_task(request("urgent")))
    gone = asyncio.create_task(request("gone"))
    await asyncio.sleep(0)
    gone.cancel()
    wanted = True
    await asyncio.gather(*waiting)
    assert begun == ["at once", "wanted by now", "urgent", "patient 0", "patient 1", "patient 2"]
    await request("after all")
    assert begun[-1] == "after all"


async def test_many_requests_take_as_long_as_they_must() -> None:
    pace, loop = Pace(1000.0), asyncio.get_running_loop()
    begun_at = loop.time()
    await asyncio.gather(*(pace.turn() for _ in range(50)))
    assert loop.time() - begun_at >= 0.047


async def test_work_side_by_side_is_bounded_and_comes_to_its_end_before_a_failure_is_raised() -> None:
    at_work, most, done = 0, 0, list[int]()

    async def work(number: int) -> int:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0)
        at_work -= 1
        if number == 1:
            raise OSError("the second")
        done.append(number)
        return number

    assert await side_by_side([partial(work, number) for number in (2, 3, 4)], 2) == [2, 3, 4]
    assert most == 2
    done.clear()
    with pytest.raises(OSError, match="the second"):
        await side_by_side([partial(work, number) for number in range(4)], 4)
    assert done == [0, 2, 3]
