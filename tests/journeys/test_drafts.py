"""Drafts: kept as they were sent in, limited, discarded when forgotten; acts done once (PRO-1, PRO-3, PRO-6)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import simcord

from bot.governance.ids import ProposalId
from bot.governance.proposals_types import Proposal, ProposalState
from tests.journeys.deciding import by_card, ratified, rows
from tests.journeys.forging import press_forged
from tests.journeys.server import (
    CORE,
    TALK,
    Server,
    controls_of,
    latest,
    page_one,
    said,
    serving,
    text_of,
)


def button(result: simcord.InteractionResult, act: str) -> str:
    """The custom_id of a button of a private answer."""
    return next(c for c in controls_of(latest(result)) if c.startswith(f"proposal:{act}:"))


def named(drafted: simcord.InteractionResult) -> ProposalId:
    return ProposalId(int(button(drafted, "open").rpartition(":")[2]))


async def state_of(server: Server, proposal: ProposalId) -> ProposalState:
    async with server.bot.ctx.uow.read() as tx:
        return (await tx.of(Proposal).get(proposal)).state


def defaults(result: simcord.InteractionResult) -> dict[str, Any]:
    """What a form is filled with."""
    assert result.modal is not None
    fields = [label["component"] for label in result.modal["components"]]
    return {field["custom_id"]: field.get("value") for field in fields}


async def test_what_was_sent_in_is_kept_and_opens_filled(server: Server) -> None:
    drafted = await server.draft("tia", CORE, "general", title="Too", ask="short", why="", outcome="", risks="")
    answer = said(drafted)
    assert "Your draft is kept" in answer
    assert "Still needed before the review can open" in answer
    form = await server.press("tia", latest(drafted), button(drafted, "edit"))
    assert defaults(form)["title"] == "Too"
    assert defaults(form)["ask"] == "short"
    second_form = await server.press("tia", latest(drafted), button(drafted, "edit"))
    mended = await server.fill("tia", form, **page_one())
    assert "Nothing is missing" in said(mended)
    preview = await server.press("tia", latest(mended), button(mended, "preview"))
    assert "only you see this" in said(preview)
    assert not controls_of(latest(preview)), "no live button before the review is open"
    assert await state_of(server, named(drafted)) is ProposalState.DRAFT
    press_open = button(drafted, "open")
    suggestions = await server["tia"].autocomplete(server.channel(TALK), "proposal show", "proposal", "shared")
    shown = await server.slash("tia", TALK, "proposal show", proposal=suggestions[0]["value"])
    assert "Your draft is kept" in said(shown)
    number = await server.open("tia", shown)
    again = await press_forged(server, "tia", CORE, press_open)
    assert "Its review is open already." in said(again), said(again)
    late = await server.fill("tia", second_form, **page_one())
    assert "Only a draft can be edited" in said(late), said(late)
    assert "Your words" in said(late)
    assert (await server.happened(number)).count("review opened") == 1


async def test_a_forgotten_draft_is_discarded_after_14_days(server: Server) -> None:
    drafted = await server.draft("tia", CORE, "general")
    await server.advance(hours=24 * 14 - 1)
    assert await state_of(server, named(drafted)) is ProposalState.DRAFT
    await server.advance(hours=1)
    assert await state_of(server, named(drafted)) is ProposalState.DISCARDED
    refused = await server.press("tia", latest(drafted), button(drafted, "open"))
    assert "Only a draft can be opened" in said(refused), said(refused)
    other = await server.draft("tom", CORE, "general")
    thrown_away = named(other)
    gone = await server.press("tom", latest(other), button(other, "discard"))
    assert "is discarded" in said(gone)
    assert await state_of(server, thrown_away) is ProposalState.DISCARDED
    assert not server.feed() or all("P-1" not in post for post in server.feed())


async def test_limits_by_author_day_and_group_keep_the_draft(tmp_path: Path) -> None:
    async with serving(tmp_path, governance="[limits]\nopen_per_group = 4\n") as server:
        await server.propose("tia", CORE)
        await server.propose("tia", CORE)
        third = await server.draft("tia", CORE, "general")
        before = rows(server)
        refused = await server.press("tia", latest(third), button(third, "open"))
        assert "at most 2 reviews in 24 hours" in said(refused), said(refused)
        assert "draft is kept" in said(refused)
        assert rows(server) == before
        await server.advance(hours=24, minutes=1)
        await server.open("tia", third)
        fourth = await server.draft("tia", CORE, "general")
        refused = await server.press("tia", latest(fourth), button(fourth, "open"))
        assert "at most 3 proposals open at the same time" in said(refused), said(refused)
        await server.propose("tom", CORE)
        full = await server.draft("uma", CORE, "general")
        refused = await server.press("uma", latest(full), button(full, "open"))
        assert "This group may have at most 4 proposals open" in said(refused), said(refused)
        assert await state_of(server, named(full)) is ProposalState.DRAFT


async def test_with_too_few_electors_no_review_opens(server: Server) -> None:
    drafted = await server.draft("cal", TALK, "general", group="Commons")
    before = rows(server)
    refused = await server.press("cal", latest(drafted), button(drafted, "open"))
    assert "Only 0 people besides you" in said(refused) or "Nobody" in said(refused), said(refused)
    assert rows(server) == before


async def test_who_may_file_what(server: Server) -> None:
    before = rows(server)
    for who, kind in (
        ("ada", "operational"),
        ("ada", "budget"),
        ("cal", "budget"),
        ("gus", "policy"),
        ("nia", "general"),
    ):
        where = TALK if who != "nia" else "lobby"
        refused = await server.slash(who, where, "propose", type=kind)
        assert refused.modal is None, (who, kind)
        assert refused.ephemeral
        assert "no seat" in said(refused), said(refused)
    assert rows(server) == before


async def test_pressing_twice_acts_once(tmp_path: Path) -> None:
    async with ratified(tmp_path) as server:
        drafted = await server.draft("tia", CORE, "operational")
        press_open = button(drafted, "open")
        number = await server.open("tia", drafted)
        twice = await press_forged(server, "tia", CORE, press_open)
        assert "Its review is open already." in said(twice), said(twice)
        for _ in range(2):
            assert "Noted" in said(await by_card(server, "ada", number, "read"))
        for _ in range(2):
            await by_card(server, "ben", number, "object")
        happened = await server.happened(number)
        assert happened.count("review opened") == 1
        assert happened.count("proposal read") == 1
        assert happened.count("objection raised") == 1
        assert "2 of" in text_of(await server.card(number))


async def test_ten_drafts_and_every_one_of_ones_proposals_can_be_reached(server: Server) -> None:
    number = await server.propose("tia", CORE)
    for _ in range(10):
        await server.draft("tia", CORE, "general")
    refused = await server.slash("tia", CORE, "propose", type="general")
    assert refused.modal is None
    assert "keep at most 10 drafts" in said(refused), said(refused)
    first = await server.slash("tia", TALK, "proposal list", state="mine")
    assert said(first).count("**Draft · ") == 10
    older = next(c for c in controls_of(latest(first)) if c.startswith("list:mine:"))
    second = await server.press("tia", latest(first), older)
    assert f"P-{number} · " in text_of(latest(second)) or f"P-{number} · " in said(second)
