"""Retros kept on real databases: what is sealed, what is revealed, and what is left when it is over (LRN-1)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete

from bot.governance import retros as rules
from bot.governance.errors import (
    AlreadyDone,
    BadText,
    LimitReached,
    NotEligible,
    NotFound,
    TimePast,
    TimeUnclear,
    WrongPhase,
)
from bot.governance.ids import GroupId
from bot.governance.retros import Progress, Retro, RetroPlan, RetroState
from bot.governance.retros_leading import Doubt
from bot.services import erasures, retros, retros_leading, retros_sealed, retros_views, retros_writing, roles
from bot.services import sweep as sweeping
from bot.services.ports.context import Actor
from bot.services.retros import Later
from bot.services.retros_views import RetroView
from storage.tables import session_keys
from tests.services.scene import (
    ADA,
    BEN,
    CAL,
    CELL,
    CLEO,
    CORE,
    CORE_RULER,
    ELSEWHERE,
    GUILD,
    HERE,
    NIA,
    ODA,
    QUIET,
    QUINN,
    RAY,
    TIA,
    TLC,
    TOM,
    UMA,
    Scene,
)

LIVE = rules.plan("start, stop, continue")
SLOW = rules.plan("4 Ls", pace=timedelta(days=1))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Retros:
    """What the tests do again and again."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.ctx = scene, scene.ctx

    async def start(self, plan: RetroPlan = LIVE, who: int = TOM, group: GroupId = TLC) -> int:
        return (await retros.start(self.ctx, self.scene.actor(who), HERE, group, plan)).retro.id

    async def go(self, held: int, to: RetroState, who: int = TOM) -> Retro:
        """The facilitator moves it on to a phase."""
        while (retro := await self.get(held)).state is not to:
            await retros.next_phase(self.ctx, self.scene.actor(who), held, retro.state)
        return retro

    async def write(self, held: int, who: int, *texts: str) -> None:
        for text in texts:
            await retros_writing.write(self.ctx, self.scene.actor(who), held, 0, text)

    async def get(self, held: int) -> Retro:
        async with self.ctx.uow.read() as tx:
            return await tx.of(Retro).get(held)

    async def latest(self) -> Retro:
        async with self.ctx.uow.read() as tx:
            return (await tx.of(Retro).list(HERE, rules.OPEN))[0]

    def __getitem__(self, who: int) -> Actor:
        return self.scene.actor(who)

    async def tables(self) -> dict[str, list[str]]:
        return await self.scene.tables()

    async def grouped(self, *texts: str) -> int:
        """A retro with these cards, being put together."""
        held = await self.start()
        await self.go(held, RetroState.GATHER)
        await self.write(held, TIA, *texts)
        await self.go(held, RetroState.GROUP)
        return held


@pytest.fixture
def town(scene: Scene) -> Retros:
    return Retros(scene)


# ---- who may ---------------------------------------------------------------------------------------


async def test_who_may_start_and_who_may_not(town: Retros) -> None:
    for who, why in ((TIA, "run retro"), (ADA, "run retro"), (NIA, "no seat")):
        with pytest.raises(NotEligible, match=why):
            await town.start(who=who)
    await town.start()
    await town.start(who=CAL, group=CELL)  # nobody facilitates the gardens
    with pytest.raises(NotFound):
        await town.start(who=TOM, group=QUIET)
    with pytest.raises(NotFound):
        await retros.start(town.ctx, replace(town[TOM], guild_id=ELSEWHERE), HERE, TLC, LIVE)


async def test_a_group_has_at_most_three_at_once(town: Retros) -> None:
    for _ in range(3):
        await town.start()
    with pytest.raises(LimitReached):
        await town.start()


async def test_observers_read_and_strangers_and_other_servers_see_nothing(town: Retros) -> None:
    held = await town.start()
    assert (await retros.show(town.ctx, town[ODA], held)).retro.id == held
    with pytest.raises(NotEligible, match="retro seat"):
        await retros_writing.join(town.ctx, town[ODA], held)
    with pytest.raises(NotEligible, match="no seat"):
        await retros.show(town.ctx, town[NIA], held)
    with pytest.raises(NotFound):
        await retros.show(town.ctx, replace(town[TOM], guild_id=ELSEWHERE), held)


async def test_a_private_groups_retro_is_its_own(town: Retros) -> None:
    held = await town.start(who=QUINN, group=QUIET)
    for who in (TOM, ADA):
        with pytest.raises(NotFound):
            await retros.show(town.ctx, town[who], held)
        assert await retros.list_retros(town.ctx, town[who], HERE) == ()
        with pytest.raises(NotFound):
            await retros_writing.capture(town.ctx, town[who], HERE, QUIET, "a thought")
    await retros_writing.join(town.ctx, town[RAY], held)
    assert [view.retro.id for view in await retros.list_retros(town.ctx, town[RAY], HERE)] == [held]


async def test_only_the_facilitator_leads(town: Retros) -> None:
    held = await town.start()
    acts = (
        lambda: retros.next_phase(town.ctx, town[TIA], held, RetroState.CHECK_IN),
        lambda: retros.pause(town.ctx, town[TIA], held),
        lambda: retros.resume(town.ctx, town[TIA], held),
        lambda: retros_leading.add_time(town.ctx, town[TIA], held, HOUR),
        lambda: retros.cancel(town.ctx, town[TIA], held, ""),
        lambda: retros.hand_over(town.ctx, town[TIA], held, town[TIA]),
        lambda: retros.leading(town.ctx, town[TIA], held),
        lambda: retros_writing.figures(town.ctx, town[TIA], held),
    )
    before = await town.tables()
    for act in acts:
        with pytest.raises(NotEligible, match="not the facilitator"):
            await act()
    assert await town.tables() == before


