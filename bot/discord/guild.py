"""The one adapter to discord.py for messages, threads, reactions and direct messages.

Discord's refusals come out as three small exceptions: ``Gone`` (it does not exist), ``Forbidden`` (the bot may not)
and ``DiscordFailure`` (try again later).
"""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import discord
from discord.ext import commands

from bot.discord import caches
from bot.discord.requests import FAILED, in_a_line
from bot.discord.twins import made_once
from bot.services.intrusions import Grant
from bot.services.ports.deliveries import CalendarEntry
from bot.services.ports.server import Presence

_THREAD_EXISTS, _ASLEEP = 160004, 50083
_GONE = {10003: "channel", 10007: "member", 10013: "member"}
"""What is not there, by Discord's codes; the others are of messages."""
_CLOSED = frozenset({_ASLEEP, 160005})
"""Codes for a thread that takes nothing: archived, or locked. Discord does not send them as a lack of permission."""
MEMBERS_WITHIN = 60.0
"""Seconds that Discord may take to tell all members of a server."""
REMOVALS = frozenset({discord.AuditLogAction.kick, discord.AuditLogAction.ban, discord.AuditLogAction.member_prune})
"""What the audit log calls the ways in which a member is removed by somebody else."""


class Gone(Exception):
    """The ``message``, ``channel`` or other thing does not exist any more."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Forbidden(Exception):
    """The bot lacks access or a permission."""


class DiscordFailure(Exception):
    """Discord could not take it now."""


@dataclass(frozen=True, slots=True)
class MessagePlace:
    """Where a message stands."""

    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class Reacted:
    """One person's reaction on a message; the ``emoji`` as Discord writes it."""

    channel_id: int
    message_id: int
    user_id: int
    emoji: str


@dataclass(frozen=True, slots=True)
class MessageReactions:
    """What people put on a message, super reactions included, and which emoji the bot itself did."""

    of_people: tuple[Reacted, ...] = ()
    own: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Post:
    """One of the bot's own messages: what it says, and what its controls name."""

    text: str
    custom_ids: tuple[str, ...]


@asynccontextmanager
async def _spoken() -> AsyncIterator[None]:
    """Turn discord.py's exceptions into ours."""
    try:
        yield
    except discord.Forbidden as error:
        raise Forbidden(str(error)) from error
    except discord.NotFound as error:
        raise Gone(_GONE.get(error.code, "message")) from error
    except FAILED as error:
        closed = isinstance(error, discord.HTTPException) and error.code in _CLOSED
        raise (Forbidden if closed else DiscordFailure)(in_a_line(error)) from error


