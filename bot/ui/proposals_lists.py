"""Lists of proposals, and proposals among suggestions (RHY-3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import discord

from bot.governance.errors import UnknownKey
from bot.governance.ids import PartnershipId, PersonId, ProposalId
from bot.governance.organisation import Partnership
from bot.governance.proposals_types import FINAL, ProposalState
from bot.services.ports.proposals import Filter, Listed
from bot.ui import limits, matrix, proposals_ids
from bot.ui.answers import Answer, box, said
from bot.ui.panels import Button, button, row
from bot.ui.proposals_labels import STATE_LABELS, STATE_SIGNS
from bot.ui.text import in_quotes, plain

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
    view, held = box(head)
    for listed in rows[:PAGE]:
        show = button("Show", proposals_ids.button("show", listed.id))
        held.add_item(discord.ui.Section(discord.ui.TextDisplay(_row(listed, partnership)), accessory=show))
    last = rows[:PAGE][-1].id
    turning = _turning(partnership.id, name, before, last if len(rows) > PAGE else None)
    if turning:
        held.add_item(row(*turning))
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


def _turning(partnership: PartnershipId, name: str, before: ProposalId | None, last: ProposalId | None) -> list[Button]:
    found = []
    if before:
        found.append(button("Newest", proposals_ids.page(partnership, name, None)))
    if last:
        found.append(button("Older", proposals_ids.page(partnership, name, last)))
    return found


def _row(row: Listed, partnership: Partnership) -> str:
    group = in_quotes(partnership.group(row.group).name, 60)
    due: datetime | None = row.closes_at if row.state is ProposalState.REVIEW else None
    until = f" · ends {discord.utils.format_dt(due, 'R')}" if due else ""
    state = f"{STATE_SIGNS[row.state]} {STATE_LABELS[row.state]}"
    return f"**{_name(row)}**\n{state} · {matrix.label(row.type)} · {group}{until}"


def _name(row: Listed) -> str:
    number = f"P-{row.number}" if row.number else "Draft"
    return f"{number} · {in_quotes(row.title, 100)}"
