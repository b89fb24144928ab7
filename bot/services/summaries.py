"""Things as reminders, inbox and digest name them: a noun joins with one line in ``LOOKS`` (RHY-2, RHY-3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.governance import electorates
from bot.governance.authority import acting
from bot.governance.errors import NotFound
from bot.governance.feedback import Feedback, FeedbackState
from bot.governance.ids import GroupId, PersonId, ProposalId
from bot.governance.meetings import Answer, Meeting, MeetingState
from bot.governance.organisation import OBSERVER, Member, Partnership, RoleMapping
from bot.governance.proposals import affirmative
from bot.governance.proposals_types import Proposal, ProposalState
from bot.governance.reminders import EVERYBODY, Reminder
from bot.governance.retros import Retro
from bot.governance.retros import RetroState as RetroState
from bot.governance.surveys import Survey, SurveyState
from bot.services import members
from bot.services.ports.transaction import Transaction
from bot.services.views import links_of

Asks = Callable[[Reminder], bool]


@dataclass(frozen=True, slots=True)
class Thing:
    """What something is called, where it stands, and whom it still asks.

    ``title`` is empty where a private group's words would leave it. ``concerns`` says whether a reminder still holds
    for its person, who must be able to act on it still; ``is_open`` whether anything can be done about it.
    ``everyone`` are those whom it asks now, ``readers`` those who may read where it stands.
    """

    name: str
    title: str
    link: str
    concerns: Asks
    is_open: Asks
    everyone: frozenset[PersonId] = frozenset()
    readers: frozenset[PersonId] = frozenset()


Look = Callable[[Transaction, Partnership, str], Awaitable[Thing]]


async def look(tx: Transaction, partnership: Partnership, name: str) -> Thing | None:
    """The thing of this name in the record; None once it is gone."""
    noun, _, number = name.partition("/")
    if noun not in LOOKS:
        return None
    try:
        return await LOOKS[noun](tx, partnership, number)
    except NotFound:
        return None


async def board_link(tx: Transaction, partnership: Partnership, name: str) -> str:
    """Where the board of a thing stands; empty while it does not."""
    board = await tx.deliveries.board(name)
    if board is None or board.message_id is None:
        return ""
    return f"https://discord.com/channels/{partnership.guild_id}/{board.channel_id}/{board.message_id}"


def asked_of(proposal: Proposal) -> str:
    """What a proposal asks of those who decide now: a key for words; empty when nothing."""
    match proposal.state:
        case ProposalState.REVIEW:
            return "affirmative" if affirmative(proposal) else "review"
        case ProposalState.DISPUTED:
            return "disputed"
        case ProposalState.ESCALATED if proposal.vote is not None and proposal.vote.opened:
            return "vote"
    return ""


async def _proposal(tx: Transaction, partnership: Partnership, id: str) -> Thing:
    proposal = await tx.of(Proposal).get(ProposalId(int(id)))
    links = await links_of(tx, proposal, partnership)
    title = proposal.current.text.title if proposal.versions else proposal.text.title
    untouched = (electorates.reachable(proposal) & acting(proposal.electors)) - electorates.reached(proposal)
    voting = proposal.vote
    unvoted = acting(voting.electors) - voting.voted if voting is not None else frozenset()
    asked = asked_of(proposal)
    may_escalate = {proposal.author, *acting(proposal.electors)}

    def concerns(reminder: Reminder) -> bool:
        match reminder.why:
            case "vote":
                return reminder.person in unvoted
            case "disputed":
                return asked == "disputed" and reminder.person in may_escalate
            case _:
                return reminder.person in untouched

    return Thing(
        f"P-{proposal.number}",
        _unless_private(title, partnership, proposal.group),
        links.card or "",
        concerns,
        lambda reminder: reminder.why == asked,
        readers=await _readers(tx, partnership, proposal.group),
    )


async def _survey(tx: Transaction, partnership: Partnership, id: str) -> Thing:
    survey = await tx.of(Survey).get(int(id))
    name = f"survey/{id}"
    seated = await _readers(tx, partnership, survey.group)
    return Thing(
        f"S-{survey.number}",
        _unless_private(survey.title, partnership, survey.group),
        await board_link(tx, partnership, name),
        lambda reminder: (
            survey.state in {SurveyState.OPEN, SurveyState.CLOSED} and reminder.person in {EVERYBODY, *seated}
        ),
        lambda reminder: survey.state is SurveyState.OPEN,
        survey.audience & seated,
    )


async def _feedback(tx: Transaction, partnership: Partnership, id: str) -> Thing:
    feedback = await tx.of(Feedback).get(int(id))
    unanswered = feedback.state in {FeedbackState.OPEN, FeedbackState.PROGRESS}
    readers = await _readers(tx, partnership, feedback.group)
    return Thing(
        f"F-{feedback.number}",
        "",
        await board_link(tx, partnership, f"feedback/{id}"),
        lambda reminder: unanswered and feedback.owner == reminder.person and reminder.person in readers,
        lambda reminder: unanswered,
    )


async def _meeting(tx: Transaction, partnership: Partnership, id: str) -> Thing:
    """Asks those of its group who did not say that they cannot come; one that was moved asks anew."""
    meeting = await tx.of(Meeting).get(int(id))
    seated = await _seated(tx, partnership, meeting.group)
    told = frozenset(meeting.who(Answer.ABSENT)) | (
        frozenset() if meeting.state is MeetingState.SCHEDULED else frozenset(meeting.who(Answer.HERE))
    )

    def concerns(reminder: Reminder) -> bool:
        held = meeting.state not in {MeetingState.CANCELLED, MeetingState.DISCARDED, MeetingState.DRAFT}
        same = reminder.occurrence.endswith(meeting.starts_at.isoformat())
        return held and same and (reminder.person == EVERYBODY or reminder.person in seated - told)

    return Thing(
        f"M-{meeting.number}",
        _unless_private(meeting.title, partnership, meeting.group),
        await board_link(tx, partnership, f"meeting/{id}"),
        concerns,
        lambda reminder: meeting.state is MeetingState.SCHEDULED,
        seated - told,
    )


async def _retro(tx: Transaction, partnership: Partnership, id: str) -> Thing:
    """Asks everybody of its group: who has taken part, nobody knows (LRN-1)."""
    retro = await tx.of(Retro).get(int(id))
    seated = await _seated(tx, partnership, retro.group)
    return Thing(
        f"R-{retro.number}",
        _unless_private(retro.plan.title, partnership, retro.group),
        await board_link(tx, partnership, f"retro/{id}"),
        lambda reminder: (
            retro.state is not RetroState.CANCELLED and (reminder.person == EVERYBODY or reminder.person in seated)
        ),
        lambda reminder: retro.runs and reminder.occurrence.startswith(f"{retro.state}/"),
        seated,
    )


async def _action(tx: Transaction, partnership: Partnership, id: str) -> Thing:
    """An action that a retro agreed on, such as ``action/4.2``: asks its owner until it is done."""
    retro_id, _, number = id.partition(".")
    retro = await tx.of(Retro).get(int(retro_id))
    action = next((each for each in retro.actions if each.id == int(number)), None)
    if action is None:
        raise NotFound("action", id)
    readers = await _readers(tx, partnership, retro.group)
    return Thing(
        f"R-{retro.number}",
        _unless_private(action.text, partnership, retro.group),
        await board_link(tx, partnership, f"retro/{retro_id}"),
        lambda reminder: action.done_at is None and action.owner == reminder.person and reminder.person in readers,
        lambda reminder: action.done_at is None,
    )


async def _seated(tx: Transaction, partnership: Partnership, group: GroupId) -> frozenset[PersonId]:
    """Who holds a seat in a group; observers only look on."""
    holdings = await tx.seats.holdings(partnership)
    return frozenset(h.person for h in holdings if h.mapping.group == group and h.mapping.seat != OBSERVER)


async def _readers(tx: Transaction, partnership: Partnership, group: GroupId | None) -> frozenset[PersonId]:
    """Who may read what is of a group, or of everyone with a seat (SCL-2)."""
    held: dict[PersonId, tuple[RoleMapping, ...]] = {}
    for each in await tx.seats.holdings(partnership):
        held[each.person] = (*held.get(each.person, ()), each.mapping)
    found = (Member(person, seats) for person, seats in held.items())
    return frozenset(m.person for m in found if group is None or members.may_read(partnership.group(group), m))


def _unless_private(title: str, partnership: Partnership, group: GroupId | None) -> str:
    return "" if group is not None and partnership.group(group).private else title


LOOKS: Mapping[str, Look] = MappingProxyType(
    {
        "proposal": _proposal,
        "survey": _survey,
        "feedback": _feedback,
        "meeting": _meeting,
        "retro": _retro,
        "action": _action,
    }
)
"""How things of each noun are looked at, by the noun's name in the record."""
