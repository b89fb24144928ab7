"""What is no proposal is brought forward when due, each alone, and its board is shown anew after a start (RHY-2)."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest

from bot.governance.ids import GroupId, PartnershipId
from bot.governance.organisation import Member, Partnership
from bot.services import meetings, outbox
from bot.services import sweep as sweeping
from bot.services.cases import Shelf
from bot.services.noun import Noun
from bot.services.ports.context import Context
from bot.services.ports.deliveries import DeliveryKind
from bot.services.ports.transaction import Transaction
from storage import tables
from storage.repository import Repository
from tests.database import NEW_YEAR
from tests.services.scene import ELSEWHERE, HERE, PARTNERSHIP, Scene

DAY = timedelta(days=1)
THERE = PartnershipId(2)


class Phase(StrEnum):
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Thing:
    id: int
    number: int
    due_at: datetime | None
    steps: int = 0
    partnership: PartnershipId = HERE
    group: GroupId | None = None
    state: Phase = Phase.OPEN
    version: int = 0


def kept(tx: Any) -> Repository[Thing]:
    return Repository(tx._session, tables.meetings, Thing)


async def advance(tx: Transaction, id: int, now: datetime) -> None:
    thing = await kept(tx).get(id)
    await kept(tx).save(replace(thing, steps=thing.steps + 1, due_at=None, state=Phase.OVER))
    if id == 1:
        raise RuntimeError("cannot be brought forward")


class Lost(Thing):
    """Of a noun whose table is gone."""


class Watched(Thing):
    """Of a noun that is looked at before it is brought forward."""


async def by_anybody(tx: Transaction, partnership: Partnership, thing: Thing, member: Member) -> bool:
    return True


async def always(ctx: Context, id: int) -> bool:
    return True


async def watch(tx: Transaction, id: int, now: datetime) -> None:
    watched = Repository(tx._session, tables.retros, Watched)  # type: ignore[attr-defined]
    thing = await watched.get(id)
    await watched.save(replace(thing, steps=thing.steps + 1, due_at=None, state=Phase.OVER))


ANY: Noun[Any] = meetings.NOUN
THINGS = replace(ANY, name="thing", shelf=Shelf(Thing, by_anybody), advance=advance, running=frozenset({Phase.OPEN}))
WATCHED = replace(THINGS, name="watched thing", shelf=Shelf(Watched, by_anybody), looked_at_first=always, advance=watch)
LOST = replace(THINGS, name="lost thing", shelf=Shelf(Lost, by_anybody))


@pytest.fixture
async def three(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr("storage.nouns.TABLES", {Thing: tables.meetings})
    async with scene.ctx.uow.write() as tx:
        for number in (1, 2, 3):
            await kept(tx).save(Thing(number, number, NEW_YEAR + number * DAY))
            if number != 3:
                await tx.deliveries.ask(HERE, DeliveryKind.BOARD, thing=f"thing/{number}")
    return scene


async def steps(scene: Scene) -> list[int]:
    async with scene.ctx.uow.read() as tx:
        return [(await kept(tx).get(number)).steps for number in (1, 2, 3)]


async def test_one_that_fails_keeps_its_deadline_and_holds_up_no_other(
    three: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    three.clock.forward(2 * DAY)
    with caplog.at_level(logging.ERROR):
        assert await sweeping.sweep(three.ctx, {HERE}, nouns=(LOST, THINGS)) == 2
    assert await steps(three) == [0, 1, 0], "what failed is as it was, what is not due waits"
    assert await sweeping.next_due_at(three.ctx, {HERE}, (THINGS,)) == NEW_YEAR + DAY
    told = [record.getMessage() for record in caplog.records if record.exc_info]
    assert told == ["not looked up: what is due of lost thing", "not advanced: thing 1"]


@pytest.mark.both_databases
async def test_a_server_that_does_not_answer_holds_up_neither_another_nor_another_noun(
    three: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.nouns.TABLES", {Thing: tables.meetings, Watched: tables.retros})
    async with three.ctx.uow.write() as tx:
        await tx.partnerships.save(replace(PARTNERSHIP, id=THERE, guild_id=ELSEWHERE, groups=(), mappings=()))
        for number, where in ((1, HERE), (2, THERE)):
            thing = Watched(number, number, NEW_YEAR + DAY, partnership=where)
            await Repository(tx._session, tables.retros, Watched).save(thing)  # type: ignore[attr-defined]
    answers = asyncio.Event()

    async def look(partnership: PartnershipId, id: int) -> bool:
        return partnership == THERE or await answers.wait()

    async def watched() -> list[int]:
        async with three.ctx.uow.read() as tx:
            return [(await tx.of(Watched).get(number)).steps for number in (1, 2)]

    three.clock.forward(3 * DAY)
    sweep = asyncio.create_task(sweeping.sweep(three.ctx, {HERE, THERE}, look, (WATCHED, THINGS)))
    async with asyncio.timeout(30):
        while await watched() != [0, 1] or await steps(three) != [0, 1, 1]:  # noqa: ASYNC110 -- no commit tells of itself
            await asyncio.sleep(0)
    assert not sweep.done()
    answers.set()
    await sweep
    assert await watched() == [1, 1]


@pytest.mark.both_databases
async def test_nothing_is_brought_forward_where_nothing_may_be_decided(three: Scene) -> None:
    three.clock.forward(9 * DAY)
    assert await sweeping.sweep(three.ctx, (), nouns=(THINGS,)) == 0
    assert await sweeping.next_due_at(three.ctx, (), (THINGS,)) is None
    assert await steps(three) == [0, 0, 0]


@pytest.mark.both_databases
async def test_after_a_start_the_boards_of_what_is_not_over_are_shown_anew(three: Scene) -> None:
    three.clock.forward(2 * DAY)
    await sweeping.sweep(three.ctx, {HERE}, nouns=(THINGS,))
    await outbox.show_boards(three.ctx, HERE, (THINGS,))
    async with three.ctx.uow.read() as tx:
        boards = [await tx.deliveries.board(f"thing/{number}") for number in (1, 2, 3)]
        assert [board and board.wanted for board in boards] == [2, 1, None], "one is over, one never had a board"
