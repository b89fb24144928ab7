"""Policy: every number and choice that a community may amend, with the bounds that nothing may cross (POL-1).

A value has a kind. As text, durations read ``72h``, ``14d`` or ``15min``; shares ``1/3``; flags ``yes``/``no``.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from bot.governance.errors import BadValue, OutOfBounds, UnknownKey

Value = timedelta | Fraction | int | bool | str


class Kind(StrEnum):
    """What a policy key holds."""

    DURATION = "duration"
    SHARE = "share"
    COUNT = "count"
    FLAG = "flag"
    CHOICE = "choice"
    EMOJI = "emoji"


@dataclass(frozen=True, slots=True)
class Key:
    """One amendable number or choice: its kind, floor and ceiling (inclusive unless ``above_floor``).

    ``entrenched`` keys change only by an affirmative supermajority (POL-5).
    """

    name: str
    kind: Kind
    default: Value
    about: str
    floor: Value | None = None
    ceiling: Value | None = None
    above_floor: bool = False
    entrenched: bool = True
    choices: tuple[str, ...] = ()


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
        choices=("majority", "supermajority", "consent"),
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


class Filer(StrEnum):
    """Who may file a type of proposal, in words; ``{team}`` is the coordinating group's own name (POL-3)."""

    SEAT = "any seat but observer"
    OPERATIONS = "a seat in {team} or in a cell"
    TOP_LEVEL = "a seat in {team}"
    MEMBER = "any member of a group"
    NOBODY = "nobody (only the set-up)"


class Electorate(StrEnum):
    """Whose members may object to and vote on a type of proposal (POL-3)."""

    CHOSEN = "chosen group"
    STAKEHOLDERS = "stakeholder group"


class Passing(StrEnum):
    """How a type of proposal passes (POL-3)."""

    SILENCE = "silence"
    BY_KEY = "silence, or supermajority for entrenched keys"
    SUPERMAJORITY = "supermajority"


@dataclass(frozen=True, slots=True)
class DecisionType:
    """A row of the decision matrix (POL-3). ``timelock`` names a policy key, or is empty for none.

    ``effects`` are the kinds that it may carry: another type's would pass by another body's silence (EFF-1).
    """

    name: str
    label: str
    may_file: Filer
    electors: Electorate
    passes_by: Passing
    timelock: str = ""
    about: str = ""
    effects: tuple[str, ...] = ()


TYPES: Mapping[str, DecisionType] = MappingProxyType(
    {
        row.name: row
        for row in (
            DecisionType(
                "general",
                "General",
                Filer.SEAT,
                Electorate.CHOSEN,
                Passing.SILENCE,
                about="a decision of one group about its own work",
            ),
            DecisionType(
                "operational",
                "Operational",
                Filer.OPERATIONS,
                Electorate.STAKEHOLDERS,
                Passing.SILENCE,
                about="how the work is run, reviewed by the stakeholder group",
            ),
            DecisionType(
                "budget",
                "Budget",
                Filer.TOP_LEVEL,
                Electorate.STAKEHOLDERS,
                Passing.SILENCE,
                "timelock.budget",
                about="money for the work, reviewed by the stakeholder group",
            ),
            DecisionType(
                "policy",
                "Policy change",
                Filer.MEMBER,
                Electorate.STAKEHOLDERS,
                Passing.BY_KEY,
                "timelock.policy",
                about="a change of one rule or number of this partnership",
                effects=("change policy",),
            ),
            DecisionType(
                "ratification",
                "Ratification",
                Filer.NOBODY,
                Electorate.STAKEHOLDERS,
                Passing.SUPERMAJORITY,
                about="the partnership's structure and first policy",
                effects=("ratify partnership",),
            ),
        )
    }
)
"""The genesis decision matrix by type name."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a partnership's policy. Complete: every key has a value within its bounds."""

    version: int
    values: Mapping[str, Value]

    def duration(self, name: str) -> timedelta:
        """Value of a duration key."""
        value = self.values[name]
        assert isinstance(value, timedelta)
        return value

    def share(self, name: str) -> Fraction:
        """Value of a share key."""
        return Fraction(self.values[name])  # type: ignore[arg-type]

    def count(self, name: str) -> int:
        """Value of a count key."""
        value = self.values[name]
        assert isinstance(value, int)
        return value

    def flag(self, name: str) -> bool:
        """Value of a flag key."""
        return bool(self.values[name])

    def text(self, name: str) -> str:
        """Value of a choice or emoji key."""
        return str(self.values[name])


def genesis(changes: Mapping[str, Value] = MappingProxyType({})) -> Policy:
    """Version 1 of a policy: the defaults, with a file's changes (POL-1).

    Raises UnknownKey, BadValue or OutOfBounds.
    """
    return replace(amended(Policy(0, {key.name: key.default for key in _ALL}), changes), version=1)


def amended(policy: Policy, changes: Mapping[str, Value]) -> Policy:
    """The next version with these keys changed (ADP-2). Raises UnknownKey, BadValue or OutOfBounds.

    Objections and concerns never share an emoji: nobody could tell which of them a reaction is.
    """
    values = dict(policy.values)
    for name, value in changes.items():
        values[name] = checked(key_named(name), value)
    emojis = {name: str(values[name]) for name in ("objection.emoji", "concern.emoji")}
    changed = next((name for name in emojis if name in changes), None)
    if changed is not None and len({bare(emoji) for emoji in emojis.values()}) == 1:
        raise BadValue(changed, emojis[changed], "another emoji than the other reaction has")
    return Policy(policy.version + 1, values)