class DiscordGuild:
    """Discord as delivery and reconciliation need it."""

    def __init__(self, bot: commands.Bot) -> None:
        self._bot = bot

    async def post(
        self,
        channel_id: int,
        view: discord.ui.LayoutView,
        mention: Iterable[int] = (),
        files: Iterable[tuple[str, bytes]] = (),
    ) -> int:
        """Send a card with the files it shows and give its message id. Only the people named are pinged."""
        allowed = discord.AllowedMentions(
            everyone=False, roles=False, users=[discord.Object(user) for user in mention], replied_user=False
        )
        async with _spoken():
            attached = [discord.File(io.BytesIO(content), filename=name) for name, content in files]
            message = await self._messageable(channel_id).send(view=view, allowed_mentions=allowed, files=attached)
        view.stop()
        return message.id

    async def edit(self, channel_id: int, message_id: int, view: discord.ui.LayoutView) -> None:
        """Replace what a message shows. Pings nobody."""
        message = self._messageable(channel_id).get_partial_message(message_id)
        async with _spoken():
            await message.edit(view=view, allowed_mentions=discord.AllowedMentions.none())
        view.stop()

    async def rewrite(
        self, channel_id: int, message_id: int, view: discord.ui.LayoutView, files: Iterable[tuple[str, bytes]] = ()
    ) -> bool:
        """Replace what a message shows and every file it carries; False when it does not stand any more.

        A thread that fell asleep is woken for it. Pings nobody. Raises Forbidden, DiscordFailure.
        """

        async def change(message: discord.PartialMessage) -> None:
            attached = [discord.File(io.BytesIO(content), filename=name) for name, content in files]
            await message.edit(view=view, attachments=attached, allowed_mentions=discord.AllowedMentions.none())

        done = await self._upon(channel_id, message_id, change)
        view.stop()
        return done

    async def remove(self, channel_id: int, message_id: int) -> bool:
        """Delete one of the bot's own messages; False when it stands no more. Raises Forbidden, DiscordFailure."""
        return await self._upon(channel_id, message_id, lambda message: message.delete())

    async def rename(self, thread_id: int, name: str) -> None:
        """Give a thread that the bot opened this name. Raises Gone, Forbidden, DiscordFailure."""
        async with _spoken():
            thread = self._bot.get_channel(thread_id) or await self._bot.fetch_channel(thread_id)
            if isinstance(thread, discord.Thread) and thread.name != name:
                await thread.edit(name=name, archived=False)

    async def _upon(
        self, channel_id: int, message_id: int, act: Callable[[discord.PartialMessage], Awaitable[object]]
    ) -> bool:
        message = self._messageable(channel_id).get_partial_message(message_id)
        try:
            async with _spoken():
                try:
                    await act(message)
                except discord.HTTPException as error:
                    thread = self._bot.get_channel(channel_id)
                    if error.code != _ASLEEP or not isinstance(thread, discord.Thread) or thread.locked:
                        raise
                    await thread.edit(archived=False)
                    await act(message)
        except Gone:
            return False
        return True

    async def open_thread(self, channel_id: int, message_id: int, name: str) -> int:
        """The public thread of this message, made if need be: a thread has its message's id."""
        async with _spoken():
            channel = self._bot.get_channel(channel_id) or await self._bot.fetch_channel(channel_id)
        if not isinstance(channel, discord.TextChannel):
            raise Gone("channel")
        try:
            async with _spoken():
                thread = await channel.get_partial_message(message_id).create_thread(
                    name=name, auto_archive_duration=10080
                )
        except DiscordFailure as error:
            cause = error.__cause__
            if isinstance(cause, discord.HTTPException) and cause.code == _THREAD_EXISTS:
                return message_id
            raise
        return thread.id

    async def exists(self, channel_id: int) -> bool:
        """Whether a channel or thread is there, asking Discord when the cache does not know it."""
        known = self._bot.get_channel(channel_id)
        if isinstance(known, discord.Thread) and known.parent is None:
            if caches.stands(known.guild):
                return False  # with its channel a thread is gone, whatever the cache still holds
        elif known is not None:
            return True
        try:
            async with _spoken():
                await self._bot.fetch_channel(channel_id)
        except Gone:
            return False
        except Forbidden:  # it is there, only hidden from the bot
            return True
        return True

    async def stands(self, channel_id: int, message_id: int) -> bool:
        """Whether a message is there, asked of Discord: True unless it says that it is not."""
        try:
            async with _spoken():
                await self._messageable(channel_id).fetch_message(message_id)
        except Gone:
            return False
        except (Forbidden, DiscordFailure):
            return True
        return True

    async def find_marked(self, channel_id: int, marker: int, since: datetime) -> list[int]:
        """The bot's own messages whose first component carries this marker, sent since an instant, oldest first."""
        assert self._bot.user is not None
        async with _spoken():
            history = self._messageable(channel_id).history(after=since - timedelta(minutes=1), limit=None)
            return [
                message.id
                async for message in history
                if message.author.id == self._bot.user.id and _marked(message, marker)
            ]

    async def own_posts(self, channel_id: int, limit: int = 200) -> list[Post]:
        """What the bot last posted in a channel, newest first."""
        assert self._bot.user is not None
        async with _spoken():
            return [
                Post(*_content(message))
                async for message in self._messageable(channel_id).history(limit=limit)
                if message.author.id == self._bot.user.id
            ]

    async def missing(self, channel_id: int, message_ids: Collection[int]) -> frozenset[int]:
        """Which of these messages do not stand in a channel any more. Raises Gone, Forbidden."""
        if not message_ids:
            return frozenset()
        first, standing = min(message_ids), set()
        async with _spoken():
            # From the newest back: simulated Discord hands out the newest page where Discord hands out the next one.
            async for message in self._messageable(channel_id).history(limit=None):
                if message.id < first:
                    break
                standing.add(message.id)
        return frozenset(message_ids) - standing

    async def make_event(self, guild_id: int, entry: CalendarEntry) -> int:
        """Put an entry among the server's scheduled events, once; its id. Raises Forbidden, DiscordFailure."""
        guild = self._reachable(guild_id)

        stood = {event.id for event in guild.scheduled_events}

        async def make() -> discord.ScheduledEvent:
            return await guild.create_scheduled_event(
                name=entry.name,
                description=entry.description,
                start_time=entry.starts_at,
                end_time=entry.ends_at,
                entity_type=discord.EntityType.external,
                privacy_level=discord.PrivacyLevel.guild_only,
                location=entry.location,
            )

        async def alike() -> list[discord.ScheduledEvent]:
            new = (event for event in await self._own_events(guild, entry) if event.id not in stood)
            return [event for event in new if event.start_time == entry.starts_at]

        async def own(ids: Collection[int]) -> Collection[int]:
            return ids

        async with _spoken():
            return (await made_once(make, alike, own, "made twice")).id

    async def change_event(self, guild_id: int, event_id: int, entry: CalendarEntry) -> None:
        """Make an entry say this. Raises Gone (also once cancelled by hand), Forbidden, DiscordFailure."""
        async with _spoken():
            event = await self._event(guild_id, event_id)
            if event.status is discord.EventStatus.canceled:
                raise Gone("event")
            if event.status is not discord.EventStatus.scheduled:
                return  # one that began or is over cannot be moved any more
            await event.edit(
                name=entry.name,
                description=entry.description,
                start_time=entry.starts_at,
                end_time=entry.ends_at,
                entity_type=discord.EntityType.external,
                location=entry.location,
            )

    async def remove_event(self, guild_id: int, event_id: int) -> None:
        """Take an entry away; one that is gone already is well. Raises Forbidden, DiscordFailure."""
        with contextlib.suppress(Gone):
            async with _spoken():
                event = await self._event(guild_id, event_id)
                if event.status in {discord.EventStatus.scheduled, discord.EventStatus.active}:
                    await event.delete()

    async def find_event(self, guild_id: int, entry: CalendarEntry) -> int | None:
        """The bot's own entry of this name and place, made just before a crash."""
        async with _spoken():
            return next((event.id for event in await self._own_events(self._reachable(guild_id), entry)), None)

    async def _own_events(self, guild: discord.Guild, entry: CalendarEntry) -> list[discord.ScheduledEvent]:
        assert self._bot.user is not None
        return [
            event
            for event in await guild.fetch_scheduled_events(with_counts=False)
            if event.creator_id == self._bot.user.id
            and event.status is discord.EventStatus.scheduled
            and (event.name, event.location) == (entry.name, entry.location)
        ]

    async def _event(self, guild_id: int, event_id: int) -> discord.ScheduledEvent:
        return await self._reachable(guild_id).fetch_scheduled_event(event_id, with_counts=False)

    async def add_reaction(self, channel_id: int, message_id: int, emoji: str) -> None:
        """The bot's own reaction, for people to press."""
        async with _spoken():
            await self._messageable(channel_id).get_partial_message(message_id).add_reaction(emoji)

    async def remove_reaction(self, channel_id: int, message_id: int, emoji: str, user_id: int) -> None:
        """Take one person's reaction away."""
        message = self._messageable(channel_id).get_partial_message(message_id)
        async with _spoken():
            await message.remove_reaction(emoji, discord.Object(user_id))

    async def reactions(self, channel_id: int, message_id: int, wanted: Callable[[str], bool]) -> MessageReactions:
        """Who reacted on a message with an emoji that is wanted. Raises Gone, Forbidden, DiscordFailure."""
        async with _spoken():
            return await _reactions(await self._messageable(channel_id).fetch_message(message_id), wanted)

    async def reactions_in(self, channel_id: int, wanted: Callable[[str], bool]) -> tuple[Reacted, ...]:
        """The same of all the bot's own messages in a thread: one request for a hundred of them, and one for each
        emoji that somebody used. Raises Gone, Forbidden, DiscordFailure.
        """
        assert self._bot.user is not None
        found: list[Reacted] = []
        async with _spoken():
            async for message in self._messageable(channel_id).history(limit=None):
                if message.author.id == self._bot.user.id and message.reactions:
                    found += (await _reactions(message, wanted)).of_people
        return tuple(found)

    async def direct(self, user_id: int, text: str, unless_since: datetime | None = None) -> MessagePlace | None:
        """A direct message; where it stands, None when the person does not take them. Never rely on it.

        With ``unless_since`` it is not sent if these words were sent since then, just before a crash.
        """
        try:
            async with _spoken():
                user = self._bot.get_user(user_id) or await self._bot.fetch_user(user_id)
                if unless_since is not None:
                    channel = user.dm_channel or await user.create_dm()
                    async for message in channel.history(after=unless_since - timedelta(minutes=1), limit=100):
                        if message.author == self._bot.user and message.content == text:
                            return MessagePlace(channel.id, message.id)
                sent = await user.send(text, allowed_mentions=discord.AllowedMentions.none())
        except (Gone, Forbidden):
            return None
        return MessagePlace(sent.channel.id, sent.id)

    async def redirect(self, place: MessagePlace, text: str) -> bool:
        """Say something else in a direct message; False when it stands no more. Raises Forbidden, DiscordFailure."""
        return await self._upon(place.channel_id, place.message_id, lambda message: message.edit(content=text))

    async def own_direct(self, user_id: int, since: datetime, until: datetime) -> list[MessagePlace]:
        """The bot's direct messages to somebody in a span of time. Raises Gone, Forbidden, DiscordFailure."""
        async with _spoken():
            user = self._bot.get_user(user_id) or await self._bot.fetch_user(user_id)
            channel = user.dm_channel or await user.create_dm()
            history = channel.history(after=since, before=until, limit=None)
            return [MessagePlace(channel.id, m.id) async for m in history if m.author == self._bot.user]

    async def roles_of(self, guild_id: int, user_id: int) -> tuple[frozenset[int], bool] | None:
        """A member's roles and whether they may manage roles, from the cache or Discord.

        None only if Discord says that they are not a member. Raises DiscordFailure while that is not known.
        """
        guild = self._reachable(guild_id)
        member = guild.get_member(user_id)
        if member is None:
            try:
                async with _spoken():
                    member = await guild.fetch_member(user_id)
            except (Gone, Forbidden) as error:
                if isinstance(error, Gone) and error.what == "member":
                    return None
                raise DiscordFailure(f"whether they are a member is not known: {error}") from error
        try:
            return caches.worn_by(member), member.guild_permissions.manage_roles
        except caches.NotKnownYet as unknown:
            raise DiscordFailure("the server went out of reach") from unknown

    def worn_by(self, guild_id: int, user_id: int) -> frozenset[int] | None:
        """A person's roles as Discord told of them last, without asking again; None if they are not a member, or the
        server has not arrived.
        """
        guild = self._bot.get_guild(guild_id)
        member = guild.get_member(user_id) if caches.stands(guild) else None
        return None if member is None or member.bot else caches.worn_by(member)

    async def everyone(self, guild_id: int) -> dict[int, frozenset[int]]:
        """The roles of every member of a server, people only. Raises DiscordFailure while it is out of reach."""
        guild = self._reachable(guild_id)
        await know_members(guild)
        try:
            return {member.id: caches.worn_by(member) for member in guild.members if not member.bot}
        except caches.NotKnownYet as unknown:
            raise DiscordFailure("the server went out of reach") from unknown

    def role_ids(self, guild_id: int) -> frozenset[int]:
        """The roles that the server has now. Raises DiscordFailure while it is out of reach."""
        return frozenset(role.id for role in self._reachable(guild_id).roles)

    async def presence(self, guild_id: int, channel_id: int | None, user_ids: Collection[int]) -> Presence:
        """How these people stand in a server and before one of its channels, by Discord's own reckoning (PRO-11).

        Overwrites, categories and roles are in it. Raises DiscordFailure while the server is out of reach.
        """
        guild = self._reachable(guild_id)
        await know_members(guild)
        channel = guild.get_channel(channel_id) if channel_id else None
        members = {user: guild.get_member(user) for user in user_ids}
        here = {user: member for user, member in members.items() if member is not None}
        return Presence(
            absent=frozenset(members.keys() - here.keys()),
            timed_out={
                user: member.timed_out_until for user, member in here.items() if member.timed_out_until is not None
            },
            blind=frozenset(user for user, member in here.items() if channel and not _sees(channel, member)),
        )

    async def left_by_themselves(self, guild_id: int, user_id: int, since: datetime) -> bool:
        """Whether a person who is gone left of their own will, as far as the audit log tells since then (PRO-9).

        Without the audit log it is not known, and then it counts as taken away: that never weakens an objection.
        """
        guild = self._bot.get_guild(guild_id)
        if guild is None:
            return False
        try:
            async with _spoken():
                async for entry in guild.audit_logs(limit=100, after=since, oldest_first=False):
                    removed = entry.action in REMOVALS
                    target = getattr(entry.target, "id", None)
                    aimed = target == user_id or entry.action is discord.AuditLogAction.member_prune
                    if removed and aimed:
                        return False
        except (Gone, Forbidden, DiscordFailure):
            return False
        return True

    async def grants(self, guild_id: int, since: datetime) -> tuple[Grant, ...]:
        """Who gave roles to whom since an instant, as far as the audit log tells; nothing where it cannot be read."""
        guild = self._bot.get_guild(guild_id)
        if guild is None:
            return ()
        found = []
        try:
            async with _spoken():
                action = discord.AuditLogAction.member_role_update
                async for entry in guild.audit_logs(limit=None, after=since, action=action, oldest_first=True):
                    given = tuple(role.id for role in getattr(entry.after, "roles", ()))
                    if given and entry.target and entry.user_id:
                        found.append(Grant(entry.id, entry.user_id, int(entry.target.id), given))
        except (Gone, Forbidden, DiscordFailure):
            return ()
        return tuple(found)

    def _reachable(self, guild_id: int) -> discord.Guild:
        """A server with its members and roles: one that is out of reach seems to have none of either."""
        try:
            return caches.standing(self._bot.get_guild(guild_id))
        except caches.NotKnownYet as unknown:
            raise DiscordFailure("the server is out of reach") from unknown

    def _messageable(self, channel_id: int) -> discord.PartialMessageable | discord.TextChannel | discord.Thread:
        channel = self._bot.get_channel(channel_id)
        if isinstance(channel, discord.TextChannel | discord.Thread):
            return channel
        return self._bot.get_partial_messageable(channel_id)


