"""Who may act in an open process: one question for each kind of act (PRO-9, OBJ-4, EFF-3, SCL-2).

The people were pinned when the process, or its latest version, opened (``seats.roll``). From then on a say ends only
by giving it up: who lost the seat by another's hand acts as if seated.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bot.governance import authority
from bot.governance.authority import Act, Relation
from bot.governance.errors import NotEligible
from bot.governance.ids import GroupId, PersonId
from bot.governance.organisation import MEMBER, Elector, Member
from bot.governance.proposals_types import FINAL, Objection, Proposal
from bot.governance.votes_types import Vote


def acting(pinned: Iterable[Elector]) -> frozenset[PersonId]:
    """Those of a pinned roll who act and are counted: all but who gave the seat up since (PRO-9)."""
    return frozenset(elector.person for elector in pinned if not elector.left)


def check_elector(proposal: Proposal, member: Member, act: Act, also: Collection[Relation] = ()) -> None:
    """Whether this act is theirs as an elector (PRO-9); ``also`` is what else they are to it.

    Raises NotEligible: ``joined later``, ``no seat now`` for who gave it up, ``not an elector``, and as the charter.
    """
    relations = {*related(proposal, member), *also}
    authority.check(member, act, proposal.group, relations=relations, otherwise=_not_elector(proposal, member))


def related(proposal: Proposal, member: Member) -> frozenset[Relation]:
    """Whether they are author and elector of it."""
    stands = {
        Relation.AUTHOR: member.person == proposal.author,
        Relation.ELECTOR: proposal.elector(member.person) is not None and not _has_left(proposal, member),
    }
    return frozenset(relation for relation, stood in stands.items() if stood)


def check_author(proposal: Proposal, person: PersonId) -> None:
    """Raises NotYours for everybody but its author (PRO-6)."""
    member = Member(person)
    authority.check(member, Act.REVISE, relations=related(proposal, member))


def _not_elector(proposal: Proposal, member: Member) -> NotEligible:
    if _has_left(proposal, member):
        return NotEligible("no seat now")
    return NotEligible("joined later" if _is_member(member, proposal.group) else "not an elector")


def _has_left(proposal: Proposal, member: Member) -> bool:
    """Whether they gave up the seat with which they were pinned, and do not hold it again."""
    elector = proposal.elector(member.person)
    return elector is not None and elector.left and not _is_member(member, proposal.group)


def _is_member(member: Member, group: GroupId) -> bool:
    return authority.may(member, Act.BE_ELECTOR, group)


def voters_of(proposal: Proposal) -> tuple[Elector, ...]:
    """The roll that votes, or will once its vote opens (PRO-9, PRO-11)."""
    vote = proposal.vote
    if vote is None:
        return proposal.voters
    if vote.opened:
        return vote.electors
    return proposal.electors if vote.of_electors else proposal.voters


def voting_group(proposal: Proposal, stakeholders: GroupId) -> GroupId:
    """Whose members vote in its final vote: the stakeholder group's, or its own electors (PRO-11)."""
    return proposal.group if proposal.vote is not None and proposal.vote.of_electors else stakeholders


def check_voter(vote: Vote, member: Member, group: GroupId) -> None:
    """Whether they vote in this final vote of ``group`` (PRO-9).

    Raises NotEligible: ``vote joined later``, ``vote of electors``, ``no seat now`` or ``vote``.
    """
    entry = next((elector for elector in vote.electors if elector.person == member.person), None)
    seated = _is_member(member, group)
    if entry is not None:
        refusal = NotEligible("no seat now", MEMBER)
    elif vote.of_electors:
        refusal = NotEligible("vote of electors", MEMBER)
    else:
        refusal = NotEligible("vote joined later" if seated else "vote", MEMBER)
    relations = {Relation.VOTER} if entry is not None and (seated or not entry.left) else set()
    authority.check(member, Act.VOTE, group, relations=relations, otherwise=refusal)


def judges_of(proposal: Proposal, objection: Objection) -> frozenset[PersonId]:
    """Who decides an appeal: those seated before the review opened, but author and objector (OBJ-4).

    Nor does anybody judge what they did themselves: who asked for the ruling, and who gave it (ORG-6). The majority is
    counted without them; where nobody is left there is no decision, and the objection stands.
    """
    return (
        acting(proposal.judges) - {proposal.author, objection.person, objection.sponsor} - ruled_themselves(objection)
    )


def check_judge(proposal: Proposal, objection: Objection, person: PersonId) -> None:
    """Raises Conflicted for author, objector and who asked for the ruling or gave it, NotEligible for anybody else but
    the judges (OBJ-4, ORG-6).
    """
    stands: dict[Relation, Collection[PersonId | None]] = {
        Relation.AUTHOR: {proposal.author},
        Relation.SPEAKER: {objection.person, objection.sponsor},
        Relation.RULED: ruled_themselves(objection) & acting(proposal.judges),
        Relation.JUDGE: judges_of(proposal, objection),
    }
    relations = {relation for relation, people in stands.items() if person in people}
    authority.check(Member(person), Act.JUDGE, relations=relations)


def ruled_themselves(objection: Objection) -> frozenset[PersonId]:
    """Who asked for the ruling on it, and who gave it: they do not judge the appeal against it (ORG-6)."""
    test = objection.test
    return frozenset(person for person in (test.asked_by, test.ruled_by) if person) if test else frozenset()


def reading(proposal: Proposal, person: PersonId) -> frozenset[Relation]:
    """What lets a person read it beside their seats: they wrote it, speak for an objection, or have a say in it."""
    stands = {
        Relation.AUTHOR: person == proposal.author,
        Relation.SPEAKER: any(person in {objection.person, objection.sponsor} for objection in proposal.objections),
        Relation.HAS_A_SAY: has_a_say(proposal, person),
    }
    return frozenset(relation for relation, stood in stands.items() if stood)


def has_a_say(proposal: Proposal, person: PersonId) -> bool:
    """Whether an act of theirs is open in it, so that they read it, private or not (SCL-2, PRO-9)."""
    if proposal.state in FINAL:
        return False
    vote = proposal.vote
    voters = voters_of(proposal) if vote is not None and vote.tally is None else ()
    if person in acting(proposal.electors) | acting(voters):
        return True
    return any(
        objection.test and objection.test.appeal and objection.test.appeal.stands is None
        and person in judges_of(proposal, objection)
        for objection in proposal.objections
    )  # fmt: skip
