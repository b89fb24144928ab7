"""Proposals: who files what, limits, opening, reading, revising, withdrawing, halting (PRO-1 to PRO-11, EFF-3)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.governance import (
    clock,
    drafts,
    electorates,
    escalations,
    halts,
    lifecycle,
    objections,
    proposals,
    revisions,
    rulings,
    sponsors,
    versions,
    votes,
)
from bot.governance.effects import Effect, PolicyChange, Ratification
from bot.governance.errors import (
    AlreadyDone,
    AmountUnclear,
    BadText,
    BadValue,
    LimitReached,
    MayNotFile,
    NotEligible,
    NotYours,
    OutOfBounds,
    Provisional,
    Refusal,
    Stale,
    TooFewElectors,
    UnknownKey,
    WindowClosed,
    WrongState,
)
from bot.governance.ids import GroupId
from bot.governance.objections_events import SponsorNeeded
from bot.governance.organisation import Elector, Member
from bot.governance.policy import genesis
from bot.governance.policy_keys import KEYS
from bot.governance.policy_values import Kind
from bot.governance.proposals import Load
from bot.governance.proposals_events import (
    HaltConsented,
    ProposalHalted,
    ProposalRead,
    ProposalStale,
    ProposalWithdrawn,
    ReviewOpened,
    VersionPublished,
)
from bot.governance.proposals_types import Clock, ObjectionState, Proposal, ProposalState, Text
from bot.governance.votes_types import Ballot
from tests.governance.scene import (
    ANA,
    BO,
    BUDGET,
    CY,
    DI,
    ED,
    ELECTORS,
    ENTRENCHED_KEY,
    FAY,
    FREE_KEY,
    FUNDER,
    GIL,
    GIVER,
    JOINER,
    NOW,
    OTHER_TEXT,
    PARTNERSHIP,
    SEATED,
    SHG,
    SHG_OBSERVER,
    STAKEHOLDERS,
    STRANGER,
    TEXT,
    TICK,
    TLC,
    TOP,
    TOP_FACILITATOR,
    WATER,
    WATERER,
    advanced,
    appealed,
    at,
    ballots,
    disputed,
    draft,
    first,
    gave_up,
    kinds,
    member,
    opened,
    raised,
    revised,
    rolls,
    ruled,
    stated,
    world,
)

SEATS = {
    "stakeholder": member("p", FUNDER),
    "top level": member("p", TOP),
    "top facilitator": member("p", TOP_FACILITATOR),
    "cell": member("p", WATERER),
    "contributor": member("p", GIVER),
    "observer": member("p", SHG_OBSERVER),
    "double hat": member("p", FUNDER, WATERER),
    "nobody": member("p"),
}
MAY_FILE = {
    "general": {"stakeholder", "top level", "top facilitator", "cell", "contributor", "double hat"},
    "operational": {"top level", "top facilitator", "cell", "double hat"},
    "budget": {"top level", "top facilitator"},
    "policy": {"stakeholder", "top level", "cell", "double hat"},
    "ratification": set(),
}

# ---- filing (POL-3, ORG-6) ------------------------------------------------------------------------


@pytest.mark.parametrize("seat", SEATS)
@pytest.mark.parametrize("type", MAY_FILE)
def test_who_may_file_what(type: str, seat: str) -> None:
    if seat in MAY_FILE[type]:
        drafts.row_to_file(world(), SEATS[seat], type)
    else:
        with pytest.raises(NotEligible) as refusal:
            drafts.row_to_file(world(), SEATS[seat], type)
        assert isinstance(refusal.value, MayNotFile)
        own = {group.name for group in PARTNERSHIP.groups}
        assert {needed.group for needed in refusal.value.seats} <= own | {""}, "a group goes by its own name"


@pytest.mark.parametrize(
    ("type", "chosen", "decides"),
    [
        ("general", None, TLC),
        ("general", WATER, WATER),
        ("general", SHG, SHG),
        ("operational", None, SHG),
        ("operational", WATER, SHG),
        ("budget", TLC, SHG),
        ("policy", None, SHG),
    ],
)
def test_the_deciding_group_comes_from_the_type(type: str, chosen: GroupId | None, decides: GroupId) -> None:
    assert drafts.deciding_group(PARTNERSHIP, genesis().row(type), chosen).id == decides


def test_unknown_types_name_the_nearest() -> None:
    with pytest.raises(UnknownKey) as refusal:
        draft("operationl")
    assert "operational" in refusal.value.nearest


# ---- drafts (PRO-1) -------------------------------------------------------------------------------


def test_a_draft_keeps_whatever_was_submitted() -> None:
    broken = Text(title="x", amount_written="-5", currency="dollars")
    kept = drafts.edit_draft(draft(), ANA.person, broken, (PolicyChange("nonsense", "?"),))
    assert kept.text == broken
    assert kept.effects == (PolicyChange("nonsense", "?"),)
    with pytest.raises(NotYours):
        drafts.edit_draft(kept, BO.person, TEXT, ())
    with pytest.raises(WrongState):
        drafts.edit_draft(opened(), ANA.person, TEXT, ())


def test_an_amount_is_read_into_minor_units() -> None:
    assert draft("budget").text.amount == 250050
    assert draft("budget").text.currency == "EUR"


def written(field: str, content: str) -> Text:
    changes: dict[str, Any] = {field: content}
    return replace(TEXT, **changes)


@pytest.mark.parametrize("field", drafts.LENGTHS)
def test_each_text_at_and_over_its_limits(field: str) -> None:
    least, most = drafts.LENGTHS[field]
    for length in {least, most}:
        drafts.check_text(genesis().row("general"), written(field, "x" * length))
    with pytest.raises(BadText) as refusal:
        drafts.check_text(genesis().row("general"), written(field, "x" * (most + 1)))
    assert (refusal.value.field, refusal.value.length, refusal.value.most) == (field, most + 1, most)
    if least:
        with pytest.raises(BadText):
            drafts.check_text(genesis().row("general"), written(field, " " + "x" * (least - 1) + "\n"))


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (replace(BUDGET, amount_written=""), AmountUnclear),
        (replace(BUDGET, amount_written="0"), AmountUnclear),
        (replace(BUDGET, amount_written="-10"), AmountUnclear),
        (replace(BUDGET, amount_written="9" * 17), AmountUnclear),
        (replace(BUDGET, currency=""), AmountUnclear),
        (replace(BUDGET, payee="  "), BadText),
        (replace(BUDGET, title="Two\nlines"), BadValue),
    ],
)
def test_a_budget_needs_amount_currency_and_payee(text: Text, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        opened("budget", text=text)


# ---- opening (PRO-2, POL-2) -----------------------------------------------------------------------


def test_opening_freezes_pins_and_snapshots() -> None:
    proposal, events = proposals.open_review(
        draft("budget"), ANA, world({"review.window": timedelta(hours=30)}), SEATED, Load(), 12, NOW
    )
    assert (proposal.state, proposal.number) == (ProposalState.REVIEW, 12)
    assert (proposal.opened_at, proposal.closes_at, proposal.state_since) == (NOW, at(30), NOW)
    assert proposal.electors == ELECTORS
    assert proposal.terms == proposals.pin(genesis({"review.window": timedelta(hours=30)}), genesis().row("budget"))
    assert proposal.author_organisations == {"Delta"}
    assert proposal.author_groups == {TLC}
    assert proposal.current.digest == versions.digest(proposal.text, ())
    assert kinds(events) == [ReviewOpened]
    assert events[0].data["electors"] == ["bo", "cy", "di", "ed", "fay", "gil"]


@pytest.mark.parametrize(
    ("type", "timelock"), [("general", 0), ("operational", 0), ("budget", 48), ("policy", 48), ("ratification", 0)]
)
def test_the_timelock_by_type(type: str, timelock: int) -> None:
    assert proposals.pin(genesis(), genesis().row(type)).timelock == timedelta(hours=timelock)


def test_every_number_of_the_terms_is_the_policys() -> None:
    """No term is pinned from another key than its own: each key is moved alone and moves its own term only."""
    plain = proposals.pin(genesis(), genesis().row("budget"))
    pinned = {
        "review.window": "window", "review.remainder": "remainder", "objection.stating": "stating",
        "objection.ruling": "ruling", "objection.appeal_filing": "appeal_filing",
        "objection.appeal_decision": "appeal_decision", "objection.sponsoring": "sponsoring",
        "objection.rule": "rule", "objection.threshold": "threshold", "objection.share": "share",
        "objection.classes": "classes", "objection.unit": "unit", "reach.bar": "reach_bar",
        "reach.extension": "reach_extension", "reach.lapse_budget_above": "lapse_budget_above",
        "vote.window": "vote_window", "vote.notice": "vote_notice", "vote.method": "vote_method",
        "vote.quorum": "quorum", "vote.majority": "majority", "vote.supermajority": "supermajority",
        "vote.secret": "secret", "vote.hidden_k": "hidden_k", "timelock.budget": "timelock",
        "limits.least_electors": "least_electors", "limits.versions": "most_versions",
        "clock.outage_tolerance": "outage_tolerance", "reminder.before_close": "nudge_before",
        "objection.emoji": "objection_emoji", "concern.emoji": "concern_emoji",
    }  # fmt: skip
    for name, key in KEYS.items():
        value = key.ceiling if key.ceiling is not None else (not key.default if key.default is False else "⛔")
        value = key.choices[-1] if key.choices else "Asia/Tokyo" if key.kind is Kind.ZONE else value
        moved = proposals.pin(genesis({name: value}), genesis().row("budget"))
        changed = {f for f in plain.__dataclass_fields__ if getattr(plain, f) != getattr(moved, f)}
        assert changed == ({pinned[name]} if name in pinned else set()), name


def test_only_the_author_opens_a_draft_and_must_still_hold_the_seat() -> None:
    with pytest.raises(NotYours):
        proposals.open_review(draft(), BO, world(), SEATED, Load(), 1, NOW)
    with pytest.raises(NotEligible):
        proposals.open_review(draft(), member("ana"), world(), SEATED, Load(), 1, NOW)
    with pytest.raises(WrongState):
        proposals.open_review(opened(), ANA, world(), SEATED, Load(), 1, NOW)


@pytest.mark.parametrize(
    ("load", "limit"),
    [
        (Load(2, 1, 19), None),
        (Load(3, 0, 0), "limits.open_per_author"),
        (Load(0, 2, 0), "limits.filed_per_day"),
        (Load(0, 0, 20), "limits.open_per_group"),
    ],
)
def test_limits_per_author_day_and_group(load: Load, limit: str | None) -> None:
    if limit is None:
        proposals.open_review(draft(), ANA, world(), SEATED, load, 1, NOW)
        return
    with pytest.raises(LimitReached) as refusal:
        proposals.open_review(draft(), ANA, world(), SEATED, load, 1, NOW)
    assert refusal.value.limit == limit


@pytest.mark.parametrize("type", ["budget", "policy"])
def test_no_budget_or_policy_before_ratification(type: str) -> None:
    effects = (FREE_KEY,) if type == "policy" else ()
    with pytest.raises(Provisional):
        proposals.open_review(draft(type, effects=effects), ANA, world(provisional=True), SEATED, Load(), 1, NOW)
    proposals.open_review(draft("operational"), ANA, world(provisional=True), SEATED, Load(), 1, NOW)


def test_least_electors_do_not_count_the_author() -> None:
    author = member("bo", FUNDER, TOP)
    with pytest.raises(TooFewElectors) as refusal:
        opened(author=author, electors=ELECTORS[:2])
    assert (refusal.value.found, refusal.value.least) == (1, 2)
    opened(author=author, electors=ELECTORS[:3])
    with pytest.raises(TooFewElectors):
        opened(electors=())


@pytest.mark.parametrize(
    ("effects", "refusal"),
    [
        ((), BadText),
        ((PolicyChange("objection.treshold", "2"),), UnknownKey),
        ((PolicyChange("limits.versions", "many"),), BadValue),
        ((PolicyChange("limits.versions", "21"),), OutOfBounds),
        ((PolicyChange("limits.versions", "5"),), BadValue),
        ((PolicyChange("limits.versions", "6"), PolicyChange("limits.versions", "7")), Stale),
    ],
)
def test_effects_that_could_not_be_enacted_are_refused_at_filing(
    effects: tuple[Effect, ...], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        opened("policy", effects=effects)


@pytest.mark.parametrize(
    ("type", "effect"),
    [
        ("general", FREE_KEY),
        ("operational", FREE_KEY),
        ("budget", ENTRENCHED_KEY),
        ("general", Ratification()),
        ("policy", Ratification()),
    ],
)
def test_a_type_carries_its_own_effects_only(type: str, effect: Effect) -> None:
    """Else a cell could change the partnership's policy by its own silence (POL-3)."""
    with pytest.raises(BadValue):
        proposals.open_review(
            draft(type, effects=(effect,)), ANA, world(provisional=type == "general"), SEATED, Load(), 1, NOW
        )
    if type == "general":
        with pytest.raises(BadValue):
            revised(opened("general", author=member("p", WATERER), group=WATER), at(1), effects=(effect,))


