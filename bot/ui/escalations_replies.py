"""Private answers about taking a proposal to a final vote (PRO-6)."""

from __future__ import annotations

from bot.governance.escalations import method_for
from bot.services.views import ProposalView
from bot.ui import proposals_ids
from bot.ui.answers import Answer, said
from bot.ui.labels import span, stamp
from bot.ui.panels import Style, button
from bot.ui.proposals_labels import links_to, named, numbered
from bot.ui.votes_labels import METHOD_LABELS


def escalating(view: ProposalView) -> Answer:
    """What taking it to a final vote means, asked before it is done (PRO-6)."""
    proposal, pinned = view.proposal, view.proposal.pinned
    method = METHOD_LABELS.get(method_for(proposal), method_for(proposal))
    begins = f" It opens after {span(pinned.vote_notice)}." if pinned.vote_notice else " It opens at once."
    return said(
        f"### Take {numbered(proposal)} to a final vote?\n{named(proposal)}: the stakeholder group "
        f"then decides by {method}, "
        f"within {span(pinned.vote_window)}.{begins} Its words cannot be changed any more, and a vote that is open "
        "cannot be called off. Objections that nobody withdrew stay on record with their reasons.\n"
        "Until you press the button, nothing happens.",
        buttons=[
            button("Yes, take it to a final vote", proposals_ids.button("escalate-now", proposal.id), Style.primary)
        ],
    )


def escalated(view: ProposalView) -> Answer:
    """The final vote is announced or open (PRO-6)."""
    vote = view.proposal.vote
    if vote is None:
        return said(f"{named(view.proposal)} goes to a final vote.", buttons=links_to(view))
    when = (
        f"The vote is open until {stamp(vote.ends_at)}." if vote.opened else f"The vote opens {stamp(vote.opens_at)}."
    )
    return said(
        f"### It goes to a final vote\n{named(view.proposal)}: the stakeholder group decides by "
        f"{METHOD_LABELS.get(vote.method, vote.method)}. {when}",
        buttons=links_to(view),
    )
