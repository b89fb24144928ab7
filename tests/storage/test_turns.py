"""Writers on a SQLite file take turns and share commits; each keeps what it would keep alone (ADR 15)."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, make_url
from sqlalchemy.exc import SQLAlchemyError

from storage.engine import Engines, create_engines
from storage.local import BUSY_TIMEOUT_MS, driver_of
from storage.unit_of_work import SqlTransaction, SqlUnitOfWork
from storage.write_queue import Lost

MANY = 20


class Refused(Exception):
    """An act says no."""


class Broken(Exception):
    """The disk gave up here."""


@pytest.fixture
async def engines(sqlite_url: str) -> AsyncIterator[Engines]:
    made = create_engines(sqlite_url)
    yield made
    await made.dispose()


@pytest.fixture
def uow(engines: Engines) -> SqlUnitOfWork:
    return SqlUnitOfWork(engines)


@contextmanager
def commits(engines: Engines, broken: bool = False) -> Iterator[list[str]]:
    """The threads in which commits happen, or are to fail."""
    seen: list[str] = []

    def commit(_connection: Any) -> None:
        seen.append(threading.current_thread().name)
        if broken:
            raise Broken

    event.listen(engines.writer.sync_engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(engines.writer.sync_engine, "commit", commit)


def on_disk(engines: Engines) -> set[str]:
    """What another process finds."""
    with sqlite3.connect(engines.url.database or "") as connection:
        found = {str(key) for (key,) in connection.execute("SELECT key FROM runtime")}
    connection.close()
    return found


async def put(uow: SqlUnitOfWork, key: str) -> None:
    async with uow.write() as tx:
        await tx.runtime.put(key, "1")


async def test_those_who_waited_for_their_turn_share_a_commit_beside_the_loop(
    engines: Engines, uow: SqlUnitOfWork
) -> None:
    names = {f"act {each}" for each in range(MANY)}
    with commits(engines) as seen:
        await asyncio.gather(*(put(uow, name) for name in names))
    assert on_disk(engines) == names
    assert len(seen) <= 2
    assert threading.current_thread().name not in seen


async def test_nobody_goes_on_before_the_shared_commit_is_on_the_disk(engines: Engines, uow: SqlUnitOfWork) -> None:
    missing: list[str] = []

    async def act(name: str) -> None:
        await put(uow, name)
        if name not in on_disk(engines):
            missing.append(name)

    await asyncio.gather(*(act(f"act {each}") for each in range(MANY)))
    assert missing == []


async def test_a_refusal_that_rests_on_what_others_wrote_waits_for_it_too(engines: Engines, uow: SqlUnitOfWork) -> None:
    async def second() -> None:
        async with uow.write() as tx:
            assert await tx.runtime.get("first") == "1"
            raise Refused

    with commits(engines, broken=True):
        told = await asyncio.gather(put(uow, "first"), second(), return_exceptions=True)
    assert [type(each) for each in told] == [Broken, Broken]
    assert on_disk(engines) == set()


async def test_one_that_fails_is_taken_back_alone(engines: Engines, uow: SqlUnitOfWork) -> None:
    async def failing(tx: SqlTransaction) -> None:
        await tx.runtime.put("failing", "1")
        await tx.next_id("proposal")
        raise Refused

    async def numbered(name: str) -> int:
        async with uow.write() as tx:
            await tx.runtime.put(name, "1")
            return await tx.next_id("proposal")

    async def refused() -> None:
        async with uow.write() as tx:
            await failing(tx)

    told = await asyncio.gather(
        numbered("one"), refused(), numbered("two"), refused(), numbered("three"), return_exceptions=True
    )
    assert [each if isinstance(each, int) else type(each) for each in told] == [1, Refused, 2, Refused, 3]
    assert on_disk(engines) == {"one", "two", "three"}


async def test_a_commit_that_fails_fails_for_all_and_the_next_one_is_whole(
    engines: Engines, uow: SqlUnitOfWork
) -> None:
    names = [f"act {each}" for each in range(MANY)]
    with commits(engines, broken=True):
        told = await asyncio.gather(*(put(uow, name) for name in names), return_exceptions=True)
    assert {type(each) for each in told} == {Broken}
    assert on_disk(engines) == set()
    await put(uow, "after")
    assert on_disk(engines) == {"after"}


async def test_when_sqlite_gives_the_transaction_up_everyone_in_it_hears_of_it(
    engines: Engines, uow: SqlUnitOfWork
) -> None:
    async def given_up() -> None:
        async with uow.write() as tx:
            await tx._session.connection.exec_driver_sql("ROLLBACK")  # as SQLite does by itself when the disk is full
            raise Refused

    told = await asyncio.gather(put(uow, "before"), given_up(), put(uow, "after"), return_exceptions=True)
    assert [type(each) for each in told] == [Lost, Lost, type(None)]
    assert isinstance(told[0], SQLAlchemyError)
    assert on_disk(engines) == {"after"}


@pytest.mark.parametrize("when", ["waiting", "inside"])
async def test_who_is_cancelled_before_the_commit_holds_up_nobody(
    engines: Engines, uow: SqlUnitOfWork, when: str
) -> None:
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with uow.write() as tx:
            await tx.runtime.put("inside", "1")
            inside.set()
            await go_on.wait()

    tasks = [asyncio.create_task(slow()), *(asyncio.create_task(put(uow, name)) for name in ("waiting", "other"))]
    await inside.wait()
    tasks[when == "waiting"].cancel()
    go_on.set()
    await asyncio.wait(tasks)
    assert on_disk(engines) == {"inside", "waiting", "other"} - {when}


async def test_who_is_cancelled_during_the_commit_does_not_hinder_it(engines: Engines, uow: SqlUnitOfWork) -> None:
    began, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def commit(_connection: Any) -> None:
        loop.call_soon_threadsafe(began.set)
        go_on.wait()

    event.listen(engines.writer.sync_engine, "commit", commit)
    tasks = [asyncio.create_task(put(uow, name)) for name in ("a", "b")]
    await began.wait()
    tasks[0].cancel()
    go_on.set()
    await asyncio.wait(tasks)
    event.remove(engines.writer.sync_engine, "commit", commit)
    assert tasks[0].cancelled()
    await tasks[1]
    assert on_disk(engines) == {"a", "b"}
    await put(uow, "after")


async def test_waiting_for_another_process_that_writes_lets_readers_go_on(
    engines: Engines, uow: SqlUnitOfWork, sqlite_url: str
) -> None:
    path = Path(make_url(sqlite_url).database or "")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    patience: set[tuple[bool, int]] = set()

    def asked(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement == "BEGIN IMMEDIATE":
            (timeout,) = driver_of(connection).execute("PRAGMA busy_timeout").fetchone()
            patience.add((threading.current_thread() is threading.main_thread(), timeout))

    event.listen(engines.writer.sync_engine, "before_cursor_execute", asked)
    waiting = asyncio.create_task(put(uow, "mine"))
    for _ in range(MANY):
        async with uow.read() as tx:
            assert await tx.runtime.get("mine") is None
    assert not waiting.done()
    other.execute("COMMIT")
    other.close()
    await waiting
    event.remove(engines.writer.sync_engine, "before_cursor_execute", asked)
    assert on_disk(engines) == {"mine"}
    assert patience == {(True, 0), (False, BUSY_TIMEOUT_MS)}, "the loop only tries; a thread waits"


async def test_two_engines_of_one_process_wait_for_each_other(
    engines: Engines, uow: SqlUnitOfWork, sqlite_url: str
) -> None:
    others = create_engines(sqlite_url)
    names = {f"{who} {each}" for who in ("mine", "theirs") for each in range(MANY)}
    await asyncio.gather(*(put(uow if each.startswith("m") else SqlUnitOfWork(others), each) for each in names))
    await others.dispose()
    assert on_disk(engines) == names


async def test_more_readers_than_connections_hinder_nobody(engines: Engines, uow: SqlUnitOfWork) -> None:
    together = asyncio.Barrier(MANY)

    async def reading() -> str | None:
        async with uow.read() as tx:
            before = await tx.runtime.get("later")
            await together.wait()
            await put(uow, "later")
            assert await tx.runtime.get("later") == before
            return before

    assert set(await asyncio.gather(*(reading() for _ in range(MANY)))) == {None}


async def test_a_database_that_is_closed_in_the_middle_has_what_was_kept(engines: Engines, uow: SqlUnitOfWork) -> None:
    keeping = asyncio.create_task(put(uow, "kept"))
    await asyncio.sleep(0)
    await engines.dispose()
    await keeping
    assert on_disk(engines) == {"kept"}
