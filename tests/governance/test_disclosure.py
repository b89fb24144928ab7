"""LRN-2: whatever is asked of whom and in which order, no two results tell what fewer than k people answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
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
    UNSURE,
    Hindrance,
    Published,
    hindrance,
    result,
)
from bot.governance.ids import GroupId, PersonId
from bot.governance.surveys import Question, QuestionKind

SCALE = Question(QuestionKind.SCALE, "How well do we decide?")
TEXT = Question(QuestionKind.TEXT, "What should change?")
CHOICE = Question(QuestionKind.CHOICE, "Which day?", ("Monday", "Friday", "None"))


def people(first: int, last: int) -> frozenset[PersonId]:
    return frozenset(PersonId(f"person {number:02}") for number in range(first, last + 1))


def before(audience: frozenset[PersonId], k: int = 5, number: int = 1) -> Published:
    return Published(number, SCALE.forms, audience, k)


def cells(count: int, size: int = 10) -> list[Published]:
    """So many groups of so many people each, without anybody in two of them."""
    return [before(people(n * size + 1, (n + 1) * size), number=n + 1) for n in range(count)]


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
            (before(people(1, 10)), before(people(11, 20))),
            Hindrance(FEW_LEFT, 2, 5),
        ),
        # Two groups share two people; with everybody's result those two would be told apart.
        (
            people(1, 18),
            (before(people(1, 10)), before(people(9, 18))),
            Hindrance(FEW_LEFT, 2, 5),
        ),
        # The same from the other side: everybody was asked first.
        (
            people(11, 20),
            (before(people(1, 22)), before(people(1, 10))),
            Hindrance(FEW_LEFT, 2, 5),
        ),
        # Nobody is left: the whole is the sum of its parts and tells nothing new.
        (people(1, 20), (before(people(1, 10)), before(people(11, 20))), None),
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


def test_with_any_number_of_groups_the_rest_of_everybody_is_not_told_apart() -> None:
    for count in (2, 6, 7, 12, 30):
        asked = cells(count)
        rest = people(count * 10 + 1, count * 10 + 2)
        everybody = people(1, count * 10) | rest
        assert hindrance(SCALE, everybody, 5, asked) == Hindrance(FEW_LEFT, 2, 5), count
        assert hindrance(SCALE, asked[0].audience | rest, 5, [before(everybody), *asked[1:]]) is None, "no news"
        assert hindrance(SCALE, asked[0].audience, 5, [before(everybody), *asked[1:]]) == Hindrance(FEW_LEFT, 2, 5)
        assert hindrance(SCALE, people(1, count * 10), 5, asked) is None, "the sum of its parts"
        assert hindrance(SCALE, everybody | people(401, 403), 5, asked) is None, "five are in none of the groups"


def test_people_who_sit_in_two_groups_do_not_hinder_them() -> None:
    """Each cell has somebody who sits in the team above it as well."""
    core = frozenset().union(*(people(n * 10 + 1, n * 10 + 1) for n in range(7)))
    assert hindrance(SCALE, core, 5, cells(7)) is None
    assert hindrance(SCALE, people(1, 66), 5, [before(core), *cells(6)]) is None, "six are in no cell"
    assert hindrance(SCALE, people(1, 64), 5, [before(core), *cells(6)]) == Hindrance(FEW_LEFT, 4, 5)


@pytest.mark.parametrize(
    "text",
    [
        "How well do we deci\u0000de?".replace("\u0000", "\u200b"),
        "Ноw wеll dо wе dесidе?",
        "HOW WELL DO WE DECIDE",
        "Ｈｏｗ ｗｅｌｌ ｄｏ ｗｅ ｄｅｃｉｄｅ",
        "𝐇𝐨𝐰 𝐰𝐞𝐥𝐥 𝐝𝐨 𝐰𝐞 𝐝𝐞𝐜𝐢𝐝𝐞",
        "How-well_do: we — decide!!",
        "How we|l do we decide?",
    ],
)
def test_the_same_words_in_letters_that_look_alike_are_the_same_question(text: str) -> None:
    found = hindrance(Question(QuestionKind.SCALE, text), people(1, 11), 5, (before(people(1, 10)),))
    assert found == Hindrance(FEW_APART, 1, 5, 1)


def test_other_words_are_another_question_in_every_script() -> None:
    hindi, other = Question(QuestionKind.SCALE, "हम कैसे हैं?"), Question(QuestionKind.SCALE, "हम कासा हूँ?")
    earlier = (Published(1, hindi.forms, people(1, 10), 5),)
    assert hindrance(other, people(1, 11), 5, earlier) is None
    assert hindrance(hindi, people(1, 11), 5, earlier) == Hindrance(FEW_APART, 1, 5, 1)


def test_what_is_the_same_by_way_of_a_third_is_the_same() -> None:
    small, capital = Question(QuestionKind.SCALE, "vvvvv"), Question(QuestionKind.SCALE, "NNNNN")
    between = Question(QuestionKind.SCALE, "ΝΝΝΝΝ")
    assert not small.asks_the_same(capital)
    assert small.asks_the_same(between)
    assert between.asks_the_same(capital)
    earlier = [Published(n, each.forms, people(1, 10), 5) for n, each in enumerate((between, small), 1)]
    assert hindrance(capital, people(1, 11), 5, earlier) == Hindrance(FEW_APART, 1, 5, 1)
    earlier = [Published(1, small.forms, people(1, 10), 5), Published(2, between.forms, people(21, 30), 5)]
    assert hindrance(capital, people(1, 11), 5, earlier) == Hindrance(FEW_APART, 1, 5, 1)


def test_one_who_leaves_before_the_close_is_not_told_apart() -> None:
    asked, leaver = people(1, 10), people(10, 10)
    assert hindrance(SCALE, asked, 5, ()) is None
    assert hindrance(SCALE, asked, 5, (), leaver) is None
    assert hindrance(SCALE, asked, 5, (before(asked),), leaver) == Hindrance(FEW_APART, 1, 5, 1)
    had_left = Published(1, SCALE.forms, asked, 5, leaver)
    assert hindrance(SCALE, asked, 5, (had_left,)) == Hindrance(FEW_APART, 1, 5, 1)
    found = hindrance(SCALE, asked, 5, (before(asked),), people(6, 10))
    assert found == Hindrance(FEW_LEFT, 1, 5), "one of the five may have answered and four not"
    assert hindrance(SCALE, people(11, 20), 5, (had_left,), people(20, 20)) is None, "others do not mind"
    assert hindrance(SCALE, asked, 5, (), people(5, 10)) == Hindrance(FEW_ASKED, 4, 5)


def test_a_result_that_promised_more_is_not_undercut_and_one_that_has_no_part_in_it_plays_none() -> None:
    careful = [before(people(1, 10), k=7), before(people(11, 20))]
    assert hindrance(SCALE, people(1, 26), 5, careful) == Hindrance(FEW_LEFT, 6, 7)
    assert hindrance(SCALE, people(1, 27), 5, careful) is None
    assert hindrance(SCALE, people(31, 36), 5, careful) is None, "six others, who were promised five"


def test_what_takes_too_long_to_be_ruled_out_is_withheld() -> None:
    """Twenty audiences without any order in them: of ninety people each sits in some other ten."""

    def mixed(salt: int) -> frozenset[PersonId]:
        return frozenset(p for p in people(1, 90) if sha256(f"{p}/{salt}".encode()).digest()[0] % 2)

    found = hindrance(SCALE, mixed(0), 20, [before(mixed(n), k=20, number=n) for n in range(1, 20)])
    assert found == Hindrance(UNSURE, 0, 20)


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
    kept = result(TEXT, ["secret"] * 6, people(1, 11), 5, (Published(3, TEXT.forms, people(1, 10), 5),))
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
            self.published.append(Published(self.surveys, SCALE.forms, asked, k, asked & leaving))


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


# ---- what an attacker can compute, tried out ------------------------------------------------------

FEW = [PersonId(f"q{number}") for number in range(8)]
some = st.frozensets(st.sampled_from(FEW), min_size=2)
Row = tuple[Fraction, ...]


def solutions(equations: Sequence[Row], unknowns: int) -> list[Row]:
    """A basis of all that solve every one of these (with 0 on the right), by elimination."""
    rows = [list(row) for row in equations]
    pivots: list[int] = []
    for column in range(unknowns):
        found = next((row for row in rows[len(pivots) :] if row[column]), None)
        if found is None:
            continue
        rows.remove(found)
        found = [value / found[column] for value in found]
        rows = [[a - row[column] * b for a, b in zip(row, found, strict=True)] for row in rows]
        rows.insert(len(pivots), found)
        pivots.append(column)
    basis = []
    for free in set(range(unknowns)) - set(pivots):
        solved = [Fraction(int(column == free)) for column in range(unknowns)]
        for row, pivot in zip(rows, pivots, strict=False):
            solved[pivot] = -row[free]
        basis.append(tuple(solved))
    return basis


def fewest_told(counted: Sequence[frozenset[PersonId]], below: int, with_first: bool) -> int:
    """How few people some sum of multiples of these leaves alone, by trying out every few people; 0 for none below.

    ``with_first``: only sums in which the first of them has a part.
    """
    everyone = sorted(frozenset().union(*counted))

    def sums(weights: Row, person: PersonId) -> Fraction:
        return sum((w for w, each in zip(weights, counted, strict=True) if person in each), Fraction(0))

    for size in range(1, below):
        for chosen in combinations(everyone, size):
            others = [p for p in everyone if p not in chosen]
            equations = [tuple(Fraction(int(p in each)) for each in counted) for p in others]
            found = solutions(equations, len(counted))
            tells = any(sums(weights, p) for weights in found for p in chosen)
            if tells and (not with_first or any(weights[0] for weights in found)):
                return size
    return 0


def spanned(new: frozenset[PersonId], others: Sequence[frozenset[PersonId]]) -> bool:
    """Whether the new one is a sum of multiples of the others."""
    everyone = sorted(new.union(*others))
    counted = (new, *others)
    equations = [tuple(Fraction(int(p in each)) for each in counted) for p in everyone]
    return any(weights[0] for weights in solutions(equations, len(counted)))


@settings(max_examples=150, deadline=None)
@given(some, st.lists(some, max_size=5), st.integers(2, 4))
def test_a_result_is_withheld_if_and_only_if_somebody_can_compute_what_few_said(
    audience: frozenset[PersonId], others: list[frozenset[PersonId]], k: int
) -> None:
    found = hindrance(SCALE, audience, k, [before(each, k, n) for n, each in enumerate(others, 1)])
    if len(audience) < k:
        assert found == Hindrance(FEW_ASKED, len(audience), k)
    elif spanned(audience, others):
        assert found is None or found.why == FEW_APART
    else:
        computed = fewest_told([audience, *others], k, with_first=True)
        assert (found.people if found and found.why == FEW_LEFT else computed) == computed
        assert (found is not None) == bool(computed)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(some, st.frozensets(st.sampled_from(FEW), max_size=2)), min_size=2, max_size=5), st.data())
def test_whoever_of_those_who_left_had_answered_nobody_can_compute_what_few_said(
    asked: list[tuple[frozenset[PersonId], frozenset[PersonId]]], data: st.DataObject
) -> None:
    k, published = 3, list[Published]()
    for number, (audience, left) in enumerate(asked, 1):
        gone = audience & left
        if hindrance(SCALE, audience, k, published, gone) is None:
            published.append(Published(number, SCALE.forms, audience, k, gone))
    silent = [data.draw(st.frozensets(st.sampled_from(sorted(each.left) or FEW[:1]))) for each in published]
    counted = [each.audience - (each.left & gone) for each, gone in zip(published, silent, strict=True)]
    if counted:
        assert not fewest_told(counted, k, with_first=False)
