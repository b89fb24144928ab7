"""The record as members see it, and what erasure leaves of it, on real databases (REC-1, RUN-3)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import update

from bot.governance.errors import NotEligible, NotFound
from bot.governance.ids import PartnershipId
from bot.governance.receipts import Receipt, ReceiptStanding
from bot.governance.seats import SEASON
from bot.services import outbox, proposals, record, restores
from bot.services.noun import Noun
from bot.services.nouns import NOUNS
from bot.services.ports.context import Actor
from bot.services.ports.deliveries import DeliveryKind
from bot.services.ports.partnerships import PlaceKind
from storage.tables import events
from tests.services.scene import ADA, BEN, ELSEWHERE, HERE, NIA, ODA, STAKEHOLDERS, STATEMENT, TIA, Scene

pytestmark = pytest.mark.both_databases

NOWHERE = "0" * 64


# ---- receipts and checks -----------------------------------------------------------------------------


async def test_a_receipt_kept_earlier_stands_in_the_record_later(scene: Scene) -> None:
    await scene.file()
    kept = await record.receipt(scene.ctx, scene.actor(ODA), HERE)
    await scene.disputed()
    assert len(kept.hash) == 64

    async def standing(digits: str, number: int | None) -> ReceiptStanding | None:
        found = await record.verify(scene.ctx, scene.actor(ADA), HERE, Receipt(digits, number))
        assert found.verdict.holds
        assert found.verdict.events > kept.number
        return found.standing

    for digits in (kept.hash, kept.hash[:32]):
        for number in (kept.number, None):
            assert await standing(digits, number) is ReceiptStanding.STANDS
    assert await standing(kept.hash, kept.number + 1) is ReceiptStanding.OTHER
    assert await standing(kept.hash, kept.number + 1000) is ReceiptStanding.BEYOND
    assert await standing("f" * 64, kept.number) is ReceiptStanding.OTHER
    assert await standing("f" * 64, None) is ReceiptStanding.NOWHERE


async def test_a_short_receipt_proves_nothing_either_way(scene: Scene) -> None:
    """Twelve digits, as receipts once had, can be met by trial: six are met here by an event made for it."""
    await scene.file()
    kept = await record.receipt(scene.ctx, scene.actor(ODA), HERE)
    for digits in (kept.hash[:12], kept.hash[:31], "f" * 12):
        for number in (kept.number, None):
            found = await record.verify(scene.ctx, scene.actor(ADA), HERE, Receipt(digits, number))
            assert found.standing is ReceiptStanding.TOO_SHORT


async def test_the_record_is_for_people_with_a_seat_in_this_server(scene: Scene) -> None:
    stranger = Actor(ADA, ELSEWHERE, scene.roles[ADA])
    for act in (record.receipt, record.verify):
        with pytest.raises(NotEligible):
            await act(scene.ctx, scene.actor(NIA), HERE)
        with pytest.raises(NotFound):
            await act(scene.ctx, stranger, HERE)
        with pytest.raises(NotFound):
            await act(scene.ctx, scene.actor(ADA), PartnershipId(9))


async def test_a_changed_row_is_found(scene: Scene) -> None:
    await scene.file()
    async with scene.ctx.uow.write() as tx:
        connection = tx.record._session.connection  # type: ignore[attr-defined]
        await connection.execute(update(events).where(events.c.number == 3).values(thing="proposal/99"))
    verdict = (await record.verify(scene.ctx, scene.actor(ADA), HERE)).verdict
    assert (verdict.holds, verdict.broken_at) == (False, 3)


async def test_no_discord_id_stands_in_the_record_or_the_dossiers(scene: Scene) -> None:
    big = {user: 900_000_000_000_000_000 + user for user in STAKEHOLDERS}
    scene.roles = {big.get(user, user): worn for user, worn in scene.roles.items()}
    await scene.seen()
    scene.clock.forward(SEASON)
    filed = await scene.file()
    for user in big.values():
        await scene.object(user, filed, stated=True)
    for name, rows in (await scene.tables()).items():
        if name != "people":
            assert not any(str(user) in row for row in rows for user in big.values()), name


# ---- erasure -----------------------------------------------------------------------------------------


async def test_an_erased_text_is_gone_and_the_record_verifies_and_says_so(scene: Scene) -> None:
    filed = await scene.file()
    await scene.object(ADA, filed, stated=True)
    stated = next(r for r in await scene.record() if r.event.name == "objection stated")
    async with scene.ctx.uow.write() as tx:
        await tx.record.erase(HERE, stated.number, scene.clock())
    verdict = (await record.verify(scene.ctx, scene.actor(ADA), HERE)).verdict
    assert (verdict.holds, verdict.erased) == (True, 1)
    view = await proposals.why(scene.ctx, scene.actor(ADA), filed)
    (gone,) = [r for r in view.events if r.erased]
    assert (gone.event.name, dict(gone.event.data), gone.hash) == ("objection stated", {}, stated.hash)
    tables = await scene.tables()
    assert not any(STATEMENT.reason in row for name in ("events", "payloads") for row in tables[name])


async def test_an_erased_person_is_someone_and_their_objection_still_counts(scene: Scene) -> None:
    filed = await scene.file()
    await scene.object(ADA, filed, stated=True)
    ada = await scene.person(ADA)
    async with scene.ctx.uow.write() as tx:
        await tx.people.erase(ada)
    view = await proposals.show(scene.ctx, scene.actor(BEN), filed)
    assert "erased" in view.mention(ada)
    assert view.proposal.objections[0].counts
    assert await outbox.user_of(scene.ctx, ada) is None
    assert (await record.verify(scene.ctx, scene.actor(BEN), HERE)).verdict.holds
    await scene.after(hours=72)
    assert (await scene.happened(filed))["proposal disputed"] == 1


# ---- what was posted, after a restore ----------------------------------------------------------------


def seen(number: int, id: int, noun: str = "proposal") -> dict[str, restores.Highest]:
    return {noun: restores.Highest(number, id)}


async def test_a_record_that_holds_what_was_posted_goes_on(scene: Scene) -> None:
    filed = await scene.file()
    receipt = await record.receipt(scene.ctx, scene.actor(ADA), HERE)
    before = await scene.record()
    assert await restores.compare(scene.ctx, HERE, (receipt.number, receipt.hash[:12]), seen(1, filed))
    assert await restores.compare(scene.ctx, HERE, None, {})
    assert await restores.unconfirmed(scene.ctx) == frozenset()
    assert await scene.record() == before
    assert (await scene.get(await scene.file())).number == 2


async def test_a_gap_is_recorded_confirmed_and_numbered_above(scene: Scene) -> None:
    assert not await restores.compare(scene.ctx, HERE, (40, "abcdef012345"), seen(7, 31))
    assert await restores.unconfirmed(scene.ctx) == {HERE}
    gap = (await scene.record())[-1].event
    assert (gap.name, gap.data["posted_number"], gap.data["highest"]) == ("restore gap", 40, 7)
    assert await restores.confirm(scene.ctx) == {HERE}
    assert await restores.confirm(scene.ctx) == frozenset()
    assert await restores.unconfirmed(scene.ctx) == frozenset()
    filed = await scene.file()
    assert (filed, (await scene.get(filed)).number) == (32, 8)


async def test_a_gap_found_twice_is_recorded_once(scene: Scene) -> None:
    """The process may die before the comparison is known to be over."""
    for _ in range(2):
        assert not await restores.compare(scene.ctx, HERE, (40, "abcdef012345"), seen(7, 31))
    assert [r.event.name for r in await scene.record()].count("restore gap") == 1
    assert await restores.unconfirmed(scene.ctx) == {HERE}


async def test_a_card_whose_proposal_is_not_on_record_is_a_gap_too(scene: Scene) -> None:
    await scene.file()
    receipt = await record.receipt(scene.ctx, scene.actor(ADA), HERE)
    assert not await restores.compare(scene.ctx, HERE, (receipt.number, receipt.hash[:12]), seen(2, 2))


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.name)
async def test_what_is_posted_and_not_on_record_is_a_gap_and_its_name_is_never_given_again(
    scene: Scene, noun: Noun[Any]
) -> None:
    assert not await restores.compare(scene.ctx, HERE, None, seen(7, 31, noun.name))
    assert await restores.unconfirmed(scene.ctx) == {HERE}
    async with scene.ctx.uow.write() as tx:
        assert (await noun.next_number(tx, HERE), await tx.next_id(noun.name)) == (8, 32)


async def test_a_restored_copy_is_one_until_it_was_compared(scene: Scene) -> None:
    assert not await restores.was_restored(scene.ctx, HERE)
    async with scene.ctx.uow.write() as tx:
        await tx.runtime.put(restores.RESTORED, "yes")
    assert await restores.was_restored(scene.ctx, HERE)
    assert await restores.compare(scene.ctx, HERE, None, {})
    assert not await restores.was_restored(scene.ctx, HERE)
    assert await restores.was_restored(scene.ctx, PartnershipId(2)), "another process may serve it"
    async with scene.ctx.uow.write() as tx:
        await tx.runtime.put(restores.RESTORED, "once more")
    assert await restores.was_restored(scene.ctx, HERE)


# ---- the outbox --------------------------------------------------------------------------------------


async def test_every_delivery_leads_to_what_it_tells_of(scene: Scene) -> None:
    filed = await scene.disputed()
    for delivery in await outbox.waiting(scene.ctx, HERE, 100):
        if delivery.proposal is not None:
            assert (await outbox.view(scene.ctx, delivery.proposal)).proposal.id == filed
        if delivery.event is not None:
            told = await outbox.recorded(scene.ctx, delivery.partnership, delivery.event)
            assert delivery.kind in {DeliveryKind.TEXT, DeliveryKind.NOTICE, DeliveryKind.OUTCOME, DeliveryKind.DIRECT}
            assert told.number == delivery.event
    with pytest.raises(NotFound):
        await outbox.recorded(scene.ctx, HERE, 4711)


async def test_an_event_of_the_partnership_comes_with_those_whom_it_names(scene: Scene) -> None:
    first = (await scene.record())[0]
    logged = await outbox.logged(scene.ctx, HERE, first.number)
    assert logged.recorded == first
    assert len(logged.users) == 1
    assert [p.id for p in await outbox.partnerships(scene.ctx)] == [HERE]
    assert await outbox.partnerships_of(scene.ctx, ELSEWHERE) == ()


async def test_a_proposal_without_a_channel_has_no_place_yet(scene: Scene) -> None:
    view = await outbox.view(scene.ctx, await scene.file())
    for kind in (PlaceKind.GROUP, PlaceKind.FEED):
        with pytest.raises(NotFound):
            await outbox.place_of(scene.ctx, view, kind)
    with pytest.raises(NotFound):
        await outbox.feed_of(scene.ctx, HERE)


async def test_what_was_withdrawn_keeps_every_word_on_record(scene: Scene) -> None:
    filed = await scene.file()
    await proposals.withdraw(scene.ctx, scene.actor(TIA), filed, "a better idea came")
    view = await proposals.why(scene.ctx, scene.actor(ADA), filed)
    assert view.proposal.versions[0].text.title == "A shared calendar"
    assert json.loads(json.dumps(dict(view.events[-1].event.data)))["reason"] == "a better idea came"
