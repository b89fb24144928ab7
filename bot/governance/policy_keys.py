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


def _duration(name: str, default: timedelta, floor: timedelta, ceiling: timedelta, about: str) -> Key:
    return Key(name, Kind.DURATION, default, about, floor, ceiling)


_ALL = (
    _duration("review.window", _hours(72), _hours(24), _days(30), "how long a proposal is open to objections"),
    _duration("review.remainder", _hours(48), _hours(24), _days(7), "the least time left open after a revision"),
    _duration("objection.stating", _hours(48), _hours(12), _days(7), "time to state an objection once raised"),
    _duration("objection.ruling", _hours(48), _hours(12), _days(7), "time to ask for and give a ruling on form"),
    _duration("objection.appeal_filing", _hours(48), _hours(12), _days(7), "time to appeal a ruling"),
    _duration("objection.appeal_decision", _hours(72), _hours(24), _days(7), "time to decide an appeal"),
    _duration("objection.sponsoring", _hours(48), _hours(12), _days(7), "time to sponsor a leaver's objection"),
    Key(
        "objection.rule",
        Kind.CHOICE,
        "people",
        "how objections are counted against the threshold",
        choices=("people", "share", "classes"),
    ),
    Key(
        "objection.threshold",
        Kind.COUNT,
        1,
        "objections that stop a proposal (rule: people)",
        1,
        1000,
    ),
    Key(
        "objection.share",
        Kind.SHARE,
        Fraction(1, 10),
        "share of electors whose objections stop a proposal (rule: share)",
        Fraction(0),
        Fraction(1, 2),
        above_floor=True,
    ),
    Key(
        "objection.classes",
        Kind.COUNT,
        2,
        "stakeholder classes that must object (rule: classes)",
        1,
        10,
    ),
    Key(
        "objection.unit",
        Kind.CHOICE,
        "person",
        "who has one voice in counting objections",
        choices=("person", "organisation"),
    ),
    Key("objection.emoji", Kind.EMOJI, "✋", "the reaction that raises an objection"),
    Key("concern.emoji", Kind.EMOJI, "💬", "the reaction that raises a concern"),
    Key("reach.bar", Kind.SHARE, Fraction(1, 3), "share of electors a silent pass should reach", 0, 1),
    _duration("reach.extension", _hours(48), _hours(24), _days(7), "added once when too few electors were reached"),
    Key(
        "reach.lapse_budget_above",
        Kind.COUNT,
        0,
        "budgets above this lapse on low reach (0: never; in the smallest coin: 100000 is 1,000.00 EUR)",
        0,
        2**53 - 1,
    ),
    _duration("vote.window", _hours(72), _hours(24), _days(14), "how long a final vote is open"),
    _duration("vote.notice", timedelta(0), timedelta(0), _days(7), "time between an escalation and its vote"),
    Key(
        "vote.method",
        Kind.CHOICE,
        "majority",
        "how a disputed proposal is finally decided",
        choices=DECIDING,
    ),
    Key(
        "vote.quorum",
        Kind.SHARE,
        Fraction(1, 2),
        "share of those eligible who must take part",
        Fraction(1, 4),
        1,
    ),
    Key(
        "vote.majority",
        Kind.SHARE,
        Fraction(1, 2),
        "a majority is more than this share of votes for and against",
        Fraction(1, 2),
        Fraction(99, 100),
    ),
    Key(
        "vote.supermajority",
        Kind.SHARE,
        Fraction(2, 3),
        "a supermajority is at least this share of votes for and against",
        Fraction(1, 2),
        1,
        above_floor=True,
    ),
    Key(
        "vote.secret",
        Kind.FLAG,
        False,
        "whether final votes are secret (consent rounds never are)",
    ),
    Key("vote.hidden_k", Kind.COUNT, 3, "secret results below this many ballots stay hidden", 3, 1000),
    _duration("timelock.policy", _hours(48), _hours(24), _days(14), "wait between pass and policy change"),
    _duration("timelock.budget", _hours(48), _hours(24), _days(14), "wait between pass and spending"),
    Key("limits.least_electors", Kind.COUNT, 2, "fewest electors, author not counted", 2, 1000),
    Key("limits.versions", Kind.COUNT, 5, "most versions of one proposal", 1, 20, entrenched=False),
    Key("limits.open_per_author", Kind.COUNT, 3, "open proposals of one author", 1, 1000, entrenched=False),
    Key(
        "limits.filed_per_day",
        Kind.COUNT,
        2,
        "reviews one author may open in 24 hours",
        1,
        1000,
        entrenched=False,
    ),
    Key("limits.open_per_group", Kind.COUNT, 20, "open proposals of one group", 1, 1000, entrenched=False),
    _duration(
        "clock.outage_tolerance",
        timedelta(minutes=15),
        timedelta(minutes=1),
        _hours(24),
        "the longest outage that does not move deadlines",
    ),
    Key(
        "clock.zone",
        Kind.ZONE,
        zones.UTC,
        "time zone of the partnership, where nobody chose another",
        entrenched=False,
    ),
    _duration(
        "reminder.before_close",
        _hours(24),
        _hours(1),
        _days(7),
        "how long before close the undecided are nudged",
    ),
    Key(
        "reminder.mentions",
        Kind.COUNT,
        5,
        "most reminders to one person in a day; further ones go into their digest",
        0,
        50,
        entrenched=False,
    ),
    Key(
        "digest.weekday",
        Kind.CHOICE,
        "monday",
        "the day of the weekly digest, or off",
        choices=("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "off"),
        entrenched=False,
    ),
    Key("digest.hour", Kind.COUNT, 9, "the hour of the weekly digest", 0, 23, entrenched=False),
    Key(
        "survey.window",
        Kind.DURATION,
        _days(5),
        "how long a survey is open to answers",
        _hours(1),
        _days(60),
        entrenched=False,
    ),
    Key(
        "survey.k", Kind.COUNT, 5, "results of a survey below this many answers stay hidden", 3, 1000, entrenched=False
    ),
    Key("feedback.per_day", Kind.COUNT, 3, "most pieces of feedback of one person in a day", 1, 20, entrenched=False),
    Key("retro.dots", Kind.COUNT, 5, "dots that each person gives in the vote of a retro", 1, 20, entrenched=False),
    Key("retro.dots_per_topic", Kind.COUNT, 3, "most dots of one person on one topic", 1, 20, entrenched=False),
    Key("retro.cards", Kind.COUNT, 30, "most cards of one person in a retro", 1, 100, entrenched=False),
    Key(
        "retro.silence",
        Kind.DURATION,
        _hours(24),
        "how long after a deadline or their last act a retro's facilitator counts as gone",
        _hours(1),
        _days(14),
        entrenched=False,
    ),
    Key(
        "retro.absent",
        Kind.CHOICE,
        "hand over",
        "what happens when a retro's facilitator is gone",
        entrenched=False,
        choices=("hand over", "move on"),
    ),
    Key(
        "health.organisation_share",
        Kind.SHARE,
        Fraction(2, 5),
        "share of seats or objections above which one organisation is marked in /health",
        Fraction(1, 10),
        Fraction(9, 10),
        entrenched=False,
    ),
    Key(
        "health.facilitator_days",
        Kind.DURATION,
        _days(365),
        "how long one person facilitates a group before that is marked in /health",
        _days(30),
        _days(600),
        entrenched=False,
    ),
    Key(
        "health.low_reach_share",
        Kind.SHARE,
        Fraction(1, 3),
        "share of silent passes with low reach above which that is marked in /health",
        0,
        Fraction(9, 10),
        entrenched=False,
    ),
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
