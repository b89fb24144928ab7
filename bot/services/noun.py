"""What a noun declares of itself: the last thing in its file is one ``Noun`` with all that shared rooms need of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic

from bot.governance.events import Event, EventType
from bot.governance.histories import Happening
from bot.governance.ids import GroupId, PartnershipId, PersonId
from bot.governance.organisation import Member, Partnership
from bot.governance.policy import Policy
from bot.governance.reminders import Entry, Reminder, ReminderTopic
from bot.services.cases import Shelf
from bot.services.ports.context import Actor, Context
from bot.services.ports.deliveries import DeliveryKind
from bot.services.ports.repository import T
from bot.services.ports.transaction import Transaction

MOST_WAITING = 100
"""Things of one noun that are looked through for what waits, the newest."""

Asks = Callable[[Reminder], bool]


@dataclass(frozen=True, slots=True)
class Thing:
    """What something is called, where it stands, and whom it still asks (RHY-2).

    ``title`` is empty where a private group's words would leave it. ``concerns`` says whether a reminder still holds
    for its person, who must be able to act on it still; ``is_open`` whether anything can be done about it.
    ``everyone`` are those whom it asks now, ``readers`` those who may read where it stands.
    """

    name: str
    title: str
    link: str
    concerns: Asks
    is_open: Asks
    everyone: frozenset[PersonId] = frozenset()
    readers: frozenset[PersonId] = frozenset()


Look = Callable[[Transaction, Partnership, str], Awaitable[Thing]]
"""The thing of this number. Raises NotFound."""


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One thing that waits for the asker (RHY-3). ``kind`` is a key for the presenter.

    ``thing`` is its name in the record, ``name`` what people call it.
    """

    kind: str
    thing: str
    name: str
    title: str
    due_at: datetime | None
    objection: int | None = None
    link: str | None = None

    @property
    def noun(self) -> str:
        """What sort of thing it is."""
        return self.thing.partition("/")[0]

    @property
    def id(self) -> int:
        """Which of its sort."""
        return int(self.thing.partition("/")[2])


def _nobody(member: Member) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A thing that may wait for somebody: ``asks`` gives what it asks of a member at an instant.

    ``lets_in`` says who has a say in it whatever became of their seats (PRO-9).
    """

    asks: Callable[[Member, datetime], Iterable[InboxItem]]
    lets_in: Callable[[Member], bool] = _nobody


@dataclass(frozen=True, slots=True)
class Nudge:
    """Reminders that go with a notice: the first of these people are decided on at once, for it mentions them."""

    partnership: PartnershipId
    thing: str
    topic: ReminderTopic
    why: str
    occurrence: str
    ends_at: datetime | None
    people: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class DigestLine:
    """Something new for a digest. ``group`` is whose it is, None for the whole partnership's."""

    group: GroupId | None
    entry: Entry


async def _nothing_of_ones_own(tx: Transaction, partnership: Partnership, person: PersonId) -> Sequence[Waiting]:
    return ()


async def _nothing_learned(ctx: Context, actor: Actor, items: Sequence[InboxItem]) -> bool:
    return False


async def _nothing_unpublished(tx: Transaction, partnership: Partnership, person: PersonId, now: datetime) -> None:
    return


async def _never_looked_at(ctx: Context, id: int) -> bool:
    return False


async def _boards(tx: Transaction, noun: Noun[Any], before: Any, after: Any) -> None:
    name = noun.thing(after.id)
    for kind in noun.boards:
        if await tx.deliveries.board(name, kind) is not None:
            await tx.deliveries.ask(after.partnership, kind, thing=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun(Generic[T]):
    """One noun. ``name`` is what the record calls a thing of it (``retro``/4), ``letter`` begins its number (``R-4``).

    ``advance`` takes the steps of one thing that are due; called too early or twice it changes nothing. ``running`` are
    the states in which something is still to be done on its ``boards``.
    """

    name: str
    plural: str
    letter: str
    shelf: Shelf[T]
    running: frozenset[StrEnum]
    due_at: Callable[[T], datetime | None]
    advance: Callable[[Transaction, int, datetime], Awaitable[Nudge | None]]
    looks: Mapping[str, Look]
    """How reminders look at it and at its parts, by their names in the record."""
    asks: Callable[[Transaction, Partnership], Awaitable[Sequence[Waiting]]]
    """What may wait for somebody (RHY-3)."""
    news: Callable[[Transaction, Partnership, datetime, datetime], Awaitable[Sequence[DigestLine]]]
    """What a digest tells of it, after one instant and up to another (LRN-4)."""
    without: Callable[[T, Event, str], T]
    """The thing without the words that an event brought into it; the third stands in their place (REC-1)."""
    words: Callable[[T], frozenset[str]]
    """Of its words those that lists and letters show beside the thing itself."""
    begun_by: EventType
    """What is on record of each thing that has to stand beside the chain."""
    differences: Callable[[T, Sequence[Happening], Mapping[int, Policy]], Iterator[str]]
    """What of a thing is not as its events tell, given every version of the policy (REC-1)."""
    boards: tuple[DeliveryKind, ...] = (DeliveryKind.BOARD,)
    """What stands in Discord under its name and follows it."""
    show_anew: Callable[[Transaction, Noun[T], T, T], Awaitable[None]] = field(default=_boards)
    """Have what stands in Discord of a thing drawn anew; given as it was and as it is."""
    forget: Callable[[Transaction, Partnership, PersonId, datetime], Awaitable[None]] = _nothing_unpublished
    """Take out what somebody who is being forgotten wrote and never published (REC-1)."""
    own: Callable[[Transaction, Partnership, PersonId], Awaitable[Sequence[Waiting]]] = _nothing_of_ones_own
    """What waits for one person alone, as nobody else may know of it."""
    learned: Callable[[Context, Actor, Sequence[InboxItem]], Awaitable[bool]] = _nothing_learned
    """What changes when somebody reads that these wait for them; whether anything did."""
    looked_at_first: Callable[[Context, int], Awaitable[bool]] = _never_looked_at
    """Whether Discord is looked at once more before a thing is advanced, as it stands (PRO-11)."""
    occasion: EventType | None = None
    """What ends an occasion on which a group looks at itself (LRN-3)."""
    series: str = ""
    """What its numbers are drawn from, where that is not called by its name."""

    @property
    def type(self) -> type[T]:
        """What its things are."""
        return self.shelf.type

    def thing(self, id: int) -> str:
        """The name of one of them in the record."""
        return f"{self.name}/{id}"

    def called(self, number: int | None) -> str:
        """What people call one of them."""
        return f"{self.letter}-{number}"

    def numbers(self, partnership: PartnershipId) -> str:
        """The series from which its numbers are drawn."""
        return f"{self.series or f'{self.name} number'}/{partnership}"

    async def next_number(self, tx: Transaction, partnership: PartnershipId) -> int:
        """The number of a new one."""
        return await tx.next_id(self.numbers(partnership))