# ---- sealed until the reveal -----------------------------------------------------------------------


async def test_cards_are_hidden_changed_and_taken_back_until_the_reveal(town: Retros) -> None:
    held = await town.start()
    await town.go(held, RetroState.GATHER)
    await town.write(held, TIA, "one", "two")
    mine = await retros_writing.mine(town.ctx, town[TIA], held)
    assert [card.text for card in mine.cards] == ["one", "two"]
    assert (await retros_writing.mine(town.ctx, town[UMA], held)).cards == ()
    slot = mine.cards[0].slot
    await retros_writing.write(town.ctx, town[TIA], held, 2, "one, better", slot)
    with pytest.raises(NotFound):
        await retros_writing.write(town.ctx, town[UMA], held, 0, "mine now", slot)
    await retros_writing.remove(town.ctx, town[UMA], held, slot)  # removes nothing: it is not hers
    await retros_writing.remove(town.ctx, town[TIA], held, mine.cards[1].slot)
    assert (await town.get(held)).cards == ()
    retro = await town.go(held, RetroState.GROUP)
    assert [(card.column, card.text) for card in retro.cards] == [("Continue", "one, better")]
    with pytest.raises(WrongPhase):
        await retros_writing.remove(town.ctx, town[TIA], held, slot)


async def test_the_limit_holds_however_many_are_sent_at_once_and_the_same_card_is_kept_once(town: Retros) -> None:
    held = await town.start()
    await town.go(held, RetroState.GATHER)
    acts = [retros_writing.write(town.ctx, town[TIA], held, 0, f"card {n}") for n in range(35)]
    found = await asyncio.gather(*acts, return_exceptions=True)
    assert sum(isinstance(each, LimitReached) for each in found) == 5
    assert len((await retros_writing.mine(town.ctx, town[TIA], held)).cards) == 30
    await town.write(held, UMA, "twice", "twice")
    assert len((await retros_writing.mine(town.ctx, town[UMA], held)).cards) == 1


async def test_nothing_links_a_person_to_what_they_wrote_or_gave(town: Retros) -> None:
    held = await town.start()
    await retros_writing.check_in(town.ctx, town[TIA], held, "a telling word")
    await town.go(held, RetroState.GATHER)
    await town.write(held, TIA, "what only Tia knows")
    people = {who: await town.scene.person(who) for who in (TIA, TOM)}
    rows = [row for table in (await town.tables()).values() for row in table]
    assert not [row for row in rows if people[TIA] in row and ("telling" in row or "only Tia" in row)]
    await town.go(held, RetroState.GROUP)
    found = await town.tables()
    assert not [row for row in found["sealed"] if "retro/1'" in row], "what was revealed is sealed no more"
    assert len(found["session_keys"]) == 1, "the key of the cards died with the reveal"
    await town.go(held, RetroState.VOTE)
    await retros_writing.vote(town.ctx, town[TIA], held, 1, 3)
    await town.go(held, RetroState.DISCUSS)
    assert not [row for row in (await town.tables())["sealed"] if "dots" in row]
    await town.go(held, RetroState.CLOSED)
    found = await town.tables()
    assert found["sealed"] == []
    assert found["session_keys"] == []
    assert not [
        row
        for name in ("retros", "events", "payloads", "deliveries")
        for row in found[name]
        if people[TIA] in row and "seat gained" not in row
    ]
    assert (await town.get(held)).took_part == 1


async def test_a_named_retro_forgets_its_authors_when_it_closes(town: Retros) -> None:
    held = await town.start(rules.plan("4 Ls", named=True))
    await retros_writing.check_in(town.ctx, town[UMA], held, "fine")
    await town.go(held, RetroState.GATHER)
    await town.write(held, TIA, "signed")
    retro = await town.go(held, RetroState.GROUP)
    tia = await town.scene.person(TIA)
    assert retro.cards[0].author == tia
    assert retro.words[0].author == await town.scene.person(UMA)
    view = await retros.show(town.ctx, town[UMA], held)
    assert view.mention(tia) == f"<@{TIA}>"
    await town.go(held, RetroState.CLOSED)
    assert tia not in repr(await town.get(held))
    assert not [row for row in (await town.tables())["payloads"] if tia in row]


# ---- grouping, dots, discussion --------------------------------------------------------------------


async def test_two_people_merge_the_same_cards_at_once(town: Retros) -> None:
    held = await town.grouped("a", "b", "c")
    one, other = await asyncio.gather(
        retros_writing.merge(town.ctx, town[TIA], held, [1], 2), retros_writing.merge(town.ctx, town[UMA], held, [1], 2)
    )
    assert sorted([one[1].moved, other[1].moved]) == [0, 1]
    retro = await town.get(held)
    assert [topic.cards for topic in retro.topics] == [(1, 2), (3,)]
    _, third = await retros_writing.merge(town.ctx, town[UMA], held, [1], 3)
    assert [topic.id for topic in third.elsewhere] == [2]
    assert await town.get(held) == retro


