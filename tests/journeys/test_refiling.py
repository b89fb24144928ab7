"""What was not adopted comes back only with a link to it and words on what changed (OBJ-6)."""

from __future__ import annotations

from tests.journeys.deciding import rows
from tests.journeys.objecting import on_card, state
from tests.journeys.server import CORE, Server, controls_of, latest, page_one, said, text_of

CHANGED = "One paid person keeps it now, as the objection asked for."


async def test_filed_again_with_a_link_and_what_changed(server: Server) -> None:
    number = await server.propose("tia")
    await on_card(server, "uma", number, "object")
    await server.settle()
    await state(server, "uma", number)
    await server.advance(hours=72)
    await server.advance(hours=24 * 14)
    drafted = await server.draft("tom", CORE, "general")
    assert f"P-{number} said much the same and was not adopted" in said(drafted), said(drafted)
    opening = next(c for c in controls_of(latest(drafted)) if c.startswith("proposal:open:"))
    before = rows(server)
    refused = await server.press("tom", latest(drafted), opening)
    assert "*Filed before*" in said(refused), said(refused)
    assert rows(server) == before
    linking = next(c for c in controls_of(latest(drafted)) if c.startswith("proposal:again:"))
    form = await server.press("tom", latest(drafted), linking)
    fields = {f["component"]["custom_id"]: f["component"] for f in (form.modal or {})["components"]}
    assert fields["again"]["value"] == f"P-{number}"
    linked = await server.fill("tom", form, again=f"P-{number}", changed=CHANGED)
    assert "Nothing is missing" in said(linked), said(linked)
    again = await server.open("tom", linked)
    card = text_of(await server.card(again))
    assert f"files **P-{number}** again" in card, card
    assert CHANGED in card
    offered = await server["uma"].autocomplete(server.channel(CORE), "propose", "again", "calendar")
    assert [choice["value"] for choice in offered] == [str(number)]
    shown = await server.slash("uma", CORE, "propose", type="general", again=offered[0]["value"])
    begun = await server.fill("uma", shown, **(page_one() | {"title": "Quite another title for it"}))
    assert "What has changed since" in said(begun), said(begun)
    unfit = await server.slash("uma", CORE, "propose", type="general", again=f"P-{again}")
    assert "not adopted within the last 90 days" in said(unfit), said(unfit)


async def test_what_says_much_the_same_is_shown_with_open_anyway(server: Server) -> None:
    """PRO-3: the author is asked once, sees the draft again if they like, and nothing hinders them."""
    number = await server.propose("tia")
    drafted = await server.draft("tom", CORE, "general", title="Our calendar")
    opening = next(c for c in controls_of(latest(drafted)) if c.startswith("proposal:open:"))
    before = rows(server)
    asked = await server.press("tom", latest(drafted), opening)
    assert "Is it one of these?" in said(asked), said(asked)
    assert f"**P-{number}** “" in said(asked)
    assert rows(server) == before
    back = await server.press("tom", latest(asked), opening.replace(":open:", ":show:"))
    assert "Your draft is kept" in said(back)
    again = await server.press("tom", latest(back), opening)
    opened = await server.press("tom", latest(again), opening.replace(":open:", ":open-anyway:"))
    assert "Review opened" in said(opened), said(opened)
    other = await server.draft(
        "tom",
        CORE,
        "general",
        title="Bee hives",
        ask="Buy two bee hives for the meadow behind the mill, and a keeper's suit.",
    )
    opening = next(c for c in controls_of(latest(other)) if c.startswith("proposal:open:"))
    straight = await server.press("tom", latest(other), opening)
    assert "Review opened" in said(straight), said(straight)
