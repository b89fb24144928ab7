"""Making, opening and reading surveys, and what the sweep does with them (LRN-2)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.governance import cadences, disclosure
from bot.governance import surveys as rules
from bot.governance.disclosure import Hindrance, Published
from bot.governance.errors import NotEligible, NotFound, Outdated, WrongState
from bot.governance.events import Event, EventType
from bot.governance.ids import GroupId, PartnershipId, PersonId
from bot.governance.organisation import Group, Member, Partnership
from bot.governance.reminders import ReminderTopic
from bot.governance.scales import Scale
from bot.governance.surveys import Question, Survey, SurveyState
from bot.services import cadences as occurrences
from bot.services import members, times
from bot.services.ports.context import Actor, Context
from bot.services.ports.partnerships import PlaceKind
from bot.services.ports.transaction import Transaction
from bot.services.reminders import remind, zone_of

_EVERY = 1_000_000
"""More surveys than a partnership ever closes."""


@dataclass(frozen=True, slots=True)
class SurveyView:
    """A survey with what stands around it.

    ``hindrances`` say for each question of what is not over, as things stand, why its result will have to be withheld;
    ``expected`` would be asked if it opened now, and results would be shown from ``k`` answers on after ``window``.
    ``runs`` and ``asks`` tell whether the asker may change it, and whether it asks them. ``author`` is a Discord user.
    ``next_at`` is when the following edition opens.
    """

    survey: Survey
    partnership: Partnership
    now: datetime
    channel_id: int | None = None
    link: str | None = None
    k: int = 0
    window: timedelta = timedelta(0)
    expected: int = 0
    hindrances: tuple[Hindrance | None, ...] = ()
    runs: bool = False
    asks: bool = False
    author: int | None = None
    next_at: datetime | None = None

    @property
    def over(self) -> bool:
        """Whether a board that somebody deleted is left deleted."""
        return self.survey.state in rules.OVER

    @property
    def group(self) -> Group | None:
        """The group that is asked; None for the whole partnership."""
        return None if self.survey.group is None else self.partnership.group(self.survey.group)


Change = Callable[[Survey, datetime], tuple[Survey, tuple[Event, ...]]]
"""A rule applied to a survey: what becomes of it, and what happened."""


async def check_may_create(
    ctx: Context, actor: Actor, partnership_id: PartnershipId, group: GroupId | None, scale: Scale | None = None
) -> None:
    """Before a form is opened: may they ask these? Raises NotFound, NotEligible, BadValue for a group and a scale."""
    async with ctx.uow.read() as tx:
        partnership = await _hosted(tx, partnership_id, actor)
        member = await members.reader_of(tx, partnership, actor)
        await _check_may_run(tx, partnership, member, rules.asked_groups(partnership, group, scale))


async def check_may_change(ctx: Context, actor: Actor, id: int) -> SurveyView:
    """A draft, before a form about it is opened. Raises NotFound, NotEligible, WrongState."""
    view = await show(ctx, actor, id)
    if not view.runs:
        raise NotEligible("run survey")
    if view.survey.state is not SurveyState.DRAFT:
        raise WrongState(view.survey.state, "edit survey")
    return view


async def create(
    ctx: Context,
    actor: Actor,
    partnership_id: PartnershipId,
    group: GroupId | None,
    title: str,
    about: str,
    scale: Scale | None = None,
) -> SurveyView:
    """A draft that only those who may run surveys of this group or scale see.

    Raises NotFound, NotEligible, BadText, BadValue, LimitReached.
    """
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        partnership = await _hosted(tx, partnership_id, actor)
        member = await members.member_of(tx, partnership, actor)
        await _check_may_run(tx, partnership, member, rules.asked_groups(partnership, group, scale))
        drafts = await tx.of(Survey).list(partnership_id, {SurveyState.DRAFT}, limit=_EVERY)
        rules.check_drafts(sum(1 for each in drafts if each.author == member.person))
        blank = Survey(0, partnership_id, 0, group, member.person, "", now, scale=scale)
        written = rules.write(blank, title, about)
        numbered = replace(written, id=await tx.next_id("survey"), number=await next_number(tx, partnership_id))
        event = Event(EventType.SURVEY_CREATED, numbered.thing, member.person, {"number": numbered.number})
        saved = await keep(tx, numbered, (event,), now)
        return await view_of(tx, saved, partnership, now, member)


async def write(ctx: Context, actor: Actor, id: int, title: str, about: str) -> SurveyView:
    """Change a draft's title and purpose. Raises NotFound, NotEligible, WrongState, BadText."""
    return await _run(ctx, actor, id, lambda survey, now: (rules.write(survey, title, about), ()))


