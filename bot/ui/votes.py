"""What shared rooms know of final votes (DEC-1 to DEC-3)."""

from __future__ import annotations

from bot.governance.errors import BadBallot
from bot.governance.ids import ProposalId
from bot.governance.methods import REGISTRY
from bot.governance.reminders import ReminderTopic
from bot.governance.votes_events import BallotCast, VoteClosed, VoteOpened
from bot.services.noun import InboxItem
from bot.ui import votes_ids
from bot.ui.asking import Help, Reminds, Waits
from bot.ui.audiences import CARD, TOLD
from bot.ui.panels import Button, Style, button
from bot.ui.presenter import Presenter, Refusals, complete
from bot.ui.votes_labels import ADOPTED_IF, METHOD_LABELS, OPTION_LABELS, SECRECY


def _vote(item: InboxItem) -> list[Button]:
    return [button("Vote", votes_ids.mine(ProposalId(item.id)), Style.primary)]


def _bad_ballot(refusal: BadBallot) -> str:
    least, most = refusal.least, refusal.most
    match refusal.why:
        case "order":
            return "Each option has a place of its own: the first, the second and so on, none left out before the last."
        case "mark":
            return f"One option can be marked from {least} to {most} here."
    if most is None:
        return f"The marks of this ballot must come to at least {least} together."
    if least == most:
        return "Exactly one option can be marked here." if most == 1 else f"The marks must come to {most} together."
    return f"The marks of this ballot must come to {least} to {most} together."


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
        spoken={BadBallot: _bad_ballot},
    ),
    audiences={
        VoteOpened: TOLD,
        BallotCast: (CARD,),
        VoteClosed: TOLD,
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

complete("voting methods", REGISTRY, METHOD_LABELS.keys() & ADOPTED_IF.keys())
complete("options", (option for method in REGISTRY.values() for option in method.OPTIONS), OPTION_LABELS)