async def test_twenty_people_merge_and_split_at_once_and_no_card_is_lost(town: Retros) -> None:
    held = await town.grouped(*(f"card {n:02}" for n in range(20)))
    acts = [retros_writing.merge(town.ctx, town[TIA if n % 2 else UMA], held, [n], n % 5 + 1) for n in range(1, 21)]
    await asyncio.gather(*acts, *(retros_writing.split_off(town.ctx, town[TIA], held, n) for n in (3, 7, 11)))
    cards = sorted(card for topic in (await town.get(held)).topics for card in topic.cards)
    assert cards == list(range(1, 21))


async def test_suggestions_follow_the_wording_and_merge_nothing(town: Retros) -> None:
    held = await town.grouped("Meetings run too long", "Our meetings run far too long", "Coffee", "Coffee!")
    before = await town.get(held)
    _, groups = await retros_writing.suggestions(town.ctx, town[UMA], held)
    texts = {card.id: card.text for card in before.cards}
    found = {tuple(sorted(texts[each] for each in group)) for group in groups}
    assert found == {("Coffee", "Coffee!"), ("Meetings run too long", "Our meetings run far too long")}
    assert await town.get(held) == before


async def test_dots_are_changed_and_never_exceed(town: Retros) -> None:
    held = await town.grouped("a", "b", "c")
    await town.go(held, RetroState.VOTE)
    found = await asyncio.gather(
        *(retros_writing.vote(town.ctx, town[TIA], held, topic, 3) for topic in (1, 2, 3)), return_exceptions=True
    )
    assert sum(isinstance(each, LimitReached) for each in found) == 2
    await retros_writing.vote(town.ctx, town[TIA], held, 1, 0)
    await retros_writing.vote(town.ctx, town[TIA], held, 2, 3)
    await retros_writing.vote(town.ctx, town[TIA], held, 2, 2)
    mine = await retros_writing.vote(town.ctx, town[TIA], held, 1, 3)
    kept = {topic: dots for topic, dots in mine.given.items() if topic in {1, 2}}
    assert sum(mine.given.values()) <= 5
    assert kept[1] == 3
    with pytest.raises(NotFound):
        await retros_writing.vote(town.ctx, town[TIA], held, 9, 1)
    assert all(topic.dots == 0 for topic in (await town.get(held)).topics), "hidden until the vote is closed"
    retro = await town.go(held, RetroState.DISCUSS)
    assert sum(topic.dots for topic in retro.topics) == sum(mine.given.values())


async def test_more_than_half_of_those_who_take_part_get_more_time(town: Retros) -> None:
    held = await town.grouped("a")
    for who in (UMA, ADA):
        await retros_writing.join(town.ctx, town[who], held)
    await town.go(held, RetroState.DISCUSS)
    with pytest.raises(WrongPhase):
        await retros_writing.more_time(town.ctx, town[TIA], held)
    await retros_leading.add_time(town.ctx, town[TOM], held, timedelta(minutes=5))
    first = await retros_writing.more_time(town.ctx, town[TIA], held)
    again = await retros_writing.more_time(town.ctx, town[TIA], held)
    assert (first.wanted, again.wanted, first.needed) == (1, 1, 2)
    second = await retros_writing.more_time(town.ctx, town[UMA], held)
    assert second.extended
    assert (await town.get(held)).deadline_at == town.scene.clock.now + timedelta(minutes=10)


async def test_notes_and_topics_pass_one_after_the_other(town: Retros) -> None:
    held = await town.grouped("a", "b")
    await town.go(held, RetroState.DISCUSS)
    await retros_writing.note(town.ctx, town[UMA], held, 1, "Said once.")
    with pytest.raises(BadText):
        await retros_writing.note(town.ctx, town[UMA], held, 1, " ")
    await retros.next_topic(town.ctx, town[TOM], held, 1, Progress.DISCUSSED)
    await retros.next_topic(town.ctx, town[TOM], held, 1, Progress.DISCUSSED)  # a second press
    retro = await town.get(held)
    assert retro.current == 2
    assert retro.topics[0].notes == ("Said once.",)


# ---- actions, capture, carrying over ---------------------------------------------------------------


async def test_actions_are_owned_done_and_come_back_until_then(town: Retros) -> None:
    held = await town.grouped("a")
    await town.go(held, RetroState.ACTIONS)
    await retros_writing.add_action(town.ctx, town[UMA], held, "Plan a walk", town[TIA], "in 2 weeks")
    await retros_writing.add_action(town.ctx, town[UMA], held, "Buy a bell", None)
    planned_walk = (await town.get(held)).actions[0]
    assert planned_walk.due_at == town.scene.clock.now + 14 * DAY + 18 * HOUR
    with pytest.raises(TimePast):
        await retros_writing.add_action(town.ctx, town[UMA], held, "Too late", None, "2020-01-01 10:00")
    with pytest.raises(TimeUnclear) as unclear:
        await retros_writing.add_action(town.ctx, town[UMA], held, "One day", None, "sometime")
    assert unclear.value.text == "sometime", "told back as it was typed"
    with pytest.raises(NotEligible, match="owner without seat"):
        await retros_writing.add_action(town.ctx, town[UMA], held, "Sing", Actor(NIA, GUILD))
    await retros_writing.own_action(town.ctx, town[UMA], held, 2)
    with pytest.raises(AlreadyDone):
        await retros_writing.own_action(town.ctx, town[TIA], held, 2)
    await town.go(held, RetroState.CLOSED)
    again = await town.start()
    view = await retros.show(town.ctx, town[UMA], again)
    assert [(each.number, each.action.text) for each in view.earlier] == [(1, "Plan a walk"), (1, "Buy a bell")]
    with pytest.raises(NotEligible, match="action owner"):
        await retros_writing.finish_action(town.ctx, town[ADA], held, 1)
    await retros_writing.finish_action(town.ctx, town[TIA], held, 1)
    await retros_writing.finish_action(town.ctx, town[TOM], held, 2)
    with pytest.raises(AlreadyDone):
        await retros_writing.finish_action(town.ctx, town[TIA], held, 1)
    with pytest.raises(NotFound):
        await retros_writing.finish_action(town.ctx, town[TIA], held, 7)
    assert (await retros.show(town.ctx, town[UMA], again)).earlier == ()


