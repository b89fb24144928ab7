"""Time left: as a bar, in words, and as Discord's own timestamps (PRO-2, PRO-7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from math import ceil

from bot.governance import escalations, lifecycle
from bot.governance.clock import MOST_MEDDLED, MOST_STOPPED, is_stopped
from bot.governance.clock import given_up_at as given_up
from bot.governance.clock import spent_at as spent
from bot.governance.proposals_types import FINAL, Proposal, ProposalState, Spell
from bot.governance.stops import WITHIN
from bot.governance.votes import GRACE, may_close_early
from bot.services.views import ProposalView
from bot.ui.labels import listed, span, stamp
from bot.ui.stops_labels import BARRED_LABELS, STOP_REASONS

_NAMES = 20
"""Most people named in a line."""
QUARTERS = 4
_LEFT = (
    "The time is up.",
    "Less than a quarter of the time is left.",
    "Less than half of the time is left.",
    "Less than three quarters of the time is left.",
    "More than three quarters of the time is left.",
)


def redraw_at(view: ProposalView) -> datetime | None:
    """When the next quarter of the running time is over, so that the bar changes; None without a running time."""
    running = _running(view.proposal)
    if running is None or is_stopped(view.proposal):
        return None
    starts_at, ends_at = running
    quarter = (ends_at - starts_at) / QUARTERS
    return next((at for k in range(1, QUARTERS) if (at := starts_at + quarter * k) > view.now), None)


def time_left(view: ProposalView) -> str:
    """The bar with its words, and what ends when."""
    proposal = view.proposal
    running = _running(proposal)
    words = what_ends(view)
    if running is None or is_stopped(proposal):  # a bar that does not move would say that time goes by
        return words
    starts_at, ends_at = running
    now = min(view.now, proposal.clock.stopped_at or view.now)
    total = max(ends_at - starts_at, timedelta(seconds=1))
    left = min(max(ceil((ends_at - now) / total * QUARTERS), 0), QUARTERS)
    return f"{'▰' * left * 2}{'▱' * (QUARTERS - left) * 2} {_LEFT[left]}\n{words}"


def stopped(view: ProposalView) -> str:
    """The banner of a stopped clock with its reasons, or what an earlier stop has moved (PRO-11)."""
    clock = view.proposal.clock
    lines = []
    if clock.stopped_at is not None:
        why = listed([STOP_REASONS.get(reason, reason) for reason in sorted(clock.reasons)])
        lines.append(
            f"⏸️ **The clock is stopped** since {stamp(clock.stopped_at)}, because {why}. Every deadline moves by the "
            f"time it stands still. {_if_it_lasts(view)}"
        )
        if clock.barred:
            lines.append(f"Waited for: {barred(view, clock.barred)}.")
    elif clock.stood and view.proposal.state not in FINAL:
        lines.append(f"ℹ️ Deadlines were moved by {span(clock.stood)}, because the clock had to be stopped.")
    if clock.spent and view.proposal.state in {ProposalState.REVIEW, ProposalState.SETTLING, ProposalState.DISPUTED}:
        lines.append(
            f"⚠️ People’s acts have stopped this clock for as long as they may ({span(MOST_MEDDLED)} here, and for "
            f"one person in {span(WITHIN)}). Silence no longer passes it: a final vote decides."
        )
    return "\n".join(lines)


def barred(view: ProposalView, spells: Iterable[Spell]) -> str:
    """Who cannot act, and why (PRO-11)."""
    named = [f"{view.mention(spell.person)} ({BARRED_LABELS.get(spell.cause, spell.cause)})" for spell in spells]
    more = len(named) - _NAMES
    return listed([*named[:_NAMES], *([f"{more} more"] if more > 0 else [])])


def _if_it_lasts(view: ProposalView) -> str:
    given_up_at, spent_at = given_up(view.proposal), spent(view.proposal)
    ends = []
    if spent_at is not None:
        ends.append(f"If this lasts until {stamp(spent_at)}, it goes on, and a final vote decides instead of silence.")
    if given_up_at is not None:
        ends.append(
            f"If this lasts until {stamp(given_up_at)}, the proposal is not adopted: {span(MOST_STOPPED)} in all."
        )
    return " ".join(ends)


def _running(proposal: Proposal) -> tuple[datetime, datetime] | None:
    vote = proposal.vote
    match proposal.state:
        case ProposalState.REVIEW if proposal.closes_at is not None:
            return proposal.current.published_at, proposal.closes_at
        case ProposalState.ESCALATED if vote is not None and vote.opened:
            return vote.opens_at, vote.ends_at
        case ProposalState.PASSED | ProposalState.ADOPTED if proposal.timelock_ends_at is not None:
            if proposal.timelock_ends_at > proposal.state_since:
                return proposal.state_since, proposal.timelock_ends_at
    return None


def closes_early(proposal: Proposal) -> str:
    """What an open vote says of its early close, where there is one (DEC-1a)."""
    if not may_close_early(proposal):
        return ""
    return f" It closes {span(GRACE)} after everyone has voted, unless an objection stands then."


def what_ends(view: ProposalView, at: Callable[[datetime], str] = stamp) -> str:
    """What ends when, as one sentence without a bar; ``at`` says when: ``fixed`` where a post is not drawn again."""
    proposal = view.proposal
    if is_stopped(proposal):
        return "Nothing ends while the clock is stopped."
    vote = proposal.vote
    match proposal.state:
        case ProposalState.REVIEW if proposal.closes_at is not None:
            return f"Objections are taken until {at(proposal.closes_at)}."
        case ProposalState.SETTLING:
            due = lifecycle.next_due(proposal)
            return f"The next step is due {at(due)}." if due else ""
        case ProposalState.DISPUTED:
            ends_at = proposal.state_since + escalations.MOST_DISPUTED
            return f"If nobody acts before {at(ends_at)}, it is not adopted."
        case ProposalState.ESCALATED if vote is not None:
            if vote.opened:
                if vote.early_at is not None and vote.ends_at < vote.closes_at:
                    return f"Everyone has voted: the vote closes early, {at(vote.ends_at)}."
                return f"The vote closes {at(vote.closes_at)}.{closes_early(proposal)}"
            return f"The vote opens {at(vote.opens_at)} and closes {at(vote.closes_at)}."
        case ProposalState.PASSED | ProposalState.ADOPTED if proposal.timelock_ends_at is not None:
            return f"It is carried out {at(proposal.timelock_ends_at)}, unless it is halted before."
        case ProposalState.STALE:
            return f"If it is not revised before {at(proposal.state_since + lifecycle.MOST_STALE)}, it lapses."
        case ProposalState.DRAFT:
            return f"A draft is kept until {at(proposal.state_since + lifecycle.MOST_DRAFT)}."
    return f"Since {at(proposal.state_since)}."
