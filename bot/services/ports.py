"""What the use cases need from outside, as protocols: storage satisfies them structurally, ``bot.app`` wires them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from bot.governance.consistency import Difference
from bot.governance.events import Event, EventType
from bot.governance.feedback import Feedback
from bot.governance.histories import Happening
from bot.governance.ids import GroupId, PartnershipId, PersonId, ProposalId, RoleId, VoteId
from bot.governance.meetings import Meeting
from bot.governance.organisation import Holding, Partnership
from bot.governance.plans import SetupStep, Snapshot
from bot.governance.policy import Policy
from bot.governance.proposals_types import Ballot, Proposal, ProposalState
from bot.governance.reminders import Letter, Preferences, Reminder
from bot.governance.retros import Retro
from bot.governance.scales import Overwrite
from bot.governance.seats import Hand, SeatRecord
from bot.governance.shards import Shards, shard_of
from bot.governance.stops import Span
from bot.governance.surveys import Survey

Clock = Callable[[], datetime]
"""The present instant, aware and in UTC. Chosen by ``bot.app`` only."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person as Discord presents them at the instant of an act. ``roles`` are the truth of their seats (ORG-2)."""

    user_id: int
    guild_id: int
    roles: frozenset[int] = frozenset()
    manages_roles: bool = False
    top_position: int = 0
    channel_id: int = 0


class PlaceKind(StrEnum):
    """What a Discord channel is for (SCL-2)."""

    CATEGORY = "category"
    GROUP = "group"
    FEED = "feed"
    TALK = "talk"


@dataclass(frozen=True, slots=True)
class Place:
    """A Discord channel with a purpose. ``group`` is None for the partnership's own places, as the feed is."""

    partnership: PartnershipId
    kind: PlaceKind
    channel_id: int
    group: GroupId | None = None
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it stands in the chain (REC-1). ``data`` is None once erased on request."""

    number: int
    partnership: PartnershipId
    at: datetime
    event: Event
    hash: str
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a chain holds (REC-1). ``broken_at`` is the number of the first event that does not.

    ``unexplained`` counts events, of those ``erased``, whose words went before erasures were events of the chain: that
    somebody asked for it cannot be told from the chain.
    """

    holds: bool
    events: int
    head: str
    erased: int = 0
    broken_at: int | None = None
    why: str = ""
    unexplained: int = 0


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

    @property
    def is_rewrite(self) -> bool:
        """Whether it was given before and is to be given anew where it stands, because words were erased (REC-1)."""
        return self.kind in GIVEN_ONCE and self.shown > 0 and self.wanted > self.shown


@dataclass(frozen=True, slots=True)
class Entry:
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


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of ``/proposal list``: what is needed without opening the dossier."""

    id: ProposalId
    number: int | None
    group: GroupId
    type: str
    title: str
    state: ProposalState
    author: PersonId
    closes_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which proposals to list, newest first."""

    states: frozenset[ProposalState] = frozenset()
    group: GroupId | None = None
    author: PersonId | None = None
    limit: int = 25
    before: ProposalId | None = None
    search: str = ""


class People(Protocol):
    """The only place where a Discord user id stands (REC-1)."""

    async def id_of(self, user_id: int) -> PersonId:
        """The person of this Discord user, made on first sight."""
        ...

    async def find(self, user_id: int) -> PersonId | None:
        """The person of this Discord user, or None if never seen."""
        ...

    async def ids_of(self, user_ids: Iterable[int]) -> dict[int, PersonId]:
        """The same for many at once."""
        ...

    async def users_of(self, people: Iterable[PersonId]) -> dict[PersonId, int]:
        """Discord user ids; erased people are missing."""
        ...

    async def erase(self, person: PersonId) -> None:
        """Forget who this person is; the record still verifies (REC-1)."""
        ...


