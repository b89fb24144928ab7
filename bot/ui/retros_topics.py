"""Topics of a retro as one person works with them: putting together, voting, the agenda (LRN-1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot.governance import retros as rules
from bot.governance.retros import Progress, RetroState, Topic
from bot.governance.retros_writing import Merged
from bot.services.retros_views import Mine, RetroView
from bot.ui import limits, retros_ids
from bot.ui import retros_board as boards
from bot.ui.answers import COLOUR, Answer, said
from bot.ui.labels import count
from bot.ui.panels import Style, button, panel, row, rows
from bot.ui.retros_pages import box_of, choosing, given_so_far, menu_of, paged, turning_to
from bot.ui.text import in_quotes, quote

MOST_MOVED = 10
"""Topics put together in one go."""
_TOPICS = 8
"""On one page."""


def to_move(view: RetroView, page: int, told: str = "") -> Answer:
    """First step: which topics to put elsewhere; or look at one, to name it or take a card out."""
    head = "### Put together: which?\nChoose what belongs to another topic; you choose that one next."
    menu, page, pages = menu_of(view, "move", page, str, most=MOST_MOVED)
    one, _, _ = menu_of(view, "topic", page, str, placeholder="… or look at one: name it, take a card out")
    found = [choosing(menu), choosing(one)] if menu and one else []
    turning = turning_to("group", view.retro.id, page, pages)
    suggest = button("Suggestions", retros_ids.button("suggest", view.retro.id))
    return panel(None, COLOUR, head, told, *found, *rows(*turning, suggest))


def into(view: RetroView, moved: Sequence[int], page: int) -> Answer:
    """Second step: into which topic."""
    by_id = {card.id: card for card in view.retro.cards}
    chosen = [topic for each in moved if (topic := view.retro.topic_of(each))]
    lines = [f"- {boards.topic_line(topic, by_id, 90)}" for topic in chosen]
    head = "\n".join(["### Put together: into which?", *lines, "These go into:"])
    arg = ".".join(map(str, moved))
    menu, page, pages = menu_of(view, "into", page, lambda each: f"{each}.{arg}", without=frozenset(moved))
    turning = turning_to("into", view.retro.id, page, pages, arg)
    if menu is None:
        return said(
            head, "There is no other topic.", buttons=[button("Back", retros_ids.button("group", view.retro.id, 0))]
        )
    back = button("Choose others", retros_ids.button("group", view.retro.id, 0))
    return panel(None, COLOUR, limits.fit(head, 2500), choosing(menu), *rows(*turning, back))


def merged(view: RetroView, done: Merged) -> Answer:
    """What stands now; who comes second is told what the first did."""
    by_id = {card.id: card for card in view.retro.cards}
    lines = []
    if done.moved:
        lines.append(f"Put together: {boards.topic_line(done.topic, by_id)}.")
    elif not done.elsewhere:
        lines.append(f"These stand together already: {boards.topic_line(done.topic, by_id)}. Nothing was changed.")
    lines += [
        f"Somebody put one of them elsewhere meanwhile: {boards.topic_line(topic, by_id)}. It was left there."
        for topic in done.elsewhere
    ]
    more = button("Put more together", retros_ids.button("group", view.retro.id, 0))
    name = button("Name this topic", retros_ids.button("rename", view.retro.id, done.topic.id))
    return said(
        "\n".join(lines), buttons=[more, name, button("Suggestions", retros_ids.button("suggest", view.retro.id))]
    )


def suggested(view: RetroView, groups: Sequence[tuple[int, ...]]) -> Answer:
    """Groups of like wording: one press takes one; none is merged by itself."""
    by_id = {card.id: card for card in view.retro.cards}
    if not groups:
        return said(
            "No topics are alike enough in their wording to suggest anything.",
            buttons=[button("Put together", retros_ids.button("group", view.retro.id, 0))],
        )
    box_view, box = box_of(
        "### Suggestions\nAlike in their wording. Opposites can look alike too: read before you press. "
        "Nothing is put together by itself."
    )
    for group in groups[:6]:
        topics = [topic for each in group if (topic := view.retro.topic_of(each))]
        text = "\n".join(f"- {boards.topic_line(topic, by_id, 75)}" for topic in topics)
        take = button(
            "Put together", retros_ids.button("merge", view.retro.id, ".".join(map(str, group))), Style.primary
        )
        box.add_item(
            discord.ui.Section(discord.ui.TextDisplay(limits.fit_lines(text.split("\n"), 580)), accessory=take)
        )
    more = button("Look again", retros_ids.button("suggest", view.retro.id))
    box.add_item(row(more, button("Put together by hand", retros_ids.button("group", view.retro.id, 0))))
    return box_view


def topic(view: RetroView, id: int) -> Answer:
    """One topic with its cards: give it a title, take cards out."""
    found = view.retro.topic_of(id)
    if found is None:
        return said("There is no such topic any more.")
    by_id = {card.id: card for card in view.retro.cards}
    answer, box = box_of(f"### A topic\nIt is called {boards.topic_line(found, by_id, 200)}.")
    shown = found.cards[:9]
    for each in shown:
        text = discord.ui.TextDisplay[Any](f"`{each}` {in_quotes(by_id[each].text, 330)}")
        if len(found.cards) > 1:
            take = button("Take out", retros_ids.button("split", view.retro.id, each))
            box.add_item(discord.ui.Section(text, accessory=take))
        else:
            box.add_item(text)
    if len(found.cards) > len(shown):
        more = f"-# … and {len(found.cards) - len(shown)} more: *Show cards*; take these out first to reach them here"
        box.add_item(discord.ui.TextDisplay(more))
    name = button("Name this topic", retros_ids.button("rename", view.retro.id, found.id))
    box.add_item(row(name, button("Back", retros_ids.button("group", view.retro.id, 0))))
    return answer


# ---- voting ----------------------------------------------------------------------------------------


def ballot(mine: Mine, page: int = 0) -> Answer:
    """Their dots so far, and the topics to give some to."""
    view = mine.view
    by_id = {card.id: card for card in view.retro.cards}
    lines = [
        f"- {count(dots, 'dot')}: {boards.topic_line(found, by_id, 80)}"
        for each, dots in sorted(mine.given.items())
        if (found := view.retro.topic_of(each))
    ]
    menu, page, pages = menu_of(view, "vote", page, str, given=mine, placeholder="Choose a topic for your dots")
    chooser = [choosing(menu)] if menu else []
    turning = turning_to("vote", view.retro.id, page, pages)
    shown = limits.fit_lines(lines, 2400)
    return panel(
        None, COLOUR, f"### Your vote in R-{view.retro.number}\n{given_so_far(mine)}", shown, *chooser, *rows(*turning)
    )


def dots(mine: Mine, id: int) -> Answer:
    """How many dots for this topic in all: pressing twice gives the same."""
    view = mine.view
    found = view.retro.topic_of(id)
    if found is None:
        return said("There is no such topic any more.")
    by_id = {card.id: card for card in view.retro.cards}
    now = mine.given.get(found.id, 0)
    free = view.retro.terms.dots - sum(mine.given.values()) + now
    choices = [
        button(
            count(n, "dot") if n else "None",
            retros_ids.button("dots", view.retro.id, f"{found.id}.{n}"),
            Style.primary if n == now else Style.secondary,
            disabled=n > free,
        )
        for n in range(view.retro.terms.dots_per_topic + 1)
    ]
    text = boards.card_texts(found, by_id, 8, 240)
    back = button("Other topics", retros_ids.button("vote", view.retro.id, 0))
    return said(
        f"### Your dots\nFor {boards.topic_line(found, by_id)}.\n{text}".strip(),
        given_so_far(mine),
        buttons=[*choices, back],
    )


def topics(view: RetroView, page: int) -> Answer:
    """The agenda with what became of each topic; a note can be added to any of them."""
    retro = view.retro
    by_id = {card.id: card for card in retro.cards}
    shown, page, pages = paged(rules.agenda(retro), page, _TOPICS)
    lines = [f"- {boards.topic_line(each, by_id, 90)} – {_stands(each, retro.current)}" for each in shown]
    menu, _, _ = menu_of(view, "note", page, str, placeholder="Add a note to …", among=shown)
    chooser = [choosing(menu)] if menu and retro.state in {RetroState.DISCUSS, RetroState.ACTIONS} else []
    notes = [quote(note, 220) for each in shown for note in each.notes[-2:]]
    told = "\n".join(["**Notes**", *notes[:8]]) if notes else ""
    texts = [f"### Topics of R-{retro.number}", "\n".join(lines) or "There are no topics.", told]
    return panel(None, COLOUR, *texts, *chooser, *rows(*turning_to("topics", retro.id, page, pages)))


def _stands(topic: Topic, current: int | None) -> str:
    if topic.id == current:
        return "on the table"
    return "waiting" if topic.progress is Progress.WAITING else boards.progress(topic.progress)
