"""A bot killed at any moment loses nothing that it said was done, and keeps nothing by halves (RUN-3, REC-1)."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.governance.ids import ProposalId
from bot.governance.policy import genesis
from bot.governance.proposals_types import ObjectionState, Proposal, ProposalState
from bot.services.ports.context import Context
from bot.services.ports.deliveries import Delivery, DeliveryKind
from bot.services.ports.record import Recorded
from bot.ui.announcements import announce
from storage.deliveries import WantedDelivery
from storage.engine import create_engines
from storage.unit_of_work import SqlUnitOfWork
from tests.database import TestClock
from tests.services.scene import HERE, STAKEHOLDERS, TIA, TOM, Scene

ROOT = Path(__file__).resolve().parents[2]
KILLS = 6
# Many people act at once, as fast as they can; each act that was answered is told.
CROWD = """
import asyncio, random, sys
from dataclasses import replace
from datetime import timedelta
from bot.governance.errors import Refusal
from bot.governance.ids import ProposalId
from bot.governance.policy import genesis
from bot.services import clocks, objections, proposals
from bot.services.ports.context import Context
from bot.ui.announcements import announce
from storage.engine import create_engines
from storage.unit_of_work import SqlUnitOfWork
from tests.database import TestClock
from tests.services.scene import HERE, STATEMENT, STAKEHOLDERS, TEXT, TIA, TOM, Scene

async def person(scene, who, chance):
    while True:
        filed = ProposalId(chance.choice((1, 2)))
        actor = scene.actor(who)
        acts = {
            "object": lambda: objections.raise_objection(scene.ctx, actor, filed, "button"),
            "state": lambda: objections.state(scene.ctx, actor, filed, mine.number if mine else 1, STATEMENT),
            "withdraw": lambda: objections.withdraw(scene.ctx, actor, filed, mine.number if mine else 1),
            "concern": lambda: objections.concern(scene.ctx, actor, filed, f"Mind {chance.random()}."),
            "read": lambda: proposals.mark_read(scene.ctx, actor, filed),
            "revise": lambda: proposals.revise(
                scene.ctx, scene.actor((TIA, TOM)[filed - 1]), filed,
                replace(TEXT, ask=f"{TEXT.ask} {chance.random()}"), ()),
            "draft": lambda: scene.draft(who, "general"),
            "beat": lambda: clocks.beat(scene.ctx),
        }
        mine = await objections.mine(scene.ctx, actor, filed)
        name = chance.choice(sorted(acts))
        try:
            await acts[name]()
        except Refusal:
            continue
        print(name, filed, flush=True)

async def main(url, seed):
    clock = TestClock()
    scene = Scene(Context(SqlUnitOfWork(create_engines(url), announce), clock, genesis()), clock)
    await asyncio.gather(*(person(scene, who, random.Random(seed * 100 + who)) for who in STAKEHOLDERS))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""

EACH_ONCE = {
    "objection withdrawn": ObjectionState.WITHDRAWN,
    "objection lapsed": ObjectionState.CONCERN,
}


@pytest.fixture
async def scene(sqlite_url: str) -> AsyncIterator[Scene]:
    engines = create_engines(sqlite_url)
    clock = TestClock()
    made = Scene(Context(SqlUnitOfWork(engines, announce), clock, genesis()), clock)
    await made.set_up()
    for who in (TIA, TOM):
        await made.file(who)
    yield made
    await engines.dispose()


async def killed_after(url: str, seed: int, acts: int) -> Counter[str]:
    """What a crowd was told was done until the process was killed without warning."""
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore", "-c", CROWD, url, str(seed)), cwd=ROOT, stdout=PIPE, stderr=PIPE
    )
    assert running.stdout is not None
    told: Counter[str] = Counter()
    for _ in range(acts):
        line = await running.stdout.readline()
        if not line:
            break
        told[line.decode().split()[0]] += 1
    if running.returncode is None:
        os.kill(running.pid, signal.SIGKILL)
    said, cried = await running.communicate()
    assert running.returncode == -signal.SIGKILL, cried.decode()
    told.update(line.split()[0] for line in said.decode().splitlines())
    return told


async def test_killed_again_and_again_between_two_writes_everything_agrees(scene: Scene, sqlite_url: str) -> None:
    chance = random.Random(20260101)
    told: Counter[str] = Counter()
    for kill in range(KILLS):
        told += await killed_after(sqlite_url, kill, chance.randrange(1, 40))
        await everything_agrees(scene)
    happened = Counter(r.event.name for r in await scene.record())
    # What was told is there. The last act of each person may be done and yet untold.
    for act, kind in {
        "concern": "concern raised",
        "withdraw": "objection withdrawn",
        "state": "objection stated",
    }.items():
        assert told[act] <= happened[kind] <= told[act] + KILLS * len(STAKEHOLDERS), act
    scene.clock.forward(timedelta(days=200))
    for _ in range(10):
        scene.clock.forward(timedelta(days=15))
        await scene.sweep()
    assert {await scene.state(filed) for filed in await numbered(scene)} <= {
        ProposalState.ENACTED,
        ProposalState.NOT_ADOPTED,
    }
    await everything_agrees(scene)


async def numbered(scene: Scene) -> list[ProposalId]:
    async with scene.ctx.uow.read() as tx:
        return list(
            await tx.of(Proposal).in_states(HERE, set(ProposalState) - {ProposalState.DRAFT, ProposalState.DISCARDED})
        )


async def everything_agrees(scene: Scene) -> None:
    """The chain holds, each dossier says what its events say, and what an event asks to be shown is queued."""
    record = await scene.record()
    for filed in await numbered(scene):
        proposal = await scene.get(filed)
        events = [r for r in record if r.event.thing == f"proposal/{filed}"]
        agrees_with_events(proposal, Counter(r.event.name for r in events))
        async with scene.ctx.uow.read() as tx:
            shown = {d.key: d for d in await tx.deliveries.of_proposal(filed)}
        is_queued(proposal, events, shown)


def agrees_with_events(proposal: Proposal, happened: Counter[str]) -> None:
    assert happened["review opened"] == 1
    assert len(proposal.objections) == happened["objection raised"]
    assert len(proposal.versions) == 1 + happened["version published"]
    assert len(proposal.concerns) == happened["concern raised"] + happened["objection lapsed"]
    for kind, state in EACH_ONCE.items():
        assert sum(o.state is state for o in proposal.objections) == happened[kind], kind
    stated = sum(o.stated_at is not None for o in proposal.objections)
    assert stated <= happened["objection stated"]
    assert len(proposal.readers) <= happened["proposal read"]


def is_queued(proposal: Proposal, events: list[Recorded], shown: dict[str, Delivery]) -> None:
    expected = {
        WantedDelivery(HERE, asked.kind, proposal.id, r.number, asked.person).key
        for r in events
        for asked in announce(r.event)
    }
    assert expected == shown.keys()
    changes = sum(any(asked.kind is DeliveryKind.CARD for asked in announce(r.event)) for r in events)
    card = next(d for d in shown.values() if d.kind is DeliveryKind.CARD)
    assert 0 < card.wanted <= changes
