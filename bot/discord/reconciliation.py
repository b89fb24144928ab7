"""Taking in what was missed, on every READY, before anything is decided (PRO-11, ORG-2, ORG-3)."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from bot.discord.guild import DiscordFailure, DiscordGuild, Forbidden, Gone, Post, Reacted
from bot.discord.incidents import Incidents
from bot.discord.lanes import Lanes, Order
from bot.discord.lookout import Lookout
from bot.discord.reactions import Reactions
from bot.discord.requests import side_by_side
from bot.governance.ids import PartnershipId, ProposalId
from bot.governance.organisation import Partnership
from bot.governance.policy_values import bare
from bot.governance.proposals_types import Proposal, ProposalState
from bot.governance.signs import Sign, sign_of
from bot.services import clocks, objections, outbox, restores, roles
from bot.services.nouns import NOUNS
from bot.services.ports.context import Context
from bot.services.ports.deliveries import Delivery, DeliveryKind, DeliveryState
from bot.services.ports.partnerships import Place, PlaceKind
from bot.services.views import ProposalView
from bot.ui import feed, ids

JUST_BEFORE = timedelta(microseconds=1)

CARDS_AT_ONCE = 5
"""Proposals of one server that are read at a time."""

LOOKS_AT_ONCE, LOOKS_OF_ONE_PARTNERSHIP = 20, 4
"""Reviews that are looked at once more at a time, in all and of one partnership."""

LOOK_WITHIN = 10.0
"""Seconds that one look may take."""

PRESSED = frozenset({ProposalState.REVIEW, ProposalState.SETTLING})
"""Where the bot's own reactions stand on a card, for people to press."""


