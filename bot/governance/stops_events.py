"""What is recorded of clocks that stand still, and of what people's hands do to them (PRO-11)."""

from __future__ import annotations

from datetime import datetime

from bot.governance.events import Fact, fact, part
from bot.governance.ids import PersonId


@fact("clock stopped")
class ClockStopped(Fact):
    """Deadlines stand still; ``people`` are kept from acting, where that is why."""

    reason: str
    since: datetime | None = part(lacked=None)
    people: tuple[PersonId, ...] = ()


@fact("clock resumed")
class ClockResumed(Fact):
    """Every deadline moved by these minutes; ``because`` is all that stopped the clock meanwhile."""

    reason: str
    minutes: int
    since: datetime | None = part(lacked=None)
    because: tuple[str, ...] | None = part(lacked=None)


@fact("stops spent")
class StopsSpent(Fact):
    """People's acts stopped it as long as they may."""


@fact("clocks moved")
class ClocksMoved(Fact):
    """The bot was away, and these proposals of a group lost no time by it."""

    group: str
    since: datetime
    minutes: int
    numbers: tuple[int, ...]


@fact("people barred")
class PeopleBarred(Fact):
    """These people of a group are kept from acting."""

    cause: str
    people: tuple[PersonId, ...]
    group: str


@fact("access repaired")
class AccessRepaired(Fact):
    """Somebody opened a group's channel again."""

    group: str
    changes: int
