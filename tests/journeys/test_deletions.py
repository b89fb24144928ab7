"""Cards, threads, channels and feed entries deleted by hand decide nothing and stand again (PRO-10, PRO-11, ORG-3)."""

from __future__ import annotations

from datetime import timedelta

import discord
import pytest

from bot.governance.proposals_types import ObjectionState, ProposalState
from tests.journeys import objecting
from tests.journeys.server import CONCERN, CORE, FEED, OBJECT, TALK, Server, controls_of, latest, said, text_of

HOUR = timedelta(hours=1)


async def delete(server: Server, *messages: discord.Message) -> None:
    """A moderator deletes messages by hand, many of them at once if there are many."""
    async with server.by_hand():
        channel = server.env.bot.get_channel(messages[0].channel.id)
        assert isinstance(channel, discord.TextChannel)
        if len(messages) == 1:
            await channel.get_partial_message(messages[0].id).delete()
        else:
            await channel.delete_messages([discord.Object(message.id) for message in messages])


async def delete_channel(server: Server, name: str) -> None:
    """A moderator deletes a channel by hand."""
    async with server.by_hand():
        channel = server.env.bot.get_channel(server.channel(name).id)
        assert isinstance(channel, discord.TextChannel)
        await channel.delete()


async def delete_thread(server: Server, number: int) -> None:
    """A moderator deletes a proposal's thread by hand."""
    async with server.by_hand():
        thread = server.env.bot.get_channel((await server.thread(number)).id)
        assert isinstance(thread, discord.Thread)
        await thread.delete()


async def set_up_again(server: Server, where: str) -> str:
    """``/setup`` again, and apply: what it answered."""
    shown = await server.slash("mod", where, "setup start")
    plan = latest(shown)
    press = next(c for c in controls_of(plan) if c.startswith("setup:"))
    done = await server.press("mod", plan, press)
    if any(c.startswith("setup:apply") for c in controls_of(latest(done))):
        done = await server.press("mod", latest(done), "setup:apply:1")
    await server.settle()
    return said(done)


def cards_in(server: Server, channel: str, number: int) -> list[str]:
    """Every message in a channel that is headed by this proposal's number."""
    texts = [text_of(message) for message in server.channel(channel).history()]
    return [text for text in texts if f"P-{number} ·" in text.splitlines()[0]]


@pytest.mark.parametrize("away", [False, True])
async def test_a_card_is_deleted(server: Server, away: bool) -> None:
    """Seen when it happens, or found at the next start."""
    await server.propose("tia", CORE)
    due = (await server.proposal(1)).closes_at
    await server.react("tom", 1)
    await objecting.state(server, "tom", 1)
    old = await server.card(1)
    if away:
        await server.stop()
        await delete(server, old)
        await server.start()
    else:
        await delete(server, old)

    new = await server.card(1)
    assert new.id != old.id
    assert cards_in(server, CORE, 1) == [text_of(new)], "one card stands"
    happened = await server.happened(1)
    assert happened.count("card lost") == happened.count("card posted again") == 1
    assert "objection withdrawn" not in happened
    [objection] = (await server.proposal(1)).objections
    assert objection.state is ObjectionState.STATED
    assert "No. 1" in text_of(new)
    assert (await server.proposal(1)).closes_at == due, "it stood again at once"
    assert any("was deleted. That decides nothing" in notice for notice in await server.notices(1))
    assert f"/{new.id}" in str([c.to_dict() for c in (await server.feed_entry(1)).components]), "the feed links to it"
    own = await objecting.reactors(server, 1, OBJECT)
    assert own == {server.bot.user.id if server.bot.user else 0}, "the bot's own reactions invite again"
    await server.react("uma", 1)
    await server.react("uma", 1, CONCERN)
    proposal = await server.proposal(1)
    assert [o.via for o in proposal.objections] == ["reaction", "reaction"]
    assert len(proposal.concerns) == 1
    await server.advance(hours=73 + 48)
    assert await server.state(1) is ProposalState.DISPUTED


@pytest.mark.parametrize("away", [False, True])
async def test_a_thread_is_deleted(server: Server, away: bool) -> None:
    await server.propose("tia", CORE)
    old = (await server.thread(1)).id
    if away:
        thread = server.bot.get_channel(old)
        assert isinstance(thread, discord.Thread)
        parent = thread.parent_id
        await server.stop()
        async with server.by_hand():
            channel = server.env.bot.get_channel(parent)
            assert isinstance(channel, discord.TextChannel)
            found = channel.get_thread(old)
            assert found is not None
            await found.delete()
        await server.start()
    else:
        await delete_thread(server, 1)
    await server.react("tom", 1)
    await server.settle()
    notices = await server.notices(1)
    assert any("thread of this proposal was deleted" in notice for notice in notices), notices
    assert any("State your objection" in notice for notice in notices)
    happened = await server.happened(1)
    assert happened.count("card lost") == happened.count("card posted again") == 1
    assert await server.state(1) is ProposalState.REVIEW


