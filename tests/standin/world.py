"""What this Discord remembers: plain payloads as Discord sends them, changed by requests and by people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from bot.discord.permissions import permissions

Json: TypeAlias = dict[str, Any]
Tell: TypeAlias = Callable[[str, Json, int | None], None]
EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
TEXT, DIRECT, CATEGORY, THREAD = 0, 1, 4, 11
NONCES_KEPT = timedelta(minutes=5)


class Refused(Exception):
    """Discord refuses a request."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True)
class Reaction:
    """One person's reaction; ``burst`` makes it a super reaction, which Discord lists apart."""

    user: int
    emoji: str
    burst: bool = False


@dataclass
class Guild:
    """One server. ``arrives_after``: seconds between READY and its arrival; None for never."""

    world: World
    id: int
    name: str
    owner: int
    arrives_after: float | None = 0.0
    available: bool = True
    roles: dict[int, Json] = field(default_factory=dict)
    members: dict[int, Json] = field(default_factory=dict)
    events: dict[int, Json] = field(default_factory=dict)
    audit: list[Json] = field(default_factory=list)

    def tell(self, event: str, data: Json) -> None:
        """An event of this server."""
        self.world.tell(event, {"guild_id": str(self.id), **data}, self.id)

    def role(self, name: str, permissions: int = 0, position: int | None = None, **more: Any) -> Json:
        """Make a role; like Discord's, a new one stands lowest above @everyone."""
        if position is None:
            for each in self.roles.values():
                each["position"] += each["position"] > 0
            position = 1
        number = more.pop("id", None) or self.world.snowflake()
        made = {
            "id": str(number),
            "name": name,
            "permissions": str(permissions),
            "position": position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "flags": 0,
            **more,
        }
        self.roles[number] = made
        self.tell("GUILD_ROLE_CREATE", {"role": made})
        return made

    def remove_role(self, id: int) -> None:
        """Delete a role, also from those who wear it."""
        self.world.known(self.roles, id, 10011, "Unknown Role")
        del self.roles[id]
        for user in [int(m["user"]["id"]) for m in self.members.values() if str(id) in m["roles"]]:
            self.wear(user, [int(each) for each in self.members[user]["roles"] if each != str(id)])
        self.tell("GUILD_ROLE_DELETE", {"role_id": str(id)})

    def channel(self, name: str, type: int = TEXT, **more: Any) -> Json:
        """Make a channel."""
        number = self.world.snowflake()
        made = {
            "id": str(number),
            "guild_id": str(self.id),
            "type": type,
            "name": name,
            "position": len(self.channels()),
            "parent_id": None,
            "topic": None,
            "nsfw": False,
            "rate_limit_per_user": 0,
            "permission_overwrites": [],
            **more,
        }
        self.world.channels[number] = made
        self.tell("CHANNEL_CREATE", made)
        return made

    def channels(self) -> list[Json]:
        """Its channels, without threads."""
        return [c for c in self.world.channels.values() if c["guild_id"] == str(self.id) and c["type"] != THREAD]

    def threads(self) -> list[Json]:
        """Its threads that are not archived."""
        mine = (c for c in self.world.channels.values() if c["guild_id"] == str(self.id))
        return [c for c in mine if c["type"] == THREAD and not c["thread_metadata"]["archived"]]

    def wear(self, user: int, roles: Iterable[int]) -> Json:
        """A member's roles are now these."""
        member: Json = self.world.known(self.members, user, 10007, "Unknown Member")
        member["roles"] = [str(each) for each in roles]
        self.tell("GUILD_MEMBER_UPDATE", member)
        return member

    def take_in(self, user: Json, roles: Iterable[int] = ()) -> Json:
        """Somebody joins."""
        member = {
            "user": user,
            "roles": [str(each) for each in roles],
            "joined_at": self.world.instant(),
            "nick": None,
            "avatar": None,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": False,
            "premium_since": None,
            "communication_disabled_until": None,
        }
        self.members[int(user["id"])] = member
        self.tell("GUILD_MEMBER_ADD", member)
        return member

    def lose(self, user: int, action: int | None = None) -> None:
        """Somebody is gone: of their own will, or by an act of the audit log (20 kick, 22 ban)."""
        member = self.members.pop(user)
        self.tell("GUILD_MEMBER_REMOVE", {"user": member["user"]})
        if action is not None:
            self.note(action, self.owner, user)

    def note(self, action: int, by: int, target: int) -> None:
        """An entry of the audit log (10 channel made, 30 role made)."""
        entry = {
            "id": str(self.world.snowflake()),
            "action_type": action,
            "user_id": str(by),
            "target_id": str(target),
            "reason": None,
            "changes": [],
        }
        self.audit.append(entry)
        self.tell("GUILD_AUDIT_LOG_ENTRY_CREATE", entry)

    def payload(self) -> Json:
        """The server as it arrives. Of its members only the bot: the others are asked for."""
        return {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.owner),
            "unavailable": False,
            "large": False,
            "joined_at": self.world.instant(),
            "member_count": len(self.members),
            "members": [m for m in self.members.values() if m["user"].get("bot")],
            "roles": list(self.roles.values()),
            "channels": self.channels(),
            "threads": self.threads(),
            "guild_scheduled_events": list(self.events.values()),
            "emojis": [],
            "stickers": [],
            "features": [],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "preferred_locale": "en-US",
            "system_channel_id": None,
            "rules_channel_id": None,
            "public_updates_channel_id": None,
            "afk_channel_id": None,
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
        }


