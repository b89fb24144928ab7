"""Making, opening and reading surveys, and what the sweep does with them (LRN-2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

from bot.governance import authority
from bot.governance import surveys as rules
from bot.governance.authority import Act
from bot.governance.errors import NotFound, Outdated, WrongState
from bot.governance.events import Event
from bot.governance.ids import GroupId, PartnershipId
from bot.governance.organisation import Member, Partnership
from bot.governance.reminders import EVERYBODY, Entry
from bot.governance.scales import Scale
from bot.governance.surveys import Question, Survey, SurveyState
from bot.governance.surveys_events import SurveyClosed, SurveyCreated
from bot.services import cases, members, surveys_replies, times
from bot.services.cases import Case
from bot.services.noun import MOST_WAITING, DigestLine, InboxItem, Noun, Thing, Waiting
from bot.services.organisation import hosted
from bot.services.ports.context import Actor, Context
from bot.services.ports.transaction import Transaction
from bot.services.reminders import zone_of
from bot.services.surveys_editions import advance, begin
from bot.services.surveys_views import EVERY, SHELF, SurveyView, asked, view_of

PAGE = 25
"""Surveys in one list."""

Change = Callable[[Survey, datetime], tuple[Survey, tuple[Event, ...]]]
"""A rule applied to a survey: what becomes of it, and what happened."""


async def check_create(
    ctx: Context, actor: Actor, partnership_id: PartnershipId, group: GroupId | None, scale: Scale | None = None
) -> None:
    """Before a form is opened: may they ask these? Raises NotFound, NotEligible, BadValue for a group and a scale."""
    async with ctx.uow.read() as tx:
        partnership = await hosted(tx, actor, partnership_id)
        member = await members.reader_of(tx, partnership, actor)
        await _check_run(tx, partnership, member, rules.asked_groups(partnership, group, scale))


async def check_change(ctx: Context, actor: Actor, id: int) -> SurveyView:
    """A draft, before a form about it is opened. Raises NotFound, NotEligible, WrongState."""
    async with cases.reading(ctx, SHELF, actor, id) as case:
        await _check_run(case.tx, case.partnership, case.member, asked(case.partnership, case.thing))
        if case.thing.state is not SurveyState.DRAFT:
            raise WrongState(case.thing.state, "edit survey")
        return await _view(case, case.thing)


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
        partnership = await hosted(tx, actor, partnership_id)
        member = await members.member_of(tx, partnership, actor)
        await _check_run(tx, partnership, member, rules.asked_groups(partnership, group, scale))
        drafts = await tx.of(Survey).list(partnership_id, {SurveyState.DRAFT}, limit=EVERY)
        rules.check_drafts(sum(1 for each in drafts if each.author == member.person))
        blank = Survey(0, partnership_id, 0, group, member.person, "", now, scale=scale)
        written = rules.write(blank, title, about)
        numbered = replace(written, id=await tx.next_id("survey"), number=await NOUN.next_number(tx, partnership_id))
        event = Event(SurveyCreated(numbered.number), numbered.thing, member.person)
        saved = await cases.keep(tx, blank, numbered, (event,), now)
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
    async with cases.reading(ctx, SHELF, actor, id) as case:
        await _check_run(case.tx, case.partnership, case.member, asked(case.partnership, case.thing))
        here = zone.strip() or await zone_of(case.tx, case.partnership.id)
    times.check_zone(here)
    closing = await asyncio.to_thread(times.parse, closes, here, ctx.clock()) if closes.strip() else None
    closes_at = closing.instant if closing else None
    async with _run_by(ctx, actor, id) as case:
        planned = rules.plan(case.thing, closes_at, repeats, here, case.now)
        return await _view(case, await case.keep(planned))


async def stop_repeating(ctx: Context, actor: Actor, id: int) -> SurveyView:
    """No edition follows this one. Raises NotFound, NotEligible, WrongState, AlreadyDone."""
    async with _run_by(ctx, actor, id) as case:
        stopped, events = rules.stop_repeating(case.thing, case.member.person)
        return await _view(case, await case.keep(stopped, events))


async def cancel(ctx: Context, actor: Actor, id: int) -> SurveyView:
    """End it with nothing published: answers and key are deleted. Raises NotFound, NotEligible, WrongState."""
    async with _run_by(ctx, actor, id) as case:
        ended, events = rules.cancel(case.thing, case.member.person, case.now)
        await case.tx.seals.destroy(case.thing.thing)
        return await _view(case, await case.keep(ended, events))


async def open_now(ctx: Context, actor: Actor, id: int, shown: int | None = None) -> SurveyView:
    """Ask: from now on answers are taken. ``shown`` is the version of the draft that the actor has looked at.

    Raises NotFound, NotEligible, WrongState, BadText, BadValue; Outdated where somebody has written in it since.
    """
    async with _run_by(ctx, actor, id) as case:
        rules.check_complete(case.thing)
        if shown is not None and shown != case.thing.version:
            raise Outdated("survey draft")
        begun = await begin(case.tx, case.thing, case.partnership, case.now, case.member.person)
        return await _view(case, begun)


async def show(ctx: Context, actor: Actor, id: int) -> SurveyView:
    """A survey for somebody who may read it. Raises NotFound, NotEligible."""
    async with cases.reading(ctx, SHELF, actor, id) as case:
        return await _view(case, case.thing)


async def by_number(ctx: Context, actor: Actor, partnership: PartnershipId, number: int) -> SurveyView:
    """The survey ``S-<number>``. Raises NotFound, NotEligible."""
    return await show(ctx, actor, await cases.numbered(ctx, SHELF, actor, partnership, number))


async def list_surveys(
    ctx: Context, actor: Actor, partnership_id: PartnershipId, states: Iterable[SurveyState] = ()
) -> tuple[SurveyView, ...]:
    """Those that the asker may read, newest first. Raises NotFound, NotEligible without a seat."""
    async with ctx.uow.read() as tx:
        partnership = await hosted(tx, actor, partnership_id)
        member = await members.reader_of(tx, partnership, actor)
        found, _ = await cases.page(tx, SHELF, partnership, member, PAGE, states)
        asks = [each.state is SurveyState.OPEN and member.person in each.audience for each in found]
        now = ctx.clock()
        return tuple(SurveyView(each, partnership, now, asks=of) for each, of in zip(found, asks, strict=True))


async def board(ctx: Context, id: int) -> SurveyView:
    """A survey for its own board: nobody asks, so nothing is hidden."""
    async with ctx.uow.read() as tx:
        survey = await tx.of(Survey).get(id)
        return await view_of(tx, survey, await tx.partnerships.get(survey.partnership), ctx.clock())


async def _run(ctx: Context, actor: Actor, id: int, change: Change) -> SurveyView:
    """One change by somebody who may run it."""
    async with _run_by(ctx, actor, id) as case:
        return await _view(case, await case.keep(*change(case.thing, case.now)))


@asynccontextmanager
async def _run_by(ctx: Context, actor: Actor, id: int) -> AsyncIterator[Case[Survey]]:
    """A survey at hand of somebody who may run it."""
    async with cases.writing(ctx, SHELF, actor, id, members.reader_of) as case:
        await _check_run(case.tx, case.partnership, case.member, asked(case.partnership, case.thing))
        yield case


async def _view(case: Case[Survey], survey: Survey) -> SurveyView:
    return await view_of(case.tx, survey, case.partnership, case.now, case.member)


async def _check_run(tx: Transaction, partnership: Partnership, member: Member, groups: rules.Groups) -> None:
    authority.check(member, Act.LOOK_AROUND)
    if groups is not None and not any(authority.may(member, Act.READ, partnership.group(each)) for each in groups):
        raise NotFound("group")
    authority.check(member, Act.RUN_SURVEY, groups, await tx.seats.holdings(partnership))


# ---- what it asks, and what is told of it --------------------------------------------------------


async def _look(tx: Transaction, partnership: Partnership, id: str) -> Thing:
    """Asks its audience."""
    survey = await tx.of(Survey).get(int(id))
    seated = authority.holders(Act.READ, partnership.domain(survey.group), await tx.seats.holdings(partnership))
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
        readable = survey.group is None or authority.may(member, Act.READ, partnership.domain(survey.group))
        if member.person in survey.audience and readable:
            yield item

    return Waiting(asks)


async def _news(tx: Transaction, partnership: Partnership, since: datetime, now: datetime) -> list[DigestLine]:
    """Results that came out."""
    lines = []
    for each, _ in await cases.lately(tx, Survey, partnership, since, now, (SurveyClosed,)):
        link = await cases.board_link(tx, partnership, each.thing)
        lines.append(
            DigestLine(each.group, Entry("survey", "closed", NOUN.called(each.number), each.title, None, link))
        )
    return lines


NOUN = Noun(
    name="survey",
    plural="surveys",
    letter="S",
    shelf=SHELF,
    running=frozenset(SurveyState) - rules.OVER,
    due_at=lambda survey: survey.due_at,
    advance=advance,
    looks={"survey": _look},
    asks=_asks,
    news=_news,
    without=rules.without,
    words=lambda survey: frozenset({survey.title}),
    forget=surveys_replies.forget,
    begun_by=SurveyCreated,
    differences=lambda survey, history, policies: rules.differences(survey, history),
    occasion=SurveyClosed,
)
