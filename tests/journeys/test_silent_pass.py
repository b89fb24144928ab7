"""Silence is consent, if the silence was informed (PRO-6, PRO-8)."""

from __future__ import annotations

from bot.governance.dossier import State
from tests.journeys.server import CORE, Server, text_of


async def test_a_general_proposal_passes_by_silence(server: Server) -> None:
    number = await server.propose("tia", CORE)
    assert number == 1
    assert await server.state(1) is State.REVIEW
    card = text_of(await server.card(1))
    assert "P-1" in card
    assert "A shared calendar" in card
    for reader in ("tom", "uma"):
        await server.press(reader, await server.card(1), f"proposal:read:{(await server.proposal(1)).id}")
    await server.advance(hours=72)
    assert await server.state(1) is State.ENACTED
    assert any("P-1" in post for post in server.feed())
