"""What of a survey may be published, so that no result tells what a few people answered (LRN-2).

A result is computed once. It is withheld where fewer than k people answered, and where somebody who puts it beside
results published before would learn what fewer than k people answered. All that counts is who was asked: who of them
answered is not known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from bot.governance.ids import GroupId, PersonId
from bot.governance.surveys import STEPS, Question, QuestionKind, Result

FEW_ASKED, FEW_ANSWERS, FEW_APART, FEW_LEFT = "few asked", "few answers", "few apart", "few left"
"""Why a result is withheld."""

MOST_COMBINED = 6
"""Results of other audiences that are added and subtracted at once; there are 3**6 ways."""


@dataclass(frozen=True, slots=True)
class Published:
    """A question with a published result: who was asked, and below how many answers nothing was to be shown.

    ``left`` are those of them who went before the close: whether they had answered, nobody knows.

    ``survey`` is the number by which people know it, 0 where it may not be named. ``group`` tells audiences of one
    kind, asked again and again, from others. Later ones come later.
    """

    survey: int
    same: str
    audience: frozenset[PersonId]
    k: int
    group: GroupId | None = None
    left: frozenset[PersonId] = frozenset()


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a result cannot be published: ``people`` would be told apart, ``needed`` at least may be."""

    why: str
    people: int
    needed: int
    beside: int = 0


def hindrance(
    question: Question,
    audience: frozenset[PersonId],
    k: int,
    published: Iterable[Published],
    left: frozenset[PersonId] = frozenset(),
) -> Hindrance | None:
    """What keeps a question's result from being published to this audience, however many answer (LRN-2).

    Fewer than k people are asked; or an earlier result of the same question was of an audience from which this one
    differs by one to k - 1 people, those who came and those who went counted together; or the latest results of
    several audiences, added and subtracted, leave one to k - 1 people. Of two ks the higher one counts. An audience
    is looked at with those who ``left`` before the close and without them: either may be who answered.
    """
    if len(audience) < k:
        return Hindrance(FEW_ASKED, len(audience), k)
    earlier = [each for each in published if each.same == question.same]
    for asked in dict.fromkeys((audience, audience - left)):
        for each in earlier:
            needed = max(k, each.k)
            for other in (each.audience, each.audience - each.left):
                if 0 < len(asked ^ other) < needed:
                    return Hindrance(FEW_APART, len(asked ^ other), needed, each.survey)
        latest = list({each.group: each for each in earlier}.values())[-MOST_COMBINED:]
        needed = max([k, *(each.k for each in latest)])
        alone = fewest_left(asked, [each.audience for each in latest])
        if 0 < alone < needed:
            return Hindrance(FEW_LEFT, alone, needed)
    return None


def fewest_left(audience: frozenset[PersonId], others: Sequence[frozenset[PersonId]]) -> int:
    """The fewest people left when others are added to and subtracted from an audience; 0 if none ever are.

    A result that is the sum of others tells nothing new: no people left are not counted.
    """
    everyone = audience.union(*others)
    parts = Counter((p in audience, *(p in other for other in others)) for p in everyone)
    fewest = 0
    for signs in product((-1, 0, 1), repeat=len(others)):
        left = sum(
            people
            for (own, *rest), people in parts.items()
            if own + sum(s * r for s, r in zip(signs, rest, strict=True))
        )
        if left and (not fewest or left < fewest):
            fewest = left
    return fewest


def result(
    question: Question,
    answers: Sequence[str],
    audience: frozenset[PersonId],
    k: int,
    published: Iterable[Published],
    left: frozenset[PersonId] = frozenset(),
) -> Result:
    """What is published of one question: its answers counted, or why they are withheld (LRN-2).

    ``answers`` are those given, as kept; empty ones do not count. Texts come in alphabetical order.
    """
    given = [answer for answer in answers if answer]
    found = hindrance(question, audience, k, published, left)
    if found is not None:
        return Result(withheld=found.why, people=found.people, needed=found.needed, beside=found.beside)
    if len(given) < k:
        return Result(withheld=FEW_ANSWERS, needed=k)
    if question.kind is QuestionKind.TEXT:
        return Result(len(given), texts=tuple(sorted(given)))
    counted = Counter(given)
    steps = range(1, STEPS + 1) if question.kind is QuestionKind.SCALE else range(len(question.choices))
    return Result(len(given), tuple(counted[str(step)] for step in steps))
