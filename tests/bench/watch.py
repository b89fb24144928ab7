"""How long acts take: from the instant they are let go until the last request, commit or answer that follows."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

import discord
import simcord

from cogs.base import Control, FormCog, Interaction

_watches: WeakKeyDictionary[discord.Client, Watch] = WeakKeyDictionary()


class Watch:
    """Holds interactions back until all of them are there, and notes when something last happened in the bot.

    People act one at a time in the simulated Discord; held back and let go together, their acts are simultaneous.
    Simulated Discord's own waiting for rest is no part of what is measured.
    """

    def __init__(self, env: simcord.Env, bot: discord.Client) -> None:
        self._env = env
        self._gate = asyncio.Event()
        self._gate.set()
        self._last = 0.0
        _watches[bot] = self
        self._listen_to(bot)

    def stamp(self, *_: Any) -> None:
        """Something happened."""
        self._last = time.perf_counter()

    def hold(self) -> None:
        """From now on, acts wait at the bot's door."""
        self._gate.clear()

    async def pass_by(self) -> None:
        """Wait at the door while it is closed."""
        if not self._gate.is_set():
            await self._env.external_wait(self._gate.wait(), reason="held back until everybody has acted")

    async def let_go(self) -> float:
        """Let everything go; the seconds until the last thing that happened."""
        start = time.perf_counter()
        self._gate.set()
        return await self.span_since(start)

    async def span_since(self, start: float) -> float:
        """Wait until the bot has come to rest; the seconds until the last thing that happened."""
        await self._env.settle(timeout=120)
        return self._last - start

    def _listen_to(self, bot: discord.Client) -> None:
        request: Callable[..., Awaitable[Any]] = bot.http.request

        async def stamped(*args: Any, **kwargs: Any) -> Any:
            try:
                return await request(*args, **kwargs)
            finally:
                self.stamp()

        bot.http.request = stamped  # type: ignore[method-assign]


def watch_of(bot: discord.Client) -> Watch | None:
    """The watch set on a bot."""
    return _watches.get(bot)


def hold_at_the_door() -> None:
    """From now on the real bot's buttons and forms pass by their bot's watch first. The door is the same for both."""
    callback, take_form = Control.callback, FormCog.take_form

    @functools.wraps(callback)
    async def held_callback(self: Control, interaction: Interaction) -> None:
        await _held(interaction, callback(self, interaction))

    @functools.wraps(take_form)
    async def held_form(self: FormCog, interaction: Interaction) -> None:
        await _held(interaction, take_form(self, interaction))

    Control.callback = held_callback  # type: ignore[method-assign]
    FormCog.take_form = held_form  # type: ignore[method-assign]


async def _held(interaction: Interaction, act: Awaitable[None]) -> None:
    watch = watch_of(interaction.client)
    if watch is None or interaction.type is discord.InteractionType.application_command:
        await act
        return
    await watch.pass_by()
    await act
    watch.stamp()
