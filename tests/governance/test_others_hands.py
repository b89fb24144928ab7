"""No sequence of roles taken or given by others makes a proposal pass that would not have passed without (PRO-9).

One course of a proposal is played twice: as people act, and as they act while somebody with power over roles gives and
takes seats from a week before the opening on. Who has lost a role acts without it; who was given one tries everything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

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
from bot.governance.errors import Refusal
from bot.governance.events import Event
from bot.governance.ids import PersonId
from bot.governance.lifecycle import Surroundings
from bot.governance.organisation import FACILITATOR, Member, RoleMapping
from bot.governance.policy_values import Value
from bot.governance.proposals_types import Proposal, ProposalState, Rolls
from bot.governance.seats import Hand, SeatRecord, roll
from bot.governance.votes_types import Ballot
from tests.governance.scene import (
    ANA,
    BUDGET,
    EXPERT,
    FUNDER,
    NEIGHBOUR,
    NOW,
    OTHER_TEXT,
    PARTNERSHIP,
    REASON,
    SHG,
    SHG_FACILITATOR,
    STATEMENT,
    draft,
    hours,
    world,
)

SEATED: dict[str, RoleMapping] = {
    "bo": FUNDER, "cy": FUNDER, "di": EXPERT, "ed": EXPERT, "fay": NEIGHBOUR, "gil": NEIGHBOUR, "flo": SHG_FACILITATOR,
}  # fmt: skip
GUESTS = ("x", "y", "z")
MAPPINGS = (FUNDER, EXPERT, NEIGHBOUR, SHG_FACILITATOR)
Hands = tuple[float, str, RoleMapping, bool]
Act = tuple[float, str, str, int]
END = 24 * 40


@dataclass
class Course:
    """One proposal from its opening to its end, with the record of who held which seat when."""

    type: str
    changes: dict[str, Value]
    records: list[SeatRecord] = field(default_factory=list)
    proposal: Proposal = field(init=False)
    ballots: dict[PersonId, Ballot] = field(default_factory=dict)
    hour: float = -24 * 7

    def __post_init__(self) -> None:
        self.records = [self._record(person, mapping, -24 * 100) for person, mapping in SEATED.items()]

    @staticmethod
    def _record(person: str, mapping: RoleMapping, hour: float) -> SeatRecord:
        return SeatRecord(
            PersonId(person), mapping.role, mapping.group, mapping.seat, NOW + hours(hour),
            stakeholder_class=mapping.stakeholder_class, organisation=mapping.organisation,
        )  # fmt: skip

    def who(self, person: str) -> Member:
        """As what they wear makes them now."""
        if person == ANA.person:
            return ANA
        worn = {r.role for r in self.records if r.person == person and r.until is None}
        return Member(PersonId(person), tuple(m for m in MAPPINGS if m.role in worn))

    def seated(self) -> Rolls:
        now = NOW + hours(self.hour)
        members = roll(PARTNERSHIP, SHG, self.records, now)
        rulers = frozenset(e.person for e in roll(PARTNERSHIP, SHG, self.records, now, FACILITATOR))
        return Rolls(members, members, members, rulers)

    def open(self) -> None:
        filed = draft(self.type, text=BUDGET if self.type == "budget" else None)
        self.hour = 0
        self.proposal, _ = proposals.open_review(
            filed,
            ANA,
            world(self.changes),
            self.seated(),
            proposals.Load(),
            1,
            NOW,
        )

    def give_or_take(self, person: str, mapping: RoleMapping, given_: bool) -> None:
        """Somebody with power over roles; the bot follows the open proposal as it does on every change."""
        held = [r for r in self.records if (r.person, r.role, r.until) == (person, mapping.role, None)]
        now = NOW + hours(self.hour)
        if given_ and not held:
            self.records.append(self._record(person, mapping, self.hour))
        elif held and not given_:
            lost = replace(held[0], until=now, lost_by=Hand.OTHERS)
            self.records[self.records.index(held[0])] = lost
        else:
            return
        if self.hour < 0 or mapping.seat == FACILITATOR:
            return
        if given_:
            self.proposal = electorates.followed(self.proposal, SHG, SHG, (), (PersonId(person),))
            self.proposal = sponsors.objector_back(self.proposal, PersonId(person), now)
        else:
            self.proposal, _ = sponsors.objector_gone(self.proposal, PersonId(person), False, now)
        turn = clock.stop if electorates.too_few_seated(self.proposal) else clock.resume
        self.proposal, _ = turn(self.proposal, clock.FEW, now)

    def sweep(self) -> None:
        around = Surroundings(tuple(self.ballots.values()))
        self.proposal, _ = lifecycle.advance(self.proposal, NOW + hours(self.hour), around)

    def act(self, person: str, what: str, number: int) -> None:
        """One act; what is refused changes nothing."""
        who, proposal, now = self.who(person), self.proposal, NOW + hours(self.hour)
        own = proposal.open_objection_of(who.person)
        mine = own.number if own is not None else number
        acts: dict[str, Callable[[], tuple[Proposal, tuple[Event, ...]]]] = {
            "object": lambda: objections.raise_objection(proposal, who, "button", now),
            "state": lambda: objections.state_objection(proposal, mine, who, STATEMENT, now),
            "read": lambda: electorates.mark_read(proposal, who, now),
            "rule": lambda: rulings.rule_on_form(proposal, number, who, False, REASON, now),
            "appeal": lambda: rulings.appeal(proposal, mine, who.person, REASON, now),
            "dismiss": lambda: rulings.vote_on_appeal(proposal, number, who, False, now),
            "uphold": lambda: rulings.vote_on_appeal(proposal, number, who, True, now),
            "escalate": lambda: escalations.escalate(proposal, who, now),
            "halt": lambda: halts.consent_to_halt(proposal, who, now),
            "revise": lambda: revisions.revise(
                proposal, who.person, replace(OTHER_TEXT, amount_written=proposal.text.amount_written), (),
                world(), self.seated(), now,
            ),
        }  # fmt: skip
        try:
            if what in {"for", "against"}:
                self.proposal, ballot, _ = votes.cast(proposal, who, Ballot({what: 1}), SHG, now)
                self.ballots[who.person] = ballot
            else:
                self.proposal, _ = acts[what]()
        except Refusal:
            return


def played(type: str, changes: dict[str, Value], acts: list[Act], hands: list[Hands]) -> Proposal:
    """The course with these acts, and with these hands between them."""
    course = Course(type, changes)
    for hour, person, mapping, given_ in sorted((h for h in hands if h[0] < 0), key=lambda h: h[0]):
        course.hour = hour
        course.give_or_take(person, mapping, given_)
    course.open()
    steps: list[tuple[float, int, Act | Hands]] = [(h[0], 0, h) for h in hands if h[0] >= 0]
    steps += [(a[0], 1, a) for a in acts]
    steps += [(float(hour), 2, (float(hour), "", "", 0)) for hour in range(0, END, 12)]
    for hour, kind, step in sorted(steps, key=lambda s: (s[0], s[1])):
        course.hour = hour
        course.sweep()
        if kind == 0:
            course.give_or_take(step[1], step[2], bool(step[3]))  # type: ignore[arg-type]
        elif kind == 1:
            course.act(step[1], str(step[2]), int(step[3]))
            course.sweep()
    return course.proposal


PASSED = {ProposalState.PASSED, ProposalState.ADOPTED, ProposalState.ENACTED}
VOCABULARY = ("object", "state", "read", "rule", "appeal", "dismiss", "uphold", "escalate", "for", "against", "halt")
WHEN = st.sampled_from(
    [1.0, 20.0, 40.0, 60.0, 71.0, 73.0, 90.0, 110.0, 121.0, 140.0, 160.0, 190.0, 200.0, 250.0, 300.0]
)
OWN_ACTS = st.lists(
    st.tuples(WHEN, st.sampled_from([*SEATED, "ana"]), st.sampled_from(VOCABULARY), st.integers(1, 3)),
    min_size=4,
    max_size=40,
)
WHEN_HANDS = st.one_of(st.floats(-167.9, -0.1), WHEN.map(lambda hour: hour - 0.5))
HANDS = st.lists(
    st.tuples(WHEN_HANDS, st.sampled_from([*SEATED, *GUESTS]), st.sampled_from(MAPPINGS), st.booleans()), max_size=30
)
GUESTS_ACTS = st.lists(
    st.tuples(WHEN, st.sampled_from(GUESTS), st.sampled_from(VOCABULARY), st.integers(1, 3)), max_size=20
)


def disputes(people: list[str], rest: list[Act]) -> list[Act]:
    """These object and state why, in time."""
    return [act for who in people for act in ((1.0, who, "object", 1), (1.5, who, "state", 1))] + rest


@settings(max_examples=300, deadline=None)
@given(
    type=st.sampled_from(["operational", "budget"]),
    rule=st.sampled_from(["people", "share", "classes"]),
    unit=st.sampled_from(["person", "organisation"]),
    threshold=st.integers(1, 3),
    method=st.sampled_from(["majority", "supermajority"]),
    objectors=st.lists(st.sampled_from([*SEATED]), unique=True, max_size=4),
    acts=OWN_ACTS,
    hands=HANDS,
    guests=GUESTS_ACTS,
)
def test_others_hands_make_nothing_pass(
    type: str, rule: str, unit: str, threshold: int, method: str, objectors: list[str], acts: list[Act],
    hands: list[Hands], guests: list[Act],
) -> None:  # fmt: skip
    changes: dict[str, Value] = {
        "objection.rule": rule, "objection.unit": unit, "objection.threshold": threshold,
        "objection.classes": threshold, "vote.method": method, "reach.bar": 0,
    }  # fmt: skip
    acts = disputes(objectors, acts)
    without = played(type, changes, acts, [])
    meddled = played(type, changes, [*acts, *guests], hands)
    event(f"{without.state} → {meddled.state}")
    assert meddled.state not in PASSED or without.state in PASSED
    assert {e.person for e in meddled.electors} >= {e.person for e in without.electors}


def test_the_three_attacks_of_the_minute() -> None:
    """Four of six are unseated for the minute of the opening, of the escalation, of the appeal: as without it."""
    four = ("cy", "di", "ed", "fay")

    def minute(hour: float) -> list[Hands]:
        return [(at, who, SEATED[who], back) for who in four for at, back in ((hour - 0.1, False), (hour + 0.1, True))]

    objecting: list[Act] = [(1.0, who, "object", 1) for who in four] + [(2.0, who, "state", 1) for who in four]
    assert played("operational", {}, objecting, minute(0)).state is ProposalState.NOT_ADOPTED

    escalating: list[Act] = [*objecting, (130.0, "ana", "escalate", 1)]
    escalating += [(131.0, who, "for", 1) for who in ("bo", "gil")] + [(132.0, who, "against", 1) for who in four]
    assert played("operational", {}, escalating, minute(130)).state is ProposalState.NOT_ADOPTED

    appealing: list[Act] = [(1.0, "bo", "object", 1), (2.0, "bo", "state", 1), (3.0, "flo", "rule", 1)]
    appealing += [(4.0, "bo", "appeal", 1), (5.0, "gil", "dismiss", 1)] + [(6.0, who, "uphold", 1) for who in four]
    assert played("operational", {}, appealing, minute(5)).state is ProposalState.NOT_ADOPTED
    fair = [act for act in appealing if act[2] != "uphold"] + [(6.0, who, "dismiss", 1) for who in four]
    assert played("operational", {"reach.bar": 0}, fair, minute(5)).state in PASSED, "a majority of judges decides"


OBJECTED: list[Act] = [(1.0, "bo", "object", 1), (2.0, "bo", "state", 1)]
VOTED: list[Act] = [*OBJECTED, (130.0, "ana", "escalate", 1), *((132.0, who, "against", 1) for who in ("bo", "cy"))]
APPEALED: list[Act] = [*OBJECTED, (3.0, "flo", "rule", 1), (4.0, "bo", "appeal", 1)]


@pytest.mark.parametrize("hour", [-167.0, -0.1, 0.5])
@pytest.mark.parametrize(
    ("acts", "guests", "seat"),
    [
        (OBJECTED, [(3.0, "x", "rule", 1)], SHG_FACILITATOR),
        (APPEALED, [(5.0, who, "dismiss", 1) for who in GUESTS], FUNDER),
        (VOTED, [(131.0, who, "for", 1) for who in GUESTS], EXPERT),
    ],
)
def test_who_is_seated_for_it_decides_nothing(
    acts: list[Act], guests: list[Act], seat: RoleMapping, hour: float
) -> None:
    """Neither in the week before the opening nor afterwards; a week earlier it was in the open for a week."""
    changes: dict[str, Value] = {"reach.bar": 0}
    hands: list[Hands] = [(hour, who, seat, True) for who in GUESTS]
    assert played("operational", changes, [*acts, *guests], hands).state is ProposalState.NOT_ADOPTED
    if hour == -167.0:
        early: list[Hands] = [(-168.0, who, seat, True) for who in GUESTS]
        assert played("operational", changes, [*acts, *guests], early).state in PASSED
