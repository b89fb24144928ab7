"""Objections and concerns: raising, stating, testing, appealing, withdrawing, sponsoring (OBJ-1 to OBJ-8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from math import ceil

from bot.governance import clock
from bot.governance.dossier import (
    COUNTING,
    Appeal,
    Concern,
    Objection,
    ObjectionState,
    Proposal,
    State,
    Statement,
    Terms,
    Test,
)
from bot.governance.errors import (
    AlreadyDone,
    BadText,
    Conflicted,
    LimitReached,
    NotEligible,
    NotFound,
    UnknownKey,
    WindowClosed,
    WrongState,
)
from bot.governance.events import Event, Happened, Json, proposal_thing
from bot.governance.ids import GroupId, PersonId
from bot.governance.organisation import FACILITATOR, MEMBER, OBSERVER, Elector, Member

Outcome = tuple[Proposal, tuple[Event, ...]]

CRITERIA = ("purpose", "agreement", "capture", "harm", "not this body's")
"""The published criteria (OBJ-2); their wording stands in ``bot.ui``."""

LEAST_REASON, MOST_REASON = 20, 1500
"""Characters of a reason."""

MOST_CONCERNS = 5
"""Concerns that one person raises on one proposal; what became of an objection is not counted."""

_ALIVE = frozenset({State.REVIEW, State.SETTLING, State.DISPUTED})
_ON_FILE = COUNTING | {ObjectionState.DISMISSED}
_SET_ASIDE = frozenset({State.ESCALATED, State.PASSED, State.ADOPTED, State.STALE})
"""Where nobody acts on an objection, and from where a halt or another version brings it back."""


def raise_objection(
    proposal: Proposal, member: Member, via: str, now: datetime, seen_at: datetime | None = None
) -> Outcome:
    """Raise an elector's objection at once; raising one that stands again changes nothing, at any time (OBJ-1).

    ``seen_at`` is when the bot was last ready, for a reaction of unknown time found later: it counts if the window
    was open then, and its stating period starts now (PRO-11).
    Raises WindowClosed outside the review window, NotEligible with why: ``author``, ``joined later``,
    ``no seat now`` or ``not an elector``.
    """
    if proposal.state in _ALIVE and proposal.open_objection_of(member.person) is not None:
        return proposal, ()
    _check_window(proposal, seen_at or now)
    elector = eligible(proposal, member)
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
    )
    changed = replace(proposal, objections=(*proposal.objections, objection))
    return changed, (_event(Happened.OBJECTION_RAISED, proposal, objection, member.person, via=via),)


def eligible(proposal: Proposal, member: Member) -> Elector:
    """The member's entry in the snapshot, if they may object now (PRO-9). Raises NotEligible with why."""
    if member.person == proposal.author:
        raise NotEligible("author")
    elector = proposal.elector(member.person)
    if elector is None:
        raise NotEligible("joined later" if member.holds(proposal.group, MEMBER) else "not an elector")
    if not member.holds(proposal.group, MEMBER):
        raise NotEligible("no seat now")
    return elector


def raise_concern(proposal: Proposal, member: Member, text: str, why: str, now: datetime) -> Outcome:
    """Record a concern, which is heard and never blocks (OBJ-3).

    ``why`` is a key when an objection could not be taken (``joined later``). The same text twice is one concern.
    Raises NotEligible without a seat, WrongState once the proposal is decided, LimitReached after ``MOST_CONCERNS``.
    """
    if proposal.state not in {State.REVIEW, State.SETTLING, State.DISPUTED, State.ESCALATED}:
        raise WrongState(proposal.state, "raise a concern")
    if all(s.seat == OBSERVER for s in member.seats):
        raise NotEligible("no seat")
    _check_length("concern", text, 0, MOST_REASON)
    if any(c.person == member.person and c.text == text for c in proposal.concerns):
        return proposal, ()
    if not why and sum(c.person == member.person and not c.why for c in proposal.concerns) >= MOST_CONCERNS:
        raise LimitReached("concerns", MOST_CONCERNS)
    concern = Concern(member.person, now, text, why)
    event = Event(Happened.CONCERN_RAISED, proposal_thing(proposal.id), member.person, {"text": text, "why": why})
    return replace(proposal, concerns=(*proposal.concerns, concern)), (event,)