class Partnerships(Protocol):
    """Partnerships with their groups, mapped roles and places."""

    async def get(self, id: PartnershipId) -> Partnership:
        """Raises NotFound."""
        ...

    async def of_guild(self, guild_id: int) -> tuple[Partnership, ...]:
        """Every partnership that the server hosts."""
        ...

    async def all(self) -> tuple[Partnership, ...]:
        """Every partnership that this process serves (RUN-2)."""
        ...

    async def save(self, partnership: Partnership) -> Partnership:
        """Insert or update; returns it with the next ``version``. Raises Changed."""
        ...

    async def places(self, id: PartnershipId) -> tuple[Place, ...]:
        """Its channels."""
        ...

    async def place_at(self, channel_id: int) -> Place | None:
        """The place that this channel is, if any."""
        ...

    async def save_place(self, place: Place) -> None:
        """Insert or replace by partnership, kind and group."""
        ...


class Seats(Protocol):
    """Who holds which seat now, as last seen, and who held it when."""

    async def holdings(self, partnership: Partnership) -> tuple[Holding, ...]:
        """Every seat held now by a mapped role."""
        ...

    async def held_by(self, partnership: PartnershipId, person: PersonId) -> tuple[SeatRecord, ...]:
        """This person's open seat records."""
        ...

    async def gain(self, partnership: PartnershipId, record: SeatRecord) -> None:
        """Open a record."""
        ...

    async def lose(
        self, partnership: PartnershipId, person: PersonId, role: RoleId, at: datetime, how: str, by: Hand
    ) -> None:
        """Close the open record of this role, and say by whose hand."""
        ...

    async def blame(
        self, partnership: PartnershipId, person: PersonId, since: datetime, by: Hand, how: str
    ) -> tuple[SeatRecord, ...]:
        """Say of seats that this person lost since then by whose hand that was, as is known now; those it changes."""
        ...

    async def history(self, partnership: PartnershipId, since: datetime) -> tuple[SeatRecord, ...]:
        """Every record that is open, or ended since then."""
        ...

    async def turned(self, partnership: PartnershipId, seat: str, since: datetime) -> tuple[SeatRecord, ...]:
        """Every record of the people of whom one of this seat, in any group, began or ended since then."""
        ...

    async def first_held(self, partnership: PartnershipId, group: GroupId | None, seat: str) -> datetime | None:
        """When anybody first held this seat."""
        ...

    async def confirm(self, partnership: PartnershipId, people: Collection[PersonId], before: datetime) -> None:
        """What these people have held since before this instant counts at once from now on."""
        ...


class Policies(Protocol):
    """Every version of every partnership's policy."""

    async def current(self, partnership: PartnershipId) -> Policy:
        """The version in force. Raises NotFound."""
        ...

    async def version(self, partnership: PartnershipId, version: int) -> Policy:
        """A version. Raises NotFound."""
        ...

    async def add(self, partnership: PartnershipId, policy: Policy, by: ProposalId | None, at: datetime) -> None:
        """The next version. Raises Changed when it exists."""
        ...


class Proposals(Protocol):
    """Dossiers."""

    async def get(self, id: ProposalId) -> Proposal:
        """Raises NotFound. Within a writing transaction nobody else changes it meanwhile."""
        ...

    async def numbered(self, partnership: PartnershipId, number: int) -> Proposal:
        """By its number ``P-12``. Raises NotFound."""
        ...

    async def save(self, proposal: Proposal, due_at: datetime | None) -> Proposal:
        """Insert or update; returns it with the next ``version``. Raises Changed."""
        ...

    async def due(self, now: datetime, partnerships: Iterable[PartnershipId] | None = None) -> tuple[ProposalId, ...]:
        """Those with ``due_at <= now``, earliest first, in these partnerships."""
        ...

    async def next_due_at(self, partnerships: Iterable[PartnershipId] | None = None) -> datetime | None:
        """The earliest ``due_at`` of all, or in these partnerships."""
        ...

    async def in_states(self, partnership: PartnershipId, states: Iterable[ProposalState]) -> tuple[ProposalId, ...]:
        """Ids of proposals in these states, oldest first."""
        ...

    async def list(self, partnership: PartnershipId, wanted: Filter) -> tuple[Listed, ...]:
        """Rows for lists and autocomplete, newest first. Drafts only when filtered by their author."""
        ...

    async def drafts_of(self, partnership: PartnershipId, author: PersonId) -> tuple[ProposalId, ...]:
        """The ids of this author's drafts, newest first."""
        ...

    async def newest(
        self, partnership: PartnershipId, limit: int, states: Iterable[ProposalState] = ()
    ) -> tuple[Proposal, ...]:
        """The newest that have a number, in these states or in any; newest first."""
        ...

    async def spells_of(
        self, partnership: PartnershipId, people: Iterable[PersonId], since: datetime
    ) -> Mapping[PersonId, Sequence[Span]]:
        """When each of these was kept from acting since then, in any process (PRO-11)."""
        ...

    async def barred_in(self, partnership: PartnershipId, group: GroupId) -> frozenset[tuple[PersonId, str]]:
        """Who is kept from acting now in any process of this group, and why (PRO-11)."""
        ...

    async def load_of(
        self, partnership: PartnershipId, author: PersonId, group: GroupId, since: datetime
    ) -> tuple[int, int, int]:
        """Open by this author; opened by them since ``since``; open in this group."""
        ...


