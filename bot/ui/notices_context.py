"""An event of a proposal with what the sentence about it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.governance.events import Json
from bot.governance.ids import PersonId
from bot.governance.proposals_types import Objection
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
    def data(self) -> Mapping[str, Json]:
        return self.recorded.event.data or {}

    @property
    def actor(self) -> str:
        return self.view.mention(self.recorded.event.actor)

    @property
    def objection(self) -> Objection | None:
        number = self.data.get("objection")
        return self.view.proposal.objection(number) if isinstance(number, int) else None

    @property
    def number(self) -> str:
        return f"objection No. {self.data.get('objection', '?')}"

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
        return bool(self.text("raised_by"))

    @property
    def author(self) -> str:
        return self.view.mention(self.view.proposal.author)

    def text(self, key: str) -> str:
        value = self.data.get(key, "")
        return value if isinstance(value, str) else ""

    @property
    def stopped_at(self) -> datetime:
        """When the clock began to stand; entries that do not say are told from their own instant (PRO-11)."""
        since = self.text("since")
        return datetime.fromisoformat(since) if since else self.recorded.at - self.stood

    @property
    def stood(self) -> timedelta:
        """How long the clock stood, and so by how much every deadline moved (PRO-11)."""
        return timedelta(minutes=self.whole("minutes"))

    def whole(self, key: str) -> int:
        value = self.data.get(key, 0)
        return value if isinstance(value, int) else 0

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Those whom the event names in a list."""
        named = self.data.get("people")
        return tuple(PersonId(p) for p in named if isinstance(p, str)) if isinstance(named, list) else ()

    @property
    def reminded(self) -> tuple[PersonId, ...]:
        """Those of them whom the notice may mention; how anybody wants to be reminded is nobody's business (RHY-2)."""
        return tuple(p for p in self.people if self.view.reminded is None or p in self.view.reminded)
