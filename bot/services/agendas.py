"""What stands around a meeting: its group's open proposals, what was decided meanwhile, where it is shown (RHY-1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.governance import authority, retros
from bot.governance import meetings as rules
from bot.governance.authority import Act
from bot.governance.errors import NotFound
from bot.governance.ids import PartnershipId, PersonId
from bot.governance.meetings import OVER, Meeting, MeetingKind
from bot.governance.organisation import Group, Member, Partnership
from bot.governance.proposals_types import Proposal, ProposalState
from bot.governance.retros import Action, Retro
from bot.services import cases
from bot.services.ports.deliveries import DeliveryKind
from bot.services.ports.proposals import Filter, Listed
from bot.services.ports.transaction import Transaction

LOOKED_BACK = 5
"""How many retros of the group are looked through for actions that are not done."""
UNDECIDED = frozenset({ProposalState.REVIEW, ProposalState.SETTLING, ProposalState.DISPUTED, ProposalState.ESCALATED})
DECIDED = frozenset({ProposalState.PASSED, ProposalState.ADOPTED, ProposalState.ENACTED, ProposalState.NOT_ADOPTED})


@dataclass(frozen=True, slots=True)
class Linked:
    """A decision that a meeting is linked to."""

    number: int
    title: str
    state: ProposalState


@dataclass(frozen=True, slots=True)
class Promised:
    """An action that a retro of the group agreed on and that is not done yet."""

    retro: int
    action: Action


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A meeting with what its presenters need. ``calendar`` is ``none``, ``waiting``, ``refused`` or ``stands``.

    ``runs`` says whether the asker may run it; on the board, where nobody asks, it is False.
    """

    meeting: Meeting
    partnership: Partnership
    group: Group
    users: dict[PersonId, int]
    now: datetime
    channel_id: int | None
    open: tuple[Listed, ...] = ()
    promised: tuple[Promised, ...] = ()
    linked: tuple[Linked, ...] = ()
    calendar: str = "none"
    link: str | None = None
    runs: bool = False
    following: Meeting | None = None

    @property
    def over(self) -> bool:
        """Whether nothing is to be done on its board any more."""
        return self.meeting.state in OVER

    def mention(self, person: PersonId | None) -> str:
        """The person as Discord shows them, or words once they were erased (REC-1)."""
        if person is None or person not in self.users:
            return "someone (erased on request)"
        return f"<@{self.users[person]}>"


@dataclass(frozen=True, slots=True)
class MeetingList:
    """What is ahead, soonest first; what was, newest first; and for each group when each kind is next (RHY-4)."""

    partnership: Partnership
    ahead: tuple[Meeting, ...]
    past: tuple[Meeting, ...]
    groups: tuple[Group, ...]
    next_of: dict[tuple[int, MeetingKind], Meeting]


async def view_of(tx: Transaction, meeting: Meeting, now: datetime, member: Member | None = None) -> MeetingView:
    """Gather it; ``member`` is who asks."""
    partnership = await tx.partnerships.get(meeting.partnership)
    named = {meeting.organiser} | {i.author for i in meeting.items} | {n.author for n in meeting.notes}
    named |= {a.person for a in meeting.attendance}
    named |= {e.event.actor for e in await tx.record.of(partnership.id, rules.thing(meeting)) if e.event.actor}
    promised = await _promised(tx, meeting)
    named |= {each.action.owner for each in promised if each.action.owner}
    holdings = await tx.seats.holdings(partnership)
    return MeetingView(
        meeting=meeting,
        partnership=partnership,
        group=partnership.group(meeting.group),
        users=await tx.people.users_of(named),
        now=now,
        channel_id=await cases.channel_of(tx, partnership, meeting.group),
        open=await _open(tx, meeting),
        promised=promised,
        linked=await linked(tx, meeting),
        calendar=await _calendar(tx, meeting),
        link=await cases.board_link(tx, partnership, rules.thing(meeting)) or None,
        runs=member is not None and authority.may(member, Act.RUN_MEETING, meeting.group, holdings),
        following=await _following(tx, meeting),
    )


