"""The bot goes on with a database that an earlier version of it left behind, in the servers that it left (RUN-3).

``tests/test_frozen.py`` says what ``tests/frozen`` holds. Here people act on what stood on the cards and boards then.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.governance.proposals_types import ProposalState
from bot.governance.retros import RetroState
from tests.frozen.loading import resumed
from tests.journeys import looking_back, objecting
from tests.journeys.deciding import AGAINST, FOR, assert_heads_stand, ballots
from tests.journeys.server import CORE, Server, text_of

OPEN_VOTE, SECRET_VOTE, SUPERMAJORITY = 14, 19, 22
IN_TIMELOCK, BUDGET_IN_TIMELOCK, ADOPTED, WITHDRAWN = 20, 21, 16, 6


async def test_votes_and_timelocks_end_as_people_chose(tmp_path: Path) -> None:
    async with resumed(tmp_path) as (valley, _):
        await ballots(valley, SUPERMAJORITY, dev=FOR, eli=FOR)
        await ballots(valley, OPEN_VOTE, dev=AGAINST, eli=AGAINST)
        await valley.advance(hours=100)
        assert await valley.state(OPEN_VOTE) is ProposalState.NOT_ADOPTED, "two for, three against"
        assert await tally(valley, OPEN_VOTE) == {"for": 2, "against": 3, "abstain": 0}
        assert await valley.state(SECRET_VOTE) is ProposalState.ENACTED
        assert await tally(valley, SECRET_VOTE) == {"for": 2, "against": 1, "abstain": 0}
        secret = (await valley.proposal(SECRET_VOTE)).vote
        assert secret is not None
        assert [ballot.person for ballot in secret.ballots] == [None] * 3, "who chose what is forgotten"
        for number in (SUPERMAJORITY, IN_TIMELOCK, BUDGET_IN_TIMELOCK, ADOPTED):
            assert await valley.state(number) is ProposalState.ENACTED, number
        assert await valley.policy_value("review.window") == timedelta(hours=96)
        assert await valley.policy_value("objection.ruling") == timedelta(hours=72)
        assert await valley.policy_value("digest.hour") == 10
        for number in (OPEN_VOTE, SECRET_VOTE, SUPERMAJORITY, IN_TIMELOCK):
            await assert_heads_stand(valley, number)


async def test_the_retros_in_writing_and_in_voting_go_on_and_close(tmp_path: Path) -> None:
    async with resumed(tmp_path) as (valley, _):
        await looking_back.write(valley, "uma", 0, "Swimming after work", 4)
        assert await looking_back.go_on(valley, number=4) is RetroState.GROUP
        cards = {card.text for card in (await looking_back.retro(valley, 4)).cards}
        assert {"The evenings on the quay", "More hands for the boats", "Swimming after work"} <= cards
        assert await looking_back.go_on(valley, "cal", 5) is RetroState.DISCUSS
        assert [topic.dots for topic in (await looking_back.retro(valley, 5)).topics] == [0, 3]
        for who, number in (("tom", 4), ("cal", 5)):
            while await looking_back.go_on(valley, who, number) is not RetroState.CLOSED:
                pass
        assert "The long reports" in looking_back.everything_said(valley)
        async with valley.bot.ctx.uow.read() as tx:
            assert [await tx.seals.of(f"retro/{at}") for at in (4, 5)] == [(), ()]


async def test_what_waited_is_shown_and_the_second_server_waits_for_who_is_kept_away(tmp_path: Path) -> None:
    """An erasure while the bot was down reaches its posts; a timeout that ran out lets the clock run on (PRO-11)."""
    async with resumed(tmp_path) as (valley, hill):
        assert "not good for the river" not in looking_back.everything_said(valley)
        assert "erased on request" in text_of(await valley.card(WITHDRAWN))
        before = await hill.proposal(2)
        assert before.clock.reasons == {"kept from acting"}
        await valley.advance(hours=110)
        await hill.settle()
        assert (await hill.proposal(2)).state is ProposalState.ENACTED
        await objecting.everyone_reads(valley, await valley.propose("tia", CORE, title="A new one"), "tom")


async def tally(server: Server, number: int) -> dict[str, int]:
    """The published result of a final vote."""
    vote = (await server.proposal(number)).vote
    assert vote is not None
    assert vote.tally is not None
    return dict(vote.tally.counts)
