"""The custom ids of proposals: their buttons, forms and lists."""

from __future__ import annotations

from bot.governance.ids import GroupId, PartnershipId, ProposalId
from bot.ui import matrix
from bot.ui.custom_ids import ID, known, one_of

ACTS = (
    "read",
    "object",
    "concern",
    "who",
    "why",
    "show",
    "text",
    "revise",
    "withdraw",
    "escalate",
    "escalate-now",
    "halt",
    "details",
    "edit",
    "preview",
    "open",
    "open-anyway",
    "discard",
    "options",
    "publish",
    "again",
    "start-over",
    "done",
    "not-done",
)
FORMS = ("edit", "details", "again", "concern", "withdraw")
REVISION_FORMS = ("revise", "revise-details")

TEMPLATE = rf"proposal:(?P<act>{one_of(ACTS)}):(?P<proposal>{ID})"
AMOUNT_TEMPLATE = rf"amount:(?P<act>take):(?P<proposal>{ID}):(?P<minor>[1-9][0-9]{{0,15}}):(?P<currency>[A-Z]{{3}})"
PAGE_TEMPLATE = rf"list:(?P<act>[a-z]{{1,12}}):(?P<partnership>{ID}):(?P<before>0|{ID})"
PROPOSE_TEMPLATE = rf"form:(?P<act>propose):(?P<type>{one_of(matrix.LABELS)}):(?P<group>0|{ID})(?::(?P<again>{ID}))?"
REVISION_TEMPLATE = rf"form:(?P<act>{one_of(REVISION_FORMS)}):(?P<proposal>{ID}):(?P<version>{ID})"


def form_template(*forms: str) -> str:
    """The forms of these names, each about a proposal."""
    return rf"form:(?P<act>{one_of(forms)}):(?P<proposal>{ID})"


ALL = (TEMPLATE, AMOUNT_TEMPLATE, PAGE_TEMPLATE, PROPOSE_TEMPLATE, REVISION_TEMPLATE, form_template(*FORMS))


def button(act: str, proposal: ProposalId) -> str:
    """A button about a proposal."""
    return known(f"proposal:{act}:{proposal}", TEMPLATE)


def amount(proposal: ProposalId, minor: int, currency: str) -> str:
    """A button that chooses how an amount is meant: the sum in minor units of a currency."""
    return known(f"amount:take:{proposal}:{minor}:{currency}", AMOUNT_TEMPLATE)


def page(partnership: PartnershipId, name: str, before: ProposalId | None) -> str:
    """A page of a list of proposals: those that follow this one, or the newest."""
    return known(f"list:{name}:{partnership}:{before or 0}", PAGE_TEMPLATE)


def propose_form(type: str, group: GroupId | None, again: int | None = None) -> str:
    """Page 1 of a new proposal, which may file the one of this number again."""
    return known(f"form:propose:{type}:{group or 0}" + (f":{again}" if again else ""), PROPOSE_TEMPLATE)


def form(name: str, proposal: ProposalId) -> str:
    """A form about a proposal: one of FORMS."""
    return known(f"form:{name}:{proposal}", form_template(*FORMS))


def revision_form(name: str, proposal: ProposalId, version: int) -> str:
    """A form for the version that follows this one: one of REVISION_FORMS."""
    return known(f"form:{name}:{proposal}:{version}", REVISION_TEMPLATE)
