"""The nouns that people meet, each as its own file declares it. A new one adds its line here, and nothing else does."""

from __future__ import annotations

from bot.ui import (
    effects,
    escalations,
    feedback,
    health,
    inbox,
    intrusions,
    meetings,
    metrics,
    objections,
    organisation,
    policy,
    proposals,
    record,
    reminders,
    retros,
    scales,
    seats,
    stops,
    surveys,
    votes,
)
from bot.ui.presenter import Presenter

NOUNS: tuple[Presenter, ...] = (
    inbox.PRESENTER,
    proposals.PRESENTER,
    objections.PRESENTER,
    votes.PRESENTER,
    escalations.PRESENTER,
    feedback.PRESENTER,
    retros.PRESENTER,
    surveys.PRESENTER,
    meetings.PRESENTER,
    metrics.PRESENTER,
    health.PRESENTER,
    record.PRESENTER,
    reminders.PRESENTER,
    scales.PRESENTER,
    organisation.PRESENTER,
    seats.PRESENTER,
    intrusions.PRESENTER,
    stops.PRESENTER,
    policy.PRESENTER,
    effects.PRESENTER,
)
"""In the order in which help and digests tell of them."""
