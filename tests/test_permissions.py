"""What each request needs, and that none goes unmapped (SCL-4)."""

from dataclasses import dataclass
from typing import Any

import discord
import pytest

from tests.permissions import _ROWS, NOTHING, UnmappedRequest, needed, needed_by

CHANNEL, THREAD, DIRECT = 1, 2, 3
EMBED = {"embeds": [{"title": "Card"}]}
ROLE_BITS = str(discord.Permissions(send_messages=True, view_channel=True).value)


@dataclass(frozen=True)
class Sent:
    method: str
    path: str
    json: Any = None
    reason: str | None = None


def ask(method: str, path: str, body: Any = None) -> set[str]:
    return set(needed(method, path, body, lambda each: each == THREAD, lambda each: each == DIRECT))


@pytest.mark.parametrize(
    ("method", "path", "body", "names"),
    [
        ("POST", "/channels/1/messages", {"content": "x"}, "view_channel send_messages"),
        ("POST", "/channels/2/messages", {"content": "x"}, "view_channel send_messages_in_threads"),
        ("POST", "/channels/3/messages", {"content": "x", **EMBED}, ""),
        ("POST", "/channels/1/messages", EMBED, "view_channel send_messages embed_links"),
        ("POST", "/channels/1/messages", {"embeds": []}, "view_channel send_messages"),
        (
            "POST",
            "/channels/1/messages",
            {"attachments": [{"id": 0}]},
            "view_channel send_messages attach_files",
        ),
        ("POST", "/channels/1/messages", {"poll": {"question": {}}}, "view_channel send_messages send_polls"),
        (
            "POST",
            "/channels/1/messages",
            {"message_reference": {"message_id": 5}},
            "view_channel send_messages read_message_history",
        ),
        (
            "POST",
            "/channels/1/messages",
            {"allowed_mentions": {"parse": ["everyone"]}},
            "view_channel send_messages mention_everyone",
        ),
        (
            "POST",
            "/channels/1/messages",
            {"allowed_mentions": {"parse": ["users"]}},
            "view_channel send_messages",
        ),
        ("PATCH", "/channels/1/messages/5", {"content": "x"}, "view_channel"),
        ("PATCH", "/channels/1/messages/5", EMBED, "view_channel embed_links"),
        ("DELETE", "/channels/1/messages/5", None, "view_channel"),
        ("GET", "/channels/1/messages", None, "view_channel read_message_history"),
        ("PUT", "/channels/1/messages/pins/5", None, "view_channel read_message_history pin_messages"),
        (
            "PUT",
            "/channels/1/messages/5/reactions/✋/@me",
            None,
            "view_channel read_message_history add_reactions",
        ),
        ("DELETE", "/channels/1/messages/5/reactions/✋/@me", None, "view_channel read_message_history"),
        (
            "DELETE",
            "/channels/1/messages/5/reactions/✋/9",
            None,
            "view_channel read_message_history manage_messages",
        ),
        (
            "DELETE",
            "/channels/1/messages/5/reactions",
            None,
            "view_channel read_message_history manage_messages",
        ),
        (
            "POST",
            "/channels/1/messages/5/threads",
            {"name": "x"},
            "view_channel read_message_history create_public_threads",
        ),
        ("POST", "/channels/1/threads", {"name": "x", "type": 11}, "view_channel create_public_threads"),
        ("POST", "/channels/1/threads", {"name": "x", "type": 12}, "view_channel create_private_threads"),
        ("POST", "/channels/1/threads", {"message": EMBED}, "view_channel send_messages embed_links"),
        ("PATCH", "/channels/2", {"archived": True}, "view_channel"),
        ("PATCH", "/channels/2", {"locked": True}, "view_channel manage_threads"),
        ("DELETE", "/channels/2", None, "view_channel manage_threads"),
        ("PUT", "/channels/2/thread-members/9", None, "view_channel send_messages_in_threads"),
        ("PATCH", "/channels/1", {"topic": "x"}, "view_channel manage_channels"),
        ("PATCH", "/channels/1", {"permission_overwrites": []}, "view_channel manage_channels manage_roles"),
        ("DELETE", "/channels/1", None, "view_channel manage_channels"),
        ("POST", "/guilds/1/channels", {"name": "x"}, "manage_channels"),
        (
            "POST",
            "/guilds/1/channels",
            {"name": "x", "permission_overwrites": [{"id": 1, "allow": ROLE_BITS, "deny": "0"}]},
            "manage_channels view_channel send_messages",
        ),
        (
            "PUT",
            "/channels/1/permissions/9",
            {"allow": "0", "deny": ROLE_BITS},
            "view_channel manage_roles send_messages",
        ),
        ("PUT", "/guilds/1/members/9/roles/8", None, "manage_roles"),
        (
            "POST",
            "/guilds/1/roles",
            {"name": "x", "permissions": ROLE_BITS},
            "manage_roles view_channel send_messages",
        ),
        ("POST", "/guilds/1/roles", {"name": "x"}, "manage_roles"),
        ("PATCH", "/guilds/1/members/9", {"roles": []}, "manage_roles"),
        ("PATCH", "/guilds/1/members/@me", {"nick": "x"}, "change_nickname"),
        ("GET", "/guilds/1/audit-logs", None, "view_audit_log"),
        ("POST", "/guilds/1/scheduled-events", {"entity_type": 3}, "create_events"),
        ("POST", "/guilds/1/scheduled-events", {"channel_id": "5"}, "create_events view_channel connect"),
        ("POST", "/interactions/1/secret/callback", {"type": 4, "data": EMBED}, ""),
        ("PATCH", "/webhooks/1/secret/messages/@original", EMBED, ""),
        ("PUT", "/applications/1/guilds/2/commands", [], ""),
        ("POST", "/users/@me/channels", {"recipient_id": 9}, ""),
        ("GET", "/api/v10/guilds/1?with_counts=true", None, ""),
    ],
)
def test_a_request_needs(method: str, path: str, body: Any, names: str) -> None:
    assert ask(method, path, body) == set(names.split())


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/guilds/1/templates"),
        ("PUT", "/channels/1/messages"),
        ("GET", "/guilds/one"),
        ("GET", "/users/@me/channels/2"),
    ],
)
def test_an_unknown_request_is_refused(method: str, path: str) -> None:
    with pytest.raises(UnmappedRequest, match=path):
        ask(method, path)


def test_every_name_is_one_that_discord_knows() -> None:
    fixed = [needs for _verb, _template, needs in _ROWS if isinstance(needs, frozenset)]
    assert frozenset[str]().union(*fixed) <= set(discord.Permissions.VALID_FLAGS)
    assert "administrator" not in frozenset[str]().union(*fixed)
    assert NOTHING in fixed


def test_a_log_tells_which_request_needs_what() -> None:
    log = [
        Sent("GET", "/gateway"),
        Sent("POST", "/channels/1/messages", {"content": "x"}),
        Sent("GET", "/channels/1"),
    ]
    assert needed_by(log, lambda _each: False) == {
        "view_channel": ["POST /channels/1/messages", "GET /channels/1"],
        "send_messages": ["POST /channels/1/messages"],
    }
