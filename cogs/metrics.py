"""``/metrics``: how this partnership decides, in numbers (LRN-3)."""

from __future__ import annotations

import asyncio
from io import BytesIO

import discord
from discord import app_commands
from discord.ext import commands

from bot.governance.metrics import PERIODS
from bot.governance.organisation import GroupKind
from bot.services import metrics
from bot.ui import metrics as pages
from bot.ui.scales import SCALE_LABELS
from cogs.base import Interaction, announce, answer, asker, choices, register

_PERIODS = [app_commands.Choice(name=name, value=name) for name in PERIODS]
_SCALES = [app_commands.Choice(name=label, value=kind.value) for kind, label in SCALE_LABELS.items()]


class MetricsCommands(commands.Cog):
    """Numbers."""

    @app_commands.command(name="metrics", description="How decisions go here, in numbers: time, reach, objections")
    @app_commands.describe(
        group="Only one group",
        scale="Only the groups of one scale",
        period="What was decided in this time (else 90 days)",
        partnership="Only where this server hosts several",
    )
    @app_commands.choices(scale=_SCALES, period=_PERIODS)
    @app_commands.autocomplete(group=choices.suggest_groups, partnership=choices.suggest_partnerships)
    @app_commands.guild_only()
    async def metrics(
        self,
        interaction: Interaction,
        group: str = "",
        scale: str = "",
        period: str = "90 days",
        partnership: str = "",
    ) -> None:
        """Show the numbers; drawing takes longer than Discord waits."""
        ctx, who = asker(interaction)
        chosen, named = await choices.group_chosen(interaction, group, partnership)
        await announce(interaction)
        of_scale = GroupKind(scale) if scale and named is None else None
        view = await metrics.metrics(ctx, who, chosen.id, named.id if named else None, of_scale, period)
        drawn = await asyncio.to_thread(pages.files, view)
        files = [discord.File(BytesIO(content), filename=name) for name, content in drawn]
        await answer(interaction, pages.page(view), files=files)


async def setup(bot: commands.Bot) -> None:
    """Called by discord.py when the extension is loaded."""
    await register(bot, MetricsCommands())
