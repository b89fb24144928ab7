"""What is recorded of surveys (LRN-2)."""

from __future__ import annotations

from bot.governance.events import Fact, fact, part
from bot.governance.ids import GroupId


@fact("survey created")
class SurveyCreated(Fact):
    """A draft, or the next edition ``after`` another."""

    number: int
    edition: int | None = None
    after: int | None = None


@fact("survey opened")
class SurveyOpened(Fact):
    """So many are asked; below ``k`` answers nothing is shown."""

    number: int
    asked: int
    k: int
    edition: int


@fact("survey changed")
class SurveyChanged(Fact):
    """Whether it repeats."""

    number: int
    repeats: bool


@fact("survey closed")
class SurveyClosed(Fact):
    """By their places, the questions whose results are published, and those withheld."""

    number: int
    published: tuple[int, ...]
    withheld: tuple[int, ...]
    group: GroupId | None = part(lacked=None)


@fact("survey cancelled")
class SurveyCancelled(Fact):
    """It was called off in this state."""

    number: int
    was: str
