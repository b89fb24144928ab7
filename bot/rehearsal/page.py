"""The front page: a small server on 127.0.0.1 that shows the stage and takes the visitor's wishes.

Only requests that name this address as their host are answered, and acts need the token that stands in the page:
another web page in the same browser can do nothing here.
"""

from __future__ import annotations

import hmac
import html
import inspect
import secrets
import socket
from collections.abc import Awaitable, Callable, Sequence
from importlib.resources import files

import simcord
from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.rehearsal.shown import Front, Viewer, name_of
from bot.rehearsal.troubles import Acts

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

ACTS = {
    "hour": "moving the clock by an hour",
    "day": "moving the clock by a day",
    "deadline": "moving the clock to the next deadline",
    "restart": "restarting the bot",
    "crash": "crashing the bot",
    "stop": "stopping the bot",
    "start": "starting the bot",
    "absent": "leaving the bot off for a day",
    "give": "giving a role",
    "take": "taking a role away",
    "delete_card": "deleting a message",
    "wipe": "wiping reactions",
    "delete_thread": "deleting a thread",
    "again": "beginning again",
}
STATIC = {"page.css": "text/css", "page.js": "text/javascript"}
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # A form may lead to the preview, which has a port of its own.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "form-action 'self' http://127.0.0.1:*; base-uri 'none'; frame-ancestors 'none'",
}


class Page:
    """The server of the front page."""

    def __init__(self, front: Front, acts: Acts) -> None:
        self.front = front
        self.acts = acts
        self.token = secrets.token_urlsafe(24)
        self.hosts: frozenset[str] = frozenset()
        self._runner: web.AppRunner | None = None

    async def open(self, listener: socket.socket) -> str:
        """Serve on this socket. Gives the address."""
        port = listener.getsockname()[1]
        self.hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        app = web.Application(middlewares=[self._guard()], client_max_size=16 * 1024)
        app.router.add_get("/", self._index)
        app.router.add_get("/state", self._state)
        app.router.add_get("/{name:page\\.(?:css|js)}", self._static)
        app.router.add_post("/open", self._open)
        app.router.add_post("/act/{name}", self._act)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()
        return f"http://127.0.0.1:{port}"

    async def close(self) -> None:
        """Stop serving."""
        if self._runner is not None:
            await self._runner.cleanup()

    def _guard(self) -> Middleware:
        @web.middleware
        async def guard(request: web.Request, handler: Answer) -> web.StreamResponse:
            if request.host not in self.hosts:
                raise web.HTTPForbidden(text="This page answers only to its own address on this machine.")
            if request.method == "POST":
                given = request.headers.get("X-Rehearsal-Token") or str((await request.post()).get("token", ""))
                if not hmac.compare_digest(given.encode(), self.token.encode()):
                    raise web.HTTPForbidden(text="This page is from an earlier rehearsal. Load it again.")
            response = await handler(request)
            response.headers.update(HEADERS)
            return response

        return guard

    async def _index(self, request: web.Request) -> web.Response:
        text = _file("page.html").replace("{token}", html.escape(self.token))
        return web.Response(text=text, content_type="text/html")

    async def _static(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        return web.Response(text=_file(name), content_type=STATIC[name])

    async def _state(self, request: web.Request) -> web.Response:
        return web.json_response(await self.front.state())

    async def _act(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in ACTS:
            raise web.HTTPNotFound(text="There is no such button.")
        act = getattr(self.acts, name)
        form = await request.post()
        try:
            wanted = {each: int(str(form[each])) for each in inspect.signature(act).parameters}
        except (KeyError, ValueError):
            raise web.HTTPBadRequest(text="Choose something from each list first.") from None
        async with self.front.stage.act(ACTS[name]):
            await act(**wanted)
        return web.json_response(await self.front.state())

    async def _open(self, request: web.Request) -> web.StreamResponse:
        """Send the visitor to SimCord's preview of a channel, opened for everyone who can read it."""
        form = await request.post()
        stage = self.front.stage
        address = ""
        async with stage.act("opening a channel"):
            place = self.front.place(_number(form.get("channel")))
            viewers = self.front.viewers(place, _number(form.get("person")))
            if not viewers:
                raise LookupError(f"nobody in the rehearsal can read #{place.name}")
            shut_out = self.front.shut_out(place, _number(form.get("person")))
            if shut_out:
                return web.Response(text=self._instead(shut_out, place, viewers), content_type="text/html")
            address = await stage.show(place, viewers)
        if not address:
            words = stage.log.lines[-1].text if stage.log.lines else "It could not be opened."
            return web.Response(text=_sorry(words), content_type="text/html", status=409)
        return web.Response(status=303, headers={"Location": address})

    def _instead(self, person: str, place: simcord.ChannelHandle, viewers: Sequence[Viewer]) -> str:
        """Ask as whom to open a place that the chosen person cannot read: nobody acts as somebody else unawares."""
        rows = "".join(
            '<form method="post" action="/open">'
            f'<input type="hidden" name="token" value="{html.escape(self.token)}">'
            f'<input type="hidden" name="channel" value="{place.id}">'
            f'<input type="hidden" name="person" value="{each.id}">'
            f'<button type="submit">Open as {html.escape(name_of(each))}</button></form>'
            for each in viewers
        )
        words = f"{person} cannot read #{place.name}, in Discord as here. These people can:"
        return _sheet("Not for everybody", f'<p>{html.escape(words)}</p><div class="buttons">{rows}</div>')


def listen(port: int) -> socket.socket:
    """A socket on this machine only. Raises OSError when the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(64)
    except OSError:
        listener.close()
        raise
    return listener


def _file(name: str) -> str:
    return (files("bot.rehearsal") / name).read_text(encoding="utf-8")


def _number(given: object) -> int:
    return int(given) if isinstance(given, str) and given.isdecimal() else 0


def _sorry(words: str) -> str:
    return _sheet("Not opened", f"<p>{html.escape(words)}</p>")


def _sheet(title: str, body: str) -> str:
    """A small page of its own; ``body`` is markup."""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}</title><link rel="stylesheet" href="/page.css"><main class="sorry"><h1>{title}</h1>{body}'
        '<p><a href="/">Back to the front page</a></p></main></html>'
    )
