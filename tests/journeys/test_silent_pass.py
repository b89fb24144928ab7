"""Silence is consent, if the silence was informed (PRO-6, PRO-8)."""

from __future__ import annotations

from bot.governance.proposals_types import ProposalState
from tests.journeys.deciding import by_card
from tests.journeys.server import CORE, Server, said, text_of


async def test_a_general_proposal_passes_by_silence(server: Server) -> None:
    number = await server.propose("tia", CORE)
    assert number == 1
    assert await server.state(1) is ProposalState.REVIEW
    card = text_of(await server.card(1))
    assert "P-1" in card
    assert "A shared calendar" in card
    for reader in ("tom", "uma"):
        await server.press(reader, await server.card(1), f"proposal:read:{(await server.proposal(1)).id}")
    await server.advance(hours=72)
    assert await server.state(1) is ProposalState.ENACTED
    assert any("P-1" in post for post in server.feed())


async def test_what_is_left_to_people_is_not_called_carried_out_and_they_say_when_it_is_done(server: Server) -> None:
    number = await server.propose("tia", CORE)
    for reader in ("tom", "uma"):
        await by_card(server, reader, number, "read")
    await server.advance(hours=72)
    assert "Decided; now for people to do" in text_of(await server.card(number))
    assert "Carried out" not in text_of(await server.card(number))
    assert any("Decided; now for people to do" in post and "Outcome" in post for post in server.feed())

    refused = await by_card(server, "ada", number, "done")
    assert "Only its author, and people with a seat in the group" in said(refused)
    done = await by_card(server, "tom", number, "done")
    assert "marked as done" in said(done)
    assert "Decided and done" in text_of(await server.card(number))
    await server.restart()
    back = await by_card(server, "tia", number, "not-done")
    assert "still for people to do" in said(back)
    assert "Decided; now for people to do" in text_of(await server.card(number))
    assert await server.state(number) is ProposalState.ENACTED
