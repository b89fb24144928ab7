"""People kept from acting by others: for how long that stops a clock, and what then (PRO-11).

A clock waits for everyone with an act still open; but who holds power in the server must not be able to hold up a
decision for ever by it. What they stop is capped for each process and for each person. After that silence no longer
counts as consent there: a final vote decides, and those shut out count in its quorum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.governance import clock, sponsors
from bot.governance.events import Event
from bot.governance.ids import PersonId
from bot.governance.proposals_types import CONTESTABLE, Proposal, ProposalState, Spell

Outcome = tuple[Proposal, tuple[Event, ...]]

BLIND = "cannot see the card"
TIMED_OUT = "timed out"
REMOVED = "removed from the server"

REASON_OF = {BLIND: clock.SHUT_OUT, TIMED_OUT: clock.SILENCED, REMOVED: clock.SILENCED}
"""For which reason a clock stands because of what is done to one person."""

MOST_FOR_ONE = timedelta(days=7)
WITHIN = timedelta(days=90)
"""For one person clocks stand at most ``MOST_FOR_ONE`` in any ``WITHIN``, whatever the process."""

Span = tuple[datetime, datetime | None]
"""From when until when, the latter None while it lasts."""


@dataclass(frozen=True, slots=True)
class Barred:
    """Somebody who cannot act now, why, and when that is known to end by itself."""

    person: PersonId
    cause: str
    lifts_at: datetime | None = None


def follow(
    proposal: Proposal, barred: Iterable[Barred], history: Mapping[PersonId, Iterable[Span]], now: datetime
) -> Outcome:
    """Let the clock stand for exactly these people, as far as the caps allow (PRO-11).

    ``history`` holds the spells of each in all processes. Who can act again after a timeout or a removal has the
    period of their own again in full, to state an objection or to appeal.
    """
    held = proposal.state in CONTESTABLE or (
        proposal.state in {ProposalState.PASSED, ProposalState.ADOPTED} and _waits(proposal)
    )
    wanted = {(each.person, each.cause): each for each in barred} if held and not proposal.clock.spent else {}
    proposal = _lifted(proposal, wanted, now)
    proposal, spent = _barred(proposal, wanted, history, now)
    if spent:
        return clock.spend(proposal, now)
    events: tuple[Event, ...] = ()
    for reason in (clock.SHUT_OUT, clock.SILENCED):
        people = tuple(sorted(s.person for s in proposal.clock.barred if REASON_OF[s.cause] == reason))
        turned: tuple[Event, ...] = ()
        if people and reason not in proposal.clock.reasons:
            since = min(s.since for s in proposal.clock.barred if REASON_OF[s.cause] == reason)
            proposal, turned = clock.stop(proposal, reason, since, people)
        elif not people:
            proposal, turned = clock.resume(proposal, reason, now)
        events += turned
    return proposal, events


def spent_at(history: Iterable[Span], now: datetime) -> datetime:
    """When somebody kept from acting from now on has been for ``MOST_FOR_ONE`` within the last ``WITHIN``; or now."""
    spans = _merged(history, now)
    edges = {edge + WITHIN for span in spans for edge in span if edge + WITHIN > now}
    starts = sorted({now} | edges)
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        used = _used(spans, start, now)
        if used >= MOST_FOR_ONE:
            return start
        falls_out = any(a + WITHIN <= start < b + WITHIN for a, b in spans)
        reached = start + (MOST_FOR_ONE - used)
        if not falls_out and (end is None or reached <= end):
            return reached
    raise AssertionError("the last stretch has no end")


def _waits(proposal: Proposal) -> bool:
    return proposal.timelock_ends_at is not None


def _lifted(proposal: Proposal, wanted: Mapping[tuple[PersonId, str], Barred], now: datetime) -> Proposal:
    """End the spells of those who can act again; a timeout may have been made longer or shorter."""
    spells: list[Spell] = []
    back: set[PersonId] = set()
    for spell in proposal.clock.spells:
        still = wanted.get((spell.person, spell.cause))
        if spell.until is not None:
            spells.append(spell)
        elif still is not None:
            spells.append(replace(spell, lifts_at=still.lifts_at))
        else:
            spells.append(replace(spell, until=now))
            back |= {spell.person} if REASON_OF[spell.cause] == clock.SILENCED else set()
    proposal = replace(proposal, clock=replace(proposal.clock, spells=tuple(spells)))
    silenced = {spell.person for spell in proposal.clock.barred if REASON_OF[spell.cause] == clock.SILENCED}
    for person in sorted(back - silenced):
        proposal = sponsors.heard_again(proposal, person, now)
    return proposal


def _barred(
    proposal: Proposal,
    wanted: Mapping[tuple[PersonId, str], Barred],
    history: Mapping[PersonId, Iterable[Span]],
    now: datetime,
) -> tuple[Proposal, bool]:
    """Begin the spells of those who cannot act now; whether the allowance of one of them is spent already."""
    known = {(spell.person, spell.cause) for spell in proposal.clock.barred}
    begun: list[Spell] = []
    for key, each in sorted(wanted.items()):
        if key in known:
            continue
        own = [(spell.since, spell.until) for spell in proposal.clock.spells if spell.person == each.person]
        ends_at = spent_at([*history.get(each.person, ()), *own], now)
        begun.append(Spell(each.person, each.cause, now, None, each.lifts_at, ends_at))
    kept = replace(proposal.clock, spells=(*proposal.clock.spells, *begun))
    return replace(proposal, clock=kept), any(s.spent_at is not None and s.spent_at <= now for s in begun)


def _merged(spans: Iterable[Span], now: datetime) -> list[tuple[datetime, datetime]]:
    """Without overlaps, up to now."""
    merged: list[tuple[datetime, datetime]] = []
    for start, end in sorted((a, min(b or now, now)) for a, b in spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif start < end:
            merged.append((start, end))
    return merged


def _used(spans: Iterable[tuple[datetime, datetime]], at: datetime, now: datetime) -> timedelta:
    """How much of the last ``WITHIN`` before ``at`` the person was kept from acting, from now on all the time."""
    first = at - WITHIN
    before = sum((max(b - max(a, first), timedelta(0)) for a, b in spans), timedelta(0))
    return before + (at - max(now, first))