def state_objection(proposal: Proposal, number: int, member: Member, statement: Statement, now: datetime) -> Outcome:
    """State the claim: a published criterion and a reason (OBJ-2). Stating again replaces the words while untested.

    A seat lost since raising does not matter (PRO-9). Raises WindowClosed after the stating period, UnknownKey
    for another criterion, BadText, NotEligible for anybody who does not speak for it.
    """
    objection = _found(proposal, number)
    _check_speaks(proposal, objection, member)
    _check_alive(proposal, "state an objection")
    if objection.state not in COUNTING or objection.test is not None:
        raise WrongState(objection.state, "state an objection")
    if _waits_for_words(objection) and clock.past(proposal, objection.state_by, now):
        raise WindowClosed
    if statement.criterion not in CRITERIA:
        raise UnknownKey(statement.criterion, CRITERIA)
    _check_length("reason", statement.reason, LEAST_REASON, MOST_REASON)
    _check_length("suggestion", statement.suggestion, 0, MOST_REASON)
    _check_length("agreement", statement.agreement, 0, 200)
    first = objection.state is ObjectionState.RAISED
    stated = replace(
        objection,
        state=ObjectionState.STATED,
        statement=statement,
        stated_at=now if first else objection.stated_at,
        rule_by=clock.deadline(proposal, now, proposal.pinned.ruling) if first else objection.rule_by,
        state_by=None,
    )
    event = _event(
        Happened.OBJECTION_STATED,
        proposal,
        stated,
        member.person,
        **_in_whose_place(objection, member),
        criterion=statement.criterion,
        agreement=statement.agreement,
        reason=statement.reason,
        suggestion=statement.suggestion,
    )
    return proposal.with_objection(stated), (event,)


def ask_test(proposal: Proposal, number: int, member: Member, now: datetime) -> Outcome:
    """The author or a facilitator of the reviewing group asks for the test of form (OBJ-4).

    Raises WindowClosed after the ruling period, AlreadyDone if it was asked, NotEligible.
    """
    objection = _found(proposal, number)
    if member.person != proposal.author and not member.holds(proposal.group, FACILITATOR):
        raise NotEligible("ask test", FACILITATOR)
    _check_testable(proposal, objection, now)
    if objection.test is not None:
        raise AlreadyDone("ask test")
    tested = replace(objection, test=Test(member.person, now))
    return proposal.with_objection(tested), (_event(Happened.TEST_ASKED, proposal, tested, member.person),)


def rule_on_form(proposal: Proposal, number: int, member: Member, in_form: bool, reason: str, now: datetime) -> Outcome:
    """A facilitator rules whether the objection is in form, never whether its reason is true (OBJ-4).

    The first ruling holds. Raises Conflicted for the author, the objector, the author's organisation and those who
    sit where the author sits (ORG-6); NotEligible, WindowClosed, AlreadyDone, BadText.
    """
    objection = _found(proposal, number)
    _check_impartial(proposal, objection, member)
    if not member.holds(proposal.group, FACILITATOR):
        raise NotEligible("rule", FACILITATOR)
    if objection.test is not None and objection.test.in_form is not None:
        raise AlreadyDone("rule")
    _check_testable(proposal, objection, now)
    _check_length("ruling", reason, LEAST_REASON, MOST_REASON)
    asked = objection.test or Test(member.person, now)
    test = replace(
        asked,
        in_form=in_form,
        ruled_by=member.person,
        ruled_at=now,
        reason=reason,
        appeal_by=clock.deadline(proposal, now, proposal.pinned.appeal_filing),
    )
    state = ObjectionState.STATED if in_form else ObjectionState.DISMISSED
    ruled = replace(objection, test=test, state=state)
    event = _event(Happened.TEST_RULED, proposal, ruled, member.person, in_form=in_form, reason=reason)
    return proposal.with_objection(ruled), (event,)


