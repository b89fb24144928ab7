"""The nouns that are no proposals, as the sweep and reconciliation need them: a noun joins with one line here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from bot.governance import surveys
from bot.governance.feedback import Feedback, FeedbackState
from bot.governance.ids import PartnershipId
from bot.governance.meetings import OVER as MEETINGS_OVER
from bot.governance.meetings import Meeting
from bot.governance.retros import OVER, Retro
from bot.governance.surveys import Survey
from bot.services import feedback, meetings, retros, surveys_replies
from bot.services.ports.context import Context
from bot.services.ports.transaction import Transaction


class Kept(Protocol):
    """Where things of a noun are kept, as far as the sweep and reconciliation ask. Every ``Repository`` is one."""

    async def get(self, id: int) -> Any:
        """Raises NotFound."""
        ...

    async def due(self, now: datetime, partnerships: Iterable[PartnershipId]) -> tuple[int, ...]:
        """Ids of those with something due, earliest first, in these partnerships."""
        ...

    async def next_due_at(self, partnerships: Iterable[PartnershipId] | None = None) -> datetime | None:
        """The earliest instant at which something is due, of all, or in these partnerships."""
        ...

    async def outside(self, partnership: PartnershipId, states: Iterable[StrEnum]) -> tuple[int, ...]:
        """Ids of those that are in none of these states, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Noun:
    """``name`` as the record names a thing of it (``retro``/4), and where such things are kept.

    ``advance`` takes the steps of one thing that are due, in one transaction; called too early or twice it changes
    nothing. ``over`` are the states in which nothing is to be done on its board any more.
    """

    name: str
    kept: Callable[[Transaction], Kept]
    advance: Callable[[Context, int], Awaitable[None]]
    over: frozenset[StrEnum]


NOUNS: tuple[Noun, ...] = (
    Noun("retro", lambda tx: tx.of(Retro), retros.advance, OVER),
    Noun("survey", lambda tx: tx.of(Survey), surveys_replies.advance, surveys.OVER),
    Noun("feedback", lambda tx: tx.of(Feedback), feedback.advance, frozenset({FeedbackState.CLOSED})),
    Noun("meeting", lambda tx: tx.of(Meeting), meetings.advance, MEETINGS_OVER),
)
"""In the order in which the sweep takes them."""
