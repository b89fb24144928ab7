"""What needs *you* now, most urgent first (RHY-3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.governance import escalations, lifecycle, rulings
from bot.governance.authority import acting, has_a_say, judges_of
from bot.governance.clock import is_stopped
from bot.governance.errors import NotFound
from bot.governance.feedback import Feedback, FeedbackState
from bot.governance.ids import GroupId, PartnershipId, PersonId, ProposalId
from bot.governance.meetings import Meeting, MeetingState
from bot.governance.organisation import Member, Partnership
from bot.governance.proposals_types import CONTESTABLE, Objection, ObjectionState, Proposal, ProposalState
from bot.governance.retros import Retro
from bot.governance.retros import RetroState as RetroState
from bot.governance.surveys import Survey, SurveyState
from bot.services import cases, members, objections
from bot.services.ports.context import Actor, Context
from bot.services.ports.transaction import Transaction
from bot.services.summaries import board_link
from bot.services.views import ProposalItem, links_of

NOT_TAKEN = timedelta(days=14)
MEETINGS_AHEAD = timedelta(days=14)
MOST_OF_A_NOUN = 100
"""Things of one noun that are looked through, the newest."""

_Asked = tuple[str, datetime | None, int | None]

_WAITING_STATES = frozenset(CONTESTABLE | {ProposalState.PASSED, ProposalState.ADOPTED, ProposalState.STALE})


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits for the asker, and how many reminders Discord could not hand over in the last two weeks."""

    items: tuple[ProposalItem, ...]
    not_taken: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A thing that may wait for somebody: ``asks`` gives what it asks of a member at an instant."""

    asks: Callable[[Member, datetime], Iterable[ProposalItem]]


async def inbox(ctx: Context, actor: Actor, partnership_id: PartnershipId) -> Inbox:
    """Everything that waits for the asker in this partnership. Raises NotFound, NotEligible.

    Who learns of their own objection here has been told that it waits to be stated (OBJ-2).
    """
    found = await _inbox(ctx, actor, partnership_id)
    untold = [i for i in found.items if i.kind == "state objection" and i.due_at is None]
    if not untold:
        return found
    await objections.told_by_own_act(ctx, actor, [ProposalId(int(i.thing.partition("/")[2])) for i in untold])
    return await _inbox(ctx, actor, partnership_id)


async def _inbox(ctx: Context, actor: Actor, partnership_id: PartnershipId) -> Inbox:
    async with ctx.uow.read() as tx:
        partnership = await tx.partnerships.get(partnership_id)
        if partnership.guild_id != actor.guild_id:
            raise NotFound("partnership")
        member = await members.reader_of(tx, partnership, actor)
        now = ctx.clock()
        drafts = await tx.of(Proposal).drafts_of(partnership_id, member.person)
        own = [await _proposal(tx, partnership, await tx.of(Proposal).get(each)) for each in drafts]
        items = of_member([*own, *await everything(tx, partnership)], member, now)
        if not await _has_a_say(tx, partnership, member):
            members.check_seated(member)
        return Inbox(items, await tx.reminders.not_taken(partnership_id, member.person, now - NOT_TAKEN))


async def everything(tx: Transaction, partnership: Partnership) -> tuple[Waiting, ...]:
    """All that may wait for somebody in a partnership, drafts left out."""
    open_now = await tx.of(Proposal).in_states(partnership.id, _WAITING_STATES)
    found = [await _proposal(tx, partnership, await tx.of(Proposal).get(each)) for each in open_now]
    for source in SOURCES:
        found += await source(tx, partnership)
    return tuple(found)


async def _has_a_say(tx: Transaction, partnership: Partnership, member: Member) -> bool:
    """Whether who holds no seat has an act left all the same: they lost it by another's hand (PRO-9)."""
    if member.seats:
        return True
    open_now = await tx.of(Proposal).in_states(partnership.id, _WAITING_STATES)
    return any([has_a_say(await tx.of(Proposal).get(each), member.person) for each in open_now])


