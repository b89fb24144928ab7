"""The part of the adapter to discord.py for roles, channels and who may do what in them (SCL-1 to SCL-4)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

import discord
from discord.ext import commands

from bot.discord import caches
from bot.discord.guild import DiscordFailure, know_members
from bot.discord.requests import FAILED
from bot.discord.twins import made_by, made_once
from bot.governance.ids import RoleId
from bot.governance.organisation import POWERS, RoleFacts
from bot.governance.plans import ChannelSeen, RoleSeen, SetupStep, Snapshot, What
from bot.governance.scales import Overwrite
from bot.services.ports.server import DiscordRefused
from bot.ui.limits import AUDIT_REASON, CHANNEL_NAME, TOPIC, fit
from bot.ui.scales_replies import topic

_LOOKING = "manage_webhooks"
"""What listing webhooks takes. The bot does not ask for it (SCL-4); a server may have given it all the same."""
_Found = TypeVar("_Found", bound=discord.abc.Snowflake)

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
        self._stood: dict[int, frozenset[int]] = {}
        """What stood in each server when it was last looked at: only what is newer can be a twin of something made."""

    def building(self, guild_id: int) -> AbstractAsyncContextManager[None]:
        """Held while a plan is applied, so that two people do not build the same thing at once."""
        return self._turns.setdefault(guild_id, asyncio.Lock())

    async def snapshot(self, guild_id: int) -> Snapshot:
        """The server as it stands, asked of Discord: the cache may lag behind what was just built."""
        guild = await self._peopled(guild_id)
        async with _spoken("the server"):
            roles = await guild.fetch_roles()
            channels = await guild.fetch_channels()
        self._stood[guild_id] = frozenset(each.id for each in (*roles, *channels))
        seen = _seen(guild, roles, channels)
        return replace(seen, webhooks=await _webhooks(guild) if _LOOKING in seen.bot_permissions else None)

    def known(self, guild_id: int) -> Snapshot:
        """The server as Discord last told of it, without asking again and without webhooks."""
        guild = self._guild(guild_id)
        return _seen(guild, guild.roles, guild.channels)

    async def wearers(self, guild_id: int, role_id: int) -> tuple[int, ...]:
        """The people (not bots) who wear this role."""
        guild = await self._peopled(guild_id)
        role = guild.get_role(role_id)
        return tuple(sorted(m.id for m in role.members if not m.bot)) if role else ()

    async def _peopled(self, guild_id: int) -> discord.Guild:
        guild = self._guild(guild_id)
        try:
            await know_members(guild)
        except DiscordFailure as error:
            raise DiscordRefused("the members", "discord in trouble", str(error)) from error
        return guild

    async def create_role(self, guild_id: int, name: str, partnership: str) -> int:
        """A role without any permission of its own: seats give none in Discord."""
        guild = self._guild(guild_id)
        name, reason = fit(name, CHANNEL_NAME), _reason(partnership)

        async def alike() -> list[discord.Role]:
            worn = {role.id for member in guild.members for role in member.roles}
            new = self._newer(guild_id, await guild.fetch_roles())
            return [r for r in new if r.name == name and not r.permissions.value and r.id not in worn]

        async def own(ids: Collection[int]) -> Collection[int]:
            return await made_by(guild, discord.AuditLogAction.role_create, ids)

        async with _spoken(name):
            role = await made_once(
                lambda: guild.create_role(name=name, permissions=discord.Permissions.none(), reason=reason),
                alike,
                own,
                reason,
            )
        return role.id

    async def disarm_role(self, guild_id: int, role_id: int, partnership: str) -> None:
        """Take from a role every power that a role with a seat may not have (ORG-2a)."""
        role = self._guild(guild_id).get_role(role_id)
        if role is None:
            raise DiscordRefused(str(role_id), "role gone")
        harmless = discord.Permissions(role.permissions.value)
        harmless.update(**dict.fromkeys(POWERS, False))
        async with _spoken(role.name):
            await role.edit(permissions=harmless, reason=_reason(partnership))

    async def create_channel(self, guild_id: int, step: SetupStep, partnership: str) -> int:
        """A category or text channel, made with its overwrites in one request."""
        guild = self._guild(guild_id)
        name = fit(step.name, CHANNEL_NAME)
        reason = _reason(partnership)
        kind = discord.CategoryChannel if step.what is What.CATEGORY else discord.TextChannel

        async def alike() -> list[discord.abc.GuildChannel]:
            new = self._newer(guild_id, await guild.fetch_channels())
            return [c for c in new if isinstance(c, kind) and c.name == name and _is_unused(c)]

        async def own(ids: Collection[int]) -> Collection[int]:
            return await made_by(guild, discord.AuditLogAction.channel_create, ids)

        async with _spoken(step.name):
            overwrites: dict[Any, discord.PermissionOverwrite] = {
                await self._target(guild, o): _pair(o) for o in step.overwrites
            }

            async def make() -> discord.abc.GuildChannel:
                if step.what is What.CATEGORY:
                    return await guild.create_category(name, overwrites=overwrites, reason=reason)
                parent = guild.get_channel(step.category) if step.category else None
                return await guild.create_text_channel(
                    name,
                    category=parent if isinstance(parent, discord.CategoryChannel) else None,
                    topic=fit(topic(step, partnership), TOPIC),
                    overwrites=overwrites,
                    reason=reason,
                )

            return (await made_once(make, alike, own, reason)).id

    def _newer(self, guild_id: int, found: Iterable[_Found]) -> list[_Found]:
        stood = self._stood.get(guild_id, frozenset())
        return [each for each in found if each.id not in stood]

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
        """The server with all that stands in it: before it has arrived everything in it seems to be gone."""
        guild = self._bot.get_guild(guild_id)
        if guild is None:
            raise DiscordRefused("the server", "no access")
        if not caches.stands(guild):
            raise DiscordRefused("the server", "discord in trouble", "it has not arrived yet")
        return guild


def _seen(guild: discord.Guild, roles: Iterable[discord.Role], channels: Iterable[Any]) -> Snapshot:
    own = {role.id for role in guild.me.roles}
    every = tuple(roles)
    mine = [role for role in every if role.id in own or role.is_default()]
    worn: dict[int, list[int]] = {}
    for member in guild.members:
        for role in () if member.bot else member.roles:
            worn.setdefault(role.id, []).append(member.id)
    return Snapshot(
        guild_id=guild.id,
        bot_id=guild.me.id,
        bot_position=max((role.position for role in mine), default=0),
        bot_permissions=_held(mine),
        roles=tuple(RoleSeen(role.name, _facts(role), tuple(sorted(worn.get(role.id, ())))) for role in every),
        channels=tuple(
            ChannelSeen(c.id, c.name, isinstance(c, discord.CategoryChannel), _overwrites(c, {r.id for r in every}))
            for c in sorted(channels, key=lambda c: c.id)
            if isinstance(c, discord.CategoryChannel | discord.TextChannel)
        ),
    )


async def _webhooks(guild: discord.Guild) -> Mapping[int, tuple[str, ...]] | None:
    """The names of webhooks by channel; None where Discord does not tell."""
    found: dict[int, tuple[str, ...]] = {}
    try:
        for webhook in await guild.webhooks():
            if webhook.channel_id is not None:
                found[webhook.channel_id] = (*found.get(webhook.channel_id, ()), webhook.name or "unnamed")
    except FAILED:
        return None
    return found


def _is_unused(channel: discord.abc.GuildChannel) -> bool:
    if isinstance(channel, discord.CategoryChannel):
        return not channel.channels
    return getattr(channel, "last_message_id", None) is None


@asynccontextmanager
async def _spoken(what: str) -> AsyncIterator[None]:
    """Turn discord.py's exceptions into ours."""
    try:
        yield
    except discord.HTTPException as error:
        raise DiscordRefused(what, _WHY.get(error.code, "discord in trouble"), error.text[:200]) from error
    except FAILED as error:
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


