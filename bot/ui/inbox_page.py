"""What waits for a person, of every noun (RHY-3)."""

from __future__ import annotations

from collections.abc import Mapping

import discord

from bot.governance.organisation import Partnership
from bot.services.inbox import Inbox
from bot.services.noun import InboxItem
from bot.ui.answers import Answer, box, said
from bot.ui.asking import Waits
from bot.ui.labels import count, stamp
from bot.ui.nouns import NOUNS
from bot.ui.panels import link, row
from bot.ui.presenter import merged
from bot.ui.text import in_quotes

MOST_ITEMS = 6

WAITS: Mapping[str, Waits] = merged("what waits", (noun.waits for noun in NOUNS))
"""What each kind of item asks for, and what settles it."""

_UNKNOWN = Waits("")


def inbox(found: Inbox, partnership: Partnership) -> Answer:
    """What needs the asker now, most urgent first, each with the buttons that settle it (RHY-3)."""
    name, items = in_quotes(partnership.name, 100), found.items
    if not items:
        return said(
            f"### Your inbox\nNothing waits for you in {name}. `/proposal list` shows what is open.{_not_taken(found)}"
        )
    view, held = box(f"### Your inbox\n{count(len(items), 'thing')} waiting in {name}, most urgent first.")
    for item in items[:MOST_ITEMS]:
        held.add_item(discord.ui.TextDisplay(_waiting(item)))
        buttons = [*WAITS.get(item.kind, _UNKNOWN).buttons(item), link("To the card", item.link)]
        if any(buttons):
            held.add_item(row(*buttons))
    if len(items) > MOST_ITEMS:
        held.add_item(discord.ui.TextDisplay(f"-# … and {len(items) - MOST_ITEMS} more once these are done."))
    if found.not_taken:
        held.add_item(discord.ui.TextDisplay(_not_taken(found).strip()))
    return view


def _not_taken(found: Inbox) -> str:
    """That reminders did not arrive: this is the place that does not depend on direct messages."""
    if not found.not_taken:
        return ""
    return (
        f"\n⚠️ {count(found.not_taken, 'message')} to you could not be delivered in the last two weeks. "
        "`/reminders preferences` says what you can do."
    )


def asked(kind: str, objection: str) -> str:
    """What an item of this kind asks for, about the objection of this number."""
    return WAITS[kind].words.replace("{o}", objection) if kind in WAITS else kind


def _waiting(item: InboxItem) -> str:
    due = f"\nBy {stamp(item.due_at)}" if item.due_at else ""
    ask = asked(item.kind, str(item.objection or ""))
    title = f" · {in_quotes(item.title, 100)}" if item.title else ""
    return f"**{item.name}{title}**\n{ask}{due}"
