"""The one clock rule: while a review cannot be held, its deadlines stand still (PRO-11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.governance.events import Event, proposal_thing
from bot.governance.ids import PersonId
from bot.governance.proposals_types import CONTESTABLE, Clock, Objection, Proposal, ProposalState
from bot.governance.stops_events import ClockResumed, ClockStopped, StopsSpent

OUTAGE = "outage"
CARD = "card missing"
ROLE = "role missing"
FEW = "too few electors"
SHUT_OUT = "shut out"
SILENCED = "kept from acting"

BY_PEOPLE = frozenset({SHUT_OUT, SILENCED, ROLE})
"""Reasons that somebody with power in the server makes: they may stop one process for a while only."""

WITH_TIMELOCK = frozenset({OUTAGE, SHUT_OUT, SILENCED})
"""Reasons for which a timelock waits as well: a halt must have had its whole time."""

MOST_STOPPED = timedelta(days=14)
"""After standing this long in all for want of electors or of the bot, it is not adopted: it could not be held."""

MOST_MEDDLED = timedelta(days=7)
"""The longest that people's acts may stop one process, all causes and persons together."""

Outcome = tuple[Proposal, tuple[Event, ...]]


def is_stopped(proposal: Proposal) -> bool:
    """Whether the clock stands."""
    return proposal.clock.stopped_at is not None


def stood_until(proposal: Proposal, now: datetime) -> timedelta:
    """How long the clock has stood in all."""
    stopped_at = proposal.clock.stopped_at
    return proposal.clock.stood + (now - stopped_at if stopped_at else timedelta(0))


def past(proposal: Proposal, deadline: datetime | None, now: datetime) -> bool:
    """Whether a half-open window has ended; while the clock stands it has not (PRO-7, PRO-11)."""
    if deadline is None:
        return False
    stopped_at = proposal.clock.stopped_at
    if stopped_at is not None and stopped_at < deadline:
        return False
    return now >= deadline


def deadline(proposal: Proposal, now: datetime, period: timedelta) -> datetime:
    """The end of a period that begins now. Begun while the clock stands, it runs in full once the clock resumes.

    It is reckoned from the stop, because ``resume`` moves it by all the time that the clock stood (PRO-11).
    """
    return (proposal.clock.stopped_at or now) + period


def stop(proposal: Proposal, reason: str, since: datetime, people: tuple[PersonId, ...] = ()) -> Outcome:
    """Stop the clock from ``since``, but not from before its review opened; a second reason keeps it standing.

    Once people's acts stopped it as long as they may, they stop it no more (PRO-11). ``people`` are those who are kept
    from acting.
    """
    waiting = CONTESTABLE | ({ProposalState.PASSED, ProposalState.ADOPTED} if reason in WITH_TIMELOCK else frozenset())
    before = proposal.clock
    if proposal.state not in waiting or reason in before.reasons or (before.spent and reason in BY_PEOPLE):
        return proposal, ()
    since = max(since, before.resumed_at or since, proposal.opened_at or since)
    clock = replace(
        before,
        reasons=before.reasons | {reason},
        because=before.because | {reason},
        stopped_at=min(before.stopped_at or since, since),
    )
    if reason in BY_PEOPLE:
        clock = replace(clock, meddled_since=min(before.meddled_since or since, since))
    else:
        clock = replace(clock, wanting_since=min(wanting_since(before) or since, since))
    event = Event(ClockStopped(reason, since, people), proposal_thing(proposal.id))
    return replace(proposal, clock=clock), (event,)


