"""What a retro answers to one person, for their eyes alone: their cards and dots, pages, lists to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import discord

from bot.governance.organisation import Partnership
from bot.governance.retros import Action, RetroState
from bot.governance.retros_leading import Doubt
from bot.services.retros import PAGE
from bot.services.retros_leading import Options, Pressed
from bot.services.retros_views import Mine, RetroView
from bot.services.retros_writing import Box, MoreTime, RetroFigures
from bot.services.times import Understood
from bot.ui import limits, retros_controls, retros_ids
from bot.ui import retros_board as boards
from bot.ui.answers import COLOUR, Answer, said
from bot.ui.labels import count, moment, stamp
from bot.ui.panels import LINE, Button, Part, Style, button, panel, row, rows
from bot.ui.retros_board import RETRO_STATES
from bot.ui.retros_pages import box_of, choosing, given_so_far, paged, turning_to
from bot.ui.text import in_quotes, inline, plain

_OWN, _ACTIONS = 8, 6
"""Of one's own cards and of actions on one page."""

ABOUT = (
    "**Who sees what in a retro**\n"
    "Nobody in Discord, moderators and facilitators included, can see who wrote which card or word or gave which dot, "
    "and nothing of that is posted, logged or put on record. Only you see your own, until the reveal.\n"
    "**While a phase runs**, what you write lies in the bot's database under a name made from yours and a random key "
    "of that phase, without the time; only the minute of the last card of all is kept until the phase ends. Whoever "
    "can read the whole database file then, key included, could work out "
    "whose it is. A backup never holds the key.\n"
    "**When a phase ends**, its cards, words or dots are kept without that name, in the order of the alphabet, and "
    "names and key are deleted in the same step. From then on the file does not tell whose they were.\n"
    "**Until the retro closes**, the file also holds that you take part and your class, in the same way. After that "
    "it holds only how many took part, small classes counted together.\n"
    "-# Where very few take part, others can guess. Your style, or a detail that only you know, can give you away. "
    "Notes and actions carry no name, but they are shown the moment you send them. Somebody who changes the bot's code "
    "or watches the machine sees everything. PostgreSQL keeps deleted rows on disk until it has been vacuumed."
)
NAMED = (
    "\n**This retro is a named one**: with the reveal, each card and word is shown with its author, to everybody who "
    "can see the retro, until it closes. The lessons name nobody. Dots are secret here too."
)


def about(view: RetroView) -> Answer:
    """Who sees what, and what the database could tell."""
    return said(ABOUT + (NAMED if view.retro.plan.named else ""), buttons=[boards.to_board(view)])


def overview(view: RetroView) -> Answer:
    """The board, shown to one person wherever they are."""
    return boards.card(view, None)


def started(view: RetroView) -> Answer:
    """It begins, or will."""
    retro = view.retro
    where = f"in <#{view.channel_id}>" if view.channel_id else "as soon as its channel is there"
    if retro.state is RetroState.SCHEDULED and retro.starts_at:
        text = f"It begins {moment(retro.starts_at)}. Until then `/retro capture` collects what comes to mind."
    else:
        text = "Its check-in is open. Everything is done with the buttons on the board; you lead it."
    return said(
        f"### The retro\n{boards.name(retro)}. The board stands {where}. {text}", buttons=[boards.to_board(view)]
    )


def planned(view: RetroView, when: Understood) -> Answer:
    """What was understood, to be confirmed before anything stands."""
    retro = view.retro
    seconds = int(when.instant.timestamp())
    wall = f"{when.wall:%A %d %B %Y, %H:%M} on the clocks of {inline(when.zone, 60)}"
    lines = [
        "### Is this the time?",
        f"A retro of {in_quotes(view.group.name, 60)}:",
        f"**<t:{seconds}:F>** (<t:{seconds}:R>) on your clock; {wall}.",
        f"{inline(retro.plan.template, 40)}, {'named' if retro.plan.named else 'anonymous'}. You lead it.",
    ]
    if retro.cadence is not None:
        lines.append(f"{boards.recurs(retro.cadence)} When one is over, the next is scheduled.")
    lines.append("Nothing is scheduled before you confirm. If the time is wrong, run the command again.")
    return said(
        "\n".join(lines), buttons=[button("Schedule it", retros_ids.button("confirm", retro.id), Style.success)]
    )


def last_of_series(view: RetroView) -> Answer:
    """No other follows."""
    return said(f"R-{view.retro.number} is the last of its series.", buttons=[boards.to_board(view)])


