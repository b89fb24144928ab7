"""Objections and concerns: raising, stating, withdrawing, answering revisions (OBJ-1 to OBJ-3, OBJ-5 to OBJ-8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypedDict

from bot.governance import authority, clock, names
from bot.governance.authority import Act, Relation
from bot.governance.errors import BadText, LimitReached, NotEligible, NotFound, UnknownKey, WindowClosed, WrongState
from bot.governance.events import Event, Fact, proposal_thing
from bot.governance.ids import PersonId
from bot.governance.objections_events import (
    ConcernRaised,
    ObjectionIntegrated,
    ObjectionMaintained,
    ObjectionRaised,
    ObjectionStated,
    ObjectionWithdrawn,
    ObjectorTold,
    ReactionGone,
    ReactionsWiped,
)
from bot.governance.organisation import Member
from bot.governance.proposals_types import (
    COUNTING,
    Concern,
    Objection,
    ObjectionState,
    Proposal,
    ProposalState,
    Statement,
)
from bot.governance.rolls import acting, check_elector

Outcome = tuple[Proposal, tuple[Event, ...]]

REACTION = "reaction"
"""How an objection was raised where nobody could be answered at once."""

THREAD, DIRECT, CHANNEL, OWN_ACT = "thread", "direct message", "channel", "own act"
"""The ways in which an objector is told that their objection waits to be stated (OBJ-2)."""

CRITERIA = ("purpose", "agreement", "capture", "harm", "not this body's")
"""The published criteria (OBJ-2); their wording stands in ``bot.ui``."""

LEAST_REASON, MOST_REASON = 20, 1500
"""Characters of a reason."""

TOLD_LATE = timedelta(minutes=1)
"""By how much a period is moved without a word, because its objector was told that much later."""

MOST_CONCERNS = 5
"""Concerns that one person raises on one proposal; what became of an objection is not counted."""

ALIVE = frozenset({ProposalState.REVIEW, ProposalState.SETTLING, ProposalState.DISPUTED})
"""Where people act on objections."""

ON_FILE = COUNTING | {ObjectionState.DISMISSED}
"""An objection in one of these has not ended: it counts, or an appeal may bring it back."""

SET_ASIDE = frozenset({ProposalState.ESCALATED, ProposalState.PASSED, ProposalState.ADOPTED, ProposalState.STALE})
"""Where nobody acts on an objection, and from where a halt or another version brings it back."""


def raise_objection(
    proposal: Proposal, member: Member, via: str, now: datetime, seen_at: datetime | None = None
) -> Outcome:
    """Raise an elector's objection at once; raising one that stands again changes nothing, at any time (OBJ-1).

    ``seen_at`` is when the bot was last ready, for a reaction of unknown time found later: it counts if the window
    was open then (PRO-11). The stating period begins once its objector was told: by the answer to a button or command
    at once, after a reaction by ``told`` (OBJ-2).
    Raises WindowClosed outside the review window, NotEligible with why: ``author``, ``joined later``,
    ``no seat now`` or ``not an elector``.
    """
    if proposal.state in ALIVE and proposal.open_objection_of(member.person) is not None:
        return proposal, ()
    _check_window(proposal, seen_at or now)
    check_elector(proposal, member, Act.OBJECT)
    elector = proposal.elector(member.person)
    assert elector is not None
    objection = Objection(
        number=len(proposal.objections) + 1,
        person=member.person,
        raised_at=now,
        version=proposal.current.number,
        via=via,
        stakeholder_class=elector.stakeholder_class,
        organisation=elector.organisation,
        state_by=clock.deadline(proposal, now, proposal.pinned.stating),
        answered_version=proposal.current.number,
        untold=via == REACTION,
    )
    changed = replace(proposal, objections=(*proposal.objections, objection))
    return changed, (event_of(ObjectionRaised(objection.number, via), proposal, member.person),)


def raise_concern(proposal: Proposal, member: Member, text: str, why: str, now: datetime) -> Outcome:
    """Record a concern, which is heard and never blocks (OBJ-3).

    ``why`` is a key when an objection could not be taken (``joined later``). The same text twice is one concern.
    Raises NotEligible without a seat, WrongState once the proposal is decided, LimitReached after ``MOST_CONCERNS``.
    """
    if proposal.state not in {
        ProposalState.REVIEW,
        ProposalState.SETTLING,
        ProposalState.DISPUTED,
        ProposalState.ESCALATED,
    }:
        raise WrongState(proposal.state, "raise a concern")
    elector = {Relation.ELECTOR} if member.person in acting(proposal.electors) else set()
    authority.check(member, Act.RAISE_CONCERN, relations=elector)
    check_length("concern", text, 0, MOST_REASON)
    if any(c.person == member.person and c.text == text for c in proposal.concerns):
        return proposal, ()
    if not why and sum(c.person == member.person and not c.why for c in proposal.concerns) >= MOST_CONCERNS:
        raise LimitReached("concerns", MOST_CONCERNS)
    concern = Concern(member.person, now, text, why)
    event = event_of(ConcernRaised(text, why), proposal, member.person)
    return replace(proposal, concerns=(*proposal.concerns, concern)), (event,)


def told(proposal: Proposal, number: int, way: str, now: datetime) -> Outcome:
    """The objector was told that their objection waits to be stated, so its period begins (OBJ-2). Once.

    ``way``: ``thread``, ``direct message``, ``channel`` or ``own act``. What was told in the thread as it was raised
    stands on record with it; any other way, and a later time, is recorded.
    """
    objection = objection_of(proposal, number)
    if not objection.untold:
        return proposal, ()
    state_by = objection.state_by
    if objection.state is ObjectionState.RAISED:
        state_by = clock.deadline(proposal, now, proposal.pinned.stating)
    known = replace(objection, untold=False, state_by=state_by)
    changed = proposal.with_objection(known)
    if way == THREAD and now - objection.raised_at <= TOLD_LATE:
        return changed, ()
    return changed, (event_of(ObjectorTold(number, way), proposal),)


def told_by_own_act(proposal: Proposal, person: PersonId, now: datetime) -> Outcome:
    """Whoever acts on their objection and is answered has been told of it (OBJ-2)."""
    events: tuple[Event, ...] = ()
    for objection in proposal.objections:
        if objection.person == person and objection.untold:
            proposal, more = told(proposal, objection.number, OWN_ACT, now)
            events += more
    return proposal, events


def untold(proposal: Proposal, person: PersonId, now: datetime) -> Objection | None:
    """What this person raised and could not be told of yet: their next act, when it is answered, tells them (OBJ-2).

    For as long as ``TOLD_LATE`` the notice in the thread is on its way.
    """
    found = proposal.open_objection_of(person)
    if found is None or not found.untold or found.state is not ObjectionState.RAISED or proposal.state not in ALIVE:
        return None
    return found if now - found.raised_at > TOLD_LATE else None


def state_objection(proposal: Proposal, number: int, member: Member, statement: Statement, now: datetime) -> Outcome:
    """State the claim: a published criterion and a reason (OBJ-2). Stating again replaces the words while untested.

    A seat lost since raising does not matter (PRO-9). Raises WindowClosed after the stating period, UnknownKey
    for another criterion, BadText, NotEligible for anybody who does not speak for it.
    """
    objection = objection_of(proposal, number)
    _check_speaks(proposal, objection, member)
    check_alive(proposal, "state an objection")
    if objection.state not in COUNTING or objection.test is not None:
        raise WrongState(objection.state, "state an objection")
    if waits_for_words(objection) and clock.past(proposal, objection.state_by, now):
        raise WindowClosed
    if statement.criterion not in CRITERIA:
        raise UnknownKey(statement.criterion, CRITERIA)
    check_length("reason", statement.reason, LEAST_REASON, MOST_REASON)
    check_length("suggestion", statement.suggestion, 0, MOST_REASON)
    check_length("agreement", statement.agreement, 0, 200)
    first = objection.state is ObjectionState.RAISED
    stated = replace(
        objection,
        state=ObjectionState.STATED,
        statement=statement,
        stated_at=now if first else objection.stated_at,
        rule_by=clock.deadline(proposal, now, proposal.pinned.ruling) if first else objection.rule_by,
        state_by=None,
        untold=False,
    )
    told = ObjectionStated(
        number,
        statement.criterion,
        statement.agreement,
        statement.reason,
        statement.suggestion,
        **_in_whose_place(objection, member),
    )
    return proposal.with_objection(stated), (event_of(told, proposal, member.person),)


def withdraw_objection(proposal: Proposal, number: int, member: Member, now: datetime) -> Outcome:
    """Who speaks for it withdraws it, explicitly (OBJ-5). Raises NotEligible, WrongState."""
    objection = objection_of(proposal, number)
    _check_speaks(proposal, objection, member)
    _check_own_word(objection, member.person)
    if objection.state not in ON_FILE:
        raise WrongState(objection.state, "withdraw an objection")
    check_alive(proposal, "withdraw an objection")
    gone = replace(objection, state=ObjectionState.WITHDRAWN, sponsor_by=None)
    told = ObjectionWithdrawn(number, **_in_whose_place(objection, member))
    return proposal.with_objection(gone), (event_of(told, proposal, member.person),)


def answer_revision(proposal: Proposal, number: int, member: Member, resolved: bool, now: datetime) -> Outcome:
    """After a revision who speaks for it says "resolved" or "still objecting" (PRO-5, OBJ-7); silence is the latter.

    Raises NotEligible, WrongState when it no longer counts or no revision came since.
    """
    objection = objection_of(proposal, number)
    _check_speaks(proposal, objection, member)
    check_alive(proposal, "answer a revision")
    version = proposal.current.number
    if not objection.counts or objection.version == version:
        raise WrongState(objection.state, "answer a revision")
    place = _in_whose_place(objection, member)
    if resolved:
        _check_own_word(objection, member.person)
        done = replace(
            objection,
            state=ObjectionState.INTEGRATED,
            settled_in=version,
            answered_version=version,
            sponsor_by=None,
        )
        told: Fact = ObjectionIntegrated(number, version, **place)
    else:
        if objection.answered_version == version:
            return proposal, ()
        done = replace(objection, answered_version=version)
        told = ObjectionMaintained(number, version, **place)
    return proposal.with_objection(done), (event_of(told, proposal, member.person),)


def reaction_gone(proposal: Proposal, person: PersonId) -> Outcome:
    """A reaction disappeared, by whom Discord does not say: keep the objection, ask once (OBJ-5)."""
    objection = proposal.open_objection_of(person)
    if objection is None or objection.reaction_gone_asked or proposal.state not in ALIVE:
        return proposal, ()
    asked = replace(objection, reaction_gone_asked=True)
    return proposal.with_objection(asked), (event_of(ReactionGone(asked.number), proposal),)


def reactions_wiped(proposal: Proposal) -> Outcome:
    """All reactions, or one emoji, were wiped: nothing is withdrawn, it is logged (OBJ-5)."""
    if proposal.state not in ALIVE:
        return proposal, ()
    standing = tuple(o.number for o in proposal.objections if o.counts)
    return proposal, (event_of(ReactionsWiped(standing), proposal),)


def waits_for_words(objection: Objection) -> bool:
    """Whether it lapses unless stated in time: not while its objector was not told (OBJ-2), nor while nobody with a
    seat is there to state it (PRO-9).
    """
    return _waits_to_be_stated(objection) and not objection.untold


def told_by(objection: Objection) -> datetime | None:
    """Until when a decision waits for an objector to be told, or None (OBJ-2).

    Whoever cannot be told by then loses nothing: the objection counts on unstated, and their period begins whenever
    they are told. The proposal goes on with it: to a dispute and a vote, if it reaches the threshold.
    """
    return objection.state_by if objection.untold and _waits_to_be_stated(objection) else None


def _waits_to_be_stated(objection: Objection) -> bool:
    return objection.state is ObjectionState.RAISED and not objection.guarded and objection.sponsor_by is None


def objection_of(proposal: Proposal, number: int) -> Objection:
    """The objection of this number. Raises NotFound."""
    objection = proposal.objection(number)
    if objection is None:
        raise NotFound("objection", str(number))
    return objection


def speakers(objection: Objection) -> frozenset[PersonId]:
    """Who raised it, and who took it over (PRO-9)."""
    return frozenset({objection.person} | ({objection.sponsor} if objection.sponsor else set()))


def _check_speaks(proposal: Proposal, objection: Objection, member: Member) -> None:
    """The objector, whoever took it over, and where organisations are counted a colleague of the objector (OBJ-6)."""
    counted = proposal.pinned.unit == "organisation" and names.visible(objection.organisation)
    colleague = counted and _is_colleague(proposal, objection, member)
    stands = {
        Relation.SPEAKER: member.person in speakers(objection),
        Relation.COLLEAGUE: colleague and objection.in_own_hands,
    }
    relations = {relation for relation, stood in stands.items() if stood}
    closer = NotEligible("out of its hands" if colleague else "not the organisation") if counted else None
    authority.check(member, Act.SPEAK_FOR_OBJECTION, relations=relations, otherwise=closer)


def _is_colleague(proposal: Proposal, objection: Objection, member: Member) -> bool:
    """Counted in the organisation at the opening, and an elector still; never the author (OBJ-6, PRO-9)."""
    elector = proposal.elector(member.person)
    if elector is None or not _speaks_for(elector.organisation, objection) or member.person == proposal.author:
        return False
    return member.person in acting(proposal.electors)


def _speaks_for(organisation: str, objection: Objection) -> bool:
    """Whether this is the objection's organisation, in whatever spelling."""
    return names.alike(organisation, objection.organisation)


