"""A partnership to try the rules on: a stakeholder group, a top-level cell, two cells, and who sits where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from bot.governance import drafts, electorates, lifecycle, objections, proposals, revisions, rulings
from bot.governance.effects import Decision, Effect, Governed, PolicyChange
from bot.governance.events import Event, EventType
from bot.governance.ids import GroupId, PartnershipId, PersonId, ProposalId, RoleId
from bot.governance.lifecycle import Surroundings
from bot.governance.organisation import (
    CONTRIBUTOR,
    FACILITATOR,
    MEMBER,
    OBSERVER,
    Elector,
    Group,
    GroupKind,
    Member,
    Partnership,
    RoleMapping,
)
from bot.governance.policy import genesis
from bot.governance.policy_values import Value
from bot.governance.proposals_types import Objection, Proposal, ProposalState, Rolls, Statement, Text
from bot.governance.votes_types import Ballot

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)

SHG, TLC, WATER, SOIL = (GroupId(n) for n in (1, 2, 3, 4))


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def at(count: float) -> datetime:
    """So many hours after the review opened."""
    return NOW + hours(count)


def _role(number: int, group: GroupId | None, seat: str, cls: str = "", organisation: str = "") -> RoleMapping:
    return RoleMapping(RoleId(number), group, seat, cls, organisation, NOW - timedelta(days=100 - number))


FUNDER = _role(10, SHG, MEMBER, "financial contributor", "Alpha")
EXPERT = _role(11, SHG, MEMBER, "domain expert", "Beta")
NEIGHBOUR = _role(12, SHG, MEMBER, "community representative", "Gamma")
SHG_FACILITATOR = _role(13, SHG, FACILITATOR)
SHG_OBSERVER = _role(14, SHG, OBSERVER)
TOP = _role(20, TLC, MEMBER, "", "Delta")
TOP_FACILITATOR = _role(21, TLC, FACILITATOR)
WATERER = _role(30, WATER, MEMBER)
DIGGER = _role(31, SOIL, MEMBER)
GIVER = _role(40, None, CONTRIBUTOR)

GROUPS = (
    Group(SHG, GroupKind.STAKEHOLDERS, "Stakeholders"),
    Group(TLC, GroupKind.TOP_LEVEL, "Top", SHG),
    Group(WATER, GroupKind.CELL, "Water", TLC),
    Group(SOIL, GroupKind.CELL, "Soil", TLC),
)
MAPPINGS = (
    FUNDER, EXPERT, NEIGHBOUR, SHG_FACILITATOR, SHG_OBSERVER, TOP, TOP_FACILITATOR, WATERER, DIGGER, GIVER,
)  # fmt: skip
PARTNERSHIP = Partnership(PartnershipId(1), "Orchard", 1, GROUPS, MAPPINGS, provisional=False)


def member(name: str, *seats: RoleMapping) -> Member:
    return Member(PersonId(name), seats)


ANA = member("ana", TOP)
"""The author of most proposals: she sits in the top-level cell and speaks for Delta."""
BO, CY = member("bo", FUNDER), member("cy", FUNDER)
DI, ED = member("di", EXPERT), member("ed", EXPERT)
FAY, GIL = member("fay", NEIGHBOUR), member("gil", NEIGHBOUR)
FLO = member("flo", SHG_FACILITATOR)
STRANGER = member("stranger")
JOINER = member("joiner", EXPERT)

STAKEHOLDERS = (BO, CY, DI, ED, FAY, GIL)
ELECTORS = tuple(Elector(m.person, m.seats[0].stakeholder_class, m.seats[0].organisation) for m in STAKEHOLDERS)
JUDGES = frozenset(m.person for m in STAKEHOLDERS)
FACILITATORS = frozenset(PersonId(name) for name in ("flo", "cy", "di", "ana", "tip"))
"""Whoever facilitates anything here did so when the review opened."""


def rolls(electors: tuple[Elector, ...] = ELECTORS, stakeholders: tuple[Elector, ...] = ELECTORS) -> Rolls:
    """Who counts as seated when a review opens."""
    return Rolls(electors, stakeholders, stakeholders, FACILITATORS)


SEATED = rolls()

TEXT = Text(
    title="Dig a second well",
    ask="Let the water cell dig a second well behind the barn.",
    why="The first one runs dry in August.",
)
BUDGET = replace(TEXT, amount_written="2500.50", currency="eur", payee="Well & Sons")
REASON = "This is a reason of decent length."
STATEMENT = Statement("harm", REASON, "Dig it elsewhere.")
OTHER_TEXT = replace(TEXT, ask="Let the water cell dig a second well in front of the barn.")
FREE_KEY = PolicyChange("limits.open_per_author", "4")
"""A key that may change by silence."""
ENTRENCHED_KEY = PolicyChange("objection.threshold", "2")

NO_CHANGES: Mapping[str, Value] = MappingProxyType({})
AROUND = Surroundings()
DECISION = Decision(ProposalId(7), NOW)
"""What carries an effect out."""


def world(changes: Mapping[str, Value] = NO_CHANGES, provisional: bool = False) -> Governed:
    return Governed(replace(PARTNERSHIP, provisional=provisional), genesis(changes))


def draft(
    type: str = "operational",
    text: Text | None = None,
    effects: tuple[Effect, ...] = (),
    author: Member = ANA,
    group: GroupId | None = None,
) -> Proposal:
    if text is None:
        text = BUDGET if type == "budget" else TEXT
    if type == "ratification":
        empty = Proposal(ProposalId(7), PARTNERSHIP.id, SHG, type, author.person, NOW, NOW)
    else:
        empty = drafts.start(ProposalId(7), world(), author, type, group, NOW)
    return drafts.edit_draft(empty, author.person, text, effects)


def opened(
    type: str = "operational",
    changes: Mapping[str, Value] = NO_CHANGES,
    electors: tuple[Elector, ...] = ELECTORS,
    effects: tuple[Effect, ...] | None = None,
    author: Member = ANA,
    text: Text | None = None,
    group: GroupId | None = None,
) -> Proposal:
    """A proposal whose review opened at ``NOW``."""
    if effects is None:
        effects = (FREE_KEY,) if type == "policy" else ()
    proposal, _ = proposals.open_review(
        draft(type, text, effects, author, group), author, world(changes), rolls(electors), proposals.Load(), 12, NOW
    )
    return proposal


def raised(proposal: Proposal, *people: Member, now: datetime = NOW) -> Proposal:
    for person in people:
        proposal, _ = objections.raise_objection(proposal, person, "button", now)
    return proposal


def stated(proposal: Proposal, *people: Member, now: datetime = NOW) -> Proposal:
    for person in people:
        proposal = raised(proposal, person, now=now)
        mine = proposal.open_objection_of(person.person)
        assert mine is not None
        proposal, _ = objections.state_objection(proposal, mine.number, person, STATEMENT, now)
    return proposal


def ruled(proposal: Proposal, in_form: bool = False, number: int = 1, now: datetime = NOW) -> Proposal:
    return rulings.rule_on_form(proposal, number, FLO, in_form, REASON, now)[0]


def appealed(proposal: Proposal, by: Member, number: int = 1, now: datetime = NOW) -> Proposal:
    return rulings.appeal(proposal, number, by.person, REASON, now)[0]


def revised(
    proposal: Proposal,
    now: datetime,
    text: Text = OTHER_TEXT,
    electors: tuple[Elector, ...] = ELECTORS,
    effects: tuple[Effect, ...] | None = None,
) -> Proposal:
    kept = proposal.effects if effects is None else effects
    return revisions.revise(proposal, proposal.author, text, kept, world(), rolls(electors), now)[0]


def advanced(proposal: Proposal, now: datetime, ballots: tuple[Ballot, ...] = ()) -> Proposal:
    return lifecycle.advance(proposal, now, Surroundings(ballots))[0]


def disputed(proposal: Proposal | None = None) -> Proposal:
    """One stated objection against a threshold of one, disputed since hour 72."""
    proposal = stated(proposal or opened(), BO)
    proposal = advanced(proposal, at(72))
    assert proposal.state is ProposalState.DISPUTED
    return proposal


def gave_up(proposal: Proposal, *people: Member, back: tuple[Member, ...] = ()) -> Proposal:
    """These stakeholders left of their own will, or hold their seat again."""
    return electorates.followed(proposal, SHG, SHG, [m.person for m in people], [m.person for m in back])


def first(proposal: Proposal) -> Objection:
    return proposal.objections[0]


def kinds(events: tuple[Event, ...]) -> list[EventType]:
    return [event.type for event in events]


def ballots(choices: Mapping[str, str]) -> tuple[Ballot, ...]:
    return tuple(Ballot({choice: 1}, PersonId(person)) for person, choice in choices.items())
