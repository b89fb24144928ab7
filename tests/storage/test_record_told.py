"""What happened in a period is told whole, in order, by type and by thing, and found from an index (LRN-3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from bot.governance.events import known
from bot.governance.histories import Happening
from bot.governance.proposals_events import ProposalPassed, ProposalRead, ReviewOpened
from storage import record
from storage.engine import Engines
from storage.unit_of_work import SqlUnitOfWork
from tests.database import NEW_YEAR
from tests.facts import event_of
from tests.storage.examples import ADA, HERE, partnership

OPENED, READ, PASSED = ReviewOpened, ProposalRead, ProposalPassed
DAY = timedelta(days=1)


@pytest.fixture
async def kept(uow: SqlUnitOfWork) -> SqlUnitOfWork:
    """Proposal n opens on day n, is read a day later and passes three days later; a record of 60 events."""
    told = sorted(
        (NEW_YEAR + (number + later) * DAY, number, kind)
        for number in range(1, 21)
        for later, kind in ((0, OPENED), (1, READ), (3, PASSED))
    )
    async with uow.write() as tx:
        await tx.partnerships.save(partnership())
        for at, number, kind in told:
            await tx.record.append(HERE, [event_of(kind, f"proposal/{number}", ADA)], at)
    return uow


def things(told: tuple[Happening, ...]) -> list[str]:
    return [each.event.thing.partition("/")[2] for each in told]


@pytest.mark.parametrize("part", [500, 7, 1])
async def test_in_parts_or_at_once_it_is_the_same(
    kept: SqlUnitOfWork, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    monkeypatch.setattr(record, "_PART", part)
    async with kept.read() as tx:
        everything = [each async for some in tx.record.from_opening(HERE, None, set(known().values())) for each in some]
        assert len(everything) == 60
        assert [each.at for each in everything] == sorted(each.at for each in everything)
        assert everything[0].event == event_of(OPENED, "proposal/1", ADA)
        only = [each async for some in tx.record.from_opening(HERE, None, {PASSED}) for each in some]
        assert {each.event.type for each in only} == {PASSED}


async def test_from_the_first_opening_on(kept: SqlUnitOfWork) -> None:
    async with kept.read() as tx:
        since = NEW_YEAR + 18 * DAY
        told = [each async for some in tx.record.from_opening(HERE, since, set(known().values())) for each in some]
        assert (told[0].event.type, told[0].event.thing) == (OPENED, "proposal/18")
        later = NEW_YEAR + 99 * DAY
        assert [
            each async for some in tx.record.from_opening(HERE, later, set(known().values())) for each in some
        ] == []


async def test_since_an_instant_and_of_a_few_things(kept: SqlUnitOfWork) -> None:
    async with kept.read() as tx:
        assert things(await tx.record.since(HERE, NEW_YEAR + 22 * DAY, (PASSED,))) == ["19", "20"]
        assert len(await tx.record.since(HERE, None, (PASSED, OPENED))) == 40
        assert await tx.record.since(HERE, NEW_YEAR + 24 * DAY, set(known().values())) == ()
        some = await tx.record.of_all(HERE, {"proposal/3", "proposal/5"}, (OPENED, PASSED))
        assert things(some) == ["3", "5", "3", "5"]
        assert await tx.record.of_all(HERE, (), (OPENED,)) == ()


async def test_erased_words_are_no_words(kept: SqlUnitOfWork) -> None:
    async with kept.write() as tx:
        await tx.record.erase(HERE, 1, NEW_YEAR)
        (first,) = await tx.record.of_all(HERE, {"proposal/1"}, (OPENED,))
        assert (first.event.data, first.event.actor) == ({}, ADA)


async def test_no_period_walks_the_whole_record(kept: SqlUnitOfWork, engines: Engines) -> None:
    if not engines.is_sqlite:
        pytest.skip("the plans of SQLite")
    asked: list[tuple[str, Any]] = []

    def hear(_c: object, _cursor: object, statement: str, parameters: Any, _x: object, _many: bool) -> None:
        asked.append((statement, parameters))

    event.listen(engines.reader.sync_engine, "before_cursor_execute", hear)
    async with kept.read() as tx:
        await tx.record.since(HERE, NEW_YEAR, (PASSED,))
        await tx.record.of_all(HERE, {"proposal/3"}, (OPENED,))
        _ = [part async for part in tx.record.from_opening(HERE, NEW_YEAR + DAY, (OPENED,))]
    event.remove(engines.reader.sync_engine, "before_cursor_execute", hear)
    async with engines.read() as connection:
        plans = [
            row.detail
            for statement, parameters in asked
            if "events" in statement
            for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert not [plan for plan in plans if plan.startswith("SCAN")], plans
    assert [plan for plan in plans if "ix_events_type" in plan], plans
