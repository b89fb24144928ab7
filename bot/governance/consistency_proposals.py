"""Whether a proposal's dossier agrees with what the chain tells of it (REC-1); see ``consistency``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from bot.governance.events import Event, EventType
from bot.governance.histories import Happening
from bot.governance.lifecycle import REACHED
from bot.governance.objections_events import (
    AppealDecided,
    AppealFiled,
    ConcernRaised,
    ObjectionIntegrated,
    ObjectionLapsed,
    ObjectionOrphaned,
    ObjectionOverruled,
    ObjectionRaised,
    ObjectionStated,
    ObjectionWithdrawn,
    OfObjection,
    RulingGiven,
)
from bot.governance.policy import Policy
from bot.governance.proposals import NO_REASON, pin
from bot.governance.proposals_events import (
    ProposalDone,
    ProposalEnacted,
    ProposalHalted,
    ProposalLapsed,
    ProposalNotAdopted,
    ProposalNotDone,
    ProposalRead,
    ProposalStale,
    ProposalWithdrawn,
    ReviewOpened,
    VersionPublished,
)
from bot.governance.proposals_types import Objection, ObjectionState, Proposal, ProposalState, Statement, Test, Version
from bot.governance.versions import digest
from bot.governance.votes import published
from bot.governance.votes_events import VoteClosed

_OBJECTION: Mapping[EventType, ObjectionState] = MappingProxyType(
    {
        ObjectionRaised: ObjectionState.RAISED,
        ObjectionStated: ObjectionState.STATED,
        ObjectionLapsed: ObjectionState.CONCERN,
        ObjectionWithdrawn: ObjectionState.WITHDRAWN,
        ObjectionIntegrated: ObjectionState.INTEGRATED,
        ObjectionOverruled: ObjectionState.OVERRULED,
        ObjectionOrphaned: ObjectionState.ORPHANED,
    }
)
_STAND_AGAIN = frozenset({VersionPublished, ProposalHalted})
"""After these an objection that a vote had overruled counts again (OBJ-8)."""


def of_proposal(proposal: Proposal, history: Sequence[Happening], policies: Mapping[int, Policy]) -> Iterator[str]:
    """What of a proposal is not as its events tell: texts, electors, rules, objections, votes, state, outcome."""
    reached = [each for each in history if each.event.type in REACHED]
    if (REACHED[reached[-1].event.type] if reached else ProposalState.DRAFT) is not proposal.state:
        yield "state"
    opened = next((each for each in history if each.event.type is ReviewOpened), None)
    if opened is None:
        if proposal.number is not None or proposal.versions:
            yield "opening"
        return
    yield from _opening(proposal, opened, policies)
    yield from _versions(proposal, history)
    yield from _readings(proposal, history)
    yield from _concerns(proposal, history)
    yield from _objections(proposal, history)
    yield from _votes(proposal, history)
    if _told_outcome(reached[-1].event, proposal.outcome) != proposal.outcome:
        yield "outcome"
    if _done(history) != (proposal.done_at, proposal.done_by):
        yield "whether it is done"


def _done(history: Sequence[Happening]) -> tuple[datetime | None, str | None]:
    said = [each for each in history if each.event.type in {ProposalDone, ProposalNotDone}]
    if not said or said[-1].event.type is ProposalNotDone:
        return None, None
    return said[-1].at, said[-1].event.actor


def _opening(proposal: Proposal, opened: Happening, policies: Mapping[int, Policy]) -> Iterator[str]:
    told = opened.event.fact if isinstance(opened.event.fact, ReviewOpened) else None
    if told is not None:
        yield from _named(proposal, told)
    if opened.event.actor != proposal.author:
        yield "author"
    if opened.at != proposal.opened_at:
        yield "opening"
    terms = proposal.terms
    policy = policies.get(terms.policy_version) if terms else None
    if (
        terms is None
        or (told is not None and told.policy != terms.policy_version)
        or (policy is not None and replace(pin(policy, policy.row(proposal.type)), timelock=terms.timelock) != terms)
    ):
        yield "pinned rules"
    elif proposal.closes_at is None or proposal.closes_at < opened.at + terms.window:
        yield "deadline"


def _named(proposal: Proposal, told: ReviewOpened) -> Iterator[str]:
    if told.number != proposal.number:
        yield "number"
    if told.type != proposal.type:
        yield "type"
    if told.group is not None and told.group != proposal.group:
        yield "group"


def _versions(proposal: Proposal, history: Sequence[Happening]) -> Iterator[str]:
    published = [e for e in history if e.event.type in {ReviewOpened, VersionPublished}]
    if [version.number for version in proposal.versions] != list(range(1, len(published) + 1)):
        yield "versions"
        return
    for version, told in zip(proposal.versions, published, strict=True):
        fact = told.event.fact
        if not isinstance(fact, ReviewOpened | VersionPublished):  # erased: what stands in its place is nobody's
            continue
        if fact.digest != version.digest or version.digest != digest(version.text, version.effects):
            yield f"text of version {version.number}"
        if told.at != version.published_at:
            yield f"date of version {version.number}"
    current = proposal.versions[-1]
    last = published[-1].event.fact
    if isinstance(last, ReviewOpened | VersionPublished):
        if (proposal.text, proposal.effects) != (current.text, current.effects):
            yield "text on the table"
        if last.electors != tuple(each.person for each in proposal.electors):
            yield "electors"
    yield from _carried_out(current, history)


def _carried_out(current: Version, history: Sequence[Happening]) -> Iterator[str]:
    for each in history:
        if isinstance(each.event.fact, ProposalEnacted) and each.event.fact.digest != current.digest:
            yield "version carried out"


def _readings(proposal: Proposal, history: Sequence[Happening]) -> Iterator[str]:
    readers: set[str | None] = set()
    for each in history:
        if each.event.type is VersionPublished:
            readers.clear()
        if each.event.type is ProposalRead:
            readers.add(each.event.actor)
    if readers != proposal.readers:
        yield "readings"


def _concerns(proposal: Proposal, history: Sequence[Happening]) -> Iterator[str]:
    """Each concern as told; an objection that lapsed left one as well."""
    raised = [e.event for e in history if e.event.type is ConcernRaised]
    lapsed = sum(1 for e in history if e.event.type is ObjectionLapsed)
    own = [c for c in proposal.concerns if c.why != "not stated"]
    if len(own) + lapsed != len(proposal.concerns) or [c.person for c in own] != [event.actor for event in raised]:
        yield "concerns"
        return
    told = [event.fact for event in raised]
    if any(isinstance(fact, ConcernRaised) and fact.text != c.text for fact, c in zip(told, own, strict=True)):
        yield "text of a concern"


def _objections(proposal: Proposal, history: Sequence[Happening]) -> Iterator[str]:
    raised = [e.event for e in history if e.event.type is ObjectionRaised]
    if [(o.number, o.person) for o in proposal.objections] != [(at, e.actor) for at, e in enumerate(raised, 1)]:
        yield "objections"
        return
    of: dict[int, list[Event]] = {o.number: [] for o in proposal.objections}
    unknown = False
    for each in history:
        event = each.event
        fact = event.fact
        if event.type in _STAND_AGAIN:
            for told in of.values():
                told.append(event)
        elif isinstance(fact, OfObjection) and fact.objection in of:
            of[fact.objection].append(event)
        elif event.type in _OBJECTION or event.type in {RulingGiven, AppealDecided}:
            unknown = True  # erased: whose objection it was is not told any more
    for objection in proposal.objections:
        if not unknown and _told_state(of[objection.number]) is not objection.state:
            yield f"state of objection {objection.number}"
        yield from _words(objection, of[objection.number])


def _told_state(told: Sequence[Event]) -> ObjectionState:
    state = ObjectionState.RAISED
    for event in told:
        if event.type in _OBJECTION:
            state = _OBJECTION[event.type]
        elif event.type in _STAND_AGAIN and state is ObjectionState.OVERRULED:
            state = ObjectionState.STATED
        elif isinstance(event.fact, RulingGiven | AppealDecided):
            stands = event.fact.in_form if isinstance(event.fact, RulingGiven) else event.fact.stands
            state = ObjectionState.STATED if stands else ObjectionState.DISMISSED
    return state


def _words(objection: Objection, told: Sequence[Event]) -> Iterator[str]:
    last = {event.type: event.fact for event in told}
    statement, test = objection.statement, objection.test
    stated, ruled = last.get(ObjectionStated), last.get(RulingGiven)
    appealed, decided = last.get(AppealFiled), last.get(AppealDecided)
    appeal = test.appeal if test is not None else None
    if (
        (isinstance(stated, ObjectionStated) and statement is not None and _said(stated) != statement)
        or (isinstance(ruled, RulingGiven) and test is not None and (ruled.in_form, ruled.reason) != _ruling(test))
        or (isinstance(appealed, AppealFiled) and appeal is not None and appealed.reason != appeal.reason)
        or (isinstance(decided, AppealDecided) and appeal is not None and decided.stands != appeal.stands)
    ):
        yield f"words of objection {objection.number}"


def _said(told: ObjectionStated) -> Statement:
    return Statement(told.criterion, told.reason, told.suggestion, told.agreement)


def _ruling(test: Test) -> tuple[bool | None, str]:
    return test.in_form, test.reason


def _votes(proposal: Proposal, history: Sequence[Happening]) -> Iterator[str]:
    votes = {vote.id: vote for vote in (*proposal.past_votes, proposal.vote) if vote is not None}
    happened = [each.event.fact for each in history if each.event.type is VoteClosed]
    closed = [fact for fact in happened if isinstance(fact, VoteClosed)]
    for told in closed:
        vote = votes.get(told.vote)
        if vote is None or vote.tally is None or published(vote, vote.tally) != told:
            yield "vote"
    counted = {vote.id for vote in votes.values() if vote.tally is not None}
    if len(closed) == len(happened) and counted - {told.vote for told in closed}:
        yield "vote"


def _told_outcome(last: Event, kept: str) -> str:
    match last.fact:
        case ProposalWithdrawn(reason=reason):
            return reason.strip() or NO_REASON
        case ProposalNotAdopted(why=why) | ProposalLapsed(why=why) | ProposalStale(why=why):
            return why
        case VersionPublished():
            return ""
    return kept
