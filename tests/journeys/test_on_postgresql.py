"""Three journeys once more, with everything kept in PostgreSQL (RUN-2)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.governance import receipts
from bot.governance.ids import PartnershipId
from bot.governance.proposals_types import ObjectionState, ProposalState
from bot.services import record
from tests.database import PostgresServer, postgresql_server
from tests.journeys import looking_back, surveying
from tests.journeys.deciding import AGAINST, FOR, ballots, escalated
from tests.journeys.objecting import card, everyone_reads, last_notice, state, states
from tests.journeys.server import CORE, OBJECT, STAKEHOLDERS, TALK, Server, serving, text_of

__all__ = ["postgresql_server"]


@pytest.fixture
async def server(tmp_path: Path, postgresql_server: PostgresServer) -> AsyncIterator[Server]:
    """The example partnership in a server, with the bot on duty on PostgreSQL."""
    async with serving(tmp_path, postgresql_server.emptied()) as served:
        yield served


async def heads_stand(server: Server, number: int) -> None:
    """The head that each outcome post ends with stands in the chain (REC-1)."""
    ends = [post.rpartition("\n")[2] for post in server.feed() if f"P-{number} " in post.partition("\n")[0]]
    heads = [receipts.read(end) for end in ends if end.startswith("-# Record #")]
    assert heads
    async with server.bot.ctx.uow.read() as tx:
        for head in heads:
            assert await record.standing_of(tx, PartnershipId(1), head) is receipts.ReceiptStanding.STANDS, head


async def test_a_general_proposal_passes_by_silence(server: Server) -> None:
    number = await server.propose("tia", CORE)
    assert "A shared calendar" in text_of(await server.card(number))
    await everyone_reads(server, number, "tom", "uma")
    await server.advance(hours=71)
    await server.restart()
    assert await server.state(number) is ProposalState.REVIEW
    await server.advance(hours=1)
    assert await server.state(number) is ProposalState.ENACTED
    await heads_stand(server, number)


async def test_an_objection_by_reaction_is_stated_and_disputes_the_proposal(server: Server) -> None:
    number = await server.propose("tia", TALK, "operational")
    await server.react("cleo", number, OBJECT)
    await server.settle()
    assert "you raised objection No. 1" in await last_notice(server, number)
    await server.crash()
    await state(server, "cleo", number)
    assert await states(server, number) == [ObjectionState.STATED]
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.DISPUTED
    assert "Counting now: 1" in await card(server, number)
    happened = await server.happened(number)
    for event in ("objection raised", "objection stated", "window closed", "proposal disputed"):
        assert happened.count(event) == 1, happened


async def test_an_escalated_vote_adopts_and_overrules(server: Server) -> None:
    number = await escalated(server)
    await ballots(server, number, ada=FOR, ben=FOR, cleo=FOR, dev=AGAINST)
    await ballots(server, number, ada=AGAINST, dev=FOR)
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.ENACTED
    assert await states(server, number) == [ObjectionState.OVERRULED]
    vote = (await server.proposal(number)).vote
    assert vote is not None
    assert vote.tally is not None
    assert dict(vote.tally.counts) == {"for": 3, "against": 1, "abstain": 0}
    await heads_stand(server, number)


async def test_a_survey_is_answered_counted_and_forgotten(server: Server) -> None:
    survey = await surveying.asked(server, surveying.SCALE, surveying.TEXT)
    await surveying.everyone_answers(server, survey, "4", "we should meet less")
    await server.crash()
    await surveying.answer(server, "ada", survey, "2", "we should meet more")
    await server.advance(surveying.DAYS)
    found = await surveying.kept(server, survey)
    assert [result.counts for result in found.results] == [(0, 1, 0, 5, 0), ()]
    assert found.results[1].texts == ("we should meet less",) * 5 + ("we should meet more",)
    assert len(surveying.posts(server, STAKEHOLDERS)) == 1
    async with server.bot.ctx.uow.read() as tx:
        assert await tx.seals.of(f"survey/{survey}") == ()
        assert await tx.seals.find_key(f"survey/{survey}") is None


async def test_a_retro_is_written_revealed_voted_on_and_forgotten(server: Server) -> None:
    await looking_back.begin(server)
    await looking_back.check_in(server, "uma", "curious")
    await looking_back.go_on(server)
    await looking_back.write(server, "uma", 0, "Walks along the river")
    await looking_back.write(server, "tia", 1, "Reports that nobody reads")
    await server.crash()
    for _ in range(2):
        await looking_back.go_on(server)
    await looking_back.dots(server, "uma", 2, 3)
    for _ in range(3):
        await looking_back.go_on(server)
    lessons = text_of(server.channel(CORE).history()[-1])
    assert "**Topic** “Reports that nobody reads” (3 dots, not reached)" in lessons
    async with server.bot.ctx.uow.read() as tx:
        for thing in ("retro/1", *(f"retro/1/{what}" for what in ("here", "words", "dots", "more"))):
            assert await tx.seals.of(thing) == ()
            assert await tx.seals.find_key(thing) is None
