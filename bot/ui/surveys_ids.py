"""The custom ids of surveys: their buttons and forms."""

from __future__ import annotations

from bot.governance.ids import GroupId, PartnershipId
from bot.governance.scales import Scale
from bot.ui.custom_ids import ID, known, one_of

ACTS = (
    "answer",
    "take-back",
    "results",
    "show",
    "words",
    "scale",
    "choice",
    "text",
    "open",
    "cancel",
    "cancel-now",
    "stop",
    "about",
)
QUESTION_ACTS = ("edit", "drop")
FORMS = ("survey-words", "survey-answer")

TEMPLATE = rf"survey:(?P<act>{one_of(ACTS)}):(?P<survey>{ID})"
OPENING_TEMPLATE = rf"survey:(?P<act>open-now):(?P<survey>{ID}):(?P<version>{ID})"
QUESTION_TEMPLATE = rf"survey:(?P<act>{one_of(QUESTION_ACTS)}):(?P<survey>{ID}):(?P<place>[1-5])"
NEW_TEMPLATE = (
    rf"form:(?P<act>survey-new):(?P<partnership>{ID}):(?P<group>0|{ID})"
    rf"(?::(?P<scale>{one_of(scale.name.lower() for scale in Scale)}))?"
)
QUESTION_FORM_TEMPLATE = rf"form:(?P<act>survey-(?:scale|choice|text)):(?P<survey>{ID}):(?P<place>[0-5])"


def form_template(form: str) -> str:
    """The form of this name, about a survey."""
    return rf"form:(?P<act>{form}):(?P<survey>{ID})"


ALL = (
    *(TEMPLATE, OPENING_TEMPLATE, QUESTION_TEMPLATE, NEW_TEMPLATE, QUESTION_FORM_TEMPLATE),
    *map(form_template, FORMS),
)


def button(act: str, survey: int) -> str:
    """A button about a survey."""
    return known(f"survey:{act}:{survey}", TEMPLATE)


def opening(survey: int, version: int) -> str:
    """Opens a survey as it was shown in this version."""
    return known(f"survey:open-now:{survey}:{version}", OPENING_TEMPLATE)


def question(act: str, survey: int, place: int) -> str:
    """A button about a question of a draft, from 1."""
    return known(f"survey:{act}:{survey}:{place}", QUESTION_TEMPLATE)


def new_form(partnership: PartnershipId, group: GroupId | None, scale: Scale | None = None) -> str:
    """The form for a new survey of this group, of all groups of a scale, or of the whole partnership."""
    asked = f":{scale.name.lower()}" if scale else ""
    return known(f"form:survey-new:{partnership}:{group or 0}{asked}", NEW_TEMPLATE)


def form(name: str, survey: int) -> str:
    """A form about a survey: one of FORMS."""
    return known(f"form:{name}:{survey}", form_template(one_of(FORMS)))


def question_form(kind: str, survey: int, place: int) -> str:
    """The form for a question of this kind: a new one (0), or one from 1."""
    return known(f"form:survey-{kind}:{survey}:{place}", QUESTION_FORM_TEMPLATE)
