"""Budget proposals: amounts, payees, revisions of substance, low reach (PRO-1, PRO-5, PRO-8, EFF-3)."""

from __future__ import annotations

from pathlib import Path

import pytest
import simcord

from bot.governance.proposals_types import ProposalState
from tests.journeys.deciding import assert_heads_stand, outcome_posts, ratified, revise_details, rows
from tests.journeys.objecting import everyone_reads, in_thread, state
from tests.journeys.server import CORE, TALK, Server, controls_of, latest, said, text_of

MONEY = {"amount": "2500 USD", "payee": "River Trust", "account": "Core treasury", "timeline": "By the end of March"}


async def budget_draft(server: Server, who: str = "tia", **details: str) -> simcord.InteractionResult:
    """Both pages of a budget proposal, sent in."""
    drafted = await server.draft(who, CORE, "budget", title="Seeds and tools for the spring")
    return await fill_details(server, who, drafted, **(MONEY | details))


async def fill_details(
    server: Server, who: str, drafted: simcord.InteractionResult, **details: str
) -> simcord.InteractionResult:
    """Page 2, by the button *Details*."""
    answer = latest(drafted)
    form = await server.press(who, answer, next(c for c in controls_of(answer) if c.startswith("proposal:details:")))
    return await server.fill(who, form, **details)


async def propose_budget(server: Server, who: str = "tia", **details: str) -> int:
    """A budget proposal in review; its number."""
    return await server.open(who, await budget_draft(server, who, **details))


async def test_a_budget_shows_its_money_passes_and_waits(tmp_path: Path) -> None:
    async with ratified(tmp_path) as server:
        number = await propose_budget(server)
        card = text_of(await server.card(number))
        for words in ("2,500.00 USD", "River Trust", "Seeds and tools", "The bot moves no money"):
            assert words in card, card
        full = said(await server.slash("ada", TALK, "proposal text", proposal=f"P-{number}"))
        for words in ("2,500.00 USD", "River Trust", "Core treasury", "By the end of March"):
            assert words in full, full
        thread = "\n".join(await server.notices(number))
        assert "Core treasury" in thread
        await everyone_reads(server, number, "ada", "ben")
        await server.advance(hours=72)
        assert await server.state(number) is ProposalState.PASSED
        await server.advance(hours=48)
        assert await server.state(number) is ProposalState.ENACTED
        await assert_heads_stand(server, number)


async def test_a_larger_amount_and_another_payee_are_said_in_words_first(tmp_path: Path) -> None:
    async with ratified(tmp_path) as server:
        number = await propose_budget(server)
        await in_review_object(server, "cleo", number)
        answer = await revise_details(server, "tia", number, amount="3,000 USD", payee="Green Fund")
        assert "Version 2 is published" in said(answer), said(answer)
        diff = next(text for text in await server.notices(number) if "What changed in version 2" in text)
        lines = diff.splitlines()
        grew = next(n for n, line in enumerate(lines) if "The amount grew" in line)
        payee = next(n for n, line in enumerate(lines) if "The payee changed" in line)
        legend = next(n for n, line in enumerate(lines) if "struck" in line.lower() or "new" in line.lower())
        assert max(grew, payee) < legend + 2, diff
        assert grew <= 3, diff
        assert "2,500.00 USD" in lines[grew]
        assert "3,000.00 USD" in lines[grew]
        assert "Does this version resolve your objection?" in diff
        assert "3,000.00 USD" in text_of(await server.card(number))
        bad = await revise_details(server, "tia", number, amount="nothing", payee="Green Fund")
        assert "holds no sum" in said(bad), said(bad)
        assert len((await server.proposal(number)).versions) == 2
        same = await revise_details(server, "tia", number, amount="3000 USD", payee="Green Fund")
        assert len((await server.proposal(number)).versions) in {2, 3}, said(same)
        await in_thread(server, "cleo", number, "resolved")
        await everyone_reads(server, number, "ada", "ben")
        await server.advance(hours=96)
        assert await server.state(number) is ProposalState.PASSED


async def in_review_object(server: Server, who: str, number: int) -> None:
    """An objection by button, stated."""
    await server.react(who, number)
    await server.settle()
    await state(server, who, number)


@pytest.mark.parametrize(
    "amount",
    ["0", "0 USD", "-5 USD", "1e9 USD", "NaN USD", "inf USD", "99999999999999999999 USD", "12.345 USD", "2500", "5 $"],
)
async def test_an_amount_that_cannot_be_read_is_kept_and_explained(tmp_path: Path, amount: str) -> None:
    async with ratified(tmp_path) as server:
        drafted = await budget_draft(server, amount=amount)
        answer = latest(drafted)
        words = text_of(answer)
        assert "Still needed before the review can open" in words, words
        assert "Amount" in words or "Currency" in words
        before = rows(server)
        refused = await server.press(
            "tia", answer, next(c for c in controls_of(answer) if c.startswith("proposal:open:"))
        )
        assert said(refused).startswith("**Amount**: "), said(refused)
        assert rows(server) == before
        form = await server.press(
            "tia", answer, next(c for c in controls_of(answer) if c.startswith("proposal:details:"))
        )
        assert form.modal is not None
        assert amount in str(form.modal), form.modal
        mended = await server.fill("tia", form, **MONEY)
        assert "Nothing is missing" in said(mended), said(mended)


