"""The part of the adapter to discord.py for roles, channels and who may do what in them (SCL-1 to SCL-4)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import discord
from discord.ext import commands

from bot.governance.ids import RoleId
from bot.governance.organisation import RoleFacts
from bot.governance.plans import ChannelSeen, RoleSeen, Snapshot, Step, What
from bot.governance.scales import Overwrite
from bot.guild import Trouble, know_members
from bot.services.ports import DiscordRefused
from bot.ui.limits import AUDIT_REASON, CHANNEL_NAME, TOPIC, fit
from bot.ui.scales import topic

POWERS = (
    "administrator",
    "manage_guild",
    "manage_roles",
    "manage_channels",
    "manage_webhooks",
    "manage_messages",
    "kick_members",
    "ban_members",
    "moderate_members",
    "mention_everyone",
)
"""Permissions with which a role may not carry a seat (ORG-2a)."""

_WHY = {
    50013: "missing permission",
    50001: "no access",
    10011: "role gone",
    10003: "channel gone",
    30005: "too many roles",
    30013: "too many channels",
    50035: "not taken",
}


class Channels:
    """Roles, channels and access of the servers that the bot is in."""

    def __init__(self, bot: commands.Bot) -> None:
        self._bot = bot
        self._turns: dict[int, asyncio.Lock] = {}

    def building(self, guild_id: int) -> AbstractAsyncContextManager[None]:
        """Held while a plan is applied, so that two people do not build the same thing at once."""
        return self._turns.setdefault(guild_id, asyncio.Lock())

    async def snapshot(self, guild_id: int) -> Snapshot:
        """The server as it stands, asked of Discord: the cache may lag behind what was just built."""
        guild = await self._peopled(guild_id)
        async with _spoken("the server"):
            roles = await guild.fetch_roles()
            channels = await guild.fetch_channels()
        own = {role.id for role in guild.me.roles}
        mine = [role for role in roles if role.id in own or role.is_default()]
        return Snapshot(
            guild_id=guild.id,
            bot_id=guild.me.id,
            bot_position=max((role.position for role in mine), default=0),
            bot_permissions=_held(mine),
            roles=tuple(RoleSeen(role.name, _facts(role)) for role in roles),
            channels=tuple(
                ChannelSeen(c.id, c.name, isinstance(c, discord.CategoryChannel), _overwrites(c))
                for c in sorted(channels, key=lambda c: c.id)
                if isinstance(c, discord.CategoryChannel | discord.TextChannel)
            ),
        )

    async def wearers(self, guild_id: int, role_id: int) -> tuple[int, ...]:
        """The people (not bots) who wear this role."""
        guild = await self._peopled(guild_id)
        role = guild.get_role(role_id)
        return tuple(sorted(m.id for m in role.members if not m.bot)) if role else ()

    async def _peopled(self, guild_id: int) -> discord.Guild:
        guild = self._guild(guild_id)
        try:
            await know_members(guild)
        except Trouble as error:
            raise DiscordRefused("the members", "discord in trouble", str(error)) from error
        return guild

    async def names(self, guild_id: int, user_ids: Iterable[int]) -> tuple[str, ...]:
        """The names that these people go by in the server; those who left are missing."""
        guild = self._guild(guild_id)
        members = (guild.get_member(user_id) for user_id in user_ids)
        return tuple(member.display_name for member in members if member is not None)

    async def create_role(self, guild_id: int, name: str, partnership: str) -> int:
        """A role without any permission of its own: seats give none in Discord."""
        guild = self._guild(guild_id)
        async with _spoken(name):
            role = await guild.create_role(
                name=fit(name, CHANNEL_NAME), permissions=discord.Permissions.none(), reason=_reason(partnership)
            )
        return role.id

    async def create_channel(self, guild_id: int, step: Step, partnership: str) -> int:
        """A category or text channel, made with its overwrites in one request."""
        guild = self._guild(guild_id)
        name = fit(step.name, CHANNEL_NAME)
        reason = _reason(partnership)
        async with _spoken(step.name):
            overwrites: dict[Any, discord.PermissionOverwrite] = {
                await self._target(guild, o): _pair(o) for o in step.overwrites
            }
            if step.what is What.CATEGORY:
                return (await guild.create_category(name, overwrites=overwrites, reason=reason)).id
            parent = guild.get_channel(step.category) if step.category else None
            made = await guild.create_text_channel(
                name,
                category=parent if isinstance(parent, discord.CategoryChannel) else None,
                topic=fit(topic(step, partnership), TOPIC),
                overwrites=overwrites,
                reason=reason,
            )
            return made.id

    async def set_overwrite(self, guild_id: int, channel_id: int, overwrite: Overwrite, partnership: str) -> None:
        """Set what a channel allows and denies one role or person."""
        guild = self._guild(guild_id)
        channel = guild.get_channel(channel_id)
        if channel is None:
            raise DiscordRefused(str(channel_id), "channel gone")
        async with _spoken(f"#{channel.name}"):
            target = await self._target(guild, overwrite)
            await channel.set_permissions(target, overwrite=_pair(overwrite), reason=_reason(partnership))

    async def _target(self, guild: discord.Guild, overwrite: Overwrite) -> Any:
        """The role or person; a role made a moment ago may not have reached the cache yet."""
        assert isinstance(overwrite.target, int)
        if overwrite.person:  # may have left the server, and what a channel allows them stays all the same
            return guild.get_member(overwrite.target) or await self._bot.fetch_user(overwrite.target)
        return guild.get_role(overwrite.target) or await guild.fetch_role(overwrite.target)

    def _guild(self, guild_id: int) -> discord.Guild:
        guild = self._bot.get_guild(guild_id)
        if guild is None:
            raise DiscordRefused("the server", "no access")
        return guild


@asynccontextmanager
async def _spoken(what: str) -> AsyncIterator[None]:
    """Turn discord.py's exceptions into ours."""
    try:
        yield
    except discord.HTTPException as error:
        raise DiscordRefused(what, _WHY.get(error.code, "discord in trouble"), error.text[:200]) from error
    except (OSError, TimeoutError) as error:
        raise DiscordRefused(what, "discord in trouble") from error


