"""Fixtures for journeys: a server that is set up and running."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.discord import delivery, intake, requests
from cogs.base import acknowledging
from tests.journeys.logged import WATCH
from tests.journeys.server import UNHURRIED, Server, serving

SHORT = 30
"""Seconds: what is longer than these the simulation does not wait for (``Server.nap``)."""


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a journey is as quick as anywhere: nothing is put off because it takes long.

    Pauses that would be sat out in real time are short ones.
    """
    monkeypatch.setattr(acknowledging, "WITHIN", UNHURRIED)
    monkeypatch.setattr(intake, "SLOW", UNHURRIED)
    for module, pauses in ((delivery, "_PATIENCE"), (requests, "PAUSES")):
        shortened = tuple(s if s > SHORT else s / 50 for s in getattr(module, pauses))
        monkeypatch.setattr(module, pauses, shortened)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """The example partnership in a server, provisional, with the bot on duty."""
    async with serving(tmp_path) as served:
        yield served


@pytest.fixture(scope="session", autouse=True)
def nothing_private_is_logged() -> Iterator[None]:
    """No line of any journey holds a token, words of people, or a choice with a person (RUN-4)."""
    root = logging.getLogger()
    level = root.level
    root.addHandler(WATCH)
    root.setLevel(logging.DEBUG)
    yield
    root.removeHandler(WATCH)
    root.setLevel(level)
    assert list(WATCH.problems()) == []
