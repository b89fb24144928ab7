"""``/setup``: form, plan, apply, ratify (SCL-1, SCL-5)."""

from __future__ import annotations

import io
import re

import discord
from discord import app_commands
from discord.ext import commands

from bot.governance.ids import PartnershipId
from bot.governance.scales import Draft
from bot.services import scales
from bot.ui import scales_ids
from bot.ui import scales_replies as ui
from bot.ui.scales_ratifications import composed
from cogs.base import Control, Fields, Form, FormCog, Interaction, actor, announce, answer, ctx_of, show_form
from cogs.base.host import server_of


class SetupControl(Control, template=scales_ids.TEMPLATE):
    """Apply, cancel, change, another, ratify."""

    async def act(self, interaction: Interaction) -> None:
        """One press."""
        named = PartnershipId(int(self.match["partnership"]))
        match self.match["act"]:
            case "apply":
                await _apply(interaction, named)
            case "cancel":
                await scales.cancel(ctx_of(interaction), actor(interaction), named)
                await answer(interaction, ui.cancelled())
            case "edit":
                draft = await scales.kept_draft(ctx_of(interaction), actor(interaction), named)
                await show_form(interaction, ui.form(draft, named))
            case "new":
                await scales.existing(ctx_of(interaction), actor(interaction))
                await show_form(interaction, ui.form(Draft()))
            case _:
                await _ratify(interaction, named)


async def _apply(interaction: Interaction, id: PartnershipId) -> None:
    await announce(interaction)
    await _show(interaction, await scales.apply(ctx_of(interaction), server_of(interaction), actor(interaction), id))


async def _show(interaction: Interaction, view: scales.SetupView) -> None:
    """A set-up as it stands, with all of it in a file where the message leaves some out."""
    whole = ui.whole(view)
    file = discord.File(io.BytesIO(whole.encode()), filename="set-up.txt") if whole else None
    await answer(interaction, ui.shown(view), file=file)


async def _ratify(interaction: Interaction, id: PartnershipId) -> None:
    await announce(interaction)
    view = await scales.ratify(ctx_of(interaction), actor(interaction), id, composed)
    await answer(interaction, ui.ratifying(view))


async def _take_form(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    await announce(interaction)
    named = PartnershipId(int(match["partnership"])) or None
    draft = ui.draft_of(fields)
    await _show(
        interaction,
        await scales.keep_draft(ctx_of(interaction), server_of(interaction), actor(interaction), draft, named),
    )


@app_commands.guild_only()
@app_commands.default_permissions(manage_roles=True)
class Scales(FormCog, commands.GroupCog, name="setup", description="Set up a partnership in this server"):
    """Setting a partnership up."""

    forms = (Form(re.compile(scales_ids.FORM_TEMPLATE), _take_form),)

    @app_commands.command(name="start", description="Plan a partnership's roles and channels; nothing changes yet")
    async def start(self, interaction: Interaction) -> None:
        """The form in a new server; the plan of what is there already otherwise."""
        known = await scales.existing(ctx_of(interaction), actor(interaction))
        if not known:
            await show_form(interaction, ui.form(Draft()))
            return
        await announce(interaction)
        await _show(
            interaction,
            await scales.show(ctx_of(interaction), server_of(interaction), actor(interaction), known[0].id),
        )

    @app_commands.command(name="ratify", description="Open the partnership's first proposal: its structure and rules")
    async def ratify(self, interaction: Interaction) -> None:
        """Ask the stakeholders to ratify the partnership of this channel."""
        await _ratify(interaction, await scales.to_ratify(ctx_of(interaction), actor(interaction)))


async def setup(bot: commands.Bot) -> None:
    """Load."""
    bot.add_dynamic_items(SetupControl)
    await bot.add_cog(Scales(bot))
