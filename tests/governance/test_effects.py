"""Effects: validated at filing and again at enactment, stale by touched key, all or none (EFF-1, EFF-2, SCL-5)."""

import json
from dataclasses import fields, replace

import pytest

from bot.governance import clock, drafts, effects, lifecycle, proposals
from bot.governance.effects import Effect, PolicyChange, Ratification
from bot.governance.errors import BadText, BadValue, OutOfBounds, Refusal, Stale, UnknownKey, WrongState
from bot.governance.matrix import GENESIS, Carrier
from bot.governance.organisation_events import PartnershipRatified
from bot.governance.policy_events import EffectApplied, PolicyAmended
from bot.governance.proposals_events import ProposalEnacted, ProposalStale
from bot.governance.proposals_types import Proposal, ProposalState
from tests.governance.effects import EXAMPLES, Example
from tests.governance.scene import (
    DECISION,
    ENTRENCHED_KEY,
    FREE_KEY,
    NOW,
    SEATED,
    advanced,
    at,
    ballots,
    draft,
    kinds,
    opened,
    world,
)

VERSIONS = PolicyChange("limits.versions", "6")
RATIFY = Ratification()


def due(kept: tuple[Effect, ...] = (FREE_KEY,)) -> Proposal:
    """A policy change that passed at hour 120 (after one extension); its timelock ends at hour 168."""
    proposal = advanced(advanced(opened("policy", effects=kept), at(72)), at(120))
    assert proposal.state is ProposalState.PASSED
    assert proposal.timelock_ends_at == at(168)
    return proposal


def test_preparing_notes_what_it_was_written_against() -> None:
    (prepared,) = effects.prepare((PolicyChange(" limits.versions ", " 6 "),), world(), DECISION)
    assert prepared == PolicyChange("limits.versions", "6", "5")


