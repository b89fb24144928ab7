"""Scheduling and holding a group's meetings (RHY-1, RHY-4)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.governance import authority
from bot.governance import cadences as recurring
from bot.governance import meetings as rules
from bot.governance.authority import Act
from bot.governance.errors import BadValue, LimitReached, NotFound, UnknownKey
from bot.governance.events import Event
from bot.governance.ids import GroupId, PartnershipId, PersonId
from bot.governance.meetings import AHEAD, TEMPLATES, Answer, Changed, Meeting, MeetingKind, MeetingState
from bot.governance.meetings_events import MeetingEnded, MeetingScheduled
from bot.governance.organisation import Group, Member, Partnership
from bot.governance.reminders import EVERYBODY, Entry, Reminder, ReminderTopic
from bot.services import cadences, cases, members, organisation, times
from bot.services.agendas import MeetingList, MeetingView, check_linkable, decided_in, listing, view_of
from bot.services.cases import Case, Shelf
from bot.services.noun import MOST_WAITING, DigestLine, InboxItem, Noun, Thing, Waiting
from bot.services.ports.context import Actor, Context
from bot.services.ports.deliveries import DeliveryKind
from bot.services.ports.transaction import Transaction
from bot.services.reminders import remind, zone_of

REMINDED = (("meeting day", timedelta(days=1)), ("meeting soon", timedelta(minutes=15)))
"""Why, and how long ahead, those who may come are reminded of a meeting."""
ONCE = "once"
RUNNING_IT = frozenset({"move meeting", "cancel meeting", "end meeting"})
"""What only those who run the group's meetings do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A meeting as somebody asks for it. What is empty takes the default of its kind, the group or the partnership."""

    when: str
    title: str = ""
    zone: str = ""
    every: str = ""
    minutes: int = 0
    kind: str = ""
    group: GroupId | None = None


async def may_read(tx: Transaction, partnership: Partnership, meeting: Meeting, member: Member) -> bool:
    """Of a private group its own seats only (SCL-2)."""
    return authority.may(member, Act.READ, partnership.domain(meeting.group))


def _unconfirmed(meeting: Meeting, person: PersonId) -> bool:
    return meeting.state in {MeetingState.DRAFT, MeetingState.DISCARDED}


SHELF = Shelf(Meeting, may_read, _unconfirmed)
_TYPED = Shelf(Meeting, may_read, lambda meeting, person: _unconfirmed(meeting, person) and meeting.organiser != person)
"""What was typed and not confirmed is there for who typed it, to be confirmed, and for nothing else."""

Rule = Callable[[Meeting, Member, datetime], Changed]


# ---- scheduling ----------------------------------------------------------------------------------


async def draft(ctx: Context, actor: Actor, partnership: PartnershipId, wanted: Wanted) -> MeetingView:
    """Read what was asked for and keep it for its confirmation; nothing is scheduled or recorded.

    Raises what the time refuses, NotFound, NotEligible, BadText, UnknownKey, LimitReached.
    """
    async with ctx.uow.read() as tx:
        hosted = await organisation.hosted(tx, actor, partnership)
        group = hosted.group(wanted.group) if wanted.group is not None else await _group_here(tx, hosted, actor)
        await _check_run_in(tx, hosted, group, await members.reader_of(tx, hosted, actor))
        zone = wanted.zone.strip() or await zone_of(tx, partnership)
    kind = _kind(wanted.kind)
    when = await asyncio.to_thread(times.parse, wanted.when, zone, ctx.clock())
    every = wanted.every or (TEMPLATES[kind].every if wanted.kind else ONCE)
    length = timedelta(minutes=wanted.minutes) if wanted.minutes else TEMPLATES[kind].length
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        hosted = await organisation.hosted(tx, actor, partnership)
        member = await members.member_of(tx, hosted, actor)
        group = hosted.group(wanted.group) if wanted.group is not None else await _group_here(tx, hosted, actor)
        await _check_run_in(tx, hosted, group, member)
        title = (
            " ".join(wanted.title.split()) or f"{kind.value.capitalize()} meeting of {group.name}"[: rules.MOST_TITLE]
        )
        rules.check_words(title, length)
        cadence = None if every == ONCE else _cadence(every, when)
        new = await tx.next_id("meeting")
        typed = Meeting(
            id=new,
            partnership=hosted.id,
            number=-new,
            group=group.id,
            title=title,
            kind=kind,
            organiser=member.person,
            starts_at=when.instant,
            length=length,
            zone=zone,
            state=MeetingState.DRAFT,
            state_since=now,
            slot=when.instant,
            cadence=cadence,
        )
        return await view_of(tx, await tx.of(Meeting).save(typed), now, member)


