"""What a decision can do (EFF-1, EFF-2). Adding one: a file with its payload, one line in ``_ALL``, words, a test.

A proposal carries a tuple of effects, applied in this order, all or none.
"""

from __future__ import annotations

from types import MappingProxyType

from bot.governance.effects.change_policy import PolicyChange
from bot.governance.effects.effect import Decision, Effect, as_data, marks
from bot.governance.effects.governed import Governed
from bot.governance.effects.ratify import Ratification
from bot.governance.errors import Stale
from bot.governance.events import Event

__all__ = [
    "PAYLOADS",
    "REGISTRY",
    "Decision",
    "Effect",
    "Governed",
    "PolicyChange",
    "Ratification",
    "apply",
    "as_data",
    "carried_by",
    "entrenched",
    "marks",
    "prepare",
]

_ALL: tuple[type[Effect], ...] = (
    PolicyChange,
    Ratification,
)
REGISTRY = MappingProxyType({each.KIND: each for each in _ALL})
"""The present payload of each kind of effect."""

PAYLOADS = MappingProxyType({(each.KIND, each.VERSION): each for present in _ALL for each in (*present.OLDER, present)})
"""Every payload that a proposal may hold, by kind and version."""


def carried_by(type: str) -> tuple[type[Effect], ...]:
    """The kinds of effect that this type of decision may carry."""
    return tuple(each for each in _ALL if type in each.CARRIED_BY)


def prepare(effects: tuple[Effect, ...], world: Governed, decision: Decision) -> tuple[Effect, ...]:
    """Validate effects at filing, alone and together, each with what it was written against (EFF-1).

    Raises refusals.
    """
    prepared = tuple(effect.prepare(world) for effect in effects)
    apply(prepared, world, decision)
    return prepared


def entrenched(effects: tuple[Effect, ...]) -> bool:
    """Whether any of them needs an affirmative supermajority (POL-5)."""
    return any(effect.entrenched for effect in effects)


def apply(effects: tuple[Effect, ...], world: Governed, decision: Decision) -> tuple[Governed, tuple[Event, ...]]:
    """All of them or none, and what they record. Raises Stale and other refusals (EFF-1)."""
    told: tuple[Event, ...] = ()
    for effect in effects:
        for each in effect.reads(world):
            if each.was != each.now:
                raise Stale(*each)
        world, more = effect.apply(world, decision)
        told += more
    return world, told
