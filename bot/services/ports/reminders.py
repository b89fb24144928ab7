"""Reminders, letters and how people want them (RHY-2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.governance.ids import PartnershipId, PersonId
from bot.governance.reminders import Letter, Preferences, Reminder


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
