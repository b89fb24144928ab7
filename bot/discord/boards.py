"""Shows what is no proposal in Discord: the board of a noun, and what is told where it stands.

A noun declares its board (``bot.ui.board``), which says what is shown; this says how it gets there and stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import discord

from bot.discord.guild import DiscordGuild, Gone, MessagePlace
from bot.governance.errors import NotFound
from bot.services import digests, direct_messages, outbox
from bot.services.digests import DigestView
from bot.services.ports.context import Context
from bot.services.ports.deliveries import CalendarEntry, Delivery, DeliveryKind, DeliveryState
from bot.services.ports.record import Recorded
from bot.ui import record, reminders_letters
from bot.ui.board import Board, BoardView, Drawn, Message, no_card
from bot.ui.nouns import NOUNS
from bot.ui.presenter import merged


def _weekly_told(view: DigestView, event: Recorded, drawn: Drawn, marker: int) -> Sequence[Message]:
    return [Message(reminders_letters.weekly(view, event, marker))] if view.entries else []


async def _no_digest(ctx: Context, id: int) -> DigestView:
    raise NotFound("board", "digest")


BOARDS: Mapping[str, Board] = merged(
    "a board",
    (
        *(noun.boards for noun in NOUNS),
        {
            "letter": Board(direct_messages.letter, no_card, letter=reminders_letters.letter),
            "digest": Board(_no_digest, no_card, _weekly_told, told_by=digests.load),
        },
    ),
)
"""What has a board, or is sent as one, by its name in the record."""

AROUND = timedelta(minutes=10)
"""How far from its mark in the outbox a letter is looked for whose place was not noted."""

Send = Callable[[Delivery, int, Sequence[Message], bool], Awaitable[tuple[Delivery, bool]]]
"""Posts what is not there yet; tells whether some of it was."""

Give = Callable[[Delivery, int | None, Sequence[Message], bool], Awaitable[Delivery]]
"""The same for what tells of one event: what was told before, and is to be told anew, is changed where it stands."""


class Boards:
    """Takes one delivery of a board at a time to where it belongs."""

    def __init__(
        self, ctx: Context, guild: DiscordGuild, send: Send, give: Give, boards: Mapping[str, Board] = BOARDS
    ) -> None:
        self._ctx = ctx
        self._guild = guild
        self._send = send
        self._give = give
        self._boards = boards

    async def show(self, delivery: Delivery, marker: int, adopt: bool) -> Delivery:
        """Show it; gives the delivery as it stands.

        Raises Gone, Forbidden, DiscordFailure, and NotFound while there is no place for it.
        """
        noun, _, number = delivery.thing.partition("/")
        board = self._boards.get(noun)
        if board is None:
            raise NotFound("board", delivery.thing)
        if delivery.kind is DeliveryKind.DIRECT and delivery.is_rewrite:
            return await self._direct_again(delivery, board, int(number))
        if board.told_by is not None and delivery.event is not None:
            view = await board.told_by(self._ctx, delivery.partnership, delivery.event)
        else:
            view = await board.load(self._ctx, int(number))
        match delivery.kind:
            case DeliveryKind.BOARD:
                return await self._follow(delivery, view, board.card(view, marker), adopt)
            case DeliveryKind.POST:
                event = await self._event(delivery)
                if event.erased:
                    return await self._told(delivery, view, [Message(record.erased_post(event, marker))], adopt)
                drawn = await asyncio.to_thread(board.draw, view, event)
                told = board.post(view, event, drawn, marker)
                if not told and delivery.is_rewrite:
                    told = [Message(record.nothing_left(marker))]
                return await self._told(delivery, view, told, adopt)
            case DeliveryKind.CALENDAR:
                return await self._calendar(delivery, view, board.entry(view), adopt)
            case DeliveryKind.DIRECT:
                return await self._direct(delivery, view, board, adopt)
            case _:
                raise NotFound("board", delivery.kind)

    async def _follow(self, delivery: Delivery, view: BoardView, card: discord.ui.LayoutView, adopt: bool) -> Delivery:
        if delivery.message_id is not None and delivery.channel_id is not None:
            try:
                await self._guild.edit(delivery.channel_id, delivery.message_id, card)
            except Gone as gone:
                if gone.what == "message" and await self._guild.stands(delivery.channel_id, delivery.message_id):
                    raise
                return replace(delivery, message_id=None, state=DeliveryState.PENDING, wanted=delivery.wanted + 1)
            return replace(delivery, state=DeliveryState.SENT)
        if view.over and delivery.shown > 0:
            return replace(delivery, state=DeliveryState.SENT)
        channel_id = _place(view)
        sent, was_there = await self._send(delivery, channel_id, [Message(card)], adopt)
        if was_there and sent.message_id is not None:
            await self._guild.edit(channel_id, sent.message_id, card)
        return sent

    async def _told(self, delivery: Delivery, view: BoardView, messages: Sequence[Message], adopt: bool) -> Delivery:
        if not messages:
            return replace(delivery, state=DeliveryState.SENT)
        channel_id = delivery.channel_id if delivery.is_rewrite else _place(view)
        return await self._give(delivery, channel_id, messages, adopt)

    async def _calendar(self, delivery: Delivery, view: Any, entry: CalendarEntry | None, adopt: bool) -> Delivery:
        """An entry among the server's events follows a meeting while it is ahead; its board says how that stands."""
        guild_id = view.partnership.guild_id
        try:
            event_id = await self._entered(delivery, guild_id, entry, adopt, view.over)
        except Gone:
            return replace(delivery, message_id=None, state=DeliveryState.PENDING, wanted=delivery.wanted + 1)
        return replace(delivery, state=DeliveryState.SENT, message_id=event_id)

    async def _entered(
        self, delivery: Delivery, guild_id: int, entry: CalendarEntry | None, adopt: bool, over: bool
    ) -> int | None:
        """The id of the event that stands for it now. Raises Gone when the one that stood was deleted."""
        stands = delivery.message_id
        if entry is None:
            if stands is None or not over:
                return stands
            await self._guild.remove_event(guild_id, stands)
            return None
        if stands is None:
            stands = await self._guild.find_event(guild_id, entry) if adopt else None
            if stands is None:
                return await self._guild.make_event(guild_id, entry)
        await self._guild.change_event(guild_id, stands, entry)
        return stands

    async def _direct(self, delivery: Delivery, view: BoardView, board: Board, adopt: bool) -> Delivery:
        assert delivery.person is not None
        user = await outbox.user_of(self._ctx, delivery.person)
        if delivery.event is None:
            text = board.letter(view)
        else:
            text = board.direct(view, await self._event(delivery), delivery.person)
        unless_since = delivery.since if adopt else None
        taken = await self._guild.direct(user, text, unless_since) if text and user is not None else None
        if taken is None:
            return replace(delivery, state=DeliveryState.GIVEN_UP)
        place = {"channel_id": taken.channel_id, "message_id": taken.message_id}
        return replace(delivery, state=DeliveryState.SENT, more=(), **place)  # type: ignore[arg-type]

    async def _direct_again(self, delivery: Delivery, board: Board, number: int) -> Delivery:
        """A letter without what was erased; one whose words are not kept any more says only that it was one (REC-1)."""
        try:
            text = board.letter(await board.load(self._ctx, number))
        except NotFound:
            text = reminders_letters.ERASED_LETTER
        for place in await self._letters(delivery):
            await self._guild.redirect(place, text)
        return replace(delivery, state=DeliveryState.SENT)

    async def _letters(self, delivery: Delivery) -> Sequence[MessagePlace]:
        """Where it stands; of what was sent before that was noted, all that this person was sent about then."""
        if delivery.channel_id is not None and delivery.message_id is not None:
            return [MessagePlace(delivery.channel_id, delivery.message_id)]
        user = None if delivery.person is None else await outbox.user_of(self._ctx, delivery.person)
        if user is None or delivery.since is None:
            return []
        try:
            return await self._guild.own_direct(user, delivery.since - AROUND, delivery.since + AROUND)
        except Gone:
            return []

    async def _event(self, delivery: Delivery) -> Recorded:
        assert delivery.event is not None
        return await outbox.recorded(self._ctx, delivery.partnership, delivery.event)


def _place(view: BoardView) -> int:
    if view.channel_id is None:
        raise NotFound("place", "board")
    return view.channel_id