@pytest.mark.parametrize(
    ("effect", "refusal"),
    [
        (PolicyChange("limits.version", "6"), UnknownKey),
        (PolicyChange("limits.versions", "0"), OutOfBounds),
        (PolicyChange("limits.versions", "5"), BadValue),
        (PolicyChange("review.window", "soon"), BadValue),
    ],
)
def test_preparing_refuses_what_could_not_be_enacted(effect: Effect, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        effects.prepare((effect,), world(), DECISION)


@pytest.mark.parametrize(("text", "written"), [("0.3333", "3333/10000"), ("66%", "33/50"), ("1/3", None)])
def test_a_share_that_was_taken_at_filing_is_read_again_at_enactment(text: str, written: str | None) -> None:
    change = (PolicyChange("reach.bar", text),)
    if written is None:
        with pytest.raises(BadValue):
            effects.prepare(change, world(), DECISION)
        return
    (prepared,) = effects.prepare(change, world(), DECISION)
    assert prepared == PolicyChange("reach.bar", written, "1/3")
    changed, _ = effects.apply((prepared,), world(), DECISION)
    assert str(changed.policy.share("reach.bar")) == written


def test_entrenched_effects() -> None:
    assert not effects.entrenched(())
    assert not effects.entrenched((FREE_KEY,))
    assert effects.entrenched((ENTRENCHED_KEY,))
    assert effects.entrenched((FREE_KEY, ENTRENCHED_KEY))
    assert effects.entrenched((RATIFY,))


def test_enacting_changes_the_policy_once_and_makes_a_version() -> None:
    before = world()
    done, after, events = lifecycle.enact(due(), before, at(168))
    assert done.state is ProposalState.ENACTED
    assert after.policy.count("limits.open_per_author") == 4
    assert after.policy.version == before.policy.version + 1
    assert kinds(events) == [ProposalEnacted, PolicyAmended]
    assert events[1].data == {"key": "limits.open_per_author", "was": "3", "value": "4", "version": 2}
    with pytest.raises(WrongState):
        lifecycle.enact(done, after, at(169))


def test_enactment_waits_for_the_end_of_the_timelock() -> None:
    stopped, _ = clock.stop(due(), clock.OUTAGE, at(130))
    for proposal, hour in ((due(), 167.9), (opened("policy"), 300), (stopped, 300)):
        with pytest.raises(WrongState):
            lifecycle.enact(proposal, world(), at(hour))
    done, _, _ = lifecycle.enact(due(), world(), at(170))
    assert (done.state, done.state_since) == (ProposalState.ENACTED, at(170))
    resumed, _ = clock.resume(stopped, clock.OUTAGE, at(300))
    assert lifecycle.enact(resumed, world(), at(338))[0].state is ProposalState.ENACTED


def test_what_ratifies_the_partnership_says_so() -> None:
    ratification = drafted_ratification()
    voted = advanced(advanced(ratification, at(72)), at(144), ballots(dict.fromkeys(("bo", "cy", "di"), "for")))
    done, after, events = lifecycle.enact(voted, world(provisional=True), at(144))
    assert not after.partnership.provisional
    assert [(e.type, e.thing) for e in events] == [
        (ProposalEnacted, "proposal/7"),
        (PartnershipRatified, "proposal/7"),
    ]
    assert done.state is ProposalState.ENACTED


def drafted_ratification() -> Proposal:
    filed = draft("ratification", effects=(RATIFY,))
    return proposals.open_ratification(filed, world(provisional=True), SEATED, 1, NOW)[0]


def test_staleness_is_judged_by_the_touched_key() -> None:
    done, after, _ = lifecycle.enact(due(), world({"limits.versions": 9}), at(168))
    assert done.state is ProposalState.ENACTED
    assert after.policy.count("limits.versions") == 9
    moved = world({"limits.open_per_author": 7})
    gone, after, events = lifecycle.enact(due(), moved, at(168))
    assert (gone.state, gone.timelock_ends_at) == (ProposalState.STALE, None)
    assert gone.outcome == "limits.open_per_author: 3 → 7"
    assert gone.state_since == at(168), "there are two weeks from now to rebase it"
    assert after is moved
    assert kinds(events) == [ProposalStale]


def test_all_effects_or_none() -> None:
    both = due((FREE_KEY, VERSIONS))
    moved = world({"limits.versions": 9})
    gone, after, _ = lifecycle.enact(both, moved, at(168))
    assert gone.state is ProposalState.STALE
    assert after.policy.count("limits.open_per_author") == 3
    done, after, _ = lifecycle.enact(both, world(), at(168))
    assert done.state is ProposalState.ENACTED
    assert (after.policy.count("limits.open_per_author"), after.policy.count("limits.versions")) == (4, 6)


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (replace(FREE_KEY, target="a.key.of.old", was="3"), "a.key.of.old"),
        (replace(FREE_KEY, target="objection.treshold", was="3"), "objection.treshold"),
        (replace(FREE_KEY, value="many", was="3"), "limits.open_per_author: many"),
        (replace(FREE_KEY, value="1001", was="3"), "limits.open_per_author: 1001"),
    ],
)
def test_an_effect_that_an_upgrade_made_impossible_is_stale_and_never_blocks_the_sweep(
    broken: Effect, why: str
) -> None:
    proposal = due()
    kept = replace(proposal.current, effects=(broken,))
    before = world()
    gone, after, (event,) = lifecycle.enact(replace(proposal, versions=(kept,)), before, at(168))
    assert (gone.state, gone.state_since, gone.timelock_ends_at, gone.outcome) == (
        ProposalState.STALE,
        at(168),
        None,
        why,
    )
    assert after is before
    assert (event.type, event.data) == (ProposalStale, {"why": why})


def test_nothing_of_policy_or_money_is_enacted_before_ratification() -> None:
    gone, after, _ = lifecycle.enact(due(), world(provisional=True), at(168))
    assert gone.state is ProposalState.STALE
    assert after.policy.count("limits.open_per_author") == 3


def test_ratifying_once() -> None:
    (prepared,) = effects.prepare((RATIFY,), world(provisional=True), DECISION)
    after, _ = effects.apply((prepared,), world(provisional=True), DECISION)
    assert not after.partnership.provisional
    with pytest.raises(Stale):
        effects.apply((prepared,), after, DECISION)
    with pytest.raises(Stale):
        effects.prepare((RATIFY,), after, DECISION)