async def confirm(ctx: Context, actor: Actor, id: int) -> MeetingView:
    """Schedule what was typed; pressed twice, once. Raises NotFound, NotYours, TimePast, AlreadyDone."""
    async with cases.writing(ctx, _TYPED, actor, id) as case:
        tx, meeting, partnership = case.tx, case.thing, case.partnership
        await _check_runs(case)
        if meeting.state is MeetingState.DRAFT:
            ahead = await tx.of(Meeting).list(partnership.id, AHEAD, meeting.group, limit=rules.MOST_AHEAD)
            if len(ahead) >= rules.MOST_AHEAD:
                raise LimitReached("meetings ahead", rules.MOST_AHEAD)
        changed, events = rules.confirm(meeting, case.member, max(0, meeting.number), case.now)
        if changed.number <= 0:
            changed = replace(changed, number=await NOUN.next_number(tx, partnership.id))
        return await _kept(case, changed, events)


@dataclass(frozen=True, slots=True)
class Move:
    """What moving a meeting would mean. ``next_at`` is when the next of its series is, whatever becomes of this one."""

    view: MeetingView
    understood: times.Understood
    next_at: datetime | None = None


async def read_move(ctx: Context, actor: Actor, id: int, when: str) -> Move:
    """What a new time would be, for its confirmation. Raises what the time refuses."""
    async with cases.reading(ctx, SHELF, actor, id) as case:
        await _check_runs(case)
    understood = await asyncio.to_thread(times.parse, when, case.thing.zone, ctx.clock())
    async with cases.writing(ctx, SHELF, actor, id) as case:
        await _check_runs(case)
        rules.move(case.thing, case.member, understood.instant, case.now)
        return Move(await _view(case, case.thing), understood, _next_slot(case.thing, case.now))


async def move(ctx: Context, actor: Actor, id: int, starts_at: datetime) -> MeetingView:
    """Hold it at another time. Raises WrongState, TimePast, AlreadyDone."""
    if starts_at > ctx.clock() + times.FURTHEST:
        raise BadValue("when", starts_at.isoformat(), "within five years")

    def rule(meeting: Meeting, member: Member, now: datetime) -> Changed:
        return rules.move(meeting, member, starts_at, now, _next_slot(meeting, now))

    return await _act(ctx, actor, id, rule, runs=True)


async def cancel(ctx: Context, actor: Actor, id: int, reason: str, series: bool) -> MeetingView:
    """Do not hold it; the next of its series comes unless the series ends. Raises WrongState, BadText."""
    return await _act(ctx, actor, id, lambda m, who, now: rules.cancel(m, who, reason, series, now), runs=True)


async def beforehand(ctx: Context, actor: Actor, id: int, act: str) -> MeetingView:
    """Whether the asker may do this now, before a form opens or a question is asked. Raises WrongState, NotEligible."""
    async with cases.reading(ctx, SHELF, actor, id) as case:
        _check_takes_part(case)
        if act in RUNNING_IT:
            await _check_runs(case)
        rules.check_possible(case.thing, act)
        return await _view(case, case.thing)


# ---- holding -------------------------------------------------------------------------------------


async def start(ctx: Context, actor: Actor, id: int) -> MeetingView:
    """Begin now. Raises WrongState, AlreadyDone, NotEligible."""
    return await _act(ctx, actor, id, lambda m, who, now: rules.start(m, who.person, now), runs=True)


