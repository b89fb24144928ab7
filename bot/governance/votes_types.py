"""A final vote, its ballots and its result, as frozen data (DEC-1 to DEC-3). The rules stand in ``votes``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.governance.ids import PersonId, VoteId
from bot.governance.organisation import Elector

Counts: TypeAlias = "tuple[tuple[str, int], ...]"
"""A number for each option, in the order of the options."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one person marks in a vote: a number for each option that they mark, in the order of the options.

    ``person`` is empty once a secret ballot has been counted (DEC-3). ``criterion`` and ``reason`` are an objection's.
    """

    marks: Mapping[str, int]
    person: PersonId | None = None
    criterion: str = ""
    reason: str = ""

    @property
    def choice(self) -> str:
        """The option of a ballot that marks one alone."""
        (option,) = self.marks
        return option


@dataclass(frozen=True, slots=True)
class Tally:
    """The result of a vote: a pure function of the ballots and the pinned terms (DEC-2).

    ``counts`` is empty where a secret result stays hidden (DEC-3). ``reason`` is a key for the presenter. ``chosen`` is
    the option that won where the options are the proposal's own; ``rounds`` are the counts of the rounds before the
    last, where a method counts in rounds.
    """

    adopted: bool
    reason: str
    cast: int
    eligible: int
    counts: Counts = ()
    hidden: bool = False
    chosen: str = ""
    rounds: tuple[Counts, ...] = ()


@dataclass(frozen=True, slots=True)
class Vote:
    """A final vote on its own options (DEC-2). Ballots are kept apart, in storage, until it closes.

    ``of_electors``: it is held by the proposal's own electors, because people's acts stopped its clock for as long as
    they may (PRO-11); else by the stakeholder group. ``early_at`` is when it closes, everyone having voted (DEC-1a).
    """

    id: VoteId
    method: str
    options: tuple[str, ...]
    secret: bool
    electors: tuple[Elector, ...]
    opens_at: datetime
    closes_at: datetime
    opened: bool = False
    tally: Tally | None = None
    ballots: tuple[Ballot, ...] = ()
    voted: frozenset[PersonId] = frozenset()
    nudged: bool = False
    early_at: datetime | None = None
    of_electors: bool = False

    @property
    def ends_at(self) -> datetime:
        """When it closes: at the end of its window, or soon after everyone has voted (DEC-1a)."""
        return min(self.closes_at, self.early_at or self.closes_at)
