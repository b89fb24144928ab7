"""What the record says of how a partnership decides, for those who may read it (LRN-3)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.governance import authority
from bot.governance import histories as told
from bot.governance import metrics as rules
from bot.governance.authority import Act
from bot.governance.errors import NotFound
from bot.governance.events import Fact
from bot.governance.feedback_events import FeedbackAnswered, FeedbackGiven
from bot.governance.histories import Happening, History
from bot.governance.ids import GroupId, PartnershipId
from bot.governance.meetings_events import MeetingEnded
from bot.governance.metrics import Figures
from bot.governance.organisation import Group, GroupKind, Member, Partnership
from bot.governance.proposals_events import ReviewOpened
from bot.governance.retros_events import RetroClosed
from bot.governance.surveys_events import SurveyClosed
from bot.services import members
from bot.services.nouns import NOUNS
from bot.services.organisation import hosted
from bot.services.ports.context import Actor, Context
from bot.services.ports.transaction import Transaction

REVIEWS = {noun.name: noun.occasion for noun in NOUNS if noun.occasion is not None}
"""Occasions on which a group looks at itself, and the event that ends each."""

_FEW = 200
_OLDEST = timedelta(days=120)
"""Few proposals are open for longer: 90 days, and whatever their clock stood."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the numbers are about: one group, one scale, or the whole partnership. ``hidden`` groups are left out."""

    partnership: Partnership
    groups: tuple[Group, ...]
    group: Group | None = None
    scale: GroupKind | None = None
    hidden: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole partnership."""
        return self.group is None and self.scale is None

    @property
    def ids(self) -> frozenset[GroupId]:
        """The groups that count."""
        return frozenset(group.id for group in self.groups)


@dataclass(frozen=True, slots=True)
class MetricsView:
    """Numbers of a period that ends ``now``. ``since`` is None for all there is."""

    scope: Scope
    period: str
    since: datetime | None
    now: datetime
    figures: Figures
    head: str


async def metrics(
    ctx: Context,
    actor: Actor,
    id: PartnershipId,
    group: GroupId | None = None,
    scale: GroupKind | None = None,
    period: str = "90 days",
) -> MetricsView:
    """The numbers of a group, a scale or the whole partnership. Raises NotFound, NotEligible."""
    async with ctx.uow.scan() as tx:
        partnership = await hosted(tx, actor, id)
        scope = scope_of(partnership, await members.reader_of(tx, partnership, actor), group, scale)
        now, length = ctx.clock(), rules.PERIODS[period]
        since = None if length is None else now - length
        _, head = await tx.record.head(id)
        opened, decided = await decided_in(tx, scope, since)
        occasions = await _occasions(tx, scope)
        answered = await _feedback(tx, scope, since)
    figures = await asyncio.to_thread(rules.figures, decided, opened, scope.groups)
    return MetricsView(scope, period, since, now, replace(figures, reviews=occasions, feedback=answered), head)


def scope_of(
    partnership: Partnership, member: Member, group: GroupId | None = None, scale: GroupKind | None = None
) -> Scope:
    """What a member asks about, without the private groups that they may not read: no sum tells of those (SCL-2).

    Raises NotFound, NotEligible.
    """
    authority.check(member, Act.LOOK_AROUND)
    if group is not None:
        named = partnership.group(group)
        if not authority.may(member, Act.READ, named):
            raise NotFound("group")
        return Scope(partnership, (named,), named)
    meant = [each for each in partnership.groups if scale is None or each.kind is scale]
    readable = tuple(each for each in meant if authority.may(member, Act.READ, each))
    return Scope(partnership, readable, None, scale, len(meant) - len(readable))


async def decided_in(tx: Transaction, scope: Scope, since: datetime | None) -> tuple[int, list[History]]:
    """How many reviews opened since then, and the courses of what was decided since then, from the record alone."""
    courses = await _courses(tx, scope.partnership.id, since)
    here = rules.within(courses.values(), scope.ids, unplaced=scope.is_whole)
    opened = sum(1 for each in here if since is None or each.opened_at >= since)
    return opened, rules.decided_since(here, since)


async def _courses(tx: Transaction, id: PartnershipId, since: datetime | None) -> dict[str, History]:
    """The courses of what was opened or ended since then, each from its opening on.

    Few things are looked up one by one; many are read along the chain, and only those that opened long before apart.
    """
    found: dict[str, History] = {}
    ended: set[str] = set()
    if since is not None:
        ended = {each.event.thing for each in await tx.record.since(id, since, told.ENDINGS)}
    if since is None or len(ended) > _FEW:
        async for part in tx.record.from_opening(id, since and since - _OLDEST, told.TOLD):
            told.follow(found, part)
    else:
        told.follow(found, await tx.record.since(id, since, (ReviewOpened,)))
    apart = sorted(ended if len(ended) <= _FEW else ended - found.keys())
    for at in range(0, len(apart), _FEW):
        told.follow(found, await tx.record.of_all(id, apart[at : at + _FEW], told.TOLD))
    return found


async def _occasions(tx: Transaction, scope: Scope) -> dict[str, datetime | None]:
    """When each kind of occasion was last held. Events that name no group are of the whole partnership."""
    found: dict[str, datetime | None] = dict.fromkeys(REVIEWS)
    kinds = {happened: name for name, happened in REVIEWS.items()}
    for each in await tx.record.since(scope.partnership.id, None, kinds):
        if _is_in(each, scope):
            found[kinds[each.event.type]] = each.at
    return found


async def _feedback(tx: Transaction, scope: Scope, since: datetime | None) -> tuple[int, int]:
    """How many pieces of feedback were given since then, and how many of those have an answer."""
    here_id = scope.partnership.id
    given = await tx.record.since(here_id, since, (FeedbackGiven,))
    here = {each.event.thing for each in given if _is_in(each, scope)}
    answered = await tx.record.since(here_id, since, (FeedbackAnswered,))
    return len(here), len(here & {each.event.thing for each in answered})


def _is_in(happening: Happening, scope: Scope) -> bool:
    group = _group(happening.event.fact)
    return scope.is_whole if group is None else group in scope.ids


def _group(fact: Fact) -> GroupId | None:
    return fact.group if isinstance(fact, MeetingEnded | RetroClosed | SurveyClosed | FeedbackGiven) else None
