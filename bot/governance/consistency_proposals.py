"""Whether a proposal's dossier agrees with what the chain tells of it (REC-1); see ``consistency``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from bot.governance.events import Event, EventType
from bot.governance.histories import Happening
from bot.governance.lifecycle import REACHED
from bot.governance.policy import Policy
from bot.governance.proposals import NO_REASON, pin
from bot.governance.proposals_types import Objection, ObjectionState, Proposal, ProposalState, Version
from bot.governance.versions import digest
from bot.governance.votes import published

_OBJECTION: Mapping[EventType, ObjectionState] = MappingProxyType(
    {
        EventType.OBJECTION_RAISED: ObjectionState.RAISED,
        EventType.OBJECTION_STATED: ObjectionState.STATED,
        EventType.OBJECTION_LAPSED: ObjectionState.CONCERN,
        EventType.OBJECTION_WITHDRAWN: ObjectionState.WITHDRAWN,
        EventType.OBJECTION_INTEGRATED: ObjectionState.INTEGRATED,
        EventType.OBJECTION_OVERRULED: ObjectionState.OVERRULED,
        EventType.OBJECTION_ORPHANED: ObjectionState.ORPHANED,
    }
)
_STAND_AGAIN = frozenset({EventType.VERSION_PUBLISHED, EventType.PROPOSAL_HALTED})
"""After these an objection that a vote had overruled counts again (OBJ-8)."""


def of_proposal(proposal: Proposal, history: Sequence[Happening], policies: Mapping[int, Policy]) -> Iterator[str]:
    """What of a proposal is not as its events tell: texts, electors, rules, objections, votes, state, outcome."""
    reached = [each for each in history if each.event.type in REACHED]
    if (REACHED[reached[-1].event.type] if reached else ProposalState.DRAFT) is not proposal.state:
        yield "state"
    opened = next((each for each in history if each.event.type is EventType.REVIEW_OPENED), None)
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
    said = [each for each in history if each.event.type in {EventType.PROPOSAL_DONE, EventType.PROPOSAL_NOT_DONE}]
    if not said or said[-1].event.type is EventType.PROPOSAL_NOT_DONE:
        return None, None
    return said[-1].at, said[-1].event.actor


def _opening(proposal: Proposal, opened: Happening, policies: Mapping[int, Policy]) -> Iterator[str]:
    data = opened.event.data
    told: dict[str, object] = {"number": proposal.number, "type": proposal.type, "group": proposal.group}
    yield from (name for name, value in told.items() if data.get(name, value) != value)
    if opened.event.actor != proposal.author:
        yield "author"
    if opened.at != proposal.opened_at:
        yield "opening"
    terms = proposal.terms
    policy = policies.get(terms.policy_version) if terms else None
    if (
        terms is None
        or data.get("policy", terms.policy_version) != terms.policy_version
        or (policy is not None and replace(pin(policy, policy.row(proposal.type)), timelock=terms.timelock) != terms)
    ):
        yield "pinned rules"
    elif proposal.closes_at is None or proposal.closes_at < opened.at + terms.window:
        yield "deadline"


def _versions(proposal: Proposal, history: Sequence[Happening]) -> Iterator[str]:
    published = [e for e in history if e.event.type in {EventType.REVIEW_OPENED, EventType.VERSION_PUBLISHED}]
    if [version.number for version in proposal.versions] != list(range(1, len(published) + 1)):
        yield "versions"
        return
    for version, told in zip(proposal.versions, published, strict=True):
        if "digest" not in told.event.data:  # erased: what stands in its place are no words of anybody
            continue
        if told.event.data["digest"] != version.digest or version.digest != digest(version.text, version.effects):
            yield f"text of version {version.number}"
        if told.at != version.published_at:
            yield f"date of version {version.number}"
    current = proposal.versions[-1]
    if "digest" in published[-1].event.data and (proposal.text, proposal.effects) != (current.text, current.effects):
        yield "text on the table"
    electors = published[-1].event.data.get("electors")
    if electors is not None and electors != [each.person for each in proposal.electors]:
        yield "electors"
    yield from _carried_out(current, history)


def _carried_out(current: Version, history: Sequence[Happening]) -> Iterator[str]:
    for each in history:
        told = each.event.data.get("digest") if each.event.type is EventType.PROPOSAL_ENACTED else None
        if told is not None and told != current.digest:
            yield "version carried out"


def _readings(proposal: Proposal, history: Sequence[Happening]) -> Iterator[str]:
    readers: set[str | None] = set()
    for each in history:
        if each.event.type is EventType.VERSION_PUBLISHED:
            readers.clear()
        if each.event.type is EventType.PROPOSAL_READ:
            readers.add(each.event.actor)
    if readers != proposal.readers:
        yield "readings"


def _concerns(proposal: Proposal, history: Sequence[Happening]) -> Iterator[str]:
    """Each concern as told; an objection that lapsed left one as well."""
    raised = [e.event for e in history if e.event.type is EventType.CONCERN_RAISED]
    lapsed = sum(1 for e in history if e.event.type is EventType.OBJECTION_LAPSED)
    own = [c for c in proposal.concerns if c.why != "not stated"]
    if len(own) + lapsed != len(proposal.concerns) or [c.person for c in own] != [event.actor for event in raised]:
        yield "concerns"
        return
    if any(event.data.get("text", c.text) != c.text for event, c in zip(raised, own, strict=True)):
        yield "text of a concern"


def _objections(proposal: Proposal, history: Sequence[Happening]) -> Iterator[str]:
    raised = [e.event for e in history if e.event.type is EventType.OBJECTION_RAISED]
    if [(o.number, o.person) for o in proposal.objections] != [(at, e.actor) for at, e in enumerate(raised, 1)]:
        yield "objections"
        return
    of: dict[int, list[Event]] = {o.number: [] for o in proposal.objections}
    unknown = False
    for each in history:
        event = each.event
        number = event.data.get("objection")
        if event.type in _STAND_AGAIN:
            for told in of.values():
                told.append(event)
        elif isinstance(number, int) and number in of:
            of[number].append(event)
        elif event.type in _OBJECTION or event.type in {EventType.TEST_RULED, EventType.APPEAL_DECIDED}:
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
        elif event.type in {EventType.TEST_RULED, EventType.APPEAL_DECIDED}:
            stands = event.data.get("in_form" if event.type is EventType.TEST_RULED else "stands")
            state = ObjectionState.STATED if stands else ObjectionState.DISMISSED
    return state


def _words(objection: Objection, told: Sequence[Event]) -> Iterator[str]:
    last = {event.type: event.data for event in told}
    statement, test = objection.statement, objection.test
    kept: list[tuple[EventType, dict[str, object]]] = []
    if statement is not None:
        words = {name: getattr(statement, name) for name in ("criterion", "agreement", "reason", "suggestion")}
        kept.append((EventType.OBJECTION_STATED, words))
    if test is not None:
        kept.append((EventType.TEST_RULED, {"in_form": test.in_form, "reason": test.reason}))
    if test is not None and test.appeal is not None:
        kept.append((EventType.APPEAL_FILED, {"reason": test.appeal.reason}))
        kept.append((EventType.APPEAL_DECIDED, {"stands": test.appeal.stands}))
    for kind, words in kept:
        if any(last.get(kind, {}).get(name, value) != value for name, value in words.items()):
            yield f"words of objection {objection.number}"
            return


def _votes(proposal: Proposal, history: Sequence[Happening]) -> Iterator[str]:
    votes = {vote.id: vote for vote in (*proposal.past_votes, proposal.vote) if vote is not None}
    closed = [each.event.data for each in history if each.event.type is EventType.VOTE_CLOSED and each.event.data]
    erased = any(each.event.type is EventType.VOTE_CLOSED and not each.event.data for each in history)
    for data in closed:
        vote = votes.get(str(data.get("vote")))  # type: ignore[call-overload]
        if vote is None or vote.tally is None:
            yield "vote"
            continue
        kept = published(vote, vote.tally)
        if kept != {name: data.get(name) for name in kept}:
            yield "vote"
    counted = {vote.id for vote in votes.values() if vote.tally is not None}
    if not erased and counted - {str(data.get("vote")) for data in closed}:
        yield "vote"


def _told_outcome(last: Event, kept: str) -> str:
    match last.type:
        case EventType.PROPOSAL_WITHDRAWN:
            reason = last.data.get("reason")
            return kept if reason is None else str(reason).strip() or NO_REASON
        case EventType.PROPOSAL_NOT_ADOPTED | EventType.PROPOSAL_LAPSED | EventType.PROPOSAL_STALE:
            return str(last.data.get("why", kept))
        case EventType.VERSION_PUBLISHED:
            return ""
    return kept
