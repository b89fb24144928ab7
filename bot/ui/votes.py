"""What shared rooms know of final votes (DEC-1 to DEC-3)."""

from __future__ import annotations

from bot.governance.events import EventType
from bot.governance.ids import ProposalId
from bot.governance.reminders import ReminderTopic
from bot.services.noun import InboxItem
from bot.ui import votes_ids
from bot.ui.asking import Help, Reminds, Waits
from bot.ui.audiences import CARD, TOLD
from bot.ui.panels import Button, Style, button
from bot.ui.presenter import Presenter, Refusals
from bot.ui.votes_labels import SECRECY


def _vote(item: InboxItem) -> list[Button]:
    return [button("Vote", votes_ids.mine(ProposalId(item.id)), Style.primary)]


PRESENTER = Presenter(
    name="votes",
    ids=votes_ids.ALL,
    refusals=Refusals(
        not_eligible={
            "vote": "Only members of the stakeholder group take part in a final vote.",
            "vote of electors": "This vote is held by those who could object to the proposal when its latest version "
            "was published, for its clock was stopped too long. You can raise a concern.",
            "vote joined later": "You had not been a member of the stakeholder group for a week when this version was "
            "published. Only those who had may vote on it; you can raise a concern.",
        },
        wrong_state={
            "vote": "There is no final vote open on this.",
        },
    ),
    audiences={
        EventType.VOTE_OPENED: TOLD,
        EventType.BALLOT_CAST: (CARD,),
        EventType.VOTE_CLOSED: TOLD,
    },
    help=Help(
        passages=(f"**Secret votes**\n{SECRECY}",),
        members=("`/vote` in a final vote",),
    ),
    waits={
        "vote": Waits(
            "You have not voted yet.",
            _vote,
        ),
    },
    reminds={
        "vote": Reminds(
            "The final vote closes {at}, and you have not voted yet.\nYour choice can be changed until the close.",
            "The final vote closed {at}.",
        ),
    },
    topics={ReminderTopic.VOTES: "Final votes about to close"},
)
