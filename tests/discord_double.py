"""A stand-in for Discord on this machine, web address and gateway, for starting and stopping the real process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from bot.permissions import permissions

MEMBERS = 1 << 14
MEMBERS_LIMITED = 1 << 15
APPLICATION = 424242424242424242


@dataclass
class Double:
    """What this Discord says, and what it was asked. Statuses other than 200 answer instead of the data."""

    token: str
    flags: int = MEMBERS_LIMITED
    servers: tuple[tuple[str, int], ...] = (("Home", permissions().value),)
    status: int = 200
    body: Any = None
    endpoint: str | None = None
    close_code: int = 0
    asked: list[str] = field(default_factory=list)
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    sessions: set[int] = field(default_factory=set)
    """The shards whose sessions are open now."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set, and made anew, whenever a session opens or closes."""
    base: str = ""
    gateway: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        """Discord's answer to one request."""
        self.asked.append(f"{request.method} {request.path}")
        if request.headers.get("Authorization") != f"Bot {self.token}":
            return _json({"message": "401: Unauthorized", "code": 0}, 401)
        if self.status != 200 or self.body is not None:
            return _json(self.body or {"message": "no"}, self.status)
        return _json(self._data(request.path.removeprefix("/api")))

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """One session of the gateway: hello, ready, heartbeats. ``close_code`` closes it instead of ready."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 40000}, "s": None, "t": None})
        shard = 0
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            said = json.loads(message.data)
            match said["op"]:
                case 2 if self.close_code:
                    await socket.close(code=self.close_code)
                case 2:
                    dealt = said["d"].get("shard", [0, 1])
                    shard = dealt[0]
                    await socket.send_json({"op": 0, "t": "READY", "s": 1, "d": self._ready() | {"shard": dealt}})
                    self.sessions.add(shard)
                    self._changed()
                    self.connected.set()
                case 1:
                    await socket.send_json({"op": 11, "d": None, "s": None, "t": None})
        self.sessions.discard(shard)
        self._changed()
        return socket

    def _changed(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()

    def _ready(self) -> Any:
        return {
            "v": 10,
            "user": self._data("/users/@me"),
            "guilds": [],
            "session_id": "session",
            "resume_gateway_url": self.gateway,
            "application": {"id": str(APPLICATION), "flags": self.flags},
            "private_channels": [],
        }

    def _data(self, path: str) -> Any:
        user = {"id": str(APPLICATION), "username": "Consent", "discriminator": "0", "avatar": None, "bot": True}
        match path:
            case "/users/@me":
                return user
            case "/oauth2/applications/@me":
                return {
                    "id": str(APPLICATION),
                    "name": "Consent",
                    "icon": None,
                    "description": "",
                    "bot_public": True,
                    "bot_require_code_grant": False,
                    "verify_key": "0" * 64,
                    "summary": "",
                    "flags": self.flags,
                    "owner": user,
                    "team": None,
                    "interactions_endpoint_url": self.endpoint,
                }
            case "/users/@me/guilds":
                return [
                    {"id": str(number), "name": name, "icon": None, "owner": False, "permissions": str(bits)}
                    for number, (name, bits) in enumerate(self.servers, start=1)
                ]
        if path == f"/applications/{APPLICATION}/commands":
            return []
        raise AssertionError(path)


def _json(data: Any, status: int = 200) -> web.Response:
    # discord.py reads JSON only when the type is exactly this, without a charset.
    return web.Response(body=json.dumps(data).encode(), status=status, content_type="application/json")


@asynccontextmanager
async def listening(double: Double) -> AsyncIterator[Double]:
    """Serve it at ``double.base`` for the length of the block."""
    app = web.Application()
    app.router.add_route("*", "/api/{rest:.*}", double.answer)
    app.router.add_get("/gateway", double.connect)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = f"127.0.0.1:{runner.addresses[0][1]}"
    double.base, double.gateway = f"http://{address}/api", f"ws://{address}/gateway"
    try:
        yield double
    finally:
        await runner.cleanup()
