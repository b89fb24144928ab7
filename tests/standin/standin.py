"""The whole of it: one Discord with its world, its gateway, its addresses and its faults."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import BodyPartReader, web

from tests.standin.faults import Bucket, Fault, How, failing
from tests.standin.gateway import Gateway
from tests.standin.people import Desk, Person
from tests.standin.rest import Asked, Rest
from tests.standin.world import Guild, Json, Refused, World

MEMBERS, MEMBERS_LIMITED = 1 << 14, 1 << 15
"""Flags of an application that may see members."""
APPLICATION = 424242424242424242


def _now() -> datetime:
    return datetime.now(UTC)


class StandIn:
    """What the bot takes for Discord. ``clock`` gives the time that its ids and messages carry."""

    def __init__(
        self,
        token: str,
        *,
        flags: int = MEMBERS_LIMITED,
        endpoint: str | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.token = token
        bot: Json = {"id": str(APPLICATION), "username": "Consent", "global_name": None, "discriminator": "0"}
        bot |= {"avatar": None, "bot": True}
        self.gateway = Gateway(token, flags)
        self.world = World(bot, clock, self.gateway.tell)
        self.gateway.world = self.world
        self.desk = Desk(self.world)
        self.faults: list[Fault] = []
        self.buckets: list[Bucket] = []
        self.asked: list[str] = []
        """Every request as ``METHOD /path``, in the order of arrival."""
        self.bodies: list[tuple[str, Any]] = []
        """The same with what they said."""
        self.unknown: list[str] = []
        """Requests for routes that are not known here."""
        self.base = ""
        self._rest = Rest(self.world, self.desk, _about(bot, flags, endpoint), self._my_guilds)
        self._moved = asyncio.Event()

    # ---- servers and people ----------------------------------------------------------------------

    def guild(
        self, name: str = "Home", *, bits: int | None = None, id: int | None = None, arrives_after: float | None = 0.0
    ) -> Guild:
        """A server with the bot in it, who holds what the invite link asks for, or ``bits``."""
        return self.world.guild(name, bits, id, arrives_after)

    def join(self, guild: Guild, name: str, *roles: Json) -> Person:
        """Somebody joins a server with these roles."""
        user = self.world.user(name)
        guild.take_in(user, [int(role["id"]) for role in roles])
        return Person(guild, self.desk, int(user["id"]))

    def owner(self, guild: Guild) -> Person:
        """Who may do everything in a server."""
        return Person(guild, self.desk, guild.owner)

    def messages(self, channel: Json) -> list[Json]:
        """What stands in a channel or thread, in order."""
        return list(reversed(self.world.history(int(channel["id"]), limit=10_000)))

    def fail(self, on: str, **how: Any) -> Fault:
        """Requests to this route fail from now on, as `Fault` says."""
        fault = Fault(on, **how)
        self.faults.append(fault)
        return fault

    def heal(self) -> None:
        """No request fails any more; those left in silence are answered by the end of their connection."""
        self.faults.clear()
        self._news()

    async def until(self, holds: Callable[[], object], within: float = 20.0) -> None:
        """Wait until something holds that requests or sessions bring about; raises TimeoutError."""
        async with asyncio.timeout(within):
            while not holds():
                moved = asyncio.ensure_future(self._moved.wait())
                changed = asyncio.ensure_future(self.gateway.changed.wait())
                await asyncio.wait({moved, changed}, timeout=0.05, return_when=asyncio.FIRST_COMPLETED)
                moved.cancel()
                changed.cancel()

    # ---- requests --------------------------------------------------------------------------------

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Discord's answer to one request, or its failure."""
        path = request.path.removeprefix("/api")
        name = f"{request.method} {path}"
        self.asked.append(name)
        asked = await _read(request)
        self.bodies.append((name, asked.json))
        try:
            return await self._answered(request, name, path, asked)
        finally:
            self._news()

    async def _answered(self, request: web.Request, name: str, path: str, asked: Asked) -> web.StreamResponse:
        headers = {}
        for bucket in self.buckets:
            if bucket.covers(name):
                left, wait = bucket.take(_major(path))
                headers = _limits(bucket, left, wait)
                if left < 0:
                    return _too_many(wait, headers)
        for fault in failing(self.faults, name):
            if fault.after:
                self._done(request, path, asked)
                self._news()
            return await self._failure(request, fault)
        data, status = self._done(request, path, asked)
        if data is None and status == 200:
            return web.Response(status=204, headers=headers)
        return _json(data, status, headers)

    def _done(self, request: web.Request, path: str, asked: Asked) -> tuple[Any, int]:
        """What the request brings about and is answered with."""
        free = path.startswith(("/interactions/", "/webhooks/"))
        if not free and request.headers.get("Authorization") != f"Bot {self.token}":
            return {"message": "401: Unauthorized", "code": 0}, 401
        handler = self._rest.find(request.method, path)
        if handler is None:
            self.unknown.append(f"{request.method} {path}")
            return {"message": "404: Not Found", "code": 0}, 404
        try:
            return handler(asked), 200
        except Refused as refused:
            return {"message": refused.message, "code": refused.code}, refused.status

    async def _failure(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        match fault.how:
            case How.STATUS if fault.status == 429 and fault.body is None:
                return _too_many(fault.retry_after, {})
            case How.STATUS:
                return _json(fault.body or {"message": fault.message, "code": fault.code}, fault.status)
            case How.TRUNCATE:
                response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "1000"})
                await response.prepare(request)
                await response.write(b'{"id": "')
            case How.SILENCE:
                while fault in self.faults:
                    await self._moved.wait()
            case How.DROP:
                pass
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _my_guilds(self) -> list[Json]:
        listed = []
        for guild in self.world.guilds.values():
            own = guild.members[APPLICATION]["roles"]
            bits = 0
            for role in own:
                bits |= int(guild.roles[int(role)]["permissions"])
            about = {"id": str(guild.id), "name": guild.name, "icon": None, "owner": False, "permissions": str(bits)}
            listed.append(about)
        return listed

    def _news(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()


async def _read(request: web.Request) -> Asked:
    if not request.content_type.startswith("multipart/"):
        text = await request.text()
        return Asked(json.loads(text) if text else None, request.query)
    said, files = None, []
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        content = await part.read()
        if part.name == "payload_json":
            said = json.loads(content)
        else:
            files.append((part.filename or "", len(content)))
    return Asked(said, request.query, tuple(files))


def _json(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # discord.py reads JSON only when the type is exactly this, without a charset.
    return web.Response(body=json.dumps(data).encode(), status=status, content_type="application/json", headers=headers)


def _too_many(wait: float, headers: dict[str, str]) -> web.Response:
    data = {"message": "You are being rate limited.", "retry_after": wait, "global": False}
    # discord.py takes an answer without Via for a ban by Discord's front.
    return _json(data, 429, headers | {"Via": "1.1 standin", "Retry-After": str(wait)})


def _limits(bucket: Bucket, left: int, wait: float) -> dict[str, str]:
    return {
        "X-RateLimit-Bucket": str(abs(hash(bucket.on))),
        "X-RateLimit-Limit": str(bucket.limit),
        "X-RateLimit-Remaining": str(max(left, 0)),
        "X-RateLimit-Reset-After": f"{wait:.3f}",
        "X-RateLimit-Reset": f"{_now().timestamp() + wait:.3f}",
    }


def _major(path: str) -> str:
    return "/".join(path.split("/")[:3])


def _about(bot: Json, flags: int, endpoint: str | None) -> Json:
    return {
        "id": bot["id"],
        "name": "Consent",
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "summary": "",
        "flags": flags,
        "owner": bot,
        "team": None,
        "interactions_endpoint_url": endpoint,
    }
