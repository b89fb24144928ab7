"""Erasure reaches what the bot posted: thread texts, differences, notices, outcomes, lists and letters (REC-1)."""

from __future__ import annotations

import re
from dataclasses import replace

import discord

from bot.governance.meetings_events import MeetingScheduled
from bot.governance.retros import RetroState
from bot.governance.retros_events import RetroClosed
from bot.operation import upkeep
from bot.services import erasures
from bot.services.ports.deliveries import DeliveryKind
from config.settings import Settings
from tests.journeys import looking_back, objecting
from tests.journeys import meeting as meetings
from tests.journeys.deciding import withdraw
from tests.journeys.logged import TOKEN
from tests.journeys.preferring import wishes
from tests.journeys.server import CORE, FEED, TALK, Server, page_one, server_ids, text_of

SECRET = "Old Marsh Lane 7"
MUCH = ("It stands at Old Marsh Lane 7, and more has to be said about it. " * 30)[:1490]
LONG = {"ask": MUCH, "why": MUCH, "outcome": MUCH[:990], "risks": MUCH[:990]}
"""More than one message holds."""


async def number_of(server: Server, proposal: int, happened: str) -> int:
    """The number in the record of the latest event of this type."""
    return next(r.number for r in reversed(await server.events(proposal)) if r.event.name == happened)


async def erase(server: Server, event: int) -> None:
    """The operator erases the words of an event while the bot runs; it goes to work with its next sweep."""
    await server.as_bot(erasures.erase(server.bot.ctx, server.hosted, event))
    await server.settle()


def everything_shown(server: Server) -> str:
    """All that anybody can read of the bot in the server: channels, threads with their names, direct messages."""
    told = []
    for channel in server.guild.channels.values():
        # Only simulated Discord adds a line of its own for a thread that is opened under a message.
        told += [text_of(m) for m in channel.history() if m.type is not discord.MessageType.thread_created]
        for thread in channel.threads:
            told += [thread.name or "", *map(text_of, thread.history())]
    return "\n".join([*told, *(text for who in server.people for text in server.direct_messages(who))])


def settings_of(server: Server) -> Settings:
    return Settings(discord_token=TOKEN, database_url=server.database_url, _env_file=None)


async def test_words_of_a_version_leave_text_card_feed_differences_and_the_threads_name(server: Server) -> None:
    number = await server.propose("tia", CORE, title=f"The well of {SECRET}", **LONG)
    await server.react("tom", number)
    await server.settle()
    proposal = await server.proposal(number)
    first = len((await server.thread(number)).history())
    await objecting.revise(server, "tia", number, **(page_one() | {"title": "A well for the whole valley"}))
    assert everything_shown(server).count(SECRET) > 3
    others = [text for text in await server.notices(number) if SECRET not in text]

    await erase(server, await number_of(server, number, "review opened"))

    assert SECRET not in everything_shown(server)
    shown = await server.notices(number)
    assert all(text in shown for text in others), "what does not hold the words stands as it was"
    assert len(shown) < first + len(others), "of several messages of a long text one is left"
    assert sum("erased on request" in text for text in shown) >= 1
    assert "A well for the whole valley" in text_of(await server.card(number))
    assert (await server.proposal(number)).electors == proposal.electors
    again = len(server.env.http_requests)
    await server.advance(minutes=5)
    assert [r for r in server.env.http_requests[again:] if r.method in {"PATCH", "DELETE"}] == [], "once is enough"


async def test_the_card_is_drawn_again_after_an_erasure_and_so_is_the_feed(server: Server) -> None:
    """The honest act beside it: the other proposal keeps every word."""
    number = await server.propose("tia", CORE, title=f"The well of {SECRET}")
    other = await server.propose("tom", CORE, title="The bridge")
    assert SECRET in text_of(await server.card(number))
    assert SECRET in text_of(await server.feed_entry(number))
    await erase(server, await number_of(server, number, "review opened"))
    for shown in (await server.card(number), await server.feed_entry(number)):
        assert SECRET not in text_of(shown)
        assert "erased on request" in text_of(shown)
    assert (await server.thread(number)).name == "P-1 erased on request"
    for shown in (await server.card(other), await server.feed_entry(other)):
        assert "The bridge" in text_of(shown)
    assert "The bridge" in ((await server.thread(other)).name or "")


