"""What every use case is given: who acts, the clock, where transactions are opened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.governance.policy import Policy
from bot.services.ports.transaction import UnitOfWork

Clock = Callable[[], datetime]
"""The present instant, aware and in UTC. Chosen by ``bot.app`` only."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person as Discord presents them at the instant of an act. ``roles`` are the truth of their seats (ORG-2)."""

    user_id: int
    guild_id: int
    roles: frozenset[int] = frozenset()
    manages_roles: bool = False
    top_position: int = 0
    channel_id: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """What every use case is given."""

    uow: UnitOfWork
    clock: Clock
    genesis: Policy = field(repr=False)
    _turns: dict[int, asyncio.Lock] = field(default_factory=dict, init=False, repr=False, compare=False)

    def turn(self, guild_id: int) -> asyncio.Lock:
        """Seats of one server change one after another, in the order in which it was told (ORG-2).

        Who reads Discord's members to compare them reads them inside: what is told later then comes later too.
        """
        return self._turns.setdefault(guild_id, asyncio.Lock())
