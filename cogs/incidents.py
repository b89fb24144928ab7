"""What is done to messages, channels, roles and members, handed on as plain values (PRO-9 to PRO-11)."""

from __future__ import annotations

from typing import cast

import discord
from discord.ext import commands

from bot.discord import caches
from bot.services.intrusions import Grant
from cogs.base.host import Host


class IncidentListeners(commands.Cog):
    """Hands events on; decides nothing."""

    def __init__(self, host: Host) -> None:
        self.host = host

    @commands.Cog.listener()
    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """A message is gone (PRO-10)."""
        if event.guild_id is not None:
            await self.host.incidents.message_deleted(event.guild_id, event.channel_id, (event.message_id,))

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        """Many messages are gone (PRO-10)."""
        if event.guild_id is not None:
            messages = tuple(sorted(event.message_ids))
            await self.host.incidents.message_deleted(event.guild_id, event.channel_id, messages)

    @commands.Cog.listener()
    async def on_scheduled_event_delete(self, event: discord.ScheduledEvent) -> None:
        """An entry among the server's events is gone (RHY-1)."""
        await self.host.incidents.event_deleted(event.guild_id, event.id)

    @commands.Cog.listener()
    async def on_scheduled_event_update(self, before: discord.ScheduledEvent, after: discord.ScheduledEvent) -> None:
        """An entry was cancelled by hand: for people it is gone as well (RHY-1)."""
        if after.status is discord.EventStatus.canceled:
            await self.host.incidents.event_deleted(after.guild_id, after.id)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, event: discord.RawThreadDeleteEvent) -> None:
        """A thread is gone (PRO-10)."""
        await self.host.incidents.thread_deleted(event.guild_id, event.thread_id, event.parent_id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """A channel is gone (PRO-11)."""
        await self.host.incidents.channel_deleted(channel.guild.id, channel.id)

    @commands.Cog.listener()
    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """A role is gone (ORG-3)."""
        await self.host.incidents.role_deleted(role.guild.id, role.id)

    @commands.Cog.listener()
    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """A role has another name or gives other powers (ORG-2a)."""
        if (before.name, before.permissions) != (after.name, after.permissions):
            await self.host.incidents.server_changed(after.guild.id)

    @commands.Cog.listener()
    async def on_guild_channel_update(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """A channel allows or denies something else (SCL-3)."""
        if before.overwrites != after.overwrites:
            await self.host.incidents.server_changed(after.guild.id)

    @commands.Cog.listener()
    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """A person's roles changed (ORG-2). Other bots hold no seats."""
        if after.bot or not caches.stands(after.guild):
            return  # with its arrival everybody's roles are read
        had, has = caches.worn_by(before), caches.worn_by(after)
        if had != has:
            await self.host.incidents.roles_changed(after.guild.id, after.id, has)
        elif before.timed_out_until != after.timed_out_until:
            await self.host.incidents.access_changed(after.guild.id)

    @commands.Cog.listener()
    async def on_member_join(self, member: discord.Member) -> None:
        """A person came, or came back, perhaps with roles already (ORG-2)."""
        if member.bot or not caches.stands(member.guild):
            return  # with its arrival everybody's roles are read
        if has := caches.worn_by(member):
            await self.host.incidents.roles_changed(member.guild.id, member.id, has)
        else:
            await self.host.incidents.access_changed(member.guild.id)

    @commands.Cog.listener()
    async def on_raw_member_remove(self, event: discord.RawMemberRemoveEvent) -> None:
        """A person left the server or was removed (PRO-9)."""
        await self.host.incidents.member_left(event.guild_id, event.user.id)

    @commands.Cog.listener()
    async def on_audit_log_entry_create(self, entry: discord.AuditLogEntry) -> None:
        """Who gave whom a role (ORG-2); a kick or ban may be told after the person is gone (PRO-9)."""
        given = tuple(role.id for role in getattr(entry.after, "roles", ()))
        if entry.action is discord.AuditLogAction.member_role_update and given and entry.target and entry.user_id:
            grant = Grant(entry.id, entry.user_id, int(entry.target.id), given)
            await self.host.incidents.roles_given(entry.guild.id, (grant,))
        removed = {discord.AuditLogAction.kick, discord.AuditLogAction.ban}
        if entry.action in removed and entry.target is not None:
            await self.host.incidents.member_removed(entry.guild.id, int(entry.target.id), entry.created_at)


async def setup(bot: commands.Bot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(IncidentListeners(cast(Host, bot)))