async def test_a_notice_an_outcome_and_a_reason_are_changed_where_they_stand(server: Server) -> None:
    number = await server.propose("tia", CORE)
    await server.react("tom", number)
    await server.settle()
    await objecting.state(server, "tom", number, reason=f"{SECRET} is where it would do harm to the people there.")
    await withdraw(server, "tia", number, f"Not at {SECRET}.")
    posts = [message.id for message in server.channel(FEED).history()]
    assert SECRET in everything_shown(server)
    await erase(server, await number_of(server, number, "objection stated"))
    await erase(server, await number_of(server, number, "proposal withdrawn"))
    assert SECRET not in everything_shown(server)
    assert [message.id for message in server.channel(FEED).history()] == posts, "nothing is posted anew"
    outcome = next(text for text in server.feed() if "-# Outcome" in text)
    assert "Withdrawn" in outcome
    assert outcome.rpartition("\n")[2].startswith("-# Record #"), "and its receipt still stands at its end"


async def test_an_erasure_while_the_bot_is_down_is_shown_at_its_next_start(server: Server) -> None:
    """And one that dies half-way goes on: what was changed is not changed again, what was not is."""
    number = await server.propose("tia", CORE, title=f"The well of {SECRET}", **LONG)
    event = await number_of(server, number, "review opened")
    await server.stop()
    outcome = await upkeep.erase(settings_of(server), None, server.hosted, event, server.env.now)
    assert "The bot changes what it posted of it in Discord" in "\n".join(outcome.lines)
    assert SECRET in everything_shown(server)
    server.env.inject_error("PATCH", "/channels/*/messages/*", status=503, times=1)
    await server.start()
    await server.crash()
    await server.advance(minutes=2)
    assert SECRET not in everything_shown(server)


async def test_letters_and_news_lose_the_title_also_when_their_words_are_not_kept_any_more(server: Server) -> None:
    for who in ("ada", "ben"):
        await wishes(server, who, way=["direct"])
    number = await server.propose("tia", TALK, "operational", title=f"The well of {SECRET}")
    await server.advance(hours=71)
    got = [who for who in server.people if any(SECRET in text for text in server.direct_messages(who))]
    assert got, "a reminder told of it"
    await server.advance(hours=24 * 9)
    assert any("📰 News" in text and SECRET in text for text in map(text_of, server.channel(TALK).history()))
    await erase(server, await number_of(server, number, "review opened"))
    assert SECRET not in everything_shown(server)
    for who in got:
        assert any("A reminder stood here" in text for text in server.direct_messages(who)), who


async def test_what_discord_refuses_is_listed_with_what_to_do_and_done_once_it_lets_us(server: Server) -> None:
    number = await server.propose("tia", CORE, title=f"The well of {SECRET}")
    thread = await server.thread(number)
    (text,) = [m for m in thread.history() if SECRET in text_of(m)]
    path = f"/channels/{thread.id}/messages/*"
    server.env.inject_error("PATCH", path, status=403, code=50005, message="Thread is locked", times=6)
    await erase(server, await number_of(server, number, "review opened"))
    assert SECRET not in text_of(await server.card(number)), "one refusal holds up nothing else"
    left = await upkeep.left(settings_of(server))
    said = "\n".join(left.lines)
    assert not left.well
    assert f"https://discord.com/channels/{server.guild.id}/{thread.id}/{text.id}" in said
    assert "Thread is locked" in said
    assert "delete the message by hand" in said
    await server.advance(hours=2)
    assert SECRET not in everything_shown(server)
    left = await upkeep.left(settings_of(server))
    assert (left.well, left.lines) == (True, ("Nothing is left: every message that held erased words was changed.",))


