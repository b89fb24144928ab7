"""A long archive slows nothing: the questions asked all day are answered from indexes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert

from bot.governance.proposals_types import Proposal, ProposalState
from bot.services.ports.proposals import Filter
from bot.services.ports.transaction import Transaction
from storage.engine import Engines, create_engines
from storage.proposals import columns_of
from storage.tables import deliveries, proposals
from storage.unit_of_work import SqlUnitOfWork
from tests.database import NEW_YEAR
from tests.storage.examples import ADA, BEN, HERE, TLC, partnership, proposal

ARCHIVE = 10_000
OPEN = frozenset({ProposalState.REVIEW, ProposalState.SETTLING, ProposalState.DISPUTED, ProposalState.ESCALATED})


@pytest.fixture
async def archive(sqlite_url: str) -> AsyncIterator[Engines]:
    engines = create_engines(sqlite_url)
    async with SqlUnitOfWork(engines).write() as tx:
        await tx.partnerships.save(partnership())
    rows, sent = [], []
    for number in range(1, ARCHIVE + 21):
        state = ProposalState.ENACTED if number <= ARCHIVE else ProposalState.REVIEW
        one = proposal(number, state=state, author=ADA if number % 2 else BEN, opened_at=NEW_YEAR)
        due_at = NEW_YEAR + timedelta(minutes=number) if number > ARCHIVE else None
        rows.append({"id": number} | columns_of(one, due_at))
        sent.append(
            {
                "id": number,
                "key": f"card:{number}",
                "partnership_id": 1,
                "kind": "card",
                "rank": 0,
                "proposal_id": number,
                "state": "pending" if number > ARCHIVE else "sent",
                "wanted": 1,
                "shown": 0,
                "attempts": 0,
                "message_id": number,
            }
        )
    async with engines.write() as connection:
        await connection.execute(insert(proposals), rows)
        await connection.execute(insert(deliveries), sent)
    yield engines
    await engines.dispose()


@asynccontextmanager
async def asked(engines: Engines) -> AsyncIterator[tuple[Transaction, list[str]]]:
    """A transaction, and the plans of all it asked once it is over."""
    questions: list[tuple[str, Any]] = []
    plans: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("SELECT"):
            questions.append((statement, parameters))

    event.listen(engines.reader.sync_engine, "before_cursor_execute", hear)
    async with SqlUnitOfWork(engines).read() as tx:
        yield tx, plans
    event.remove(engines.reader.sync_engine, "before_cursor_execute", hear)
    async with engines.read() as connection:
        for statement, parameters in questions:
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row.detail for row in rows)


async def test_no_question_of_the_day_scans_the_archive(archive: Engines) -> None:
    async with asked(archive) as (tx, plans):
        assert len(await tx.of(Proposal).due(NEW_YEAR + timedelta(days=99))) == 20
        assert len(await tx.of(Proposal).due(NEW_YEAR + timedelta(days=99), [HERE])) == 20
        assert await tx.of(Proposal).next_due_at() is not None
        assert await tx.of(Proposal).next_due_at([HERE]) is not None
        assert len(await tx.of(Proposal).in_states(HERE, OPEN)) == 20
        assert len(await tx.of(Proposal).listed(HERE, Filter())) == 25
        assert len(await tx.of(Proposal).listed(HERE, Filter(states=OPEN))) == 20
        assert len(await tx.of(Proposal).listed(HERE, Filter(group=TLC, states=OPEN))) == 20
        assert len(await tx.of(Proposal).listed(HERE, Filter(author=ADA, states=OPEN))) == 10
        assert await tx.of(Proposal).load_of(HERE, ADA, TLC, NEW_YEAR + timedelta(days=1)) == (10, 0, 20)
        assert len(await tx.deliveries.waiting(NEW_YEAR)) == 20
        assert await tx.deliveries.of_message(5) is not None
        assert len(await tx.deliveries.of_proposal(proposal(5).id)) == 1
    scans = [plan for plan in plans if plan.startswith("SCAN") and "INDEX" not in plan and plan != "SCAN CONSTANT ROW"]
    assert scans == []
    assert sum("ix_proposals_due" in plan for plan in plans) == 4
    assert any("ix_deliveries_waiting" in plan for plan in plans)
