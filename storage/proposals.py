"""Dossiers: one row for each proposal, with columns for what lists and deadlines ask (PRO-2, PRO-3).

Its votes have rows of their own, which the document names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, Text, and_, bindparam, func, or_, select, text, type_coerce

from bot.governance import lifecycle
from bot.governance.ids import GroupId, PartnershipId, PersonId, ProposalId, VoteId
from bot.governance.proposals import past_votes
from bot.governance.proposals_types import FINAL, Proposal, ProposalState
from bot.governance.stops import Span
from bot.governance.votes_types import Vote
from bot.services.ports.proposals import Filter, Listed
from storage.mapping import BadDocument, codec, from_json, to_json
from storage.repository import Repository
from storage.session import Session
from storage.tables import proposals, spells
from storage.votes import Votes

_C = proposals.c
_OPEN = sorted(state.value for state in ProposalState if state not in FINAL and state is not ProposalState.DRAFT)
_LISTED = select(_C.id, _C.number, _C.group_id, _C.type, _C.title, _C.state, _C.author_id, _C.closes_at, _C.due_at)
_HERE = _C.partnership_id == bindparam("partnership")
_LOAD = select(
    select(func.count()).where(_HERE, _C.author_id == bindparam("author"), _C.state.in_(_OPEN)).scalar_subquery(),
    select(func.count())
    .where(_HERE, _C.author_id == bindparam("author"), _C.opened_at >= bindparam("since", type_=_C.opened_at.type))
    .scalar_subquery(),
    select(func.count()).where(_HERE, _C.group_id == bindparam("group"), _C.state.in_(_OPEN)).scalar_subquery(),
)


class Proposals(Repository[Proposal]):
    """Proposals, and what is asked of them beyond what every noun is asked."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, proposals, Proposal)
        self._votes = Votes(session)

    async def numbered(self, partnership: PartnershipId, number: int) -> Proposal:
        """By its number ``P-12``. Raises NotFound."""
        return await self._one(self._asks.numbered, {"partnership": partnership, "number": number}, f"P-{number}")

    async def save(self, thing: Proposal) -> Proposal:
        """Insert or update; returns it with the next ``version``. Raises Changed."""
        saved = await super().save(thing)
        if held := past_votes(saved):
            await self._votes.save(saved.id, held)
        if saved.clock.spells:
            await self._session.put(spells, [*_spells(saved)], "proposal_id place", "until")
        return saved

    async def spells_of(
        self, partnership: PartnershipId, people: Iterable[PersonId], since: datetime
    ) -> dict[PersonId, list[Span]]:
        """When each of these was kept from acting since then, in any process; overlaps as they are (PRO-11)."""
        chosen = select(spells.c.person_id, spells.c.since, spells.c.until).where(
            spells.c.partnership_id == partnership,
            spells.c.person_id.in_(sorted(people)),
            or_(spells.c.until.is_(None), spells.c.until > since),
        )
        found: dict[PersonId, list[Span]] = {}
        for person, begun, ended in await self._session.connection.execute(chosen):
            found.setdefault(PersonId(person), []).append((begun, ended))
        return found

    async def barred_in(self, partnership: PartnershipId, group: GroupId) -> frozenset[tuple[PersonId, str]]:
        """Who is kept from acting now in any process of this group, and why (PRO-11)."""
        chosen = select(spells.c.person_id, spells.c.cause).where(
            spells.c.partnership_id == partnership, spells.c.group_id == group, spells.c.until.is_(None)
        )
        rows = await self._session.connection.execute(chosen)
        return frozenset((PersonId(person), str(cause)) for person, cause in rows)

    async def in_states(self, partnership: PartnershipId, states: Iterable[StrEnum]) -> tuple[ProposalId, ...]:
        """Ids of those in these states, oldest first."""
        return tuple(ProposalId(each) for each in await super().in_states(partnership, states))

    async def untold(self, partnership: PartnershipId, person: PersonId) -> tuple[ProposalId, ...]:
        """Those in which somebody's objector may not have been told, and which name this person (OBJ-2)."""
        chosen = select(_C.id).where(_C.partnership_id == partnership, _C.state.in_(_OPEN))
        # The untold are few: a word in the documents of what is open finds them without reading these in.
        document = type_coerce(_C.document, Text)
        words = ('"untold":true', person)
        chosen = chosen.where(*(document.contains(word, autoescape=True) for word in words))
        return tuple(sorted(await self._ids(chosen)))

    async def listed(self, partnership: PartnershipId, wanted: Filter) -> tuple[Listed, ...]:
        """Rows for lists and autocomplete, newest first. Drafts only when filtered by their author."""
        chosen = _LISTED.where(_C.partnership_id == partnership).limit(wanted.limit)
        if wanted.author is None:
            chosen = chosen.where(_C.number.is_not(None)).order_by(_C.number.desc())
        else:
            chosen = chosen.where(_C.author_id == wanted.author)
            chosen = chosen.order_by(_C.number.is_(None).desc(), _C.number.desc(), _C.id.desc())
        if wanted.states:
            chosen = chosen.where(_C.state.in_(sorted(state.value for state in wanted.states)))
        if wanted.group is not None:
            chosen = chosen.where(_C.group_id == wanted.group)
        if wanted.before is not None:
            chosen = chosen.where(_after(wanted.before, with_drafts=wanted.author is not None))
        if wanted.search:
            chosen = chosen.where(_matches(wanted.search))
        return tuple(_listed(row) for row in await self._session.connection.execute(chosen))

    async def drafts_of(self, partnership: PartnershipId, author: PersonId) -> tuple[ProposalId, ...]:
        """The ids of this author's drafts, newest first. A writer who counts keeps others from adding one meanwhile."""
        await self._count_in_turn(partnership)
        chosen = select(_C.id).where(_C.partnership_id == partnership, _C.author_id == author)
        return await self._ids(chosen.where(_C.state == ProposalState.DRAFT.value).order_by(_C.id.desc()))

    async def load_of(
        self, partnership: PartnershipId, author: PersonId, group: GroupId, since: datetime
    ) -> tuple[int, int, int]:
        """Open by this author; opened by them since ``since``; open in this group.

        A writer who counts keeps other writers of the partnership from opening one more meanwhile (PRO-3).
        """
        await self._count_in_turn(partnership)
        wanted = {"partnership": partnership, "author": author, "group": group, "since": since}
        by_author, recent, in_group = (await self._session.connection.execute(_LOAD, wanted)).one()
        return by_author, recent, in_group

    async def _count_in_turn(self, partnership: PartnershipId) -> None:
        if self._session.locks_rows:
            in_turn = text("SELECT pg_advisory_xact_lock(71, :partnership)")
            await self._session.connection.execute(in_turn, {"partnership": partnership})

    def row(self, thing: Proposal) -> dict[str, Any]:
        """What its row holds beside its id."""
        return columns_of(thing, lifecycle.next_due(thing))

    async def read(self, documents: Iterable[str]) -> tuple[Proposal, ...]:
        """The proposals that these documents hold, with their votes. Raises BadDocument."""
        parsed = [_parsed(document) for document in documents]
        had = [each.proposal.id for each in parsed if each.vote or each.past_votes]
        votes = await self._votes.on(had) if had else {}
        return tuple(each.joined(votes) for each in parsed)

    async def _ids(self, chosen: Select[Any]) -> tuple[ProposalId, ...]:
        return tuple(ProposalId(each) for each in (await self._session.connection.execute(chosen)).scalars())


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A proposal without its votes, and the names of these."""

    proposal: Proposal
    vote: VoteId | None
    past_votes: tuple[VoteId, ...]

    def joined(self, votes: Mapping[VoteId, Vote]) -> Proposal:
        """The proposal with its votes, which are among these."""
        if self.vote is None and not self.past_votes:
            return self.proposal
        missing = {each for each in (*self.past_votes, self.vote) if each is not None} - votes.keys()
        if missing:
            raise BadDocument(f"proposal {self.proposal.id} without its votes {sorted(missing)}")
        vote = None if self.vote is None else votes[self.vote]
        return replace(self.proposal, vote=vote, past_votes=tuple(votes[each] for each in self.past_votes))


@lru_cache(maxsize=512)
def _parsed(document: str) -> _Parsed:
    """Shared like the reading of any other document."""
    kept = json.loads(document)
    if not isinstance(kept, dict):
        raise BadDocument(f"{kept!r} is not of type Proposal")
    vote = codec(VoteId | None).decode(kept.pop("vote", None))
    past_votes = codec(tuple[VoteId, ...]).decode(kept.pop("past_votes", []))
    return _Parsed(from_json(Proposal, kept), vote, past_votes)


def _document(proposal: Proposal) -> dict[str, Any]:
    """All of it but its votes, which it names."""
    alone: dict[str, Any] = to_json(replace(proposal, vote=None, past_votes=()))
    named = {"vote": proposal.vote and proposal.vote.id, "past_votes": [vote.id for vote in proposal.past_votes]}
    return alone | named


def columns_of(proposal: Proposal, due_at: datetime | None) -> dict[str, Any]:
    """The row of a proposal: what lists and deadlines ask for, taken from its document, and the document itself."""
    return {
        "partnership_id": proposal.partnership,
        "number": proposal.number,
        "group_id": proposal.group,
        "author_id": proposal.author,
        "type": proposal.type,
        "title": proposal.text.title,
        "title_folded": proposal.text.title.casefold(),
        "state": proposal.state.value,
        "opened_at": proposal.opened_at,
        "closes_at": proposal.closes_at,
        "due_at": due_at,
        "version": proposal.version,
        "document": _document(proposal),
    }


def _spells(proposal: Proposal) -> Iterator[dict[str, Any]]:
    for place, spell in enumerate(proposal.clock.spells):
        yield {
            "proposal_id": proposal.id,
            "place": place,
            "partnership_id": proposal.partnership,
            "group_id": proposal.group,
            "person_id": spell.person,
            "cause": spell.cause,
            "since": spell.since,
            "until": spell.until,
        }


def _after(last: ProposalId, *, with_drafts: bool) -> Any:
    """What follows this one, newest first; drafts stand before everything that has a number."""
    number = select(_C.number).where(_C.id == last).scalar_subquery()
    older = _C.number < number
    if not with_drafts:
        return older
    draft = and_(number.is_(None), or_(_C.number.is_not(None), _C.id < last))
    return or_(older, draft)


def _matches(search: str) -> Any:
    """In the title, or the number as people write it: ``12`` or ``P-12``."""
    words = search.strip().casefold()
    found = _C.title_folded.contains(words, autoescape=True)
    number = words.removeprefix("p-")
    return found | (_C.number == int(number)) if number.isdecimal() and len(number) < 10 else found


def _listed(row: Any) -> Listed:
    return Listed(
        ProposalId(row.id),
        row.number,
        GroupId(row.group_id),
        row.type,
        row.title,
        ProposalState(row.state),
        PersonId(row.author_id),
        row.closes_at,
        row.due_at,
    )
