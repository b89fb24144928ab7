"""The example world: a server with its people, the real bot, and a story that they act out by its commands (RUN-1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import discord
import simcord

from bot.rehearsal import story
from bot.rehearsal.cast import BOT, MODERATORS, OWNER, PARTS, ROLES, SERVER, Part
from bot.rehearsal.shown import Front
from bot.rehearsal.stage import Stage
from bot.rehearsal.troubles import Acts


@dataclass(frozen=True, slots=True)
class World:
    """Everything that a rehearsal needs."""

    stage: Stage
    front: Front
    acts: Acts


async def seed(env: simcord.Env, folder: Path, say: Callable[[str], None]) -> World:
    """Make the server and its people, start the bot, and act out what happened before the visitor came."""
    owner = env.create_user(OWNER.account, global_name=OWNER.name)
    guild = env.create_guild(SERVER, owner=owner)
    guild.create_text_channel("lobby", topic="Everyone may talk here")
    stage = Stage(env, guild, lambda: story.new_bot(folder, env))
    roles = _roles(guild)
    people = [_member(env, guild, part, roles) for part in PARTS]
    stage.people = [*people, simcord.MemberActor(env, guild, owner)]
    about = {person.id: part.about for person, part in zip(stage.people, (*PARTS, OWNER), strict=True)}
    front = Front(stage, lambda: story.waiting(stage), about)
    say("Starting the bot …")
    await stage.start()
    if env.bot.user is not None:
        await env.bot.user.edit(username=BOT)
    await story.tell(stage, say)
    return World(stage, front, Acts(front, stage.people[-1]))


def _roles(guild: simcord.GuildHandle) -> dict[str, simcord.RoleHandle]:
    """The moderators' role stands above those that carry seats, the bot's own above all."""
    for role in ROLES:
        guild.create_role(role.name, mentionable=True)
    made = guild.roles
    rights = discord.Permissions(manage_roles=True, manage_channels=True, manage_messages=True, manage_threads=True)
    top = guild.create_role(MODERATORS, permissions=rights)
    return made | {MODERATORS: top}


def _member(
    env: simcord.Env, guild: simcord.GuildHandle, part: Part, roles: dict[str, simcord.RoleHandle]
) -> simcord.MemberActor:
    user = env.create_user(part.account, global_name=part.name)
    return guild.add_member(user, roles=[roles[name] for name in part.roles])
