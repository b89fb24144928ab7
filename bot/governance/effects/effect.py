"""What an effect is: one thing that a decision does, as the typed payload of its kind (EFF-1, EFF-2).

A proposal keeps each effect as it was filed, so that the digest of a version never changes. A payload of an earlier
version is an ``Older`` one: it does what the present payload made of it does.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from bot.governance.effects.governed import Governed
from bot.governance.events import Event, EventType, Fact, proposal_thing
from bot.governance.ids import PersonId, ProposalId
from bot.governance.policy_events import EffectApplied


class Decision(NamedTuple):
    """The decision that carries an effect out: which proposal, and when."""

    proposal: ProposalId
    at: datetime


class Read(NamedTuple):
    """One thing that an effect depends on: as it was when the effect was written, and as it is now (EFF-1)."""

    what: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Effect(ABC):
    """A payload. Its fields are texts, whole numbers, flags, None, and tuples or dataclasses of these.

    ``CARRIED_BY`` are the types of decision that may carry it: another type's would pass by another body's silence
    (EFF-1). ``EVENT`` is what it records; one that has no event type of its own is named in the event.
    """

    KIND: ClassVar[str]
    VERSION: ClassVar[int] = 1
    OLDER: ClassVar[tuple[type[Older], ...]] = ()
    CARRIED_BY: ClassVar[tuple[str, ...]]
    EVENT: ClassVar[EventType] = EffectApplied

    @property
    def current(self) -> Effect:
        """The same with a payload of the present version."""
        return self

    @property
    @abstractmethod
    def entrenched(self) -> bool:
        """Whether it needs an affirmative supermajority (POL-5)."""

    @property
    @abstractmethod
    def asks(self) -> str:
        """What it would do, without what it was written against: for telling whether two ask the same (OBJ-6)."""

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Whom it names."""
        return ()

    @abstractmethod
    def reads(self, world: Governed) -> tuple[Read, ...]:
        """All that it depends on: once any of it has changed, the effect is stale."""

    @abstractmethod
    def prepare(self, world: Governed) -> Effect:
        """The effect as it is filed, with what it was written against. Raises refusals."""

    @abstractmethod
    def apply(self, world: Governed, decision: Decision) -> tuple[Governed, tuple[Event, ...]]:
        """The world after it, and what it records. Raises a refusal if it cannot be enacted."""

    def event(self, decision: Decision, told: Fact) -> Event:
        """What it records of itself."""
        return Event(told, proposal_thing(decision.proposal))


class Older(Effect):
    """A payload of an earlier version, as it was filed."""

    __slots__ = ()

    @property
    @abstractmethod
    def current(self) -> Effect:
        """The same with a payload of the present version."""

    @property
    def entrenched(self) -> bool:
        return self.current.entrenched

    @property
    def asks(self) -> str:
        return self.current.asks

    @property
    def people(self) -> tuple[PersonId, ...]:
        return self.current.people

    def reads(self, world: Governed) -> tuple[Read, ...]:
        return self.current.reads(world)

    def prepare(self, world: Governed) -> Effect:
        return self.current.prepare(world)

    def apply(self, world: Governed, decision: Decision) -> tuple[Governed, tuple[Event, ...]]:
        return self.current.apply(world, decision)


def marks(effect: Effect) -> dict[str, Any]:
    """What tells its payload from others where it is written down; the first version goes without saying."""
    return {"kind": effect.KIND} | ({} if effect.VERSION == 1 else {"version": effect.VERSION})


def as_data(effect: Effect) -> dict[str, Any]:
    """The effect as plain data: what the digest of a version is made of (PRO-5)."""
    return marks(effect) | asdict(effect)
