"""The outbox: what is to be shown in Discord, and how far that went."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.governance.ids import PartnershipId, PersonId, ProposalId


class DeliveryKind(StrEnum):
    """What is shown in Discord.

    ``CARD``, ``FEED``, ``THREAD`` and ``REACTIONS`` follow the proposal as it changes, ``BOARD`` follows a retro,
    survey, meeting and the like, ``CALENDAR`` a meeting among the server's events; the others are given once. ``POST``
    tells of an event where the board stands, ``MENTION`` in the group's channel what one person could not be told
    otherwise.
    """

    CARD = "card"
    FEED = "feed"
    THREAD = "thread"
    REACTIONS = "reactions"
    TEXT = "text"
    NOTICE = "notice"
    OUTCOME = "outcome"
    LOG = "log"
    DIRECT = "direct"
    MENTION = "mention"
    BOARD = "board"
    POST = "post"
    CALENDAR = "calendar"


GIVEN_ONCE = frozenset(
    {
        DeliveryKind.TEXT,
        DeliveryKind.NOTICE,
        DeliveryKind.OUTCOME,
        DeliveryKind.LOG,
        DeliveryKind.DIRECT,
        DeliveryKind.POST,
    }
)
"""What tells of one event and stands as it was; all else follows the thing it shows as that changes."""


class DeliveryState(StrEnum):
    """``pending`` → ``sending`` → ``sent``; ``given up`` when Discord will never take it."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing to be shown in Discord (the outbox). ``key`` is unique: the same thing is never queued twice.

    ``wanted`` counts changes asked for, ``shown`` those shown: a difference means work. ``id`` is the marker that
    finds the message again after a crash. ``event`` is the number of the event a notice tells of. ``thing`` is what it
    shows where that is no proposal, as the record names it: ``retro/4``. ``more`` are its messages after the first,
    None where nobody noted them. ``refused`` is what Discord last said instead of taking it.
    """

    id: int
    key: str
    partnership: PartnershipId
    kind: DeliveryKind
    proposal: ProposalId | None = None
    event: int | None = None
    person: PersonId | None = None
    state: DeliveryState = DeliveryState.PENDING
    wanted: int = 1
    shown: int = 0
    channel_id: int | None = None
    message_id: int | None = None
    attempts: int = 0
    retry_at: datetime | None = None
    since: datetime | None = None
    thing: str = ""
    more: tuple[int, ...] | None = None
    refused: str = ""
    guild_id: int = field(default=0, compare=False)
    """The server that it goes to, as far as it was read to be shown."""
    group: int | None = field(default=None, compare=False)
    """The group that its proposal is decided in, as far as it was read to be shown."""

    @property
    def is_rewrite(self) -> bool:
        """Whether it was given before and is to be given anew where it stands, because words were erased (REC-1)."""
        return self.kind in GIVEN_ONCE and self.shown > 0 and self.wanted > self.shown


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """What stands among a server's scheduled events. Name and place are at most 100 characters, the rest 1000."""

    name: str
    description: str
    location: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A delivery that an event asks for (see ``bot.ui.announcements``). ``person`` for direct messages."""

    kind: DeliveryKind
    person: PersonId | None = None


class Deliveries(Protocol):
    """The outbox."""

    async def ask(
        self,
        partnership: PartnershipId,
        kind: DeliveryKind,
        proposal: ProposalId | None = None,
        event: int | None = None,
        person: PersonId | None = None,
        thing: str = "",
    ) -> None:
        """Queue, or ask again for one that follows what it shows (``wanted`` + 1, ``pending``)."""
        ...

    async def waiting(
        self, now: datetime, limit: int = 50, partnership: PartnershipId | None = None
    ) -> tuple[Delivery, ...]:
        """Those ``pending`` or ``sending`` whose ``retry_at`` is empty or has come.

        Cards, then threads, then the rest; oldest first. Only of servers that this process serves (RUN-2).
        """
        ...

    async def still_waiting(self, now: datetime, ids: Collection[int]) -> tuple[Delivery, ...]:
        """Those of these that are."""
        ...

    async def partnerships_waiting(self, now: datetime) -> tuple[PartnershipId, ...]:
        """Those of which there is any."""
        ...

    async def next_retry_at(self) -> datetime | None:
        """The earliest ``retry_at`` of those waiting in servers that this process serves."""
        ...

    async def save(self, delivery: Delivery) -> None:
        """Update state, attempts and place; never lowers ``wanted``.

        If it was asked for again since it was loaded, it stays ``pending`` without ``retry_at``.
        """
        ...

    async def hurry(self, partnership: PartnershipId, proposal: ProposalId | None = None) -> None:
        """What waits for another attempt is tried again now; of one proposal, or of all."""
        ...

    async def save_all(self, saved: Sequence[Delivery]) -> None:
        """The same for many at once."""
        ...

    async def of_proposal(self, proposal: ProposalId) -> tuple[Delivery, ...]:
        """Card, feed entry, thread and the rest."""
        ...

    async def standing(self, proposal: ProposalId) -> tuple[Delivery, ...]:
        """Card, thread and feed entry, those that stand."""
        ...

    async def behind(self, proposal: ProposalId) -> bool:
        """Whether Discord refused something about a proposal that still waits to be shown (EFF-4)."""
        ...

    async def board(self, thing: str, kind: DeliveryKind = DeliveryKind.BOARD) -> Delivery | None:
        """The board of a thing, or what else follows it, if it was ever asked for."""
        ...

    async def tell_again(self, partnership: PartnershipId, thing: str, since: int) -> int:
        """What told of a thing, of this event or later, is given anew where it stands; how much that is (REC-1)."""
        ...

    async def tell_digests_again(self, partnership: PartnershipId, since: int) -> int:
        """The same for what everybody was told of many things at once."""
        ...

    async def tell_letters_again(self, partnership: PartnershipId, since: datetime) -> int:
        """The same for letters to people, written at or after an instant."""
        ...

    async def forget(self, person: PersonId) -> None:
        """Forget where letters to somebody stand, which would tell who that is."""
        ...

    async def undone(self) -> tuple[Delivery, ...]:
        """What still stands in Discord as it was, although it is to be given anew, with what Discord said to it."""
        ...

    async def in_channel(self, channel_id: int) -> tuple[Delivery, ...]:
        """Cards, feed entries and threads that stand in this channel or are this thread, of open proposals."""
        ...

    async def of_message(self, message_id: int) -> Delivery | None:
        """What this message shows, if it is ours."""
        ...

    async def about(self, message_id: int) -> ProposalId | None:
        """The proposal that this message of ours is about, whether or not it is still what stands for it."""
        ...

    async def messages_about(self, proposal: ProposalId) -> tuple[tuple[int, int], ...]:
        """Every message about a proposal that was not found gone, by channel and id, oldest first."""
        ...

    async def gone(self, message_id: int) -> None:
        """This message is not there any more."""
        ...
