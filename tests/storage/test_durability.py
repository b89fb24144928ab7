"""A process killed without warning, between and within transactions, leaves a whole database (RUN-3)."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from bot.governance.ids import ProposalId
from bot.governance.proposals_types import Proposal
from bot.services.ports.deliveries import DeliveryKind
from storage.engine import create_engines
from storage.unit_of_work import SqlUnitOfWork
from tests.database import NEW_YEAR
from tests.storage.examples import HERE, partnership, proposal

ROOT = Path(__file__).resolve().parents[2]
# Each turn changes the dossier, the record and the outbox in one transaction, then says so; in the last it is killed.
WRITER = """
import asyncio, os, signal, sys
from dataclasses import replace
from bot.governance.ids import ProposalId
from bot.governance.proposals_types import Proposal
from bot.services.ports.deliveries import Asked, DeliveryKind
from storage.engine import create_engines
from storage.unit_of_work import SqlUnitOfWork
from tests.storage.examples import HERE, NEW_YEAR, event

async def main(url, turns, inside):
    engines = create_engines(url)
    uow = SqlUnitOfWork(engines, lambda event: (Asked(DeliveryKind.NOTICE),))
    for turn in range(turns):
        async with uow.write() as tx:
            before = await tx.of(Proposal).get(ProposalId(1))
            await tx.of(Proposal).save(before)
            await tx.record.append(HERE, [event(turn=turn)], NEW_YEAR)
            if inside and turn == turns - 1:
                os.kill(os.getpid(), signal.SIGKILL)
        print(turn, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3] == "inside"))
"""


@pytest.mark.parametrize(("where", "kept"), [("inside", 4), ("between", 5)])
async def test_what_was_said_to_be_done_is_there_and_nothing_by_halves(
    database_url: str, where: str, kept: int
) -> None:
    engines = create_engines(database_url)
    uow = SqlUnitOfWork(engines)
    async with uow.write() as tx:
        await tx.partnerships.save(partnership())
        await tx.of(Proposal).save(proposal())
    await engines.dispose()

    killed = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore", "-c", WRITER, database_url, "5", where), cwd=ROOT, stdout=PIPE, stderr=PIPE
    )
    said, cried = await killed.communicate()
    assert killed.returncode == -9, cried.decode()
    assert len(said.split()) == kept

    engines = create_engines(database_url)
    async with SqlUnitOfWork(engines).write() as tx:
        verdict = await tx.record.verify(HERE)
        assert (verdict.holds, verdict.events) == (True, kept)
        assert (await tx.of(Proposal).get(ProposalId(1))).version == kept + 1
        waiting = await tx.deliveries.waiting(NEW_YEAR, 100)
        assert [(each.kind, each.event) for each in waiting] == [
            (DeliveryKind.NOTICE, number) for number in range(1, kept + 1)
        ]
    await engines.dispose()
