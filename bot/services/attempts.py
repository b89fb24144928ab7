"""Before a form opens: would the act be taken from this person now? Nobody writes a page only to be refused.

Each function tries the act's own rule with placeholder words and drops what came of it; nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from bot.governance import drafts, escalations, objections, refiling, revisions, rulings, votes
from bot.governance import proposals as rules
from bot.governance.effects import Governed
from bot.governance.errors import (
    AlreadyDone,
    BadText,
    BadValue,
    NotFound,
    OutOfBounds,
    Refusal,
    Stale,
    UnknownKey,
    WrongState,
)
from bot.governance.ids import GroupId, PartnershipId, ProposalId
from bot.governance.methods import REGISTRY
from bot.governance.organisation import Member
from bot.governance.proposals_types import Proposal, ProposalState, Rolls, Statement
from bot.governance.rolls import check_author
from bot.governance.votes_types import Ballot
from bot.services import members, proposals, proposals_cases
from bot.services.ports.context import Actor, Context
from bot.services.ports.proposals import Filter
from bot.services.ports.transaction import Transaction
from bot.services.proposals_cases import ProposalCase
from bot.services.views import ProposalView

_WORDS = "x" * objections.LEAST_REASON
_Try = Callable[[ProposalCase, Member], object]


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of an open vote."""

    name: str
    needs_reason: bool


async def propose(
    ctx: Context,
    actor: Actor,
    partnership_id: PartnershipId,
    type: str | None,
    again: int | None = None,
    group: GroupId | None = None,
) -> tuple[str, GroupId]:
    """The type and the deciding group of what may be filed; without a type it is a group's own matter.

    Raises NotFound, UnknownKey, NotEligible (POL-3), LimitReached, BadValue for what cannot be filed ``again``.
    """
    async with ctx.uow.read() as tx:
        partnership = await tx.partnerships.get(partnership_id)
        if partnership.guild_id != actor.guild_id:
            raise NotFound("partnership")
        member = await members.reader_of(tx, partnership, actor)
        policy = await tx.policies.current(partnership.id)
        now = ctx.clock()
        named = policy.own_matters.name if type is None else type
        blank = drafts.start(ProposalId(0), Governed(partnership, policy), member, named, group, now)
        drafts.check_drafts(len(await tx.of(Proposal).drafts_of(partnership.id, member.person)))
        if again is not None:
            earlier = await proposals.earlier_of(tx, partnership, member, again)
            refiling.link(blank, member.person, f"P-{again}", earlier, "", now)
        return blank.type, blank.group


async def write(ctx: Context, actor: Actor, id: ProposalId) -> ProposalView:
    """Editing a draft, or revising what is open. Raises NotFound, NotYours, WrongState, LimitReached."""
    async with ctx.uow.read() as tx:
        case, member = await _opened(tx, ctx, actor, id)
        view = await case.view(case.proposal)
    check_author(case.proposal, member.person)
    if case.proposal.state is not ProposalState.DRAFT:
        _try_revising(view)
    return view


async def open_review(ctx: Context, actor: Actor, id: ProposalId) -> ProposalView:
    """The proposal as it would stand under its likely number; as the draft it is while something hinders it (PRO-1).

    Raises NotFound.
    """
    async with ctx.uow.read() as tx:
        case, member = await _opened(tx, ctx, actor, id)
        rows = await tx.of(Proposal).listed(case.partnership.id, Filter(limit=1))
        number = (rows[0].number or 0) + 1 if rows else 1
        world, seated = await case.world(), await case.seated()
        proposal = case.proposal
        with suppress(Refusal):
            proposal, _ = rules.open_review(proposal, member, world, seated, rules.Load(), number, case.now)
        return await case.view(proposal)


async def withdraw(ctx: Context, actor: Actor, id: ProposalId) -> ProposalView:
    """Raises NotFound and as ``proposals.withdraw``."""
    return await _tried(ctx, actor, id, lambda case, member: rules.withdraw(case.proposal, member.person, "", case.now))