async def decided_in(tx: Transaction, meeting: Meeting, until: datetime) -> tuple[int, ...]:
    """Numbers of the group's proposals that were decided or carried out while it ran."""
    if meeting.started_at is None:
        return ()
    found = []
    for row in await tx.of(Proposal).listed(
        meeting.partnership, Filter(states=DECIDED, group=meeting.group, limit=100)
    ):
        since = (await tx.of(Proposal).get(row.id)).state_since
        if row.number is not None and meeting.started_at <= since <= until:
            found.append(row.number)
    return tuple(sorted(found))[: rules.MOST_LINKS]


async def check_linkable(tx: Transaction, meeting: Meeting, numbers: Iterable[int], member: Member) -> None:
    """Raises NotFound for a proposal that does not exist, or that readers of this meeting may not read."""
    partnership = await tx.partnerships.get(meeting.partnership)
    for number in numbers:
        proposal = await tx.of(Proposal).numbered(meeting.partnership, number)
        group = partnership.group(proposal.group)
        if group.private and (group.id != meeting.group or not authority.may(member, Act.READ, group)):
            raise NotFound("proposal", f"P-{number}")


async def linked(tx: Transaction, meeting: Meeting) -> tuple[Linked, ...]:
    """The decisions it is linked to, as they stand now."""
    found = []
    for number in meeting.decisions:
        proposal = await tx.of(Proposal).numbered(meeting.partnership, number)
        found.append(Linked(number, proposal.current.text.title, proposal.state))
    return tuple(found)


async def listing(
    tx: Transaction, partnership: Partnership, member: Member, group: Group | None, limit: int = 10
) -> MeetingList:
    """The meetings of the groups that the asker may read."""
    groups = tuple(
        g for g in partnership.groups if authority.may(member, Act.READ, g) and (group is None or g.id == group.id)
    )
    readable = {g.id for g in groups}
    ahead = [m for m in await _all(tx, partnership.id, rules.AHEAD) if m.group in readable]
    past = [m for m in await _all(tx, partnership.id, rules.OVER, 50) if m.group in readable and m.title]
    ahead.sort(key=lambda m: (m.starts_at, m.number))
    next_of: dict[tuple[int, MeetingKind], Meeting] = {}
    for each in ahead:
        next_of.setdefault((each.group, each.kind), each)
    return MeetingList(partnership, tuple(ahead[: limit * 2]), tuple(past[:limit]), groups, next_of)


async def _all(
    tx: Transaction, partnership: PartnershipId, states: Iterable[rules.MeetingState], limit: int = 500
) -> tuple[Meeting, ...]:
    return await tx.of(Meeting).list(partnership, set(states) - {rules.MeetingState.DISCARDED}, limit=limit)


async def _open(tx: Transaction, meeting: Meeting) -> tuple[Listed, ...]:
    if meeting.state in OVER:
        return ()
    return await tx.of(Proposal).listed(meeting.partnership, Filter(states=UNDECIDED, group=meeting.group, limit=10))


async def _promised(tx: Transaction, meeting: Meeting) -> tuple[Promised, ...]:
    """Open actions of the group's last retros, oldest first."""
    if meeting.state in OVER:
        return ()
    closed = await tx.of(Retro).list(meeting.partnership, (retros.RetroState.CLOSED,), meeting.group, limit=LOOKED_BACK)
    found = [Promised(each.number, action) for each in reversed(closed) for action in retros.open_actions(each)]
    return tuple(found[:10])


async def _following(tx: Transaction, meeting: Meeting) -> Meeting | None:
    """The next one of its series, while there is one."""
    if meeting.cadence is None or meeting.state not in OVER:
        return None
    ahead = await tx.of(Meeting).list(meeting.partnership, rules.AHEAD, meeting.group, limit=100)
    later = [m for m in ahead if m.cadence == meeting.cadence and m.number > meeting.number]
    return min(later, key=lambda m: m.number, default=None)


async def _calendar(tx: Transaction, meeting: Meeting) -> str:
    entry = await tx.deliveries.board(rules.thing(meeting), DeliveryKind.CALENDAR)
    if entry is None:
        return "none"
    if entry.message_id is not None:
        return "stands"
    return "refused" if entry.attempts else "waiting"
