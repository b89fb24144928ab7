"""The periods of an objection: what time alone does to it, and when (OBJ-2, OBJ-4, PRO-7, PRO-9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.governance.events import Event
from bot.governance.objections import ON_FILE, event_of, told_by, waits_for_words
from bot.governance.objections_events import AppealFiled, ObjectionLapsed, ObjectionOrphaned
from bot.governance.proposals_types import Concern, Objection, ObjectionState, Proposal
from bot.governance.rulings import appeal_by_itself, decide_appeal

Outcome = tuple[Proposal, tuple[Event, ...]]


def lapse_due(proposal: Proposal, now: datetime) -> Outcome:
    """What time alone decides on objections: unstated ones become concerns, appeals end, leavers are orphaned.

    (OBJ-2, OBJ-4, PRO-9.) Nothing happens while the clock stands.
    """
    events: list[Event] = []
    for objection in proposal.objections:
        if objection.state not in ON_FILE:
            continue
        changed: Objection | None = None
        if waits_for_words(objection) and _reached(objection.state_by, now):
            changed = replace(objection, state=ObjectionState.CONCERN, sponsor_by=None, state_by=None)
            concern = Concern(objection.person, objection.raised_at, "", "not stated")
            proposal = replace(proposal, concerns=(*proposal.concerns, concern))
            events.append(event_of(ObjectionLapsed(objection.number), proposal))
        elif objection.sponsor is None and _reached(objection.sponsor_by, now):
            changed = replace(objection, state=ObjectionState.ORPHANED, sponsor_by=None)
            events.append(event_of(ObjectionOrphaned(objection.number), proposal))
        elif (appeal_by := _appeals_at(objection)) is not None and appeal_by <= now:
            changed = appeal_by_itself(proposal, objection, now)
            events.append(event_of(AppealFiled(objection.number, ""), proposal))
        if changed is not None:
            proposal = proposal.with_objection(changed)
            continue
        test = objection.test
        if test and test.appeal and test.appeal.stands is None and _reached(test.appeal.decide_by, now):
            proposal, decided = decide_appeal(proposal, objection, now)
            events.extend(decided)
    return proposal, tuple(events)


def changes_at(objection: Objection) -> tuple[datetime, ...]:
    """The instants at which time alone changes this objection: see ``lapse_due``."""
    if objection.state not in ON_FILE:
        return ()
    found = [objection.sponsor_by, _appeals_at(objection)]
    if waits_for_words(objection):
        found.append(objection.state_by)
    test = objection.test
    if test is not None and test.appeal is not None and test.appeal.stands is None:
        found.append(test.appeal.decide_by)
    return tuple(instant for instant in found if instant is not None)


def period_ends_at(objection: Objection) -> datetime | None:
    """The end of the time in which its objector is told, a ruling or an appeal may come, or None (OBJ-2, OBJ-4)."""
    if objection.state is ObjectionState.RAISED:
        return told_by(objection)
    if objection.state not in {ObjectionState.STATED, ObjectionState.DISMISSED}:
        return None
    test = objection.test
    if test is None or test.in_form is None:
        return objection.rule_by
    return test.appeal_by if test.appeal is None else None


def is_settled(objection: Objection, now: datetime) -> bool:
    """Whether no stating, ruling, appeal or sponsor period of it still runs, nor the time for telling (PRO-7)."""
    ends_at = period_ends_at(objection)
    return not changes_at(objection) and (ends_at is None or ends_at <= now)


def _appeals_at(objection: Objection) -> datetime | None:
    """When a ruling against it goes to appeal by itself, because a seat behind it was taken away; or None (PRO-9)."""
    test = objection.test
    if objection.state is not ObjectionState.DISMISSED or not objection.guarded or test is None:
        return None
    return test.appeal_by if test.appeal is None else None


def _reached(deadline: datetime | None, now: datetime) -> bool:
    return deadline is not None and deadline <= now
