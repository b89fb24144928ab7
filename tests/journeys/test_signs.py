"""Every sign that somebody gives is taken in or answered: other messages, other emoji, many at once (OBJ-1, OBJ-5)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import discord
import pytest

from bot.governance.proposals_types import ObjectionState, ProposalState
from tests.journeys.objecting import control, everyone_reads, reactors, states
from tests.journeys.server import CONCERN, OBJECT, TALK, Server, text_of

Message = Callable[[Server, int], Awaitable[discord.Message]]


async def operational(server: Server, **texts: str) -> int:
    """A proposal of the core team which the six stakeholders review."""
    return await server.propose("tia", TALK, "operational", **texts)


async def feed_entry(server: Server, number: int) -> discord.Message:
    return await server.feed_entry(number)


async def text(server: Server, number: int) -> discord.Message:
    return (await server.thread(number)).history()[0]


async def end_of_text(server: Server, number: int) -> discord.Message:
    """The text is longer than one message."""
    first, second, *_ = (await server.thread(number)).history()
    assert "A page of reasons." in text_of(first)
    assert "A page of reasons." in text_of(second)
    return second


async def notice(server: Server, number: int) -> discord.Message:
    await server.react("fay", number, CONCERN)
    await server.settle()
    return (await server.thread(number)).history()[-1]


async def earlier_card(server: Server, number: int) -> discord.Message:
    """Discord says that the card is gone, it is posted again, and the first copy is still there."""
    first = await server.card(number)
    gone = {"id": str(first.id), "channel_id": str(first.channel.id), "guild_id": str(server.guild.id)}
    await server.dispatch("raw_message_delete", discord.RawMessageDeleteEvent(gone))  # type: ignore[arg-type]
    await server.settle()
    assert (await server.card(number)).id != first.id
    return first


PAGE = "A page of reasons. "
LONG = {"ask": PAGE * 75, "why": PAGE * 75, "outcome": PAGE * 50, "risks": PAGE * 50}
SOMEWHERE: dict[str, Message] = {
    "ada": feed_entry,
    "ben": text,
    "cleo": end_of_text,
    "dev": notice,
    "eli": earlier_card,
}
"""Who raises a hand on which message."""


@pytest.mark.parametrize("away", [False, True])
async def test_a_hand_on_any_message_about_a_proposal_is_an_objection(server: Server, away: bool) -> None:
    number = await operational(server, **LONG)
    messages = {who: await where(server, number) for who, where in SOMEWHERE.items()}
    if away:
        await server.stop()
    for who, message in messages.items():
        await server[who].react(message, "✋🏽")
    if away:
        await server.start()
    await server.settle()
    assert await states(server, number) == [ObjectionState.RAISED] * 5
    told = "\n".join(await server.notices(number))
    assert all(f"{server[who].mention}, you raised objection No." in told for who in SOMEWHERE)
    # The same hand on the card as well is the same objection, and another's is another.
    await server.react("cleo", number)
    await server.react("fay", number)
    await server.settle()
    assert await states(server, number) == [ObjectionState.RAISED] * 6


async def test_an_earlier_copy_that_is_gone_is_not_asked_for_twice(server: Server) -> None:
    number = await operational(server)
    first = await earlier_card(server, number)
    async with server.by_hand():
        await first.delete()
    await server.restart()
    assert f"/channels/{first.channel.id}/messages/{first.id}" in _fetched(server)
    before = len(server.env.http_requests)
    await server.restart()
    assert f"/channels/{first.channel.id}/messages/{first.id}" not in _fetched(server, before)


async def test_an_outage_costs_few_requests_however_long_the_discussion(server: Server) -> None:
    number = await operational(server)
    for who in ("ada", "ben", "cleo", "dev"):
        for _ in range(2):
            await server.react(who, number)
            await server.press(who, await server.card(number), await control(server, number, "read"))
    await server.stop()
    before = len(server.env.http_requests)
    await server.start()
    thread = await server.thread(number)
    assert len([path for path in _fetched(server, before) if f"/channels/{thread.id}/" in path]) <= 2


def _fetched(server: Server, since: int = 0) -> list[str]:
    return [request.path for request in server.env.http_requests[since:] if request.method == "GET"]


@pytest.mark.parametrize("emoji", ["🖐️", "👎🏻", "🙅‍♀️"])
async def test_a_sign_that_says_no_is_answered_once_and_records_nothing(server: Server, emoji: str) -> None:
    number = await operational(server)
    for _ in range(3):
        await server.react("cleo", number, emoji)
        await server.unreact("cleo", number, emoji)
    await server["cleo"].react(await server.feed_entry(number), "⛔")
    await server.settle()
    assert await states(server, number) == []
    answered = [each for each in await server.notices(number) if "Nothing was recorded from it" in each]
    (only,) = answered
    for words in (server["cleo"].mention, emoji, "react with ✋ or press the button", "[✋ Object]"):
        assert words in only
    # What it leads to works, and the next one to say no is answered as well.
    custom_id = await control(server, number, "object")
    await server.press("cleo", await server.notice_with(number, custom_id), custom_id)
    await server.react("dev", number, emoji)
    await server.settle()
    assert await states(server, number) == [ObjectionState.RAISED]
    assert (await server.happened(number)).count("sign answered") == 2


async def test_an_emoji_of_the_servers_own_that_says_no_is_answered_and_others_are_not(server: Server) -> None:
    number = await operational(server)
    shown = await server.card(number)
    for name in ("party_parrot", "thumbs_down", "Veto"):
        await _reacts(server, "cleo" if name == "Veto" else "ada", shown, discord.PartialEmoji(name=name, id=77))
    for plain in ("👍", "🎉", "🙏"):
        await server.react("ben", number, plain)
    await server.settle()
    told = [each for each in await server.notices(number) if "Nothing was recorded from it" in each]
    assert len(told) == 2
    assert "“thumbs\\_down”" in told[0] or "“thumbs_down”" in told[0]
    assert await states(server, number) == []


async def test_a_no_that_was_given_while_the_bot_was_away_is_answered_once(server: Server) -> None:
    number = await operational(server)
    shown = await server.card(number)
    await server.stop()
    await server["cleo"].react(shown, "👎")
    for _ in range(2):
        await server.start()
        assert (await server.happened(number)).count("sign answered") == 1
        await server.stop()
    await server.start()


async def test_nothing_is_said_to_a_no_once_the_window_is_over_or_when_they_object_already(server: Server) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    await server.react("cleo", number, "👎")
    await everyone_reads(server, number, "ada", "ben", "dev", "eli")
    await server.advance(hours=74)
    assert await server.state(number) is not ProposalState.REVIEW
    await server.react("dev", number, "👎")
    await server.settle()
    assert "sign answered" not in await server.happened(number)


async def _reacts(server: Server, who: str, message: discord.Message, emoji: discord.PartialEmoji) -> None:
    """A reaction as Discord tells of it."""
    guild = server.bot.get_guild(server.guild.id)
    assert guild is not None
    data = {
        "user_id": server[who].id,
        "channel_id": message.channel.id,
        "message_id": message.id,
        "guild_id": guild.id,
        "emoji": {"id": emoji.id, "name": emoji.name},
        "burst": False,
        "type": 0,
    }
    event = discord.RawReactionActionEvent(data, emoji, "REACTION_ADD")  # type: ignore[arg-type]
    event.member = guild.get_member(server[who].id)
    await server.dispatch("raw_reaction_add", event)


async def test_who_may_not_object_is_told_once_however_often_they_react(server: Server) -> None:
    number = await operational(server)
    for _ in range(25):
        await server.react("uma", number)
        await server.settle()
        assert server["uma"].id not in await reactors(server, number, OBJECT)
    await server["uma"].react(await server.feed_entry(number), OBJECT)
    await server.crash()
    await server.react("uma", number)
    await server.settle()
    assert len(server.direct_messages("uma")) == 1
    assert server["uma"].id not in await reactors(server, number, OBJECT)
    # Of another proposal they are told as well.
    other = await operational(server)
    await server.react("uma", other)
    await server.settle()
    assert len(server.direct_messages("uma")) == 2


async def test_forty_who_may_not_object_at_once_are_told_once_each_and_removed_one_by_one(server: Server) -> None:
    number = await operational(server)
    names = [f"guest-{n}" for n in range(40)]
    for name in names:
        server.join(name, ["Contributor"])
    await server.settle()
    shown = await server.card(number)
    removing, most = 0, 0
    remove = server.bot.guild_adapter.remove_reaction

    async def counted(channel_id: int, message_id: int, emoji: str, user_id: int) -> None:
        nonlocal removing, most
        removing += 1
        most = max(most, removing)
        await remove(channel_id, message_id, emoji, user_id)
        removing -= 1

    server.bot.guild_adapter.remove_reaction = counted  # type: ignore[method-assign]
    for name in names:
        server.env.backend.set_reaction(shown.channel.id, shown.id, OBJECT, server[name].id, True)
    await server.react("cleo", number)
    await server.settle()
    await server.settle()
    assert most == 1
    assert {len(server.direct_messages(name)) for name in names} == {1}
    assert server.bot.user is not None
    assert await reactors(server, number, OBJECT) == {server.bot.user.id, server["cleo"].id}
    assert await states(server, number) == [ObjectionState.RAISED]


async def test_a_reaction_during_start_up_is_refused_once(server: Server) -> None:
    """Told of before the server is taken in, and found on the card as it is: it is one reaction."""
    number = await operational(server)
    await server.dispatch("disconnect")
    await server["uma"].react(await server.card(number), OBJECT)
    await server["cleo"].react(await server.card(number), OBJECT)
    before = len(server.env.http_requests)
    await server.dispatch("resumed")
    await server.settle()
    deleted = [r for r in server.env.http_requests[before:] if r.method == "DELETE" and "/reactions/" in r.path]
    assert len(deleted) == 1
    assert len(server.direct_messages("uma")) == 1
    assert await states(server, number) == [ObjectionState.RAISED]


@pytest.mark.parametrize("wiped", ["all", CONCERN])
async def test_reactions_wiped_unseen_are_put_back_with_the_next_start(server: Server, wiped: str) -> None:
    number = await operational(server)
    await server.react("cleo", number)
    shown = await server.card(number)
    await server.stop()
    async with server.by_hand():
        channel = server.env.bot.get_channel(shown.channel.id)
        assert isinstance(channel, discord.TextChannel)
        message = channel.get_partial_message(shown.id)
        await (message.clear_reactions() if wiped == "all" else message.clear_reaction(wiped))
    for _ in range(2):
        await server.start()
        await server.settle()
        assert server.bot.user is not None
        for emoji in (OBJECT, CONCERN):
            assert server.bot.user.id in await reactors(server, number, emoji)
        assert await states(server, number) == [ObjectionState.RAISED]
        assert (await server.happened(number)).count("reactions wiped") == 1
        await server.stop()
    await server.start()
