"""``/audit``: checking the record, and keeping a receipt of it (REC-1)."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.governance import receipts
from bot.services import record
from bot.ui import record as pages
from cogs.base import Interaction, announce, answer, asker, choices, register


class RecordCommands(commands.Cog):
    """The record."""

    audit = app_commands.Group(
        name="audit", description="Check the record of decisions, or keep a receipt of it", guild_only=True
    )

    @audit.command(name="verify", description="Check that nothing in the record was changed, removed or reordered")
    @app_commands.describe(
        receipt="The line of a receipt you kept, or the last line of an outcome post",
        partnership="Only where this server hosts several",
    )
    @app_commands.autocomplete(partnership=choices.suggest_partnerships)
    async def verify(self, interaction: Interaction, receipt: str = "", partnership: str = "") -> None:
        """Check the chain; a long one takes longer than Discord waits."""
        ctx, who = asker(interaction)
        chosen = await choices.partnership_chosen(interaction, partnership)
        kept = receipts.read(receipt) if receipt.strip() else None
        await announce(interaction)
        await answer(interaction, pages.verdict(chosen, await record.verify(ctx, who, chosen.id, kept)))

    @audit.command(name="receipt", description="The present hash of the record, for you to keep")
    @app_commands.describe(partnership="Only where this server hosts several")
    @app_commands.autocomplete(partnership=choices.suggest_partnerships)
    async def receipt(self, interaction: Interaction, partnership: str = "") -> None:
        """Give the head of the chain."""
        chosen = await choices.partnership_chosen(interaction, partnership)
        await answer(interaction, pages.receipt(await record.receipt(*asker(interaction), chosen.id)))


async def setup(bot: commands.Bot) -> None:
    """Called by discord.py when the extension is loaded."""
    await register(bot, RecordCommands())
