"""Which permissions Discord asks for a request (SCL-4).

Names are those of `discord.Permissions`. A request that is not in the table raises `UnmappedRequest`, so a
new kind of request cannot slip past the invite link.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import discord

from tests.wire_rules import Request, fields_of, plain_path


class UnmappedRequest(LookupError):
    """Nobody has written down what this request needs."""


@dataclass(frozen=True)
class _Call:
    """A request, with what the tests know about the channel it names."""

    body: dict[str, Any]
    in_thread: bool


Needs = frozenset[str] | Callable[[_Call], frozenset[str]]


def needed(
    method: str,
    path: str,
    body: Any,
    is_thread: Callable[[int], bool],
    is_direct: Callable[[int], bool] = lambda _channel: False,
) -> frozenset[str]:
    """The permissions that Discord asks for one request.

    Messages that are edited or deleted, threads that are changed and events are taken for the bot's own.
    """
    path = plain_path(path)
    channel = re.match(r"/channels/(\d+)", path)
    if channel and is_direct(int(channel[1])):
        return NOTHING
    call = _Call(fields_of(body), in_thread=channel is not None and is_thread(int(channel[1])))
    for verb, pattern, needs in _TABLE:
        if verb == method.upper() and pattern.fullmatch(path):
            return needs(call) if callable(needs) else needs
    raise UnmappedRequest(f"{method} {path}")


def needed_by(
    requests: Iterable[Request],
    is_thread: Callable[[int], bool],
    is_direct: Callable[[int], bool] = lambda _channel: False,
) -> dict[str, list[str]]:
    """Every permission that a log of requests needs, each with the requests that need it."""
    reasons: dict[str, list[str]] = {}
    for request in requests:
        for name in needed(request.method, request.path, request.json, is_thread, is_direct):
            reasons.setdefault(name, []).append(f"{request.method} {plain_path(request.path)}")
    return reasons


def _only(*names: str) -> frozenset[str]:
    return frozenset(names)


def _send(call: _Call) -> frozenset[str]:
    names = {"view_channel", "send_messages_in_threads" if call.in_thread else "send_messages"}
    return frozenset(names | _carried(call.body))


def _carried(message: dict[str, Any]) -> set[str]:
    """What the content of a message asks for on top of sending it."""
    mentions = fields_of(message.get("allowed_mentions"))
    asked = {
        "embed_links": message.get("embeds"),
        "attach_files": message.get("attachments"),
        "send_polls": message.get("poll"),
        "read_message_history": message.get("message_reference"),
        "send_tts_messages": message.get("tts"),
        "mention_everyone": {"everyone", "roles"} & set(mentions.get("parse") or ()),
    }
    return {name for name, present in asked.items() if present}


def _edit(call: _Call) -> frozenset[str]:
    # Mentions in an edit reach nobody, and what a message refers to stays as it was.
    return frozenset({"view_channel"} | (_carried(call.body) & {"embed_links", "attach_files"}))


def _start_thread(call: _Call) -> frozenset[str]:
    if "message" in call.body:  # a post in a forum
        return frozenset({"view_channel", "send_messages"} | _carried(fields_of(call.body["message"])))
    private = call.body.get("type", 12) == 12
    return _only("view_channel", "create_private_threads" if private else "create_public_threads")


def _change_channel(call: _Call) -> frozenset[str]:
    if call.in_thread:
        guarded = {"locked", "rate_limit_per_user"} & call.body.keys()
        return _only("view_channel", *(["manage_threads"] if guarded else []))
    if (overwrites := call.body.get("permission_overwrites")) is None:
        return _only("view_channel", "manage_channels")
    return _only("view_channel", "manage_channels", "manage_roles", *_overwritten(overwrites))


def _create_channel(call: _Call) -> frozenset[str]:
    return _only("manage_channels", *_overwritten(call.body.get("permission_overwrites")))


def _delete_channel(call: _Call) -> frozenset[str]:
    return _only("view_channel", "manage_threads" if call.in_thread else "manage_channels")


def _overwrite(call: _Call) -> frozenset[str]:
    return _only("view_channel", "manage_roles", *_overwritten([call.body]))


def _overwritten(overwrites: list[dict[str, Any]] | None) -> set[str]:
    """A bot can allow or deny only what it holds itself."""
    return {name for each in overwrites or [] for side in ("allow", "deny") for name in _names(each.get(side))}


def _role(call: _Call) -> frozenset[str]:
    return _only("manage_roles", *_names(call.body.get("permissions")))


def _names(bits: int | str | None) -> set[str]:
    names = {name for name, granted in discord.Permissions(int(bits or 0)) if granted}
    return {"view_channel" if name == "read_messages" else name for name in names}  # one name for one bit


def _member(call: _Call) -> frozenset[str]:
    asks = {
        "roles": "manage_roles",
        "nick": "manage_nicknames",
        "communication_disabled_until": "moderate_members",
        "mute": "mute_members",
        "deaf": "deafen_members",
        "channel_id": "move_members",
    }
    return frozenset(name for key, name in asks.items() if key in call.body)


def _self(call: _Call) -> frozenset[str]:
    return _only("change_nickname") if "nick" in call.body else NOTHING


def _create_event(call: _Call) -> frozenset[str]:
    place = {"view_channel", "connect"} if call.body.get("channel_id") else set()
    return frozenset({"create_events"} | place)


NOTHING: frozenset[str] = frozenset()
_SEE = _only("view_channel")
_READ = _only("view_channel", "read_message_history")
_TIDY = _only("view_channel", "manage_messages")
_PIN = _only("view_channel", "read_message_history", "pin_messages")
_MESSAGE = "/channels/{id}/messages/{id}"
_REACTION = f"{_MESSAGE}/reactions/{{emoji}}"
_EVENT = "/guilds/{id}/scheduled-events"

_ROWS: tuple[tuple[str, str, Needs], ...] = (
    # the bot itself, answers to interactions, commands, people's direct messages
    ("GET", "/gateway", NOTHING),
    ("GET", "/gateway/bot", NOTHING),
    ("GET", "/users/@me", NOTHING),
    ("GET", "/users/@me/guilds", NOTHING),
    ("POST", "/users/@me/channels", NOTHING),
    ("GET", "/users/{id}", NOTHING),
    ("GET", "/oauth2/applications/@me", NOTHING),
    ("GET", "/applications/@me", NOTHING),
    ("POST", "/interactions/{id}/{token}/callback", NOTHING),
    ("POST", "/webhooks/{id}/{token}", NOTHING),
    ("GET", "/webhooks/{id}/{token}/messages/{which}", NOTHING),
    ("PATCH", "/webhooks/{id}/{token}/messages/{which}", NOTHING),
    ("DELETE", "/webhooks/{id}/{token}/messages/{which}", NOTHING),
    ("GET", "/applications/{id}/commands", NOTHING),
    ("PUT", "/applications/{id}/commands", NOTHING),
    ("GET", "/applications/{id}/guilds/{id}/commands", NOTHING),
    ("PUT", "/applications/{id}/guilds/{id}/commands", NOTHING),
    ("GET", "/applications/{id}/guilds/{id}/commands/{id}/permissions", NOTHING),
    # messages
    ("GET", "/channels/{id}/messages", _READ),
    ("GET", _MESSAGE, _READ),
    ("POST", "/channels/{id}/messages", _send),
    ("PATCH", _MESSAGE, _edit),
    ("DELETE", _MESSAGE, _SEE),
    ("POST", "/channels/{id}/messages/bulk-delete", _TIDY),
    ("POST", "/channels/{id}/typing", _send),
    ("GET", "/channels/{id}/messages/pins", _READ),
    ("PUT", "/channels/{id}/messages/pins/{id}", _PIN),
    ("DELETE", "/channels/{id}/messages/pins/{id}", _PIN),
    ("GET", "/channels/{id}/pins", _READ),
    ("PUT", "/channels/{id}/pins/{id}", _PIN),
    ("DELETE", "/channels/{id}/pins/{id}", _PIN),
    ("GET", "/channels/{id}/polls/{id}/answers/{id}", _READ),
    ("POST", "/channels/{id}/polls/{id}/expire", _SEE),
    # reactions
    ("GET", _REACTION, _READ),
    ("PUT", f"{_REACTION}/@me", _READ | {"add_reactions"}),
    ("DELETE", f"{_REACTION}/@me", _READ),
    ("DELETE", f"{_REACTION}/{{id}}", _TIDY | _READ),
    ("DELETE", _REACTION, _TIDY | _READ),
    ("DELETE", f"{_MESSAGE}/reactions", _TIDY | _READ),
    # threads
    ("POST", f"{_MESSAGE}/threads", _READ | {"create_public_threads"}),
    ("POST", "/channels/{id}/threads", _start_thread),
    ("GET", "/channels/{id}/threads/archived/public", _READ),
    ("GET", "/channels/{id}/threads/archived/private", _READ | {"manage_threads"}),
    ("GET", "/channels/{id}/users/@me/threads/archived/private", _READ),
    ("GET", "/guilds/{id}/threads/active", NOTHING),
    ("GET", "/channels/{id}/thread-members", _SEE),
    ("GET", "/channels/{id}/thread-members/{id}", _SEE),
    ("PUT", "/channels/{id}/thread-members/@me", _SEE),
    ("DELETE", "/channels/{id}/thread-members/@me", _SEE),
    ("PUT", "/channels/{id}/thread-members/{id}", _SEE | {"send_messages_in_threads"}),
    ("DELETE", "/channels/{id}/thread-members/{id}", _SEE | {"manage_threads"}),
    # channels and who may do what in them
    ("GET", "/channels/{id}", _SEE),
    ("PATCH", "/channels/{id}", _change_channel),
    ("DELETE", "/channels/{id}", _delete_channel),
    ("PUT", "/channels/{id}/permissions/{id}", _overwrite),
    ("DELETE", "/channels/{id}/permissions/{id}", _SEE | {"manage_roles"}),
    ("GET", "/guilds/{id}/channels", NOTHING),
    ("POST", "/guilds/{id}/channels", _create_channel),
    ("PATCH", "/guilds/{id}/channels", _only("manage_channels")),
    ("POST", "/channels/{id}/invites", _SEE | {"create_instant_invite"}),
    # Asked only of a bot that somebody gave Manage Webhooks beyond the invite link: else the plan says it cannot look.
    ("GET", "/guilds/{id}/webhooks", NOTHING),
    ("GET", "/channels/{id}/webhooks", _SEE | {"manage_webhooks"}),
    ("POST", "/channels/{id}/webhooks", _SEE | {"manage_webhooks"}),
    # the server, its roles and members
    ("GET", "/guilds/{id}", NOTHING),
    ("PATCH", "/guilds/{id}", _only("manage_guild")),
    ("GET", "/guilds/{id}/audit-logs", _only("view_audit_log")),
    ("GET", "/guilds/{id}/roles", NOTHING),
    ("GET", "/guilds/{id}/roles/{id}", NOTHING),
    ("POST", "/guilds/{id}/roles", _role),
    ("PATCH", "/guilds/{id}/roles", _only("manage_roles")),
    ("PATCH", "/guilds/{id}/roles/{id}", _role),
    ("DELETE", "/guilds/{id}/roles/{id}", _only("manage_roles")),
    ("GET", "/guilds/{id}/members", NOTHING),
    ("GET", "/guilds/{id}/members/search", NOTHING),
    ("GET", "/guilds/{id}/members/{id}", NOTHING),
    ("PATCH", "/guilds/{id}/members/@me", _self),
    ("PATCH", "/guilds/{id}/members/{id}", _member),
    ("DELETE", "/guilds/{id}/members/{id}", _only("kick_members")),
    ("PUT", "/guilds/{id}/members/{id}/roles/{id}", _only("manage_roles")),
    ("DELETE", "/guilds/{id}/members/{id}/roles/{id}", _only("manage_roles")),
    ("PUT", "/guilds/{id}/bans/{id}", _only("ban_members")),
    ("DELETE", "/guilds/{id}/bans/{id}", _only("ban_members")),
    # scheduled events
    ("GET", _EVENT, NOTHING),
    ("GET", f"{_EVENT}/{{id}}", NOTHING),
    ("GET", f"{_EVENT}/{{id}}/users", NOTHING),
    ("POST", _EVENT, _create_event),
    ("PATCH", f"{_EVENT}/{{id}}", _only("create_events")),
    ("DELETE", f"{_EVENT}/{{id}}", _only("create_events")),
)


def _pattern(template: str) -> re.Pattern[str]:
    """`{id}` stands for digits, any other variable for anything up to the next slash."""
    escaped = re.escape(template).replace(r"\{id\}", r"\d+")
    return re.compile(re.sub(r"\\\{[a-z]+\\\}", "[^/]+", escaped))


_TABLE = tuple((verb, _pattern(template), needs) for verb, template, needs in _ROWS)
