"""What shared rooms know of final votes: the words of their refusals (DEC-1 to DEC-3)."""

from __future__ import annotations

from bot.ui.presenter import Presenter, Refusals

PRESENTER = Presenter(
    name="votes",
    refusals=Refusals(
        not_eligible={
            "vote": "Only members of the stakeholder group take part in a final vote.",
            "vote joined later": "You had not been a member of the stakeholder group for a week when this version was "
            "published. Only those who had may vote on it; you can raise a concern.",
        },
        wrong_state={
            "vote": "There is no final vote open on this.",
        },
    ),
)