class Ballots(Protocol):
    """The ballots of open votes: one row per person, overwritten in place (DEC-3a)."""

    async def put(self, vote: VoteId, ballot: Ballot) -> None:
        """Keep or replace a ballot."""
        ...

    async def of(self, vote: VoteId) -> tuple[Ballot, ...]:
        """All ballots, in no telling order."""
        ...

    async def wipe(self, vote: VoteId) -> None:
        """Delete them; called in the transaction that closes the vote."""
        ...


class Aggregate(Protocol):
    """What a repository knows of the things it keeps: the rest is the thing's own business."""

    @property
    def id(self) -> int: ...
    @property
    def partnership(self) -> PartnershipId: ...
    @property
    def number(self) -> int: ...
    @property
    def group(self) -> GroupId | None: ...
    @property
    def state(self) -> StrEnum: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def version(self) -> int: ...


T = TypeVar("T", bound=Aggregate)


class Repository(Protocol[T]):
    """Things of one noun, each kept whole."""

    async def get(self, id: int) -> T:
        """Raises NotFound. Within a writing transaction nobody else changes it meanwhile."""
        ...

    async def numbered(self, partnership: PartnershipId, number: int) -> T:
        """By its number in the partnership. Raises NotFound."""
        ...

    async def save(self, thing: T) -> T:
        """Insert or update; returns it with the next ``version``. Raises Changed."""
        ...

    async def due(self, now: datetime, partnerships: Iterable[PartnershipId]) -> tuple[int, ...]:
        """Ids of those with ``due_at <= now``, earliest first, in these partnerships."""
        ...

    async def next_due_at(self, partnerships: Iterable[PartnershipId] | None = None) -> datetime | None:
        """The earliest ``due_at`` of all, or in these partnerships."""
        ...

    async def list(
        self,
        partnership: PartnershipId,
        states: Iterable[StrEnum] = (),
        group: GroupId | None = None,
        before: int | None = None,
        limit: int = 25,
    ) -> tuple[T, ...]:
        """Newest first; in these states (none named: in all), of one group, numbered below ``before``."""
        ...

    async def outside(self, partnership: PartnershipId, states: Iterable[StrEnum]) -> tuple[int, ...]:
        """Ids of those that are in none of these states, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Sealed:
    """Something written by somebody whom only the session's key could name. ``slot`` tells an author's things apart."""

    author: str
    slot: str
    content: str = field(repr=False)


class Seals(Protocol):
    """What people write where nobody may know who wrote it, until the session is over (LRN-1)."""

    async def key(self, thing: str) -> bytes:
        """The session's key, made at the first asking. Only in a writing transaction, which holds it to its end."""
        ...

    async def find_key(self, thing: str) -> bytes | None:
        """The session's key, or None before anything was sealed and after it was destroyed."""
        ...

    async def put(self, thing: str, sealed: Sealed) -> None:
        """Keep, or replace by author and slot."""
        ...

    async def drop(self, thing: str, author: str, slot: str) -> None:
        """Take one back."""
        ...

    async def of(self, thing: str, author: str | None = None) -> tuple[Sealed, ...]:
        """All of a session, or one author's, in no telling order."""
        ...

    async def open(self, thing: str) -> tuple[Sealed, ...]:
        """Give what was sealed and delete it; the key stays, so that limits hold while the session runs."""
        ...

    async def destroy(self, thing: str) -> None:
        """Delete what is sealed and the key: from now on nothing links a person to what they wrote."""
        ...


