"""What a proposal asks of whom, what is told of it, and what is taken out of it (RHY-2, RHY-3, REC-1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.governance import authority, electorates, erasure, escalations, lifecycle, rulings
from bot.governance.authority import Act
from bot.governance.clock import is_stopped
from bot.governance.events import proposal_thing
from bot.governance.ids import PersonId, ProposalId
from bot.governance.organisation import Member, Partnership
from bot.governance.proposals import affirmative
from bot.governance.proposals_events import (
    Nudged,
    ProposalAdopted,
    ProposalEnacted,
    ProposalLapsed,
    ProposalNotAdopted,
    ProposalPassed,
    ProposalWithdrawn,
)
from bot.governance.proposals_types import CONTESTABLE, Objection, ObjectionState, Proposal, ProposalState
from bot.governance.reminders import Entry, Reminder, ReminderTopic
from bot.governance.rolls import acting, has_a_say, judges_of
from bot.services import cases, objections, proposals_cases
from bot.services.clocks import RUNNING
from bot.services.noun import DigestLine, InboxItem, Noun, Nudge, Thing, Waiting
from bot.services.ports.context import Actor, Context
from bot.services.ports.deliveries import DeliveryKind
from bot.services.ports.transaction import Transaction
from bot.services.views import links_of

OUTCOMES = (
    ProposalPassed,
    ProposalAdopted,
    ProposalEnacted,
    ProposalNotAdopted,
    ProposalLapsed,
    ProposalWithdrawn,
)
"""What a digest tells of a proposal: the last of these."""

_Asked = tuple[str, datetime | None, int | None]
_STATING = "state objection"
_WAITING_STATES = frozenset(CONTESTABLE | {ProposalState.PASSED, ProposalState.ADOPTED, ProposalState.STALE})


# ---- reminders -----------------------------------------------------------------------------------


def asked_of(proposal: Proposal) -> str:
    """What a proposal asks of those who decide now: a key for words; empty when nothing."""
    match proposal.state:
        case ProposalState.REVIEW:
            return "affirmative" if affirmative(proposal) else "review"
        case ProposalState.DISPUTED:
            return "disputed"
        case ProposalState.ESCALATED if proposal.vote is not None and proposal.vote.opened:
            return "vote"
    return ""


async def look(tx: Transaction, partnership: Partnership, id: str) -> Thing:
    """Asks those who decide and have not looked, voted or said what is to become of it."""
    proposal = await tx.of(Proposal).get(int(id))
    links = await links_of(tx, proposal, partnership)
    title = proposal.current.text.title if proposal.versions else proposal.text.title
    untouched = (electorates.reachable(proposal) & acting(proposal.electors)) - electorates.reached(proposal)
    voting = proposal.vote
    unvoted = acting(voting.electors) - voting.voted if voting is not None else frozenset()
    asked = asked_of(proposal)
    may_escalate = {proposal.author, *acting(proposal.electors)}

    def concerns(reminder: Reminder) -> bool:
        match reminder.why:
            case "vote":
                return reminder.person in unvoted
            case "disputed":
                return asked == "disputed" and reminder.person in may_escalate
            case _:
                return reminder.person in untouched

    return Thing(
        f"P-{proposal.number}",
        cases.unless_private(title, partnership, proposal.group),
        links.card or "",
        concerns,
        lambda reminder: reminder.why == asked,
        readers=authority.holders(Act.READ, partnership.domain(proposal.group), await tx.seats.holdings(partnership)),
    )


async def nudge(tx: Transaction, proposal: Proposal) -> Nudge | None:
    """The one nudge before close that is on record, for those whom it names."""
    thing = proposal_thing(proposal.id)
    told = [r for r in await tx.record.of(proposal.partnership, thing) if r.event.type is Nudged]
    people = fact.people if told and isinstance(fact := told[-1].event.fact, Nudged) else ()
    if not people:
        return None
    topic = ReminderTopic.VOTES if proposal.state is ProposalState.ESCALATED else ReminderTopic.PROPOSALS
    occurrence, why = str(told[-1].number), asked_of(proposal)
    return Nudge(proposal.partnership, thing, topic, why, occurrence, _ends_at(proposal), people)


def _ends_at(proposal: Proposal) -> datetime | None:
    """When it is too late for what a nudge asks."""
    if proposal.state is ProposalState.ESCALATED and proposal.vote is not None:
        return proposal.vote.ends_at
    if proposal.state is ProposalState.DISPUTED:
        return proposal.state_since + escalations.MOST_DISPUTED
    return proposal.closes_at


async def is_running(ctx: Context, id: int) -> bool:
    """Whether people have something to say or do in it: then it is looked at before it is decided on (PRO-11)."""
    async with ctx.uow.read() as tx:
        return (await tx.of(Proposal).get(id)).state in RUNNING


# ---- inbox ---------------------------------------------------------------------------------------


async def asks(tx: Transaction, partnership: Partnership) -> list[Waiting]:
    """What is open, drafts left out."""
    open_now = await tx.of(Proposal).in_states(partnership.id, _WAITING_STATES)
    return [await _waiting(tx, partnership, await tx.of(Proposal).get(each)) for each in open_now]


async def own(tx: Transaction, partnership: Partnership, person: PersonId) -> list[Waiting]:
    """Their drafts."""
    drafts = await tx.of(Proposal).drafts_of(partnership.id, person)
    return [await _waiting(tx, partnership, await tx.of(Proposal).get(each)) for each in drafts]


async def learned(ctx: Context, actor: Actor, items: Sequence[InboxItem]) -> bool:
    """Who learns of their own objection in the inbox has been told that it waits to be stated (OBJ-2)."""
    untold = [ProposalId(each.id) for each in items if each.kind == _STATING and each.due_at is None]
    if untold:
        await objections.told_by_own_act(ctx, actor, untold)
    return bool(untold)


async def _waiting(tx: Transaction, partnership: Partnership, proposal: Proposal) -> Waiting:
    link = (await links_of(tx, proposal, partnership)).card
    name, thing = f"P-{proposal.number}" if proposal.number else "Draft", proposal_thing(proposal.id)

    def asks_of(member: Member, now: datetime) -> Iterator[InboxItem]:
        asked = list(waiting_for(proposal, member, now))
        if asked and proposals_cases.may_read(proposal, partnership, member):
            for kind, due_at, number in asked:
                yield InboxItem(kind, thing, name, proposal.text.title, due_at, number, link)

    return Waiting(asks_of, lambda member: has_a_say(proposal, member.person))


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
        yield _STATING, None if objection.untold else objection.state_by, objection.number
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


# ---- digests -------------------------------------------------------------------------------------


async def news(tx: Transaction, partnership: Partnership, since: datetime, now: datetime) -> list[DigestLine]:
    """What became of proposals."""
    lines = []
    for proposal, told in await cases.lately(tx, Proposal, partnership, since, now, OUTCOMES):
        links = await links_of(tx, proposal, partnership)
        name, title = f"P-{proposal.number}", proposal.current.text.title
        entry = Entry("outcome", told.event.name, name, title, None, links.feed or links.card or "")
        lines.append(DigestLine(proposal.group, entry))
    return lines


# ---- erasure -------------------------------------------------------------------------------------


def words(proposal: Proposal) -> frozenset[str]:
    """Its titles: its thread is called by one of them."""
    return frozenset({proposal.text.title, *(version.text.title for version in proposal.versions)})


async def show_anew(tx: Transaction, noun: Noun[Proposal], before: Proposal, after: Proposal) -> None:
    """Card and feed entry where they stand; the thread where what it is called has changed."""
    renamed = words(before) != words(after)
    for each in await tx.deliveries.standing(after.id):
        if renamed or each.kind is not DeliveryKind.THREAD:
            await tx.deliveries.ask(after.partnership, each.kind, after.id)


async def forget(tx: Transaction, partnership: Partnership, author: PersonId, now: datetime) -> None:
    """A draft, and what was kept for the next version (REC-1)."""
    for each in await tx.of(Proposal).in_states(partnership.id, erasure.UNPUBLISHED):
        proposal = await tx.of(Proposal).get(each)
        if proposal.author != author:
            continue
        changed, events = erasure.without_unpublished(proposal, now)
        if changed != proposal:
            await tx.of(Proposal).save(changed)
            await tx.record.append(partnership.id, events, now)
