"""The web addresses: what each of Discord's routes does here. Only those that the bot uses, and a few beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tests.standin.people import Desk
from tests.standin.world import CATEGORY, Guild, Json, Reaction, Refused, World


@dataclass(frozen=True)
class Asked:
    """One request: what it says, and the files that came with it, by name and size."""

    json: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    files: tuple[tuple[str, int], ...] = ()

    def number(self, name: str, default: int = 0) -> int:
        """A number of the query."""
        return int(self.query.get(name) or default)


Handler: TypeAlias = Callable[..., Any]
_ROUTES: list[tuple[str, re.Pattern[str], Handler]] = []


def route(method: str, path: str) -> Callable[[Handler], Handler]:
    """This method of ``Rest`` answers this route."""
    pattern = re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)))

    def keep(handler: Handler) -> Handler:
        _ROUTES.append((method, pattern, handler))
        return handler

    return keep


class Rest:
    """Every route that is known here."""

    def __init__(self, world: World, desk: Desk, about: Json, listed: Callable[[], list[Json]]) -> None:
        self.world = world
        self.desk = desk
        self.about = about
        self._listed = listed
        self._me = int(world.bot["id"])

    def find(self, method: str, path: str) -> Callable[[Asked], Any] | None:
        """What answers this request; None when Discord has no such route."""
        for known, pattern, handler in _ROUTES:
            match = pattern.fullmatch(path) if known == method else None
            if match is not None:
                parts = {name: int(part) if part.isdigit() else part for name, part in match.groupdict().items()}
                return lambda asked: handler(self, asked, **parts)
        return None

    # ---- the application -------------------------------------------------------------------------

    @route("GET", "/users/@me")
    def myself(self, asked: Asked) -> Any:
        return self.world.bot

    @route("GET", "/oauth2/applications/@me")
    def application(self, asked: Asked) -> Any:
        return self.about

    @route("GET", "/users/@me/guilds")
    def my_guilds(self, asked: Asked) -> Any:
        return self._listed()

    @route("PUT", "/applications/{application}/commands")
    def sync(self, asked: Asked, application: int) -> Any:
        self.world.commands = [
            {"id": str(self.world.snowflake()), "application_id": str(application), "version": "1", **each}
            for each in asked.json
        ]
        return self.world.commands

    @route("GET", "/applications/{application}/commands")
    def commands(self, asked: Asked, application: int) -> Any:
        return self.world.commands

    @route("GET", "/users/{user}")
    def user(self, asked: Asked, user: int) -> Any:
        return self.world.known(self.world.users, user, 10013, "Unknown User")

    @route("POST", "/users/@me/channels")
    def direct(self, asked: Asked) -> Any:
        return self.world.direct(int(asked.json["recipient_id"]))

    # ---- servers ---------------------------------------------------------------------------------

    def _guild(self, id: int) -> Guild:
        found: Guild = self.world.known(self.world.guilds, id, 10004, "Unknown Guild")
        return found

    @route("GET", "/guilds/{guild}")
    def guild(self, asked: Asked, guild: int) -> Any:
        return self._guild(guild).payload()

    @route("GET", "/guilds/{guild}/members")
    def members(self, asked: Asked, guild: int) -> Any:
        return list(self._guild(guild).members.values())[: asked.number("limit", 1)]

    @route("GET", "/guilds/{guild}/members/{user}")
    def member(self, asked: Asked, guild: int, user: int) -> Any:
        return self.world.known(self._guild(guild).members, user, 10007, "Unknown Member")

    @route("PUT", "/guilds/{guild}/members/{user}/roles/{role}")
    def give(self, asked: Asked, guild: int, user: int, role: int) -> None:
        worn = self.member(asked, guild, user)["roles"]
        self._guild(guild).wear(user, dict.fromkeys([*map(int, worn), role]))

    @route("DELETE", "/guilds/{guild}/members/{user}/roles/{role}")
    def take(self, asked: Asked, guild: int, user: int, role: int) -> None:
        worn = self.member(asked, guild, user)["roles"]
        self._guild(guild).wear(user, [int(each) for each in worn if int(each) != role])

    @route("GET", "/guilds/{guild}/audit-logs")
    def audit(self, asked: Asked, guild: int) -> Any:
        after, before = asked.number("after"), asked.number("before", 2**63)
        action, who = asked.query.get("action_type"), asked.query.get("user_id")
        entries = [
            each
            for each in self._guild(guild).audit
            if after < int(each["id"]) < before
            and (action is None or each["action_type"] == int(action))
            and (who is None or each["user_id"] == who)
        ]
        if not after:
            entries.reverse()
        named = {entry[key] for entry in entries for key in ("target_id", "user_id")}
        people = [user for user in self.world.users.values() if user["id"] in named]
        told = ("webhooks", "integrations", "threads", "guild_scheduled_events", "application_commands")
        more: Json = {name: [] for name in (*told, "auto_moderation_rules")}
        return {"audit_log_entries": entries[: asked.number("limit", 50)], "users": people, **more}

    @route("GET", "/guilds/{guild}/roles")
    def roles(self, asked: Asked, guild: int) -> Any:
        return list(self._guild(guild).roles.values())

    @route("POST", "/guilds/{guild}/roles")
    def make_role(self, asked: Asked, guild: int) -> Any:
        said = asked.json
        made = self._guild(guild).role(said.get("name") or "new role", int(said.get("permissions") or 0))
        self._guild(guild).note(30, self._me, int(made["id"]))
        return made

    @route("GET", "/guilds/{guild}/roles/{role}")
    def role(self, asked: Asked, guild: int, role: int) -> Any:
        return self.world.known(self._guild(guild).roles, role, 10011, "Unknown Role")

    @route("PATCH", "/guilds/{guild}/roles/{role}")
    def change_role(self, asked: Asked, guild: int, role: int) -> Any:
        changed = self.role(asked, guild, role) | asked.json
        self._guild(guild).roles[role] = changed
        self._guild(guild).tell("GUILD_ROLE_UPDATE", {"role": changed})
        return changed

    @route("DELETE", "/guilds/{guild}/roles/{role}")
    def remove_role(self, asked: Asked, guild: int, role: int) -> None:
        self._guild(guild).remove_role(role)

    @route("GET", "/guilds/{guild}/channels")
    def channels(self, asked: Asked, guild: int) -> Any:
        return self._guild(guild).channels()

    @route("POST", "/guilds/{guild}/channels")
    def make_channel(self, asked: Asked, guild: int) -> Any:
        said = {key: value for key, value in asked.json.items() if value is not None}
        made = self._guild(guild).channel(said.pop("name"), said.pop("type", 0), **said)
        self._guild(guild).note(10, self._me, int(made["id"]))
        return made

    # ---- scheduled events ------------------------------------------------------------------------

    @route("GET", "/guilds/{guild}/scheduled-events")
    def events(self, asked: Asked, guild: int) -> Any:
        return list(self._guild(guild).events.values())

    @route("POST", "/guilds/{guild}/scheduled-events")
    def make_event(self, asked: Asked, guild: int) -> Any:
        made: Json = {"id": str(self.world.snowflake()), "guild_id": str(guild), "status": 1, "description": None}
        made |= asked.json | {"creator_id": str(self._me), "creator": self.world.bot, "user_count": 0}
        self._guild(guild).events[int(made["id"])] = made
        self._guild(guild).tell("GUILD_SCHEDULED_EVENT_CREATE", made)
        return made

    @route("GET", "/guilds/{guild}/scheduled-events/{event}")
    def event(self, asked: Asked, guild: int, event: int) -> Any:
        return self.world.known(self._guild(guild).events, event, 10070, "Unknown Guild Scheduled Event")

    @route("PATCH", "/guilds/{guild}/scheduled-events/{event}")
    def change_event(self, asked: Asked, guild: int, event: int) -> Any:
        changed = self.event(asked, guild, event) | asked.json
        self._guild(guild).events[event] = changed
        self._guild(guild).tell("GUILD_SCHEDULED_EVENT_UPDATE", changed)
        return changed

    @route("DELETE", "/guilds/{guild}/scheduled-events/{event}")
    def remove_event(self, asked: Asked, guild: int, event: int) -> None:
        gone = self.event(asked, guild, event)
        del self._guild(guild).events[event]
        self._guild(guild).tell("GUILD_SCHEDULED_EVENT_DELETE", gone)

    # ---- channels and threads --------------------------------------------------------------------

    @route("GET", "/channels/{channel}")
    def channel(self, asked: Asked, channel: int) -> Any:
        return self.world.channel(channel)

    @route("PATCH", "/channels/{channel}")
    def change_channel(self, asked: Asked, channel: int) -> Any:
        return self.world.change_channel(channel, asked.json)

    @route("DELETE", "/channels/{channel}")
    def remove_channel(self, asked: Asked, channel: int) -> Any:
        return self.world.remove_channel(channel)

    @route("PUT", "/channels/{channel}/permissions/{target}")
    def allow(self, asked: Asked, channel: int, target: int) -> None:
        others = [o for o in self.world.channel(channel)["permission_overwrites"] if int(o["id"]) != target]
        overwrites = [*others, {"id": str(target), **asked.json}]
        self.world.change_channel(channel, {"permission_overwrites": overwrites})

    @route("DELETE", "/channels/{channel}/permissions/{target}")
    def disallow(self, asked: Asked, channel: int, target: int) -> None:
        others = [o for o in self.world.channel(channel)["permission_overwrites"] if int(o["id"]) != target]
        self.world.change_channel(channel, {"permission_overwrites": others})

    @route("POST", "/channels/{channel}/messages/{message}/threads")
    def open_thread(self, asked: Asked, channel: int, message: int) -> Any:
        return self.world.thread(channel, message, asked.json["name"], self._me)

    # ---- messages --------------------------------------------------------------------------------

    @route("GET", "/channels/{channel}/messages")
    def history(self, asked: Asked, channel: int) -> Any:
        page = asked.number("before"), asked.number("after"), asked.number("limit", 50)
        return self.world.history(channel, *page)

    @route("POST", "/channels/{channel}/messages")
    def post(self, asked: Asked, channel: int) -> Any:
        if self.world.channel(channel)["type"] == CATEGORY:
            raise Refused(400, 50008, "Cannot send messages in a non-text channel")
        return self.world.post(channel, self.world.bot, asked.json, asked.files)

    @route("GET", "/channels/{channel}/messages/{message}")
    def message(self, asked: Asked, channel: int, message: int) -> Any:
        return self.world.message(channel, message)

    @route("PATCH", "/channels/{channel}/messages/{message}")
    def edit(self, asked: Asked, channel: int, message: int) -> Any:
        return self.world.change_message(channel, message, asked.json)

    @route("DELETE", "/channels/{channel}/messages/{message}")
    def delete(self, asked: Asked, channel: int, message: int) -> None:
        self.world.remove_message(channel, message)

    # ---- reactions -------------------------------------------------------------------------------

    @route("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me")
    def react(self, asked: Asked, channel: int, message: int, emoji: str) -> None:
        self.world.react(channel, message, Reaction(self._me, emoji))

    @route("DELETE", "/channels/{channel}/messages/{message}/reactions/{emoji}/{user}")
    def unreact(self, asked: Asked, channel: int, message: int, emoji: str, user: int | str) -> None:
        self.world.unreact(channel, message, self._me if isinstance(user, str) else user, emoji)

    @route("GET", "/channels/{channel}/messages/{message}/reactions/{emoji}")
    def reactors(self, asked: Asked, channel: int, message: int, emoji: str) -> Any:
        self.world.message(channel, message)
        found = [u for u in self.world.reacted(message, emoji, bool(asked.number("type"))) if u > asked.number("after")]
        return [self.world.users[user] for user in found[: asked.number("limit", 25)]]

    @route("DELETE", "/channels/{channel}/messages/{message}/reactions")
    def wipe(self, asked: Asked, channel: int, message: int) -> None:
        self.world.wipe(channel, message)

    @route("DELETE", "/channels/{channel}/messages/{message}/reactions/{emoji}")
    def wipe_emoji(self, asked: Asked, channel: int, message: int, emoji: str) -> None:
        self.world.wipe(channel, message, emoji)

    # ---- answers to interactions -----------------------------------------------------------------

    @route("POST", "/interactions/{interaction}/{token}/callback")
    def callback(self, asked: Asked, interaction: int, token: str) -> Any:
        return self.desk.callback(interaction, asked.json, asked.files)

    @route("POST", "/webhooks/{application}/{token}")
    def follow_up(self, asked: Asked, application: int, token: str) -> Any:
        return self.desk.follow_up(str(token), asked.json, asked.files)

    @route("GET", "/webhooks/{application}/{token}/messages/@original")
    def original(self, asked: Asked, application: int, token: str) -> Any:
        return self.desk.original(str(token))

    @route("PATCH", "/webhooks/{application}/{token}/messages/{message}")
    def change_answer(self, asked: Asked, application: int, token: str, message: int | str) -> Any:
        return self.desk.change(str(token), message, asked.json)

    @route("DELETE", "/webhooks/{application}/{token}/messages/{message}")
    def remove_answer(self, asked: Asked, application: int, token: str, message: int | str) -> None:
        self.desk.remove(str(token), message)
