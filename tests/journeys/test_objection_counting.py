"""How many objections stop a proposal: by class and by organisation, under a partnership's own policy (OBJ-6)."""

from __future__ import annotations

from pathlib import Path

from bot.governance.dossier import State
from tests.journeys.objecting import card, everyone_reads, on_card, state
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
        assert await server.state(one) is State.ENACTED
        assert await server.state(two) is State.DISPUTED


async def test_an_organisation_has_one_voice_where_the_policy_says_so(tmp_path: Path) -> None:
    async with serving(tmp_path, governance='[objection]\nunit = "organisation"\nthreshold = 2\n') as server:
        one = await objected(server, "ada", "ben")  # both of the Green Fund
        shown = await card(server, one)
        assert "unless 2 organisations object (each organisation has one voice)" in shown
        assert "2 raised. Counting now: 1; 2 are enough to stop it, counted by organisation" in shown
        two = await objected(server, "ada", "fay")
        await server.advance(hours=72)
        assert await server.state(one) is State.ENACTED
        assert await server.state(two) is State.DISPUTED
