"""Discord refuses each write of a whole journey, one after the other: the proposal still ends right (RUN-3, PRO-10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.governance.proposals_types import ObjectionState, ProposalState
from tests.journeys import objecting
from tests.journeys.server import CONCERN, CORE, FEED, Server, text_of
from tests.journeys.test_restarts import all_messages, said_twice

_KINDS: dict[int, tuple[type[discord.HTTPException], int]] = {
    500: (discord.DiscordServerError, 0),
    403: (discord.Forbidden, 50013),
    404: (discord.NotFound, 10008),
}


@dataclass
class Refusing:
    """Discord as the bot reaches it, refusing the write of this number with this status."""

    nth: int = 0
    status: int = 500
    writes: list[str] = field(default_factory=list)

    def attach(self, server: Server) -> Refusing:
        """Stand between discord.py and its requests."""
        http = server.bot.http
        request = http.request

        async def refusing(route: discord.http.Route, **options: Any) -> Any:
            if route.method != "GET":
                self.writes.append(f"{route.method} {route.path}")
                if len(self.writes) == self.nth:
                    kind, code = _KINDS[self.status]
                    response: Any = SimpleNamespace(status=self.status, reason="refused by the test")
                    raise kind(response, {"code": code, "message": "refused by the test"})
            return await request(route, **options)

        http.request = refusing  # type: ignore[method-assign]
        return self

    def next(self, nth: int, status: int) -> None:
        """Count anew."""
        self.writes.clear()
        self.nth, self.status = nth, status


async def journey(server: Server) -> int:
    """Objected to, stated, revised, resolved, passed: most of what a proposal shows. Its number."""
    number = await server.propose("tia", CORE)
    await server.advance(minutes=10)
    await server.react("tom", number)
    await server.advance(minutes=10)
    await objecting.state(server, "tom", number)
    await objecting.revise(server, "tia", number, ask="Adopt one calendar that nobody has to copy from by hand.")
    await server.advance(minutes=10)
    await objecting.in_thread(server, "tom", number, "resolved")
    await server.react("uma", number, CONCERN)
    await server.advance(hours=100)
    return number


async def ends_right(server: Server, number: int) -> None:
    """Decided as without trouble; card, entry, thread and every notice stand once."""
    proposal = await server.proposal(number)
    assert proposal.state is ProposalState.ENACTED
    assert [o.state for o in proposal.objections] == [ObjectionState.INTEGRATED]
    assert (await server.happened(number)).count("proposal enacted") == 1
    assert f"P-{number} ·" in text_of(await server.card(number))
    assert said_twice(await all_messages(server)) == []
    in_core = [text_of(message) for message in server.channel(CORE).history()]
    assert sum(f"P-{number} ·" in text for text in in_core) == 1, in_core
    assert len(server.channel(CORE).threads) == number
    assert server.feed().count(text_of(await server.feed_entry(number))) == 1
    notices = "\n".join(await server.notices(number))
    assert notices.count("What changed in version 2") == 1
    assert notices.count("Full text of version 1") == 1
    assert notices.count("State your objection") == 1
    async with server.bot.ctx.uow.read() as tx:
        waiting = [d.key for d in await tx.deliveries.waiting(server.env.now())]
        shown = await tx.deliveries.of_proposal(proposal.id)
    assert waiting == []
    assert {str(d.state) for d in shown} <= {"sent", "given up"}


@pytest.mark.parametrize("status", sorted(_KINDS))
async def test_each_write_is_refused_once(server: Server, status: int) -> None:
    """A server error, a missing permission, something gone: each of them at every third write, in turn."""
    refusing = Refusing().attach(server)
    await ends_right(server, await journey(server))
    writes = len(refusing.writes)
    assert writes > 25
    for nth in range(1 + sorted(_KINDS).index(status), writes + 1, len(_KINDS)):
        refusing.next(nth, status)
        number = await journey(server)
        assert len(refusing.writes) >= nth
        try:
            await ends_right(server, number)
        except AssertionError as wrong:
            raise AssertionError(f"after {status} at {refusing.writes[nth - 1]}, write {nth}") from wrong


async def test_discord_is_out_of_order_for_an_hour(server: Server) -> None:
    """Nothing can be posted: the clock of a card that nobody sees stands still, then all of it comes, once."""
    drafted = await server.draft("tia", CORE, "general")
    server.env.inject_error("POST", "/channels/*/messages", status=503, times=None)
    number = await server.open("tia", drafted)
    due = (await server.proposal(number)).closes_at
    assert due is not None
    await server.advance(hours=1)
    assert (await server.proposal(number)).clock.reasons == {"card missing"}
    server.env.backend.faults.clear()
    await server.advance(hours=1)
    proposal = await server.proposal(number)
    assert proposal.clock.reasons == frozenset()
    assert proposal.closes_at is not None
    assert proposal.closes_at > due
    assert said_twice(await all_messages(server)) == []
    assert len(server.channel(FEED).history()) > 0
    await objecting.everyone_reads(server, number, "tom", "uma")
    await server.advance_to(proposal.closes_at)
    assert await server.state(number) is ProposalState.ENACTED
