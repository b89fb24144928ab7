"""Private answers about votes: one's own choice, and the choices to change it (DEC-2, DEC-3)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.governance.errors import UnknownKey, WrongState
from bot.governance.proposals_types import Proposal, ProposalState
from bot.governance.votes import would_reveal
from bot.governance.votes_types import Ballot
from bot.services.views import ProposalView
from bot.ui import votes_card as votes
from bot.ui.answers import Answer, said
from bot.ui.deadlines import what_ends
from bot.ui.proposals_labels import links_to, named, numbered
from bot.ui.votes_labels import OPTION_LABELS, SECRECY


def ballot(view: ProposalView, mine: Ballot | None) -> Answer:
    """The asker's own vote, and the choices to change it (DEC-2, DEC-3)."""
    vote = view.proposal.vote
    if vote is None or not vote.opened:
        return said(f"There is no vote on {named(view.proposal)} now.", buttons=links_to(view))
    yours = f"**Your vote: {votes.filled(vote, mine)}.**" if mine else "**You have not voted.**"
    lines = [f"### The vote on {numbered(view.proposal)}\n{named(view.proposal)}", yours]
    open_still = view.proposal.state is ProposalState.ESCALATED and vote.tally is None
    if open_still:
        lines.append(f"You can change your vote while it is open. {what_ends(view)}")
    if vote.secret:
        lines.append("It is secret: that you voted is told, how is not. At the close the choices lose their names.")
        lines.append(f"-# {SECRECY}")
    if view.proposal.terms is not None and would_reveal(vote, view.proposal.terms):
        lines.append("Take note: so few vote that a unanimous result would show how everyone voted.")
    return said("\n".join(lines), buttons=votes.choices(view.proposal) if open_still else links_to(view))


def cast(view: ProposalView, marks: Mapping[str, int]) -> Answer:
    """A vote was noted (DEC-2)."""
    return ballot(view, Ballot(marks))


def choice_names(proposal: Proposal) -> tuple[str, ...]:
    """The options of its vote as people read them, in their fixed order; none without a vote."""
    return tuple(OPTION_LABELS.get(option, option) for option in proposal.vote.options) if proposal.vote else ()


def place_of(proposal: Proposal, typed: str) -> int:
    """The place of an option, suggested or typed. Raises UnknownKey, and WrongState without a vote."""
    names = choice_names(proposal)
    if not names:
        raise WrongState(proposal.state, "vote")
    words = typed.strip().casefold()
    for place, name in enumerate(names):
        if words in {str(place), name.casefold()}:
            return place
    raise UnknownKey(typed, names)