def key_named(name: str) -> Key:
    """The key of this name. Raises UnknownKey with the nearest valid names."""
    if name not in KEYS:
        raise UnknownKey(name, tuple(difflib.get_close_matches(name, KEYS, n=3, cutoff=0.4)))
    return KEYS[name]


def type_named(name: str) -> DecisionType:
    """The decision type of this name. Raises UnknownKey with the nearest valid names."""
    if name not in TYPES:
        raise UnknownKey(name, tuple(difflib.get_close_matches(name, TYPES, n=3, cutoff=0.4)))
    return TYPES[name]


def is_entrenched(name: str) -> bool:
    """Whether this key changes only by an affirmative supermajority (POL-5)."""
    return key_named(name).entrenched


def checked(key: Key, value: Value) -> Value:
    """``value`` if this key may hold it. Raises BadValue for its kind, OutOfBounds for its floor or ceiling."""
    kinds: dict[Kind, type | tuple[type, ...]] = {
        Kind.DURATION: timedelta,
        Kind.SHARE: (Fraction, int),
        Kind.COUNT: int,
        Kind.FLAG: bool,
        Kind.CHOICE: str,
        Kind.EMOJI: str,
    }
    if not isinstance(value, kinds[key.kind]) or (isinstance(value, bool) and key.kind is not Kind.FLAG):
        raise BadValue(key.name, str(value), key.kind)
    if key.kind is Kind.CHOICE and value not in key.choices:
        raise BadValue(key.name, str(value), "one of " + ", ".join(key.choices))
    if key.kind is Kind.EMOJI and not _is_emoji(str(value)):
        raise BadValue(key.name, str(value), "one emoji")
    if key.floor is not None and key.ceiling is not None:
        below = value < key.floor or (key.above_floor and value == key.floor)  # type: ignore[operator]
        if below or value > key.ceiling:  # type: ignore[operator]
            raise OutOfBounds(key.name, written(value), written(key.floor), written(key.ceiling))
    return Fraction(value) if key.kind is Kind.SHARE else value  # type: ignore[arg-type]


def read(key: Key, text: str) -> Value:
    """Read what a person or a file wrote for this key. Raises BadValue or OutOfBounds."""
    return checked(key, parsed(key, text))


def parsed(key: Key, text: str) -> Value:
    """What a text for this key means, within its bounds or not. Raises BadValue."""
    text = text.strip()
    match key.kind:
        case Kind.DURATION:
            value: Value = _read_duration(key.name, text)
        case Kind.SHARE:
            value = _read_share(key.name, text)
        case Kind.COUNT:
            if not re.fullmatch(r"[0-9]{1,16}", text):
                raise BadValue(key.name, text, "a whole number such as 3")
            value = int(text)
        case Kind.FLAG:
            if text.casefold() not in _FLAGS:
                raise BadValue(key.name, text, "yes or no")
            value = _FLAGS[text.casefold()]
        case _:
            value = text
    return value


def written(value: Value) -> str:
    """The text that ``read`` takes back as the same value."""
    match value:
        case bool():
            return "yes" if value else "no"
        case timedelta():
            return _write_duration(value)
        case _:
            return str(value)


_FLAGS = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
_UNITS = {"d": 86400, "h": 3600, "min": 60}


def _read_duration(field: str, text: str) -> timedelta:
    words = re.fullmatch(r"(\d{1,6})\s*(d|days?|h|hours?|min|minutes?)", text, flags=re.IGNORECASE | re.ASCII)
    if words is None:
        raise BadValue(field, text, "a duration such as 72h, 14d or 15min")
    unit = words[2].casefold()
    scale = _UNITS["min" if unit.startswith("m") else unit[0]]
    return timedelta(seconds=int(words[1]) * scale)


def _write_duration(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    if seconds % 86400 == 0 and seconds > 3 * 86400:
        return f"{seconds // 86400}d"
    if seconds % 3600 == 0:
        return f"{seconds // 3600}h"
    return f"{seconds // 60}min"


def _read_share(field: str, text: str) -> Fraction:
    expected = "a share such as 1/3 or 66%"
    if percent := re.fullmatch(r"(\d{1,3})\s*%", text, flags=re.ASCII):
        return Fraction(int(percent[1]), 100)
    if not re.fullmatch(r"\d{1,5}(/\d{1,5}|\.\d{1,4})?", text, flags=re.ASCII):
        raise BadValue(field, text, expected)
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise BadValue(field, text, expected) from None


def bare(emoji: str) -> str:
    """The emoji without its skin tone and the signs how it is shown: any hand raised is a raised hand."""
    return _TONES.sub("", emoji)


def _is_emoji(text: str) -> bool:
    """One emoji as Discord takes it for a reaction: other signs would leave cards without the reaction to press."""
    pictures = [c for c in text if c not in "\u200d\ufe0f" and not _TONES.fullmatch(c)]
    return bool(_EMOJI.fullmatch(text)) and all(unicodedata.category(c) in {"So", "Cn"} for c in pictures)


_TONES = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f]")
_PICTURE = (
    "[\u231a-\u23ff\u2600-\u27bf\u2b1b-\u2b55\U0001f004-\U0001f1e5\U0001f201-\U0001f3fa\U0001f400-\U0001faff]"
    "(?:[\U0001f3fb-\U0001f3ff]\ufe0f?|\ufe0f)?"
)
_EMOJI = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|{_PICTURE}(?:\u200d{_PICTURE}){{0,3}}")
