"""The outbox: queued once, asked again while it changes, never forgotten."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.governance.ids import ProposalId
from bot.governance.organisation_events import RoleMapped
from bot.governance.proposals_types import Proposal, ProposalState
from bot.services.ports.deliveries import Asked, Delivery, DeliveryKind, DeliveryState
from bot.services.ports.transaction import UnitOfWork
from storage.unit_of_work import SqlUnitOfWork
from tests.database import NEW_YEAR, Hearing
from tests.facts import event_of
from tests.storage.examples import ADA, BEN, GUILD, HERE, TLC, event, partnership, proposal

ONE = ProposalId(1)
CARD = DeliveryKind.CARD


@pytest.fixture
async def kept(uow: SqlUnitOfWork, hearing: Hearing) -> UnitOfWork:
    async with uow.write() as tx:
        await tx.partnerships.save(partnership())
        await tx.partnerships.save(partnership(2))
    return uow


async def only(uow: UnitOfWork) -> Delivery:
    async with uow.read() as tx:
        (found,) = await tx.deliveries.of_proposal(ONE)
    return found


async def ask(uow: UnitOfWork, kind: DeliveryKind = CARD) -> None:
    async with uow.write() as tx:
        await tx.deliveries.ask(HERE, kind, ONE, event=1)


async def save(uow: UnitOfWork, delivery: Delivery) -> Delivery:
    async with uow.write() as tx:
        await tx.deliveries.save(delivery)
    return await only(uow)


async def test_an_event_queues_what_it_asks_for(kept: UnitOfWork, hearing: Hearing) -> None:
    kinds = (CARD, DeliveryKind.FEED, DeliveryKind.THREAD, DeliveryKind.REACTIONS, DeliveryKind.TEXT)
    hearing.announce = lambda event: (
        *map(Asked, kinds),
        Asked(DeliveryKind.NOTICE),
        Asked(DeliveryKind.DIRECT, ADA),
        Asked(DeliveryKind.DIRECT, BEN),
    )
    async with kept.write() as tx:
        await tx.record.append(HERE, [event(17), event(17)], NEW_YEAR)
        await tx.record.append(partnership(2).id, [event(18)], NEW_YEAR)
    async with kept.read() as tx:
        found = await tx.deliveries.of_proposal(ProposalId(17))
        waiting = await tx.deliveries.waiting(NEW_YEAR, 100)
    assert {each.key: each.wanted for each in found} == {
        "card:17": 1,
        "thread:17": 1,
        "feed:17": 1,
        "reactions:17": 1,
        "text:17:1": 1,
        "text:17:2": 1,
        "notice:1:1": 1,
        "notice:1:2": 1,
        f"direct:1:1:{ADA}": 1,
        f"direct:1:1:{BEN}": 1,
        f"direct:1:2:{ADA}": 1,
        f"direct:1:2:{BEN}": 1,
    }
    assert [each.kind for each in waiting[:4]] == [CARD, CARD, DeliveryKind.THREAD, DeliveryKind.THREAD]
    direct = [each.kind is DeliveryKind.DIRECT for each in waiting]
    assert direct == sorted(direct), "what everybody reads comes before direct messages"
    rest = [(kind, each.id) for kind, each in zip(direct[4:], waiting[4:], strict=True)]
    assert rest == sorted(rest)
    assert hearing.commits[-1].deliveries


async def test_what_tells_of_no_proposal_can_be_told_but_has_no_card(kept: UnitOfWork, hearing: Hearing) -> None:
    mapped = event_of(RoleMapped, "role/11", ADA)
    hearing.announce = lambda event: (Asked(DeliveryKind.LOG),)
    async with kept.write() as tx:
        await tx.record.append(HERE, [mapped], NEW_YEAR)
        assert [each.key for each in await tx.deliveries.waiting(NEW_YEAR)] == ["log:1:1"]
    hearing.announce = lambda event: (Asked(CARD),)
    async with kept.write() as tx:
        with pytest.raises(ValueError, match="card"):
            await tx.record.append(HERE, [mapped], NEW_YEAR)


async def test_what_is_given_once_is_queued_once(kept: UnitOfWork) -> None:
    await ask(kept, DeliveryKind.NOTICE)
    sent = await save(kept, replace(await only(kept), state=DeliveryState.SENT, shown=1, message_id=5))
    await ask(kept, DeliveryKind.NOTICE)
    assert await only(kept) == sent


async def test_what_follows_is_shown_again(kept: UnitOfWork) -> None:
    await ask(kept)
    tried = replace(await only(kept), state=DeliveryState.GIVEN_UP, attempts=9, retry_at=NEW_YEAR)
    await save(kept, tried)
    await ask(kept)
    again = await only(kept)
    assert (again.state, again.wanted, again.attempts, again.retry_at) == (DeliveryState.PENDING, 2, 0, None)


async def test_asked_again_before_a_retry_it_is_tried_at_once(kept: UnitOfWork) -> None:
    await ask(kept)
    stale = await only(kept)
    await ask(kept)
    after = await save(kept, replace(stale, attempts=1, retry_at=NEW_YEAR + timedelta(minutes=1)))
    assert (after.state, after.wanted, after.retry_at) == (DeliveryState.PENDING, 2, None)


async def test_what_stands_in_a_channel_is_found_while_its_proposal_is_open(kept: UnitOfWork) -> None:
    await ask(kept)
    await save(kept, replace(await only(kept), channel_id=4, message_id=5))
    async with kept.write() as tx:
        saved = await tx.of(Proposal).save(proposal(1))
        assert [each.key for each in await tx.deliveries.in_channel(4)] == ["card:1"]
        assert await tx.deliveries.in_channel(5) == ()
        await tx.of(Proposal).save(replace(saved, state=ProposalState.ENACTED))
        assert await tx.deliveries.in_channel(4) == ()


async def test_asked_again_while_being_sent_it_stays_so_and_is_not_done_afterwards(kept: UnitOfWork) -> None:
    await ask(kept)
    sending = await save(kept, replace(await only(kept), state=DeliveryState.SENDING, since=NEW_YEAR))
    await ask(kept)
    assert (await only(kept)).state is DeliveryState.SENDING
    sent = replace(sending, state=DeliveryState.SENT, shown=sending.wanted, channel_id=4, message_id=5)
    after = await save(kept, sent)
    assert (after.state, after.wanted, after.shown, after.message_id) == (DeliveryState.PENDING, 2, 1, 5)
    done = await save(kept, replace(after, state=DeliveryState.SENT, shown=after.wanted))
    assert done.state is DeliveryState.SENT
    async with kept.read() as tx:
        assert await tx.deliveries.waiting(NEW_YEAR) == ()
        assert await tx.deliveries.of_message(5) == done
        assert await tx.deliveries.of_message(6) is None


async def test_asked_again_while_being_given_up_it_is_tried_again(kept: UnitOfWork) -> None:
    await ask(kept)
    stale = await only(kept)
    await ask(kept)
    after = await save(kept, replace(stale, state=DeliveryState.GIVEN_UP))
    assert (after.state, after.wanted) == (DeliveryState.PENDING, 2)


async def test_a_retry_waits_for_its_time(kept: UnitOfWork) -> None:
    await ask(kept)
    later = NEW_YEAR + timedelta(minutes=1)
    await save(kept, replace(await only(kept), attempts=1, retry_at=later))
    async with kept.read() as tx:
        assert await tx.deliveries.waiting(NEW_YEAR) == ()
        assert len(await tx.deliveries.waiting(later)) == 1
        assert await tx.deliveries.next_retry_at() == later


async def test_what_waits_is_asked_for_partnership_by_partnership(kept: UnitOfWork) -> None:
    there = partnership(2)
    async with kept.write() as tx:
        await tx.of(Proposal).save(proposal(1))
        await tx.deliveries.ask(there.id, DeliveryKind.LOG, event=1)
        await tx.deliveries.ask(HERE, CARD, ONE)
        await tx.deliveries.ask(HERE, DeliveryKind.LOG, event=2)
    async with kept.read() as tx:
        assert await tx.deliveries.partnerships_waiting(NEW_YEAR) == (there.id, HERE)
        here = await tx.deliveries.waiting(NEW_YEAR, 100, HERE)
        assert [each.key for each in here] == ["card:1", "log:1:2"]
        assert [(each.guild_id, each.group) for each in here] == [(GUILD, TLC), (GUILD, None)]
        assert [each.key for each in await tx.deliveries.waiting(NEW_YEAR, 1, HERE)] == ["card:1"]
    async with kept.write() as tx:
        await tx.deliveries.save(replace(here[0], retry_at=NEW_YEAR + timedelta(hours=1)))
    async with kept.read() as tx:
        assert await tx.deliveries.still_waiting(NEW_YEAR, [each.id for each in here]) == (here[1],)


async def test_a_commit_tells_where_something_waits(kept: UnitOfWork, hearing: Hearing) -> None:
    hearing.commits.clear()
    there = partnership(2)
    async with kept.write() as tx:
        await tx.deliveries.ask(there.id, DeliveryKind.LOG, event=1)
    async with kept.write() as tx:
        await tx.deliveries.hurry(HERE)
    assert [each.deliveries for each in hearing.commits] == [{there.id}, {HERE}]
