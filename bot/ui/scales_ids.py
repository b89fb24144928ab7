"""The custom ids of setting a partnership up: its buttons and form."""

from __future__ import annotations

from bot.ui.custom_ids import ID, known, one_of

ACTS = ("apply", "cancel", "edit", "new", "ratify")

TEMPLATE = rf"setup:(?P<act>{one_of(ACTS)}):(?P<partnership>0|{ID})"
FORM_TEMPLATE = rf"form:(?P<act>setup):(?P<partnership>0|{ID})"

ALL = (TEMPLATE, FORM_TEMPLATE)


def button(act: str, partnership: int) -> str:
    """A button about a set-up; 0 is one of a partnership that has no number yet."""
    return known(f"setup:{act}:{partnership}", TEMPLATE)


def form(partnership: int) -> str:
    """The form of a set-up."""
    return known(f"form:setup:{partnership}", FORM_TEMPLATE)
