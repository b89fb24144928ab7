"""``/retro``: begin, schedule, join, show and list retros, and the capture box between them (LRN-1)."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from io import BytesIO

import discord
from discord import app_commands
from discord.ext import commands

from bot.governance import retros as rules
from bot.governance.cadences import MENU
from bot.governance.errors import NotFound
from bot.governance.ids import GroupId, PartnershipId
from bot.governance.organisation import Group, GroupKind, Partnership
from bot.governance.retros import CUSTOM, TEMPLATES
from bot.services import retros, retros_writing
from bot.services.retros_views import RetroView
from bot.ui import retros_forms, retros_ids, retros_notices, retros_replies
from cogs.base import (
    Control,
    Fields,
    Form,
    FormCog,
    Interaction,
    answer,
    asker,
    choices,
    register,
    show_form,
    suggesting,
)

_TEMPLATES = [app_commands.Choice(name=name, value=name) for name in TEMPLATES]
_PACES = {"live": None, "12 hours": 12, "1 day": 24, "2 days": 48, "3 days": 72, "1 week": 168}
_PACE_CHOICES = [
    app_commands.Choice(name="live: the facilitator moves it on" if hours is None else f"slow: {name} each", value=name)
    for name, hours in _PACES.items()
]
_EVERY = [app_commands.Choice(name=f"every {name}", value=name) for name in MENU]
_ABOUT = {
    "template": "Which columns; left out: the 4 Ls",
    "columns": "For a custom one: 1 to 5 columns, with commas between them",
    "group": "Left out: the group of this channel",
    "pace": "Live, or so much time for each phase",
    "named": "Show who wrote what until it closes; left out: anonymous",
    "title": "What it looks back on",
    "partnership": "Only where this server hosts several",
}


class RetroPage(Control, template=retros_ids.LIST_TEMPLATE):
    """Another page of the list of retros."""

    async def act(self, interaction: Interaction) -> None:
        """Show it in place of the present one."""
        before = int(self.match["before"]) or None
        await show_list(interaction, PartnershipId(int(self.match["partnership"])), before, replace=True)


class CaptureButton(Control, template=retros_ids.CAPTURE_TEMPLATE):
    """The capture box of a group."""

    async def act(self, interaction: Interaction) -> None:
        """Write a card, or take one back."""
        partnership, chosen = await _group_of(interaction, self.match["group"])
        if self.match["act"] == "write":
            await retros_writing.captured(*asker(interaction), partnership.id, chosen.id)
            await show_form(interaction, retros_forms.capture(chosen))
            return
        slot = self.match["arg"] or ""
        kept = await retros_writing.uncapture(*asker(interaction), partnership.id, chosen.id, slot)
        await answer(interaction, retros_replies.box(kept, "Taken back. "), replace=True)


async def take_capture(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """A card for the next retro was sent in."""
    partnership, chosen = await _group_of(interaction, match["group"])
    kept = await retros_writing.capture(*asker(interaction), partnership.id, chosen.id, fields.get("card", ""))
    await answer(interaction, retros_replies.box(kept, "Kept. "), replace=True)


# ---- commands --------------------------------------------------------------------------------------


async def show_list(interaction: Interaction, id: PartnershipId, before: int | None, *, replace: bool = False) -> None:
    """One page of the list of retros."""
    found = await retros.list_retros(*asker(interaction), id, before)
    partnership = await choices.partnership_chosen(interaction, str(id))
    await answer(interaction, retros_replies.listing(found, partnership, before), replace=replace)


async def retro_chosen(interaction: Interaction, chosen: str, *, running: bool = False) -> RetroView:
    """The retro chosen or typed, else the latest one here. Raises NotFound."""
    ctx, who = asker(interaction)
    if not chosen.strip():
        partnership = await choices.partnership_chosen(interaction)
        found = await retros.list_retros(ctx, who, partnership.id, None, rules.OPEN if running else retros.LISTED)
        if not found:
            raise NotFound("retro")
        return next((view for view in found if view.retro.runs), found[0])
    named, number = await choices.number_chosen(interaction, retros.NOUN, chosen)
    return await retros.by_number(ctx, who, named.id, number)


@suggesting
async def suggest_retros(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Retros of this channel's partnership, newest first."""
    partnership = await choices.partnership_chosen(interaction)
    found = await retros.list_retros(*asker(interaction), partnership.id)
    named = [retros_replies.suggestion(view) for view in found]
    words = current.strip().casefold()
    return [app_commands.Choice(name=name, value=value) for name, value in named if words in name.casefold()]


