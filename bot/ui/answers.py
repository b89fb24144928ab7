"""Private answers: the box they stand in, and what is said when nothing else can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot.ui.panels import Button, Rule, panel, rows

Answer = discord.ui.LayoutView

COLOUR = 0x5865F2
"""Of every private answer; it says nothing that the words do not."""

CHANGED_MEANWHILE = (
    "Somebody changed the same thing at the same moment. Nothing of yours was recorded: please try again."
)
CATCHING_UP = (
    "I am still catching up after an interruption: what happened meanwhile is taken in first, and deadlines move if it "
    "was long. Nothing of yours was recorded and nothing is lost by waiting: please try again in a moment."
)
SOMETHING_WRONG = (
    "Something went wrong on my side; it is in my log. What was recorded before is kept. "
    "Look at the card to see whether this went through; if not, please try again."
)
DISCORD_IN_TROUBLE = (
    "Discord did not take a step of this in time. What was recorded before is kept. "
    "Please try again in a moment; if it went through already, I will say so."
)
NOT_SHOWN = (
    "This went through, but Discord did not take my answer. Nothing needs to be done again: "
    "`/proposal show` and `/inbox` say how things stand."
)
FORM_TOO_LATE = (
    "I was too slow to open the form: Discord gives me three seconds for that. What you did before is kept. "
    "Please press again, and it opens."
)
COMMANDS_CHANGED = "My commands have just changed. Please reload Discord (Ctrl-R, or close the app) and try again."
NOT_HERE = "This works in a channel of the server, not in direct messages. Open the server and try again there."


def said(*texts: str | Rule, buttons: Sequence[Button | None] = ()) -> Answer:
    """A private answer: texts in a box, with buttons below in rows of five."""
    return panel(None, COLOUR, *texts, *rows(*buttons))


def box(head: str) -> tuple[Answer, discord.ui.Container[Any]]:
    """An answer with its box, to be filled part by part."""
    view: Answer = discord.ui.LayoutView(timeout=None)
    held: discord.ui.Container[Any] = discord.ui.Container(discord.ui.TextDisplay(head), accent_colour=COLOUR)
    view.add_item(held)
    return view, held
