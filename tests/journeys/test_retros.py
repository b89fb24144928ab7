"""Retros in the simulated Discord: live and slow, with all that happens to people and bots on the way (LRN-1)."""

from __future__ import annotations

from bot.governance.retros import State
from tests.journeys.looking_back import (
    SIX,
    begin,
    board,
    check_in,
    choose,
    dots,
    events,
    go_on,
    press,
    retro,
    told,
    write,
)
from tests.journeys.server import Server, controls_of, latest, said, text_of


async def test_a_live_retro_of_six_from_start_to_published_lessons(server: Server) -> None:
    await begin(server, template="start, stop, continue", title="The spring season")
    assert "check-in (step 1 of 6)" in await told(server)
    for who, word in zip(SIX, ("sunny", "tired", "🌧️", "curious", "hopeful", "sunny"), strict=True):
        shown = await check_in(server, who, word)
        assert shown.ephemeral
        assert word in said(shown)
    assert "6 people take part" in await told(server)
    assert "tired" not in await told(server)

    assert await go_on(server) is State.GATHER
    assert "**How we are:** 🌧️ · curious · hopeful · sunny · sunny · tired" not in await told(server)
    assert "curious · hopeful · sunny · sunny · tired" in await told(server)
    await write(server, "ada", 0, "Shorter meetings on the river")
    await write(server, "cleo", 0, "Make meetings on the river shorter")
    await write(server, "dev", 1, "Reports that nobody reads")
    await write(server, "tia", 2, "The Saturday walks along the water")
    kept = await write(server, "uma", 2, "The Saturday walk")
    assert "1 of 30" in said(kept)
    for words in ("Shorter meetings", "Reports that", "Saturday"):
        assert words not in await told(server)
    shown = await server.slash("ada", "governance-talk", "retro show")
    assert "writing cards (step 2 of 6)" in said(shown)

    assert await go_on(server) is State.GROUP
    assert "5 cards in 5 topics" in await told(server)
    suggested = latest(await press(server, "uma", "suggest"))
    merge = next(c for c in controls_of(suggested) if c.startswith("retro:merge:"))
    done = await server.press("uma", suggested, merge)
    assert "Put together" in said(done)
    await server.settle()
    assert "5 cards in 4 topics" in await told(server)

    moving = latest(await press(server, "dev", "group"))
    walks = [card.id for card in (await retro(server)).cards if "Saturday" in card.text]
    into = latest(await choose(server, "dev", moving, "move", [str(walks[0])]))
    shown = await choose(server, "dev", into, "into", [f"{walks[1]}.{walks[0]}"])
    named = await server.fill(
        "dev", await press(server, "dev", "rename", message=latest(shown)), title="Walking together"
    )
    assert "Walking together" in said(named)
    await server.settle()

    assert await go_on(server) is State.VOTE
    topics = {topic.title or topic.id: topic.id for topic in (await retro(server)).topics}
    walking = topics["Walking together"]
    other = next(topic.id for topic in (await retro(server)).topics if len(topic.cards) == 2 and topic.id != walking)
    await dots(server, "ada", walking, 3)
    await dots(server, "tia", walking, 2)
    assert "given 3 of your 5 dots" in said(await dots(server, "cleo", other, 3))
    over = latest(await press(server, "cleo", "vote"))
    panel = latest(await choose(server, "cleo", over, "vote", [str(walking)]))
    refused = [c for c in controls_of(panel) if c.endswith(".3") and ":dots:" in c]
    assert refused == [], "only two are left to give"
    assert "5 dots" not in (await told(server)).replace("has 5 dots", "")

    assert await go_on(server) is State.DISCUSS
    assert "Topic 1 of 2: **Walking together** (2 cards) · 5 dots" in await told(server)
    note = await server.fill(
        "ada", await press(server, "ada", "note"), note="Every first Saturday, whatever the weather."
    )
    assert "Noted" in said(note)
    await server.settle()
    assert "whatever the weather" in await told(server)
    await press(server, "tom", "time")
    await server.settle()
    for who in ("ada", "cleo", "dev"):
        assert "It takes 4" in said(await press(server, who, "more"))
    assert "More than half" in said(await press(server, "tia", "more"))
    await press(server, "tom", f"end:1:{walking}.discussed")
    await server.settle()
    assert "Topic 2 of 2" in await told(server)
    await press(server, "tom", f"end:1:{other}.parked")
    await server.settle()

    assert await go_on(server) is State.ACTIONS
    form = await press(server, "uma", "action")
    noted = await server.fill("uma", form, action="Plan the first walk", owner=[server["tia"]], due="in 2 weeks")
    assert "Plan the first walk" in said(noted), said(noted)
    await server.settle()
    assert f"Plan the first walk – <@{server['tia'].id}>, by" in await told(server)

    assert await go_on(server) is State.CLOSED
    assert "6 people took part" in await told(server)
    [*_, post] = (server.channel("core-team")).history()
    lessons = text_of(post)
    assert "Lessons of R-1: The spring season" in lessons
    assert "**Walking together** (5 dots, discussed)" in lessons
    assert "whatever the weather" in lessons
    assert "Carried over to the next retro" in lessons
    assert [file.filename for file in post.attachments] == ["R-1-lessons.md"]
    [closed] = [each for each in await events(server) if each.event.type == "retro closed"]
    assert closed.event.data["took_part"] == 6
    shown = await server.slash("ada", "governance-talk", "retro show", retro="R-1")
    assert "Walking together" in said(shown)
    assert (await board(server)).id != post.id
