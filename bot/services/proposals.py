"""Filing, reading, revising, withdrawing and halting proposals (PRO-1 to PRO-11, EFF-3)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.governance import authority, completions, drafts, electorates, erasure, halts, lifecycle, refiling, revisions
from bot.governance import proposals as rules
from bot.governance.authority import Act
from bot.governance.consistency_proposals import of_proposal
from bot.governance.effects import Decision, Effect, Governed
from bot.governance.errors import NotEligible, NotFound, Refiled, Refusal, WindowClosed
from bot.governance.ids import GroupId, PartnershipId, ProposalId
from bot.governance.matrix import DecisionType
from bot.governance.money import Money
from bot.governance.organisation import Member, Partnership
from bot.governance.proposals_events import ReviewOpened
from bot.governance.proposals_types import FINAL, Proposal, ProposalState, Text
from bot.governance.rolls import check_elector
from bot.services import cases, members, proposals_asked, proposals_cases, similarity
from bot.services.lifecycle import advance
from bot.services.noun import Noun
from bot.services.ports.context import Actor, Context
from bot.services.ports.proposals import Filter, Listed
from bot.services.ports.transaction import Transaction
from bot.services.proposals_cases import ProposalCase, act
from bot.services.views import ProposalStanding, ProposalView, links_of, refused_before, view_of

_COMPARED = 300
_MOST_SIMILAR = 3
_LATELY = timedelta(days=180)
_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Similar:
    """A proposal that says much the same, with a link to its card."""

    proposal: Proposal
    card: str | None


async def draft(
    ctx: Context,
    actor: Actor,
    partnership_id: PartnershipId,
    type: str,
    group: GroupId | None,
    text: Text,
    effects: tuple[Effect, ...] = (),
    again: int | None = None,
) -> ProposalView:
    """Keep page 1 as a private draft, valid or not (PRO-1). ``again`` is the number of what it files again.

    Raises NotEligible, UnknownKey, NotFound, LimitReached, BadValue.
    """
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        partnership = await tx.partnerships.get(partnership_id)
        if partnership.guild_id != actor.guild_id:
            raise NotFound("partnership")
        member = await members.member_of(tx, partnership, actor)
        world = Governed(partnership, await tx.policies.current(partnership.id))
        drafts.row_to_file(world, member, type)
        drafts.check_drafts(len(await tx.of(Proposal).drafts_of(partnership.id, member.person)))
        blank_id = ProposalId(await tx.next_id("proposal"))
        blank = drafts.start(blank_id, world, member, type, group, now)
        written = drafts.edit_draft(blank, member.person, text, effects)
        if again is not None:
            earlier = await earlier_of(tx, partnership, member, again)
            written = refiling.link(written, member.person, f"P-{again}", earlier, "", now)
        saved = await tx.of(Proposal).save(written)
        return await view_of(tx, saved, partnership, now)


async def may_file(ctx: Context, actor: Actor, partnership_id: PartnershipId) -> tuple[DecisionType, ...]:
    """The types of proposal that the asker's seats may file (POL-3)."""
    async with ctx.uow.read() as tx:
        partnership = await tx.partnerships.get(partnership_id)
        member = await members.reader_of(tx, partnership, actor)
        policy = await tx.policies.current(partnership.id)
    return tuple(row for row in policy.matrix if authority.may_file(member, row, partnership))


async def edit(ctx: Context, actor: Actor, id: ProposalId, text: Text, effects: tuple[Effect, ...]) -> ProposalView:
    """Replace a draft's words (PRO-1). Raises NotFound, NotYours, WrongState."""
    return await act(
        ctx, actor, id, lambda proposal, member, now: (drafts.edit_draft(proposal, member.person, text, effects), ())
    )


AUTHORS: Mapping[ProposalState, tuple[str, ...]] = MappingProxyType(
    {
        ProposalState.REVIEW: ("revise", "withdraw"),
        ProposalState.SETTLING: ("revise", "withdraw"),
        ProposalState.DISPUTED: ("revise", "withdraw"),
        ProposalState.ESCALATED: ("withdraw",),
        ProposalState.STALE: ("revise", "withdraw"),
    }
)
"""What only the author of a proposal can do (PRO-5, PRO-6)."""


def hindrance(view: ProposalView) -> Refusal | None:
    """All that keeps the words of a draft, or of the next version, from going on, as one refusal (PRO-3)."""
    proposal, kept = view.proposal, view.proposal.next_words
    faults = list(drafts.faults_of(view.row, kept.text))
    try:
        world, decision = Governed(view.partnership, view.policy), Decision(proposal.id, view.now)
        drafts.prepare_effects(view.row, kept.effects, world, decision)
    except Refusal as refusal:
        faults.append(refusal)
    try:
        if proposal.state is ProposalState.DRAFT:
            refiling.check(proposal, view.refused_before)
    except Refusal as refusal:
        faults.append(refusal)
    return drafts.as_one(faults)


