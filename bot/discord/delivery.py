"""The outbox's worker: recorded events become cards, threads and messages (PRO-2, PRO-10, RUN-3).

A message is marked ``sending`` before it is posted and carries the delivery's number in its first component, so that
one sent just before a crash is found again and adopted instead of being sent twice. Edits are safe to repeat.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import discord

from bot.discord.boards import Boards, Message
from bot.discord.guild import DiscordFailure, DiscordGuild, Forbidden, Gone
from bot.governance.clock import CARD
from bot.governance.errors import NotFound
from bot.governance.events import EventType
from bot.governance.ids import ProposalId
from bot.governance.objections import CHANNEL, DIRECT, THREAD
from bot.governance.proposals_types import FINAL, ProposalState
from bot.services import clocks, direct_messages, objections, outbox
from bot.services.objections import JOINED_LATER
from bot.services.ports.context import Context
from bot.services.ports.deliveries import Delivery, DeliveryKind, DeliveryState
from bot.services.ports.partnerships import PlaceKind
from bot.services.views import ProposalView
from bot.ui import direct_messages as direct
from bot.ui import feed, notices, proposals, record

_log = logging.getLogger(__name__)

MARKERS_FROM = 1_000_000
"""Discord numbers unmarked components from 1, so markers begin far above."""

FOLLOWING = frozenset({DeliveryKind.CARD, DeliveryKind.FEED, DeliveryKind.BOARD, DeliveryKind.CALENDAR})
"""Kinds that are edited when what they show changes."""

TOLD_IN_THREAD = frozenset({DeliveryKind.TEXT, DeliveryKind.NOTICE})
"""Kinds that are messages in a proposal's thread."""

LINKED = FOLLOWING | {DeliveryKind.THREAD}
"""Kinds that other posts link to."""

LINKLESS = frozenset({DeliveryKind.THREAD, DeliveryKind.TEXT, DeliveryKind.REACTIONS})
"""Kinds in which no link to another post is shown."""

_WAYS = {
    DeliveryKind.NOTICE: THREAD,
    DeliveryKind.DIRECT: DIRECT,
    DeliveryKind.MENTION: CHANNEL,
}
"""How an objector is told by what is shown (OBJ-2)."""

STOOD_ON = frozenset({DeliveryKind.CARD, DeliveryKind.THREAD})
"""What other posts of a proposal need before they can be shown."""

HICCUPS = 3
"""Attempts in a row that Discord may fail to take a card before its proposal's clock stops."""

_PATIENCE = (1, 2, 5, 15, 60, 300, 900, 3600)
"""Seconds to wait after each failure in a row."""

UNTIL_THERE = timedelta(days=1)
"""The wait for what is missing on our side. It is cut short when the channel is set up again or the card stands."""


class NotYet(Exception):
    """Something that this delivery stands on is not there yet."""