def may_rule(proposal: Proposal, objection: Objection, member: Member) -> bool:
    """Whether this member could rule on this objection (OBJ-4, ORG-6)."""
    try:
        _check_impartial(proposal, objection, member)
    except Conflicted:
        return False
    return member.holds(proposal.group, FACILITATOR)


def appeal(proposal: Proposal, number: int, person: PersonId, reason: str, now: datetime) -> Outcome:
    """The losing side of a ruling appeals, once (OBJ-4).

    Raises WrongState without a ruling, WindowClosed after the filing period, AlreadyDone, NotEligible, BadText.
    """
    objection = _found(proposal, number)
    test = objection.test
    if test is None or test.in_form is None:
        raise WrongState(objection.state, "appeal")
    if test.appeal is not None:
        raise AlreadyDone("appeal")
    losing = {proposal.author, test.asked_by} - {test.ruled_by} if test.in_form else _speakers(objection)
    if person not in losing:
        raise NotEligible("appeal")
    _check_alive(proposal, "appeal")
    if objection.state not in {ObjectionState.STATED, ObjectionState.DISMISSED}:
        raise WrongState(objection.state, "appeal")
    if clock.past(proposal, test.appeal_by, now):
        raise WindowClosed
    _check_length("appeal", reason, LEAST_REASON, MOST_REASON)
    filed = Appeal(person, now, clock.deadline(proposal, now, proposal.pinned.appeal_decision), reason)
    changed = replace(objection, test=replace(test, appeal=filed))
    return proposal.with_objection(changed), (_event(Happened.APPEAL_FILED, proposal, changed, person, reason=reason),)


def vote_on_appeal(
    proposal: Proposal,
    number: int,
    member: Member,
    stands: bool,
    stakeholders: GroupId,
    eligible_voters: frozenset[PersonId],
    now: datetime,
) -> Outcome:
    """A stakeholder says whether the objection stands; a choice may be changed until decided (OBJ-4).

    Decided early once a majority of all eligible agree. Raises Conflicted for author and objector, NotEligible,
    WrongState without an open appeal, WindowClosed.
    """
    objection = _found(proposal, number)
    open_appeal = objection.test.appeal if objection.test else None
    if member.person == proposal.author or member.person in _speakers(objection):
        raise Conflicted("party")
    if not member.holds(stakeholders, MEMBER):
        raise NotEligible("appeal vote", MEMBER)
    _check_alive(proposal, "vote on an appeal")
    if open_appeal is None or open_appeal.stands is not None or objection.state not in _ON_FILE:
        raise WrongState(objection.state, "vote on an appeal")
    if clock.past(proposal, open_appeal.decide_by, now):
        raise WindowClosed
    others = tuple(v for v in open_appeal.votes if v[0] != member.person)
    voted = _with_appeal(objection, replace(open_appeal, votes=tuple(sorted((*others, (member.person, stands))))))
    proposal = proposal.with_objection(voted)
    events: tuple[Event, ...] = (_event(Happened.APPEAL_VOTED, proposal, voted, member.person, stands=stands),)
    judges = eligible_voters - {proposal.author} - _speakers(objection)
    agreeing = sum(1 for _, vote in (*others, (member.person, stands)) if vote is stands)
    if agreeing * 2 > len(judges):
        proposal, decided = _decide_appeal(proposal, voted, now)
        events += decided
    return proposal, events


def withdraw_objection(proposal: Proposal, number: int, member: Member, now: datetime) -> Outcome:
    """Who speaks for it withdraws it, explicitly (OBJ-5). Raises NotEligible, WrongState."""
    objection = _found(proposal, number)
    _check_speaks(proposal, objection, member)
    _check_own_word(objection, member.person)
    if objection.state not in _ON_FILE:
        raise WrongState(objection.state, "withdraw an objection")
    _check_alive(proposal, "withdraw an objection")
    gone = replace(objection, state=ObjectionState.WITHDRAWN, sponsor_by=None)
    place = _in_whose_place(objection, member)
    return proposal.with_objection(gone), (
        _event(Happened.OBJECTION_WITHDRAWN, proposal, gone, member.person, **place),
    )


