"""What needs *you* now, most urgent first (RHY-3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.governance import electorates, rulings
from bot.governance.dossier import CONTESTABLE, Objection, ObjectionState, Proposal, State
from bot.governance.errors import NotFound
from bot.governance.ids import GroupId, PartnershipId
from bot.governance.organisation import MEMBER, Member
from bot.services import cases, members
from bot.services.ports import Actor, Context, Listed
from bot.services.views import Item, links_of

_Waiting = tuple[str, datetime | None, int | None]

_WAITING_STATES = frozenset(CONTESTABLE | {State.PASSED, State.ADOPTED, State.STALE})


async def inbox(ctx: Context, actor: Actor, partnership_id: PartnershipId) -> tuple[Item, ...]:
    """Everything that waits for the asker in this partnership. Raises NotFound, NotEligible."""
    async with ctx.uow.read() as tx:
        partnership = await tx.partnerships.get(partnership_id)
        if partnership.guild_id != actor.guild_id:
            raise NotFound("partnership")
        member = await members.reader_of(tx, partnership, actor)
        members.check_seated(member)
        items = []
        drafts = await tx.proposals.drafts_of(partnership_id, member.person)
        for proposal_id in (*drafts, *await tx.proposals.in_states(partnership_id, _WAITING_STATES)):
            proposal = await tx.proposals.get(proposal_id)
            waiting = tuple(waiting_for(proposal, member, partnership.stakeholders.id, ctx.clock()))
            if not waiting or not cases.may_read(proposal, partnership, member):
                continue
            links = await links_of(tx, proposal, partnership)
            listed = _listed(proposal)
            items += [Item(kind, listed, due_at, number, links.card) for kind, due_at, number in waiting]
        return tuple(sorted(items, key=lambda i: (i.due_at is None, i.due_at or ctx.clock())))


def waiting_for(proposal: Proposal, member: Member, stakeholders: GroupId, now: datetime) -> Iterator[_Waiting]:
    """What one proposal asks of one member: kind, deadline and objection number."""
    is_author = proposal.author == member.person
    match proposal.state:
        case State.DRAFT if is_author:
            yield "finish draft", None, None
        case State.REVIEW if member.person in electorates.reachable(proposal) - electorates.reached(proposal):
            yield "read", proposal.closes_at, None
        case State.DISPUTED if is_author or (proposal.elector(member.person) is not None):
            yield "decide what next", None, None
        case State.ESCALATED if proposal.vote is not None and proposal.vote.opened:
            electors = {e.person for e in proposal.vote.electors}
            if member.person in electors - proposal.vote.voted:
                yield "vote", proposal.vote.closes_at, None
        case State.STALE if is_author:
            yield "rebase", None, None
    if proposal.state in {State.REVIEW, State.SETTLING, State.DISPUTED}:
        for objection in proposal.objections:
            yield from _objection_waits(proposal, objection, member, stakeholders, now)


def _objection_waits(
    proposal: Proposal, objection: Objection, member: Member, stakeholders: GroupId, now: datetime
) -> Iterator[_Waiting]:
    is_objector = member.person in {objection.person, objection.sponsor}
    test = objection.test
    if is_objector and objection.state is ObjectionState.RAISED:
        yield "state objection", objection.state_by, objection.number
    elif is_objector and objection.counts and objection.answered_version < proposal.current.number:
        yield "answer revision", proposal.closes_at, objection.number
    if is_objector and objection.state is ObjectionState.DISMISSED and test is not None and test.appeal is None:
        yield "appeal", test.appeal_by, objection.number
    may_sponsor = proposal.elector(member.person) is not None and member.person != proposal.author
    if objection.sponsor_by is not None and objection.sponsor is None and may_sponsor and not is_objector:
        yield "sponsor", objection.sponsor_by, objection.number
    if test is not None and test.in_form is None and rulings.may_rule(proposal, objection, member):
        yield "rule", objection.rule_by, objection.number
    if test is not None and test.appeal is not None and test.appeal.stands is None:
        parties = {proposal.author, objection.person, objection.sponsor}
        voted = {person for person, _ in test.appeal.votes}
        if member.holds(stakeholders, MEMBER) and member.person not in parties | voted:
            yield "vote on appeal", test.appeal.decide_by, objection.number


def _listed(proposal: Proposal) -> Listed:
    return Listed(
        proposal.id,
        proposal.number,
        proposal.group,
        proposal.type,
        proposal.text.title,
        proposal.state,
        proposal.author,
        proposal.closes_at,
        None,
    )
