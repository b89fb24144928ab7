"""What shared rooms know of partnerships, their groups and who sits where (ORG-1 to ORG-6)."""

from __future__ import annotations

from bot.ui.presenter import Presenter, Refusals

PRESENTER = Presenter(
    name="organisation",
    refusals=Refusals(
        not_found={
            "group": "There is no such group in this partnership. Pick one from the suggestions.",
            "partnership": "There is no partnership here yet. A moderator can begin with `/setup`.",
            "partnership named": "There is no such partnership in this server. Pick one from the suggestions.",
            "place": "This partnership has no such channel. A moderator can mend that by running `/setup` again.",
            "role": "There is no such role in this server any more.",
            "mapping": "That role carries no seat here. `/roles list` shows those that do.",
        },
        already_done={
            "map": "That role carries exactly this seat already.",
        },
        fields={
            "seat": "Seat",
            "class": "Stakeholder class",
            "organisation": "Organisation",
        },
    ),
)
