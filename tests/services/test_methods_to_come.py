"""Approval, score, ranked and quadratic voting fit the shape that votes have (DEC-1).

They are not part of the bot: each is written here as its file would be, known to the bot for the length of a test, and
goes the whole way of a vote: words, casting, refusals, the database, closing, the record, the recount.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import pytest

from bot.governance import methods
from bot.governance import votes as rules
from bot.governance.errors import BadBallot, Refusal, UnknownKey
from bot.governance.ids import ProposalId
from bot.governance.methods.counting import counts_of, quorate
from bot.governance.methods.shape import Shape
from bot.governance.proposals_types import Proposal, ProposalState
from bot.governance.votes_types import Ballot, Counts, Tally, Vote
from bot.services import proposals, record, votes
from bot.ui import votes_card, votes_replies
from tests.services.scene import ADA, BEN, CLEO, DEV, ELI, FAY, HERE, Scene
from tests.ui.scenes import text_of

pytestmark = pytest.mark.both_databases

BLUE, GREEN, HEDGE, NONE = OPTIONS = ("Paint it blue", "Paint it green", "Plant a hedge", "none of these")
Count = Callable[[Sequence[Ballot], tuple[str, ...], int, Fraction, Fraction], Tally]


def most_marked(
    ballots: Sequence[Ballot], options: tuple[str, ...], eligible: int, quorum: Fraction, share: Fraction
) -> Tally:
    """The option with the highest sum."""
    return ended(counts_of(ballots, options), len(ballots), eligible, quorum)


def instant_runoff(
    ballots: Sequence[Ballot], options: tuple[str, ...], eligible: int, quorum: Fraction, share: Fraction
) -> Tally:
    """The weakest goes, until one has more than half of the ballots that still name somebody."""
    rounds: list[Counts] = []
    standing = options
    while True:
        named = [[o for o in sorted(ballot.marks, key=ballot.marks.__getitem__) if o in standing] for ballot in ballots]
        counts = tuple((option, sum(each[:1] == [option] for each in named)) for option in standing)
        if len(standing) == 1 or 2 * max(first for _, first in counts) > sum(map(bool, named)):
            return replace(ended(counts, len(ballots), eligible, quorum), rounds=tuple(rounds))
        rounds.append(counts)
        weakest = min(first for _, first in counts)
        last = [option for option, first in counts if first == weakest][-1]
        standing = tuple(option for option in standing if option != last)


def ended(counts: Counts, cast: int, eligible: int, quorum: Fraction) -> Tally:
    won = max(counts, key=lambda each: each[1])[0]
    if not quorate(cast, eligible, quorum):
        return Tally(False, "no quorum", cast, eligible, counts)
    return Tally(won != NONE, "adopted" if won != NONE else NONE, cast, eligible, counts, chosen=won)


@dataclass(frozen=True)
class Coming:
    """A method as its file would declare it."""

    NAME: str
    SHAPE: Shape
    tally: Count
    OPTIONS: tuple[str, ...] = ()
    YES: frozenset[str] = frozenset()
    NEEDS_REASON: frozenset[str] = frozenset()
    MAY_BE_SECRET: bool = True
    SHARE: str = ""


@dataclass(frozen=True)
class Election:
    """A method, what six people mark by it, what comes out, and what it refuses."""

    method: Coming
    cast: Mapping[int, Mapping[str, int]]
    counts: Counts
    chosen: str
    refused: tuple[tuple[Mapping[str, int], Refusal], ...]
    rounds: tuple[Counts, ...] = ()


OTHER = ({"Sell it": 1}, UnknownKey("Sell it", OPTIONS))
ELECTIONS = (
    Election(
        Coming("approval", Shape(), most_marked),
        {ADA: {GREEN: 1, BLUE: 1}, BEN: {GREEN: 1}, CLEO: {GREEN: 1, HEDGE: 1}, DEV: {BLUE: 1}, ELI: {NONE: 1}},
        ((BLUE, 2), (GREEN, 3), (HEDGE, 1), (NONE, 1)),
        GREEN,
        (
            OTHER,
            ({}, BadBallot("total", 1, None)),
            ({BLUE: 0}, BadBallot("total", 1, None)),
            ({BLUE: 2}, BadBallot("mark", 0, 1)),
            ({BLUE: -1, GREEN: 1}, BadBallot("mark", 0, 1)),
        ),
    ),
    Election(
        Coming("score", Shape(highest=5), most_marked),
        {ADA: {BLUE: 5, GREEN: 3}, BEN: {GREEN: 4}, CLEO: {HEDGE: 5}, DEV: {HEDGE: 5, BLUE: 1}, ELI: {GREEN: 2}},
        ((BLUE, 6), (GREEN, 9), (HEDGE, 10), (NONE, 0)),
        HEDGE,
        (OTHER, ({}, BadBallot("total", 1, None)), ({BLUE: 6}, BadBallot("mark", 0, 5))),
    ),
    Election(
        Coming("ranked", Shape(ordered=True), instant_runoff),
        {
            ADA: {BLUE: 1, GREEN: 2},
            BEN: {BLUE: 2, GREEN: 1},
            CLEO: {BLUE: 1, HEDGE: 2, GREEN: 3, NONE: 4},
            DEV: {HEDGE: 1, GREEN: 2},
            FAY: {GREEN: 1},
        },
        ((BLUE, 2), (GREEN, 3)),
        GREEN,
        (
            OTHER,
            ({}, BadBallot("order", 1, 4)),
            ({BLUE: 1, GREEN: 1}, BadBallot("order", 1, 4)),
            ({BLUE: 1, GREEN: 3}, BadBallot("order", 1, 4)),
            ({BLUE: 2}, BadBallot("order", 1, 4)),
            ({BLUE: 1, GREEN: 2, HEDGE: -1}, BadBallot("order", 1, 4)),
        ),
        (((BLUE, 2), (GREEN, 2), (HEDGE, 1), (NONE, 0)), ((BLUE, 2), (GREEN, 2), (HEDGE, 1))),
    ),
    Election(
        Coming("quadratic", Shape(highest=5, most=25, power=2), most_marked),
        {ADA: {BLUE: 5}, BEN: {GREEN: 4, HEDGE: 3}, CLEO: {HEDGE: 3, GREEN: 4}, DEV: {BLUE: 1}, ELI: {NONE: 2}},
        ((BLUE, 6), (GREEN, 8), (HEDGE, 6), (NONE, 2)),
        GREEN,
        (
            OTHER,
            ({}, BadBallot("total", 1, 25)),
            ({BLUE: 4, GREEN: 4}, BadBallot("total", 1, 25)),
            ({BLUE: 6}, BadBallot("mark", 0, 5)),
            ({BLUE: 5, GREEN: -5}, BadBallot("mark", 0, 5)),
        ),
    ),
)


@pytest.fixture(params=ELECTIONS, ids=lambda each: each.method.NAME)
def election(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Election:
    """One of them, known to the bot under its name and in words for as long as the test runs."""
    found: Election = request.param
    name = found.method.NAME
    monkeypatch.setitem(methods._BY_NAME, name, found.method)
    monkeypatch.setattr(votes_card, "METHOD_LABELS", {name: f"{name} vote"})
    monkeypatch.setattr(votes_card, "ADOPTED_IF", {name: "something else than “none of these” wins"})
    return found


async def choosing(scene: Scene, election: Election, *, secret: bool = False) -> ProposalId:
    """A final vote by this method on a proposal's own options; open for 72 hours."""
    filed = await scene.escalated()
    async with scene.ctx.uow.write() as tx:
        proposal = await tx.of(Proposal).get(filed)
        assert proposal.vote is not None
        vote = replace(proposal.vote, method=election.method.NAME, options=OPTIONS, secret=secret)
        await tx.of(Proposal).save(replace(proposal, vote=vote))
    return filed


