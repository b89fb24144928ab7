"""Roles deleted or unmapped, too few electors: the clock stops and nobody gains a say (ORG-3, PRO-9, PRO-11)."""

from __future__ import annotations

from datetime import timedelta

import discord
import pytest

from bot.governance.proposals_types import ProposalState
from tests.journeys import objecting
from tests.journeys.server import CORE, FEED, OBJECT, TALK, Server, offered, said, text_of


async def map_core(server: Server, role: str) -> None:
    """``/roles map`` gives the core team's member seat to a role."""
    group = await offered(server, "roles map", "group", "core")
    told = await server.slash("mod", "lobby", "roles map", role=server.guild.roles[role], group=group, seat="member")
    await server.settle()
    assert told.ephemeral, said(told)


async def delete_role_unseen(server: Server, name: str) -> None:
    """A moderator deletes a role while the bot is down."""
    await server.stop()
    await server.delete_role(name)


@pytest.mark.parametrize("away", [False, True])
async def test_a_role_is_deleted_and_another_mapped(server: Server, away: bool) -> None:
    await server.propose("tia", CORE)
    await server.react("tom", 1)
    await objecting.state(server, "tom", 1)
    due = (await server.proposal(1)).closes_at
    assert due is not None
    await server.advance(hours=10)
    if away:
        await delete_role_unseen(server, "Core Team")
        await server.start()
    else:
        await server.delete_role("Core Team")

    proposal = await server.proposal(1)
    stopped_at = proposal.clock.stopped_at
    assert stopped_at is not None
    assert "role missing" in proposal.clock.reasons
    alert = next(post for post in server.feed() if "A role that carries a seat was deleted" in post)
    assert "/roles map" in alert
    assert "clock is stopped" in text_of(await server.card(1))
    await server.react("cal", 1)  # never "everyone is eligible"
    await server.react("ada", 1)
    assert [o.via for o in (await server.proposal(1)).objections] == ["reaction"], "tom's stands, and no other came"
    assert server.bot.user is not None
    assert await objecting.reactors(server, 1, OBJECT) == {server["tom"].id, server.bot.user.id}
    await server.advance(hours=100)
    assert await server.state(1) is ProposalState.REVIEW, "never: nobody can object, so it passes"

    server.guild.create_role("New Core")
    for name in ("tia", "tom", "uma"):
        await server.give_role(name, "New Core")
    await map_core(server, "New Core")
    proposal = await server.proposal(1)
    assert proposal.clock.reasons == frozenset()
    assert proposal.closes_at == due + (server.env.now() - stopped_at), "it goes on with the remainder"
    assert "clock is stopped" not in text_of(await server.card(1))
    assert any("clock runs again" in notice for notice in await server.notices(1))
    await server.react("uma", 1)
    assert len((await server.proposal(1)).objections) == 2, "an elector with a seat again may object again"
    await server.advance(hours=63 + 48)
    assert await server.state(1) is ProposalState.DISPUTED


async def test_a_role_is_unmapped_and_mapped_again(server: Server) -> None:
    await server.propose("tia", CORE)
    due = (await server.proposal(1)).closes_at
    assert due is not None
    await server.advance(hours=71)
    asked = await server.slash("mod", "lobby", "roles unmap", role=server.guild.roles["Core Team"])
    assert "1 open proposal stands still" in said(asked), said(asked)
    assert "role missing" not in (await server.proposal(1)).clock.reasons, "nothing is done by asking"
    told = await server.unmap("Core Team")
    await server.settle()
    assert "stand" in said(told), said(told)
    assert "role missing" in (await server.proposal(1)).clock.reasons
    assert any("A role carries a seat no more" in post for post in server.feed())
    await server.advance(timedelta(days=5))
    await map_core(server, "Core Team")
    proposal = await server.proposal(1)
    assert proposal.closes_at == due + timedelta(days=5)
    await objecting.everyone_reads(server, 1, "tom", "uma")
    await server.advance(hours=1)
    assert await server.state(1) is ProposalState.ENACTED


