"""Whatever people do in a retro, in whatever order: limits hold, it only goes forward, nothing names them, it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.governance import retros, retros_leading, retros_lessons, retros_writing
from bot.governance.errors import Refusal
from bot.governance.events import Event
from bot.governance.ids import GroupId, PartnershipId, PersonId
from bot.governance.retros import FINAL, OPEN, PHASES, Progress, Retro, RetroState, Word
from bot.governance.retros_leading import Step
from bot.governance.retros_writing import Written
from tests.governance.scene import NOW
from tests.governance.test_retros import TERMS, someone

PEOPLE = tuple(f"person-{letter}" for letter in "abc")
LEADERS = ("tom", "lea")
FEW = replace(TERMS, cards=3, dots=4, dots_per_topic=2)
TEXTS = st.sampled_from(["too long", "walks", "coffee", "reports", "x" * 300, "y" * 301, " "])
people = st.sampled_from(PEOPLE)
cards = st.integers(0, 9)
DOTS = st.sampled_from([2, 1, 0, 3, -1])


class Looking(RuleBasedStateMachine):
    """One retro, with what is sealed kept beside it by author, as the use cases keep it under keyed names."""

    retro: Retro
    now: datetime

    def __init__(self) -> None:
        super().__init__()
        self.words: dict[str, str] = {}
        self.written: dict[str, list[Written]] = {}
        self.dots: dict[str, dict[int, int]] = {}
        self.here: dict[str, str] = {}
        self.events: list[Event] = []
        self.reached = [RetroState.CHECK_IN]

    @initialize(
        named=st.booleans(),
        slow=st.booleans(),
        hand_over=st.booleans(),
        captured=st.lists(st.just("kept"), max_size=2),
        voting=st.booleans(),
    )
    def begin(self, named: bool, slow: bool, hand_over: bool, captured: list[str], voting: bool) -> None:
        plan = retros.plan("4 Ls", named=named, pace=timedelta(days=1) if slow else None)
        terms = replace(FEW, hand_over=hand_over)
        self.now = NOW
        self.retro = retros.make(1, 1, PartnershipId(1), GroupId(2), PersonId("tom"), plan, terms, NOW)
        self.keep(*retros.begin(self.retro, captured, (), NOW, PersonId("tom")))
        if voting:
            self.goes_on()
            for who in PEOPLE[:2]:
                self.write(who, 0, [f"{who[-1]}{n}" for n in range(3)])
            self.goes_on()
            self.goes_on()

    def keep(self, retro: Retro, events: tuple[Event, ...]) -> None:
        self.retro = retro
        self.events += events
        if retro.state is not self.reached[-1]:
            self.reached.append(retro.state)

    @rule(who=people, text=st.sampled_from(["fine", "", "z" * 41]))
    def check_in(self, who: str, text: str) -> None:
        try:
            self.words[who] = retros_writing.check_word(self.retro, text)
        except Refusal:
            return
        self.here[who] = "class"

    @rule(who=people, column=st.integers(0, 4), texts=st.lists(TEXTS, min_size=2, max_size=8))
    def write(self, who: str, column: int, texts: list[str]) -> None:
        own = self.written.setdefault(who, [])
        for text in texts:
            try:
                words = retros_writing.check_card(self.retro, column, text, len(own))
            except Refusal:
                continue
            own.append(Written(f"{who}{len(own)}", column, words, PersonId(who) if self.retro.plan.named else None))
            self.here[who] = "class"

    @rule(who=people, given=st.lists(st.tuples(st.integers(1, 5), DOTS), min_size=4, max_size=8))
    def vote(self, who: str, given: list[tuple[int, int]]) -> None:
        own = self.dots.setdefault(who, {})
        for topic, count in given:
            try:
                retros_writing.check_dots(self.retro, own, topic, count)
            except Refusal:
                continue
            own[topic] = count
            self.here[who] = "class"

    @rule(moved=st.lists(cards, max_size=3), into=cards)
    def merge(self, moved: list[int], into: int) -> None:
        try:
            self.retro, _ = retros_writing.merge(self.retro, moved, into)
        except Refusal:
            return

    @rule(card=cards)
    def split(self, card: int) -> None:
        try:
            self.retro = retros_writing.split_off(self.retro, card)
        except Refusal:
            return

    @rule(topic=cards, how=st.sampled_from([Progress.DISCUSSED, Progress.SKIPPED, Progress.PARKED]), more=st.booleans())
    def discuss(self, topic: int, how: Progress, more: bool) -> None:
        try:
            self.retro = retros_writing.note(self.retro, topic, "a note")
            if more:
                self.retro = retros_writing.extend(self.retro, self.now)
            self.retro = retros_writing.go_on(self.retro, topic, how, someone(self.retro.facilitator), self.now)
        except Refusal:
            return

    @rule()
    def goes_on(self) -> None:
        self.lead_on("next")

    @rule(what=st.sampled_from(["pause", "resume", "time"]))
    def lead(self, what: str) -> None:
        self.lead_on(what)

    def lead_on(self, what: str) -> None:
        leader = someone(self.retro.facilitator)
        try:
            match what:
                case "pause":
                    self.keep(*retros_leading.pause(self.retro, leader, self.now))
                case "resume":
                    self.keep(*retros_leading.resume(self.retro, self.now, leader.person))
                case "time":
                    self.keep(*retros_leading.add_time(self.retro, timedelta(minutes=5), leader, self.now))
                case _:
                    retros.check_phase(self.retro, "move on", *PHASES)
                    self.move_on("facilitator")
        except Refusal:
            return

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.sweep()

    @rule()
    def leaves(self) -> None:
        if self.retro.runs:
            self.retro = replace(self.retro, gone_at=self.now)

    def move_on(self, why: str) -> None:
        """What the use case does at the end of a phase: open, forget whose it was, go on or close."""
        retro = self.retro
        match retro.state:
            case RetroState.CHECK_IN:
                named = retro.plan.named
                words = [Word(text, PersonId(who) if named else None) for who, text in self.words.items()]
                retro, self.words = retros_writing.reveal_words(retro, words), {}
            case RetroState.GATHER:
                every = [each for own in self.written.values() for each in own]
                retro, self.written = retros_writing.reveal_cards(retro, every), {}
            case RetroState.VOTE:
                given = [pair for own in self.dots.values() for pair in own.items()]
                retro, self.dots = retros_writing.count_dots(retro, given), {}
        nobody = retro.state is RetroState.GATHER and not retro.topics and not self.here
        if nobody or retros.following(retro) is RetroState.CLOSED:
            self.keep(*retros_lessons.close(retro, self.here.values(), self.now, why))
            self.here = {}
        else:
            self.keep(*retros.move_on(retro, self.now, why))

    def sweep(self) -> None:
        leaders = [PersonId(each) for each in LEADERS]
        match retros_leading.due_step(self.retro, leaders, self.retro.gone_at is None, self.now):
            case Step.RESUME:
                self.keep(*retros_leading.resume(self.retro, self.now))
            case Step.RING:
                self.retro = replace(self.retro, rung=True, acted_at=self.now)
            case Step.STAY:
                self.retro = retros_leading.stay(self.retro, seated=False)
            case Step.HAND_OVER:
                chosen = retros_leading.successor(self.retro, leaders)
                assert chosen is not None
                self.keep(*retros_leading.hand_over(self.retro, chosen, "silence", self.now))
            case Step.MOVE_ON:
                self.move_on("silence")

    @invariant()
    def limits_hold(self) -> None:
        assert all(len(own) <= FEW.cards for own in self.written.values())
        assert all(sum(own.values()) <= FEW.dots for own in self.dots.values())
        assert all(count <= FEW.dots_per_topic for own in self.dots.values() for count in own.values())

    @invariant()
    def it_only_goes_forward(self) -> None:
        order = [*PHASES, RetroState.CLOSED]
        places = [order.index(state) for state in self.reached]
        assert places == sorted(set(places))

    @invariant()
    def every_card_stands_once_and_dots_are_hidden(self) -> None:
        if not hasattr(self, "retro"):
            return
        standing = sorted(card for topic in self.retro.topics for card in topic.cards)
        assert standing == [card.id for card in self.retro.cards]
        if self.retro.state in {RetroState.CHECK_IN, RetroState.GATHER}:
            assert self.retro.cards == ()
        if self.retro.state in {RetroState.CHECK_IN, RetroState.GATHER, RetroState.GROUP, RetroState.VOTE}:
            assert all(topic.dots == 0 for topic in self.retro.topics)

    @invariant()
    def nothing_names_who_took_part(self) -> None:
        if not hasattr(self, "retro"):
            return
        said = repr(self.events) + ("" if self.retro.plan.named and self.retro.state in OPEN else repr(self.retro))
        assert "person-" not in said

    def teardown(self) -> None:
        """Left alone, it ends."""
        if not hasattr(self, "retro"):
            return
        for _ in range(60):
            if self.retro.state in FINAL:
                break
            assert self.retro.due_at is not None
            self.now = max(self.now, self.retro.due_at)
            self.sweep()
        assert self.retro.state is RetroState.CLOSED
        self.it_only_goes_forward()
        self.nothing_names_who_took_part()


TestLooking = Looking.TestCase
TestLooking.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
