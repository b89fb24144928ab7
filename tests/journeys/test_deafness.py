"""Quieter bad days: a dead connection that does not say so, a failing database, a card that never stays (PRO-11)."""

from __future__ import annotations

import pytest

from bot.governance.proposals_types import ProposalState
from bot.services import clocks, objections
from tests.journeys.server import OBJECT, Server


async def test_a_hand_that_nobody_told_of_is_seen_before_the_window_is_decided(server: Server) -> None:
    await server.propose("tia")
    await server.bot.remove_cog("ObjectionCommands")
    await server.react("tom", 1)
    assert not (await server.proposal(1)).objections

    await server.advance(hours=73)

    objection = (await server.proposal(1)).objections[0]
    assert objection.via == "reaction"
    assert await server.state(1) is ProposalState.SETTLING


async def test_while_discord_does_not_show_the_card_its_window_is_not_decided(server: Server) -> None:
    await server.propose("tia")
    await server.bot.remove_cog("ObjectionCommands")
    await server.react("tom", 1)
    server.env.inject_error("GET", "/channels/*/messages/*", status=503, times=None)
    await server.advance(hours=73)
    assert await server.state(1) is ProposalState.REVIEW

    server.env.backend.faults.clear()
    await server.advance(hours=2)

    assert (await server.proposal(1)).objections


async def test_a_database_that_fails_during_catching_up_does_not_leave_the_bot_deaf(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    await server.propose("tia")
    beat = clocks.beat

    async def fails(*_: object) -> None:
        raise OSError("the database is gone")

    monkeypatch.setattr(clocks, "beat", fails)
    await server.as_bot(server.bot.on_disconnect())
    with pytest.raises(OSError, match="gone"):
        await server.as_bot(server.bot.on_resumed())
    monkeypatch.setattr(clocks, "beat", beat)
    await server.settle()

    await server.react("tom", 1)
    assert (await server.proposal(1)).objections


async def test_a_card_that_never_stays_is_posted_with_growing_pauses_and_its_clock_stands(server: Server) -> None:
    await server.propose("tia")
    for _ in range(3):
        async with server.by_hand():
            await (await server.card(1)).delete()
    assert (await server.proposal(1)).clock.stopped_at is None

    async with server.by_hand():
        await (await server.card(1)).delete()
    assert "card missing" in (await server.proposal(1)).clock.reasons
    assert (await server.happened(1)).count("card lost") == 4

    await server.advance(minutes=2)
    await server.card(1)
    assert not (await server.proposal(1)).clock.reasons


async def test_a_hand_that_could_not_be_written_down_is_read_from_the_card_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    await server.propose("tia")
    raise_objection = objections.raise_objection

    async def fails(*_args: object) -> None:
        raise OSError("the database is gone")

    monkeypatch.setattr(objections, "raise_objection", fails)
    await server.people["tom"].react(await server.card(1), OBJECT)
    server.expected_faults = ["the database is gone"]

    monkeypatch.setattr(objections, "raise_objection", raise_objection)
    await server.settle()

    assert (await server.proposal(1)).objections
