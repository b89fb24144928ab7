"""What was done by hand to roles and channels, in words (ORG-2, ORG-2a, SCL-1, SCL-3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bot.governance import scales
from bot.governance.events import Event, EventType
from bot.governance.intrusions import Intrusion
from bot.ui.audiences import LOG
from bot.ui.labels import listed
from bot.ui.logged import LogEntry, Logged, Weight
from bot.ui.presenter import Presenter
from bot.ui.text import in_quotes, inline

_OPENED: Mapping[str, str] = MappingProxyType(
    {
        scales.VIEW: "see it",
        scales.HISTORY: "read what was written before",
        scales.SEND: "write in it",
        scales.DISCUSS: "write in its threads",
        scales.THREADS: "open threads",
        scales.PRIVATE_THREADS: "open private threads",
        scales.REACT: "react",
    }
)
"""What somebody may do whom a channel was opened to."""


def permissions(names: Iterable[str]) -> str:
    """Discord permissions as Discord calls them."""
    return listed([permission(name) for name in sorted(names)])


def permission(name: str) -> str:
    """One of them."""
    return f"*{inline(name.replace('_', ' ').title(), 60)}*"


def given(found: Intrusion, guild_id: int) -> str:
    """What a channel gives somebody, as the plan says it."""
    who = "@everyone" if found.target == guild_id else f"<@{'' if found.person else '&'}{found.target}>"
    return f"{who} {_may(found.powers, found.opened)}"


def told(event: Event, seat: str, about: str) -> list[str]:
    """What the feed says: what happened, what it means, what moderators can do."""
    data = event.data
    role = in_quotes(str(data.get("role") or "unnamed"), 102)
    place = in_quotes(str(data.get("place") or "unnamed"), 82)
    powers = [str(each) for each in _list(data.get("powers"))]
    match event.type:
        case EventType.ROLE_RENAMED:
            was = in_quotes(str(data.get("was") or "unnamed"), 102)
            return [f"-# 🪪 The role {was}, which gives {seat}, is called {role} now. Its seat stays the same."]
        case EventType.ROLE_ENDANGERED:
            return [
                "### ⚠️ A role that carries a seat has gained power over the server",
                f"The role {role} gives {seat}, and now also {permissions(powers)}.",
                "Until that is taken away, nobody files, rules or leads by that seat.",
                "Its holders keep their say: they can object and vote, and what they objected stands.",
                "**Moderators:** take it away in *Server settings → Roles*, or let `/setup start` do it.",
                "-# Discord's audit log says who changed the role.",
            ]
        case EventType.ROLE_MENDED:
            return [
                "### A role that carries a seat has lost its power over the server again",
                f"The role {role} gives {seat}, with all that belongs to it.",
            ]
        case EventType.SEAT_TAKEN:
            return [
                "### ⚠️ Somebody gave themselves a seat",
                f"{about or 'Somebody'} gave themselves the role {role}, which gives {seat}.",
                "It counts like any other seat; whether that was agreed is for the group to say.",
            ]
        case EventType.ACCESS_MENDED:
            return ["### A channel is as it should be again", f"In {place} nobody has more than their seat gives."]
    opened = [str(each) for each in _list(data.get("opened"))]
    who = "@everyone" if data.get("everyone") else f"the role {role}" if data.get("role") else about or "somebody"
    return [
        "### ⚠️ A channel was opened by hand",
        f"In the channel {place} {who} {_may(powers, opened)}. No seat gives that.",
        *(
            ["With such power posts can be forged or removed. The record stays as it is: `/audit verify`."]
            * bool(powers)
        ),
        "**Moderators:** `/setup start` shows it and takes it back.",
    ]


def _may(powers: Iterable[str], opened: Iterable[str]) -> str:
    held = permissions(powers)
    may = listed([_OPENED[name] for name in _OPENED if name in set(opened)])
    return " and ".join(each for each in (f"has {held}" if held else "", f"may {may}" if may else "") if each)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _logged(logged: Logged) -> list[str]:
    return told(logged.event, logged.seat, logged.by or logged.about)


PRESENTER = Presenter(
    name="intrusions",
    audiences={
        EventType.ACCESS_TAMPERED: (LOG,),
        EventType.ACCESS_MENDED: (LOG,),
        EventType.ROLE_RENAMED: (LOG,),
        EventType.ROLE_ENDANGERED: (LOG,),
        EventType.ROLE_MENDED: (LOG,),
        EventType.SEAT_TAKEN: (LOG,),
    },
    log={
        EventType.ROLE_RENAMED: LogEntry(_logged),
        EventType.ROLE_ENDANGERED: LogEntry(_logged, Weight.INCIDENT),
        EventType.ROLE_MENDED: LogEntry(_logged),
        EventType.SEAT_TAKEN: LogEntry(_logged),
        EventType.ACCESS_TAMPERED: LogEntry(_logged, Weight.INCIDENT),
        EventType.ACCESS_MENDED: LogEntry(_logged),
    },
)