LAPSE = "[reach]\nlapse_budget_above = 100000\n"


async def test_low_reach_extends_once_and_passes_marked(server: Server) -> None:
    number = await server.propose("tia", CORE)
    closes_at = (await server.proposal(number)).closes_at
    await server.advance(hours=72)
    extended = await server.proposal(number)
    assert extended.state is ProposalState.REVIEW
    assert extended.extended
    assert extended.closes_at is not None
    assert closes_at is not None
    assert (extended.closes_at - closes_at).total_seconds() == 48 * 3600
    assert "Only 0 of 2 have seen this" in "\n".join(await server.notices(number))
    assert "was extended once" in text_of(await server.card(number))
    await server.advance(hours=48)
    passed = await server.proposal(number)
    assert passed.state is ProposalState.ENACTED
    assert passed.low_reach
    assert "Low reach" in text_of(await server.card(number))
    assert any("Low reach" in post for post in outcome_posts(server, number))
    assert (await server.happened(number)).count("window extended") == 1


async def test_a_large_budget_lapses_on_low_reach_where_the_policy_says_so(tmp_path: Path) -> None:
    async with ratified(tmp_path, LAPSE) as server:
        large = await propose_budget(server, amount="1000.01 USD")
        small = await propose_budget(server, "tom", amount="1000 USD")
        await server.advance(hours=72 + 48)
        assert await server.state(large) is ProposalState.LAPSED
        assert await server.state(small) is ProposalState.PASSED
        assert "lets such a budget lapse" in text_of(await server.card(large))
        await assert_heads_stand(server, large)
        await server.advance(hours=48)
        assert await server.state(small) is ProposalState.ENACTED


async def test_an_amount_with_two_readings_is_asked_back_and_nothing_is_lost(tmp_path: Path) -> None:
    """Twelve and a half dinars, or twelve thousand five hundred: the author says which, by button or in other words."""
    async with ratified(tmp_path) as server:
        asked = await budget_draft(server, amount="12,500 TND")
        assert "can be read in more than one way" in said(asked), said(asked)
        assert "12,500.000 TND or 12.500 TND" in said(asked), said(asked)
        before = rows(server)
        opening = next(c for c in controls_of(latest(asked)) if c.startswith("proposal:open:"))
        refused = await server.press("tia", latest(asked), opening)
        assert "can be read in more than one way" in said(refused)
        assert rows(server) == before
        small = next(c for c in controls_of(latest(asked)) if c.endswith(":12500:TND"))
        chosen = await server.press("tia", latest(asked), small)
        assert "Nothing is missing" in said(chosen), said(chosen)
        number = await server.open("tia", chosen)
        assert "12.500 TND" in text_of(await server.card(number))


async def test_the_next_version_asks_about_its_amount_too(tmp_path: Path) -> None:
    async with ratified(tmp_path) as server:
        number = await propose_budget(server)
        kept = await server.slash("tia", TALK, "proposal revise", proposal=f"P-{number}")
        asked = await fill_details(server, "tia", kept, **(MONEY | {"amount": "30 EUROS"}))
        assert "30.00 EUR" in said(asked), said(asked)
        euros = next(c for c in controls_of(latest(asked)) if c.endswith(":3000:EUR"))
        chosen = await server.press("tia", latest(asked), euros)
        publish = next(c for c in controls_of(latest(chosen)) if c.startswith("proposal:publish:"))
        await server.press("tia", latest(chosen), publish)
        await server.settle()
        assert "30.00 EUR" in text_of(await server.card(number))


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("", "There is none yet"),
        ("a lot", "holds no sum"),
        ("2500", "names no currency"),
        ("2,500.00 BANANAS", "is no currency that I know"),
        ("1 2 3 USD", "cannot be read as a sum"),
        ("2500.50 XOF", "more decimals than XOF has: it has none"),
    ],
)
async def test_what_is_no_amount_says_why_and_keeps_the_words(tmp_path: Path, amount: str, told: str) -> None:
    async with ratified(tmp_path) as server:
        kept = await budget_draft(server, amount=amount)
        assert told in said(kept), said(kept)
        assert "Press *Details*" in said(kept)
        mended = await fill_details(server, "tia", kept, **(MONEY | {"amount": "€2.500,50"}))
        assert "Nothing is missing" in said(mended), said(mended)
        assert "2,500.50 EUR" in said(mended)
