"""Reminders: when somebody is told of what waits for them, and when they are left alone (RHY-2).

Each reminder is given once and by one way: late rather than never, in nobody's quiet hours, above nobody's budget.
What cannot be given now goes into the person's digest, or without one comes later; what is over by then is told as
missed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from bot.governance.errors import BadValue
from bot.governance.ids import PartnershipId, PersonId

LATE = timedelta(hours=1)
"""What is given longer after its time than this says that it is late."""

MINUTES = 24 * 60
MOST_MENTIONS = 50

EVERYBODY = PersonId("")
"""Stands in a reminder for everybody whom its thing concerns when it is due."""


class ReminderTopic(StrEnum):
    """What reminders are about; a person may do without any of them."""

    PROPOSALS = "proposals"
    VOTES = "votes"
    MEETINGS = "meetings"
    RETROS = "retros"
    SURVEYS = "surveys"
    FEEDBACK = "feedback"
    ACTIONS = "actions"
    DIGEST = "digest"


class Way(StrEnum):
    """How somebody wants to be reminded. What has no thread that they read comes as a direct message in any case."""

    MENTION = "mention"
    DIRECT = "direct"
    DIGEST = "digest"
    NONE = "none"


class ReminderState(StrEnum):
    """Where a reminder stands: it waits, also for a digest, until it was given or nobody needs it any more."""

    WAITING = "waiting"
    DIGEST = "digest"
    GIVEN = "given"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Preferences:
    """How one person wants to be reminded in one partnership. Nobody else reads it.

    ``zone`` is empty for the partnership's. ``quiet`` are wall times in minutes since midnight, from and to.
    ``mentions`` in a day, None for the policy's. ``digest_day`` counts from Monday = 0; None is every day.
    """

    zone: str = ""
    quiet: tuple[int, int] | None = None
    off: frozenset[ReminderTopic] = frozenset()
    way: Way = Way.MENTION
    mentions: int | None = None
    away_until: datetime | None = None
    digest_day: int | None = 0
    digest_minute: int = 9 * 60

    @property
    def has_digest(self) -> bool:
        """Whether anything may come as a digest."""
        return ReminderTopic.DIGEST not in self.off and self.way is not Way.NONE


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder of one thing to one person. ``occurrence`` tells several of one thing apart.

    ``due_at`` is when it is looked at next; None once it is settled. ``why`` is a key for its words.
    """

    partnership: PartnershipId
    person: PersonId
    thing: str
    topic: ReminderTopic
    occurrence: str
    why: str
    due_at: datetime | None
    expires_at: datetime | None = None
    state: ReminderState = ReminderState.WAITING
    letter: int | None = None
    mentioned: bool = False
    id: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a letter. ``section`` and ``why`` are keys for its words; ``title`` is empty where it is private."""

    section: str
    why: str
    name: str
    title: str = ""
    at: datetime | None = None
    link: str = ""
    late: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one person, as it was written: sent again after a crash it has the same words."""

    id: int
    partnership: PartnershipId
    person: PersonId
    at: datetime
    digest: bool
    entries: tuple[Entry, ...]
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What a decision depends on beside the preferences: the person's zone, budget, and what was given today."""

    zone: tzinfo
    budget: int
    spent: int = 0


@dataclass(frozen=True, slots=True)
class ReminderDecision:
    """What becomes of a reminder now: ``at`` is when it is looked at again. ``missed``: it is given when it is over."""

    state: ReminderState
    at: datetime | None = None
    late: bool = False
    missed: bool = False


def checked(preferences: Preferences) -> Preferences:
    """Raises BadValue for numbers out of bounds. Quiet hours from a time to the same time are none."""
    if preferences.mentions is not None and not 0 <= preferences.mentions <= MOST_MENTIONS:
        raise BadValue("mentions", str(preferences.mentions), "whole number", 0, MOST_MENTIONS)
    if preferences.quiet is not None and preferences.quiet[0] == preferences.quiet[1]:
        return replace(preferences, quiet=None)
    return preferences


