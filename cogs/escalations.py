"""``/escalate``: taking a disputed proposal to the final vote (PRO-6, ESC-1)."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.services import attempts
from bot.ui import escalations_replies as answers
from cogs.base import Interaction, answer, asker, choices, register


class EscalationCommands(commands.Cog):
    """Escalating."""

    @app_commands.command(name="escalate", description="Take a disputed proposal to the stakeholder group's final vote")
    @app_commands.describe(proposal="Its number or words of its title")
    @app_commands.autocomplete(proposal=choices.suggest_proposals)
    @app_commands.guild_only()
    async def escalate(self, interaction: Interaction, proposal: str) -> None:
        """Ask whether it shall go to a final vote (PRO-6)."""
        wanted = await choices.proposal_chosen(interaction, proposal)
        await answer(interaction, answers.escalating(await attempts.escalate(*asker(interaction), wanted)))


async def setup(bot: commands.Bot) -> None:
    """Called by discord.py when the extension is loaded."""
    await register(bot, EscalationCommands())