class Outbox:
    """Shows what waits in the outbox, one after the other, in Discord."""

    def __init__(self, ctx: Context, guild: DiscordGuild) -> None:
        self._ctx = ctx
        self._guild = guild
        self._boards = Boards(ctx, guild, self._send, self._give)
        self._task: asyncio.Task[None] | None = None
        self._again = False
        self._stands: dict[tuple[ProposalId, DeliveryKind], Delivery] = {}
        self.open = False
        self.shown: Callable[[int, ProposalId], Awaitable[None]] | None = None
        """Told of each card that stands, of which server: whether everyone sees it is looked at then."""
        self.lost_sight: Callable[[int], None] = lambda guild_id: None
        """A card stood unknown for a while: people may have reacted to it, so its server's cards are read again."""

    def poke(self) -> None:
        """Something waits: start working unless at it already."""
        if not self.open:
            return
        if self._task is not None and not self._task.done():
            self._again = True
            return
        self._task = asyncio.create_task(self._work(), name="delivery")

    async def close(self, within: float | None = None) -> None:
        """Finish the message at hand and stop; one that takes longer than these seconds is looked for at the start."""
        self.open = False
        if self._task is not None and not self._task.done():
            await asyncio.wait({self._task}, timeout=within)
            self._task.cancel()
            await asyncio.wait({self._task})

    async def drain(self) -> None:
        """Wait until nothing waits that could be shown now."""
        self.poke()
        while self._task is not None and not self._task.done():
            await asyncio.wait({self._task})

    async def _work(self) -> None:
        while self.open:
            self._again = False
            try:
                batch = await outbox.waiting(self._ctx)
                await self._show_all(batch)
            except Exception:  # noqa: BLE001 -- the database did not answer; what waits is taken up with the next sweep
                _log.exception("the outbox rests until the next sweep")
                return
            if not batch and not self._again:
                return

    async def _show_all(self, batch: Sequence[Delivery]) -> None:
        now = self._ctx.clock()
        found_sending = {d.id for d in batch if d.state is DeliveryState.SENDING}
        marked = [
            d if _is_edit(d) or d.id in found_sending else replace(d, state=DeliveryState.SENDING, since=now)
            for d in batch
        ]
        if marked != list(batch):
            await outbox.keep(self._ctx, [d for d in marked if d.state is DeliveryState.SENDING])
        self._stands.clear()
        views: dict[ProposalId, ProposalView] = {}
        moved: set[ProposalId] = set()
        done: list[Delivery] = []
        try:
            for delivery in marked:
                if not self.open:
                    return
                proposal = delivery.proposal
                if proposal is not None and proposal in moved and delivery.kind not in LINKLESS:
                    moved.discard(proposal)
                    views[proposal] = await outbox.linked(self._ctx, views[proposal])
                done.append(await self._show(delivery, views, delivery.id in found_sending))
                if delivery.proposal is not None and bool(delivery.attempts) != bool(done[-1].attempts):
                    await outbox.tell_of_delay(self._ctx, delivery, over=not done[-1].attempts)
                if _at_once(delivery, done[-1]):
                    self._stands.clear()
                    if proposal is not None and done[-1].shown < delivery.wanted:
                        views.pop(proposal, None)  # a card that was not shown stops its proposal's clock
                        moved.discard(proposal)
                    elif proposal is not None:
                        moved.add(proposal)
                    await self._save(done, delivery.proposal if _waited_for(delivery, done[-1]) else None)
        finally:
            await self._save(done)

    async def _save(self, done: list[Delivery], stands: ProposalId | None = None) -> None:
        """Save several at once: if the process dies before, the next finds by their markers those that were sent."""
        saved, done[:] = tuple(done), []
        if saved:
            await outbox.keep(self._ctx, saved, stands)

    async def _show(self, delivery: Delivery, views: dict[ProposalId, ProposalView], adopt: bool) -> Delivery:
        """Show one thing; the delivery as it stands afterwards."""
        wanted = delivery.wanted
        try:
            shown = replace(await self._place(delivery, views, adopt), retry_at=None, refused="")
        except (Gone, Forbidden, DiscordFailure, NotYet, NotFound) as error:
            return await self._failed(delivery, error, views)
        except Exception:  # noqa: BLE001 -- one post that cannot be shown must not hold up the others
            _log.exception("delivery failed", extra={"delivery": delivery.key})
            return _later(delivery, self._ctx.clock(), taken_perhaps=True)
        if delivery.kind is DeliveryKind.CARD and delivery.proposal is not None:
            await self._card_stands(delivery, views[delivery.proposal])
            shown = _redraw(shown, views[delivery.proposal])
        await self._heard(shown, views)
        return replace(shown, shown=wanted, attempts=0)

    async def _heard(self, delivery: Delivery, views: dict[ProposalId, ProposalView]) -> None:
        """What an objector was told begins their period; who takes no messages is told in the channel (OBJ-2)."""
        way, proposal = _WAYS.get(delivery.kind), delivery.proposal
        if way is None or proposal is None or delivery.event is None:
            return
        if delivery.state is DeliveryState.GIVEN_UP:
            await objections.tell_otherwise(self._ctx, proposal, delivery.event, DeliveryKind.MENTION)
        elif any(objection.untold for objection in views[proposal].proposal.objections):
            await objections.told(self._ctx, proposal, delivery.event, way)

    async def _card_stands(self, delivery: Delivery, view: ProposalView) -> None:
        if CARD in view.proposal.clock.reasons:
            await clocks.resume(self._ctx, view.proposal.id, CARD)
        if self.shown is not None and view.proposal.state not in FINAL:
            await self.shown(view.partnership.guild_id, view.proposal.id)

    async def _failed(self, delivery: Delivery, error: Exception, views: dict[ProposalId, ProposalView]) -> Delivery:
        """Keep it waiting; a card that does not stand stops its proposal's clock (PRO-11)."""
        now = self._ctx.clock()
        if isinstance(error, Gone) and error.what == "message" and _is_edit(delivery) and not delivery.thing:
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
            await self._heard(given_up, views)
            return given_up
        untellable = isinstance(error, Forbidden | NotYet) or delivery.attempts >= HICCUPS
        if delivery.kind is DeliveryKind.NOTICE and untellable:
            await self._tell_directly(delivery)
        if delivery.kind is DeliveryKind.CARD and delivery.proposal is not None and _does_not_stand(delivery, error):
            since = now if _is_edit(delivery) else delivery.since or now
            await clocks.stop(self._ctx, delivery.proposal, CARD, since)
        if isinstance(error, Gone) and delivery.kind in FOLLOWING:
            delivery = replace(delivery, message_id=None)
        if isinstance(error, Gone) and delivery.kind in TOLD_IN_THREAD and delivery.proposal is not None:
            await self._thread_gone(delivery.proposal)
        if isinstance(error, NotFound | NotYet):
            return replace(_later(delivery, now, taken_perhaps=False), retry_at=now + UNTIL_THERE)
        return _later(delivery, now, taken_perhaps=isinstance(error, DiscordFailure))

    async def _tell_directly(self, delivery: Delivery) -> None:
        """A thread that takes nothing, closed perhaps, must cost no objector their time to state it (OBJ-2)."""
        if delivery.proposal is not None and delivery.event is not None:
            await objections.tell_otherwise(self._ctx, delivery.proposal, delivery.event, DeliveryKind.DIRECT)

    async def _thread_gone(self, id: ProposalId) -> None:
        """Nothing can be told in a thread that was deleted unseen: it is opened again (PRO-10)."""
        with contextlib.suppress(DiscordFailure, NotYet):
            thread = await self._standing(id, DeliveryKind.THREAD)
            if thread.message_id is not None and not await self._guild.exists(thread.message_id):
                await clocks.forget_message(self._ctx, thread)

    async def _place(self, delivery: Delivery, views: dict[ProposalId, ProposalView], adopt: bool) -> Delivery:
        if delivery.kind is DeliveryKind.LOG:
            return await self._log_post(delivery, adopt)
        if delivery.thing:
            return await self._boards.show(delivery, _marker(delivery), adopt)
        assert delivery.proposal is not None
        if delivery.proposal not in views:
            views[delivery.proposal] = await outbox.view(self._ctx, delivery.proposal)
        view = views[delivery.proposal]
        match delivery.kind:
            case DeliveryKind.CARD:
                return await self._follow(
                    delivery, view, PlaceKind.GROUP, proposals.card(view, _marker(delivery)), adopt
                )
            case DeliveryKind.FEED:
                return await self._follow(delivery, view, PlaceKind.FEED, feed.entry(view, _marker(delivery)), adopt)
            case DeliveryKind.THREAD:
                return await self._thread(delivery, view)
            case DeliveryKind.REACTIONS:
                return await self._reactions(delivery, view)
            case DeliveryKind.DIRECT:
                return await self._direct(delivery, view, adopt)
            case _:
                return await self._once(delivery, view, adopt)

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

    async def _thread(self, delivery: Delivery, view: ProposalView) -> Delivery:
        if delivery.message_id is not None and await self._guild.exists(delivery.message_id):
            if delivery.shown > 0:  # asked for again although it stands: the title in its name was erased
                await self._guild.rename(delivery.message_id, proposals.thread_name(view))
            return replace(delivery, state=DeliveryState.SENT)
        card = await self._standing(view.proposal.id, DeliveryKind.CARD)
        assert card.channel_id is not None
        assert card.message_id is not None
        name = proposals.thread_name(view)
        thread_id = await self._guild.open_thread(card.channel_id, card.message_id, name)
        opened = replace(delivery, state=DeliveryState.SENT, channel_id=thread_id, message_id=thread_id)
        if delivery.shown > 0:
            await clocks.posted_again(self._ctx, replace(opened, shown=delivery.wanted))
        return opened

    async def _reactions(self, delivery: Delivery, view: ProposalView) -> Delivery:
        card = await self._standing(view.proposal.id, DeliveryKind.CARD)
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

    async def _once(self, delivery: Delivery, view: ProposalView, adopt: bool) -> Delivery:
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
        thread = delivery if delivery.is_rewrite else await self._standing(view.proposal.id, DeliveryKind.THREAD)
        if event.erased:
            messages = [record.erased_post(event, marker)]
        elif delivery.kind is DeliveryKind.TEXT:
            afresh = event.event.type is EventType.CARD_POSTED_AGAIN
            number = view.proposal.current.number if afresh else event.event.data.get("version", 1)
            assert isinstance(number, int)
            messages = proposals.text_messages(view, number, marker, afresh=afresh)
        else:
            if event.event.type is EventType.NUDGED:
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
        people = tuple(feed.people_of(logged.recorded, logged.users))
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

    async def _standing(self, id: ProposalId, kind: DeliveryKind) -> Delivery:
        if (id, kind) not in self._stands:
            self._stands.update({(id, each.kind): each for each in await outbox.standing(self._ctx, id)})
        if (id, kind) not in self._stands:
            raise NotYet(kind)
        return self._stands[id, kind]


