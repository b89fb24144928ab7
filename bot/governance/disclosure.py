"""What of a survey may be published, so that no result tells what a few people answered (LRN-2).

A result is computed once. It is withheld where fewer than k people answered, and where somebody who puts it beside
results published before would learn what fewer than k people answered. All that counts is who was asked: who of them
answered is not known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.governance.differencing import Total, told_by
from bot.governance.ids import PersonId
from bot.governance.surveys import STEPS, Question, QuestionKind, Result

FEW_ASKED, FEW_ANSWERS, FEW_APART, FEW_LEFT = "few asked", "few answers", "few apart", "few left"
UNSURE = "unsure"
"""Why a result is withheld."""


@dataclass(frozen=True, slots=True)
class Published:
    """A question with a published result: who was asked, and below how many answers nothing was to be shown.

    ``left`` are those of them who went before the close: whether they had answered, nobody knows.

    ``survey`` is the number by which people know it, 0 where it may not be named.
    """

    survey: int
    forms: frozenset[str]
    audience: frozenset[PersonId]
    k: int
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
    differs by one to k - 1 people, those who came and those who went counted together; or some of all earlier results,
    added and subtracted, leave one to k - 1 people, however many groups were asked. Of the ks of the results that are
    compared the highest counts. An audience is looked at with those who ``left`` before the close and without them:
    any of them may be who answered.
    """
    if len(audience - left) < k:
        return Hindrance(FEW_ASKED, len(audience - left), k)
    earlier = _of_the_same(question, published)
    for asked in dict.fromkeys((audience, audience - left)):
        for each in earlier:
            needed = max(k, each.k)
            for other in (each.audience, each.audience - each.left):
                if 0 < len(asked ^ other) < needed:
                    return Hindrance(FEW_APART, len(asked ^ other), needed, each.survey)
    told = told_by(Total(audience, k, left), [Total(each.audience, each.k, each.left) for each in earlier])
    if told is None:
        return None
    return Hindrance(FEW_LEFT if told.people else UNSURE, told.people, told.needed)


def _of_the_same(question: Question, published: Iterable[Published]) -> list[Published]:
    """What was published of the same question, and of one that is the same as that, though this one is not."""
    others, forms = list(published), question.forms
    while any(not each.forms.isdisjoint(forms) and not each.forms <= forms for each in others):
        forms = forms.union(*(each.forms for each in others if not each.forms.isdisjoint(forms)))
    return [each for each in others if not each.forms.isdisjoint(forms)]


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
