"""What shared rooms know of taking a proposal to a final vote (PRO-6)."""

from __future__ import annotations

from bot.governance.ids import ProposalId
from bot.governance.votes_events import ProposalEscalated
from bot.services.noun import InboxItem
from bot.ui import proposals_ids
from bot.ui.asking import Help, Reminds, Waits
from bot.ui.audiences import TOLD
from bot.ui.panels import Button, Style, button
from bot.ui.presenter import Presenter, Refusals


def _escalate(item: InboxItem) -> list[Button]:
    return [button("Take it to a final vote", proposals_ids.button("escalate", ProposalId(item.id)), Style.primary)]


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
    audiences={
        ProposalEscalated: TOLD,
    },
    help=Help(
        members=("`/escalate` – take a disputed proposal to a final vote",),
    ),
    waits={
        "escalate or leave": Waits(
            "It is disputed. You can take it to a final vote; if nobody acts, it is not adopted.",
            _escalate,
        ),
    },
    reminds={
        "disputed": Reminds(
            "It is disputed. If nobody acts, it is not adopted: that happens {at}.\n"
            "Its author can revise or withdraw it. Anyone who could object can take it to a final vote: `/escalate`.",
            "It was disputed until {at}.",
        ),
    },
)
