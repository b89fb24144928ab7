"""What shared rooms know of taking a proposal to a final vote (PRO-6)."""

from __future__ import annotations

from bot.ui.presenter import Presenter, Refusals

PRESENTER = Presenter(
    name="escalations",
    refusals=Refusals(
        wrong_state={
            "escalate": "Only a disputed proposal can be taken to a final vote.",
        },
        repeated={
            ("escalate", "escalated"): "It goes to the final vote already. The card shows when that opens and closes.",
        },
    ),
)
