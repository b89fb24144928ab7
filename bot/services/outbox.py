"""The outbox as delivery works through it: what to show, where it went, what failed (PRO-10, REC-1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.governance.errors import NotFound
from bot.governance.events import Fact
from bot.governance.health_events import HealthMarked
from bot.governance.ids import PartnershipId, PersonId, ProposalId
from bot.governance.organisation import Partnership
from bot.governance.organisation_events import AccessTampered, ElectorateChanged, PlaceLost, RoleDeleted, RoleEndangered
from bot.governance.proposals_types import Proposal, ProposalState
from bot.governance.stops_events import PeopleBarred
from bot.services.noun import Noun
from bot.services.nouns import NOUNS
from bot.services.ports.context import Context
from bot.services.ports.deliveries import Delivery, DeliveryKind
from bot.services.ports.partnerships import Place, PlaceKind
from bot.services.ports.record import Recorded
from bot.services.ports.transaction import Transaction
from bot.services.views import ProposalView, links_of, view_of

ALERTS = frozenset({PlaceLost, RoleDeleted, RoleEndangered, AccessTampered})
"""What moderators have to hear of at once, even while the feed is gone (ORG-3)."""


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """An event of the partnership itself, as the feed tells it."""

    recorded: Recorded
    partnership: Partnership
    users: dict[PersonId, int]


async def where_some_wait(ctx: Context) -> tuple[PartnershipId, ...]:
    """The partnerships of which something is to be shown now."""
    async with ctx.uow.read() as tx:
        return await tx.deliveries.partnerships_waiting(ctx.clock())


async def waiting(ctx: Context, partnership: PartnershipId, limit: int) -> tuple[Delivery, ...]:
    """What is to be shown of a partnership now."""
    async with ctx.uow.read() as tx:
        return await tx.deliveries.waiting(ctx.clock(), limit, partnership)


async def still_waiting(ctx: Context, deliveries: Iterable[Delivery]) -> tuple[Delivery, ...]:
    """Those of them that are still to be shown now, as they are now."""
    async with ctx.uow.read() as tx:
        return await tx.deliveries.still_waiting(ctx.clock(), [each.id for each in deliveries])


async def keep(
    ctx: Context, deliveries: Sequence[Delivery], stands: Iterable[Delivery] = (), turned: Iterable[Delivery] = ()
) -> None:
    """Save where deliveries stand, in one transaction; what waited for what ``stands`` now is shown at once.

    ``turned`` are those of which others say how they stand, and that stand otherwise now: these are drawn again.
    """
    async with ctx.uow.write() as tx:
        await tx.deliveries.save_all(deliveries)
        for each in stands:
            await tx.deliveries.hurry(each.partnership, each.proposal)
        for each in turned:
            await _draw_again(tx, each)


async def _draw_again(tx: Transaction, turned: Delivery) -> None:
    """A meeting's board tells of its entry; card and feed entry of an enacted proposal tell of any delay (EFF-4).

    What failed itself is not asked for anew: that would shorten its pause.
    """
    if turned.thing:
        await tx.deliveries.ask(turned.partnership, DeliveryKind.BOARD, thing=turned.thing)
        return
    assert turned.proposal is not None
    if (await tx.of(Proposal).get(turned.proposal)).state is ProposalState.ENACTED:
        for kind in (DeliveryKind.CARD, DeliveryKind.FEED):
            if kind is not turned.kind or not turned.attempts:
                await tx.deliveries.ask(turned.partnership, kind, turned.proposal)


async def view(ctx: Context, id: ProposalId) -> ProposalView:
    """A proposal for its own card: nobody asks, so nothing is hidden."""
    async with ctx.uow.read() as tx:
        proposal = await tx.of(Proposal).get(id)
        partnership = await tx.partnerships.get(proposal.partnership)
        return await view_of(tx, proposal, partnership, ctx.clock())


async def linked(ctx: Context, view: ProposalView) -> ProposalView:
    """The same view with links to what stands in Discord by now."""
    async with ctx.uow.read() as tx:
        return replace(view, links=await links_of(tx, view.proposal, view.partnership))


async def recorded(ctx: Context, partnership: PartnershipId, number: int) -> Recorded:
    """The event that a notice tells of."""
    async with ctx.uow.read() as tx:
        return await tx.record.event(partnership, number)


async def logged(ctx: Context, partnership_id: PartnershipId, number: int) -> FeedEvent:
    """An event of the partnership with those whom it names."""
    async with ctx.uow.read() as tx:
        event = await tx.record.event(partnership_id, number)
        named = {event.event.actor, *_named(event.event.fact)}
        users = await tx.people.users_of(person for person in named if person)
        return FeedEvent(event, await tx.partnerships.get(partnership_id), users)


def _named(fact: Fact) -> Iterable[PersonId]:
    match fact:
        case ElectorateChanged(lost=lost, gained=gained):
            return (*lost, *gained)
        case PeopleBarred(people=people):
            return people
        case AccessTampered(person=person) | HealthMarked(person=person) if person:
            return (person,)
    return ()


async def user_of(ctx: Context, person: PersonId) -> int | None:
    """The Discord user of a person; None once erased."""
    async with ctx.uow.read() as tx:
        return (await tx.people.users_of((person,))).get(person)


async def partnerships(ctx: Context) -> tuple[Partnership, ...]:
    """Every partnership."""
    async with ctx.uow.read() as tx:
        return await tx.partnerships.all()


async def partnerships_of(ctx: Context, guild_id: int) -> tuple[Partnership, ...]:
    """Every partnership that a server hosts."""
    async with ctx.uow.read() as tx:
        return await tx.partnerships.of_guild(guild_id)


async def places(ctx: Context, partnership: PartnershipId) -> tuple[Place, ...]:
    """The partnership's channels."""
    async with ctx.uow.read() as tx:
        return await tx.partnerships.places(partnership)


