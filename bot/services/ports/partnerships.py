"""Partnerships, their channels and their policies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.governance.ids import GroupId, PartnershipId, ProposalId
from bot.governance.organisation import Partnership
from bot.governance.policy import Policy


class PlaceKind(StrEnum):
    """What a Discord channel is for (SCL-2)."""

    CATEGORY = "category"
    GROUP = "group"
    FEED = "feed"
    TALK = "talk"


@dataclass(frozen=True, slots=True)
class Place:
    """A Discord channel with a purpose. ``group`` is None for the partnership's own places, as the feed is."""

    partnership: PartnershipId
    kind: PlaceKind
    channel_id: int
    group: GroupId | None = None
    lost: bool = False


class Partnerships(Protocol):
    """Partnerships with their groups, mapped roles and places."""

    async def get(self, id: PartnershipId) -> Partnership:
        """Raises NotFound."""
        ...

    async def of_guild(self, guild_id: int) -> tuple[Partnership, ...]:
        """Every partnership that the server hosts."""
        ...

    async def all(self) -> tuple[Partnership, ...]:
        """Every partnership that this process serves (RUN-2)."""
        ...

    async def save(self, partnership: Partnership) -> Partnership:
        """Insert or update; returns it with the next ``version``. Raises Changed."""
        ...

    async def places(self, id: PartnershipId) -> tuple[Place, ...]:
        """Its channels."""
        ...

    async def place_at(self, channel_id: int) -> Place | None:
        """The place that this channel is, if any."""
        ...

    async def save_place(self, place: Place) -> None:
        """Insert or replace by partnership, kind and group."""
        ...


class Policies(Protocol):
    """Every version of every partnership's policy."""

    async def current(self, partnership: PartnershipId) -> Policy:
        """The version in force. Raises NotFound."""
        ...

    async def version(self, partnership: PartnershipId, version: int) -> Policy:
        """A version. Raises NotFound."""
        ...

    async def add(self, partnership: PartnershipId, policy: Policy, by: ProposalId | None, at: datetime) -> None:
        """The next version. Raises Changed when it exists."""
        ...
