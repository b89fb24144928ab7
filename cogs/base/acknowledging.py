"""The first word of every answer comes in time: Discord waits three seconds for it, whatever the bot is doing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeAlias

import discord
from discord.ext import commands

from bot.discord.requests import FAILED, answering

Interaction: TypeAlias = discord.Interaction[discord.Client]

WITHIN = 1.0
"""Seconds after which an act that has not answered yet is acknowledged: it may wait for others, or for Discord."""

_WATCH, _WORD = "watch", "word"


def watch(interaction: Interaction) -> None:
    """From now on this interaction is acknowledged in time, unless it is answered before or `leave` is called."""
    timer = asyncio.get_running_loop().call_later(WITHIN, _late, interaction)
    interaction.extras[_WATCH] = timer


def leave(interaction: Interaction) -> None:
    """The act has come to its end."""
    timer: asyncio.TimerHandle | None = interaction.extras.pop(_WATCH, None)
    if timer is not None:
        timer.cancel()


@contextmanager
def watched(interaction: Interaction) -> Iterator[None]:
    """The act in this block is acknowledged in time."""
    watch(interaction)
    try:
        yield
    finally:
        leave(interaction)


@asynccontextmanager
async def first_word(interaction: Interaction) -> AsyncIterator[None]:
    """The block says something: nothing is acknowledged meanwhile, and what is under way has come to its end."""
    leave(interaction)
    word: asyncio.Task[None] | None = interaction.extras.get(_WORD)
    if word is not None:
        await asyncio.wait({word})
    async with answering():
        yield


class Acknowledging(commands.Cog):
    """Hears of commands that came to their end."""

    @commands.Cog.listener("on_app_command_completion")
    async def done(self, interaction: Interaction, command: object) -> None:
        """It is acknowledged, or never will be."""
        leave(interaction)


def _late(interaction: Interaction) -> None:
    if not interaction.response.is_done():
        interaction.extras[_WORD] = asyncio.create_task(_acknowledge(interaction), name="acknowledge")


async def _acknowledge(interaction: Interaction) -> None:
    """The act goes on whether Discord takes this or not."""
    with contextlib.suppress(*FAILED):
        async with answering():
            await interaction.response.defer(ephemeral=True, thinking=True)