def of_member(waiting: Iterable[Waiting], member: Member, now: datetime) -> tuple[ProposalItem, ...]:
    """What of it waits for one member, most urgent first."""
    items = [item for each in waiting for item in each.asks(member, now)]
    return tuple(sorted(items, key=lambda i: (i.due_at is None, i.due_at or now)))


async def _proposal(tx: Transaction, partnership: Partnership, proposal: Proposal) -> Waiting:
    link = (await links_of(tx, proposal, partnership)).card
    name, thing = f"P-{proposal.number}" if proposal.number else "Draft", f"proposal/{proposal.id}"

    def asks(member: Member, now: datetime) -> Iterator[ProposalItem]:
        asked = list(waiting_for(proposal, member, now))
        if asked and cases.may_read(proposal, partnership, member):
            for kind, due_at, number in asked:
                yield ProposalItem(kind, thing, name, proposal.text.title, due_at, number, link)

    return Waiting(asks)


async def _surveys(tx: Transaction, partnership: Partnership) -> list[Waiting]:
    """Open surveys, for everybody asked: whether they answered, nobody knows (LRN-2)."""
    open_now = await tx.of(Survey).list(partnership.id, (SurveyState.OPEN,), limit=MOST_OF_A_NOUN)
    return [
        _of_everyone(
            "answer survey",
            f"survey/{s.id}",
            f"S-{s.number}",
            s.title,
            s.closes_at,
            _readers(s.audience, partnership, s.group),
            await board_link(tx, partnership, f"survey/{s.id}"),
        )
        for s in open_now
    ]


async def _feedback(tx: Transaction, partnership: Partnership) -> list[Waiting]:
    """Feedback that somebody took on and nobody answered yet, for its owner."""
    states = (FeedbackState.OPEN, FeedbackState.PROGRESS)
    unanswered = await tx.of(Feedback).list(partnership.id, states, limit=MOST_OF_A_NOUN)
    return [
        _of_everyone(
            "answer feedback",
            f"feedback/{each.id}",
            f"F-{each.number}",
            "words hidden" if each.hidden_by else each.text,
            None,
            _readers(frozenset({each.owner}), partnership, each.group),
            await board_link(tx, partnership, f"feedback/{each.id}"),
        )
        for each in unanswered
        if each.owner is not None
    ]


async def _meetings(tx: Transaction, partnership: Partnership) -> list[Waiting]:
    """Meetings of the next two weeks, for those of the group who have not said whether they come."""
    ahead = await tx.of(Meeting).list(partnership.id, (MeetingState.SCHEDULED,), limit=MOST_OF_A_NOUN)
    found = []
    for each in ahead:
        link = await board_link(tx, partnership, f"meeting/{each.id}")
        said = {attendance.person for attendance in each.attendance}

        def asks(
            member: Member, now: datetime, meeting: Meeting = each, link: str = link, said: set[PersonId] = said
        ) -> Iterator[ProposalItem]:
            near = meeting.starts_at <= now + MEETINGS_AHEAD
            if near and member.holds(meeting.group) and member.person not in said:
                name = f"M-{meeting.number}"
                yield ProposalItem(
                    "answer meeting", f"meeting/{meeting.id}", name, meeting.title, meeting.starts_at, None, link
                )

        found.append(Waiting(asks))
    return found


