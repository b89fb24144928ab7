"""One case, whatever the noun: find a thing, see who asks, keep what a rule made of it, page through, show where it is.

``Shelf`` says of a noun what this needs; the noun's own file adds its rules and its view.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic

from bot.governance import authority
from bot.governance.authority import Act
from bot.governance.errors import NotFound
from bot.governance.events import Event, EventType
from bot.governance.histories import Happening
from bot.governance.ids import GroupId, PartnershipId, PersonId
from bot.governance.organisation import Member, Partnership
from bot.services import members
from bot.services.organisation import hosted
from bot.services.ports.context import Actor, Context
from bot.services.ports.partnerships import PlaceKind
from bot.services.ports.repository import T
from bot.services.ports.transaction import Transaction

MayRead = Callable[[Transaction, Partnership, T, Member], Awaitable[bool]]


def _nothing_hidden(thing: Any, person: PersonId) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Shelf(Generic[T]):
    """Things of one type, and whether a member may read one of them (SCL-2).

    ``hidden`` says of whom not even its being there is known, seat or no seat, such as another's draft.
    """

    type: type[T]
    may_read: MayRead[T]
    hidden: Callable[[T, PersonId], bool] = _nothing_hidden

    @property
    def name(self) -> str:
        """What refusals and the record call a thing of it."""
        return self.type.__name__.lower()


@dataclass(frozen=True, slots=True)
class Case(Generic[T]):
    """A thing at hand inside a transaction, with who asks."""

    tx: Transaction
    thing: T
    partnership: Partnership
    member: Member
    now: datetime

    async def keep(self, changed: T, events: tuple[Event, ...] = ()) -> T:
        """Save and record in this transaction; nothing happens when nothing changed."""
        return await keep(self.tx, self.thing, changed, events, self.now)


# ---- find and see who asks -----------------------------------------------------------------------


@asynccontextmanager
async def reading(ctx: Context, shelf: Shelf[T], actor: Actor, id: int) -> AsyncIterator[Case[T]]:
    """A thing that the asker may read. Raises NotFound, and NotEligible for who holds no seat and no part in it."""
    async with ctx.uow.read() as tx:
        yield await opened(tx, shelf, actor, id, ctx.clock(), members.reader_of)


@asynccontextmanager
async def writing(
    ctx: Context, shelf: Shelf[T], actor: Actor, id: int, who: members.Finder = members.member_of
) -> AsyncIterator[Case[T]]:
    """The same for an act, which is kept when the block ends without an error."""
    async with ctx.uow.write() as tx:
        yield await opened(tx, shelf, actor, id, ctx.clock(), who)


async def opened(
    tx: Transaction, shelf: Shelf[T], actor: Actor, id: int, now: datetime, who: members.Finder
) -> Case[T]:
    """The same within a transaction."""
    thing = await tx.of(shelf.type).get(id)
    partnership = await tx.partnerships.get(thing.partnership)
    member = await who(tx, partnership, actor)
    readable = await shelf.may_read(tx, partnership, thing, member)
    hidden = shelf.hidden(thing, member.person)
    check_readable(shelf.name, partnership, actor, member, readable=readable, hidden=hidden)
    return Case(tx, thing, partnership, member, now)


def check_readable(
    name: str, partnership: Partnership, actor: Actor, member: Member, *, readable: bool, hidden: bool
) -> None:
    """Raises NotFound for another server's things and for what a member may not read, as if they were not there.

    Raises NotEligible for who holds no seat and has no part in it, unless it is hidden from them.
    """
    if partnership.guild_id != actor.guild_id or hidden:
        raise NotFound(name)
    if not readable:
        authority.check(member, Act.LOOK_AROUND)
        raise NotFound(name)


async def numbered(ctx: Context, shelf: Shelf[T], actor: Actor, partnership: PartnershipId, number: int) -> int:
    """The id of the thing of this number in a partnership of the asker's server. Raises NotFound."""
    async with ctx.uow.read() as tx:
        await hosted(tx, actor, partnership)
        return (await tx.of(shelf.type).numbered(partnership, number)).id


