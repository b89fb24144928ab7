"""The repair of a channel that hides cards from people who must see them (PRO-11)."""

from __future__ import annotations

from discord.ext import commands

from bot.governance.ids import GroupId, PartnershipId
from bot.services import stops
from bot.ui import stops as ui
from bot.ui import stops_ids
from cogs.base import Control, Interaction, actor, announce, answer, ctx_of
from cogs.base.host import server_of


class StopsControl(Control, template=stops_ids.TEMPLATE):
    """Show what would open a channel again, and open it."""

    async def act(self, interaction: Interaction) -> None:
        """One press."""
        await announce(interaction)
        named = PartnershipId(int(self.match["partnership"])), GroupId(int(self.match["group"]))
        asked = ctx_of(interaction), server_of(interaction), actor(interaction)
        if self.match["act"] == "show":
            await answer(interaction, ui.shown(await stops.mending(*asked, *named)))
        else:
            await answer(interaction, ui.repaired(await stops.repair(*asked, *named)))


async def setup(bot: commands.Bot) -> None:
    """Called by discord.py when the extension is loaded."""
    bot.add_dynamic_items(StopsControl)
