"""Everything on file about one proposal, as frozen data. The rules stand in the files named after their noun."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from bot.governance.effects import Effect
from bot.governance.ids import GroupId, PartnershipId, PersonId, ProposalId
from bot.governance.matrix import DecisionType
from bot.governance.organisation import Elector
from bot.governance.policy import Policy
from bot.governance.votes_types import Vote


class ProposalState(StrEnum):
    """The life cycle of a proposal (PRO-6)."""

    DRAFT = "draft"
    REVIEW = "review"
    SETTLING = "settling"
    DISPUTED = "disputed"
    ESCALATED = "escalated"
    PASSED = "passed"
    ADOPTED = "adopted"
    STALE = "stale"
    ENACTED = "enacted"
    NOT_ADOPTED = "not adopted"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    DISCARDED = "discarded"


FINAL = frozenset(
    {
        ProposalState.ENACTED,
        ProposalState.NOT_ADOPTED,
        ProposalState.WITHDRAWN,
        ProposalState.LAPSED,
        ProposalState.DISCARDED,
    }
)
"""States without an exit."""

CONTESTABLE = frozenset({ProposalState.REVIEW, ProposalState.SETTLING, ProposalState.DISPUTED, ProposalState.ESCALATED})
"""States in which the electors still have something to do, so that the clock rule holds (PRO-11)."""


@dataclass(frozen=True, slots=True)
class ProposalTerms:
    """The rules of one proposal, copied from the policy when its review opened and never changed (POL-2)."""

    policy_version: int
    row: DecisionType
    window: timedelta
    remainder: timedelta
    stating: timedelta
    ruling: timedelta
    appeal_filing: timedelta
    appeal_decision: timedelta
    sponsoring: timedelta
    rule: str
    threshold: int
    share: Fraction
    classes: int
    unit: str
    reach_bar: Fraction
    reach_extension: timedelta
    lapse_budget_above: int
    vote_window: timedelta
    vote_notice: timedelta
    vote_method: str
    quorum: Fraction
    majority: Fraction
    supermajority: Fraction
    secret: bool
    hidden_k: int
    timelock: timedelta
    least_electors: int
    most_versions: int
    outage_tolerance: timedelta
    nudge_before: timedelta
    objection_emoji: str = "✋"
    concern_emoji: str = "💬"

    @property
    def shares(self) -> Mapping[str, Fraction]:
        """The shares that voting methods ask for, by their policy keys (DEC-1)."""
        return {"vote.majority": self.majority, "vote.supermajority": self.supermajority}


@dataclass(frozen=True, slots=True)
class Text:
    """What the author wrote. Page 1 holds the first five; page 2 the rest, by type (PRO-1).

    ``amount`` is in minor units of ``currency``; None while ``amount_written`` cannot be read.
    """

    title: str = ""
    ask: str = ""
    why: str = ""
    outcome: str = ""
    risks: str = ""
    summary: str = ""
    timeline: str = ""
    amount_written: str = ""
    amount: int | None = None
    currency: str = ""
    payee: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """The frozen content of a proposal: text, effects and their hash (PRO-5)."""

    number: int
    text: Text
    effects: tuple[Effect, ...]
    digest: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Revision:
    """What the author has written so far for the version after ``of``; nobody else sees it (PRO-5)."""

    of: int
    text: Text
    effects: tuple[Effect, ...] = ()


class ObjectionState(StrEnum):
    """The life cycle of an objection (OBJ-8)."""

    RAISED = "raised"
    STATED = "stated"
    CONCERN = "concern"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    INTEGRATED = "integrated"
    ORPHANED = "orphaned"
    OVERRULED = "overruled"


COUNTING = frozenset({ObjectionState.RAISED, ObjectionState.STATED})
"""States in which an objection counts against the threshold."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What an objector claims: a published criterion, a reason, and a change that would resolve it (OBJ-2)."""

    criterion: str
    reason: str
    suggestion: str = ""
    agreement: str = ""


