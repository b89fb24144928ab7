"""People at their screens: they press, fill in, type commands and react; and what the bot answers them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.standin.world import Guild, Json, Reaction, Refused, World, numbered, walk

COMMAND, COMPONENT, FORM = 2, 3, 5
REPLY, DEFER, DEFER_EDIT, EDIT, MODAL = 4, 5, 6, 7, 9
EPHEMERAL = 1 << 6
TO_ANSWER = 3.0
"""Seconds that the bot has for its first answer."""
TEXT_FIELD = 4
USER, CHANNEL, ROLE = 6, 7, 8
_RESOLVED = {USER: "users", CHANNEL: "channels", ROLE: "roles"}
ALL_POWERS = str((1 << 53) - 1)


class Declined(Exception):
    """The bot answered otherwise than the person needs to go on; it says what."""


@dataclass
class Interaction:
    """One act of a person, and what was answered: private and public messages, a form, or nothing yet."""

    id: int
    token: str
    type: int
    payload: Json
    sent_at: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    kind: int = 0
    """The type of the first answer; 0 while there is none."""
    messages: list[Json] = field(default_factory=list)
    form: Json | None = None
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def answered(self, within: float = 10.0) -> Interaction:
        """Wait until the bot has said something or opened a form; raises TimeoutError."""
        async with asyncio.timeout(within):
            while not self.messages and self.form is None:
                await self.heard.wait()
        return self

    @property
    def said(self) -> str:
        """Everything that was answered, in words."""
        return "\n".join(words(each) for each in self.messages)

    def news(self) -> None:
        """Something was answered."""
        self.heard.set()
        self.heard = asyncio.Event()


class Desk:
    """Takes the bot's answers to what people did."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.interactions: dict[int, Interaction] = {}

    def ask(self, type: int, guild: Guild, user: int, channel: Json, data: Json, **more: Any) -> Interaction:
        """A person's act reaches the bot."""
        number = self.world.snowflake()
        token = f"interaction-{number}"
        payload = {
            "id": str(number),
            "application_id": self.world.bot["id"],
            "type": type,
            "token": token,
            "version": 1,
            "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
            "channel_id": channel["id"],
            "channel": channel | {"permissions": ALL_POWERS},
            "member": guild.members[user] | {"permissions": _powers(guild, user)},
            "app_permissions": ALL_POWERS,
            "locale": "en-US",
            "guild_locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(guild.id)},
            "context": 0,
            "attachment_size_limit": 10_000_000,
            "data": data,
            **more,
        }
        made = Interaction(number, token, type, payload)
        self.interactions[number] = made
        guild.tell("INTERACTION_CREATE", payload)
        return made

    def callback(self, id: int, said: Json, files: Iterable[tuple[str, int]]) -> Json:
        """The first answer."""
        asked: Interaction = self.world.known(self.interactions, id, 10062, "Unknown interaction")
        if asyncio.get_running_loop().time() - asked.sent_at > TO_ANSWER:
            raise Refused(404, 10062, "Unknown interaction")
        if asked.kind:
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        kind, data = said["type"], said.get("data") or {}
        if kind == MODAL and asked.type == FORM:
            raise Refused(400, 50035, "Invalid Form Body")
        asked.kind = kind
        message = None
        if kind == REPLY:
            message = self._say(asked, data, files)
        elif kind == EDIT:
            message = self._edit_origin(asked, data)
        elif kind == MODAL:
            asked.form = data | {"components": numbered(data["components"])}
        asked.news()
        told = {"id": str(id), "type": asked.type, "response_message_id": message["id"] if message else None}
        resource = {"type": kind, **({"message": message} if message else {})}
        return {"interaction": told, "resource": resource}

    def follow_up(self, token: str, said: Json, files: Iterable[tuple[str, int]]) -> Json:
        """A further answer, or the one that was announced."""
        asked = self._of(token)
        message = self._say(asked, said, files)
        asked.news()
        return message

    def original(self, token: str) -> Json:
        """The first answer as it stands."""
        asked = self._of(token)
        if not asked.messages:
            raise Refused(404, 10008, "Unknown Message")
        return asked.messages[0]

    def change(self, token: str, message: int | str, said: Json) -> Json:
        """Edit an answer; the first by ``@original``, which the announced one becomes."""
        asked = self._of(token)
        if message == "@original" and not asked.messages:
            return self.follow_up(token, said, ())
        standing = self._answer(asked, message)
        standing |= {key: said[key] for key in ("content", "embeds", "flags") if said.get(key) is not None}
        if said.get("components") is not None:
            standing["components"] = numbered(said["components"])
        asked.news()
        return standing

    def remove(self, token: str, message: int | str) -> None:
        """Take an answer away."""
        asked = self._of(token)
        asked.messages.remove(self._answer(asked, message))

    def _of(self, token: str) -> Interaction:
        for asked in self.interactions.values():
            if asked.token == token and asked.kind:
                return asked
        raise Refused(404, 10015, "Unknown Webhook")

    @staticmethod
    def _answer(asked: Interaction, message: int | str) -> Json:
        for each in asked.messages:
            if message == "@original" or int(each["id"]) == message:
                return each
        raise Refused(404, 10008, "Unknown Message")

    def _say(self, asked: Interaction, said: Json, files: Iterable[tuple[str, int]]) -> Json:
        channel_id = int(asked.payload["channel_id"])
        author = self.world.bot
        if (said.get("flags") or 0) & EPHEMERAL:
            message = self.world.made(channel_id, author, said, files)
        else:
            message = self.world.post(channel_id, author, said, files)
        asked.messages.append(message)
        return message

    def _edit_origin(self, asked: Interaction, said: Json) -> Json:
        origin: Json = asked.payload["message"]
        channel_id, origin_id = int(origin["channel_id"]), int(origin["id"])
        if origin_id in self.world.messages.get(channel_id, {}):
            changed = self.world.change_message(channel_id, origin_id, said)
        else:
            changed = origin | {k: said[k] for k in ("content", "embeds", "flags") if said.get(k) is not None}
            changed["components"] = numbered(said.get("components") or [])
        asked.messages.append(changed)
        return changed


