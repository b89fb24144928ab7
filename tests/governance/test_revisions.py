"""The next version: what is kept while it is written, and what publishing it takes over and clears (PRO-5, PRO-9)."""

from dataclasses import replace

import pytest

from bot.governance import escalations, lifecycle, revisions, sponsors
from bot.governance.errors import AmountUnclear, BadText, BadValue, NotYours, TooFewElectors
from bot.governance.money import Money
from bot.governance.objections_events import SponsorNeeded
from bot.governance.proposals_events import VersionPublished
from bot.governance.proposals_types import ObjectionState, Proposal, ProposalState, Revision
from tests.governance.scene import (
    ANA,
    BO,
    BUDGET,
    CY,
    ELECTORS,
    ENTRENCHED_KEY,
    FREE_KEY,
    FUNDER,
    OTHER_TEXT,
    SEATED,
    STAKEHOLDERS,
    TEXT,
    TOP,
    advanced,
    at,
    ballots,
    disputed,
    first,
    gave_up,
    kinds,
    member,
    opened,
    revised,
    world,
)

UNCLEAR = replace(BUDGET, amount_written="12,500", currency="TND")
"""Twelve thousand five hundred dinars, or twelve and a half: the dinar has three decimals."""


def test_whatever_is_submitted_is_kept_with_its_amount_read() -> None:
    kept = revisions.write_revision(
        opened("policy"), ANA.person, 1, replace(BUDGET, amount_written="12.50"), (ENTRENCHED_KEY,)
    )
    assert kept.revision == Revision(
        1, replace(BUDGET, amount_written="12.50", amount=1250, currency="EUR"), (ENTRENCHED_KEY,)
    )
    assert replace(kept, revision=None) == opened("policy"), "nothing else changes until it is published"


def test_the_author_chooses_how_an_unclear_amount_is_meant() -> None:
    kept = revisions.write_revision(opened("policy"), ANA.person, 1, UNCLEAR, (ENTRENCHED_KEY,))
    assert kept.revision is not None
    assert kept.revision.text.amount is None
    chosen = revisions.take_amount(kept, ANA.person, Money(12_500_000, "TND"))
    assert chosen.revision == Revision(1, replace(UNCLEAR, amount=12_500_000), (ENTRENCHED_KEY,))
    with pytest.raises(NotYours):
        revisions.take_amount(kept, BO.person, Money(12_500_000, "TND"))
    with pytest.raises((AmountUnclear, BadValue)):
        revisions.take_amount(kept, ANA.person, Money(99, "TND"))


def test_only_the_author_forgets_what_was_kept() -> None:
    kept = revisions.write_revision(opened(), ANA.person, 1, OTHER_TEXT, ())
    with pytest.raises(NotYours):
        revisions.drop_revision(kept, BO.person)
    assert revisions.drop_revision(kept, ANA.person) == opened()


def test_publishing_puts_text_and_effects_on_the_table_and_nothing_is_kept() -> None:
    kept = revisions.write_revision(opened("policy"), ANA.person, 1, OTHER_TEXT, (ENTRENCHED_KEY,))
    after = revised(kept, at(1), effects=(ENTRENCHED_KEY,))
    prepared = (replace(ENTRENCHED_KEY, was="1"),)
    assert (after.text, after.effects, after.revision) == (OTHER_TEXT, prepared, None)
    assert (after.current.text, after.current.effects) == (OTHER_TEXT, prepared)


def test_a_version_is_held_against_the_rules_of_its_type() -> None:
    with pytest.raises(BadText):
        revised(opened("budget"), at(1), text=replace(BUDGET, payee=" "))
    revised(opened(), at(1), text=replace(OTHER_TEXT, payee=" "))


def test_an_author_who_is_an_elector_is_not_among_the_least_electors_of_a_revision() -> None:
    author = member("bo", FUNDER, TOP)
    proposal = gave_up(opened(author=author), *STAKEHOLDERS[2:])
    with pytest.raises(TooFewElectors):
        revised(proposal, at(1), electors=ELECTORS[:2])
    revised(gave_up(proposal, back=STAKEHOLDERS[2:3]), at(1), electors=ELECTORS[:3])


def gone_stale() -> Proposal:
    """Adopted against Bo, who left afterwards; its key has moved since, at hour 400."""
    vote = escalations.escalate(disputed(opened("policy")), CY, at(80))[0]
    adopted = advanced(vote, at(152), ballots(dict.fromkeys(("cy", "di", "ed", "fay"), "for")))
    assert adopted.state is ProposalState.ADOPTED
    left, _ = sponsors.objector_gone(gave_up(adopted, BO), BO.person, True, at(160))
    stale, _, _ = lifecycle.enact(left, world({"limits.open_per_author": 7}), at(400))
    assert stale.state is ProposalState.STALE
    return stale


def test_a_leaver_whom_a_vote_overruled_is_an_elector_of_the_rebased_version_and_asks_for_a_sponsor() -> None:
    after, events = revisions.revise(
        gone_stale(), ANA.person, TEXT, (FREE_KEY,), world({"limits.open_per_author": 7}), SEATED, at(410)
    )
    assert kinds(events) == [VersionPublished, SponsorNeeded]
    assert first(after).state is ObjectionState.STATED
    assert first(after).sponsor_by == at(410 + 48)
    assert [e.left for e in after.electors if e.person == BO.person] == [True]
    assert first(advanced(after, at(458))).state is ObjectionState.ORPHANED
