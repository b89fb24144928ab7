"""The next version: kept while it is written, published when it is whole (PRO-5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.governance import electorates, sponsors, versions
from bot.governance.clock import deadline
from bot.governance.drafts import check_text, choose_amount, prepare_effects, with_amount
from bot.governance.effects import Decision, Effect, Governed
from bot.governance.errors import AlreadyDone, LimitReached, Stale, WrongState
from bot.governance.events import Event, proposal_thing
from bot.governance.ids import PersonId
from bot.governance.money import Money
from bot.governance.proposals import check_electors, check_roles, enter, past_votes
from bot.governance.proposals_events import VersionPublished
from bot.governance.proposals_types import Proposal, ProposalState, Revision, Rolls, Text
from bot.governance.rolls import check_author

Outcome = tuple[Proposal, tuple[Event, ...]]


def write_revision(proposal: Proposal, person: PersonId, of: int, text: Text, effects: tuple[Effect, ...]) -> Proposal:
    """Keep what was submitted for the version after ``of``, valid or not; only ``revise`` publishes it (PRO-5).

    Raises NotYours, WrongState, LimitReached; Stale when another version is on the table by now.
    """
    _check_revisable(proposal, person)
    if of != proposal.current.number:
        raise Stale("the version on the table", f"version {of}", f"version {proposal.current.number}")
    return replace(proposal, revision=Revision(of, with_amount(text), effects))


def take_amount(proposal: Proposal, person: PersonId, chosen: Money) -> Proposal:
    """Choose how the amount kept for the next version is meant (PRO-5). Raises as ``write_revision``, AmountUnclear."""
    kept = proposal.next_words
    return write_revision(proposal, person, kept.of, choose_amount(kept.text, chosen), kept.effects)


def drop_revision(proposal: Proposal, person: PersonId) -> Proposal:
    """Forget what was kept for the next version (PRO-5). Raises NotYours."""
    check_author(proposal, person)
    return replace(proposal, revision=None)


def revise(
    proposal: Proposal,
    person: PersonId,
    text: Text,
    effects: tuple[Effect, ...],
    world: Governed,
    seated: Rolls,
    now: datetime,
) -> Outcome:
    """Publish version n+1 and re-open the window for at least the remainder (PRO-5).

    Readings are cleared, the electorate is taken again and drops only who gave the seat up, the terms stay pinned. What
    a vote on an earlier version overruled stands again: no answer means still objecting.
    Raises NotYours, WrongState, LimitReached, AlreadyDone when nothing changed, and as ``open_review`` on content.
    """
    _check_revisable(proposal, person)
    terms = proposal.pinned
    check_roles(proposal, world.partnership)
    text = with_amount(text)
    check_text(terms.row, text)
    prepared = prepare_effects(terms.row, effects, world, Decision(proposal.id, now))
    version = versions.freeze(len(proposal.versions) + 1, text, prepared, now)
    if version.digest == proposal.current.digest:
        raise AlreadyDone("revise")
    again, asked = sponsors.stand_again(proposal, now)
    pinned = electorates.pinned_anew(replace(proposal, objections=again.objections), seated)
    check_electors(proposal.author, pinned.electors, terms)
    closes_at = deadline(proposal, now, terms.remainder)
    if proposal.state is ProposalState.REVIEW and proposal.closes_at is not None:
        closes_at = max(closes_at, proposal.closes_at)
    revised = replace(
        enter(proposal, ProposalState.REVIEW, now),
        text=text,
        effects=prepared,
        versions=(*proposal.versions, version),
        revision=None,
        electors=pinned.electors,
        voters=pinned.voters,
        objections=again.objections,
        closes_at=closes_at,
        readers=frozenset(),
        extended=False,
        low_reach=False,
        nudged=False,
        vote=None,
        past_votes=past_votes(proposal),
        outcome="",
    )
    told = VersionPublished(
        version.number,
        version.digest,
        tuple(versions.substance(proposal.current.text, text)),
        tuple(e.person for e in revised.electors),
    )
    return revised, (Event(told, proposal_thing(revised.id), person), *asked)


def _check_revisable(proposal: Proposal, person: PersonId) -> None:
    check_author(proposal, person)
    if proposal.state not in {
        ProposalState.REVIEW,
        ProposalState.SETTLING,
        ProposalState.DISPUTED,
        ProposalState.STALE,
    }:
        raise WrongState(proposal.state, "revise")
    if len(proposal.versions) >= proposal.pinned.most_versions:
        raise LimitReached("versions", proposal.pinned.most_versions)
