"""Filing again what was not adopted: linked to it, and with words on what changed since (OBJ-6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.governance.effects import Effect
from bot.governance.errors import BadText, BadValue, Refiled, WrongState
from bot.governance.ids import PersonId
from bot.governance.proposals_types import Proposal, ProposalState, Text
from bot.governance.rolls import check_author

WITHIN = timedelta(days=90)
"""For so long a refusal is remembered: filing the same again needs a link to it."""
LEAST_CHANGE, MOST_CHANGE = 20, 1000
"""Characters of what changed since."""


def counts(earlier: Proposal, now: datetime) -> bool:
    """Whether this was not adopted so lately that filing it again must be linked."""
    return earlier.state is ProposalState.NOT_ADOPTED and now < earlier.state_since + WITHIN


def link(
    proposal: Proposal, person: PersonId, number: str, earlier: Proposal | None, changed: str, now: datetime
) -> Proposal:
    """Say which proposal the draft files again, and what changed since; the words are kept, fit or not (PRO-1).

    ``number`` is what was typed; nothing typed takes the link away. Raises NotYours, WrongState, BadValue.
    """
    check_author(proposal, person)
    if proposal.state is not ProposalState.DRAFT:
        raise WrongState(proposal.state, "edit")
    if earlier is None and not number.strip():
        return replace(proposal, refiles=None, changed_since=changed)
    if earlier is None or not counts(earlier, now):
        raise BadValue("again", number, "not adopted lately")
    return replace(proposal, refiles=earlier.number, changed_since=changed)


def body(text: Text, effects: Iterable[Effect]) -> str:
    """What a proposal says and would do; its title, type and reasons are not what is asked."""
    return "\n".join((text.ask, *(each.asks for each in effects)))


def check(proposal: Proposal, alike: tuple[int, ...]) -> None:
    """``alike`` are the numbers of those that count and say the same, the latest first.

    Raises Refiled when none of them is linked; BadText while nothing fit says what changed.
    """
    if alike and proposal.refiles not in alike:
        raise Refiled(alike[0])
    if proposal.refiles is None:
        return
    length = len(proposal.changed_since.strip())
    if not LEAST_CHANGE <= length <= MOST_CHANGE:
        raise BadText("changed", length, LEAST_CHANGE, MOST_CHANGE)
