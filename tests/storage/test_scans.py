"""Readings that may take long have threads of their own, and write nothing."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.engine import Engines
from storage.unit_of_work import SqlUnitOfWork
from tests.storage.examples import HERE, partnership

_SLOW = text(
    "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 2000000)"
    " SELECT count(*) FROM counted"
)


async def test_the_loop_goes_on_while_somebody_scans(engines: Engines) -> None:
    turns = 0

    async def scan() -> int:
        async with engines.scan() as connection:
            return int((await connection.execute(_SLOW)).scalar_one())

    scanning = asyncio.create_task(scan())
    while not scanning.done():
        turns += 1
        await asyncio.sleep(0.001)
    assert await scanning == 2_000_000
    assert turns > 10


async def test_who_scans_sees_what_was_kept_and_keeps_nothing(uow: SqlUnitOfWork, engines: Engines) -> None:
    async with uow.write() as tx:
        await tx.partnerships.save(partnership())
    async with uow.scan() as tx:
        assert (await tx.partnerships.get(HERE)).id == HERE
    with pytest.raises(DBAPIError):
        async with engines.scan() as connection:
            await connection.execute(text("DELETE FROM partnerships"))
