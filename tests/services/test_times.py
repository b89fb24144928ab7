"""Times as people write them: understood for certain, or asked about (RHY-1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance.errors import Refusal, TimePast, TimeSkipped, TimeTwice, TimeUnclear, ZoneUnknown
from bot.services.times import check_zone, parse, stands_twice, wall_of, zones_like

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
"""A Sunday, 19:00 in Berlin."""
FRIDAY = NOW + timedelta(days=5)

UNDERSTOOD = {
    "next friday 18:00": "2026-11-27 18:00",
    "Friday, 18:00": "2026-11-27 18:00",
    "fri 6pm": "2026-11-27 18:00",
    "this friday at 6:30 p.m.": "2026-11-27 18:30",
    "coming friday at noon": "2026-11-27 12:00",
    "friday next week 18:00": "2026-11-27 18:00",
    "next week friday 18:00": "2026-11-27 18:00",
    "friday\u202f6:30\u202fpm": "2026-11-27 18:30",
    "friday 18h": "2026-11-27 18:00",
    "friday 18h30": "2026-11-27 18:30",
    "sunday 20:00": "2026-11-22 20:00",
    "sunday 18:00": "2026-11-29 18:00",
    "sunday 19:00": "2026-11-29 19:00",
    "this sunday 20:00": "2026-11-22 20:00",
    "sunday at 11": "2026-11-22 23:00",
    "6.30pm sunday": "2026-11-29 18:30",
    "next sunday 20:00": "2026-11-29 20:00",
    "tomorrow 9am": "2026-11-23 09:00",
    "18:00 tomorrow": "2026-11-23 18:00",
    "tomorrow at 18": "2026-11-23 18:00",
    "tonight 20:00": "2026-11-22 20:00",
    "today at 23:59": "2026-11-22 23:59",
    "in 3 days at 18:00": "2026-11-25 18:00",
    "in three days 18:00": "2026-11-25 18:00",
    "in a week at 12:15am": "2026-11-29 00:15",
    "in 2 weeks 18:00": "2026-12-06 18:00",
    "in 2 hours": "2026-11-22 21:00",
    "in 90 minutes": "2026-11-22 20:30",
    "in 1 hour and 30 minutes": "2026-11-22 20:30",
    "in two hours": "2026-11-22 21:00",
    "in an hour": "2026-11-22 20:00",
    "in half an hour": "2026-11-22 19:30",
    "in a quarter of an hour": "2026-11-22 19:15",
    "in an hour and a half": "2026-11-22 20:30",
    "in two hours and ten minutes": "2026-11-22 21:10",
    "two hours from now": "2026-11-22 21:00",
    "in twelve hours": "2026-11-23 07:00",
    "midnight": "2026-11-23 00:00",
    "tonight at midnight": "2026-11-23 00:00",
    "tomorrow 18.30": "2026-11-23 18:30",
    "18.30 tomorrow": "2026-11-23 18:30",
    "tomorrow at 9.05": "2026-11-23 09:05",
    "friday 18.30": "2026-11-27 18:30",
    "24.12. 18.30": "2026-12-24 18:30",
    "24.12 18.30": "2026-12-24 18:30",
    "in 3 days at 18.30": "2026-11-25 18:30",
    "day after tomorrow 18:00": "2026-11-24 18:00",
    "the day after tomorrow at 6 pm": "2026-11-24 18:00",
    "18.30 day after tomorrow": "2026-11-24 18:30",
    "2026-12-24 18:00": "2026-12-24 18:00",
    "2026-12-24T18:00": "2026-12-24 18:00",
    "2026-12-24 9:05": "2026-12-24 09:05",
    "2026-12-24 18:00 +00:00": "2026-12-24 19:00",
    "2026-12-24 18:00 UTC": "2026-12-24 19:00",
    "2026-12-24T18:00Z": "2026-12-24 19:00",
    "24.12. 18:00": "2026-12-24 18:00",
    "24.12 18:00": "2026-12-24 18:00",
    "24.12.2026 18:00": "2026-12-24 18:00",
    "24/12 18:00": "2026-12-24 18:00",
    "12/24 6pm": "2026-12-24 18:00",
    "12/12 18:00": "2026-12-12 18:00",
    "24.12. 18h": "2026-12-24 18:00",
    "13.1. 18:00": "2027-01-13 18:00",
    "dec 24 18:00": "2026-12-24 18:00",
    "24 december 18:00": "2026-12-24 18:00",
    "the 24th of December at 6 pm": "2026-12-24 18:00",
    "friday 27 november 2026 18:00": "2026-11-27 18:00",
    "29 feb 2028 10:00": "2028-02-29 10:00",
    "end of month 18:00": "2026-11-30 18:00",
    "end of next month 18:00": "2026-12-31 18:00",
    "the last day of the month at 18:00": "2026-11-30 18:00",
    "<t:1798131600>": "2026-12-24 18:00",
    "<t:1798131600:F>": "2026-12-24 18:00",
}

UNCLEAR = {
    "": "nothing",
    "a": "nothing",
    "5": "nothing",
    "17": "nothing",
    "48": "nothing",
    "soon": "nothing",
    "some friday 18:00": "nothing",
    "next friday": "no time",
    "in 3 days": "no time",
    "24.12.": "no time",
    "end of month": "no time",
    "18:00": "no day",
    "18.30": "no day",
    "tomorrow at midnight": "several",
    "midnight on friday": "several",
    "midnight 18:00": "nothing",
    "midnight soon": "nothing",
    "friday 4.12": "nothing",
    "in": "nothing",
    "in hours": "nothing",
    "in some hours": "nothing",
    "in 10 minutes and a half": "nothing",
    "day after tomorrow": "no time",
    "the day after": "nothing",
    "6pm": "no day",
    "next friday at 6": "several",
    "4/5 18:00": "several",
    "4.5.2027 18:00": "several",
    "1st monday of december 18:00": "nothing",
    "thursday 27 november 2026 18:00": "nothing",
    "every friday 18:00": "nothing",
    "next month 18:00": "nothing",
    "next week 18:00": "nothing",
    "december 18:00": "nothing",
    "30 february 10:00": "nothing",
    "31.11. 18:00": "nothing",
    "25:00 tomorrow": "nothing",
    "tomorrow 18:60": "nothing",
    "tomorrow 13pm": "nothing",
    "tomorrow 18:00 20:00": "nothing",
    "friday 18:00 saturday": "nothing",
    "mañana 18:00": "nothing",
    "tomorrow 18:00 CET": "zone",
    "tomorrow 18:00 Europe/Paris": "zone",
    "tomorrow 18:00 +2": "zone",
    "²": "nothing",
    "in ² days 18:00": "nothing",
    "٢٤.١٢. 18:00": "nothing",
    "2037-01-01 18:00": "too far",
    "2026-12-24 18:00 +99:00": "nothing",
}


@pytest.mark.parametrize("text", sorted(UNDERSTOOD))
def test_what_people_write_is_understood(text: str) -> None:
    found = parse(text, BERLIN, NOW)
    assert f"{found.wall:%Y-%m-%d %H:%M}" == UNDERSTOOD[text]
    assert found.instant.astimezone(ZoneInfo(BERLIN)).replace(tzinfo=None) == found.wall
    assert found.instant.utcoffset() == timedelta(0)


@pytest.mark.parametrize("text", sorted(UNCLEAR))
def test_what_may_mean_several_things_or_nothing_is_asked_about(text: str) -> None:
    with pytest.raises(TimeUnclear) as refused:
        parse(text, BERLIN, NOW)
    assert refused.value.why == UNCLEAR[text]
    for candidate in refused.value.candidates:
        assert f"{parse(candidate, BERLIN, NOW).wall:%Y-%m-%d %H:%M}" == candidate


def test_midnight_of_a_day_is_asked_about_because_it_begins_and_ends() -> None:
    with pytest.raises(TimeUnclear) as refused:
        parse("tomorrow at midnight", BERLIN, NOW)
    assert refused.value.candidates == ("2026-11-23 00:00", "2026-11-24 00:00")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("CET", "Europe/Berlin"),
        ("cest", "Europe/Berlin"),
        ("EST", "America/New_York"),
        ("Eastern Time", "America/New_York"),
        ("US/Eastern", "America/New_York"),
        ("US/Pacific", "America/Los_Angeles"),
        ("GMT-8", "America/Los_Angeles"),
        ("GMT+1", "Europe/Berlin"),
        ("UTC +02:00", "Europe/Athens"),
        ("utc+5:30", "Asia/Kolkata"),
        ("-03:30", "America/St_Johns"),
        ("GMT", "UTC"),
        ("JST", "Asia/Tokyo"),
        ("berl", "Europe/Berlin"),
        ("Belin", "Europe/Berlin"),
        ("new york", "America/New_York"),
    ],
)
def test_what_people_call_a_zone_leads_to_places(typed: str, first: str) -> None:
    found = zones_like(typed)
    assert found[0] == first
    for zone in found:
        check_zone(zone)
    if typed != "UTC":
        with pytest.raises(ZoneUnknown) as refused:
            check_zone(typed)
        assert refused.value.nearest[0] == first


def test_both_orders_of_day_and_month_are_offered() -> None:
    with pytest.raises(TimeUnclear) as refused:
        parse("4/5 18:00", BERLIN, NOW)
    assert refused.value.candidates == ("2027-04-05 18:00", "2027-05-04 18:00")
    with pytest.raises(TimeUnclear) as refused:
        parse("next friday at 6", BERLIN, NOW)
    assert refused.value.candidates == ("2026-11-27 06:00", "2026-11-27 18:00")


@pytest.mark.parametrize(
    "text",
    ["2026-11-22 18:59", "today 9:00", "yesterday 10:00", "24.12.2025 18:00", "<t:1700000000>", "2026-11-22 19:00"],
)
def test_what_is_over_is_refused(text: str) -> None:
    with pytest.raises(TimePast):
        parse(text, BERLIN, NOW)


def test_a_wall_time_that_does_not_exist_is_asked_about() -> None:
    with pytest.raises(TimeSkipped) as refused:
        parse("2027-03-28 02:30", BERLIN, NOW)
    assert refused.value.around == ("2027-03-28 01:30", "2027-03-28 03:30")
    for each in refused.value.around:
        parse(each, BERLIN, NOW)


def test_a_wall_time_that_stands_twice_is_asked_about_and_each_can_be_chosen() -> None:
    with pytest.raises(TimeTwice) as refused:
        parse("sunday 2:30", BERLIN, datetime(2026, 10, 23, 12, tzinfo=UTC))
    first, second = refused.value.both
    assert (first, second) == ("2026-10-25 02:30 +02:00", "2026-10-25 02:30 +01:00")
    apart = (
        parse(second, BERLIN, NOW - timedelta(days=60)).instant - parse(first, BERLIN, NOW - timedelta(days=60)).instant
    )
    assert apart == timedelta(hours=1)


def test_which_wall_times_stand_twice() -> None:
    for wall, twice in {
        "2026-10-25 02:00": True,
        "2026-10-25 02:59": True,
        "2026-10-25 03:00": False,
        "2026-03-29 02:30": False,
        "2026-07-01 02:30": False,
    }.items():
        assert stands_twice(datetime.fromisoformat(wall), BERLIN) is twice, wall


def test_hours_from_now_are_hours_through_a_change_of_clocks() -> None:
    before = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    assert parse("in 5 hours", BERLIN, before).instant - before == timedelta(hours=5)


def test_zones_are_places_and_utc() -> None:
    assert zones_like("berl")[0] == BERLIN
    assert zones_like("new york")[0] == "America/New_York"
    assert "UTC" in zones_like("")
    for wrong in ("EST", "Berlin", "europe/berlin", "../etc/passwd", "", "Etc/GMT+1"):
        with pytest.raises(ZoneUnknown):
            check_zone(wrong)
    with pytest.raises(ZoneUnknown) as refused:
        parse("tomorrow 18:00", "berlin", NOW)
    assert refused.value.nearest == (BERLIN,)
    assert wall_of(NOW, BERLIN) == datetime.fromisoformat("2026-11-22 19:00")


WORDS = (
    "next",
    "friday",
    "in",
    "3",
    "days",
    "18:00",
    "at",
    "6",
    "pm",
    "24.12.",
    "dec",
    "24",
    "2026-12-24",
    "<t:1>",
    "🙂",
    "+",
    "of",
    "month",
    "end",
    "25:99",
    "/",
    "tomorrow",
    "utc",
    "4/5",
    "0",
    "weeks",
    "sun",
    "2:30",
    "-1",
    "99999999999999999999",
)


@given(
    st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join) | st.text(max_size=40), st.sampled_from([BERLIN, "UTC"])
)
def test_whatever_is_typed_is_a_minute_ahead_or_a_refusal(text: str, zone: str) -> None:
    try:
        found = parse(text, zone, NOW)
    except Refusal:
        return
    assert found.instant > NOW
    assert found.wall == wall_of(found.instant, zone)
    assert found.instant.second == 0 or text.strip().startswith("<t:")
