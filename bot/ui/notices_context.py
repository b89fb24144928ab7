"""An event of a proposal with what the sentence about it needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.governance.events import Event
from bot.governance.ids import PersonId
from bot.governance.objections_events import BySpeaker, OfObjection
from bot.governance.proposals_events import Nudged
from bot.governance.proposals_types import Objection
from bot.governance.stops_events import ClockResumed, ClockStopped
from bot.services.ports.record import Recorded
from bot.services.views import ProposalView

WORDS_OF_PEOPLE = 1500
"""Units given to somebody's words in a notice; longer ones are cut and stand whole in the record."""

MOST_NAMED = 50
"""People named, and so pinged, in one notice; Discord pings a hundred at most."""


@dataclass(frozen=True, slots=True)
class NoticeContext:
    """An event with what its sentence needs."""

    view: ProposalView
    recorded: Recorded

    @property
    def event(self) -> Event:
        return self.recorded.event

    @property
    def actor(self) -> str:
        return self.view.mention(self.recorded.event.actor)

    @property
    def objection(self) -> Objection | None:
        fact = self.event.fact
        return self.view.proposal.objection(fact.objection) if isinstance(fact, OfObjection) else None

    @property
    def number(self) -> str:
        fact = self.event.fact
        return f"objection No. {fact.objection if isinstance(fact, OfObjection) else '?'}"

    @property
    def number_first(self) -> str:
        """The same at the beginning of a sentence."""
        return f"O{self.number[1:]}"

    @property
    def objector(self) -> str:
        found = self.objection
        return self.view.mention(found.sponsor or found.person) if found else "the objector"

    @property
    def in_ones_place(self) -> bool:
        """Whether a colleague of the objector acted, with the one voice of their organisation (OBJ-6)."""
        fact = self.event.fact
        return isinstance(fact, BySpeaker) and fact.raised_by is not None

    @property
    def author(self) -> str:
        return self.view.mention(self.view.proposal.author)

    @property
    def stopped_at(self) -> datetime:
        """When the clock began to stand; entries that do not say are told from their own instant (PRO-11)."""
        fact = self.event.fact
        since = fact.since if isinstance(fact, ClockStopped | ClockResumed) else None
        return since or self.recorded.at - self.stood

    @property
    def stood(self) -> timedelta:
        """How long the clock stood, and so by how much every deadline moved (PRO-11)."""
        fact = self.event.fact
        return timedelta(minutes=fact.minutes if isinstance(fact, ClockResumed) else 0)

    @property
    def reminded(self) -> tuple[PersonId, ...]:
        """Those whom a nudge may mention; how anybody wants to be reminded is nobody's business (RHY-2)."""
        fact = self.event.fact
        people = fact.people if isinstance(fact, Nudged) else ()
        return tuple(p for p in people if self.view.reminded is None or p in self.view.reminded)
