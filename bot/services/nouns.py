"""The nouns that are no proposals, as the sweep and reconciliation need them: a noun joins with one line here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.governance import surveys
from bot.governance.feedback import FeedbackState
from bot.governance.meetings import OVER as MEETINGS_OVER
from bot.governance.retros import OVER
from bot.services import feedback, meetings, retros, surveys_answered
from bot.services.ports import Context, Repository, Transaction


@dataclass(frozen=True, slots=True)
class Noun:
    """``name`` as the record names a thing of it (``retro``/4), and where such things are kept.

    ``advance`` takes the steps of one thing that are due, in one transaction; called too early or twice it changes
    nothing. ``over`` are the states in which nothing is to be done on its board any more.
    """

    name: str
    kept: Callable[[Transaction], Repository[Any]]
    advance: Callable[[Context, int], Awaitable[None]]
    over: frozenset[StrEnum]


NOUNS: tuple[Noun, ...] = (
    Noun("retro", lambda tx: tx.retros, retros.advance, OVER),
    Noun("survey", lambda tx: tx.surveys, surveys_answered.advance, surveys.OVER),
    Noun("feedback", lambda tx: tx.feedback, feedback.advance, frozenset({FeedbackState.CLOSED})),
    Noun("meeting", lambda tx: tx.meetings, meetings.advance, MEETINGS_OVER),
)
"""In the order in which the sweep takes them."""
