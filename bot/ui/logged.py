"""An event in the log of the decisions feed: what its words need, and how much it weighs (ORG-2a)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from bot.governance.events import Event
from bot.governance.ids import PersonId
from bot.governance.organisation import Partnership
from bot.governance.organisation_events import OfRole
from bot.governance.stops_events import PeopleBarred
from bot.services.ports.record import Recorded
from bot.ui.panels import Button
from bot.ui.text import in_quotes

_WHOLE = "whole partnership"
"""What the record calls the group of a seat that belongs to no single group."""


@dataclass(frozen=True, slots=True)
class Logged:
    """An event with what its words need."""

    recorded: Recorded
    partnership: Partnership
    users: Mapping[PersonId, int]

    @property
    def event(self) -> Event:
        return self.recorded.event

    @property
    def by(self) -> str:
        """Who did it; empty for the bot itself."""
        actor = self.recorded.event.actor
        if actor is None:
            return ""
        return f"<@{self.users[actor]}>" if actor in self.users else "somebody who was erased on request"

    @property
    def who(self) -> str:
        return self.by or "the bot, by rule"

    def mention(self, person: PersonId | None) -> str:
        """Somebody whom the server knows; empty for anybody else."""
        user = self.users.get(person) if person is not None else None
        return f"<@{user}>" if user else ""

    @property
    def people(self) -> list[int]:
        """The Discord users whom it names in a list: they are mentioned."""
        fact = self.event.fact
        named = fact.people if isinstance(fact, PeopleBarred) else ()
        return [self.users[person] for person in named if person in self.users]


def seat_of(role: OfRole) -> str:
    """A seat with its group, and class or organisation."""
    where = f" of {in_quotes(role.group, 62)}" if role.group else ""
    if role.group == _WHOLE:
        where = f" of the {_WHOLE}"
    extra = ", ".join(in_quotes(each, 62) for each in (role.stakeholder_class, role.organisation) if each)
    return f"{in_quotes(role.seat or 'seat', 62)}{where}" + (f" ({extra})" if extra else "")


class Weight(Enum):
    """How much of the reader's attention an entry takes."""

    INCIDENT = 0xC0392B
    CHANGE = 0x5865F2
    SMALL = 0x4E5058
    """Many of them come at once when a partnership is set up: each has its post, and each post is small."""


def _no_buttons(told: Logged) -> Sequence[Button]:
    return ()


@dataclass(frozen=True, slots=True)
class LogEntry:
    """How an event stands in the log."""

    lines: Callable[[Logged], list[str]]
    weight: Weight = Weight.CHANGE
    buttons: Callable[[Logged], Sequence[Button]] = _no_buttons
