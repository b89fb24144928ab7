"""Who still has an act open on a proposal: for them its clock waits while others keep them from acting (PRO-11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.governance.clock import past
from bot.governance.ids import PersonId
from bot.governance.objections import ALIVE, ON_FILE, speakers, waits_for_words
from bot.governance.proposals_types import CONTESTABLE, Objection, ObjectionState, Proposal, ProposalState
from bot.governance.rolls import acting as seated
from bot.governance.rolls import judges_of


@dataclass(frozen=True, slots=True)
class Beside:
    """Those with an act on it who need not be its electors: who may rule on form (OBJ-4)."""

    rulers: frozenset[PersonId] = frozenset()


NOBODY = Beside()


def acting(proposal: Proposal, beside: Beside, now: datetime) -> frozenset[PersonId]:
    """Everyone who has an act on it that is still open: none of them may be kept from it by others (PRO-11)."""
    found: set[PersonId] = set()
    match proposal.state:
        case ProposalState.REVIEW if not past(proposal, proposal.closes_at, now):
            found |= _unheard(proposal)
        case ProposalState.ESCALATED if proposal.vote is not None:
            found |= seated(proposal.vote.electors) - proposal.vote.voted
        case ProposalState.PASSED | ProposalState.ADOPTED if (
            not proposal.halted and proposal.timelock_ends_at is not None
        ):
            if not past(proposal, proposal.timelock_ends_at, now):
                found |= seated(proposal.electors) - proposal.halts
    if proposal.state in ALIVE:
        for objection in proposal.objections:
            found |= _on(proposal, objection, beside, now)
    return frozenset(found)


def watching(proposal: Proposal, *, private: bool = False) -> frozenset[PersonId]:
    """Everyone who must be able to see the card, whether they have spoken or not (PRO-11).

    Whose seat others took is one of them: with the role goes the channel, and they act as if seated (PRO-9). The card
    of a ``private`` group stands where nobody else reads; who votes on its matter from outside reads it by command,
    and a vote passes nothing by silence.
    """
    timelock = proposal.state in {ProposalState.PASSED, ProposalState.ADOPTED} and proposal.timelock_ends_at is not None
    if proposal.state not in CONTESTABLE and not timelock:
        return frozenset()
    electors = set(seated(proposal.electors))
    if proposal.state is ProposalState.ESCALATED and proposal.vote is not None and not private:
        electors |= seated(proposal.vote.electors)
    return frozenset(electors)


def _unheard(proposal: Proposal) -> frozenset[PersonId]:
    """The electors who on this version neither objected, took an objection over, nor raised a concern.

    To have read it is not to have spoken.
    """
    since = proposal.current.published_at
    heard = [o for o in proposal.objections if o.raised_at >= since or o.state in ON_FILE]
    spoke = {person for o in heard for person in (o.person, o.sponsor)}
    spoke |= {concern.person for concern in proposal.concerns if concern.raised_at >= since}
    return seated(proposal.electors) - spoke - {proposal.author}


def _on(proposal: Proposal, objection: Objection, beside: Beside, now: datetime) -> set[PersonId]:
    """Who may still state it, have it tested, rule on it, appeal, decide the appeal, or take it over."""
    if objection.state not in ON_FILE:
        return set()
    found: set[PersonId] = set()
    test = objection.test
    if waits_for_words(objection) and not past(proposal, objection.state_by, now):
        found |= speakers(objection)
    testable = objection.state is ObjectionState.STATED and not past(proposal, objection.rule_by, now)
    if testable and (test is None or test.in_form is None):
        found |= beside.rulers - speakers(objection) - {proposal.author}
        found |= {proposal.author} if test is None else set()
    ruled = test is not None and test.in_form is not None and test.appeal is None
    if test is not None and ruled and not past(proposal, test.appeal_by, now):
        # A ruling against an objection behind which a seat was taken away goes to appeal by itself (PRO-9).
        against = frozenset() if objection.guarded else speakers(objection)
        found |= {proposal.author, test.asked_by} - {test.ruled_by} if test.in_form else against
    if test is not None and test.appeal is not None and test.appeal.stands is None:
        found |= judges_of(proposal, objection) - {person for person, _ in test.appeal.votes}
    if objection.sponsor_by is not None and not past(proposal, objection.sponsor_by, now):
        found |= seated(proposal.electors) - {objection.person, proposal.author}
    return found