class World:
    """All servers, and the channels, messages and people in them. ``clock`` gives the time that ids carry."""

    def __init__(self, bot: Json, clock: Callable[[], datetime], tell: Tell) -> None:
        self.bot = bot
        self.clock = clock
        self.tell = tell
        self.guilds: dict[int, Guild] = {}
        self.users: dict[int, Json] = {int(bot["id"]): bot}
        self.channels: dict[int, Json] = {}
        self.messages: dict[int, dict[int, Json]] = {}
        """By channel, in the order of sending."""
        self.reactions: dict[int, list[Reaction]] = {}
        """By message."""
        self.commands: list[Json] = []
        self._last = 0

    # ---- ids and time ----------------------------------------------------------------------------

    def snowflake(self) -> int:
        """A new id; later ones are greater."""
        milliseconds = int((self.clock() - EPOCH) / timedelta(milliseconds=1))
        self._last = max(self._last + 1, milliseconds << 22)
        return self._last

    def instant(self) -> str:
        """Now, as Discord writes it."""
        return self.clock().isoformat()

    @staticmethod
    def known(among: dict[int, Any], id: int, code: int, message: str) -> Any:
        """What has this id, or Discord's 404."""
        if id not in among:
            raise Refused(404, code, message)
        return among[id]

    # ---- people and servers ----------------------------------------------------------------------

    def user(self, name: str) -> Json:
        """A new person."""
        made: Json = {"id": str(self.snowflake()), "username": name, "global_name": name.title(), "discriminator": "0"}
        made |= {"avatar": None, "bot": False}
        self.users[int(made["id"])] = made
        return made

    def guild(self, name: str, bits: int | None, id: int | None, arrives_after: float | None) -> Guild:
        """A server with an owner and the bot, whose role stands highest."""
        owner = self.user(f"owner of {name}")
        made = Guild(self, id or self.snowflake(), name, int(owner["id"]), arrives_after, available=False)
        self.guilds[made.id] = made
        made.role("@everyone", id=made.id, position=0)
        own = made.role(self.bot["username"], bits if bits is not None else permissions().value, managed=True)
        made.take_in(owner)
        made.take_in(self.bot, [int(own["id"])])
        made.available = True
        self.tell("GUILD_CREATE", made.payload(), made.id)
        return made

    def guild_of(self, channel: Json) -> Guild | None:
        """The server of a channel."""
        return self.guilds.get(int(channel["guild_id"] or 0))

    def told(self, channel: Json, event: str, data: Json) -> None:
        """An event of a server's channel. Those of direct messages reach only bots that ask for them."""
        guild = self.guild_of(channel)
        if guild is not None:
            guild.tell(event, data)

    def direct(self, user: int) -> Json:
        """The channel between the bot and a person."""
        person = self.known(self.users, user, 10013, "Unknown User")
        for channel in self.channels.values():
            if channel["type"] == DIRECT and channel["recipients"] == [person]:
                return channel
        made: Json = {"id": str(self.snowflake()), "guild_id": None, "type": DIRECT, "recipients": [person]}
        made["last_message_id"] = None
        self.channels[int(made["id"])] = made
        return made

    # ---- channels, threads -----------------------------------------------------------------------

    def channel(self, id: int) -> Json:
        """A channel or thread. Raises Refused."""
        found: Json = self.known(self.channels, id, 10003, "Unknown Channel")
        return found

    def change_channel(self, id: int, changes: Json) -> Json:
        """Name, topic, overwrites of a channel; archived and locked of a thread."""
        channel = self.channel(id)
        metadata = channel.get("thread_metadata", {})
        for key, value in changes.items():
            if key in metadata:
                metadata[key] = value
            else:
                channel[key] = value
        self.told(channel, "THREAD_UPDATE" if channel["type"] == THREAD else "CHANNEL_UPDATE", channel)
        return channel

    def remove_channel(self, id: int) -> Json:
        """Delete a channel with what is in it and the threads below it."""
        channel = self.channel(id)
        for thread in [c for c in self.channels.values() if c["type"] == THREAD and c["parent_id"] == str(id)]:
            del self.channels[int(thread["id"])]
        del self.channels[id]
        self.messages.pop(id, None)
        self.told(channel, "THREAD_DELETE" if channel["type"] == THREAD else "CHANNEL_DELETE", channel)
        return channel

    def thread(self, channel_id: int, message_id: int, name: str, owner: int) -> Json:
        """The thread of a message, which has the message's id."""
        channel = self.channel(channel_id)
        self.message(channel_id, message_id)
        if message_id in self.channels:
            raise Refused(400, 160004, "A thread has already been created for this message")
        made = {
            "id": str(message_id),
            "guild_id": channel["guild_id"],
            "parent_id": channel["id"],
            "owner_id": str(owner),
            "type": THREAD,
            "name": name,
            "message_count": 0,
            "total_message_sent": 0,
            "member_count": 1,
            "rate_limit_per_user": 0,
            "flags": 0,
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": 10080,
                "archive_timestamp": self.instant(),
                "locked": False,
            },
        }
        self.channels[message_id] = made
        self.told(channel, "THREAD_CREATE", made | {"newly_created": True})
        return made

    # ---- messages --------------------------------------------------------------------------------

    def message(self, channel_id: int, message_id: int) -> Json:
        """A message as it stands, with its reactions. Raises Refused."""
        self.channel(channel_id)
        found: Json = self.known(self.messages.get(channel_id, {}), message_id, 10008, "Unknown Message")
        return found | {"reactions": self._counted(message_id)}

    def history(self, channel_id: int, before: int = 0, after: int = 0, limit: int = 50) -> list[Json]:
        """A page of messages, newest first: those just before, or those just after, an id."""
        self.channel(channel_id)
        standing = sorted(self.messages.get(channel_id, {}))
        if after:
            page = [each for each in standing if each > after][:limit]
        else:
            page = [each for each in standing if not before or each < before][-limit:]
        return [self.message(channel_id, each) for each in reversed(page)]

    def post(self, channel_id: int, author: Json, said: Json, files: Iterable[tuple[str, int]] = ()) -> Json:
        """Send a message; with an enforced nonce that was used lately, the one that stands already."""
        channel = self.channel(channel_id)
        if channel.get("thread_metadata", {}).get("locked"):
            raise Refused(400, 50083, "Thread is archived")
        nonce = said.get("nonce") if said.get("enforce_nonce") else None
        for sent in reversed(self.messages.get(channel_id, {}).values()):
            recent = self.clock() - datetime.fromisoformat(sent["timestamp"]) < NONCES_KEPT
            if nonce is not None and sent.get("nonce") == nonce and sent["author"] == author and recent:
                return self.message(channel_id, int(sent["id"]))
        if channel["type"] == THREAD:
            channel["thread_metadata"]["archived"] = False
        made = self.made(channel_id, author, said, files)
        self.messages.setdefault(channel_id, {})[int(made["id"])] = made
        self.told(channel, "MESSAGE_CREATE", made)
        return made

    def made(self, channel_id: int, author: Json, said: Json, files: Iterable[tuple[str, int]] = ()) -> Json:
        """A message as Discord gives it back, standing nowhere yet."""
        return {
            "id": str(self.snowflake()),
            "channel_id": str(channel_id),
            "author": author,
            "content": said.get("content") or "",
            "timestamp": self.instant(),
            "edited_timestamp": None,
            "tts": False,
            "pinned": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [_attachment(self.snowflake(), name, size) for name, size in files],
            "embeds": said.get("embeds") or [],
            "components": numbered(said.get("components") or []),
            "flags": said.get("flags") or 0,
            "type": 0,
            **({"nonce": said["nonce"]} if said.get("nonce") is not None else {}),
        }

    def change_message(self, channel_id: int, message_id: int, said: Json) -> Json:
        """Edit a message."""
        self.message(channel_id, message_id)
        standing = self.messages[channel_id][message_id]
        standing |= {key: said[key] for key in ("content", "embeds", "flags") if said.get(key) is not None}
        if said.get("components") is not None:
            standing["components"] = numbered(said["components"])
        standing["edited_timestamp"] = self.instant()
        self.told(self.channel(channel_id), "MESSAGE_UPDATE", standing)
        return self.message(channel_id, message_id)

    def remove_message(self, channel_id: int, message_id: int) -> None:
        """Delete a message and its reactions."""
        self.message(channel_id, message_id)
        del self.messages[channel_id][message_id]
        self.reactions.pop(message_id, None)
        gone = {"id": str(message_id), "channel_id": str(channel_id)}
        self.told(self.channel(channel_id), "MESSAGE_DELETE", gone)

    # ---- reactions -------------------------------------------------------------------------------

    def react(self, channel_id: int, message_id: int, reaction: Reaction) -> None:
        """Add a reaction; one that stands already changes nothing."""
        message = self.message(channel_id, message_id)
        standing = self.reactions.setdefault(message_id, [])
        if reaction in standing:
            return
        standing.append(reaction)
        about = self._reacted(channel_id, message_id, reaction)
        guild = self.guild_of(self.channel(channel_id))
        if guild is not None and reaction.user in guild.members:
            about["member"] = guild.members[reaction.user]
        about["message_author_id"] = message["author"]["id"]
        self.told(self.channel(channel_id), "MESSAGE_REACTION_ADD", about)

    def unreact(self, channel_id: int, message_id: int, user: int, emoji: str) -> None:
        """Take one person's reactions with an emoji away."""
        self.message(channel_id, message_id)
        standing = self.reactions.get(message_id, [])
        for each in [r for r in standing if r.user == user and r.emoji == emoji]:
            standing.remove(each)
            about = self._reacted(channel_id, message_id, each)
            self.told(self.channel(channel_id), "MESSAGE_REACTION_REMOVE", about)

    def wipe(self, channel_id: int, message_id: int, emoji: str | None = None) -> None:
        """Take all reactions, or all with one emoji, away."""
        self.message(channel_id, message_id)
        standing = self.reactions.get(message_id, [])
        standing[:] = [each for each in standing if emoji is not None and each.emoji != emoji]
        about: Json = {"channel_id": str(channel_id), "message_id": str(message_id)}
        if emoji is None:
            self.told(self.channel(channel_id), "MESSAGE_REACTION_REMOVE_ALL", about)
        else:
            about["emoji"] = {"id": None, "name": emoji}
            self.told(self.channel(channel_id), "MESSAGE_REACTION_REMOVE_EMOJI", about)

    def reacted(self, message_id: int, emoji: str, burst: bool) -> list[int]:
        """Who reacted, by id: the ordinary reactions or the super ones, never both."""
        found = self.reactions.get(message_id, [])
        return sorted(each.user for each in found if each.emoji == emoji and each.burst == burst)

    def _reacted(self, channel_id: int, message_id: int, reaction: Reaction) -> Json:
        return {
            "user_id": str(reaction.user),
            "channel_id": str(channel_id),
            "message_id": str(message_id),
            "emoji": {"id": None, "name": reaction.emoji},
            "burst": reaction.burst,
            "type": int(reaction.burst),
        }

    def _counted(self, message_id: int) -> list[Json]:
        me = int(self.bot["id"])
        found = []
        for emoji in dict.fromkeys(each.emoji for each in self.reactions.get(message_id, [])):
            normal, burst = self.reacted(message_id, emoji, False), self.reacted(message_id, emoji, True)
            found.append(
                {
                    "emoji": {"id": None, "name": emoji},
                    "count": len(normal) + len(burst),
                    "count_details": {"normal": len(normal), "burst": len(burst)},
                    "me": me in normal,
                    "me_burst": me in burst,
                    "burst_colors": [],
                }
            )
        return found


def numbered(components: list[Json]) -> list[Json]:
    """Components with Discord's numbers where they have none, from 1."""
    for number, component in enumerate(walk(components), start=1):
        component.setdefault("id", number)
    return components


def walk(components: Iterable[Json]) -> Iterator[Json]:
    """Components with what is in them, in reading order."""
    for each in components:
        yield each
        inner = [*(each.get("components") or ()), *([each["accessory"]] if each.get("accessory") else ())]
        yield from walk([*inner, *([each["component"]] if each.get("component") else ())])


def _attachment(id: int, name: str, size: int) -> Json:
    url = f"https://cdn.invalid/{id}/{name}"
    return {"id": str(id), "filename": name, "size": size, "url": url, "proxy_url": url}