async def end(ctx: Context, actor: Actor, id: int) -> MeetingView:
    """End it and publish its minutes, once. Raises WrongState, AlreadyDone, NotEligible."""
    async with cases.writing(ctx, SHELF, actor, id) as case:
        await _check_runs(case)
        decided = await decided_in(case.tx, case.thing, case.now)
        return await _kept(case, *rules.end(case.thing, case.member.person, decided, case.now))


async def attend(ctx: Context, actor: Actor, id: int, here: bool) -> MeetingView:
    """Say whether one comes, or is there. Raises WrongState, AlreadyDone."""
    return await _act(ctx, actor, id, lambda m, who, now: rules.attend(m, who, here))


async def add_item(ctx: Context, actor: Actor, id: int, text: str) -> MeetingView:
    """Add a line to the agenda. Raises WrongState, BadText, LimitReached, AlreadyDone."""
    return await _act(ctx, actor, id, lambda m, who, now: rules.add_item(m, who, text))


async def write(ctx: Context, actor: Actor, id: int, text: str, decisions: str) -> MeetingView:
    """Add a part of the minutes, and link decisions typed as ``P-12, P-14``. Raises BadValue, NotFound, WrongState."""
    numbers = cases.all_written("P", decisions)
    if numbers is None:
        raise BadValue("decisions", decisions, "proposals")
    async with cases.writing(ctx, SHELF, actor, id) as case:
        _check_takes_part(case)
        await check_linkable(case.tx, case.thing, numbers, case.member)
        return await _kept(case, *rules.write(case.thing, case.member, text, numbers, case.now))


# ---- looking -------------------------------------------------------------------------------------


async def show(ctx: Context, actor: Actor, id: int) -> MeetingView:
    """One meeting. Raises NotFound."""
    async with cases.reading(ctx, SHELF, actor, id) as case:
        return await _view(case, case.thing)


async def by_number(ctx: Context, actor: Actor, partnership: PartnershipId, number: int) -> MeetingView:
    """``M-<number>``. Raises NotFound."""
    return await show(ctx, actor, await cases.numbered(ctx, SHELF, actor, partnership, number))


async def list_meetings(
    ctx: Context, actor: Actor, partnership: PartnershipId, group: GroupId | None = None
) -> MeetingList:
    """What is ahead and what was, of groups that the asker may read. Raises NotFound, NotEligible."""
    async with ctx.uow.read() as tx:
        hosted = await organisation.hosted(tx, actor, partnership)
        member = await members.reader_of(tx, hosted, actor)
        authority.check(member, Act.LOOK_AROUND)
        return await listing(tx, hosted, member, hosted.group(group) if group is not None else None)


async def board(ctx: Context, id: int) -> MeetingView:
    """A meeting for its own board: nobody asks, so nothing is hidden."""
    async with ctx.uow.read() as tx:
        return await view_of(tx, await tx.of(Meeting).get(id), ctx.clock())


# ---- what is due ---------------------------------------------------------------------------------


async def advance(tx: Transaction, id: int, now: datetime) -> None:
    """Take the step that is due; after a long absence what was missed is told once, together."""
    meeting = await tx.of(Meeting).get(id)
    missed: tuple[datetime, ...] = ()
    if meeting.cadence is not None and meeting.state is MeetingState.SCHEDULED:
        missed = cadences.between(meeting.cadence, meeting.slot, now)[-rules.MOST_MISSED :]
    changed, events = rules.advance(meeting, await decided_in(tx, meeting, now), missed, now)
    if changed != meeting:
        await _keep(tx, meeting, changed, events, now)