def answer_revision(proposal: Proposal, number: int, member: Member, resolved: bool, now: datetime) -> Outcome:
    """After a revision who speaks for it says "resolved" or "still objecting" (PRO-5, OBJ-7); silence is the latter.

    Raises NotEligible, WrongState when it no longer counts or no revision came since.
    """
    objection = _found(proposal, number)
    _check_speaks(proposal, objection, member)
    _check_alive(proposal, "answer a revision")
    version = proposal.current.number
    if not objection.counts or objection.version == version:
        raise WrongState(objection.state, "answer a revision")
    if resolved:
        _check_own_word(objection, member.person)
        done = replace(
            objection,
            state=ObjectionState.INTEGRATED,
            settled_in=version,
            answered_version=version,
            sponsor_by=None,
        )
        kind = Happened.OBJECTION_INTEGRATED
    else:
        if objection.answered_version == version:
            return proposal, ()
        done = replace(objection, answered_version=version)
        kind = Happened.OBJECTION_MAINTAINED
    place = _in_whose_place(objection, member)
    return proposal.with_objection(done), (_event(kind, proposal, done, member.person, **place, version=version),)


def objector_gone(proposal: Proposal, person: PersonId, by_themselves: bool, now: datetime) -> Outcome:
    """An objector, or who took an objection over, no longer holds the seat (PRO-9).

    Leaving, resigning or a term's end asks for a sponsor; a seat taken away by anyone else never weakens it: one that
    was not stated yet counts on without being stated, and a ruling against it goes to appeal by itself, for whoever
    lost the seat may not be able to speak any more. While a vote or a timelock runs it is noted and not told: should
    the objection come back, ``stand_again`` asks for the sponsor.
    """
    events: list[Event] = []
    if proposal.state not in _ALIVE | _SET_ASIDE:
        return proposal, ()
    for objection in proposal.objections:
        if person not in _speakers(objection) or objection.state not in _ON_FILE | {ObjectionState.OVERRULED}:
            continue
        changed = _left(proposal, objection, person, now) if by_themselves else _taken(proposal, objection, person, now)
        if changed == objection:
            continue
        proposal = proposal.with_objection(changed)
        kind = Happened.SPONSOR_NEEDED if by_themselves else Happened.OBJECTOR_SEAT_LOST
        if proposal.state in _ALIVE:
            events.append(_event(kind, proposal, changed, None))
    return proposal, tuple(events)


def stand_again(proposal: Proposal, now: datetime) -> Outcome:
    """An adoption that is halted, or rebased to another text, overrules nobody: what it set aside stands again.

    What could not be done meanwhile has its full period: to state it, or to take over what somebody left (PRO-9).
    From any other state nothing changes.
    """
    events: list[Event] = []
    if proposal.state not in _SET_ASIDE:
        return proposal, ()
    terms = proposal.pinned
    for objection in proposal.objections:
        if objection.state not in _ON_FILE | {ObjectionState.OVERRULED}:
            continue
        again = objection
        if objection.state is ObjectionState.OVERRULED:
            again = replace(again, state=ObjectionState.STATED)
        if objection.state is ObjectionState.RAISED:
            again = replace(again, state_by=clock.deadline(proposal, now, terms.stating))
        if objection.sponsor_by is not None:
            again = replace(again, sponsor_by=clock.deadline(proposal, now, terms.sponsoring))
            events.append(_event(Happened.SPONSOR_NEEDED, proposal, again, None))
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


def removed_after_all(proposal: Proposal, person: PersonId, now: datetime) -> Outcome:
    """Who was taken to have left was removed by somebody else, as is learnt late: nothing is weakened (PRO-9).

    Be it the objector or who took it over. Whoever took it over meanwhile goes on speaking for it, and cannot
    withdraw it any more.
    """
    events: list[Event] = []
    if proposal.state not in _ALIVE | _SET_ASIDE:
        return proposal, ()
    for objection in proposal.objections:
        if objection.state not in _ON_FILE | {ObjectionState.OVERRULED}:
            continue
        known = _known_late(proposal, objection, person, now)
        proposal = proposal.with_objection(known)
        if known.guarded and known != objection and proposal.state in _ALIVE:
            events.append(_event(Happened.OBJECTOR_SEAT_LOST, proposal, known, None))
    return proposal, tuple(events)


