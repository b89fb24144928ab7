"""Asking how decisions go, in a server where one was objected to (LRN-3)."""

from __future__ import annotations

import io

from PIL import Image

from tests.journeys.server import CORE, TALK, Server, latest, said


async def test_numbers_after_a_real_proposal_with_an_objection(server: Server) -> None:
    number = await server.propose()
    await server.react("tom", number)
    await server.settle()
    await server.advance(hours=72)
    await server.advance(hours=72)
    shown = await server.slash("ada", TALK, "metrics", period="all")
    assert shown.ephemeral
    text = said(shown)
    assert "In “River Commons”." in text
    assert "not stated in time" in text
    assert "Decided: 1" in text
    assert "coordinating team 1 (100 %)" in text
    answer = latest(shown)
    names = {attachment.filename for attachment in answer.attachments}
    assert names == {"time-in-stages.png", "metrics.csv"}
    for attachment in answer.attachments:
        content = await attachment.read()
        if attachment.filename.endswith(".png"):
            assert Image.open(io.BytesIO(content)).width > 900
        else:
            assert b"passed by silence" in content


async def test_every_choice_is_answered(server: Server) -> None:
    for options in ({"scale": "cell"}, {"period": "30 days"}, {"group": "Core Team"}, {"group": "nowhere"}):
        shown = await server.slash("tia", CORE, "metrics", **options)
        assert shown.ephemeral
        assert said(shown)
    assert "no such group" in said(await server.slash("tia", CORE, "metrics", group="nowhere"))


async def test_those_without_a_seat_are_told_why_not(server: Server) -> None:
    assert "no seat" in said(await server.slash("nia", "lobby", "metrics"))
