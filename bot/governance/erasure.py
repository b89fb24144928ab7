"""What erasing takes out of a proposal's dossier (REC-1).

Of one event: the words that came with it, nothing else. Of a person: what they wrote and never published.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.governance.events import Event, EventType
from bot.governance.objections_events import AppealFiled, ConcernRaised, ObjectionStated, OfObjection, RulingGiven
from bot.governance.proposals import discard
from bot.governance.proposals_events import ProposalWithdrawn, ReviewOpened, VersionPublished
from bot.governance.proposals_types import FINAL, Objection, Proposal, ProposalState, Version
from bot.governance.revisions import drop_revision
from bot.governance.votes_events import VoteClosed
from bot.governance.votes_types import Vote

_WORDS = ("title", "ask", "why", "outcome", "risks", "summary", "timeline", "payee", "account")


def without(proposal: Proposal, event: Event, erased: str) -> Proposal:
    """The proposal without the words that this event, not erased yet, brought into it: ``erased`` stands there."""
    match event.fact:
        case ReviewOpened(version=version) | VersionPublished(version=version):
            return _without_version(proposal, event.type, version, erased)
        case ConcernRaised(text=text):
            said = tuple(
                replace(c, text=erased) if c.person == event.actor and c.text == text else c for c in proposal.concerns
            )
            return replace(proposal, concerns=said)
        case ProposalWithdrawn(reason=reason) if proposal.outcome == reason.strip():
            return replace(proposal, outcome=erased)
        case VoteClosed(vote=vote):
            return _without_reasons(proposal, vote, erased)
        case OfObjection(objection=number) if (objection := proposal.objection(number)) is not None:
            return proposal.with_objection(_without_words(objection, event.type, erased))
    return proposal


UNPUBLISHED = frozenset(ProposalState) - FINAL
"""States in which a proposal may hold words that only its author has read."""


def without_unpublished(proposal: Proposal, now: datetime) -> tuple[Proposal, tuple[Event, ...]]:
    """The proposal without what its author, who is being forgotten, never published.

    A draft is discarded; of an open proposal only what was kept for its next version goes.
    """
    if proposal.state is ProposalState.DRAFT:
        return discard(proposal, now)
    return drop_revision(proposal, proposal.author), ()


def _without_version(proposal: Proposal, what: EventType, version: int, erased: str) -> Proposal:
    kept = tuple(_blank(v, erased) if v.number == version else v for v in proposal.versions)
    changed = replace(proposal, versions=kept)
    if what is ReviewOpened and proposal.changed_since:
        changed = replace(changed, changed_since=erased)
    on_table = kept and kept[-1].number == version
    return replace(changed, text=kept[-1].text, revision=None) if on_table else changed


def _blank(version: Version, erased: str) -> Version:
    blanked: dict[str, Any] = {name: erased for name in _WORDS if getattr(version.text, name)}
    return replace(version, text=replace(version.text, **blanked))


def _without_words(objection: Objection, what: EventType, erased: str) -> Objection:
    test, statement = objection.test, objection.statement
    if what is ObjectionStated and statement is not None:
        return replace(objection, statement=replace(statement, reason=erased, suggestion="", agreement=""))
    if what is RulingGiven and test is not None:
        return replace(objection, test=replace(test, reason=erased))
    if what is AppealFiled and test is not None and test.appeal is not None:
        return replace(objection, test=replace(test, appeal=replace(test.appeal, reason=erased)))
    return objection


def _without_reasons(proposal: Proposal, id: str, erased: str) -> Proposal:
    def without_reasons(vote: Vote) -> Vote:
        if vote.id != id:
            return vote
        return replace(vote, ballots=tuple(replace(b, reason=erased if b.reason else "") for b in vote.ballots))

    past = tuple(map(without_reasons, proposal.past_votes))
    return replace(proposal, past_votes=past, vote=without_reasons(proposal.vote) if proposal.vote else None)