async def before_opening(ctx: Context, actor: Actor, id: ProposalId) -> tuple[ProposalView, tuple[Similar, ...]]:
    """A draft with the up to three most similar proposals that the actor may read (PRO-3).

    They are open or of the last 180 days; shown before the review opens, they never hinder it. Drafts of others are
    not compared, nor what the draft says itself that it files again. None for what cannot be opened yet.
    Raises NotFound.
    """
    async with ctx.uow.scan() as tx:
        now = ctx.clock()
        case = await proposals_cases.open_case(tx, id, now)
        member = await members.reader_of(tx, case.partnership, actor)
        proposals_cases.check_visible(case, actor, member)
        view = await case.view(case.proposal)
        load = await tx.of(Proposal).load_of(case.partnership.id, member.person, case.proposal.group, now - _DAY)
        try:
            refiling.check(case.proposal, view.refused_before)
            rules.open_review(case.proposal, member, await case.world(), await case.seated(), rules.Load(*load), 1, now)
        except Refusal:
            return view, ()
        others = {
            int(each.id): each
            for each in await tx.of(Proposal).list(case.partnership.id, limit=_COMPARED)
            if each.number != case.proposal.refiles
            and (each.state not in FINAL or each.created_at > now - _LATELY)
            and proposals_cases.may_read(each, case.partnership, member)
        }
        texts = {number: _wording(each) for number, each in others.items()}
        near = await asyncio.to_thread(similarity.nearest, _wording(case.proposal), texts, _MOST_SIMILAR)
        found = [others[number] for number in near]
        return view, tuple([Similar(each, (await links_of(tx, each, case.partnership)).card) for each in found])


def _wording(proposal: Proposal) -> str:
    return f"{proposal.text.title}\n{refiling.body(proposal.text, proposal.effects)}"


async def _check_not_refused(tx: Transaction, case: ProposalCase, text: Text, effects: tuple[Effect, ...]) -> None:
    """Another version says no more what was refused lately than a new proposal may (OBJ-6). Raises Refiled."""
    said, now = refiling.body(text, effects), case.proposal.current
    if similarity.says_the_same(said, refiling.body(now.text, now.effects)):
        return
    refused = await refused_before(tx, said, case.proposal.group, case.partnership, case.now)
    if refused and case.proposal.refiles not in refused:
        raise Refiled(refused[0])


async def open_review(ctx: Context, actor: Actor, id: ProposalId) -> ProposalView:
    """Open the review (PRO-2). Raises NotFound and everything that ``rules.open_review`` refuses."""
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        case = await proposals_cases.open_case(tx, id, now)
        member = await members.member_of(tx, case.partnership, actor)
        proposals_cases.check_visible(case, actor, member)
        load = rules.Load(
            *await tx.of(Proposal).load_of(case.partnership.id, member.person, case.proposal.group, now - _DAY)
        )
        if case.proposal.state is ProposalState.DRAFT:
            refiling.check(case.proposal, (await case.view(case.proposal)).refused_before)
        number = await NOUN.next_number(tx, case.partnership.id)
        opened, events = rules.open_review(
            case.proposal, member, await case.world(), await case.seated(), load, number, now
        )
        return await case.view(await case.keep(opened, events))


async def mark(ctx: Context, actor: Actor, id: ProposalId, done: bool) -> ProposalView:
    """Say that people have done what was decided, or not after all (POL-3). Raises as ``completions.mark``."""
    return await act(ctx, actor, id, lambda proposal, member, now: completions.mark(proposal, member, done, now))


async def options(ctx: Context, actor: Actor, id: ProposalId) -> tuple[ProposalView, tuple[str, ...]]:
    """The proposal, and which acts that its card does not offer the asker could take now. Raises NotFound."""
    async with ctx.uow.read() as tx:
        case = await proposals_cases.open_case(tx, id, ctx.clock())
        member = await members.reader_of(tx, case.partnership, actor)
        proposals_cases.check_visible(case, actor, member)
        own = member.person == case.proposal.author
        return await case.view(case.proposal), AUTHORS.get(case.proposal.state, ()) if own else ()


