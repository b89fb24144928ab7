"""``/help``: what you can do here, in plain words (HLP-1)."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.services import organisation
from bot.ui import help as pages
from cogs.base import Interaction, UnknownCog, actor, answer, ctx_of, register, who_gives_roles
from cogs.base.acknowledging import Acknowledging


class HelpCommands(commands.Cog):
    """Help."""

    @app_commands.command(name="help", description="What you can do here, and how decisions are made")
    @app_commands.guild_only()
    async def help(self, interaction: Interaction) -> None:
        """Explain, by the asker's seats."""
        who = actor(interaction)
        here = await organisation.standing(ctx_of(interaction), who)
        whom = who_gives_roles(interaction)
        page = pages.help_page(here.partnership, here.member, who.manages_roles, here.talk, whom)
        await answer(interaction, page)


async def setup(bot: commands.Bot) -> None:
    """Called by discord.py when the extension is loaded."""
    await register(bot, HelpCommands())
    await bot.add_cog(UnknownCog())
    await bot.add_cog(Acknowledging())
