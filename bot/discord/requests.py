"""Requests to Discord: every way in which one can fail, how long one may take, and how a thing is made once (RUN-3).

An error is no outcome: Discord may have taken what it did not confirm. Whatever meets a failure catches ``FAILED``,
and whatever Discord would make a second time is sent once and then looked for (``bot.discord.twins``).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any, TypeVar

import aiohttp
import discord

T = TypeVar("T")

FAILED = (
    discord.HTTPException,
    discord.RateLimited,
    discord.GatewayNotFound,
    discord.ConnectionClosed,
    aiohttp.ClientError,
    json.JSONDecodeError,
    OSError,  # TimeoutError is one
)
"""Every way in which a request to Discord can fail, or its connection end."""

ANSWER_WITHIN = 20.0
"""Seconds that Discord has for one request, with the library's own repeats and waits for its limits."""

PAUSES = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)
"""Seconds between attempts of what has to be done in the end; the last again and again."""


class Unconfirmed(aiohttp.ClientError):
    """Discord failed to say whether it took a request that must not be sent twice."""


_sent: ContextVar[list[str] | None] = ContextVar("sent", default=None)


def tracing() -> aiohttp.TraceConfig:
    """For the bot's connection: stops the library from repeating what is to be sent once."""
    config = aiohttp.TraceConfig()
    config.on_request_start.append(_begins)
    return config


async def _begins(_session: object, _context: SimpleNamespace, asked: aiohttp.TraceRequestStartParams) -> None:
    sent = _sent.get()
    if sent is None or asked.method != "POST":
        return
    if sent:
        raise Unconfirmed("Discord did not say whether it took this")
    sent.append(asked.method)


def limited(client: discord.Client) -> None:
    """Give every request of this client ``ANSWER_WITHIN``; one that takes longer ends in TimeoutError."""
    request = client.http.request

    async def within(route: discord.http.Route, **options: Any) -> Any:
        async with asyncio.timeout(ANSWER_WITHIN):
            return await request(route, **options)

    client.http.request = within  # type: ignore[method-assign]  # the library has no setting for it


@asynccontextmanager
async def answering() -> AsyncIterator[None]:
    """The same limit for answers to interactions, which go another way."""
    async with asyncio.timeout(ANSWER_WITHIN):
        yield


@contextmanager
def sent_once() -> Iterator[None]:
    """In this block a request that makes something is sent once: repeated, Discord would make a second one.

    In place of the library's repeat it ends in ``Unconfirmed``, and whether Discord took it has to be looked for.
    """
    token = _sent.set([])
    try:
        yield
    finally:
        _sent.reset(token)


def is_transient(error: BaseException) -> bool:
    """Whether the same request may succeed later: Discord is in trouble or out of reach, or has had too much."""
    if isinstance(error, discord.HTTPException):
        return error.status == 429 or error.status >= 500
    return isinstance(error, FAILED) and not isinstance(error, discord.ConnectionClosed)


def in_a_line(error: BaseException) -> str:
    """What failed, for a log: kind and text, which some kinds lack."""
    return " ".join(f"{type(error).__name__} {error}".split())[:300]


async def in_the_end(attempt: Callable[[], Awaitable[T]], says: Callable[[Exception, float], None]) -> T:
    """Try until it works, soon first, then in growing pauses. Raises what is not transient.

    ``says`` is told of each failure and of the pause that follows.
    """
    failures = 0
    while True:
        try:
            return await attempt()
        except FAILED as error:
            if not is_transient(error):
                raise
            pause = pause_after(failures)
            says(error, pause)
        failures += 1
        await asyncio.sleep(pause)


def pause_after(failures: int) -> float:
    """Seconds to wait after this many failures in a row before."""
    return PAUSES[min(failures, len(PAUSES) - 1)]