async def test_what_somebody_deleted_by_hand_is_no_refusal(server: Server) -> None:
    number = await server.propose("tia", CORE, title=f"The well of {SECRET}")
    (text,) = [m for m in (await server.thread(number)).history() if SECRET in text_of(m)]
    channel = server.env.bot.get_channel((await server.thread(number)).id)
    assert isinstance(channel, discord.Thread)
    async with server.by_hand():
        await channel.get_partial_message(text.id).delete()
    await erase(server, await number_of(server, number, "review opened"))
    assert SECRET not in everything_shown(server)
    assert (await upkeep.left(settings_of(server))).well


async def test_a_forgotten_person_is_mentioned_nowhere_any_more(server: Server) -> None:
    number = await server.propose("tia", CORE)
    await server.react("tom", number)
    await server.settle()
    await objecting.state(server, "tom", number)
    mention = f"<@{server['tom'].id}>"
    assert mention in everything_shown(server)
    await server.as_bot(erasures.forget(server.bot.ctx, server["tom"].id))
    await server.settle()
    assert mention not in everything_shown(server)
    assert f"<@{server['tia'].id}>" in everything_shown(server)
    assert objecting.REASON in everything_shown(server), "what they published stays, without their name"


async def test_lessons_go_with_the_file_that_carries_them(server: Server) -> None:
    """Files beside a post are files that the bot posted; the board and the post are drawn without the words."""
    await looking_back.begin(server, title=f"Looking back on {SECRET}")
    await looking_back.go_on(server)
    await looking_back.write(server, "tia", 0, f"We met at {SECRET}")
    await server.advance(minutes=5)
    while await looking_back.go_on(server) is not RetroState.CLOSED:
        await server.advance(minutes=5)
    (lessons,) = [message for message in server.channel(CORE).history() if message.attachments]
    assert SECRET.encode() in await lessons.attachments[0].read()
    closed = next(r.number for r in await looking_back.events(server) if r.event.type is RetroClosed)
    await erase(server, closed)
    assert SECRET not in everything_shown(server)
    assert [message for message in server.channel(CORE).history() if message.attachments] == []
    assert "erased on request" in text_of(server.message(server.channel(CORE).id, lessons.id))
    assert "erased on request" in await looking_back.told(server)


async def test_a_meeting_s_minutes_and_its_entry_among_the_server_s_events(server: Server) -> None:
    meeting = await meetings.scheduled(server, title=f"At {SECRET}")
    (entry,) = await meetings.events(server)
    assert SECRET in entry.name
    async with server.bot.ctx.uow.read() as tx:
        told = await tx.record.of(server.hosted, f"meeting/{meeting.id}")
    await erase(server, next(r.number for r in told if r.event.type is MeetingScheduled))
    assert SECRET not in everything_shown(server)
    (entry,) = await meetings.events(server)
    assert "erased on request" in entry.name


async def test_no_name_of_anybody_stands_in_an_export(server: Server) -> None:
    """REC-1: people are random ids there, whatever the bot wrote of them; their own words stand in it."""
    await server.ratify()
    number = await server.propose("tia", CORE)
    await server.react("tom", number)
    await server.settle()
    await objecting.state(server, "tom", number)
    file = server.folder / "record.jsonl"
    assert (await upkeep.export(settings_of(server), file)).well
    exported = file.read_text()
    assert objecting.REASON in exported
    words = set(re.findall(r"\w+", exported.casefold()))
    assert words & {*server.people} == set()
    assert server_ids(server) & set(re.findall(r"[0-9]{17,20}", exported)) == set()
    assert (await upkeep.verify(settings_of(server), file)).well


async def test_what_was_posted_before_messages_were_noted_is_found_by_its_marker(server: Server) -> None:
    """A database of an earlier version knows the first message of a long text only, and no place of a letter."""
    number = await server.propose("tia", CORE, title=f"The well of {SECRET}", **LONG)
    await server.advance(hours=71)
    async with server.bot.ctx.uow.write() as tx:
        for each in await tx.deliveries.of_proposal((await server.proposal(number)).id):
            if each.kind is DeliveryKind.TEXT:
                await tx.deliveries.save(replace(each, more=None))
    await erase(server, await number_of(server, number, "review opened"))
    assert SECRET not in everything_shown(server)
