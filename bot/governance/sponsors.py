"""Who speaks for an objection when its objector is gone, and when they are back (PRO-9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.governance import clock
from bot.governance.authority import Act, Relation
from bot.governance.errors import AlreadyDone, WindowClosed, WrongState
from bot.governance.events import Event
from bot.governance.ids import PersonId
from bot.governance.objections import ALIVE, ON_FILE, SET_ASIDE, check_alive, event_of, objection_of, speakers
from bot.governance.objections_events import ObjectorSeatLost, SponsorFound, SponsorNeeded
from bot.governance.organisation import Member
from bot.governance.proposals_types import Objection, ObjectionState, Proposal, Test
from bot.governance.rolls import check_elector

Outcome = tuple[Proposal, tuple[Event, ...]]


def objector_gone(proposal: Proposal, person: PersonId, by_themselves: bool, now: datetime) -> Outcome:
    """An objector, or who took an objection over, no longer holds the seat (PRO-9).

    Leaving, resigning or a term's end asks for a sponsor; a seat taken away by anyone else never weakens it: one that
    was not stated yet counts on without being stated, and a ruling against it goes to appeal by itself, for whoever
    lost the seat may not be able to speak any more. While a vote or a timelock runs it is noted and not told: should
    the objection come back, ``stand_again`` asks for the sponsor.
    """
    events: list[Event] = []
    if proposal.state not in ALIVE | SET_ASIDE:
        return proposal, ()
    for objection in proposal.objections:
        if person not in speakers(objection) or objection.state not in ON_FILE | {ObjectionState.OVERRULED}:
            continue
        changed = _left(proposal, objection, person, now) if by_themselves else _taken(proposal, objection, person, now)
        if changed == objection:
            continue
        proposal = proposal.with_objection(changed)
        told = (SponsorNeeded if by_themselves else ObjectorSeatLost)(changed.number)
        if proposal.state in ALIVE:
            events.append(event_of(told, proposal))
    return proposal, tuple(events)


def stand_again(proposal: Proposal, now: datetime) -> Outcome:
    """An adoption that is halted, or rebased to another text, overrules nobody: what it set aside stands again.

    What could not be done meanwhile has its full period: to state it, or to take over what somebody left (PRO-9).
    From any other state nothing changes.
    """
    events: list[Event] = []
    if proposal.state not in SET_ASIDE:
        return proposal, ()
    terms = proposal.pinned
    for objection in proposal.objections:
        if objection.state not in ON_FILE | {ObjectionState.OVERRULED}:
            continue
        again = objection
        if objection.state is ObjectionState.OVERRULED:
            again = replace(again, state=ObjectionState.STATED)
        if objection.state is ObjectionState.RAISED:
            again = replace(again, state_by=clock.deadline(proposal, now, terms.stating))
        if objection.sponsor_by is not None:
            again = replace(again, sponsor_by=clock.deadline(proposal, now, terms.sponsoring))
            events.append(event_of(SponsorNeeded(again.number), proposal))
        proposal = proposal.with_objection(again)
    return proposal, tuple(events)


def objector_back(proposal: Proposal, person: PersonId, now: datetime) -> Proposal:
    """An objector, or who took it over, holds the seat again: nobody else need speak, each period runs anew (PRO-9).

    A returning objector's objection is their own again; a returning sponsor's, unless another took over.
    """
    for objection in proposal.objections:
        if objection.person == person and not objection.in_own_hands:
            own = replace(_speakable(proposal, objection, now), seat_taken=False, sponsor=None, sponsor_taken=False)
            proposal = proposal.with_objection(replace(own, former_sponsors=()))
        elif objection.sponsor_by is not None and objection.former_sponsors[-1:] == (person,):
            before = objection.former_sponsors[:-1]
            again = replace(_speakable(proposal, objection, now), sponsor=person, former_sponsors=before)
            proposal = proposal.with_objection(again)
        elif objection.sponsor == person and objection.sponsor_taken:
            proposal = proposal.with_objection(replace(_speakable(proposal, objection, now), sponsor_taken=False))
    return proposal


def heard_again(proposal: Proposal, person: PersonId, now: datetime) -> Proposal:
    """Who was kept from acting by others has the full period again, to state their objection or to appeal (PRO-11)."""
    for objection in proposal.objections:
        test = objection.test
        if objection.state not in ON_FILE or proposal.state not in ALIVE:
            continue
        if person in speakers(objection) and objection.sponsor_by is None:
            proposal = proposal.with_objection(_speakable(proposal, objection, now))
        elif test is not None and _may_appeal(proposal, test, person, now):
            anew = replace(test, appeal_by=clock.deadline(proposal, now, proposal.pinned.appeal_filing))
            proposal = proposal.with_objection(replace(objection, test=anew))
    return proposal


def removed_after_all(proposal: Proposal, person: PersonId, now: datetime) -> Outcome:
    """Who was taken to have left was removed by somebody else, as is learnt late: nothing is weakened (PRO-9).

    Be it the objector or who took it over. Whoever took it over meanwhile goes on speaking for it, and cannot
    withdraw it any more.
    """
    events: list[Event] = []
    if proposal.state not in ALIVE | SET_ASIDE:
        return proposal, ()
    for objection in proposal.objections:
        if objection.state not in ON_FILE | {ObjectionState.OVERRULED}:
            continue
        known = _known_late(proposal, objection, person, now)
        proposal = proposal.with_objection(known)
        if known.guarded and known != objection and proposal.state in ALIVE:
            events.append(event_of(ObjectorSeatLost(known.number), proposal))
    return proposal, tuple(events)


def sponsor(proposal: Proposal, number: int, member: Member, now: datetime) -> Outcome:
    """Another elector takes over the objection of someone who left, or speaks for someone removed (PRO-9).

    Whoever speaks for someone removed can state and appeal, not withdraw: else a kick and a friend would end it.
    Raises WrongState when no sponsor is needed, WindowClosed after the sponsor period, NotEligible, AlreadyDone.
    """
    objection = objection_of(proposal, number)
    if objection.sponsor is not None and not objection.needs_sponsor:
        raise AlreadyDone("sponsor")
    if not objection.needs_sponsor or objection.state not in ON_FILE:
        raise WrongState(objection.state, "sponsor an objection")
    check_alive(proposal, "sponsor an objection")
    if clock.past(proposal, objection.sponsor_by, now):
        raise WindowClosed
    check_elector(proposal, member, Act.SPONSOR, {Relation.OBJECTOR} if member.person == objection.person else ())
    spoken = _speakable(proposal, objection, now)
    taken = replace(spoken, sponsor=member.person, seat_taken=objection.guarded, sponsor_taken=False, untold=False)
    return proposal.with_objection(taken), (event_of(SponsorFound(taken.number), proposal, member.person),)


def _may_appeal(proposal: Proposal, test: Test, person: PersonId, now: datetime) -> bool:
    """Whether this person lost a ruling for the objection, and may still appeal."""
    losing = {proposal.author, test.asked_by} - {test.ruled_by}
    open_still = test.in_form and test.appeal is None and not clock.past(proposal, test.appeal_by, now)
    return bool(open_still and person in losing)


def _left(proposal: Proposal, objection: Objection, person: PersonId, now: datetime) -> Objection:
    """Who spoke for it gave the seat up: it waits for a sponsor, unless a seat behind it was taken away before."""
    if person == objection.sponsor and not objection.sponsor_taken:
        objection = replace(objection, sponsor=None, former_sponsors=(*objection.former_sponsors, person))
    elif objection.guarded or objection.sponsor is not None or objection.sponsor_by is not None:
        return objection
    if objection.guarded:
        return objection
    return replace(objection, sponsor_by=clock.deadline(proposal, now, proposal.pinned.sponsoring))


def _taken(proposal: Proposal, objection: Objection, person: PersonId, now: datetime) -> Objection:
    """The seat of who speaks for it was taken away; a ruling that became final before stays final."""
    test = objection.test
    unappealed = objection.state is ObjectionState.DISMISSED and test is not None and test.appeal is None
    if test is not None and unappealed and clock.past(proposal, test.appeal_by, now):
        return objection
    if person == objection.person:
        return replace(objection, seat_taken=True, sponsor_by=None)
    return replace(objection, sponsor_taken=True)


def _known_late(proposal: Proposal, objection: Objection, person: PersonId, now: datetime) -> Objection:
    """As if it had been known at once that this person's seat behind it was taken away; else as it is."""
    left = (objection.person, *objection.former_sponsors) if not objection.in_own_hands else ()
    if objection.seat_taken or person not in left:
        return objection
    if objection.sponsor_by is None:
        return _taken(proposal, objection, objection.person, now)
    spoken = _speakable(proposal, objection, now)
    if person == left[-1] and person != objection.person:
        spoken = replace(spoken, sponsor=person, former_sponsors=spoken.former_sponsors[:-1])
        return _taken(proposal, spoken, person, now)
    return _taken(proposal, spoken, objection.person, now)


def _speakable(proposal: Proposal, objection: Objection, now: datetime) -> Objection:
    """Somebody with a seat speaks for it again, and has the full period to state it or to appeal (PRO-9)."""
    terms, test = proposal.pinned, objection.test
    if objection.state is ObjectionState.RAISED:
        objection = replace(objection, state_by=clock.deadline(proposal, now, terms.stating))
    appealable = objection.state is ObjectionState.DISMISSED and test is not None and test.appeal is None
    if test is not None and appealable and not clock.past(proposal, test.appeal_by, now):
        anew = replace(test, appeal_by=clock.deadline(proposal, now, terms.appeal_filing))
        objection = replace(objection, test=anew)
    return replace(objection, sponsor_by=None)