def sponsor(proposal: Proposal, number: int, member: Member, now: datetime) -> Outcome:
    """Another elector takes over the objection of someone who left, or speaks for someone removed (PRO-9).

    Whoever speaks for someone removed can state and appeal, not withdraw: else a kick and a friend would end it.
    Raises WrongState when no sponsor is needed, WindowClosed after the sponsor period, NotEligible, AlreadyDone.
    """
    objection = _found(proposal, number)
    if objection.sponsor is not None and not objection.needs_sponsor:
        raise AlreadyDone("sponsor")
    if not objection.needs_sponsor or objection.state not in _ON_FILE:
        raise WrongState(objection.state, "sponsor an objection")
    _check_alive(proposal, "sponsor an objection")
    if clock.past(proposal, objection.sponsor_by, now):
        raise WindowClosed
    if member.person == objection.person:
        raise NotEligible("own objection")
    eligible(proposal, member)
    spoken = _speakable(proposal, objection, now)
    taken = replace(spoken, sponsor=member.person, seat_taken=objection.guarded, sponsor_taken=False)
    return proposal.with_objection(taken), (_event(Happened.SPONSOR_FOUND, proposal, taken, member.person),)


def reaction_gone(proposal: Proposal, person: PersonId) -> Outcome:
    """A reaction disappeared, by whom Discord does not say: keep the objection, ask once (OBJ-5)."""
    objection = proposal.open_objection_of(person)
    if objection is None or objection.reaction_gone_asked or proposal.state not in _ALIVE:
        return proposal, ()
    asked = replace(objection, reaction_gone_asked=True)
    return proposal.with_objection(asked), (_event(Happened.REACTION_GONE, proposal, asked, None),)


def reactions_wiped(proposal: Proposal) -> Outcome:
    """All reactions, or one emoji, were wiped: nothing is withdrawn, it is logged (OBJ-5)."""
    if proposal.state not in _ALIVE:
        return proposal, ()
    standing: list[Json] = [o.number for o in proposal.objections if o.counts]
    event = Event(Happened.REACTIONS_WIPED, proposal_thing(proposal.id), None, {"standing": standing})
    return proposal, (event,)


def lapse_due(proposal: Proposal, now: datetime) -> Outcome:
    """What time alone decides on objections: unstated ones become concerns, appeals end, leavers are orphaned.

    (OBJ-2, OBJ-4, PRO-9.) Nothing happens while the clock stands.
    """
    events: list[Event] = []
    for objection in proposal.objections:
        if objection.state not in _ON_FILE:
            continue
        changed: Objection | None = None
        if _waits_for_words(objection) and _reached(objection.state_by, now):
            changed = replace(objection, state=ObjectionState.CONCERN, sponsor_by=None, state_by=None)
            concern = Concern(objection.person, objection.raised_at, "", "not stated")
            proposal = replace(proposal, concerns=(*proposal.concerns, concern))
            events.append(_event(Happened.OBJECTION_LAPSED, proposal, changed, None))
        elif objection.sponsor is None and _reached(objection.sponsor_by, now):
            changed = replace(objection, state=ObjectionState.ORPHANED, sponsor_by=None)
            events.append(_event(Happened.OBJECTION_ORPHANED, proposal, changed, None))
        elif (appeal_by := _appeals_at(objection)) is not None and appeal_by <= now:
            changed = _appealed_by_itself(proposal, objection, now)
            events.append(_event(Happened.APPEAL_FILED, proposal, changed, None, reason=""))
        if changed is not None:
            proposal = proposal.with_objection(changed)
            continue
        test = objection.test
        if test and test.appeal and test.appeal.stands is None and _reached(test.appeal.decide_by, now):
            proposal, decided = _decide_appeal(proposal, objection, now)
            events.extend(decided)
    return proposal, tuple(events)