# ---- the registry: what every effect has -------------------------------------------------------


@pytest.fixture(params=effects.REGISTRY)
def example(request: pytest.FixtureRequest) -> Example:
    """One of every effect; whoever adds one adds its example."""
    return EXAMPLES[request.param]


def prepared(example: Example) -> Effect:
    (effect,) = effects.prepare((example.filed,), example.before, DECISION)
    return effect


def test_an_effect_changes_what_is_governed_and_records_an_event_of_its_own(example: Example) -> None:
    after, told = effects.apply((prepared(example),), example.before, DECISION)
    assert after != example.before
    assert told
    others = [each for kind, each in EXAMPLES.items() if kind != example.filed.KIND]
    foreign = [event for each in others for event in effects.apply((prepared(each),), each.before, DECISION)[1]]
    assert not {(e.type, e.data.get("effect")) for e in told} & {(e.type, e.data.get("effect")) for e in foreign}
    general = [event for event in told if event.type is EffectApplied]
    assert all(event.data["effect"] == example.filed.KIND for event in general)


def test_an_effect_is_checked_again_when_it_is_enacted(example: Example) -> None:
    """EFF-1: nothing is done to a world that is not the one it was written for, and nothing twice."""
    effect = prepared(example)
    assert effect.reads(example.before)
    after, _ = effects.apply((effect,), example.before, DECISION)
    for world_now in (example.moved, after):
        with pytest.raises(Stale):
            effects.apply((effect,), world_now, DECISION)


def test_an_effect_belongs_to_types_of_decision_that_are_there_and_to_no_other(example: Example) -> None:
    carriers = [r for r in GENESIS if example.filed.KIND in {each.KIND for each in effects.carried_by(r.name)}]
    assert carriers
    assert {row.name for row in carriers} == set(example.filed.CARRIED_BY)
    for row in GENESIS:
        if row in carriers:
            assert drafts.prepare_effects(row, (example.filed,), example.before, DECISION) == (prepared(example),)
        else:
            with pytest.raises(BadValue):
                drafts.prepare_effects(row, (example.filed,), example.before, DECISION)


def test_an_effect_does_what_its_earlier_versions_did(example: Example) -> None:
    present = type(example.filed)
    assert [each.VERSION for each in (*present.OLDER, present)] == [*range(1, present.VERSION + 1)]
    assert [type(each) for each in example.older] == [*present.OLDER]
    done = effects.apply((prepared(example),), example.before, DECISION)
    for older in example.older:
        assert older.KIND == present.KIND
        assert type(older.current) is present
        assert effects.apply(effects.prepare((older,), example.before, DECISION), example.before, DECISION) == done
        assert (older.asks, older.people, older.entrenched) == (
            older.current.asks,
            older.current.people,
            older.current.entrenched,
        )


def test_an_effect_is_plain_data_and_its_digest_tells_kind_and_version(example: Example) -> None:
    for effect in (example.filed, *example.older):
        assert not {"kind", "version"} & {each.name for each in fields(effect)}
        data = effects.as_data(effect)
        assert (data["kind"], data.get("version", 1)) == (effect.KIND, effect.VERSION)
        assert json.loads(json.dumps(data)).keys() == data.keys()


def test_what_is_carried_out_by_the_bot_has_an_effect() -> None:
    for row in GENESIS:
        if row.carried_out_by is Carrier.BOT:
            with pytest.raises(BadText):
                drafts.prepare_effects(row, (), world(provisional=True), DECISION)
        else:
            assert drafts.prepare_effects(row, (), world(provisional=True), DECISION) == ()


def test_several_effects_are_applied_in_their_order_and_each_tells_its_own() -> None:
    before = world(provisional=True)
    several = effects.prepare((FREE_KEY, RATIFY, VERSIONS), before, DECISION)
    after, told = effects.apply(several, before, DECISION)
    assert (after.policy.version, after.partnership.provisional) == (before.policy.version + 2, False)
    assert [(e.type, e.data.get("version")) for e in told] == [
        (PolicyAmended, 2),
        (PartnershipRatified, None),
        (PolicyAmended, 3),
    ]
