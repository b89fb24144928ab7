"""One proposal in one transaction: load it with its partnership and actor, keep what a rule made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.governance import authority
from bot.governance.authority import Act
from bot.governance.effects import Governed
from bot.governance.events import Event
from bot.governance.ids import PersonId, ProposalId
from bot.governance.organisation import Member, Partnership
from bot.governance.proposals_types import Proposal, ProposalState, Rolls
from bot.governance.rolls import reading
from bot.services import cases, electorates, members
from bot.services.cases import Shelf
from bot.services.ports.context import Actor, Context
from bot.services.ports.transaction import Transaction
from bot.services.views import ProposalView, view_of

Rule = Callable[[Proposal, Member, datetime], tuple[Proposal, tuple[Event, ...]]]


@dataclass(frozen=True, slots=True)
class ProposalCase:
    """A proposal at hand, inside a transaction."""

    tx: Transaction
    proposal: Proposal
    partnership: Partnership
    now: datetime

    async def world(self) -> Governed:
        """What its effects would change, as it stands."""
        return Governed(self.partnership, await self.tx.policies.current(self.partnership.id))

    async def seated(self) -> Rolls:
        """Who counts as seated in what opens now (PRO-9)."""
        return await electorates.seated(self.tx, self.partnership, self.proposal.group, self.now)

    def lacks_role(self) -> bool:
        """Whether a role is gone that carries a say in its final vote (ORG-3)."""
        return electorates.lacks_role(self.proposal, self.partnership, voting=True)

    async def keep(self, changed: Proposal, events: tuple[Event, ...]) -> Proposal:
        """Save and record in this transaction; nothing happens when nothing changed.

        In another state, or read by others, it may depend on other people: that is looked at anew (PRO-11).
        """
        if changed == self.proposal and not events:
            return changed
        if (changed.state, changed.electors) != (self.proposal.state, self.proposal.electors):
            changed, turned = electorates.follow(changed, self.partnership, self.now)
            events += turned
        return await cases.keep(self.tx, self.proposal, changed, events, self.now)

    async def view(self, proposal: Proposal) -> ProposalView:
        """The proposal as the presenter needs it."""
        return await view_of(self.tx, proposal, self.partnership, self.now)


async def open_case(tx: Transaction, id: ProposalId, now: datetime) -> ProposalCase:
    """Load a proposal for an act. Raises NotFound."""
    proposal = await tx.of(Proposal).get(id)
    return ProposalCase(tx, proposal, await tx.partnerships.get(proposal.partnership), now)


async def act(ctx: Context, actor: Actor, id: ProposalId, rule: Rule) -> ProposalView:
    """The way of most acts: load, call one rule with the instant of the transaction, keep, show.

    Raises NotFound, NotEligible without a seat, and what the rule refuses.
    """
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        case = await open_case(tx, id, now)
        member = await members.member_of(tx, case.partnership, actor)
        check_visible(case, actor, member)
        changed, events = rule(case.proposal, member, now)
        return await case.view(await case.keep(changed, events))


def check_visible(case: ProposalCase, actor: Actor, member: Member) -> None:
    """Raises NotFound for other servers' proposals and others' drafts; NotEligible without a seat."""
    readable, hidden = visible(case.proposal, case.partnership, member), _hidden(case.proposal, member.person)
    cases.check_readable(SHELF.name, case.partnership, actor, member, readable=readable, hidden=hidden)


def visible(proposal: Proposal, partnership: Partnership, member: Member) -> bool:
    """A draft to its author; what was filed to its parties, its group's readers, and whoever has a say in it."""
    return not _hidden(proposal, member.person) and may_read(proposal, partnership, member)


def _hidden(proposal: Proposal, person: PersonId) -> bool:
    return proposal.state in {ProposalState.DRAFT, ProposalState.DISCARDED} and proposal.author != person


def may_read(proposal: Proposal, partnership: Partnership, member: Member) -> bool:
    """Its group's readers; its author and those behind its objections, whatever becomes of their seats; and whoever
    has a say in it: what people vote on they can read, private or not (SCL-2).
    """
    may = partial(authority.may, member, Act.READ_PROPOSAL, partnership.group(proposal.group))
    return may() or may(relations=reading(proposal, member.person))


async def _may_read(tx: Transaction, partnership: Partnership, proposal: Proposal, member: Member) -> bool:
    return visible(proposal, partnership, member)


SHELF = Shelf(Proposal, _may_read, _hidden)
