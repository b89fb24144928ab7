"""Retros from the start to the lessons: beginning, phases, who leads, and what the sweep does (LRN-1)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from bot.governance import authority, cadences, retros_leading, retros_lessons, retros_writing
from bot.governance import retros as rules
from bot.governance.authority import Act
from bot.governance.errors import AlreadyDone, BadValue, LimitReached, NotEligible, NotFound
from bot.governance.events import Event
from bot.governance.ids import GroupId, PartnershipId, PersonId
from bot.governance.organisation import Member, Partnership
from bot.governance.retros import FINAL, MOST_OPEN, Carried, Progress, Retro, RetroPlan, RetroState, Word
from bot.governance.retros_events import RetroClosed, RetroStarted
from bot.governance.retros_leading import Step
from bot.governance.retros_writing import MOST_CAPTURED, MOST_CARRIED, left_over
from bot.services import cases, members, retros_asked, times
from bot.services.cadences import next_after
from bot.services.noun import Noun
from bot.services.organisation import hosted
from bot.services.ports.context import Actor, Context
from bot.services.ports.transaction import Transaction
from bot.services.reminders import zone_of
from bot.services.retros_sealed import (
    capture_thing,
    forget,
    read,
    read_text,
    written_key,
    written_of,
)
from bot.services.retros_views import EVERY, SHELF, RetroCase, RetroView, open_case, plan_reminders, running, view_of
from bot.services.times import Understood

Rule = Callable[[Retro, Member, datetime], tuple[Retro, tuple[Event, ...]]]

PAGE = 10
LISTED = frozenset(RetroState) - {RetroState.DRAFT}


@dataclass(frozen=True, slots=True)
class Later:
    """When a retro is to begin, as it was typed, and how often; ``every`` is a key of the menu of cadences."""

    when: str
    zone: str = ""
    every: str = ""


# ---- beginning -------------------------------------------------------------------------------------


async def start(
    ctx: Context, actor: Actor, partnership_id: PartnershipId, group_id: GroupId, wanted: RetroPlan
) -> RetroView:
    """Begin a retro of a group now. Raises NotFound, NotEligible, LimitReached."""
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        partnership, member = await _runner(tx, actor, partnership_id, group_id)
        await _check_room(tx, partnership, group_id)
        terms = rules.terms_of(await tx.policies.current(partnership.id))
        new, number = await tx.next_id("retro"), await NOUN.next_number(tx, partnership.id)
        retro = rules.make(new, number, partnership.id, group_id, member.person, wanted, terms, now)
        begun, events = rules.begin(retro, *await _take_in(tx, retro), now, member.person)
        return await view_of(tx, await keep(tx, begun, events, now), partnership, now)


async def plan_later(
    ctx: Context, actor: Actor, partnership_id: PartnershipId, group_id: GroupId, wanted: RetroPlan, later: Later
) -> tuple[RetroView, Understood]:
    """Read when it is to begin and keep it for its confirmation; nothing is scheduled or recorded yet.

    Raises NotFound, NotEligible, UnknownKey, BadValue, and what the time refuses.
    """
    async with ctx.uow.read() as tx:
        await _runner(tx, actor, partnership_id, group_id, members.reader_of)
        zone = later.zone.strip() or await zone_of(tx, partnership_id)
    when = await asyncio.to_thread(times.parse, later.when, zone, ctx.clock())
    cadence = None
    if later.every:
        day = when.wall.date()
        cadence = cadences.cadence(later.every, day, f"{when.wall:%H:%M}", zone)
        if not cadences.fits(later.every, day):
            raise BadValue("every", later.every, "last such weekday")
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        partnership, member = await _runner(tx, actor, partnership_id, group_id)
        terms = rules.terms_of(await tx.policies.current(partnership.id))
        new = await tx.next_id("retro")
        draft = rules.make(
            new, -new, partnership.id, group_id, member.person, wanted, terms, now, when.instant, cadence
        )
        return await view_of(tx, await tx.of(Retro).save(draft), partnership, now), when


async def confirm(ctx: Context, actor: Actor, id: int) -> RetroView:
    """Schedule what was planned; pressed twice, once. Raises NotFound, NotEligible, LimitReached, TimePast."""
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        member = await case.member(actor)
        retros_leading.check_facilitator(case.retro, member)
        if case.retro.state is not RetroState.DRAFT:
            return await case.view()
        await check_run(tx, case.partnership, member, case.group.id)
        await _check_room(tx, case.partnership, case.group.id)
        number = await NOUN.next_number(tx, case.partnership.id)
        scheduled, events = rules.schedule(case.retro, number, case.now, member.person)
        return await case.view(await keep(tx, scheduled, events, case.now))


async def end_series(ctx: Context, actor: Actor, id: int) -> RetroView:
    """No other follows this one. Raises NotFound, NotEligible."""
    return await act(ctx, actor, id, lambda retro, member, now: retros_leading.end_series(retro, member))


async def _follow_up(tx: Transaction, retro: Retro, now: datetime) -> None:
    """The next of a series, once this one is over: the first that is still ahead, however long the bot was away."""
    if retro.cadence is None:
        return
    partnership = await tx.partnerships.get(retro.partnership)
    seated = await tx.seats.held_by(retro.partnership, retro.facilitator)
    leads = authority.leaders(retro.group, await tx.seats.holdings(partnership))
    leader = retro.facilitator if seated or not leads else leads[0]
    after = max(now, retro.starts_at or now)
    starts_at = next_after(retro.cadence, after)
    terms = rules.terms_of(await tx.policies.current(partnership.id))
    new = await tx.next_id("retro")
    draft = rules.make(new, -new, partnership.id, retro.group, leader, retro.plan, terms, now, starts_at, retro.cadence)
    await keep(tx, *rules.schedule(draft, await NOUN.next_number(tx, partnership.id), now, None), now)


async def _runner(
    tx: Transaction,
    actor: Actor,
    partnership_id: PartnershipId,
    group_id: GroupId,
    find: members.Finder = members.member_of,
) -> tuple[Partnership, Member]:
    partnership = await hosted(tx, actor, partnership_id)
    member = await find(tx, partnership, actor)
    await check_run(tx, partnership, member, group_id)
    return partnership, member


async def _check_room(tx: Transaction, partnership: Partnership, group_id: GroupId) -> None:
    if len(await running(tx, partnership, group_id)) >= MOST_OPEN:
        raise LimitReached("open retros", MOST_OPEN)


async def check_run(tx: Transaction, partnership: Partnership, member: Member, group_id: GroupId) -> None:
    """Raises NotFound, NotEligible."""
    authority.check(member, Act.LOOK_AROUND)
    group = partnership.group(group_id)
    if not authority.may(member, Act.READ, group):
        raise NotFound("group")
    authority.check(member, Act.RUN_RETRO, group, await tx.seats.holdings(partnership))


async def _take_in(tx: Transaction, retro: Retro) -> tuple[tuple[str, ...], tuple[Carried, ...]]:
    """What was captured since, and what earlier retros left over; from now on it is in this one alone."""
    box = capture_thing(retro.group)
    await tx.seals.key(box)  # nothing is put in between reading the box and emptying it
    captured = [read_text(each) for each in await tx.seals.of(box)]
    await tx.seals.destroy(box)
    carried: list[Carried] = []
    for earlier in await tx.of(Retro).list(retro.partnership, FINAL, retro.group, limit=PAGE):
        held = earlier if earlier.handed_on else await tx.of(Retro).get(earlier.id)
        if held.handed_on:
            continue
        if held.state is RetroState.CLOSED and held.took_part:
            carried += left_over(held)
        else:
            captured += held.captured
            carried += held.carried
        await tx.of(Retro).save(replace(held, handed_on=True))
    return tuple(sorted(captured)[:MOST_CAPTURED]), tuple(carried[:MOST_CARRIED])


# ---- reading ---------------------------------------------------------------------------------------


async def show(ctx: Context, actor: Actor, id: int) -> RetroView:
    """A retro as it stands. Raises NotFound, NotEligible."""
    async with ctx.uow.read() as tx:
        case = await open_case(tx, id, ctx.clock())
        await case.reader(actor)
        return await case.view()


async def by_number(ctx: Context, actor: Actor, partnership: PartnershipId, number: int) -> RetroView:
    """The retro ``R-<number>``. Raises NotFound, NotEligible."""
    return await show(ctx, actor, await cases.numbered(ctx, SHELF, actor, partnership, number))


async def list_retros(
    ctx: Context,
    actor: Actor,
    partnership_id: PartnershipId,
    before: int | None = None,
    states: Collection[RetroState] = LISTED,
) -> tuple[RetroView, ...]:
    """Retros that the asker may read, newest first, a page and one more. Raises NotFound, NotEligible."""
    async with ctx.uow.read() as tx:
        now, partnership = ctx.clock(), await hosted(tx, actor, partnership_id)
        member = await members.reader_of(tx, partnership, actor)
        found, _ = await cases.page(tx, SHELF, partnership, member, PAGE + 1, states, None, before)
        return tuple([await view_of(tx, each, partnership, now) for each in found])


# ---- what the facilitator does ---------------------------------------------------------------------


async def act(ctx: Context, actor: Actor, id: int, rule: Rule) -> RetroView:
    """The way of most acts: load, call one rule with the instant of the transaction, keep, show."""
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        member = await case.member(actor)
        changed, events = rule(case.retro, member, case.now)
        return await case.view(await keep(tx, changed, events, case.now, case.retro))


async def leading(ctx: Context, actor: Actor, id: int) -> RetroView:
    """The retro, for who leads it. Raises NotFound, NotEligible."""
    async with ctx.uow.read() as tx:
        case = await open_case(tx, id, ctx.clock())
        retros_leading.check_facilitator(case.retro, await case.reader(actor))
        return await case.view()


async def next_phase(ctx: Context, actor: Actor, id: int, since: RetroState) -> RetroView:
    """End the phase ``since`` and begin the next, or close after the last. A second press changes nothing.

    Raises NotFound, NotEligible, WrongPhase.
    """
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        member = await case.member(actor)
        retros_leading.check_facilitator(case.retro, member)
        if case.retro.state is not since and case.retro.state is not RetroState.SCHEDULED:
            return await case.view()
        if case.retro.state is RetroState.SCHEDULED:
            return await case.view(await begin(case, member.person))
        rules.check_phase(case.retro, "move on", *rules.PHASES)
        return await case.view(await move_on(case, "facilitator", member.person))


async def pause(ctx: Context, actor: Actor, id: int) -> RetroView:
    """Stop the time. Raises NotFound, NotEligible, WrongPhase."""
    return await act(ctx, actor, id, retros_leading.pause)


async def resume(ctx: Context, actor: Actor, id: int) -> RetroView:
    """Go on. Raises NotFound, NotEligible, WrongPhase."""

    def rule(retro: Retro, member: Member, now: datetime) -> tuple[Retro, tuple[Event, ...]]:
        retros_leading.check_facilitator(retro, member)
        return retros_leading.resume(retro, now, member.person)

    return await act(ctx, actor, id, rule)


async def cancel(ctx: Context, actor: Actor, id: int, reason: str) -> RetroView:
    """End it without lessons; what was written is destroyed. Raises NotFound, NotEligible, WrongPhase, BadText."""
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        changed, events = retros_leading.cancel(case.retro, reason, await case.member(actor), case.now)
        await _forget(tx, case.thing)
        await _follow_up(tx, changed, case.now)
        return await case.view(await keep(tx, changed, events, case.now, case.retro))


async def hand_over(ctx: Context, actor: Actor, id: int, to: Actor) -> RetroView:
    """Ask somebody who takes part to lead on. Raises NotFound, NotEligible, WrongPhase, AlreadyDone."""
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        member = await case.member(actor)
        retros_leading.check_facilitator(case.retro, member)
        chosen = await members.member_of(tx, case.partnership, to)
        if chosen.person == member.person:
            raise AlreadyDone("hand over")
        if not authority.may(chosen, Act.TAKE_PART_IN_RETRO, case.group):
            raise NotEligible("cannot lead")
        return await case.view(await _hand_over(case, chosen.person, "asked", member.person))


async def take_over(ctx: Context, actor: Actor, id: int) -> RetroView:
    """Lead on in place of somebody else. Raises NotFound, NotEligible, AlreadyDone, WrongPhase."""
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        member = await case.member(actor)
        if member.person == case.retro.facilitator:
            raise AlreadyDone("hand over")
        act = retros_leading.taking_over(case.retro, case.now)
        authority.check(member, act, case.retro.group, await case.holdings())
        return await case.view(await _hand_over(case, member.person, "taken", member.person))


async def next_topic(ctx: Context, actor: Actor, id: int, topic: int, progress: Progress) -> RetroView:
    """End the discussion of a topic. Raises NotFound, NotEligible, WrongPhase."""
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        member = await case.member(actor)
        changed = retros_writing.go_on(case.retro, topic, progress, member, case.now)
        if changed == case.retro:
            return await case.view()
        await tx.seals.destroy(f"{case.thing}/more")
        events = (rules.changed(changed, "topic over", member.person),)
        return await case.view(await keep(tx, changed, events, case.now, case.retro))


# ---- what is due -----------------------------------------------------------------------------------


async def advance(tx: Transaction, id: int, now: datetime) -> None:
    """Take the step that is due; called too early or twice it changes nothing."""
    case = await open_case(tx, id, now)
    retro = case.retro
    leads = authority.leaders(retro.group, await case.holdings())
    seated = bool(await tx.seats.held_by(retro.partnership, retro.facilitator))
    match retros_leading.due_step(retro, leads, seated, case.now):
        case Step.FORGET:
            await tx.of(Retro).save(rules.forget(retro, case.now))
        case Step.BEGIN:
            await begin(case, None)
        case Step.RESUME:
            await keep(tx, *retros_leading.resume(retro, case.now), case.now)
        case Step.RING:
            rung = replace(retro, rung=True, acted_at=case.now)
            await keep(tx, rung, (rules.changed(rung, "time is up"),), case.now)
        case Step.HAND_OVER:
            chosen = retros_leading.successor(retro, leads)
            assert chosen is not None
            await _hand_over(case, chosen, "silence" if seated else "left", None)
        case Step.MOVE_ON:
            await move_on(case, "deadline" if retro.slow else "silence", None)
        case Step.STAY:
            await tx.of(Retro).save(retros_leading.stay(retro, seated))


async def hold(tx: Transaction, partnership: PartnershipId) -> None:
    """Take every open retro before people and seats, as each act in one does (see ``seats.hold``)."""
    for each in await tx.of(Retro).list(partnership, rules.OPEN, limit=EVERY):
        await tx.of(Retro).get(each.id)


async def keep_up(tx: Transaction, partnership: Partnership, people: Collection[PersonId], now: datetime) -> None:
    """These people lost a seat: a retro that one of them leads, and who holds none any more, needs somebody else."""
    for each in await running(tx, partnership):
        if each.facilitator not in people or await tx.seats.held_by(partnership.id, each.facilitator):
            continue
        retro = await tx.of(Retro).get(each.id)
        await tx.of(Retro).save(replace(retro, gone_at=now))


async def begin(case: RetroCase, by: PersonId | None) -> Retro:
    """Open the check-in, with what was captured and left over."""
    brought = await _take_in(case.tx, case.retro)
    return await keep(case.tx, *rules.begin(case.retro, *brought, case.now, by), case.now)


async def move_on(case: RetroCase, why: str, by: PersonId | None) -> Retro:
    """End the phase, show what it gathered, and begin the next or close."""
    await case.tx.runtime.put(written_key(case.retro.id), "")
    gathered = await _opened(case)
    nobody = gathered.state is RetroState.GATHER and not gathered.topics and not await _classes(case)
    if nobody or rules.following(gathered) is RetroState.CLOSED:
        closed, events = retros_lessons.close(gathered, await _classes(case), case.now, why, by)
        await _forget(case.tx, case.thing)
        kept = await keep(case.tx, closed, events, case.now)
        await _follow_up(case.tx, closed, case.now)
        return kept
    return await keep(case.tx, *rules.move_on(gathered, case.now, why, by), case.now)


async def _opened(case: RetroCase) -> Retro:
    """What the phase gathered, without its authors; its key dies with it."""
    seals, retro = case.tx.seals, case.retro
    match retro.state:
        case RetroState.CHECK_IN:
            words = [read(each) for each in await seals.of(f"{case.thing}/words")]
            await seals.destroy(f"{case.thing}/words")
            return retros_writing.reveal_words(retro, [Word(str(w["text"]), w.get("author")) for w in words])
        case RetroState.GATHER:
            written = [written_of(each) for each in await seals.of(case.thing)]
            await seals.destroy(case.thing)
            return retros_writing.reveal_cards(retro, written)
        case RetroState.GROUP:
            await seals.destroy(f"{case.thing}/late")
        case RetroState.VOTE:
            dots = [(int(each.slot), int(each.content)) for each in await seals.of(f"{case.thing}/dots")]
            await seals.destroy(f"{case.thing}/dots")
            return retros_writing.count_dots(retro, dots)
        case RetroState.DISCUSS:
            await seals.destroy(f"{case.thing}/more")
    return retro


async def _classes(case: RetroCase) -> list[str]:
    return [each.content for each in await case.tx.seals.of(f"{case.thing}/here")]


async def _forget(tx: Transaction, thing: str) -> None:
    await tx.runtime.put(written_key(int(thing.partition("/")[2])), "")
    for sealed in (thing, *(f"{thing}/{what}" for what in ("here", "words", "late", "dots", "more"))):
        await tx.seals.destroy(sealed)


async def _hand_over(case: RetroCase, to: PersonId, how: str, by: PersonId | None) -> Retro:
    if not case.retro.is_open:
        rules.check_phase(case.retro, "hand over", RetroState.SCHEDULED, *rules.PHASES)
    return await keep(case.tx, *retros_leading.hand_over(case.retro, to, how, case.now, by), case.now)


async def keep(
    tx: Transaction, changed: Retro, events: tuple[Event, ...], now: datetime, before: Retro | None = None
) -> Retro:
    """Save and record in this transaction; nothing happens when nothing changed."""
    if changed == before and not events:
        return changed
    saved = await cases.keep(tx, before, changed, events, now)
    await plan_reminders(tx, saved, now)
    return saved


NOUN = Noun(
    name="retro",
    plural="retros",
    letter="R",
    shelf=SHELF,
    running=rules.OPEN,
    due_at=lambda retro: retro.due_at,
    advance=advance,
    looks={"retro": retros_asked.look, "action": retros_asked.look_at_action},
    asks=retros_asked.asks,
    news=retros_asked.news,
    without=retros_lessons.without,
    words=lambda retro: frozenset({retro.plan.title, *(action.text for action in retro.actions)}),
    forget=forget,
    begun_by=RetroStarted,
    differences=lambda retro, history, policies: retros_lessons.differences(retro, history),
    occasion=RetroClosed,
)
