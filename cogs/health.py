"""``/health``: whether anybody comes to hold more than was meant (ORG-7)."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.governance.organisation import GroupKind
from bot.services import health
from bot.ui import health as pages
from bot.ui.scales import SCALE_LABELS
from cogs.base import Interaction, answer, asker, choices, register

_SCALES = [app_commands.Choice(name=label, value=kind.value) for kind, label in SCALE_LABELS.items()]


class HealthCommands(commands.Cog):
    """Capture checks."""

    @app_commands.command(
        name="health", description="Capture checks: seats, objections, facilitators, double hats, reach"
    )
    @app_commands.describe(
        group="Only one group", scale="Only the groups of one scale", partnership="Only where this server hosts several"
    )
    @app_commands.choices(scale=_SCALES)
    @app_commands.autocomplete(group=choices.suggest_groups, partnership=choices.suggest_partnerships)
    @app_commands.guild_only()
    async def health(self, interaction: Interaction, group: str = "", scale: str = "", partnership: str = "") -> None:
        """Show every check."""
        ctx, who = asker(interaction)
        chosen, named = await choices.group_chosen(interaction, group, partnership)
        of_scale = GroupKind(scale) if scale and named is None else None
        view = await health.health(ctx, who, chosen.id, named.id if named else None, of_scale)
        await answer(interaction, pages.page(view))


async def setup(bot: commands.Bot) -> None:
    """Called by discord.py when the extension is loaded."""
    await register(bot, HealthCommands())
