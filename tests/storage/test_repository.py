"""Things that are kept whole: found by number, listed newest first, due in time, never overwritten unseen."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import pytest

from bot.governance.errors import Changed, NotFound
from bot.governance.ids import GroupId, PartnershipId
from storage.repository import Repository
from storage.tables import meetings
from storage.unit_of_work import SqlTransaction, SqlUnitOfWork
from tests.database import NEW_YEAR, Hearing
from tests.storage.examples import HERE, partnership


class Phase(StrEnum):
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Thing:
    id: int
    number: int
    title: str
    partnership: PartnershipId = HERE
    group: GroupId | None = None
    state: Phase = Phase.OPEN
    due_at: datetime | None = None
    version: int = 0


def things(tx: SqlTransaction) -> Repository[Thing]:
    return Repository(tx.people._session, meetings, Thing)


@pytest.fixture
async def kept(uow: SqlUnitOfWork) -> SqlUnitOfWork:
    async with uow.write() as tx:
        await tx.partnerships.save(partnership())
        await tx.partnerships.save(partnership(2))
        for number, due in ((1, 3), (2, 1), (3, None)):
            due_at = None if due is None else NEW_YEAR + timedelta(days=due)
            group = GroupId(7) if number == 2 else None
            await things(tx).save(Thing(number, number, f"No. {number}", due_at=due_at, group=group))
        await things(tx).save(Thing(4, 1, "elsewhere", PartnershipId(2), due_at=NEW_YEAR))
    return uow


async def test_a_thing_comes_back_as_it_went_in(kept: SqlUnitOfWork) -> None:
    async with kept.read() as tx:
        assert await things(tx).get(2) == await things(tx).numbered(HERE, 2)
        assert (await things(tx).get(2)).title == "No. 2"
        assert (await things(tx).get(2)).version == 1
        with pytest.raises(NotFound):
            await things(tx).get(99)
        with pytest.raises(NotFound):
            await things(tx).numbered(PartnershipId(2), 2)


async def test_who_saves_an_older_version_is_told(kept: SqlUnitOfWork) -> None:
    async with kept.read() as tx:
        before = await things(tx).get(1)
    async with kept.write() as tx:
        await things(tx).save(replace(before, title="first"))
    with pytest.raises(Changed):
        async with kept.write() as tx:
            await things(tx).save(replace(before, title="second"))
    async with kept.read() as tx:
        assert (await things(tx).get(1)).title == "first"


async def test_lists_are_newest_first_and_by_state_and_group(kept: SqlUnitOfWork) -> None:
    async with kept.write() as tx:
        await things(tx).save(replace(await things(tx).get(3), state=Phase.OVER))
    async with kept.read() as tx:
        repository = things(tx)
        assert [each.number for each in await repository.list(HERE)] == [3, 2, 1]
        assert [each.number for each in await repository.list(HERE, [Phase.OPEN])] == [2, 1]
        assert [each.number for each in await repository.list(HERE, group=GroupId(7))] == [2]
        assert [each.number for each in await repository.list(HERE, before=3, limit=1)] == [2]


async def test_what_is_due_comes_earliest_first_and_only_where_it_is_asked_for(
    kept: SqlUnitOfWork, hearing: Hearing
) -> None:
    async with kept.read() as tx:
        repository = things(tx)
        assert await repository.due(NEW_YEAR + timedelta(days=5), [HERE]) == (2, 1)
        assert await repository.due(NEW_YEAR + timedelta(days=1), [HERE]) == (2,)
        assert await repository.next_due_at([HERE]) == NEW_YEAR + timedelta(days=1)
        assert await repository.next_due_at() == NEW_YEAR
        assert await repository.next_due_at([]) is None
    assert hearing.commits[-1].due_at == NEW_YEAR