def test_ratification_is_opened_by_the_set_up_and_never_passes_by_silence() -> None:
    ratify = draft("ratification", effects=(Ratification(),))
    with pytest.raises(NotEligible):
        proposals.open_review(ratify, ANA, world(provisional=True), SEATED, Load(), 1, NOW)
    proposal, _ = proposals.open_ratification(ratify, world(provisional=True), SEATED, 1, NOW)
    assert proposals.affirmative(proposal)
    with pytest.raises(WrongState):
        proposals.open_ratification(draft(), world(provisional=True), SEATED, 1, NOW)
    with pytest.raises(Stale):
        proposals.open_ratification(ratify, world(), SEATED, 1, NOW)


# ---- reading and reach (PRO-8) --------------------------------------------------------------------


def test_reading_twice_is_once_and_only_electors_but_the_author_read() -> None:
    proposal, events = electorates.mark_read(opened(), BO, at(1))
    assert kinds(events) == [ProposalRead]
    assert electorates.mark_read(proposal, BO, at(2)) == (proposal, ())
    for who in (ANA, JOINER, STRANGER, member("cy"), member("di", SHG_OBSERVER)):
        with pytest.raises(NotEligible):
            electorates.mark_read(gave_up(proposal, CY, DI), who, at(1))
    electorates.mark_read(opened(), CY, at(72) - TICK)
    with pytest.raises(WindowClosed):
        electorates.mark_read(opened(), CY, at(72))
    with pytest.raises(WindowClosed):
        electorates.mark_read(disputed(), CY, at(201))


