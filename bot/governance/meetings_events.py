"""What is recorded of meetings (RHY-1)."""

from __future__ import annotations

from datetime import datetime

from bot.governance.events import Fact, fact, part
from bot.governance.ids import GroupId, PersonId


@fact("meeting scheduled")
class MeetingScheduled(Fact):
    """It is held then; ``recurs`` where others follow it."""

    title: str
    group: GroupId
    kind: str
    starts_at: datetime
    minutes: int
    zone: str
    recurs: bool


@fact("meeting changed")
class MeetingChanged(Fact):
    """By ``what``: its ``time``, a line of its ``agenda``, or somebody's ``attendance``; the rest goes with that."""

    what: str
    before: datetime | None = None
    group: GroupId | None = None
    kind: str | None = None
    starts_at: datetime | None = None
    minutes: int | None = None
    zone: str | None = None
    recurs: bool | None = None
    item: int | None = None
    text: str | None = None
    answer: str | None = None


@fact("meeting started")
class MeetingStarted(Fact):
    """It begins."""


@fact("meeting minuted")
class MeetingMinuted(Fact):
    """A part of the minutes (0: none), and decisions that it belongs to."""

    note: int
    text: str
    decisions: tuple[int, ...]


@fact("meeting ended")
class MeetingEnded(Fact):
    """Who was there, and all decisions linked with it."""

    here: tuple[PersonId, ...]
    decisions: tuple[int, ...]
    group: GroupId | None = part(lacked=None)


@fact("meeting cancelled")
class MeetingCancelled(Fact):
    """It is not held; with ``series`` no other follows."""

    reason: str
    series: bool


@fact("meeting missed")
class MeetingMissed(Fact):
    """Nobody was there, nor at those that should have followed."""

    missed: tuple[datetime, ...]