def joined(mine: Mine) -> Answer:
    """They take part; what they can do now."""
    retro = mine.view.retro
    late = "" if retro.state is RetroState.CHECK_IN else " You join late: everything from here on is open to you."
    words = f"You take part in the retro {boards.name(retro)}.{late} It is now: **{RETRO_STATES[retro.state]}**."
    return said(words, *_yours(mine), buttons=[*_what_now(mine), boards.to_board(mine.view)])


def checked_in(mine: Mine) -> Answer:
    """Their word is kept."""
    return said(
        f"Kept, and hidden until this phase ends. Your word: {in_quotes(mine.word, 80)}", buttons=_what_now(mine)
    )


def _yours(mine: Mine) -> list[str]:
    match mine.view.retro.state:
        case RetroState.CHECK_IN if mine.word:
            return [f"Your word: {in_quotes(mine.word, 80)}"]
        case RetroState.GATHER:
            return [f"You have written {count(len(mine.cards), 'card')} of {mine.view.retro.terms.cards}."]
        case RetroState.VOTE:
            return [given_so_far(mine)]
    return []


def _what_now(mine: Mine) -> list[Button | None]:
    retro = mine.view.retro
    if retro.paused_at is not None:
        return []
    match retro.state:
        case RetroState.CHECK_IN:
            return [button("Check in" if not mine.word else "Change my word", retros_ids.button("word", retro.id))]
        case RetroState.GATHER:
            more = button("Write a card", retros_ids.button("card", retro.id), Style.primary)
            return [more, button("My cards", retros_ids.button("mine", retro.id, 0))]
        case RetroState.GROUP:
            return [
                button("Show cards", retros_ids.button("cards", retro.id, 0)),
                button("Put together", retros_ids.button("group", retro.id, 0)),
            ]
        case RetroState.VOTE:
            return [button("Vote", retros_ids.button("vote", retro.id, 0), Style.primary)]
    return []


def own_cards(mine: Mine, page: int = 0, told: str = "") -> Answer:
    """Their own cards, to change or take back until the reveal."""
    retro = mine.view.retro
    head = f"### Your cards in R-{retro.number}\n{told}{len(mine.cards)} of {retro.terms.cards}; nobody else sees them."
    view, box = box_of(head)
    shown, page, pages = paged(mine.cards, page, _OWN)
    for each in shown:
        text = f"In {in_quotes(retro.plan.columns[each.column], 42)}:\n- {in_quotes(each.text, 370)}"
        change = button("Change", retros_ids.button("card", retro.id, each.slot))
        box.add_item(discord.ui.Section(discord.ui.TextDisplay(text), accessory=change))
    more = button("Write another", retros_ids.button("card", retro.id), Style.primary)
    box.add_item(row(*turning_to("mine", retro.id, page, pages), more))
    return view


def written(mine: Mine, told: str) -> Answer:
    """A card was kept, changed or taken back; one that comes while they are put together stands on the board."""
    if mine.view.retro.state is RetroState.GROUP:
        return said("Your card is shown with the others now.", buttons=[boards.to_board(mine.view)])
    return own_cards(mine, 10**6, f"{told} ")


def cards(view: RetroView, page: int) -> Answer:
    """One page of all cards."""
    text, pages = boards.page_of_cards(view, page)
    page = min(page, pages - 1)
    head = f"### Cards of R-{view.retro.number}" + (f", page {page + 1} of {pages}" if pages > 1 else "")
    turning = turning_to("cards", view.retro.id, page, pages)
    whole = button("All as a file", retros_ids.button("file", view.retro.id)) if view.retro.cards else None
    return panel(None, COLOUR, head, LINE, text, *rows(*turning, whole))


def hidden(view: RetroView) -> Answer:
    """Before the reveal there is nothing to show."""
    return said(f"The cards of R-{view.retro.number} are hidden until the reveal.", buttons=[boards.to_board(view)])


def cards_file(view: RetroView) -> str:
    """All cards as a text, topic by topic."""
    retro = view.retro
    by_id = {card.id: card for card in retro.cards}
    lines = [f"Cards of R-{retro.number}", ""]
    for topic in retro.topics:
        lines.append(
            boards.topic_title(topic, by_id) if len(topic.cards) > 1 or topic.title else by_id[topic.id].column
        )
        lines += [f"  [{card}] {' '.join(by_id[card].text.split())}" for card in topic.cards]
    return "\n".join(lines) + "\n"