@dataclass
class Person:
    """A member of one server, at their screen."""

    guild: Guild
    desk: Desk
    id: int

    @property
    def world(self) -> World:
        """Where they are."""
        return self.guild.world

    def react(self, message: Json, emoji: str, *, burst: bool = False) -> None:
        """React; with ``burst`` by a super reaction."""
        self.world.react(int(message["channel_id"]), int(message["id"]), Reaction(self.id, emoji, burst))

    def unreact(self, message: Json, emoji: str) -> None:
        """Take one's reactions with this emoji back."""
        self.world.unreact(int(message["channel_id"]), int(message["id"]), self.id, emoji)

    def wear(self, *roles: Json) -> None:
        """Wear exactly these roles from now on: somebody who may has given and taken them."""
        self.guild.wear(self.id, [int(role["id"]) for role in roles])

    def press(self, message: Json, custom_id: str, values: Iterable[str] | None = None) -> Interaction:
        """Press a button, or choose in a menu."""
        component = next((c for c in walk(message["components"]) if c.get("custom_id") == custom_id), None)
        if component is None:
            raise Declined(f"{custom_id} stands there no more: {words(message)}")
        data: Json = {"custom_id": custom_id, "component_type": component["type"], "id": component["id"]}
        if values is not None:
            data["values"] = list(values)
        channel = self.world.channel(int(message["channel_id"]))
        return self.desk.ask(COMPONENT, self.guild, self.id, channel, data, message=message)

    def command(self, channel: Json, name: str, **options: Any) -> Interaction:
        """Type a slash command: ``roles map``. Roles, channels and people are given as their payloads."""
        first, *inner = name.split()
        described = next(c for c in self.world.commands if c["name"] == first and c.get("type", 1) == 1)
        data: Json = {"id": described["id"], "name": first, "type": 1, "guild_id": None}
        nested = data
        for each in inner:
            described = next(o for o in described["options"] if o["name"] == each)
            chosen: Json = {"name": each, "type": described["type"]}
            nested["options"] = [chosen]
            nested = chosen
        types = {o["name"]: o["type"] for o in described.get("options", ())}
        given, resolved = [], {}
        for option, value in options.items():
            if types[option] in _RESOLVED:
                resolved[_RESOLVED[types[option]]] = {value["id"]: value}
                value = value["id"]
            given.append({"name": option, "type": types[option], "value": value})
        nested["options"] = given
        data["resolved"] = resolved
        return self.desk.ask(COMMAND, self.guild, self.id, channel, data)

    def submit(self, shown: Interaction, **fields: Any) -> Interaction:
        """Send a form in; its fields by their custom_ids, lists for menus. Others stay as they were shown."""
        if shown.form is None:
            raise Declined(shown.said)
        parts = []
        for label in shown.form["components"]:
            part = label["component"] if "component" in label else label["components"][0]
            name = part["custom_id"]
            filled: Json = {"type": part["type"], "id": part["id"], "custom_id": name}
            if isinstance(fields.get(name), list):
                filled["values"] = fields[name]
            elif part["type"] == TEXT_FIELD or name in fields:
                filled["value"] = fields.get(name, part.get("value") or "")
            else:
                filled["values"] = [o["value"] for o in part.get("options", ()) if o.get("default")]
            parts.append({"type": label["type"], "id": label["id"], "component": filled})
        data = {"custom_id": shown.form["custom_id"], "components": parts}
        channel = self.world.channel(int(shown.payload["channel_id"]))
        more = {"message": shown.payload["message"]} if "message" in shown.payload else {}
        return self.desk.ask(FORM, self.guild, self.id, channel, data, **more)


def _powers(guild: Guild, user: int) -> str:
    if user == guild.owner:
        return ALL_POWERS
    bits = int(guild.roles[guild.id]["permissions"])
    for role in guild.members[user]["roles"]:
        bits |= int(guild.roles[int(role)]["permissions"])
    return str(bits)


def words(message: Json) -> str:
    """Everything that a message says, in reading order."""
    parts = [message["content"]] if message["content"] else []
    for component in walk(message["components"]):
        if component.get("content"):
            parts.append(component["content"])
        elif component.get("label"):
            parts.append(f"[{component['label']}]")
    return "\n".join(parts)


def controls(message: Json) -> list[str]:
    """The custom_ids of a message's live controls."""
    return [c["custom_id"] for c in walk(message["components"]) if c.get("custom_id") and not c.get("disabled")]