class Record(Protocol):
    """The append-only, hash-chained log of a partnership (REC-1)."""

    async def append(self, partnership: PartnershipId, events: Sequence[Event], at: datetime) -> tuple[Recorded, ...]:
        """Chain events and queue the deliveries they ask for, in this transaction."""
        ...

    async def head(self, partnership: PartnershipId) -> tuple[int, str]:
        """Number and hash of the last event; (0, 64 zeroes) for an empty chain."""
        ...

    async def of(self, partnership: PartnershipId, thing: str) -> tuple[Recorded, ...]:
        """The events of one thing, in order."""
        ...

    async def event(self, partnership: PartnershipId, number: int) -> Recorded:
        """One event. Raises NotFound."""
        ...

    async def since(
        self, partnership: PartnershipId, since: datetime | None, types: Iterable[EventType]
    ) -> tuple[Happening, ...]:
        """What happened of these types at or after an instant (None: ever), in order."""
        ...

    def from_opening(
        self, partnership: PartnershipId, since: datetime | None, types: Iterable[EventType]
    ) -> AsyncIterator[Sequence[Happening]]:
        """What happened of these types from the first review on that opened since then, in order and in parts."""
        ...

    async def of_all(
        self, partnership: PartnershipId, things: Collection[str], types: Iterable[EventType]
    ) -> tuple[Happening, ...]:
        """What happened of these types to a few things, in order."""
        ...

    async def verify(self, partnership: PartnershipId) -> Verdict:
        """Check the whole chain."""
        ...

    async def hash_at(self, partnership: PartnershipId, number: int) -> str | None:
        """The hash of the event of this number; None where the chain ends before it."""
        ...

    async def number_of(self, partnership: PartnershipId, digits: str) -> int | None:
        """The number of the event whose hash begins with these digits, if there is one."""
        ...

    async def naming(self, partnership: PartnershipId, person: PersonId) -> dict[str, int]:
        """The things of which an event tells that this person did something or is named; with its first such event."""
        ...

    async def erase(self, partnership: PartnershipId, number: int, at: datetime) -> bool:
        """Delete an event's payload and salt on request, and chain that it was done; False if it was before.

        Raises NotFound, and NotErasable for what is kept so that the chain can be verified.
        """
        ...


class Consistency(Protocol):
    """What is kept beside the chain, held against it (REC-1)."""

    async def differences(self, partnership: PartnershipId) -> tuple[Difference, ...]:
        """Everything that is not as the record tells, named; empty where all agrees."""
        ...


