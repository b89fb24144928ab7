"""What is asked of kept proposals beyond what every noun is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.governance.ids import GroupId, PartnershipId, PersonId, ProposalId, VoteId
from bot.governance.proposals_types import Proposal, ProposalState
from bot.governance.stops import Span
from bot.governance.votes_types import Ballot
from bot.services.ports.repository import Repository


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of ``/proposal list``: what is needed without opening the dossier."""

    id: ProposalId
    number: int | None
    group: GroupId
    type: str
    title: str
    state: ProposalState
    author: PersonId
    closes_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which proposals to list, newest first."""

    states: frozenset[ProposalState] = frozenset()
    group: GroupId | None = None
    author: PersonId | None = None
    limit: int = 25
    before: ProposalId | None = None
    search: str = ""


class Proposals(Repository[Proposal], Protocol):
    """Proposals, and what is asked of them beyond what every noun is asked."""

    async def in_states(self, partnership: PartnershipId, states: Iterable[StrEnum]) -> tuple[ProposalId, ...]:
        """Ids of those in these states, oldest first."""
        ...

    async def untold(self, partnership: PartnershipId, person: PersonId) -> tuple[ProposalId, ...]:
        """Those in which somebody's objector may not have been told, and which name this person (OBJ-2)."""
        ...

    async def listed(self, partnership: PartnershipId, wanted: Filter) -> tuple[Listed, ...]:
        """Rows for lists and autocomplete, newest first. Drafts only when filtered by their author."""
        ...

    async def drafts_of(self, partnership: PartnershipId, author: PersonId) -> tuple[ProposalId, ...]:
        """The ids of this author's drafts, newest first."""
        ...

    async def spells_of(
        self, partnership: PartnershipId, people: Iterable[PersonId], since: datetime
    ) -> Mapping[PersonId, Sequence[Span]]:
        """When each of these was kept from acting since then, in any process (PRO-11)."""
        ...

    async def barred_in(self, partnership: PartnershipId, group: GroupId) -> frozenset[tuple[PersonId, str]]:
        """Who is kept from acting now in any process of this group, and why (PRO-11)."""
        ...

    async def load_of(
        self, partnership: PartnershipId, author: PersonId, group: GroupId, since: datetime
    ) -> tuple[int, int, int]:
        """Open by this author; opened by them since ``since``; open in this group."""
        ...


class Ballots(Protocol):
    """The ballots of open votes: one row per person, overwritten in place (DEC-3a)."""

    async def put(self, vote: VoteId, ballot: Ballot) -> None:
        """Keep or replace a ballot."""
        ...

    async def of(self, vote: VoteId) -> tuple[Ballot, ...]:
        """All ballots, in no telling order."""
        ...

    async def wipe(self, vote: VoteId) -> None:
        """Delete them; called in the transaction that closes the vote."""
        ...
