"""What use cases give back: one proposal with everything a presenter needs to show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.governance import authority, electorates, refiling
from bot.governance.authority import Act
from bot.governance.ids import GroupId, PersonId
from bot.governance.matrix import DecisionType
from bot.governance.organisation import MEMBER, Elector, Group, Partnership
from bot.governance.policy import Policy
from bot.governance.proposals_types import FINAL, Objection, Proposal, ProposalState
from bot.governance.rolls import voting_group
from bot.governance.seats import SEASON, Turn, turned
from bot.services import similarity
from bot.services.ports.deliveries import DeliveryKind
from bot.services.ports.partnerships import PlaceKind
from bot.services.ports.record import Recorded
from bot.services.ports.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Links:
    """Jump addresses of what stands in Discord; None while it does not."""

    card: str | None = None
    thread: str | None = None
    feed: str | None = None
    channel: str | None = None
    """Where the card will stand: of use while it does not yet."""


_COMPARED = 100
"""Proposals that a draft is compared with, the newest ones."""


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal as it stands ``now``. ``seated`` is the k of "n of m at opening, k still seated" (PRO-9)."""

    proposal: Proposal
    partnership: Partnership
    group: Group
    users: Mapping[PersonId, int]
    seated: int
    links: Links
    now: datetime
    head: str
    policy: Policy
    events: tuple[Recorded, ...] = field(default=(), repr=False)
    refused_before: tuple[int, ...] = ()
    """Of a draft: the numbers of those that said the same and were not adopted within 90 days (OBJ-6)."""
    reminded: frozenset[PersonId] | None = None
    """Whom the notice of a nudge mentions; None for everybody named in it."""
    turned: tuple[Turn, ...] = ()
    """The seats of its electorate that others gave or took since a week before the opening (PRO-9)."""
    behind: bool = False
    """Of an enacted one: whether Discord still has to show something that it refused so far (EFF-4)."""

    @property
    def row(self) -> DecisionType:
        """The row of the matrix by which it is decided (POL-3)."""
        return self.proposal.row(self.policy)

    def mention(self, person: PersonId | None) -> str:
        """The person as Discord shows them, or words once they were erased (REC-1)."""
        if person is None or person not in self.users:
            return "someone (erased on request)"
        return f"<@{self.users[person]}>"


@dataclass(frozen=True, slots=True)
class Raised:
    """What came of ✋: an objection, new or standing already, or a concern because they joined later (PRO-9)."""

    view: ProposalView
    objection: Objection | None
    new: bool
    concern: bool = False


@dataclass(frozen=True, slots=True)
class ProposalStanding:
    """Whether the asker may object, and who else may. ``why`` is a refusal's key, or ``yes``."""

    may: bool
    why: str
    electors: tuple[Elector, ...]
    seated: int
    view: ProposalView


@dataclass(frozen=True, slots=True)
class HeadView:
    """The head of the record at one instant, to keep as a receipt (REC-1)."""

    partnership: Partnership
    number: int
    hash: str
    at: datetime


async def view_of(
    tx: Transaction, proposal: Proposal, partnership: Partnership, now: datetime, *, with_events: bool = False
) -> ProposalView:
    """Gather what stands around a proposal."""
    holdings = await tx.seats.holdings(partnership)
    events = await tx.record.of(partnership.id, f"proposal/{proposal.id}") if with_events else ()
    named = people_in(proposal) | {e.event.actor for e in events if e.event.actor}
    changes = await _turned(tx, proposal, partnership)
    _, head = await tx.record.head(partnership.id)
    return ProposalView(
        proposal=proposal,
        partnership=partnership,
        group=partnership.group(proposal.group),
        users=await tx.people.users_of(named | {turn.person for turn in changes}),
        seated=electorates.seated(proposal, authority.holders(Act.BE_ELECTOR, proposal.group, holdings)),
        links=await links_of(tx, proposal, partnership),
        now=now,
        head=head,
        policy=await tx.policies.current(partnership.id),
        events=events,
        refused_before=await _of_a_draft(tx, proposal, partnership, now),
        turned=changes,
        behind=proposal.state is ProposalState.ENACTED and await tx.deliveries.behind(proposal.id),
    )


