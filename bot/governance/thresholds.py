"""How much the objections that count weigh, and how much stops a proposal (OBJ-6)."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from bot.governance.dossier import Proposal, Terms
from bot.governance.ids import PersonId
from bot.governance.organisation import Elector


def threshold_reached(proposal: Proposal) -> bool:
    """Whether the counting objections reach the pinned threshold (OBJ-6)."""
    return weight(proposal) >= threshold(proposal.pinned, proposal.electors)


def weight(proposal: Proposal) -> int:
    """How much the counting objections weigh: people, organisations or classes by the pinned rule (OBJ-6)."""
    counting = [o for o in proposal.objections if o.counts]
    if proposal.pinned.rule == "classes":
        return len({o.stakeholder_class for o in counting})
    return len({_voice(o.person, o.organisation, proposal.pinned.unit) for o in counting})


def threshold(terms: Terms, electors: Iterable[Elector]) -> int:
    """The weight that stops a proposal (OBJ-6): never below one, and people never above half the electors (POL-1)."""
    electors = tuple(electors)
    voices = len({_voice(e.person, e.organisation, terms.unit) for e in electors})
    match terms.rule:
        case "classes":
            return max(1, min(terms.classes, len({e.stakeholder_class for e in electors})))
        case "share":
            return max(1, min(ceil(terms.share * voices), voices // 2))
        case _:
            return max(1, min(terms.threshold, voices // 2))


def _voice(person: PersonId, organisation: str, unit: str) -> tuple[str, str]:
    return ("organisation", organisation) if unit == "organisation" and organisation else ("person", person)