async def concern(ctx: Context, actor: Actor, id: ProposalId) -> ProposalView:
    """Raises NotFound and as ``objections.raise_concern``."""
    return await _tried(
        ctx, actor, id, lambda case, member: objections.raise_concern(case.proposal, member, _WORDS, "", case.now)
    )


async def escalate(ctx: Context, actor: Actor, id: ProposalId) -> ProposalView:
    """Raises NotFound and as ``escalations.escalate``."""
    return await _tried(ctx, actor, id, lambda case, member: escalations.escalate(case.proposal, member, case.now))


async def state(ctx: Context, actor: Actor, id: ProposalId, number: int) -> ProposalView:
    """Raises NotFound and as ``objections.state_objection``."""
    placeholder = Statement(objections.CRITERIA[0], _WORDS)
    return await _tried(
        ctx,
        actor,
        id,
        lambda case, member: objections.state_objection(case.proposal, number, member, placeholder, case.now),
    )


async def keep(ctx: Context, actor: Actor, id: ProposalId, number: int) -> ProposalView:
    """Keeping what one could withdraw (OBJ-5). Raises NotFound and as ``objections.withdraw_objection``."""
    return await _tried(
        ctx,
        actor,
        id,
        lambda case, member: objections.withdraw_objection(case.proposal, number, member, case.now),
    )


async def rule(ctx: Context, actor: Actor, id: ProposalId, number: int) -> ProposalView:
    """Raises NotFound and as ``rulings.rule_on_form``."""
    return await _tried(
        ctx,
        actor,
        id,
        lambda case, member: rulings.rule_on_form(case.proposal, number, member, True, _WORDS, case.now),
    )


async def appeal(ctx: Context, actor: Actor, id: ProposalId, number: int) -> ProposalView:
    """Raises NotFound and as ``rulings.appeal``."""
    return await _tried(
        ctx,
        actor,
        id,
        lambda case, member: rulings.appeal(case.proposal, number, member.person, _WORDS, case.now),
    )


async def cast(ctx: Context, actor: Actor, id: ProposalId, place: int) -> Choice:
    """The option at this place of the open vote's fixed order. Raises NotFound, UnknownKey and as ``votes.cast``."""
    found: list[Choice] = []

    def tried(case: ProposalCase, member: Member) -> object:
        choice = _choice_at(case.proposal, place)
        found.append(choice)
        ballot = Ballot({choice.name: 1}, member.person, objections.CRITERIA[0], _WORDS)
        return votes.cast(case.proposal, member, ballot, case.partnership.stakeholders.id, case.now)

    await _tried(ctx, actor, id, tried)
    return found[0]


async def _tried(ctx: Context, actor: Actor, id: ProposalId, act: _Try) -> ProposalView:
    async with ctx.uow.read() as tx:
        case, member = await _opened(tx, ctx, actor, id)
        act(case, member)
        return await case.view(case.proposal)


async def _opened(tx: Transaction, ctx: Context, actor: Actor, id: ProposalId) -> tuple[ProposalCase, Member]:
    case = await proposals_cases.open_case(tx, id, ctx.clock())
    member = await members.reader_of(tx, case.partnership, actor)
    proposals_cases.check_visible(case, actor, member)
    return case, member


def _try_revising(view: ProposalView) -> None:
    """Refusals of content play no part yet: the form is where the content is mended."""
    proposal, world = view.proposal, Governed(view.partnership, view.policy)
    seated = Rolls(proposal.electors, proposal.voters)
    with suppress(AlreadyDone, BadText, BadValue, OutOfBounds, Stale, UnknownKey):
        revisions.revise(proposal, proposal.author, proposal.text, proposal.effects, world, seated, view.now)


def _choice_at(proposal: Proposal, place: int) -> Choice:
    vote = proposal.vote
    if vote is None:
        raise WrongState(proposal.state, "vote")
    if place >= len(vote.options):
        raise UnknownKey(str(place), vote.options)
    option = vote.options[place]
    return Choice(option, option in REGISTRY[vote.method].NEEDS_REASON)