def resume(proposal: Proposal, reason: str, now: datetime) -> Outcome:
    """This reason is gone. When it was the last, every deadline moves by the time the clock stood (PRO-11)."""
    before = proposal.clock
    if reason not in before.reasons:
        return proposal, ()
    clock = replace(before, reasons=before.reasons - {reason})
    wanting = wanting_since(before)
    if wanting is not None and not clock.reasons - BY_PEOPLE:
        lasted = max(now - wanting, timedelta(0))
        clock = replace(clock, wanting=clock.wanting + lasted, wanting_since=None, resumed_at=now)
    if clock.meddled_since is not None and not clock.reasons & BY_PEOPLE:
        meddled = clock.meddled + max(now - clock.meddled_since, timedelta(0))
        clock = replace(clock, meddled=meddled, meddled_since=None)
    if clock.reasons or clock.stopped_at is None:
        return replace(proposal, clock=clock), ()
    stood = max(now - clock.stopped_at, timedelta(0))
    clock = replace(clock, because=frozenset(), stopped_at=None, stood=clock.stood + stood, resumed_at=now)
    running = _shift(replace(proposal, clock=clock), before.stopped_at or now, stood)
    because = tuple(sorted(before.because | {reason}))
    told = ClockResumed(reason, int(stood.total_seconds() // 60), before.stopped_at or now, because)
    return running, (Event(told, proposal_thing(proposal.id)),)


def wanting_since(clock: Clock) -> datetime | None:
    """Since when it has stood for want of electors or of the bot; kept apart only since people's acts are capped."""
    return clock.wanting_since or (clock.stopped_at if clock.reasons - BY_PEOPLE else None)


def given_up_at(proposal: Proposal) -> datetime | None:
    """When it is not adopted because it could not be held; None while nothing is wanting (PRO-11).

    However often it was made good: the times in which something was wanting add up over the whole process.
    """
    since = wanting_since(proposal.clock)
    if since is None or proposal.state not in CONTESTABLE:
        return None
    return since + MOST_STOPPED - proposal.clock.wanting


def spent_at(proposal: Proposal) -> datetime | None:
    """When people's acts stop it no longer: by all of them together, or by what is done to one person (PRO-11)."""
    clock = proposal.clock
    ends = [spell.spent_at for spell in clock.barred if spell.spent_at is not None]
    if clock.meddled_since is not None:
        ends.append(clock.meddled_since + MOST_MEDDLED - clock.meddled)
    return min(ends, default=None)


def spend(proposal: Proposal, now: datetime) -> Outcome:
    """People's acts stopped it as long as they may: it runs on, and passes by a final vote only (PRO-11).

    Those shut out count in the quorum of that vote like everybody else.
    """
    if proposal.clock.spent:
        return proposal, ()
    spent = replace(proposal.clock, spent=True, spells=closed(proposal.clock, now).spells)
    proposal = replace(proposal, clock=spent)
    events: list[Event] = [Event(StopsSpent(), proposal_thing(proposal.id))]
    for reason in sorted(proposal.clock.reasons & BY_PEOPLE):
        proposal, resumed = resume(proposal, reason, now)
        events += resumed
    return proposal, tuple(events)


def closed(clock: Clock, now: datetime) -> Clock:
    """The same clock with no spell that lasts."""
    ended = (replace(spell, until=now) if spell.until is None else spell for spell in clock.spells)
    return replace(clock, spells=tuple(ended))


def _shift(proposal: Proposal, since: datetime, by: timedelta) -> Proposal:
    """Move every deadline that had not passed when the clock stopped."""

    def later(instant: datetime | None) -> datetime | None:
        return instant if instant is None or instant <= since else instant + by

    def objection_later(objection: Objection) -> Objection:
        test = objection.test
        if test is not None:
            appeal = test.appeal
            if appeal is not None:
                appeal = replace(appeal, decide_by=later(appeal.decide_by) or appeal.decide_by)
            test = replace(test, appeal_by=later(test.appeal_by), appeal=appeal)
        return replace(
            objection,
            state_by=later(objection.state_by),
            rule_by=later(objection.rule_by),
            sponsor_by=later(objection.sponsor_by),
            test=test,
        )

    vote = proposal.vote
    if vote is not None:
        vote = replace(
            vote,
            opens_at=vote.opens_at if vote.opened else later(vote.opens_at) or vote.opens_at,
            closes_at=later(vote.closes_at) or vote.closes_at,
            early_at=later(vote.early_at),
        )
    return replace(
        proposal,
        state_since=min(proposal.state_since, since) + by,
        closes_at=later(proposal.closes_at),
        timelock_ends_at=later(proposal.timelock_ends_at),
        objections=tuple(map(objection_later, proposal.objections)),
        vote=vote,
    )