async def put_question(ctx: Context, actor: Actor, id: int, place: int, question: Question) -> SurveyView:
    """Add a question to a draft (place 0), or replace one. Raises NotFound, NotEligible and as the rule."""
    return await _run(ctx, actor, id, lambda survey, now: (rules.put_question(survey, place, question), ()))


async def drop_question(ctx: Context, actor: Actor, id: int, place: int) -> SurveyView:
    """Take a question out of a draft. Raises NotFound, NotEligible, WrongState."""
    return await _run(ctx, actor, id, lambda survey, now: (rules.drop_question(survey, place), ()))


async def plan(ctx: Context, actor: Actor, id: int, closes: str = "", repeats: str = "", zone: str = "") -> SurveyView:
    """Keep when a draft shall close, as typed on the clocks of a zone, and how often it repeats.

    Left empty: as policy says, and once, in the partnership's zone.

    Raises NotFound, NotEligible, WrongState, BadValue, UnknownKey and what ``times.parse`` refuses.
    """
    async with ctx.uow.read() as tx:
        survey, partnership, member = await opened(tx, actor, id)
        await _check_may_run(tx, partnership, member, _asked(partnership, survey))
        here = zone.strip() or await zone_of(tx, partnership.id)
    times.check_zone(here)
    closing = await asyncio.to_thread(times.parse, closes, here, ctx.clock()) if closes.strip() else None
    closes_at = closing.instant if closing else None
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        survey, partnership, member = await opened(tx, actor, id)
        await _check_may_run(tx, partnership, member, _asked(partnership, survey))
        planned = rules.plan(survey, closes_at, repeats, here, now)
        return await view_of(tx, await keep(tx, planned, (), now), partnership, now, member)


async def stop_repeating(ctx: Context, actor: Actor, id: int) -> SurveyView:
    """No edition follows this one. Raises NotFound, NotEligible, WrongState, AlreadyDone."""
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        survey, partnership, member = await opened(tx, actor, id)
        await _check_may_run(tx, partnership, member, _asked(partnership, survey))
        stopped, events = rules.stop_repeating(survey, member.person)
        return await view_of(tx, await keep(tx, stopped, events, now), partnership, now, member)


async def cancel(ctx: Context, actor: Actor, id: int) -> SurveyView:
    """End it with nothing published: answers and key are deleted. Raises NotFound, NotEligible, WrongState."""
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        survey, partnership, member = await opened(tx, actor, id)
        await _check_may_run(tx, partnership, member, _asked(partnership, survey))
        ended, events = rules.cancel(survey, member.person, now)
        await tx.seals.destroy(survey.thing)
        return await view_of(tx, await keep(tx, ended, events, now), partnership, now, member)


async def open_now(ctx: Context, actor: Actor, id: int, shown: int | None = None) -> SurveyView:
    """Ask: from now on answers are taken. ``shown`` is the version of the draft that the actor has looked at.

    Raises NotFound, NotEligible, WrongState, BadText, BadValue; Outdated where somebody has written in it since.
    """
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        survey, partnership, member = await opened(tx, actor, id)
        await _check_may_run(tx, partnership, member, _asked(partnership, survey))
        rules.check_complete(survey)
        if shown is not None and shown != survey.version:
            raise Outdated("survey draft")
        begun = await begin(tx, survey, partnership, now, member.person)
        return await view_of(tx, begun, partnership, now, member)