class _Place(TypedDict, total=False):
    raised_by: PersonId
    organisation: str


def _in_whose_place(objection: Objection, member: Member) -> _Place:
    """What the record says of an act that a colleague takes on what somebody else raised (OBJ-6)."""
    if member.person in speakers(objection):
        return {}
    return {"raised_by": objection.person, "organisation": objection.organisation}


def _check_own_word(objection: Objection, person: PersonId) -> None:
    """What ends it is the objector's own to say once a seat behind it was taken away (PRO-9, OBJ-7)."""
    if objection.guarded and person != objection.person:
        raise NotEligible("objector's own word")


def _check_window(proposal: Proposal, now: datetime) -> None:
    if proposal.state is not ProposalState.REVIEW or clock.past(proposal, proposal.closes_at, now):
        raise WindowClosed


def check_alive(proposal: Proposal, act: str) -> None:
    """Raises WrongState where nobody acts on objections."""
    if proposal.state not in ALIVE:
        raise WrongState(proposal.state, act)


def check_length(field: str, text: str, least: int, most: int) -> None:
    """Raises BadText for words that are too few, blanks around them not counted, or too many. In characters."""
    length = len(text.strip())
    if not least <= length or len(text) > most:
        raise BadText(field, length, least, most)


def event_of(fact: Fact, proposal: Proposal, actor: PersonId | None = None) -> Event:
    """What happened to an objection, for the record; ``actor`` is None for what time or the bot did."""
    return Event(fact, proposal_thing(proposal.id), actor)
