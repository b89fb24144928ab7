"""Final votes: opening, casting and closing (DEC-2, DEC-3, DEC-3a). Ballots come from outside; counting is pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

from bot.governance.clock import deadline, past
from bot.governance.errors import BadText, UnknownKey, WindowClosed, WrongState
from bot.governance.events import Event, proposal_thing
from bot.governance.ids import GroupId, PersonId, VoteId
from bot.governance.methods import REGISTRY
from bot.governance.methods.shape import ONE_MARK, fitted
from bot.governance.objections import CRITERIA, LEAST_REASON, MOST_REASON
from bot.governance.organisation import Member
from bot.governance.proposals_types import Proposal, ProposalState, ProposalTerms
from bot.governance.rolls import acting, check_voter, voters_of, voting_group
from bot.governance.votes_events import BallotCast, CountedBallot, VoteClosed, VoteOpened
from bot.governance.votes_types import Ballot, Tally, Vote

ALONE = "only its author"
"""Why nothing is adopted that nobody but its author said yes to; a key for the presenter."""

GRACE = timedelta(minutes=5)
"""Between the last choice and the close, so that a slip can be mended (DEC-1a)."""


def announce(proposal: Proposal, method: str, now: datetime, *, of_electors: bool = False) -> Vote:
    """A vote that opens after the pinned notice, of the stakeholder group or of its own electors (DEC-1, PRO-11)."""
    terms, by = proposal.pinned, REGISTRY[method]
    opens_at = deadline(proposal, now, terms.vote_notice)
    return Vote(
        id=VoteId(f"{proposal.id}-{len(proposal.past_votes) + 1}"),
        method=method,
        options=by.OPTIONS,
        secret=terms.secret and by.MAY_BE_SECRET,
        electors=(),
        opens_at=opens_at,
        closes_at=opens_at + terms.vote_window,
        of_electors=of_electors,
    )


def open_vote(proposal: Proposal, now: datetime) -> tuple[Proposal, Event]:
    """The announced vote opens to those who were seated when the latest version was published (PRO-9)."""
    vote = _vote(proposal)
    closes_at = deadline(proposal, now, proposal.pinned.vote_window)
    voters = voters_of(proposal)
    opened = replace(vote, electors=voters, opened=True, opens_at=now, closes_at=closes_at)
    told = VoteOpened(vote.id, vote.method, len(acting(voters)))
    return replace(proposal, vote=opened), Event(told, proposal_thing(proposal.id))


def too_few_voters(proposal: Proposal) -> bool:
    """Whether fewer than the least electors can vote in the final vote; the author votes too (PRO-9)."""
    return len(acting(voters_of(proposal))) < proposal.pinned.least_electors


def cast(
    proposal: Proposal, member: Member, ballot: Ballot, stakeholders: GroupId, now: datetime
) -> tuple[Proposal, Ballot, tuple[Event, ...]]:
    """Check one elector's ballot; it may be changed until close (DEC-2).

    A secret ballot leaves no event: that someone voted is known from the rolls, never when or how (DEC-3a).
    Raises WrongState, WindowClosed, NotEligible, UnknownKey for another option, BadBallot for marks that the method
    does not know, BadText for a missing reason.
    """
    vote = proposal.vote
    if proposal.state is not ProposalState.ESCALATED or vote is None or not vote.opened:
        raise WrongState(proposal.state, "vote")
    if past(proposal, vote.ends_at, now):
        raise WindowClosed
    check_voter(vote, member, voting_group(proposal, stakeholders))
    checked = _checked(vote, ballot)
    voted = replace(proposal, vote=replace(vote, voted=vote.voted | {member.person}))
    events = () if vote.secret else (Event(BallotCast(vote.id), proposal_thing(proposal.id), member.person),)
    return voted, replace(checked, person=member.person), events


def hasten(proposal: Proposal, ballots: Sequence[Ballot], now: datetime) -> Proposal:
    """Set when an open vote closes early: ``GRACE`` after everyone still able to vote has voted (DEC-1a).

    Only in the electors' own group, never in a secret vote, where it would tell when the last one voted, and never
    while an objection stands. Who gave the seat up is not waited for; whoever was kept from voting is. A
    choice changed meanwhile leaves the instant as it is.
    """
    vote = proposal.vote
    if vote is None or vote.tally is not None:
        return proposal
    objected = any(_marks_any(ballot, REGISTRY[vote.method].NEEDS_REASON) for ballot in ballots)
    waited_for = acting(vote.electors) - vote.voted
    if not may_close_early(proposal) or objected or waited_for or not vote.voted:
        return replace(proposal, vote=replace(vote, early_at=None))
    return replace(proposal, vote=replace(vote, early_at=vote.early_at or deadline(proposal, now, GRACE)))


def may_close_early(proposal: Proposal) -> bool:
    """Whether this open vote is one that closes once everyone has voted: see ``hasten`` (DEC-1a)."""
    vote = proposal.vote
    if vote is None or not vote.opened or vote.secret or any(objection.counts for objection in proposal.objections):
        return False
    return {elector.person for elector in vote.electors} <= {elector.person for elector in proposal.electors}


def close_vote(proposal: Proposal, ballots: Sequence[Ballot], now: datetime) -> tuple[Proposal, Event]:
    """Count and close (DEC-2). Secret choices lose their names, and stay hidden below k ballots (DEC-3).

    Who gave the seat up is not counted, neither among the eligible nor with a ballot (PRO-9).
    """
    vote = _vote(proposal)
    voters = acting(vote.electors)
    ballots = [ballot for ballot in ballots if ballot.person in voters]
    tally = count(vote, ballots, proposal.pinned, proposal.author)
    if vote.secret:
        nameless = (Ballot(ballot.marks) for ballot in ballots)
        kept = () if tally.hidden else tuple(sorted(nameless, key=lambda b: sorted(b.marks.items())))
    else:
        kept = tuple(sorted(ballots, key=lambda b: str(b.person)))
    closed = replace(vote, tally=tally, ballots=kept, closes_at=min(vote.ends_at, now), early_at=None)
    return replace(proposal, vote=closed), Event(published(closed, tally), proposal_thing(proposal.id))


def published(vote: Vote, tally: Tally) -> VoteClosed:
    """What the record says of a vote that closed so; enough to count it again (DEC-2).

    A ballot of one mark is on record as a choice, any other as its marks.
    """
    one = REGISTRY[vote.method].SHAPE == ONE_MARK
    return VoteClosed(
        vote.id,
        tally.adopted,
        tally.reason,
        tally.cast,
        tally.eligible,
        tally.counts,
        tally.hidden,
        tuple(_counted(ballot, one) for ballot in vote.ballots),
        tally.chosen,
        tally.rounds if tally.chosen else None,
    )


def count(vote: Vote, ballots: Sequence[Ballot], terms: ProposalTerms, author: PersonId) -> Tally:
    """The tally under the pinned terms: anyone can recompute it from the published ballots (DEC-2).

    Nobody adopts their own proposal alone: it needs a yes besides the author's (POL-3, DEC-1).
    Below k ballots a secret result says no more than adopted or not, and the turnout: not even a tie (DEC-3).
    """
    method = REGISTRY[vote.method]
    share = terms.shares[method.SHARE] if method.SHARE else Fraction(0)
    tally = method.tally(ballots, vote.options, len(acting(vote.electors)), terms.quorum, share)
    others = any(_marks_any(ballot, method.YES) and ballot.person != author for ballot in ballots)
    if tally.adopted and method.YES and not others:
        tally = replace(tally, adopted=False, reason=ALONE)
    if vote.secret and tally.cast < terms.hidden_k:
        reason = "not enough votes for" if tally.reason in {"tied", ALONE} else tally.reason
        return replace(tally, reason=reason, counts=(), rounds=(), hidden=True)
    return tally


def would_reveal(vote: Vote, terms: ProposalTerms) -> bool:
    """Whether the electorate is so small that a unanimous secret result tells how everyone voted (DEC-3)."""
    return vote.secret and len(acting(vote.electors)) <= 2 * terms.hidden_k


def _vote(proposal: Proposal) -> Vote:
    if proposal.vote is None:
        raise WrongState(proposal.state, "vote")
    return proposal.vote


def _checked(vote: Vote, ballot: Ballot) -> Ballot:
    """What is kept of it: its marks as the method knows them, and a reason only where one belongs."""
    method = REGISTRY[vote.method]
    marked = Ballot(fitted(method.SHAPE, ballot.marks, vote.options))
    if not _marks_any(marked, method.NEEDS_REASON):
        return marked
    return _with_reason(replace(ballot, marks=marked.marks))


def _marks_any(ballot: Ballot, options: frozenset[str]) -> bool:
    return not options.isdisjoint(ballot.marks)


def _counted(ballot: Ballot, one: bool) -> CountedBallot:
    marks = None if one else dict(ballot.marks)
    return CountedBallot(ballot.person, ballot.criterion, ballot.reason, ballot.choice if one else None, marks)


def _with_reason(ballot: Ballot) -> Ballot:
    if ballot.criterion not in CRITERIA:
        raise UnknownKey(ballot.criterion, CRITERIA)
    length = len(ballot.reason.strip())
    if length < LEAST_REASON or len(ballot.reason) > MOST_REASON:
        raise BadText("reason", length, LEAST_REASON, MOST_REASON)
    return ballot
