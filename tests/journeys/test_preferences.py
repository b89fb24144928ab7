"""How people are reminded, as they live through it: quiet nights, opt-outs, budgets, absences, closed doors (RHY-2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.journeys.deciding import by_card, rows
from tests.journeys.forging import press_forged
from tests.journeys.meeting import scheduled
from tests.journeys.preferring import ALL, hours, wishes
from tests.journeys.server import CORE, TALK, Server, controls_of, latest, said, text_of


async def nudge(server: Server, number: int) -> tuple[str, set[int]]:
    """The notice of the nudge, and whom it pings."""
    message = next(m for m in (await server.thread(number)).history() if "The time is nearly up" in text_of(m))
    return text_of(message), {user.id for user in message.mentions}


async def nightly(server: Server) -> tuple[int, datetime]:
    """A proposal of the core team's whose nudge comes at 02:00 UTC."""
    await server.advance_to(datetime(2026, 1, 14, 2, tzinfo=UTC))
    return await server.propose("tia", TALK, "operational"), datetime(2026, 1, 16, 2, tzinfo=UTC)


async def test_each_is_reminded_as_they_chose_through_restarts(server: Server) -> None:
    panel = said(await server.slash("ada", TALK, "reminders preferences", zone="Europe/Lisbon"))
    assert "**Time zone:** Europe/Lisbon." in panel
    kept = await hours(server, "ada", zone="Europe/Lisbon", quiet_from="22:00", quiet_to="07:00")
    assert "from 22:00 until 07:00" in kept
    assert "everything but proposals about to close" in await wishes(server, "ben", topics=ALL[1:])
    await wishes(server, "cleo", way=["mention"])
    await wishes(server, "dev", way=["direct"])
    await wishes(server, "fay", mentions="0", digest_day=["daily"], digest_at="18:00")
    number, at = await nightly(server)
    await server.advance_to(at + timedelta(minutes=5))
    text, pinged = await nudge(server, number)
    assert pinged == {server["cleo"].id, server["eli"].id}, text
    assert "and 4 more" in text
    for left_alone in ("ada", "ben", "dev", "fay"):
        assert f"<@{server[left_alone].id}>" not in text
    got = {who for who in ("ada", "ben", "cleo", "dev", "eli", "fay") if told(server, who)}
    assert got == {"dev"}, "by one way: Eli, who chose nothing, is mentioned"
    assert "This reminder comes once" in told(server, "dev")[0]
    await server.crash()
    await server.advance_to(at.replace(hour=7) + timedelta(minutes=5))
    assert len(told(server, "ada")) == 1
    assert "late" not in told(server, "ada")[0]
    await server.restart()
    await server.advance_to(at.replace(hour=18) + timedelta(minutes=5))
    (digest,) = [text for text in server.direct_messages("fay") if "Reminders that waited" in text]
    assert f"P-{number}" in digest
    await server.advance(hours=5)
    assert {who: len(told(server, who)) for who in ("ada", "ben", "cleo", "dev", "eli")} == {
        "ada": 1, "ben": 0, "cleo": 0, "dev": 1, "eli": 0
    }  # fmt: skip
    assert "quiet" not in str([recorded.event.data for recorded in await server.events(number)])


def told(server: Server, who: str) -> list[str]:
    return [text for text in server.direct_messages(who) if "You have neither read it" in text and "digest" not in text]


async def test_a_month_of_downtime_is_one_digest_and_no_flood(server: Server) -> None:
    await wishes(server, "uma", digest_day=["daily"])
    for day in (8, 15, 22):
        await scheduled(server, when=f"2026-01-{day:02} 18:00")
    await server.stop()
    await server.env.advance_time(timedelta(days=35).total_seconds())
    await server.start()
    await server.advance(minutes=5)
    missed = [text for text in server.direct_messages("uma") if "could not be given to you in time" in text]
    assert len(missed) == 1
    assert all(missed[0].count(f"**M-{n}") == 1 for n in (1, 2, 3)), missed
    await server.restart()
    await server.advance(hours=50)
    assert len([text for text in server.direct_messages("uma") if "could not be given to you in time" in text]) == 1
    assert len(server.direct_messages("uma")) <= 3


async def test_closed_direct_messages_are_told_of_where_they_are_not_needed(server: Server) -> None:
    await wishes(server, "ada", way=["direct"])
    number, at = await nightly(server)
    for reader in ("ben", "cleo", "dev", "eli", "fay"):
        await by_card(server, reader, number, "read")
    server.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, message="closed", times=1)
    await server.advance_to(at + timedelta(minutes=5))
    assert server.direct_messages("ada") == []
    inbox = said(await server.slash("ada", TALK, "inbox"))
    assert f"P-{number}" in inbox
    assert "1 message to you could not be delivered" in inbox
    assert "Allow direct messages" in said(await server.slash("ada", TALK, "reminders preferences"))


async def test_bad_input_gives_the_words_back_and_a_reset_forgets(server: Server) -> None:
    refused = await hours(server, "ada", zone="Atlantis", quiet_from="22:00", quiet_to="7")
    assert "Atlantis" in refused
    refused = await hours(server, "ada", quiet_from="26:00", quiet_to="7:00")
    assert "26\\:00" in refused
    assert "Quiet from" in refused
    await hours(server, "ada", back="in 3 days")
    panel = await server.slash("ada", TALK, "reminders preferences")
    reset = next(c for c in controls_of(latest(panel)) if c.startswith("reminders:reset:"))
    assert "everything." in said(await server.press("ada", latest(panel), reset))
    before = rows(server)
    assert "You hold no seat" in said(await server.slash("nia", "lobby", "reminders preferences"))
    assert rows(server) == before
    await server.propose("tia", TALK)
    before = rows(server)
    assert "Nothing was changed" in said(await press_forged(server, "tia", CORE, "reminders:reset:99"))
    assert rows(server) == before


async def test_the_inbox_holds_every_noun_and_the_weekly_digest_is_posted(server: Server) -> None:
    await server.settle()
    await scheduled(server, when="2026-01-09 18:00")
    inbox = await server.slash("tia", TALK, "inbox")
    assert "Do you come?" in said(inbox)
    come = next(c for c in controls_of(latest(inbox)) if c.startswith("meeting:here:"))
    await server.press("tia", latest(inbox), come)
    assert "Do you come?" not in said(await server.slash("tia", TALK, "inbox"))
    await server.advance_to(datetime(2026, 1, 5, 9, 5, tzinfo=UTC))
    posts = [text_of(m) for m in server.channel(TALK).history() if "Of “River Commons”, since" in text_of(m)]
    assert len(posts) == 1
    assert "M-1" in posts[0]
    await server.crash()
    await server.advance(hours=24)
    assert len([m for m in server.channel(TALK).history() if "Of “River Commons”, since" in text_of(m)]) == 1
