"""When somebody is told, and when they are left alone (RHY-2): tables, and what must hold in every zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz
from hypothesis import given
from hypothesis import strategies as st

from bot.governance import reminders as rules
from bot.governance.errors import BadValue
from bot.governance.ids import PartnershipId, PersonId
from bot.governance.reminders import Preferences, Reminder, ReminderDecision, ReminderState, ReminderTopic, Setting, Way

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")
NOON = datetime(2026, 1, 7, 12, tzinfo=UTC)
"""A Wednesday."""
MONDAY = datetime(2026, 1, 12, 9, tzinfo=UTC)
NIGHT = (22 * 60, 7 * 60)


def at(day: int, hour: int, minute: int = 0, month: int = 1) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def reminder(
    due_at: datetime = NOON, expires_at: datetime | None = None, topic: ReminderTopic = ReminderTopic.VOTES
) -> Reminder:
    return Reminder(PartnershipId(1), PersonId("ada"), "proposal/1", topic, "1", "vote", due_at, expires_at)


def decide(
    preferences: Preferences,
    now: datetime = NOON,
    *,
    expires_at: datetime | None = None,
    spent: int = 0,
    zone: str = "UTC",
) -> ReminderDecision:
    return rules.decide(reminder(min(now, NOON), expires_at), preferences, Setting(ZoneInfo(zone), 5, spent), now)


@pytest.mark.parametrize("way", [Way.MENTION, Way.DIRECT])
def test_what_is_due_is_given(way: Way) -> None:
    assert decide(Preferences(way=way)) == ReminderDecision(ReminderState.GIVEN)


def test_what_comes_late_says_so() -> None:
    assert decide(Preferences(), NOON + timedelta(minutes=59)).late is False
    assert decide(Preferences(), NOON + timedelta(minutes=61)).late is True


@pytest.mark.parametrize("preferences", [Preferences(off=frozenset({ReminderTopic.VOTES})), Preferences(way=Way.NONE)])
def test_whoever_opted_out_is_left_alone(preferences: Preferences) -> None:
    assert decide(preferences) == ReminderDecision(ReminderState.DROPPED)
    assert decide(preferences, expires_at=NOON) == ReminderDecision(ReminderState.DROPPED)


def test_other_topics_are_still_told() -> None:
    assert decide(Preferences(off=frozenset(ReminderTopic) - {ReminderTopic.VOTES})).state is ReminderState.GIVEN


def test_in_quiet_hours_it_waits_for_their_end() -> None:
    quiet = Preferences(quiet=NIGHT)
    assert decide(quiet, at(7, 23)) == ReminderDecision(ReminderState.WAITING, at(8, 7))
    assert decide(quiet, at(8, 6, 59)) == ReminderDecision(ReminderState.WAITING, at(8, 7))
    assert decide(quiet, at(8, 7)).state is ReminderState.GIVEN
    assert decide(quiet, at(8, 21, 59)).state is ReminderState.GIVEN
    siesta = Preferences(quiet=(12 * 60, 14 * 60))
    assert decide(siesta) == ReminderDecision(ReminderState.WAITING, at(7, 14))


def test_quiet_hours_are_those_of_the_persons_own_clocks() -> None:
    assert decide(Preferences(quiet=NIGHT), at(7, 12), zone="Asia/Tokyo").state is ReminderState.GIVEN
    assert decide(Preferences(quiet=NIGHT), at(7, 14), zone="Asia/Tokyo") == ReminderDecision(
        ReminderState.WAITING, at(7, 22)
    )


@pytest.mark.parametrize(
    ("quiet", "now", "ends_at"),
    [
        (NIGHT, at(28, 22, month=3), at(29, 5, month=3)),  # the night of Berlin's change to summer
        (NIGHT, at(24, 22, month=10), at(25, 6, month=10)),  # and the one back
        ((22 * 60, 150), at(28, 23, month=3), at(29, 1, 30, month=3)),  # 02:30 is left out: 03:30
        ((22 * 60, 150), at(24, 23, month=10), at(25, 0, 30, month=10)),  # 02:30 stands twice: the first
        ((22 * 60, 150), at(25, 1, 10, month=10), at(25, 1, 30, month=10)),  # within the second 02:10
    ],
)
def test_quiet_hours_through_the_change_of_clocks(quiet: tuple[int, int], now: datetime, ends_at: datetime) -> None:
    assert decide(Preferences(quiet=quiet), now, zone="Europe/Berlin") == ReminderDecision(
        ReminderState.WAITING, ends_at
    )


def test_above_the_budget_it_goes_into_the_digest() -> None:
    assert decide(Preferences(), spent=4).state is ReminderState.GIVEN
    assert decide(Preferences(), spent=5) == ReminderDecision(ReminderState.DIGEST, MONDAY)


def test_what_is_over_is_told_in_the_digest_as_missed_and_never_as_if_it_were_useful() -> None:
    assert decide(Preferences(), expires_at=NOON) == ReminderDecision(ReminderState.DIGEST, MONDAY)
    assert decide(Preferences(), expires_at=NOON + timedelta(minutes=1)).state is ReminderState.GIVEN


def test_whoever_wants_only_a_digest_gets_it_at_their_time() -> None:
    daily = Preferences(way=Way.DIGEST, digest_day=None, digest_minute=18 * 60)
    assert decide(daily) == ReminderDecision(ReminderState.DIGEST, at(7, 18))
    assert decide(daily, at(7, 18)) == ReminderDecision(ReminderState.DIGEST, at(8, 18))
    asleep = replace(daily, digest_minute=23 * 60, quiet=NIGHT)
    assert decide(asleep) == ReminderDecision(ReminderState.DIGEST, at(8, 7)), "not even a digest comes in quiet hours"


def test_during_an_absence_everything_rests() -> None:
    away = Preferences(away_until=at(20, 0))
    assert decide(away) == ReminderDecision(ReminderState.DIGEST, at(26, 9)), "the first Monday after it"
    assert decide(away, at(20, 0)).state is ReminderState.GIVEN


def test_without_a_digest_it_comes_the_next_day_also_when_it_is_over_by_then() -> None:
    none = Preferences(off=frozenset({ReminderTopic.DIGEST}))
    assert decide(none, spent=5) == ReminderDecision(ReminderState.WAITING, at(8, 0))
    assert decide(none, spent=5, expires_at=at(7, 20)) == ReminderDecision(ReminderState.WAITING, at(8, 0))
    assert decide(none, at(8, 0), expires_at=at(7, 20)) == ReminderDecision(ReminderState.GIVEN, late=True, missed=True)
    assert decide(none, expires_at=NOON) == ReminderDecision(ReminderState.GIVEN, missed=True)
    assert decide(replace(none, quiet=NIGHT), at(8, 0), expires_at=NOON) == ReminderDecision(
        ReminderState.WAITING, at(8, 7)
    )


def test_without_a_digest_nothing_is_told_of_what_nobody_can_act_on_and_nobody_is_told_more_than_they_want() -> None:
    none = Preferences(off=frozenset({ReminderTopic.DIGEST}))
    setting = Setting(ZoneInfo("UTC"), 5)
    assert rules.decide(reminder(), none, setting, NOON, is_open=False) == ReminderDecision(ReminderState.DROPPED)
    assert rules.decide(reminder(), Preferences(), setting, NOON, is_open=False) == ReminderDecision(
        ReminderState.DIGEST, MONDAY
    )
    assert rules.decide(reminder(), none, replace(setting, budget=0), NOON) == ReminderDecision(ReminderState.DROPPED)
    assert decide(replace(none, way=Way.DIGEST)) == ReminderDecision(ReminderState.DROPPED)
    assert decide(replace(none, away_until=at(20, 0))) == ReminderDecision(ReminderState.WAITING, at(20, 0))


def test_one_way_is_the_default() -> None:
    assert Preferences().way is Way.MENTION
    assert set(Way) == {Way.MENTION, Way.DIRECT, Way.DIGEST, Way.NONE}


def test_the_day_of_the_budget_is_the_day_on_the_persons_wall() -> None:
    given = [at(7, 14), at(7, 16)]
    assert rules.spent_today(given, ZoneInfo("UTC"), at(7, 20)) == 2
    assert rules.spent_today(given, ZoneInfo("Asia/Tokyo"), at(7, 20)) == 1, "there it was a new day from 15:00 UTC"


def test_numbers_out_of_bounds_are_refused() -> None:
    for wrong in (-1, 51):
        with pytest.raises(BadValue):
            rules.checked(Preferences(mentions=wrong))
    assert rules.checked(Preferences(quiet=(60, 60))).quiet is None


# ---- what must hold always -----------------------------------------------------------------------

minutes = st.integers(0, rules.MINUTES - 1)
instants = st.builds(lambda minute: NOON + timedelta(minutes=minute), st.integers(0, 2 * 366 * rules.MINUTES))
changes = st.sampled_from(
    [at(29, 1, month=3), at(25, 1, month=10), at(8, 7, month=3), at(1, 6, month=11), at(4, 15, month=4)]
)
near_changes = st.builds(lambda day, minute: day + timedelta(minutes=minute), changes, st.integers(-2000, 2000))
people = st.builds(
    Preferences,
    quiet=st.none() | st.tuples(minutes, minutes),
    off=st.frozensets(st.sampled_from([ReminderTopic.PROPOSALS, ReminderTopic.SURVEYS, ReminderTopic.DIGEST])),
    way=st.sampled_from([Way.MENTION, Way.DIRECT, Way.DIGEST]),
    away_until=st.none() | instants,
    digest_day=st.none() | st.integers(0, 6),
    digest_minute=minutes,
).map(rules.checked)


def is_quiet(preferences: Preferences, zone: str, instant: datetime) -> bool:
    """By another library's reading of the clocks."""
    if preferences.quiet is None:
        return False
    wall = instant.astimezone(tz.gettz(zone))
    begins, ends = preferences.quiet
    minute = wall.hour * 60 + wall.minute
    return begins <= minute < ends if begins < ends else not ends <= minute < begins