def changes_at(objection: Objection) -> tuple[datetime, ...]:
    """The instants at which time alone changes this objection: see ``lapse_due``."""
    if objection.state not in _ON_FILE:
        return ()
    found = [objection.sponsor_by, _appeals_at(objection)]
    if _waits_for_words(objection):
        found.append(objection.state_by)
    test = objection.test
    if test is not None and test.appeal is not None and test.appeal.stands is None:
        found.append(test.appeal.decide_by)
    return tuple(instant for instant in found if instant is not None)


def period_ends_at(objection: Objection) -> datetime | None:
    """The end of the period in which a ruling or an appeal may still come, or None (OBJ-4)."""
    if objection.state not in {ObjectionState.STATED, ObjectionState.DISMISSED}:
        return None
    test = objection.test
    if test is None or test.in_form is None:
        return objection.rule_by
    return test.appeal_by if test.appeal is None else None


def is_settled(objection: Objection, now: datetime) -> bool:
    """Whether no stating, ruling, appeal or sponsor period of it still runs (PRO-7)."""
    ends_at = period_ends_at(objection)
    return not changes_at(objection) and (ends_at is None or ends_at <= now)


def threshold_reached(proposal: Proposal) -> bool:
    """Whether the counting objections reach the pinned threshold (OBJ-6)."""
    return weight(proposal) >= threshold(proposal.pinned, proposal.electors)


def weight(proposal: Proposal) -> int:
    """How much the counting objections weigh: people, organisations or classes by the pinned rule (OBJ-6)."""
    counting = [o for o in proposal.objections if o.counts]
    if proposal.pinned.rule == "classes":
        return len({o.stakeholder_class for o in counting})
    return len({_voice(o.person, o.organisation, proposal.pinned.unit) for o in counting})


