"""Making, opening and reading surveys, and what the sweep does with them (LRN-2)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from bot.governance import surveys as rules
from bot.governance.errors import NotEligible, NotFound, Outdated, WrongState
from bot.governance.events import Event, EventType
from bot.governance.ids import GroupId, PartnershipId
from bot.governance.organisation import Member, Partnership
from bot.governance.reminders import EVERYBODY, Entry
from bot.governance.scales import Scale
from bot.governance.surveys import Question, Survey, SurveyState
from bot.services import cases, members, surveys_replies, times
from bot.services.noun import MOST_WAITING, InboxItem, Line, Noun, Thing, Waiting
from bot.services.ports.context import Actor, Context
from bot.services.ports.transaction import Transaction
from bot.services.reminders import zone_of
from bot.services.surveys_editions import advance, begin, next_number
from bot.services.surveys_views import EVERY, SurveyView, asked, hosted, keep, may_read, opened, view_of

Change = Callable[[Survey, datetime], tuple[Survey, tuple[Event, ...]]]
"""A rule applied to a survey: what becomes of it, and what happened."""


async def check_may_create(
    ctx: Context, actor: Actor, partnership_id: PartnershipId, group: GroupId | None, scale: Scale | None = None
) -> None:
    """Before a form is opened: may they ask these? Raises NotFound, NotEligible, BadValue for a group and a scale."""
    async with ctx.uow.read() as tx:
        partnership = await hosted(tx, partnership_id, actor)
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
        partnership = await hosted(tx, partnership_id, actor)
        member = await members.member_of(tx, partnership, actor)
        await _check_may_run(tx, partnership, member, rules.asked_groups(partnership, group, scale))
        drafts = await tx.of(Survey).list(partnership_id, {SurveyState.DRAFT}, limit=EVERY)
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
        await _check_may_run(tx, partnership, member, asked(partnership, survey))
        here = zone.strip() or await zone_of(tx, partnership.id)
    times.check_zone(here)
    closing = await asyncio.to_thread(times.parse, closes, here, ctx.clock()) if closes.strip() else None
    closes_at = closing.instant if closing else None
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        survey, partnership, member = await opened(tx, actor, id)
        await _check_may_run(tx, partnership, member, asked(partnership, survey))
        planned = rules.plan(survey, closes_at, repeats, here, now)
        return await view_of(tx, await keep(tx, planned, (), now), partnership, now, member)


async def stop_repeating(ctx: Context, actor: Actor, id: int) -> SurveyView:
    """No edition follows this one. Raises NotFound, NotEligible, WrongState, AlreadyDone."""
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        survey, partnership, member = await opened(tx, actor, id)
        await _check_may_run(tx, partnership, member, asked(partnership, survey))
        stopped, events = rules.stop_repeating(survey, member.person)
        return await view_of(tx, await keep(tx, stopped, events, now), partnership, now, member)


async def cancel(ctx: Context, actor: Actor, id: int) -> SurveyView:
    """End it with nothing published: answers and key are deleted. Raises NotFound, NotEligible, WrongState."""
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        survey, partnership, member = await opened(tx, actor, id)
        await _check_may_run(tx, partnership, member, asked(partnership, survey))
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
        await _check_may_run(tx, partnership, member, asked(partnership, survey))
        rules.check_complete(survey)
        if shown is not None and shown != survey.version:
            raise Outdated("survey draft")
        begun = await begin(tx, survey, partnership, now, member.person)
        return await view_of(tx, begun, partnership, now, member)


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
        partnership = await hosted(tx, partnership_id, actor)
        member = await members.reader_of(tx, partnership, actor)
        members.check_seated(member)
        found: list[SurveyView] = []
        before: int | None = None
        while len(found) < 25:
            rows = await tx.of(Survey).list(partnership_id, states, before=before)
            for survey in rows:
                if await may_read(tx, survey, partnership, member):
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


async def _run(ctx: Context, actor: Actor, id: int, change: Change) -> SurveyView:
    """One change by somebody who may run it."""
    async with ctx.uow.write() as tx:
        now = ctx.clock()
        survey, partnership, member = await opened(tx, actor, id)
        await _check_may_run(tx, partnership, member, asked(partnership, survey))
        changed, events = change(survey, now)
        return await view_of(tx, await keep(tx, changed, events, now), partnership, now, member)


async def _check_may_run(tx: Transaction, partnership: Partnership, member: Member, groups: rules.Groups) -> None:
    members.check_seated(member)
    if groups is not None and not any(members.may_read(partnership.group(each), member) for each in groups):
        raise NotFound("group")
    rules.check_may_run(member, groups, await tx.seats.holdings(partnership))


# ---- what it asks, and what is told of it --------------------------------------------------------


async def _look(tx: Transaction, partnership: Partnership, id: str) -> Thing:
    """Asks its audience."""
    survey = await tx.of(Survey).get(int(id))
    seated = await members.readers(tx, partnership, survey.group)
    return Thing(
        NOUN.called(survey.number),
        cases.unless_private(survey.title, partnership, survey.group),
        await cases.board_link(tx, partnership, survey.thing),
        lambda reminder: (
            survey.state in {SurveyState.OPEN, SurveyState.CLOSED} and reminder.person in {EVERYBODY, *seated}
        ),
        lambda reminder: survey.state is SurveyState.OPEN,
        survey.audience & seated,
    )


async def _asks(tx: Transaction, partnership: Partnership) -> list[Waiting]:
    """Open surveys, for everybody asked: whether they answered, nobody knows (LRN-2)."""
    open_now = await tx.of(Survey).list(partnership.id, (SurveyState.OPEN,), limit=MOST_WAITING)
    return [await _waiting(tx, partnership, each) for each in open_now]


async def _waiting(tx: Transaction, partnership: Partnership, survey: Survey) -> Waiting:
    link = await cases.board_link(tx, partnership, survey.thing)
    name, title = NOUN.called(survey.number), survey.title
    item = InboxItem("answer survey", survey.thing, name, title, survey.closes_at, None, link or None)

    def asks(member: Member, now: datetime) -> Iterator[InboxItem]:
        readable = survey.group is None or members.reads(partnership, survey.group, member)
        if member.person in survey.audience and readable:
            yield item

    return Waiting(asks)


async def _news(tx: Transaction, partnership: Partnership, since: datetime, now: datetime) -> list[Line]:
    """Results that came out."""
    lines = []
    for each, _ in await cases.lately(tx, Survey, partnership, since, now, (EventType.SURVEY_CLOSED,)):
        link = await cases.board_link(tx, partnership, each.thing)
        lines.append(Line(each.group, Entry("survey", "closed", NOUN.called(each.number), each.title, None, link)))
    return lines


NOUN = Noun(
    name="survey",
    plural="surveys",
    letter="S",
    type=Survey,
    running=frozenset(SurveyState) - rules.OVER,
    due_at=lambda survey: survey.due_at,
    advance=advance,
    looks={"survey": _look},
    asks=_asks,
    news=_news,
    without=rules.without,
    words=lambda survey: frozenset({survey.title}),
    forget=surveys_replies.forget,
    begun_by=EventType.SURVEY_CREATED,
    differences=lambda survey, history, policies: rules.differences(survey, history),
    occasion=EventType.SURVEY_CLOSED,
)
