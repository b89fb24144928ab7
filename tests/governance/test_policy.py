"""Policy: every key keeps to its floor and ceiling, and is read back as it was written (POL-1, POL-5)."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance.errors import BadValue, OutOfBounds, Refusal, UnknownKey
from bot.governance.policy import amended, genesis
from bot.governance.policy_keys import KEYS, is_entrenched, key_named
from bot.governance.policy_values import Key, Kind, Value, bare, checked, read, written

BOUNDED = [key for key in KEYS.values() if key.floor is not None]
STEPS: dict[Kind, Value] = {
    Kind.DURATION: timedelta(minutes=1),
    Kind.SHARE: Fraction(1, 1000),
    Kind.COUNT: 1,
}
GENESIS: dict[str, tuple[Value, Value, Value]] = {
    "review.window": (timedelta(hours=72), timedelta(hours=24), timedelta(days=30)),
    "review.remainder": (timedelta(hours=48), timedelta(hours=24), timedelta(days=7)),
    "objection.stating": (timedelta(hours=48), timedelta(hours=12), timedelta(days=7)),
    "objection.ruling": (timedelta(hours=48), timedelta(hours=12), timedelta(days=7)),
    "objection.appeal_filing": (timedelta(hours=48), timedelta(hours=12), timedelta(days=7)),
    "objection.sponsoring": (timedelta(hours=48), timedelta(hours=12), timedelta(days=7)),
    "objection.appeal_decision": (timedelta(hours=72), timedelta(hours=24), timedelta(days=7)),
    "reach.bar": (Fraction(1, 3), 0, 1),
    "reach.extension": (timedelta(hours=48), timedelta(hours=24), timedelta(days=7)),
    "vote.window": (timedelta(hours=72), timedelta(hours=24), timedelta(days=14)),
    "timelock.policy": (timedelta(hours=48), timedelta(hours=24), timedelta(days=14)),
    "timelock.budget": (timedelta(hours=48), timedelta(hours=24), timedelta(days=14)),
    "limits.versions": (5, 1, 20),
    "clock.outage_tolerance": (timedelta(minutes=15), timedelta(minutes=1), timedelta(hours=24)),
    "survey.window": (timedelta(days=5), timedelta(hours=1), timedelta(days=60)),
}
"""The table of POL-1, for the keys that have all three numbers there."""
FLOORS: dict[str, Value] = {
    "objection.threshold": 1,
    "vote.quorum": Fraction(1, 4),
    "vote.majority": Fraction(1, 2),
    "limits.least_electors": 2,
    "vote.hidden_k": 3,
    "survey.k": 3,
    "limits.open_per_author": 1,
    "limits.filed_per_day": 1,
    "limits.open_per_group": 1,
}
FREE = {
    "health.organisation_share",
    "health.facilitator_days",
    "health.low_reach_share",
    "feedback.per_day",
    "reminder.mentions",
    "digest.weekday",
    "digest.hour",
    "limits.versions",
    "limits.open_per_author",
    "limits.filed_per_day",
    "limits.open_per_group",
    "survey.window",
    "survey.k",
    "retro.dots",
    "retro.dots_per_topic",
    "retro.cards",
    "retro.silence",
    "retro.absent",
    "clock.zone",
}


def step_over(key: Key, bound: Value, sign: int) -> Value:
    step = STEPS[key.kind]
    return bound + sign * step  # type: ignore[operator]


@pytest.mark.parametrize("name", GENESIS)
def test_the_numbers_of_the_specification(name: str) -> None:
    key = KEYS[name]
    assert (key.default, key.floor, key.ceiling) == GENESIS[name]


@pytest.mark.parametrize("name", FLOORS)
def test_the_floors_of_the_specification(name: str) -> None:
    assert KEYS[name].floor == FLOORS[name]


@pytest.mark.parametrize("key", KEYS.values(), ids=lambda key: str(key.name))
def test_each_default_is_taken_and_read_back(key: Key) -> None:
    assert checked(key, key.default) == key.default
    assert read(key, written(key.default)) == key.default


@pytest.mark.parametrize("key", BOUNDED, ids=lambda key: str(key.name))
def test_each_bound_is_taken_and_just_outside_is_not(key: Key) -> None:
    assert key.floor is not None
    assert key.ceiling is not None
    assert checked(key, key.ceiling) == key.ceiling
    assert read(key, written(key.ceiling)) == key.ceiling
    with pytest.raises(OutOfBounds) as refusal:
        checked(key, step_over(key, key.ceiling, 1))
    assert refusal.value.key == key.name
    if key.above_floor:
        with pytest.raises(OutOfBounds):
            checked(key, key.floor)
        assert checked(key, step_over(key, key.floor, 1))
    else:
        assert checked(key, key.floor) == key.floor
        assert read(key, written(key.floor)) == key.floor
    with pytest.raises(OutOfBounds):
        checked(key, step_over(key, key.floor, -1))


@pytest.mark.parametrize("key", KEYS.values(), ids=lambda key: str(key.name))
def test_neither_a_file_nor_a_vote_crosses_a_bound(key: Key) -> None:
    bad: Value = step_over(key, key.ceiling, 1) if key.ceiling is not None else "none of these"
    bad = "no flag" if key.kind is Kind.FLAG else bad
    with pytest.raises(Refusal):
        genesis({key.name: bad})
    with pytest.raises(Refusal):
        amended(genesis(), {key.name: bad})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("review.window", " 72h ", timedelta(hours=72)),
        ("review.window", "3 Days", timedelta(days=3)),
        ("review.window", "1 day", timedelta(days=1)),
        ("review.window", "1440min", timedelta(days=1)),
        ("review.window", "24 HOURS", timedelta(days=1)),
        ("vote.quorum", "1/3", Fraction(1, 3)),
        ("vote.quorum", "0.25", Fraction(1, 4)),
        ("vote.quorum", "66 %", Fraction(33, 50)),
        ("vote.quorum", "1", Fraction(1)),
        ("limits.versions", "007", 7),
        ("vote.secret", "YES", True),
        ("clock.zone", " europe/lisbon ", "Europe/Lisbon"),
        ("clock.zone", "America/new york", "America/New_York"),
        ("clock.zone", "utc", "UTC"),
        ("vote.secret", "off", False),
        ("vote.method", "consent", "consent"),
        ("objection.emoji", "🛑", "🛑"),
        *[("objection.emoji", t, t) for t in ("✋🏽", "❗", "⚠️", "🇩🇪", "🙅\u200d♀️", "🫨", "✊")],
    ],
)
def test_what_people_write(name: str, text: str, value: Value) -> None:
    assert read(KEYS[name], text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *[("review.window", t) for t in ("", "72", "h", "-72h", "7.5h", "72 weeks", "9999999h", "٧٢h", "72h 1min")],
        *[("vote.quorum", t) for t in ("", "half", "-1/2", "1/0", "0/0", "1//2", "1e-1", "½", ".5", "1/2/3")],
        *[("limits.versions", t) for t in ("", "five", "-1", "5.0", "1e1", "٥", "9" * 17)],
        *[("vote.secret", t) for t in ("", "maybe", "1")],
        *[("vote.method", t) for t in ("", "Majority", "dice")],
        *[("objection.emoji", t) for t in ("", "no", "<:x:1>", "@everyone", "✋ ✋", "✋" * 9, "#", "//")],
        *[("objection.emoji", t) for t in ("!!", "—", "✋✋", "°", "▲▼", "\ufe0f", "🏽", "🇩", "\u200d✋", "1")],
    ],
)
def test_what_is_not_understood(name: str, text: str) -> None:
    with pytest.raises(BadValue) as refusal:
        read(KEYS[name], text)
    assert refusal.value.field == name


@pytest.mark.parametrize(("name", "value"), [("limits.versions", True), ("vote.secret", 1), ("review.window", 72)])
def test_a_value_of_another_kind(name: str, value: Value) -> None:
    with pytest.raises(BadValue):
        checked(KEYS[name], value)


@given(st.sampled_from(sorted(KEYS)), st.text(max_size=12) | st.from_regex(r"[0-9./% dhmin]{1,9}", fullmatch=True))
def test_whatever_is_read_is_written_so_that_it_is_read_again(name: str, text: str) -> None:
    try:
        value = read(KEYS[name], text)
    except (BadValue, OutOfBounds):
        return
    assert read(KEYS[name], written(value)) == value


@given(st.sampled_from(["vote.quorum", "reach.bar"]), st.decimals(0, 1, places=4))
def test_every_decimal_share_is_read_again(name: str, share: object) -> None:
    try:
        value = read(KEYS[name], f"{share:f}")
    except OutOfBounds:
        return
    assert read(KEYS[name], written(value)) == value


def test_entrenched_keys_are_all_but_a_few() -> None:
    assert {name for name in KEYS if not is_entrenched(name)} == FREE


def test_unknown_names_come_with_the_nearest() -> None:
    with pytest.raises(UnknownKey) as refusal:
        key_named("review.windw")
    assert refusal.value.nearest[0] == "review.window"
    with pytest.raises(UnknownKey):
        genesis().row("budgets and more")
    with pytest.raises(UnknownKey):
        is_entrenched("nothing")


def test_versions_count_and_the_former_one_stays() -> None:
    first = genesis({"limits.versions": 6})
    second = amended(first, {"limits.versions": 7})
    assert (first.version, second.version) == (1, 2)
    assert (first.count("limits.versions"), second.count("limits.versions")) == (6, 7)
    assert set(second.values) == set(KEYS)
    assert second.share("vote.quorum") == Fraction(1, 2)
    assert second.duration("review.window") == timedelta(hours=72)
    assert second.flag("vote.secret") is False
    assert second.text("objection.emoji") == "✋"


@pytest.mark.parametrize(("one", "other"), [("✋", "✋"), ("✋🏽", "✋"), ("⚠️", "⚠"), ("💬", "💬")])
def test_objections_and_concerns_never_share_an_emoji(one: str, other: str) -> None:
    for changes in ({"objection.emoji": one, "concern.emoji": other}, {"objection.emoji": "💬"}):
        with pytest.raises(BadValue) as refusal:
            genesis(dict(changes))
        assert refusal.value.field in KEYS
    with pytest.raises(BadValue):
        amended(
            genesis({"objection.emoji": one if one != "💬" else "🛑"}), {"concern.emoji": one if one != "💬" else "🛑"}
        )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("✋", "✋🏽", True), ("⚠️", "⚠", True), ("✋🏿", "✋🏻", True), ("✋", "💬", False), ("✊", "✋", False)],
)
def test_a_skin_tone_makes_no_other_emoji(one: str, other: str, same: bool) -> None:
    assert (bare(one) == bare(other)) is same
