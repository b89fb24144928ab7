"""Erasure: words and names go, the chain still verifies and says so (REC-1)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.governance.errors import NotErasable, NotFound
from bot.governance.ids import PartnershipId
from bot.governance.proposals_types import ObjectionState, ProposalState
from bot.governance.record_events import ERASURES, PersonErased, WordsErased
from bot.services import erasures, objections, proposals
from bot.services.erasures import ERASED
from bot.services.ports.deliveries import DeliveryKind, DeliveryState
from tests.facts import event_of
from tests.services.scene import ADA, BEN, HERE, OTHER_TEXT, REASON, TEXT, TIA, TOM, Scene

A_CHANNEL = 4711_4711_4711_4711
"""Longer than what a hash holds by chance."""

SECRET = "Mind what my neighbour told me."


async def number_of(scene: Scene, kind: str) -> int:
    return next(r.number for r in reversed(await scene.record()) if r.event.name == kind)


async def everywhere(scene: Scene) -> str:
    return str(await scene.tables())


async def test_words_of_an_event_are_gone_everywhere_and_the_chain_holds(scene: Scene) -> None:
    filed = await scene.file(text=replace(TEXT, risks=SECRET))
    await objections.concern(scene.ctx, scene.actor(BEN), filed, SECRET + " Twice.")
    await scene.object(ADA, filed, stated=True)
    await proposals.revise(scene.ctx, scene.actor(TIA), filed, replace(OTHER_TEXT, risks=SECRET + " Again."), ())
    await proposals.write_revision(scene.ctx, scene.actor(TIA), filed, 2, replace(TEXT, risks=SECRET), ())
    before = await scene.get(filed)
    kinds = ("review opened", "concern raised", "objection stated", "version published")
    for kind in kinds:
        await erasures.erase(scene.ctx, HERE, await number_of(scene, kind))
    found = await everywhere(scene)
    assert SECRET not in found
    assert REASON not in found
    proposal = await scene.get(filed)
    assert {v.text.risks for v in proposal.versions} == {ERASED}
    assert proposal.text == proposal.current.text
    assert [c.text for c in proposal.concerns] == [ERASED]
    statement = proposal.objections[0].statement
    assert statement is not None
    assert (statement.criterion, statement.reason) == ("harm", ERASED)
    assert (proposal.state, proposal.objections[0].state) == (ProposalState.REVIEW, ObjectionState.STATED)
    assert [v.digest for v in proposal.versions] == [v.digest for v in before.versions]
    assert proposal.electors == before.electors
    async with scene.ctx.uow.read() as tx:
        verdict = await tx.record.verify(HERE)
    assert (verdict.holds, verdict.erased) == (True, len(kinds))


async def test_a_reason_for_a_withdrawal_is_erased(scene: Scene) -> None:
    filed = await scene.file()
    await proposals.withdraw(scene.ctx, scene.actor(TIA), filed, SECRET)
    await erasures.erase(scene.ctx, HERE, await number_of(scene, "proposal withdrawn"))
    assert SECRET not in await everywhere(scene)
    assert (await scene.get(filed)).outcome == ERASED


async def test_an_event_without_words_erased_twice_or_not_there(scene: Scene) -> None:
    filed = await scene.file()
    await scene.read_by(filed, ADA)
    number = await number_of(scene, "proposal read")
    before = await scene.get(filed)
    for _ in range(2):
        await erasures.erase(scene.ctx, HERE, number)
    assert await scene.get(filed) == before
    for partnership, missing in ((HERE, 999), (PartnershipId(9), 1)):
        with pytest.raises(NotFound):
            await erasures.erase(scene.ctx, partnership, missing)


async def test_a_person_is_forgotten_and_their_acts_stay(scene: Scene) -> None:
    filed = await scene.file()
    await scene.object(ADA, filed, stated=True)
    person = await scene.person(ADA)
    assert await erasures.forget(scene.ctx, ADA)
    assert not await erasures.forget(scene.ctx, ADA)
    view = await proposals.show(scene.ctx, scene.actor(TOM), filed)
    assert person not in view.users
    assert "erased on request" in view.mention(person)
    assert view.proposal.objections[0].counts
    async with scene.ctx.uow.read() as tx:
        assert (await tx.record.verify(HERE)).holds


async def test_each_erasure_is_on_record_and_a_draft_s_words_never_were(scene: Scene) -> None:
    filed = await scene.file()
    await objections.concern(scene.ctx, scene.actor(BEN), filed, SECRET)
    number = await number_of(scene, "concern raised")
    for _ in range(2):
        await erasures.erase(scene.ctx, HERE, number)
    said = [r.event for r in await scene.record() if r.event.type in ERASURES]
    assert said == [event_of(WordsErased, f"proposal/{filed}", None, {"numbers": [number]})]
    ben = await scene.person(BEN)
    assert await erasures.forget(scene.ctx, BEN)
    said = [r.event for r in await scene.record() if r.event.type in ERASURES]
    assert said[1:] == [event_of(PersonErased, f"partnership/{HERE}", None, {"people": [ben]})]
    with pytest.raises(NotErasable):
        await erasures.erase(scene.ctx, HERE, await number_of(scene, "person erased"))


@pytest.mark.both_databases
async def test_where_letters_to_a_forgotten_person_stand_is_forgotten_too(scene: Scene) -> None:
    """A channel of direct messages is somebody's: the bot could still ask Discord whose."""
    await scene.file()
    ada = await scene.person(ADA)
    async with scene.ctx.uow.write() as tx:
        await tx.deliveries.ask(HERE, DeliveryKind.DIRECT, person=ada, thing="letter/1")
        (letter,) = [d for d in await tx.deliveries.waiting(scene.clock()) if d.kind is DeliveryKind.DIRECT]
        sent = replace(
            letter, state=DeliveryState.SENT, shown=1, channel_id=A_CHANNEL, message_id=A_CHANNEL + 1, more=()
        )
        await tx.deliveries.save(sent)
    assert str(A_CHANNEL) in await everywhere(scene)
    await erasures.forget(scene.ctx, ADA)
    assert str(A_CHANNEL) not in await everywhere(scene)
    assert str(A_CHANNEL + 1) not in await everywhere(scene)
    await scene.file(TOM)
    await erasures.erase(scene.ctx, HERE, await number_of(scene, "review opened"))
    assert [d for d in await erasures.undone(scene.ctx) if d.person == ada] == []


async def test_what_a_forgotten_person_never_published_is_gone_and_the_rest_stays(scene: Scene) -> None:
    told = replace(TEXT, title="My neighbour's well", risks=SECRET)
    draft = await scene.draft(text=told)
    theirs = await scene.draft(TOM, text=OTHER_TEXT)
    filed = await scene.file()
    await proposals.write_revision(scene.ctx, scene.actor(TIA), filed, 1, told, ())
    await proposals.write_revision(scene.ctx, scene.actor(TIA), await scene.file(TIA), 1, told, ())
    before, others = await scene.get(filed), await scene.get(theirs)
    assert await erasures.forget(scene.ctx, TIA)
    found = await everywhere(scene)
    assert SECRET not in found
    assert told.title not in found
    assert told.title.casefold() not in found
    assert (await scene.state(draft), await scene.happened(draft)) == (ProposalState.DISCARDED, {"draft discarded": 1})
    assert await scene.get(theirs) == others
    assert await scene.get(filed) == replace(before, revision=None, version=before.version + 1)
    await scene.record()