async def _keep(
    tx: Transaction, before: Meeting, changed: Meeting, events: tuple[Event, ...], now: datetime
) -> Meeting:
    """Save and record; when one of a series is over, or was moved out of it, the next one follows."""
    saved = await tx.of(Meeting).save(changed)
    await tx.record.append(saved.partnership, events, now)
    if saved.state in AHEAD and (before.state not in AHEAD or before.starts_at != saved.starts_at):
        await _is_ahead(tx, saved, now)
    series = before.cadence if saved.state in AHEAD and saved.cadence is None else None
    if saved.state in rules.OVER and before.state in AHEAD:
        series = saved.cadence
    slot = _next_slot(replace(saved, cadence=series), now)
    if slot is not None:
        number, last = await NOUN.next_number(tx, saved.partnership), replace(saved, cadence=series)
        following, more = rules.following(last, await tx.next_id("meeting"), number, slot, now)
        following = await tx.of(Meeting).save(following)
        await tx.record.append(saved.partnership, more, now)
        await _is_ahead(tx, following, now)
    return saved


def _next_slot(meeting: Meeting, now: datetime) -> datetime | None:
    """When the next of its series is held; None where none follows."""
    return None if meeting.cadence is None else cadences.next_after(meeting.cadence, max(now, meeting.slot))


async def _is_ahead(tx: Transaction, meeting: Meeting, now: datetime) -> None:
    """A meeting stands at this time from now on: its group is reminded a day and a quarter of an hour before."""
    for why, ahead in REMINDED:
        at, starts_at = meeting.starts_at - ahead, meeting.starts_at
        if at > now:
            occurrence = f"{why}/{starts_at.isoformat()}"
            await remind(
                tx, meeting.partnership, rules.thing(meeting), ReminderTopic.MEETINGS, why, occurrence, at, starts_at
            )


# ---- one act -------------------------------------------------------------------------------------


async def _act(ctx: Context, actor: Actor, id: int, rule: Rule, *, runs: bool = False) -> MeetingView:
    async with cases.writing(ctx, SHELF, actor, id) as case:
        _check_takes_part(case)
        if runs:
            await _check_runs(case)
        return await _kept(case, *rule(case.thing, case.member, case.now))


async def _kept(case: Case[Meeting], changed: Meeting, events: tuple[Event, ...]) -> MeetingView:
    return await _view(case, await _keep(case.tx, case.thing, changed, events, case.now))


async def _view(case: Case[Meeting], meeting: Meeting) -> MeetingView:
    return await view_of(case.tx, meeting, case.now, case.member)


def _check_takes_part(case: Case[Meeting]) -> None:
    authority.check(case.member, Act.TAKE_PART_IN_MEETING, case.partnership.group(case.thing.group))


async def _check_runs(case: Case[Meeting]) -> None:
    await _check_run_in(case.tx, case.partnership, case.partnership.group(case.thing.group), case.member)


async def _check_run_in(tx: Transaction, partnership: Partnership, group: Group, member: Member) -> None:
    authority.check(member, Act.LOOK_AROUND)
    if not authority.may(member, Act.READ, group):
        raise NotFound("group")
    authority.check(member, Act.RUN_MEETING, group, await tx.seats.holdings(partnership))


async def _group_here(tx: Transaction, partnership: Partnership, actor: Actor) -> Group:
    """The group whose channel this is. Raises BadValue elsewhere."""
    place = await tx.partnerships.place_at(actor.channel_id)
    if place is None or place.group is None or place.partnership != partnership.id:
        raise BadValue("group", "", "group that meets")
    return partnership.group(place.group)


def _kind(name: str) -> MeetingKind:
    try:
        return MeetingKind(name or MeetingKind.OPERATIONS)
    except ValueError:
        raise UnknownKey(name, tuple(MeetingKind)) from None


def _cadence(every: str, when: times.Understood) -> recurring.Cadence:
    day = when.wall.date()
    if not recurring.fits(every, day):
        raise BadValue("every", f"{day:%A} {day}", "last of its month", f"{day:%A}")
    return recurring.cadence(every, day, f"{when.wall:%H:%M}", when.zone)


# ---- what it asks, and what is told of it --------------------------------------------------------

SOON = timedelta(days=14)
"""How far ahead people are asked whether they come."""
THIS_WEEK = timedelta(days=7)
EVERY = 10_000
"""More meetings than anybody types in a day without confirming them."""


