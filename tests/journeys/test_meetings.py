"""A group meets: scheduled by words, confirmed, held with its agenda, minuted, and followed by the next (RHY-1)."""

from __future__ import annotations

from datetime import timedelta

from bot.governance.meetings import MeetingState
from tests.journeys import meeting
from tests.journeys.server import CORE, Server, latest, said, text_of


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
    assert "M-1 · Weekly check" in board
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
    posted = [text for m in server.channel(CORE).history() if "Minutes of M-1" in (text := text_of(m))]
    assert len(posted) == 1
    (minutes,) = posted
    assert "**Here (2):**" in minutes
    assert f"P-{number} “A shared calendar" in minutes
    assert "noted <t:" in minutes
    assert "> We talked about plants.\n> \\# Not a heading" in minutes
    assert (await meeting.the(server, 1)).state is MeetingState.ENDED
    listed = await server.slash("tia", CORE, "meeting list")
    assert "M-1 · Weekly check" in said(listed)
    await server.advance(timedelta(days=30))
    assert len([m for m in server.channel(CORE).history() if "Minutes of M-1" in text_of(m)]) == 1
