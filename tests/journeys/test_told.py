"""An objector's time to state it begins when they were told, in whatever way; nobody told loses nothing (OBJ-2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.governance.proposals_types import ObjectionState, ProposalState
from tests.journeys.objecting import card, everyone_reads, objection, on_card, states
from tests.journeys.server import CORE, STAKEHOLDERS, TALK, Server, controls_of, latest, said, text_of

CLOSED = 50083
"""Discord's code for a thread that takes nothing."""


async def closed_thread(server: Server, *, messages: bool, channel: bool = True) -> int:
    """A proposal whose thread a moderator closed; cleo's direct messages and the group's channel may be as well."""
    number = await server.propose("tia", TALK, "operational")
    await everyone_reads(server, number, "ada", "ben", "dev")
    thread = await server.thread(number)
    refuse(server, thread.id, status=400, code=CLOSED)
    if not messages:
        refuse(server, await dm(server, "cleo"), code=50007)
    if not channel:
        refuse(server, server.channel(STAKEHOLDERS).id, code=50001)
    return number


async def dm(server: Server, who: str) -> int:
    """The channel of somebody's direct messages."""
    user = server.bot.get_user(server[who].id)
    assert user is not None
    async with server.by_hand():
        return (await user.create_dm()).id


def refuse(server: Server, channel_id: int, *, code: int, status: int = 403) -> None:
    """Discord takes no message in this channel."""
    server.env.inject_error("POST", f"/channels/{channel_id}/messages", status=status, code=code, times=None)


def open_again(server: Server) -> None:
    """Everything takes messages again."""
    server.env.backend.faults.clear()


async def told(server: Server, number: int) -> list[Any]:
    """In which ways an objector was told otherwise than at once in the thread."""
    return [e.event.data["way"] for e in await server.events(number) if e.event.name == "objector told"]


async def whole_period_left(server: Server, number: int) -> bool:
    """Whether the time to state the first objection began just now."""
    raised = await objection(server, number)
    assert raised.state_by is not None
    left = raised.state_by - server.env.now()
    return not raised.untold and timedelta(hours=48) - timedelta(minutes=1) < left <= timedelta(hours=48)


async def test_with_a_closed_thread_the_period_begins_with_the_direct_message(server: Server) -> None:
    number = await closed_thread(server, messages=True)
    await server.react("cleo", number)
    await server.settle()
    (message,) = server.direct_messages("cleo")
    for words in ("You raised objection No. 1", "counts from now on", "2 days from this message", "/object"):
        assert words in message
    assert await told(server, number) == ["direct message"]
    assert await whole_period_left(server, number)
    # Told, it lapses as any other does, and the thread that opens again says nothing wrong.
    open_again(server)
    await server.advance(hours=49)
    assert await states(server, number) == [ObjectionState.CONCERN]
    assert len(server.direct_messages("cleo")) == 1


async def test_with_direct_messages_closed_too_the_mention_in_the_channel_begins_it(server: Server) -> None:
    number = await closed_thread(server, messages=False)
    await server.react("cleo", number)
    await server.settle()
    posts = [post for post in server.channel(STAKEHOLDERS).history() if "you raised objection" in text_of(post)]
    (only,) = posts
    assert server["cleo"].mention in text_of(only)
    assert any(custom_id.startswith("objection:state:") for custom_id in controls_of(only))
    assert await told(server, number) == ["channel"]
    assert await whole_period_left(server, number)
    # A hand on that message is one about this proposal, and after a crash it is not posted again.
    await server["dev"].react(only, "✋")
    await server.crash()
    assert await states(server, number) == [ObjectionState.RAISED, ObjectionState.RAISED]
    again = [p for p in server.channel(STAKEHOLDERS).history() if f"{server['cleo'].mention}, you" in text_of(p)]
    assert len(again) == 1


