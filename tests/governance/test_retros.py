"""Retros by tables and properties: limits hold, phases only go forward, every state ends (LRN-1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.governance import authority, retros, retros_leading, retros_lessons, retros_writing
from bot.governance.authority import Act
from bot.governance.errors import (
    BadText,
    BadValue,
    LimitReached,
    NotEligible,
    NotFound,
    Refusal,
    TimePast,
    UnknownKey,
    WrongPhase,
)
from bot.governance.ids import GroupId, PartnershipId, PersonId, RoleId
from bot.governance.organisation import Group, GroupKind, Holding, Member, RoleMapping
from bot.governance.policy import genesis
from bot.governance.retros import FINAL, OPEN, PHASES, Carried, Progress, Retro, RetroPlan, RetroState, Word
from bot.governance.retros_leading import Doubt, Step
from bot.governance.retros_writing import Written
from tests.governance.scene import NOW

HERE, GROUP, OTHER = PartnershipId(1), GroupId(2), GroupId(3)
TERMS = retros.terms_of(genesis())
LIVE = retros.plan("4 Ls")
SLOW = retros.plan("start, stop, continue", pace=timedelta(days=1))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def seat(kind: str, group: GroupId | None = GROUP, stakeholder_class: str = "") -> RoleMapping:
    return RoleMapping(RoleId(7), group, kind, stakeholder_class)


def someone(name: str, *seats: RoleMapping) -> Member:
    return Member(PersonId(name), seats or (seat("member"),))


TOM, TIA, UMA = someone("tom", seat("facilitator")), someone("tia"), someone("uma")


def made(plan: RetroPlan = LIVE, captured: tuple[str, ...] = (), carried: tuple[Carried, ...] = ()) -> Retro:
    retro = retros.make(4, 4, HERE, GROUP, TOM.person, plan, TERMS, NOW)
    return retros.begin(retro, captured, carried, NOW)[0]


def at(state: RetroState, plan: RetroPlan = LIVE, texts: tuple[str, ...] = ("a", "b", "c", "d")) -> Retro:
    """A retro with these cards, brought to a phase."""
    retro = made(plan)
    for phase in PHASES[: PHASES.index(state)]:
        if phase is RetroState.GATHER:
            retro = retros_writing.reveal_cards(retro, [Written(t, 0, t) for t in texts])
        if phase is RetroState.VOTE:
            retro = retros_writing.count_dots(retro, [(1, 3), (2, 1), (1, 1)])
        retro, _ = retros.move_on(retro, NOW, "facilitator")
    return retro


DRAFT = retros.make(4, -4, HERE, GROUP, TOM.person, LIVE, TERMS, NOW, NOW + HOUR)
SCHEDULED, _ = retros.schedule(DRAFT, 4, NOW, TOM.person)


# ---- plans, and who may ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "columns", "refusal"),
    [
        ("five whys", (), UnknownKey),
        ("custom", (), BadValue),
        ("custom", ("a", "A"), BadValue),
        ("custom", ("a", "а\u200b"), BadValue),
        ("custom", tuple("abcdef"), BadValue),
        ("custom", ("x" * 41,), BadText),
        ("4 Ls", ("a",), BadValue),
    ],
)
def test_plans_that_cannot_be_kept_are_refused(template: str, columns: tuple[str, ...], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        retros.plan(template, columns)


def test_a_custom_plan_has_its_own_columns_and_a_pace_has_bounds() -> None:
    assert retros.plan("custom", (" What  helped ", "What hindered", "")).columns == ("What helped", "What hindered")
    for pace in (timedelta(minutes=9), timedelta(days=31)):
        with pytest.raises(BadValue):
            retros.plan("4 Ls", pace=pace)
    with pytest.raises(BadText):
        retros.plan("4 Ls", title="x" * 81)


@pytest.mark.parametrize(
    ("member", "led", "may"),
    [
        (TOM, True, True),
        (someone("lea", seat("lead")), True, True),
        (TIA, True, False),
        (TIA, False, True),
        (someone("oda", seat("observer")), False, False),
        (someone("fil", seat("facilitator", OTHER)), True, False),
        (someone("con", seat("contributor", None)), False, False),
    ],
)
def test_facilitators_and_leads_run_retros_and_members_where_there_are_none(
    member: Member, led: bool, may: bool
) -> None:
    holdings = [Holding(TOM.person, *TOM.seats)] if led else []
    assert authority.may(member, Act.RUN_RETRO, GROUP, holdings) is may


@pytest.mark.parametrize(
    ("member", "private", "may"),
    [
        (TIA, False, True),
        (someone("con", seat("contributor", None)), False, True),
        (someone("cal", seat("member", OTHER)), False, True),
        (someone("cal", seat("member", OTHER)), True, False),
        (TIA, True, True),
        (someone("oda", seat("observer")), False, False),
        (Member(PersonId("nia")), False, False),
    ],
)
def test_everyone_with_a_seat_takes_part_but_observers(member: Member, private: bool, may: bool) -> None:
    group = Group(GROUP, GroupKind.CELL, "Gardens", private=private)
    if may:
        authority.check(member, Act.TAKE_PART_IN_RETRO, group)
    else:
        with pytest.raises(NotEligible):
            authority.check(member, Act.TAKE_PART_IN_RETRO, group)


def test_who_leads_by_seat_is_found_facilitators_first() -> None:
    holdings = [
        Holding(PersonId("lea"), seat("lead")),
        Holding(PersonId("tom"), seat("facilitator")),
        Holding(PersonId("fil"), seat("facilitator", OTHER)),
        Holding(PersonId("tom"), seat("lead")),
    ]
    assert authority.leaders(GROUP, holdings) == ("tom", "lea")


# ---- phases and time -------------------------------------------------------------------------------


def test_the_phases_follow_one_another() -> None:
    seen = [state for state in PHASES if at(state).state is state]
    assert seen == list(PHASES)
    assert retros.following(at(RetroState.ACTIONS)) is RetroState.CLOSED


def test_without_a_card_there_is_nothing_to_group_vote_on_or_discuss() -> None:
    assert retros.following(at(RetroState.GATHER)) is RetroState.ACTIONS
    brought = replace(made(captured=("kept",)), state=RetroState.GATHER)
    assert retros.following(retros_writing.reveal_cards(brought, [])) is RetroState.GROUP


def test_a_slow_retro_has_a_deadline_for_each_phase_and_a_live_one_none() -> None:
    assert at(RetroState.VOTE, SLOW).deadline_at == NOW + DAY
    assert at(RetroState.VOTE).deadline_at is None


def test_a_pause_moves_the_deadline_by_its_length_and_refuses_writing() -> None:
    retro, _ = retros_leading.pause(at(RetroState.GATHER, SLOW), TOM, NOW + HOUR)
    with pytest.raises(WrongPhase, match="paused"):
        retros_writing.check_card(retro, 0, "words", 0)
    assert retro.due_at == NOW + HOUR + retros.MOST_PAUSE
    resumed, _ = retros_leading.resume(retro, NOW + 6 * HOUR)
    assert resumed.deadline_at == NOW + DAY + 5 * HOUR
    with pytest.raises(WrongPhase):
        retros_leading.resume(resumed, NOW)
    with pytest.raises(WrongPhase):
        retros_leading.pause(retro, TOM, NOW)


def test_a_deadline_that_was_over_before_the_pause_stays_over() -> None:
    retro, _ = retros_leading.add_time(at(RetroState.GATHER), timedelta(minutes=5), TOM, NOW)
    paused, _ = retros_leading.pause(retro, TOM, NOW + HOUR)
    assert retros_leading.resume(paused, NOW + 2 * HOUR)[0].deadline_at == NOW + timedelta(minutes=5)


def test_only_the_facilitator_leads() -> None:
    retro = at(RetroState.DISCUSS)
    for act in (
        lambda: retros_leading.pause(retro, TIA, NOW),
        lambda: retros_leading.cancel(retro, "", TIA, NOW),
        lambda: retros_leading.add_time(retro, HOUR, TIA, NOW),
        lambda: retros_writing.go_on(retro, 1, Progress.DISCUSSED, TIA, NOW),
    ):
        with pytest.raises(NotEligible):
            act()


def test_a_timer_is_set_from_now_or_set_on_and_reaches_so_far() -> None:
    retro, _ = retros_leading.add_time(at(RetroState.GATHER), timedelta(minutes=5), TOM, NOW)
    retro, _ = retros_leading.add_time(retro, timedelta(minutes=5), TOM, NOW)
    assert retro.deadline_at == NOW + timedelta(minutes=10)
    assert retros_leading.add_time(retro, HOUR, TOM, NOW + DAY)[0].deadline_at == NOW + DAY + HOUR
    with pytest.raises(LimitReached):
        retros_leading.add_time(retro, timedelta(days=61), TOM, NOW)


# ---- the facilitator disappears --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("retro", "later", "successors", "seated", "step"),
    [
        (at(RetroState.GATHER), 23 * HOUR, ("lea",), True, Step.NOTHING),
        (at(RetroState.GATHER), DAY, ("lea",), True, Step.HAND_OVER),
        (at(RetroState.GATHER), DAY, ("tom",), True, Step.MOVE_ON),
        (at(RetroState.GATHER), DAY, (), True, Step.MOVE_ON),
        (replace(at(RetroState.GATHER), silent=(PersonId("lea"),)), DAY, ("lea",), True, Step.MOVE_ON),
        (replace(at(RetroState.GATHER), deadline_at=NOW + HOUR), HOUR, (), True, Step.RING),
        (replace(at(RetroState.GATHER), deadline_at=NOW + HOUR, rung=True), 2 * HOUR, (), True, Step.NOTHING),
        (replace(at(RetroState.GATHER), deadline_at=NOW + HOUR, rung=True), 25 * HOUR, (), True, Step.MOVE_ON),
        (at(RetroState.GATHER, SLOW), DAY, ("lea",), True, Step.MOVE_ON),
        (at(RetroState.GATHER, SLOW), 23 * HOUR, ("lea",), True, Step.NOTHING),
        (replace(at(RetroState.GATHER, SLOW), gone_at=NOW), HOUR, ("lea",), False, Step.HAND_OVER),
        (replace(at(RetroState.GATHER, SLOW), gone_at=NOW), HOUR, ("lea",), True, Step.STAY),
        (replace(at(RetroState.GATHER, SLOW), gone_at=NOW), HOUR, (), False, Step.STAY),
        (
            replace(at(RetroState.GATHER), gone_at=NOW, terms=replace(TERMS, hand_over=False)),
            HOUR,
            ("lea",),
            False,
            Step.STAY,
        ),
        (replace(at(RetroState.GATHER), terms=replace(TERMS, hand_over=False)), DAY, ("lea",), True, Step.MOVE_ON),
        (replace(at(RetroState.GATHER), paused_at=NOW), DAY, ("lea",), True, Step.NOTHING),
        (replace(at(RetroState.GATHER), paused_at=NOW), 30 * DAY, ("lea",), True, Step.RESUME),
        (SCHEDULED, HOUR, (), True, Step.BEGIN),
        (DRAFT, HOUR, (), True, Step.FORGET),
        (retros.forget(DRAFT, NOW), HOUR, (), True, Step.NOTHING),
        (replace(made(), state=RetroState.CLOSED), 99 * DAY, (), True, Step.NOTHING),
    ],
)
def test_what_the_sweep_does(
    retro: Retro, later: timedelta, successors: tuple[str, ...], seated: bool, step: Step
) -> None:
    assert retros_leading.due_step(retro, map(PersonId, successors), seated, NOW + later) is step


def test_whoever_leads_by_seat_takes_over_at_any_time_and_members_only_when_needed() -> None:
    retro = at(RetroState.GATHER)
    lea = someone("lea", seat("lead"))
    led, leaderless = [Holding(lea.person, *lea.seats)], [Holding(TIA.person, *TIA.seats)]
    assert retros_leading.may_take_over(retro, lea, led, NOW)
    assert not retros_leading.may_take_over(retro, TOM, led, NOW)
    assert not retros_leading.may_take_over(retro, TIA, led, NOW + 99 * DAY)
    assert not retros_leading.may_take_over(retro, TIA, leaderless, NOW)
    assert retros_leading.may_take_over(retro, TIA, leaderless, NOW + DAY)
    assert retros_leading.may_take_over(replace(retro, gone_at=NOW), TIA, leaderless, NOW)


# ---- writing, grouping, voting ---------------------------------------------------------------------


def test_a_card_has_a_column_a_length_and_a_limit() -> None:
    retro = at(RetroState.GATHER)
    assert retros_writing.check_card(retro, 3, " words ", 29) == "words"
    with pytest.raises(LimitReached):
        retros_writing.check_card(retro, 0, "words", 30)
    with pytest.raises(BadValue):
        retros_writing.check_card(retro, 4, "words", 0)
    for text in ("", " ", "x" * 301):
        with pytest.raises(BadText):
            retros_writing.check_card(retro, 0, text, 0)
    for state in set(PHASES) - {RetroState.GATHER, RetroState.GROUP}:
        with pytest.raises(WrongPhase):
            retros_writing.check_card(at(state), 0, "words", 0)


def test_cards_are_revealed_in_the_order_of_the_alphabet_whoever_wrote_them_when() -> None:
    written = [Written(f"{n}", column, text) for n, (column, text) in enumerate([(1, "z"), (0, "b"), (0, "A")])]
    one = retros_writing.reveal_cards(at(RetroState.GATHER), written)
    other = retros_writing.reveal_cards(at(RetroState.GATHER), written[::-1])
    assert one == other
    assert [card.text for card in one.cards] == ["A", "b", "z"]
    assert [card.id for card in one.cards] == [1, 2, 3]


def test_what_was_captured_and_carried_over_joins_the_cards() -> None:
    retro = replace(made(captured=("y", "x"), carried=(Carried("Old", ("one", "two")),)), state=RetroState.GATHER)
    shown = retros_writing.reveal_cards(retro, [Written("s", 0, "new")])
    assert [(card.id, card.column, card.text) for card in shown.cards] == [
        (1, "Liked", "new"),
        (2, retros_writing.CAPTURED, "x"),
        (3, retros_writing.CAPTURED, "y"),
        (4, retros_writing.CARRIED_OVER, "one"),
        (5, retros_writing.CARRIED_OVER, "two"),
    ]
    assert shown.topics[-1].cards == (4, 5)
    assert shown.topics[-1].title == "Old"


def test_merging_twice_changes_nothing_and_tells_what_stands() -> None:
    retro = at(RetroState.GROUP)
    once, first = retros_writing.merge(retro, [1], 2)
    twice, second = retros_writing.merge(once, [1], 2)
    assert once == twice
    assert (first.moved, second.moved) == (1, 0)
    assert second.topic.cards == (1, 2)
    other, third = retros_writing.merge(once, [1], 3)
    assert other == once, "who wanted 1 elsewhere finds it with 2, and does not drag 2 along"
    assert [topic.id for topic in third.elsewhere] == [2]
    into, _ = retros_writing.merge(once, [3], 1)
    found = into.topic_of(3)
    assert found is not None
    assert found.cards == (1, 2, 3), "what was to be joined stands in another topic by now, and is joined there"
    with pytest.raises(NotFound):
        retros_writing.merge(retro, [9], 1)


@given(st.data())
def test_every_card_stands_in_exactly_one_topic_whatever_is_merged_and_split(data: st.DataObject) -> None:
    retro = at(RetroState.GROUP, texts=tuple("abcdefg"))
    ids = st.integers(1, 7)
    for _ in range(data.draw(st.integers(0, 12))):
        if data.draw(st.booleans()):
            retro, _ = retros_writing.merge(retro, data.draw(st.lists(ids, max_size=3)), data.draw(ids))
        else:
            retro = retros_writing.split_off(retro, data.draw(ids))
        assert sorted(card for topic in retro.topics for card in topic.cards) == list(range(1, 8))
        assert all(topic.id in topic.cards for topic in retro.topics)
        assert len({topic.id for topic in retro.topics}) == len(retro.topics)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(-1, 6)), max_size=30))
def test_dots_never_exceed(acts: list[tuple[int, int]]) -> None:
    retro = at(RetroState.VOTE)
    given_dots: dict[int, int] = {}
    for topic, dots in acts:
        try:
            retros_writing.check_dots(retro, given_dots, topic, dots)
        except Refusal:
            continue
        given_dots[topic] = dots
        assert sum(given_dots.values()) <= TERMS.dots
        assert all(0 <= each <= TERMS.dots_per_topic for each in given_dots.values())
        assert set(given_dots) <= {1, 2, 3, 4}


def test_topics_are_discussed_by_their_dots_and_parked_ones_come_back() -> None:
    retro = at(RetroState.DISCUSS)
    assert [topic.id for topic in retros.agenda(retro)] == [1, 2]
    assert retro.current == 1
    retro = retros_writing.go_on(retro, 1, Progress.PARKED, TOM, NOW)
    assert retros_writing.go_on(retro, 1, Progress.SKIPPED, TOM, NOW) == retro, "a second press"
    assert retro.current == 2
    assert [each.texts for each in retros_writing.left_over(retro)] == [("a",), ("b",)]
    retro = retros_writing.go_on(retro, 2, Progress.DISCUSSED, TOM, NOW)
    assert retro.current is None
    assert [each.texts for each in retros_writing.left_over(retro)] == [("a",)]


def test_more_time_is_taken_three_times_for_a_topic() -> None:
    retro = at(RetroState.DISCUSS)
    with pytest.raises(WrongPhase):
        retros_writing.check_more_time(retro)
    retro, _ = retros_leading.add_time(retro, timedelta(minutes=5), TOM, NOW)
    for _ in range(3):
        retro = retros_writing.extend(retro, NOW)
    assert retro.deadline_at == NOW + timedelta(minutes=20)
    with pytest.raises(LimitReached):
        retros_writing.extend(retro, NOW)
    following = retros_writing.go_on(retro, 1, Progress.DISCUSSED, TOM, NOW + HOUR)
    assert following.deadline_at == NOW + HOUR + timedelta(minutes=5), "as much as was given to the last one"


@pytest.mark.parametrize(("people", "needed"), [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3), (101, 51)])
def test_more_than_half(people: int, needed: int) -> None:
    assert retros_writing.majority(people) == needed


# ---- lessons ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("classes", "shown"),
    [
        ([], ()),
        (["a"] * 3, (("a", 3),)),
        (["a"] * 4 + ["b"], (("others", 5),)),
        (["a"] * 4 + ["b", "c", "d"], (("a", 4), ("others", 3))),
        (["a"] * 5 + ["b"] * 3 + ["c"], (("a", 5), ("others", 4))),
        (["a", "b"], (("others", 2),)),
        (["Expert", "expert", "ЕXPERT", "Friend", "friend", "FRIEND"], (("Expert", 3), ("FRIEND", 3))),
    ],
)
def test_classes_are_counted_so_that_nobody_stands_out(classes: list[str], shown: tuple[tuple[str, int], ...]) -> None:
    assert retros_lessons.by_class(classes) == shown


@given(st.lists(st.sampled_from("abcdef"), min_size=3))
def test_no_class_of_fewer_than_three_is_ever_told(classes: list[str]) -> None:
    shown = retros_lessons.by_class(classes)
    assert sum(count for _, count in shown) == len(classes)
    assert all(count >= 3 for _, count in shown)


def test_a_closed_retro_names_nobody_who_wrote() -> None:
    named = at(RetroState.ACTIONS, retros.plan("4 Ls", named=True))
    named = replace(
        named,
        words=(Word("b", PersonId("tia")), Word("a", PersonId("uma"))),
        cards=tuple(replace(card, author=PersonId("tia")) for card in named.cards),
    )
    closed, (event,) = retros_lessons.close(named, ["x"] * 3, NOW, "facilitator", PersonId("tom"))
    assert "tia" not in repr(closed)
    assert "uma" not in repr(event)
    assert [word.text for word in closed.words] == ["a", "b"]
    lessons = retros_lessons.lessons(closed)
    assert event.data["digest"] == retros_lessons.digest(lessons)


def test_nobody_took_part_and_there_are_no_lessons() -> None:
    closed, (event,) = retros_lessons.close(made(captured=("kept",)), [], NOW, "silence")
    assert closed.state is RetroState.CLOSED
    assert "lessons" not in event.data
    assert closed.captured == ("kept",)


def test_a_cancelled_retro_keeps_nothing_that_was_written_in_it() -> None:
    retro = replace(at(RetroState.VOTE), captured=("kept",))
    cancelled, _ = retros_leading.cancel(retro, "  too few  ", TOM, NOW)
    assert (cancelled.cards, cancelled.topics, cancelled.words) == ((), (), ())
    assert cancelled.captured == ("kept",)
    assert cancelled.reason == "too few"
    with pytest.raises(WrongPhase):
        retros_leading.cancel(cancelled, "", TOM, NOW)


# ---- every state ends ------------------------------------------------------------------------------


@given(
    plan=st.sampled_from([LIVE, SLOW]),
    hand_over=st.booleans(),
    successors=st.lists(st.sampled_from(["lea", "lou", "tom"]), unique=True, max_size=3),
    acts=st.lists(st.sampled_from(["pause", "time", "sweep", "late", "gone", "next"]), max_size=20),
)
def test_phases_only_go_forward_and_every_retro_ends_by_itself(
    plan: RetroPlan, hand_over: bool, successors: list[str], acts: list[str]
) -> None:
    retro = replace(made(plan), terms=replace(TERMS, hand_over=hand_over))
    people = [PersonId(each) for each in successors]
    order = [*PHASES, RetroState.CLOSED]
    now = NOW

    def swept(retro: Retro) -> Retro:
        match retros_leading.due_step(retro, people, retro.gone_at is None, now):
            case Step.RESUME:
                return retros_leading.resume(retro, now)[0]
            case Step.RING:
                return replace(retro, rung=True, acted_at=now)
            case Step.STAY:
                return replace(retro, gone_at=None)
            case Step.HAND_OVER:
                chosen = retros_leading.successor(retro, people)
                assert chosen is not None
                return retros_leading.hand_over(retro, chosen, "silence", now)[0]
            case Step.MOVE_ON:
                if retros.following(retro) is RetroState.CLOSED:
                    return retros_lessons.close(retro, [], now, "silence")[0]
                return retros.move_on(retro, now, "silence")[0]
        return retro

    for act in acts:
        before = retro.state
        leader = Member(retro.facilitator, (seat("facilitator"),))
        try:
            match act:
                case "pause":
                    retro, _ = retros_leading.pause(retro, leader, now)
                case "time":
                    retro, _ = retros_leading.add_time(retro, timedelta(minutes=5), leader, now)
                case "gone":
                    retro = replace(retro, gone_at=now) if retro.runs else retro
                case "next" if retro.runs and retros.following(retro) is not RetroState.CLOSED:
                    retros.check_phase(retro, "move on", *PHASES)
                    retro, _ = retros.move_on(retro, now, "facilitator")
                case "late":
                    now += 3 * HOUR
                case "sweep":
                    retro = swept(retro)
        except Refusal:
            continue
        assert order.index(retro.state) >= order.index(before)
    for _ in range(60):
        if retro.state in FINAL:
            break
        assert retro.due_at is not None
        now = max(now, retro.due_at)
        retro = swept(retro)
    assert retro.state is RetroState.CLOSED


def test_a_state_is_open_or_final() -> None:
    assert set(RetroState) == OPEN | FINAL | {RetroState.DRAFT}


def test_a_draft_is_scheduled_once_and_not_for_a_time_that_is_over() -> None:
    assert SCHEDULED.number == 4
    assert SCHEDULED.due_at == NOW + HOUR
    with pytest.raises(WrongPhase):
        retros.schedule(SCHEDULED, 5, NOW, None)
    with pytest.raises(TimePast):
        retros.schedule(DRAFT, 4, NOW + HOUR, None)


# ---- a question first, a step back, cards that come late -----------------------------------------------------


@pytest.mark.parametrize(
    ("retro", "written", "voted", "found"),
    [
        (SCHEDULED, None, False, Doubt.EARLY),
        (replace(SCHEDULED, starts_at=NOW), None, False, Doubt.NONE),
        (at(RetroState.CHECK_IN), timedelta(0), False, Doubt.NONE),
        (at(RetroState.GATHER), None, False, Doubt.NONE),
        (at(RetroState.GATHER), timedelta(0), False, Doubt.WRITING),
        (at(RetroState.GATHER), timedelta(seconds=119), False, Doubt.WRITING),
        (at(RetroState.GATHER), timedelta(minutes=2), False, Doubt.NONE),
        (at(RetroState.GROUP), timedelta(seconds=1), False, Doubt.WRITING),
        (at(RetroState.VOTE), timedelta(0), False, Doubt.NONE),
        (at(RetroState.VOTE), None, True, Doubt.COUNT),
        (at(RetroState.DISCUSS), None, False, Doubt.TOPICS),
        (replace(at(RetroState.DISCUSS), topics=(), current=None), None, False, Doubt.NONE),
        (at(RetroState.ACTIONS), None, False, Doubt.CLOSE),
    ],
)
def test_next_asks_first_where_others_may_not_be_done_or_nothing_leads_back(
    retro: Retro, written: timedelta | None, voted: bool, found: Doubt
) -> None:
    assert retros_leading.doubt(retro, None if written is None else NOW - written, voted, NOW) is found


def unvoted() -> Retro:
    """A discussion that began before anybody had voted."""
    return retros.move_on(retros_writing.count_dots(at(RetroState.VOTE), []), NOW, "facilitator")[0]


def cardless() -> Retro:
    """Nobody wrote a card: from the writing it went on to the actions."""
    return retros.move_on(at(RetroState.GATHER), NOW, "facilitator")[0]


@pytest.mark.parametrize(
    ("retro", "before"),
    [
        (at(RetroState.CHECK_IN), None),
        (at(RetroState.GATHER), RetroState.CHECK_IN),
        (at(RetroState.GROUP), RetroState.GATHER),
        (at(RetroState.VOTE), RetroState.GROUP),
        (unvoted(), RetroState.VOTE),
        (at(RetroState.DISCUSS), None),
        (retros_writing.note(unvoted(), 1, "A note"), None),
        (retros.add_action(unvoted(), "Do it", None, None), None),
        (at(RetroState.ACTIONS), None),
        (cardless(), RetroState.GATHER),
        (retros.add_action(cardless(), "Do it", None, None), None),
    ],
)
def test_one_step_back_leads_to_the_phase_before_until_somebody_has_voted(
    retro: Retro, before: RetroState | None
) -> None:
    for voted in (False, True):
        if before is None or voted:
            with pytest.raises(WrongPhase):
                retros_leading.step_back(retro, voted, NOW, TOM.person)
            continue
        back, (event,) = retros_leading.step_back(retro, voted, NOW, TOM.person)
        assert (back.state, back.current) == (before, None)
        assert (event.data["phase"], event.data["why"]) == (before.value, "back")
        assert back.cards == retro.cards, "what was shown stays shown"
    with pytest.raises(WrongPhase):
        retros_leading.step_back(replace(retro, paused_at=NOW), False, NOW, TOM.person)


def test_after_a_step_back_new_cards_join_and_nothing_is_shown_twice() -> None:
    begun = made(captured=("captured",), carried=(Carried("left over", ("x", "y")),))
    gather, _ = retros.move_on(retros_writing.reveal_words(begun, [Word("fine")]), NOW, "facilitator")
    shown = retros_writing.reveal_cards(gather, [Written("1", 0, "first"), Written("2", 1, "second")])
    shown = retros_writing.rename(retros.move_on(shown, NOW, "facilitator")[0], 1, "Named")
    back, _ = retros_leading.step_back(shown, False, NOW, TOM.person)
    again = retros_writing.reveal_cards(back, [Written("1", 0, "third"), Written("2", 0, "first")])
    assert [card.text for card in again.cards] == [*(card.text for card in shown.cards), "third"]
    assert again.topics[: len(shown.topics)] == shown.topics
    assert len({card.id for card in again.cards}) == len(again.cards)
    words = retros_writing.reveal_words(retros_leading.step_back(back, False, NOW, TOM.person)[0], [Word("awake")])
    assert [word.text for word in words.words] == ["awake", "fine"]


def test_a_card_that_comes_while_they_are_put_together_is_a_topic_of_its_own() -> None:
    late = retros_writing.add_card(at(RetroState.GROUP), 1, "late", None)
    assert (late.cards[-1].text, late.cards[-1].column) == ("late", LIVE.columns[1])
    assert late.topics[-1].cards == (late.cards[-1].id,)
    assert retros_writing.add_card(late, 1, "late", None) == late
    assert retros_writing.check_card(late, 0, " x ", 0) == "x"
    for state in (RetroState.CHECK_IN, RetroState.VOTE, RetroState.DISCUSS):
        with pytest.raises(WrongPhase):
            retros_writing.check_card(at(state), 0, "x", 0)


def test_more_time_on_the_same_deadline_is_given_once() -> None:
    retro = at(RetroState.DISCUSS)
    once, events = retros_leading.add_time(retro, HOUR, TOM, NOW, None, any_=False)
    assert (once.deadline_at, len(events)) == (NOW + HOUR, 1)
    assert retros_leading.add_time(once, HOUR, TOM, NOW, None, any_=False) == (once, ())
    twice, _ = retros_leading.add_time(once, HOUR, TOM, NOW, once.deadline_at, any_=False)
    assert twice.deadline_at == NOW + HOUR * 2


def test_a_plan_that_nobody_confirmed_is_forgotten_when_its_time_comes() -> None:
    assert DRAFT.due_at == NOW + HOUR
    assert retros_leading.due_step(DRAFT, (), True, NOW) is Step.NOTHING
    assert retros_leading.due_step(DRAFT, (), True, NOW + HOUR) is Step.FORGET
    gone = retros.forget(replace(DRAFT, plan=replace(LIVE, title="Our secret plan")), NOW + HOUR)
    assert "secret" not in repr(gone)
    assert gone.due_at is None
    with pytest.raises(TimePast):
        retros.schedule(gone, 4, NOW + HOUR, TOM.person)
