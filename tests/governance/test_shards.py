"""Which servers one process serves (RUN-2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance.shards import EVERYTHING, BadShards, Shards, read_shards, shard_of

SERVERS = st.integers(min_value=1, max_value=2**63 - 1)


@st.composite
def ranges(draw: st.DrawFn) -> Shards:
    count = draw(st.integers(1, 40))
    first = draw(st.integers(0, count - 1))
    return Shards(first, draw(st.integers(first, count - 1)), count)


@pytest.mark.parametrize(
    ("text", "shards"),
    [("0-3/16", Shards(0, 3, 16)), (" 5/16 ", Shards(5, 5, 16)), ("0/1", EVERYTHING), ("0-15/16", Shards(0, 15, 16))],
)
def test_a_range_is_read(text: str, shards: Shards) -> None:
    assert read_shards(text) == shards


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", ("unreadable",)),
        ("3", ("unreadable",)),
        ("-1/4", ("unreadable",)),
        ("0-3/16 and 5/16", ("unreadable",)),
        ("٠/٤", ("unreadable",)),
        ("0/0", ("none",)),
        ("3-1/4", ("backwards", 3, 1)),
        ("0-4/4", ("beyond", 4, 4, 3)),
        ("4/4", ("beyond", 4, 4, 3)),
    ],
)
def test_what_is_no_range_is_refused(text: str, why: tuple[object, ...]) -> None:
    with pytest.raises(BadShards) as refused:
        read_shards(text)
    assert (refused.value.why, *refused.value.numbers) == why


@given(ranges())
def test_written_and_read_again_it_is_the_same(shards: Shards) -> None:
    assert read_shards(str(shards)) == shards
    assert shards.everything == (len(shards.ids) == shards.count)


def test_discords_own_rule() -> None:
    assert shard_of(81384788765712384, 1) == 0
    assert shard_of(81384788765712384, 16) == (81384788765712384 >> 22) % 16
    assert [shard_of(number << 22, 3) for number in range(6)] == [0, 1, 2, 0, 1, 2]


@given(ranges(), ranges(), SERVERS)
def test_processes_that_may_run_at_once_share_no_server(one: Shards, other: Shards, guild: int) -> None:
    assert one.may_run_beside(other) == other.may_run_beside(one)
    if one.may_run_beside(other):
        assert not (one.holds(guild) and other.holds(guild))
    assert not one.may_run_beside(one)


@given(st.integers(2, 40), SERVERS, st.data())
def test_ranges_that_follow_each_other_leave_no_server_out(count: int, guild: int, data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, count - 1))
    low, high = Shards(0, cut - 1, count), Shards(cut, count - 1, count)
    assert low.may_run_beside(high)
    assert low.holds(guild) != high.holds(guild)
    assert not EVERYTHING.may_run_beside(low)
