"""Ratify the partnership: from then on budgets and policy changes can be enacted (SCL-5)."""

from __future__ import annotations

from dataclasses import replace

from bot.governance.dossier import Effect
from bot.governance.effects.world import World
from bot.governance.errors import Stale

KIND = "ratify partnership"


def prepare(effect: Effect, world: World) -> Effect:
    """Raises Stale when it is ratified already."""
    if not world.partnership.provisional:
        raise Stale("partnership", "provisional", "ratified")
    return replace(effect, was="provisional")


def entrenched(effect: Effect) -> bool:
    """Always: the stakeholder group says yes, it does not merely stay silent."""
    return True


def apply(effect: Effect, world: World) -> World:
    """Raises Stale when it is ratified already."""
    prepare(effect, world)
    return replace(world, partnership=replace(world.partnership, provisional=False))
