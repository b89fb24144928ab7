"""Numbers from the record: each proposal's course, and what a period adds up to (LRN-3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance import metrics
from bot.governance.events import EventType, Json, as_recorded
from bot.governance.histories import TOLD, Ending, Fate, Happening, History, HistoryStage, courses
from bot.governance.ids import GroupId, PersonId
from bot.governance.objections_events import (
    AppealDecided,
    ConcernRaised,
    ObjectionIntegrated,
    ObjectionLapsed,
    ObjectionOrphaned,
    ObjectionOverruled,
    ObjectionRaised,
    ObjectionStated,
    ObjectionWithdrawn,
    RulingGiven,
)
from bot.governance.organisation import Group, GroupKind
from bot.governance.proposals_events import (
    ProposalAdopted,
    ProposalDisputed,
    ProposalEnacted,
    ProposalHalted,
    ProposalNotAdopted,
    ProposalPassed,
    ProposalStale,
    ProposalWithdrawn,
    ReviewClosed,
    ReviewExtended,
    ReviewOpened,
    VersionPublished,
)
from bot.governance.votes_events import BallotCast, ProposalEscalated, VoteClosed
from tests.facts import event_of

T = datetime(2026, 1, 5, 12, tzinfo=UTC)
SHG, TLC, CELL = GroupId(1), GroupId(2), GroupId(3)
GROUPS = (
    Group(SHG, GroupKind.STAKEHOLDERS, "Stakeholders"),
    Group(TLC, GroupKind.TOP_LEVEL, "Core"),
    Group(CELL, GroupKind.CELL, "Gardens"),
)
HOUR = timedelta(hours=1)


def at(hours: float, kind: EventType, actor: str | None = None, thing: int = 1, **data: Json) -> Happening:
    return Happening(T + hours * HOUR, event_of(kind, f"proposal/{thing}", PersonId(actor) if actor else None, data))


def opened(hours: float = 0, thing: int = 1, group: int | None = SHG, electors: str = "abcd") -> Happening:
    data: dict[str, Json] = {"number": thing, "electors": [*electors]}
    if group is not None:
        data["group"] = group
    return at(hours, ReviewOpened, "x", thing, **data)


def passed(hours: float = 72, thing: int = 1, reached: int = 2, low: bool = False) -> list[Happening]:
    return [
        at(hours, ReviewClosed, None, thing, reached=reached, reachable=4),
        at(hours, ProposalPassed, None, thing, reached=reached, reachable=4, low_reach=low),
        at(hours, ProposalEnacted, None, thing),
    ]


def course(*happened: Happening) -> History:
    (found,) = courses(happened).values()
    return found


def test_a_quiet_pass() -> None:
    found = course(opened(), *passed())
    assert (found.ending, found.ended_at) == (Ending.PASSED, T + 72 * HOUR)
    assert found.stages == {
        HistoryStage.REVIEW: 72 * HOUR,
        HistoryStage.SETTLING: timedelta(),
        HistoryStage.WAITING: timedelta(),
    }
    assert (found.reached, found.reachable, found.active) == (2, 4, set())


def test_a_dispute_and_a_vote() -> None:
    found = course(
        opened(),
        at(1, ObjectionRaised, "a", objection=1, via="button"),
        at(2, ObjectionStated, "a", objection=1),
        at(3, ConcernRaised, "b", text="", why=""),
        at(72, ReviewClosed, reached=2, reachable=4),
        at(100, ProposalDisputed),
        at(110, ProposalEscalated, "b", method="majority"),
        at(111, BallotCast, "c", vote="1-1"),
        at(182, VoteClosed, cast=3, eligible=4, hidden=True, counts=[]),
        at(182, ObjectionOverruled, objection=1),
        at(182, ProposalAdopted, reached=4, reachable=4),
        at(230, ProposalEnacted),
    )
    hours = {stage: spent / HOUR for stage, spent in found.stages.items()}
    assert hours == {
        HistoryStage.REVIEW: 72,
        HistoryStage.SETTLING: 28,
        HistoryStage.DISPUTED: 10,
        HistoryStage.VOTE: 72,
        HistoryStage.WAITING: 48,
    }
    assert found.objections == {1: Fate.OVERRULED}
    assert found.active == {"a", "b", "c"}
    assert (found.cast, found.eligible, found.concerns) == (3, 4, 1)


@pytest.mark.parametrize(
    ("then", "fate"),
    [
        ([], Fate.STANDING),
        ([(ObjectionStated, {})], Fate.STANDING),
        ([(ObjectionWithdrawn, {})], Fate.WITHDRAWN),
        ([(ObjectionIntegrated, {})], Fate.INTEGRATED),
        ([(ObjectionLapsed, {})], Fate.LAPSED),
        ([(ObjectionOrphaned, {})], Fate.ORPHANED),
        ([(RulingGiven, {"in_form": False})], Fate.DISMISSED),
        ([(RulingGiven, {"in_form": True})], Fate.STANDING),
        ([(RulingGiven, {"in_form": False}), (AppealDecided, {"stands": True})], Fate.STANDING),
        ([(RulingGiven, {"in_form": True}), (AppealDecided, {"stands": False})], Fate.DISMISSED),
        ([(RulingGiven, {})], Fate.DISMISSED),
    ],
)
def test_what_became_of_an_objection(then: list[tuple[EventType, dict[str, Json]]], fate: Fate) -> None:
    raised = at(1, ObjectionRaised, "a", objection=1)
    more = [at(2 + n, kind, "a", 1, **({"objection": 1} | data)) for n, (kind, data) in enumerate(then)]
    assert course(opened(), raised, *more).objections == {1: fate}


@pytest.mark.parametrize("back", [ProposalHalted, ProposalStale, VersionPublished])
def test_what_is_open_again_is_not_decided(back: EventType) -> None:
    found = course(opened(), *passed()[:2], at(80, back, version=2, electors=["a", "e"]))
    assert (found.ending, found.ended_at) == (None, None)
    assert found.stages[HistoryStage.WAITING] == 8 * HOUR
    again = course(opened(), *passed()[:2], at(80, back, version=2), *passed(150, reached=4))
    assert (again.ending, again.ended_at, again.reached) == (Ending.PASSED, T + 150 * HOUR, 4)


def test_an_extended_window_counts_as_review() -> None:
    found = course(opened(), at(72, ReviewExtended, reached=0, reachable=4), *passed(120, low=True))
    assert found.stages[HistoryStage.REVIEW] == 120 * HOUR
    assert found.low_reach


def test_words_that_were_erased_leave_the_course_readable() -> None:
    bare = [Happening(each.at, as_recorded(each.event.name, each.event.thing, each.event.actor, None)) for each in
            (opened(), at(1, ObjectionRaised, "a", objection=1), *passed())]  # fmt: skip
    found = course(*bare)
    assert (found.ending, found.group, found.reachable, found.objections) == (Ending.PASSED, None, 0, {})


KINDS = st.sampled_from(sorted(kind.NAME for kind in TOLD))
DATA = st.dictionaries(
    st.sampled_from(
        ["objection", "reached", "reachable", "cast", "eligible", "version", "electors", "group", "number"]
    ),
    st.integers(-5, 9) | st.text(max_size=3) | st.none() | st.booleans() | st.lists(st.text(max_size=2), max_size=3),
)


@given(st.lists(st.tuples(st.integers(0, 5), KINDS, st.integers(1, 3), DATA), max_size=40))
def test_any_record_can_be_read(rows: list[tuple[int, str, int, dict[str, Json]]]) -> None:
    """Whatever stands in it: stages last no longer than the proposal, and shares are shares."""
    now, happened = 0, []
    for later, kind, thing, data in rows:
        now += later
        happened.append(Happening(T + now * HOUR, as_recorded(kind, f"proposal/{thing}", PersonId("a"), data)))
    found = courses(happened)
    for each in found.values():
        assert sum(each.stages.values(), timedelta()) <= now * HOUR
    shown = metrics.figures(metrics.decided_since(found.values(), None), len(found), GROUPS)
    assert shown.decided <= len(found)
    assert 0 <= shown.active <= shown.asked
    assert shown.pass_rate is None or 0 <= shown.pass_rate <= 1
    assert sum(month.decided for month in shown.months) == shown.decided


def test_the_numbers_of_three_proposals() -> None:
    found = courses(
        [
            opened(0, 1),
            opened(0, 2, TLC),
            at(1, ObjectionRaised, "a", 2, objection=1),
            *passed(72, 1, reached=1, low=True),
            at(75, ObjectionIntegrated, "a", 2, objection=1),
            *passed(96, 2, reached=3),
            opened(800, 3),
            at(900, ProposalWithdrawn, "x", 3, reason=""),
            opened(900, 4, None),
            at(990, ProposalNotAdopted, None, 4, why="nobody acted"),
            opened(1000, 5),
        ]
    )
    shown = metrics.figures(metrics.decided_since(found.values(), None), 5, GROUPS)
    assert shown.endings == {Ending.PASSED: 2, Ending.WITHDRAWN: 1, Ending.NOT_ADOPTED: 1}
    assert shown.decided == 4
    assert shown.pass_rate == pytest.approx(2 / 3)
    assert shown.reach == pytest.approx((1 / 4 + 3 / 4) / 2)
    assert shown.low_reach == (1,)
    assert (shown.asked, shown.active) == (4, 1)
    assert shown.objections == {Fate.INTEGRATED: 1}
    assert shown.by_scale == {GroupKind.STAKEHOLDERS: 2, GroupKind.TOP_LEVEL: 1}
    assert shown.unplaced == 1
    review = next(spent for spent in shown.spent if spent.stage is HistoryStage.REVIEW)
    assert (review.median, review.longest, review.count) == (93 * HOUR, 100 * HOUR, 4)
    assert [(m.begins.month, m.decided) for m in shown.months] == [(1, 2), (2, 2)]
    assert shown.months[1].reach is None


def test_only_what_was_decided_since_then_and_by_these_groups() -> None:
    found = courses(
        [opened(0, 1), opened(0, 2, TLC), opened(0, 3, None), *passed(72, 1), *passed(90, 2), *passed(90, 3)]
    )
    since = T + 80 * HOUR
    assert {c.number for c in metrics.decided_since(found.values(), since)} == {2, 3}
    assert {c.number for c in metrics.within(found.values(), {TLC}, unplaced=False)} == {2}
    assert {c.number for c in metrics.within(found.values(), {SHG, TLC}, unplaced=True)} == {1, 2, 3}


def test_nothing_decided_is_no_share_of_anything() -> None:
    shown = metrics.figures([], 0, GROUPS)
    assert (shown.pass_rate, shown.reach, shown.spent, shown.months) == (None, None, (), ())


def test_months_without_a_decision_are_there_too() -> None:
    found = courses([opened(0, 1), *passed(72, 1), opened(2000, 2), *passed(2300, 2)])
    shown = metrics.figures(metrics.decided_since(found.values(), None), 2, GROUPS)
    assert [(m.begins.year, m.begins.month, m.decided) for m in shown.months] == [
        (2026, 1, 1),
        (2026, 2, 0),
        (2026, 3, 0),
        (2026, 4, 1),
    ]
