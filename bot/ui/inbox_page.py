"""What waits for a person, and lists of proposals (RHY-3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import discord

from bot.governance.errors import UnknownKey
from bot.governance.ids import PartnershipId, PersonId, ProposalId
from bot.governance.organisation import Partnership
from bot.governance.proposals_types import FINAL, ProposalState
from bot.services.inbox import Inbox
from bot.services.noun import InboxItem
from bot.services.ports.proposals import Filter, Listed
from bot.ui import ids, limits
from bot.ui.answers import COLOUR, Answer, said
from bot.ui.labels import count, stamp
from bot.ui.panels import Button, button, link, row
from bot.ui.proposals_labels import STATE_LABELS, STATE_SIGNS, type_label
from bot.ui.text import in_quotes, plain

MOST_ITEMS = 6
PAGE = 10

LISTS: Mapping[str, tuple[str, frozenset[ProposalState]]] = MappingProxyType(
    {
        "open": ("Everything not decided", frozenset(ProposalState) - FINAL - {ProposalState.DRAFT}),
        "review": ("Open to objections", frozenset({ProposalState.REVIEW})),
        "disputed": (
            "Disputed or in a final vote",
            frozenset({ProposalState.SETTLING, ProposalState.DISPUTED, ProposalState.ESCALATED}),
        ),
        "waiting": (
            "Decided, not carried out yet",
            frozenset({ProposalState.PASSED, ProposalState.ADOPTED, ProposalState.STALE}),
        ),
        "decided": ("Decided and closed", FINAL - {ProposalState.DISCARDED}),
        "mine": ("Mine, with my drafts", frozenset(ProposalState) - {ProposalState.DISCARDED}),
    }
)
"""The lists that can be asked for: what each is called, and the states in it."""

_PRIMARY = discord.ButtonStyle.primary
WAITS: Mapping[str, str] = MappingProxyType(
    {
        "finish draft": "Your draft is not open yet.",
        "read": "Read it. If you see harm in it, object before the time is up.",
        "mend or end": "It is disputed: revise it, withdraw it, or take it to a final vote. If nobody acts, it is not "
        "adopted.",
        "escalate or leave": "It is disputed. You can take it to a final vote; if nobody acts, it is not adopted.",
        "vote": "You have not voted yet.",
        "rebase": "What it was written against has changed: revise it, or withdraw it.",
        "state objection": "State your objection No. {o}, or it becomes a concern.",
        "answer revision": "Does the new version resolve your objection No. {o}? No answer means: still objecting.",
        "appeal": "Your objection No. {o} was ruled not in form. You may appeal once.",
        "sponsor": "The person behind objection No. {o} left. It ends unless somebody who may object takes it over.",
        "rule": "A ruling on the form of objection No. {o} is asked of you.",
        "vote on appeal": "An appeal asks you: does objection No. {o} stand?",
        "answer survey": "A survey asks you. Nobody knows whether you answered, so it stands here until it closes.",
        "answer meeting": "Do you come? Say so before it begins.",
        "take part in retro": "A retro is under way. Nobody knows who has taken part, so it stands here until it ends.",
        "do action": "This action is yours.",
        "answer feedback": "You took this feedback on, and it has no answer yet.",
    }
)
"""What each kind of item asks for."""


def inbox(found: Inbox, partnership: Partnership) -> Answer:
    """What needs the asker now, most urgent first, each with the buttons that settle it (RHY-3)."""
    name, items = in_quotes(partnership.name, 100), found.items
    if not items:
        return said(
            f"### Your inbox\nNothing waits for you in {name}. `/proposal list` shows what is open.{_not_taken(found)}"
        )
    view, box = _box(f"### Your inbox\n{count(len(items), 'thing')} waiting in {name}, most urgent first.")
    for item in items[:MOST_ITEMS]:
        box.add_item(discord.ui.TextDisplay(_waiting(item)))
        buttons = [*_settling(item), link("To the card", item.link)]
        if any(buttons):
            box.add_item(row(*buttons))
    if len(items) > MOST_ITEMS:
        box.add_item(discord.ui.TextDisplay(f"-# … and {len(items) - MOST_ITEMS} more once these are done."))
    if found.not_taken:
        box.add_item(discord.ui.TextDisplay(_not_taken(found).strip()))
    return view


def _not_taken(found: Inbox) -> str:
    """That reminders did not arrive: this is the place that does not depend on direct messages."""
    if not found.not_taken:
        return ""
    return (
        f"\n⚠️ {count(found.not_taken, 'message')} to you could not be delivered in the last two weeks. "
        "`/reminders preferences` says what you can do."
    )


def wanted(name: str, before: ProposalId | None) -> Filter:
    """The filter of a list, one row more than a page holds so that it is known whether more follow.

    Raises UnknownKey.
    """
    if name not in LISTS:
        raise UnknownKey(name, tuple(LISTS))
    author = PersonId("the asker") if name == "mine" else None
    return Filter(states=LISTS[name][1], author=author, limit=PAGE + 1, before=before)


def listing(rows: Sequence[Listed], partnership: Partnership, name: str, before: ProposalId | None) -> Answer:
    """One page of a list, newest first."""
    head = f"### {LISTS[name][0]}\nOf {in_quotes(partnership.name, 100)}."
    if not rows:
        more = "There is nothing more." if before else f"There is nothing here.{_elsewhere(name)}"
        return said(f"{head}\n{more}", buttons=_turning(partnership.id, name, before, None))
    view, box = _box(head)
    for listed in rows[:PAGE]:
        show = button("Show", ids.proposal("show", listed.id))
        box.add_item(discord.ui.Section(discord.ui.TextDisplay(_row(listed, partnership)), accessory=show))
    last = rows[:PAGE][-1].id
    turning = _turning(partnership.id, name, before, last if len(rows) > PAGE else None)
    if turning:
        box.add_item(row(*turning))
    return view


def _elsewhere(name: str) -> str:
    """What to do where a list is empty: what was decided stands in another one."""
    if name in {"decided", "mine"}:
        return " `/propose` files something."
    decided = LISTS["decided"][0]
    return f" What was decided: `/proposal list` with the state “{decided}”. `/propose` files something new."


def suggestion(row: Listed) -> tuple[str, str]:
    """A proposal among suggestions: what is shown, and what is chosen."""
    number = f"P-{row.number}" if row.number else "Draft"
    value = str(row.number) if row.number else f"draft-{row.id}"
    return plain(f"{number} · {row.title}", limits.SUGGESTION), value


def _waiting(item: InboxItem) -> str:
    due = f"\nBy {stamp(item.due_at)}" if item.due_at else ""
    ask = WAITS.get(item.kind, item.kind).replace("{o}", str(item.objection or ""))
    title = f" · {in_quotes(item.title, 100)}" if item.title else ""
    return f"**{item.name}{title}**\n{ask}{due}"


def _settling(item: InboxItem) -> list[Button]:
    """The buttons that settle an item; at most three."""
    proposal = ProposalId(item.id)
    number = item.objection or 0
    match item.kind:
        case "answer survey":
            return [button("Answer", ids.survey("answer", item.id), _PRIMARY)]
        case "answer meeting":
            return [
                button("I come", ids.meeting("here", item.id), _PRIMARY),
                button("I cannot", ids.meeting("absent", item.id)),
            ]
        case "take part in retro":
            return [button("Take part", ids.retro("join", item.id), _PRIMARY)]
        case "do action":
            return [button("It is done", ids.retro("done", item.id, number), _PRIMARY)]
        case "answer feedback":
            return [button("Answer", ids.feedback("answer", item.id), _PRIMARY)]
        case "finish draft":
            return [button("Go on", ids.proposal("show", proposal), _PRIMARY)]
        case "read":
            return [
                button("Full text", ids.proposal("text", proposal)),
                button("I have read it", ids.proposal("read", proposal), _PRIMARY),
                button("Object", ids.proposal("object", proposal)),
            ]
        case "mend or end":
            return [
                button("Revise", ids.proposal("revise", proposal), _PRIMARY),
                button("Withdraw", ids.proposal("withdraw", proposal)),
                button("Take it to a final vote", ids.proposal("escalate", proposal)),
            ]
        case "escalate or leave":
            return [button("Take it to a final vote", ids.proposal("escalate", proposal), _PRIMARY)]
        case "vote":
            return [button("Vote", ids.mine(proposal), _PRIMARY)]
        case "rebase":
            return [
                button("Revise", ids.proposal("revise", proposal), _PRIMARY),
                button("Withdraw", ids.proposal("withdraw", proposal)),
            ]
        case "answer revision":
            return [
                button("It is resolved", ids.objection("resolved", proposal, number)),
                button("Still objecting", ids.objection("still", proposal, number)),
            ]
        case "vote on appeal":
            return [
                button("It stands", ids.objection("stands", proposal, number)),
                button("It does not", ids.objection("falls", proposal, number)),
            ]
        case _ if item.kind in _ONE:
            act, label = _ONE[item.kind]
            return [button(label, ids.objection(act, proposal, number), _PRIMARY)]
        case _:
            return []


_ONE = {
    "state objection": ("state", "State it now"),
    "appeal": ("appeal", "Appeal"),
    "sponsor": ("sponsor", "Take it over"),
    "rule": ("rule", "Rule on it"),
}


def _turning(partnership: PartnershipId, name: str, before: ProposalId | None, last: ProposalId | None) -> list[Button]:
    found = []
    if before:
        found.append(button("Newest", ids.page(partnership, name, None)))
    if last:
        found.append(button("Older", ids.page(partnership, name, last)))
    return found


def _row(row: Listed, partnership: Partnership) -> str:
    group = in_quotes(partnership.group(row.group).name, 60)
    due: datetime | None = row.closes_at if row.state is ProposalState.REVIEW else None
    until = f" · ends {discord.utils.format_dt(due, 'R')}" if due else ""
    state = f"{STATE_SIGNS[row.state]} {STATE_LABELS[row.state]}"
    return f"**{_name(row)}**\n{state} · {type_label(row.type)} · {group}{until}"


def _name(row: Listed) -> str:
    number = f"P-{row.number}" if row.number else "Draft"
    return f"{number} · {in_quotes(row.title, 100)}"


def _box(head: str) -> tuple[Answer, discord.ui.Container[Any]]:
    view: Answer = discord.ui.LayoutView(timeout=None)
    box: discord.ui.Container[Any] = discord.ui.Container(discord.ui.TextDisplay(head), accent_colour=COLOUR)
    view.add_item(box)
    return view, box
