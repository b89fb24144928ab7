"""The decisions feed: every pending proposal, every outcome, every change of who holds power (SCL-2, ORG-2a)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.governance import electorates
from bot.governance.events import EventType
from bot.governance.ids import PersonId
from bot.governance.lifecycle import REACHED
from bot.governance.organisation import Partnership
from bot.governance.proposals_events import (
    ProposalAdopted,
    ProposalDisputed,
    ProposalEnacted,
    ProposalHalted,
    ProposalPassed,
    ProposalStale,
)
from bot.governance.proposals_types import FINAL
from bot.services.ports.deliveries import DeliveryKind
from bot.services.ports.record import Recorded
from bot.services.views import ProposalView
from bot.ui import deadlines, effects, matrix, proposals_ids, seats
from bot.ui import objections_card as objections
from bot.ui import proposals_card as cards
from bot.ui import votes_card as votes
from bot.ui.announcements import asking
from bot.ui.labels import HASH, fixed, moment
from bot.ui.logged import LogEntry, Logged
from bot.ui.nouns import NOUNS
from bot.ui.panels import Part, Row, View, button, link, panel, rows
from bot.ui.presenter import complete, merged
from bot.ui.proposals_labels import STATE_COLOURS, STATE_SIGNS, state_label
from bot.ui.text import in_quotes, inline, titled


def entry(view: ProposalView, marker: int | None) -> View:
    """A proposal in the feed, with everything a reader may do; of a private group no title and no text (SCL-2)."""
    proposal = view.proposal
    show = button("Details", proposals_ids.button("show", proposal.id))
    choices = votes.choices(proposal)
    if view.group.private:
        said = (_title(view), cards.behind(view), _PRIVATE, seats.turned(view))
        return panel(marker, STATE_COLOURS[proposal.state], *said, *rows(*choices), *rows(show))
    parts: list[Part] = [_title(view), cards.behind(view), cards.words(view)]
    if proposal.state not in FINAL:
        parts += [deadlines.stopped(view), deadlines.what_ends(view), seats.turned(view)]
    parts += [*rows(*choices), *rows(*cards.acting(view), show, link("Card", view.links.card))]
    return panel(marker, STATE_COLOURS[proposal.state], *parts)


def outcome(view: ProposalView, recorded: Recorded, marker: int | None) -> View:
    """What was decided, as it stood at that event, ending with the short head hash (REC-1)."""
    proposal = view.proposal
    state = REACHED.get(recorded.event.type, proposal.state)
    lines = [
        f"### {STATE_SIGNS[state]} P-{proposal.number} · {state_label(proposal, state)}",
        f"-# Outcome · {matrix.label(proposal.type)} · {in_quotes(view.group.name, 80)}",
    ]
    if view.group.private:
        lines.append(_PRIVATE)
    elif recorded.erased:
        lines += [_named(view), _ERASED]
    else:
        lines += [_named(view), *_reasons(view, recorded)]
    end = f"-# Record #{recorded.number} · {recorded.hash[:HASH]}"
    buttons = rows(
        button("Details", proposals_ids.button("show", proposal.id)),
        link("Card", None if view.group.private else view.links.card),
    )
    return panel(marker, STATE_COLOURS[state], "\n".join(line for line in lines if line), *buttons, end)


LOG: Mapping[EventType, LogEntry] = merged("a log entry", (noun.log for noun in NOUNS))
complete("log entries", asking(DeliveryKind.LOG), LOG)


def log(recorded: Recorded, partnership: Partnership, users: Mapping[PersonId, int], marker: int | None) -> View:
    """A change of roles or policy, a mark crossed, or an incident."""
    told, entry = Logged(recorded, partnership, users), LOG[recorded.event.type]
    buttons: list[Row] = []
    if recorded.erased:
        lines = [f"### {inline(recorded.event.name.capitalize(), 80)}", _ERASED]
    else:
        lines, buttons = entry.lines(told), rows(*entry.buttons(told))
    text = "\n".join(line for line in lines if line)
    end = f"-# Record #{recorded.number} · {recorded.hash[:HASH]} · {moment(recorded.at)}"
    return panel(marker, entry.weight.value, text, *buttons, end)


def people_of(recorded: Recorded, partnership: Partnership, users: Mapping[PersonId, int]) -> list[int]:
    """The Discord users whom an event of the partnership names in a list: they are mentioned."""
    return Logged(recorded, partnership, users).people


def posted_head(text: str) -> tuple[int, str] | None:
    """Number and first digits of the hash at the end of a post, if it has them; older posts have 12 (RUN-3)."""
    found = re.search(r"^-# Record #(\d{1,15}) · ([0-9a-f]{12,64})(?: · .*)?\Z", text, flags=re.MULTILINE)
    return (int(found[1]), found[2]) if found else None


def posted_name(text: str) -> tuple[str, int] | None:
    """Letter and number of the thing that a post is about, as in ``P-4``; None for other posts (RUN-3)."""
    found = re.match(r"#+ (?:\S+ )?([A-Z])-(\d{1,9})\b", text)
    return (found[1], int(found[2])) if found else None


_ERASED = "What was told here was erased on request. The record still verifies."
_PRIVATE = "This group is private: its readers see title and text."


def _title(view: ProposalView) -> str:
    proposal = view.proposal
    state = proposal.state
    return (
        f"### {STATE_SIGNS[state]} P-{proposal.number} · {state_label(proposal)}\n"
        f"-# {matrix.label(proposal.type)} · {in_quotes(view.group.name, 60)}"
    )


def _named(view: ProposalView) -> str:
    return titled(view.mention(view.proposal.author), view.proposal.current.text.title, verb="proposed")


def _reasons(view: ProposalView, recorded: Recorded) -> list[str]:
    proposal, kind = view.proposal, recorded.event.type
    lines: list[str] = []
    match recorded.event.fact:
        case ProposalPassed(reached=reached, reachable=reachable):
            lines.append(_silence(reached, reachable))
        case ProposalDisputed():
            lines.append("Objections stand. It can be revised, withdrawn, or taken to a final vote.")
        case ProposalHalted():
            lines.append("A majority of those who may object halted it in the waiting time. It is disputed again.")
        case ProposalEnacted():
            if not proposal.pinned.timelock and proposal.vote is None:
                lines.append(_silence(len(electorates.reached(proposal)), len(electorates.reachable(proposal))))
            lines.append(effects.done(view, 500))
        case _ if not cards.told_by_vote(proposal):
            lines.append(cards.outcome_reason(proposal))
    only_post = kind in {ProposalEnacted, ProposalStale} and not proposal.pinned.timelock
    fact = recorded.event.fact
    low_reach = isinstance(fact, ProposalPassed | ProposalAdopted) and fact.low_reach
    if low_reach or (only_post and proposal.low_reach):
        lines.append("⚠️ **Low reach:** too few people had seen it when the time was up.")
    if proposal.vote is not None and proposal.vote.tally is not None:
        lines.append(f"**Final vote:** {votes.result(proposal.vote.tally)}")
    if proposal.timelock_ends_at is not None and proposal.pinned.timelock and kind in {ProposalPassed, ProposalAdopted}:
        lines.append(f"It is carried out {fixed(proposal.timelock_ends_at)}, unless it is halted before.")
    closed = [o for o in proposal.objections if not o.counts]
    if closed:
        lines.append(f"**Objections:** {len(proposal.objections)} raised. {objections.closed_ones(closed)}")
    return lines


def _silence(reached: int, reachable: int) -> str:
    return f"Silence gave consent: {reached} of {reachable} were reached."
