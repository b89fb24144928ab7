"""Ratify the partnership: from then on budgets and policy changes can be enacted (SCL-5).

It lists who wears a seat when it is filed, frozen: what the ratification lists counts as decided (PRO-9).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.governance.effects.effect import Decision, Effect, Older, Read
from bot.governance.effects.governed import Governed
from bot.governance.events import Event
from bot.governance.ids import PersonId
from bot.governance.organisation_events import PartnershipRatified


@dataclass(frozen=True, slots=True)
class RatificationV1(Older):
    """The people in one text, with blanks between them."""

    KIND = "ratify partnership"

    target: str = ""
    value: str = ""
    was: str = ""

    @property
    def current(self) -> Ratification:
        """The people one by one."""
        return Ratification(tuple(PersonId(person) for person in self.value.split()))


@dataclass(frozen=True, slots=True)
class Ratification(Effect):
    """``listed`` are those who wear a seat at the opening, in the order in which they are shown."""

    KIND = "ratify partnership"
    VERSION = 2
    OLDER = (RatificationV1,)
    CARRIED_BY = ("ratification",)
    EVENT = PartnershipRatified

    listed: tuple[PersonId, ...] = ()

    @property
    def entrenched(self) -> bool:
        """Always: the stakeholder group says yes, it does not merely stay silent."""
        return True

    @property
    def asks(self) -> str:
        """Who sits where."""
        return " ".join(self.listed)

    @property
    def people(self) -> tuple[PersonId, ...]:
        """All whom it lists."""
        return self.listed

    def reads(self, world: Governed) -> tuple[Read, ...]:
        """Whether the partnership is provisional still."""
        return (Read("partnership", "provisional", "provisional" if world.partnership.provisional else "ratified"),)

    def prepare(self, world: Governed) -> Ratification:
        """As it is."""
        return self

    def apply(self, world: Governed, decision: Decision) -> tuple[Governed, tuple[Event, ...]]:
        """The partnership is provisional no longer, and who is listed sits there by decision."""
        ratified = replace(world.partnership, provisional=False)
        return replace(world, partnership=ratified, confirmed=(*world.confirmed, *self.listed)), (
            self.event(decision, PartnershipRatified()),
        )
