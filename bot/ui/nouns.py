"""The nouns that people meet, each as its own file declares it. A new one adds its line here, and nothing else does."""

from __future__ import annotations

from bot.ui import (
    escalations,
    feedback,
    meetings,
    objections,
    organisation,
    policy,
    proposals,
    record,
    reminders,
    retros,
    scales,
    seats,
    surveys,
    votes,
)
from bot.ui.presenter import Presenter

NOUNS: tuple[Presenter, ...] = (
    proposals.PRESENTER,
    objections.PRESENTER,
    votes.PRESENTER,
    escalations.PRESENTER,
    seats.PRESENTER,
    organisation.PRESENTER,
    scales.PRESENTER,
    policy.PRESENTER,
    record.PRESENTER,
    meetings.PRESENTER,
    surveys.PRESENTER,
    feedback.PRESENTER,
    retros.PRESENTER,
    reminders.PRESENTER,
)
