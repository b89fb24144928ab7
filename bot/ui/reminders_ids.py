"""The custom ids of how somebody is reminded: a panel and its forms."""

from __future__ import annotations

from bot.governance.ids import PartnershipId
from bot.ui.custom_ids import ID, known, one_of

ACTS = ("wishes", "hours", "reset")
FORMS = ("wishes", "hours")

TEMPLATE = rf"reminders:(?P<act>{one_of(ACTS)}):(?P<partnership>{ID})"
FORM_TEMPLATE = rf"form:reminders-(?P<act>{one_of(FORMS)}):(?P<partnership>{ID})"

ALL = (TEMPLATE, FORM_TEMPLATE)


def button(act: str, partnership: PartnershipId) -> str:
    """A button about how the asker is reminded."""
    return known(f"reminders:{act}:{partnership}", TEMPLATE)


def form(name: str, partnership: PartnershipId) -> str:
    """A form about how the asker is reminded."""
    return known(f"form:reminders-{name}:{partnership}", FORM_TEMPLATE)
