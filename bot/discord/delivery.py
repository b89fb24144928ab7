"""How one thing that waits in the outbox is shown: events become cards, threads and messages (PRO-2, PRO-10, RUN-3).

A message carries the delivery's number in its first component, so that one sent just before a crash is found again and
adopted instead of being sent twice. Edits are safe to repeat.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import discord

from bot.discord.boards import Boards
from bot.discord.guild import DiscordFailure, DiscordGuild, Forbidden, Gone
from bot.governance.clock import CARD
from bot.governance.errors import NotFound
from bot.governance.ids import ProposalId
from bot.governance.objections import CHANNEL, DIRECT, THREAD
from bot.governance.proposals_events import CardPostedAgain, Nudged, ReviewOpened, VersionPublished
from bot.governance.proposals_types import FINAL, ProposalState
from bot.services import clocks, direct_messages, objections, outbox
from bot.services.objections import JOINED_LATER
from bot.services.ports.context import Context
from bot.services.ports.deliveries import Delivery, DeliveryKind, DeliveryState
from bot.services.ports.partnerships import PlaceKind
from bot.services.views import ProposalView
from bot.ui import direct_messages as direct
from bot.ui import feed, notices, record
from bot.ui import proposals_card as proposals
from bot.ui.board import Message

_log = logging.getLogger(__name__)

MARKERS_FROM = 1_000_000
"""Discord numbers unmarked components from 1, so markers begin far above."""

FOLLOWING = frozenset({DeliveryKind.CARD, DeliveryKind.FEED, DeliveryKind.BOARD, DeliveryKind.CALENDAR})
"""Kinds that are edited when what they show changes."""

TOLD_IN_THREAD = frozenset({DeliveryKind.TEXT, DeliveryKind.NOTICE})
"""Kinds that are messages in a proposal's thread."""

LINKLESS = frozenset({DeliveryKind.THREAD, DeliveryKind.TEXT, DeliveryKind.REACTIONS})
"""Kinds in which no link to another post is shown."""

_WAYS = {
    DeliveryKind.NOTICE: THREAD,
    DeliveryKind.DIRECT: DIRECT,
    DeliveryKind.MENTION: CHANNEL,
}
"""How an objector is told by what is shown (OBJ-2)."""

HICCUPS = 3
"""Attempts in a row that Discord may fail to take a card before its proposal's clock stops."""

_PATIENCE = (1, 2, 5, 15, 60, 300, 900, 3600)
"""Seconds to wait after each failure in a row."""

UNTIL_THERE = timedelta(days=1)
"""The wait for what is missing on our side. It is cut short when the channel is set up again or the card stands."""


class NotYet(Exception):
    """Something that this delivery stands on is not there yet."""


class Subject:
    """What deliveries that were read together share: the view of their proposal, and what stands of it in Discord."""

    def __init__(self, ctx: Context, proposal: ProposalId | None) -> None:
        self._ctx = ctx
        self._proposal = proposal
        self._view: ProposalView | None = None
        self._links_are_old = False
        self._reading = asyncio.Lock()
        self.stands: dict[DeliveryKind, Delivery] = {}

    @property
    def view(self) -> ProposalView:
        """The view that was last read."""
        assert self._view is not None
        return self._view

    async def read(self, kind: DeliveryKind) -> ProposalView:
        """The view as it is needed for this kind."""
        assert self._proposal is not None
        async with self._reading:
            if self._view is None:
                self._view = await outbox.view(self._ctx, self._proposal)
                self._links_are_old = False
            elif self._links_are_old and kind not in LINKLESS:
                self._view = await outbox.linked(self._ctx, self._view)
                self._links_are_old = False
            return self._view

    def moved(self) -> None:
        """Something that others link to stands elsewhere now."""
        self._links_are_old = True
        self.stands.clear()

    def forget(self) -> None:
        """The proposal is not as it was."""
        self._view = None
        self.stands.clear()


