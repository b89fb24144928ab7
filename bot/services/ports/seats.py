"""Who holds which seat, and who held it when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from bot.governance.ids import GroupId, PartnershipId, PersonId, RoleId
from bot.governance.organisation import Holding, Partnership
from bot.governance.seats import Hand, SeatRecord


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
