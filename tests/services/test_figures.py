"""Figures for operators are numbers, never texts or people (RUN-4)."""

from __future__ import annotations

from bot.services.figures import figures
from tests.services.scene import Scene


async def test_what_is_open_is_counted(scene: Scene) -> None:
    assert (await figures(scene.ctx))["proposals_open"] == 0
    await scene.file()
    found = await figures(scene.ctx)
    assert found["partnerships"] == 1
    assert found["proposals_open"] == 1
