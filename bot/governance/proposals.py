"""Proposals: opening, withdrawing, ageing (PRO-2, PRO-6, POL-2, SCL-5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.governance import effects as effect_rules
from bot.governance import versions
from bot.governance.clock import closed, past, stood_until
from bot.governance.drafts import check_text, prepare_effects, row_to_file
from bot.governance.effects import Governed
from bot.governance.errors import (
    BadText,
    LimitReached,
    Provisional,
    RoleMissing,
    TooFewElectors,
    WindowClosed,
    WrongState,
)
from bot.governance.events import Event, proposal_thing
from bot.governance.ids import PersonId
from bot.governance.matrix import DecisionType, Passing
from bot.governance.organisation import Elector, Member, Partnership, role_missing
from bot.governance.policy import Policy
from bot.governance.proposals_events import DraftDiscarded, ProposalWithdrawn, ReviewOpened
from bot.governance.proposals_types import FINAL, Clock, Proposal, ProposalState, ProposalTerms, Rolls, Text
from bot.governance.rolls import acting, check_author
from bot.governance.votes_types import Vote

Outcome = tuple[Proposal, tuple[Event, ...]]

MOST_WITHDRAWAL = 500
"""Most characters of the reason for a withdrawal."""

NO_REASON = "withdrawn by the author"
"""The outcome of a withdrawal without a reason; any other is the author's own words."""

MOST_AGE = timedelta(days=90)
"""From first review to the end, stopped time not counted (PRO-6)."""


@dataclass(frozen=True, slots=True)
class Load:
    """What the author and the group already have on the table (PRO-3)."""

    open_by_author: int = 0
    filed_today_by_author: int = 0
    open_in_group: int = 0


def check_window(proposal: Proposal, now: datetime) -> None:
    """Raises WindowClosed unless the review window is open; it is half-open (PRO-7)."""
    if proposal.state is not ProposalState.REVIEW or past(proposal, proposal.closes_at, now):
        raise WindowClosed


def open_review(
    proposal: Proposal,
    author: Member,
    world: Governed,
    seated: Rolls,
    load: Load,
    number: int,
    now: datetime,
) -> Outcome:
    """Open the review: freeze version 1, pin the terms, snapshot the electors, start the clock (PRO-2, POL-2).

    Raises NotYours, WrongState, NotEligible, Provisional, BadText, BadValue, UnknownKey, OutOfBounds, Stale,
    LimitReached, RoleMissing and TooFewElectors.
    """
    check_author(proposal, author.person)
    if proposal.state is not ProposalState.DRAFT:
        raise WrongState(proposal.state, "open a review")
    row = row_to_file(world, author, proposal.type)
    if world.partnership.provisional and not row.early:
        raise Provisional
    _check_load(load, world.policy)
    return _open(proposal, author, world, seated, number, now)


def open_ratification(proposal: Proposal, world: Governed, seated: Rolls, number: int, now: datetime) -> Outcome:
    """Open the set-up's own first proposal (SCL-5): structure and genesis policy, passed by supermajority only.

    Raises as ``open_review`` does, but for seats and limits.
    """
    if not world.policy.row(proposal.type).founding or proposal.state is not ProposalState.DRAFT:
        raise WrongState(proposal.state, "open a review")
    return _open(proposal, Member(proposal.author), world, seated, number, now)


def pin(policy: Policy, row: DecisionType) -> ProposalTerms:
    """The rules of one proposal, copied from the policy (POL-2)."""
    return ProposalTerms(
        policy_version=policy.version,
        row=row,
        window=policy.duration(row.window),
        remainder=policy.duration("review.remainder"),
        stating=policy.duration("objection.stating"),
        ruling=policy.duration("objection.ruling"),
        appeal_filing=policy.duration("objection.appeal_filing"),
        appeal_decision=policy.duration("objection.appeal_decision"),
        sponsoring=policy.duration("objection.sponsoring"),
        rule=policy.text("objection.rule"),
        threshold=policy.count("objection.threshold"),
        share=policy.share("objection.share"),
        classes=policy.count("objection.classes"),
        unit=policy.text("objection.unit"),
        reach_bar=policy.share("reach.bar"),
        reach_extension=policy.duration("reach.extension"),
        lapse_budget_above=policy.count("reach.lapse_budget_above"),
        vote_window=policy.duration("vote.window"),
        vote_notice=policy.duration("vote.notice"),
        vote_method=policy.text("vote.method"),
        quorum=policy.share("vote.quorum"),
        majority=policy.share("vote.majority"),
        supermajority=policy.share("vote.supermajority"),
        secret=policy.flag("vote.secret"),
        hidden_k=policy.count("vote.hidden_k"),
        timelock=policy.duration(row.timelock) if row.timelock else timedelta(0),
        least_electors=policy.count(row.least),
        most_versions=policy.count("limits.versions"),
        outage_tolerance=policy.duration("clock.outage_tolerance"),
        nudge_before=policy.duration("reminder.before_close"),
        objection_emoji=policy.text("objection.emoji"),
        concern_emoji=policy.text("concern.emoji"),
    )


def affirmative(proposal: Proposal, row: DecisionType | None = None) -> bool:
    """Whether it passes only by a supermajority of votes, never by silence (POL-5): judged on its current effects.

    ``row`` is that of a draft; afterwards the pinned one counts.
    """
    effects = proposal.versions[-1].effects if proposal.versions else proposal.effects
    passes = (row or proposal.pinned.row).passes
    return passes is Passing.SUPERMAJORITY or effect_rules.entrenched(effects)


