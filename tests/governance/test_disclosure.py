"""LRN-2: whatever is asked of whom and in which order, no two results tell what fewer than k people answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.governance.disclosure import (
    FEW_ANSWERS,
    FEW_APART,
    FEW_ASKED,
    FEW_LEFT,
    Hindrance,
    Published,
    fewest_left,
    hindrance,
    result,
)
from bot.governance.ids import GroupId, PersonId
from bot.governance.surveys import Question, QuestionKind

SCALE = Question(QuestionKind.SCALE, "How well do we decide?")
TEXT = Question(QuestionKind.TEXT, "What should change?")
CHOICE = Question(QuestionKind.CHOICE, "Which day?", ("Monday", "Friday", "None"))
WHOLE, CORE, CELL = None, GroupId(2), GroupId(3)


def people(first: int, last: int) -> frozenset[PersonId]:
    return frozenset(PersonId(f"person {number:02}") for number in range(first, last + 1))


def before(audience: frozenset[PersonId], group: GroupId | None = WHOLE, k: int = 5, number: int = 1) -> Published:
    return Published(number, SCALE.same, audience, k, group)


@pytest.mark.parametrize(
    ("audience", "earlier", "found"),
    [
        (people(1, 4), (), Hindrance(FEW_ASKED, 4, 5)),
        (people(1, 5), (), None),
        (people(1, 10), (before(people(1, 10)),), None),
        (people(1, 11), (before(people(1, 10)),), Hindrance(FEW_APART, 1, 5, 1)),
        (people(2, 10), (before(people(1, 10)),), Hindrance(FEW_APART, 1, 5, 1)),
        (people(3, 12), (before(people(1, 10)),), Hindrance(FEW_APART, 4, 5, 1)),
        (people(1, 14), (before(people(1, 10)),), Hindrance(FEW_APART, 4, 5, 1)),
        (people(1, 15), (before(people(1, 10)),), None),
        (people(1, 15), (before(people(1, 10)), before(people(1, 14), number=2)), Hindrance(FEW_APART, 1, 5, 2)),
        # The one of them that promised more counts.
        (people(1, 16), (before(people(1, 10), k=7),), Hindrance(FEW_APART, 6, 7, 1)),
        # The groups were asked, then everybody: what is left are two people in no group.
        (
            people(1, 22),
            (before(people(1, 10), CORE), before(people(11, 20), CELL)),
            Hindrance(FEW_LEFT, 2, 5),
        ),
        # Two groups share two people; with everybody's result those two would be told apart.
        (
            people(1, 18),
            (before(people(1, 10), CORE), before(people(9, 18), CELL)),
            Hindrance(FEW_LEFT, 2, 5),
        ),
        # The same from the other side: everybody was asked first.
        (
            people(11, 20),
            (before(people(1, 22), WHOLE), before(people(1, 10), CORE)),
            Hindrance(FEW_LEFT, 2, 5),
        ),
        # Nobody is left: the whole is the sum of its parts and tells nothing new.
        (people(1, 20), (before(people(1, 10), CORE), before(people(11, 20), CELL)), None),
    ],
)
def test_what_keeps_a_result_back(
    audience: frozenset[PersonId], earlier: Sequence[Published], found: Hindrance | None
) -> None:
    assert hindrance(SCALE, audience, 5, earlier) == found


def test_the_same_question_in_other_clothes_is_the_same() -> None:
    dressed = Question(QuestionKind.TEXT, "  HOW well — do we decide?! ")
    found = hindrance(dressed, people(1, 11), 5, (before(people(1, 10)),))
    assert found is not None
    assert hindrance(TEXT, people(1, 11), 5, (before(people(1, 10)),)) is None


def test_one_who_leaves_before_the_close_is_not_told_apart() -> None:
    asked, leaver = people(1, 10), people(10, 10)
    assert hindrance(SCALE, asked, 5, ()) is None
    assert hindrance(SCALE, asked, 5, (), leaver) is None
    assert hindrance(SCALE, asked, 5, (before(asked),), leaver) == Hindrance(FEW_APART, 1, 5, 1)
    had_left = Published(1, SCALE.same, asked, 5, WHOLE, leaver)
    assert hindrance(SCALE, asked, 5, (had_left,)) == Hindrance(FEW_APART, 1, 5, 1)
    assert hindrance(SCALE, asked, 5, (before(asked),), people(6, 10)) is None, "five may leave"


def test_answers_are_counted_from_k_on_and_never_below() -> None:
    asked = people(1, 9)
    for given_answers in range(10):
        found = result(SCALE, ["4"] * given_answers + [""] * (9 - given_answers), asked, 5, ())
        assert found.withheld == ("" if given_answers >= 5 else FEW_ANSWERS)
        assert found.counts == ((0, 0, 0, given_answers, 0) if given_answers >= 5 else ())
        assert found.answers == (given_answers if given_answers >= 5 else 0)


def test_texts_stand_in_alphabetical_order_and_choices_in_their_own() -> None:
    asked = people(1, 9)
    assert result(TEXT, ["d", "b", "", "a", "c", "e"], asked, 5, ()).texts == ("a", "b", "c", "d", "e")
    assert result(CHOICE, ["2", "0", "2", "2", "0"], asked, 5, ()).counts == (2, 0, 3)


def test_what_is_withheld_holds_nothing_of_the_answers() -> None:
    kept = result(TEXT, ["secret"] * 6, people(1, 11), 5, (Published(3, TEXT.same, people(1, 10), 5),))
    assert (kept.answers, kept.counts, kept.texts) == (0, (), ())
    assert (kept.withheld, kept.people, kept.beside) == (FEW_APART, 1, 3)


# ---- properties ----------------------------------------------------------------------------------

EVERYONE = [PersonId(f"p{number:02}") for number in range(24)]
GROUPS = (GroupId(1), GroupId(2), GroupId(3))


@dataclass
class World:
    """People who come to groups and go, and what was published so far."""

    seats: dict[GroupId, set[PersonId]] = field(default_factory=lambda: {group: set() for group in GROUPS})
    loose: set[PersonId] = field(default_factory=set)
    published: list[Published] = field(default_factory=list)
    surveys: int = 0

    def audience(self, group: GroupId | None) -> frozenset[PersonId]:
        if group is not None:
            return frozenset(self.seats[group])
        return frozenset(self.loose.union(*self.seats.values()))

    def ask(self, group: GroupId | None, k: int, answering: int, leaving: frozenset[PersonId]) -> None:
        asked = self.audience(group)
        self.surveys += 1
        answers = ["3"] * min(answering, len(asked))
        for seats in (self.loose, *self.seats.values()):
            seats -= leaving
        if not result(SCALE, answers, asked, k, self.published, asked & leaving).withheld:
            assert len(answers) >= k
            self.published.append(Published(self.surveys, SCALE.same, asked, k, group, asked & leaving))


persons = st.sampled_from(EVERYONE)
groups = st.sampled_from((*GROUPS, None))
leaving = st.frozensets(persons, max_size=3)
acts = st.one_of(
    st.tuples(st.just("join"), groups, st.lists(persons, min_size=1, max_size=8)),
    st.tuples(st.just("leave"), groups, st.lists(persons, min_size=1, max_size=8)),
    st.tuples(st.just("ask"), groups, st.tuples(st.sampled_from((3, 4, 5)), st.integers(0, 24), leaving)),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(acts, min_size=4, max_size=40))
def test_no_two_published_results_tell_fewer_than_k_people_apart(
    taken: list[tuple[str, GroupId | None, Any]],
) -> None:
    world = World()
    for act, group, what in taken:
        if act == "ask":
            world.ask(group, *what)
            continue
        seats = world.loose if group is None else world.seats[group]
        (seats.update if act == "join" else seats.difference_update)(what)
    for one, other in combinations(world.published, 2):
        for first, second in product(*((each.audience, each.audience - each.left) for each in (one, other))):
            assert not 0 < len(first ^ second) < max(one.k, other.k), (one, other)
    for each in world.published:
        assert len(each.audience) >= each.k


BLOCKS = [EVERYONE[:5], EVERYONE[5:10], EVERYONE[10:15], EVERYONE[15:18], EVERYONE[18:20], EVERYONE[20:21]]
audiences = st.sets(st.integers(0, 5), min_size=1).map(lambda chosen: frozenset(p for n in chosen for p in BLOCKS[n]))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(groups, audiences), min_size=2, max_size=6))
def test_no_sum_or_difference_of_each_audiences_latest_result_does(
    asked: list[tuple[GroupId | None, frozenset[PersonId]]],
) -> None:
    published: list[Published] = []
    for number, (group, audience) in enumerate(asked, 1):
        if hindrance(SCALE, audience, 3, published) is None:
            published.append(Published(number, SCALE.same, audience, 3, group))
            latest = list({each.group: each.audience for each in published}.values())
            for at, chosen in enumerate(latest):
                left = fewest_left(chosen, latest[:at] + latest[at + 1 :])
                if chosen == audience:
                    assert not 0 < left < 3