class Reminders(Protocol):
    """Reminders, the letters that give them, and how people want them; none of it enters the record (RHY-2)."""

    async def add(self, wanted: Sequence[Reminder]) -> None:
        """Keep reminders; one that is there already by person, thing, topic and occurrence stays as it is."""
        ...

    async def people_due(
        self, now: datetime, partnerships: Iterable[PartnershipId]
    ) -> tuple[tuple[PartnershipId, PersonId], ...]:
        """Whom a reminder or a digest is due for, the longest waiting first."""
        ...

    async def open_of(
        self, partnership: PartnershipId, people: Sequence[PersonId], now: datetime
    ) -> dict[PersonId, tuple[Reminder, ...]]:
        """What these people wait for: reminders that are due, and everything put off into their digests."""
        ...

    async def settle(self, changed: Sequence[Reminder], now: datetime) -> None:
        """Save where reminders stand, when they are looked at next, and the letters that gave them."""
        ...

    async def mentioned(self, partnership: PartnershipId, thing: str, occurrence: str) -> frozenset[PersonId]:
        """Who is mentioned by the notice of this."""
        ...

    async def next_due_at(self, partnerships: Iterable[PartnershipId] | None = None) -> datetime | None:
        """When the next reminder or digest is due."""
        ...

    async def preferences(
        self, partnership: PartnershipId, people: Sequence[PersonId]
    ) -> dict[PersonId, tuple[Preferences, datetime | None]]:
        """How these people want to be reminded, with the time of their next digest; who never said is missing."""
        ...

    async def prefer(
        self, partnership: PartnershipId, person: PersonId, wanted: Preferences, digest_at: datetime | None
    ) -> None:
        """Keep how somebody wants to be reminded."""
        ...

    async def unprefer(self, partnership: PartnershipId, person: PersonId) -> None:
        """Forget how somebody wanted to be reminded."""
        ...

    async def plan_digest(self, partnership: PartnershipId, person: PersonId, at: datetime | None) -> None:
        """When the next digest of somebody is due."""
        ...

    async def write(self, letter: Letter) -> None:
        """Keep a letter, as it will be sent."""
        ...

    async def letter(self, id: int) -> Letter:
        """Raises NotFound, also once its words were deleted."""
        ...

    async def given(
        self, partnership: PartnershipId, people: Sequence[PersonId], since: datetime
    ) -> Mapping[PersonId, tuple[datetime, ...]]:
        """When these people were given reminders since an instant; digests do not count."""
        ...

    async def last_digest(self, partnership: PartnershipId, person: PersonId) -> datetime | None:
        """When somebody was given their last digest."""
        ...

    async def not_taken(self, partnership: PartnershipId, person: PersonId, since: datetime) -> int:
        """How many letters to somebody Discord did not take since an instant."""
        ...

    async def forget(self, person: PersonId) -> None:
        """Delete everything kept of somebody, in every partnership."""
        ...

    async def without(self, partnership: PartnershipId, gone: Collection[str], put: str) -> None:
        """Put something in the place of these words, wherever a letter still holds them (REC-1)."""
        ...

    async def any_kept(self) -> bool:
        """Whether anything was ever given or settled that may have to be deleted."""
        ...

    async def tidy(self, now: datetime) -> None:
        """Delete the words of letters sent more than a day ago, and after 90 days every trace of what is settled."""
        ...


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

    async def waiting(self, now: datetime, limit: int = 50) -> tuple[Delivery, ...]:
        """Those ``pending`` or ``sending`` whose ``retry_at`` is empty or has come.

        Cards, then threads, then the rest; oldest first. Only of servers that this process serves (RUN-2).
        """
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


@dataclass(frozen=True, slots=True)
class Heartbeats:
    """When the session of each shard was last ready, by how many shards there were and its number (PRO-11).

    However servers were dealt out over time, one was followed whenever any session that covered it was ready.
    """

    ready_at: Mapping[tuple[int, int], datetime]

    def of(self, guild_id: int) -> datetime | None:
        """The last instant at which this server could be followed, as far as sessions tell."""
        covering = (at for (count, shard), at in self.ready_at.items() if shard_of(guild_id, count) == shard)
        return max(covering, default=None)

    def slowest(self, shards: Shards) -> datetime | None:
        """The last instant at which all of these were ready; None if one of them never was."""
        last = [self.ready_at.get((shards.count, shard)) for shard in shards.ids]
        return min((at for at in last if at is not None), default=None) if all(last) else None


class Runtime(Protocol):
    """What the process itself remembers (PRO-11, RUN-3)."""

    async def heartbeat(self, now: datetime, shards: Collection[int] | None = None) -> None:
        """The gateway sessions of these shards (or of all that this process serves) are ready at this instant."""
        ...

    async def heartbeats(self) -> Heartbeats:
        """When which session was last ready, of every process there ever was."""
        ...

    async def get(self, key: str) -> str | None:
        """A small value kept between runs."""
        ...

    async def beginning(self, prefix: str) -> dict[str, str]:
        """Every value whose key begins so, by key."""
        ...

    async def put(self, key: str, value: str) -> None:
        """Keep a small value."""
        ...