def needs_vote(proposal: Proposal) -> bool:
    """Whether silence cannot pass it: by its rules, or because people's acts stopped it too long (POL-5, PRO-11)."""
    return affirmative(proposal) or proposal.clock.spent


def withdraw(proposal: Proposal, person: PersonId, reason: str, now: datetime) -> Outcome:
    """The author takes it back; a draft is discarded (PRO-6).

    Raises NotYours, WrongState once a vote is open, BadText for a reason that is too long.
    """
    check_author(proposal, person)
    if proposal.state is ProposalState.DRAFT:
        return discard(proposal, now)
    vote_open = proposal.vote is not None and proposal.vote.opened
    may = {ProposalState.REVIEW, ProposalState.SETTLING, ProposalState.DISPUTED, ProposalState.STALE}
    if proposal.state not in may and not (proposal.state is ProposalState.ESCALATED and not vote_open):
        raise WrongState(proposal.state, "withdraw")
    if len(reason) > MOST_WITHDRAWAL:
        raise BadText("withdrawal", len(reason), 0, MOST_WITHDRAWAL)
    gone = enter(proposal, ProposalState.WITHDRAWN, now, reason.strip() or NO_REASON)
    return gone, (Event(ProposalWithdrawn(reason), proposal_thing(gone.id), person),)


def discard(proposal: Proposal, now: datetime) -> Outcome:
    """A draft that goes no further (PRO-6); nobody else has read its words, and nobody will. Raises WrongState."""
    if proposal.state is not ProposalState.DRAFT:
        raise WrongState(proposal.state, "discard")
    gone = replace(enter(proposal, ProposalState.DISCARDED, now), text=Text(), effects=(), changed_since="")
    return gone, (Event(DraftDiscarded(), proposal_thing(gone.id)),)


def too_old_at(proposal: Proposal, now: datetime) -> datetime | None:
    """When it becomes not adopted by age, stopped time not counted (PRO-6); None before its first review."""
    return None if proposal.opened_at is None else proposal.opened_at + MOST_AGE + stood_until(proposal, now)


def enter(proposal: Proposal, state: ProposalState, now: datetime, outcome: str = "") -> Proposal:
    """The proposal in another state since now. Final states keep no running clock (PRO-6).

    A dispute has a nudge of its own (RHY-2).
    """
    clock = proposal.clock
    if state in FINAL:
        clock = Clock(stood=clock.stood, spent=clock.spent, spells=closed(clock, now).spells)
    revision = None if state in FINAL else proposal.revision
    return replace(
        proposal,
        state=state,
        state_since=now,
        outcome=outcome or proposal.outcome,
        clock=clock,
        revision=revision,
        nudged=proposal.nudged and state is not ProposalState.DISPUTED,
    )


def _open(
    proposal: Proposal,
    author: Member,
    world: Governed,
    seated: Rolls,
    number: int,
    now: datetime,
) -> Outcome:
    row = world.policy.row(proposal.type)
    terms = pin(world.policy, row)
    check_text(row, proposal.text)
    prepared = prepare_effects(row, proposal.effects, world, effect_rules.Decision(proposal.id, now))
    check_roles(proposal, world.partnership)
    check_electors(proposal.author, seated.electors, terms)
    version = versions.freeze(1, proposal.text, prepared, now)
    opened = replace(
        enter(proposal, ProposalState.REVIEW, now),
        number=number,
        effects=prepared,
        author_organisations=author.organisations,
        author_groups=author.sits_in,
        terms=terms,
        versions=(version,),
        electors=seated.electors,
        voters=seated.voters,
        judges=seated.judges,
        facilitators=seated.facilitators,
        opened_at=now,
        closes_at=now + terms.window,
    )
    told = ReviewOpened(
        number,
        proposal.type,
        version.number,
        version.digest,
        terms.policy_version,
        tuple(e.person for e in seated.electors),
        proposal.group,
        proposal.refiles,
        proposal.changed_since if proposal.refiles is not None else None,
    )
    return opened, (Event(told, proposal_thing(opened.id), proposal.author),)


def _check_load(load: Load, policy: Policy) -> None:
    for limit, used in (
        ("limits.open_per_author", load.open_by_author),
        ("limits.filed_per_day", load.filed_today_by_author),
        ("limits.open_per_group", load.open_in_group),
    ):
        most = policy.count(limit)
        if used >= most:
            raise LimitReached(limit, most)


def check_electors(author: PersonId, electors: tuple[Elector, ...], terms: ProposalTerms) -> None:
    """Raises TooFewElectors: silence is consent only where enough people could speak up (PRO-9)."""
    others = len(acting(electors) - {author})
    if others < terms.least_electors:
        raise TooFewElectors(others, terms.least_electors)


def check_roles(proposal: Proposal, partnership: Partnership) -> None:
    """The electorate is fixed now: not while a role that belongs to it gives its seat to nobody (ORG-3)."""
    if role_missing(partnership, proposal.group):
        raise RoleMissing(partnership.group(proposal.group).name)


def past_votes(proposal: Proposal) -> tuple[Vote, ...]:
    """Its earlier votes, with the one on it now (DEC-2)."""
    return (*proposal.past_votes, proposal.vote) if proposal.vote else proposal.past_votes