async def begin(
    tx: Transaction, survey: Survey, partnership: Partnership, now: datetime, by: PersonId | None = None
) -> Survey:
    """Open it with the audience of this instant. Its key is made now: later its making would tell of an answer."""
    holdings = await tx.seats.holdings(partnership)
    policy = await tx.policies.current(partnership.id)
    audience = rules.audience_of(_asked(partnership, survey), holdings)
    cadence = survey.cadence
    if cadence is None and survey.repeats:
        wall = times.wall_of(now, survey.zone)
        cadence = cadences.cadence(survey.repeats, wall.date(), f"{wall:%H:%M}", survey.zone)
    k, window = policy.count("survey.k"), policy.duration("survey.window")
    asked, events = rules.open_survey(survey, audience, k, window, now, by, cadence)
    await tx.seals.key(survey.thing)
    if asked.closes_at is not None and asked.closes_at - policy.duration("reminder.before_close") > now:
        at = asked.closes_at - policy.duration("reminder.before_close")
        await remind(tx, partnership.id, asked.thing, ReminderTopic.SURVEYS, "survey", "closing", at, asked.closes_at)
    return await keep(tx, asked, events, now)


async def show(ctx: Context, actor: Actor, id: int) -> SurveyView:
    """A survey for somebody who may read it. Raises NotFound, NotEligible."""
    async with ctx.uow.read() as tx:
        survey, partnership, member = await opened(tx, actor, id)
        return await view_of(tx, survey, partnership, ctx.clock(), member)


async def by_number(ctx: Context, actor: Actor, partnership: PartnershipId, number: int) -> SurveyView:
    """The survey ``S-<number>``. Raises NotFound, NotEligible."""
    async with ctx.uow.read() as tx:
        found = await tx.of(Survey).numbered(partnership, number)
    return await show(ctx, actor, found.id)


async def list_surveys(
    ctx: Context, actor: Actor, partnership_id: PartnershipId, states: Iterable[SurveyState] = ()
) -> tuple[SurveyView, ...]:
    """Those that the asker may read, newest first. Raises NotFound, NotEligible without a seat."""
    async with ctx.uow.read() as tx:
        now = ctx.clock()
        partnership = await _hosted(tx, partnership_id, actor)
        member = await members.reader_of(tx, partnership, actor)
        members.check_seated(member)
        found: list[SurveyView] = []
        before: int | None = None
        while len(found) < 25:
            rows = await tx.of(Survey).list(partnership_id, states, before=before)
            for survey in rows:
                if await _may_read(tx, survey, partnership, member):
                    asks = survey.state is SurveyState.OPEN and member.person in survey.audience
                    found.append(SurveyView(survey, partnership, now, asks=asks))
            if len(rows) < 25:
                break
            before = rows[-1].number
        return tuple(found[:25])


async def board(ctx: Context, id: int) -> SurveyView:
    """A survey for its own board: nobody asks, so nothing is hidden."""
    async with ctx.uow.read() as tx:
        survey = await tx.of(Survey).get(id)
        return await view_of(tx, survey, await tx.partnerships.get(survey.partnership), ctx.clock())


async def opened(tx: Transaction, actor: Actor, id: int) -> tuple[Survey, Partnership, Member]:
    """A survey that the actor may read, with its partnership and who they are there. Raises NotFound, NotEligible."""
    survey = await tx.of(Survey).get(id)
    partnership = await _hosted(tx, survey.partnership, actor)
    member = await members.reader_of(tx, partnership, actor)
    members.check_seated(member)
    if not await _may_read(tx, survey, partnership, member):
        raise NotFound("survey")
    return survey, partnership, member


async def published(tx: Transaction, partnership: Partnership, for_group: GroupId | None) -> tuple[Published, ...]:
    """Every question of the partnership with a published result, oldest first, named where that tells nothing."""
    closed = await tx.of(Survey).list(partnership.id, {SurveyState.CLOSED}, limit=_EVERY)
    closed = tuple(sorted(closed, key=lambda each: (each.closed_at or each.created_at, each.number)))
    return tuple(
        Published(_named(each, partnership, for_group), question.forms, each.audience, each.k, each.left)
        for each in closed
        for question, result in zip(each.questions, each.results, strict=True)
        if not result.withheld
    )


async def keep(tx: Transaction, survey: Survey, events: tuple[Event, ...], now: datetime) -> Survey:
    """Save it and record what happened."""
    saved = await tx.of(Survey).save(survey)
    if events:
        await tx.record.append(survey.partnership, events, now)
    return saved


