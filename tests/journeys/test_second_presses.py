"""Buttons in the thread stay alive after use: pressed again they say how things stand, and write nothing (RUN-3)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.governance.proposals_types import ObjectionState
from tests.journeys import objecting
from tests.journeys.deciding import rows
from tests.journeys.objecting import in_thread
from tests.journeys.server import CORE, Server, said


async def press_all(server: Server, who: str, answers: Mapping[str, str], objection: int = 1) -> None:
    """Each of these buttons about an objection, used already or overtaken, answers with these words."""
    before, events = rows(server), await server.events(1)
    for act, words in answers.items():
        answer = await in_thread(server, who, 1, act, objection)
        assert answer.modal is None, act
        assert words in said(answer), (act, said(answer))
        assert answer.ephemeral, act
    assert await server.events(1) == events
    assert rows(server) == before


async def test_after_withdrawing(server: Server) -> None:
    await server.propose("tia", CORE)
    await server.react("uma", 1)
    await server.settle()
    await objecting.state(server, "uma", 1)
    await server.unreact("uma", 1)
    await server.settle()
    kept = await in_thread(server, "uma", 1, "keep")
    assert "stands. Nothing was changed." in said(kept)
    await in_thread(server, "uma", 1, "withdraw")
    assert await objecting.states(server, 1) == [ObjectionState.WITHDRAWN]
    already = "This objection is withdrawn already."
    await press_all(
        server,
        "uma",
        {
            "withdraw": already,
            "keep": already,
            "state": "its reason is not needed any more",
            "test": "Only the author, or a facilitator",
        },
    )
    await press_all(server, "tia", {"test": "The objection is now: **withdrawn**"})


async def test_after_answering_a_revision(server: Server) -> None:
    await server.propose("tia", CORE)
    for number, who in enumerate(("tom", "uma"), start=1):
        await objecting.on_card(server, who, 1, "object")
        await objecting.state(server, who, 1, number)
    await objecting.revise(server, "tia", 1, ask="Adopt one calendar that nobody has to copy from by hand.")
    await in_thread(server, "tom", 1, "resolved", 1)
    await in_thread(server, "uma", 1, "still", 2)
    done = "counts as resolved by the new version already"
    await press_all(server, "tom", {"resolved": done, "still": done}, 1)
    await press_all(server, "uma", {"still": "stands against the new version as well"}, 2)
    assert await objecting.states(server, 1) == [ObjectionState.INTEGRATED, ObjectionState.STATED]


async def test_after_a_ruling_and_an_appeal(server: Server) -> None:
    server.join("fab", ("Core Team Facilitator",))
    await server.settle()
    await server.propose("tia", CORE)
    await objecting.on_card(server, "uma", 1, "object")
    await objecting.state(server, "uma", 1)
    await in_thread(server, "tia", 1, "test")
    await press_all(server, "tia", {"test": "The test was asked for already."})
    await objecting.rule(server, "fab", 1, False)
    await press_all(server, "fab", {"rule": "There is a ruling already."})
    await objecting.appeal(server, "uma", 1)
    await press_all(server, "uma", {"appeal": "This ruling was appealed already."})
    await in_thread(server, "ada", 1, "stands")
    assert "You can change this until it is decided" in said(await in_thread(server, "ada", 1, "stands"))
    for stakeholder in ("ben", "cleo", "dev"):
        await in_thread(server, stakeholder, 1, "stands")
    assert await objecting.states(server, 1) == [ObjectionState.STATED]
    await press_all(server, "eli", {"stands": "There is no appeal open", "falls": "There is no appeal open"})
