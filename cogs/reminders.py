"""``/reminders``: when and how the asker is reminded (RHY-2)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from discord import app_commands
from discord.ext import commands

from bot.governance.ids import PartnershipId
from bot.services import reminders
from bot.services.reminders import Hours, Wishes
from bot.ui import reminders_ids
from bot.ui import reminders_preferences as pages
from cogs.base import (
    ActButton,
    Fields,
    Form,
    FormCog,
    Interaction,
    answer,
    asker,
    choices,
    register,
    show_form,
)

Act = Callable[[Interaction, PartnershipId], Awaitable[None]]


async def wishes(interaction: Interaction, id: PartnershipId) -> None:
    """Open the form for how and of what."""
    await show_form(interaction, pages.wishes_form(await reminders.preferences(*asker(interaction), id)))


async def hours(interaction: Interaction, id: PartnershipId) -> None:
    """Open the form for zone, quiet hours and absence."""
    await show_form(interaction, pages.hours_form(await reminders.preferences(*asker(interaction), id)))


async def reset(interaction: Interaction, id: PartnershipId) -> None:
    """Forget what was chosen."""
    await answer(interaction, pages.panel(await reminders.reset(*asker(interaction), id)), replace=True)


ACTS: Mapping[str, Act] = MappingProxyType({"wishes": wishes, "hours": hours, "reset": reset})
"""What each button of the panel does."""


async def take_wishes(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """Keep how and of what."""
    topics = frozenset(topic.strip() for topic in fields.get("topics", "").split(",") if topic.strip())
    typed = Wishes(
        fields.get("way", ""),
        topics,
        fields.get("mentions", ""),
        fields.get("digest_day", ""),
        fields.get("digest_at", ""),
    )
    view = await reminders.set_wishes(*asker(interaction), PartnershipId(int(match["partnership"])), typed)
    await answer(interaction, pages.panel(view), replace=True)


async def take_hours(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """Keep zone, quiet hours and absence."""
    typed = Hours(*(fields.get(name, "") for name in ("zone", "quiet_from", "quiet_to", "back")))
    view = await reminders.set_hours(*asker(interaction), PartnershipId(int(match["partnership"])), typed)
    await answer(interaction, pages.panel(view), replace=True)


async def take(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """Keep what a form holds."""
    await (take_wishes if match["act"] == "wishes" else take_hours)(interaction, match, fields)


class RemindersButton(ActButton, template=reminders_ids.TEMPLATE):
    """Any button of the panel."""

    acts = ACTS


class ReminderCommands(FormCog):
    """How people want to be reminded."""

    forms = (Form(re.compile(reminders_ids.FORM_TEMPLATE), take),)
    reminders = app_commands.Group(name="reminders", description="When and how you are reminded", guild_only=True)

    @reminders.command(
        name="preferences", description="Quiet hours, time zone, what you hear of, how often, your digest"
    )
    @app_commands.describe(
        zone="Your time zone, such as Europe/Lisbon", partnership="Only where this server hosts several"
    )
    @app_commands.autocomplete(zone=choices.suggest_zones, partnership=choices.suggest_partnerships)
    async def preferences(self, interaction: Interaction, zone: str = "", partnership: str = "") -> None:
        """Show the panel; with a zone, keep that first."""
        found = await choices.partnership_chosen(interaction, partnership)
        if zone.strip():
            view = await reminders.set_zone(*asker(interaction), found.id, zone.strip())
        else:
            view = await reminders.preferences(*asker(interaction), found.id)
        await answer(interaction, pages.panel(view))


async def setup(bot: commands.Bot) -> None:
    """Called by discord.py when the extension is loaded."""
    await register(bot, ReminderCommands(), RemindersButton)
