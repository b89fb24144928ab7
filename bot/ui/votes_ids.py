"""The custom ids of final votes: their buttons and form."""

from __future__ import annotations

from bot.governance.ids import ProposalId
from bot.ui.custom_ids import ID, SMALL, known

CAST_TEMPLATE = rf"vote:(?P<act>cast):(?P<proposal>{ID}):(?P<choice>{SMALL})"
MINE_TEMPLATE = rf"vote:(?P<act>mine):(?P<proposal>{ID})"
OBJECT_TEMPLATE = rf"form:(?P<act>object-vote):(?P<proposal>{ID}):(?P<choice>{SMALL})"

ALL = (CAST_TEMPLATE, MINE_TEMPLATE, OBJECT_TEMPLATE)


def cast(proposal: ProposalId, choice: int) -> str:
    """A button for one choice of the open vote, by its place in the method's fixed order."""
    return known(f"vote:cast:{proposal}:{choice}", CAST_TEMPLATE)


def mine(proposal: ProposalId) -> str:
    """The button "my vote"."""
    return known(f"vote:mine:{proposal}", MINE_TEMPLATE)


def object_form(proposal: ProposalId, choice: int) -> str:
    """The form for the reason of a choice that needs one."""
    return known(f"form:object-vote:{proposal}:{choice}", OBJECT_TEMPLATE)