def threshold(terms: Terms, electors: Iterable[Elector]) -> int:
    """The weight that stops a proposal (OBJ-6): never below one, and people never above half the electors (POL-1)."""
    electors = tuple(electors)
    voices = len({_voice(e.person, e.organisation, terms.unit) for e in electors})
    match terms.rule:
        case "classes":
            return max(1, min(terms.classes, len({e.stakeholder_class for e in electors})))
        case "share":
            return max(1, min(ceil(terms.share * voices), voices // 2))
        case _:
            return max(1, min(terms.threshold, voices // 2))


def _voice(person: PersonId, organisation: str, unit: str) -> tuple[str, str]:
    return ("organisation", organisation) if unit == "organisation" and organisation else ("person", person)


def _decide_appeal(proposal: Proposal, objection: Objection, now: datetime) -> Outcome:
    """By majority of those who voted; without votes or on a tie the objection stands (OBJ-4)."""
    assert objection.test is not None
    filed = objection.test.appeal
    assert filed is not None
    against = sum(1 for _, stands in filed.votes if not stands)
    stands = against * 2 <= len(filed.votes)
    decided = _with_appeal(objection, replace(filed, stands=stands, decided_at=now))
    decided = replace(decided, state=ObjectionState.STATED if stands else ObjectionState.DISMISSED)
    event = _event(
        Happened.APPEAL_DECIDED,
        proposal,
        decided,
        None,
        stands=stands,
        votes_stands=len(filed.votes) - against,
        votes_against=against,
    )
    return proposal.with_objection(decided), (event,)


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


def _appeals_at(objection: Objection) -> datetime | None:
    """When a ruling against it goes to appeal by itself, because a seat behind it was taken away; or None (PRO-9)."""
    test = objection.test
    if objection.state is not ObjectionState.DISMISSED or not objection.guarded or test is None:
        return None
    return test.appeal_by if test.appeal is None else None


def _appealed_by_itself(proposal: Proposal, objection: Objection, now: datetime) -> Objection:
    """As if the objector had appealed: the stakeholder group decides; without votes the objection stands (OBJ-4)."""
    decide_by = clock.deadline(proposal, now, proposal.pinned.appeal_decision)
    return _with_appeal(objection, Appeal(objection.person, now, decide_by, ""))


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


def _waits_for_words(objection: Objection) -> bool:
    """Whether it lapses unless stated in time: not while nobody with a seat is there to state it (PRO-9)."""
    return objection.state is ObjectionState.RAISED and not objection.guarded and objection.sponsor_by is None


def _with_appeal(objection: Objection, changed: Appeal) -> Objection:
    assert objection.test is not None
    return replace(objection, test=replace(objection.test, appeal=changed))


def _found(proposal: Proposal, number: int) -> Objection:
    objection = proposal.objection(number)
    if objection is None:
        raise NotFound("objection", str(number))
    return objection


def _speakers(objection: Objection) -> frozenset[PersonId]:
    return frozenset({objection.person} | ({objection.sponsor} if objection.sponsor else set()))


def _check_speaks(proposal: Proposal, objection: Objection, member: Member) -> None:
    """The objector, whoever took it over, and where organisations are counted a colleague of the objector (OBJ-6)."""
    if member.person in _speakers(objection):
        return
    if proposal.pinned.unit != "organisation" or not objection.organisation:
        raise NotEligible("not the objector")
    if not _is_colleague(proposal, objection, member):
        raise NotEligible("not the organisation")
    if not objection.in_own_hands:
        raise NotEligible("out of its hands")


def _is_colleague(proposal: Proposal, objection: Objection, member: Member) -> bool:
    """Counted in the organisation at the opening, and holding its member seat now; never the author (OBJ-6, PRO-9)."""
    elector = proposal.elector(member.person)
    if elector is None or elector.organisation != objection.organisation or member.person == proposal.author:
        return False
    seats = (s for s in member.seats if s.group == proposal.group and s.seat == MEMBER)
    return any(s.organisation == objection.organisation for s in seats)


def _in_whose_place(objection: Objection, member: Member) -> dict[str, Json]:
    """What the record says of an act that a colleague takes on what somebody else raised (OBJ-6)."""
    if member.person in _speakers(objection):
        return {}
    return {"raised_by": objection.person, "organisation": objection.organisation}


def _check_own_word(objection: Objection, person: PersonId) -> None:
    """What ends it is the objector's own to say once a seat behind it was taken away (PRO-9, OBJ-7)."""
    if objection.guarded and person != objection.person:
        raise NotEligible("objector's own word")


def _check_window(proposal: Proposal, now: datetime) -> None:
    if proposal.state is not State.REVIEW or clock.past(proposal, proposal.closes_at, now):
        raise WindowClosed


def _check_alive(proposal: Proposal, act: str) -> None:
    if proposal.state not in _ALIVE:
        raise WrongState(proposal.state, act)


def _check_testable(proposal: Proposal, objection: Objection, now: datetime) -> None:
    _check_alive(proposal, "test")
    if objection.state is not ObjectionState.STATED:
        raise WrongState(objection.state, "test")
    if clock.past(proposal, objection.rule_by, now):
        raise WindowClosed


def _check_impartial(proposal: Proposal, objection: Objection, member: Member) -> None:
    if member.person == proposal.author:
        raise Conflicted("author")
    if member.person in _speakers(objection):
        raise Conflicted("objector")
    if member.organisations & proposal.author_organisations:
        raise Conflicted("organisation")
    if any(member.holds(group) for group in proposal.author_groups - {proposal.group}):
        raise Conflicted("same cell")


def _reached(deadline: datetime | None, now: datetime) -> bool:
    return deadline is not None and deadline <= now


def _check_length(field: str, text: str, least: int, most: int) -> None:
    length = len(text.strip())
    if not least <= length or len(text) > most:
        raise BadText(field, length, least, most)


def _event(kind: Happened, proposal: Proposal, objection: Objection, actor: PersonId | None, **data: Json) -> Event:
    return Event(kind, proposal_thing(proposal.id), actor, {"objection": objection.number, **data})
