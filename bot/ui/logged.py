"""An event in the log of the decisions feed: what its words need, and how much it weighs (ORG-2a)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from bot.governance.events import Event, Json
from bot.governance.ids import PersonId
from bot.governance.organisation import Partnership
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
    def data(self) -> Mapping[str, Json]:
        return self.recorded.event.data

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

    @property
    def about(self) -> str:
        """A mention of the person whom it is about, if it names one whom the server knows."""
        user = self.users.get(PersonId(str(self.data.get("person") or "")))
        return f"<@{user}>" if user else ""

    @property
    def people(self) -> list[int]:
        """The Discord users whom it names in a list: they are mentioned."""
        named = self.data.get("people")
        people = [PersonId(each) for each in named if isinstance(each, str)] if isinstance(named, list) else []
        return [self.users[person] for person in people if person in self.users]

    @property
    def seat(self) -> str:
        """The seat that it names."""
        return seat_of(self.data)


def seat_of(data: Mapping[str, Json]) -> str:
    """A seat with its group, and class or organisation."""
    group = str(data.get("group") or "")
    where = f" of {in_quotes(group, 62)}" if group else ""
    if group == _WHOLE:
        where = f" of the {_WHOLE}"
    extra = ", ".join(in_quotes(str(data[key]), 62) for key in ("class", "organisation") if data.get(key))
    return f"{in_quotes(str(data.get('seat') or 'seat'), 62)}{where}" + (f" ({extra})" if extra else "")


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