@given(people, st.sampled_from(ZONES), instants | near_changes, st.none() | st.timedeltas(timedelta(0), timedelta(9)))
def test_nothing_is_given_in_quiet_hours_or_above_the_budget_and_nothing_is_lost(
    preferences: Preferences, zone: str, due_at: datetime, left: timedelta | None
) -> None:
    expires_at = None if left is None else due_at + left
    waits, now = reminder(due_at, expires_at), due_at
    clock = ZoneInfo(zone)
    for _ in range(6):
        decision = rules.decide(waits, preferences, Setting(clock, 1), now)
        if decision.state is not ReminderState.WAITING:
            break
        assert decision.at is not None
        assert decision.at > now
        now = decision.at
        waits = replace(waits, due_at=now)
    if preferences.way is Way.DIGEST and not preferences.has_digest:
        assert decision.state is ReminderState.DROPPED, "only in a digest, and no digest"
        return
    assert decision.state in {ReminderState.GIVEN, ReminderState.DIGEST}, "given, or told in the digest"
    if decision.state is ReminderState.GIVEN:
        assert not is_quiet(preferences, zone, now)
        assert decision.missed is (expires_at is not None and now >= expires_at)
        assert not (decision.missed and preferences.has_digest), "what is over belongs into the digest"
        assert preferences.away_until is None or preferences.away_until <= now
        assert preferences.way is not Way.DIGEST
    else:
        assert decision.at is not None
        assert decision.at > now
        assert not is_quiet(preferences, zone, decision.at)
        assert preferences.away_until is None or decision.at >= preferences.away_until
    again = rules.decide(waits, preferences, Setting(clock, 1, 1), now)
    assert again.state is (ReminderState.DIGEST if preferences.has_digest else ReminderState.WAITING), (
        "the budget of the day is used up"
    )
    if again.state is ReminderState.WAITING:
        assert again.at is not None
        assert rules.spent_today([now], clock, again.at) == 0, "it comes on another day"


@given(st.none() | st.integers(0, 6), minutes, st.sampled_from(ZONES), instants | near_changes)
def test_digests_keep_their_wall_time(weekday: int | None, minute: int, zone: str, after: datetime) -> None:
    found = rules.next_on_wall(weekday, minute, ZoneInfo(zone), after)
    days = 1 if weekday is None else 7
    assert after < found <= after + timedelta(days=days, hours=2)
    wall = found.astimezone(tz.gettz(zone))
    assert weekday is None or wall.weekday() == weekday
    if wall.hour * 60 + wall.minute != minute:
        skipped = datetime(wall.year, wall.month, wall.day, minute // 60, minute % 60, tzinfo=tz.gettz(zone))
        assert not tz.datetime_exists(skipped), "only a time that the clocks leave out is moved"