def test_reading_follows_the_clock_rule() -> None:
    electorates.mark_read(clock.stop(opened(), clock.CARD, at(10))[0], CY, at(100))
    with pytest.raises(WindowClosed):
        electorates.mark_read(clock.stop(opened(), clock.CARD, at(72))[0], CY, at(73))


def test_reach_counts_electors_who_took_part_but_not_the_author_nor_outsiders() -> None:
    author = member("bo", FUNDER, TOP)
    proposal = opened(author=author)
    assert electorates.reachable(proposal) == {"cy", "di", "ed", "fay", "gil"}
    proposal = raised(proposal, CY)
    proposal, _ = electorates.mark_read(proposal, DI, NOW)
    proposal, _ = objections.raise_concern(proposal, ED, "Hm.", "", NOW)
    proposal, _ = objections.raise_concern(proposal, JOINER, "Hm.", "", NOW)
    proposal, _ = objections.raise_concern(proposal, author, "Hm.", "", NOW)
    assert electorates.reached(proposal) == {"cy", "di", "ed"}


def test_who_voted_was_reached() -> None:
    vote, _ = escalations.escalate(disputed(), BO, at(80))
    assert electorates.reached(vote) == {"bo"}
    for voter in (CY, DI):
        vote, _, _ = votes.cast(vote, voter, Ballot({"for": 1}), SHG, at(81))
    assert electorates.reached(vote) == {"bo", "cy", "di"}


