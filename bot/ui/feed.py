"""The decisions feed: every pending proposal, every outcome, every change of who holds power (SCL-2, ORG-2a)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.governance import electorates
from bot.governance.events import EventType
from bot.governance.ids import GroupId, PersonId
from bot.governance.lifecycle import REACHED
from bot.governance.organisation import Partnership
from bot.governance.proposals_types import FINAL
from bot.governance.stops import BLIND
from bot.services.ports.record import Recorded
from bot.services.views import ProposalView
from bot.ui import deadlines, effects, health, ids, intrusions, seats, stops
from bot.ui import objections_card as objections
from bot.ui import proposals_card as cards
from bot.ui import votes_card as votes
from bot.ui.labels import HASH, fixed, moment
from bot.ui.limits import fit_lines
from bot.ui.panels import Part, Row, View, button, link, panel, rows
from bot.ui.proposals_labels import STATE_COLOURS, STATE_SIGNS, state_label, type_label
from bot.ui.text import in_quotes, inline, titled

_INCIDENT, _CHANGE, _QUIET = 0xC0392B, 0x5865F2, 0x4E5058


def entry(view: ProposalView, marker: int | None) -> View:
    """A proposal in the feed, with everything a reader may do; of a private group no title and no text (SCL-2)."""
    proposal = view.proposal
    show = button("Details", ids.proposal("show", proposal.id))
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
        f"-# Outcome · {type_label(proposal.type)} · {in_quotes(view.group.name, 80)}",
    ]
    if view.group.private:
        lines.append(_PRIVATE)
    elif recorded.erased:
        lines += [_named(view), _ERASED]
    else:
        lines += [_named(view), *_reasons(view, recorded)]
    end = f"-# Record #{recorded.number} · {recorded.hash[:HASH]}"
    buttons = rows(
        button("Details", ids.proposal("show", proposal.id)),
        link("Card", None if view.group.private else view.links.card),
    )
    return panel(marker, STATE_COLOURS[state], "\n".join(line for line in lines if line), *buttons, end)


def log(recorded: Recorded, partnership: Partnership, users: Mapping[PersonId, int], marker: int | None) -> View:
    """A change of roles or policy, a mark crossed, or an incident; mapping a role one wears oneself is marked."""
    event = recorded.event
    by = f"<@{users[event.actor]}>" if event.actor in users and event.actor is not None else ""
    buttons: list[Row] = []
    if event.actor is not None and not by:
        by = "somebody who was erased on request"
    if recorded.erased:
        lines = [f"### {inline(event.type.capitalize(), 80)}", _ERASED]
    elif event.type is EventType.HEALTH_MARKED:
        lines = health.notice(event.data, partnership, _mention(event.data.get("person"), users))
    elif event.type is EventType.ELECTORATE_CHANGED:
        lines = seats.told(event.data, users)
    elif event.type is EventType.PEOPLE_BARRED:
        lines = stops.barred(event.data, [f"<@{user}>" for user in people_of(recorded, users)])
        if event.data.get("cause") == BLIND:
            buttons = rows(stops.offer(partnership.id, GroupId(int(event.thing.partition("/")[2]))))
    else:
        lines = _logged(recorded, partnership, by, _mention(event.data.get("person"), users))
    text = "\n".join(line for line in lines if line)
    colour = _INCIDENT if event.type in _INCIDENTS else _QUIET if event.type in _SMALL else _CHANGE
    end = f"-# Record #{recorded.number} · {recorded.hash[:HASH]} · {moment(recorded.at)}"
    return panel(marker, colour, text, *buttons, end)


def people_of(recorded: Recorded, users: Mapping[PersonId, int]) -> list[int]:
    """The Discord users whom an event of the partnership names in a list: they are mentioned."""
    named = recorded.event.data.get("people")
    people = [PersonId(each) for each in named if isinstance(each, str)] if isinstance(named, list) else []
    return [users[person] for person in people if person in users]


def posted_head(text: str) -> tuple[int, str] | None:
    """Number and first digits of the hash at the end of a post, if it has them; older posts have 12 (RUN-3)."""
    found = re.search(r"^-# Record #(\d{1,15}) · ([0-9a-f]{12,64})(?: · .*)?\Z", text, flags=re.MULTILINE)
    return (int(found[1]), found[2]) if found else None


def posted_number(text: str) -> int:
    """The number of the proposal that a post is about, 0 for other posts (RUN-3)."""
    found = re.match(r"#+ (?:\S+ )?P-(\d{1,9})\b", text)
    return int(found[1]) if found else 0


_WHOLE = "whole partnership"
"""What the record calls the group of a seat that belongs to no single group."""
_ERASED = "What was told here was erased on request. The record still verifies."
_PRIVATE = "This group is private: its readers see title and text."

_INCIDENTS = frozenset(
    {
        EventType.ROLE_DELETED,
        EventType.ROLE_ENDANGERED,
        EventType.ACCESS_TAMPERED,
        EventType.PLACE_LOST,
        EventType.RESTORE_GAP,
        EventType.PEOPLE_BARRED,
    }
)

_SMALL = frozenset(
    {
        EventType.ROLE_MAPPED,
        EventType.ROLES_MAPPED,
        EventType.ROLE_UNMAPPED,
        EventType.CLOCKS_MOVED,
        EventType.ACCESS_REPAIRED,
    }
)
"""Each has its post (ORG-2a), and each post is small."""


def _title(view: ProposalView) -> str:
    proposal = view.proposal
    state = proposal.state
    return (
        f"### {STATE_SIGNS[state]} P-{proposal.number} · {state_label(proposal)}\n"
        f"-# {type_label(proposal.type)} · {in_quotes(view.group.name, 60)}"
    )


def _named(view: ProposalView) -> str:
    return titled(view.mention(view.proposal.author), view.proposal.current.text.title, verb="proposed")


def _reasons(view: ProposalView, recorded: Recorded) -> list[str]:
    proposal, kind = view.proposal, recorded.event.type
    data = recorded.event.data
    lines: list[str] = []
    match kind:
        case EventType.PROPOSAL_PASSED:
            lines.append(_silence(data.get("reached", 0), data.get("reachable", 0)))
        case EventType.PROPOSAL_DISPUTED:
            lines.append("Objections stand. It can be revised, withdrawn, or taken to a final vote.")
        case EventType.PROPOSAL_HALTED:
            lines.append("A majority of those who may object halted it in the waiting time. It is disputed again.")
        case EventType.PROPOSAL_ENACTED:
            if not proposal.pinned.timelock and proposal.vote is None:
                lines.append(_silence(len(electorates.reached(proposal)), len(electorates.reachable(proposal))))
            lines.append(effects.done(view, 500))
        case _ if not cards.told_by_vote(proposal):
            lines.append(cards.outcome_reason(proposal))
    only_post = kind in {EventType.PROPOSAL_ENACTED, EventType.PROPOSAL_STALE} and not proposal.pinned.timelock
    if data.get("low_reach") or (only_post and proposal.low_reach):
        lines.append("⚠️ **Low reach:** too few people had seen it when the time was up.")
    if proposal.vote is not None and proposal.vote.tally is not None:
        lines.append(f"**Final vote:** {votes.result(proposal.vote.tally)}")
    if (
        proposal.timelock_ends_at is not None
        and proposal.pinned.timelock
        and kind in {EventType.PROPOSAL_PASSED, EventType.PROPOSAL_ADOPTED}
    ):
        lines.append(f"It is carried out {fixed(proposal.timelock_ends_at)}, unless it is halted before.")
    closed = [o for o in proposal.objections if not o.counts]
    if closed:
        lines.append(f"**Objections:** {len(proposal.objections)} raised. {objections.closed_ones(closed)}")
    return lines


def _mention(person: object, users: Mapping[PersonId, int]) -> str:
    user = users.get(PersonId(str(person or "")))
    return f"<@{user}>" if user else ""


def _silence(reached: object, reachable: object) -> str:
    return f"Silence gave consent: {reached} of {reachable} were reached."


def _logged(recorded: Recorded, partnership: Partnership, by: str, about: str) -> list[str]:
    event = recorded.event
    data = event.data
    who = by or "the bot, by rule"
    if carried_out := effects.post(event, partnership, _by_proposal(event.thing)):
        return carried_out
    match event.type:
        case EventType.PARTNERSHIP_CREATED:
            return [
                "### 🚧 A partnership was set up",
                f"{who[:1].upper()}{who[1:]} set up {in_quotes(partnership.name, 82)}.",
                "It is provisional until the stakeholder group ratifies it.",
            ]
        case EventType.ROLE_MAPPED | EventType.ROLE_UNMAPPED:
            return _mapping(event.type is EventType.ROLE_MAPPED, data, who)
        case EventType.ROLES_MAPPED:
            return _set_up(data, who)
        case EventType.ROLE_DELETED:
            return [
                "### ⚠️ A role that carries a seat was deleted",
                f"No role gives the seat {_seat(data)} now. Reviews that depend on it stand still.",
                "No objection is weakened by that.",
                "**Moderators:** map another role with `/roles map`.",
            ]
        case (
            EventType.ROLE_RENAMED
            | EventType.ROLE_ENDANGERED
            | EventType.ROLE_MENDED
            | EventType.SEAT_TAKEN
            | EventType.ACCESS_TAMPERED
            | EventType.ACCESS_MENDED
        ):
            return intrusions.told(event, _seat(data), by or about)
        case EventType.PLACE_LOST:
            return [
                "### ⚠️ A channel of this partnership is gone",
                f"It was called {in_quotes(str(data.get('place') or 'unnamed'), 82)}.",
                "Nothing is decided by that: the record is the truth. Reviews whose card stood there stand still.",
                "**Moderators:** run `/setup` again; it makes what is missing.",
            ]
        case EventType.CLOCKS_MOVED:
            return stops.moved(data)
        case EventType.ACCESS_REPAIRED:
            return stops.mended(data, who)
        case EventType.RESTORE_GAP:
            return [
                "### ⚠️ The record was restored from a backup",
                "Entries shown here before are missing from it. Nothing is decided until an operator confirms this.",
            ]
        case EventType.RESTORE_CONFIRMED:
            return [
                "### The restored record was confirmed",
                "Deciding goes on. Numbers continue above the highest shown.",
            ]
    return [f"### {inline(event.type.capitalize(), 80)}", f"By {who}."]


def _mapping(mapped: bool, data: Mapping[str, object], who: str) -> list[str]:
    after = "Counts in reviews opened from now on." if mapped else "Reviews that depend on it stand still."
    head = f"-# 🪪 A role carries {'a seat now' if mapped else 'a seat no more'}:"
    seat = _given(data, "gives" if mapped else "gave")
    lines = [f"{head} {seat}. {'Mapped' if mapped else 'Unmapped'} by {who}. {after}"]
    if data.get("self"):
        done = "mapped" if mapped else "unmapped"
        lines.append(f"⚠️ **By a wearer:** the person who {done} this role wears it.")
    return lines


def _set_up(data: Mapping[str, object], who: str) -> list[str]:
    """All roles that one set-up mapped."""
    found = data.get("roles")
    roles = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    carry = "1 role carries a seat" if len(roles) == 1 else f"{len(roles)} roles carry seats"
    lines = [f"- {_given(each)}{' ⚠️ **by a wearer**' if each.get('self') else ''}" for each in roles]
    return [
        f"-# 🪪 {carry} now, mapped in the set-up by {who}. They count in reviews opened from now on.",
        fit_lines(lines, 3000, "- … and {} more: `/roles list`"),
    ]


def _given(data: Mapping[str, object], gives: str = "gives") -> str:
    named = f" {in_quotes(str(data['role']), 102)}" if data.get("role") else ""
    return f"the role{named} {gives} {_seat(data)}"


def _seat(data: Mapping[str, object]) -> str:
    group = str(data.get("group") or "")
    where = f" of {in_quotes(group, 62)}" if group else ""
    if group == _WHOLE:
        where = f" of the {_WHOLE}"
    extra = ", ".join(in_quotes(str(data[key]), 62) for key in ("class", "organisation") if data.get(key))
    return f"{in_quotes(str(data.get('seat') or 'seat'), 62)}{where}" + (f" ({extra})" if extra else "")


def _by_proposal(thing: str) -> str:
    return "a decision in this feed" if thing.startswith("proposal/") else "set-up"
