"""What time alone does to a proposal: every exit at its deadline, each exactly once (PRO-6, PRO-7, PRO-8).

review ──close──▶ settling ──▶ passed ──timelock──▶ enacted
                     │  └─────▶ lapsed (low reach)      └─▶ stale
                     ├────────▶ disputed ──▶ escalated ──vote──▶ adopted ──timelock──▶ enacted
                     └──(affirmative)──────────▲         └─────▶ not adopted
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.governance import clock, electorates, escalations, periods, proposals, thresholds, votes
from bot.governance import effects as effect_rules
from bot.governance.effects import Decision, Governed
from bot.governance.errors import Refusal, Stale, WrongState
from bot.governance.events import Event, EventType, Fact, proposal_thing
from bot.governance.ids import PersonId
from bot.governance.objections_events import ObjectionOverruled
from bot.governance.proposals_events import (
    DraftDiscarded,
    Nudged,
    ProposalAdopted,
    ProposalDisputed,
    ProposalEnacted,
    ProposalHalted,
    ProposalLapsed,
    ProposalNotAdopted,
    ProposalPassed,
    ProposalStale,
    ProposalWithdrawn,
    ReviewClosed,
    ReviewExtended,
    ReviewOpened,
    VersionPublished,
)
from bot.governance.proposals_types import CONTESTABLE, FINAL, ObjectionState, Proposal, ProposalState
from bot.governance.rolls import acting
from bot.governance.votes_events import ProposalEscalated
from bot.governance.votes_types import Ballot, Vote

Outcome = tuple[Proposal, tuple[Event, ...]]

MOST_DRAFT = timedelta(days=14)
MOST_STALE = timedelta(days=14)

REACHED: Mapping[EventType, ProposalState] = MappingProxyType(
    {
        DraftDiscarded: ProposalState.DISCARDED,
        ReviewOpened: ProposalState.REVIEW,
        VersionPublished: ProposalState.REVIEW,
        ReviewExtended: ProposalState.REVIEW,
        ReviewClosed: ProposalState.SETTLING,
        ProposalPassed: ProposalState.PASSED,
        ProposalDisputed: ProposalState.DISPUTED,
        ProposalLapsed: ProposalState.LAPSED,
        ProposalWithdrawn: ProposalState.WITHDRAWN,
        ProposalNotAdopted: ProposalState.NOT_ADOPTED,
        ProposalAdopted: ProposalState.ADOPTED,
        ProposalEnacted: ProposalState.ENACTED,
        ProposalStale: ProposalState.STALE,
        ProposalHalted: ProposalState.DISPUTED,
        ProposalEscalated: ProposalState.ESCALATED,
    }
)
"""The state in which each of these leaves a proposal (PRO-6)."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a deadline needs from outside: the ballots of an open vote.

    ``role_missing``: a role that carries a say in the final vote is gone (ORG-3).
    """

    ballots: Sequence[Ballot] = ()
    role_missing: bool = False


def next_due(proposal: Proposal) -> datetime | None:
    """The next instant at which ``advance`` or ``enact`` has something to do; None once final."""
    if proposal.state in FINAL:
        return None
    if proposal.state is ProposalState.DRAFT:
        return proposal.state_since + MOST_DRAFT
    if clock.is_stopped(proposal):
        lifts = [spell.lifts_at for spell in proposal.clock.barred]
        ends = [clock.given_up_at(proposal), clock.spent_at(proposal), *lifts]
        return min((end for end in ends if end is not None), default=None)
    due: list[datetime | None] = []
    if proposal.state in CONTESTABLE | {ProposalState.STALE}:
        due.append(proposals.too_old_at(proposal, proposal.state_since))
    match proposal.state:
        case ProposalState.REVIEW:
            due += [proposal.closes_at, _nudge_at(proposal)]
        case ProposalState.SETTLING:
            due.append(_settles_at(proposal))
        case ProposalState.DISPUTED:
            due += [proposal.state_since + escalations.MOST_DISPUTED, _disputed_nudge_at(proposal)]
        case ProposalState.ESCALATED if proposal.vote is not None:
            due += _vote_due(proposal, proposal.vote)
        case ProposalState.PASSED | ProposalState.ADOPTED:
            due.append(proposal.timelock_ends_at)
        case ProposalState.STALE:
            due.append(proposal.state_since + MOST_STALE)
    if proposal.state in {ProposalState.REVIEW, ProposalState.DISPUTED}:
        due += [instant for o in proposal.objections for instant in periods.changes_at(o)]
    return min((d for d in due if d is not None), default=None)


def advance(proposal: Proposal, now: datetime, around: Surroundings) -> Outcome:
    """Take every step that is due now, in order, and none twice. Acts not due leave the proposal as it is."""
    events: tuple[Event, ...] = ()
    while True:
        stepped, happened = _step(proposal, now, around)
        if not happened:
            return stepped, events
        proposal, events = stepped, events + happened


def enact(proposal: Proposal, world: Governed, now: datetime) -> tuple[Proposal, Governed, tuple[Event, ...]]:
    """Carry the decision out when its timelock has ended: all effects or none, once (EFF-1, EFF-3, EFF-4).

    Returns the world changed, or the proposal stale. Raises WrongState when enactment is not due.
    """
    due = proposal.timelock_ends_at
    if proposal.state not in {ProposalState.PASSED, ProposalState.ADOPTED} or due is None or clock.is_stopped(proposal):
        raise WrongState(proposal.state, "enact")
    if now < due:
        raise WrongState(proposal.state, "enact")
    try:
        if world.partnership.provisional and not proposal.pinned.row.early:
            raise Stale("partnership", "ratified", "provisional")
        changed, told = effect_rules.apply(proposal.current.effects, world, Decision(proposal.id, now))
    except Refusal as refused:
        why = _why_stale(refused)
        gone = proposals.enter(replace(proposal, timelock_ends_at=None), ProposalState.STALE, now, why)
        return gone, world, (_event(ProposalStale(why), gone),)
    done = proposals.enter(proposal, ProposalState.ENACTED, now)
    return done, changed, (_event(ProposalEnacted(done.current.digest), done), *told)


def undecided(proposal: Proposal) -> frozenset[PersonId]:
    """Those whom the one nudge before close is for: neither read, objected, raised a concern nor voted (RHY-2).

    Of a disputed one it is for the author and all electors: any of them can keep it from ending unheard.
    """
    if proposal.state is ProposalState.DISPUTED:
        return acting(proposal.electors) | {proposal.author}
    if proposal.state is ProposalState.ESCALATED and proposal.vote is not None:
        return acting(proposal.vote.electors) - proposal.vote.voted
    return (electorates.reachable(proposal) & acting(proposal.electors)) - electorates.reached(proposal)


def _why_stale(refused: Refusal) -> str:
    if isinstance(refused, Stale):
        return f"{refused.what}: {refused.was} → {refused.now}"
    return ": ".join(part for part in refused.args[:2] if isinstance(part, str))


def _step(proposal: Proposal, now: datetime, around: Surroundings) -> Outcome:
    if proposal.state in FINAL:
        return proposal, ()
    if proposal.state is ProposalState.DRAFT:
        due = proposal.state_since + MOST_DRAFT <= now
        return proposals.discard(proposal, now) if due else (proposal, ())
    if clock.is_stopped(proposal):
        given_up_at, spent_at = clock.given_up_at(proposal), clock.spent_at(proposal)
        if given_up_at is not None and given_up_at <= now:
            return _not_adopted(proposal, "could not be held", now)
        return clock.spend(proposal, now) if spent_at is not None and spent_at <= now else (proposal, ())
    if proposal.state in {ProposalState.REVIEW, ProposalState.SETTLING, ProposalState.DISPUTED}:
        lapsed, events = periods.lapse_due(proposal, now)
        if events:
            return lapsed, events
    too_old = proposals.too_old_at(proposal, now)
    if proposal.state in CONTESTABLE | {ProposalState.STALE} and too_old is not None and too_old <= now:
        decided_at = _decided_at(proposal, now)
        if decided_at is None or decided_at > too_old:
            return _not_adopted(proposal, "too old", now)
    steps = {
        ProposalState.REVIEW: _review,
        ProposalState.SETTLING: _settle,
        ProposalState.DISPUTED: _disputed,
        ProposalState.ESCALATED: _escalated,
        ProposalState.STALE: _stale,
    }
    step = steps.get(proposal.state)
    return step(proposal, now, around) if step else (proposal, ())


def _decided_at(proposal: Proposal, now: datetime) -> datetime | None:
    """When its window, its last period or its vote ended, if it did: a late sweep takes the earlier end first."""
    match proposal.state:
        case ProposalState.REVIEW if proposal.closes_at is not None and proposal.closes_at <= now:
            return None if _needs_extension(proposal) else proposal.closes_at
        case ProposalState.SETTLING if all(periods.is_settled(o, now) for o in proposal.objections):
            tests = [o.test for o in proposal.objections if o.test and o.test.appeal]
            ends = [t.appeal.decided_at for t in tests if t.appeal]
            ends += [proposal.closes_at, *(periods.period_ends_at(o) for o in proposal.objections)]
            return max((end for end in ends if end is not None), default=None)
        case ProposalState.ESCALATED if (
            proposal.vote is not None and proposal.vote.opened and proposal.vote.ends_at <= now
        ):
            return proposal.vote.ends_at
    return None


def _review(proposal: Proposal, now: datetime, around: Surroundings) -> Outcome:
    assert proposal.closes_at is not None
    if now >= proposal.closes_at:
        if _needs_extension(proposal):
            return _extend(proposal, now)
        closed = proposals.enter(replace(proposal, low_reach=_low_reach(proposal)), ProposalState.SETTLING, now)
        return closed, (_event(ReviewClosed(*_reach(closed)), closed),)
    nudge_at = _nudge_at(proposal)
    if nudge_at is not None and nudge_at <= now:
        nudged = replace(proposal, nudged=True)
        return nudged, (_nudge(nudged),)
    return proposal, ()


def _settle(proposal: Proposal, now: datetime, around: Surroundings) -> Outcome:
    """When no objection has a period left, the threshold decides (PRO-6, OBJ-6)."""
    if not all(periods.is_settled(o, now) for o in proposal.objections):
        return proposal, ()
    if thresholds.threshold_reached(proposal):
        disputed = proposals.enter(replace(proposal, low_reach=False), ProposalState.DISPUTED, now)
        counted = ProposalDisputed(thresholds.weight(proposal), _threshold(proposal))
        return disputed, (_event(counted, disputed),)
    if proposals.needs_vote(proposal):
        return escalations.to_vote(proposal, now, role_missing=around.role_missing)
    if proposal.low_reach and not proposal.extended:
        # An objection stood at the close and ended since: now it would pass by silence after all (PRO-8).
        return _extend(proposals.enter(replace(proposal, low_reach=False), ProposalState.REVIEW, now), now)
    if proposal.low_reach and _lapses(proposal):
        lapsed = proposals.enter(proposal, ProposalState.LAPSED, now, "low reach")
        return lapsed, (_event(ProposalLapsed("low reach", *_reach(lapsed)), lapsed),)
    return _pass(proposal, ProposalState.PASSED, ProposalPassed, now)


def _disputed(proposal: Proposal, now: datetime, around: Surroundings) -> Outcome:
    if proposal.state_since + escalations.MOST_DISPUTED <= now:
        return _not_adopted(proposal, "nobody acted", now)
    nudge_at = _disputed_nudge_at(proposal)
    if nudge_at is not None and nudge_at <= now:
        nudged = replace(proposal, nudged=True)
        return nudged, (_nudge(nudged),)
    return proposal, ()


def _escalated(proposal: Proposal, now: datetime, around: Surroundings) -> Outcome:
    vote = proposal.vote
    assert vote is not None
    if not vote.opened:
        if vote.opens_at > now:
            return proposal, ()
        return escalations.begin(proposal, now, role_missing=around.role_missing)
    if now < vote.ends_at:
        nudge_at = vote.closes_at - proposal.pinned.nudge_before
        if vote.nudged or now < nudge_at or nudge_at <= vote.opens_at:
            return proposal, ()
        nudged = replace(proposal, vote=replace(vote, nudged=True))
        return nudged, (_nudge(nudged),)
    closed, event = votes.close_vote(proposal, around.ballots, now)
    assert closed.vote is not None
    tally = closed.vote.tally
    assert tally is not None
    if not tally.adopted:
        rejected, events = _not_adopted(closed, tally.reason, now)
        return rejected, (event, *events)
    return _overrule(closed, event, now)


def _overrule(proposal: Proposal, closed: Event, now: datetime) -> Outcome:
    """A final vote that adopts overrules what still counts; author and reason stay on the record (OBJ-8)."""
    events = [closed]
    for objection in proposal.objections:
        if objection.counts:
            proposal = proposal.with_objection(replace(objection, state=ObjectionState.OVERRULED))
            events.append(_event(ObjectionOverruled(objection.number), proposal))
    adopted, passed = _pass(proposal, ProposalState.ADOPTED, ProposalAdopted, now)
    return adopted, (*events, *passed)


def _stale(proposal: Proposal, now: datetime, around: Surroundings) -> Outcome:
    if proposal.state_since + MOST_STALE <= now:
        lapsed = proposals.enter(proposal, ProposalState.LAPSED, now, "stale")
        return lapsed, (_event(ProposalLapsed("stale"), lapsed),)
    return proposal, ()


def _pass(
    proposal: Proposal, state: ProposalState, kind: type[ProposalPassed | ProposalAdopted], now: datetime
) -> Outcome:
    ends_at = now + proposal.pinned.timelock
    passed = replace(proposals.enter(proposal, state, now), timelock_ends_at=ends_at, halts=frozenset())
    hours = int(proposal.pinned.timelock.total_seconds() // 3600)
    return passed, (_event(kind(hours, passed.low_reach, *_reach(passed)), passed),)


def _not_adopted(proposal: Proposal, why: str, now: datetime) -> Outcome:
    gone = proposals.enter(proposal, ProposalState.NOT_ADOPTED, now, why)
    return gone, (_event(ProposalNotAdopted(why), gone),)


def _extend(proposal: Proposal, now: datetime) -> Outcome:
    """Too few were reached: the window is open once more (PRO-8)."""
    closes_at = now + proposal.pinned.reach_extension
    longer = replace(proposal, closes_at=closes_at, extended=True, nudged=False)
    hours = int(proposal.pinned.reach_extension.total_seconds() // 3600)
    return longer, (_event(ReviewExtended(hours, *_reach(longer)), longer),)


def _needs_extension(proposal: Proposal) -> bool:
    return (
        _low_reach(proposal)
        and not proposal.extended
        and not proposals.needs_vote(proposal)
        and not thresholds.threshold_reached(proposal)
    )


def _low_reach(proposal: Proposal) -> bool:
    bar = proposal.pinned.reach_bar * len(electorates.reachable(proposal))
    return len(electorates.reached(proposal)) < bar


def _lapses(proposal: Proposal) -> bool:
    above = proposal.pinned.lapse_budget_above
    amount = proposal.current.text.amount or 0
    return proposal.pinned.row.carries_money and above > 0 and amount > above


def _nudge_at(proposal: Proposal) -> datetime | None:
    if proposal.nudged or proposal.closes_at is None or proposal.opened_at is None:
        return None
    at = proposal.closes_at - proposal.pinned.nudge_before
    return at if at > proposal.opened_at and at < proposal.closes_at else None


def _disputed_nudge_at(proposal: Proposal) -> datetime | None:
    """When author and electors are told that a disputed proposal is about to end (RHY-2)."""
    if proposal.nudged:
        return None
    return proposal.state_since + escalations.MOST_DISPUTED - proposal.pinned.nudge_before


def _vote_due(proposal: Proposal, vote: Vote) -> list[datetime | None]:
    if not vote.opened:
        return [vote.opens_at]
    nudge_at = vote.closes_at - proposal.pinned.nudge_before
    return [vote.ends_at, None if vote.nudged or nudge_at <= vote.opens_at else nudge_at]


def _settles_at(proposal: Proposal) -> datetime:
    changes = [instant for o in proposal.objections for instant in periods.changes_at(o)]
    if changes:
        return min(changes)
    ends = [ends_at for o in proposal.objections if (ends_at := periods.period_ends_at(o))]
    return max(ends, default=proposal.state_since)


def _threshold(proposal: Proposal) -> int:
    return thresholds.threshold(proposal.pinned, proposal.electors)


def _reach(proposal: Proposal) -> tuple[int, int]:
    return len(electorates.reached(proposal)), len(electorates.reachable(proposal))


def _nudge(proposal: Proposal) -> Event:
    return _event(Nudged(tuple(sorted(undecided(proposal)))), proposal)


def _event(fact: Fact, proposal: Proposal) -> Event:
    return Event(fact, proposal_thing(proposal.id))