def test_who_gave_the_seat_up_has_given_it_up_whatever_others_do_later() -> None:
    proposal = gave_up(gave_up(opened(), BO), CY, back=(DI,))
    assert {e.person for e in proposal.electors if e.left} == {"bo", "cy"}
    proposal = gave_up(proposal, back=(CY,))
    assert {e.person for e in proposal.electors if e.left} == {"bo"}
    assert {e.person for e in proposal.voters if e.left} == {e.person for e in proposal.judges if e.left} == {"bo"}


# ---- revising (PRO-5) -----------------------------------------------------------------------------


@pytest.mark.parametrize(("hour", "closes"), [(1, 72), (24, 72), (30, 78), (71.5, 119.5)])
def test_a_revision_leaves_at_least_the_remainder(hour: float, closes: float) -> None:
    assert revised(opened(), at(hour)).closes_at == at(closes)


def test_a_revision_makes_a_version_and_clears_readings_and_keeps_the_terms() -> None:
    before, _ = electorates.mark_read(opened(), CY, NOW)
    before = replace(before, extended=True, low_reach=True, nudged=True)
    new = (*ELECTORS, Elector(JOINER.person))
    changed = world({"review.remainder": timedelta(hours=100)})
    after, events = revisions.revise(before, ANA.person, OTHER_TEXT, (), changed, rolls(new), at(10))
    assert [v.number for v in after.versions] == [1, 2]
    assert after.versions[0] == before.versions[0]
    assert after.readers == frozenset()
    assert (after.extended, after.low_reach, after.nudged) == (False, False, False)
    assert after.terms == before.terms
    assert after.elector(JOINER.person) is not None
    assert kinds(events) == [VersionPublished]


def test_earlier_objectors_stay_electors() -> None:
    proposal = stated(opened(changes={"objection.threshold": 3}), BO, CY, DI, ED)
    proposal, _ = objections.withdraw_objection(proposal, 2, CY, at(1))
    proposal = gave_up(ruled(proposal, number=3), BO, CY, DI, FAY)
    proposal = revised(proposal, at(2), electors=(ELECTORS[3], ELECTORS[5]))
    assert [(e.person, e.left) for e in proposal.electors] == [
        ("bo", True), ("di", True), ("ed", False), ("gil", False),
    ]  # fmt: skip


def test_a_revision_adds_who_counts_now_and_changes_nobodys_voice() -> None:
    other = tuple(replace(e, stakeholder_class="domain expert", organisation="Omega") for e in ELECTORS[:3])
    proposal = revised(opened(), at(2), electors=(*other, Elector(JOINER.person, "domain expert", "Beta")))
    assert proposal.electors == (*ELECTORS, Elector(JOINER.person, "domain expert", "Beta"))
    assert proposal.judges == ELECTORS, "an appeal is decided by those seated before the review opened"