def asked(found: MoreTime) -> Answer:
    """Whether there is more time now."""
    if found.extended:
        return said("More than half of those who take part want more time: the timer was set on.")
    wanted = count(found.wanted, "person wants", "people want")
    return said(f"Noted: {wanted} more time for this topic. It takes {found.needed}.")


def figures(found: RetroFigures) -> Answer:
    """How far everybody is: numbers only."""
    match found.view.retro.state:
        case RetroState.GATHER:
            text = f"{count(found.authors, 'of them has', 'of them have')} written {count(found.cards, 'card')} so far."
        case RetroState.VOTE:
            text = f"{count(found.voters, 'of them has', 'of them have')} given dots so far."
        case _:
            text = f"{count(found.words, 'of them has', 'of them have')} checked in so far."
    people = boards.taking(found.view.people)
    return said(f"{people[0].upper()}{people[1:]}. {text}\n-# Who, only they themselves can see.")


# ---- discussion and actions ------------------------------------------------------------------------


def noted(view: RetroView) -> Answer:
    """The note stands."""
    return said("Noted, without your name; the board shows it.", buttons=[boards.to_board(view)])


def actions(view: RetroView, page: int = 0, told: str = "") -> Answer:
    """The actions one by one: take one, mark it as done, make a proposal of it."""
    retro = view.retro
    everything = [(retro.id, each, f"{each.id}") for each in retro.actions]
    everything += [(each.retro, each.action, f"R-{each.number}") for each in view.earlier]
    shown, page, pages = paged(everything, page, _ACTIONS)
    answer, box = box_of(f"### Actions of R-{retro.number}\n{told}" + ("" if everything else "None is noted yet."))
    for home, action, label in shown:
        box.add_item(discord.ui.TextDisplay(f"**{label}** {boards.action_line(view, action, 400)}"))
        if buttons := _on_action(home, action):
            box.add_item(row(*buttons))
    turning = turning_to("actions", retro.id, page, pages)
    if turning:
        box.add_item(row(*turning))
    box.add_item(
        discord.ui.TextDisplay(
            "-# An action stays here until it is marked as done, and comes back in every retro of this group until "
            "then. What needs a decision can be made a proposal."
        )
    )
    return answer


def _on_action(home: int, action: Action) -> list[Button]:
    if action.done_at is not None:
        return []
    take = [button("I take it", retros_ids.button("own", home, action.id))] if action.owner is None else []
    done = button("Done", retros_ids.button("done", home, action.id), Style.success)
    return [*take, done, button("Make it a proposal", retros_ids.button("propose", home, action.id))]


def handing(view: RetroView) -> Answer:
    """Choose who leads on, or take over."""
    menu: discord.ui.UserSelect[Any] = discord.ui.UserSelect(
        custom_id=retros_ids.menu("hand", view.retro.id), placeholder="Choose who leads on"
    )
    leads = f"{view.mention(view.retro.facilitator)} leads R-{view.retro.number} now."
    take = button("I lead on", retros_ids.button("take", view.retro.id), Style.primary)
    return panel(
        None,
        COLOUR,
        f"### Hand over\n{leads} The facilitator chooses somebody here. "
        "Another facilitator of the group can take over.",
        choosing(menu),
        *rows(take),
    )


def handed(view: RetroView) -> Answer:
    """Who leads now."""
    return said(f"{view.mention(view.retro.facilitator)} leads R-{view.retro.number} from now on.")


def done(view: RetroView, *, back: bool = False) -> Answer:
    """Where it stands now, after an act of the facilitator; with ``back`` it can be taken back by a step."""
    retro = view.retro
    state = "paused" if retro.paused_at else RETRO_STATES[retro.state]
    deadline = (
        f" Until {moment(retro.deadline_at)}." if retro.runs and retro.deadline_at and not retro.paused_at else ""
    )
    step = retros_controls.back(retro) if back and retro.runs else None
    return said(f"R-{retro.number} is now: **{state}**.{deadline}", buttons=[boards.to_board(view), step])


_DOUBTS: Mapping[Doubt, str] = MappingProxyType(
    {
        Doubt.EARLY: "It was to begin {starts}. Begin now? What was captured for it is taken in.",
        Doubt.WRITING: "Cards came in the last two minutes: others may be writing still. Go on all the same? Unsent "
        "words are lost.",
        Doubt.COUNT: "Close the vote? The dots are counted and shown, and nobody can change theirs any more.",
        Doubt.TOPICS: "There are topics left that were not discussed. Go on to the actions? What got dots comes back "
        "in the next retro.",
        Doubt.CLOSE: "Close the retro? The lessons are published, and nothing can be added any more.",
    }
)


