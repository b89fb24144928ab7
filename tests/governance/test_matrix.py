"""The decision matrix: rows of data, and the floors that neither a file nor a vote crosses (POL-3)."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from bot.governance import authority, drafts, matrix, proposals
from bot.governance.effects import REGISTRY
from bot.governance.errors import BadText, BadValue, Provisional
from bot.governance.matrix import AMOUNT, GENESIS, Carrier, DecisionType, FilingSeats, Passing
from bot.governance.organisation import FACILITATOR, GroupKind
from bot.governance.policy import Policy, amended, genesis
from bot.governance.proposals import Load
from tests.governance.scene import ANA, BO, NOW, PARTNERSHIP, SEATED, TEXT, WATER, draft, opened, world

ROWS = {row.name: row for row in GENESIS}


def with_row(**columns: Any) -> tuple[DecisionType, ...]:
    """The genesis rows, and one more like *operational* with these columns."""
    return (*GENESIS, replace(ROWS["operational"], **{"name": "extra", **columns}))


def known(policy: Policy, row: DecisionType) -> Policy:
    return replace(policy, matrix=matrix.checked((*policy.matrix, row)))


# ---- floors (POL-3) -------------------------------------------------------------------------------


def test_the_rows_of_the_beginning_cross_no_floor() -> None:
    assert matrix.checked(GENESIS) == GENESIS
    assert genesis().matrix == GENESIS


@pytest.mark.parametrize("name", ["strategy", "structure", "allocation", "cell matter"])
@pytest.mark.parametrize(
    ("electors", "chosen", "allowed"),
    [
        (GroupKind.TOP_LEVEL, False, True),
        (GroupKind.CELL, False, True),
        (GroupKind.STAKEHOLDERS, False, False),
        (GroupKind.TOP_LEVEL, True, False),
    ],
)
def test_the_stakeholder_group_is_never_elector_of_the_work_itself(
    name: str, electors: GroupKind, chosen: bool, allowed: bool
) -> None:
    rows = tuple(replace(row, chosen=False) if chosen else row for row in GENESIS)
    rows = (*rows, replace(ROWS["operational"], name=name, electors=electors, chosen=chosen))
    if allowed:
        assert matrix.checked(rows) == rows
    else:
        with pytest.raises(BadValue, match=f"{name}: electors"):
            matrix.checked(rows)


@pytest.mark.parametrize("name", ["purpose", "agreement", "admission", "backstop"])
@pytest.mark.parametrize("passes", Passing)
def test_what_binds_everybody_never_passes_by_silence(name: str, passes: Passing) -> None:
    rows = with_row(name=name, passes=passes)
    if passes is Passing.SILENCE:
        with pytest.raises(BadValue, match=f"{name}: passes by"):
            matrix.checked(rows)
    else:
        assert matrix.checked(rows) == rows


@pytest.mark.parametrize("name", ROWS)
def test_every_row_keeps_somebody_who_may_file(name: str) -> None:
    rows = tuple(replace(row, may_file=()) if row.name == name else row for row in GENESIS)
    if ROWS[name].founding:
        assert matrix.checked(rows) == rows, "the set-up files it"
    else:
        with pytest.raises(BadValue, match=f"{name}: may file"):
            matrix.checked(rows)


@pytest.mark.parametrize(
    ("columns", "column"),
    [
        ({"window": "review.windw"}, "extra: window"),
        ({"window": "limits.versions"}, "extra: window"),
        ({"window": ""}, "extra: window"),
        ({"timelock": "vote.quorum"}, "extra: timelock"),
        ({"least": "review.window"}, "extra: least electors"),
        ({"fields": ("colour",)}, "extra: fields"),
        ({"demanded": ("payee",)}, "extra: fields"),
        ({"name": "budget"}, "matrix: name"),
        ({"founding": True}, "matrix: founding"),
        ({"chosen": True}, "matrix: chosen"),
    ],
)
def test_a_row_that_nothing_could_be_decided_by_is_refused(columns: dict[str, Any], column: str) -> None:
    with pytest.raises(BadValue) as refusal:
        matrix.checked(with_row(**columns))
    assert refusal.value.field == column


def test_each_effect_belongs_to_types_that_there_are() -> None:
    carriers = {name for effect in REGISTRY.values() for name in effect.CARRIED_BY}
    assert carriers == {row.name for row in GENESIS if row.carried_out_by is Carrier.BOT}


# ---- a row is all that a type is ------------------------------------------------------------------


PURCHASE = DecisionType(
    name="purchase",
    may_file=(FilingSeats(GroupKind.CELL, FACILITATOR), FilingSeats(GroupKind.TOP_LEVEL)),
    electors=GroupKind.TOP_LEVEL,
    chosen=False,
    passes=Passing.SILENCE,
    window="objection.appeal_decision",
    timelock="timelock.budget",
    least="limits.versions",
    carried_out_by=Carrier.PEOPLE,
    fields=(AMOUNT, "timeline"),
    demanded=(AMOUNT, "timeline"),
)


def test_a_type_that_is_only_a_row_is_filed_decided_and_carried_out_by_it() -> None:
    rules = known(genesis(), PURCHASE)
    here = replace(world(), policy=rules)
    filed = drafts.start(draft().id, here, ANA, "purchase", WATER, NOW)
    assert filed.group == PARTNERSHIP.of_kind(GroupKind.TOP_LEVEL).id, "whom the author names decides nothing"
    with pytest.raises(BadText, match="timeline"):
        drafts.check_text(PURCHASE, replace(TEXT, amount_written="25", currency="EUR"))
    written = replace(TEXT, amount_written="25", currency="EUR", timeline="In May.")
    filed = drafts.edit_draft(filed, ANA.person, written, ())
    pinned = proposals.pin(rules, PURCHASE)
    assert (pinned.window, pinned.timelock) == (
        rules.duration("objection.appeal_decision"),
        rules.duration("timelock.budget"),
    )
    assert pinned.least_electors == rules.count("limits.versions")
    provisional = replace(here, partnership=replace(PARTNERSHIP, provisional=True))
    with pytest.raises(Provisional):
        proposals.open_review(filed, ANA, provisional, SEATED, Load(), 3, NOW)
    review, events = proposals.open_review(filed, ANA, here, SEATED, Load(), 3, NOW)
    assert review.pinned.row == PURCHASE
    assert events[0].data["type"] == "purchase"
    assert not authority.may_file(BO, PURCHASE, PARTNERSHIP)


def test_the_row_of_a_review_stays_as_it_was_at_the_opening() -> None:
    """POL-2: a row that changes meanwhile is that of what opens later."""
    proposal = opened("operational")
    changed = tuple(replace(row, timelock="timelock.budget", passes=Passing.SUPERMAJORITY) for row in GENESIS)
    later = replace(genesis(), matrix=changed)
    assert proposal.row(later) == ROWS["operational"]
    assert not proposals.affirmative(proposal)
    assert draft("operational").row(later).passes is Passing.SUPERMAJORITY


def test_the_rows_go_on_from_version_to_version() -> None:
    rules = known(genesis(), PURCHASE)
    assert amended(rules, {"limits.versions": 7}).matrix == rules.matrix


def test_the_record_is_told_every_column() -> None:
    for row in (*GENESIS, PURCHASE):
        told = matrix.told(row)
        assert [*told] == [each.name for each in fields(row)]
    assert matrix.told(PURCHASE)["may_file"] == [
        {"kind": "cell", "seat": "facilitator"},
        {"kind": "top-level cell", "seat": ""},
    ]