def test_a_revision_takes_the_voters_again_as_it_takes_the_electors() -> None:
    newer = rolls(stakeholders=(*ELECTORS, Elector(JOINER.person)))
    left = gave_up(opened(), BO)
    after, _ = revisions.revise(left, ANA.person, OTHER_TEXT, (), world(), newer, at(1))
    assert {e.person for e in after.voters} == {"bo", "cy", "di", "ed", "fay", "gil", "joiner"}
    fewer = rolls(stakeholders=ELECTORS[1:])
    after, _ = revisions.revise(left, ANA.person, OTHER_TEXT, (), world(), fewer, at(1))
    assert {e.person for e in after.voters} == {"cy", "di", "ed", "fay", "gil"}, "who gave it up and is not seated"


def test_what_a_revision_says_in_words() -> None:
    more = replace(BUDGET, amount=300000, currency="EUR", payee="Cousin Ltd", account="X")
    before = replace(BUDGET, amount=250050, currency="EUR")
    assert versions.substance(before, more) == ("larger amount", "other payee", "other account")
    assert versions.substance(more, before) == ("smaller amount", "other payee", "other account")
    assert versions.substance(before, replace(before, currency="USD")) == ("other currency",)
    assert versions.substance(before, replace(before, risks="some")) == ()


def test_revisions_are_the_authors_differ_and_end_at_the_limit() -> None:
    with pytest.raises(NotYours):
        revisions.revise(opened(), BO.person, OTHER_TEXT, (), world(), SEATED, at(1))
    with pytest.raises(AlreadyDone):
        revised(opened(), at(1), text=TEXT)
    with pytest.raises(BadText):
        revised(opened(), at(1), text=replace(TEXT, ask=""))
    proposal = opened(changes={"limits.versions": 2})
    proposal = revised(proposal, at(1))
    with pytest.raises(LimitReached):
        revised(proposal, at(2), text=TEXT)


def test_a_policy_change_is_not_revised_into_none() -> None:
    with pytest.raises(BadText):
        revised(opened("policy"), at(1), effects=())


def test_a_revision_is_not_reviewed_by_fewer_than_the_least_electors() -> None:
    """Else a revision during the loss of a role would pass because nobody could object (ORG-3)."""
    proposal = gave_up(stated(opened(), BO), *STAKEHOLDERS)
    for few in ((), ELECTORS[:1]):
        with pytest.raises(TooFewElectors):
            revised(proposal, at(1), electors=few)
    revised(gave_up(proposal, back=(BO, CY)), at(1), electors=ELECTORS[:2])


@pytest.mark.parametrize("state", ProposalState)
def test_in_which_states_one_revises(state: ProposalState) -> None:
    proposal = replace(opened(), state=state)
    if state in {ProposalState.REVIEW, ProposalState.SETTLING, ProposalState.DISPUTED, ProposalState.STALE}:
        assert revised(proposal, at(90)).state is ProposalState.REVIEW
    else:
        with pytest.raises(WrongState):
            revised(proposal, at(90))


def test_an_entrenched_key_smuggled_in_by_a_revision_needs_the_supermajority() -> None:
    proposal = opened("policy")
    assert not proposals.affirmative(proposal)
    proposal = revised(proposal, at(1), effects=(ENTRENCHED_KEY,))
    assert proposals.affirmative(proposal)
    voted = advanced(advanced(proposal, at(72)), at(72))
    assert voted.state is ProposalState.ESCALATED
    assert voted.vote is not None
    assert voted.vote.method == "supermajority"


def test_revising_while_settling_keeps_pending_tests_and_appeals() -> None:
    proposal = stated(opened(), BO, CY)
    proposal = appealed(ruled(proposal, now=at(40)), BO, now=at(70))
    proposal, _ = rulings.ask_test(proposal, 2, ANA, at(40))
    proposal = revised(advanced(proposal, at(73)), at(80))
    assert proposal.objections[0].test is not None
    assert proposal.objections[0].test.appeal is not None
    decided = advanced(proposal, at(142))
    assert [o.state for o in decided.objections] == [ObjectionState.STATED, ObjectionState.STATED]
    assert decided.state is ProposalState.DISPUTED


def test_revising_while_the_clock_stands_gives_the_remainder_from_the_resumption() -> None:
    proposal, _ = clock.stop(opened(), clock.ROLE, at(60))
    proposal = revised(proposal, at(90))
    assert clock.is_stopped(proposal)
    proposal, _ = clock.resume(proposal, clock.ROLE, at(100))
    assert proposal.closes_at == at(148)
    assert proposal.state_since <= at(100)


# ---- withdrawing (PRO-6) --------------------------------------------------------------------------


