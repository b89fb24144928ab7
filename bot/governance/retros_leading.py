"""Leading a retro: forward and back, its time and pauses, and who leads on when whoever leads is gone (LRN-1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.governance import authority
from bot.governance.authority import Act, Relation
from bot.governance.errors import BadText, LimitReached, WrongPhase
from bot.governance.events import Event
from bot.governance.ids import PersonId
from bot.governance.organisation import Holding, Member
from bot.governance.retros import (
    MOST_AHEAD,
    MOST_REASON,
    PHASES,
    Outcome,
    Progress,
    Retro,
    RetroState,
    changed,
    check_phase,
    in_phase,
    next_topic,
    retro_thing,
)
from bot.governance.retros_events import RetroCancelled, RetroHandedOver, RetroPaused, RetroPhaseBegan, RetroResumed


class Step(StrEnum):
    """What the sweep does with a retro that is due."""

    NOTHING = "nothing"
    FORGET = "forget"
    BEGIN = "begin"
    RESUME = "resume"
    RING = "ring"
    HAND_OVER = "hand over"
    MOVE_ON = "move on"
    STAY = "stay"


class Doubt(StrEnum):
    """Why a facilitator who presses *Next* is asked first (LRN-1)."""

    NONE = ""
    EARLY = "begins early"
    WRITING = "cards came just now"
    COUNT = "closes the vote"
    TOPICS = "topics are left"
    CLOSE = "closes the retro"


RECENT = timedelta(minutes=2)
"""While a card came within this time, others are writing still."""


def check_facilitator(retro: Retro, member: Member) -> None:
    """Raises NotEligible for everybody but who leads it now."""
    leads = {Relation.FACILITATOR} if retro.facilitator == member.person else set()
    authority.check(member, Act.LEAD_RETRO, retro.group, relations=leads)


def phase_before(retro: Retro) -> RetroState | None:
    """The phase to which one step leads back; None where what was shown or counted cannot be taken back (LRN-1)."""
    match retro.state:
        case RetroState.GATHER | RetroState.GROUP | RetroState.VOTE:
            return PHASES[PHASES.index(retro.state) - 1]
        case RetroState.DISCUSS if not retro.actions and not any(
            topic.dots or topic.notes or topic.progress is not Progress.WAITING for topic in retro.topics
        ):
            return RetroState.VOTE
        case RetroState.ACTIONS if not retro.topics and not retro.actions:
            return RetroState.GATHER
    return None


def step_back(retro: Retro, voted: bool, now: datetime, by: PersonId) -> Outcome:
    """The phase before this one again, as long as nobody has voted; what was shown stays shown. Raises WrongPhase."""
    check_phase(retro, "step back", *PHASES)
    wanted = phase_before(retro)
    if wanted is None or voted:
        raise WrongPhase(retro.state, "step back")
    back = replace(in_phase(retro, wanted, now), current=None)
    return back, (Event(RetroPhaseBegan(retro.number, wanted.value, "back"), retro_thing(retro.id), by),)


def doubt(retro: Retro, written_at: datetime | None, voted: bool, now: datetime) -> Doubt:
    """What the end of this phase takes from people, if they may not be done or it cannot be taken back (LRN-1)."""
    match retro.state:
        case RetroState.SCHEDULED if retro.starts_at is not None and retro.starts_at > now:
            return Doubt.EARLY
        case RetroState.GATHER | RetroState.GROUP if written_at is not None and now - written_at < RECENT:
            return Doubt.WRITING
        case RetroState.VOTE if voted:
            return Doubt.COUNT
        case RetroState.DISCUSS if next_topic(retro) is not None:
            return Doubt.TOPICS
        case RetroState.ACTIONS:
            return Doubt.CLOSE
    return Doubt.NONE


def add_time(
    retro: Retro, by: timedelta, member: Member, now: datetime, seen: datetime | None = None, *, any_: bool = True
) -> Outcome:
    """Give this phase or topic so much more time. Raises NotEligible, WrongPhase, LimitReached.

    Unless ``any_``, only where its deadline is still the one that was ``seen``: a second press adds nothing.
    """
    check_facilitator(retro, member)
    check_phase(retro, "set the timer", *PHASES)
    if not any_ and retro.deadline_at != seen:
        return retro, ()
    return replace(longer(retro, by, now), acted_at=now), (changed(retro, "time", member.person),)


def longer(retro: Retro, by: timedelta, now: datetime) -> Retro:
    """So much more time, from the deadline or from now where it is over. Raises LimitReached."""
    running = retro.deadline_at is not None and retro.deadline_at > now
    deadline = (retro.deadline_at if running and retro.deadline_at else now) + by
    if deadline > now + MOST_AHEAD:
        raise LimitReached("retro timer", MOST_AHEAD.days)
    return replace(retro, deadline_at=deadline, timer=(retro.timer or timedelta(0)) + by, rung=False)


def pause(retro: Retro, member: Member, now: datetime) -> Outcome:
    """Stop the time, and everything but reading. Raises NotEligible, WrongPhase."""
    check_facilitator(retro, member)
    check_phase(retro, "pause", *PHASES)
    paused = replace(retro, paused_at=now, acted_at=now)
    return paused, (Event(RetroPaused(retro.number), retro_thing(retro.id), member.person),)


def resume(retro: Retro, now: datetime, by: PersonId | None = None) -> Outcome:
    """Go on; the deadline moves by as long as the pause was. Raises WrongPhase."""
    if retro.paused_at is None:
        raise WrongPhase(retro.state, "resume")
    stood = now - retro.paused_at
    deadline = None if retro.deadline_at is None else retro.deadline_at + stood
    if deadline is not None and retro.deadline_at is not None and retro.deadline_at <= retro.paused_at:
        deadline = retro.deadline_at
    resumed = replace(retro, paused_at=None, deadline_at=deadline, acted_at=now)
    told = RetroResumed(retro.number, int(stood.total_seconds()) // 60)
    return resumed, (Event(told, retro_thing(retro.id), by),)


def hand_over(retro: Retro, to: PersonId, how: str, now: datetime, by: PersonId | None = None) -> Outcome:
    """Let somebody else lead. ``how`` is ``asked``, ``taken``, ``left`` or ``silence``."""
    silent = retro.silent
    if how in {"left", "silence"}:
        silent = (*silent, retro.facilitator)
    handed = replace(retro, facilitator=to, gone_at=None, silent=silent, acted_at=now)
    return handed, (Event(RetroHandedOver(retro.number, to, how), retro_thing(retro.id), by),)


def stay(retro: Retro, seated: bool) -> Retro:
    """Nobody takes over for a facilitator who holds no seat: the time goes on, and any member may (see below)."""
    silent = retro.silent if seated else (*retro.silent, retro.facilitator)
    return replace(retro, gone_at=None, silent=silent)


def taking_over(retro: Retro, now: datetime) -> Act:
    """Who leads the group by their seat takes over at any time; a member of one without once the facilitator is gone.

    Either way as the charter says.
    """
    gone = retro.gone_at is not None or retro.facilitator in retro.silent or now >= retro.silent_at
    return Act.TAKE_OVER_LOST_RETRO if gone else Act.TAKE_OVER_RETRO


def may_take_over(retro: Retro, member: Member, holdings: Collection[Holding], now: datetime) -> bool:
    """Whether they may lead on in place of somebody else (LRN-1)."""
    is_another = member.person != retro.facilitator
    return is_another and authority.may(member, taking_over(retro, now), retro.group, holdings)


def cancel(retro: Retro, reason: str, member: Member, now: datetime) -> Outcome:
    """End it without lessons; what was captured and carried over waits for the next one. Raises NotEligible."""
    check_facilitator(retro, member)
    if not retro.is_open:
        raise WrongPhase(retro.state, "cancel")
    reason = reason.strip()
    if len(reason) > MOST_REASON:
        raise BadText("retro reason", len(reason), 0, MOST_REASON)
    ended = replace(retro, state=RetroState.CANCELLED, closed_at=now, reason=reason, words=(), cards=(), topics=())
    return ended, (Event(RetroCancelled(retro.number, reason), retro_thing(retro.id), member.person),)


# ---- what is due -----------------------------------------------------------------------------------


def due_step(retro: Retro, successors: Iterable[PersonId], seated: bool, now: datetime) -> Step:
    """What the sweep does now. ``successors`` lead the group by their seat; ``seated``: the facilitator has a seat."""
    if retro.due_at is None or retro.due_at > now:
        return Step.NOTHING
    if retro.state is RetroState.DRAFT:
        return Step.FORGET
    if retro.state is RetroState.SCHEDULED:
        return Step.BEGIN
    if retro.paused_at is not None:
        return Step.RESUME
    if retro.gone_at is not None:
        hands = retro.terms.hand_over and successor(retro, successors) is not None
        return Step.HAND_OVER if hands and not seated else Step.STAY
    if retro.slow:
        return Step.MOVE_ON
    if retro.deadline_at is not None and not retro.rung:
        return Step.RING
    return Step.HAND_OVER if retro.terms.hand_over and successor(retro, successors) else Step.MOVE_ON


def successor(retro: Retro, successors: Iterable[PersonId]) -> PersonId | None:
    """Who leads on when the facilitator is gone: never one who disappeared before."""
    return next((each for each in successors if each != retro.facilitator and each not in retro.silent), None)


def end_series(retro: Retro, member: Member) -> Outcome:
    """This one is the last of its series. Raises NotEligible."""
    check_facilitator(retro, member)
    return replace(retro, cadence=None), (changed(retro, "series ended", member.person),)
