"""18:00 stays 18:00 through every change of clocks, on the days that an independent implementation finds (RHY-1)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance.cadences import LAST, MENU, Cadence, Unit, cadence, fits
from bot.governance.errors import UnknownKey
from bot.services.cadences import between, localised, next_after

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases" / "recurrences.jsonl").read_text().splitlines()]
"""Days that rrule-rust 3.1.1, another implementation in another language, finds for the same rules."""

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago", "Asia/Kolkata")
BERLIN = "Europe/Berlin"
WALLS = st.datetimes(datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2040-01-01"))


def walls(found: tuple[datetime, ...], zone: str) -> list[str]:
    return [each.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") for each in found]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def by_the_standard_library(day: str, clock: str, zone: str) -> datetime:
    """The same rule for wall times that are missing or stand twice, by another library (PEP 495, fold=0)."""
    wall = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), ZoneInfo(zone))
    return wall.astimezone(UTC)


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{c['every']}-{c['unit']}-{c['nth']}" for n, c in enumerate(CASES)])
def test_every_occurrence_is_where_an_independent_implementation_finds_it(case: dict[str, object]) -> None:
    zone, clock, days = str(case["zone"]), str(case["at"]), case["days"]
    assert isinstance(days, list)
    assert isinstance(case["every"], int)
    nth = case["nth"]
    assert nth is None or isinstance(nth, int)
    rule = Cadence(case["every"], Unit(str(case["unit"])), str(case["starts"]), clock, zone, nth)
    expected = [by_the_standard_library(day, clock, zone) for day in days]
    found = between(rule, expected[0] - timedelta(days=400), expected[-1])
    assert list(found) == expected
    for before, after in pairwise(expected):
        assert next_after(rule, before) == after
        assert next_after(rule, after - timedelta(seconds=1)) == after


@given(
    st.sampled_from(ZONES),
    WALLS.map(lambda at: at.replace(second=0, microsecond=0)),
)
def test_a_wall_time_is_localised_as_the_standard_library_does(zone: str, wall: datetime) -> None:
    assert localised(wall, zone) == wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@given(
    st.sampled_from(ZONES),
    st.sampled_from(sorted(MENU)),
    st.dates(date(2025, 1, 1), date(2028, 1, 1)),
    st.times().map(lambda at: at.strftime("%H:%M")),
    WALLS.map(lambda at: at.replace(tzinfo=UTC)),
)
def test_the_next_one_is_later_the_first_of_all_and_at_the_same_wall_time(
    zone: str, key: str, starts: date, clock: str, now: datetime
) -> None:
    rule = cadence(key, starts, clock, zone)
    found = next_after(rule, now)
    assert found > now
    assert between(rule, now, found) == (found,)
    wall = found.astimezone(ZoneInfo(zone))
    skipped = by_the_standard_library(wall.date().isoformat(), clock, zone) == found and f"{wall:%H:%M}" != clock
    assert skipped or f"{wall:%H:%M}" == clock
    assert wall.date() >= starts


@pytest.mark.parametrize(
    ("zone", "spring", "autumn"),
    [
        (BERLIN, "2026-03-29", "2026-10-25"),
        ("America/New_York", "2026-03-08", "2026-11-01"),
        ("Australia/Sydney", "2026-10-04", "2026-04-05"),
        ("America/Santiago", "2026-09-06", "2026-04-05"),
    ],
)
def test_a_weekly_evening_stays_at_its_time_through_both_changes_of_clocks(zone: str, spring: str, autumn: str) -> None:
    for change in (spring, autumn):
        rule = cadence("week", date.fromisoformat(change) - timedelta(days=7), "18:00", zone)
        found = between(rule, at(change) - timedelta(days=8), at(change) + timedelta(days=8))
        assert [wall[-5:] for wall in walls(found, zone)] == ["18:00"] * 3
        gaps = {after - before for before, after in pairwise(found)}
        assert len(gaps) == 2, "one of the weeks is an hour longer or shorter"


def test_a_time_that_the_clocks_leave_out_comes_later_and_one_that_stands_twice_comes_first() -> None:
    left_out = cadence("day", date(2026, 3, 28), "02:30", BERLIN)
    assert walls(between(left_out, at("2026-03-27"), at("2026-03-31")), BERLIN) == [
        "2026-03-28 02:30",
        "2026-03-29 03:30",
        "2026-03-30 02:30",
    ]
    twice = cadence("day", date(2026, 10, 24), "02:30", BERLIN)
    found = between(twice, at("2026-10-23 12:00"), at("2026-10-27"))
    assert [each.hour for each in found] == [0, 0, 1], "half past two comes once, before the clocks are set back"
    assert len(found) == 3


def test_months_without_that_day_take_their_last_and_a_fifth_weekday_is_the_last() -> None:
    month = cadence("month", date(2026, 10, 31), "09:00", "UTC")
    assert walls(between(month, at("2026-10-01"), at("2027-03-31T23:00")), "UTC") == [
        f"{day} 09:00" for day in ("2026-10-31", "2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31")
    ]
    fifth = cadence("month by weekday", date(2026, 10, 30), "09:00", "UTC")
    assert fifth.nth == LAST
    assert walls(between(fifth, at("2026-10-01"), at("2026-12-31")), "UTC")[1] == "2026-11-27 09:00"


def test_the_menu_is_closed_and_a_last_weekday_begins_on_one() -> None:
    with pytest.raises(UnknownKey):
        cadence("fortnight", date(2026, 1, 1), "09:00", "UTC")
    assert not fits("month last weekday", date(2026, 1, 2))
    assert fits("month last weekday", date(2026, 1, 30))
    assert fits("month", date(2026, 1, 2))
