"""``python -m bot check``: what is wrong before the bot starts, in plain words, and the invite link (RUN-1, SCL-4)."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import discord

from bot.discord import addresses
from bot.discord.permissions import REASONS, invite_link, permissions
from bot.discord.requests import FAILED
from bot.governance.shards import EVERYTHING, Shards
from bot.operation.errors import PORTAL, discord_words, in_words, place_words, schema_words
from config import genesis
from config.genesis import BadGenesis
from config.settings import Settings
from storage import migrate
from storage.engine import create_engines

PATIENCE = 20.0
"""Seconds that Discord has for its answer."""


class Mark(StrEnum):
    """How a line of the report begins."""

    FINE = "ok"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what it is, how it stands, and what to do."""

    mark: Mark
    about: str
    said: str

    def __str__(self) -> str:
        return f"{self.mark:<8} {self.about:<11} {self.said}"


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was looked at, and the link that adds the bot to a server."""

    findings: tuple[Finding, ...]
    link: str

    @property
    def is_ready(self) -> bool:
        """Whether ``run`` may be tried: nothing is known to be wrong."""
        return all(each.mark is not Mark.WRONG for each in self.findings)


async def check(settings: Settings) -> Report:
    """Look at configuration, database and Discord. Changes nothing."""
    findings = [
        Finding(Mark.FINE, "settings", f"can be used; {_servers(settings.served)}"),
        check_genesis(settings.governance_file),
    ]
    findings.append(await check_database(settings))
    asked = await ask_discord(settings)
    return Report((*findings, *asked.findings), invite_link(asked.application or "YOUR_APPLICATION_ID"))


def _servers(shards: Shards) -> str:
    if shards == EVERYTHING:
        return "this process serves every server"
    which = f"the shards {shards.first} to {shards.last}" if shards.last > shards.first else f"shard {shards.first}"
    rest = "" if shards.everything else "; see that other processes serve the rest"
    return f"this process serves {which} of {shards.count}, numbered from 0{rest}"


def check_genesis(path: Path) -> Finding:
    """Whether the governance file can be used; every mistake with its line (POL-1)."""
    try:
        genesis.load(path)
    except BadGenesis as error:
        return Finding(Mark.WRONG, "governance", "\n".join(error.lines))
    return Finding(Mark.FINE, "governance", str(path))


async def check_database(settings: Settings) -> Finding:
    """Whether the database can be written and fits this version."""
    file = settings.database_file
    if said := place_words(settings):
        return Finding(Mark.WRONG, "database", said)
    if file is not None and not file.exists():
        return Finding(Mark.NOTE, "database", f"{file} is not there yet; run will make it")
    engines = None
    try:
        engines = create_engines(settings.database_url)
        async with asyncio.timeout(PATIENCE), engines.write():
            pass
        revision = await migrate.current(engines.reader)
    except Exception as error:  # noqa: BLE001 - whatever hinders the database is what this line reports
        return Finding(Mark.WRONG, "database", " ".join(in_words(error, settings).lines))
    finally:
        if engines is not None:
            await engines.dispose()
    return _check_revision(str(file or settings.database), revision)


def _check_revision(where: str, revision: str | None) -> Finding:
    if revision is None:
        return Finding(Mark.NOTE, "database", f"{where} is empty; run will make its tables")
    if revision == migrate.head():
        return Finding(Mark.FINE, "database", f"{where} can be written and is at version {revision}")
    if not migrate.knows(revision):
        return Finding(Mark.WRONG, "database", " ".join(schema_words(migrate.NewerSchema(revision))))
    said = f"{where} is at version {revision}, this bot needs {migrate.head()}. Run: python -m bot migrate"
    return Finding(Mark.WRONG, "database", said)


@dataclass(frozen=True, slots=True)
class DiscordSaid:
    """What Discord said about the token and its application."""

    findings: tuple[Finding, ...]
    application: int | None = None


async def ask_discord(settings: Settings) -> DiscordSaid:
    """Ask Discord who this token is and what its application may see."""
    if not settings.token:
        todo = f"DISCORD_TOKEN is empty. Make an application at {PORTAL}, page Bot, and put its token in .env."
        return DiscordSaid((Finding(Mark.WRONG, "token", todo),))
    addresses.use(settings)
    client = discord.Client(intents=discord.Intents(guilds=True))
    try:
        async with asyncio.timeout(PATIENCE):
            await client.login(settings.token)
            return DiscordSaid(tuple([each async for each in _of(client)]), client.application_id)
    except discord.LoginFailure as error:
        return DiscordSaid((Finding(Mark.WRONG, "token", discord_words(error)),))
    except (discord.DiscordException, *FAILED) as error:
        said = f"could not be checked. {discord_words(error)}"
    except (TypeError, KeyError, ValueError, AttributeError):
        said = "could not be checked: what answered is not Discord. Check the network (proxy, sign-in page)."
    finally:
        await client.close()
    return DiscordSaid((Finding(Mark.UNKNOWN, "token", said),), _application_in(settings.token))


async def _of(client: discord.Client) -> AsyncIterator[Finding]:
    assert client.user is not None
    assert client.application is not None
    yield Finding(Mark.FINE, "token", f"belongs to {client.user}")
    flags = client.application.flags
    if flags.gateway_guild_members or flags.gateway_guild_members_limited:
        yield Finding(Mark.FINE, "intent", "Server Members Intent is on")
    else:
        yield Finding(Mark.WRONG, "intent", discord_words(discord.PrivilegedIntentsRequired(None)))
    if client.application.interactions_endpoint_url:
        yield Finding(
            Mark.WRONG,
            "commands",
            "an Interactions Endpoint URL is set, so commands and buttons never reach the bot. "
            f"Clear it at {PORTAL}, page General Information.",
        )
    servers = await client.http.get_guilds(200, with_counts=False)
    if not servers:
        yield Finding(Mark.NOTE, "servers", "the bot is in no server yet: use the invite link")
    for server in servers:
        yield _check_server(server["name"], int(server["permissions"]))


def _check_server(name: str, bits: int) -> Finding:
    """Whether the bot holds in a server what the invite link asks for (SCL-4)."""
    held = discord.Permissions(bits)
    missing = [each for each in REASONS if not (getattr(held, each) or held.administrator)]
    if missing:
        wanted = "; ".join(f"{_plain(each)} (to {REASONS[each]})" for each in missing)
        return Finding(Mark.WRONG, "permissions", f"in {name} the bot lacks {wanted}. Use the invite link again.")
    if held.administrator:
        return Finding(Mark.NOTE, "permissions", f"in {name} the bot is Administrator, which it does not need")
    surplus = [name for name, granted in held if granted and not getattr(permissions(), name)]
    more = f" (and {len(surplus)} it does not ask for, such as those of @everyone)" if surplus else ""
    return Finding(Mark.FINE, "permissions", f"in {name} the bot holds what it needs{more}")


def _plain(permission: str) -> str:
    return permission.replace("_", " ").title()


def _application_in(token: str) -> int | None:
    """The application that a token names, for the invite link while Discord cannot be asked."""
    first = token.split(".")[0]
    try:
        text = base64.b64decode(first + "=" * (-len(first) % 4), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    return int(text) if text.isdigit() and len(text) <= 20 else None
