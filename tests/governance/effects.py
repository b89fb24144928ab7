"""One example of every effect, for the tests that walk the registry. Whoever adds an effect adds its example."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from bot.governance.effects import Effect, Governed, PolicyChange, Ratification
from bot.governance.effects.ratify import RatificationV1
from bot.governance.ids import PersonId
from tests.governance.scene import FREE_KEY, world


class Example(NamedTuple):
    """An effect as somebody files it, a world in which it can be, and the same after what it depends on changed.

    ``older`` says the same by each earlier version of its payload, the first one first.
    """

    filed: Effect
    before: Governed
    moved: Governed
    older: tuple[Effect, ...] = ()


LISTED = (PersonId("ana"), PersonId("bo"))
EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {
        PolicyChange.KIND: Example(FREE_KEY, world(), world({FREE_KEY.target: 7})),
        Ratification.KIND: Example(
            Ratification(LISTED), world(provisional=True), world(), (RatificationV1(value="ana bo", was="provisional"),)
        ),
    }
)
