"""Raising, stating, testing, appealing, withdrawing and sponsoring objections (OBJ-1 to OBJ-8)."""

from __future__ import annotations

from datetime import datetime

from bot.governance import objections as rules
from bot.governance import rulings, sponsors
from bot.governance.dossier import Objection, Statement
from bot.governance.errors import NotEligible
from bot.governance.ids import ProposalId
from bot.services import cases, members
from bot.services.ports import Actor, Context
from bot.services.views import ProposalView, Raised

JOINED_LATER = "joined later"


async def raise_objection(
    ctx: Context, actor: Actor, id: ProposalId, via: str, seen_at: datetime | None = None
) -> Raised:
    """Raise the asker's objection, or find the one that stands already (OBJ-1).

    Of someone who joined after the opening it becomes a concern (PRO-9). ``seen_at``: see the rule.
    Raises NotFound, WindowClosed, NotEligible.
    """
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        case = await cases.open_case(tx, id, now)
        member = await members.member_of(tx, case.partnership, actor)
        cases.check_visible(case, actor, member)
        concern = False
        try:
            changed, events = rules.raise_objection(case.proposal, member, via, now, seen_at)
        except NotEligible as refusal:
            if refusal.why != JOINED_LATER:
                raise
            concern = True
            changed, events = rules.raise_concern(case.proposal, member, "", JOINED_LATER, now)
        kept = await case.keep(changed, events)
        return Raised(await case.view(kept), kept.open_objection_of(member.person), bool(events), concern)


async def concern(ctx: Context, actor: Actor, id: ProposalId, text: str) -> ProposalView:
    """Raise a concern (OBJ-3). Raises NotFound, NotEligible, WrongState, BadText."""
    return await cases.act(
        ctx, actor, id, lambda proposal, member, now: rules.raise_concern(proposal, member, text, "", now)
    )


async def state(ctx: Context, actor: Actor, id: ProposalId, number: int, statement: Statement) -> ProposalView:
    """State the claim (OBJ-2). Raises as ``rules.state_objection``."""
    return await cases.act(
        ctx,
        actor,
        id,
        lambda proposal, member, now: rules.state_objection(proposal, number, member, statement, now),
    )


async def withdraw(ctx: Context, actor: Actor, id: ProposalId, number: int) -> ProposalView:
    """Withdraw, explicitly (OBJ-5). Raises as ``rules.withdraw_objection``."""
    return await cases.act(
        ctx, actor, id, lambda proposal, member, now: rules.withdraw_objection(proposal, number, member, now)
    )


async def ask_test(ctx: Context, actor: Actor, id: ProposalId, number: int) -> ProposalView:
    """Ask for the test of form (OBJ-4). Raises as ``rulings.ask_test``."""
    return await cases.act(
        ctx, actor, id, lambda proposal, member, now: rulings.ask_test(proposal, number, member, now)
    )


async def rule(ctx: Context, actor: Actor, id: ProposalId, number: int, in_form: bool, reason: str) -> ProposalView:
    """Rule on form (OBJ-4). Raises as ``rulings.rule_on_form``."""
    return await cases.act(
        ctx,
        actor,
        id,
        lambda proposal, member, now: rulings.rule_on_form(proposal, number, member, in_form, reason, now),
    )


async def appeal(ctx: Context, actor: Actor, id: ProposalId, number: int, reason: str) -> ProposalView:
    """Appeal a ruling (OBJ-4). Raises as ``rulings.appeal``."""
    return await cases.act(
        ctx, actor, id, lambda proposal, member, now: rulings.appeal(proposal, number, member.person, reason, now)
    )


async def vote_on_appeal(ctx: Context, actor: Actor, id: ProposalId, number: int, stands: bool) -> ProposalView:
    """A judge's vote on an appeal (OBJ-4). Raises as ``rulings.vote_on_appeal``."""
    return await cases.act(
        ctx,
        actor,
        id,
        lambda proposal, member, now: rulings.vote_on_appeal(proposal, number, member, stands, now),
    )


async def sponsor(ctx: Context, actor: Actor, id: ProposalId, number: int) -> ProposalView:
    """Take over a leaver's objection (PRO-9). Raises as ``sponsors.sponsor``."""
    return await cases.act(
        ctx, actor, id, lambda proposal, member, now: sponsors.sponsor(proposal, number, member, now)
    )


async def answer_revision(ctx: Context, actor: Actor, id: ProposalId, number: int, resolved: bool) -> ProposalView:
    """Answer "resolved, or still objecting?" (PRO-5, OBJ-7). Raises as ``rules.answer_revision``."""
    return await cases.act(
        ctx,
        actor,
        id,
        lambda proposal, member, now: rules.answer_revision(proposal, number, member, resolved, now),
    )


async def reaction_gone(ctx: Context, id: ProposalId, user_id: int) -> None:
    """A ✋ disappeared, by whom Discord does not say: keep the objection, ask once (OBJ-5)."""
    async with ctx.uow.write() as tx:
        case = await cases.open_case(tx, id, ctx.clock())
        person = await tx.people.find(user_id)
        if person is not None:
            await case.keep(*rules.reaction_gone(case.proposal, person))


async def reactions_wiped(ctx: Context, id: ProposalId) -> None:
    """All reactions, or one emoji, were wiped: nothing is withdrawn, it is logged (OBJ-5)."""
    async with ctx.uow.write() as tx:
        case = await cases.open_case(tx, id, ctx.clock())
        await case.keep(*rules.reactions_wiped(case.proposal))


async def mine(ctx: Context, actor: Actor, id: ProposalId) -> Objection | None:
    """The asker's objection that still stands, or None. Raises NotFound, NotEligible."""
    async with ctx.uow.read() as tx:
        case = await cases.open_case(tx, id, ctx.clock())
        member = await members.reader_of(tx, case.partnership, actor)
        cases.check_visible(case, actor, member)
        return case.proposal.open_objection_of(member.person)
