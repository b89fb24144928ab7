"""Change one policy key (EFF-2, ADP-2). Stale when that key has another value than it was written against."""

from __future__ import annotations

from dataclasses import replace

from bot.governance.effects.world import Governed
from bot.governance.errors import BadValue, Stale
from bot.governance.policy import amended
from bot.governance.policy_keys import is_entrenched, key_named
from bot.governance.policy_values import read, written
from bot.governance.proposals_types import Effect

KIND = "change policy"


def prepare(effect: Effect, world: Governed) -> Effect:
    """Read the value and note the present one. Raises UnknownKey, BadValue, OutOfBounds."""
    key = key_named(effect.target.strip())
    value = written(read(key, effect.value))
    was = written(world.policy.values[key.name])
    if value == was:
        raise BadValue(key.name, value, f"another value than the present one ({was})")
    amended(world.policy, {key.name: read(key, value)})
    return replace(effect, target=key.name, value=value, was=was)


def entrenched(effect: Effect) -> bool:
    """By the key (POL-5)."""
    return is_entrenched(effect.target)


def apply(effect: Effect, world: Governed) -> Governed:
    """The next version of the policy. Raises Stale, OutOfBounds."""
    key = key_named(effect.target)
    now = written(world.policy.values[key.name])
    if now != effect.was:
        raise Stale(key.name, effect.was, now)
    policy = amended(world.policy, {key.name: read(key, effect.value)})
    return replace(world, policy=policy)