async def page(
    tx: Transaction,
    shelf: Shelf[T],
    partnership: Partnership,
    member: Member,
    size: int,
    states: Iterable[StrEnum] = (),
    group: GroupId | None = None,
    before: int | None = None,
) -> tuple[tuple[T, ...], int | None]:
    """As many as were asked for of those that a member may read, newest first, also where others stand between.

    With the number at which the next page begins, if there is one. Raises NotEligible without a seat.
    """
    authority.check(member, Act.LOOK_AROUND)
    found: list[T] = []
    while len(found) <= size:
        part = await tx.of(shelf.type).list(partnership.id, states, group, before, limit=size + 1)
        shown_to_them = [each for each in part if not shelf.hidden(each, member.person)]
        found += [each for each in shown_to_them if await shelf.may_read(tx, partnership, each, member)]
        if len(part) <= size:
            break
        before = part[-1].number
    shown = tuple(found[:size])
    return shown, shown[-1].number if len(found) > size else None


# ---- numbers as people write them ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """A number as somebody chose or typed it, and the partnership that they named before it; empty for this one."""

    number: int
    partnership: str = ""


_ONE = r"(?:(?P<letter>[a-z])\s*-?|#)?\s*(?P<number>[1-9]\d{0,8})"
_WRITTEN = re.compile(
    rf"(?:(?P<partnership>[1-9]\d{{0,8}})\s*/)?\s*{_ONE}(?:\s*·.*)?", re.IGNORECASE | re.ASCII | re.DOTALL
)
_NEXT = re.compile(rf"[\s,;]*{_ONE}(?=[\s,;]|\Z)", re.IGNORECASE | re.ASCII)


def written(letter: str, words: str) -> TypedNumber | None:
    """A number such as ``7``, ``#7``, ``P-7``, ``p7``, ``2/7``, or a suggestion's words; None for other words."""
    found = _WRITTEN.fullmatch(words.strip())
    if found is None or (found["letter"] or letter).lower() != letter.lower():
        return None
    return TypedNumber(int(found["number"]), found["partnership"] or "")


def all_written(letter: str, words: str) -> tuple[int, ...] | None:
    """Several of them, with commas or spaces between, each once; None for other words."""
    numbers, at, end = [], 0, len(words.rstrip(" ,;\n"))
    while at < end:
        found = _NEXT.match(words, at)
        if found is None or (found["letter"] or letter).lower() != letter.lower():
            return None
        numbers.append(int(found["number"]))
        at = found.end()
    return tuple(dict.fromkeys(numbers))


# ---- keep ----------------------------------------------------------------------------------------


async def keep(tx: Transaction, before: T | None, changed: T, events: tuple[Event, ...], now: datetime) -> T:
    """Save and record in this transaction; nothing happens when nothing changed."""
    if changed == before and not events:
        return changed
    saved = await tx.of(type(changed)).save(changed)
    if events:
        await tx.record.append(saved.partnership, events, now)
    return saved


# ---- where it is shown ---------------------------------------------------------------------------


async def channel_of(tx: Transaction, partnership: Partnership, group: GroupId | None) -> int | None:
    """Where the board of a thing stands: in its group's channel, for the whole partnership where everybody may write.

    While a group's channel is gone that is the place for everybody too, unless the group is private (SCL-2).
    """
    places = [place for place in await tx.partnerships.places(partnership.id) if not place.lost]
    own = [place.channel_id for place in places if place.kind is PlaceKind.GROUP and place.group == group]
    talk = [place.channel_id for place in places if place.kind is PlaceKind.TALK]
    private = group is not None and partnership.group(group).private
    return next(iter(own if private else (*own, *talk)), None)


async def board_link(tx: Transaction, partnership: Partnership, name: str) -> str:
    """Where the board of a thing stands; empty while it does not."""
    board = await tx.deliveries.board(name)
    if board is None or board.message_id is None:
        return ""
    return f"https://discord.com/channels/{partnership.guild_id}/{board.channel_id}/{board.message_id}"


def unless_private(title: str, partnership: Partnership, group: GroupId | None) -> str:
    """A title where others than its group read it: a private group's words do not leave it (SCL-2)."""
    return "" if group is not None and partnership.group(group).private else title


# ---- what is new ---------------------------------------------------------------------------------


async def lately(
    tx: Transaction, of: type[T], partnership: Partnership, since: datetime, now: datetime, types: Iterable[EventType]
) -> list[tuple[T, Happening]]:
    """Things of a noun to which one of these happened after one instant and up to another, with the last of it.

    What happened at the first instant itself was told by the digest before.
    """
    told = await tx.record.since(partnership.id, since, tuple(types))
    last = {each.event.thing: each for each in told if since < each.at <= now}
    found: list[tuple[T, Happening]] = []
    for name, each in last.items():
        with contextlib.suppress(NotFound):
            found.append((await tx.of(of).get(int(name.partition("/")[2])), each))
    return found
