"""Capture checks: what is counted, where the mark is, and that a crossing is told once (ORG-7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance import health
from bot.governance.health import Check, FacilitatorTenure, Marks, Reading
from bot.governance.histories import Ending, Fate, History
from bot.governance.ids import GroupId, PersonId, RoleId
from bot.governance.organisation import Holding, RoleMapping
from bot.governance.policy import genesis
from tests.governance.test_metrics import GROUPS, SHG, TLC, T

MARKS = Marks(Fraction(2, 5), timedelta(days=365), Fraction(1, 3))
DAY = timedelta(days=1)


def sits(person: str, organisation: str = "", group: GroupId = SHG, seat: str = "member") -> Holding:
    return Holding(PersonId(person), RoleMapping(RoleId(1), group, seat, organisation=organisation))


def decided(number: int, low: bool = False, objectors: str = "", ending: Ending = Ending.PASSED) -> History:
    return History(
        f"proposal/{number}",
        number,
        SHG,
        PersonId("x"),
        T,
        ending=ending,
        ended_at=T,
        low_reach=low,
        objections=dict.fromkeys(range(len(objectors)), Fate.WITHDRAWN),
        objectors={n: PersonId(each) for n, each in enumerate(objectors)},
    )


def read(
    check: Check,
    holdings: tuple[Holding, ...] = (),
    tenures: tuple[FacilitatorTenure, ...] = (),
    courses: tuple[History, ...] = (),
    group: GroupId | None = None,
) -> Reading:
    found = health.readings(GROUPS, holdings, tenures, courses, SHG, MARKS, T)
    return next(each for each in found if each.check is check and group in {None, each.group})


def test_the_marks_of_the_specification() -> None:
    assert health.marks_of(genesis()).organisation == Fraction(2, 5)
    assert health.marks_of(genesis()) == MARKS


@pytest.mark.parametrize(
    ("seats", "part", "whole", "over", "enough"),
    [
        ((), 0, 0, False, False),
        ((sits("a", "G"), sits("b", "G")), 2, 2, False, False),
        ((sits("a", "G"), sits("b", "G"), sits("c", "R")), 2, 3, True, True),
        ((sits("a", "G"), sits("b", "G"), sits("c", "R"), sits("d", "R"), sits("e")), 2, 5, False, True),
        ((sits("a", "G"), sits("b", "G"), sits("c", "R"), sits("d")), 2, 4, True, True),
        ((sits("a", "G"), sits("a", "G", seat="lead"), sits("b"), sits("c")), 1, 3, False, True),
        ((sits("a", "G"), sits("b", "G", seat="observer"), sits("c"), sits("d")), 1, 3, False, True),
        ((sits("a", "G"), sits("b", "G", TLC), sits("c"), sits("d")), 1, 3, False, True),
        ((sits("a", "G"), sits("a", "", seat="facilitator"), sits("b", "G"), sits("c")), 2, 3, True, True),
        ((sits("a"), sits("b"), sits("c")), 0, 3, False, True),
        ((sits("a", "Gaia"), sits("b", "GAIA"), sits("c", "Gаia\u200b"), sits("d", "Rhea")), 3, 4, True, True),
    ],
)
def test_one_organisations_share_of_seats(
    seats: tuple[Holding, ...], part: int, whole: int, over: bool, enough: bool
) -> None:
    found = read(Check.SEATS, seats, group=SHG)
    assert (found.part, found.whole, found.over, found.enough) == (part, whole, over, enough)


def test_exactly_at_the_mark_is_not_over_it() -> None:
    two_of_five = tuple(sits(p, o) for p, o in zip("abcde", ("G", "G", "R", "D", "H"), strict=True))
    assert not read(Check.SEATS, two_of_five, group=SHG).over
    assert not read(Check.FACILITATOR, tenures=(FacilitatorTenure(PersonId("f"), SHG, T - 365 * DAY),)).over
    assert read(Check.FACILITATOR, tenures=(FacilitatorTenure(PersonId("f"), SHG, T - 366 * DAY),)).over
    assert not read(Check.REACH, courses=(decided(1, True), decided(2), decided(3))).over


@pytest.mark.parametrize(
    ("lows", "part", "over", "enough"),
    [("", 0, False, False), ("yy", 2, False, False), ("nnn", 0, False, True), ("yyn", 2, True, True)],
)
def test_low_reach(lows: str, part: int, over: bool, enough: bool) -> None:
    courses = tuple(decided(n, each == "y") for n, each in enumerate(lows, 1))
    withdrawn = decided(9, True, ending=Ending.WITHDRAWN)
    found = read(Check.REACH, courses=(*courses, withdrawn))
    assert (found.part, found.over, found.enough) == (part, over, enough)
    assert found.proposals == tuple(n for n, each in enumerate(lows, 1) if each == "y")


@pytest.mark.parametrize(
    ("objectors", "part", "whole", "over"),
    [("aaaa", 4, 4, False), ("aaaab", 4, 5, True), ("abcab", 2, 5, False), ("zzzzz", 0, 5, False)],
)
def test_one_organisations_share_of_objections(objectors: str, part: int, whole: int, over: bool) -> None:
    seats = (sits("a", "G"), sits("b", "R"), sits("c", "D"))
    found = read(Check.OBJECTIONS, seats, courses=(decided(1, objectors=objectors),))
    assert (found.part, found.whole, found.over) == (part, whole, over)


def test_double_hats_are_shown_and_never_marked() -> None:
    found = read(Check.HATS, (sits("a"), sits("a", group=TLC), sits("b"), sits("c", group=TLC)))
    assert (found.people, found.part, found.whole, found.over) == (("a",), 1, 3, False)


def test_who_facilitates_what() -> None:
    seats = (sits("f", seat="facilitator"), sits("f", group=TLC, seat="facilitator"), sits("a"))
    assert health.facilitators({SHG, TLC}, seats) == [("f", SHG), ("f", TLC)]
    assert health.facilitators({TLC}, seats) == [("f", TLC)]


OVER = Reading(Check.SEATS, SHG, 3, 5, True, organisation="G")


def test_a_crossing_is_told_once_and_again_after_it_fell_below() -> None:
    new, known = health.crossed([OVER], [])
    assert new == [OVER]
    new, known = health.crossed([replace(OVER, part=4)], known)
    assert new == []
    new, known = health.crossed([replace(OVER, over=False)], known)
    assert (new, known) == ([], [])
    new, known = health.crossed([OVER], known)
    assert new == [OVER]
    assert health.crossed([replace(OVER, organisation="R")], known)[0]


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["", "G", "R"]), st.sampled_from([SHG, TLC]))),
    st.lists(st.tuples(st.booleans(), st.text("abz", max_size=5)), max_size=6),
)
def test_parts_are_parts_of_their_wholes(seats: list[tuple[str, str, GroupId]], rows: list[tuple[bool, str]]) -> None:
    holdings = [sits(person, organisation, group) for person, organisation, group in seats]
    courses = [decided(n, low, objectors) for n, (low, objectors) in enumerate(rows)]
    found = health.readings(GROUPS, holdings, (), courses, SHG, MARKS, T)
    assert len({each.name for each in found}) == len(found)
    for each in found:
        assert 0 <= each.part <= each.whole
        assert not each.over or each.enough


def test_a_tie_names_everyone_in_it() -> None:
    """Not only the first by name: the others hold just as much."""
    tied = read(Check.SEATS, (sits("a", "G"), sits("b", "R"), sits("c", "Z"), sits("d", "R"), sits("e", "G")))
    assert (tied.organisation, tied.tied, tied.part) == ("G", ("R",), 2)
    single = read(Check.SEATS, (sits("a", "G"), sits("b", "R"), sits("c", "G")))
    assert (single.organisation, single.tied) == ("G", ())