async def _turned(tx: Transaction, proposal: Proposal, partnership: Partnership) -> tuple[Turn, ...]:
    """While somebody has an act in it: the deciding group's seats, and once a vote is on those of its voters."""
    if proposal.state in FINAL or proposal.opened_at is None:
        return ()
    since = proposal.opened_at - SEASON
    groups = {proposal.group}
    if proposal.vote is not None:
        groups.add(voting_group(proposal, partnership.stakeholders.id))
    records = await tx.seats.turned(partnership.id, MEMBER, since)
    found = {turn for group in groups for turn in turned([r for r in records if r.group == group], since)}
    return tuple(sorted(found, key=lambda turn: (turn.at, turn.person), reverse=True))


async def refused_before(
    tx: Transaction, said: str, group: GroupId, partnership: Partnership, now: datetime
) -> tuple[int, ...]:
    """The numbers of those that said the same and were not adopted within 90 days, the latest first (OBJ-6).

    Private matters of another group than the one that decides are not looked at: what they say is its own (SCL-2).
    """
    return tuple(
        earlier.number
        for earlier in await tx.of(Proposal).list(partnership.id, limit=_COMPARED, states=(ProposalState.NOT_ADOPTED,))
        if earlier.number is not None
        and refiling.counts(earlier, now)
        and not (partnership.group(earlier.group).private and earlier.group != group)
        and similarity.says_the_same(said, refiling.body(earlier.text, earlier.effects))
    )


async def _of_a_draft(tx: Transaction, proposal: Proposal, partnership: Partnership, now: datetime) -> tuple[int, ...]:
    if proposal.state is not ProposalState.DRAFT:
        return ()
    said = refiling.body(proposal.text, proposal.effects)
    return await refused_before(tx, said, proposal.group, partnership, now)


async def links_of(tx: Transaction, proposal: Proposal, partnership: Partnership) -> Links:
    """Where the proposal stands in Discord now."""
    found: dict[DeliveryKind, str] = {}
    for delivery in await tx.deliveries.standing(proposal.id):
        if delivery.message_id is None or delivery.channel_id is None:
            continue
        where = f"https://discord.com/channels/{partnership.guild_id}/{delivery.channel_id}"
        is_thread = delivery.kind is DeliveryKind.THREAD
        found[delivery.kind] = where if is_thread else f"{where}/{delivery.message_id}"
    card = found.get(DeliveryKind.CARD)
    return Links(
        card,
        found.get(DeliveryKind.THREAD),
        found.get(DeliveryKind.FEED),
        None if card else await _channel_of(tx, proposal, partnership),
    )


async def _channel_of(tx: Transaction, proposal: Proposal, partnership: Partnership) -> str | None:
    for place in await tx.partnerships.places(partnership.id):
        if place.kind is PlaceKind.GROUP and place.group == proposal.group and not place.lost:
            return f"https://discord.com/channels/{partnership.guild_id}/{place.channel_id}"
    return None


def people_in(proposal: Proposal) -> set[PersonId]:
    """Everyone whom the dossier names."""
    named: set[PersonId | None] = {proposal.author, proposal.done_by}
    effects = proposal.current.effects if proposal.versions else proposal.effects
    named |= {person for effect in effects for person in effect.people}
    named |= {e.person for e in (*proposal.electors, *proposal.voters, *proposal.judges)}
    named |= {c.person for c in proposal.concerns} | proposal.signs_answered
    for objection in proposal.objections:
        named |= {objection.person, objection.sponsor}
        if objection.test is not None:
            named |= {objection.test.asked_by, objection.test.ruled_by}
            if objection.test.appeal is not None:
                named.add(objection.test.appeal.by)
    named |= {spell.person for spell in proposal.clock.barred}
    for vote in (*proposal.past_votes, proposal.vote):
        if vote is not None:
            named |= {b.person for b in vote.ballots} | {e.person for e in vote.electors} | vote.voted
    return {person for person in named if person is not None}