async def vote_of(scene: Scene, filed: ProposalId) -> Vote:
    found = (await scene.get(filed)).vote
    assert found is not None
    return found


async def test_what_does_not_fit_is_refused_and_changes_nothing(scene: Scene, election: Election) -> None:
    filed = await choosing(scene, election)
    before = await scene.tables()
    for marks, refusal in election.refused:
        with pytest.raises(type(refusal)) as refused:
            await votes.cast(scene.ctx, scene.actor(ADA), filed, marks)
        assert refused.value.args == refusal.args
    assert await scene.tables() == before


@pytest.mark.parametrize("secret", [False, True], ids=["open", "secret"])
async def test_the_whole_way_of_a_vote(scene: Scene, election: Election, secret: bool) -> None:
    filed = await choosing(scene, election, secret=secret)
    for who, marks in election.cast.items():
        await votes.cast(scene.ctx, scene.actor(who), filed, {BLUE: 1})  # a first thought, replaced
        await votes.cast(scene.ctx, scene.actor(who), filed, marks)
        mine = await votes.mine(scene.ctx, scene.actor(who), filed)
        assert mine == Ballot(marks, await scene.person(who))
        assert list(mine.marks) == [option for option in OPTIONS if option in marks], "in the order of the options"
    assert len((await scene.tables())["ballots"]) == len(election.cast)
    await scene.after(hours=72)
    assert await scene.state(filed) is ProposalState.ENACTED
    assert (await scene.tables())["ballots"] == []
    vote, proposal = await vote_of(scene, filed), await scene.get(filed)
    assert vote.tally == Tally(True, "adopted", 5, 6, election.counts, chosen=election.chosen, rounds=election.rounds)
    assert rules.count(vote, vote.ballots, proposal.pinned, proposal.author) == vote.tally, "recounted"
    assert sorted(map(repr, (b.marks for b in vote.ballots))) == sorted(
        repr(in_order(m)) for m in election.cast.values()
    )
    assert {ballot.person is None for ballot in vote.ballots} == {secret}
    await on_record(scene, vote)


