"""What the bot asks of a server: the least permissions that do the job, each with its reason (SCL-4).

Never Administrator. Some are here because Discord lets a bot allow or deny others only what it holds itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import discord

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "view_channel": "see the channels where proposals are decided",
        "send_messages": "post proposal cards and the decisions feed",
        "send_messages_in_threads": "post texts, changes and notices in a proposal's thread",
        "create_public_threads": "open a discussion thread under each card",
        "create_private_threads": "keep members from opening threads of their own in read-only channels",
        "attach_files": "add the lessons of a retro, charts and long lists as files",
        "read_message_history": "find its own messages again after a restart",
        "add_reactions": "offer the reactions for objections and concerns",
        "manage_messages": "remove the reaction of someone who may not object",
        "manage_channels": "create the channels of each group at set-up",
        "manage_roles": "create the roles of each seat at set-up and open channels to them",
        "create_events": "put meetings among the server's events, and keep those entries up to date",
        "view_audit_log": "tell someone who left from someone who was removed",
    }
)
"""Permission names of ``discord.Permissions`` with what each is for."""

SCOPES = ("bot", "applications.commands")

INTENTS_ASKED = "Server Members"
"""The privileged intent that has to be switched on in the Developer Portal: who holds which role (ORG-2)."""


def permissions() -> discord.Permissions:
    """The set itself."""
    return discord.Permissions(**dict.fromkeys(REASONS, True))


def invite_link(application_id: int | str) -> str:
    """The link with which somebody who manages a server adds the bot with exactly these permissions."""
    return discord.utils.oauth_url(application_id, permissions=permissions(), scopes=SCOPES)
