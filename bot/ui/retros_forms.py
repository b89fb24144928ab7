"""The forms of a retro (LRN-1). What they hold is taken in by their ids."""

from __future__ import annotations

from typing import Any

import discord

from bot.governance.errors import NotFound
from bot.governance.organisation import Group
from bot.governance.proposals_types import Text
from bot.governance.retros import MOST_ACTION, MOST_REASON, MOST_TITLE, Action, Retro, RetroState
from bot.governance.retros_writing import MOST_CARD, MOST_NOTE, MOST_WORD, Written
from bot.services.retros_views import RetroView
from bot.ui import limits, retros_ids
from bot.ui.retros_board import topic_title
from bot.ui.text import plain

Form = discord.ui.Modal


def word(retro: Retro) -> Form:
    """The check-in."""
    return _form(
        f"R-{retro.number}: check-in",
        retros_ids.form("word", retro.id),
        _text("word", "How are you, in a word or an emoji?", "Shown with all others when this phase ends", MOST_WORD),
    )


def card(retro: Retro, before: Written | None = None) -> Form:
    """A new card, or one of one's own to change; left empty it is taken back."""
    options = [
        discord.SelectOption(
            label=plain(column, limits.SELECT_TEXT),
            value=str(place),
            default=before is not None and before.column == place,
        )
        for place, column in enumerate(retro.plan.columns)
    ]
    if before is None and len(options) == 1:
        options[0].default = True
    menu: discord.ui.Select[Any] = discord.ui.Select(custom_id="column", options=options, placeholder="Choose one")
    about = "Hidden until the reveal" if retro.state is RetroState.GATHER else "Shown to everybody at once"
    about = about if before is None else "Leave it empty to take the card back"
    return _form(
        f"R-{retro.number}: {'a card' if before is None else 'your card'}",
        retros_ids.form("card", retro.id, before.slot if before else ""),
        discord.ui.Label(text="Column", component=menu),
        _text("card", "The card", about, MOST_CARD, before.text if before else "", long=True, required=before is None),
    )


def capture(group: Group) -> Form:
    """A thought for the next retro of a group."""
    return _form(
        "For the next retro",
        retros_ids.capture_form(group.id),
        _text("card", f"For {plain(group.name, 30)}", "Kept sealed, without your name", MOST_CARD, long=True),
    )


def cancel(retro: Retro) -> Form:
    """Cancelling, with a reason for everybody."""
    about = "What was written is destroyed. The reason is shown to everyone; optional"
    return _form(
        f"Cancel R-{retro.number}",
        retros_ids.form("cancel", retro.id),
        _text("reason", "Why it is cancelled", about, MOST_REASON, long=True, required=False),
    )


def rename(retro: Retro, topic: int, title: str) -> Form:
    """A title for a topic."""
    return _form(
        "Name the topic",
        retros_ids.form("rename", retro.id, topic),
        _text("title", "Title of the topic", "A few words that say what its cards have in common", MOST_TITLE, title),
    )


def note_on(view: RetroView, card: int) -> Form:
    """A note on the topic that this card stands in. Raises NotFound."""
    topic = view.retro.topic_of(card)
    if topic is None:
        raise NotFound("topic")
    return note(view.retro, topic.id, topic_title(topic, {each.id: each for each in view.retro.cards}))


def note(retro: Retro, topic: int, title: str) -> Form:
    """A note on a topic."""
    return _form(
        "Add a note",
        retros_ids.form("note", retro.id, topic),
        _text("note", "The note", f"On: {plain(title, 80)}", MOST_NOTE, long=True),
    )


def action(retro: Retro) -> Form:
    """An action with its owner and date."""
    menu: discord.ui.UserSelect[Any] = discord.ui.UserSelect(custom_id="owner", required=False, min_values=0)
    return _form(
        f"R-{retro.number}: an action",
        retros_ids.form("action", retro.id),
        _text("action", "What will be done", "So that everybody can tell when it is done", MOST_ACTION, long=True),
        discord.ui.Label(text="By whom", description="Optional: somebody can take it later", component=menu),
        _text("due", "By when", "Such as: in 2 weeks, 15 march. Optional", 60, required=False),
    )


def proposal_text(view_number: int, group: Group, action: Action) -> Text:
    """Page 1 of a proposal that an action is made into; its author goes on from there."""
    return Text(
        title=plain(action.text, 90),
        ask=action.text,
        why=f"The retro R-{view_number} of {group.name} agreed on it.",
    )


def _form(title: str, custom_id: str, *parts: discord.ui.Label[Any]) -> Form:
    form = discord.ui.Modal(title=limits.fit(title, limits.FORM_TITLE), custom_id=custom_id)
    for part in parts:
        form.add_item(part)
    return form


def _text(
    name: str, label: str, about: str, most: int, value: str = "", *, long: bool = False, required: bool = True
) -> discord.ui.Label[Any]:
    style = discord.TextStyle.paragraph if long else discord.TextStyle.short
    entry: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=name, style=style, default=value or None, max_length=most, required=required
    )
    return discord.ui.Label(
        text=limits.fit(label, limits.FORM_LABEL),
        description=limits.fit(about, limits.FORM_DESCRIPTION),
        component=entry,
    )