class Reconciliation:
    """Compares a server with the record and takes in the difference."""

    def __init__(
        self, ctx: Context, guild: DiscordGuild, reactions: Reactions, incidents: Incidents, lookout: Lookout
    ) -> None:
        self._ctx = ctx
        self._guild = guild
        self._lookout = lookout
        lookout.knows = self.knows
        self._reactions = reactions
        self._incidents = incidents
        self._servers: set[int] = set()
        self._lost_sight: Counter[int] = Counter()
        self._news = asyncio.Event()
        self._looks = Lanes(LOOKS_AT_ONCE, LOOKS_OF_ONE_PARTNERSHIP)
        self.wanted: Counter[int] = Counter()
        """How many acts wait for each server to be taken in."""
        self.waited_for: Callable[[], None] = lambda: None
        """Told that there is one more."""
        reactions.taken_in = self.knows
        reactions.lost_sight = self.forget

    async def decidable(self) -> frozenset[PartnershipId]:
        """The partnerships of servers that were taken in: nothing is decided in any other (PRO-11)."""
        hosted = {p.id for p in await outbox.partnerships(self._ctx) if p.guild_id in self._servers}
        return frozenset(hosted - await restores.unconfirmed(self._ctx))

    def knows(self, guild_id: int) -> bool:
        """Whether this server was taken in since it was last out of reach."""
        return guild_id in self._servers

    async def known_within(self, guild_id: int, seconds: float) -> bool:
        """Whether this server is taken in, now or within this time: what people do there waits for it (PRO-11)."""
        if self.knows(guild_id):
            return True
        self.wanted[guild_id] += 1
        self.waited_for()
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while not self.knows(guild_id):
                        await self._news.wait()
        finally:
            self.wanted[guild_id] -= 1
            self.wanted += Counter()  # those that nobody waits for any more are gone
        return self.knows(guild_id)

    def forget(self, guild_id: int) -> None:
        """What stands in this server is not known any more."""
        self._lost_sight[guild_id] += 1
        self._servers.discard(guild_id)

    def forget_those(self, of_them: Callable[[int], bool]) -> None:
        """The same for several, of all that were ever taken in or are about to be."""
        for guild_id in [each for each in self._lost_sight if of_them(each)]:
            self.forget(guild_id)

    async def take_in(self, guild_id: int, last_ready: datetime | None) -> None:
        """Seats, roles, outage, cards and reactions of one server, in this order.

        ``last_ready`` is when the bot was last ready; a server may have been out of its reach for longer.
        Raises DiscordFailure when Discord does not answer: then nothing is decided there until it does.
        """
        self.forget(guild_id)
        sight = self._lost_sight[guild_id]
        seen = [at for at in (last_ready, await clocks.unseen_since(self._ctx, guild_id)) if at is not None]
        since = min(seen, default=None)
        partnerships = await outbox.partnerships_of(self._ctx, guild_id)
        try:
            if partnerships:
                await self._take_in(guild_id, partnerships, since)
        except Exception:
            if since is not None:
                await clocks.out_of_reach(self._ctx, guild_id, since)
            raise
        if sight != self._lost_sight[guild_id]:
            return  # the session died meanwhile: all this is to be done again
        await clocks.within_reach(self._ctx, guild_id)
        await self._reactions.take_late(guild_id, since)
        if sight == self._lost_sight[guild_id]:
            self._servers.add(guild_id)
            self._news.set()
            self._news = asyncio.Event()

    async def _take_in(self, guild_id: int, partnerships: tuple[Partnership, ...], last_ready: datetime | None) -> None:
        await roles.roles_standing(self._ctx, guild_id, self._guild.role_ids(guild_id))
        await self._incidents.meanwhile(guild_id, last_ready)
        # Read last: an event that comes in while this waits its turn must be older than the list, or come after it.
        await self._incidents.members_are(guild_id, await self._guild.everyone(guild_id), partial=False)
        for partnership in partnerships:
            await self._lost_places(partnership)
            if await restores.was_restored(self._ctx, partnership.id):
                await self._compare_with_posts(partnership)
            if last_ready is not None:
                await clocks.grant_outage(self._ctx, partnership.id, last_ready)
            running = await clocks.running(self._ctx, partnership.id)
            cards = [partial(self._look_at_card, partnership, each, last_ready) for each in running]
            await side_by_side([*cards, partial(self._feed, running)], CARDS_AT_ONCE)
            await outbox.show_boards(self._ctx, partnership.id)

    async def _look_at_card(
        self, partnership: Partnership, proposal_id: ProposalId, last_ready: datetime | None
    ) -> None:
        await self._card(partnership, proposal_id, last_ready)
        await self._lookout.look(proposal_id)

    async def _compare_with_posts(self, partnership: Partnership) -> None:
        """After a restore: what stands in the channels against what the record says (RUN-3)."""
        own = [post for place in await outbox.places(self._ctx, partnership.id) for post in await self._posts(place)]
        heads = [head for post in own if (head := feed.posted_head(post.text)) is not None]
        names = [name for post in own if (name := feed.posted_name(post.text)) is not None]
        parsed = [found for post in own for each in post.custom_ids if (found := ids.parse(each)) is not None]
        highest = {
            noun.name: restores.Highest(
                max((number for letter, number in names if letter == noun.letter), default=0),
                max((int(found.named.get(noun.name, 0)) for found in parsed), default=0),
            )
            for noun in NOUNS
        }
        await restores.compare(self._ctx, partnership.id, max(heads, default=None), highest)

    async def _posts(self, place: Place) -> list[Post]:
        """What the bot last posted there. Without the feed, which has every outcome, nothing is compared yet."""
        if place.lost or place.kind is PlaceKind.CATEGORY:
            return []
        try:
            return await self._guild.own_posts(place.channel_id)
        except (Gone, Forbidden):
            if place.kind is PlaceKind.FEED:
                raise
            return []

    async def _lost_places(self, partnership: Partnership) -> None:
        for place in await outbox.places(self._ctx, partnership.id):
            if not place.lost and not await self._guild.exists(place.channel_id):
                await self._incidents.channel_deleted(partnership.guild_id, place.channel_id)

    async def _card(self, partnership: Partnership, proposal_id: ProposalId, last_ready: datetime | None) -> None:
        """Card and thread must stand, and reactions that nobody saw are taken in; none recorded is ever deleted."""
        view = await outbox.view(self._ctx, proposal_id)
        shown = {d.kind: d for d in await outbox.standing(self._ctx, proposal_id)}
        thread = shown.get(DeliveryKind.THREAD)
        if thread is not None and thread.message_id is not None and not await self._guild.exists(thread.message_id):
            await clocks.forget_message(self._ctx, thread)
        card = shown.get(DeliveryKind.CARD)
        if card is None or card.message_id is None or card.channel_id is None:
            return
        try:
            seen = await self._guild.reactions(card.channel_id, card.message_id, wanted_of(view.proposal))
        except Gone:
            await clocks.forget_message(self._ctx, card)
            return
        except Forbidden:
            await clocks.hidden(self._ctx, card, last_ready or self._ctx.clock())
            return
        await self._own_reactions(view.proposal, seen.own)
        if view.proposal.state is ProposalState.REVIEW:
            elsewhere = await self._elsewhere(view.proposal, card.message_id, thread)
            await self._take(partnership.guild_id, view, (*seen.of_people, *elsewhere), last_ready)

    async def _own_reactions(self, proposal: Proposal, own: frozenset[str]) -> None:
        """What people press stands on the card; gone, somebody wiped it unseen, and it is put back (OBJ-5)."""
        terms = proposal.pinned
        missing = {bare(terms.objection_emoji), bare(terms.concern_emoji)} - {bare(emoji) for emoji in own}
        if not missing or proposal.state not in PRESSED:
            return
        for shown in await outbox.of_proposal(self._ctx, proposal.id):
            if shown.kind is DeliveryKind.REACTIONS and shown.state is DeliveryState.SENT:
                await objections.reactions_wiped(self._ctx, proposal.id)

    async def _elsewhere(self, proposal: Proposal, card_id: int, thread: Delivery | None) -> tuple[Reacted, ...]:
        """Reactions on the feed's entry, in the thread, and on earlier copies of the card (OBJ-1).

        A thread is read by the hundred; what was found gone is not asked for again.
        """
        wanted, thread_id = wanted_of(proposal), thread.channel_id if thread is not None else None
        found: list[Reacted] = []
        for channel_id, message_id in await outbox.messages_about(self._ctx, proposal.id):
            if message_id == card_id or channel_id == thread_id:
                continue
            try:
                found += (await self._guild.reactions(channel_id, message_id, wanted)).of_people
            except Gone:
                await outbox.gone(self._ctx, message_id)
            except Forbidden:
                continue
        if thread_id is not None:
            with contextlib.suppress(Gone, Forbidden):
                found += await self._guild.reactions_in(thread_id, wanted)
        return tuple(found)

    async def _take(
        self, guild_id: int, view: ProposalView, found: Iterable[Reacted], last_ready: datetime | None
    ) -> None:
        """Take in those that are not on record yet."""
        proposal = view.proposal
        on_record = {
            Sign.OBJECTION: {view.users.get(o.person) for o in proposal.objections},
            Sign.CONCERN: {view.users.get(c.person) for c in proposal.concerns},
            Sign.LIKE_NO: {view.users.get(person) for person in proposal.signs_answered},
        }
        for reacted in found:
            sign = sign_of(proposal.pinned, reacted.emoji)
            if sign is not None and reacted.user_id not in on_record[sign]:
                await self._reactions.found(guild_id, reacted, last_ready)

    async def look_again(self, partnership: PartnershipId, closing: ProposalId) -> bool:
        """Before a review's next step, its end above all, the reactions to it are read once more (PRO-11).

        So it is looked, before any step, whether everyone can see the card and act.
        Discord notices a dead connection late, and what happens on it is never told. Gives whether it could be looked
        at in time: until it was, it is not decided. Many are looked at side by side, those of a slow server too.
        """
        async with self._looks.turn(partnership, closing, Order(False, 0, closing)):
            try:
                async with asyncio.timeout(LOOK_WITHIN):
                    await self._look_again(closing)
            except (DiscordFailure, TimeoutError):
                return False
        return True

    async def _look_again(self, closing: ProposalId) -> None:
        view = await outbox.view(self._ctx, closing)
        closes_at = view.proposal.closes_at or view.now
        last_ready = await clocks.last_ready(self._ctx, view.partnership.guild_id)
        if view.proposal.state is ProposalState.REVIEW:
            await self._card(view.partnership, closing, min(last_ready or closes_at, closes_at - JUST_BEFORE))
        await self._lookout.look(closing)

    async def _feed(self, running: Iterable[ProposalId]) -> None:
        """Every pending proposal must stand in the feed (SCL-2, PRO-10)."""
        entries: dict[int, dict[int, Delivery]] = {}
        for proposal_id in running:
            for shown in await outbox.standing(self._ctx, proposal_id):
                if shown.kind is DeliveryKind.FEED and shown.channel_id and shown.message_id:
                    entries.setdefault(shown.channel_id, {})[shown.message_id] = shown
        for channel_id, found in entries.items():
            with contextlib.suppress(Gone, Forbidden):
                for message_id in sorted(await self._guild.missing(channel_id, found)):
                    await clocks.forget_message(self._ctx, found[message_id])


def wanted_of(proposal: Proposal) -> Callable[[str], bool]:
    """Which emoji say something on this proposal's messages."""
    return lambda emoji: sign_of(proposal.pinned, emoji) is not None