@pytest.mark.parametrize("state", ProposalState)
def test_in_which_states_the_author_withdraws(state: ProposalState) -> None:
    proposal = replace(opened(), state=state)
    if state is ProposalState.DRAFT:
        assert proposals.withdraw(proposal, ANA.person, "", at(1))[0].state is ProposalState.DISCARDED
    elif state in {
        ProposalState.REVIEW,
        ProposalState.SETTLING,
        ProposalState.DISPUTED,
        ProposalState.STALE,
        ProposalState.ESCALATED,
    }:
        gone, events = proposals.withdraw(proposal, ANA.person, "We found another way.", at(1))
        assert (gone.state, gone.outcome) == (ProposalState.WITHDRAWN, "We found another way.")
        assert kinds(events) == [ProposalWithdrawn]
    else:
        with pytest.raises(WrongState):
            proposals.withdraw(proposal, ANA.person, "", at(1))


def test_a_reason_for_a_withdrawal_has_a_length_and_none_is_the_bots_words() -> None:
    longest = "x" * proposals.MOST_WITHDRAWAL
    assert proposals.withdraw(opened(), ANA.person, longest, at(1))[0].outcome == longest
    assert proposals.withdraw(opened(), ANA.person, " \n", at(1))[0].outcome == proposals.NO_REASON
    with pytest.raises(BadText):
        proposals.withdraw(opened(), ANA.person, f"{longest}x", at(1))


def test_withdrawing_ends_when_the_vote_opens_and_is_the_authors() -> None:
    with pytest.raises(NotYours):
        proposals.withdraw(opened(), BO.person, "", at(1))
    notice = disputed(opened(changes={"vote.notice": timedelta(hours=24)}))
    announced, _ = escalations.escalate(notice, BO, at(201))
    proposals.withdraw(announced, ANA.person, "", at(202))
    with pytest.raises(WrongState):
        proposals.withdraw(advanced(announced, at(225)), ANA.person, "", at(226))


def test_discarding_is_for_drafts() -> None:
    assert proposals.discard(draft(), NOW)[0].state is ProposalState.DISCARDED
    with pytest.raises(WrongState):
        proposals.discard(opened(), NOW)


# ---- halting (EFF-3) ------------------------------------------------------------------------------


def passed(proposal: Proposal | None = None) -> Proposal:
    """Passed by silence at hour 72 with readers enough, the timelock ending at hour 120."""
    proposal = proposal or opened("budget")
    for reader in (BO, CY):
        proposal, _ = electorates.mark_read(proposal, reader, at(1))
    proposal = advanced(proposal, at(72))
    assert proposal.state is ProposalState.PASSED
    return proposal


def halted_by(proposal: Proposal, *people: Member, hour: float = 80) -> Proposal:
    for person in people:
        proposal, _ = halts.consent_to_halt(proposal, person, at(hour))
    return proposal


def test_a_majority_of_electors_halts_once() -> None:
    proposal = halted_by(passed(), BO, CY, DI)
    assert proposal.state is ProposalState.PASSED  # three of six are not a majority
    assert halted_by(proposal, DI) == proposal
    proposal = halted_by(proposal, ED)
    assert (proposal.state, proposal.halted, proposal.timelock_ends_at) == (ProposalState.DISPUTED, True, None)
    proposal = revised(proposal, at(81), text=replace(BUDGET, payee="Other Ltd"))
    proposal = passed_again(proposal)
    with pytest.raises(AlreadyDone):
        halted_by(proposal, BO, hour=130)


def passed_again(proposal: Proposal) -> Proposal:
    for reader in (BO, CY):
        proposal, _ = electorates.mark_read(proposal, reader, at(90))
    proposal = advanced(proposal, at(129))
    assert proposal.state is ProposalState.PASSED
    return proposal


def test_who_halts_and_until_when() -> None:
    for who in (ANA, JOINER, STRANGER, member("bo")):
        with pytest.raises(NotEligible):
            halted_by(gave_up(passed(), BO), who)
    halted_by(passed(), member("bo"))
    halted_by(passed(), BO, hour=119.9)
    with pytest.raises(WindowClosed):
        halted_by(passed(), BO, hour=120)
    with pytest.raises(WrongState):
        halted_by(opened(), BO)


def test_an_outage_keeps_the_time_to_halt() -> None:
    proposal, _ = clock.stop(passed(), clock.OUTAGE, at(100))
    halted_by(proposal, BO, hour=130)


def test_a_halted_adoption_revives_what_the_vote_overruled() -> None:
    proposal = adopted()
    assert first(proposal).state is ObjectionState.OVERRULED
    vote = proposal.vote
    proposal = halted_by(proposal, BO, CY, DI, ED, hour=300)
    assert proposal.state is ProposalState.DISPUTED
    assert first(proposal).state is ObjectionState.STATED
    assert proposal.vote is None
    assert proposal.past_votes == (vote,)


def adopted(type: str = "budget") -> Proposal:
    """Adopted at hour 273 against Bo's objection, by four against one."""
    proposal = disputed(opened(type))
    proposal, _ = escalations.escalate(proposal, CY, at(201))
    cast = ballots({"cy": "for", "di": "for", "ed": "for", "fay": "for", "bo": "against"})
    proposal = advanced(proposal, at(273), cast)
    assert proposal.state is ProposalState.ADOPTED
    return proposal