class Transaction(Protocol):
    """One transaction. Leaving its block without an error commits; nothing inside awaits Discord."""

    @property
    def people(self) -> People: ...
    @property
    def partnerships(self) -> Partnerships: ...
    @property
    def seats(self) -> Seats: ...
    @property
    def policies(self) -> Policies: ...
    @property
    def proposals(self) -> Proposals: ...
    @property
    def ballots(self) -> Ballots: ...
    @property
    def surveys(self) -> Repository[Survey]: ...
    @property
    def feedback(self) -> Repository[Feedback]: ...
    @property
    def retros(self) -> Repository[Retro]: ...
    @property
    def seals(self) -> Seals: ...
    @property
    def meetings(self) -> Repository[Meeting]: ...
    @property
    def reminders(self) -> Reminders: ...
    @property
    def record(self) -> Record: ...
    @property
    def consistency(self) -> Consistency: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def runtime(self) -> Runtime: ...

    async def next_id(self, kind: str) -> int:
        """The next integer of a gapless series such as ``proposal`` or ``number/3``, from 1."""
        ...

    async def reserve(self, kind: str, least: int) -> None:
        """Go on with this series above ``least``, if it is not there yet."""
        ...


class UnitOfWork(Protocol):
    """Opens transactions."""

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        """A writing transaction (BEGIN IMMEDIATE). After the commit, waiting work is announced to the waker."""
        ...

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """A reading transaction on a snapshot."""
        ...

    def walk(self) -> AbstractAsyncContextManager[Transaction]:
        """The same for questions that may walk a whole table, such as a search: it holds up nobody."""
        ...


class DiscordRefused(Exception):
    """Discord did not take a change of roles or channels. ``why`` is a key for the presenter (SCL-1)."""

    def __init__(self, what: str, why: str, detail: str = "") -> None:
        super().__init__(what, why, detail)
        self.what = what
        self.why = why
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Presence:
    """Of some people, as Discord reckons it: who is not on the server, who is timed out until when, who cannot see a
    channel and what stands in it (PRO-11).
    """

    absent: frozenset[int] = frozenset()
    timed_out: Mapping[int, datetime] = field(default_factory=dict)
    blind: frozenset[int] = frozenset()


class Server(Protocol):
    """Roles, channels and access of Discord servers (SCL-1, SCL-2). Every change raises DiscordRefused.

    ``partnership`` is the name that Discord's own audit log will show as the reason.
    """

    def building(self, guild_id: int) -> AbstractAsyncContextManager[None]:
        """Held while a plan is applied, so that two people do not build the same thing at once."""
        ...

    async def snapshot(self, guild_id: int) -> Snapshot:
        """The server as it stands, asked of Discord."""
        ...

    def known(self, guild_id: int) -> Snapshot:
        """The server as Discord last told of it, without asking again and without webhooks."""
        ...

    async def wearers(self, guild_id: int, role_id: int) -> tuple[int, ...]:
        """The people (not bots) who wear this role."""
        ...

    async def create_role(self, guild_id: int, name: str, partnership: str) -> int:
        """A role without any permission of its own."""
        ...

    async def disarm_role(self, guild_id: int, role_id: int, partnership: str) -> None:
        """Take from a role every power that a role with a seat may not have (ORG-2a)."""
        ...

    async def create_channel(self, guild_id: int, step: SetupStep, partnership: str) -> int:
        """A category or text channel with its overwrites."""
        ...

    async def set_overwrite(self, guild_id: int, channel_id: int, overwrite: Overwrite, partnership: str) -> None:
        """Set what a channel allows and denies one role or person."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What every use case is given."""

    uow: UnitOfWork
    clock: Clock
    genesis: Policy = field(repr=False)
    _turns: dict[int, asyncio.Lock] = field(default_factory=dict, init=False, repr=False, compare=False)

    def turn(self, guild_id: int) -> asyncio.Lock:
        """Seats of one server change one after another, in the order in which it was told (ORG-2).

        Who reads Discord's members to compare them reads them inside: what is told later then comes later too.
        """
        return self._turns.setdefault(guild_id, asyncio.Lock())
