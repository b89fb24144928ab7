"""What is recorded of the policy, and of what effects do (POL-1, EFF-1)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.governance.events import Fact, fact, part


@fact("policy adopted")
class PolicyAdopted(Fact):
    """The first version: each key with its value as people write it, and the rows of the decision matrix."""

    version: int
    values: Mapping[str, str]
    matrix: tuple[Mapping[str, object], ...] = part(lacked=())


@fact("policy amended")
class PolicyAmended(Fact):
    """One key has another value, from this version on."""

    key: str
    was: str
    value: str
    version: int


@fact("effect applied")
class EffectApplied(Fact):
    """What an effect did that has no type of event of its own; ``told`` is what it says of it."""

    effect: str
    told: Mapping[str, object] = part(rest=True)
