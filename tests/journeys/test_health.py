"""One organisation comes to hold most seats: shown to who asks, told once in the feed (ORG-7)."""

from __future__ import annotations

from tests.journeys.server import TALK, Server, said


def told(server: Server) -> list[str]:
    return [post for post in server.feed() if "health mark was crossed" in post]


async def test_crossing_a_mark_by_roles_is_told_once(server: Server) -> None:
    shown = await server.slash("ada", TALK, "health")
    assert shown.ephemeral
    assert "No mark is crossed" in said(shown)
    assert "not recorded yet" in said(shown)
    await server.advance(hours=25)
    assert told(server) == []
    for name in ("hal", "ida", "jon"):
        server.join(name, ["Green Fund"])
    await server.settle()
    text = said(await server.slash("ada", TALK, "health", group="Stakeholders"))
    assert "1 mark crossed" in text
    assert "“Green Fund”, 5 of 10 (50 %)" in text
    assert told(server) == []
    await server.advance(hours=24)
    (post,) = told(server)
    assert "“Green Fund” holds 5." in post
    assert "What to do" in post
    await server.restart()
    await server.advance(hours=24)
    await server.crash()
    await server.advance(hours=24)
    assert len(told(server)) == 1
    await server.take_role("jon", "Green Fund")
    await server.take_role("ida", "Green Fund")
    await server.advance(hours=24)
    assert "No mark is crossed" in said(await server.slash("ada", TALK, "health"))
    await server.give_role("ida", "Green Fund")
    await server.give_role("jon", "Green Fund")
    await server.advance(hours=24)
    assert len(told(server)) == 2


async def test_health_after_a_real_proposal_with_an_objection(server: Server) -> None:
    number = await server.propose()
    await server.react("tom", number)
    await server.advance(hours=144)
    shown = said(await server.slash("ada", TALK, "health", scale="top-level cell"))
    assert "1 objection, too few to say anything" in shown
    assert "1 silent pass, too few to say" in shown
    assert f"<@{server['tom'].id}>" in shown


async def test_refusals_say_why(server: Server) -> None:
    assert "no seat" in said(await server.slash("nia", "lobby", "health"))
    assert "no such group" in said(await server.slash("ada", TALK, "health", group="nowhere"))