def _overwrites(channel: discord.abc.GuildChannel, roles: Collection[int]) -> tuple[Overwrite, ...]:
    """What a channel allows and denies; what it keeps of a role that is gone acts on nobody."""
    found = []
    for target, pair in channel.overwrites.items():
        allow, deny = pair.pair()
        is_role = isinstance(target, discord.Role) or getattr(target, "type", None) is discord.Role
        if not is_role or target.id in roles:
            found.append(Overwrite(target.id, _names(allow), _names(deny), person=not is_role))
    return tuple(found)


def _names(permissions: discord.Permissions) -> frozenset[str]:
    """The names of permissions; the one bit with two names goes by the newer."""
    return _names_of(permissions.value)


@lru_cache(maxsize=1024)  # the same few are read in every channel of every server
def _names_of(bits: int) -> frozenset[str]:
    given = discord.Permissions(bits)
    return frozenset("view_channel" if name == "read_messages" else name for name, yes in given if yes)


def _pair(overwrite: Overwrite) -> discord.PermissionOverwrite:
    allow = discord.Permissions(**dict.fromkeys(overwrite.allow, True))
    deny = discord.Permissions(**dict.fromkeys(overwrite.deny, True))
    return discord.PermissionOverwrite.from_pair(allow, deny)


def _reason(partnership: str) -> str:
    return fit(f"Governance set-up of {partnership}", AUDIT_REASON)
