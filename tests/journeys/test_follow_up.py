"""A decision is carried out once, whatever Discord takes; card and feed say so while it lags behind (EFF-4)."""

from __future__ import annotations

import pytest

from bot.discord import delivery
from bot.governance.proposals_types import ProposalState
from tests.journeys import objecting
from tests.journeys.deciding import show
from tests.journeys.server import CORE, FEED, TALK, Server, said, text_of
from tests.journeys.test_restarts import all_messages, said_twice

LAGS = "Enacted; Discord still catching up."


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses after failures are long from the first on, so that the simulation does not sit them out."""
    monkeypatch.setattr(delivery, "_PATIENCE", (60, 300, 3600))


async def about_to_pass(server: Server) -> int:
    """A proposal whose window closes in a minute, and that most have read."""
    number = await server.propose("tia", CORE)
    await objecting.everyone_reads(server, number, "tom", "uma")
    await server.advance(hours=71, minutes=59)
    return number


def refuse_posts(server: Server, channel: int) -> None:
    """Discord takes no message in this channel."""
    server.env.inject_error("POST", f"/channels/{channel}/messages", status=503, times=None)


@pytest.mark.parametrize("crash", [False, True])
async def test_the_outcome_cannot_be_posted(server: Server, crash: bool) -> None:
    number = await about_to_pass(server)
    refuse_posts(server, server.channel(FEED).id)
    await server.advance(minutes=1)
    assert await server.state(number) is ProposalState.ENACTED
    if crash:
        await server.crash()
    for place in (await server.card(number), await server.feed_entry(number)):
        assert LAGS in text_of(place), text_of(place)
    assert LAGS in said(await show(server, "tom", number))

    server.env.backend.faults.clear()
    await server.advance(hours=2)
    for place in (await server.card(number), await server.feed_entry(number)):
        assert LAGS not in text_of(place), text_of(place)
        assert "Decided; now for people to do" in text_of(place)
    assert LAGS not in said(await show(server, "tom", number))
    assert (await server.happened(number)).count("proposal enacted") == 1
    assert said_twice(await all_messages(server)) == []
    assert len([post for post in server.feed() if "Outcome" in post]) == 1


async def test_the_card_itself_cannot_be_changed(server: Server) -> None:
    number = await about_to_pass(server)
    card = await server.card(number)
    server.env.inject_error("PATCH", f"/channels/{card.channel.id}/messages/{card.id}", status=503, times=None)
    await server.advance(minutes=1)
    assert await server.state(number) is ProposalState.ENACTED
    assert LAGS in said(await server.slash("tom", TALK, "proposal show", proposal=f"P-{number}"))
    assert LAGS in text_of(await server.feed_entry(number))
    server.env.backend.faults.clear()
    await server.advance(hours=2)
    for place in (await server.card(number), await server.feed_entry(number)):
        assert LAGS not in text_of(place), text_of(place)
        assert "Decided; now for people to do" in text_of(place)


async def test_nothing_is_said_where_nothing_lags(server: Server) -> None:
    number = await about_to_pass(server)
    before = len(server.requests)
    await server.advance(minutes=1)
    assert await server.state(number) is ProposalState.ENACTED
    assert LAGS not in text_of(await server.card(number))
    edits = [r for r in server.requests[before:] if r.method == "PATCH"]
    assert len(edits) == 2, "card and feed entry are drawn once"


async def test_a_running_proposal_does_not_speak_of_it(server: Server) -> None:
    refuse_posts(server, server.channel(FEED).id)
    number = await server.propose("tia", CORE)
    assert LAGS not in said(await show(server, "tom", number))
    assert "still catching up" not in text_of(await server.card(number))
    server.env.backend.faults.clear()
    await server.advance(hours=2)
    assert f"P-{number} " in text_of(await server.feed_entry(number))
