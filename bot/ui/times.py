"""Times in words: what was not understood, and what to write instead (RHY-1)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import discord

from bot.governance import errors
from bot.ui import labels
from bot.ui.text import in_quotes, inline

UNCLEAR: Mapping[str, str] = MappingProxyType(
    {
        "nothing": "I do not understand {text} as a time for certain, and I do not guess.",
        "no time": "I read a day in {text}, and no time of day.",
        "no day": "I read a time of day in {text}, and no day.",
        "several": "More than one time can be meant by {text}.",
        "zone": "There is a time zone in {text}. Leave it out there and choose the zone in `zone:` instead.",
        "too far": "What I read in {text} is more than five years ahead.",
    }
)
"""Why a time was not understood; the keys of ``TimeUnclear.why``."""

_TIME_EXAMPLES = "`next friday 18:00`, `tomorrow 9am`, `in 3 days at 18:00`, `24 december 18:00`, `2026-12-24 18:00`"


def unclear(refusal: errors.TimeUnclear) -> str:
    """What a text may mean, as it can be typed; else examples."""
    words = UNCLEAR.get(refusal.why, UNCLEAR["nothing"]).format(text=in_quotes(refusal.text, 102))
    if refusal.candidates:
        meant = labels.listed([f"`{each}`" for each in refusal.candidates], "or")
        return f"{words} Did you mean {meant}? Write it like that."
    return f"{words} Write it like one of these: {_TIME_EXAMPLES}."


def past(refusal: errors.TimePast) -> str:
    """What was understood, so that a misreading shows."""
    return (
        f"I read {in_quotes(refusal.text, 102)} as {discord.utils.format_dt(refusal.instant, 'F')}, which is over. "
        "Write a time that is still ahead."
    )


def skipped(refusal: errors.TimeSkipped) -> str:
    """The nearest times that exist."""
    before, after = refusal.around
    return (
        f"In {inline(refusal.zone, 60)} the clocks are set forward then, and {refusal.wall} does not exist. "
        f"Choose `{before}` or `{after}`."
    )


def twice(refusal: errors.TimeTwice) -> str:
    """Both, each as it can be typed."""
    first, second = refusal.both
    return (
        f"In {inline(refusal.zone, 60)} the clocks are set back then, and that time comes twice. "
        f"Write `{first}` for the first or `{second}` for the second, after the change."
    )


def unknown_zone(refusal: errors.ZoneUnknown) -> str:
    """The likeliest names, or how zones are named."""
    words = f"There is no time zone called {in_quotes(refusal.name, 62)}."
    if refusal.nearest:
        return f"{words} Did you mean {labels.listed([f'`{name}`' for name in refusal.nearest], 'or')}?"
    return f"{words} Zones are named after places, such as `Europe/Berlin` or `America/New_York`; or `UTC`."