class Showing:
    """Takes one delivery at a time to where it belongs."""

    def __init__(self, ctx: Context, guild: DiscordGuild) -> None:
        self._ctx = ctx
        self._guild = guild
        self._boards = Boards(ctx, guild, self._send, self._give)
        self.shown: Callable[[int, ProposalId], Awaitable[None]] | None = None
        """Told of each card that stands, of which server: whether everyone sees it is looked at then."""
        self.lost_sight: Callable[[int], None] = lambda guild_id: None
        """A card stood unknown for a while: people may have reacted to it, so its server's cards are read again."""

    async def show(self, delivery: Delivery, subject: Subject, adopt: bool) -> Delivery:
        """Show one thing; the delivery as it stands afterwards. With ``adopt`` it may stand already."""
        wanted = delivery.wanted
        try:
            shown = replace(await self._place(delivery, subject, adopt), retry_at=None, refused="")
        except (Gone, Forbidden, DiscordFailure, NotYet, NotFound) as error:
            return await self._failed(delivery, error, subject)
        except Exception:  # noqa: BLE001 -- one post that cannot be shown must not hold up the others
            _log.exception("delivery failed", extra={"delivery": delivery.key})
            return _later(delivery, self._ctx.clock(), taken_perhaps=True)
        if delivery.kind is DeliveryKind.CARD and delivery.proposal is not None:
            await self._card_stands(subject.view)
            shown = _redraw(shown, subject.view)
        await self._heard(shown, subject)
        return replace(shown, shown=wanted, attempts=0)

    async def _heard(self, delivery: Delivery, subject: Subject) -> None:
        """What an objector was told begins their period; who takes no messages is told in the channel (OBJ-2)."""
        way, proposal = _WAYS.get(delivery.kind), delivery.proposal
        if way is None or proposal is None or delivery.event is None:
            return
        if delivery.state is DeliveryState.GIVEN_UP:
            await objections.tell_otherwise(self._ctx, proposal, delivery.event, DeliveryKind.MENTION)
        elif any(objection.untold for objection in subject.view.proposal.objections):
            await objections.told(self._ctx, proposal, delivery.event, way)

    async def _card_stands(self, view: ProposalView) -> None:
        if CARD in view.proposal.clock.reasons:
            await clocks.resume(self._ctx, view.proposal.id, CARD)
        if self.shown is not None and view.proposal.state not in FINAL:
            await self.shown(view.partnership.guild_id, view.proposal.id)

    async def _failed(self, delivery: Delivery, error: Exception, subject: Subject) -> Delivery:
        """Keep it waiting; a card that does not stand stops its proposal's clock (PRO-11)."""
        now = self._ctx.clock()
        if isinstance(error, Gone) and error.what == "message" and is_edit(delivery) and not delivery.thing:
            assert delivery.channel_id is not None
            assert delivery.message_id is not None
            if await self._guild.stands(delivery.channel_id, delivery.message_id):
                return _later(delivery, now, taken_perhaps=False)  # an incident is no guess: it is asked again
            return await clocks.forget_message(self._ctx, delivery) or delivery
        _log.warning("not shown yet: %s", delivery.key, extra={"why": repr(error)})
        delivery = replace(delivery, refused=f"{type(error).__name__}: {error}")
        if delivery.is_rewrite:  # no clock stands for it and nothing is given up: it is tried until it is done
            return _later(delivery, now, taken_perhaps=False)
        if delivery.kind is DeliveryKind.DIRECT and delivery.attempts >= HICCUPS:
            given_up = replace(delivery, state=DeliveryState.GIVEN_UP)
            await self._heard(given_up, subject)
            return given_up
        untellable = isinstance(error, Forbidden | NotYet) or delivery.attempts >= HICCUPS
        if delivery.kind is DeliveryKind.NOTICE and untellable:
            await self._tell_directly(delivery)
        if delivery.kind is DeliveryKind.CARD and delivery.proposal is not None and _does_not_stand(delivery, error):
            since = now if is_edit(delivery) else delivery.since or now
            await clocks.stop(self._ctx, delivery.proposal, CARD, since)
        if isinstance(error, Gone) and delivery.kind in FOLLOWING:
            delivery = replace(delivery, message_id=None)
        if isinstance(error, Gone) and delivery.kind in TOLD_IN_THREAD and delivery.proposal is not None:
            await self._thread_gone(delivery.proposal, subject)
        if isinstance(error, NotFound | NotYet):
            return replace(_later(delivery, now, taken_perhaps=False), retry_at=now + UNTIL_THERE)
        return _later(delivery, now, taken_perhaps=isinstance(error, DiscordFailure))

    async def _tell_directly(self, delivery: Delivery) -> None:
        """A thread that takes nothing, closed perhaps, must cost no objector their time to state it (OBJ-2)."""
        if delivery.proposal is not None and delivery.event is not None:
            await objections.tell_otherwise(self._ctx, delivery.proposal, delivery.event, DeliveryKind.DIRECT)

    async def _thread_gone(self, id: ProposalId, subject: Subject) -> None:
        """Nothing can be told in a thread that was deleted unseen: it is opened again (PRO-10)."""
        with contextlib.suppress(DiscordFailure, NotYet):
            thread = await self._standing(id, DeliveryKind.THREAD, subject)
            if thread.message_id is not None and not await self._guild.exists(thread.message_id):
                await clocks.forget_message(self._ctx, thread)

    async def _place(self, delivery: Delivery, subject: Subject, adopt: bool) -> Delivery:
        if delivery.kind is DeliveryKind.LOG:
            return await self._log_post(delivery, adopt)
        if delivery.thing:
            return await self._boards.show(delivery, _marker(delivery), adopt)
        view = await subject.read(delivery.kind)
        match delivery.kind:
            case DeliveryKind.CARD:
                return await self._follow(
                    delivery, view, PlaceKind.GROUP, proposals.card(view, _marker(delivery)), adopt
                )
            case DeliveryKind.FEED:
                return await self._follow(delivery, view, PlaceKind.FEED, feed.entry(view, _marker(delivery)), adopt)
            case DeliveryKind.THREAD:
                return await self._thread(delivery, view, subject)
            case DeliveryKind.REACTIONS:
                return await self._reactions(delivery, view, subject)
            case DeliveryKind.DIRECT:
                return await self._direct(delivery, view, adopt)
            case _:
                return await self._once(delivery, view, subject, adopt)

    async def _follow(
        self, delivery: Delivery, view: ProposalView, kind: PlaceKind, card: discord.ui.LayoutView, adopt: bool
    ) -> Delivery:
        if delivery.message_id is not None and delivery.channel_id is not None:
            await self._guild.edit(delivery.channel_id, delivery.message_id, card)
            return replace(delivery, state=DeliveryState.SENT)
        place = await outbox.place_of(self._ctx, view, kind)
        again = delivery.shown > 0
        sent, was_there = await self._send(delivery, place.channel_id, [Message(card)], adopt)
        if was_there and sent.message_id is not None:
            await self._guild.edit(place.channel_id, sent.message_id, card)
            self.lost_sight(view.partnership.guild_id)
        if again:
            await clocks.posted_again(self._ctx, replace(sent, shown=delivery.wanted))
        return sent

    async def _thread(self, delivery: Delivery, view: ProposalView, subject: Subject) -> Delivery:
        if delivery.message_id is not None and await self._guild.exists(delivery.message_id):
            if delivery.shown > 0:  # asked for again although it stands: the title in its name was erased
                await self._guild.rename(delivery.message_id, proposals.thread_name(view))
            return replace(delivery, state=DeliveryState.SENT)
        card = await self._standing(view.proposal.id, DeliveryKind.CARD, subject)
        assert card.channel_id is not None
        assert card.message_id is not None
        name = proposals.thread_name(view)
        thread_id = await self._guild.open_thread(card.channel_id, card.message_id, name)
        opened = replace(delivery, state=DeliveryState.SENT, channel_id=thread_id, message_id=thread_id)
        if delivery.shown > 0:
            await clocks.posted_again(self._ctx, replace(opened, shown=delivery.wanted))
        return opened

    async def _reactions(self, delivery: Delivery, view: ProposalView, subject: Subject) -> Delivery:
        card = await self._standing(view.proposal.id, DeliveryKind.CARD, subject)
        assert card.channel_id is not None
        assert card.message_id is not None
        if view.proposal.state in {ProposalState.REVIEW, ProposalState.SETTLING}:
            terms = view.proposal.pinned
            for emoji in (terms.objection_emoji, terms.concern_emoji):
                await self._guild.add_reaction(card.channel_id, card.message_id, emoji)
        return replace(delivery, state=DeliveryState.SENT, channel_id=card.channel_id, message_id=None)

    async def _direct(self, delivery: Delivery, view: ProposalView, adopt: bool) -> Delivery:
        """Why a reaction was not taken, or what the thread could not tell (OBJ-1, OBJ-2). Holds nobody's words."""
        assert delivery.person is not None
        if delivery.is_rewrite:
            return replace(delivery, state=DeliveryState.SENT)
        user = view.users.get(delivery.person) or await outbox.user_of(self._ctx, delivery.person)
        if delivery.event is None:
            why = await objections.why_not_taken(self._ctx, view.proposal.id, delivery.person)
            text = direct.joined_later(view) if why == JOINED_LATER else direct.not_eligible_reaction(view, why)
        else:
            event = await outbox.recorded(self._ctx, view.partnership.id, delivery.event)
            text = direct.told(view, event)
            if not await objections.has_to_be_told(self._ctx, view.proposal.id, delivery.event):
                return replace(delivery, state=DeliveryState.SENT)
        taken = None if user is None else await self._guild.direct(user, text, delivery.since if adopt else None)
        if taken is None:
            return replace(delivery, state=DeliveryState.GIVEN_UP)
        stands = replace(delivery, channel_id=taken.channel_id, message_id=taken.message_id, more=())
        return replace(stands, state=DeliveryState.SENT)

    async def _once(self, delivery: Delivery, view: ProposalView, subject: Subject, adopt: bool) -> Delivery:
        assert delivery.event is not None
        event = await outbox.recorded(self._ctx, view.partnership.id, delivery.event)
        marker = _marker(delivery)
        if delivery.kind is DeliveryKind.MENTION:
            if not adopt and not await objections.has_to_be_told(self._ctx, view.proposal.id, delivery.event):
                return replace(delivery, state=DeliveryState.SENT)
            group = await outbox.place_of(self._ctx, view, PlaceKind.GROUP)
            told = Message(notices.notice(view, event, marker), tuple(notices.mentioned(event, view)))
            return (await self._send(delivery, group.channel_id, [told], adopt))[0]
        if delivery.kind is DeliveryKind.OUTCOME:
            place = delivery if delivery.is_rewrite else await outbox.place_of(self._ctx, view, PlaceKind.FEED)
            outcome = feed.outcome(view, event, marker)
            return await self._give(delivery, place.channel_id, [Message(outcome)], adopt)
        thread = delivery
        if not delivery.is_rewrite:
            thread = await self._standing(view.proposal.id, DeliveryKind.THREAD, subject)
        if event.erased:
            messages = [record.erased_post(event, marker)]
        elif delivery.kind is DeliveryKind.TEXT:
            afresh = event.event.type is CardPostedAgain
            fact = event.event.fact
            published = fact.version if isinstance(fact, ReviewOpened | VersionPublished) else 1
            number = view.proposal.current.number if afresh else published
            messages = proposals.text_messages(view, number, marker, afresh=afresh)
        else:
            if event.event.type is Nudged:
                view = replace(view, reminded=await direct_messages.mentioned(self._ctx, event))
            messages = [notices.notice(view, event, marker)]
        first, *rest = messages
        shown = [Message(first, tuple(notices.mentioned(event, view))), *map(Message, rest)]
        return await self._give(delivery, thread.channel_id, shown, adopt)

    async def _log_post(self, delivery: Delivery, adopt: bool) -> Delivery:
        assert delivery.event is not None
        logged = await outbox.logged(self._ctx, delivery.partnership, delivery.event)
        place = delivery if delivery.is_rewrite else await outbox.log_place(self._ctx, logged)
        card = feed.log(logged.recorded, logged.partnership, logged.users, _marker(delivery))
        people = tuple(feed.people_of(logged.recorded, logged.partnership, logged.users))
        return await self._give(delivery, place.channel_id, [Message(card, people)], adopt)

    async def _give(
        self, delivery: Delivery, channel_id: int | None, messages: Sequence[Message], adopt: bool
    ) -> Delivery:
        """Post what is told once; what was told before and is to be told anew is changed where it stands."""
        if not delivery.is_rewrite:
            assert channel_id is not None
            return (await self._send(delivery, channel_id, messages, adopt))[0]
        if delivery.message_id is None or delivery.channel_id is None:
            return replace(delivery, state=DeliveryState.SENT)
        stands = [delivery.message_id, *await self._more(delivery)]
        for message, message_id in zip(messages, stands, strict=False):
            await self._guild.rewrite(delivery.channel_id, message_id, message.view, message.files)
        for message_id in stands[len(messages) :]:
            await self._guild.remove(delivery.channel_id, message_id)
        longer = [
            await self._guild.post(delivery.channel_id, message.view, (), message.files)
            for message in messages[len(stands) :]
        ]
        left = (*stands[: len(messages)], *longer)
        return replace(delivery, state=DeliveryState.SENT, message_id=left[0], more=tuple(left[1:]))

    async def _more(self, delivery: Delivery) -> Sequence[int]:
        """Its messages after the first. Of what was posted before they were noted, all that carries its marker."""
        if delivery.more is not None:
            return delivery.more
        assert delivery.channel_id is not None
        try:
            since = delivery.since or discord.utils.snowflake_time(delivery.message_id or 0)
            found = await self._guild.find_marked(delivery.channel_id, _marker(delivery), since)
        except Gone:
            return ()
        return [each for each in found if each != delivery.message_id]

    async def _send(
        self,
        delivery: Delivery,
        channel_id: int,
        messages: Sequence[Message],
        adopt: bool,
    ) -> tuple[Delivery, bool]:
        """Post what is not there yet, and tell whether some was: all of it carries the marker, the first stands for it.

        It may be there because Discord took it just before a crash, or without being able to say so.
        """
        there: list[int] = []
        if adopt and delivery.since is not None:
            there = await self._guild.find_marked(channel_id, _marker(delivery), delivery.since)
        ids = list(there)
        for each in messages[len(there) :]:
            sent = await self._guild.post(channel_id, each.view, each.mention, each.files)
            ids.append(sent)
        stands = replace(delivery, channel_id=channel_id, message_id=ids[0], more=tuple(ids[1:]))
        return replace(stands, state=DeliveryState.SENT), bool(there)

    async def _standing(self, id: ProposalId, kind: DeliveryKind, subject: Subject) -> Delivery:
        if kind not in subject.stands:
            subject.stands.update({each.kind: each for each in await outbox.standing(self._ctx, id)})
        if kind not in subject.stands:
            raise NotYet(kind)
        return subject.stands[kind]


