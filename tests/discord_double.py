"""A stand-in for Discord's web address on this machine, for what is asked before the bot connects."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

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
    asked: list[str] = field(default_factory=list)
    base: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        """Discord's answer to one request."""
        self.asked.append(f"{request.method} {request.path}")
        if request.headers.get("Authorization") != f"Bot {self.token}":
            return _json({"message": "401: Unauthorized", "code": 0}, 401)
        if self.status != 200 or self.body is not None:
            return _json(self.body or {"message": "no"}, self.status)
        return _json(self._data(request.path.removeprefix("/api")))

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
        raise AssertionError(path)


def _json(data: Any, status: int = 200) -> web.Response:
    # discord.py reads JSON only when the type is exactly this, without a charset.
    return web.Response(body=json.dumps(data).encode(), status=status, content_type="application/json")


@asynccontextmanager
async def listening(double: Double) -> AsyncIterator[Double]:
    """Serve it at ``double.base`` for the length of the block."""
    app = web.Application()
    app.router.add_route("*", "/api/{rest:.*}", double.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    double.base = f"http://127.0.0.1:{runner.addresses[0][1]}/api"
    try:
        yield double
    finally:
        await runner.cleanup()