async def _retros(tx: Transaction, partnership: Partnership) -> list[Waiting]:
    """Retros under way, for everybody of the group: who has taken part, nobody knows (LRN-1). And actions not done."""
    found = []
    for each in await tx.of(Retro).list(partnership.id, limit=MOST_OF_A_NOUN):
        link = await board_link(tx, partnership, f"retro/{each.id}")

        def asks(member: Member, now: datetime, retro: Retro = each, link: str = link) -> Iterator[ProposalItem]:
            thing, name = f"retro/{retro.id}", f"R-{retro.number}"
            if retro.runs and member.holds(retro.group):
                yield ProposalItem("take part in retro", thing, name, retro.plan.title, retro.deadline_at, None, link)
            readable = members.may_read(partnership.group(retro.group), member)
            for action in retro.actions if readable else ():
                if action.owner == member.person and action.done_at is None and retro.state is not RetroState.CANCELLED:
                    yield ProposalItem("do action", thing, name, action.text, action.due_at, action.id, link)

        if each.runs or each.actions:
            found.append(Waiting(asks))
    return found


def _readers(people: frozenset[PersonId], partnership: Partnership, group: GroupId | None) -> Callable[[Member], bool]:
    """Whether a member is one of these and may still read what is of a private group (SCL-2)."""
    return lambda member: (
        member.person in people and (group is None or members.may_read(partnership.group(group), member))
    )


def _of_everyone(
    kind: str, thing: str, name: str, title: str, due_at: datetime | None, asked: Callable[[Member], bool], link: str
) -> Waiting:
    def asks(member: Member, now: datetime) -> Iterator[ProposalItem]:
        if asked(member):
            yield ProposalItem(kind, thing, name, title, due_at, None, link or None)

    return Waiting(asks)


Source = Callable[[Transaction, Partnership], Awaitable[list[Waiting]]]

SOURCES: tuple[Source, ...] = (_meetings, _retros, _surveys, _feedback)
"""What may wait beside proposals: a noun joins with one line."""


def waiting_for(proposal: Proposal, member: Member, now: datetime) -> Iterator[_Asked]:
    """What one proposal asks of one member: kind, deadline and objection number."""
    is_author = proposal.author == member.person
    match proposal.state:
        case ProposalState.DRAFT if is_author:
            yield "finish draft", None, None
        case ProposalState.REVIEW if member.person in lifecycle.undecided(proposal):
            yield "read", proposal.closes_at, None
        case ProposalState.DISPUTED if is_author or member.person in acting(proposal.electors):
            ends_at = None if is_stopped(proposal) else proposal.state_since + escalations.MOST_DISPUTED
            yield "mend or end" if is_author else "escalate or leave", ends_at, None
        case ProposalState.ESCALATED if proposal.vote is not None and proposal.vote.opened:
            if member.person in lifecycle.undecided(proposal):
                yield "vote", proposal.vote.ends_at, None
        case ProposalState.STALE if is_author:
            yield "rebase", None, None
    if proposal.state in {ProposalState.REVIEW, ProposalState.SETTLING, ProposalState.DISPUTED}:
        for objection in proposal.objections:
            yield from _objection_waits(proposal, objection, member, now)


def _objection_waits(proposal: Proposal, objection: Objection, member: Member, now: datetime) -> Iterator[_Asked]:
    is_objector = member.person in {objection.person, objection.sponsor}
    test = objection.test
    if is_objector and objection.state is ObjectionState.RAISED:
        yield "state objection", None if objection.untold else objection.state_by, objection.number
    elif is_objector and objection.counts and objection.answered_version < proposal.current.number:
        yield "answer revision", proposal.closes_at, objection.number
    if is_objector and objection.state is ObjectionState.DISMISSED and test is not None and test.appeal is None:
        yield "appeal", test.appeal_by, objection.number
    may_sponsor = member.person in acting(proposal.electors) - {proposal.author}
    if objection.sponsor_by is not None and objection.sponsor is None and may_sponsor and not is_objector:
        yield "sponsor", objection.sponsor_by, objection.number
    if test is not None and test.in_form is None and rulings.may_rule(proposal, objection, member):
        yield "rule", objection.rule_by, objection.number
    if test is not None and test.appeal is not None and test.appeal.stands is None:
        voted = {person for person, _ in test.appeal.votes}
        if member.person in judges_of(proposal, objection) - voted:
            yield "vote on appeal", test.appeal.decide_by, objection.number
