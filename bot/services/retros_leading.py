"""Leading a retro through its phases: forward, a step back, more time, and who may do what of it (LRN-1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.governance import retros as rules
from bot.governance import retros_leading as leading
from bot.governance.events import Event
from bot.governance.organisation import Member
from bot.governance.retros import Retro, RetroState
from bot.governance.retros_leading import Doubt
from bot.services import retros
from bot.services.ports.context import Actor, Context
from bot.services.retros_sealed import written_key
from bot.services.retros_views import RetroCase, RetroView, open_case


@dataclass(frozen=True, slots=True)
class Pressed:
    """The retro after *Next* was pressed; with a ``doubt`` it has not moved, and the facilitator is asked first.

    ``back`` says whether a step back is possible.
    """

    view: RetroView
    doubt: Doubt = Doubt.NONE
    back: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """What one person can do in a retro beside what stands on its board."""

    view: RetroView
    leads: bool
    may_take_over: bool
    back: bool


async def press_next(ctx: Context, actor: Actor, id: int, since: RetroState) -> Pressed:
    """End the phase ``since``, unless others may not be done or it cannot be taken back: then ask first (LRN-1).

    A second press changes nothing. Raises NotFound, NotEligible, WrongPhase.
    """
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        member = await case.member(actor)
        leading.check_facilitator(case.retro, member)
        if case.retro.state is not since:
            return Pressed(await case.view())
        rules.check_phase(case.retro, "move on", RetroState.SCHEDULED, *rules.PHASES)
        doubt = leading.doubt(case.retro, await _written_at(case), await _voted(case), case.now)
        if doubt is not Doubt.NONE:
            return Pressed(await case.view(), doubt)
        if case.retro.state is RetroState.SCHEDULED:
            moved = await retros.begin(case, member.person)
        else:
            moved = await retros.move_on(case, "facilitator", member.person)
        return Pressed(await case.view(moved), back=leading.phase_before(moved) is not None)


async def step_back(ctx: Context, actor: Actor, id: int, since: RetroState) -> RetroView:
    """One step back from the phase ``since``, as long as nobody has voted; a second press changes nothing.

    Raises NotFound, NotEligible, WrongPhase.
    """
    async with ctx.uow.write() as tx:
        case = await open_case(tx, id, ctx.clock())
        member = await case.member(actor)
        leading.check_facilitator(case.retro, member)
        if case.retro.state is not since:
            return await case.view()
        outcome = leading.step_back(case.retro, await _voted(case), case.now, member.person)
        await tx.seals.destroy(f"{case.thing}/late")
        return await case.view(await retros.keep(tx, *outcome, case.now, case.retro))


async def add_time(
    ctx: Context, actor: Actor, id: int, by: timedelta, seen: datetime | None = None, *, any_: bool = True
) -> RetroView:
    """Give this phase or topic more time; pressed twice on the same deadline, once.

    Raises NotFound, NotEligible, WrongPhase, LimitReached.
    """

    def rule(retro: Retro, member: Member, now: datetime) -> tuple[Retro, tuple[Event, ...]]:
        return leading.add_time(retro, by, member, now, seen, any_=any_)

    return await retros.act(ctx, actor, id, rule)


async def options(ctx: Context, actor: Actor, id: int) -> Options:
    """What the asker can do. Raises NotFound, NotEligible."""
    async with ctx.uow.read() as tx:
        case = await open_case(tx, id, ctx.clock())
        member = await case.reader(actor)
        return Options(
            await case.view(),
            case.retro.facilitator == member.person,
            case.retro.is_open and leading.may_take_over(case.retro, member, await case.holdings(), case.now),
            case.retro.runs and leading.phase_before(case.retro) is not None and not await _voted(case),
        )


async def _voted(case: RetroCase) -> bool:
    return bool(await case.tx.seals.of(f"{case.thing}/dots"))


async def _written_at(case: RetroCase) -> datetime | None:
    kept = await case.tx.runtime.get(written_key(case.retro.id))
    return datetime.fromisoformat(kept) if kept else None
