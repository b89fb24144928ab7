"""Requests to Discord: every way in which one can fail, how long one may take, and how a thing is made once (RUN-3).

An error is no outcome: Discord may have taken what it did not confirm. Whatever meets a failure catches ``FAILED``,
and whatever Discord would make a second time is sent once and then looked for (``bot.discord.twins``).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
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


A_SECOND = 47
"""Requests that this bot begins in a second. Discord takes 50, and the library learns of that only by being refused:
on the way some come closer together.
"""


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


class Pace:
    """Lets requests begin one after the other, as fast as Discord takes them; first those that somebody waits for."""

    def __init__(self, a_second: float) -> None:
        self._each = 1 / a_second
        self._next_at = 0.0
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []

    @property
    def crowded(self) -> bool:
        """Whether requests wait for their turn: more of them would make none of them quicker."""
        return bool(self._waiting)

    async def turn(self) -> None:
        """Wait for the instant at which a request may begin. Answers to interactions are not counted by Discord."""
        loop = asyncio.get_running_loop()
        if not self._waiting and loop.time() >= self._next_at:
            self._next_at = loop.time() + self._each
            return
        turn = loop.create_future()
        self._waiting.append((_can_wait.get(), turn))
        if len(self._waiting) == 1:
            loop.call_at(self._next_at, self._give, loop)
        await turn

    def _give(self, loop: asyncio.AbstractEventLoop) -> None:
        waiting = [each for each in self._waiting if not each[1].done()]
        first = next((each for each in waiting if not each[0]()), waiting[0] if waiting else None)
        self._waiting = [each for each in waiting if each is not first]
        if first is not None:
            first[1].set_result(None)
            # Kept by the clock: a loop that was held up for a moment does not make all later ones late.
            self._next_at = max(self._next_at, loop.time() - self._each) + self._each
        if self._waiting:
            loop.call_at(self._next_at, self._give, loop)


_can_wait: ContextVar[Callable[[], bool]] = ContextVar("can_wait", default=lambda: False)


@contextmanager
def patient(can_wait: Callable[[], bool] = lambda: True) -> Iterator[None]:
    """Requests in this block come after those that somebody waits for, for as long as they can wait."""
    token = _can_wait.set(can_wait)
    try:
        yield
    finally:
        _can_wait.reset(token)


def limited(client: discord.Client, share: float = 1.0) -> Pace:
    """Give every request of this client its turn and ``ANSWER_WITHIN``; one that takes longer ends in TimeoutError.

    ``share`` is this process's part of what Discord takes from the bot in all.
    """
    request, pace = client.http.request, Pace(A_SECOND * share)

    async def within(route: discord.http.Route, **options: Any) -> Any:
        await pace.turn()
        async with asyncio.timeout(ANSWER_WITHIN):
            return await request(route, **options)

    client.http.request = within  # type: ignore[method-assign]  # the library has no setting for it
    return pace


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


async def side_by_side(work: Iterable[Callable[[], Awaitable[T]]], at_once: int) -> list[T]:
    """Do all of this, so many at a time; each comes to its end before the first failure is raised."""
    turns = asyncio.Semaphore(at_once)

    async def one(each: Callable[[], Awaitable[T]]) -> T:
        async with turns:
            return await each()

    ends = await asyncio.gather(*map(one, work), return_exceptions=True)
    done = [each for each in ends if not isinstance(each, BaseException)]
    for each in ends:
        if isinstance(each, BaseException):
            raise each
    return done


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
