"""Who is listed in a partnership's first proposal (SCL-5)."""

from __future__ import annotations

from collections.abc import Iterable

from bot.governance.effects import Governed
from bot.governance.ids import PersonId
from bot.governance.organisation import GroupKind, Holding


def wearers(world: Governed, holdings: Iterable[Holding]) -> tuple[PersonId, ...]:
    """Everybody with a seat, those of the top-level cell and of the stakeholder group first."""
    first = (world.partnership.of_kind(GroupKind.TOP_LEVEL).id, world.partnership.stakeholders.id)

    def place(holding: Holding) -> tuple[int, PersonId]:
        group = holding.mapping.group
        return (first.index(group) if group in first else len(first), holding.person)

    return tuple(dict.fromkeys(holding.person for holding in sorted(holdings, key=place)))