async def test_the_capture_box_is_sealed_limited_and_emptied_by_the_next_retro(town: Retros) -> None:
    box = await retros_writing.capture(town.ctx, town[UMA], HERE, TLC, "between meetings")
    await retros_writing.capture(town.ctx, town[TIA], HERE, TLC, "another")
    await retros_writing.capture(town.ctx, town[TIA], HERE, CELL, "for the gardens")
    assert [card.text for card in box.cards] == ["between meetings"]
    gone = await retros_writing.capture(town.ctx, town[UMA], HERE, TLC, "rather not")
    slot = next(card.slot for card in gone.cards if card.text == "rather not")
    await retros_writing.uncapture(town.ctx, town[TIA], HERE, TLC, slot)  # not hers: nothing happens
    left = await retros_writing.uncapture(town.ctx, town[UMA], HERE, TLC, slot)
    assert [card.text for card in left.cards] == ["between meetings"]
    uma = await town.scene.person(UMA)
    assert not [row for row in (await town.tables())["sealed"] if uma in row]
    held = await town.start()
    assert (await town.get(held)).captured == ("another", "between meetings")
    found = await town.tables()
    assert [row for row in found["sealed"] if "capture/2" in row] == []
    assert len(found["session_keys"]) == 1, "that of the other group's box"
    retro = await town.go(held, RetroState.GROUP)
    assert [card.text for card in retro.cards] == ["another", "between meetings"]


async def test_what_is_captured_while_retros_begin_is_in_one_of_them_or_in_the_box(town: Retros) -> None:
    said, taken = set(), []
    for turn in range(4):
        mine = [(who, f"{turn}/{who}/{at}") for who in (TIA, UMA, TOM) for at in range(2)]
        said |= {text for _, text in mine}
        writing = [retros_writing.capture(town.ctx, town[who], HERE, TLC, text) for who, text in mine]
        begun = retros.start(town.ctx, town[TOM], HERE, TLC, LIVE)
        *_, held = await asyncio.gather(*writing[3:], *writing[:3], begun)
        assert isinstance(held, RetroView)
        await retros_writing.join(town.ctx, town[TIA], held.retro.id)
        taken += [card.text for card in (await town.go(held.retro.id, RetroState.CLOSED)).cards]
    async with town.ctx.uow.read() as tx:
        left = [retros_sealed.read_text(each) for each in await tx.seals.of("capture/2")]
    assert sorted([*taken, *left]) == sorted(said)


async def test_what_waits_for_the_next_retro_goes_into_one_of_two_that_begin_at_once(town: Retros) -> None:
    held = await town.grouped("a")
    await town.go(held, RetroState.VOTE)
    await retros_writing.vote(town.ctx, town[TIA], held, 1, 1)
    await town.go(held, RetroState.CLOSED)
    await retros_writing.capture(town.ctx, town[UMA], HERE, TLC, "between meetings")
    waiting = []
    for _ in range(2):
        draft, _ = await retros.plan_later(town.ctx, town[TOM], HERE, TLC, LIVE, Later("in 2 days at 18:00"))
        waiting.append((await retros.confirm(town.ctx, town[TOM], draft.retro.id)).retro.id)
    town.scene.clock.forward(3 * DAY)
    await asyncio.gather(*[sweeping.advance(town.ctx, retros.NOUN, each) for each in waiting * 2])
    both = [await town.get(each) for each in waiting]
    assert {retro.state for retro in both} == {RetroState.CHECK_IN}
    assert [text for retro in both for text in retro.captured] == ["between meetings"]
    assert [each.texts for retro in both for each in retro.carried] == [("a",)]


async def test_what_was_parked_or_not_reached_comes_back_once(town: Retros) -> None:
    held = await town.grouped("a", "b", "c")
    await retros_writing.merge(town.ctx, town[TIA], held, [2], 1)
    await town.go(held, RetroState.VOTE)
    await retros_writing.vote(town.ctx, town[TIA], held, 1, 3)
    await retros_writing.vote(town.ctx, town[TIA], held, 3, 1)
    await town.go(held, RetroState.DISCUSS)
    await retros.next_topic(town.ctx, town[TOM], held, 1, Progress.PARKED)
    await town.go(held, RetroState.CLOSED)
    second, third = await town.start(), await town.start()
    assert [each.texts for each in (await town.get(second)).carried] == [("a", "b"), ("c",)]
    assert (await town.get(third)).carried == ()
    await retros.cancel(town.ctx, town[TOM], second, "")
    fourth = await town.start()
    assert [each.texts for each in (await town.get(fourth)).carried] == [("a", "b"), ("c",)], "none is lost"


