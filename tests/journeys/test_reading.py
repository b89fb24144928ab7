"""Reading along: show, list, why, text, suggestions, receipts, and what a private group keeps (SCL-2, REC-1, REC-2)."""

from __future__ import annotations

import re
from pathlib import Path

import simcord

from bot.governance.proposals_types import ProposalState
from tests.journeys.deciding import assert_heads_stand, by_card, dispute, outcome_posts, rows
from tests.journeys.objecting import everyone_reads, state
from tests.journeys.server import CORE, TALK, Server, controls_of, latest, said, serving, text_of

SECRET_TITLE = "Move the tools to the old mill"


async def suggested(server: Server, who: str, typed: str = "", command: str = "proposal show") -> list[str]:
    """What autocomplete offers somebody."""
    found = await server[who].autocomplete(server.channel(TALK), command, "proposal", typed)
    return [str(choice["name"]) for choice in found]


async def test_every_way_to_read_a_proposal(server: Server) -> None:
    number = await server.propose("tia", CORE)
    await server.draft("tia", CORE, "general", title="A draft that nobody else sees")
    await by_card(server, "uma", number, "object")
    await state(server, "uma", number)
    for who in ("ada", "cal", "tia"):
        shown = await server.slash(who, TALK, "proposal show", proposal=f"P-{number}")
        assert shown.ephemeral
        assert text_of(latest(shown)) == text_of(await server.card(number))
        text = said(await server.slash(who, TALK, "proposal text", proposal="1"))
        for label in ("What is asked", "Why, and which purpose it serves", "Expected outcome", "Risks"):
            assert f"**{label}**" in text
        why = said(await server.slash(who, TALK, "proposal why", proposal="p-1"))
        for words in ("policy version 1", "3 days", "3 members of “Core Team” at opening", "objection No. 1 stated by"):
            assert words in why, why
    assert await suggested(server, "ada", "calendar") == ["P-1 · A shared calendar for the whole partnership"]
    assert await suggested(server, "ada", "nobody else") == []
    assert await suggested(server, "tia", "nobody else") == ["Draft · A draft that nobody else sees"]
    for command in ("proposal withdraw", "proposal revise"):
        assert await suggested(server, "ada", "", command) == [], "only one's own"
        own = await suggested(server, "tia", "", command)
        assert [each.partition(" · ")[0] for each in own] == ["Draft", "P-1"]
    assert await suggested(server, "tia", "", "proposal halt") == [], "nothing waits to be carried out"
    stranger = await server["nia"].autocomplete(server.channel("lobby"), "proposal show", "proposal", "")
    assert stranger == []
    listed = said(await server.slash("ada", TALK, "proposal list"))
    assert "**P-1 · “A shared calendar" in listed
    assert "draft that nobody" not in listed
    mine = said(await server.slash("tia", TALK, "proposal list", state="mine"))
    assert "A draft that nobody else sees" in mine
    empty = said(await server.slash("ada", TALK, "proposal list", state="decided"))
    assert "There is nothing here" in empty


async def test_lists_are_turned_page_by_page(tmp_path: Path) -> None:
    caps = "[limits]\nopen_per_author = 30\nfiled_per_day = 30\nopen_per_group = 30\n"
    async with serving(tmp_path, governance=caps) as server:
        for place in range(12):
            drafted = await server.draft("tia", CORE, "general", title=f"Proposal of place {place}")
            await server.open("tia", drafted)
        first = await server.slash("ada", TALK, "proposal list", state="open")
        assert "P-12 " in said(first)
        assert "P-3 " in said(first)
        assert "P-2 " not in said(first)
        older = next(c for c in controls_of(latest(first)) if c.startswith("list:"))
        second = await server.press("ada", latest(first), older)
        assert "P-2 " in said(second)
        assert "P-1 " in said(second)


async def test_the_chain_is_checked_and_receipts_stand_in_it(server: Server) -> None:
    number = await server.propose("tia", CORE)
    receipt = said(await server.slash("ada", TALK, "audit receipt"))
    found = re.search(r"[0-9a-f]{64}", receipt)
    assert found is not None, receipt
    await everyone_reads(server, number, "tom", "uma")
    await server.advance(hours=72)
    assert await server.state(number) is ProposalState.ENACTED
    await assert_heads_stand(server, number)
    assert len(outcome_posts(server, number)) >= 1
    for kept in (found[0], found[0][:32], f"#{found[0][:32]}…"):
        verdict = said(await server.slash("ada", TALK, "audit verify", receipt=kept))
        assert "holds" in verdict, verdict
        assert "stands in it" in verdict, verdict
    shown = outcome_posts(server, number)[-1].rpartition(" ")[2]
    assert "stands in it" in said(await server.slash("ben", TALK, "audit verify", receipt=shown))
    short = said(await server.slash("ben", TALK, "audit verify", receipt=found[0][:12]))
    assert "too short to prove anything" in short, short
    unknown = said(await server.slash("ben", TALK, "audit verify", receipt="abcdef12" * 4))
    assert "does not stand in it" in unknown, unknown
    nonsense = said(await server.slash("ben", TALK, "audit verify", receipt="@everyone"))
    assert "a hash" in nonsense, nonsense
    assert "holds" in said(await server.slash("ben", TALK, "audit verify"))