def test_a_leavers_objection_revived_by_a_halt_gets_its_sponsor_period() -> None:
    proposal, _ = sponsors.objector_gone(disputed(opened("budget")), BO.person, True, at(201))
    proposal, _ = escalations.escalate(proposal, CY, at(202))
    cast = ballots({"cy": "for", "di": "for", "ed": "for", "fay": "for"})
    proposal = halted_by(advanced(proposal, at(274), cast), CY, DI, ED, FAY, hour=300)
    assert first(proposal).sponsor_by == at(348)
    assert first(advanced(proposal, at(301))).counts


def test_a_rebased_version_of_what_a_vote_adopted_answers_to_its_objectors_again() -> None:
    """The vote adopted another text: whoever objected is still objecting until they say otherwise (PRO-5)."""
    proposal = adopted("policy")
    moved = world({"limits.open_per_author": 7})
    proposal, _, events = lifecycle.enact(proposal, moved, at(321))
    assert kinds(events) == [ProposalStale]
    vote = proposal.vote
    proposal, _ = revisions.revise(proposal, ANA.person, OTHER_TEXT, (FREE_KEY,), moved, SEATED, at(330))
    assert first(proposal).state is ObjectionState.STATED
    assert (proposal.vote, proposal.past_votes) == (None, (vote,))
    assert proposal.outcome == ""
    proposal = advanced(proposal, at(378))
    assert proposal.state is ProposalState.DISPUTED
    proposal, _ = escalations.escalate(proposal, ANA, at(379))
    assert vote is not None
    assert proposal.vote is not None
    assert proposal.vote.id != vote.id


# ---- counting seats (PRO-9) -----------------------------------------------------------------------


def test_seated_and_too_few() -> None:
    proposal = opened(author=member("bo", FUNDER, TOP))
    people = [e.person for e in ELECTORS]
    assert electorates.seated(proposal, [*people[:3], JOINER.person]) == 3
    assert not electorates.too_few_seated(gave_up(proposal, *STAKEHOLDERS[3:]))
    assert electorates.too_few_seated(gave_up(proposal, *STAKEHOLDERS[2:]))
    assert electorates.too_few_seated(gave_up(proposal, *STAKEHOLDERS))


def test_a_majority_that_halts_is_one_of_those_who_did_not_give_the_seat_up() -> None:
    proposal = halted_by(passed(), BO, CY, DI)
    assert proposal.state is ProposalState.PASSED, "three of six"
    assert halted_by(gave_up(passed(), GIL), BO, CY, DI).state is ProposalState.DISPUTED, "three of five"
    assert halted_by(gave_up(halted_by(passed(), BO, CY), BO), DI).state is ProposalState.PASSED, (
        "who left is not counted"
    )


@pytest.mark.parametrize("by_themselves", [True, False])
def test_who_goes_during_the_timelock_or_the_vote_is_asked_for_once_the_objection_stands_again(
    by_themselves: bool,
) -> None:
    """What a vote set aside comes back without whoever raised it: a leaver's asks for a sponsor, one whose seat was
    taken away stands guarded (PRO-9).
    """
    proposal, told = sponsors.objector_gone(adopted(), BO.person, by_themselves, at(280))
    assert told == ()
    assert first(proposal).state is ObjectionState.OVERRULED
    proposal = halted_by(proposal, CY, DI, ED, hour=300)
    proposal, events = halts.consent_to_halt(proposal, FAY, at(300))
    asked = [SponsorNeeded] if by_themselves else []
    assert kinds(events) == [HaltConsented, ProposalHalted, *asked]
    assert first(proposal).sponsor_by == (at(348) if by_themselves else None)
    assert (first(proposal).counts, first(proposal).guarded) == (True, not by_themselves)
    if by_themselves:
        assert first(advanced(proposal, at(348))).state is ObjectionState.ORPHANED
    proposal, _ = sponsors.sponsor(proposal, 1, CY, at(301))
    assert first(advanced(proposal, at(400))).counts


def test_who_left_and_is_back_before_the_halt_speaks_for_the_objection() -> None:
    proposal, _ = sponsors.objector_gone(adopted(), BO.person, True, at(280))
    proposal = sponsors.objector_back(proposal, BO.person, at(290))
    proposal = halted_by(proposal, CY, DI, ED, FAY, hour=300)
    assert not first(proposal).needs_sponsor
    assert first(proposal).counts


