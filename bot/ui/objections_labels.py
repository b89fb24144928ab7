"""What objections, their criteria and their states are called in front of people (OBJ-2)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.governance.proposals_types import ObjectionState

CRITERION_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "purpose": "Out of alignment with the purpose",
        "agreement": "Breaches an agreement",
        "capture": "Governance capture or bad faith",
        "harm": "Harm: not safe to try",
        "not this body's": "Not this body's to decide",
    }
)
"""The published criteria of an objection (OBJ-2)."""

OBJECTION_STATE_LABELS: Mapping[ObjectionState, str] = MappingProxyType(
    {
        ObjectionState.RAISED: "raised, not stated yet",
        ObjectionState.STATED: "stated and standing",
        ObjectionState.CONCERN: "not stated in time, now a concern",
        ObjectionState.DISMISSED: "ruled not in form",
        ObjectionState.WITHDRAWN: "withdrawn",
        ObjectionState.INTEGRATED: "resolved by a revision",
        ObjectionState.ORPHANED: "ended: the objector left and nobody took it over",
        ObjectionState.OVERRULED: "set aside by the final vote",
    }
)

CONCERN_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "": "",
        "not stated": "an objection that was not stated in time",
        "joined later": "an objection by someone new to the seat when the review opened, so it is heard as a concern",
        "reaction": "raised with the reaction",
    }
)
"""Why something counts as a concern when its author did not call it one (OBJ-2, PRO-9)."""
