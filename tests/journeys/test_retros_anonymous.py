"""Nobody can tell who wrote or gave what: every message, event, log line and table is read (LRN-1, RUN-4)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.governance.retros import RetroState
from bot.operation.logs import QUIET
from storage.backup import backup
from tests.journeys.looking_back import (
    begin,
    check_in,
    dots,
    everything_kept,
    everything_said,
    go_on,
    press,
    retro,
    write,
)
from tests.journeys.server import Server, said
from tests.journeys.test_ballots import person, stored

AUTHORS = ("ada", "cleo", "dev", "tia")
"""They write; tom leads, and uma watches."""
CARDS = {who: f"what {place} had to say" for who, place in zip(AUTHORS, ("one", "two", "three", "four"), strict=True)}


def near(everything: str, who: str, words: str) -> bool:
    """Whether somebody's id stands on a line with these words, or directly beside them."""
    lines = everything.splitlines()
    return any(who in "\n".join(lines[max(0, at - 1) : at + 2]) for at, line in enumerate(lines) if words in line)


async def test_every_message_event_log_line_and_table_is_read(
    server: Server, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level("DEBUG")
    for library, least in QUIET.items():
        caplog.set_level(least, logger=library)
    people = {who: await person(server, who) for who in AUTHORS}
    await begin(server)
    for place, who in enumerate(AUTHORS):
        await check_in(server, who, f"mood{place}")
    await go_on(server)
    for who, words in CARDS.items():
        await write(server, who, 0, words)

    # While cards are hidden: no message shows them, no row holds a person's id with them, a backup holds no key.
    assert not [words for words in CARDS.values() if words in everything_said(server)]
    rows = everything_kept(server)
    sealed = rows["sealed"]
    assert len([row for row in sealed if "had to say" in row]) == 4
    for who, name_of in people.items():
        assert not [row for row in sealed if name_of in row or str(server[who].id) in row]
    copy = await asyncio.to_thread(asyncio.run, backup(server.database_url, tmp_path / "copy.sqlite3"))
    keys = [row.split("'")[3].encode() for row in rows["session_keys"]]
    assert keys
    assert not [key for key in keys if key in copy.read_bytes()]
    moderator = await server["mod"].slash(server.channel("lobby"), "retro show", retro="R-1")
    assert "had to say" not in said(moderator)

    await go_on(server)
    assert "four had to say" in everything_said(server)
    assert not [row for row in everything_kept(server)["sealed"] if "had to say" in row]
    await go_on(server)
    for place, who in enumerate(AUTHORS):
        await dots(server, who, place + 1, 3)
        assert "3 dots" not in everything_said(server)
    assert "3 of your 5" not in said(await press(server, "tom", "vote"))
    for _ in range(3):
        await go_on(server)
    assert (await retro(server)).state is RetroState.CLOSED

    # After the close: nothing anywhere links a person to what they wrote, gave, or that they took part.
    kept = everything_kept(server)
    assert kept["sealed"] == []
    assert kept["session_keys"] == []
    raw = stored(server)
    assert not [key for key in keys if key in raw], "not even in pages that were freed"
    since = {name: [row for row in rows if "retro" in row] for name, rows in kept.items()}
    for who, name_of in people.items():
        for name in ("retros", "events", "payloads", "deliveries", "runtime"):
            assert not [row for row in since[name] if name_of in row], (who, name)
        words = CARDS[who]
        assert not near(everything_said(server), str(server[who].id), words)
        for line in caplog.text.splitlines():
            assert words not in line
            assert not ("retro" in line and (name_of in line or str(server[who].id) in line)), line
    lessons = everything_said(server)
    assert "4 people took part" in lessons
    assert "“mood0” · “mood1” · “mood2” · “mood3”" in lessons


async def test_what_the_board_says_about_it(server: Server) -> None:
    await begin(server)
    about = said(await press(server, "uma", "about"))
    for promise in ("Nobody in Discord, moderators and facilitators included", "A backup never holds the key"):
        assert promise in about
    assert "named one" not in about
