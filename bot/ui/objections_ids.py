"""The custom ids of objections: their buttons and forms."""

from __future__ import annotations

from bot.governance.ids import ProposalId
from bot.ui.custom_ids import ID, known, one_of

ACTS = (
    "state",
    "withdraw",
    "withdraw-now",
    "keep",
    "resolved",
    "still",
    "test",
    "rule",
    "in-form",
    "not-in-form",
    "appeal",
    "stands",
    "falls",
    "sponsor",
)
FORMS = ("state", "appeal")

TEMPLATE = rf"objection:(?P<act>{one_of(ACTS)}):(?P<proposal>{ID}):(?P<objection>{ID})"
RULE_TEMPLATE = rf"form:(?P<act>rule):(?P<proposal>{ID}):(?P<objection>{ID}):(?P<in_form>yes|no)"


def form_template(*forms: str) -> str:
    """The forms of these names, each about an objection."""
    return rf"form:(?P<act>{one_of(forms)}):(?P<proposal>{ID}):(?P<objection>{ID})"


ALL = (TEMPLATE, RULE_TEMPLATE, form_template(*FORMS))


def button(act: str, proposal: ProposalId, objection: int) -> str:
    """A button about an objection."""
    return known(f"objection:{act}:{proposal}:{objection}", TEMPLATE)


def form(name: str, proposal: ProposalId, objection: int) -> str:
    """A form about an objection: one of FORMS."""
    return known(f"form:{name}:{proposal}:{objection}", form_template(*FORMS))


def rule_form(proposal: ProposalId, objection: int, in_form: bool) -> str:
    """The form for a ruling's reason."""
    return known(f"form:rule:{proposal}:{objection}:{'yes' if in_form else 'no'}", RULE_TEMPLATE)
