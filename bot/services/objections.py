"""Raising, stating, testing, appealing, withdrawing and sponsoring objections (OBJ-1 to OBJ-8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.governance import authority, rulings, signs, sponsors
from bot.governance import objections as rules
from bot.governance.authority import Act
from bot.governance.errors import NotEligible
from bot.governance.ids import PersonId, ProposalId
from bot.governance.objections_events import ObjectionRaised, SignAnswered
from bot.governance.proposals_types import Objection, Proposal, ProposalState, Statement
from bot.governance.rolls import check_elector
from bot.services import members, proposals_cases
from bot.services.ports.context import Actor, Context
from bot.services.ports.deliveries import DeliveryKind
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
        case = await proposals_cases.open_case(tx, id, now)
        member = await members.member_of(tx, case.partnership, actor)
        proposals_cases.check_visible(case, actor, member)
        concern = False
        try:
            changed, events = rules.raise_objection(case.proposal, member, via, now, seen_at)
        except NotEligible as refusal:
            if refusal.why != JOINED_LATER:
                raise
            concern = True
            changed, events = rules.raise_concern(case.proposal, member, "", JOINED_LATER, now)
        answered: rules.Outcome = (changed, ())
        if via != rules.REACTION:
            answered = rules.told_by_own_act(changed, member.person, now)
        kept = await case.keep(answered[0], (*events, *answered[1]))
        return Raised(await case.view(kept), kept.open_objection_of(member.person), bool(events), concern)


async def refuse(ctx: Context, id: ProposalId, user_id: int) -> None:
    """Somebody's reaction cannot be taken: they are told so directly, once for each proposal (OBJ-1)."""
    async with ctx.uow.write() as tx:
        proposal = await tx.of(Proposal).get(id)
        person = await tx.people.id_of(user_id)
        await tx.deliveries.ask(proposal.partnership, DeliveryKind.DIRECT, id, person=person)


async def answer_sign(ctx: Context, actor: Actor, id: ProposalId, emoji: str) -> None:
    """A sign that says no and is not taken is answered once (OBJ-1). Raises NotFound, NotEligible."""
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        case = await proposals_cases.open_case(tx, id, now)
        member = await members.member_of(tx, case.partnership, actor)
        proposals_cases.check_visible(case, actor, member)
        await case.keep(*signs.answer(case.proposal, member, emoji, now))


async def told(ctx: Context, id: ProposalId, event: int, way: str) -> None:
    """Discord took what tells an objector that their objection waits to be stated: its period begins (OBJ-2)."""
    async with ctx.uow.write() as tx:
        case = await proposals_cases.open_case(tx, id, ctx.clock())
        number = await _untold(case, event)
        if number is not None:
            await case.keep(*rules.told(case.proposal, number, way, case.now))


async def tell_otherwise(ctx: Context, id: ProposalId, event: int, way: DeliveryKind) -> None:
    """Somebody cannot be told where all is told: they are told in another way as well (OBJ-1, OBJ-2)."""
    async with ctx.uow.write() as tx:
        case = await proposals_cases.open_case(tx, id, ctx.clock())
        person = await _to_be_told(case, event)
        if person is not None:
            await tx.deliveries.ask(case.partnership.id, way, id, event, person)


async def has_to_be_told(ctx: Context, id: ProposalId, event: int) -> bool:
    """Whether the person whom this event concerns still has to be told of it."""
    async with ctx.uow.read() as tx:
        return await _to_be_told(await proposals_cases.open_case(tx, id, ctx.clock()), event) is not None


async def untold(ctx: Context, guild_id: int, user_id: int) -> tuple[tuple[ProposalView, Objection], ...]:
    """What somebody raised in this server and could not be told of yet: an answer to them tells it (OBJ-2)."""
    found = []
    async with ctx.uow.read() as tx:
        person = await tx.people.find(user_id)
        if person is None:
            return ()
        for partnership in await tx.partnerships.of_guild(guild_id):
            for each in await tx.of(Proposal).untold(partnership.id, person):
                case = await proposals_cases.open_case(tx, each, ctx.clock())
                waiting = rules.untold(case.proposal, person, case.now)
                if waiting is not None:
                    found.append((await case.view(case.proposal), waiting))
    return tuple(found)


async def told_by_own_act(ctx: Context, actor: Actor, proposals: Iterable[ProposalId]) -> None:
    """The asker was answered with what waits for them, these objections among it (OBJ-2)."""
    for each in proposals:
        async with ctx.uow.write() as tx:
            case = await proposals_cases.open_case(tx, each, ctx.clock())
            person = await tx.people.find(actor.user_id)
            if person is not None:
                await case.keep(*rules.told_by_own_act(case.proposal, person, case.now))


async def concern(ctx: Context, actor: Actor, id: ProposalId, text: str) -> ProposalView:
    """Raise a concern (OBJ-3). Raises NotFound, NotEligible, WrongState, BadText."""
    return await proposals_cases.act(
        ctx, actor, id, lambda proposal, member, now: rules.raise_concern(proposal, member, text, "", now)
    )


async def state(ctx: Context, actor: Actor, id: ProposalId, number: int, statement: Statement) -> ProposalView:
    """State the claim (OBJ-2). Raises as ``rules.state_objection``."""
    return await proposals_cases.act(
        ctx,
        actor,
        id,
        lambda proposal, member, now: rules.state_objection(proposal, number, member, statement, now),
    )


async def withdraw(ctx: Context, actor: Actor, id: ProposalId, number: int) -> ProposalView:
    """Withdraw, explicitly (OBJ-5). Raises as ``rules.withdraw_objection``."""
    return await proposals_cases.act(
        ctx, actor, id, lambda proposal, member, now: rules.withdraw_objection(proposal, number, member, now)
    )