async def on_record(scene: Scene, vote: Vote) -> None:
    """What the record says is enough to count again, and agrees with what is kept beside it."""
    (closed,) = [each.event.data for each in await scene.record() if each.event.name == "vote closed"]
    published = closed["ballots"]
    assert isinstance(published, list)
    assert [each["marks"] for each in published if isinstance(each, dict)] == [dict(b.marks) for b in vote.ballots]
    assert closed["chosen"] == (vote.tally and vote.tally.chosen)
    async with scene.ctx.uow.scan() as tx:
        found = await record.check(tx, HERE)
    assert found.verdict.holds
    assert found.differences == ()


async def test_its_words_are_those_of_every_vote(scene: Scene, election: Election) -> None:
    """Card, private answer and result need nothing but the method's own words."""
    filed = await choosing(scene, election)
    for who, marks in election.cast.items():
        await votes.cast(scene.ctx, scene.actor(who), filed, marks)
    view = await proposals.show(scene.ctx, scene.actor(ADA), filed)
    assert view.proposal.vote is not None
    standing = votes_card.standing(view.proposal, view.proposal.vote)
    assert f"{election.method.NAME} vote" in standing
    assert "5 of 6 members have voted" in standing
    mine = text_of(votes_replies.ballot(view, await votes.mine(scene.ctx, scene.actor(BEN), filed)))
    graded = election.method.SHAPE.graded
    for option, mark in election.cast[BEN].items():
        assert (f"{option} ({mark})" if graded else option) in mine
    await scene.after(hours=72)
    vote = await vote_of(scene, filed)
    assert vote.tally is not None
    result = votes_card.result(vote.tally)
    assert f"**Adopted: {election.chosen}**" in result
    assert f"{election.chosen}: {dict(election.counts)[election.chosen]}" in result
    assert f"**{election.chosen}:** " in votes_card.roll(vote, str, 2000)


def in_order(marks: Mapping[str, int]) -> dict[str, int]:
    return {option: marks[option] for option in OPTIONS if option in marks}
