"""Every number and choice that a community may amend: its default, and bounds that nothing may cross (POL-1)."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from types import MappingProxyType

from bot.governance import zones
from bot.governance.errors import UnknownKey
from bot.governance.methods import DECIDING
from bot.governance.policy_values import Key, Kind


def _hours(count: int) -> timedelta:
    return timedelta(hours=count)


def _days(count: int) -> timedelta:
    return timedelta(days=count)


def _duration(name: str, default: timedelta, floor: timedelta, ceiling: timedelta) -> Key:
    return Key(name, Kind.DURATION, default, floor, ceiling)


_ALL = (
    _duration("review.window", _hours(72), _hours(24), _days(30)),
    _duration("review.remainder", _hours(48), _hours(24), _days(7)),
    _duration("objection.stating", _hours(48), _hours(12), _days(7)),
    _duration("objection.ruling", _hours(48), _hours(12), _days(7)),
    _duration("objection.appeal_filing", _hours(48), _hours(12), _days(7)),
    _duration("objection.appeal_decision", _hours(72), _hours(24), _days(7)),
    _duration("objection.sponsoring", _hours(48), _hours(12), _days(7)),
    Key("objection.rule", Kind.CHOICE, "people", choices=("people", "share", "classes")),
    Key("objection.threshold", Kind.COUNT, 1, 1, 1000),
    Key("objection.share", Kind.SHARE, Fraction(1, 10), Fraction(0), Fraction(1, 2), above_floor=True),
    Key("objection.classes", Kind.COUNT, 2, 1, 10),
    Key("objection.unit", Kind.CHOICE, "person", choices=("person", "organisation")),
    Key("objection.emoji", Kind.EMOJI, "✋"),
    Key("concern.emoji", Kind.EMOJI, "💬"),
    Key("reach.bar", Kind.SHARE, Fraction(1, 3), 0, 1),
    _duration("reach.extension", _hours(48), _hours(24), _days(7)),
    Key("reach.lapse_budget_above", Kind.COUNT, 0, 0, 2**53 - 1),
    _duration("vote.window", _hours(72), _hours(24), _days(14)),
    _duration("vote.notice", timedelta(0), timedelta(0), _days(7)),
    Key("vote.method", Kind.CHOICE, "majority", choices=DECIDING),
    Key("vote.quorum", Kind.SHARE, Fraction(1, 2), Fraction(1, 4), 1),
    Key("vote.majority", Kind.SHARE, Fraction(1, 2), Fraction(1, 2), Fraction(99, 100)),
    Key("vote.supermajority", Kind.SHARE, Fraction(2, 3), Fraction(1, 2), 1, above_floor=True),
    Key("vote.secret", Kind.FLAG, False),
    Key("vote.hidden_k", Kind.COUNT, 3, 3, 1000),
    _duration("timelock.policy", _hours(48), _hours(24), _days(14)),
    _duration("timelock.budget", _hours(48), _hours(24), _days(14)),
    Key("limits.least_electors", Kind.COUNT, 2, 2, 1000),
    Key("limits.versions", Kind.COUNT, 5, 1, 20, entrenched=False),
    Key("limits.open_per_author", Kind.COUNT, 3, 1, 1000, entrenched=False),
    Key("limits.filed_per_day", Kind.COUNT, 2, 1, 1000, entrenched=False),
    Key("limits.open_per_group", Kind.COUNT, 20, 1, 1000, entrenched=False),
    _duration("clock.outage_tolerance", timedelta(minutes=15), timedelta(minutes=1), _hours(24)),
    Key("clock.zone", Kind.ZONE, zones.UTC, entrenched=False),
    _duration("reminder.before_close", _hours(24), _hours(1), _days(7)),
    Key("reminder.mentions", Kind.COUNT, 5, 0, 50, entrenched=False),
    Key(
        "digest.weekday",
        Kind.CHOICE,
        "monday",
        choices=("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "off"),
        entrenched=False,
    ),
    Key("digest.hour", Kind.COUNT, 9, 0, 23, entrenched=False),
    Key("survey.window", Kind.DURATION, _days(5), _hours(1), _days(60), entrenched=False),
    Key("survey.k", Kind.COUNT, 5, 3, 1000, entrenched=False),
    Key("feedback.per_day", Kind.COUNT, 3, 1, 20, entrenched=False),
    Key("retro.dots", Kind.COUNT, 5, 1, 20, entrenched=False),
    Key("retro.dots_per_topic", Kind.COUNT, 3, 1, 20, entrenched=False),
    Key("retro.cards", Kind.COUNT, 30, 1, 100, entrenched=False),
    Key("retro.silence", Kind.DURATION, _hours(24), _hours(1), _days(14), entrenched=False),
    Key("retro.absent", Kind.CHOICE, "hand over", entrenched=False, choices=("hand over", "move on")),
    Key("health.organisation_share", Kind.SHARE, Fraction(2, 5), Fraction(1, 10), Fraction(9, 10), entrenched=False),
    Key("health.facilitator_days", Kind.DURATION, _days(365), _days(30), _days(600), entrenched=False),
    Key("health.low_reach_share", Kind.SHARE, Fraction(1, 3), 0, Fraction(9, 10), entrenched=False),
)

KEYS: Mapping[str, Key] = MappingProxyType({key.name: key for key in _ALL})
"""Every policy key by name, in the order they are shown."""


def key_named(name: str) -> Key:
    """The key of this name. Raises UnknownKey with the nearest valid names."""
    if name not in KEYS:
        raise UnknownKey(name, tuple(difflib.get_close_matches(name, KEYS, n=3, cutoff=0.4)))
    return KEYS[name]


def is_entrenched(name: str) -> bool:
    """Whether this key changes only by an affirmative supermajority (POL-5)."""
    return key_named(name).entrenched
