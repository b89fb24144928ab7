"""Those who may object to a proposal: who was reached, and who holds the seat still (PRO-8, PRO-9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.governance.dossier import Proposal
from bot.governance.errors import NotEligible
from bot.governance.events import Event, Happened, proposal_thing
from bot.governance.ids import PersonId
from bot.governance.organisation import MEMBER, Member
from bot.governance.proposals import check_window

Outcome = tuple[Proposal, tuple[Event, ...]]


def mark_read(proposal: Proposal, member: Member, now: datetime) -> Outcome:
    """Record "I have read it", which is not support (PRO-8). Twice is once.

    Raises WindowClosed, NotEligible for anybody but the electors who count in reach.
    """
    check_window(proposal, now)
    if member.person == proposal.author:
        raise NotEligible("author")
    if proposal.elector(member.person) is None or not member.holds(proposal.group, MEMBER):
        raise NotEligible("not an elector")
    if member.person in proposal.readers:
        return proposal, ()
    event = Event(
        Happened.PROPOSAL_READ, proposal_thing(proposal.id), member.person, {"version": proposal.current.number}
    )
    return replace(proposal, readers=proposal.readers | {member.person}), (event,)


def reached(proposal: Proposal) -> frozenset[PersonId]:
    """Electors who read, objected, raised a concern or voted, the author not counted (PRO-8)."""
    took_part = set(proposal.readers)
    took_part |= {o.person for o in proposal.objections}
    took_part |= {c.person for c in proposal.concerns}
    took_part |= proposal.vote.voted if proposal.vote else set()
    return frozenset(took_part & reachable(proposal))


def reachable(proposal: Proposal) -> frozenset[PersonId]:
    """The electors without the author: the denominator of reach (PRO-8)."""
    return frozenset(e.person for e in proposal.electors) - {proposal.author}


def seated(proposal: Proposal, holders: Iterable[PersonId]) -> int:
    """How many of the snapshot still hold the seat: the k of "n of m at opening, k still seated" (PRO-9)."""
    return len({e.person for e in proposal.electors} & set(holders))


def too_few_seated(proposal: Proposal, holders: Iterable[PersonId]) -> bool:
    """Whether fewer electors than the least still hold the seat, the author not counted (PRO-9)."""
    return len(reachable(proposal) & set(holders)) < proposal.pinned.least_electors
