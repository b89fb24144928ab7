"""Discord does not take an answer, or takes it and does not say so: the act stands once, a second press says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import discord
import pytest
import simcord

from bot.governance.proposals_types import ObjectionState, ProposalState
from tests.journeys import deciding, objecting
from tests.journeys.server import CORE, TALK, Server, latest, said
from tests.journeys.test_restarts import all_messages, said_twice

WENT_THROUGH = "This went through, but Discord did not take my answer."

Fault = Callable[[Server, pytest.MonkeyPatch], None]


def refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord does not take the answer, and takes the next."""
    server.env.inject_error("POST", "/interactions/*/*/callback", status=500)


def unanswerable(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord takes no answer at all."""
    server.env.inject_error("POST", "/interactions/*/*/callback", status=500, times=2)


def expired(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord has given up waiting for an answer."""
    server.env.inject_error("POST", "/interactions/*/*/callback", status=404, code=10062)


def unheard(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord takes the answer and shows it, and cannot say so."""
    send = discord.InteractionResponse.send_message
    lost: list[int] = []

    async def taken_but_unheard(response: discord.InteractionResponse[Any], *args: Any, **options: Any) -> Any:
        sent = await send(response, *args, **options)
        if not lost:
            lost.append(1)
            response._response_type = None
            answer: Any = SimpleNamespace(status=500, reason="lost by the test")
            raise discord.DiscordServerError(answer, {"code": 0, "message": "lost by the test"})
        return sent

    monkeypatch.setattr(discord.InteractionResponse, "send_message", taken_but_unheard)


FAULTS = [refused, unanswerable, expired, unheard]


async def trying(server: Server, fault: Fault, monkeypatch: pytest.MonkeyPatch, act: Awaitable[Any]) -> str:
    """Act while the fault is on; what was answered, nothing if it was not."""
    server.log.answers_fail = True
    with monkeypatch.context() as patched:
        fault(server, patched)
        result: simcord.InteractionResult = await act
    server.env.backend.faults.clear()
    await server.settle()
    words = said(result)
    assert "went wrong" not in words, words
    if fault is refused:
        assert WENT_THROUGH in words, words
    elif fault is unheard:
        assert words, "the answer that was shown stands"
        assert WENT_THROUGH not in words, words
    else:
        assert words == ""
    return words


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_press_whose_answer_is_lost(server: Server, fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    await server.propose("tia", CORE)
    card = await server.card(1)
    read, object_to = "proposal:read:1", "proposal:object:1"
    await trying(server, fault, monkeypatch, server["uma"].click(card, custom_id=read))
    await trying(server, fault, monkeypatch, server["tom"].click(card, custom_id=object_to))
    again = await server.press("tom", card, object_to)
    assert "Your objection stands already" in said(again), said(again)
    assert "Noted: you have read" in said(await server.press("uma", card, read))
    proposal = await server.proposal(1)
    assert [o.state for o in proposal.objections] == [ObjectionState.RAISED]
    assert len(proposal.readers) == 1
    happened = await server.happened(1)
    assert happened.count("objection raised") == happened.count("proposal read") == 1
    assert said_twice(await all_messages(server)) == []


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_command_whose_answer_is_lost(server: Server, fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    await server.propose("tia", CORE)
    channel = server.channel(CORE)
    await trying(server, fault, monkeypatch, server["tom"].slash(channel, "object", proposal="P-1"))
    assert "stands already" in said(await server.slash("tom", CORE, "object", proposal="P-1"))
    assert len((await server.proposal(1)).objections) == 1


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_form_whose_answer_is_lost(server: Server, fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord leaves such a form open, so that it is sent in again."""
    await server.propose("tia", CORE)
    form = await objecting.on_card(server, "uma", 1, "concern")
    words = {"concern": "Who keeps it?"}
    await trying(server, fault, monkeypatch, server["uma"].submit_modal(form, words))
    again = await objecting.on_card(server, "uma", 1, "concern")
    assert "is recorded" in said(await server.fill("uma", again, **words))
    assert [c.text for c in (await server.proposal(1)).concerns] == ["Who keeps it?"]
    assert (await server.happened(1)).count("concern raised") == 1


@pytest.mark.parametrize("fault", FAULTS)
async def test_decisive_acts_whose_answers_are_lost(
    server: Server, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened, escalated, voted: each stands once, and what is pressed again says that it is done."""
    drafted = await server.draft("tia", CORE, "general")
    button = "proposal:open:1"
    if fault is not unheard:  # a private answer is changed in place there
        await trying(server, fault, monkeypatch, server["tia"].click(latest(drafted), custom_id=button))
        assert "Its review is open already." in said(await server.press("tia", latest(drafted), button))
    else:
        await server.press("tia", latest(drafted), button)
        await server.settle()
    assert await server.state(1) is ProposalState.REVIEW
    await deciding.dispute(server, 1, "tom", "uma")
    asked = await server.press("uma", await server.card(1), "proposal:escalate:1")
    sure = server["uma"].click(latest(asked), custom_id="proposal:escalate-now:1")
    await trying(server, fault, monkeypatch, sure)
    second = await server.slash("uma", TALK, "escalate", proposal="P-1")
    assert "It goes to the final vote already." in said(second), said(second)
    cast = "vote:cast:1:0"
    await trying(server, fault, monkeypatch, server["ada"].click(await server.card(1), custom_id=cast))
    await server.press("ada", await server.card(1), cast)
    proposal = await server.proposal(1)
    assert proposal.state is ProposalState.ESCALATED
    assert proposal.vote is not None
    assert len(proposal.vote.voted) == 1
