"""What cannot be taken back is asked first, nobody is offered what others may do, and nothing typed is lost (PRO-1)."""

from __future__ import annotations

import simcord

from bot.governance.proposals_types import ObjectionState, ProposalState
from tests.journeys.deciding import by_card, dispute
from tests.journeys.forging import press_forged
from tests.journeys.objecting import control, in_thread, objection, on_card
from tests.journeys.server import CORE, TALK, Server, controls_of, latest, said, text_of


async def test_a_final_vote_is_asked_first_by_button_and_by_command(server: Server) -> None:
    number = await server.propose("tia", CORE)
    await dispute(server, number, "uma")
    escalate = await control(server, number, "escalate")
    for asked in (
        await server.press("uma", await server.card(number), escalate),
        await server.slash("uma", TALK, "escalate", proposal=f"P-{number}"),
    ):
        assert "cannot be called off" in said(asked)
        assert await server.state(number) is ProposalState.DISPUTED
    await server.restart()
    sure = await server.press("uma", latest(asked), await control(server, number, "escalate-now"))
    assert "It goes to a final vote" in said(sure)
    await server.settle()
    assert await server.state(number) is ProposalState.ESCALATED
    again = await press_forged(server, "tia", CORE, await control(server, number, "escalate-now"))
    assert "goes to the final vote already" in said(again)


async def test_withdrawing_an_objection_is_asked_first(server: Server) -> None:
    number = await server.propose("tia", CORE)
    await by_card(server, "uma", number, "object")
    withdraw = await control(server, number, "withdraw", 1)
    asked = await server.press("uma", await server.notice_with(number, withdraw), withdraw)
    assert "Withdraw objection No. 1?" in said(asked)
    assert (await objection(server, number)).state is ObjectionState.RAISED
    kept = await server.press("uma", latest(asked), await control(server, number, "keep", 1))
    assert "stands. Nothing was changed" in said(kept)
    assert (await objection(server, number)).state is ObjectionState.RAISED
    others = await press_forged(server, "tom", CORE, await control(server, number, "withdraw-now", 1))
    assert "Only the person who raised this objection" in said(others)
    await in_thread(server, "uma", number, "withdraw")
    assert (await objection(server, number)).state is ObjectionState.WITHDRAWN


async def test_more_offers_what_one_may_do_oneself(server: Server) -> None:
    number = await server.propose("tia", CORE)
    own = latest(await on_card(server, "tia", number, "options"))
    assert {c.split(":")[1] for c in controls_of(own) if c.startswith("proposal:")} == {"revise", "withdraw"}
    for other in ("tom", "ada"):
        shown = latest(await on_card(server, other, number, "options"))
        assert not [c for c in controls_of(shown) if c.startswith("proposal:")]
        assert "All that you can do now stands on its card" in text_of(shown)


async def test_the_inbox_holds_buttons_for_what_it_asks_and_the_end_of_a_dispute(server: Server) -> None:
    number = await server.propose("tia", CORE)
    asked = latest(await server.slash("uma", TALK, "inbox"))
    assert await control(server, number, "object") in controls_of(asked)
    await dispute(server, number, "uma")
    author, elector = [latest(await server.slash(who, TALK, "inbox")) for who in ("tia", "tom")]
    for shown in (author, elector):
        assert "By <t:" in text_of(shown)
    assert await control(server, number, "revise") in controls_of(author)
    assert await control(server, number, "revise") not in controls_of(elector)
    assert await control(server, number, "escalate") in controls_of(elector)


async def test_a_refused_form_opens_with_what_was_typed(server: Server) -> None:
    number = await server.propose("tia", CORE)
    await by_card(server, "uma", number, "object")
    state = await control(server, number, "state", 1)
    notice = await server.notice_with(number, state)
    form = await server.press("uma", notice, state)
    short = {"reason": "Early." + 40 * " ", "suggestion": "In April", "agreement": ""}
    refused = await server.fill("uma", form, criterion=["harm"], **short)
    assert "Nothing was changed" in said(refused), said(refused)

    again = await server.press("uma", notice, state)
    assert _typed(again) >= {"Early." + 40 * " ", "In April", "harm"}
    others = await server.press("uma", notice, state)  # given back once; then the form is as it was
    assert not _typed(others)


async def test_whoever_has_no_seat_is_told_whom_to_ask(server: Server) -> None:
    for command in ("inbox", "proposal list"):
        refused = await server.slash("nia", "lobby", command)
        assert "You hold no seat" in said(refused)
        assert f"<@{server['mod'].id}>" in said(refused), said(refused)


def _typed(shown: simcord.InteractionResult) -> set[str]:
    """Everything that stands in the fields of a form, or is chosen there."""
    assert shown.modal is not None
    fields = [label["component"] for label in shown.modal["components"]]
    typed = {field["value"] for field in fields if field.get("value")}
    chosen = {o["value"] for field in fields for o in field.get("options", ()) if o.get("default")}
    return typed | chosen