async def view_of(
    tx: Transaction, survey: Survey, partnership: Partnership, now: datetime, member: Member | None = None
) -> SurveyView:
    """Gather what stands around a survey."""
    holdings = await tx.seats.holdings(partnership)
    policy = await tx.policies.current(partnership.id)
    k = survey.k or policy.count("survey.k")
    asked = _asked(partnership, survey)
    audience = survey.audience or rules.audience_of(asked, holdings)
    foreseen: tuple[Hindrance | None, ...] = ()
    if survey.state not in rules.OVER:
        others = await published(tx, partnership, survey.group)
        if survey.state is not SurveyState.OPEN:
            others = (*others, *await _running(tx, partnership, survey))
        foreseen = tuple(disclosure.hindrance(question, audience, k, others) for question in survey.questions)
    stands = await tx.deliveries.board(survey.thing)
    link = None
    if stands is not None and stands.message_id is not None:
        link = f"https://discord.com/channels/{partnership.guild_id}/{stands.channel_id}/{stands.message_id}"
    return SurveyView(
        survey,
        partnership,
        now,
        channel_id=await _channel(tx, survey, partnership),
        link=link,
        k=k,
        window=survey.window or policy.duration("survey.window"),
        expected=len(audience),
        hindrances=foreseen,
        runs=member is not None and rules.may_run(member, asked, holdings),
        asks=member is not None and survey.state is SurveyState.OPEN and member.person in survey.audience,
        author=(await tx.people.users_of((survey.author,))).get(survey.author),
        next_at=following(survey, survey.closed_at or survey.closes_at or now) if survey.cadence else None,
    )


def following(survey: Survey, instant: datetime) -> datetime | None:
    """When the next edition opens after this instant; None for one that does not repeat."""
    return None if survey.cadence is None else occurrences.next_after(survey.cadence, instant)


async def _run(ctx: Context, actor: Actor, id: int, change: Change) -> SurveyView:
    """One change by somebody who may run it."""
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        survey, partnership, member = await opened(tx, actor, id)
        await _check_may_run(tx, partnership, member, _asked(partnership, survey))
        changed, events = change(survey, now)
        return await view_of(tx, await keep(tx, changed, events, now), partnership, now, member)


async def _hosted(tx: Transaction, id: PartnershipId, actor: Actor) -> Partnership:
    partnership = await tx.partnerships.get(id)
    if partnership.guild_id != actor.guild_id:
        raise NotFound("partnership")
    return partnership


def _asked(partnership: Partnership, survey: Survey) -> rules.Groups:
    return rules.asked_groups(partnership, survey.group, survey.scale)


async def _check_may_run(tx: Transaction, partnership: Partnership, member: Member, groups: rules.Groups) -> None:
    members.check_seated(member)
    if groups is not None and not any(members.may_read(partnership.group(each), member) for each in groups):
        raise NotFound("group")
    rules.check_may_run(member, groups, await tx.seats.holdings(partnership))


async def _may_read(tx: Transaction, survey: Survey, partnership: Partnership, member: Member) -> bool:
    """What was never opened is read by those who may run it; the rest as its group is (SCL-2)."""
    if survey.group is not None and not members.may_read(partnership.group(survey.group), member):
        return False
    if survey.opened_at is None:
        return rules.may_run(member, _asked(partnership, survey), await tx.seats.holdings(partnership))
    return bool(member.seats)


async def _running(tx: Transaction, partnership: Partnership, survey: Survey) -> tuple[Published, ...]:
    """What is being asked now, as if it were published already: it may be by the time this one closes."""
    running = await tx.of(Survey).list(partnership.id, {SurveyState.OPEN}, limit=_EVERY)
    return tuple(
        Published(_named(each, partnership, survey.group), question.forms, each.audience, each.k)
        for each in running
        for question in each.questions
    )


def _named(other: Survey, partnership: Partnership, for_group: GroupId | None) -> int:
    """The number of another survey, 0 where readers of this one may not know of it."""
    hidden = other.group is not None and other.group != for_group and partnership.group(other.group).private
    return 0 if hidden else other.number


async def _channel(tx: Transaction, survey: Survey, partnership: Partnership) -> int | None:
    """Where its board stands: in the channel of its group, or where everyone with a seat may write."""
    kind = PlaceKind.TALK if survey.group is None else PlaceKind.GROUP
    for place in await tx.partnerships.places(partnership.id):
        if place.kind is kind and place.group == survey.group and not place.lost:
            return place.channel_id
    return None


async def next_number(tx: Transaction, partnership: PartnershipId) -> int:
    """The number of a new survey."""
    return await tx.next_id(f"survey number/{partnership}")