async def test_a_role_gone_for_good_keeps_nothing_up_and_lets_nothing_pass_by_silence(server: Server) -> None:
    """After seven days people's acts stop it no longer: it takes a final vote, and here nobody votes (PRO-11)."""
    await server.propose("tia", CORE)
    due = (await server.proposal(1)).closes_at
    assert due is not None
    await server.delete_role("Core Team")
    await server.advance(timedelta(days=7))
    proposal = await server.proposal(1)
    assert (proposal.clock.reasons, proposal.closes_at) == (frozenset(), due + timedelta(days=7))
    assert "Silence no longer passes" in text_of(await server.card(1))
    await server.advance_to(due + timedelta(days=7))
    assert await server.state(1) is ProposalState.ESCALATED
    await server.advance(hours=72)
    assert (await server.proposal(1)).outcome == "no quorum", "nobody's silence passes it"


async def test_too_few_electors_stop_the_clock(server: Server) -> None:
    await server.propose("tia", CORE)
    due = (await server.proposal(1)).closes_at
    assert due is not None
    await server.advance(hours=10)
    await server.leave("uma")
    assert (await server.proposal(1)).clock.reasons == {"too few electors"}
    assert "clock is stopped" in text_of(await server.card(1))
    await server.advance(hours=100)
    assert await server.state(1) is ProposalState.REVIEW
    server.people["uma"] = server.guild.add_member(server["uma"].user, roles=[server.guild.roles["Core Team"]])
    await server.settle()
    assert (await server.proposal(1)).closes_at == due + timedelta(hours=100)
    await objecting.everyone_reads(server, 1, "uma")
    await server.advance(hours=62)
    assert await server.state(1) is ProposalState.ENACTED


async def test_seats_changed_while_the_bot_was_down_are_recorded_at_the_start(server: Server) -> None:
    await server.propose("tia", CORE)
    await server.kill()
    await server.settle()
    await server.give_role("nia", "Core Team")
    await server.take_role("uma", "Core Team")
    await server.give_role("cal", "Core Team")
    await server.start()

    async with server.bot.ctx.uow.read() as tx:
        partnership = await server.partnership()
        core = next(g for g in partnership.groups if g.name.startswith("Core") or g.kind.value == "top-level")
        seated = {h.person for h in await tx.seats.holdings(partnership) if h.mapping.group == core.id}
        people = await tx.people.ids_of([server[name].id for name in ("tia", "tom", "uma", "nia", "cal")])
        recorded = await tx.record.of(partnership.id, f"group/{core.id}")
    of = {name: people[server[name].id] for name in ("tia", "tom", "uma", "nia", "cal")}
    assert {of["tia"], of["tom"], of["nia"], of["cal"]} <= seated
    assert of["uma"] not in seated
    *changed, told, barred = [r.event for r in recorded[-5:]]
    expected = [("seat lost", of["uma"]), ("seat gained", of["nia"]), ("seat gained", of["cal"])]
    assert sorted((event.name, event.actor) for event in changed) == sorted(expected)
    assert (told.name, told.data["lost"]) == ("electorate changed", [of["uma"]])
    assert (barred.name, barred.data["people"]) == ("people barred", [of["uma"]]), "with the role went the sight"
    electors = {e.person for e in (await server.proposal(1)).electors}
    assert electors == {of["tia"], of["tom"], of["uma"]}, "who came later is no elector of this one"


async def test_a_channel_and_a_role_lost_while_the_bot_was_down_are_told_once(server: Server) -> None:
    await server.propose("tia", CORE)
    await server.stop()
    async with server.by_hand():
        channel = server.env.bot.get_channel(server.channel(TALK).id)
        assert isinstance(channel, discord.TextChannel)
        await channel.delete()
    await server.delete_role("Cell: Commons")
    await server.start()
    await server.restart()
    posts = [text_of(message) for message in server.channel(FEED).history()]
    assert sum("A channel of this partnership is gone" in post for post in posts) == 1
    assert sum("A role that carries a seat was deleted" in post for post in posts) == 1
    assert (await server.proposal(1)).clock.reasons == frozenset(), "it depends on neither"
