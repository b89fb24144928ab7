"""A group meets: scheduled by words, confirmed, held with its agenda, minuted, and followed by the next (RHY-1)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.discord.guild import DiscordFailure
from bot.governance.meetings import MeetingState
from bot.services.ports.deliveries import CalendarEntry
from tests.journeys import meeting
from tests.journeys.forging import press_forged
from tests.journeys.server import CORE, TALK, Server, controls_of, latest, said, serving, text_of


async def test_a_meeting_from_the_first_word_to_its_minutes(server: Server) -> None:
    shown = await meeting.typed(server, title="Weekly check", zone="Europe/Berlin", kind="operations", every="once")
    assert shown.ephemeral
    assert "Is this what you mean?" in said(shown)
    assert "18:00 on the clocks of Europe/Berlin" in said(shown)
    assert "<t:" in said(shown)
    assert await meeting.meetings(server) == (), "nothing is scheduled before it is confirmed"
    assert await meeting.events(server) == []
    confirmed = await meeting.confirm(server, "tom", shown)
    assert "is scheduled for" in said(confirmed)
    (held,) = await meeting.meetings(server)
    assert held.number == 1
    (event,) = await meeting.events(server)
    assert event.name == "M-1 · Weekly check"
    assert event.start_time == held.starts_at
    board = text_of(await meeting.board(server))
    assert "> **Weekly check**" in board
    assert "Check-in: how is everyone?" in board
    assert "It also stands among the events of this server." in board

    number = await server.propose("uma", CORE)
    form = await meeting.on_board(server, "uma", "add")
    await meeting.fill(server, "uma", form, item="Who **waters** the plants?")
    agenda = await server.slash("uma", CORE, "meeting agenda", meeting="M-1")
    assert "Who \\*\\*waters\\*\\* the plants?" in said(agenda)
    assert f"P-{number} ·" in said(agenda)
    await meeting.on_board(server, "tia", "here")
    await meeting.on_board(server, "uma", "absent")
    board = text_of(await meeting.board(server))
    assert "**Coming (1):**" in board
    assert "**Cannot come (1):**" in board

    await server.advance_to(held.starts_at)
    await server.advance(minutes=1)
    assert (await meeting.the(server, 1)).state is MeetingState.RUNNING
    for who in ("tom", "tia"):
        await meeting.on_board(server, who, "here")
    form = await server.slash("tia", CORE, "meeting notes", meeting="1")
    noted = await meeting.fill(server, "tia", form, notes="We talked about plants.\n# Not a heading", decisions="")
    assert "under your name" in said(noted)
    form = await meeting.on_board(server, "tom", "notes")
    await meeting.fill(server, "tom", form, notes="", decisions=f"P-{number}")

    asked = await meeting.on_board(server, "tom", "end")
    done = await server.press("tom", latest(asked), f"meeting:end-now:{held.id}")
    await server.settle()
    assert "is over" in said(done)
    assert await meeting.events(server) == [], "it ended before its time: its entry is gone"
    posted = [text for m in server.channel(CORE).history() if "Minutes of M-1" in (text := text_of(m))]
    assert len(posted) == 1
    (minutes,) = posted
    assert "**Here (2):**" in minutes
    assert f"P-{number} “A shared calendar" in minutes
    assert "noted <t:" in minutes
    assert "> We talked about plants.\n> \\# Not a heading" in minutes
    assert (await meeting.the(server, 1)).state is MeetingState.ENDED
    listed = await server.slash("tia", CORE, "meeting list")
    assert "M-1 · “Weekly check”" in said(listed)
    await server.advance(timedelta(days=30))
    assert len([m for m in server.channel(CORE).history() if "Minutes of M-1" in text_of(m)]) == 1


async def test_times_that_are_not_certain_are_asked_about_and_nothing_is_kept(server: Server) -> None:
    for when, words in {
        "next friday at 6": "Did you mean `2026-01-02 06:00` or `2026-01-02 18:00`?",
        "2026-03-29 02:30": "does not exist",
        "2026-10-25 02:30": "`2026-10-25 02:30 +02:00` for the first",
        "2020-01-01 18:00": "is over",
        "whenever suits": "I do not guess",
        "friday 18:00 CET": "choose the zone in `zone:`",
    }.items():
        shown = await meeting.typed(server, when=when, zone="Europe/Berlin")
        assert words in said(shown), when
        assert "Nothing was changed." in said(shown)
    assert await meeting.meetings(server) == ()
    offered = await server["tom"].autocomplete(server.channel(CORE), "meeting schedule", "zone", "berl")
    assert offered[0]["value"] == "Europe/Berlin"


async def test_confirmed_twice_and_after_a_restart_it_is_scheduled_once(server: Server) -> None:
    shown = await meeting.typed(server, title="Weekly check")
    message = latest(shown)
    await server.restart()
    (custom_id,) = controls_of(message)
    first = await server.press("tom", message, custom_id)
    second = await press_forged(server, "tom", CORE, custom_id)
    assert "is scheduled for" in said(first)
    assert "scheduled already" in said(second)
    assert len(await meeting.meetings(server)) == 1
    assert len(await meeting.events(server)) == 1
    assert len([m for m in server.channel(CORE).history() if "M-1 · Scheduled" in text_of(m)]) == 1


async def test_only_those_who_run_a_groups_meetings_schedule_move_cancel_and_end_them(server: Server) -> None:
    assert "facilitator or lead" in said(await meeting.typed(server, "tia"))
    held = await meeting.begun(server, title="Weekly check")
    for act in ("end", "end-now"):
        refused = await press_forged(server, "tia", CORE, f"meeting:{act}:{held.id}")
        assert "facilitator or lead" in said(refused)
    assert (await meeting.the(server, 1)).state is MeetingState.RUNNING
    refused = await press_forged(server, "nia", "lobby", f"meeting:here:{held.id}")
    assert "no seat" in said(refused)


@pytest.mark.parametrize(
    "custom_id", ["meeting:here:99", "meeting:confirm:99", "meeting:move-to:1:1798131600", "meeting:end:0"]
)
async def test_forged_ids_change_nothing(server: Server, custom_id: str) -> None:
    held = await meeting.scheduled(server, title="Weekly check")
    result = await press_forged(server, "tia", CORE, custom_id)
    assert result.ephemeral
    assert await meeting.the(server, 1) == held


async def test_what_somebody_else_typed_is_not_theirs_to_confirm(server: Server) -> None:
    shown = await meeting.typed(server)
    (custom_id,) = controls_of(latest(shown))
    refused = await press_forged(server, "tia", CORE, custom_id)
    assert "no such meeting" in said(refused)
    assert await meeting.meetings(server) == ()


async def test_a_meeting_is_moved_and_cancelled_for_all_to_see(server: Server) -> None:
    held = await meeting.scheduled(server, title="Weekly check", zone="Europe/Berlin", every="week")
    form = await meeting.on_board(server, "tom", "move")
    asked = await meeting.fill(server, "tom", form, when="in 4 days at 20:00")
    assert "Nothing is moved until you confirm it." in said(asked)
    assert (await meeting.the(server, 1)).starts_at == held.starts_at
    await meeting.confirm(server, "tom", asked)
    moved = await meeting.the(server, 1)
    assert moved.starts_at - held.starts_at == timedelta(days=1, hours=2)
    (event,) = await meeting.events(server)
    assert event.start_time == moved.starts_at
    told = [text_of(m) for m in server.channel(CORE).history()]
    assert len([text for text in told if "was moved by" in text]) == 1
    form = await meeting.on_board(server, "tom", "cancel")
    cancelled = await meeting.fill(server, "tom", form, cancellation="Nobody has time.", series=["one"])
    assert "The next one is M-2" in said(cancelled)
    told = [text_of(m) for m in server.channel(CORE).history()]
    assert len([text for text in told if "is cancelled by" in text and "> Nobody has time." in text]) == 1
    (event,) = await meeting.events(server)
    assert event.name == "M-2 · Weekly check", "the entry of the cancelled one is gone, the next one has its own"


async def test_a_meeting_moved_beyond_the_next_of_its_series_leaves_it_where_the_preview_says(server: Server) -> None:
    held = await meeting.scheduled(server, title="Weekly check", zone="Europe/Berlin", every="week")
    form = await meeting.on_board(server, "tom", "move")
    asked = await meeting.fill(server, "tom", form, when="in 12 days at 20:00")
    next_at = held.starts_at + timedelta(days=7)
    assert f"the next one is <t:{int(next_at.timestamp())}:F>" in said(asked), said(asked)
    assert len(await meeting.meetings(server)) == 1
    await meeting.confirm(server, "tom", asked)
    assert [m.starts_at for m in sorted(await meeting.meetings(server), key=lambda m: m.number)][1] == next_at
    assert len(await meeting.events(server)) == 2
    await server.restart()
    await server.advance_to(next_at + timedelta(minutes=1))
    assert (await meeting.the(server, 2)).state is MeetingState.RUNNING


async def test_a_weekly_meeting_through_the_week_in_which_the_clocks_change(server: Server) -> None:
    await meeting.scheduled(server, title="Weekly check", zone="Europe/Berlin", when="2026-03-27 18:00", every="week")
    for _ in range(2):
        held = (await meeting.meetings(server))[0]
        await server.advance_to(held.starts_at)
        await server.advance(minutes=1)
        await meeting.on_board(server, "tom", "here", held.number)
        await server.press("tom", await meeting.board(server, held.number), f"meeting:end:{held.id}")
        await press_forged(server, "tom", CORE, f"meeting:end-now:{held.id}")
        await server.settle()
    first, second, third = reversed(await meeting.meetings(server))
    assert (second.starts_at - first.starts_at, third.starts_at - second.starts_at) == (
        timedelta(days=7, hours=-1),
        timedelta(days=7),
    )
    assert "Friday 03 April 2026, 18:00 on the clocks of Europe/Berlin" in text_of(await meeting.board(server, 2))


async def test_after_a_month_away_one_listing_tells_what_was_missed(server: Server) -> None:
    await meeting.scheduled(server, title="Weekly check", every="week")
    await server.stop()
    await server.env.advance_time(timedelta(days=31).total_seconds())
    await server.start()
    await server.settle()
    first, following = reversed(await meeting.meetings(server))
    assert (first.state, following.state) == (MeetingState.MISSED, MeetingState.SCHEDULED)
    assert following.starts_at > server.env.now()
    told = [text for m in server.channel(CORE).history() if "while I was away" in (text := text_of(m))]
    assert len(told) == 1
    assert "4 meetings, on <t:" in told[0]
    assert "The next one is M-2" in told[0]
    assert [e.name for e in await meeting.events(server) if e.status is discord.EventStatus.scheduled] == [
        "M-2 · Weekly check"
    ]
    await server.restart()
    assert len([m for m in server.channel(CORE).history() if "while I was away" in text_of(m)]) == 1


async def test_an_entry_deleted_by_hand_is_made_again_also_while_the_bot_was_down(server: Server) -> None:
    await meeting.scheduled(server, title="Weekly check")
    (before,) = await meeting.events(server)
    async with server.by_hand():
        await before.delete()
    await server.settle()
    (after,) = await meeting.events(server)
    assert after.id != before.id
    await server.stop()
    guild = server.env.bot.get_guild(server.guild.id)
    assert guild is not None
    async with server.by_hand():
        await (await guild.fetch_scheduled_event(after.id)).delete()
    await server.start()
    await server.settle()
    (again,) = await meeting.events(server)
    assert again.id != after.id
    await server.restart()
    assert [event.id for event in await meeting.events(server)] == [again.id]
    async with server.by_hand():
        await again.cancel()
    await server.settle()
    stands = [e for e in await meeting.events(server) if e.status is discord.EventStatus.scheduled]
    assert len(stands) == 1
    assert stands[0].id != again.id


async def test_a_board_deleted_while_the_bot_was_down_is_posted_again(server: Server) -> None:
    await meeting.scheduled(server, title="Weekly check")
    before = await meeting.board(server)
    await server.stop()
    channel = server.env.bot.get_channel(server.channel(CORE).id)
    assert isinstance(channel, discord.TextChannel)
    async with server.by_hand():
        await channel.get_partial_message(before.id).delete()
    await server.start()
    await server.settle()
    after = await meeting.board(server)
    assert after.id != before.id
    await meeting.on_board(server, "tia", "here")
    assert "**Coming (1):**" in text_of(await meeting.board(server))


async def test_with_its_channel_gone_a_meeting_stands_and_its_board_comes_back(server: Server) -> None:
    await meeting.scheduled(server, title="Weekly check")
    channel = server.env.bot.get_channel(server.channel(CORE).id)
    assert isinstance(channel, discord.TextChannel)
    async with server.by_hand():
        await channel.delete()
    await server.settle()
    assert (await meeting.the(server, 1)).state is MeetingState.SCHEDULED
    assert (await meeting.board(server)).channel.id == server.channel(TALK).id
    planned = await server.slash("mod", "lobby", "setup start")
    plan = latest(planned)
    await server.press("mod", plan, next(c for c in controls_of(plan) if c.startswith("setup:apply")))
    await server.settle()
    assert server.channel(CORE).id != channel.id
    assert "> **Weekly check**" in text_of(await meeting.board(server))
    await meeting.scheduled(server, title="The one after")
    assert (await meeting.board(server, 2)).channel.id == server.channel(CORE).id


async def test_without_the_permission_a_meeting_stands_and_says_so_until_it_is_given(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = server.bot.http.request

    async def without_permission(route: discord.http.Route, **options: Any) -> Any:
        if route.method == "POST" and route.path.endswith("/scheduled-events"):
            response: Any = SimpleNamespace(status=403, reason="Forbidden")
            raise discord.Forbidden(response, {"code": 50013, "message": "Missing Permissions"})
        return await request(route, **options)

    with monkeypatch.context() as patched:
        patched.setattr(server.bot.http, "request", without_permission)
        held = await meeting.scheduled(server, title="Weekly check")
        await server.advance(minutes=5)
    assert held.state is MeetingState.SCHEDULED
    assert await meeting.events(server) == []
    assert "I lack the permission *Create Events*" in text_of(await meeting.board(server))
    await server.advance(hours=1)
    assert len(await meeting.events(server)) == 1
    assert "It also stands among the events of this server." in text_of(await meeting.board(server))


async def test_an_entry_made_just_before_a_crash_is_found_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = server.bot.guild_adapter.make_event

    async def made_and_lost(guild_id: int, entry: CalendarEntry) -> int:
        await make(guild_id, entry)
        raise DiscordFailure("the answer was lost")

    monkeypatch.setattr(server.bot.guild_adapter, "make_event", made_and_lost)
    await meeting.scheduled(server, title="Weekly check")
    assert len(await meeting.events(server)) == 1
    await server.crash()
    await server.advance(minutes=2)
    assert len(await meeting.events(server)) == 1
    assert "It also stands among the events of this server." in text_of(await meeting.board(server))


async def test_a_private_groups_meeting_is_seen_by_nobody_else(tmp_path: Path) -> None:
    async with serving(tmp_path, private="Commons") as server:
        shown = await meeting.typed(server, "cal", "cell-commons", title="Hush")
        await meeting.confirm(server, "cal", shown)
        (held,) = await meeting.meetings(server)
        assert await meeting.events(server) == []
        assert "does not stand among the server's events" in text_of(await meeting.board(server))
        assert "Hush" not in said(await server.slash("tia", CORE, "meeting list"))
        assert "no such meeting" in said(await server.slash("tia", CORE, "meeting agenda", meeting="M-1"))
        for act in ("here", "show", "add", "minutes"):
            refused = await press_forged(server, "tia", CORE, f"meeting:{act}:{held.id}")
            assert "no such meeting" in said(refused), act
        offered = await server["tia"].autocomplete(server.channel(CORE), "meeting agenda", "meeting", "")
        assert offered == []


async def test_words_of_people_cannot_pass_for_the_bots_own(server: Server) -> None:
    held = await meeting.begun(server, title="# Passed ||x|| @everyone")
    form = await meeting.on_board(server, "tia", "add")
    await meeting.fill(server, "tia", form, item="[click](https://evil.example) <t:1:R> @here")
    form = await meeting.on_board(server, "tia", "notes")
    await meeting.fill(
        server, "tia", form, notes="## Decided by all\n> <@&1> ```x```" + "long words " * 250, decisions=""
    )
    await meeting.on_board(server, "tia", "here")
    await press_forged(server, "tom", CORE, f"meeting:end-now:{held.id}")
    shown = [
        text_of(m) for m in server.channel(CORE).history() if "Minutes of M-1" in text_of(m) or "long" in text_of(m)
    ]
    whole = "\n".join(shown)
    assert "\\# Passed \\|\\|x\\|\\| \\@everyone" in whole
    assert "> \\## Decided by all" in whole or "> \\#\\# Decided" in whole
    assert "\\[click\\]" in whole
    assert whole.count("long words") >= 250


async def test_the_cycle_of_each_group_is_shown(server: Server) -> None:
    await meeting.scheduled(server, kind="strategy")
    listed = said(await server.slash("tia", CORE, "meeting list"))
    assert "strategy (once a quarter): M-1" in listed
    assert "purpose (once a year): none planned" in listed
    board = text_of(await meeting.board(server))
    assert "every 3 months on the 4th" in board
    assert "Is our strategy still right?" in board


async def test_it_begins_early_at_the_press_of_a_button_and_its_minutes_can_be_read_again(server: Server) -> None:
    held = await meeting.scheduled(server, title="Weekly check")
    begun = await meeting.on_board(server, "tom", "start")
    assert "has begun" in said(begun)
    assert "has begun already" in said(await press_forged(server, "tom", CORE, f"meeting:start:{held.id}"))
    refused = await server.slash("tia", CORE, "meeting notes", meeting="Weekly")
    assert "no such meeting" in said(refused)
    (offered,) = await server["tia"].autocomplete(server.channel(CORE), "meeting notes", "meeting", "WEEK")
    assert offered == {"name": "M-1 · Weekly check · 2026-01-04 · going on now", "value": "M-1"}
    form = await server.slash("tia", CORE, "meeting notes", meeting=offered["value"])
    await meeting.fill(server, "tia", form, notes="All is well.", decisions="")
    await press_forged(server, "tom", CORE, f"meeting:end-now:{held.id}")
    again = await meeting.on_board(server, "cal", "minutes")
    assert again.ephemeral
    assert "> All is well." in said(again)
    shown = await server.slash("cal", TALK, "meeting agenda", meeting="m-1")
    assert "Over" in said(shown)
    assert "Over" in said(await server.slash("cal", TALK, "meeting agenda", meeting="1/1"))