def decide(
    reminder: Reminder, preferences: Preferences, setting: Setting, now: datetime, *, is_open: bool = True
) -> ReminderDecision:
    """What becomes of a waiting reminder that is due (RHY-2). Unless ``is_open``, nothing can be done any more."""
    assert reminder.due_at is not None
    if reminder.topic in preferences.off or preferences.way is Way.NONE:
        return ReminderDecision(ReminderState.DROPPED)
    missed = reminder.expires_at is not None and reminder.expires_at <= now
    rests = preferences.away_until is not None and preferences.away_until > now
    if preferences.has_digest:
        if missed or rests or not is_open or preferences.way is Way.DIGEST:
            return ReminderDecision(ReminderState.DIGEST, next_digest(preferences, setting.zone, now))
    elif preferences.way is Way.DIGEST or setting.budget == 0 or not (is_open or missed):
        return ReminderDecision(ReminderState.DROPPED)
    elif rests:
        return ReminderDecision(ReminderState.WAITING, preferences.away_until)
    ends_at = quiet_until(preferences, setting.zone, now)
    if ends_at > now:
        return ReminderDecision(ReminderState.WAITING, ends_at)
    if setting.spent >= setting.budget:
        return _put_off(preferences, setting.zone, now)
    return ReminderDecision(ReminderState.GIVEN, late=reminder.due_at + LATE < now, missed=missed)


def quiet_until(preferences: Preferences, zone: tzinfo, now: datetime) -> datetime:
    """``now`` outside of quiet hours, else their end: on the wall, through every change of the clocks.

    An end that the clocks leave out comes later by the gap; one that they show twice is the next of both.
    """
    if preferences.quiet is None or not _is_quiet(preferences.quiet, now.astimezone(zone).time()):
        return now
    here = now.astimezone(zone).date()
    for day in (here + timedelta(days=each) for each in range(3)):
        for fold in (0, 1):
            at = _instant(day, preferences.quiet[1], zone, fold)
            if at > now and not _is_quiet(preferences.quiet, at.astimezone(zone).time()):
                return at
    raise AssertionError("quiet hours end within three days")


def next_digest(preferences: Preferences, zone: tzinfo, after: datetime) -> datetime:
    """The first time for a digest after an instant: neither during an absence nor in quiet hours."""
    if preferences.away_until is not None and preferences.away_until > after:
        after = preferences.away_until
    return quiet_until(preferences, zone, next_on_wall(preferences.digest_day, preferences.digest_minute, zone, after))


def next_on_wall(weekday: int | None, minute: int, zone: tzinfo, after: datetime) -> datetime:
    """The next instant after another at which the clocks show this time, on this day of the week (None: any day)."""
    day = after.astimezone(zone).date() - timedelta(days=1)
    while True:
        if weekday is None or day.weekday() == weekday:
            at = _instant(day, minute, zone)
            if at > after:
                return at
        day += timedelta(days=1)


def spent_today(given: Iterable[datetime], zone: tzinfo, now: datetime) -> int:
    """How many of these were on the same day as now, on the person's wall."""
    today = now.astimezone(zone).date()
    return sum(each.astimezone(zone).date() == today for each in given)


def _put_off(preferences: Preferences, zone: tzinfo, now: datetime) -> ReminderDecision:
    """What is over the budget of today: into the digest, or without one the next day."""
    if preferences.has_digest:
        return ReminderDecision(ReminderState.DIGEST, next_digest(preferences, zone, now))
    return ReminderDecision(ReminderState.WAITING, next_on_wall(None, 0, zone, now))


def _is_quiet(quiet: tuple[int, int], wall: time) -> bool:
    begins, ends = quiet
    minute = wall.hour * 60 + wall.minute
    return begins <= minute < ends if begins < ends else minute >= begins or minute < ends


def _instant(day: date, minute: int, zone: tzinfo, fold: int = 0) -> datetime:
    wall = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=zone).replace(fold=fold)
    return wall.astimezone(UTC)
