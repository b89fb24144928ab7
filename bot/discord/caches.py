"""Whether what the library remembers of a server is that server (PRO-11).

Between READY and a server's own arrival, seconds later where there are many, and while a session is renewed, the
library holds a server without roles, channels and members. What is not there then is not known, which is another thing
than not being there. Whatever is decided from what the library remembers asks here.
"""

from __future__ import annotations

from typing import TypeGuard

import discord


class NotKnownYet(Exception):
    """The server has not arrived, so nothing can be told from what is remembered of it: ask again in a moment."""


def stands(guild: discord.Guild | None) -> TypeGuard[discord.Guild]:
    """Whether a server has arrived and is in reach. One that has always holds the role that everybody wears."""
    return guild is not None and not guild.unavailable and guild.get_role(guild.id) is not None


def standing(guild: discord.Guild | None) -> discord.Guild:
    """The server. Raises NotKnownYet before it has arrived."""
    if not stands(guild):
        raise NotKnownYet
    return guild


def worn_by(member: discord.Member) -> frozenset[int]:
    """The roles that somebody wears, besides the one of everybody. Raises NotKnownYet."""
    standing(member.guild)
    return frozenset(role.id for role in member.roles if not role.is_default())


def member_of(guild: discord.Guild | None, user_id: int) -> discord.Member | None:
    """A person (not a bot) of a server; None for one who is not there. Raises NotKnownYet before all are known."""
    here = standing(guild)
    member = here.get_member(user_id)
    if member is None and not here.chunked:
        raise NotKnownYet
    return None if member is None or member.bot else member
