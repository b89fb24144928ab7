"""The one clock rule: while a review cannot be held, its deadlines stand still (PRO-11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.governance.dossier import CONTESTABLE, Clock, Objection, Proposal, State
from bot.governance.events import Event, Happened, Json, proposal_thing

OUTAGE = "outage"
CARD = "card missing"
ROLE = "role missing"
FEW = "too few electors"
MOST_STOPPED = timedelta(days=14)
"""After standing this long, a proposal is not adopted because it could not be held."""

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


def stop(proposal: Proposal, reason: str, since: datetime) -> Outcome:
    """Stop the clock from ``since``, but not from before its review opened; a second reason keeps it standing."""
    waiting = CONTESTABLE | ({State.PASSED, State.ADOPTED} if reason == OUTAGE else frozenset())
    if proposal.state not in waiting or reason in proposal.clock.reasons:
        return proposal, ()
    before = proposal.clock
    since = max(since, before.resumed_at or since, proposal.opened_at or since)
    stopped_at = min(before.stopped_at or since, since)
    clock = replace(before, reasons=before.reasons | {reason}, stopped_at=stopped_at)
    data: dict[str, Json] = {"reason": reason, "since": since.isoformat()}
    event = Event(Happened.CLOCK_STOPPED, proposal_thing(proposal.id), None, data)
    return replace(proposal, clock=clock), (event,)


def resume(proposal: Proposal, reason: str, now: datetime) -> Outcome:
    """This reason is gone. When it was the last, every deadline moves by the time the clock stood (PRO-11)."""
    clock = proposal.clock
    if reason not in clock.reasons:
        return proposal, ()
    left = clock.reasons - {reason}
    if left or clock.stopped_at is None:
        return replace(proposal, clock=replace(clock, reasons=left)), ()
    stood = max(now - clock.stopped_at, timedelta(0))
    running = _shift(replace(proposal, clock=Clock(stood=clock.stood + stood, resumed_at=now)), clock.stopped_at, stood)
    data: dict[str, Json] = {
        "reason": reason,
        "since": clock.stopped_at.isoformat(),
        "minutes": int(stood.total_seconds() // 60),
    }
    return running, (Event(Happened.CLOCK_RESUMED, proposal_thing(proposal.id), None, data),)


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
        )
    return replace(
        proposal,
        state_since=min(proposal.state_since, since) + by,
        closes_at=later(proposal.closes_at),
        timelock_ends_at=later(proposal.timelock_ends_at),
        objections=tuple(map(objection_later, proposal.objections)),
        vote=vote,
    )
