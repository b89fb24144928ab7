"""Dossiers in rows: saving, finding, listing, counting, and many people at once."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.governance.errors import Changed, NotFound
from bot.governance.ids import PartnershipId, PersonId, ProposalId
from bot.governance.proposals_types import FINAL, Proposal, ProposalState, Text
from bot.services.ports.proposals import Filter
from bot.services.ports.transaction import UnitOfWork
from storage.mapping import BadDocument
from storage.types import NaiveInstant
from storage.unit_of_work import SqlUnitOfWork
from tests.database import NEW_YEAR, Hearing
from tests.storage.examples import ADA, BEN, CELL, HERE, SHG, TLC, due_at, objection, partnership, proposal


@pytest.fixture
async def kept(uow: SqlUnitOfWork) -> UnitOfWork:
    async with uow.write() as tx:
        await tx.partnerships.save(partnership())
        await tx.partnerships.save(partnership(2))
    return uow


async def test_a_proposal_comes_back_as_it_was(kept: UnitOfWork) -> None:
    async with kept.write() as tx:
        saved = await tx.of(Proposal).save(proposal(objections=(objection(1),)))
    assert saved.version == 1
    async with kept.read() as tx:
        assert await tx.of(Proposal).get(ProposalId(1)) == saved
        assert await tx.of(Proposal).numbered(HERE, 1) == saved


async def test_what_is_not_there_is_not_found(kept: UnitOfWork) -> None:
    async with kept.read() as tx:
        with pytest.raises(NotFound):
            await tx.of(Proposal).get(ProposalId(9))
        with pytest.raises(NotFound):
            await tx.of(Proposal).numbered(HERE, 9)


async def test_of_two_changes_to_one_version_the_second_is_refused(kept: UnitOfWork) -> None:
    async with kept.write() as tx:
        first = await tx.of(Proposal).save(proposal())
    async with kept.write() as tx:
        await tx.of(Proposal).save(replace(first, low_reach=True))
    with pytest.raises(Changed):
        async with kept.write() as tx:
            await tx.of(Proposal).save(replace(first, halted=True))
    with pytest.raises(Changed):
        async with kept.write() as tx:
            await tx.of(Proposal).save(proposal())


async def test_nothing_is_kept_of_a_block_that_fails(kept: UnitOfWork) -> None:
    async def fail() -> None:
        async with kept.write() as tx:
            await tx.of(Proposal).save(proposal())
            assert await tx.next_id("proposal") == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with kept.write() as tx:
        assert await tx.next_id("proposal") == 1
        with pytest.raises(NotFound):
            await tx.of(Proposal).get(ProposalId(1))


async def test_fifty_people_object_at_once_and_none_is_lost(kept: UnitOfWork) -> None:
    async with kept.write() as tx:
        await tx.of(Proposal).save(proposal())

    async def object_(which: int) -> None:
        async with kept.write() as tx:
            before = await tx.of(Proposal).get(ProposalId(1))
            raised = objection(len(before.objections) + 1, PersonId(f"{which:032x}"))
            await tx.of(Proposal).save(replace(before, objections=(*before.objections, raised)))

    async def look() -> None:
        async with kept.read() as tx:
            await tx.of(Proposal).get(ProposalId(1))

    await asyncio.gather(*(act for which in range(50) for act in (object_(which), look())))
    async with kept.read() as tx:
        after = await tx.of(Proposal).get(ProposalId(1))
    assert after.version == 51
    assert {o.person for o in after.objections} == {PersonId(f"{which:032x}") for which in range(50)}
    assert [o.number for o in after.objections] == list(range(1, 51))


async def test_ids_have_no_gaps_and_no_doubles_under_concurrency(kept: UnitOfWork) -> None:
    async def draw() -> int:
        async with kept.write() as tx:
            return await tx.next_id("proposal")

    assert sorted(await asyncio.gather(*(draw() for _ in range(30)))) == list(range(1, 31))


async def test_due_ones_come_earliest_first_and_by_partnership(kept: UnitOfWork) -> None:
    async with kept.write() as tx:
        for which, hours in ((1, 3), (2, 1), (3, 9)):
            await tx.of(Proposal).save(due_at(NEW_YEAR + timedelta(hours=hours), which))
        await tx.of(Proposal).save(due_at(NEW_YEAR, 4, partnership=PartnershipId(2)))
        await tx.of(Proposal).save(proposal(5, state=ProposalState.ENACTED))
        now = NEW_YEAR + timedelta(hours=3)
        assert await tx.of(Proposal).due(now) == (4, 2, 1)
        assert await tx.of(Proposal).due(now, [HERE]) == (2, 1)
        assert await tx.of(Proposal).due(now - timedelta(microseconds=1), [HERE]) == (2,)
        assert await tx.of(Proposal).due(now, []) == ()
        assert await tx.of(Proposal).next_due_at() == NEW_YEAR


async def test_the_earliest_deadline_set_is_told_after_the_commit(kept: UnitOfWork, hearing: Hearing) -> None:
    async with kept.write() as tx:
        await tx.of(Proposal).save(due_at(NEW_YEAR + timedelta(hours=2), 1))
        await tx.of(Proposal).save(due_at(NEW_YEAR, 2))
        await tx.of(Proposal).save(proposal(3, state=ProposalState.ENACTED))
        assert hearing.commits == []
    assert [(each.due_at, each.deliveries) for each in hearing.commits] == [(NEW_YEAR, frozenset())]


async def test_nobody_hears_of_a_commit_that_did_not_happen(kept: UnitOfWork, hearing: Hearing) -> None:
    async def fail() -> None:
        async with kept.write() as tx:
            await tx.of(Proposal).save(due_at(NEW_YEAR, 1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert hearing.commits == []


async def test_lists_are_newest_first_and_hide_other_peoples_drafts(kept: UnitOfWork) -> None:
    async with kept.write() as tx:
        await tx.of(Proposal).save(proposal(1))
        await tx.of(Proposal).save(proposal(2, state=ProposalState.ENACTED, group=CELL))
        await tx.of(Proposal).save(proposal(3, number=None, state=ProposalState.DRAFT))
        await tx.of(Proposal).save(proposal(4, number=3, author=BEN, text=Text(title="100% Ökostrom")))

        async def ids(**wanted: object) -> list[int]:
            return [row.id for row in await tx.of(Proposal).listed(HERE, Filter(**wanted))]  # type: ignore[arg-type]

        assert await ids() == [4, 2, 1]
        assert await ids(author=ADA) == [3, 2, 1]
        assert await ids(author=BEN) == [4]
        assert await ids(states=frozenset({ProposalState.ENACTED})) == [2]
        assert await ids(group=CELL) == [2]
        assert await ids(limit=1) == [4]
        assert await ids(before=4) == [2, 1]
        assert await ids(before=2) == [1]
        assert await ids(author=ADA, before=3) == [2, 1]
        assert await ids(author=ADA, before=2) == [1]
        assert await ids(search="ÖKO") == [4]
        assert await ids(search="0% ö") == [4]
        assert await ids(search="%") == [4]
        assert await ids(search="p-2") == [2]
        assert await ids(search="p-999999999999999999") == []
        assert await tx.of(Proposal).in_states(HERE, [ProposalState.REVIEW, ProposalState.DRAFT]) == (1, 3, 4)
        assert await tx.of(Proposal).in_states(HERE, []) == ()


async def test_drafts_are_found_by_their_author_newest_first(kept: UnitOfWork) -> None:
    async with kept.write() as tx:
        for which, author in ((1, ADA), (2, BEN), (3, ADA)):
            await tx.of(Proposal).save(proposal(which, number=None, state=ProposalState.DRAFT, author=author))
        await tx.of(Proposal).save(proposal(4))
        elsewhere = proposal(5, number=None, state=ProposalState.DRAFT, partnership=PartnershipId(2))
        await tx.of(Proposal).save(elsewhere)
        assert await tx.of(Proposal).drafts_of(HERE, ADA) == (3, 1)
    async with kept.read() as tx:
        assert await tx.of(Proposal).drafts_of(HERE, BEN) == (2,)


async def test_load_counts_what_is_open_and_what_was_opened(kept: UnitOfWork) -> None:
    async with kept.write() as tx:
        for which, state in enumerate(ProposalState, 1):
            number = None if state in {ProposalState.DRAFT, ProposalState.DISCARDED} else which
            opened_at = NEW_YEAR + timedelta(hours=which) if number else None
            await tx.of(Proposal).save(proposal(which, number=number, state=state, opened_at=opened_at))
        await tx.of(Proposal).save(proposal(50, author=BEN))
        open_ = len([state for state in ProposalState if state not in FINAL]) - 1
        load = await tx.of(Proposal).load_of(HERE, ADA, TLC, NEW_YEAR + timedelta(hours=10))
        assert load == (open_, 3, open_ + 1)
        assert await tx.of(Proposal).load_of(HERE, BEN, SHG, NEW_YEAR + timedelta(days=1)) == (1, 0, 0)


async def test_naive_instants_are_refused(kept: UnitOfWork) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(Exception, match="2026-01-01T00:00:00") as refused:
        async with kept.write() as tx:
            await tx.of(Proposal).due(naive)
    assert isinstance(refused.value.__cause__ or refused.value, NaiveInstant)
    with pytest.raises(BadDocument):
        async with kept.write() as tx:
            await tx.of(Proposal).save(due_at(naive))


async def test_microseconds_and_text_of_any_kind_survive(kept: UnitOfWork) -> None:
    at = NEW_YEAR + timedelta(microseconds=1)
    odd = Text(title="naïve ✋ 𝔘 “x”", ask='line\nbreak\x00 and \u2028 \\ "quotes"', amount=2**53 - 1)
    async with kept.write() as tx:
        saved = await tx.of(Proposal).save(due_at(at, text=odd, closes_at=at))
    async with kept.read() as tx:
        assert await tx.of(Proposal).get(ProposalId(1)) == saved
        assert (await tx.of(Proposal).listed(HERE, Filter()))[0].closes_at == at
        assert await tx.of(Proposal).next_due_at() == at