async def test_who_cannot_be_told_loses_nothing_and_is_told_by_their_own_next_act(server: Server) -> None:
    number = await closed_thread(server, messages=False, channel=False)
    await server.react("cleo", number)
    await server.crash()
    await server.advance(hours=71)
    assert (await objection(server, number)).untold
    assert await states(server, number) == [ObjectionState.RAISED], "48 hours are over, and nobody told her"
    assert "begins once its objector has been told" in await card(server, number)
    await server.advance(hours=3)
    assert await server.state(number) is ProposalState.DISPUTED, "it counts, and the proposal waits no longer for her"

    inbox = await server.slash("cleo", TALK, "inbox")
    assert "No. 1" in said(inbox) or "objection" in said(inbox)
    assert await told(server, number) == ["own act"]
    assert await whole_period_left(server, number)
    await server.advance(hours=47)
    assert await states(server, number) == [ObjectionState.RAISED]
    await server.advance(hours=2)
    assert await states(server, number) == [ObjectionState.CONCERN]


async def test_objecting_again_by_command_is_an_act_that_tells(server: Server) -> None:
    number = await closed_thread(server, messages=False, channel=False)
    await server.react("cleo", number)
    await server.advance(hours=50)
    again = await server.slash("cleo", TALK, "object", proposal=f"P-{number}")
    assert "Your objection stands already" in said(again)
    assert "State it by" in said(again)
    assert await told(server, number) == ["own act"]
    assert await whole_period_left(server, number)


async def read_it(server: Server, number: int) -> Any:
    """An act on this very proposal that is not about the objection."""
    return await on_card(server, "cleo", number, "read")


async def look_at_roles(server: Server, number: int) -> Any:
    """An act on something else."""
    return await server.slash("cleo", TALK, "roles list")


async def be_refused(server: Server, number: int) -> Any:
    """An act that is not taken: it is answered as well."""
    return await server.slash("cleo", TALK, "vote", proposal=f"P-{number}", choice="For")


@pytest.mark.parametrize("act", [read_it, look_at_roles, be_refused])
async def test_whatever_their_next_act_is_its_answer_tells(
    server: Server, act: Callable[[Server, int], Awaitable[Any]]
) -> None:
    number = await closed_thread(server, messages=False, channel=False)
    await server.react("cleo", number)
    await server.advance(hours=1)
    answer = await act(server, number)
    assert "You objected to this" in said(answer), said(answer)
    assert "State it by" in said(answer)
    assert await told(server, number) == ["own act"]
    assert await whole_period_left(server, number)
    state = next(c for c in controls_of(latest(answer)) if c.startswith("objection:state:"))
    again = await act(server, number)
    assert "You objected to this" not in said(again), "it is said once"
    form = await server.press("cleo", latest(answer), state)
    assert form.modal is not None
    assert "You objected to this" not in said(await server.slash("ben", TALK, "roles list")), "nobody else is told"


async def test_a_thread_that_opens_late_begins_it_then(server: Server) -> None:
    number = await closed_thread(server, messages=False, channel=False)
    await server.react("cleo", number)
    await server.advance(hours=10)
    open_again(server)
    await server.advance(hours=2)
    assert (await told(server, number))[:1] in (["thread"], ["direct message"], ["channel"])
    raised = await objection(server, number)
    assert raised.state_by is not None
    assert timedelta(hours=46) <= raised.state_by - server.env.now() <= timedelta(hours=48)


@pytest.mark.parametrize("way", ["button", "command"])
async def test_who_is_answered_at_once_has_the_usual_time(server: Server, way: str) -> None:
    number = await closed_thread(server, messages=False, channel=False)
    if way == "command":
        await server.slash("cleo", TALK, "object", proposal=f"P-{number}")
    else:
        proposal = await server.proposal(number)
        await server.press("cleo", await server.card(number), f"proposal:object:{proposal.id}")
    assert not (await objection(server, number)).untold
    await server.advance(hours=49)
    assert await states(server, number) == [ObjectionState.CONCERN]


async def test_a_no_in_a_closed_thread_is_answered_directly(server: Server) -> None:
    number = await closed_thread(server, messages=True)
    await server.react("cleo", number, "👎")
    await server.settle()
    (message,) = server.direct_messages("cleo")
    assert "a sign that is no objection" in message
    assert "react with ✋ on the card" in message


async def test_in_an_open_thread_nothing_else_is_sent(server: Server) -> None:
    number = await server.propose("tia", CORE)
    await server.react("tom", number)
    await server.settle()
    assert server.direct_messages("tom") == []
    assert await told(server, number) == []
    assert await whole_period_left(server, number)
