"""The custom ids of feedback: its buttons, forms and lists."""

from __future__ import annotations

from bot.governance.ids import GroupId, PartnershipId
from bot.ui.custom_ids import ID, known, one_of

ACTS = (
    "seen",
    "take",
    "give-to",
    "answer",
    "close",
    "resolved",
    "not-resolved",
    "hide",
    "reveal",
    "show",
)
FORMS = ("answer", "hide", "assign")

TEMPLATE = rf"feedback:(?P<act>{one_of(ACTS)}):(?P<feedback>{ID})"
PAGE_TEMPLATE = (
    rf"feedbacks:(?P<act>open|answered|closed|all):(?P<partnership>{ID}):(?P<group>0|{ID}):(?P<before>0|{ID})"
)
GIVE_TEMPLATE = rf"form:(?P<act>feedback-give):(?P<partnership>{ID}):(?P<group>0|{ID})"
FORM_TEMPLATE = rf"form:feedback-(?P<act>{one_of(FORMS)}):(?P<feedback>{ID})"

ALL = (TEMPLATE, PAGE_TEMPLATE, GIVE_TEMPLATE, FORM_TEMPLATE)


def button(act: str, feedback: int) -> str:
    """A button about feedback."""
    return known(f"feedback:{act}:{feedback}", TEMPLATE)


def page(name: str, partnership: PartnershipId, group: GroupId | None, before: int | None) -> str:
    """A page of a list of feedback: what follows this number, or the newest."""
    return known(f"feedbacks:{name}:{partnership}:{group or 0}:{before or 0}", PAGE_TEMPLATE)


def give_form(partnership: PartnershipId, group: GroupId | None) -> str:
    """New feedback."""
    return known(f"form:feedback-give:{partnership}:{group or 0}", GIVE_TEMPLATE)


def form(name: str, feedback: int) -> str:
    """A form about feedback: one of FORMS."""
    return known(f"form:feedback-{name}:{feedback}", FORM_TEMPLATE)
