"""What private pages of a retro are made of: boxes, pages, lists of topics to choose from (LRN-1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot.governance.retros import Topic
from bot.services.retros_views import Mine, RetroView
from bot.ui import limits, retros_ids
from bot.ui import retros_board as boards
from bot.ui.answers import COLOUR, Answer
from bot.ui.labels import count
from bot.ui.panels import Button, button
from bot.ui.text import plain


def box_of(head: str) -> tuple[Answer, discord.ui.Container[Any]]:
    """An answer with one box, to be filled."""
    view: Answer = discord.ui.LayoutView(timeout=None)
    box: discord.ui.Container[Any] = discord.ui.Container(discord.ui.TextDisplay(head), accent_colour=COLOUR)
    view.add_item(box)
    return view, box


def paged(found: Sequence[Any], page: int, size: int) -> tuple[Sequence[Any], int, int]:
    """One page, its number, and how many there are."""
    pages = max(1, -(-len(found) // size))
    page = max(0, min(page, pages - 1))
    return found[page * size : (page + 1) * size], page, pages


def turning_to(act: str, retro: int, page: int, pages: int, more: str = "") -> list[Button]:
    """Buttons to the pages beside this one."""
    after = f".{more}" if more else ""
    found = []
    if page > 0:
        found.append(button("◀ Back", retros_ids.button(act, retro, f"{page - 1}{after}")))
    if page < pages - 1:
        found.append(button("Further ▶", retros_ids.button(act, retro, f"{page + 1}{after}")))
    return found


def menu_of(
    view: RetroView,
    menu: str,
    page: int,
    value: Any,
    *,
    most: int = 1,
    without: frozenset[int] = frozenset(),
    given: Mine | None = None,
    placeholder: str = "Choose",
    among: Sequence[Topic] | None = None,
) -> tuple[discord.ui.Select[Any] | None, int, int]:
    """A list of topics to choose from, a page of 25."""
    by_id = {card.id: card for card in view.retro.cards}
    found = [each for each in (view.retro.topics if among is None else among) if each.id not in without]
    shown, page, pages = (found, page, 1) if among is not None else paged(found, page, limits.SELECT_OPTIONS)
    if not shown:
        return None, page, pages
    options = [
        discord.SelectOption(
            label=plain(boards.topic_title(each, by_id), limits.SELECT_TEXT),
            value=value(each.id),
            description=_about(each, by_id[each.cards[0]].column, given),
        )
        for each in shown
    ]
    custom_id = retros_ids.menu(menu, view.retro.id, page)
    where = f", page {page + 1} of {pages}" if pages > 1 else ""
    chooser: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=custom_id,
        options=options,
        placeholder=limits.fit(placeholder + where, limits.SELECT_PLACEHOLDER),
        max_values=min(most, len(options)),
    )
    return chooser, page, pages


def _about(topic: Topic, column: str, given: Mine | None) -> str:
    parts = [plain(column, 40) if len(topic.cards) == 1 else count(len(topic.cards), "card")]
    if given is not None and topic.id in given.given:
        parts.append(f"your {count(given.given[topic.id], 'dot')}")
    return " · ".join(parts)


def choosing(menu: discord.ui.Item[Any]) -> discord.ui.ActionRow[Any]:
    """A row with a list to choose from."""
    made: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
    made.add_item(menu)
    return made


def given_so_far(mine: Mine) -> str:
    """How many of their dots somebody has given."""
    terms = mine.view.retro.terms
    given = sum(mine.given.values())
    return f"You have given {given} of your {count(terms.dots, 'dot')}; at most {terms.dots_per_topic} to one topic."
