"""The decision matrix: for each type of decision who files it, who decides, how it passes and what it may do (POL-3).

A row is data of a policy: versioned with it, pinned in a proposal when its review opens (POL-2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from bot.governance.errors import BadValue
from bot.governance.events import Json
from bot.governance.organisation import MEMBER, GroupKind
from bot.governance.policy_keys import KEYS
from bot.governance.policy_values import Kind

AMOUNT = "amount"
FIELDS = (AMOUNT, "payee", "account", "timeline", "summary")
"""What page 2 can ask beside what an effect does (PRO-1): a sum of money, and texts."""


class Passing(StrEnum):
    """How a type of proposal passes (POL-3). What changes an entrenched rule takes a supermajority anyway (POL-5)."""

    SILENCE = "silence"
    SUPERMAJORITY = "supermajority"


class Carrier(StrEnum):
    """Who carries out what was decided (POL-3)."""

    BOT = "bot"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class FilingSeats:
    """Seats of one sort in a kind of group; ``seat`` empty: any but an observer's, ``kind`` None: of any group.

    Contributors belong to the partnership as a whole: a kind of group is never theirs.
    """

    kind: GroupKind | None = None
    seat: str = ""


@dataclass(frozen=True, slots=True)
class DecisionType:
    """A row of the decision matrix (POL-3). Its words stand with the presenters.

    Electors are the members of the group of kind ``electors``, or of any that the author chooses if ``chosen``.
    ``window``, ``timelock`` (empty: none) and ``least`` (fewest electors) name policy keys, which have bounds of their
    own. What the bot carries out has an effect; each effect says of which types it is (EFF-1). ``fields`` are those of
    page 2, ``demanded`` those without which no review opens (POL-6). ``early``: it is decided while the partnership is
    provisional. ``founding``: the set-up files it, for the partnership itself (SCL-5).
    """

    name: str
    may_file: tuple[FilingSeats, ...]
    electors: GroupKind
    chosen: bool
    passes: Passing
    window: str
    timelock: str
    least: str
    carried_out_by: Carrier
    consulted: tuple[FilingSeats, ...] = ()
    fields: tuple[str, ...] = ("timeline", "summary")
    demanded: tuple[str, ...] = ()
    early: bool = False
    founding: bool = False

    @property
    def carries_money(self) -> bool:
        """Whether an amount is decided on."""
        return AMOUNT in self.fields


GENESIS = (
    DecisionType(
        name="general",
        may_file=(FilingSeats(),),
        electors=GroupKind.TOP_LEVEL,
        chosen=True,
        passes=Passing.SILENCE,
        window="review.window",
        timelock="",
        least="limits.least_electors",
        carried_out_by=Carrier.PEOPLE,
        early=True,
    ),
    DecisionType(
        name="operational",
        may_file=(FilingSeats(GroupKind.TOP_LEVEL), FilingSeats(GroupKind.CELL)),
        electors=GroupKind.STAKEHOLDERS,
        chosen=False,
        passes=Passing.SILENCE,
        window="review.window",
        timelock="",
        least="limits.least_electors",
        carried_out_by=Carrier.PEOPLE,
        early=True,
    ),
    DecisionType(
        name="budget",
        may_file=(FilingSeats(GroupKind.TOP_LEVEL),),
        electors=GroupKind.STAKEHOLDERS,
        chosen=False,
        passes=Passing.SILENCE,
        window="review.window",
        timelock="timelock.budget",
        least="limits.least_electors",
        carried_out_by=Carrier.PEOPLE,
        fields=(AMOUNT, "payee", "account", "timeline", "summary"),
        demanded=(AMOUNT, "payee"),
    ),
    DecisionType(
        name="policy",
        may_file=(FilingSeats(seat=MEMBER),),
        electors=GroupKind.STAKEHOLDERS,
        chosen=False,
        passes=Passing.SILENCE,
        window="review.window",
        timelock="timelock.policy",
        least="limits.least_electors",
        carried_out_by=Carrier.BOT,
        fields=("summary",),
    ),
    DecisionType(
        name="ratification",
        may_file=(),
        electors=GroupKind.STAKEHOLDERS,
        chosen=False,
        passes=Passing.SUPERMAJORITY,
        window="review.window",
        timelock="",
        least="limits.least_electors",
        carried_out_by=Carrier.BOT,
        early=True,
        founding=True,
    ),
)
"""The rows that a partnership begins with. A type of decision is added by its row, and its words in ``bot/ui``."""

NEVER_BY_STAKEHOLDERS = frozenset({"strategy", "structure", "allocation", "cell matter"})
"""Types of which the stakeholder group is never elector: the work is steered where it is done (POL-3)."""

NEVER_BY_SILENCE = frozenset({"purpose", "agreement", "admission", "backstop"})
"""Types that a vote adopts or nothing does (POL-3)."""


def checked(rows: tuple[DecisionType, ...]) -> tuple[DecisionType, ...]:
    """These rows, if they may be a partnership's matrix: neither a file nor an amendment crosses its floors (POL-3).

    Raises BadValue for the first column that crosses one.
    """
    for fault in (*(fault for row in rows for fault in _faults(row)), *_faults_together(rows)):
        raise fault
    return rows


def told(row: DecisionType) -> dict[str, Json]:
    """A row as the record tells of it: each column with what stands in it."""
    return {each.name: _plain(getattr(row, each.name)) for each in fields(row)}


def _faults(row: DecisionType) -> Iterator[BadValue]:
    if not row.may_file and not row.founding:
        yield BadValue(f"{row.name}: may file", "nobody", "somebody")
    if row.name in NEVER_BY_STAKEHOLDERS and (row.chosen or row.electors is GroupKind.STAKEHOLDERS):
        yield BadValue(f"{row.name}: electors", GroupKind.STAKEHOLDERS, "not the stakeholders")
    if row.name in NEVER_BY_SILENCE and row.passes is Passing.SILENCE:
        yield BadValue(f"{row.name}: passes by", row.passes, "vote")
    for column, name, kind in (
        ("window", row.window, Kind.DURATION),
        ("timelock", row.timelock, Kind.DURATION),
        ("least electors", row.least, Kind.COUNT),
    ):
        is_none = column == "timelock" and not name
        if not is_none and (name not in KEYS or KEYS[name].kind is not kind):
            yield BadValue(f"{row.name}: {column}", name, "key", kind)
    for name in (*row.fields, *row.demanded):
        if name not in FIELDS or name not in row.fields:
            yield BadValue(f"{row.name}: fields", name, "one of", *FIELDS)


def _faults_together(rows: tuple[DecisionType, ...]) -> Iterator[BadValue]:
    names = Counter(row.name for row in rows)
    yield from (BadValue("matrix: name", name, "each once") for name, times in names.items() if times > 1)
    for column, wanted in (("founding", [r for r in rows if r.founding]), ("chosen", [r for r in rows if r.chosen])):
        if len(wanted) != 1:
            yield BadValue(f"matrix: {column}", ", ".join(row.name for row in wanted), "one row")


def _plain(value: Any) -> Json:
    match value:
        case tuple():
            return [_plain(each) for each in value]
        case FilingSeats():
            return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        case StrEnum():
            return str(value)
    plain: Json = value
    return plain