# ---- the facilitator, and time ---------------------------------------------------------------------


async def test_a_second_press_moves_nothing(town: Retros) -> None:
    held = await town.start()
    views = await asyncio.gather(*(retros.next_phase(town.ctx, town[TOM], held, RetroState.CHECK_IN) for _ in range(5)))
    assert {view.retro.state for view in views} == {RetroState.GATHER}
    assert await happened(town, held) == ["retro started", "retro phase began"]


async def happened(town: Retros, held: int) -> list[str]:
    async with town.ctx.uow.read() as tx:
        return [each.event.name for each in await tx.record.of(HERE, f"retro/{held}")]


async def test_a_facilitator_who_leaves_hands_over_to_another_or_the_time_goes_on(town: Retros) -> None:
    lea = 71
    await town.scene.joined(lea, CORE, CORE_RULER)
    held = await town.start()
    await roles.member_left(town.ctx, GUILD, TOM, by_themselves=True)
    await town.scene.sweep()
    assert (await town.get(held)).facilitator == await town.scene.person(lea)
    assert "retro handed over" in await happened(town, held)
    await roles.member_left(town.ctx, GUILD, lea, by_themselves=True)
    await town.scene.sweep()
    assert (await town.get(held)).state is RetroState.CHECK_IN, "nobody is there to lead on: the phase has its time"
    await town.scene.after(hours=24)
    assert (await town.get(held)).state is RetroState.GATHER
    taken = await retros.take_over(town.ctx, town[TIA], held)
    assert taken.retro.facilitator == await town.scene.person(TIA)


async def test_a_silent_facilitator_is_replaced_once_and_then_the_retro_ends_by_itself(town: Retros) -> None:
    lea = 71
    await town.scene.joined(lea, CORE_RULER)
    held = await town.start()
    await town.scene.after(hours=23)
    assert (await town.get(held)).facilitator == await town.scene.person(TOM)
    await town.scene.after(hours=1)
    assert (await town.get(held)).facilitator == await town.scene.person(lea)
    for _ in range(8):
        await town.scene.after(hours=24)
    retro = await town.get(held)
    assert retro.state is RetroState.CLOSED
    assert retro.took_part == 0


async def test_a_timer_rings_once_and_nothing_moves_on_by_itself(town: Retros) -> None:
    held = await town.start()
    await retros_leading.add_time(town.ctx, town[TOM], held, timedelta(minutes=5))
    await town.scene.after(by=timedelta(minutes=5))
    await town.scene.after(by=timedelta(minutes=5))
    retro = await town.get(held)
    assert (retro.state, retro.rung) == (RetroState.CHECK_IN, True)
    assert (await happened(town, held)).count("retro changed") == 2, "the timer was set, and it rang"


async def test_a_slow_retro_moves_at_its_deadlines_and_gives_each_phase_its_time_after_an_outage(town: Retros) -> None:
    held = await town.start(SLOW)
    await retros_writing.check_in(town.ctx, town[TIA], held, "fine")
    await town.scene.after(hours=23)
    assert (await town.get(held)).state is RetroState.CHECK_IN
    await town.scene.after(hours=1)
    assert (await town.get(held)).state is RetroState.GATHER
    await town.write(held, TIA, "a card")
    await retros.pause(town.ctx, town[TOM], held)
    await town.scene.after(hours=72)
    assert (await town.get(held)).state is RetroState.GATHER
    with pytest.raises(WrongPhase, match="paused"):
        await town.write(held, TIA, "not now")
    await retros.resume(town.ctx, town[TOM], held)
    await town.scene.after(hours=24)
    assert (await town.get(held)).state is RetroState.GROUP
    await town.scene.after(hours=24 * 5)  # the bot was away
    retro = await town.get(held)
    assert (retro.state, retro.deadline_at) == (RetroState.VOTE, town.scene.clock.now + DAY)
    for _ in range(3):
        await town.scene.after(hours=24)
    retro = await town.get(held)
    assert retro.state is RetroState.CLOSED
    assert retro.took_part == 1


async def test_hand_over_and_take_over(town: Retros) -> None:
    held = await town.start()
    with pytest.raises(NotEligible, match="cannot lead"):
        await retros.hand_over(town.ctx, town[TOM], held, town[ODA])
    with pytest.raises(AlreadyDone):
        await retros.hand_over(town.ctx, town[TOM], held, town[TOM])
    await retros.hand_over(town.ctx, town[TOM], held, town[TIA])
    await retros.next_phase(town.ctx, town[TIA], held, RetroState.CHECK_IN)
    with pytest.raises(NotEligible, match="take over"):
        await retros.take_over(town.ctx, town[UMA], held)
    await retros.take_over(town.ctx, town[TOM], held)
    with pytest.raises(AlreadyDone):
        await retros.take_over(town.ctx, town[TOM], held)
    await town.go(held, RetroState.CLOSED)
    with pytest.raises(WrongPhase):
        await retros.hand_over(town.ctx, town[TOM], held, town[TIA])


async def test_cancelling_destroys_what_was_written(town: Retros) -> None:
    await retros_writing.capture(town.ctx, town[UMA], HERE, TLC, "kept")
    held = await town.start()
    await town.go(held, RetroState.GATHER)
    await town.write(held, TIA, "a card that nobody saw")
    await retros.cancel(town.ctx, town[TOM], held, "Too few of us")
    found = await town.tables()
    assert found["sealed"] == []
    assert found["session_keys"] == []
    assert "nobody saw" not in repr(await town.get(held))
    with pytest.raises(WrongPhase):
        await retros_writing.join(town.ctx, town[TIA], held)
    assert (await town.get(await town.start())).captured == ("kept",)


