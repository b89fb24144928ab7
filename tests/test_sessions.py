"""Each session of a process is away, behind or ready by itself (PRO-11, RUN-2)."""

from bot.discord.sessions import Sessions
from bot.governance.shards import Shards

THREE = Shards(2, 4, 8)


def ready(*shards: int) -> Sessions:
    sessions = Sessions(THREE)
    for shard in shards:
        sessions.back(shard)
    sessions.caught_up(sessions.marks())
    return sessions


def state(sessions: Sessions) -> tuple[set[int], set[int]]:
    return set(sessions.ready), set(sessions.behind)


def test_one_session_after_the_other_becomes_ready_and_is_lost() -> None:
    sessions = ready(2, 3)
    assert state(sessions) == ({2, 3}, set())
    sessions.back(4)
    assert state(sessions) == ({2, 3}, {4})
    assert sessions.caught_up(sessions.marks())
    sessions.away(3)
    assert state(sessions) == ({2, 4}, set())
    assert [sessions.follows(shard << 22) for shard in range(8)] == [shard in {2, 4} for shard in range(8)]
    sessions.over()
    assert state(sessions) == (set(), set())
    assert not sessions.caught_up(sessions.marks())


def test_one_that_is_lost_while_it_catches_up_has_to_begin_anew() -> None:
    sessions = ready(2)
    for shard in (3, 4):
        sessions.back(shard)
    marks = sessions.marks()
    sessions.away(3)
    sessions.back(3)
    assert sessions.lived_through(marks) == {4}
    assert sessions.caught_up(marks)
    assert state(sessions) == ({2, 4}, {3})


def test_one_that_is_back_without_having_been_away_has_to_begin_anew_too() -> None:
    sessions = ready(2)
    sessions.back(3)
    marks = sessions.marks()
    sessions.back(3)
    assert not sessions.caught_up(marks)
    assert state(sessions) == ({2}, {3})
    sessions.back(2)
    assert state(sessions) == (set(), {2, 3})
