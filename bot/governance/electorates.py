"""Those who may object to a proposal: who was reached, and who holds the seat still (PRO-8, PRO-9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.governance.authority import Act
from bot.governance.events import Event, proposal_thing
from bot.governance.ids import GroupId, PersonId
from bot.governance.objections import ON_FILE
from bot.governance.organisation import Elector, Member
from bot.governance.proposals import check_window
from bot.governance.proposals_events import ProposalRead
from bot.governance.proposals_types import Proposal, Rolls
from bot.governance.rolls import acting, check_elector, voting_group

Outcome = tuple[Proposal, tuple[Event, ...]]


def mark_read(proposal: Proposal, member: Member, now: datetime) -> Outcome:
    """Record "I have read it", which is not support (PRO-8). Twice is once.

    Raises WindowClosed, NotEligible for anybody but the electors who count in reach.
    """
    check_window(proposal, now)
    check_elector(proposal, member, Act.CONFIRM_READING)
    if member.person in proposal.readers:
        return proposal, ()
    event = Event(ProposalRead(proposal.current.number), proposal_thing(proposal.id), member.person)
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


def too_few_seated(proposal: Proposal) -> bool:
    """Whether fewer electors than the least can act still, the author not counted (PRO-9).

    Who lost the seat by another's hand acts as if seated, and so counts.
    """
    return len(acting(proposal.electors) - {proposal.author}) < proposal.pinned.least_electors


def pinned_anew(proposal: Proposal, now_seated: Rolls) -> Proposal:
    """With the next version the rolls are taken again: a revision drops only who gave the seat up (PRO-5, PRO-9).

    Who was in it keeps the class and organisation that they count in; objectors stay in whatever they did. Judges and
    facilitators stay those of the opening.
    """
    objectors = frozenset(o.person for o in proposal.objections if o.state in ON_FILE)
    return replace(
        proposal,
        electors=_carried(proposal.electors, now_seated.electors, objectors),
        voters=_carried(proposal.voters, now_seated.voters),
    )


def followed(
    proposal: Proposal, group: GroupId, stakeholders: GroupId, gave_up: Iterable[PersonId], back: Iterable[PersonId]
) -> Proposal:
    """These people gave up their member seat in this group, or hold it again: the pinned rolls say so (PRO-9)."""
    gone, here = frozenset(gave_up), frozenset(back)

    def told(pinned: tuple[Elector, ...]) -> tuple[Elector, ...]:
        return tuple(
            replace(e, left=e.person in gone) if e.person in gone | here else e for e in pinned
        )  # fmt: skip

    if group == proposal.group:
        proposal = replace(proposal, electors=told(proposal.electors))
    if group == stakeholders:
        proposal = replace(proposal, voters=told(proposal.voters), judges=told(proposal.judges))
    vote = proposal.vote
    if vote is not None and vote.tally is None and group == voting_group(proposal, stakeholders):
        proposal = replace(proposal, vote=replace(vote, electors=told(vote.electors)))
    return proposal


def _carried(
    before: tuple[Elector, ...], now_seated: tuple[Elector, ...], kept: frozenset[PersonId] = frozenset()
) -> tuple[Elector, ...]:
    staying = tuple(e for e in before if not e.left or e.person in kept)
    known = {e.person for e in staying}
    return tuple(sorted((*staying, *(e for e in now_seated if e.person not in known)), key=lambda e: e.person))
