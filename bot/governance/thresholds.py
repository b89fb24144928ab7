"""How much the objections that count weigh, and how much stops a proposal (OBJ-6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil

from bot.governance import names
from bot.governance.organisation import Elector
from bot.governance.proposals_types import Objection, Proposal, ProposalTerms


def threshold_reached(proposal: Proposal) -> bool:
    """Whether the counting objections reach the pinned threshold (OBJ-6)."""
    return weight(proposal) >= threshold(proposal.pinned, proposal.electors)


def weight(proposal: Proposal) -> int:
    """How much the counting objections weigh: people, organisations or classes by the pinned rule (OBJ-6)."""
    counting = [o for o in proposal.objections if o.counts]
    if proposal.pinned.rule == "classes":
        return _classes(counting, proposal.electors)
    return _voices(counting, proposal.electors, proposal.pinned.unit)


def threshold(terms: ProposalTerms, electors: Iterable[Elector]) -> int:
    """The weight that stops a proposal (OBJ-6): never below one, and people never above half the electors (POL-1)."""
    electors = tuple(electors)
    voices = _voices(electors, electors, terms.unit)
    match terms.rule:
        case "classes":
            return max(1, min(terms.classes, _classes(electors, electors)))
        case "share":
            return max(1, min(ceil(terms.share * voices), voices // 2))
        case _:
            return max(1, min(terms.threshold, voices // 2))


def _voices(counted: Sequence[Elector | Objection], electors: Iterable[Elector], unit: str) -> int:
    """How many voices these are: people, or organisations, each once in whatever spellings it stands."""
    if unit != "organisation":
        return len({each.person for each in counted})
    one = names.spellings(each.organisation for each in (*electors, *counted))
    return len({(one[e.organisation], "" if names.visible(e.organisation) else e.person) for e in counted})


def _classes(counted: Sequence[Elector | Objection], electors: Iterable[Elector]) -> int:
    """How many classes these come from, each once in whatever spellings it stands; without one is a class together."""
    one = names.spellings(each.stakeholder_class for each in (*electors, *counted))
    return len({one[each.stakeholder_class] for each in counted})
