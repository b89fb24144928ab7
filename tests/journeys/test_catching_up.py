"""What people do between the bot's return and the end of its catching up: no answer rests on a deadline that moves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.governance.proposals_types import ProposalState
from cogs.base import admission
from tests.journeys import deciding, objecting
from tests.journeys.server import CORE, Server, page_one, said
from tests.journeys.test_outages import LONG, MINUTE, closes_at

STILL = "still catching up"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Acts wait for nothing: as if two seconds had gone by."""
    monkeypatch.setattr(admission, "PATIENCE", 0)


async def away_over_the_close(server: Server) -> None:
    """The session dies a minute before the close and Discord hands on what people do, two hours later."""
    await server.advance_to(await closes_at(server), short_of=MINUTE)
    await server.dispatch("disconnect")
    await server.advance(LONG)


@pytest.mark.usefixtures("impatient")
async def test_a_press_before_the_catching_up_is_asked_to_wait(server: Server) -> None:
    await server.propose("tia", CORE)
    due = await closes_at(server)
    await away_over_the_close(server)
    before = deciding.rows(server)
    for who, act in (("tom", "object"), ("uma", "read"), ("uma", "concern"), ("cal", "who")):
        answer = await objecting.on_card(server, who, 1, act)
        assert STILL in said(answer), (act, said(answer))
        assert answer.ephemeral, act
    for command in ("object", "proposal show", "proposal withdraw", "escalate"):
        answer = await server.slash("tom", CORE, command, proposal="P-1")
        assert STILL in said(answer), (command, said(answer))
    assert deciding.rows(server) == before

    await server.dispatch("resumed")
    await server.settle()
    assert await closes_at(server) == due + LONG
    await objecting.on_card(server, "tom", 1, "object")
    [objection] = (await server.proposal(1)).objections
    assert objection.via == "button"


@pytest.mark.usefixtures("impatient")
async def test_a_form_before_the_catching_up_gives_its_words_back(server: Server) -> None:
    await server.propose("tia", CORE)
    form = await objecting.on_card(server, "uma", 1, "concern")
    page = await server.slash("uma", CORE, "propose", type="general")
    await away_over_the_close(server)
    for shown, words in ((form, {"concern": "Who keeps it?"}), (page, page_one())):
        answer = await server.fill("uma", shown, **words)
        assert STILL in said(answer), said(answer)
        assert all(text in said(answer) for text in words.values()), said(answer)
    assert (await server.proposal(1)).concerns == ()
    await server.dispatch("resumed")
    await server.settle()
    await server.fill("uma", await objecting.on_card(server, "uma", 1, "concern"), concern="Who keeps it?")
    assert [c.text for c in (await server.proposal(1)).concerns] == ["Who keeps it?"]


async def test_an_act_waits_while_its_server_is_taken_in(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The press comes first, the catching up ends while it waits: it counts by the deadline that was moved."""
    await server.propose("tia", CORE)
    due = await closes_at(server)
    await away_over_the_close(server)
    known_within = server.bot.reconciliation.known_within
    waited: list[int] = []

    async def back_meanwhile(guild_id: int, seconds: float) -> bool:
        waited.append(guild_id)
        await server.as_bot(server.bot.on_resumed())
        return await known_within(guild_id, seconds)

    monkeypatch.setattr(server.bot.reconciliation, "known_within", back_meanwhile)
    answer = await objecting.on_card(server, "tom", 1, "object")
    monkeypatch.undo()
    assert waited == [server.guild.id]
    assert STILL not in said(answer), said(answer)
    proposal = await server.proposal(1)
    assert proposal.closes_at == due + LONG
    [objection] = proposal.objections
    assert objection.state_by == server.env.now() + proposal.pinned.stating, "raised after the deadlines were moved"
    assert await server.state(1) is ProposalState.REVIEW
    await server.advance(timedelta(hours=49))