def _marker(delivery: Delivery) -> int:
    return MARKERS_FROM + delivery.id


def _is_edit(delivery: Delivery) -> bool:
    return delivery.is_rewrite or (delivery.kind in FOLLOWING and delivery.message_id is not None)


def _at_once(before: Delivery, after: Delivery) -> bool:
    """Whether it is saved before anything else: others link to it and people act on it, or it was not shown."""
    return after.shown < after.wanted or (before.kind in LINKED and before.message_id != after.message_id)


def _waited_for(before: Delivery, after: Delivery) -> bool:
    """Whether what other posts need stands now, and did not before."""
    return before.kind in STOOD_ON and after.message_id not in {None, before.message_id}


def _does_not_stand(delivery: Delivery, error: Exception) -> bool:
    """Whether the electors cannot see the card: not after a hiccup, and not when only an edit was put off."""
    if isinstance(error, DiscordFailure):
        return not _is_edit(delivery) and delivery.attempts >= HICCUPS
    return True


def _later(delivery: Delivery, now: datetime, *, taken_perhaps: bool) -> Delivery:
    """Try again after a growing pause. What Discord may have taken all the same is looked for before sending."""
    wait = _PATIENCE[min(delivery.attempts, len(_PATIENCE) - 1)]
    return replace(
        delivery,
        attempts=delivery.attempts + 1,
        retry_at=now + timedelta(seconds=wait),
        state=delivery.state if taken_perhaps and not _is_edit(delivery) else DeliveryState.PENDING,
    )


def _redraw(delivery: Delivery, view: ProposalView) -> Delivery:
    """A running card is drawn again when the next quarter of its time is over (PRO-2)."""
    at = proposals.redraw_at(view)
    if at is None or view.proposal.state in FINAL:
        return delivery
    return replace(delivery, state=DeliveryState.PENDING, retry_at=at)
