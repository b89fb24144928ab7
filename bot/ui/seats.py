"""What card, feed and thread say of seats that others gave or took while they decide something (PRO-9)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.governance import errors
from bot.governance.ids import PersonId
from bot.governance.organisation_events import ElectorateChanged, SeatGained, SeatLost
from bot.governance.rolls import acting
from bot.governance.seats import SEASON, Turn
from bot.services.views import ProposalView
from bot.ui import intrusions
from bot.ui.audiences import LOG
from bot.ui.labels import count, listed, moment
from bot.ui.limits import fit_lines
from bot.ui.logged import LogEntry
from bot.ui.presenter import Presenter, Refusals
from bot.ui.text import in_quotes

_MOST = 600
"""Units of text left to the list on a card."""
_MOST_NAMED = 20
"""People named in one post; the number of the others is told."""


def turned(view: ProposalView, most: int = _MOST) -> str:
    """Each change by others' hands since a week before the opening, and what it means here; empty without any."""
    if not view.turned or view.proposal.opened_at is None:
        return ""
    since = moment(view.proposal.opened_at - SEASON)
    if view.group.private:
        return f"⚠️ **Seats changed by others' hands** since {since}: {count(len(view.turned), 'person', 'people')}."
    lines = [f"⚠️ **Seats changed by others' hands** since {since}:"]
    lines += [_line(view, turn) for turn in view.turned]
    return fit_lines(lines, most, "- … and {} more")


def seated(view: ProposalView) -> str:
    """How many could decide at the opening, how many hold the seat still, and who acts without it (PRO-9)."""
    electors = view.proposal.electors
    kept = len(acting(electors)) - view.seated
    said = f"{view.seated} still seated"
    return f"{said}; {kept} lost the seat by others' hands and can act as before" if kept > 0 else said


def told(fact: ElectorateChanged, users: Mapping[PersonId, int]) -> list[str]:
    """A post in the feed; of a private group it tells numbers only (SCL-2)."""
    group = in_quotes(fact.group or "a group", 62)
    lines = ["### 🪑 Seats changed by others' hands", f"Seats of {group} are meant."]
    for people, words in ((fact.lost, "lost the member seat"), (fact.gained, "were given the member seat")):
        if people:
            named = [f"<@{users[p]}>" if p in users else "someone (erased on request)" for p in people[:_MOST_NAMED]]
            more = [f"{len(people) - len(named)} more"] if len(people) > len(named) else []
            who = count(len(people), "person", "people") if fact.private else listed([*named, *more])
            lines.append(f"**{words.capitalize()}:** {who}.")
    lines.append(
        "It is decided by those who had the seat for a week when a review opened. Who lost it by others' hands acts in "
        "what is open as before; who was given it counts in reviews that open from a week on."
    )
    return lines


def _line(view: ProposalView, turn: Turn) -> str:
    who, at = view.mention(turn.person), moment(turn.at)
    counts = turn.person in acting((*view.proposal.electors, *view.proposal.voters))
    if not turn.held:
        return f"- {who} lost it, {at}" + (", and acts here as before" if counts else "")
    if counts:
        return f"- {who} lost it and has it again, {at}" if turn.taken else f"- {who} was given it, {at}"
    return f"- {who} was given it, {at}: too late to count here"


def _role_suspended(refusal: errors.RoleSuspended) -> str:
    powers = intrusions.permissions(refusal.powers)
    return (
        f"Your seat for this comes with the role {in_quotes(refusal.role, 102)}, and that role has gained power over "
        f"the server ({powers}). Until it is taken away, nobody files, rules or leads by that seat. What you objected, "
        "wrote and voted stands, and you can go on objecting, raising concerns and voting. A moderator mends it in "
        "*Server settings → Roles*, or with `/setup start`; then this works again at once."
    )


PRESENTER = Presenter(
    name="seats",
    refusals=Refusals(
        not_eligible={
            "no seat now": "You left and do not hold the member seat again that this needs, even if you held it at the "
            "opening. If that is a mistake, ask a moderator to check `/roles list`.",
            "no seat": "You hold no seat in this partnership, or only that of an observer, who reads along. Seats come "
            "with Discord roles: ask a moderator for the one that fits you. `/help` says how decisions are made here.",
        },
        ask_a_moderator=frozenset({"no seat now", "no seat"}),
        spoken={
            errors.RoleSuspended: _role_suspended,
        },
    ),
    audiences={
        SeatGained: (),
        SeatLost: (),
        ElectorateChanged: (LOG,),
    },
    log={ElectorateChanged: LogEntry(lambda logged: told(logged.event.says(ElectorateChanged), logged.users))},
)
