"""Ratify the partnership: from then on budgets and policy changes can be enacted (SCL-5).

Its value lists who wears a seat when it is filed, frozen: what the ratification lists counts as decided (PRO-9).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.governance.effects.world import Governed
from bot.governance.errors import Stale
from bot.governance.ids import PersonId
from bot.governance.proposals_types import Effect

KIND = "ratify partnership"


def listing(people: Iterable[PersonId]) -> str:
    """The value of the effect that lists these people, in this order."""
    return " ".join(dict.fromkeys(people))


def listed(effect: Effect) -> tuple[PersonId, ...]:
    """Whom it lists."""
    return tuple(PersonId(person) for person in effect.value.split())


def prepare(effect: Effect, world: Governed) -> Effect:
    """Raises Stale when it is ratified already."""
    if not world.partnership.provisional:
        raise Stale("partnership", "provisional", "ratified")
    return replace(effect, was="provisional")


def entrenched(effect: Effect) -> bool:
    """Always: the stakeholder group says yes, it does not merely stay silent."""
    return True


def apply(effect: Effect, world: Governed) -> Governed:
    """Raises Stale when it is ratified already."""
    prepare(effect, world)
    return replace(world, partnership=replace(world.partnership, provisional=False))