@pytest.mark.parametrize(
    ("ask", "summary", "expected"),
    [
        ("Buy a pump. It costs 300 EUR.", "", "Buy a pump."),
        ("Buy a pump", "", "Buy a pump"),
        ("Buy a pump of 1.5 kW. Soon.", "", "Buy a pump of 1.5 kW."),
        ("Shall we meet?\nYes.", "", "Shall we meet?"),
        ("水泵を買う。値段は高い。", "", "水泵を買う。"),
        ("हम पंप खरीदें। कल।", "", "हम पंप खरीदें।"),
        ("x" * 300, "", "x" * 199 + "…"),
        ("Buy a pump. It costs 300 EUR.", "  A pump for the well ", "A pump for the well"),
        ("", "", ""),
    ],
)
def test_the_summary_is_the_first_sentence_unless_edited(ask: str, summary: str, expected: str) -> None:
    assert drafts.summary_of(Text(ask=ask, summary=summary)) == expected


# ---- what a change of state leaves behind (PRO-5, PRO-6, RHY-2) -----------------------------------


def test_nothing_of_a_discarded_draft_is_kept() -> None:
    """Nobody else has read its words, and nobody will."""
    written_on = replace(draft("policy", effects=(FREE_KEY,)), refiles=3, changed_since="It is smaller.")
    for gone in (proposals.discard(written_on, at(5))[0], proposals.withdraw(written_on, ANA.person, "", at(5))[0]):
        assert (gone.text, gone.effects, gone.changed_since) == (Text(), (), "")
        assert (gone.state, gone.state_since) == (ProposalState.DISCARDED, at(5))


def test_what_ends_keeps_how_long_its_clock_stood_and_nothing_that_runs() -> None:
    proposal, _ = clock.stop(opened(), clock.ROLE, at(10))
    proposal, _ = clock.resume(proposal, clock.ROLE, at(15))
    proposal, _ = clock.stop(replace(proposal, clock=replace(proposal.clock, spent=True)), clock.CARD, at(20))
    gone, _ = proposals.withdraw(proposal, ANA.person, "", at(30))
    assert gone.state_since == at(30)
    assert gone.clock == Clock(stood=timedelta(hours=5), spent=True)
    assert gone.vote is None


def test_the_next_version_is_kept_while_it_may_still_be_published() -> None:
    """Closing the window loses nothing that its author has written; the end does (PRO-5)."""
    proposal = revisions.write_revision(stated(opened(), BO), ANA.person, 1, OTHER_TEXT, ())
    dispute = advanced(proposal, at(72))
    assert dispute.state is ProposalState.DISPUTED
    assert dispute.revision == proposal.revision
    assert dispute.revision is not None
    assert advanced(dispute, at(72 + 14 * 24)).revision is None


def test_a_dispute_has_a_nudge_of_its_own() -> None:
    nudged = advanced(stated(opened(), BO), at(48))
    assert nudged.nudged
    dispute = advanced(nudged, at(72))
    assert (dispute.state, dispute.nudged) == (ProposalState.DISPUTED, False)
    settling = advanced(raised(nudged, CY, now=at(71)), at(72))
    assert (settling.state, settling.nudged) == (ProposalState.SETTLING, True)


def test_the_greatest_age_leaves_out_the_time_that_the_clock_has_stood_so_far() -> None:
    assert proposals.too_old_at(draft(), at(1)) is None
    stopped, _ = clock.stop(opened(), clock.CARD, at(10))
    assert proposals.too_old_at(stopped, at(30)) == NOW + proposals.MOST_AGE + timedelta(hours=20)
    resumed, _ = clock.resume(stopped, clock.CARD, at(30))
    assert proposals.too_old_at(resumed, at(100)) == NOW + proposals.MOST_AGE + timedelta(hours=20)


def test_whether_silence_can_pass_it_is_known_of_a_draft_and_never_of_a_ratification() -> None:
    assert proposals.affirmative(draft("policy", effects=(ENTRENCHED_KEY,)), genesis().row("policy"))
    assert not proposals.affirmative(draft("policy", effects=(FREE_KEY,)), genesis().row("policy"))
    assert proposals.affirmative(draft("ratification"), genesis().founding), "whatever it carries"


def test_the_author_acts_for_the_groups_that_they_sit_in_and_not_for_those_they_watch() -> None:
    proposal = opened("policy", author=member("ana", TOP, SHG_OBSERVER, GIVER))
    assert proposal.author_groups == {TLC}
    assert proposal.effects == proposal.current.effects
    assert proposal.effects == (replace(FREE_KEY, was="3"),)


def test_who_has_no_seat_is_told_so_before_what_they_typed_is_looked_at() -> None:
    with pytest.raises(NotEligible) as refusal:
        drafts.row_to_file(world(), STRANGER, "gen")
    assert refusal.value.why == "no seat"
    with pytest.raises(UnknownKey):
        drafts.row_to_file(world(), CY, "gen")
    with pytest.raises(NotEligible) as named:
        drafts.row_to_file(world(), STRANGER, "budget")
    assert isinstance(named.value, MayNotFile)
    assert named.value.seats, "a type that there is says what it takes"
