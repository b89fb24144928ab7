"""What the bot gives its cogs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol, cast

import discord

from bot.services.intrusions import Grant
from bot.services.ports.context import Context
from bot.services.ports.server import Server


class Unsent(Protocol):
    """What people sent in with forms that were refused, until they open them again (PRO-1)."""

    def keep(self, user_id: int, custom_id: str, fields: Mapping[str, str]) -> None:
        """Remember what a refused form held."""
        ...

    def drop(self, user_id: int, custom_id: str) -> None:
        """A form was taken."""
        ...

    def fill(self, user_id: int, form: discord.ui.Modal) -> None:
        """Put back into a form what its person sent in with it before."""
        ...


class Reactions(Protocol):
    """Takes in what people do with reactions (OBJ-1, OBJ-5)."""

    async def added(
        self,
        guild_id: int,
        channel_id: int,
        message_id: int,
        user_id: int,
        emoji: str,
        role_ids: frozenset[int] | None,
        manages_roles: bool,
        is_bot: bool,
    ) -> None:
        """Somebody reacted."""
        ...

    async def removed(self, guild_id: int, channel_id: int, message_id: int, user_id: int, emoji: str) -> None:
        """Somebody's reaction disappeared; by whom Discord does not say."""
        ...

    async def cleared(self, guild_id: int, channel_id: int, message_id: int) -> None:
        """All reactions were wiped."""
        ...

    async def cleared_emoji(self, guild_id: int, channel_id: int, message_id: int, emoji: str) -> None:
        """All reactions with one emoji were wiped."""
        ...


class Incidents(Protocol):
    """Takes in what happened to messages, channels, roles and people (PRO-9 to PRO-11, ORG-3)."""

    async def message_deleted(self, guild_id: int, channel_id: int, message_ids: tuple[int, ...]) -> None:
        """Messages are gone."""
        ...

    async def event_deleted(self, guild_id: int, event_id: int) -> None:
        """An entry among the server's events is gone."""
        ...

    async def thread_deleted(self, guild_id: int, thread_id: int, parent_id: int) -> None:
        """A thread is gone."""
        ...

    async def channel_deleted(self, guild_id: int, channel_id: int) -> None:
        """A channel is gone."""
        ...

    async def server_changed(self, guild_id: int) -> None:
        """Roles, or what a channel allows, were changed."""
        ...

    async def roles_given(self, guild_id: int, grants: Iterable[Grant]) -> None:
        """Somebody gave roles to somebody."""
        ...

    async def role_deleted(self, guild_id: int, role_id: int) -> None:
        """A role is gone."""
        ...

    async def roles_changed(self, guild_id: int, user_id: int, role_ids: frozenset[int]) -> None:
        """A person's roles are now these."""
        ...

    async def access_changed(self, guild_id: int) -> None:
        """Who sees and may do what is not what it was."""
        ...

    async def member_left(self, guild_id: int, user_id: int) -> None:
        """A person left the server or was removed."""
        ...

    async def member_removed(self, guild_id: int, user_id: int, removed_at: datetime | None = None) -> None:
        """The audit log tells that a person was removed, at this instant."""
        ...


class Reconciliation(Protocol):
    """Takes in what was missed while the bot was away (PRO-11)."""

    async def known_within(self, guild_id: int, seconds: float) -> bool:
        """Whether a server is taken in, now or within this time."""
        ...


class Host(Protocol):
    """What the bot gives its cogs."""

    ctx: Context
    unsent: Unsent
    reactions: Reactions
    incidents: Incidents
    reconciliation: Reconciliation


class Builder(Protocol):
    """What the bot gives those of its cogs that build in servers."""

    server: Server


def server_of(interaction: discord.Interaction[discord.Client]) -> Server:
    """Roles and channels of the servers."""
    return cast(Builder, interaction.client).server
