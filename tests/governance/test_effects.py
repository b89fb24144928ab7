"""Effects: validated at filing and again at enactment, stale by touched key, all or none (EFF-1, EFF-2, SCL-5)."""

from dataclasses import replace

import pytest

from bot.governance import effects, lifecycle
from bot.governance.dossier import Effect, Proposal, State
from bot.governance.errors import BadValue, OutOfBounds, Refusal, Stale, UnknownKey, WrongState
from bot.governance.events import Happened
from tests.governance.scene import (
    ENTRENCHED_KEY,
    FREE_KEY,
    advanced,
    at,
    kinds,
    opened,
    world,
)

VERSIONS = Effect("change policy", "limits.versions", "6")
RATIFY = Effect("ratify partnership")


def due(kept: tuple[Effect, ...] = (FREE_KEY,)) -> Proposal:
    """A policy change that passed at hour 120 (after one extension); its timelock ends at hour 168."""
    proposal = advanced(advanced(opened("policy", effects=kept), at(72)), at(120))
    assert proposal.state is State.PASSED
    assert proposal.timelock_ends_at == at(168)
    return proposal


def test_preparing_notes_what_it_was_written_against() -> None:
    (prepared,) = effects.prepare((Effect("change policy", " limits.versions ", " 6 "),), world())
    assert prepared == Effect("change policy", "limits.versions", "6", "5")


@pytest.mark.parametrize(
    ("effect", "refusal"),
    [
        (Effect("change policy", "limits.version", "6"), UnknownKey),
        (Effect("change policy", "limits.versions", "0"), OutOfBounds),
        (Effect("change policy", "limits.versions", "5"), BadValue),
        (Effect("change policy", "review.window", "soon"), BadValue),
    ],
)
def test_preparing_refuses_what_could_not_be_enacted(effect: Effect, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        effects.prepare((effect,), world())


@pytest.mark.parametrize(("text", "written"), [("0.3333", "3333/10000"), ("66%", "33/50"), ("1/3", None)])
def test_a_share_that_was_taken_at_filing_is_read_again_at_enactment(text: str, written: str | None) -> None:
    change = (Effect("change policy", "reach.bar", text),)
    if written is None:
        with pytest.raises(BadValue):
            effects.prepare(change, world())
        return
    (prepared,) = effects.prepare(change, world())
    assert prepared.value == written
    changed = effects.apply((prepared,), world())
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
    assert done.state is State.ENACTED
    assert after.policy.count("limits.open_per_author") == 4
    assert after.policy.version == before.policy.version + 1
    assert kinds(events) == [Happened.PROPOSAL_ENACTED, Happened.POLICY_AMENDED]
    assert events[1].data == {"key": "limits.open_per_author", "was": "3", "value": "4", "version": 2}
    with pytest.raises(WrongState):
        lifecycle.enact(done, after, at(169))


def test_enactment_waits_for_the_end_of_the_timelock() -> None:
    for proposal, hour in ((due(), 167.9), (opened("policy"), 300)):
        with pytest.raises(WrongState):
            lifecycle.enact(proposal, world(), at(hour))


def test_staleness_is_judged_by_the_touched_key() -> None:
    done, after, _ = lifecycle.enact(due(), world({"limits.versions": 9}), at(168))
    assert done.state is State.ENACTED
    assert after.policy.count("limits.versions") == 9
    moved = world({"limits.open_per_author": 7})
    gone, after, events = lifecycle.enact(due(), moved, at(168))
    assert (gone.state, gone.timelock_ends_at) == (State.STALE, None)
    assert gone.outcome == "limits.open_per_author: 3 → 7"
    assert after is moved
    assert kinds(events) == [Happened.PROPOSAL_STALE]


def test_all_effects_or_none() -> None:
    both = due((FREE_KEY, VERSIONS))
    moved = world({"limits.versions": 9})
    gone, after, _ = lifecycle.enact(both, moved, at(168))
    assert gone.state is State.STALE
    assert after.policy.count("limits.open_per_author") == 3
    done, after, _ = lifecycle.enact(both, world(), at(168))
    assert done.state is State.ENACTED
    assert (after.policy.count("limits.open_per_author"), after.policy.count("limits.versions")) == (4, 6)


@pytest.mark.parametrize(
    "broken",
    [
        replace(FREE_KEY, target="a.key.of.old", was="3"),
        replace(FREE_KEY, value="many", was="3"),
        replace(FREE_KEY, value="1001", was="3"),
    ],
)
def test_an_effect_that_an_upgrade_made_impossible_is_stale_and_never_blocks_the_sweep(broken: Effect) -> None:
    proposal = due()
    kept = replace(proposal.current, effects=(broken,))
    gone, _, _ = lifecycle.enact(replace(proposal, versions=(kept,)), world(), at(168))
    assert gone.state is State.STALE
    assert gone.outcome


def test_nothing_of_policy_or_money_is_enacted_before_ratification() -> None:
    gone, after, _ = lifecycle.enact(due(), world(provisional=True), at(168))
    assert gone.state is State.STALE
    assert after.policy.count("limits.open_per_author") == 3


def test_ratifying_once() -> None:
    (prepared,) = effects.prepare((RATIFY,), world(provisional=True))
    after = effects.apply((prepared,), world(provisional=True))
    assert not after.partnership.provisional
    with pytest.raises(Stale):
        effects.apply((prepared,), after)
    with pytest.raises(Stale):
        effects.prepare((RATIFY,), after)
