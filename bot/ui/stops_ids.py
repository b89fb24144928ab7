"""The custom ids of mending what hides a card."""

from __future__ import annotations

from bot.ui.custom_ids import ID, known, one_of

ACTS = ("show", "mend")

TEMPLATE = rf"stops:(?P<act>{one_of(ACTS)}):(?P<partnership>{ID}):(?P<group>{ID})"

ALL = (TEMPLATE,)


def button(act: str, partnership: int, group: int) -> str:
    """A button about the channel of a group."""
    return known(f"stops:{act}:{partnership}:{group}", TEMPLATE)