async def test_a_thread_deleted_unseen_is_found_when_something_is_to_be_told(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    await server.propose("tia", CORE)

    async def unheard(*_: object) -> None:
        """The event never arrives."""

    monkeypatch.setattr(server.bot.incidents, "thread_deleted", unheard)
    await delete_thread(server, 1)
    await server.react("tom", 1)
    await server.advance(minutes=1)
    notices = await server.notices(1)
    assert sum("State your objection" in notice for notice in notices) == 1, notices


@pytest.mark.parametrize("away", [False, True])
async def test_a_feed_entry_is_deleted(server: Server, away: bool) -> None:
    await server.propose("tia", CORE)
    old = await server.feed_entry(1)
    if away:
        await server.kill()
        await delete(server, old)
        await server.start()
    else:
        await delete(server, old)
    new = await server.feed_entry(1)
    assert new.id != old.id
    assert len(cards_in(server, FEED, 1)) == 1
    await server.react("tom", 1)
    assert "Object" in text_of(new)
    await server.advance(hours=73 + 48 + 49)
    assert "objection" not in (await server.proposal(1)).outcome
    assert await server.state(1) is ProposalState.ENACTED, "raised, never stated: a concern"


async def test_many_messages_are_deleted_at_once(server: Server) -> None:
    for who in ("tia", "tom", "uma"):
        await server.propose(who, CORE)
    due = [(await server.proposal(number)).closes_at for number in (1, 2, 3)]
    await delete(server, *[await server.card(number) for number in (1, 2, 3)])
    for number in (1, 2, 3):
        assert len(cards_in(server, CORE, number)) == 1
        assert (await server.proposal(number)).closes_at == due[number - 1]
    await server.react("uma", 2)
    assert len((await server.proposal(2)).objections) == 1
    await delete(server, *[await server.feed_entry(number) for number in (1, 2, 3)])
    assert [len(cards_in(server, FEED, number)) for number in (1, 2, 3)] == [1, 1, 1]


@pytest.mark.parametrize("away", [False, True])
async def test_a_channel_is_deleted_and_set_up_again(server: Server, away: bool) -> None:
    await server.propose("tia", CORE)
    await server.react("tom", 1)
    await objecting.state(server, "tom", 1)
    due = (await server.proposal(1)).closes_at
    assert due is not None
    await server.advance(hours=10)
    if away:
        await server.stop()
        await delete_channel(server, CORE)
        await server.start()
    else:
        await delete_channel(server, CORE)

    proposal = await server.proposal(1)
    assert proposal.clock.reasons == {"card missing"}
    alert = next(post for post in server.feed() if "A channel of this partnership is gone" in post)
    assert "/setup" in alert
    assert "clock is stopped" in text_of(await server.feed_entry(1))
    shown = await server.slash("tom", TALK, "proposal show", proposal="P-1")
    assert "clock is stopped" in said(shown), said(shown)
    await server.advance(hours=100)
    assert await server.state(1) is ProposalState.REVIEW, "nobody could have seen the card"

    stood = server.env.now() - proposal.clock.stopped_at if proposal.clock.stopped_at else timedelta(0)
    told = await set_up_again(server, "lobby")
    assert "core-team" in server.guild.channels, told
    proposal = await server.proposal(1)
    assert proposal.clock.reasons == frozenset(), proposal.clock
    assert proposal.closes_at == due + stood
    assert len(cards_in(server, CORE, 1)) == 1
    assert "Deadlines were moved by" in text_of(await server.card(1))
    assert "clock is stopped" not in text_of(await server.feed_entry(1))
    notices = await server.notices(1)
    assert any("clock runs again" in notice for notice in notices), notices
    await server.react("uma", 1)
    assert len((await server.proposal(1)).objections) == 2
    await server.advance(hours=62 + 49)
    assert await server.state(1) is ProposalState.DISPUTED


async def test_a_deleted_feed_is_told_where_everyone_may_write(server: Server) -> None:
    await server.propose("tia", CORE)
    due = (await server.proposal(1)).closes_at
    await delete_channel(server, FEED)
    talk = [text_of(message) for message in server.channel(TALK).history()]
    assert any("A channel of this partnership is gone" in text and "decisions feed" in text for text in talk), talk
    await objecting.everyone_reads(server, 1, "tom", "uma")
    await server.advance(hours=1)
    await set_up_again(server, "lobby")
    assert len(cards_in(server, FEED, 1)) == 1
    assert (await server.proposal(1)).closes_at == due, "its card stood all the time"
    await server.advance(hours=72)
    assert await server.state(1) is ProposalState.ENACTED
    assert any("Decided" in post or "Enacted" in post or "Carried out" in post for post in server.feed())


async def test_a_channel_gone_for_14_days_could_not_be_held(server: Server) -> None:
    await server.propose("tia", CORE)
    await delete_channel(server, CORE)
    await server.advance(timedelta(days=14) - HOUR)
    assert await server.state(1) is ProposalState.REVIEW
    await server.advance(HOUR)
    assert await server.state(1) is ProposalState.NOT_ADOPTED
    assert any("could not be held" in post for post in server.feed()), server.feed()
