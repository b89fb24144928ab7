"""Revising: words and details collected in private, published as one version; stale pages refused (PRO-5)."""

from __future__ import annotations

from pathlib import Path

from bot.governance.proposals_types import ProposalState
from tests.journeys.deciding import ratified, rows
from tests.journeys.forging import press_forged
from tests.journeys.objecting import control
from tests.journeys.server import CORE, TALK, Server, controls_of, latest, page_one, said, text_of
from tests.journeys.test_budgets import propose_budget


async def test_words_and_details_become_one_version(tmp_path: Path) -> None:
    async with ratified(tmp_path) as server:
        number = await propose_budget(server)
        card, thread = text_of(await server.card(number)), len(await server.notices(number))
        begun = await server.slash("tia", TALK, "proposal revise", proposal=f"P-{number}")
        assert "Only you see" in said(begun)
        form = await server.press("tia", latest(begun), await control(server, number, "edit"))
        short = await server.fill("tia", form, **(page_one() | {"ask": "Too short"}))
        assert "Still needed" in said(short)
        assert "at least 20" in said(short)
        refused = await server.press("tia", latest(short), await control(server, number, "publish"))
        assert "at least 20" in said(refused), said(refused)
        ask = "Pay for one calendar that one paid person keeps up to date."
        again = await server.press("tia", latest(short), await control(server, number, "edit"))
        fields = {f["component"]["custom_id"]: f["component"] for f in (again.modal or {})["components"]}
        assert fields["ask"]["value"] == "Too short", "what was sent in opens filled"
        mended = await server.fill("tia", again, **(page_one() | {"ask": ask}))
        details = await server.press("tia", latest(mended), await control(server, number, "details"))
        whole = await server.fill("tia", details, amount="3,000 USD", payee="Green Fund")
        assert "Nothing is missing" in said(whole), said(whole)
        assert "The amount grew" in said(whole)
        await server.settle()
        assert text_of(await server.card(number)) == card, "nobody else sees it yet"
        assert len(await server.notices(number)) == thread
        published = await server.press("tia", latest(whole), await control(server, number, "publish"))
        await server.settle()
        assert "Version 2 is published" in said(published), said(published)
        proposal = await server.proposal(number)
        assert (len(proposal.versions), proposal.text.ask, proposal.text.amount) == (2, ask, 300000)
        assert (await server.happened(number)).count("version published") == 1
        twice = await press_forged(server, "tia", CORE, await control(server, number, "publish"))
        assert "says the same" in said(twice), said(twice)
        assert await server.state(number) is ProposalState.REVIEW


async def test_a_page_opened_before_the_last_version_does_not_take_its_words_back(server: Server) -> None:
    number = await server.propose("tia")
    begun = await server.slash("tia", TALK, "proposal revise", proposal=f"P-{number}")
    old_form = await server.press("tia", latest(begun), await control(server, number, "edit"))
    new_form = await server.press("tia", latest(begun), await control(server, number, "edit"))
    kept = await server.fill("tia", new_form, **(page_one() | {"ask": "Adopt one calendar that everybody can edit."}))
    await server.press("tia", latest(kept), await control(server, number, "publish"))
    before = rows(server)
    stale = await server.fill("tia", old_form, **(page_one() | {"why": "Words that must not be lost by this."}))
    assert "is now version 2" in said(stale), said(stale)
    assert "Words that must not be lost by this." in said(stale)
    assert rows(server) == before


async def test_a_revision_can_be_begun_anew_and_a_draft_is_simply_edited(server: Server) -> None:
    number = await server.propose("tia")
    begun = await server.slash("tia", TALK, "proposal revise", proposal=f"P-{number}")
    form = await server.press("tia", latest(begun), await control(server, number, "edit"))
    kept = await server.fill("tia", form, **(page_one() | {"title": "Another title for the calendar"}))
    assert await control(server, number, "start-over") in controls_of(latest(kept))
    anew = await server.press("tia", latest(kept), await control(server, number, "start-over"))
    assert "Another title" not in text_of(latest(anew))
    assert (await server.proposal(number)).revision is None
    drafted = await server.draft("tia", CORE, "general")
    draft = next(c for c in controls_of(latest(drafted)) if c.startswith("proposal:open:")).rpartition(":")[2]
    shown = await server.slash("tia", TALK, "proposal revise", proposal=f"draft-{draft}")
    assert "Your draft is kept" in said(shown), said(shown)
