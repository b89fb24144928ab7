"""What shared rooms know of a noun: one value at the end of the noun's own file, and how those values are put together.

``bot.ui.nouns`` lists the values; ``errors``, ``ids``, ``announcements``, boards, help and the like are made from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from bot.governance.errors import Refusal
from bot.governance.events import EventType
from bot.governance.reminders import ReminderTopic
from bot.ui.asking import Help, Reminds, Section, Waits
from bot.ui.audiences import Audience
from bot.ui.board import Board
from bot.ui.logged import LogEntry
from bot.ui.notices_context import NoticeContext

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Limit:
    """A cap in words: ``{most}`` stands for the number with the noun that is counted, such as ``3 drafts``."""

    words: str
    counted: str = "proposal"


@dataclass(frozen=True, slots=True)
class States:
    """How a sentence names a thing in some state, and what each of its states is called."""

    subject: str
    names: Mapping[Any, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """What a noun's refusals say (HLP-1). A table is named after the refusal whose keys it holds.

    Beside those: ``ask_a_moderator`` are reasons of NotEligible for which somebody who can give roles is whom to ask;
    ``fields`` names what is typed, for BadText and BadValue; ``wanted`` says what would fit, with ``{}`` for each
    of its parts or ``{all}`` of them; ``spoken`` are refusals with a sentence of their own.
    """

    not_found: Mapping[str, str] = field(default_factory=dict)
    not_eligible: Mapping[str, str] = field(default_factory=dict)
    conflicted: Mapping[str, str] = field(default_factory=dict)
    wrong_state: Mapping[str, str] = field(default_factory=dict)
    repeated: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """What a WrongState's act comes too late for because it, or what makes it needless, was done: act and state."""
    already_done: Mapping[str, str] = field(default_factory=dict)
    limit_reached: Mapping[str, Limit] = field(default_factory=dict)
    outdated: Mapping[str, str] = field(default_factory=dict)
    role_refused: Mapping[str, str] = field(default_factory=dict)
    ask_a_moderator: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(default_factory=dict)
    wanted: Mapping[str, str] = field(default_factory=dict)
    spoken: Mapping[type[Refusal], Callable[[Any], str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presenter:
    """A noun as shared rooms show it. ``name`` is that of its files."""

    name: str
    ids: tuple[str, ...] = ()
    """The patterns of its custom ids."""
    audiences: Mapping[EventType, Audience] = field(default_factory=dict)
    """Who is told of its events."""
    boards: Mapping[str, Board] = field(default_factory=dict)
    """How its things are shown, by what the record calls such a thing."""
    notices: Mapping[EventType, Callable[[NoticeContext], str]] = field(default_factory=dict)
    """What the discussion thread of a proposal is told of its events."""
    log: Mapping[EventType, LogEntry] = field(default_factory=dict)
    """How its events stand in the log of the decisions feed."""
    help: Help = field(default_factory=Help)
    waits: Mapping[str, Waits] = field(default_factory=dict)
    """What it asks of people, by the kind of an item in the inbox."""
    reminds: Mapping[str, Reminds] = field(default_factory=dict)
    """What its reminders say, by their reason."""
    topics: Mapping[ReminderTopic, str] = field(default_factory=dict)
    """What its reminders are called where people choose which of them they want."""
    digest: Mapping[str, Section] = field(default_factory=dict)
    """Its sections of a digest."""
    refusals: Refusals = field(default_factory=Refusals)
    states: Mapping[type[StrEnum], States] = field(default_factory=dict)


def merged(what: str, tables: Iterable[Mapping[K, V]]) -> Mapping[K, V]:
    """One table of all. Raises ValueError for a key that two of them hold: then nobody knows which words are meant."""
    made: dict[K, V] = {}
    for table in tables:
        twice = made.keys() & table.keys()
        if twice:
            raise ValueError(f"{what} named twice: {sorted(map(str, twice))}")
        made |= table
    return MappingProxyType(made)


def complete(what: str, wanted: Iterable[K], found: Iterable[K]) -> None:
    """Raises ValueError if something that needs words has none."""
    missing = set(wanted) - set(found)
    if missing:
        raise ValueError(f"{what} without words: {sorted(map(str, missing))}")