def _marker(delivery: Delivery) -> int:
    return MARKERS_FROM + delivery.id


def is_edit(delivery: Delivery) -> bool:
    """Whether it changes what stands already, which is safe to repeat."""
    return delivery.is_rewrite or (delivery.kind in FOLLOWING and delivery.message_id is not None)


def _does_not_stand(delivery: Delivery, error: Exception) -> bool:
    """Whether the electors cannot see the card: not after a hiccup, and not when only an edit was put off."""
    if isinstance(error, DiscordFailure):
        return not is_edit(delivery) and delivery.attempts >= HICCUPS
    return True


def _later(delivery: Delivery, now: datetime, *, taken_perhaps: bool) -> Delivery:
    """Try again after a growing pause. What Discord may have taken all the same is looked for before sending."""
    wait = _PATIENCE[min(delivery.attempts, len(_PATIENCE) - 1)]
    return replace(
        delivery,
        attempts=delivery.attempts + 1,
        retry_at=now + timedelta(seconds=wait),
        state=delivery.state if taken_perhaps and not is_edit(delivery) else DeliveryState.PENDING,
    )


def _redraw(delivery: Delivery, view: ProposalView) -> Delivery:
    """A running card is drawn again when the next quarter of its time is over (PRO-2)."""
    at = proposals.redraw_at(view)
    if at is None or view.proposal.state in FINAL:
        return delivery
    return replace(delivery, state=DeliveryState.PENDING, retry_at=at)