async def of_proposal(ctx: Context, id: ProposalId) -> tuple[Delivery, ...]:
    """What stands in Discord for a proposal."""
    async with ctx.uow.read() as tx:
        return await tx.deliveries.of_proposal(id)


async def standing(ctx: Context, id: ProposalId) -> tuple[Delivery, ...]:
    """Card, thread and feed entry of a proposal, those that stand."""
    async with ctx.uow.read() as tx:
        return await tx.deliveries.standing(id)


async def about(ctx: Context, message_id: int) -> Proposal | None:
    """The proposal that this message of ours is about: card, feed entry, text, notice, or an earlier copy (OBJ-1)."""
    async with ctx.uow.read() as tx:
        found = await tx.deliveries.about(message_id)
        return None if found is None else await tx.of(Proposal).get(found)


async def messages_about(ctx: Context, id: ProposalId) -> tuple[tuple[int, int], ...]:
    """Every message about a proposal that was not found gone, by channel and id, oldest first."""
    async with ctx.uow.read() as tx:
        return await tx.deliveries.messages_about(id)


async def gone(ctx: Context, message_id: int) -> None:
    """An earlier copy is not there any more: nobody can react to it."""
    async with ctx.uow.write() as tx:
        await tx.deliveries.gone(message_id)


async def of_message(ctx: Context, message_id: int) -> Delivery | None:
    """What this message shows, if it is ours."""
    async with ctx.uow.read() as tx:
        return await tx.deliveries.of_message(message_id)


async def forget_board(ctx: Context, shown: Delivery) -> None:
    """A board, or an entry among the server's events, was deleted: it is made again. Found twice, it is made once."""
    async with ctx.uow.write() as tx:
        board = await tx.deliveries.board(shown.thing, shown.kind)
        if board is not None and board.message_id == shown.message_id:
            await tx.deliveries.save(replace(board, message_id=None))
            await tx.deliveries.ask(shown.partnership, shown.kind, thing=shown.thing)


async def show_boards(ctx: Context, partnership: PartnershipId, nouns: Iterable[Noun[Any]] = NOUNS) -> None:
    """Boards on which something is still to be done are shown anew: one that is gone meanwhile is posted again."""
    async with ctx.uow.write() as tx:
        for noun in nouns:
            for each in await tx.of(noun.type).in_states(partnership, noun.running) if noun.boards else ():
                for kind in noun.boards:
                    if await tx.deliveries.board(noun.thing(each), kind) is not None:
                        await tx.deliveries.ask(partnership, kind, thing=noun.thing(each))


async def in_channel(ctx: Context, channel_id: int) -> tuple[Delivery, ...]:
    """What stands in a channel or thread for proposals that are not over."""
    async with ctx.uow.read() as tx:
        return await tx.deliveries.in_channel(channel_id)


async def place_of(ctx: Context, view: ProposalView, kind: PlaceKind) -> Place:
    """The channel for a proposal's card or feed entry. Raises NotFound while there is none."""
    for place in await places(ctx, view.partnership.id):
        if place.kind is kind and not place.lost and (kind is PlaceKind.FEED or place.group == view.group.id):
            return place
    raise NotFound("place", kind)


async def log_place(ctx: Context, logged: FeedEvent) -> Place:
    """Where an event of the partnership is told: in the feed, or while that is gone itself, where everyone may write.

    Raises NotFound while there is neither.
    """
    try:
        return await feed_of(ctx, logged.partnership.id)
    except NotFound:
        if logged.recorded.event.type not in ALERTS:
            raise
    for place in await places(ctx, logged.partnership.id):
        if place.kind is PlaceKind.TALK and not place.lost:
            return place
    raise NotFound("place", PlaceKind.TALK)


async def feed_of(ctx: Context, partnership: PartnershipId) -> Place:
    """The decisions feed. Raises NotFound while there is none."""
    for place in await places(ctx, partnership):
        if place.kind is PlaceKind.FEED and not place.lost:
            return place
    raise NotFound("place", PlaceKind.FEED)
