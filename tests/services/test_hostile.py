"""Who has no business here changes nothing, and what breaks half-way leaves nothing half-written (ORG-2, PRO-9)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from bot.governance.errors import NotEligible, NotFound, Refusal
from bot.governance.ids import PartnershipId, ProposalId
from bot.governance.proposals_types import ProposalState
from bot.services import attempts, clocks, escalations, objections, proposals, roles, votes
from bot.services import sweep as sweeping
from bot.services.inbox import inbox
from bot.services.ports.context import Actor, Context
from bot.services.ports.proposals import Filter
from storage.engine import Engines
from tests.services.scene import (
    ADA,
    BEN,
    CLEO,
    DEV,
    ELI,
    ELSEWHERE,
    FAY,
    FREE_KEY,
    GUILD,
    GUS,
    HERE,
    LAB,
    NIA,
    ODA,
    OTHER_TEXT,
    REASON,
    STATEMENT,
    TEXT,
    TIA,
    TOM,
    Scene,
)

Act = Callable[[Context, Actor, ProposalId], Awaitable[object]]

READING: dict[str, Act] = {
    "show": proposals.show,
    "why": proposals.why,
    "who may object": proposals.who_may_object,
    "my objection": objections.mine,
    "my ballot": votes.mine,
}
WRITING: dict[str, Act] = {
    "edit": lambda ctx, who, filed: proposals.edit(ctx, who, filed, TEXT, ()),
    "open": proposals.open_review,
    "read": proposals.mark_read,
    "revise": lambda ctx, who, filed: proposals.revise(ctx, who, filed, OTHER_TEXT, ()),
    "withdraw": proposals.withdraw,
    "discard": proposals.discard,
    "halt": proposals.halt,
    "escalate": escalations.escalate,
    "object": lambda ctx, who, filed: objections.raise_objection(ctx, who, filed, "button"),
    "concern": lambda ctx, who, filed: objections.concern(ctx, who, filed, "Mind the cost."),
    "state": lambda ctx, who, filed: objections.state(ctx, who, filed, 1, STATEMENT),
    "withdraw objection": lambda ctx, who, filed: objections.withdraw(ctx, who, filed, 1),
    "ask test": lambda ctx, who, filed: objections.ask_test(ctx, who, filed, 1),
    "rule": lambda ctx, who, filed: objections.rule(ctx, who, filed, 1, True, REASON),
    "appeal": lambda ctx, who, filed: objections.appeal(ctx, who, filed, 1, REASON),
    "vote on appeal": lambda ctx, who, filed: objections.vote_on_appeal(ctx, who, filed, 1, True),
    "sponsor": lambda ctx, who, filed: objections.sponsor(ctx, who, filed, 1),
    "answer revision": lambda ctx, who, filed: objections.answer_revision(ctx, who, filed, 1, resolved=True),
    "vote": lambda ctx, who, filed: votes.cast(ctx, who, filed, {"for": 1}),
}
BEFOREHAND: dict[str, Act] = {
    "before writing": attempts.write,
    "before opening": attempts.open_review,
    "before withdrawing": attempts.withdraw,
    "before a concern": attempts.concern,
    "before stating": lambda ctx, who, filed: attempts.state(ctx, who, filed, 1),
    "before ruling": lambda ctx, who, filed: attempts.rule(ctx, who, filed, 1),
    "before appealing": lambda ctx, who, filed: attempts.appeal(ctx, who, filed, 1),
    "before voting": lambda ctx, who, filed: attempts.cast(ctx, who, filed, 0),
}
EVERY = READING | WRITING | BEFOREHAND


async def in_every_state(scene: Scene) -> dict[ProposalState, ProposalId]:
    """A proposal in each state in which something could be done to it."""
    voted, disputed = await scene.file(TIA), await scene.file(TOM)
    for each in (voted, disputed):
        await scene.object(ADA, each, stated=True)
    passed = await scene.file(TIA, "policy", effects=(FREE_KEY,))
    await scene.read_by(passed, ADA, BEN)
    await scene.after(hours=72)
    await escalations.escalate(scene.ctx, scene.actor(ADA), voted)
    await scene.sweep()
    review = await scene.file(TOM)
    await scene.object(ADA, review, stated=True)
    draft = await scene.draft(TIA)
    found = {each: await scene.state(each) for each in (voted, disputed, passed, review, draft)}
    assert list(found.values()) == [
        ProposalState.ESCALATED,
        ProposalState.DISPUTED,
        ProposalState.PASSED,
        ProposalState.REVIEW,
        ProposalState.DRAFT,
    ]
    return {state: filed for filed, state in found.items()}


async def test_someone_from_another_server_finds_nothing_whatever_roles_they_claim(scene: Scene) -> None:
    everywhere = await in_every_state(scene)
    before = await scene.tables()
    for user in (ADA, TIA, GUS):
        foreign = replace(scene.actor(user), guild_id=ELSEWHERE, manages_roles=True)
        for filed in everywhere.values():
            for name, act in EVERY.items():
                with pytest.raises(NotFound):
                    raise AssertionError(f"{name}: {await act(scene.ctx, foreign, filed)}")
        for asked in (
            proposals.draft(scene.ctx, foreign, HERE, "general", None, TEXT),
            proposals.list_proposals(scene.ctx, foreign, HERE, Filter()),
            proposals.by_number(scene.ctx, foreign, HERE, 1),
            inbox(scene.ctx, foreign, HERE),
            attempts.propose(scene.ctx, foreign, HERE, "general"),
        ):
            with pytest.raises(NotFound):
                await asked
    assert await scene.tables() == before


async def test_someone_without_a_seat_is_refused_everything(scene: Scene) -> None:
    everywhere = await in_every_state(scene)
    before = await scene.tables()
    moderator = replace(scene.actor(NIA), manages_roles=True, roles=frozenset({4711, GUILD}))
    for who in (scene.actor(NIA), moderator):
        for state, filed in everywhere.items():
            for name, act in EVERY.items():
                with pytest.raises(NotFound if state is ProposalState.DRAFT else NotEligible):
                    raise AssertionError(f"{name}: {await act(scene.ctx, who, filed)}")
        for asked in (
            proposals.draft(scene.ctx, who, HERE, "general", None, TEXT),
            proposals.list_proposals(scene.ctx, who, HERE, Filter()),
            inbox(scene.ctx, who, HERE),
        ):
            with pytest.raises(NotEligible):
                await asked
    assert await scene.tables() == before, "not even a person is remembered"


async def test_an_observer_reads_everything_and_changes_nothing(scene: Scene) -> None:
    everywhere = await in_every_state(scene)
    del everywhere[ProposalState.DRAFT]
    before = await scene.tables()
    for filed in everywhere.values():
        for act in READING.values():
            await act(scene.ctx, scene.actor(ODA), filed)
        for name, act in WRITING.items():
            with pytest.raises(Refusal):
                raise AssertionError(f"{name}: {await act(scene.ctx, scene.actor(ODA), filed)}")
    assert await scene.tables() == before


async def test_what_does_not_exist_is_not_found(scene: Scene) -> None:
    filed = await scene.file()
    before = await scene.tables()
    for unknown in (ProposalId(4711), ProposalId(0), ProposalId(-1)):
        for name, act in EVERY.items():
            with pytest.raises(NotFound):
                raise AssertionError(f"{name}: {await act(scene.ctx, scene.actor(ADA), unknown)}")
    for number in (0, 1, -1, 99):
        with pytest.raises(NotFound):
            await objections.state(scene.ctx, scene.actor(ADA), filed, number, STATEMENT)
    with pytest.raises(NotFound):
        await proposals.by_number(scene.ctx, scene.actor(ADA), HERE, 2)
    assert await scene.tables() == before


async def test_seats_that_changed_between_form_and_submission(scene: Scene) -> None:
    """What counts is the seat when the form is sent: who gave it up has no say, who lost a role has (PRO-9)."""
    everywhere = await in_every_state(scene)
    review, disputed, voted = (
        everywhere[ProposalState.REVIEW],
        everywhere[ProposalState.DISPUTED],
        everywhere[ProposalState.ESCALATED],
    )
    await attempts.cast(scene.ctx, scene.actor(CLEO), voted, 0)
    await attempts.concern(scene.ctx, scene.actor(CLEO), review)
    await attempts.rule(scene.ctx, scene.actor(GUS), review, 1)
    scene.roles[GUS] = frozenset({LAB})
    dev = scene.actor(DEV)
    scene.roles[DEV] = frozenset()
    await scene.seen()
    await votes.cast(scene.ctx, dev, voted, {"for": 1})
    await objections.concern(scene.ctx, scene.actor(DEV), review, "Mind the cost.")
    await scene.left(CLEO)
    before = await scene.tables()
    for asked in (
        votes.cast(scene.ctx, scene.actor(CLEO), voted, {"for": 1}),
        objections.concern(scene.ctx, scene.actor(CLEO), review, "Mind the cost."),
        escalations.escalate(scene.ctx, scene.actor(CLEO), disputed),
        objections.rule(scene.ctx, scene.actor(GUS), review, 1, True, REASON),
    ):
        with pytest.raises(NotEligible):
            await asked
    assert await scene.tables() == before


# ---- broken half-way ---------------------------------------------------------------------------------


class Broken(Exception):
    """The database gave up here."""


@contextmanager
def breaking(engines: Engines, at: int | None = None) -> Iterator[list[str]]:
    """The writer fails before its ``at``-th statement, counted from 1, or else at the commit.

    Gives the statements that came so far.
    """
    seen: list[str] = []

    def execute(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("BEGIN"):
            return
        seen.append(statement)
        if len(seen) == at:
            raise Broken(statement)

    def commit(_connection: Any) -> None:
        raise Broken("commit")

    writer = engines.writer.sync_engine
    event.listen(writer, "before_cursor_execute", execute)
    event.listen(writer, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(writer, "before_cursor_execute", execute)
        event.remove(writer, "commit", commit)


async def broken_everywhere(scene: Scene, engines: Engines, act: Callable[[], Awaitable[object]]) -> None:
    """The act, broken at its commit and before each of its statements, without a trace; at last it is done."""
    before = await scene.tables()
    with breaking(engines) as seen, pytest.raises(Broken):
        await act()
    assert len(seen) > 3, "an act has several statements"
    for at in range(1, len(seen) + 1):
        with breaking(engines, at), pytest.raises(Broken):
            await act()
    assert await scene.tables() == before
    await act()
    assert await scene.tables() != before


async def test_what_breaks_at_any_statement_leaves_nothing_half_written(scene: Scene, engines: Engines) -> None:
    ctx, as_ = scene.ctx, scene.actor

    async def broken(act: Callable[[], Awaitable[object]]) -> None:
        await broken_everywhere(scene, engines, act)

    await broken(lambda: scene.draft())
    filed = ProposalId(1)
    await broken(lambda: proposals.open_review(ctx, as_(TIA), filed))
    await broken(lambda: proposals.mark_read(ctx, as_(BEN), filed))
    await broken(lambda: objections.raise_objection(ctx, as_(ADA), filed, "reaction"))
    await broken(lambda: objections.state(ctx, as_(ADA), filed, 1, STATEMENT))
    await broken(lambda: objections.rule(ctx, as_(GUS), filed, 1, False, REASON))
    await broken(lambda: objections.appeal(ctx, as_(ADA), filed, 1, REASON))
    for judge in (BEN, CLEO, DEV):
        await broken(lambda judge=judge: objections.vote_on_appeal(ctx, as_(judge), filed, 1, True))  # type: ignore[misc]
    await broken(lambda: proposals.revise(ctx, as_(TIA), filed, OTHER_TEXT, ()))
    await broken(lambda: clocks.stop(ctx, filed, "card missing", scene.clock()))
    await broken(lambda: clocks.resume(ctx, filed, "card missing"))
    scene.clock.forward(timedelta(hours=73))
    await broken(lambda: sweeping.advance(ctx, proposals.NOUN, filed))
    assert await scene.state(filed) is ProposalState.DISPUTED
    await broken(lambda: escalations.escalate(ctx, as_(ADA), filed))
    for voter in (BEN, CLEO, DEV):
        await broken(lambda voter=voter: votes.cast(ctx, as_(voter), filed, {"for": 1}))  # type: ignore[misc]
    scene.clock.forward(timedelta(hours=72))
    await broken(lambda: sweeping.advance(ctx, proposals.NOUN, filed))
    assert await scene.state(filed) is ProposalState.ENACTED
    await broken(lambda: roles.member_left(ctx, GUILD, ADA, by_themselves=True))
    await scene.record()


async def test_an_enactment_that_breaks_changes_neither_policy_nor_proposal(scene: Scene, engines: Engines) -> None:
    """EFF-4: the effect changes the records in the transaction that marks the proposal enacted."""
    filed = await scene.file(type="policy", effects=(FREE_KEY,))
    await scene.read_by(filed, ADA, BEN)
    await scene.after(hours=72)
    scene.clock.forward(timedelta(hours=48))
    await broken_everywhere(scene, engines, lambda: sweeping.advance(scene.ctx, proposals.NOUN, filed))
    assert await scene.state(filed) is ProposalState.ENACTED
    async with scene.ctx.uow.read() as tx:
        assert (await tx.policies.current(HERE)).count(FREE_KEY.target) == 4


@pytest.mark.parametrize("reading", [False, True])
async def test_an_act_called_off_at_any_moment_leaves_the_database_usable(scene: Scene, reading: bool) -> None:
    """A task is cancelled when the bot stops; what is half-way must not stay open on a connection used again."""
    filed = [await scene.file(), await scene.file()]
    voices = (ADA, BEN, CLEO, DEV, ELI, FAY, GUS)  # in turn: nobody raises more concerns than they may

    async def act(turn: int) -> None:
        who, about = scene.actor(voices[turn % 7]), filed[turn % 2]
        if reading:
            await proposals.show(scene.ctx, who, about)
        else:
            await objections.concern(scene.ctx, who, about, f"Mind the cost, {turn}.")

    for turn in range(60):
        task = asyncio.create_task(act(turn))
        for _ in range(turn):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    for turn in range(100, 110):
        await act(turn)
    told = 0
    for each in filed:
        concerns = (await scene.get(each)).concerns
        assert (await scene.happened(each))["concern raised"] == len(concerns)
        told += len(concerns)
    assert told >= (0 if reading else 10)
    await scene.record()


async def test_a_commit_that_the_database_refuses_leaves_it_usable(scene: Scene) -> None:
    """What belongs to no partnership is found out at the commit; the next act must not stand in its transaction."""
    before = await scene.tables()
    with pytest.raises(IntegrityError):
        async with scene.ctx.uow.write() as tx:
            await tx.policies.add(PartnershipId(99), scene.ctx.genesis, None, scene.clock())
    assert await scene.tables() == before
    await scene.file()
    await scene.record()
