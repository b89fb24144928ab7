"""``/inbox``: what needs you now (RHY-3)."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.services import inbox
from bot.ui import inbox_ids
from bot.ui import inbox_page as pages
from cogs.base import Control, Interaction, answer, asker, choices, register


async def show(interaction: Interaction, partnership: str = "") -> None:
    """Everything that waits for the asker, most urgent first."""
    chosen = await choices.partnership_chosen(interaction, partnership)
    items = await inbox.inbox(*asker(interaction), chosen.id)
    await answer(interaction, pages.inbox(items, chosen))


class InboxButton(Control, template=inbox_ids.TEMPLATE):
    """The button that opens the inbox."""

    async def act(self, interaction: Interaction) -> None:
        """Show the inbox of this channel's partnership."""
        await show(interaction)


class InboxCommands(commands.Cog):
    """The inbox."""

    @app_commands.command(name="inbox", description="What needs you now, most urgent first")
    @app_commands.describe(partnership="Only where this server hosts several")
    @app_commands.autocomplete(partnership=choices.suggest_partnerships)
    @app_commands.guild_only()
    async def inbox(self, interaction: Interaction, partnership: str = "") -> None:
        """Show the inbox."""
        await show(interaction, partnership)


async def setup(bot: commands.Bot) -> None:
    """Called by discord.py when the extension is loaded."""
    await register(bot, InboxCommands(), InboxButton)