async def refile(ctx: Context, actor: Actor, id: ProposalId, number: str, changed: str) -> ProposalView:
    """Link a draft to what it files again, and say what changed (OBJ-6). Raises NotFound and as ``refiling.link``."""
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        case = await proposals_cases.open_case(tx, id, now)
        member = await members.member_of(tx, case.partnership, actor)
        proposals_cases.check_visible(case, actor, member)
        typed = cases.written(NOUN.letter, number)
        earlier = await earlier_of(tx, case.partnership, member, typed.number) if typed else None
        linked = refiling.link(case.proposal, member.person, number, earlier, changed, now)
        return await case.view(await case.keep(linked, ()))


async def refilable(ctx: Context, actor: Actor, partnership: PartnershipId, search: str) -> tuple[Listed, ...]:
    """What was not adopted within 90 days and the asker may read, newest first (OBJ-6). Raises NotEligible."""
    wanted = Filter(states=frozenset({ProposalState.NOT_ADOPTED}), search=search)
    rows = await list_proposals(ctx, actor, partnership, wanted)
    async with ctx.uow.read() as tx:
        now = ctx.clock()
        return tuple([row for row in rows if refiling.counts(await tx.of(Proposal).get(row.id), now)])


async def earlier_of(tx: Transaction, partnership: Partnership, member: Member, number: int) -> Proposal | None:
    """The proposal of this number, if the member may read it."""
    try:
        found = await tx.of(Proposal).numbered(partnership.id, number)
    except NotFound:
        return None
    return found if proposals_cases.may_read(found, partnership, member) else None


async def mark_read(ctx: Context, actor: Actor, id: ProposalId) -> ProposalView:
    """Record "I have read it" (PRO-8). Raises NotFound, WindowClosed, NotEligible."""
    return await act(ctx, actor, id, electorates.mark_read)


async def write_revision(
    ctx: Context, actor: Actor, id: ProposalId, of: int, text: Text, effects: tuple[Effect, ...]
) -> ProposalView:
    """Keep words for the version after ``of`` (PRO-5). Raises NotFound and as ``revisions.write_revision``."""
    return await act(
        ctx,
        actor,
        id,
        lambda proposal, member, now: (revisions.write_revision(proposal, member.person, of, text, effects), ()),
    )


async def take_amount(ctx: Context, actor: Actor, id: ProposalId, chosen: Money) -> ProposalView:
    """Choose how an amount that can be read in several ways is meant, in a draft or for the next version (PRO-1).

    Raises NotFound, NotYours, WrongState, AmountUnclear and BadValue when the words were changed meanwhile.
    """

    def take(proposal: Proposal, member: Member, now: datetime) -> rules.Outcome:
        rule = drafts.take_amount if proposal.state is ProposalState.DRAFT else revisions.take_amount
        return rule(proposal, member.person, chosen), ()

    return await act(ctx, actor, id, take)


async def drop_revision(ctx: Context, actor: Actor, id: ProposalId) -> ProposalView:
    """Forget the words kept for the next version (PRO-5). Raises NotFound, NotYours."""
    return await act(
        ctx, actor, id, lambda proposal, member, now: (revisions.drop_revision(proposal, member.person), ())
    )


async def revise(
    ctx: Context, actor: Actor, id: ProposalId, text: Text | None = None, effects: tuple[Effect, ...] = ()
) -> ProposalView:
    """Publish the next version: the words kept for it, or these (PRO-5). Raises NotFound, as ``revisions.revise``."""
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        case = await proposals_cases.open_case(tx, id, now)
        member = await members.member_of(tx, case.partnership, actor)
        proposals_cases.check_visible(case, actor, member)
        world = await case.world()
        row = case.proposal.row(world.policy)
        if not row.founding:
            authority.check_file(member, row, case.partnership)
        kept = case.proposal.next_words
        words = (kept.text, kept.effects) if text is None else (text, effects)
        await _check_not_refused(tx, case, *words)
        seated = await case.seated()
        revised, events = revisions.revise(case.proposal, member.person, *words, world, seated, now)
        return await case.view(await case.keep(revised, events))


async def withdraw(ctx: Context, actor: Actor, id: ProposalId, reason: str = "") -> ProposalView:
    """The author takes it back (PRO-6). Raises NotFound, NotYours, WrongState."""
    return await act(ctx, actor, id, lambda proposal, member, now: rules.withdraw(proposal, member.person, reason, now))


async def discard(ctx: Context, actor: Actor, id: ProposalId) -> ProposalView:
    """Throw a draft away (PRO-6). Raises NotFound, WrongState."""
    return await act(ctx, actor, id, lambda proposal, member, now: rules.discard(proposal, now))


async def halt(ctx: Context, actor: Actor, id: ProposalId) -> ProposalView:
    """Consent to a halt in the timelock (EFF-3). Raises NotFound and what ``halts.consent_to_halt`` refuses."""
    return await act(ctx, actor, id, halts.consent_to_halt)


