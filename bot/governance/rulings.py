"""The test of form: asking, ruling, appealing, and the stakeholders' vote on an appeal (OBJ-4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.governance import authority, clock, names
from bot.governance.authority import Act, Relation
from bot.governance.errors import AlreadyDone, Conflicted, NotEligible, RoleSuspended, WindowClosed, WrongState
from bot.governance.events import Event
from bot.governance.ids import PersonId
from bot.governance.objections import (
    LEAST_REASON,
    MOST_REASON,
    ON_FILE,
    check_alive,
    check_length,
    event_of,
    objection_of,
    speakers,
)
from bot.governance.objections_events import AppealDecided, AppealFiled, AppealVoted, RulingAsked, RulingGiven
from bot.governance.organisation import FACILITATOR, Member
from bot.governance.proposals_types import Appeal, Objection, ObjectionState, Proposal, Test
from bot.governance.rolls import check_judge, judges_of, related

Outcome = tuple[Proposal, tuple[Event, ...]]


def ask_test(proposal: Proposal, number: int, member: Member, now: datetime) -> Outcome:
    """The author or a facilitator of the reviewing group asks for the test of form (OBJ-4).

    Raises WindowClosed after the ruling period, AlreadyDone if it was asked, NotEligible.
    """
    objection = objection_of(proposal, number)
    authority.check(member, Act.ASK_TEST, proposal.group, relations=related(proposal, member))
    _check_testable(proposal, objection, now)
    if objection.test is not None:
        raise AlreadyDone("ask test")
    tested = replace(objection, test=Test(member.person, now))
    return proposal.with_objection(tested), (event_of(RulingAsked(number), proposal, member.person),)


def rule_on_form(proposal: Proposal, number: int, member: Member, in_form: bool, reason: str, now: datetime) -> Outcome:
    """A facilitator rules whether the objection is in form, never whether its reason is true (OBJ-4).

    The first ruling holds. Raises Conflicted for the author, the objector, the author's organisation and those who
    sit where the author sits (ORG-6); NotEligible, WindowClosed, AlreadyDone, BadText.
    """
    objection = objection_of(proposal, number)
    _check_rules(proposal, objection, member)
    if objection.test is not None and objection.test.in_form is not None:
        raise AlreadyDone("rule")
    _check_testable(proposal, objection, now)
    check_length("ruling", reason, LEAST_REASON, MOST_REASON)
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
    event = event_of(RulingGiven(number, in_form, reason), proposal, member.person)
    return proposal.with_objection(ruled), (event,)


def may_rule(proposal: Proposal, objection: Objection, member: Member) -> bool:
    """Whether this member could rule on this objection (OBJ-4, ORG-6)."""
    try:
        _check_rules(proposal, objection, member)
    except (Conflicted, NotEligible, RoleSuspended):
        return False
    return True


def appeal(proposal: Proposal, number: int, person: PersonId, reason: str, now: datetime) -> Outcome:
    """The losing side of a ruling appeals, once (OBJ-4).

    Raises WrongState without a ruling, WindowClosed after the filing period, AlreadyDone, NotEligible, BadText.
    """
    objection = objection_of(proposal, number)
    test = objection.test
    if test is None or test.in_form is None:
        raise WrongState(objection.state, "appeal")
    if test.appeal is not None:
        raise AlreadyDone("appeal")
    losing = {proposal.author, test.asked_by} - {test.ruled_by} if test.in_form else speakers(objection)
    authority.check(Member(person), Act.APPEAL, relations={Relation.LOSER} if person in losing else ())
    check_alive(proposal, "appeal")
    if objection.state not in {ObjectionState.STATED, ObjectionState.DISMISSED}:
        raise WrongState(objection.state, "appeal")
    if clock.past(proposal, test.appeal_by, now):
        raise WindowClosed
    check_length("appeal", reason, LEAST_REASON, MOST_REASON)
    filed = Appeal(person, now, clock.deadline(proposal, now, proposal.pinned.appeal_decision), reason)
    changed = replace(objection, test=replace(test, appeal=filed))
    return proposal.with_objection(changed), (event_of(AppealFiled(number, reason), proposal, person),)


def vote_on_appeal(
    proposal: Proposal,
    number: int,
    member: Member,
    stands: bool,
    now: datetime,
) -> Outcome:
    """A judge says whether the objection stands; a choice may be changed until decided (OBJ-4).

    Decided early once a majority of all judges agree. Raises Conflicted for author, objector and who asked for the
    ruling or gave it, NotEligible, WrongState without an open appeal, WindowClosed.
    """
    objection = objection_of(proposal, number)
    open_appeal = objection.test.appeal if objection.test else None
    check_judge(proposal, objection, member.person)
    check_alive(proposal, "vote on an appeal")
    if open_appeal is None or open_appeal.stands is not None or objection.state not in ON_FILE:
        raise WrongState(objection.state, "vote on an appeal")
    if clock.past(proposal, open_appeal.decide_by, now):
        raise WindowClosed
    others = tuple(v for v in open_appeal.votes if v[0] != member.person)
    voted = _with_appeal(objection, replace(open_appeal, votes=tuple(sorted((*others, (member.person, stands))))))
    proposal = proposal.with_objection(voted)
    events: tuple[Event, ...] = (event_of(AppealVoted(number, stands), proposal, member.person),)
    judges = judges_of(proposal, objection)
    agreeing = sum(1 for person, vote in (*others, (member.person, stands)) if vote is stands and person in judges)
    if agreeing * 2 > len(judges):
        proposal, decided = decide_appeal(proposal, voted, now)
        events += decided
    return proposal, events


def decide_appeal(proposal: Proposal, objection: Objection, now: datetime) -> Outcome:
    """By majority of the judges who voted; without votes or on a tie the objection stands (OBJ-4)."""
    assert objection.test is not None
    filed = objection.test.appeal
    assert filed is not None
    judges = judges_of(proposal, objection)
    votes = [stands for person, stands in filed.votes if person in judges]
    against = votes.count(False)
    stands = against * 2 <= len(votes)
    decided = _with_appeal(objection, replace(filed, stands=stands, decided_at=now))
    decided = replace(decided, state=ObjectionState.STATED if stands else ObjectionState.DISMISSED)
    told = AppealDecided(objection.number, stands, len(votes) - against, against)
    return proposal.with_objection(decided), (event_of(told, proposal),)


def appeal_by_itself(proposal: Proposal, objection: Objection, now: datetime) -> Objection:
    """As if the objector had appealed: the stakeholder group decides; without votes the objection stands (OBJ-4)."""
    decide_by = clock.deadline(proposal, now, proposal.pinned.appeal_decision)
    return _with_appeal(objection, Appeal(objection.person, now, decide_by, ""))


def _with_appeal(objection: Objection, changed: Appeal) -> Objection:
    assert objection.test is not None
    return replace(objection, test=replace(objection.test, appeal=changed))


def _check_testable(proposal: Proposal, objection: Objection, now: datetime) -> None:
    check_alive(proposal, "test")
    if objection.state is not ObjectionState.STATED:
        raise WrongState(objection.state, "test")
    if clock.past(proposal, objection.rule_by, now):
        raise WindowClosed


def _check_rules(proposal: Proposal, objection: Objection, member: Member) -> None:
    """Who rules held the facilitator seat when the review opened, holds it now, and stands apart (OBJ-4, ORG-6)."""
    stands = {
        Relation.SPEAKER: member.person in speakers(objection),
        Relation.AUTHORS_ORGANISATION: names.common(member.organisations, proposal.author_organisations),
        Relation.FILING_GROUP: member.sits_in & (proposal.author_groups - {proposal.group}),
    }
    relations = {*related(proposal, member), *(relation for relation, stood in stands.items() if stood)}
    authority.check(member, Act.RULE_ON_FORM, proposal.group, relations=relations)
    if member.person not in proposal.facilitators:
        raise NotEligible("rule joined later", FACILITATOR)