async def test_nobody_took_part(town: Retros) -> None:
    held = await town.start()
    await town.go(held, RetroState.GATHER)
    view = await retros.next_phase(town.ctx, town[TOM], held, RetroState.GATHER)
    assert view.retro.state is RetroState.CLOSED
    async with town.ctx.uow.read() as tx:
        closed = (await tx.record.of(HERE, f"retro/{held}"))[-1]
    assert closed.event.data["took_part"] == 0
    assert "lessons" not in closed.event.data


# ---- later, and again ------------------------------------------------------------------------------


async def planned(town: Retros, when: str = "in 3 days at 18:00", every: str = "") -> RetroView:
    later = Later(when, "Europe/Berlin", every)
    return (await retros.plan_later(town.ctx, town[TOM], HERE, TLC, LIVE, later))[0]


async def test_a_time_is_confirmed_before_anything_is_scheduled(town: Retros) -> None:
    draft = (await planned(town)).retro
    assert await retros.list_retros(town.ctx, town[TOM], HERE) == ()
    with pytest.raises(NotFound):
        await retros.show(town.ctx, town[TIA], draft.id)
    assert await happened(town, draft.id) == []
    await retros.confirm(town.ctx, town[TOM], draft.id)
    await retros.confirm(town.ctx, town[TOM], draft.id)
    retro = await town.get(draft.id)
    assert (retro.state, retro.number) == (RetroState.SCHEDULED, 1)
    assert await happened(town, draft.id) == ["retro scheduled"]
    await retros_writing.capture(town.ctx, town[UMA], HERE, TLC, "meanwhile")
    assert retro.starts_at is not None
    await town.scene.after(by=retro.starts_at - town.scene.clock.now)
    begun = await town.get(draft.id)
    assert (begun.state, begun.captured) == (RetroState.CHECK_IN, ("meanwhile",))


async def test_a_time_that_is_over_is_not_confirmed(town: Retros) -> None:
    draft = (await planned(town)).retro
    town.scene.clock.forward(4 * DAY)
    with pytest.raises(TimePast):
        await retros.confirm(town.ctx, town[TOM], draft.id)


async def test_a_series_goes_on_at_the_same_wall_time_with_the_first_that_is_ahead(town: Retros) -> None:
    draft = (await planned(town, "2026-03-20 18:00", "week")).retro
    first = (await retros.confirm(town.ctx, town[TOM], draft.id)).retro
    assert first.starts_at is not None
    assert first.starts_at.isoformat() == "2026-03-20T17:00:00+00:00"
    await town.scene.after(by=first.starts_at - town.scene.clock.now)
    await town.scene.after(hours=24 * 8)  # it goes on, and the sweep ends it phase by phase
    for _ in range(8):
        await town.scene.after(hours=1)
    await retros.cancel(town.ctx, town[TOM], draft.id, "")
    following = await town.latest()
    assert following.number == 2
    assert following.starts_at is not None
    assert following.starts_at.isoformat() == "2026-04-03T16:00:00+00:00", "18:00 in Berlin, after the change of clocks"
    await retros.end_series(town.ctx, town[TOM], following.id)
    await retros.cancel(town.ctx, town[TOM], following.id, "")
    assert await retros_views_open(town) == 0


async def retros_views_open(town: Retros) -> int:
    async with town.ctx.uow.read() as tx:
        return len(await tx.of(Retro).list(HERE, rules.OPEN))


async def test_the_board_is_shown_where_the_group_meets_and_says_how_many(town: Retros) -> None:
    held = await town.start()
    for who in (BEN, CLEO, UMA):
        await retros_writing.join(town.ctx, town[who], held)
        await retros_writing.join(town.ctx, town[who], held)
    view = await retros_views.load(town.ctx, held)
    assert view.people == 3
    assert not view.over
    async with town.ctx.uow.read() as tx:
        board = await tx.deliveries.board(f"retro/{held}")
    assert board is not None
    assert board.wanted == 4, "one for the start, one for each who came"


async def test_writing_is_not_seen_on_the_board_only_coming_is(town: Retros) -> None:
    held = await town.start()
    await town.go(held, RetroState.GATHER)
    await town.write(held, TIA, "one")

    async def wanted() -> int:
        async with town.ctx.uow.read() as tx:
            board = await tx.deliveries.board(f"retro/{held}")
        assert board is not None
        return board.wanted

    before, events = await wanted(), await happened(town, held)
    await town.write(held, TIA, "two", "three")
    mine = await retros_writing.mine(town.ctx, town[TIA], held)
    await retros_writing.remove(town.ctx, town[TIA], held, mine.cards[0].slot)
    await town.go(held, RetroState.VOTE)
    voting = await wanted()
    await retros_writing.vote(town.ctx, town[TIA], held, 1, 2)
    assert await wanted() == voting
    assert before == 3, "started, the next phase, and one person came"
    assert len(await happened(town, held)) == len(events) + 2


