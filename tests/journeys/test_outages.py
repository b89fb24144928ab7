"""The bot is down, or its session is dead, while something happens or falls due (PRO-11, RUN-3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from bot.discord.guild import MessageReactions
from bot.governance.proposals_types import ObjectionState, ProposalState
from tests.journeys import objecting
from tests.journeys.server import CONCERN, CORE, OBJECT, Server, text_of

Down = Callable[[Server], Awaitable[None]]

LITTLE, LONG = timedelta(minutes=10), timedelta(hours=2)
"""Shorter and longer than the tolerance of 15 minutes."""

MINUTE = timedelta(minutes=1)


async def clean(server: Server) -> None:
    """The operator stops the bot."""
    await server.stop()


async def crash(server: Server) -> None:
    """The process dies."""
    await server.kill()


async def closes_at(server: Server, number: int = 1) -> datetime:
    """When the window closes."""
    at = (await server.proposal(number)).closes_at
    assert at is not None
    return at


async def back_after(server: Server, by: timedelta) -> None:
    """Time passes while nobody is on duty, then the bot starts."""
    await server.advance(by)
    await server.start()


@pytest.mark.parametrize("down", [clean, crash])
async def test_a_reaction_and_the_close_in_a_long_outage(server: Server, down: Down) -> None:
    await server.propose("tia", CORE)
    due = await closes_at(server)
    await server.advance_to(due, short_of=MINUTE)
    card = await server.card(1)
    await down(server)
    await server.advance(LONG / 2)
    await server["tom"].react(card, OBJECT)  # an hour after the close that everybody knew of
    await server["uma"].react(card, CONCERN)
    await back_after(server, LONG / 2)

    proposal = await server.proposal(1)
    assert proposal.state is ProposalState.REVIEW
    assert proposal.closes_at == due + LONG
    [objection] = proposal.objections
    assert objection.state_by == server.env.now() + proposal.pinned.stating, "its stating period starts now"
    assert len(proposal.concerns) == 1
    card_now = await objecting.card(server, 1)
    assert "Deadlines were moved by 2 hours" in card_now, card_now
    assert f"<t:{int((due + LONG).timestamp())}" in card_now
    happened = await server.happened(1)
    assert happened.count("clock stopped") == happened.count("clock resumed") == 1
    assert not [notice for notice in await server.notices(1) if "clock" in notice], "the feed tells it for all at once"
    assert len([post for post in server.feed() if "was away for 2 hours" in post and "P-1" in post]) == 1
    await objecting.state(server, "tom", 1)
    await server.advance_to(due + LONG)
    await server.advance(hours=48)
    assert await server.state(1) is ProposalState.DISPUTED


@pytest.mark.parametrize("down", [clean, crash])
async def test_a_reaction_and_the_close_in_a_short_outage(server: Server, down: Down) -> None:
    await server.propose("tia", CORE)
    await objecting.everyone_reads(server, 1, "uma")
    due = await closes_at(server)
    await server.advance_to(due, short_of=MINUTE)
    card = await server.card(1)
    await down(server)
    await server.advance(LITTLE / 2)
    await server["tom"].react(card, OBJECT)  # nobody can know whether this came before the close
    await back_after(server, LITTLE / 2)

    proposal = await server.proposal(1)
    assert proposal.closes_at == due
    assert proposal.state is ProposalState.SETTLING, "the window closed on time; the objection is heard in full"
    [objection] = proposal.objections
    assert objection.state is ObjectionState.RAISED
    assert objection.state_by == server.env.now() + proposal.pinned.stating
    assert "clock stopped" not in await server.happened(1)
    await objecting.state(server, "tom", 1)
    await server.advance(hours=49)
    assert await server.state(1) is ProposalState.DISPUTED


async def test_a_reaction_found_after_the_close_was_known_does_not_count(server: Server) -> None:
    await server.propose("tia", CORE)
    await objecting.everyone_reads(server, 1, "uma")
    await server.advance_to(await closes_at(server))
    assert await server.state(1) in {ProposalState.PASSED, ProposalState.ENACTED, ProposalState.SETTLING}
    card = await server.card(1)
    await server.stop()
    await server["tom"].react(card, OBJECT)
    await back_after(server, LONG)
    assert (await server.proposal(1)).objections == ()
    assert await server.state(1) is ProposalState.ENACTED


@pytest.mark.parametrize("down", [clean, crash])
@pytest.mark.parametrize("outage", [LITTLE, LONG])
async def test_a_timelock_that_ends_while_the_bot_is_down(server: Server, down: Down, outage: timedelta) -> None:
    await server.ratify()
    number = await server.propose_policy("limits.versions", "6")
    for reader in ("ada", "cleo", "dev"):
        await server.press(reader, await server.card(number), await objecting.control(server, number, "read"))
    await server.advance_to(await closes_at(server, number))
    proposal = await server.proposal(number)
    assert proposal.state is ProposalState.PASSED
    ends_at = proposal.timelock_ends_at
    assert ends_at is not None
    await server.advance_to(ends_at, short_of=MINUTE)
    await down(server)
    await back_after(server, outage)

    if outage is LITTLE:
        assert await server.state(number) is ProposalState.ENACTED
    else:
        waiting = await server.proposal(number)
        assert waiting.state is ProposalState.PASSED, "a halt must have had its whole time"
        assert waiting.timelock_ends_at == ends_at + outage
        await server.advance(MINUTE)
        assert await server.state(number) is ProposalState.ENACTED
    assert await server.policy_value("limits.versions") == 6
    assert (await server.happened(number)).count("proposal enacted") == 1


async def test_a_crash_again_and_again_grants_one_outage_once(server: Server) -> None:
    await server.propose("tia", CORE)
    due = await closes_at(server)
    await server.kill()
    await back_after(server, LONG)
    await server.crash()
    await server.crash()
    assert await closes_at(server) == due + LONG
    assert (await server.happened(1)).count("clock resumed") == 1
    assert len([post for post in server.feed() if "The bot was away" in post]) == 1


async def test_an_outage_of_more_than_14_days_could_not_be_held(server: Server) -> None:
    await server.propose("tia", CORE)
    await server.kill()
    await back_after(server, timedelta(days=15))
    proposal = await server.proposal(1)
    assert proposal.state is ProposalState.NOT_ADOPTED
    assert proposal.outcome == "could not be held"
    assert any("could not be held" in post for post in server.feed())


async def test_outages_of_less_that_come_to_more_than_14_days_could_not_be_held(server: Server) -> None:
    """Back for an hour in between, it holds up no decision for ever (PRO-11)."""
    await server.propose("tia", CORE)
    for days, state in ((12, ProposalState.REVIEW), (1, ProposalState.REVIEW), (2, ProposalState.NOT_ADOPTED)):
        await server.kill()
        await back_after(server, timedelta(days=days))
        assert await server.state(1) is state
        await server.advance(hours=1)
    assert (await server.proposal(1)).outcome == "could not be held"


async def test_a_dead_session_decides_nothing_and_then_catches_up(server: Server) -> None:
    await server.propose("tia", CORE)
    due = await closes_at(server)
    await server.advance_to(due, short_of=MINUTE)
    async with server.bot.ctx.uow.read() as tx:
        alive = (await tx.runtime.heartbeats()).of(server.guild.id)
    await server.dispatch("disconnect")

    await server.advance(LONG)  # sweeps are tried on the way; the process lives
    assert await server.state(1) is ProposalState.REVIEW
    async with server.bot.ctx.uow.read() as tx:
        assert (await tx.runtime.heartbeats()).of(server.guild.id) == alive, "no heartbeat without a session"
    # Discord replays what happened as soon as the session is back, before it says that it is.
    await server["tom"].react(await server.card(1), OBJECT)
    await server.dispatch("resumed")
    await server.settle()

    proposal = await server.proposal(1)
    assert proposal.closes_at == due + LONG
    assert [o.via for o in proposal.objections] == ["reaction"]
    assert await objecting.reactors(server, 1, OBJECT) >= {server["tom"].id}, "and it was not taken away"
    await server.advance(hours=49)
    assert await server.state(1) is ProposalState.ENACTED, "never stated: a concern"


async def test_a_session_that_dies_while_catching_up_is_not_alive(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    await server.propose("tia", CORE)
    due = await closes_at(server)
    look = server.bot.guild_adapter.reactions

    async def interrupted(channel_id: int, message_id: int, wanted: Callable[[str], bool]) -> MessageReactions:
        await server.bot.on_disconnect()
        return await look(channel_id, message_id, wanted)

    await server.dispatch("disconnect")
    monkeypatch.setattr(server.bot.guild_adapter, "reactions", interrupted)
    await server.dispatch("resumed")
    monkeypatch.undo()
    await server.advance_to(due + LONG)
    assert await server.state(1) is ProposalState.REVIEW
    await server.dispatch("resumed")
    await server.settle()
    assert await server.state(1) is ProposalState.REVIEW
    assert await closes_at(server) > due + LONG


async def test_a_server_out_of_reach_is_granted_its_own_absence_only(server: Server) -> None:
    await server.propose("tia", CORE)
    due = await closes_at(server)
    await server.restart()
    await server.advance(hours=30)
    await out_of_reach(server)
    await server.advance(LITTLE)
    await within_reach(server)
    assert await closes_at(server) == due, "ten minutes are within the tolerance"
    await out_of_reach(server)
    await server.advance(LONG / 2)
    await server.kill()
    await back_after(server, LONG / 2)
    assert await closes_at(server) == due + LONG, "kept over a crash"


async def out_of_reach(server: Server) -> None:
    """Discord's own outage: the session lives, one server cannot be seen."""
    guild = server.bot.get_guild(server.guild.id)
    assert guild is not None
    guild.unavailable = True
    await server.dispatch("guild_unavailable", guild)


async def within_reach(server: Server) -> None:
    """The server is back."""
    guild = server.bot.get_guild(server.guild.id)
    assert guild is not None
    guild.unavailable = False
    await server.dispatch("guild_available", guild)
    await server.settle()


async def test_summer_time_makes_no_difference(server: Server) -> None:
    """Clocks go forward in Europe on 29 March 2026; the window is 72 hours all the same (PRO-7)."""
    await server.advance_to(datetime.fromisoformat("2026-03-27T12:00:00+00:00"))
    await server.propose("tia", CORE)
    opened = server.env.now()
    due = await closes_at(server)
    assert due - opened == timedelta(hours=72)
    await objecting.everyone_reads(server, 1, "tom")
    await server.advance_to(due, short_of=timedelta(seconds=1))
    assert await server.state(1) is ProposalState.REVIEW
    await server.advance(timedelta(seconds=1))
    assert await server.state(1) is ProposalState.ENACTED
    assert f"<t:{int(due.timestamp())}" in text_of(await server.feed_entry(1)) or "P-1" in server.feed()[-1]