@dataclass(frozen=True, slots=True)
class Appeal:
    """The losing side asks the stakeholder group to look at a ruling again, once (OBJ-4).

    Votes say whether the objection stands; ``stands`` is the outcome, None until decided.
    """

    by: PersonId
    filed_at: datetime
    decide_by: datetime
    reason: str
    votes: tuple[tuple[PersonId, bool], ...] = ()
    stands: bool | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Test:
    """A test of form: asked for, ruled on once, perhaps appealed (OBJ-4). ``in_form`` is None until ruled."""

    asked_by: PersonId
    asked_at: datetime
    in_form: bool | None = None
    ruled_by: PersonId | None = None
    ruled_at: datetime | None = None
    reason: str = ""
    appeal_by: datetime | None = None
    appeal: Appeal | None = None


@dataclass(frozen=True, slots=True)
class Objection:
    """One elector's claim that going ahead does harm (OBJ-1 to OBJ-8). Numbers are per proposal.

    ``untold``: who raised it was not told yet that it waits to be stated, so no period of theirs runs (OBJ-2).
    ``former_sponsors`` took it over and left, as far as is known; the latest stands last (PRO-9).
    """

    number: int
    person: PersonId
    raised_at: datetime
    version: int
    via: str
    state: ObjectionState = ObjectionState.RAISED
    stakeholder_class: str = ""
    organisation: str = ""
    state_by: datetime | None = None
    stated_at: datetime | None = None
    rule_by: datetime | None = None
    statement: Statement | None = None
    test: Test | None = None
    sponsor: PersonId | None = None
    sponsor_by: datetime | None = None
    answered_version: int = 0
    settled_in: int | None = None
    reaction_gone_asked: bool = False
    untold: bool = False
    seat_taken: bool = False
    sponsor_taken: bool = False
    former_sponsors: tuple[PersonId, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it counts against the threshold."""
        return self.state in COUNTING

    @property
    def guarded(self) -> bool:
        """A seat behind it was taken away: no silence of those who speak for it weakens it (PRO-9)."""
        return self.seat_taken or self.sponsor_taken

    @property
    def needs_sponsor(self) -> bool:
        """Whether nobody with a seat speaks for it, so that another elector may."""
        return self.sponsor_taken or (self.sponsor is None and (self.seat_taken or self.sponsor_by is not None))

    @property
    def in_own_hands(self) -> bool:
        """Whether who raised it holds the seat behind it still: nobody took it over, and nobody is asked to."""
        return self.sponsor is None and not self.needs_sponsor


@dataclass(frozen=True, slots=True)
class Concern:
    """Something heard and recorded that never blocks (OBJ-3)."""

    person: PersonId
    raised_at: datetime
    text: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which one person was kept from acting, and the clock from running (PRO-11). ``until`` None: it lasts.

    ``lifts_at`` is when it is known to end by itself, ``spent_at`` when it may stop this clock no longer.
    """

    person: PersonId
    cause: str
    since: datetime
    until: datetime | None = None
    lifts_at: datetime | None = None
    spent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """The one clock rule (PRO-11): why the clock is stopped, since when, and how long it has stood in all.

    ``because`` are all reasons since it stopped, also those that are gone again while others hold it.
    ``resumed_at``, when it ran again or nothing was wanting any more, keeps one outage, found twice because of a crash
    or reaching back over what was counted already, from being counted twice. ``wanting_since`` and ``wanting`` are the
    time that it stood for want of electors or of the bot, ``meddled_since`` and ``meddled`` the time that it stood by
    people's acts; ``spent`` once that may not stop it any more.
    """

    reasons: frozenset[str] = frozenset()
    because: frozenset[str] = frozenset()
    stopped_at: datetime | None = None
    stood: timedelta = timedelta(0)
    resumed_at: datetime | None = None
    wanting_since: datetime | None = None
    wanting: timedelta = timedelta(0)
    meddled_since: datetime | None = None
    meddled: timedelta = timedelta(0)
    spent: bool = False
    spells: tuple[Spell, ...] = ()

    @property
    def barred(self) -> tuple[Spell, ...]:
        """The spells that last."""
        return tuple(spell for spell in self.spells if spell.until is None)


@dataclass(frozen=True, slots=True)
class Rolls:
    """Who counts as seated in what opens now, by what they may do there (PRO-9): to be pinned in a proposal."""

    electors: tuple[Elector, ...] = ()
    voters: tuple[Elector, ...] = ()
    judges: tuple[Elector, ...] = ()
    facilitators: frozenset[PersonId] = frozenset()


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal with all that people did on it. ``version`` guards concurrent changes (optimistic locking).

    Pinned (POL-2, PRO-9): with the latest version ``electors`` and ``voters`` in its final vote; with the opening
    ``judges`` of appeals and ``facilitators`` who may rule on form.
    """

    id: ProposalId
    partnership: PartnershipId
    group: GroupId
    type: str
    author: PersonId
    created_at: datetime
    state_since: datetime
    text: Text = field(default_factory=Text)
    effects: tuple[Effect, ...] = ()
    number: int | None = None
    state: ProposalState = ProposalState.DRAFT
    author_organisations: frozenset[str] = frozenset()
    author_groups: frozenset[GroupId] = frozenset()
    refiles: int | None = None
    changed_since: str = ""
    terms: ProposalTerms | None = None
    versions: tuple[Version, ...] = ()
    revision: Revision | None = None
    electors: tuple[Elector, ...] = ()
    voters: tuple[Elector, ...] = ()
    judges: tuple[Elector, ...] = ()
    facilitators: frozenset[PersonId] = frozenset()
    opened_at: datetime | None = None
    closes_at: datetime | None = None
    readers: frozenset[PersonId] = frozenset()
    concerns: tuple[Concern, ...] = ()
    objections: tuple[Objection, ...] = ()
    signs_answered: frozenset[PersonId] = frozenset()
    extended: bool = False
    low_reach: bool = False
    nudged: bool = False
    vote: Vote | None = None
    past_votes: tuple[Vote, ...] = ()
    timelock_ends_at: datetime | None = None
    halts: frozenset[PersonId] = frozenset()
    halted: bool = False
    clock: Clock = field(default_factory=Clock)
    outcome: str = ""
    done_at: datetime | None = None
    done_by: PersonId | None = None
    version: int = 0

    @property
    def current(self) -> Version:
        """The version on the table. Only after the review opened."""
        return self.versions[-1]

    @property
    def next_words(self) -> Revision:
        """What the author has written so far, to begin with what stands: of a draft, or for the next version."""
        return self.revision or Revision(len(self.versions), self.text, self.effects)

    @property
    def pinned(self) -> ProposalTerms:
        """The pinned rules. Only after the review opened."""
        assert self.terms is not None
        return self.terms

    def row(self, policy: Policy) -> DecisionType:
        """The row of the matrix by which it is decided: pinned, or of a draft as the policy stands (POL-2, POL-3).

        Raises UnknownKey for a draft of a type that the policy does not know.
        """
        return policy.row(self.type) if self.terms is None else self.terms.row

    def elector(self, person: PersonId) -> Elector | None:
        """This person's entry in the snapshot, or None."""
        return next((e for e in self.electors if e.person == person), None)

    def objection(self, number: int) -> Objection | None:
        """The objection of this number, or None."""
        return next((o for o in self.objections if o.number == number), None)

    def open_objection_of(self, person: PersonId) -> Objection | None:
        """This person's objection that still counts, is on appeal, or was dismissed on this version; or None."""
        return next((o for o in self.objections if o.person == person and self._is_open(o)), None)

    def _is_open(self, objection: Objection) -> bool:
        if objection.state is not ObjectionState.DISMISSED:
            return objection.counts
        test = objection.test
        on_appeal = test is not None and test.appeal is not None and test.appeal.stands is None
        return on_appeal or objection.version == self.current.number

    def with_objection(self, changed: Objection) -> Proposal:
        """The same proposal with one objection replaced."""
        return replace(self, objections=tuple(changed if o.number == changed.number else o for o in self.objections))
