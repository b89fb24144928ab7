"""Moderators move the roles of those who decide: nothing passes for want of a voice (ORG-3, PRO-9, PRO-11)."""

from __future__ import annotations

from bot.governance.proposals_types import ProposalState
from tests.journeys import deciding, objecting
from tests.journeys.server import CORE, OBJECT, Server, latest, offered, said, text_of


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
    await server.react("cal", 1)
    assert (await server.proposal(1)).objections == (), "an observer cannot object"
    await server.advance(hours=100)
    assert await server.state(1) is ProposalState.REVIEW

    await move(server, "River Trust", "stakeholders", "member")
    assert "role missing" in (await server.proposal(1)).clock.reasons, "one of two is back"
    await move(server, "Delta Lab", "stakeholders", "member")
    proposal = await server.proposal(1)
    assert proposal.clock.reasons == frozenset()
    assert proposal.closes_at is not None
    assert proposal.closes_at > due
    await server.react("cleo", 1)  # an elector all the while: what a role means now changes no open review
    await objecting.state(server, "cleo", 1)
    await server.advance(hours=72 + 48)
    assert await server.state(1) is ProposalState.DISPUTED


async def test_nothing_is_opened_while_a_role_is_gone(server: Server) -> None:
    drafted = await server.draft("tia", CORE, "operational")
    await server.delete_role("Delta Lab")
    refused = await server.press("tia", latest(drafted), "proposal:open:1")
    assert "gave the member seat of “Stakeholders” was deleted" in said(refused), said(refused)
    server.guild.create_role("New Lab")
    for name in ("dev", "eli"):
        await server.give_role(name, "New Lab")
    await move(server, "New Lab", "stakeholders", "member")
    assert await server.open("tia", drafted) == 1
    assert len((await server.proposal(1)).electors) == 6


async def test_the_stakeholders_roles_are_gone_when_a_vote_is_called(server: Server) -> None:
    """The core team disputes its own proposal, and nobody could vote on it: the vote waits."""
    await server.propose("tia", CORE)
    await deciding.dispute(server, 1, "uma")
    for role in ("Green Fund", "River Trust"):
        await server.delete_role(role)
    await deciding.by_card(server, "tia", 1, "escalate")
    assert "clock is stopped" in text_of(await server.card(1))
    await server.advance(hours=96)
    proposal = await server.proposal(1)
    assert proposal.vote is not None
    assert not proposal.vote.opened
    for name, role in (("ada", "New Fund"), ("cleo", "New Trust")):
        server.guild.create_role(role)
        await server.give_role(name, role)
        await move(server, role, "stakeholders", "member")
    proposal = await server.proposal(1)
    assert proposal.vote is not None
    assert proposal.vote.opened
    assert len(proposal.vote.electors) == 6, "ben has no role any more, and his vote all the same"
    await server.vote("cleo", 1, deciding.FOR)


async def test_another_bot_that_is_given_a_role_has_no_say(server: Server) -> None:
    """Neither by a role given while the bot looks on, nor by a reaction found afterwards."""
    helper = server.guild.add_member(server.env.create_user("other-bot", bot=True))
    server.people["other-bot"] = helper
    await server.give_role("other-bot", "Core Team")
    await server.propose("tia", CORE)
    assert len((await server.proposal(1)).electors) == 3, "tia, tom and uma"
    card = await server.card(1)
    await server.stop()
    await helper.react(card, OBJECT)
    await server.start()
    assert (await server.proposal(1)).objections == ()
    assert helper.id in await objecting.reactors(server, 1, OBJECT), "nobody's business"
    assert server.direct_messages("other-bot") == []
