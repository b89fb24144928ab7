"""Change one policy key (EFF-2, ADP-2). Stale when that key has another value than it was written against."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.governance.effects.effect import Decision, Effect, Read
from bot.governance.effects.governed import Governed
from bot.governance.errors import BadValue
from bot.governance.events import Event
from bot.governance.policy import amended
from bot.governance.policy_events import PolicyAmended
from bot.governance.policy_keys import is_entrenched, key_named
from bot.governance.policy_values import read, written


@dataclass(frozen=True, slots=True)
class PolicyChange(Effect):
    """The key ``target`` gets a value, as text; ``was`` is the one that it was written against."""

    KIND = "change policy"
    CARRIED_BY = ("policy",)
    EVENT = PolicyAmended

    target: str = ""
    value: str = ""
    was: str = ""

    @property
    def entrenched(self) -> bool:
        """By the key (POL-5)."""
        return is_entrenched(self.target)

    @property
    def asks(self) -> str:
        """The key and its new value."""
        return f"{self.target} {self.value}"

    def reads(self, world: Governed) -> tuple[Read, ...]:
        """The present value of its key. Raises UnknownKey."""
        key = key_named(self.target)
        return (Read(key.name, self.was, written(world.policy.values[key.name])),)

    def prepare(self, world: Governed) -> PolicyChange:
        """Read the value and note the present one. Raises UnknownKey, BadValue, OutOfBounds."""
        key = key_named(self.target.strip())
        value = written(read(key, self.value))
        was = written(world.policy.values[key.name])
        if value == was:
            raise BadValue(key.name, value, "another value", was)
        return replace(self, target=key.name, value=value, was=was)

    def apply(self, world: Governed, decision: Decision) -> tuple[Governed, tuple[Event, ...]]:
        """The next version of the policy. Raises UnknownKey, BadValue, OutOfBounds."""
        key = key_named(self.target)
        policy = amended(world.policy, {key.name: read(key, self.value)})
        told = self.event(decision, PolicyAmended(self.target, self.was, self.value, policy.version))
        return replace(world, policy=policy), (told,)
