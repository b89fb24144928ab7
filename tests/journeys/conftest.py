"""Fixtures for journeys: a server that is set up and running."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.server import Server, serving


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """The example partnership in a server, provisional, with the bot on duty."""
    async with serving(tmp_path) as served:
        yield served