def doubted(pressed: Pressed) -> Answer:
    """What going on means, before it happens."""
    retro = pressed.view.retro
    starts = stamp(retro.starts_at) if retro.starts_at else ""
    text = _DOUBTS[pressed.doubt].replace("{starts}", starts)
    go = retros_controls.ahead(retro, f"Yes: {retros_controls.NEXT[retro.state].removeprefix('Next: ')}", "go")
    return said(f"### Go on?\n{boards.name(retro)}. {text}\n-# Nothing has changed yet.", buttons=[go])


def more(options: Options, told: str = "") -> Answer:
    """What one person can do beside what stands on the board."""
    retro = options.view.retro
    taking, leading = retros_controls.of_person(options)
    state = "paused" if retro.paused_at else RETRO_STATES[retro.state]
    parts: list[Part] = [f"### More of R-{retro.number}\n{told}It is now: **{state}**.", *rows(*taking)]
    if leading:
        parts += ["You lead it:" if options.leads else "You may lead it on:", *rows(*leading)]
    return panel(None, COLOUR, *parts, *rows(boards.to_board(options.view)))


# ---- lists, capture box ----------------------------------------------------------------------------


def listing(views: Sequence[RetroView], partnership: Partnership, before: int | None) -> Answer:
    """One page of the list of retros, newest first."""
    head = f"### Retros\nOf {in_quotes(partnership.name, 100)}."
    if not views:
        return said(f"{head}\nThere is nothing {'more' if before else 'here yet: `/retro start` begins one'}.")
    answer, box = box_of(head)
    for view in views[:PAGE]:
        show = button("Show", retros_ids.button("show", view.retro.id))
        box.add_item(discord.ui.Section(discord.ui.TextDisplay(_row(view)), accessory=show))
    turning = [button("Newest", retros_ids.page(partnership.id, None))] if before else []
    if len(views) > PAGE:
        turning.append(button("Older", retros_ids.page(partnership.id, views[PAGE - 1].retro.number)))
    if turning:
        box.add_item(row(*turning))
    return answer


def _row(view: RetroView) -> str:
    retro = view.retro
    when = retro.closed_at or (retro.starts_at if retro.state is RetroState.SCHEDULED else None)
    at = f" · {moment(when)}" if when else ""
    group = in_quotes(view.group.name, 60)
    return f"**{boards.name(retro)}**\n{RETRO_STATES[retro.state]} · {group} · {inline(retro.plan.template, 40)}{at}"


def suggestion(view: RetroView) -> tuple[str, str]:
    """A retro among suggestions: what is shown, and what is chosen."""
    retro = view.retro
    title = retro.plan.title or view.group.name
    return plain(f"R-{retro.number} · {title} · {RETRO_STATES[retro.state]}", limits.SUGGESTION), str(retro.number)


def box(kept: Box, told: str = "") -> Answer:
    """The asker's own cards in a capture box."""
    group = kept.group
    head = (
        f"### For the next retro\nOf {in_quotes(group.name, 80)}. {told}Sealed: only you see yours, and the next retro "
        "takes them in without your name.\n-# Until then they lie in the bot's database under a keyed name: whoever "
        "can read all of it, key included, could work out whose they are."
    )
    answer, box = box_of(head)
    for each in kept.cards[:_OWN]:
        drop = button("Take back", retros_ids.capture("drop", group.id, each.slot))
        box.add_item(discord.ui.Section(discord.ui.TextDisplay(f"- {in_quotes(each.text, 370)}"), accessory=drop))
    if len(kept.cards) > _OWN:
        box.add_item(discord.ui.TextDisplay(f"-# … and {len(kept.cards) - _OWN} more of yours"))
    box.add_item(row(button("Write one", retros_ids.capture("write", group.id), Style.primary)))
    return answer


def told_written(changed: bool, new: bool) -> str:
    """What became of a card that was sent in."""
    if changed:
        return "Changed."
    return "Kept." if new else "You have a card that says exactly this already."


def with_file(view: RetroView) -> Answer:
    """All cards are in the file."""
    return said(f"All {count(len(view.retro.cards), 'card')} of R-{view.retro.number} are in the file below.")
