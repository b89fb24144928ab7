"""A survey with everything that is needed to show it, and whom it is shown (LRN-2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.governance import authority, disclosure
from bot.governance import surveys as rules
from bot.governance.authority import Act
from bot.governance.disclosure import Hindrance, Published
from bot.governance.ids import GroupId
from bot.governance.organisation import Group, Member, Partnership
from bot.governance.surveys import Survey, SurveyState
from bot.services import cadences as occurrences
from bot.services import cases
from bot.services.cases import Shelf
from bot.services.ports.transaction import Transaction

EVERY = 1_000_000
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


async def may_read(tx: Transaction, partnership: Partnership, survey: Survey, member: Member) -> bool:
    """What was never opened is read by those who may run it; the rest as its group is (SCL-2)."""
    if not authority.may(member, Act.READ, partnership.domain(survey.group)):
        return False
    if survey.opened_at is None:
        holdings = await tx.seats.holdings(partnership)
        return authority.may(member, Act.READ_UNASKED, asked(partnership, survey), holdings)
    return True


SHELF = Shelf(Survey, may_read)


async def published(tx: Transaction, partnership: Partnership, for_group: GroupId | None) -> tuple[Published, ...]:
    """Every question of the partnership with a published result, oldest first, named where that tells nothing."""
    closed = await tx.of(Survey).list(partnership.id, {SurveyState.CLOSED}, limit=EVERY)
    closed = tuple(sorted(closed, key=lambda each: (each.closed_at or each.created_at, each.number)))
    return tuple(
        Published(_named(each, partnership, for_group), question.forms, each.audience, each.k, each.left)
        for each in closed
        for question, result in zip(each.questions, each.results, strict=True)
        if not result.withheld
    )


async def view_of(
    tx: Transaction, survey: Survey, partnership: Partnership, now: datetime, member: Member | None = None
) -> SurveyView:
    """Gather what stands around a survey."""
    holdings = await tx.seats.holdings(partnership)
    policy = await tx.policies.current(partnership.id)
    k = survey.k or policy.count("survey.k")
    groups = asked(partnership, survey)
    audience = survey.audience or authority.holders(Act.BE_SURVEYED, groups, holdings)
    foreseen: tuple[Hindrance | None, ...] = ()
    if survey.state not in rules.OVER:
        others = await published(tx, partnership, survey.group)
        if survey.state is not SurveyState.OPEN:
            others = (*others, *await _running(tx, partnership, survey))
        foreseen = tuple(disclosure.hindrance(question, audience, k, others) for question in survey.questions)
    return SurveyView(
        survey,
        partnership,
        now,
        channel_id=await cases.channel_of(tx, partnership, survey.group),
        link=await cases.board_link(tx, partnership, survey.thing) or None,
        k=k,
        window=survey.window or policy.duration("survey.window"),
        expected=len(audience),
        hindrances=foreseen,
        runs=member is not None and authority.may(member, Act.RUN_SURVEY, groups, holdings),
        asks=member is not None and survey.state is SurveyState.OPEN and member.person in survey.audience,
        author=(await tx.people.users_of((survey.author,))).get(survey.author),
        next_at=following(survey, survey.closed_at or survey.closes_at or now) if survey.cadence else None,
    )


def following(survey: Survey, instant: datetime) -> datetime | None:
    """When the next edition opens after this instant; None for one that does not repeat."""
    return None if survey.cadence is None else occurrences.next_after(survey.cadence, instant)


def asked(partnership: Partnership, survey: Survey) -> rules.Groups:
    return rules.asked_groups(partnership, survey.group, survey.scale)


async def _running(tx: Transaction, partnership: Partnership, survey: Survey) -> tuple[Published, ...]:
    """What is being asked now, as if it were published already: it may be by the time this one closes."""
    running = await tx.of(Survey).list(partnership.id, {SurveyState.OPEN}, limit=EVERY)
    return tuple(
        Published(_named(each, partnership, survey.group), question.forms, each.audience, each.k)
        for each in running
        for question in each.questions
    )


def _named(other: Survey, partnership: Partnership, for_group: GroupId | None) -> int:
    """The number of another survey, 0 where readers of this one may not know of it."""
    hidden = other.group is not None and other.group != for_group and partnership.group(other.group).private
    return 0 if hidden else other.number
