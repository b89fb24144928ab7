"""The one clock rule in use: heartbeats, outages, cards that do not stand (PRO-10, PRO-11)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.governance import clock as rules
from bot.governance.events import Event, proposal_thing
from bot.governance.ids import GroupId, PartnershipId, ProposalId
from bot.governance.proposals_events import CardLost, CardPostedAgain
from bot.governance.proposals_types import CONTESTABLE, Proposal, ProposalState
from bot.governance.stops_events import ClocksMoved
from bot.services.ports.context import Context
from bot.services.ports.deliveries import Delivery, DeliveryKind, DeliveryState
from bot.services.ports.runtime import Heartbeats
from bot.services.ports.transaction import Transaction
from bot.services.proposals_cases import ProposalCase, open_case

PATIENT_LOSSES = 3
"""Losses of the same card within an hour that are made good at once."""

RUNNING = frozenset(CONTESTABLE | {ProposalState.PASSED, ProposalState.ADOPTED})
"""States with a deadline that an outage moves."""


async def beat(ctx: Context, shards: Collection[int] | None = None) -> None:
    """The gateway sessions of these shards (or of all that this process serves) are ready now (PRO-11)."""
    async with ctx.uow.write() as tx:
        await tx.runtime.heartbeat(ctx.clock(), shards)


async def heartbeats(ctx: Context) -> Heartbeats:
    """When which session last was."""
    async with ctx.uow.read() as tx:
        return await tx.runtime.heartbeats()


async def last_ready(ctx: Context, guild_id: int) -> datetime | None:
    """When a session that covers this server last was, of whichever process served it then."""
    return (await heartbeats(ctx)).of(guild_id)


async def out_of_reach(ctx: Context, guild_id: int, since: datetime) -> None:
    """A server cannot be followed since then, while the bot itself may be ready; kept over a crash (PRO-11)."""
    async with ctx.uow.write() as tx:
        if await tx.partnerships.of_guild(guild_id) and not await tx.runtime.get(_unseen(guild_id)):
            await tx.runtime.put(_unseen(guild_id), since.isoformat())


async def all_out_of_reach(ctx: Context, of_them: Callable[[int], bool]) -> None:
    """These servers are not followed since the bot was last ready there, until each is taken in (PRO-11)."""
    async with ctx.uow.write() as tx:
        ready = await tx.runtime.heartbeats()
        for guild_id in sorted({each.guild_id for each in await tx.partnerships.all()}):
            since = ready.of(guild_id)
            if of_them(guild_id) and since is not None and not await tx.runtime.get(_unseen(guild_id)):
                await tx.runtime.put(_unseen(guild_id), since.isoformat())


async def unseen_since(ctx: Context, guild_id: int) -> datetime | None:
    """Since when a server could not be followed, as far as that differs from when the bot was last ready."""
    async with ctx.uow.read() as tx:
        kept = await tx.runtime.get(_unseen(guild_id))
    return datetime.fromisoformat(kept) if kept else None


async def within_reach(ctx: Context, guild_id: int) -> None:
    """A server is followed again."""
    if await unseen_since(ctx, guild_id) is not None:
        async with ctx.uow.write() as tx:
            await tx.runtime.put(_unseen(guild_id), "")


async def running(ctx: Context, partnership: PartnershipId) -> tuple[ProposalId, ...]:
    """The proposals of a partnership whose deadlines run."""
    async with ctx.uow.read() as tx:
        return await tx.of(Proposal).in_states(partnership, RUNNING)


async def grant_outage(ctx: Context, partnership: PartnershipId, since: datetime) -> None:
    """Every deadline moves by an outage longer than the tolerance; each proposal in its own transaction (PRO-11).

    A clock that would have stood too long by now stays stopped: the next sweep finds that it could not be held.
    """
    found = await running(ctx, partnership)
    groups = await _touched(ctx, found, since)
    for proposal_id in found:
        async with ctx.uow.write() as tx:
            now = ctx.clock()
            case = await open_case(tx, proposal_id, now)
            if not _moves(case.proposal, since, now):
                continue
            stopped, first = rules.stop(case.proposal, rules.OUTAGE, since)
            given_up_at = rules.given_up_at(stopped)
            if given_up_at is not None and given_up_at <= now:
                await case.keep(stopped, first)
                continue
            resumed, then = rules.resume(stopped, rules.OUTAGE, now)
            await case.keep(resumed, (*first, *then))
            await _tell_group(case, groups.pop(case.proposal.group, ()), since)


async def _touched(ctx: Context, proposals: Iterable[ProposalId], since: datetime) -> dict[GroupId, tuple[int, ...]]:
    """The numbers of the proposals whose deadlines an outage moves, by the group that decides them."""
    found: dict[GroupId, tuple[int, ...]] = {}
    async with ctx.uow.read() as tx:
        for each in proposals:
            proposal = await tx.of(Proposal).get(each)
            if proposal.number is not None and _moves(proposal, since, ctx.clock()):
                found[proposal.group] = (*found.get(proposal.group, ()), proposal.number)
    return found


def _moves(proposal: Proposal, since: datetime, now: datetime) -> bool:
    """Whether this outage was longer for it than the tolerance, and is not granted already (PRO-11)."""
    begun = max(since, proposal.opened_at or since, proposal.clock.resumed_at or since)
    return now - begun > proposal.pinned.outage_tolerance


async def _tell_group(case: ProposalCase, numbers: tuple[int, ...], since: datetime) -> None:
    """One notice for each group and outage, kept with the first of its proposals that is moved (PRO-11)."""
    if not numbers:
        return
    thing, group = f"group/{case.proposal.group}", case.partnership.group(case.proposal.group).name
    told = [e.event.fact for e in await case.tx.record.of(case.partnership.id, thing)]
    if any(isinstance(fact, ClocksMoved) and fact.since == since for fact in told):
        return
    minutes = int((case.now - since).total_seconds() // 60)
    moved = ClocksMoved(group, since, minutes, numbers)
    await case.tx.record.append(case.partnership.id, (Event(moved, thing),), case.now)


async def stop(ctx: Context, id: ProposalId, reason: str, since: datetime) -> None:
    """Stop one proposal's clock (PRO-11)."""
    await _change(ctx, id, reason, since)


