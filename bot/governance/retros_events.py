"""What is recorded of retrospectives (LRN-1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.governance.events import Fact, fact, part
from bot.governance.ids import GroupId, PersonId


@fact("retro scheduled")
class RetroScheduled(Fact):
    """Its time is confirmed."""

    number: int
    group: GroupId
    starts_at: datetime


@fact("retro started")
class RetroStarted(Fact):
    """Its check-in is open, with so many things captured and carried over."""

    number: int
    group: GroupId
    template: str
    named: bool
    captured: int
    carried: int


@fact("retro phase began")
class RetroPhaseBegan(Fact):
    """Another phase; ``why`` is ``facilitator``, ``deadline``, ``silence`` or ``back``."""

    number: int
    phase: str
    why: str


@fact("retro paused")
class RetroPaused(Fact):
    """The time stands."""

    number: int


@fact("retro resumed")
class RetroResumed(Fact):
    """It goes on, after so many minutes."""

    number: int
    minutes: int


@fact("retro handed over")
class RetroHandedOver(Fact):
    """Somebody else leads; ``how`` is ``asked``, ``taken``, ``left`` or ``silence``."""

    number: int
    to: PersonId
    how: str


@fact("retro changed")
class RetroChanged(Fact):
    """Something that everybody sees: ``time``, ``topic over``, ``action added``, ``action done``, ``series ended``."""

    number: int
    what: str


@fact("retro closed")
class RetroClosed(Fact):
    """Its lessons and their digest, where anybody took part."""

    number: int
    why: str
    took_part: int
    group: GroupId | None = part(lacked=None)
    lessons: Mapping[str, object] | None = None
    digest: str | None = None


@fact("retro cancelled")
class RetroCancelled(Fact):
    """It ended without lessons."""

    number: int
    reason: str
