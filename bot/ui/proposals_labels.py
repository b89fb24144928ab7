"""What proposals, their states and their parts are called in front of people (PRO-2)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.governance.completions import left_to_people
from bot.governance.proposals_types import Proposal, ProposalState
from bot.services.views import ProposalView
from bot.ui.labels import moment
from bot.ui.panels import Button, link
from bot.ui.text import in_quotes

STATE_LABELS: Mapping[ProposalState, str] = MappingProxyType(
    {
        ProposalState.DRAFT: "Draft",
        ProposalState.REVIEW: "Open to objections",
        ProposalState.SETTLING: "Settling objections",
        ProposalState.DISPUTED: "Disputed",
        ProposalState.ESCALATED: "Final vote",
        ProposalState.PASSED: "Passed, not carried out yet",
        ProposalState.ADOPTED: "Adopted by vote, not carried out yet",
        ProposalState.STALE: "Stale",
        ProposalState.ENACTED: "Carried out",
        ProposalState.NOT_ADOPTED: "Not adopted",
        ProposalState.WITHDRAWN: "Withdrawn",
        ProposalState.LAPSED: "Lapsed",
        ProposalState.DISCARDED: "Discarded draft",
    }
)

STATE_SIGNS: Mapping[ProposalState, str] = MappingProxyType(
    {
        ProposalState.DRAFT: "📝",
        ProposalState.REVIEW: "🟦",
        ProposalState.SETTLING: "🟨",
        ProposalState.DISPUTED: "🟧",
        ProposalState.ESCALATED: "🟪",
        ProposalState.PASSED: "🟩",
        ProposalState.ADOPTED: "🟩",
        ProposalState.STALE: "🟫",
        ProposalState.ENACTED: "✅",
        ProposalState.NOT_ADOPTED: "🟥",
        ProposalState.WITHDRAWN: "⬜",
        ProposalState.LAPSED: "⬜",
        ProposalState.DISCARDED: "⬜",
    }
)

STATE_COLOURS: Mapping[ProposalState, int] = MappingProxyType(
    {
        ProposalState.DRAFT: 0x99AAB5,
        ProposalState.REVIEW: 0x3498DB,
        ProposalState.SETTLING: 0xF1C40F,
        ProposalState.DISPUTED: 0xE67E22,
        ProposalState.ESCALATED: 0x9B59B6,
        ProposalState.PASSED: 0x57F287,
        ProposalState.ADOPTED: 0x57F287,
        ProposalState.STALE: 0xA0714F,
        ProposalState.ENACTED: 0x1F8B4C,
        ProposalState.NOT_ADOPTED: 0xC0392B,
        ProposalState.WITHDRAWN: 0x99AAB5,
        ProposalState.LAPSED: 0x99AAB5,
        ProposalState.DISCARDED: 0x99AAB5,
    }
)
"""Never the only sign of a state: the words stand beside it (PRO-2)."""

STATE_MEANINGS: Mapping[ProposalState, str] = MappingProxyType(
    {
        ProposalState.DRAFT: "Only its author sees it. Nothing is decided until the author opens the review.",
        ProposalState.REVIEW: "Members of the deciding group may object until the time is up.",
        ProposalState.SETTLING: "No new objections are taken. Those raised in time are stated, tested and "
        "appealed first.",
        ProposalState.DISPUTED: "Enough objections stand. It can be revised, withdrawn, or taken to a final vote.",
        ProposalState.ESCALATED: "A final vote decides.",
        ProposalState.PASSED: "No objection stopped it. It is carried out when the waiting time ends.",
        ProposalState.ADOPTED: "The final vote adopted it. It is carried out when the waiting time ends.",
        ProposalState.STALE: "What it was written against has changed, so it was not carried out. "
        "Its author can revise it.",
        ProposalState.ENACTED: "It was decided and carried out.",
        ProposalState.NOT_ADOPTED: "It does not take effect.",
        ProposalState.WITHDRAWN: "Its author took it back. It does not take effect.",
        ProposalState.LAPSED: "It ran out without a decision. It does not take effect.",
        ProposalState.DISCARDED: "A draft that went no further.",
    }
)

OUTCOME_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "could not be held": "it could not be held: its clock stood for 14 days in all",
        "too old": "90 days went by without a decision",
        "nobody acted": "nobody acted for 14 days after it was disputed",
        "low reach": "too few people had seen it, and this partnership lets such a budget lapse",
        "stale": "it was stale and nobody revised it for 14 days",
        "no quorum": "too few people took part in the final vote",
        "tied": "the final vote was tied",
        "only its author": "nobody but its author voted for it",
        "not enough votes for": "the final vote did not bring enough votes for it",
        "objections remain": "objections remained in the consent round",
        "nobody consented": "nobody consented in the consent round",
        "adopted": "the final vote adopted it",
        "withdrawn by the author": "its author took it back",
    }
)
"""Keys of ``Proposal.outcome`` and ``Tally.reason``. Any other outcome is somebody's words or names what went stale."""

SUBSTANCE: Mapping[str, str] = MappingProxyType(
    {
        "larger amount": "The amount grew",
        "smaller amount": "The amount shrank",
        "other currency": "The currency changed",
        "other payee": "The payee changed",
        "other account": "The account changed",
    }
)
"""What a revision changes in substance, said above the diff (PRO-5)."""

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "title": "Title",
        "ask": "What is asked",
        "why": "Why, and which purpose it serves",
        "outcome": "Expected outcome",
        "risks": "Risks",
        "summary": "Summary",
        "timeline": "Timeline",
        "amount_written": "Amount",
        "amount": "Amount",
        "currency": "Currency",
        "payee": "Paid to",
        "account": "From which account",
        "again": "Which proposal it files again",
        "changed": "What has changed since",
        "withdrawal": "Reason for the withdrawal",
    }
)
"""What is typed into a proposal, by its key."""


def named(proposal: Proposal) -> str:
    """A proposal in a line of ours, such as **P-12** and its title."""
    return f"**{numbered(proposal)} · {in_quotes(proposal.text.title, 100)}**"


def numbered(proposal: Proposal) -> str:
    """The same in a heading, where no words of people stand (TXT-1)."""
    return f"P-{proposal.number}" if proposal.number else "Draft"


def state_label(proposal: Proposal, reached: ProposalState | None = None) -> str:
    """A proposal's state in a few words, or that which it had ``reached`` when something was told.

    What people have still to do is not called carried out (POL-3).
    """
    state = reached or proposal.state
    if state is not ProposalState.ENACTED or proposal.current.effects:
        return STATE_LABELS[state]
    return "Decided and done" if proposal.done_at and not reached else "Decided; now for people to do"


def state_meaning(proposal: Proposal) -> str:
    """What the state means, in a sentence."""
    if not left_to_people(proposal):
        return STATE_MEANINGS[proposal.state]
    if proposal.done_at:
        return f"It was decided, and done by {moment(proposal.done_at)}."
    return "It is decided. Whoever has done it says so with *Mark as done*."


def links_to(view: ProposalView) -> list[Button | None]:
    """Where the proposal stands in Discord."""
    card = link("To the card", view.links.card) or link("To its channel", view.links.channel)
    return [card, link("To the discussion", view.links.thread)]