@pytest.mark.both_databases
async def test_who_is_forgotten_takes_back_what_nobody_has_read(town: Retros) -> None:
    await retros_writing.capture(town.ctx, town[UMA], HERE, CELL, "in the box")
    held = await town.start()
    await retros_writing.check_in(town.ctx, town[UMA], held, "a word")
    await town.go(held, RetroState.GATHER)
    await town.write(held, UMA, "unread")
    await town.write(held, TIA, "stays")
    await erasures.forget(town.ctx, UMA)
    kept = (await town.tables())["sealed"]
    assert not [row for row in kept if "unread" in row or "in the box" in row]
    retro = await town.go(held, RetroState.GROUP)
    assert [card.text for card in retro.cards] == ["stays"]


async def test_of_many_open_retros_none_is_passed_over(town: Retros) -> None:
    held = await town.start()
    retro = await town.go(held, RetroState.GATHER)
    await town.write(held, UMA, "unread")
    async with town.ctx.uow.write() as tx:
        for number in range(101, 131):
            await tx.of(Retro).save(replace(retro, id=number, number=number, version=0))
    await erasures.forget(town.ctx, UMA)
    assert not [row for row in (await town.tables())["sealed"] if "unread" in row]
    await town.scene.joined(TOM)
    assert (await town.get(held)).gone_at is not None


async def test_who_is_forgotten_leaves_no_plan_behind_that_nobody_confirmed(town: Retros) -> None:
    wanted = rules.plan("custom", ("What I never said",), title="Nor this")
    await retros.plan_later(town.ctx, town[TOM], HERE, TLC, wanted, Later("in 2 days at 18:00"))
    await erasures.forget(town.ctx, TOM)
    assert not [row for row in (await town.tables())["retros"] if "never said" in row or "Nor this" in row]


async def test_the_words_of_a_closed_retro_are_erased_with_its_event(town: Retros) -> None:
    held = await town.grouped("a secret of the trade")
    await retros_writing.rename(town.ctx, town[TIA], held, 1, "The trade")
    await town.go(held, RetroState.DISCUSS)
    await retros_writing.note(town.ctx, town[TIA], held, 1, "Said about the trade")
    await retros_writing.add_action(town.ctx, town[TIA], held, "Keep the trade", None)
    await town.go(held, RetroState.CLOSED)
    async with town.ctx.uow.read() as tx:
        closed = (await tx.record.of(HERE, f"retro/{held}"))[-1]
    await erasures.erase(town.ctx, HERE, closed.number)
    assert not [row for table in (await town.tables()).values() for row in table if "trade" in row]
    await town.scene.record()


async def test_what_was_captured_and_carried_over_is_erased_too(town: Retros) -> None:
    first = await town.grouped("parked for the next")
    await town.go(first, RetroState.CLOSED)
    await retros_writing.capture(town.ctx, town[UMA], HERE, TLC, "between meetings")
    held = await town.start()
    await retros_writing.join(town.ctx, town[TIA], held)
    await town.go(held, RetroState.CLOSED)
    for each in await town.scene.record():
        if each.event.name == "retro closed":
            await erasures.erase(town.ctx, HERE, each.number)
    kept = [row for rows in (await town.tables()).values() for row in rows]
    assert not [row for row in kept if "parked for the next" in row or "between meetings" in row]


async def test_sent_in_twice_notes_and_actions_stand_once(town: Retros) -> None:
    held = await town.grouped("a")
    await town.go(held, RetroState.DISCUSS)
    for _ in range(2):
        await retros_writing.note(town.ctx, town[UMA], held, 1, "Said once.")
        await retros_writing.add_action(town.ctx, town[UMA], held, "Plan a walk", town[TIA])
    retro = await town.get(held)
    assert retro.topics[0].notes == ("Said once.",)
    assert [action.text for action in retro.actions] == ["Plan a walk"]
    assert (await happened(town, held)).count("retro changed") == 1


async def test_a_copy_put_back_without_its_keys_still_reveals_and_goes_on(town: Retros) -> None:
    held = await town.start()
    await town.go(held, RetroState.GATHER)
    await town.write(held, TIA, "before the copy")
    async with town.ctx.uow.write() as tx:
        await tx.people._session.connection.execute(delete(session_keys))  # type: ignore[attr-defined]
    assert (await retros_writing.mine(town.ctx, town[TIA], held)).cards == ()
    await town.write(held, TIA, "after it was put back")
    retro = await town.go(held, RetroState.GROUP)
    assert [card.text for card in retro.cards] == ["after it was put back", "before the copy"]
    await town.go(held, RetroState.CLOSED)
    found = await town.tables()
    assert found["sealed"] == []
    assert found["session_keys"] == []


@pytest.mark.both_databases
async def test_after_a_copy_is_put_back_without_its_keys_everybody_counts_once(town: Retros) -> None:
    held = await town.grouped("a", "b")
    await town.go(held, RetroState.VOTE)

    async def keys_are_lost() -> None:
        async with town.ctx.uow.write() as tx:
            await tx.people._session.connection.execute(delete(session_keys))  # type: ignore[attr-defined]

    for _ in range(2):
        for who in (TIA, UMA):
            await retros_writing.vote(town.ctx, town[who], held, 1, 3)
        await keys_are_lost()
    retro = await town.go(held, RetroState.DISCUSS)
    assert [topic.dots for topic in retro.topics] == [6, 0]
    assert (await retros_views.load(town.ctx, held)).people == 2
    assert (await town.go(held, RetroState.CLOSED)).took_part == 2


