"""A retro over five days, with the bot stopped or killed in every phase (LRN-1, RUN-3)."""

from __future__ import annotations

import pytest

from bot.governance.retros import PHASES, RetroState
from tests.journeys.looking_back import SIX, begin, board, check_in, dots, events, press, retro, told, write
from tests.journeys.server import Server, controls_of, said, text_of
from tests.journeys.test_restarts import all_messages, restart, said_twice

LOOKING = {"about", "cards", "topics", "actions", "lessons", "mine", "figures", "suggest", "group", "vote"}


async def every_button_answers(server: Server, who: str) -> None:
    """Those that only look; each says something, and none fails."""
    message = await board(server)
    for custom_id in controls_of(message):
        if custom_id.split(":")[1] in LOOKING:
            result = await server.press(who, message, custom_id)
            assert said(result).strip(), custom_id
            assert "went wrong" not in said(result), custom_id


@pytest.mark.parametrize("crash", [False, True])
async def test_a_slow_retro_over_five_days_with_the_bot_restarted_in_every_phase(server: Server, crash: bool) -> None:
    await begin(server, template="great, bad, use again", pace="1 day")
    form = await press(server, "uma", "word")
    await restart(server, crash)
    await server.fill("uma", form, word="slowly")  # opened before the restart, taken after it
    await check_in(server, "tia", "patient")
    await server.advance(hours=24)
    assert "“patient” · “slowly”" in await told(server)

    await write(server, "uma", 0, "The new boats were a joy")
    await restart(server, crash)
    await write(server, "tia", 0, "The new boats are a joy to row")
    await write(server, "dev", 1, "Cold feet")
    assert "3 of 30" not in said(await press(server, "uma", "mine"))
    await every_button_answers(server, "tom")
    await server.advance(hours=24)
    assert (await retro(server)).state is RetroState.GROUP

    await restart(server, crash)
    await every_button_answers(server, "uma")
    suggested = await press(server, "dev", "suggest")
    assert suggested.followups or suggested.response
    await press(server, "dev", "merge:1", message=[suggested.response, *suggested.followups][-1])
    await server.settle()
    await server.advance(hours=24)
    assert (await retro(server)).state is RetroState.VOTE
    [boats] = [topic for topic in (await retro(server)).topics if len(topic.cards) == 2]

    for who in SIX[:3]:
        await dots(server, who, boats.id, 2)
    await restart(server, crash)
    await dots(server, "ada", boats.id, 1)
    await every_button_answers(server, "uma")
    await server.advance(hours=24)
    assert (await retro(server)).state is RetroState.DISCUSS
    assert next(t for t in (await retro(server)).topics if t.id == boats.id).dots == 5

    await restart(server, crash)
    await server.fill("uma", await press(server, "uma", "note"), note="Row more often, and in pairs.")
    await every_button_answers(server, "uma")
    await server.advance(hours=24)
    assert (await retro(server)).state is RetroState.ACTIONS
    await server.fill("uma", await press(server, "uma", "action"), action="Ask for two more boats", due="")
    await restart(server, crash)
    await every_button_answers(server, "uma")
    await server.advance(hours=24)
    await restart(server, crash)
    assert (await retro(server)).state is RetroState.CLOSED
    await every_button_answers(server, "uma")

    post = next(text_of(m) for m in server.channel("core-team").history() if "Lessons of R-1" in text_of(m))
    assert "Row more often, and in pairs" in post
    assert "Carried over to the next retro" in post, "nobody ended the topic, so it comes back"
    assert said_twice(await all_messages(server)) == []
    phases = [each.event.data.get("phase") for each in await events(server) if "phase" in each.event.data]
    assert phases == [phase.value for phase in PHASES[1:]]


async def test_a_week_away_costs_nobody_their_time(server: Server) -> None:
    await begin(server, pace="1 day")
    await check_in(server, "uma", "here")
    await server.stop()
    await server.env.advance_time(7 * 86400)
    await server.start()
    held = await retro(server)
    assert held.state is RetroState.GATHER
    assert held.deadline_at is not None
    assert (held.deadline_at - server.env.now()).total_seconds() > 86000
