"""Things of one noun, each kept whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from bot.governance.ids import GroupId, PartnershipId


class Aggregate(Protocol):
    """What a repository knows of the things it keeps: the rest is the thing's own business."""

    @property
    def id(self) -> int: ...
    @property
    def partnership(self) -> PartnershipId: ...
    @property
    def number(self) -> int | None: ...
    @property
    def group(self) -> GroupId | None: ...
    @property
    def state(self) -> StrEnum: ...
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

    async def due(self, now: datetime, partnerships: Iterable[PartnershipId] | None = None) -> tuple[int, ...]:
        """Ids of those that have something due now, earliest first, in these partnerships or in all."""
        ...

    async def partnerships_of(self, ids: Collection[int]) -> dict[int, PartnershipId]:
        """Whose each of these is."""
        ...

    async def next_due_at(self, partnerships: Iterable[PartnershipId] | None = None) -> datetime | None:
        """When the next of them has something due, of all or in these partnerships."""
        ...

    async def list(
        self,
        partnership: PartnershipId,
        states: Iterable[StrEnum] = (),
        group: GroupId | None = None,
        before: int | None = None,
        limit: int = 25,
    ) -> tuple[T, ...]:
        """Those with a number, newest first; in these states (none named: in all), of one group, below ``before``."""
        ...

    async def in_states(self, partnership: PartnershipId, states: Iterable[StrEnum]) -> tuple[int, ...]:
        """Ids of those in these states, oldest first."""
        ...