async def _look(tx: Transaction, partnership: Partnership, id: str) -> Thing:
    """Asks those of its group who did not say that they cannot come; one that was moved asks anew."""
    meeting = await tx.of(Meeting).get(int(id))
    seated = authority.holders(Act.BE_CALLED, meeting.group, await tx.seats.holdings(partnership))
    told = frozenset(meeting.who(Answer.ABSENT)) | (
        frozenset() if meeting.state is MeetingState.SCHEDULED else frozenset(meeting.who(Answer.HERE))
    )

    def concerns(reminder: Reminder) -> bool:
        held = meeting.state not in {MeetingState.CANCELLED, MeetingState.DISCARDED, MeetingState.DRAFT}
        same = reminder.occurrence.endswith(meeting.starts_at.isoformat())
        return held and same and (reminder.person == EVERYBODY or reminder.person in seated - told)

    return Thing(
        NOUN.called(meeting.number),
        cases.unless_private(meeting.title, partnership, meeting.group),
        await cases.board_link(tx, partnership, rules.thing(meeting)),
        concerns,
        lambda reminder: meeting.state is MeetingState.SCHEDULED,
        seated - told,
    )


async def _asks(tx: Transaction, partnership: Partnership) -> list[Waiting]:
    """Meetings of the next two weeks, for those of the group who have not said whether they come."""
    ahead = await tx.of(Meeting).list(partnership.id, (MeetingState.SCHEDULED,), limit=MOST_WAITING)
    return [await _waiting(tx, partnership, each) for each in ahead]


async def _waiting(tx: Transaction, partnership: Partnership, meeting: Meeting) -> Waiting:
    thing, name = rules.thing(meeting), NOUN.called(meeting.number)
    link = await cases.board_link(tx, partnership, thing)
    said = {attendance.person for attendance in meeting.attendance}

    def asks(member: Member, now: datetime) -> Iterator[InboxItem]:
        if (
            meeting.starts_at <= now + SOON
            and authority.may(member, Act.BE_CALLED, meeting.group)
            and member.person not in said
        ):
            yield InboxItem("answer meeting", thing, name, meeting.title, meeting.starts_at, None, link)

    return Waiting(asks)


async def _news(tx: Transaction, partnership: Partnership, since: datetime, now: datetime) -> list[DigestLine]:
    """Meetings of the next week, the nearest first."""
    ahead = await tx.of(Meeting).list(partnership.id, (MeetingState.SCHEDULED,), limit=MOST_WAITING)
    lines = []
    for each in sorted(ahead, key=lambda meeting: meeting.starts_at):
        if now < each.starts_at <= now + THIS_WEEK:
            link = await cases.board_link(tx, partnership, rules.thing(each))
            entry = Entry("meeting", "coming", NOUN.called(each.number), each.title, each.starts_at, link)
            lines.append(DigestLine(each.group, entry))
    return lines


async def _forget(tx: Transaction, partnership: Partnership, person: PersonId, now: datetime) -> None:
    """Meetings that they typed and never confirmed (REC-1)."""
    for typed in await tx.of(Meeting).list(partnership.id, {MeetingState.DRAFT}, limit=EVERY):
        if typed.organiser == person:
            await tx.of(Meeting).save(rules.discard(typed, now))


NOUN = Noun(
    name="meeting",
    plural="meetings",
    letter="M",
    shelf=SHELF,
    running=AHEAD | {MeetingState.DRAFT},
    due_at=lambda meeting: meeting.due_at,
    advance=advance,
    looks={"meeting": _look},
    asks=_asks,
    news=_news,
    without=rules.without,
    words=lambda meeting: frozenset({meeting.title}),
    forget=_forget,
    boards=(DeliveryKind.BOARD, DeliveryKind.CALENDAR),
    begun_by=MeetingScheduled,
    differences=lambda meeting, history, policies: rules.differences(meeting, history),
    occasion=MeetingEnded,
)