async def ask_test(ctx: Context, actor: Actor, id: ProposalId, number: int) -> ProposalView:
    """Ask for the test of form (OBJ-4). Raises as ``rulings.ask_test``."""
    return await proposals_cases.act(
        ctx, actor, id, lambda proposal, member, now: rulings.ask_test(proposal, number, member, now)
    )


async def rule(ctx: Context, actor: Actor, id: ProposalId, number: int, in_form: bool, reason: str) -> ProposalView:
    """Rule on form (OBJ-4). Raises as ``rulings.rule_on_form``."""
    return await proposals_cases.act(
        ctx,
        actor,
        id,
        lambda proposal, member, now: rulings.rule_on_form(proposal, number, member, in_form, reason, now),
    )


async def appeal(ctx: Context, actor: Actor, id: ProposalId, number: int, reason: str) -> ProposalView:
    """Appeal a ruling (OBJ-4). Raises as ``rulings.appeal``."""
    return await proposals_cases.act(
        ctx, actor, id, lambda proposal, member, now: rulings.appeal(proposal, number, member.person, reason, now)
    )


async def vote_on_appeal(ctx: Context, actor: Actor, id: ProposalId, number: int, stands: bool) -> ProposalView:
    """A judge's vote on an appeal (OBJ-4). Raises as ``rulings.vote_on_appeal``."""
    return await proposals_cases.act(
        ctx,
        actor,
        id,
        lambda proposal, member, now: rulings.vote_on_appeal(proposal, number, member, stands, now),
    )


async def sponsor(ctx: Context, actor: Actor, id: ProposalId, number: int) -> ProposalView:
    """Take over a leaver's objection (PRO-9). Raises as ``sponsors.sponsor``."""
    return await proposals_cases.act(
        ctx, actor, id, lambda proposal, member, now: sponsors.sponsor(proposal, number, member, now)
    )


async def answer_revision(ctx: Context, actor: Actor, id: ProposalId, number: int, resolved: bool) -> ProposalView:
    """Answer "resolved, or still objecting?" (PRO-5, OBJ-7). Raises as ``rules.answer_revision``."""
    return await proposals_cases.act(
        ctx,
        actor,
        id,
        lambda proposal, member, now: rules.answer_revision(proposal, number, member, resolved, now),
    )


async def reaction_gone(ctx: Context, id: ProposalId, user_id: int) -> None:
    """A ✋ disappeared, by whom Discord does not say: keep the objection, ask once (OBJ-5)."""
    async with ctx.uow.write() as tx:
        case = await proposals_cases.open_case(tx, id, ctx.clock())
        person = await tx.people.find(user_id)
        if person is not None:
            await case.keep(*rules.reaction_gone(case.proposal, person))


async def reactions_wiped(ctx: Context, id: ProposalId) -> None:
    """All reactions, or one emoji, were wiped: nothing is withdrawn, it is logged (OBJ-5)."""
    async with ctx.uow.write() as tx:
        case = await proposals_cases.open_case(tx, id, ctx.clock())
        await case.keep(*rules.reactions_wiped(case.proposal))


async def why_not_taken(ctx: Context, id: ProposalId, person: PersonId) -> str:
    """Why a reaction of this person cannot be taken, by the seats on record: a key of a refusal (OBJ-1, PRO-9)."""
    async with ctx.uow.read() as tx:
        case = await proposals_cases.open_case(tx, id, ctx.clock())
        proposal, partnership = case.proposal, case.partnership
        member = members.seated(person, await tx.seats.holdings(partnership))
        if proposal.state is not ProposalState.REVIEW:
            return "window closed"
        if person == proposal.author:
            return "author"
        if any(c.person == person and c.why == JOINED_LATER for c in proposal.concerns):
            return JOINED_LATER
        if proposal.elector(person) is None and not authority.may(member, Act.LOOK_AROUND):
            return "no seat"
        try:
            check_elector(proposal, member, Act.OBJECT)
        except NotEligible as refusal:
            return refusal.why
        return "window closed"


async def _to_be_told(case: proposals_cases.ProposalCase, event: int) -> PersonId | None:
    """An objector who has not been told, or who said no with a sign that was not taken and has not objected since."""
    number = await _untold(case, event)
    if number is not None:
        return rules.objection_of(case.proposal, number).person
    recorded = (await case.tx.record.event(case.partnership.id, event)).event
    if recorded.type is not SignAnswered or recorded.actor is None:
        return None
    is_over = (
        case.proposal.state is not ProposalState.REVIEW or case.proposal.open_objection_of(recorded.actor) is not None
    )
    return None if is_over else recorded.actor


async def _untold(case: proposals_cases.ProposalCase, event: int) -> int | None:
    """The number of the objection that this event raised, while its objector has not been told."""
    raised = (await case.tx.record.event(case.partnership.id, event)).event
    if not isinstance(raised.fact, ObjectionRaised):
        return None
    number = raised.fact.objection
    objection = case.proposal.objection(number)
    return number if objection is not None and objection.untold else None


async def mine(ctx: Context, actor: Actor, id: ProposalId) -> Objection | None:
    """The asker's objection that still stands, or None. Raises NotFound, NotEligible."""
    async with ctx.uow.read() as tx:
        case = await proposals_cases.open_case(tx, id, ctx.clock())
        member = await members.reader_of(tx, case.partnership, actor)
        proposals_cases.check_visible(case, actor, member)
        return case.proposal.open_objection_of(member.person)
