"""What somebody can compute from totals of overlapping sets of people: the differencing attack (LRN-2).

Who knows whom each total counts may add and subtract any of them, any number of times. Each person stands in such a
combination with a coefficient; where all but a few coefficients are zero, it tells what those few said. The totals of
any number of sets are looked at, in all combinations: coefficients are the vectors of a linear space, so the question
is which people can be left alone in one of them, and not which of the many combinations to try.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.governance.ids import PersonId

_PRIME = 2**127 - 1
"""Coefficients are counted modulo this. No determinant of zeros and ones of up to 50 rows reaches it."""
MOST_WORK = 15_000
"""Columns that one search looks at, a second or two of work. What takes more cannot be ruled out: it counts as told."""

Vector = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """Whom a published total counts, and below how many people nothing was to be told of them.

    ``left`` are those of them of whom nobody knows whether they are counted.
    """

    people: frozenset[PersonId]
    k: int
    left: frozenset[PersonId] = frozenset()


@dataclass(frozen=True, slots=True)
class Told:
    """So few people would be told apart (0: it cannot be ruled out), where ``needed`` at least may be."""

    people: int
    needed: int


class _TooMany(Exception):
    """The search takes too many steps."""


def told_by(new: Total, earlier: Sequence[Total]) -> Told | None:
    """The fewest people whom the new total, combined with others, tells apart from everybody else (LRN-2).

    None where every combination that holds something new leaves as many as each of its totals promised, or where the
    new total follows from the others and tells nothing. Those who ``left`` count as nobody: they make no few people
    more, and where nothing but them is left, that is too few.
    """
    merged: dict[tuple[frozenset[PersonId], frozenset[PersonId]], int] = {}
    for each in earlier:
        key = each.people, each.left
        merged[key] = max(each.k, merged.get(key, 0))
    totals = [new, *(Total(people, k, left) for (people, left), k in merged.items())]
    known = frozenset[PersonId]().union(*(each.left for each in totals))
    columns = [(_row_of(person, totals), person in known) for person in frozenset().union(*(t.people for t in totals))]
    units = [tuple(int(at == row) for at in range(len(totals))) for row in range(len(totals))]
    ambiguous = [unit for unit, each in zip(units, totals, strict=True) if each.left]
    if not _Span([*(column for column, _ in columns), *ambiguous]).holds(units[0]):
        return None
    parts = Counter(column for column, uncertain in columns if not uncertain)
    for needed, targets in _promises(totals, units):
        found = _Search(parts).fewest(targets, needed)
        if found is not None:
            return Told(found, needed)
    return None


def _promises(totals: Sequence[Total], units: Sequence[Vector]) -> list[tuple[int, tuple[Vector, ...]]]:
    """How few may be told by what holds the new total; and by what holds it with one that promised more."""
    own = totals[0].k
    more = [(each.k, (units[0], unit)) for each, unit in zip(totals, units, strict=True) if each.k > own]
    return [(own, (units[0],)), *sorted(more)]


def _row_of(person: PersonId, totals: Sequence[Total]) -> Vector:
    return tuple(int(person in each.people) for each in totals)


@dataclass
class _Search:
    """For the fewest people to leave alone, so that a combination with the targets in it is zero for all others.

    Such a combination is there if no target is spanned by the columns of the others. A spanned one is a sum of some
    of them, of which one at least has to be left alone: each is tried, the larger ones stay as long as possible.
    """

    parts: Counter[Vector]
    work: int = 0
    kept: set[Vector] = field(default_factory=set)

    def fewest(self, targets: Sequence[Vector], below: int) -> int | None:
        """How many, at least one; 0 where it cannot be ruled out in a bounded time; None if nobody is told."""
        try:
            found = self._fewest(frozenset(), targets, below)
        except _TooMany:
            return 0
        return None if found is None else max(found, 1)

    def _fewest(self, alone: frozenset[Vector], targets: Sequence[Vector], below: int) -> int | None:
        self.work += len(self.parts)
        if self.work > MOST_WORK:
            raise _TooMany
        others = [part for part in self.parts if part not in alone]
        span = _Span(sorted(others, key=lambda part: (part not in self.kept, -self.parts[part], part)))
        summands = next((made for target in targets if (made := span.made_of(target)) is not None), None)
        if summands is None:
            return 0
        best, tried = None, []
        for part in sorted(summands, key=lambda part: (self.parts[part], part)):
            size = self.parts[part]
            if part in self.kept or size >= below:
                continue
            rest = self._fewest(alone | {part}, targets, below - size)
            if rest is not None:
                best = below = rest + size
            self.kept.add(part)
            tried.append(part)
        self.kept.difference_update(tried)
        return best


class _Span:
    """The linear span of some vectors, of which the first ones form its basis."""

    def __init__(self, vectors: Sequence[Vector]) -> None:
        self._reduced: list[tuple[int, Vector, dict[Vector, int]]] = []
        for vector in vectors:
            left, made = self._reduce(vector)
            pivot = next((at for at, value in enumerate(left) if value), None)
            if pivot is None:
                continue
            inverse = pow(left[pivot], -1, _PRIME)
            scaled = tuple(value * inverse % _PRIME for value in left)
            made = {each: -value for each, value in made.items()} | {vector: 1}
            self._reduced.append((pivot, scaled, {each: v * inverse % _PRIME for each, v in made.items()}))

    def holds(self, vector: Vector) -> bool:
        """Whether a vector is a sum of these."""
        return not any(self._reduce(vector)[0])

    def made_of(self, vector: Vector) -> tuple[Vector, ...] | None:
        """Of which of the basis a vector is the sum; None if it is none."""
        left, made = self._reduce(vector)
        return None if any(left) else tuple(each for each, value in made.items() if value)

    def _reduce(self, vector: Vector) -> tuple[Vector, dict[Vector, int]]:
        left, made = vector, dict[Vector, int]()
        for pivot, scaled, of in self._reduced:
            factor = left[pivot] % _PRIME
            if not factor:
                continue
            left = tuple((one - factor * other) % _PRIME for one, other in zip(left, scaled, strict=True))
            for each, value in of.items():
                made[each] = (made.get(each, 0) + factor * value) % _PRIME
        return left, made
