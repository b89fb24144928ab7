"""What the record says of how a partnership, a scale or a group decides (LRN-3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from bot.governance.histories import Ending, Fate, History, HistoryStage
from bot.governance.ids import GroupId
from bot.governance.organisation import Group, GroupKind

PERIODS: Mapping[str, timedelta | None] = {
    "30 days": timedelta(days=30),
    "90 days": timedelta(days=90),
    "a year": timedelta(days=365),
    "all": None,
}
"""The periods that can be asked for."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Half of the proposals that were in a stage spent at most ``median`` in it, ``count`` were in it at all."""

    stage: HistoryStage
    median: timedelta
    longest: timedelta
    count: int


@dataclass(frozen=True, slots=True)
class Month:
    """What was decided in one month, and the objections to that."""

    begins: datetime
    decided: int
    objections: int
    reach: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers. Shares are None where there is nothing to take a share of.

    They are about proposals decided in the period; only ``opened`` counts those whose review opened in it.
    ``reach`` is the mean share of electors who had seen a proposal when it was decided by silence. ``active`` of
    ``asked`` people did more than read. ``turnout``: ballots and eligible people over all final votes.
    """

    opened: int
    endings: Mapping[Ending, int]
    spent: tuple[Spent, ...]
    reach: float | None
    low_reach: tuple[int, ...]
    asked: int
    active: int
    turnout: tuple[int, int]
    concerns: int
    revised: int
    objections: Mapping[Fate, int]
    by_scale: Mapping[GroupKind, int]
    months: tuple[Month, ...]
    unplaced: int = 0
    reviews: Mapping[str, datetime | None] = field(default_factory=dict)
    feedback: tuple[int, int] = (0, 0)

    @property
    def decided(self) -> int:
        """How many were decided, withdrawn ones included."""
        return sum(self.endings.values())

    @property
    def pass_rate(self) -> float | None:
        """The share that passed or was adopted, of all that were not withdrawn."""
        put = self.decided - self.endings.get(Ending.WITHDRAWN, 0)
        through = self.endings.get(Ending.PASSED, 0) + self.endings.get(Ending.ADOPTED, 0)
        return through / put if put else None

    @property
    def objected(self) -> int:
        """How many objections there were."""
        return sum(self.objections.values())


def within(courses: Iterable[History], groups: Collection[GroupId], unplaced: bool) -> list[History]:
    """Those decided by one of these groups; with ``unplaced`` also those of which the record does not say by which."""
    return [each for each in courses if each.group in groups or (unplaced and each.group is None)]


def decided_since(courses: Iterable[History], since: datetime | None) -> list[History]:
    """Those that are decided, at or after an instant."""
    return [each for each in courses if each.ended_at is not None and (since is None or each.ended_at >= since)]


def figures(decided: Collection[History], opened: int, groups: Iterable[Group]) -> Figures:
    """The numbers of decided proposals."""
    kinds = {group.id: group.kind for group in groups}
    by_silence = [c for c in decided if c.ending in {Ending.PASSED, Ending.LAPSED} and c.reachable]
    asked = {person for c in decided for person in c.electors - {c.author}}
    return Figures(
        opened=opened,
        endings=Counter(c.ending for c in decided if c.ending is not None),
        spent=tuple(spent for stage in HistoryStage if (spent := _spent(stage, decided)) is not None),
        reach=_mean([c.reached / c.reachable for c in by_silence]),
        low_reach=tuple(sorted(c.number for c in decided if c.low_reach)),
        asked=len(asked),
        active=len(asked & {person for c in decided for person in c.active}),
        turnout=(sum(c.cast for c in decided), sum(c.eligible for c in decided)),
        concerns=sum(c.concerns for c in decided),
        revised=sum(c.versions > 1 for c in decided),
        objections=Counter(fate for c in decided for fate in c.objections.values()),
        by_scale=Counter(kinds[c.group] for c in decided if c.group in kinds),
        months=_months(decided),
        unplaced=sum(c.group not in kinds for c in decided),
    )


def _spent(stage: HistoryStage, decided: Iterable[History]) -> Spent | None:
    times = [c.stages[stage].total_seconds() for c in decided if stage in c.stages]
    if not times:
        return None
    return Spent(stage, timedelta(seconds=median(times)), timedelta(seconds=max(times)), len(times))


def _months(decided: Iterable[History]) -> tuple[Month, ...]:
    """Every month from the first decision to the last, also those in which nothing was decided."""
    by_month: dict[tuple[int, int], list[History]] = {}
    zone = None
    for course in decided:
        if course.ended_at is not None:
            zone = course.ended_at.tzinfo
            by_month.setdefault((course.ended_at.year, course.ended_at.month), []).append(course)
    if not by_month:
        return ()
    year, month = min(by_month)
    found = []
    while (year, month) <= max(by_month):
        there = by_month.get((year, month), [])
        reach = _mean([c.reached / c.reachable for c in there if c.reachable])
        objections = sum(len(c.objections) for c in there)
        found.append(Month(datetime(year, month, 1, tzinfo=zone), len(there), objections, reach))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return tuple(found)


def _mean(values: Collection[float]) -> float | None:
    return sum(values) / len(values) if values else None
