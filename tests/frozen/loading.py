"""Puts the database of ``tests/frozen`` and the two servers that it belongs to back as they stood (RUN-2, RUN-3)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

import simcord
from pydantic import TypeAdapter
from simcord.backend.models.channel import Channel
from simcord.backend.models.guild import Guild
from simcord.backend.models.message import Message
from simcord.backend.models.user import User

from bot.governance.ids import PartnershipId
from tests.journeys.server import Server, staged

HERE = Path(__file__).parent
DUMP, WORLD, FACTS = HERE / "0009.sql", HERE / "world.jsonl", HERE / "facts.txt"
EXPORT, RECEIPTS = HERE / "export.jsonl", HERE / "receipts.txt"
MENDING = (
    "tests/frozen holds a database as an earlier version of the bot wrote it, and people's databases look like it. "
    "Whoever changes what is stored carries it over: by a migration, or where old documents are read. "
    "The files of tests/frozen stay as they are."
)
_READ = {kind.__name__.lower(): TypeAdapter(kind) for kind in (User, Guild, Channel, Message)}


@contextmanager
def carried_over() -> Iterator[None]:
    """Whatever fails in here says what to do about it."""
    try:
        yield
    except Exception as error:
        error.add_note(MENDING)
        raise


def database(folder: Path) -> str:
    """The address of a fresh SQLite file that holds what was kept, still with the tables of that time."""
    file = folder / "governance.sqlite3"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(DUMP.read_text(encoding="utf-8"))
    return f"sqlite+aiosqlite:///{file}"


@asynccontextmanager
async def resumed(folder: Path) -> AsyncIterator[tuple[Server, Server]]:
    """Both servers as the bot left them when it died, at that instant, with a fresh bot on the old database."""
    servers: list[Server] = []

    def found(env: simcord.Env) -> Server:
        url = database(folder)
        servers.extend(Server(env, guild, folder, url) for guild in _restored(env))
        for number, server in enumerate(servers, start=1):
            server.hosted, server.log = PartnershipId(number), servers[0].log
            server.people.update(_people(server))
        servers[0].log.saw_time(env.now(), sent=0)
        return servers[0]

    with carried_over():
        async with staged(found) as first:
            await first.start()
            # Discord keeps an application's commands over restarts; a simulated one begins without any.
            await first.as_bot(first.bot.tree.sync())
            second = servers[1]
            second._scope = first._scope
            await second.settle()
            yield first, second


def _restored(env: simcord.Env) -> list[simcord.GuildHandle]:
    """Everything that Discord held: people, servers with roles and channels, threads and messages."""
    backend = env.backend
    guilds = []
    for line in WORLD.read_text(encoding="utf-8").splitlines():
        ((kind, held),) = json.loads(line).items()
        if kind == "elapsed":
            backend.advance_clock(held)
            continue
        thing: Any = _READ[kind].validate_python(held)
        if thing.id != backend.bot_user.id and not (kind == "message" and thing.id in backend.channels):
            backend.reserve_id(thing.id)
        match thing:
            case User() if thing.id != backend.bot_user.id:
                backend.users[thing.id] = thing
            case Guild():
                backend.guilds[thing.id] = thing
                guilds.append(simcord.GuildHandle(env, thing))
            case Channel():
                backend.channels[thing.id] = thing
                backend.messages[thing.id] = {}
                backend.dm_channels.update(dict.fromkeys(thing.recipient_ids, thing.id))
            case Message():
                backend.messages[thing.channel_id][thing.id] = thing
    return guilds


def _people(server: Server) -> dict[str, simcord.MemberActor]:
    """Who is in the server, by the name that they go by in journeys: ``ada-hill`` is the second server's ``ada``."""
    backend = server.env.backend
    users = [backend.users[member] for member in backend.guilds[server.guild.id].members]
    return {
        user.name.removesuffix("-hill"): simcord.MemberActor(
            server.env, server.guild, simcord.UserHandle(server.env, user)
        )
        for user in users
        if not user.bot
    }
