"""Secret ballots: one row for each person, overwritten in place, and gone for good when the vote closes (DEC-3a)."""

from pathlib import Path

import pytest
from sqlalchemy import inspect, make_url

from bot.governance.ids import PersonId, VoteId
from bot.governance.votes_types import Ballot
from storage.engine import create_engines
from storage.unit_of_work import SqlUnitOfWork
from tests.database import NEW_YEAR
from tests.storage.examples import ADA, BEN

VOTE = VoteId("17/1")


async def test_the_last_ballot_of_a_person_counts(uow: SqlUnitOfWork) -> None:
    async with uow.write() as tx:
        await tx.ballots.put(VOTE, Ballot({"yes": 1}, BEN))
        await tx.ballots.put(VOTE, Ballot({"no": 1}, ADA))
        await tx.ballots.put(VoteId("18/1"), Ballot({"no": 1}, ADA))
        await tx.ballots.put(VOTE, Ballot({"object": 1}, BEN, "harm", "why"))
        with pytest.raises(ValueError, match="somebody"):
            await tx.ballots.put(VOTE, Ballot({"yes": 1}))
        assert await tx.ballots.of(VOTE) == (Ballot({"no": 1}, ADA), Ballot({"object": 1}, BEN, "harm", "why"))
        await tx.ballots.wipe(VOTE)
        assert await tx.ballots.of(VOTE) == ()
        assert len(await tx.ballots.of(VoteId("18/1"))) == 1


async def test_a_ballot_says_who_and_what_and_never_when(uow: SqlUnitOfWork) -> None:
    async with uow.read() as tx:
        connection = tx.ballots._session.connection
        columns = await connection.run_sync(lambda sync: inspect(sync).get_columns("ballots"))
    assert {column["name"] for column in columns} == {"vote_id", "person_id", "marks", "criterion", "reason"}


def on_disk(path: Path) -> bytes:
    beside = path.with_name(path.name + "-wal")
    return path.read_bytes() + (beside.read_bytes() if beside.exists() else b"")


async def test_no_byte_of_a_wiped_ballot_stays_in_the_file(sqlite_url: str) -> None:
    path = Path(make_url(sqlite_url).database or "")
    engines = create_engines(sqlite_url)
    uow = SqlUnitOfWork(engines)
    people = [PersonId(f"{each:032x}") for each in range(40)]
    for person in people:
        async with uow.write() as tx:
            await tx.ballots.put(VOTE, Ballot({"first-thought": 1}, person, reason=f"unsure-{person}"))
            await tx.ballots.put(VOTE, Ballot({"secret-choice": 1}, person, reason=f"because-{person}"))
    assert b"secret-choice" in on_disk(path)
    async with uow.write() as tx:
        await tx.ballots.wipe(VOTE)
    left = on_disk(path)
    await engines.dispose()
    for trace in (b"secret-choice", b"first-thought", b"because-", b"unsure-", people[7].encode()):
        assert trace not in left


async def test_a_reader_in_the_way_only_delays_the_wiping(sqlite_url: str) -> None:
    path = Path(make_url(sqlite_url).database or "")
    engines = create_engines(sqlite_url)
    uow = SqlUnitOfWork(engines)
    async with uow.write() as tx:
        await tx.ballots.put(VOTE, Ballot({"secret-choice": 1}, ADA))
    async with uow.read() as reading:
        assert len(await reading.ballots.of(VOTE)) == 1
        async with uow.write() as tx:
            await tx.ballots.wipe(VOTE)
        assert len(await reading.ballots.of(VOTE)) == 1
    async with uow.write() as tx:
        await tx.runtime.heartbeat(NEW_YEAR)
    left = on_disk(path)
    await engines.dispose()
    assert b"secret-choice" not in left
