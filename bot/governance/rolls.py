"""Who may act in an open process: one question for each kind of act (PRO-9, OBJ-4, EFF-3, SCL-2).

The people were pinned when the process, or its latest version, opened (``seats.roll``). From then on a say ends only
by giving it up: who lost the seat by another's hand acts as if seated.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.governance.errors import Conflicted, NotEligible
from bot.governance.ids import GroupId, PersonId
from bot.governance.organisation import FACILITATOR, MEMBER, Elector, Member, check_authority
from bot.governance.proposals_types import FINAL, Objection, Proposal
from bot.governance.votes_types import Vote


def acting(pinned: Iterable[Elector]) -> frozenset[PersonId]:
    """Those of a pinned roll who act and are counted: all but who gave the seat up since (PRO-9)."""
    return frozenset(elector.person for elector in pinned if not elector.left)


def check_elector(proposal: Proposal, member: Member) -> Elector:
    """Their entry in the snapshot, if they act as elector (PRO-9).

    Raises NotEligible: ``joined later``, ``no seat now`` for who gave it up, or ``not an elector``.
    """
    elector = proposal.elector(member.person)
    if elector is None:
        raise NotEligible("joined later" if member.holds(proposal.group, MEMBER) else "not an elector")
    if elector.left and not member.holds(proposal.group, MEMBER):
        raise NotEligible("no seat now")
    return elector


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
    if entry is None and vote.of_electors:
        raise NotEligible("vote of electors", MEMBER)
    if entry is None:
        raise NotEligible("vote joined later" if member.holds(group, MEMBER) else "vote", MEMBER)
    if entry.left and not member.holds(group, MEMBER):
        raise NotEligible("no seat now", MEMBER)


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
    if person in {proposal.author, objection.person, objection.sponsor}:
        raise Conflicted("party")
    if person in ruled_themselves(objection) & acting(proposal.judges):
        raise Conflicted("own ruling")
    if person not in judges_of(proposal, objection):
        raise NotEligible("appeal vote", MEMBER)


def ruled_themselves(objection: Objection) -> frozenset[PersonId]:
    """Who asked for the ruling on it, and who gave it: they do not judge the appeal against it (ORG-6)."""
    test = objection.test
    return frozenset(person for person in (test.asked_by, test.ruled_by) if person) if test else frozenset()


def check_facilitator(proposal: Proposal, member: Member) -> None:
    """Who rules on form held the facilitator seat when the review opened, and holds it now (OBJ-4, ORG-6).

    Raises NotEligible, RoleSuspended.
    """
    check_facilitates(proposal, member, "rule")
    if member.person not in proposal.facilitators:
        raise NotEligible("rule joined later", FACILITATOR)


def check_facilitates(proposal: Proposal, member: Member, why: str) -> None:
    """Whether they facilitate the deciding group now (ORG-2). Raises NotEligible with ``why``, RoleSuspended."""
    check_authority(member, lambda each: each.holds(proposal.group, FACILITATOR), NotEligible(why, FACILITATOR))


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
