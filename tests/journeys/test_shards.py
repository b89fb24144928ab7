"""Several processes on one PostgreSQL, each with shards of its own, and servers handed over between them (RUN-2)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.discord.sharded import ShardedBot
from bot.governance.ids import PartnershipId
from bot.governance.proposals_types import ProposalState
from bot.governance.shards import shard_of
from tests.database import PostgresServer, postgresql_server
from tests.journeys import objecting
from tests.journeys.server import CORE, OBJECT, Server, begin, serving, set_up_partnership

__all__ = ["postgresql_server"]

COUNT = 4
LITTLE, LONG = timedelta(minutes=10), timedelta(hours=2)
"""Shorter and longer than the tolerance of 15 minutes."""


@pytest.fixture
async def server(tmp_path: Path, postgresql_server: PostgresServer) -> AsyncIterator[Server]:
    """The example partnership, with the bot on duty as the only process."""
    async with serving(tmp_path, postgresql_server.emptied()) as served:
        yield served


def own(server: Server, beside: int = 0) -> str:
    """The shard that the server belongs to, or one that comes some later."""
    return f"{(shard_of(server.guild.id, COUNT) + beside) % COUNT}/{COUNT}"


async def hand_over(server: Server, shards: str) -> None:
    """The process on duty is stopped, and one that serves these shards starts at once."""
    await server.stop()
    server.shards = shards
    await server.start()


async def closes_at(server: Server, number: int = 1) -> datetime:
    at = (await server.proposal(number)).closes_at
    assert at is not None
    return at


async def test_servers_handed_from_one_process_to_four_and_back_keep_their_deadlines(server: Server) -> None:
    await server.propose("tia", CORE)
    due = await closes_at(server)
    for shards in (own(server), f"0-{COUNT - 1}/{COUNT}", "0-1/2", own(server), ""):
        await server.advance(hours=3)
        await hand_over(server, shards)
        assert isinstance(server.bot, ShardedBot) == bool(shards)
        await server.advance(LITTLE)
    assert await closes_at(server) == due, "nobody was ever without the bot for long"
    assert "clock stopped" not in await server.happened(1)
    await objecting.everyone_reads(server, 1, "tom", "uma")
    await server.advance_to(due, short_of=timedelta(minutes=1))
    assert await server.state(1) is ProposalState.REVIEW
    await server.advance(minutes=1)
    assert await server.state(1) is ProposalState.ENACTED


@pytest.mark.parametrize("after", ["", "own"])
async def test_the_life_of_other_processes_is_no_life_of_ones_own(server: Server, after: str) -> None:
    await server.propose("tia", CORE)
    due = await closes_at(server)
    await hand_over(server, own(server))
    await server.advance(hours=1)
    await hand_over(server, own(server, beside=1))
    for _ in range(4):
        await server.advance(LONG / 4)
    await server["tom"].react(await server.card(1), OBJECT)
    await hand_over(server, own(server) if after else "")
    assert await closes_at(server) == due + LONG
    assert (await server.happened(1)).count("clock resumed") == 1
    assert len((await server.proposal(1)).objections) == 1, "seen by the process that serves its server"


async def test_another_process_neither_decides_nor_posts(server: Server) -> None:
    await server.propose("tia", CORE)
    due = await closes_at(server)
    await objecting.everyone_reads(server, 1, "tom", "uma")
    await server.advance_to(due, short_of=timedelta(minutes=5))
    await server.kill()
    server.shards = own(server, beside=1)
    await server.start()
    before = len(server.env.http_requests)
    await server.advance(LITTLE)
    assert await server.bot.next_due() is None
    assert await server.state(1) is ProposalState.REVIEW
    assert [each for each in server.env.http_requests[before:] if each.method != "GET"] == []
    await hand_over(server, own(server))
    assert await server.state(1) is ProposalState.ENACTED


async def test_two_servers_of_two_processes_keep_to_themselves(server: Server) -> None:
    await server.stop()
    server.shards = own(server)
    elsewhere = server.env.create_guild("Alder Hill", id=server.guild.id + (1 << 22))
    second = Server(server.env, elsewhere, server.folder, server.database_url, shards=own(server, beside=1))
    second.hosted, second.log = PartnershipId(2), server.log
    await begin(second)
    await set_up_partnership(second)
    assert await second.propose("tia", CORE) == 1
    due = await closes_at(second)
    await second.advance(hours=1)
    await second.kill()  # and its server is without the bot from here on

    await server.start()
    assert await server.propose("tia", CORE) == 1
    await objecting.everyone_reads(server, 1, "tom", "uma")
    await server.advance(hours=80)
    assert await server.state(1) is ProposalState.ENACTED
    assert await closes_at(second) == due
    assert (await second.proposal(1)).state is ProposalState.REVIEW, "decided by nobody else"
    await server.stop()

    await second.start()
    assert await closes_at(second) == due + timedelta(hours=80)
    assert (await second.proposal(1)).state is ProposalState.REVIEW
    await second.stop()
    await server.start()
    for crashed in second.crashed:
        await crashed.close()


async def test_a_shard_that_is_away_stops_no_clock_in_the_others(server: Server) -> None:
    await hand_over(server, f"0-{COUNT - 1}/{COUNT}")
    mine = shard_of(server.guild.id, COUNT)
    await server.propose("tia", CORE)
    due = await closes_at(server)
    assert isinstance(server.bot, ShardedBot)

    await server.dispatch("shard_disconnect", (mine + 1) % COUNT)
    await server.dispatch("disconnect")
    await server.advance(LONG)
    assert server.bot.sessions.follows(server.guild.id)
    await server.dispatch("shard_resumed", (mine + 1) % COUNT)
    await server.dispatch("resumed")
    assert server.bot.sessions.ready == frozenset(range(COUNT))
    assert await closes_at(server) == due, "its own session lived all the time"

    await server.dispatch("shard_disconnect", mine)
    await server.advance(LONG)
    assert not server.bot.sessions.follows(server.guild.id)
    assert not server.bot.reconciliation.knows(server.guild.id)
    assert server.bot.session_ready, "the others go on"
    await server.dispatch("shard_ready", mine)
    assert await closes_at(server) == due + LONG
    assert server.bot.sessions.ready == frozenset(range(COUNT))