async def show(ctx: Context, actor: Actor, id: ProposalId) -> ProposalView:
    """A proposal for someone who may read it. Raises NotFound, NotEligible."""
    return await _shown(ctx, actor, id, with_events=False)


async def why(ctx: Context, actor: Actor, id: ProposalId) -> ProposalView:
    """The same with every recorded event: rule, version, electorate, timeline, rulings (REC-2)."""
    return await _shown(ctx, actor, id, with_events=True)


async def by_number(ctx: Context, actor: Actor, partnership: PartnershipId, number: int) -> ProposalView:
    """The proposal ``P-<number>``. Raises NotFound, NotEligible."""
    found = await cases.numbered(ctx, proposals_cases.SHELF, actor, partnership, number)
    return await show(ctx, actor, ProposalId(found))


async def list_proposals(
    ctx: Context, actor: Actor, partnership_id: PartnershipId, wanted: Filter
) -> tuple[Listed, ...]:
    """What the asker may read, newest first (SCL-2). Raises NotEligible without a seat."""
    async with ctx.uow.scan() if wanted.search else ctx.uow.read() as tx:
        partnership = await tx.partnerships.get(partnership_id)
        if partnership.guild_id != actor.guild_id:
            raise NotFound("partnership")
        member = await members.reader_of(tx, partnership, actor)
        readable = {g.id for g in partnership.groups if authority.may(member, Act.READ, g)}
        if wanted.author is not None:
            wanted = replace(wanted, author=member.person)
        found = await _readable(tx, partnership, wanted, readable, member)
        if not found:
            authority.check(member, Act.LOOK_AROUND)
        return found


async def _readable(
    tx: Transaction, partnership: Partnership, wanted: Filter, readable: set[GroupId], member: Member
) -> tuple[Listed, ...]:
    """As many as were asked for, also where others stand between that the asker may not read.

    Of another group's private matters it gives those in which the asker has a say: what they can open is listed too.
    """
    found: list[Listed] = []
    while True:
        rows = await tx.of(Proposal).listed(partnership.id, wanted)
        found += [r for r in rows if r.group in readable or await _has_a_say(tx, partnership, r, member)]
        if len(found) >= wanted.limit or len(rows) < wanted.limit:
            return tuple(found[: wanted.limit])
        wanted = replace(wanted, before=rows[-1].id)


async def _has_a_say(tx: Transaction, partnership: Partnership, row: Listed, member: Member) -> bool:
    return row.state is not ProposalState.DRAFT and proposals_cases.visible(
        await tx.of(Proposal).get(row.id), partnership, member
    )


async def who_may_object(ctx: Context, actor: Actor, id: ProposalId) -> ProposalStanding:
    """Whether the asker may object, why not, and who may (OBJ-1). Raises NotFound, NotEligible."""
    async with ctx.uow.read() as tx:
        now = ctx.clock()
        case = await proposals_cases.open_case(tx, id, now)
        member = await members.reader_of(tx, case.partnership, actor)
        proposals_cases.check_visible(case, actor, member)
        why = "yes"
        try:
            rules.check_window(case.proposal, now)
            check_elector(case.proposal, member, Act.OBJECT)
        except NotEligible as refusal:
            why = refusal.why
        except WindowClosed:
            why = "window closed"
        view = await case.view(case.proposal)
        return ProposalStanding(why == "yes", why, case.proposal.electors, view.seated, view)


async def _shown(ctx: Context, actor: Actor, id: ProposalId, *, with_events: bool) -> ProposalView:
    async with ctx.uow.read() as tx:
        case = await proposals_cases.open_case(tx, id, ctx.clock())
        member = await members.reader_of(tx, case.partnership, actor)
        proposals_cases.check_visible(case, actor, member)
        return await view_of(tx, case.proposal, case.partnership, case.now, with_events=with_events)


NOUN = Noun(
    name="proposal",
    plural="proposals",
    letter="P",
    shelf=proposals_cases.SHELF,
    running=frozenset(ProposalState) - FINAL - {ProposalState.DRAFT},
    due_at=lifecycle.next_due,
    advance=advance,
    looked_at_first=proposals_asked.is_running,
    looks={"proposal": proposals_asked.look},
    asks=proposals_asked.asks,
    own=proposals_asked.own,
    learned=proposals_asked.learned,
    news=proposals_asked.news,
    without=erasure.without,
    words=proposals_asked.words,
    forget=proposals_asked.forget,
    boards=(),
    show_anew=proposals_asked.show_anew,
    begun_by=ReviewOpened,
    differences=of_proposal,
    series="number",
)
