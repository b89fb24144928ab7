"""Escalating and voting, on real databases: changeable until close, counted once, secret for good (DEC-2, DEC-3)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from bot.governance.errors import BadText, NotEligible, NotFound, NotYours, UnknownKey, WindowClosed, WrongState
from bot.governance.ids import ProposalId, VoteId
from bot.governance.policy_values import Value
from bot.governance.proposals_types import ObjectionState, ProposalState
from bot.governance.votes_types import Ballot
from bot.services import attempts, escalations, inbox, objections, proposals, votes
from tests.services.scene import (
    ADA,
    BEN,
    CAL,
    CLEO,
    DEV,
    ELI,
    ENTRENCHED_KEY,
    FAY,
    HERE,
    LAB,
    NIA,
    ODA,
    QUIET,
    QUINN,
    RAY,
    REASON,
    STAKEHOLDERS,
    TIA,
    TOM,
    Scene,
)

pytestmark = pytest.mark.both_databases

TICK = timedelta(microseconds=1)


async def under(scene: Scene, **values: Value) -> None:
    """Another policy for what opens from now on."""
    changed = {key.replace("_", ".", 1): value for key, value in values.items()}
    async with scene.ctx.uow.write() as tx:
        now = await tx.policies.current(HERE)
        await tx.policies.add(
            HERE, replace(now, version=now.version + 1, values={**now.values, **changed}), None, scene.clock()
        )


async def cast(scene: Scene, filed: ProposalId, choices: dict[int, str]) -> None:
    for who, choice in choices.items():
        await votes.cast(scene.ctx, scene.actor(who), filed, {choice: 1})


async def ballots(scene: Scene, filed: ProposalId) -> dict[str | None, str]:
    vote = (await scene.get(filed)).vote
    async with scene.ctx.uow.read() as tx:
        return {b.person: b.choice for b in await tx.ballots.of(vote.id if vote else VoteId(""))}


# ---- reading what one votes on -----------------------------------------------------------------------


async def test_whoever_votes_on_a_private_groups_matter_can_read_it_from_then_on(scene: Scene) -> None:
    secret = await scene.file(QUINN, "general", QUIET)
    await scene.object(RAY, secret, stated=True)
    await scene.after(hours=72)
    with pytest.raises(NotFound):
        await proposals.show(scene.ctx, scene.actor(BEN), secret)
    await escalations.escalate(scene.ctx, scene.actor(RAY), secret)
    await scene.sweep()
    view = await proposals.show(scene.ctx, scene.actor(BEN), secret)
    assert view.proposal.vote is not None
    assert view.proposal.vote.opened
    await votes.cast(scene.ctx, scene.actor(BEN), secret, {"for": 1})
    assert [item.kind for item in (await inbox.inbox(scene.ctx, scene.actor(ADA), HERE)).items] == ["vote"]
    for outsider in (CAL, TIA):
        with pytest.raises(NotFound):
            await proposals.show(scene.ctx, scene.actor(outsider), secret)


# ---- escalating --------------------------------------------------------------------------------------


async def test_the_author_or_any_elector_escalates_once(scene: Scene) -> None:
    filed = await scene.disputed()
    for other in (TOM, ODA):
        with pytest.raises(NotEligible):
            await escalations.escalate(scene.ctx, scene.actor(other), filed)
    acts = (escalations.escalate(scene.ctx, scene.actor(who), filed) for who in (TIA, ADA, BEN, CLEO))
    results = await asyncio.gather(*acts, return_exceptions=True)
    assert sum(isinstance(each, WrongState) for each in results) == 3
    assert (await scene.happened(filed))["proposal escalated"] == 1
    await scene.sweep()
    assert (await scene.happened(filed))["vote opened"] == 1


async def test_nothing_but_a_dispute_is_escalated(scene: Scene) -> None:
    filed = await scene.file()
    with pytest.raises(WrongState):
        await escalations.escalate(scene.ctx, scene.actor(ADA), filed)
    with pytest.raises(WrongState):
        await votes.cast(scene.ctx, scene.actor(ADA), filed, {"for": 1})
    with pytest.raises(WrongState):
        await attempts.cast(scene.ctx, scene.actor(ADA), filed, 0)


async def test_if_nobody_acts_a_dispute_ends_in_not_adopted(scene: Scene) -> None:
    filed = await scene.disputed()
    await scene.after(by=timedelta(days=14) - TICK)
    assert await scene.state(filed) is ProposalState.DISPUTED
    await scene.after(by=TICK)
    assert await scene.state(filed) is ProposalState.NOT_ADOPTED
    assert (await scene.get(filed)).outcome == "nobody acted"
    with pytest.raises(WrongState):
        await escalations.escalate(scene.ctx, scene.actor(ADA), filed)


async def test_between_escalation_and_vote_the_author_may_still_withdraw(scene: Scene) -> None:
    await under(scene, vote_notice=timedelta(hours=24))
    filed = await scene.disputed()
    await escalations.escalate(scene.ctx, scene.actor(ADA), filed)
    await scene.sweep()
    with pytest.raises(WrongState):
        await votes.cast(scene.ctx, scene.actor(ADA), filed, {"for": 1})
    await scene.after(hours=23)
    await proposals.withdraw(scene.ctx, scene.actor(TIA), filed)
    await scene.after(hours=100)
    assert await scene.state(filed) is ProposalState.WITHDRAWN


async def test_once_the_vote_is_open_nobody_withdraws_or_raises_any_more(scene: Scene) -> None:
    filed = await scene.escalated()
    for refused in (
        proposals.withdraw(scene.ctx, scene.actor(TIA), filed),
        proposals.revise(scene.ctx, scene.actor(TIA), filed, (await scene.get(filed)).text, ()),
        objections.withdraw(scene.ctx, scene.actor(ADA), filed, 1),
    ):
        with pytest.raises(WrongState):
            await refused
    with pytest.raises(WindowClosed):
        await objections.raise_objection(scene.ctx, scene.actor(BEN), filed, "button")
    with pytest.raises(NotYours):
        await proposals.withdraw(scene.ctx, scene.actor(TOM), filed)


# ---- casting -----------------------------------------------------------------------------------------


async def test_a_ballot_is_overwritten_in_place_until_close(scene: Scene) -> None:
    filed = await scene.escalated()
    assert await votes.mine(scene.ctx, scene.actor(ADA), filed) is None
    for choice in ("for", "against", "abstain", "against"):
        await votes.cast(scene.ctx, scene.actor(ADA), filed, {choice: 1})
    assert await votes.mine(scene.ctx, scene.actor(ADA), filed) == Ballot({"against": 1}, await scene.person(ADA))
    assert len((await scene.tables())["ballots"]) == 1


async def test_everyone_votes_in_the_same_instant_many_times_and_each_counts_once(scene: Scene) -> None:
    filed = await scene.escalated()
    await asyncio.gather(
        *(votes.cast(scene.ctx, scene.actor(who), filed, {"for": 1}) for who in STAKEHOLDERS for _ in range(5))
    )
    assert len(await ballots(scene, filed)) == 6
    await scene.after(hours=72)
    vote = (await scene.get(filed)).vote
    assert vote is not None
    assert vote.tally is not None
    assert (vote.tally.cast, dict(vote.tally.counts)) == (6, {"for": 6, "against": 0, "abstain": 0})
    assert await scene.state(filed) is ProposalState.ENACTED
    assert (await scene.objection(filed)).state is ObjectionState.OVERRULED
    assert (await scene.tables())["ballots"] == []


@pytest.mark.parametrize(
    ("choices", "state", "why"),
    [
        ({ADA: "against", BEN: "for", CLEO: "for"}, ProposalState.ENACTED, "adopted"),
        ({ADA: "against", BEN: "against", CLEO: "for"}, ProposalState.NOT_ADOPTED, "not enough votes for"),
        ({ADA: "against", BEN: "for", CLEO: "abstain"}, ProposalState.NOT_ADOPTED, "tied"),
        ({BEN: "for", CLEO: "for"}, ProposalState.NOT_ADOPTED, "no quorum"),
        ({}, ProposalState.NOT_ADOPTED, "no quorum"),
    ],
)
async def test_the_outcome_follows_the_pinned_rule(
    scene: Scene, choices: dict[int, str], state: ProposalState, why: str
) -> None:
    filed = await scene.escalated()
    await under(scene, vote_quorum=Fraction(1))
    await cast(scene, filed, choices)
    await scene.after(by=timedelta(hours=72) - TICK)
    assert await scene.state(filed) is ProposalState.ESCALATED
    await scene.after(by=TICK)
    assert await scene.state(filed) is state
    vote = (await scene.get(filed)).vote
    assert vote is not None
    assert vote.tally is not None
    assert vote.tally.reason == why
    assert (await scene.happened(filed))["vote closed"] == 1


async def test_votes_race_the_closing_sweep_and_all_that_were_taken_are_counted(scene: Scene) -> None:
    filed = await scene.escalated()
    vote = (await scene.get(filed)).vote
    assert vote is not None
    scene.clock.now = vote.closes_at
    results = await asyncio.gather(
        scene.sweep(),
        *(votes.cast(scene.ctx, scene.actor(who), filed, {"for": 1}) for who in STAKEHOLDERS),
        return_exceptions=True,
    )
    assert all(isinstance(each, WindowClosed | WrongState) for each in results[1:])
    assert await scene.state(filed) is ProposalState.NOT_ADOPTED
    assert (await scene.tables())["ballots"] == []


async def test_who_may_not_vote_changes_nothing(scene: Scene) -> None:
    filed = await scene.escalated()
    newcomer = await scene.joined(NIA, LAB)
    await scene.left(FAY)
    before = await scene.tables()
    for who, why in (
        (scene.actor(TIA), "vote"),
        (newcomer, "vote joined later"),
        (scene.actor(ODA), "vote"),
    ):
        with pytest.raises(NotEligible) as refusal:
            await votes.cast(scene.ctx, who, filed, {"for": 1})
        assert refusal.value.why == why
    with pytest.raises(NotEligible):
        await votes.cast(scene.ctx, scene.actor(FAY), filed, {"for": 1})
    with pytest.raises(UnknownKey):
        await votes.cast(scene.ctx, scene.actor(ADA), filed, {"maybe": 1})
    with pytest.raises(UnknownKey):
        await attempts.cast(scene.ctx, scene.actor(ADA), filed, 3)
    assert await scene.tables() == before


async def test_an_objection_in_a_consent_round_needs_a_criterion_and_a_reason_and_blocks(scene: Scene) -> None:
    await under(scene, vote_method="consent", vote_secret=True)
    filed = await scene.escalated()
    vote = (await scene.get(filed)).vote
    assert vote is not None
    assert not vote.secret, "a consent round never is"
    before = await scene.tables()
    with pytest.raises(UnknownKey):
        await votes.cast(scene.ctx, scene.actor(BEN), filed, {"object": 1})
    with pytest.raises(BadText):
        await votes.cast(scene.ctx, scene.actor(BEN), filed, {"object": 1}, "harm", "no")
    assert await scene.tables() == before
    await cast(scene, filed, dict.fromkeys((ADA, CLEO, DEV, ELI), "consent"))
    await votes.cast(scene.ctx, scene.actor(BEN), filed, {"object": 1}, "harm", REASON)
    await scene.after(hours=72)
    assert await scene.state(filed) is ProposalState.NOT_ADOPTED
    closed = [r.event for r in await scene.record() if r.event.name == "vote closed"]
    assert REASON in str(closed[0].data["ballots"])


async def test_an_entrenched_key_is_never_changed_by_silence_but_by_a_supermajority(scene: Scene) -> None:
    filed = await scene.file(type="policy", effects=(ENTRENCHED_KEY,))
    await scene.read_by(filed, ADA, BEN)
    await scene.after(hours=72)
    assert await scene.state(filed) is ProposalState.ESCALATED
    await cast(scene, filed, {ADA: "for", BEN: "for", CLEO: "for", DEV: "for", ELI: "against", FAY: "against"})
    await scene.after(hours=72)
    assert await scene.state(filed) is ProposalState.ADOPTED
    await scene.after(hours=48)
    assert await scene.state(filed) is ProposalState.ENACTED
    async with scene.ctx.uow.read() as tx:
        assert (await tx.policies.current(HERE)).count("objection.threshold") == 2


# ---- secret ------------------------------------------------------------------------------------------


async def test_a_secret_choice_stands_nowhere_but_in_its_ballot_and_goes_with_it(scene: Scene) -> None:
    """DEC-3, DEC-3a, REC-1: not in events, deliveries or the dossier, open or closed; only sums come out."""
    await under(scene, vote_secret=True)
    filed = await scene.escalated()
    silent = await scene.tables()
    await cast(scene, filed, {ADA: "against", BEN: "for", CLEO: "for", DEV: "for", ELI: "abstain"})
    after = await scene.tables()
    changed = {name for name in after if after[name] != silent[name]}
    assert changed == {"ballots", "votes", "proposals"}, "no event, no delivery"
    vote = (await scene.get(filed)).vote
    assert vote is not None
    assert (vote.secret, vote.ballots, len(vote.voted)) == (True, (), 5)
    await votes.cast(scene.ctx, scene.actor(ADA), filed, {"for": 1})
    again = await scene.tables()
    for table in ("proposals", "votes"):
        assert again[table] == after[table], "changing one's mind leaves no trace"
    await scene.after(hours=72)
    vote = (await scene.get(filed)).vote
    assert vote is not None
    assert vote.tally is not None
    assert dict(vote.tally.counts) == {"for": 4, "against": 0, "abstain": 1}
    assert all(b.person is None for b in vote.ballots)
    assert (await scene.tables())["ballots"] == []
    for told in [r.event for r in await scene.record() if r.event.name == "vote closed"]:
        published = told.data["ballots"]
        assert isinstance(published, list)
        assert [b["choice"] for b in published if isinstance(b, dict)] == ["abstain", "for", "for", "for", "for"]
        assert {b["person"] for b in published if isinstance(b, dict)} == {None}
    assert (await scene.happened(filed))["ballot cast"] == 0
    assert await votes.mine(scene.ctx, scene.actor(ADA), filed) is None


async def test_below_k_ballots_a_secret_result_says_no_more_than_the_outcome(scene: Scene) -> None:
    await under(scene, vote_secret=True, vote_hidden_k=4)
    filed = await scene.escalated()
    await cast(scene, filed, {BEN: "for", CLEO: "for", DEV: "against"})
    await scene.after(hours=72)
    assert await scene.state(filed) is ProposalState.ENACTED
    (closed,) = [r.event for r in await scene.record() if r.event.name == "vote closed"]
    assert (closed.data["hidden"], closed.data["counts"], closed.data["ballots"]) == (True, [], [])
    assert (closed.data["cast"], closed.data["eligible"], closed.data["adopted"]) == (3, 6, True)


async def test_a_choice_that_is_public_is_on_record_only_once_the_vote_is_over(scene: Scene) -> None:
    filed = await scene.escalated()
    await cast(scene, filed, {ADA: "against", BEN: "for", CLEO: "for"})
    for event in [r.event for r in await scene.record() if r.event.name == "ballot cast"]:
        assert event.data == {"vote": f"{filed}-1"}
    await scene.after(hours=72)
    vote = (await scene.get(filed)).vote
    assert vote is not None
    assert {b.person: b.choice for b in vote.ballots}[await scene.person(ADA)] == "against"
