"""What was done by hand to roles and channels, in words (ORG-2, ORG-2a, SCL-1, SCL-3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bot.governance import scales
from bot.governance.intrusions import Intrusion
from bot.governance.organisation_events import (
    AccessMended,
    AccessTampered,
    OfRole,
    RoleEndangered,
    RoleMended,
    RoleRenamed,
    SeatTaken,
)
from bot.ui.audiences import LOG
from bot.ui.labels import listed
from bot.ui.logged import LogEntry, Logged, Weight, seat_of
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


def told(logged: Logged) -> list[str]:
    """What the feed says: what happened, what it means, what moderators can do."""
    match logged.event.fact:
        case AccessTampered() as tampered:
            return _opened(tampered, logged)
        case AccessMended(place=name):
            place = in_quotes(name or "unnamed", 82)
            return ["### A channel is as it should be again", f"In {place} nobody has more than their seat gives."]
        case OfRole() as fact:
            return _of_role(fact, logged)
    return []


def _of_role(fact: OfRole, logged: Logged) -> list[str]:
    role, seat = in_quotes(fact.role or "unnamed", 102), seat_of(fact)
    match fact:
        case RoleRenamed(was=before):
            was = in_quotes(before or "unnamed", 102)
            return [f"-# 🪪 The role {was}, which gives {seat}, is called {role} now. Its seat stays the same."]
        case RoleEndangered(powers=powers):
            return [
                "### ⚠️ A role that carries a seat has gained power over the server",
                f"The role {role} gives {seat}, and now also {permissions(powers)}.",
                "Until that is taken away, nobody files, rules or leads by that seat.",
                "Its holders keep their say: they can object and vote, and what they objected stands.",
                "**Moderators:** take it away in *Server settings → Roles*, or let `/setup start` do it.",
                "-# Discord's audit log says who changed the role.",
            ]
        case SeatTaken():
            return [
                "### ⚠️ Somebody gave themselves a seat",
                f"{logged.by or 'Somebody'} gave themselves the role {role}, which gives {seat}.",
                "It counts like any other seat; whether that was agreed is for the group to say.",
            ]
    return [
        "### A role that carries a seat has lost its power over the server again",
        f"The role {role} gives {seat}, with all that belongs to it.",
    ]


def _opened(fact: AccessTampered, logged: Logged) -> list[str]:
    place, role = in_quotes(fact.place or "unnamed", 82), in_quotes(fact.role or "unnamed", 102)
    about = logged.by or logged.mention(fact.person)
    who = "@everyone" if fact.everyone else f"the role {role}" if fact.role else about or "somebody"
    return [
        "### ⚠️ A channel was opened by hand",
        f"In the channel {place} {who} {_may(fact.powers, fact.opened)}. No seat gives that.",
        *(
            ["With such power posts can be forged or removed. The record stays as it is: `/audit verify`."]
            * bool(fact.powers)
        ),
        "**Moderators:** `/setup start` shows it and takes it back.",
    ]


def _may(powers: Iterable[str], opened: Iterable[str]) -> str:
    held = permissions(powers)
    may = listed([_OPENED[name] for name in _OPENED if name in set(opened)])
    return " and ".join(each for each in (f"has {held}" if held else "", f"may {may}" if may else "") if each)


PRESENTER = Presenter(
    name="intrusions",
    audiences={
        AccessTampered: (LOG,),
        AccessMended: (LOG,),
        RoleRenamed: (LOG,),
        RoleEndangered: (LOG,),
        RoleMended: (LOG,),
        SeatTaken: (LOG,),
    },
    log={
        RoleRenamed: LogEntry(told),
        RoleEndangered: LogEntry(told, Weight.INCIDENT),
        RoleMended: LogEntry(told),
        SeatTaken: LogEntry(told),
        AccessTampered: LogEntry(told, Weight.INCIDENT),
        AccessMended: LogEntry(told),
    },
)