async def know_members(guild: discord.Guild) -> None:
    """Have every member of a server in the cache. Raises DiscordFailure when Discord does not tell them all.

    A list that is not whole must never be taken for the server: everyone missing would lose their seats.
    """
    if guild.chunked:
        return
    try:
        async with asyncio.timeout(MEMBERS_WITHIN):
            await guild.chunk()
    except FAILED as error:
        raise DiscordFailure("the list of members did not come") from error
    if not guild.chunked:
        raise DiscordFailure("the list of members is not whole")


async def _reactions(message: discord.Message, wanted: Callable[[str], bool]) -> MessageReactions:
    """Discord lists super reactions apart from the others, and each only when asked for."""
    people: list[Reacted] = []
    own = set()
    for reaction in message.reactions:
        emoji = str(reaction.emoji)
        if not wanted(emoji):
            continue
        if reaction.me:
            own.add(emoji)
        usual = reaction.count - reaction.burst_count
        found: list[discord.User | discord.Member] = []
        if usual > reaction.me:
            found += [user async for user in reaction.users(limit=usual)]
        if reaction.burst_count > reaction.me_burst:
            found += [
                user async for user in reaction.users(limit=reaction.burst_count, type=discord.ReactionType.burst)
            ]
        people += [Reacted(message.channel.id, message.id, user.id, emoji) for user in found if not user.bot]
    return MessageReactions(tuple(people), frozenset(own))


def _sees(channel: discord.abc.GuildChannel, member: discord.Member) -> bool:
    may = channel.permissions_for(member)
    return may.view_channel and may.read_message_history


def _content(message: discord.Message) -> tuple[str, tuple[str, ...]]:
    """The texts and custom_ids of a message's components."""
    texts, custom_ids = [], []
    for component in discord.ui.LayoutView.from_message(message, timeout=None).walk_children():
        if isinstance(component, discord.ui.TextDisplay):
            texts.append(component.content)
        elif isinstance(component, discord.ui.Button) and component.custom_id:
            custom_ids.append(component.custom_id)
    return "\n".join(texts), tuple(custom_ids)


def _marked(message: discord.Message, marker: int) -> bool:
    return any(getattr(component, "id", None) == marker for component in message.components)
