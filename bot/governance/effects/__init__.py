"""What a decision can do (EFF-1, EFF-2). Adding one: a file with these names, one line in ``REGISTRY``, its test.

Each effect's file provides ``KIND``, ``prepare`` (validate at filing, note what it was written against),
``entrenched`` and ``apply`` (validate again at enactment, then change the world).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Protocol

from bot.governance.effects import change_policy, ratify
from bot.governance.effects.world import Governed
from bot.governance.proposals_types import Effect


class EffectKind(Protocol):
    """What an effect's file provides."""

    KIND: str

    def prepare(self, effect: Effect, world: Governed) -> Effect:
        """The effect with its base noted. Raises a refusal if it could not be enacted now."""
        ...

    def entrenched(self, effect: Effect) -> bool:
        """Whether it needs an affirmative supermajority (POL-5)."""
        ...

    def apply(self, effect: Effect, world: Governed) -> Governed:
        """The world after it. Raises Stale when its base has changed (EFF-1)."""
        ...


_ALL: tuple[EffectKind, ...] = (change_policy, ratify)
REGISTRY = MappingProxyType({effect.KIND: effect for effect in _ALL})
"""Every effect by kind."""


def prepare(effects: tuple[Effect, ...], world: Governed) -> tuple[Effect, ...]:
    """Validate effects at filing, alone and together, each with its base noted (EFF-1). Raises refusals."""
    prepared = tuple(REGISTRY[effect.kind].prepare(effect, world) for effect in effects)
    apply(prepared, world)
    return prepared


def entrenched(effects: tuple[Effect, ...]) -> bool:
    """Whether any of them needs an affirmative supermajority (POL-5)."""
    return any(REGISTRY[effect.kind].entrenched(effect) for effect in effects)


def apply(effects: tuple[Effect, ...], world: Governed) -> Governed:
    """All of them or none. Raises Stale (EFF-1)."""
    for effect in effects:
        world = REGISTRY[effect.kind].apply(effect, world)
    return world
