"""What shared rooms know of setting a partnership up (SCL-1, SCL-5)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.governance import errors
from bot.governance.organisation import GroupKind
from bot.ui import labels, scales_ids
from bot.ui.asking import Help
from bot.ui.presenter import Presenter, Refusals
from bot.ui.text import inline

SCALE_LABELS: Mapping[GroupKind, str] = MappingProxyType(
    {
        GroupKind.STAKEHOLDERS: "stakeholder group",
        GroupKind.TOP_LEVEL: "coordinating team",
        GroupKind.CELL: "cells",
    }
)
"""Who works at a scale (SCL), where no group is named."""

TROUBLES: Mapping[str, str] = MappingProxyType(
    {
        "missing permission": "The bot lacks a permission{detail}. Give the bot's role that permission in *Server "
        "settings → Roles*, or invite the bot again with the link that `python -m bot check` prints.",
        "no access": "The bot cannot see it. Let the bot's role view it, or take its name from it.",
        "role gone": "A role disappeared meanwhile. Run this again: it is planned anew.",
        "channel gone": "A channel disappeared meanwhile. Run this again: it is planned anew.",
        "too many roles": "The server has as many roles as Discord allows (250). Delete some that nobody needs.",
        "too many channels": "The server, or the category, has as many channels as Discord allows. Delete some.",
        "worn meanwhile": "Somebody was given this role after you read the plan, and would hold its seat at once. Look "
        "at the plan again: it names everybody who wears it.",
        "webhooks": "Messages can be written here from outside, under any name{detail}. Delete these webhooks in "
        "the channel's settings under *Integrations*, or give the channel another name: then a new one is made.",
        "not taken": "Discord did not take it{detail}.",
        "discord in trouble": "Discord did not take it{detail}. Wait a minute and run this again.",
    }
)
"""What stopped a set-up and how to mend it; the keys of ``DiscordRefused.why``."""

ROLES: Mapping[str, str] = MappingProxyType(
    {
        "everyone": "The role @everyone cannot carry a seat: then everybody in the server would hold it.",
        "managed": "That role belongs to an app or to Discord itself, so nobody could give or take it.",
        "powers": "That role also gives power over the server ({detail}), so a seat would give away that power.",
        "gained powers": "It carries a seat and has gained power over the server ({detail}). It stands too high for "
        "the bot to mend: take that power from it in *Server settings → Roles*.",
        "above the bot": "That role stands above the bot's own role, so the bot could not see to it. "
        "Move the bot's role higher in the server's settings.",
        "above you": "That role stands at or above your own highest role. Ask someone with a higher role.",
    }
)
"""Why a Discord role may not carry a seat (ORG-2a); the keys of ``RoleRefused``."""


def _role_refused(refusal: errors.RoleRefused) -> str:
    words = ROLES.get(refusal.why, "That role cannot carry a seat.")
    return (
        words.format(detail=inline(refusal.detail.replace("_", " "), 200))
        + " Make a plain role for the seat and map that one."
    )


def _too_few_stakeholders(refusal: errors.TooFewStakeholders) -> str:
    holding = f"{labels.count(refusal.found, 'person', 'people')} besides you hold"
    if refusal.found < 2:
        holding = f"{'one person' if refusal.found else 'nobody'} besides you holds"
    return (
        f"The stakeholder group ratifies the partnership, and so far {holding} its member seat; at "
        f"least {refusal.least} are needed. Give people the stakeholder role in the server's settings "
        "(`/roles list` shows which it is), then run `/setup ratify` again."
    )


PRESENTER = Presenter(
    name="scales",
    ids=scales_ids.ALL,
    refusals=Refusals(
        not_found={
            "set-up": "That set-up was finished or cancelled. `/setup start` shows how things stand.",
        },
        not_eligible={
            "manage roles": "Setting a partnership up and mapping roles takes the permission *Manage Roles* in this "
            "server. Ask a moderator who has it.",
        },
        already_done={
            "ratify": "This partnership is ratified already.",
            "open ratification": "The ratification of this partnership is under way already: see the decisions feed.",
        },
        role_refused={
            "everyone": "The role @everyone cannot carry a seat: then everybody in the server would hold it.",
            "managed": "That role belongs to an app or to Discord itself, so nobody could give or take it.",
            "powers": "That role also gives power over the server ({detail}), so a seat would give away that power.",
            "gained powers": "It carries a seat and has gained power over the server ({detail}). It stands too high "
            "for the bot to mend: take that power from it in *Server settings → Roles*.",
            "above the bot": "That role stands above the bot's own role, so the bot could not see to it. Move the "
            "bot's role higher in the server's settings.",
            "above you": "That role stands at or above your own highest role. Ask someone with a higher role.",
        },
        fields={
            "group": "Group",
            "partnership": "Name of the partnership",
            "purpose": "Purpose",
            "top-level purpose": "Purpose of the core team",
            "cell": "Name of a cell",
            "cells": "First cells",
            "private groups": "Groups that only their members read",
        },
        ask_a_moderator=frozenset({"manage roles"}),
        spoken={
            errors.RoleRefused: _role_refused,
            errors.TooFewStakeholders: _too_few_stakeholders,
        },
        wanted={
            "unlike": "a name unlike that of {}, which this server hosts already",
            "names": "1 to {} names, one on each line",
            "different names": "a different name for every group",
        },
    ),
    help=Help(
        moderators=("`/setup` makes the channels and roles",),
    ),
)
