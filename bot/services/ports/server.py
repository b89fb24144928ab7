"""Roles, channels and access of Discord servers (SCL-1, SCL-2)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.governance.plans import SetupStep, Snapshot
from bot.governance.scales import Overwrite


class DiscordRefused(Exception):
    """Discord did not take a change of roles or channels. ``why`` is a key for the presenter (SCL-1)."""

    def __init__(self, what: str, why: str, detail: str = "") -> None:
        super().__init__(what, why, detail)
        self.what = what
        self.why = why
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Presence:
    """Of some people, as Discord reckons it: who is not on the server, who is timed out until when, who cannot see a
    channel and what stands in it (PRO-11).
    """

    absent: frozenset[int] = frozenset()
    timed_out: Mapping[int, datetime] = field(default_factory=dict)
    blind: frozenset[int] = frozenset()


class Server(Protocol):
    """Roles, channels and access of Discord servers (SCL-1, SCL-2). Every change raises DiscordRefused.

    ``partnership`` is the name that Discord's own audit log will show as the reason.
    """

    def building(self, guild_id: int) -> AbstractAsyncContextManager[None]:
        """Held while a plan is applied, so that two people do not build the same thing at once."""
        ...

    async def snapshot(self, guild_id: int) -> Snapshot:
        """The server as it stands, asked of Discord."""
        ...

    def known(self, guild_id: int) -> Snapshot:
        """The server as Discord last told of it, without asking again and without webhooks."""
        ...

    async def wearers(self, guild_id: int, role_id: int) -> tuple[int, ...]:
        """The people (not bots) who wear this role."""
        ...

    async def create_role(self, guild_id: int, name: str, partnership: str) -> int:
        """A role without any permission of its own."""
        ...

    async def disarm_role(self, guild_id: int, role_id: int, partnership: str) -> None:
        """Take from a role every power that a role with a seat may not have (ORG-2a)."""
        ...

    async def create_channel(self, guild_id: int, step: SetupStep, partnership: str) -> int:
        """A category or text channel with its overwrites."""
        ...

    async def set_overwrite(self, guild_id: int, channel_id: int, overwrite: Overwrite, partnership: str) -> None:
        """Set what a channel allows and denies one role or person."""
        ...
