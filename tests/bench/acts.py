"""Part one: what an act costs beside a bare bot that makes the same Discord calls and writes one row."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.bench.calls import Call
from tests.bench.watch import hold_at_the_door
from tests.bench.worlds import BareWorld, RealWorld, World

ACTS = ("propose", "object", "read")

AT_ONCE = {1: 9, 50: 3}
"""How many act at once, and in how many rounds, the first of which only warms up."""


@dataclass
class Compared:
    """Spans of both bots for one act, round by round."""

    act: str
    at_once: int
    real: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios: whatever else the machine does slows both bots of a round."""
        return median(ours / theirs for ours, theirs in zip(self.real, self.bare, strict=True))


def compare(folder: Path, told: Callable[[Compared], None]) -> list[Compared]:
    """Run both bots in turns."""
    hold_at_the_door()
    found = []
    with asyncio.Runner() as ours, asyncio.Runner() as theirs:
        real, bare = RealWorld(folder), BareWorld(folder)
        ours.run(real.open())
        theirs.run(bare.open())
        for act in ACTS:
            for at_once, rounds in AT_ONCE.items():
                compared = Compared(act, at_once)
                for number in range(rounds):
                    _round(compared, number, (ours, real), (theirs, bare))
                found.append(compared)
                told(compared)
        theirs.run(bare.close())
        ours.run(real.close())
    return found


def _round(
    compared: Compared, number: int, ours: tuple[asyncio.Runner, RealWorld], theirs: tuple[asyncio.Runner, BareWorld]
) -> None:
    (run, real), (run_bare, bare) = ours, theirs
    people = slice(number % 50, number % 50 + 1) if compared.at_once == 1 else slice(50)
    fresh = compared.at_once > 1 or number == 0
    span, recorded = run.run(_act(real, compared.act, people, fresh))
    if compared.act == "propose" and not bare.begun:
        run_bare.run(bare.begin(recorded[-1]))
    other, played = run_bare.run(_act(bare, compared.act, people, fresh, recorded))
    assert [len(part) for part in recorded] == [len(part) for part in played]
    if number > 0:
        compared.real.append(span)
        compared.bare.append(other)
        compared.calls.append(sum(len(part) for part in recorded))


async def _act(
    world: World, act: str, people: slice, fresh: bool, script: Sequence[list[Call]] = ()
) -> tuple[float, list[list[Call]]]:
    """One round of an act: its span, and the calls of each of its steps."""
    crowd = world.crowd[people]
    steps = iter(script)

    def expect() -> None:
        if script:
            world.expects(next(steps), len(crowd))

    match act:
        case "propose":
            expect()
            sent, filed = await world.send_forms(crowd)
            first = world.calls()
            expect()
            asked, opened = await world.press(crowd, [each.response for each in sent], "proposal:open:")
            opened += await world.press_anyway(crowd, [each.response for each in asked])
            return filed + opened, [first, world.calls()]
        case "object":
            card = await world.card(fresh)
            expect()
            return await world.react(crowd, card), [world.calls()]
        case _:
            card = await world.card(fresh)
            expect()
            _, span = await world.press(crowd, [card] * len(crowd), "proposal:read:")
            return span, [world.calls()]
