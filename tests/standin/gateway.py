"""The gateway: sessions that can be resumed, servers that arrive when they like, and connections that die."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.standin.world import Guild, Json, World

DISPATCH, BEAT, IDENTIFY, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 8, 9, 10, 11
BAD_TOKEN = 4004


@dataclass
class Session:
    """One shard's session. It outlives its connection: what happens meanwhile is told after RESUME."""

    id: str
    shard: int = 0
    shards: int = 1
    told: list[str] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    socket: web.WebSocketResponse | None = None

    def serves(self, guild_id: int | None) -> bool:
        """Whether a server's events belong here; those of no server belong to shard 0."""
        return self.shard == (0 if guild_id is None else (guild_id >> 22) % self.shards)

    def tell(self, event: str, data: Any) -> None:
        """One event, at once or after RESUME."""
        # Written down at once: what is told later, after RESUME, is what was so then.
        self.told.append(json.dumps({"op": DISPATCH, "t": event, "s": len(self.told) + 1, "d": data}))
        self.news.set()


class Gateway:
    """All sessions. Trouble is made by its methods and by what can be set here."""

    def __init__(self, token: str, flags: int) -> None:
        self.token = token
        self.flags = flags
        self.world: World
        self.address = ""
        self.sessions: dict[str, Session] = {}
        self.close_code = 0
        """With which IDENTIFY is refused; 0 for taken."""
        self.tells_members = True
        """Whether the list of members comes when it is asked for."""
        self._mute = False
        self.changed = asyncio.Event()
        """Set, and made anew, whenever a session opens or closes."""
        self.identified = 0
        self.resumed = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> bool:
        """Whether any session is open."""
        return bool(self.shards)

    @property
    def shards(self) -> set[int]:
        """The shards with an open connection."""
        return {each.shard for each in self.sessions.values() if each.socket is not None}

    def tell(self, event: str, data: Json, guild_id: int | None) -> None:
        """An event, to the sessions that its server belongs to."""
        for session in self.sessions.values():
            if session.serves(guild_id):
                session.tell(event, data)

    # ---- trouble ---------------------------------------------------------------------------------

    async def reconnect(self) -> None:
        """Op 7: Discord asks every session to come back and RESUME."""
        await self._send({"op": RECONNECT, "d": None})

    async def invalidate(self) -> None:
        """Op 9: every session is over; the bot has to IDENTIFY anew, and what happened meanwhile is never told."""
        for session in list(self.sessions.values()):
            del self.sessions[session.id]
            if session.socket is not None:
                with contextlib.suppress(ConnectionError):
                    await session.socket.send_json({"op": INVALID, "d": False})

    async def drop(self, *, forget: bool = False) -> None:
        """Every connection dies at once; with ``forget`` the sessions as well."""
        for session in list(self.sessions.values()):
            if forget:
                del self.sessions[session.id]
            if session.socket is not None and (transport := session.socket.get_extra_info("socket")) is not None:
                transport.shutdown(2)

    async def close(self, code: int) -> None:
        """Every connection is closed with this code."""
        for session in self.sessions.values():
            if session.socket is not None:
                await session.socket.close(code=code)

    def hush(self) -> None:
        """Nothing is told and no heartbeat answered: the connections died, and nobody said so."""
        self._mute = True

    def speak(self) -> None:
        """What was not told meanwhile is told now."""
        self._mute = False
        for session in self.sessions.values():
            session.news.set()

    def out_of_reach(self, guild: Guild) -> None:
        """A server in trouble; ``arrive`` brings it back."""
        guild.available = False
        self.tell("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild.id)

    def arrive(self, guild: Guild) -> None:
        """A server arrives."""
        guild.available = True
        self.tell("GUILD_CREATE", guild.payload(), guild.id)

    async def _send(self, frame: Json) -> None:
        for session in self.sessions.values():
            if session.socket is not None:
                await session.socket.send_json(frame)

    # ---- one connection --------------------------------------------------------------------------

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """Hello, then a session that begins or goes on, until the connection ends."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": 40000}, "s": None, "t": None})
        session: Session | None = None
        telling: asyncio.Task[None] | None = None
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    continue
                said = message.json()
                match said["op"]:
                    case 2 | 6 if said["d"]["token"] != self.token:
                        await socket.close(code=BAD_TOKEN)
                    case 2 if self.close_code:
                        await socket.close(code=self.close_code)
                    case 2:
                        session, telling = self._begun(socket, said["d"])
                    case 6:
                        session, telling = self._gone_on(socket, said["d"])
                        if session is None:
                            await socket.send_json({"op": INVALID, "d": False})
                    case 1 if not self._mute:
                        await socket.send_json({"op": ACK, "d": None})
                    case 8 if session is not None and self.tells_members:
                        self._members(session, said["d"])
        finally:
            if telling is not None:
                telling.cancel()
            if session is not None and session.socket is socket:
                session.socket = None
                self._changed()
        return socket

    def _begun(self, socket: web.WebSocketResponse, asked: Json) -> tuple[Session, asyncio.Task[None]]:
        shard, shards = asked.get("shard", [0, 1])
        self.identified += 1
        session = Session(f"session-{self.identified}", shard, shards, socket=socket)
        for old in [each for each in self.sessions.values() if each.shard == shard and each.socket is None]:
            del self.sessions[old.id]
        self.sessions[session.id] = session
        mine = [guild for guild in self.world.guilds.values() if session.serves(guild.id)]
        session.tell(
            "READY",
            {
                "v": 10,
                "user": self.world.bot,
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in mine],
                "session_id": session.id,
                "resume_gateway_url": self.address,
                "application": {"id": self.world.bot["id"], "flags": self.flags},
                "private_channels": [],
                "shard": [shard, shards],
            },
        )
        for guild in mine:
            self._start(self._arrival(session, guild))
        self._changed()
        return session, self._start(self._telling(session, socket, 0))

    def _gone_on(self, socket: web.WebSocketResponse, asked: Json) -> tuple[Session | None, asyncio.Task[None] | None]:
        session = self.sessions.get(asked["session_id"])
        if session is None:
            return None, None
        self.resumed += 1
        session.socket = socket
        session.tell("RESUMED", {})
        self._changed()
        return session, self._start(self._telling(session, socket, asked["seq"]))

    async def _arrival(self, session: Session, guild: Guild) -> None:
        if guild.arrives_after is None:
            return
        await asyncio.sleep(guild.arrives_after)
        if guild.available:
            session.tell("GUILD_CREATE", guild.payload())

    async def _telling(self, session: Session, socket: web.WebSocketResponse, position: int) -> None:
        with contextlib.suppress(ConnectionError):
            while not socket.closed:
                while position < len(session.told) and not self._mute:
                    await socket.send_str(session.told[position])
                    position += 1
                session.news.clear()
                if position == len(session.told) or self._mute:
                    await session.news.wait()

    def _members(self, session: Session, asked: Json) -> None:
        guild = self.world.guilds[int(asked["guild_id"])]
        session.tell(
            "GUILD_MEMBERS_CHUNK",
            {
                "guild_id": str(guild.id),
                "members": list(guild.members.values()),
                "chunk_index": 0,
                "chunk_count": 1,
                "nonce": asked.get("nonce"),
            },
        )

    def _start(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _changed(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()

    async def over(self) -> None:
        """Nothing is told any more."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
