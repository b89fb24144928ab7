"""What the real bot asked of Discord for an act, so that a bare bot can ask for exactly the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord
import simcord

_ROUTES = {
    "answer": ("POST", re.compile(r"/interactions/\d+/[^/]+/callback")),
    "follow up": ("POST", re.compile(r"/webhooks/\d+/[^/]+")),
    "post": ("POST", re.compile(r"/channels/(?P<channel>\d+)/messages")),
    "edit": ("PATCH", re.compile(r"/channels/(?P<channel>\d+)/messages/\d+")),
    "open thread": ("POST", re.compile(r"/channels/(?P<channel>\d+)/messages/\d+/threads")),
    "react": ("PUT", re.compile(r"/channels/(?P<channel>\d+)/messages/\d+/reactions/(?P<emoji>[^/]+)/@me")),
}


class UnknownCall(Exception):
    """The real bot made a request that the bare bot does not know how to repeat."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request of one act: what it does, in which channel (by name; ``thread`` for a thread), and what it sends."""

    does: str
    channel: str
    emoji: str
    body: Mapping[str, Any]

    @property
    def alike(self) -> tuple[str, str, str]:
        """Calls alike are shared out evenly among simultaneous acts."""
        return self.does, self.channel, self.emoji


def calls_of(requests: Sequence[simcord.HttpLogEntry], channels: Mapping[int, str]) -> list[Call]:
    """The calls behind a wire log. Raises UnknownCall."""
    return [_call(request, channels) for request in requests]


def shared_out(calls: Sequence[Call], acts: int) -> list[list[Call]]:
    """The calls of each of several simultaneous acts: as many in all as were recorded, each kind evenly spread."""
    kinds: dict[tuple[str, str, str], list[Call]] = {}
    for call in calls:
        kinds.setdefault(call.alike, []).append(call)
    shares: list[list[Call]] = [[] for _ in range(acts)]
    for alike in kinds.values():
        for place, share in enumerate(shares):
            share += alike[place * len(alike) // acts : (place + 1) * len(alike) // acts]
    return shares


def layout(body: Mapping[str, Any]) -> discord.ui.LayoutView:
    """A view that sends these components."""
    view = discord.ui.LayoutView(timeout=None)
    for component in body["components"]:
        view.add_item(_item(component))
    return view


def _call(request: simcord.HttpLogEntry, channels: Mapping[int, str]) -> Call:
    for does, (method, path) in _ROUTES.items():
        match = path.fullmatch(request.path)
        if request.method != method or match is None:
            continue
        named = match.groupdict()
        channel = channels.get(int(named["channel"]), "thread") if "channel" in named else ""
        return Call(does, channel, named.get("emoji", ""), request.json or {})
    raise UnknownCall(f"{request.method} {request.path}")


def _item(component: Mapping[str, Any]) -> discord.ui.Item[Any]:
    match component["type"]:
        case 1:
            return discord.ui.ActionRow(*map(_item, component["components"]))
        case 2:
            emoji = (component.get("emoji") or {}).get("name")
            return discord.ui.Button(
                style=discord.ButtonStyle(component["style"]),
                label=component.get("label"),
                custom_id=component.get("custom_id"),
                url=component.get("url"),
                emoji=emoji,
                disabled=component.get("disabled", False),
            )
        case 9:
            texts = map(_item, component["components"])
            return discord.ui.Section(*texts, accessory=_item(component["accessory"]))
        case 10:
            return discord.ui.TextDisplay(component["content"])
        case 14:
            return discord.ui.Separator(visible=component.get("divider", True))
        case 17:
            return discord.ui.Container(*map(_item, component["components"]), accent_colour=component["accent_color"])
        case other:
            raise UnknownCall(f"component {other}")
