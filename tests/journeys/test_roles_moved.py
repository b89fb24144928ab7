"""Moderators move the roles of those who decide: nothing passes for want of a voice (ORG-3, PRO-9, PRO-11)."""

from __future__ import annotations

from bot.governance.dossier import State
from tests.journeys import objecting
from tests.journeys.server import CORE, Server, offered, said, text_of


async def move(server: Server, role: str, group: str, seat: str, **words: str) -> str:
    """``/roles map`` by the moderator; what it answers."""
    chosen = await offered(server, "roles map", "group", group)
    done = await server.slash(
        "mod", "lobby", "roles map", role=server.guild.roles[role], group=chosen, seat=seat, **words
    )
    await server.settle()
    return said(done)


async def test_the_electors_roles_are_mapped_elsewhere(server: Server) -> None:
    await server.propose("tia", CORE, "operational")
    due = (await server.proposal(1)).closes_at
    assert due is not None
    told = await move(server, "River Trust", "commons", "observer")
    assert "1 open proposal now stands still" in told, told
    await move(server, "Delta Lab", "commons", "observer")
    assert any("A role carries a seat no more" in post and "River Trust" in post for post in server.feed())
    assert "clock is stopped" in text_of(await server.card(1))
    await server.react("cleo", 1)
    assert (await server.proposal(1)).objections == (), "an observer cannot object, and so nothing may pass"
    await server.advance(hours=200)
    assert await server.state(1) is State.REVIEW

    await move(server, "River Trust", "stakeholders", "member")
    assert "role missing" in (await server.proposal(1)).clock.reasons, "one of two is back"
    await move(server, "Delta Lab", "stakeholders", "member")
    proposal = await server.proposal(1)
    assert proposal.clock.reasons == frozenset()
    assert proposal.closes_at is not None
    assert proposal.closes_at > due
    await server.react("cleo", 1)
    await objecting.state(server, "cleo", 1)
    await server.advance(hours=72 + 48)
    assert await server.state(1) is State.DISPUTED
