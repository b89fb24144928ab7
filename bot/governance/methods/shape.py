"""How a ballot is filled in: declared by each method as data, checked by one function for all (DEC-1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.governance.errors import BadBallot, UnknownKey


@dataclass(frozen=True, slots=True)
class Shape:
    """What the marks of one ballot may be.

    An option is marked from 0, which is the same as not at all, to ``highest``. A mark costs itself, or its ``power``;
    all together cost from ``least`` to ``most``, None where nothing but the marks themselves bounds them.
    ``ordered``: marks are places instead, the first, the second and so on, each given once, not all of them by all.
    """

    highest: int = 1
    least: int = 1
    most: int | None = None
    power: int = 1
    ordered: bool = False

    @property
    def graded(self) -> bool:
        """Whether it matters how high an option is marked, beside whether it is."""
        return self.ordered or self.highest > 1


ONE_MARK = Shape(most=1)
"""One option, marked once."""


def fitted(shape: Shape, marks: Mapping[str, int], options: tuple[str, ...]) -> dict[str, int]:
    """The marks in the order of the options, without those that say nothing.

    Raises UnknownKey for another option, BadBallot for marks that the shape does not allow.
    """
    for option in marks:
        if option not in options:
            raise UnknownKey(option, options)
    given = {option: marks[option] for option in options if marks.get(option)}
    if shape.ordered:
        if not given or sorted(given.values()) != list(range(1, len(given) + 1)):
            raise BadBallot("order", 1, len(options))
        return given
    if any(not 0 < mark <= shape.highest for mark in given.values()):
        raise BadBallot("mark", 0, shape.highest)
    cost = sum(mark**shape.power for mark in given.values())
    if cost < shape.least or (shape.most is not None and cost > shape.most):
        raise BadBallot("total", shape.least, shape.most)
    return given