class RetroCommands(FormCog):
    """Retrospectives."""

    forms = (Form(re.compile(retros_ids.CAPTURE_FORM_TEMPLATE), take_capture),)

    retro = app_commands.Group(name="retro", description="Look back together and agree on what to do", guild_only=True)

    @retro.command(name="start", description="Begin a retro now; its board appears in the group's channel")
    @app_commands.describe(**_ABOUT)
    @app_commands.choices(template=_TEMPLATES, pace=_PACE_CHOICES)
    @app_commands.autocomplete(group=choices.suggest_groups, partnership=choices.suggest_partnerships)
    async def start(
        self,
        interaction: Interaction,
        template: str = "4 Ls",
        columns: app_commands.Range[str, 1, 300] = "",
        group: str = "",
        pace: str = "live",
        named: bool = False,
        title: str = "",
        partnership: str = "",
    ) -> None:
        """Begin one now."""
        here, chosen = await _group_here(interaction, group, partnership)
        wanted = _plan(template, columns, pace, named, title)
        view = await retros.start(*asker(interaction), here.id, chosen.id, wanted)
        await answer(interaction, retros_replies.started(view))

    @retro.command(name="schedule", description="Plan a retro for later, once or again and again; you confirm the time")
    @app_commands.describe(
        when="Such as: next friday 18:00, in 3 days at 18:00, 24 december 18:00",
        zone="On whose clocks; left out, the partnership's",
        every="How often; left out, once",
        **_ABOUT,
    )
    @app_commands.choices(template=_TEMPLATES, pace=_PACE_CHOICES, every=_EVERY)
    @app_commands.autocomplete(
        zone=choices.suggest_zones, group=choices.suggest_groups, partnership=choices.suggest_partnerships
    )
    async def schedule(
        self,
        interaction: Interaction,
        when: app_commands.Range[str, 1, 100],
        zone: str = "",
        every: str = "",
        template: str = "4 Ls",
        columns: app_commands.Range[str, 1, 300] = "",
        group: str = "",
        pace: str = "live",
        named: bool = False,
        title: str = "",
        partnership: str = "",
    ) -> None:
        """Show what was understood, with a button to confirm it."""
        here, chosen = await _group_here(interaction, group, partnership)
        wanted = _plan(template, columns, pace, named, title)
        later = retros.Later(when, zone, every)
        view, understood = await retros.plan_later(*asker(interaction), here.id, chosen.id, wanted, later)
        await answer(interaction, retros_replies.planned(view, understood))

    @retro.command(name="join", description="Take part in a retro that is under way, early or late")
    @app_commands.describe(retro="Its number; left out: the one under way here")
    @app_commands.autocomplete(retro=suggest_retros)
    async def join(self, interaction: Interaction, retro: str = "") -> None:
        """Take part."""
        view = await retro_chosen(interaction, retro, running=True)
        await answer(interaction, retros_replies.joined(await retros_writing.join(*asker(interaction), view.retro.id)))

    @retro.command(name="capture", description="Note something for the next retro, sealed and without your name")
    @app_commands.describe(group="Left out: the group of this channel", partnership=_ABOUT["partnership"])
    @app_commands.autocomplete(group=choices.suggest_groups, partnership=choices.suggest_partnerships)
    async def capture(self, interaction: Interaction, group: str = "", partnership: str = "") -> None:
        """Show one's own, with the button to write one."""
        here, chosen = await _group_here(interaction, group, partnership)
        kept = await retros_writing.captured(*asker(interaction), here.id, chosen.id)
        await answer(interaction, retros_replies.box(kept))

    @retro.command(name="show", description="A retro as it stands, or its lessons")
    @app_commands.describe(retro="Its number; left out: the latest")
    @app_commands.autocomplete(retro=suggest_retros)
    async def show(self, interaction: Interaction, retro: str = "") -> None:
        """Show one."""
        view = await retro_chosen(interaction, retro)
        if not view.retro.took_part:
            await answer(interaction, retros_replies.overview(view))
            return
        whole = await asyncio.to_thread(retros_notices.document, view)
        file = discord.File(BytesIO(whole), filename=retros_notices.file_name(view))
        await answer(interaction, retros_notices.answered(view, whole), file=file)

    @retro.command(name="list", description="Retros that you may read, newest first")
    @app_commands.describe(partnership=_ABOUT["partnership"])
    @app_commands.autocomplete(partnership=choices.suggest_partnerships)
    async def list(self, interaction: Interaction, partnership: str = "") -> None:
        """List them."""
        await show_list(interaction, (await choices.partnership_chosen(interaction, partnership)).id, None)


# ---- parsing ---------------------------------------------------------------------------------------


async def _group_here(interaction: Interaction, chosen: str, partnership: str) -> tuple[Partnership, Group]:
    """The group chosen, else that of this channel, else the top-level cell."""
    here, named = await choices.group_chosen(interaction, chosen, partnership)
    if named is None:
        own = await choices.group_of_channel(interaction, here)
        named = own or here.of_kind(GroupKind.TOP_LEVEL)
    return here, named


async def _group_of(interaction: Interaction, id: str) -> tuple[Partnership, Group]:
    here, found = await choices.group_chosen(interaction, str(GroupId(int(id))), "")
    if found is None:
        raise NotFound("group")
    return here, found


def _plan(template: str, columns: str, pace: str, named: bool, title: str) -> rules.RetroPlan:
    if pace not in _PACES:
        raise NotFound("control")
    hours = _PACES[pace]
    given = [each for each in re.split(r"[,;|\n]", columns) if each.strip()]
    chosen = CUSTOM if given and template == "4 Ls" else template
    length = None if hours is None else timedelta(hours=hours)
    return rules.plan(chosen, given, named=named, title=title, pace=length)


async def setup(bot: commands.Bot) -> None:
    """Called by discord.py when the extension is loaded."""
    await register(bot, RetroCommands(), RetroPage, CaptureButton)
