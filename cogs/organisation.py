"""``/roles``: which Discord role carries which seat (ORG-2)."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.governance.ids import PartnershipId
from bot.services import organisation, roles, stops
from bot.ui import organisation_ids
from bot.ui import organisation_replies as ui
from bot.ui import stops as stop_words
from cogs.base import Control, Interaction, actor, announce, answer, asker, ctx_of, suggesting
from cogs.base.host import server_of


@suggesting
async def _groups(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    choices = await organisation.group_choices(ctx_of(interaction), actor(interaction), current)
    several = len({choice.partnership.id for choice in choices}) > 1
    return [ui.group_suggestion(choice, several) for choice in choices]


async def _words(interaction: Interaction, field: str, current: str) -> list[app_commands.Choice[str]]:
    words = await organisation.word_choices(ctx_of(interaction), actor(interaction), field, current)
    return [ui.word_suggestion(word) for word in words]


@suggesting
async def _seats(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    return await _words(interaction, "seat", current)


@suggesting
async def _classes(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    return await _words(interaction, "class", current)


@suggesting
async def _organisations(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    return await _words(interaction, "organisation", current)


class RolesControl(Control, template=organisation_ids.TEMPLATE):
    """Unmap a role that was asked about; another page of the list."""

    async def act(self, interaction: Interaction) -> None:
        """One press."""
        named = int(self.match["id"])
        if self.match["act"] == "list":
            view = await organisation.organisation_view(*asker(interaction), PartnershipId(named))
            await answer(interaction, ui.listed(view, int(self.match["page"] or 0)), replace=True)
            return
        await announce(interaction)
        done = await roles.unmap_role(ctx_of(interaction), server_of(interaction), actor(interaction), named)
        await answer(interaction, ui.unmapped(done))


@app_commands.guild_only()
class Organisation(commands.GroupCog, name="roles", description="Which Discord role carries which seat"):
    """Roles and seats."""

    @app_commands.command(name="map", description="Let a Discord role carry a seat (needs Manage Roles)")
    @app_commands.describe(
        role="The Discord role",
        group="The group the seat is in, or the whole partnership for contributors",
        seat="The seat, such as member or facilitator",
        stakeholder_class="The stakeholder class that its wearers count in",
        organisation="The organisation that its wearers speak for",
    )
    @app_commands.rename(stakeholder_class="class")
    @app_commands.autocomplete(group=_groups, seat=_seats, stakeholder_class=_classes, organisation=_organisations)
    async def map(
        self,
        interaction: Interaction,
        role: discord.Role,
        group: app_commands.Range[str, 1, 100],
        seat: app_commands.Range[str, 1, 32],
        stakeholder_class: app_commands.Range[str, 1, 60] = "",
        organisation: app_commands.Range[str, 1, 60] = "",
    ) -> None:
        """Map a role; what it carried before is replaced."""
        await announce(interaction)
        done = await roles.map_role(
            ctx_of(interaction),
            server_of(interaction),
            actor(interaction),
            role.id,
            group,
            seat,
            stakeholder_class,
            organisation,
        )
        await answer(interaction, ui.mapped(done))

    @app_commands.command(name="unmap", description="Take a role's seat away (needs Manage Roles)")
    @app_commands.describe(role="The Discord role")
    async def unmap(self, interaction: Interaction, role: discord.Role) -> None:
        """Say what unmapping a role does, and ask."""
        await answer(interaction, ui.asked(await roles.before_unmapping(*asker(interaction), role.id)))

    @app_commands.command(name="repair", description="Open a channel to people who must see its cards (Manage Roles)")
    @app_commands.describe(group="The group whose cards somebody cannot see")
    @app_commands.autocomplete(group=_groups)
    async def repair(self, interaction: Interaction, group: app_commands.Range[str, 1, 100]) -> None:
        """Show what would open a group's channel again; a button does it (PRO-11)."""
        await announce(interaction)
        asked = ctx_of(interaction), server_of(interaction), actor(interaction)
        await answer(interaction, stop_words.shown(await stops.mending_named(*asked, group)))

    @app_commands.command(name="list", description="Which role carries which seat, and who wears two hats")
    async def list(self, interaction: Interaction) -> None:
        """List roles and seats."""
        view = await organisation.organisation_view(ctx_of(interaction), actor(interaction))
        await answer(interaction, ui.listed(view))


async def setup(bot: commands.Bot) -> None:
    """Load."""
    bot.add_dynamic_items(RolesControl)
    await bot.add_cog(Organisation(bot))