async def test_of_a_private_group_others_see_number_type_group_state_and_outcome_only(tmp_path: Path) -> None:
    async with serving(tmp_path, private="Commons") as server:
        for name in ("col", "cam"):
            server.join(name, ["Cell: Commons"])
        await server.settle()
        commons = (await server.partnership()).groups[2]
        assert commons.private
        drafted = await server.draft("cal", TALK, "general", group=str(commons.id), title=SECRET_TITLE)
        number = await server.open("cal", drafted)
        proposal = await server.proposal(number)
        assert proposal.group == commons.id
        assert SECRET_TITLE in text_of(await server.card(number))

        def feed_is_silent() -> None:
            for text in server.feed():
                assert "old mill" not in text
                assert "calendar that every group" not in text

        feed_is_silent()
        entry = text_of(await server.feed_entry(number))
        for words in (f"P-{number}", "General", "Commons", "Open to objections", "private"):
            assert words in entry, entry
        assert await suggested(server, "ada", "mill") == []
        assert await suggested(server, "ada", "") == []
        assert await suggested(server, "col", "mill") == [f"P-{number} · {SECRET_TITLE}"]
        assert "mill" not in said(await server.slash("ada", TALK, "proposal list"))
        before = rows(server)
        for command in ("proposal show", "proposal text", "proposal why", "object", "vote", "escalate"):
            refused = said(await server.slash("ada", TALK, command, proposal=f"P-{number}"))
            assert "There is no such proposal, or you may not read it" in refused, refused
        show = next(c for c in controls_of(await server.feed_entry(number)) if c.startswith("proposal:show:"))
        pressed = await server.press("ada", await server.feed_entry(number), show)
        assert "you may not read it" in said(pressed)
        assert rows(server) == before
        for reader in ("col", "cam"):
            opened = await server.press(reader, await server.feed_entry(number), show)
            assert SECRET_TITLE in said(opened)
        await everyone_reads(server, number, "col", "cam")
        await server.advance(hours=72)
        assert await server.state(number) is ProposalState.ENACTED
        feed_is_silent()
        (carried_out,) = outcome_posts(server, number)
        assert "Decided; now for people to do" in carried_out
        assert "Commons" in carried_out
        assert "private" in carried_out
        await assert_heads_stand(server, number)


async def test_who_has_a_say_in_a_private_matter_finds_it(tmp_path: Path) -> None:
    async with serving(tmp_path, private="Commons") as server:
        for name in ("col", "cam"):
            server.join(name, ["Cell: Commons"])
        await server.settle()
        commons = (await server.partnership()).groups[2]
        drafted = await server.draft("cal", TALK, "general", group=str(commons.id), title=SECRET_TITLE)
        number = await server.open("cal", drafted)
        await dispute(server, number, "col")
        assert await suggested(server, "ada", "mill") == []
        await by_card(server, "col", number, "escalate")
        assert await server.state(number) is ProposalState.ESCALATED
        assert await suggested(server, "ada", "mill") == [f"P-{number} · {SECRET_TITLE}"], "she votes on it"
        assert "old mill" in said(await server.slash("ada", TALK, "proposal list"))
        assert await suggested(server, "tia", "mill") == [], "she does not"
        assert "old mill" not in said(await server.slash("tia", TALK, "proposal list"))


async def test_types_are_offered_to_those_who_may_file_them(server: Server) -> None:
    async def offered(who: str, typed: str = "") -> list[str]:
        found = await server[who].autocomplete(server.channel(TALK), "propose", "type", typed)
        return [choice["name"] for choice in found]

    assert await offered("tia") == ["General", "Operational", "Budget", "Policy change"]
    assert await offered("cal") == ["General", "Operational", "Policy change"]
    assert await offered("ada") == ["General", "Policy change"]
    assert await offered("tia", "bud") == ["Budget"]
    assert (await server.slash("tia", TALK, "propose", type="policy CHANGE")).modal is not None, "as its label says it"
    refused = await server.slash("ada", TALK, "propose", type="budget")
    assert refused.modal is None
    assert "You hold no seat that may file this type of proposal." in said(refused)
    assert "There is nothing called “strategy” here." in said(
        await server.slash("ada", TALK, "propose", type="strategy")
    )


async def test_buttons_in_the_feed_serve_those_who_cannot_type_there(server: Server) -> None:
    number = await server.propose("tia", CORE)
    entry = await server.feed_entry(number)
    proposal = await server.proposal(number)
    noted = await server.press("tom", entry, f"proposal:read:{proposal.id}")
    assert "Noted" in said(noted)
    refused: simcord.InteractionResult = await server.press("ada", entry, f"proposal:read:{proposal.id}")
    answer = said(refused)
    assert "Only members of the deciding group" in answer
    talk = server.channel(TALK)
    assert f"You can type commands in <#{talk.id}>" in answer, answer
