"""Who sits where: mapping refusals, double hats (ORG-2, ORG-2a, ORG-3, ORG-6, PRO-9, OBJ-6)."""

from dataclasses import replace

import pytest

from bot.governance import seats
from bot.governance.errors import NotFound, RoleRefused
from bot.governance.ids import GroupId, RoleId
from bot.governance.organisation import (
    GroupKind,
    Partnership,
    RoleFacts,
    RoleMapping,
    check_mapping,
    double_hat,
    role_missing,
    with_mapping,
    without_role,
)
from tests.governance.scene import (
    ANA,
    EXPERT,
    FUNDER,
    GIVER,
    PARTNERSHIP,
    SHG,
    SHG_FACILITATOR,
    SHG_OBSERVER,
    TLC,
    TOP,
    WATERER,
    member,
)


def test_seats_come_from_roles_earliest_first() -> None:
    assert seats.member(PARTNERSHIP, ANA.person, [TOP.role, FUNDER.role, 999]).seats == (FUNDER, TOP)
    assert seats.member(PARTNERSHIP, ANA.person, []).seats == ()


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (RoleFacts(RoleId(1), is_everyone=True), "everyone"),
        (RoleFacts(RoleId(1), managed=True), "managed"),
        (RoleFacts(RoleId(1), position=1, powers=("kick members",)), "powers"),
        (RoleFacts(RoleId(1), position=10), "above the bot"),
        (RoleFacts(RoleId(1), position=11), "above the bot"),
        (RoleFacts(RoleId(1), position=8), "above you"),
        (RoleFacts(RoleId(1), position=9), "above you"),
    ],
)
def test_roles_that_would_be_an_elevator_to_power(facts: RoleFacts, why: str) -> None:
    with pytest.raises(RoleRefused) as refusal:
        check_mapping(facts, 10, 8)
    assert refusal.value.why == why


def test_a_plain_role_below_both_is_taken() -> None:
    check_mapping(RoleFacts(RoleId(1), position=7), 10, 8)


@pytest.mark.parametrize(
    ("seats", "both"),
    [
        ((FUNDER,), False),
        ((FUNDER, EXPERT), False),
        ((FUNDER, TOP), True),
        ((FUNDER, WATERER), True),
        ((TOP, WATERER), False),
        ((FUNDER, GIVER), False),
        ((SHG_OBSERVER, TOP), False),
        ((FUNDER, replace(TOP, seat="observer")), False),
    ],
)
def test_double_hats_are_flagged(seats: tuple[RoleMapping, ...], both: bool) -> None:
    assert double_hat(member("p", *seats), SHG) is both


def test_holding_a_seat() -> None:
    flo = member("flo", SHG_FACILITATOR)
    assert flo.sits_in == {SHG}
    assert member("ola", SHG_OBSERVER).sits_in == set()
    assert member("con", GIVER).sits_in == set()


def test_groups_are_found_or_named() -> None:
    assert PARTNERSHIP.stakeholders.id == SHG
    assert PARTNERSHIP.group(TLC).kind is GroupKind.TOP_LEVEL
    with pytest.raises(NotFound):
        PARTNERSHIP.group(GroupId(99))
    with pytest.raises(NotFound):
        replace(PARTNERSHIP, groups=()).of_kind(GroupKind.CELL)


def lost_at(partnership: Partnership, group: GroupId) -> list[RoleId]:
    return [m.role for m in partnership.mappings if m.lost and m.group == group]


def test_a_role_that_carries_another_seat_now_is_missing_where_it_was() -> None:
    moved = with_mapping(PARTNERSHIP, replace(FUNDER, group=TLC, seat="observer"))
    assert role_missing(moved, SHG)
    assert lost_at(moved, SHG) == [FUNDER.role]
    assert seats.member(moved, ANA.person, [FUNDER.role]).seats == (replace(FUNDER, group=TLC, seat="observer"),)
    assert not role_missing(with_mapping(moved, FUNDER), SHG), "the same role came back"
    assert not role_missing(with_mapping(moved, replace(EXPERT, role=RoleId(77))), SHG), "another took its place"


def test_an_unmapped_role_is_missing_also_when_it_carries_another_seat_later() -> None:
    moved = with_mapping(without_role(PARTNERSHIP, FUNDER.role), replace(FUNDER, group=TLC))
    assert lost_at(moved, SHG) == [FUNDER.role]
    assert lost_at(without_role(moved, FUNDER.role), TLC) == [FUNDER.role]


def test_a_seat_other_than_a_members_is_replaced_and_nothing_waits_for_it() -> None:
    moved = with_mapping(PARTNERSHIP, replace(SHG_FACILITATOR, seat="lead"))
    assert not any(m.lost for m in moved.mappings)


def test_one_role_takes_the_place_of_one() -> None:
    both = without_role(without_role(PARTNERSHIP, FUNDER.role), EXPERT.role)
    stand_in = replace(EXPERT, role=RoleId(77), name="new")
    assert lost_at(with_mapping(both, stand_in), SHG) == [FUNDER.role], "of the same class and organisation first"
    assert lost_at(with_mapping(both, replace(stand_in, organisation="None of them")), SHG) == [EXPERT.role]
    assert lost_at(with_mapping(both, FUNDER), SHG) == [EXPERT.role], "a role that comes back brings itself only"


def test_new_words_for_a_role_that_was_there_take_nobodys_place() -> None:
    lost = without_role(PARTNERSHIP, FUNDER.role)
    assert role_missing(with_mapping(lost, replace(EXPERT, organisation=FUNDER.organisation)), SHG)
