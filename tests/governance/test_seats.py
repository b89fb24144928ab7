"""Who counts as seated in what opens now: a week of wearing, and whatever others do in that week (PRO-9, OBJ-6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance import seats
from bot.governance.ids import PersonId, RoleId
from bot.governance.organisation import Elector, Holding, RoleMapping
from bot.governance.seats import SEASON, Hand, SeatRecord, Turn, is_founding, remembered_since, roll, turned
from tests.governance.scene import (
    EXPERT,
    FUNDER,
    GIVER,
    NEIGHBOUR,
    NOW,
    PARTNERSHIP,
    SHG,
    SHG_FACILITATOR,
    SHG_OBSERVER,
    TICK,
    TLC,
    TOP,
)

FOR_LONG = 100.0
"""Days before the opening at which whoever is not new gained the seat."""


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def worn(
    person: str,
    mapping: RoleMapping = FUNDER,
    since: float = FOR_LONG,
    until: float | None = None,
    by: Hand | None = None,
    *,
    at_once: bool = False,
) -> SeatRecord:
    """A record whose instants are days before the opening."""
    end = None if until is None else ago(until)
    lost_by = None if until is None else by or Hand.OTHERS
    return SeatRecord(
        PersonId(person), mapping.role, mapping.group, mapping.seat, ago(since), end, "", lost_by, at_once,
        mapping.stakeholder_class, mapping.organisation,
    )  # fmt: skip


def people(*records: SeatRecord) -> set[str]:
    return {elector.person for elector in roll(PARTNERSHIP, SHG, records, NOW)}


def test_only_member_seats_of_the_group_count() -> None:
    records = [
        worn("bo"),
        worn("flo", SHG_FACILITATOR),
        worn("ola", SHG_OBSERVER),
        worn("ana", TOP),
        worn("gus", GIVER),
    ]
    assert roll(PARTNERSHIP, SHG, records, NOW) == (Elector(PersonId("bo"), "financial contributor", "Alpha"),)
    assert [e.person for e in roll(PARTNERSHIP, TLC, records, NOW)] == ["ana"]
    assert [e.person for e in roll(PARTNERSHIP, SHG, records, NOW, "facilitator")] == ["flo"]
    assert roll(PARTNERSHIP, SHG, (), NOW) == ()


@pytest.mark.parametrize(
    ("records", "counts"),
    [
        ([worn("bo", since=7)], True),
        ([worn("bo", since=6.99)], False),
        ([worn("bo", since=0, at_once=True)], True),
        ([worn("bo", until=0)], True),
        ([worn("bo", until=7)], True),
        ([worn("bo", until=7.01)], False),
        ([worn("bo", until=0, by=Hand.THEMSELVES)], False),
        ([worn("bo", since=6, until=1)], False),  # given and taken in the same week: a guest of the moderators'
        ([worn("bo", until=7.5), worn("bo", since=6.5)], True),  # a day's break that others made
        ([worn("bo", until=7.5, by=Hand.THEMSELVES), worn("bo", since=6.5)], False),
        ([worn("bo", until=7.5), worn("bo", EXPERT, since=6.5)], True),  # the same, back with another role
        ([worn("bo", until=10), worn("bo", since=3)], True),  # a break of just a week
        ([worn("bo", until=10.1), worn("bo", since=3)], False),
        ([worn("bo", since=5, until=3, at_once=True), worn("bo", since=2)], True),  # a founder, taken and given
        ([worn("bo", since=5, until=3), worn("bo", since=2, at_once=True)], True),
        ([worn("bo", until=20), worn("bo", since=6)], False),  # away for two weeks
        ([worn("bo", since=9, until=5), worn("bo", since=4.9)], True),  # a newcomer's week is not begun anew
        ([worn("bo", until=3), worn("bo", EXPERT, since=3)], True),  # the seat went to another role
        ([worn("bo", until=3), worn("bo", EXPERT, until=2, by=Hand.THEMSELVES)], False),  # left with the last one
        ([worn("bo", until=3, by=Hand.THEMSELVES), worn("bo", since=3)], False),
    ],
)
def test_a_seat_counts_after_a_week_and_for_a_week(records: list[SeatRecord], counts: bool) -> None:
    assert people(*records) == ({"bo"} if counts else set())
    assert people(*reversed(records)) == ({"bo"} if counts else set())


def test_a_person_counts_in_the_class_of_their_earliest_mapped_role() -> None:
    both = [worn("bo", EXPERT), worn("bo")]
    assert roll(PARTNERSHIP, SHG, both, NOW) == (Elector(PersonId("bo"), "financial contributor", "Alpha"),)


def test_mapped_earliest_is_not_worn_longest() -> None:
    longer = [worn("bo", EXPERT, since=100), worn("bo", since=50)]
    assert roll(PARTNERSHIP, SHG, longer, NOW) == (Elector(PersonId("bo"), "financial contributor", "Alpha"),)


@pytest.mark.parametrize(
    "records",
    [
        [worn("bo", EXPERT), worn("bo", FUNDER, since=1)],  # given an older role on the day before
        [worn("bo", EXPERT, until=1), worn("bo", FUNDER, since=1)],  # and the own one taken
        [worn("bo", EXPERT, until=1), worn("bo", NEIGHBOUR)],  # of two the older taken
    ],
)
def test_roles_given_or_taken_in_the_week_before_change_nobodys_voice(records: list[SeatRecord]) -> None:
    (elector,) = roll(PARTNERSHIP, SHG, records, NOW)
    assert (elector.stakeholder_class, elector.organisation) == ("domain expert", "Beta")


def test_a_role_mapped_elsewhere_since_leaves_its_wearers_their_voice() -> None:
    moved = replace(PARTNERSHIP, mappings=(replace(FUNDER, group=TLC), EXPERT))
    assert roll(moved, SHG, [worn("bo", until=1)], NOW) == (Elector(PersonId("bo"), "financial contributor", "Alpha"),)


@pytest.mark.parametrize(
    ("provisional", "first", "founding"),
    [(True, None, True), (True, 6.99, True), (True, 7, False), (False, None, False), (False, 1, False)],
)
def test_founders_are_those_of_the_first_week_before_the_ratification(
    provisional: bool, first: float | None, founding: bool
) -> None:
    partnership = replace(PARTNERSHIP, provisional=provisional)
    assert is_founding(partnership, None if first is None else ago(first), NOW) is founding


WEARERS = tuple("abcdef")
Meddling = list[tuple[float, str, RoleMapping, bool]]
MEDDLING = st.lists(
    st.tuples(
        st.floats(0, 6.99),
        st.sampled_from([*WEARERS, "x", "y", "z"]),
        st.sampled_from([FUNDER, EXPERT, NEIGHBOUR]),
        st.booleans(),
    ),
    max_size=25,
)
"""Roles given (True) or taken by others in the week before the opening: days before it, whose, which."""


def meddled(records: list[SeatRecord], meddling: Meddling) -> list[SeatRecord]:
    """The history after these roles were given and taken."""
    records = list(records)
    for days, person, mapping, given_ in sorted(meddling, key=lambda each: -each[0]):
        held = [r for r in records if (r.person, r.role, r.until) == (person, mapping.role, None)]
        if given_ and not held:
            records.append(worn(person, mapping, since=days))
        elif held and not given_:
            records[records.index(held[0])] = replace(held[0], until=ago(days), lost_by=Hand.OTHERS)
    return records


@given(
    st.lists(st.tuples(st.sampled_from(WEARERS), st.sampled_from([FUNDER, EXPERT, NEIGHBOUR])), unique=True),
    MEDDLING,
)
def test_whatever_others_do_in_the_week_before_the_roll_stays_the_same(
    held: list[tuple[str, RoleMapping]], meddling: Meddling
) -> None:
    before = [worn(person, mapping) for person, mapping in held]
    after = meddled(before, meddling)
    assert roll(PARTNERSHIP, SHG, after, NOW) == roll(PARTNERSHIP, SHG, before, NOW)
    assert roll(PARTNERSHIP, SHG, sorted(after, key=str), NOW) == roll(PARTNERSHIP, SHG, after, NOW)


@given(st.lists(st.floats(0, 60), min_size=2, max_size=12, unique=True), st.booleans())
def test_what_ended_two_weeks_ago_has_no_say(instants: list[float], still_held: bool) -> None:
    """So that not the whole history has to be read when a review opens."""
    assert remembered_since(NOW) == ago(14)
    days = sorted(instants, reverse=True)
    records = [worn("bo", since=start, until=end) for start, end in zip(days[::2], days[1::2], strict=False)]
    if still_held:
        records.append(worn("bo", since=days[-1] / 2))
    lately = [r for r in records if r.until is None or r.until >= remembered_since(NOW)]
    assert people(*lately) == people(*records)


def test_the_week_is_exact() -> None:
    assert people(replace(worn("bo"), since=NOW - SEASON)) == {"bo"}
    assert people(replace(worn("bo"), since=NOW - SEASON + TICK)) == set()


# ---- seats that others gave or took ---------------------------------------------------------------

THEMSELVES = Hand.THEMSELVES


def turn(person: str, days: float, *, taken: bool, held: bool) -> Turn:
    return Turn(PersonId(person), ago(days), taken, held)


@pytest.mark.parametrize(
    ("records", "turns"),
    [
        ([worn("bo")], []),
        ([worn("bo", until=3)], [turn("bo", 3, taken=True, held=False)]),
        ([worn("bo", until=7)], [turn("bo", 7, taken=True, held=False)]),
        ([worn("bo", until=7.01)], []),
        ([worn("bo", until=3, by=THEMSELVES)], []),
        ([worn("bo", since=2)], [turn("bo", 2, taken=False, held=True)]),
        ([worn("bo", since=7)], [turn("bo", 7, taken=False, held=True)]),
        ([worn("bo", since=7.01)], []),
        ([worn("bo", since=2, at_once=True)], []),  # at the founding, or by a decision
        ([worn("bo", until=3), worn("bo", EXPERT, since=3)], []),  # mapped anew: no change
        ([worn("bo", until=3), worn("bo", since=1)], [turn("bo", 1, taken=True, held=True)]),
        ([worn("bo", since=5, until=2)], [turn("bo", 2, taken=True, held=False)]),
        ([worn("bo", since=5, until=2, by=THEMSELVES)], [turn("bo", 5, taken=False, held=False)]),
        ([worn("bo", EXPERT), worn("bo", until=3)], [turn("bo", 3, taken=True, held=True)]),
        (
            [worn("di", until=4), worn("bo", until=4), worn("cy", since=1), worn("di", EXPERT, since=6)],
            [
                turn("cy", 1, taken=False, held=True),
                turn("di", 4, taken=True, held=True),
                turn("bo", 4, taken=True, held=False),
            ],
        ),
    ],
)
def test_whose_seat_others_gave_or_took_within_a_week_latest_first(
    records: list[SeatRecord], turns: list[Turn]
) -> None:
    assert turned(records, ago(7)) == tuple(turns)
    assert turned(reversed(records), ago(7)) == tuple(turns)


def test_what_a_role_carries_now_is_what_it_gives() -> None:
    """ORG-2, ORG-3: the one way from roles to seats, for one person as for everybody."""
    lost = replace(EXPERT, lost=True)
    mappings = tuple(lost if each == EXPERT else each for each in PARTNERSHIP.mappings)
    partnership = replace(PARTNERSHIP, mappings=mappings)
    ana, bo = PersonId("ana"), PersonId("bo")
    wearing = [(ana, TOP.role), (ana, FUNDER.role), (ana, RoleId(999)), (bo, lost.role), (bo, GIVER.role)]
    held = seats.holdings(partnership, wearing)
    assert held == (Holding(ana, TOP), Holding(ana, FUNDER), Holding(bo, GIVER))
    for person in (ana, bo):
        roles = {role for wearer, role in wearing if wearer == person}
        member = seats.member(partnership, person, roles)
        assert set(member.seats) == {each.mapping for each in held if each.person == person}
        assert list(member.seats) == sorted(member.seats, key=lambda seat: (str(seat.mapped_at), seat.role))
