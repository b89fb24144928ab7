"""Fills a database with proposals that the rules themselves brought into their state, quickly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import insert, update

from bot.governance import drafts, lifecycle, proposals
from bot.governance.effects import Governed
from bot.governance.events import Event, proposal_thing
from bot.governance.ids import PartnershipId, ProposalId
from bot.governance.organisation import GroupKind, Partnership
from bot.governance.proposals_types import FINAL, Proposal, Rolls, Text
from bot.governance.seats import member
from bot.services import electorates
from bot.services.ports.deliveries import DeliveryKind, DeliveryState
from bot.ui.announcements import announce
from storage import tables
from storage.proposals import columns_of
from storage.unit_of_work import SqlTransaction, SqlUnitOfWork

HERE = PartnershipId(1)
_MANY = 500
_TEXT = Text(
    title="A shared calendar for the whole partnership",
    ask="Adopt one calendar that every group keeps up to date, starting next month.",
    why="People miss meetings; our purpose needs them to meet.",
)
_AGES_AGO = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Story:
    """A proposal with everything that happened to it."""

    proposal: Proposal
    events: tuple[Event, ...]

    def again(self, number: int) -> Story:
        """The same story of another proposal."""
        this = ProposalId(number)
        told = replace(self.proposal, id=this, number=number, version=1)
        return Story(told, tuple(replace(event, thing=proposal_thing(this)) for event in self.events))


async def seed(uow: SqlUnitOfWork, resolved: int, open: int, now: datetime) -> None:
    """Resolved proposals, shown long ago; then open ones, still to be shown."""
    async with uow.read() as tx:
        partnership = await tx.partnerships.get(HERE)
        world = Governed(partnership, await tx.policies.current(HERE))
        top = next(g for g in partnership.groups if g.kind is GroupKind.TOP_LEVEL)
        seated = await electorates.seated(tx, partnership, top.id, now)
    done = decided(opened(partnership, world, seated, now - _AGES_AGO), world)
    fresh = opened(partnership, world, seated, now)
    for numbers in _parts(1, resolved):
        async with uow.write() as tx:
            await _keep(tx, [done.again(number) for number in numbers], now - _AGES_AGO)
            await _shown_long_ago(tx, numbers)
    for numbers in _parts(resolved + 1, open):
        async with uow.write() as tx:
            await _keep(tx, [fresh.again(number) for number in numbers], now)
            await tx.reserve("proposal", numbers[-1])
            await tx.reserve(f"number/{HERE}", numbers[-1])


def opened(partnership: Partnership, world: Governed, seated: Rolls, now: datetime) -> Story:
    """A proposal in review, as the rules open it."""
    roles = frozenset(m.role for m in partnership.mappings if m.group == partnership_top(partnership))
    author = member(partnership, seated.electors[0].person, roles)
    draft = drafts.start(ProposalId(1), world, author, "general", None, now)
    draft = drafts.edit_draft(draft, author.person, _TEXT, ())
    return Story(*proposals.open_review(draft, author, world, seated, proposals.Load(), 1, now))


def decided(story: Story, world: Governed) -> Story:
    """The same proposal after everything that time alone brings."""
    proposal, events = story.proposal, story.events
    while proposal.state not in FINAL:
        due = lifecycle.next_due(proposal)
        assert due is not None
        proposal, more = lifecycle.advance(proposal, due, lifecycle.Surroundings())
        events += more
        if proposal.timelock_ends_at is not None and proposal.timelock_ends_at <= due:
            proposal, _, more = lifecycle.enact(proposal, world, due)
            events += more
    return Story(proposal, events)


def partnership_top(partnership: Partnership) -> int:
    """The top-level cell."""
    return next(g.id for g in partnership.groups if g.kind is GroupKind.TOP_LEVEL)


async def _keep(tx: SqlTransaction, stories: Sequence[Story], at: datetime) -> None:
    rows = [{"id": s.proposal.id} | columns_of(s.proposal, lifecycle.next_due(s.proposal)) for s in stories]
    await tx._session.connection.execute(insert(tables.proposals), rows)
    tx._announce = announce
    await tx.record.append(HERE, [event for story in stories for event in story.events], at)


async def _shown_long_ago(tx: SqlTransaction, numbers: Sequence[int]) -> None:
    table = tables.deliveries
    message_id = table.c.id + 10**15
    sent = update(table).where(table.c.proposal_id.in_(numbers), table.c.kind != DeliveryKind.LOG.value)
    await tx._session.connection.execute(
        sent.values(
            state=DeliveryState.SENT.value,
            shown=table.c.wanted,
            channel_id=10**15,
            message_id=message_id,
            retry_at=None,
        )
    )


def _parts(first: int, count: int) -> Iterator[range]:
    for start in range(first, first + count, _MANY):
        yield range(start, min(start + _MANY, first + count))
