"""The record: an append-only chain, and what stands beside it (REC-1)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.governance.consistency import Difference
from bot.governance.events import Event, EventType
from bot.governance.histories import Happening
from bot.governance.ids import PartnershipId, PersonId
from bot.governance.policy import Policy


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


class Compared(Protocol):
    """How things of one noun are held against the chain: what begins one, and what of one is not as its events tell."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> type[Any]: ...
    @property
    def begun_by(self) -> EventType: ...
    @property
    def differences(self) -> Callable[[Any, Sequence[Happening], Mapping[int, Policy]], Iterator[str]]: ...


class Consistency(Protocol):
    """What is kept beside the chain, held against it (REC-1)."""

    async def differences(self, partnership: PartnershipId, nouns: Iterable[Compared]) -> tuple[Difference, ...]:
        """Everything that is not as the record tells, named; empty where all agrees."""
        ...
