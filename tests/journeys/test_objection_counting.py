"""How many objections stop a proposal: by class and by organisation, under a partnership's own policy (OBJ-6)."""

from __future__ import annotations

from pathlib import Path

from bot.governance.proposals_types import ObjectionState, ProposalState
from tests.journeys.objecting import (
    REASON,
    card,
    everyone_reads,
    in_thread,
    last_notice,
    on_card,
    revise,
    state,
    states,
)
from tests.journeys.server import TALK, Server, said, serving


async def objected(server: Server, *objectors: str) -> int:
    """A proposal with these objections stated, read by two more, after its window."""
    number = await server.propose("tia", TALK, "operational")
    for at, who in enumerate(objectors, start=1):
        await server.react(who, number)
        await server.settle()
        await state(server, who, number, at)
    await everyone_reads(server, number, "eli", "dev")
    return number


async def test_objections_of_one_class_do_not_reach_a_threshold_of_two_classes(tmp_path: Path) -> None:
    async with serving(tmp_path, governance='[objection]\nrule = "classes"\nclasses = 2\n') as server:
        one = await objected(server, "cleo", "fay")  # both strategic partners
        shown = await card(server, one)
        assert "unless objections from 2 different stakeholder classes stand" in shown
        assert "2 raised. Counting now: 1; 2 are enough to stop it, counted by stakeholder class" in shown
        asked = await on_card(server, "ada", one, "who")
        assert "objections from 2 different stakeholder classes" in said(asked)
        two = await objected(server, "cleo", "ada")
        assert "Counting now: 2" in await card(server, two)
        await server.advance(hours=72)
        assert await server.state(one) is ProposalState.ENACTED
        assert await server.state(two) is ProposalState.DISPUTED


async def test_an_organisation_has_one_voice_where_the_policy_says_so(tmp_path: Path) -> None:
    async with serving(tmp_path, governance='[objection]\nunit = "organisation"\nthreshold = 2\n') as server:
        one = await objected(server, "ada", "ben")  # both of the Green Fund
        shown = await card(server, one)
        assert "unless 2 organisations object (each organisation has one voice)" in shown
        assert "2 raised. Counting now: 1; 2 are enough to stop it, counted by organisation" in shown
        two = await objected(server, "ada", "fay")
        await server.advance(hours=72)
        assert await server.state(one) is ProposalState.ENACTED
        assert await server.state(two) is ProposalState.DISPUTED


async def test_one_organisation_in_two_spellings_still_has_one_voice(tmp_path: Path) -> None:
    """A moderator maps a second role for the Green Fund, spelled with a letter that only looks the same."""
    async with serving(tmp_path, governance='[objection]\nunit = "organisation"\nthreshold = 2\n') as server:
        role = server.guild.create_role("Second fund")
        words = {"class": "Financial contributоr", "organisation": "GRЕEN\u200b Fund"}
        mapped = await server.slash(
            "mod", "lobby", "roles map", role=role, group="Stakeholders", seat="member", **words
        )
        assert "Spelled as it stands here already: “financial contributor” and “Green Fund”" in said(mapped)
        await server.take_role("ben", "Green Fund")
        await server.give_role("ben", "Second fund")
        one = await objected(server, "ada", "ben")
        assert "2 raised. Counting now: 1; 2 are enough to stop it" in await card(server, one)
        two = await objected(server, "ben", "fay")
        assert "Counting now: 2" in await card(server, two)
        refused = await server.slash(
            "mod",
            "lobby",
            "roles map",
            role=role,
            group="Stakeholders",
            seat="member",
            organisation="Whоle partnership",
        )
        assert "not words that the bot uses" in said(refused), said(refused)


async def test_a_colleague_changes_the_one_voice_of_their_organisation(tmp_path: Path) -> None:
    """Ada and Ben are of the Green Fund: Ada objects, Ben states it, and Ben finds it resolved."""
    async with serving(tmp_path, governance='[objection]\nunit = "organisation"\n') as server:
        number = await server.propose("tia", TALK, "operational")
        await server.react("ada", number)
        await server.settle()
        refused = await in_thread(server, "cleo", number, "withdraw")
        assert "Here an organisation has one voice" in said(refused)
        assert "Nothing was changed" in said(refused)
        await state(server, "ben", number)
        notice = await last_notice(server, number)
        assert f"{server['ada'].mention} raised it. Both speak for “Green Fund”" in notice
        assert f"{server['ben'].mention} wrote:\n> {REASON}" in notice
        assert "[Withdraw this objection]" in notice

        await revise(server, "tia", number, ask="Adopt one calendar that one paid person keeps up to date.")
        answered = await in_thread(server, "ben", number, "resolved")
        assert "the new version resolves objection No. 1" in said(answered)
        notice = await last_notice(server, number)
        assert f"{server['ben'].mention} says that version 2 resolves objection No. 1" in notice
        assert f"{server['ada'].mention} raised it" in notice

        await server.react("ada", number)  # taken away again and given again, for the second version
        again = await server.slash("ada", TALK, "object", proposal=f"P-{number}")
        assert "recorded as No. 2" in said(again)
        await server.slash("ben", TALK, "object", proposal=f"P-{number}")
        gone = await in_thread(server, "ben", number, "withdraw", 2)
        assert "Objection No. 2" in said(gone)
        assert "Your organisation goes on objecting by No. 3" in said(gone)
        await server.kick("ben")  # what he raised stands, and not even his own organisation can end it
        refused = await in_thread(server, "ada", number, "withdraw", 3)
        assert "your organisation cannot change it for its objector" in said(refused)
        await server.advance(hours=100)
        assert await states(server, number) == [
            ObjectionState.INTEGRATED,
            ObjectionState.WITHDRAWN,
            ObjectionState.RAISED,
        ]
        assert await server.state(number) is ProposalState.DISPUTED
