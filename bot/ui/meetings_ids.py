"""The custom ids of meetings: their buttons and forms."""

from __future__ import annotations

from bot.ui.custom_ids import ID, known, one_of

ACTS = (
    "confirm",
    "show",
    "here",
    "absent",
    "add",
    "notes",
    "start",
    "end",
    "end-now",
    "move",
    "move-to",
    "cancel",
    "minutes",
)
FORMS = ("meeting-add", "meeting-notes", "meeting-move", "meeting-cancel")

TEMPLATE = rf"meeting:(?P<act>{one_of(ACTS)}):(?P<meeting>{ID})(?::(?P<at>[1-9][0-9]{{8,10}}))?"
FORM_TEMPLATE = rf"form:(?P<act>{one_of(FORMS)}):(?P<meeting>{ID})"

ALL = (TEMPLATE, FORM_TEMPLATE)


def button(act: str, meeting: int, at: int | None = None) -> str:
    """A button about a meeting; ``at`` is the time to which it is moved, in seconds since 1970."""
    return known(f"meeting:{act}:{meeting}" + (f":{at}" if at else ""), TEMPLATE)


def form(name: str, meeting: int) -> str:
    """A form about a meeting: one of FORMS."""
    return known(f"form:{name}:{meeting}", FORM_TEMPLATE)
