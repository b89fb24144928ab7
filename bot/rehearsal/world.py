"""The example world: a server with its people and the real bot, before anything has happened in it (RUN-1)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import discord
import simcord

from bot.app import create_bot
from bot.discord.client import GovernanceBot
from bot.rehearsal.cast import BOT, CONSTITUENCIES, MODERATORS, PARTS, ROBIN, SERVER, Part
from bot.rehearsal.log import Log
from bot.rehearsal.shown import Front
from bot.rehearsal.stage import Stage
from bot.rehearsal.troubles import Acts
from config.settings import PACKAGED_GOVERNANCE, Settings


@dataclass(frozen=True, slots=True)
class World:
    """Everything that a rehearsal needs. ``owner`` does what moderators do by hand."""

    stage: Stage
    front: Front
    acts: Acts
    lobby: simcord.ChannelHandle

    def person(self, part: Part) -> simcord.MemberActor:
        """Who plays this part."""
        return self.stage.people[PARTS.index(part)]


async def build(env: simcord.Env, folder: Path, log: Log, *, empty: bool = False) -> World:
    """Make the server and its people, and start the bot on a database in this folder.

    ``empty``: nothing will have happened in it when the visitor comes.
    """
    owner = env.create_user(ROBIN.account, global_name=ROBIN.name)
    guild = env.create_guild(SERVER, owner=owner)
    lobby = guild.create_text_channel("lobby", topic="Everyone may talk here")
    # Each new role is put below those before it, as in Discord: moderators stand above the roles that carry seats.
    rights = discord.Permissions(manage_roles=True, manage_channels=True, manage_messages=True, manage_threads=True)
    moderators = guild.create_role(MODERATORS, permissions=rights)
    for each in CONSTITUENCIES:
        guild.create_role(each.organisation)
    stage = Stage(env, guild, lambda: _new_bot(env, folder), log)
    for part in PARTS:
        if part is ROBIN:
            stage.people.append(simcord.MemberActor(env, guild, owner))
            continue
        user = env.create_user(part.account, global_name=part.name)
        stage.people.append(guild.add_member(user, roles=[moderators] if MODERATORS in part.roles else ()))
    parts = {person.id: part for person, part in zip(stage.people, PARTS, strict=True)}
    front = Front(stage, parts, empty)
    await stage.start()
    if env.bot.user is not None:
        await env.bot.user.edit(username=BOT)
    return World(stage, front, Acts(front, stage.people[PARTS.index(ROBIN)]), lobby)


def _new_bot(env: simcord.Env, folder: Path) -> GovernanceBot:
    """The bot as ``run`` starts it, on the simulated clock. Nothing is taken from the environment or ``.env``."""
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg, unused-ignore]
        discord_token="",
        database_url=f"sqlite+aiosqlite:///{(folder / 'rehearsal.sqlite3').as_posix()}",
        governance_file=PACKAGED_GOVERNANCE,
        discord_api_base="",
        discord_gateway_url="",
        health_port=0,
    )
    bot = create_bot(settings, clock=env.now, scheduler=False)
    assert isinstance(bot, GovernanceBot)
    return bot