async def test_the_next_of_a_series_is_made_when_one_closes_by_itself(town: Retros) -> None:
    draft = (await planned(town, "in 1 day at 18:00", "month")).retro
    first = (await retros.confirm(town.ctx, town[TOM], draft.id)).retro
    assert first.starts_at is not None
    await town.scene.after(by=first.starts_at - town.scene.clock.now)
    for _ in range(4):
        await town.scene.after(hours=24)
    assert (await town.get(first.id)).state is RetroState.CLOSED
    following = await town.latest()
    assert following.number == 2
    assert following.state is RetroState.SCHEDULED
    assert following.facilitator == first.facilitator
    assert following.starts_at is not None
    assert (following.starts_at - first.starts_at).days == 31


# ---- leading --------------------------------------------------------------------------------------------------


async def test_next_asks_first_while_cards_come_and_moves_at_once_when_they_are_done(town: Retros) -> None:
    held = await town.start()
    await town.go(held, RetroState.GATHER)
    await town.write(held, TIA, "one")
    pressed = await retros_leading.press_next(town.ctx, town[TOM], held, RetroState.GATHER)
    assert pressed.doubt is Doubt.WRITING
    assert (await town.get(held)).state is RetroState.GATHER
    town.scene.clock.forward(timedelta(minutes=4))
    pressed = await retros_leading.press_next(town.ctx, town[TOM], held, RetroState.GATHER)
    assert (pressed.doubt, pressed.back, pressed.view.retro.state) == (Doubt.NONE, True, RetroState.GROUP)
    again = await retros_leading.press_next(town.ctx, town[TOM], held, RetroState.GATHER)
    assert again.view.retro.state is RetroState.GROUP, "a second press changes nothing"
    with pytest.raises(NotEligible):
        await retros_leading.press_next(town.ctx, town[TIA], held, RetroState.GROUP)
    async with town.ctx.uow.read() as tx:
        assert not await tx.runtime.get(f"retro written/{held}"), "the minute of the last card goes with its phase"


async def test_one_step_back_until_somebody_has_voted(town: Retros) -> None:
    held = await town.grouped("one", "two")
    view = await retros_leading.step_back(town.ctx, town[TOM], held, RetroState.GROUP)
    assert view.retro.state is RetroState.GATHER
    await town.write(held, UMA, "three")
    assert len((await town.get(held)).cards) == 2, "hidden until the reveal"
    retro = await town.go(held, RetroState.VOTE)
    assert [card.text for card in retro.cards] == ["one", "two", "three"]
    assert (await retros_leading.options(town.ctx, town[TOM], held)).back
    await retros_writing.vote(town.ctx, town[TIA], held, 1, 2)
    assert not (await retros_leading.options(town.ctx, town[TOM], held)).back
    with pytest.raises(WrongPhase):
        await retros_leading.step_back(town.ctx, town[TOM], held, RetroState.VOTE)
    await retros_writing.vote(town.ctx, town[TIA], held, 1, 0)
    with pytest.raises(NotEligible):
        await retros_leading.step_back(town.ctx, town[TIA], held, RetroState.VOTE)
    assert (await retros_leading.step_back(town.ctx, town[TOM], held, RetroState.VOTE)).retro.state is RetroState.GROUP
    assert (await retros_leading.step_back(town.ctx, town[TOM], held, RetroState.VOTE)).retro.state is RetroState.GROUP


async def test_a_late_card_is_shown_at_once_and_tells_nobody(town: Retros) -> None:
    held = await town.grouped("one")
    for _ in range(2):
        await town.write(held, UMA, "late")
    retro = await town.get(held)
    assert [card.text for card in retro.cards] == ["one", "late"]
    uma = await town.scene.person(UMA)
    found = await town.tables()
    assert not [row for name in ("retros", "payloads", "sealed") for row in found[name] if uma in row]
    with pytest.raises(LimitReached):
        await town.write(held, UMA, *(f"more {n}" for n in range(40)))
    await town.go(held, RetroState.VOTE)
    assert not [row for row in (await town.tables())["sealed"] if "late" in row]
    with pytest.raises(WrongPhase):
        await town.write(held, UMA, "too late")


async def test_a_card_of_ones_own_is_changed_only_while_it_is_hidden(town: Retros) -> None:
    held = await town.start()
    await town.go(held, RetroState.GATHER)
    await town.write(held, TIA, "one")
    (mine,) = (await retros_writing.mine(town.ctx, town[TIA], held)).cards
    await town.go(held, RetroState.GROUP)
    with pytest.raises(WrongPhase):
        await retros_writing.write(town.ctx, town[TIA], held, 0, "another", mine.slot)
    assert [card.text for card in (await town.get(held)).cards] == ["one"]


async def test_a_plan_nobody_confirmed_is_forgotten(town: Retros) -> None:
    plan = rules.plan("4 Ls", title="Our secret plan")
    view, _ = await retros.plan_later(town.ctx, town[TOM], HERE, TLC, plan, Later("in 3 hours"))
    kept, _ = await retros.plan_later(town.ctx, town[TOM], HERE, TLC, LIVE, Later("in 3 hours"))
    await retros.confirm(town.ctx, town[TOM], kept.retro.id)
    await town.scene.after(hours=4)
    assert not [row for row in (await town.tables())["retros"] if "secret" in row]
    assert (await town.get(kept.retro.id)).state is RetroState.CHECK_IN, "what was confirmed began"
    with pytest.raises(TimePast):
        await retros.confirm(town.ctx, town[TOM], view.retro.id)
    assert await town.scene.sweep() == 0
