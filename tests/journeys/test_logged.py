"""The watch over the journeys' logs sees what it should see (RUN-4)."""

from __future__ import annotations

import logging

import pytest

from bot.services import proposals
from tests.journeys.logged import TOKEN, WATCH, Watch
from tests.journeys.server import TALK, Server

SENT = {
    "custom_id": "form:concern:7",
    "components": [{"component": {"custom_id": "concern", "value": "Mind the cost!"}}],
}


def watched(line: str, *, logger: str = "bot.discord.client", level: int = logging.DEBUG) -> list[str]:
    watch = Watch()
    watch.saw("aW50ZXJhY3Rpb24", SENT)
    watch.handle(logging.LogRecord(logger, level, "", 0, line, None, None))
    return list(watch.problems())


@pytest.mark.parametrize(
    "line",
    [
        "token aW50ZXJhY3Rpb24",
        "concern Mind the cost! of somebody",
        "cast vote:cast:7:1",
        "ballot of 123456789012345678: 'against'",
        "choice 1 by 0123456789abcdef0123456789abcdef",
    ],
)
def test_what_must_not_be_written_is_found(line: str) -> None:
    assert len(watched(line)) == 1
    assert watched(line, logger="simcord.backend") == []
    assert watched(line, logger="discord.http") == []


def test_the_bot_token_is_blanked_out_and_harmless_lines_pass() -> None:
    assert watched(f"logged in with {TOKEN}") == []
    assert watched("delivery failed delivery=card:7 server=123456789012345678") == []


async def test_the_watch_hears_what_journeys_say_and_write(server: Server) -> None:
    before = len(WATCH.lines)
    logging.getLogger("bot.discord.client").debug("something harmless")
    assert len(WATCH.lines) == before + 1
    await server.propose("tia", title="A title that the watch has never heard before")
    assert "A title that the watch has never heard before" in WATCH.words


async def test_a_failing_suggestion_is_logged_without_what_was_typed(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(proposals, "list_proposals", fail)
    before = len(WATCH.lines)
    typed = "words that nobody else should read"
    assert await server["tia"].autocomplete(server.channel(TALK), "proposal show", "proposal", typed) == []
    written = "\n".join(WATCH.lines[before:])
    assert "no suggestions" in written
    assert typed not in written
