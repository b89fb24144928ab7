"""What journeys about reminders do again and again: choose how one wants to be reminded (RHY-2)."""

from __future__ import annotations

from typing import Any

import simcord

from tests.journeys.server import TALK, Server, controls_of, latest, said

ALL = ["proposals", "votes", "meetings", "retros", "surveys", "feedback", "actions", "digest"]


async def open_form(server: Server, who: str, act: str) -> simcord.InteractionResult:
    """The panel, and one of its forms."""
    panel = await server.slash(who, TALK, "reminders preferences")
    assert panel.ephemeral
    button = next(c for c in controls_of(latest(panel)) if c.startswith(f"reminders:{act}:"))
    return await server.press(who, latest(panel), button)


async def wishes(server: Server, who: str, **changes: Any) -> str:
    """Choose how, of what and how often; what the panel says then."""
    chosen = {"way": ["mention"], "topics": ALL, "mentions": "", "digest_day": ["0"], "digest_at": "09:00"} | changes
    return said(await server.fill(who, await open_form(server, who, "wishes"), **chosen))


async def hours(server: Server, who: str, **changes: str) -> str:
    """Choose zone, quiet hours and absence; what the panel says then."""
    typed = {"zone": "", "quiet_from": "", "quiet_to": "", "back": ""} | changes
    return said(await server.fill(who, await open_form(server, who, "hours"), **typed))
