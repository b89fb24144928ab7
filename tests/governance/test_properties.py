"""No sequence of acts, absences and clock moves leads a proposal where the rules forbid.

The machine keeps its own books, on purpose in another way than the rules do: instead of deadlines that move it counts
how long the clock has *run*; instead of an objection's state it keeps what was said and done about it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from functools import partial
from math import ceil

from hypothesis import event as seen
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.governance import (
    clock,
    electorates,
    escalations,
    halts,
    lifecycle,
    objections,
    proposals,
    revisions,
    rulings,
    sponsors,
    votes,
)
from bot.governance.effects import Effect
from bot.governance.errors import Refusal
from bot.governance.events import Event
from bot.governance.ids import PersonId, VoteId
from bot.governance.lifecycle import Surroundings
from bot.governance.methods import REGISTRY
from bot.governance.objections_events import (
    AppealDecided,
    AppealFiled,
    ObjectionIntegrated,
    ObjectionLapsed,
    ObjectionOrphaned,
    ObjectionOverruled,
    ObjectionRaised,
    ObjectionStated,
    ObjectionWithdrawn,
    ObjectorSeatLost,
    RulingGiven,
    SponsorFound,
    SponsorNeeded,
)
from bot.governance.organisation import Elector, Member, RoleMapping
from bot.governance.policy import amended
from bot.governance.policy_values import Value
from bot.governance.proposals import Load
from bot.governance.proposals_events import (
    ProposalAdopted,
    ProposalDisputed,
    ProposalEnacted,
    ProposalHalted,
    ProposalLapsed,
    ProposalPassed,
    ReviewClosed,
    ReviewExtended,
    VersionPublished,
)
from bot.governance.proposals_types import (
    CONTESTABLE,
    FINAL,
    ObjectionState,
    Proposal,
    ProposalState,
    ProposalTerms,
    Statement,
)
from bot.governance.votes_events import VoteClosed, VoteOpened
from bot.governance.votes_types import Ballot
from tests.governance.scene import (
    ANA,
    BUDGET,
    ELECTORS,
    ENTRENCHED_KEY,
    FLO,
    FREE_KEY,
    JOINER,
    NOW,
    REASON,
    SEATED,
    SHG,
    STAKEHOLDERS,
    STATEMENT,
    STRANGER,
    TEXT,
    TICK,
    draft,
    hours,
    member,
    rolls,
    world,
)

SEATS: dict[PersonId, RoleMapping] = {m.person: m.seats[0] for m in (*STAKEHOLDERS, JOINER)}
PEOPLE = [*SEATS, STRANGER.person]
AUTHORS = (ANA.person, FLO.person)
people = st.sampled_from(PEOPLE)
anybody = st.sampled_from([*PEOPLE, *AUTHORS])
numbers = st.integers(1, 4)
REASONS = (clock.CARD,)
"""Beside outages and too few electors. What people's acts stop ends by itself: ``test_stops`` has its properties."""
LENGTH = {"stating": hours(48), "sponsoring": hours(48), "window": hours(72), "remainder": hours(48)}
SET_ASIDE = {ProposalState.ESCALATED, ProposalState.PASSED, ProposalState.ADOPTED, ProposalState.STALE}
AWAY = {
    ProposalState.PASSED,
    ProposalState.ADOPTED,
    ProposalState.DISPUTED,
    ProposalState.LAPSED,
    ProposalState.ESCALATED,
    ProposalState.NOT_ADOPTED,
}


def voice(person: PersonId, unit: str) -> str:
    return SEATS[person].organisation if unit == "organisation" else person