def _facts(role: discord.Role) -> RoleFacts:
    """What decides whether a role may carry a seat (ORG-2a)."""
    return RoleFacts(
        id=RoleId(role.id),
        is_everyone=role.is_default(),
        managed=role.managed,
        position=role.position,
        powers=tuple(power for power in POWERS if getattr(role.permissions, power)),
    )


def _held(roles: Iterable[discord.Role]) -> frozenset[str]:
    """Every permission that these roles give in the whole server."""
    bits = 0
    for role in roles:
        bits |= role.permissions.value
    held = discord.Permissions(bits)
    return _names(discord.Permissions.all() if held.administrator else held)


def _overwrites(channel: discord.abc.GuildChannel) -> tuple[Overwrite, ...]:
    found = []
    for target, pair in channel.overwrites.items():
        allow, deny = pair.pair()
        is_role = isinstance(target, discord.Role) or getattr(target, "type", None) is discord.Role
        found.append(Overwrite(target.id, _names(allow), _names(deny), person=not is_role))
    return tuple(found)


def _names(permissions: discord.Permissions) -> frozenset[str]:
    """The names of permissions; the one bit with two names goes by the newer."""
    return frozenset("view_channel" if name == "read_messages" else name for name, given in permissions if given)


def _pair(overwrite: Overwrite) -> discord.PermissionOverwrite:
    allow = discord.Permissions(**dict.fromkeys(overwrite.allow, True))
    deny = discord.Permissions(**dict.fromkeys(overwrite.deny, True))
    return discord.PermissionOverwrite.from_pair(allow, deny)


def _reason(partnership: str) -> str:
    return fit(f"Governance set-up of {partnership}", AUDIT_REASON)