async def resume(ctx: Context, id: ProposalId, reason: str) -> None:
    """This reason is gone (PRO-11)."""
    await _change(ctx, id, reason, None)


async def forget_message(ctx: Context, shown: Delivery) -> Delivery | None:
    """What showed a proposal was deleted: nothing is decided, it is in the record and posted again (PRO-10).

    Found twice, by an event and by an edit that failed, it is one incident. What is deleted again and again is posted
    again after a growing pause, and a card's clock stands meanwhile. Gives it as it waits now.
    """
    if shown.proposal is None:
        return None
    async with ctx.uow.write() as tx:
        now_shown = await _current(tx, shown)
        if now_shown is None or now_shown.message_id != shown.message_id:
            return now_shown
        case = await open_case(tx, shown.proposal, ctx.clock())
        pause = await _pause(case, shown.kind)
        await tx.deliveries.save(replace(now_shown, message_id=None, state=DeliveryState.PENDING, retry_at=None))
        event = Event(CardLost(str(shown.kind)), proposal_thing(shown.proposal))
        await tx.record.append(case.partnership.id, (event,), case.now)
        waiting = await _current(tx, shown)
        if pause and waiting is not None:
            waiting = replace(waiting, retry_at=case.now + pause)
            await tx.deliveries.save(waiting)
            if shown.kind is DeliveryKind.CARD:
                await case.keep(*rules.stop(case.proposal, rules.CARD, case.now))
                await tx.deliveries.save(replace(await _current(tx, shown) or waiting, retry_at=waiting.retry_at))
        return waiting


async def hidden(ctx: Context, shown: Delivery, since: datetime) -> None:
    """The card stands, but the bot cannot see it: the clock stops, and it is looked at again (PRO-11)."""
    if shown.proposal is None:
        return
    async with ctx.uow.write() as tx:
        await tx.deliveries.ask(shown.partnership, shown.kind, shown.proposal)
    await stop(ctx, shown.proposal, rules.CARD, since)


async def posted_again(ctx: Context, shown: Delivery) -> None:
    """It stands again, with a link; the incident is in the record, once even if a crash follows (PRO-10)."""
    if shown.proposal is None:
        return
    async with ctx.uow.write() as tx:
        await tx.deliveries.save(shown)
        case = await open_case(tx, shown.proposal, ctx.clock())
        event = Event(CardPostedAgain(str(shown.kind)), proposal_thing(shown.proposal))
        await tx.record.append(case.partnership.id, (event,), case.now)


async def _current(tx: Transaction, shown: Delivery) -> Delivery | None:
    assert shown.proposal is not None
    return next((d for d in await tx.deliveries.of_proposal(shown.proposal) if d.id == shown.id), None)


async def _pause(case: ProposalCase, kind: DeliveryKind) -> timedelta:
    """None for the first losses in an hour; after that it doubles with each."""
    events = await case.tx.record.of(case.partnership.id, proposal_thing(case.proposal.id))
    lost = [e for e in events if e.event.fact == CardLost(str(kind))]
    recent = sum(1 for e in lost if e.at > case.now - timedelta(hours=1))
    if recent < PATIENT_LOSSES:
        return timedelta(0)
    return min(timedelta(minutes=1 << (recent - PATIENT_LOSSES)), timedelta(hours=1))


def _unseen(guild_id: int) -> str:
    return f"unseen/{guild_id}"


async def _change(ctx: Context, id: ProposalId, reason: str, since: datetime | None) -> None:
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        if since is None:
            await case.keep(*rules.resume(case.proposal, reason, case.now))
        else:
            await case.keep(*rules.stop(case.proposal, reason, since))