class Proceedings(RuleBasedStateMachine):
    """One proposal among many people."""

    proposal: Proposal

    @initialize(
        type=st.sampled_from(["operational", "budget", "policy"]),
        rule=st.sampled_from(["people", "share", "classes"]),
        unit=st.sampled_from(["person", "organisation"]),
        threshold=st.integers(1, 4),
        method=st.sampled_from(["majority", "supermajority", "consent"]),
        secret=st.booleans(),
        notice=st.sampled_from([0, 24]),
        lapse=st.booleans(),
        entrenched=st.booleans(),
    )
    def open(
        self,
        type: str,
        rule: str,
        unit: str,
        threshold: int,
        method: str,
        secret: bool,
        notice: int,
        lapse: bool,
        entrenched: bool,
    ) -> None:
        changes: dict[str, Value] = {
            "objection.rule": rule,
            "objection.unit": unit,
            "objection.threshold": threshold,
            "objection.share": Fraction(1, 3),
            "objection.classes": threshold,
            "vote.method": method,
            "vote.secret": secret,
            "vote.notice": hours(notice),
            "reach.lapse_budget_above": 1 if lapse else 0,
            "limits.versions": 20,
        }
        self.rule, self.unit, self.number, self.method = rule, unit, threshold, method
        self.world = world(changes)
        effects = ((ENTRENCHED_KEY if entrenched else FREE_KEY),) if type == "policy" else ()
        if type == "policy" and threshold == 2:
            effects = (FREE_KEY,)
        self.now: datetime = NOW
        self.ran = timedelta(0)
        self.proposal, events = proposals.open_review(
            draft(type, effects=effects), ANA, self.world, SEATED, Load(), 1, NOW
        )
        self.terms: ProposalTerms = self.proposal.pinned
        self.electors = {e.person for e in ELECTORS}
        self.seated = {m.person for m in STAKEHOLDERS}
        self.gave_it_up: set[PersonId] = set()
        self.voters = {e.person for e in ELECTORS}
        self.raised: dict[int, tuple[PersonId, datetime, timedelta]] = {}
        self.asked: dict[int, timedelta] = {}
        self.said: dict[int, Statement] = {}
        self.said_at: dict[int, timedelta] = {}
        self.ruled_at: dict[int, timedelta] = {}
        self.appeals: set[int] = set()
        self.decided: set[int] = set()
        self.kept: dict[int, set[PersonId]] = {}
        self.lost_at: dict[int, timedelta] = {}
        self.sponsors: dict[int, PersonId] = {}
        self.former: dict[int, list[PersonId]] = {}
        self.void: set[int] = set()
        self.gone: set[int] = set()
        self.overruled: set[int] = set()
        self.left: dict[int, timedelta] = {}
        self.speaks: dict[int, set[PersonId]] = {}
        self.closes = LENGTH["window"]
        self.cast: dict[VoteId, dict[PersonId, Ballot]] = {}
        self.counted: set[object] = set()
        self.polled: set[PersonId] = set()
        self.cycle = 0
        self.settled: set[int] = set()
        self.stopped: dict[str, datetime] = {}
        self.enacted = 0
        self.entered: tuple[ProposalState, timedelta] = (ProposalState.REVIEW, timedelta(0))
        self.final: Proposal | None = None
        self.actor: PersonId | None = None
        self.note(events)

    # ---- the machine's own books -------------------------------------------------------------------

    def counting(self) -> set[int]:
        return set(self.raised) - self.void - self.overruled

    def acting(self) -> set[PersonId]:
        """The electors but who gave the seat up: others' hands take nobody's say (PRO-9)."""
        return self.electors - self.gave_it_up

    def reached(self) -> bool:
        """The threshold, counted from scratch (OBJ-6)."""
        objectors = {self.raised[n][0] for n in self.counting()}
        classes = {SEATS[p].stakeholder_class for p in self.electors}
        voices = {voice(p, self.unit) for p in self.electors}
        if self.rule == "classes":
            return len({SEATS[p].stakeholder_class for p in objectors}) >= min(self.number, len(classes))
        needed = self.number if self.rule == "people" else ceil(len(voices) / 3)
        return len({voice(p, self.unit) for p in objectors}) >= max(1, min(needed, len(voices) // 2))

    def note(self, events: tuple[Event, ...]) -> None:
        assert self.final is None or not events, f"{events} after {self.final.state}"
        for event in events:
            number = event.data.get("objection")
            assert number is None or isinstance(number, int)
            self.note_one(event, number or 0)
        if self.proposal.state is not self.entered[0]:
            self.entered = (self.proposal.state, self.ran)
            seen(str(self.proposal.state))
        if self.proposal.state in FINAL and self.final is None:
            self.final = self.proposal

    def note_one(self, event: Event, number: int) -> None:
        match event.fact:
            case ObjectionRaised():
                assert event.actor is not None
                assert event.actor in self.acting()
                assert self.ran < self.closes
                assert number not in self.raised
                self.raised[number] = (event.actor, self.now, self.ran)
                self.asked[number] = self.ran
                self.speaks[number] = {event.actor}
            case ObjectionLapsed():
                assert number not in self.said
                assert self.speaker(number) not in self.gave_it_up, "nobody was there to state it"
                assert number not in self.kept
                assert self.ran - self.asked[number] >= LENGTH["stating"]
                self.end(number)
            case ObjectionWithdrawn() | ObjectionIntegrated():
                assert self.actor in self.speaks[number] or self.is_colleague(number, self.actor)
                assert number not in self.kept or self.actor == self.raised[number][0]
                self.end(number)
            case ObjectionOrphaned():
                assert number not in self.kept, "ended by taking a seat away"
                assert self.ran - self.left[number] >= LENGTH["sponsoring"]
                self.end(number)
            case ObjectionStated():
                self.said_at.setdefault(number, self.ran)
            case AppealFiled():
                assert number not in self.gone
                self.appeals.add(number)
            case SponsorNeeded():
                assert self.speaker(number) not in self.seated
                self.gave_up(number)
            case ObjectorSeatLost():
                concerned = {self.speaker(number), self.raised[number][0], *self.former.get(number, ())}
                assert self.actor in concerned - self.seated
                assert self.actor is not None
                self.lost(number, self.actor)
            case SponsorFound():
                assert event.actor in self.acting() - {ANA.person}
                assert event.actor is not None
                assert number in self.left or number in self.kept, "nobody was asked for"
                assert self.speaker(number) not in self.seated, "somebody with a seat speaks for it"
                if number in self.kept:
                    self.kept[number].add(self.raised[number][0])  # until the objector is back, whoever speaks for it
                self.sponsors[number] = event.actor
                self.speaks[number] = {self.raised[number][0], event.actor}
                self.asked[number] = self.ran
                self.left.pop(number, None)
            case RulingGiven():
                assert number in self.said
                assert number not in self.void
                self.ruled_at[number] = self.ran
                if not event.data["in_form"]:
                    self.void.add(number)
            case AppealDecided():
                self.appeals.remove(number)  # it is open, and what was withdrawn is not brought back
                stands, against = event.data["votes_stands"], event.data["votes_against"]
                assert isinstance(stands, int)
                assert isinstance(against, int)
                (self.void.discard if stands >= against else self.void.add)(number)
                self.decided.add(number)
            case ObjectionOverruled():
                assert ("adopted", self.cycle) in self.counted
                self.overruled.add(number)
            case ReviewExtended():
                assert ("extended", self.cycle) not in self.counted
                self.counted.add(("extended", self.cycle))
                self.closes = self.ran + hours(48)
            case VersionPublished() | ProposalHalted():
                self.cycle += 1
                if self.entered[0] in SET_ASIDE:
                    self.left = dict.fromkeys(self.left, self.ran)
                    self.asked = dict.fromkeys(self.asked, self.ran)
                self.overruled.clear()
            case ReviewClosed():
                assert self.ran >= self.closes
            case ProposalPassed() | ProposalDisputed() | ProposalLapsed():
                self.note_decision(event)
            case VoteOpened():
                assert isinstance(event.data["eligible"], int)
                assert ("opened", event.data["vote"]) not in self.counted, "one vote, two ballots"
                self.counted.add(("opened", event.data["vote"]))
                self.polled = set(self.voters)
                assert event.data["eligible"] == len(self.polled - self.gave_it_up)
            case VoteClosed():
                self.note_vote(event)
            case ProposalAdopted():
                assert ("adopted", self.cycle) in self.counted
            case ProposalEnacted():
                self.enacted += 1

    def speaker(self, number: int) -> PersonId:
        """Who answers for an objection: who took it over last, else who raised it."""
        return self.sponsors.get(number, self.raised[number][0])

    def is_colleague(self, number: int, person: PersonId | None) -> bool:
        """Who may change it with the one voice of its organisation, while its objector has the seat (OBJ-6)."""
        if self.unit != "organisation" or person is None or person not in self.acting():
            return False
        own = not {number} & (self.left.keys() | self.kept.keys() | self.sponsors.keys())
        return own and voice(person, self.unit) == voice(self.raised[number][0], self.unit)

    def gave_up(self, number: int) -> None:
        """Who spoke for it left."""
        sponsor = self.sponsors.pop(number, None)
        if sponsor is not None:
            self.speaks[number].discard(sponsor)
            self.former.setdefault(number, []).append(sponsor)
        if number not in self.kept:
            self.left[number] = self.ran

    def lost(self, number: int, person: PersonId) -> None:
        """A seat behind it was taken away; of a former sponsor, it may be learnt late."""
        former = self.former.get(number, [])
        if number in self.left and former[-1:] == [person]:
            self.take_over_again(number, former.pop())
        elif person not in {self.raised[number][0], self.sponsors.get(number)}:
            person = self.raised[number][0]
        self.kept.setdefault(number, set()).add(person)
        self.lost_at.setdefault(number, self.ran)
        self.left.pop(number, None)

    def take_over_again(self, number: int, person: PersonId) -> None:
        """Whoever took it over last had not given it up, or is back."""
        self.sponsors[number] = person
        self.speaks[number].add(person)

    def spoken_for_by(self, person: PersonId) -> list[int]:
        """The objections on which they have the last word, while nobody may act on any (PRO-9)."""
        if self.proposal.state not in SET_ASIDE:
            return []
        return [n for n in self.raised if n not in self.gone and self.speaker(n) == person]

    def end(self, number: int) -> None:
        """The objector, or time, ended it for good."""
        assert number not in self.gone
        self.void.add(number)
        self.gone.add(number)
        self.appeals.discard(number)

    def nothing_is_pending(self) -> bool:
        """Every objection had its full periods (PRO-7)."""
        stated = all(n in self.said_at or n in self.kept for n in self.counting())
        ruled_out = self.void - self.gone - self.decided
        for n in ruled_out & self.kept.keys():
            assert self.lost_at[n] - self.ruled_at[n] >= hours(48), "a ruling that nobody could appeal"
        periods = all(
            self.ran - self.ruled_at.get(n, since) >= hours(48) or n in self.decided
            for n, since in self.said_at.items()
            if n not in self.gone
        )
        return stated and periods and not self.appeals

    def note_decision(self, event: Event) -> None:
        """When it leaves settling, the objections that count decide (PRO-6, OBJ-6, POL-5)."""
        if event.data.get("why") == "stale":
            return
        assert self.cycle not in self.settled, "decided twice"
        self.settled.add(self.cycle)
        assert self.nothing_is_pending()
        assert self.reached() is (event.type is ProposalDisputed)
        if event.type is ProposalPassed:
            assert not any(effect.entrenched for effect in self.proposal.current.effects)

    def note_vote(self, event: Event) -> None:
        """The result, counted from the ballots that were handed in."""
        vote = event.data["vote"]
        assert ("vote", vote) not in self.counted, "counted twice"
        self.counted.add(("vote", vote))
        cast = self.cast.get(VoteId(str(vote)), {})
        choices = [b.choice for person, b in cast.items() if person not in self.gave_it_up]
        eligible = len(self.polled - self.gave_it_up)
        yes, no = choices.count("for"), choices.count("against")
        method = escalations.method_for(self.proposal)
        adopted = (
            2 * len(choices) >= eligible > 0
            and {
                "majority": yes > no,
                "supermajority": yes > no and 3 * yes >= 2 * (yes + no),
                "consent": "object" not in choices and any(c.startswith("consent") for c in choices),
            }[method]
        )
        assert event.data["adopted"] is adopted
        if adopted:
            self.counted.add(("adopted", self.cycle))

    def do(self, act: Callable[[], tuple[Proposal, tuple[Event, ...]]], actor: PersonId | None = None) -> bool:
        """Take an act; a refusal changes nothing."""
        try:
            changed, events = act()
        except Refusal:
            return False
        self.proposal, self.actor = changed, actor
        self.note(events)
        return True

    def who(self, person: PersonId) -> Member:
        if person == ANA.person:
            return ANA
        if person == FLO.person:
            return FLO
        return member(person, SEATS[person]) if person in self.seated else member(person)

    def stakeholders(self) -> tuple[Elector, ...]:
        """Who counts as seated in what opens now: also those who lost the seat by another's hand."""
        return tuple(
            Elector(p, SEATS[p].stakeholder_class, SEATS[p].organisation)
            for p in sorted(SEATS.keys() - self.gave_it_up)
        )

    def follow(self, gave_up: tuple[PersonId, ...] = (), back: tuple[PersonId, ...] = ()) -> None:
        """The pinned rolls follow who gives a seat up and who holds it again."""
        self.gave_it_up = (self.gave_it_up | set(gave_up)) - set(back)
        self.proposal = electorates.followed(self.proposal, SHG, SHG, gave_up, back)

    def sweep(self) -> None:
        """What is due now, as the bot's own sweep takes it."""
        vote = self.proposal.vote
        ballots = tuple(self.cast.get(vote.id, {}).values()) if vote else ()
        around = Surroundings(ballots)
        self.do(lambda: lifecycle.advance(self.proposal, self.now, around))
        assert lifecycle.advance(self.proposal, self.now, around) == (self.proposal, ())
        due = lifecycle.next_due(self.proposal)
        if (
            self.proposal.state in {ProposalState.PASSED, ProposalState.ADOPTED}
            and not self.stopped
            and due
            and due <= self.now
        ):
            self.proposal, self.world, events = lifecycle.enact(self.proposal, self.world, self.now)
            self.note(events)
        due = lifecycle.next_due(self.proposal)
        assert due is None or due > self.now, "the sweep would spin"

    def few(self) -> None:
        """What the bot does about a dwindling electorate (PRO-9)."""
        if electorates.too_few_seated(self.proposal):
            self.halt_clock(clock.FEW)
        else:
            self.restart_clock(clock.FEW)

    def halt_clock(self, reason: str) -> None:
        if self.do(lambda: clock.stop(self.proposal, reason, self.now)) and reason in self.proposal.clock.reasons:
            self.stopped.setdefault(reason, self.now)

    def restart_clock(self, reason: str) -> None:
        self.do(lambda: clock.resume(self.proposal, reason, self.now))
        self.stopped.pop(reason, None)

    def pass_time(self, by: timedelta) -> None:
        self.now += by
        if not self.stopped:
            self.ran += by

    # ---- time --------------------------------------------------------------------------------------

    @rule(count=st.sampled_from([1, 6, 23, 24, 25, 47, 48, 49, 72, 100, 340]))
    def wait(self, count: int) -> None:
        self.pass_time(hours(count))
        self.sweep()

    @rule(early=st.booleans())
    def wait_until_due(self, early: bool) -> None:
        due = lifecycle.next_due(self.proposal)
        if due is not None and due - self.now > TICK:
            self.pass_time(due - self.now - (TICK if early else timedelta(0)))
            self.sweep()

    @rule(count=st.sampled_from([1, 30, 100]))
    def lag(self, count: int) -> None:
        """Time passes and the sweep is late."""
        self.pass_time(hours(count))

    @rule(count=st.sampled_from([1, 30, 100]))
    def outage(self, count: int) -> None:
        """The bot is away; back again, it grants the time before it decides anything."""
        since = self.now
        self.now += hours(count)
        away = not self.stopped and self.proposal.state in CONTESTABLE | {ProposalState.PASSED, ProposalState.ADOPTED}
        if not away and not self.stopped:
            self.ran += hours(count)
        self.do(lambda: clock.stop(self.proposal, clock.OUTAGE, since))
        self.do(lambda: clock.resume(self.proposal, clock.OUTAGE, self.now))
        self.sweep()

    @rule(reason=st.sampled_from(REASONS))
    def stop_clock(self, reason: str) -> None:
        self.halt_clock(reason)

    @rule(reason=st.sampled_from(REASONS))
    def resume_clock(self, reason: str) -> None:
        self.restart_clock(reason)
        self.sweep()

    @rule()
    def resume_every_clock(self) -> None:
        for reason in REASONS:
            self.resume_clock(reason)

    @rule(times=st.integers(1, 3))
    def let_it_run(self, times: int) -> None:
        for _ in range(times):
            self.wait_until_due(False)

    # ---- people come and go ------------------------------------------------------------------------

    @rule(person=st.sampled_from(list(SEATS)))
    def leave(self, person: PersonId) -> None:
        if person in self.seated:
            self.seated.remove(person)
            self.follow(gave_up=(person,))
            self.do(lambda: sponsors.objector_gone(self.proposal, person, True, self.now), person)
            for number in self.spoken_for_by(person):
                self.gave_up(number)
            self.few()

    @rule(person=st.sampled_from(list(SEATS)))
    def seat_taken_away(self, person: PersonId) -> None:
        if person in self.seated:
            before = self.proposal.objections
            self.seated.remove(person)
            self.do(lambda: sponsors.objector_gone(self.proposal, person, False, self.now), person)
            assert [replace(o, seat_taken=False, sponsor_taken=False) for o in self.proposal.objections] == [
                replace(o, seat_taken=False, sponsor_taken=False) for o in before
            ]
            for number in self.spoken_for_by(person):
                self.lost(number, person)
            self.few()

    @rule(person=st.sampled_from(list(SEATS)))
    def come_back(self, person: PersonId) -> None:
        self.seated.add(person)
        self.follow(back=(person,))
        self.proposal = sponsors.objector_back(self.proposal, person, self.now)
        for objection in self.proposal.objections:
            number = objection.number
            if objection.person == person and number in self.left.keys() | self.kept.keys() | self.sponsors.keys():
                self.left.pop(number, None)
                self.kept.pop(number, None)
                self.lost_at.pop(number, None)
                self.sponsors.pop(number, None)
                self.former.pop(number, None)
                self.speaks[number] = {person}
                self.asked[number] = self.ran
            elif number in self.left and self.former.get(number, [])[-1:] == [person]:
                self.take_over_again(number, self.former[number].pop())
                del self.left[number]
                self.asked[number] = self.ran
            elif self.speaker(number) == person and person in self.kept.get(number, ()):
                self.kept[number].discard(person)
                self.asked[number] = self.ran
                if not self.kept[number]:
                    del self.kept[number]
                    del self.lost_at[number]
        self.few()

    @rule(person=st.sampled_from(list(SEATS)))
    def removed_after_all(self, person: PersonId) -> None:
        """Somebody was taken to have left; that they were removed is learnt late."""
        if person in self.seated:
            return
        before, former = self.proposal.objections, {n: set(people) for n, people in self.former.items()}
        waiting = self.left.keys() | self.sponsors.keys()
        self.follow(back=(person,))
        self.few()
        self.do(lambda: sponsors.removed_after_all(self.proposal, person, self.now), person)
        for number, (objector, _, _) in self.raised.items():
            waits = number in waiting
            concerned = waits and person in {objector, *former.get(number, ())}
            if concerned and self.proposal.state in SET_ASIDE and number not in self.gone:
                self.lost(number, person)
            if concerned and person != objector:
                seen("a former sponsor was removed")
            assert not concerned or self.final or number in self.kept or number in self.void
        assert [(o.state, o.statement) for o in self.proposal.objections] == [(o.state, o.statement) for o in before]
        for objection, was in zip(self.proposal.objections, before, strict=True):
            assert objection.sponsor in {was.sponsor, person}

    @rule(text=st.sampled_from(["limits.versions", "objection.threshold", "limits.open_per_author", "vote.majority"]))
    def policy_amended_elsewhere(self, text: str) -> None:
        new: Value = Fraction(3, 5) if text == "vote.majority" else 9
        self.world = replace(self.world, policy=amended(self.world.policy, {text: new}))

    # ---- acts --------------------------------------------------------------------------------------

    @rule(person=anybody)
    def object(self, person: PersonId) -> None:
        self.do(lambda: objections.raise_objection(self.proposal, self.who(person), "button", self.now), person)

    @rule(number=numbers, person=anybody)
    def state(self, number: int, person: PersonId) -> None:
        who = self.who(person)
        if self.do(lambda: objections.state_objection(self.proposal, number, who, STATEMENT, self.now), person):
            assert person in self.speaks[number] or self.is_colleague(number, person)
            seen("stated by a colleague" if person not in self.speaks[number] else "stated by its speaker")
            self.said[number] = STATEMENT

    @rule()
    def state_all(self) -> None:
        for number, (person, _, _) in self.raised.items():
            self.state(number, person)

    @rule(number=numbers, person=anybody)
    def ask(self, number: int, person: PersonId) -> None:
        self.do(lambda: rulings.ask_test(self.proposal, number, self.who(person), self.now), person)

    @rule(number=numbers, in_form=st.booleans())
    def decide_form(self, number: int, in_form: bool) -> None:
        self.do(lambda: rulings.rule_on_form(self.proposal, number, FLO, in_form, REASON, self.now), FLO.person)

    @rule(number=numbers, person=anybody)
    def appeal(self, number: int, person: PersonId) -> None:
        self.do(lambda: rulings.appeal(self.proposal, number, person, REASON, self.now), person)

    @rule(number=numbers)
    def lose_and_appeal(self, number: int) -> None:
        self.decide_form(number, False)
        if number in self.raised:
            self.appeal(number, self.raised[number][0])

    @rule(number=numbers, person=anybody, stands=st.booleans())
    def judge(self, number: int, person: PersonId, stands: bool) -> None:
        self.do(lambda: rulings.vote_on_appeal(self.proposal, number, self.who(person), stands, self.now), person)

    @rule(number=numbers, person=anybody)
    def take_back(self, number: int, person: PersonId) -> None:
        self.do(lambda: objections.withdraw_objection(self.proposal, number, self.who(person), self.now), person)

    @rule(number=numbers, person=anybody, resolved=st.booleans())
    def answer(self, number: int, person: PersonId, resolved: bool) -> None:
        who = self.who(person)
        self.do(lambda: objections.answer_revision(self.proposal, number, who, resolved, self.now), person)

    @rule(number=numbers, person=anybody)
    def sponsor(self, number: int, person: PersonId) -> None:
        self.do(lambda: sponsors.sponsor(self.proposal, number, self.who(person), self.now), person)

    @rule(person=anybody)
    def read(self, person: PersonId) -> None:
        self.do(lambda: electorates.mark_read(self.proposal, self.who(person), self.now), person)

    @rule(person=anybody)
    def concern(self, person: PersonId) -> None:
        self.do(lambda: objections.raise_concern(self.proposal, self.who(person), "Hm.", "", self.now), person)

    @precondition(lambda self: len(self.proposal.versions) < 8)
    @rule(smuggle=st.booleans())
    def revise(self, smuggle: bool) -> None:
        before, text = self.proposal, BUDGET if self.proposal.type == "budget" else TEXT
        text = replace(text, risks=f"Version {len(before.versions) + 1}.")
        effects: tuple[Effect, ...] = ((ENTRENCHED_KEY if smuggle else FREE_KEY),) if before.effects else ()
        fresh = rolls(self.stakeholders(), self.stakeholders())
        if self.do(
            lambda: revisions.revise(before, ANA.person, text, effects, self.world, fresh, self.now), ANA.person
        ):
            remainder = self.ran + LENGTH["remainder"]
            self.closes = max(remainder, self.closes) if before.state is ProposalState.REVIEW else remainder
            known = {o.person for o in before.objections if o.number not in self.gone}
            self.electors = self.acting() | (SEATS.keys() - self.gave_it_up) | (known & self.electors)
            self.voters = (self.voters | SEATS.keys()) - self.gave_it_up
            assert {e.person for e in self.proposal.electors} == self.electors
            assert {self.raised[n][0] for n in self.counting()} <= self.electors
            self.few()

    @rule(person=anybody)
    def withdraw_or_not(self, person: PersonId) -> None:
        """Rarely the author, or most runs would end here."""
        if person == ANA.person and self.now > NOW + hours(200):
            self.do(lambda: proposals.withdraw(self.proposal, person, "", self.now), person)

    @rule(person=anybody)
    def escalate(self, person: PersonId) -> None:
        self.do(lambda: escalations.escalate(self.proposal, self.who(person), self.now), person)

    @rule(person=people, choice=st.integers(0, 3))
    def vote(self, person: PersonId, choice: int) -> None:
        held = self.proposal.vote
        if held is None:
            return
        choices = REGISTRY[held.method].OPTIONS
        wanted = Ballot({choices[choice % len(choices)]: 1}, None, "harm", REASON)
        try:
            self.proposal, ballot, events = votes.cast(self.proposal, self.who(person), wanted, SHG, self.now)
        except Refusal:
            return
        assert ballot.person == person
        self.cast.setdefault(held.id, {})[person] = ballot
        self.note(events)

    @rule()
    def vote_in_favour(self) -> None:
        for person in sorted(self.seated):
            self.vote(person, 0)

    @rule(count=st.integers(1, 6))
    def halt(self, count: int) -> None:
        for person in sorted(self.electors)[:count]:
            who = self.who(person)
            agreed = self.do(partial(halts.consent_to_halt, self.proposal, who, self.now), person)
            assert not agreed or person in self.acting()

    # ---- several acts at once, to come where single ones seldom lead --------------------------------

    @rule(count=st.integers(1, 4))
    def object_together(self, count: int) -> None:
        for person in sorted(self.seated)[:count]:
            self.object(person)
        self.state_all()

    @rule(person=people, hours_later=st.sampled_from([1, 24, 47]))
    def object_and_leave(self, person: PersonId, hours_later: int) -> None:
        if person in self.seated:
            self.object(person)
            self.wait(hours_later)
            self.leave(person)

    @rule(person=people, after=st.sampled_from([1, 24, 47]))
    def sponsor_whatever_waits(self, person: PersonId, after: int) -> None:
        self.wait(after)
        for number in list(self.raised):
            self.sponsor(number, person)

    @precondition(lambda self: self.unit == "organisation")
    @rule(person=st.sampled_from(list(SEATS)), gone=st.sampled_from(["", "left", "removed"]), withdraws=st.booleans())
    def a_colleague_speaks_for_it(self, person: PersonId, gone: str, withdraws: bool) -> None:
        self.object(person)
        if gone:
            (self.leave if gone == "left" else self.seat_taken_away)(person)
        number = max(self.raised, default=0)
        for colleague in (p for p in SEATS if p != person and voice(p, self.unit) == voice(person, self.unit)):
            (self.take_back if withdraws else self.state)(number, colleague)

    @rule(person=people, other=people, by_themselves=st.booleans(), after=st.sampled_from([1, 47, 49]))
    def sponsor_and_lose_the_sponsor(self, person: PersonId, other: PersonId, by_themselves: bool, after: int) -> None:
        self.object_and_leave(person, 1)
        for number in list(self.raised):
            self.sponsor(number, other)
        if other in self.sponsors.values():
            (self.leave if by_themselves else self.seat_taken_away)(other)
            self.wait(after)

    @rule(person=people, others=st.permutations(list(SEATS)), removed=st.booleans())
    def speak_one_after_another(self, person: PersonId, others: list[PersonId], removed: bool) -> None:
        """An objection goes from hand to hand: some leave, some lose their seat."""
        self.object_and_leave(person, 1)
        for turn, other in enumerate(others[:3]):
            if removed:
                self.removed_after_all(others[turn - 1] if turn else person)
            for number in list(self.raised):
                self.sponsor(number, other)
            if other in self.sponsors.values():
                (self.leave if turn % 2 else self.seat_taken_away)(other)
                self.come_back(others[0])

    @rule(number=numbers, after=st.sampled_from([1, 47, 49]))
    def take_the_seat_and_rule_against_it(self, number: int, after: int) -> None:
        if number in self.raised:
            self.state(number, self.raised[number][0])
            self.seat_taken_away(self.raised[number][0])
            self.decide_form(number, False)
            self.wait(after)

    @precondition(lambda self: self.proposal.state in {ProposalState.REVIEW, ProposalState.SETTLING})
    @rule()
    def bring_to_dispute(self) -> None:
        self.object_together(4)
        for _ in range(6):
            if self.proposal.state in {ProposalState.REVIEW, ProposalState.SETTLING}:
                self.wait_until_due(False)

    @precondition(lambda self: self.proposal.state is ProposalState.DISPUTED)
    @rule()
    def bring_to_vote(self) -> None:
        self.escalate(ANA.person)
        if self.proposal.vote is not None and not self.proposal.vote.opened:
            self.wait_until_due(False)
        self.vote_in_favour()

    @precondition(lambda self: self.proposal.state is ProposalState.ESCALATED)
    @rule()
    def bring_to_adoption(self) -> None:
        self.vote_in_favour()
        for _ in range(3):
            if self.proposal.state is ProposalState.ESCALATED:
                self.wait_until_due(False)

    @precondition(lambda self: self.proposal.state in SET_ASIDE)
    @rule(person=people, by_themselves=st.booleans(), wait=st.booleans())
    def lose_an_objector_and_halt(self, person: PersonId, by_themselves: bool, wait: bool) -> None:
        for objector in sorted({p for p, _, _ in self.raised.values()} | {person}):
            (self.leave if by_themselves else self.seat_taken_away)(objector)
        if self.proposal.state is ProposalState.ESCALATED:
            self.bring_to_adoption()
        self.halt(6)
        if wait:
            self.wait(47)

    @precondition(lambda self: self.proposal.state in {ProposalState.PASSED, ProposalState.ADOPTED})
    @rule()
    def make_stale(self) -> None:
        self.policy_amended_elsewhere("limits.open_per_author")
        self.wait_until_due(False)

    @precondition(lambda self: self.proposal.state is ProposalState.STALE)
    @rule()
    def rebase(self) -> None:
        self.revise(False)
        self.let_it_run(3)

    # ---- what must hold after every step -----------------------------------------------------------

    @invariant()
    def no_objection_is_lost(self) -> None:
        assert [o.number for o in self.proposal.objections] == sorted(self.raised)
        for objection in self.proposal.objections:
            person, raised_at, _ = self.raised[objection.number]
            assert (objection.person, objection.raised_at) == (person, raised_at)
            assert objection.statement == self.said.get(objection.number)

    @invariant()
    def what_counts_is_what_the_books_say(self) -> None:
        assert {o.number for o in self.proposal.objections if o.counts} == self.counting()
        overruled = {o.number for o in self.proposal.objections if o.state is ObjectionState.OVERRULED}
        assert overruled == self.overruled

    @invariant()
    def rules_and_electorate_are_pinned(self) -> None:
        assert self.proposal.terms == self.terms
        assert {e.person for e in self.proposal.electors} == self.electors

    @invariant()
    def nothing_happens_after_the_end(self) -> None:
        assert self.enacted <= 1
        if self.final is not None:
            assert self.proposal.state is self.final.state
            assert [o.state for o in self.proposal.objections] == [o.state for o in self.final.objections]

    @invariant()
    def enacted_only_by_informed_silence_or_by_vote(self) -> None:
        if self.proposal.state is ProposalState.ENACTED:
            adopted = ("adopted", self.cycle) in self.counted
            assert adopted or (self.cycle in self.settled and not self.reached())

    @invariant()
    def deadlines_leave_what_has_not_run_yet(self) -> None:
        """However often the clock stood: what is left of a period is its length less the time that ran."""
        proposal = self.proposal
        assert proposal.clock.reasons == (frozenset() if self.final else frozenset(self.stopped))
        present = proposal.clock.stopped_at or self.now
        if proposal.state is ProposalState.REVIEW and self.ran < self.closes:
            assert proposal.closes_at is not None
            assert proposal.closes_at - present == self.closes - self.ran
        for o in proposal.objections:
            left = LENGTH["stating"] - (self.ran - self.asked[o.number])
            if o.number in self.left or o.number in self.kept:
                continue
            if o.state is ObjectionState.RAISED and left > timedelta(0) and self.final is None:
                assert o.state_by is not None
                assert o.state_by - present == left

    @invariant()
    def nothing_stays_open_beyond_its_age(self) -> None:
        """Seen from the last sweep: acts alone do not end a proposal."""
        around = Surroundings()
        probe, _ = lifecycle.advance(self.proposal, self.now, around)
        state, since = self.entered
        if probe.state is not self.proposal.state or probe.state in FINAL:
            return
        if self.stopped:
            assert self.now - min(self.stopped.values()) < timedelta(days=14) or state in {
                ProposalState.PASSED, ProposalState.ADOPTED, ProposalState.STALE,
            }  # fmt: skip
        elif state in {ProposalState.DISPUTED, ProposalState.STALE}:
            assert self.ran - since < timedelta(days=14)
        if not self.stopped and state not in {ProposalState.PASSED, ProposalState.ADOPTED}:
            assert self.ran < timedelta(days=90)


Proceedings.TestCase.settings = settings(max_examples=400, stateful_step_count=50, deadline=None)
TestProceedings = Proceedings.TestCase
