"""``/object``, every button about an objection, and reactions on cards (OBJ-1 to OBJ-8)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord import caches
from bot.governance.ids import ProposalId
from bot.services import attempts, objections
from bot.ui import forms, objections_ids
from bot.ui import objections_replies as answers
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
from cogs.base.host import Host

Act = Callable[[Interaction, ProposalId, int], Awaitable[None]]


async def state(interaction: Interaction, id: ProposalId, number: int) -> None:
    """Open the form in which an objection is stated (OBJ-2)."""
    view = await attempts.state(*asker(interaction), id, number)
    await show_form(interaction, forms.state(view.proposal, number))


async def withdraw(interaction: Interaction, id: ProposalId, number: int) -> None:
    """Ask whether it shall be withdrawn (OBJ-5)."""
    view = await attempts.keep(*asker(interaction), id, number)
    await answer(interaction, answers.withdrawing(view, number))


async def withdraw_now(interaction: Interaction, id: ProposalId, number: int) -> None:
    """Withdraw it, explicitly (OBJ-5)."""
    view = await objections.withdraw(*asker(interaction), id, number)
    await answer(interaction, answers.objection_act(view, number, "withdraw"), replace=True)


async def keep(interaction: Interaction, id: ProposalId, number: int) -> None:
    """Keep it although the reaction is gone: it stands anyway (OBJ-5)."""
    view = await attempts.keep(*asker(interaction), id, number)
    await answer(interaction, answers.objection_act(view, number, "keep"))


async def resolved(interaction: Interaction, id: ProposalId, number: int) -> None:
    """The new version resolves it (OBJ-7)."""
    view = await objections.answer_revision(*asker(interaction), id, number, True)
    await answer(interaction, answers.objection_act(view, number, "resolved"))


async def still(interaction: Interaction, id: ProposalId, number: int) -> None:
    """It stands against the new version too (PRO-5)."""
    view = await objections.answer_revision(*asker(interaction), id, number, False)
    await answer(interaction, answers.objection_act(view, number, "still"))


async def ask_test(interaction: Interaction, id: ProposalId, number: int) -> None:
    """Ask for a ruling on its form (OBJ-4)."""
    view = await objections.ask_test(*asker(interaction), id, number)
    await answer(interaction, answers.objection_act(view, number, "test"))


async def rule(interaction: Interaction, id: ProposalId, number: int) -> None:
    """Show a facilitator what to judge, and how (OBJ-4)."""
    view = await attempts.rule(*asker(interaction), id, number)
    await answer(interaction, answers.ruling(view, number))


async def rule_in_form(interaction: Interaction, id: ProposalId, number: int) -> None:
    """Open the form for the reason of a ruling that it is in form (OBJ-4)."""
    await attempts.rule(*asker(interaction), id, number)
    await show_form(interaction, forms.rule(id, number, True))


async def rule_not_in_form(interaction: Interaction, id: ProposalId, number: int) -> None:
    """Open the form for the reason of a ruling that it is not (OBJ-4)."""
    await attempts.rule(*asker(interaction), id, number)
    await show_form(interaction, forms.rule(id, number, False))


async def appeal(interaction: Interaction, id: ProposalId, number: int) -> None:
    """Open the form for an appeal (OBJ-4)."""
    await attempts.appeal(*asker(interaction), id, number)
    await show_form(interaction, forms.appeal(id, number))


async def stands(interaction: Interaction, id: ProposalId, number: int) -> None:
    """A stakeholder says on appeal that it stands (OBJ-4)."""
    view = await objections.vote_on_appeal(*asker(interaction), id, number, True)
    await answer(interaction, answers.objection_act(view, number, "stands"))


async def falls(interaction: Interaction, id: ProposalId, number: int) -> None:
    """A stakeholder says on appeal that it does not (OBJ-4)."""
    view = await objections.vote_on_appeal(*asker(interaction), id, number, False)
    await answer(interaction, answers.objection_act(view, number, "falls"))


async def sponsor(interaction: Interaction, id: ProposalId, number: int) -> None:
    """Take over the objection of someone who left (PRO-9)."""
    view = await objections.sponsor(*asker(interaction), id, number)
    await answer(interaction, answers.objection_act(view, number, "sponsor"))


ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "state": state,
        "withdraw": withdraw,
        "withdraw-now": withdraw_now,
        "keep": keep,
        "resolved": resolved,
        "still": still,
        "test": ask_test,
        "rule": rule,
        "in-form": rule_in_form,
        "not-in-form": rule_not_in_form,
        "appeal": appeal,
        "stands": stands,
        "falls": falls,
        "sponsor": sponsor,
    }
)
"""What each button about an objection does."""


class ObjectionButton(ActButton, template=objections_ids.TEMPLATE):
    """Any button about an objection."""

    acts = ACTS


async def take_statement(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """An objection was stated (OBJ-2)."""
    wanted, number = ProposalId(int(match["proposal"])), int(match["objection"])
    view = await objections.state(*asker(interaction), wanted, number, forms.statement(fields))
    await answer(interaction, answers.stated(view, number), replace=True)


async def take_ruling(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """A ruling was sent in (OBJ-4)."""
    wanted, number, in_form = ProposalId(int(match["proposal"])), int(match["objection"]), match["in_form"] == "yes"
    reason = fields.get("ruling", "")
    view = await objections.rule(*asker(interaction), wanted, number, in_form, reason)
    await answer(
        interaction, answers.objection_act(view, number, "in form" if in_form else "not in form"), replace=True
    )


async def take_appeal(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """An appeal was sent in (OBJ-4)."""
    wanted, number = ProposalId(int(match["proposal"])), int(match["objection"])
    view = await objections.appeal(*asker(interaction), wanted, number, fields.get("appeal", ""))
    await answer(interaction, answers.objection_act(view, number, "appeal"))


class ObjectionCommands(FormCog):
    """Objecting, by command, button or reaction."""

    forms = (
        Form(re.compile(objections_ids.form_template("state")), take_statement),
        Form(re.compile(objections_ids.RULE_TEMPLATE), take_ruling),
        Form(re.compile(objections_ids.form_template("appeal")), take_appeal),
    )

    def __init__(self, host: Host) -> None:
        self.host = host

    @app_commands.command(
        name="object", description="Object to a proposal: it counts at once, then you state the reason"
    )
    @app_commands.describe(proposal="Its number or words of its title")
    @app_commands.autocomplete(proposal=choices.suggest_proposals)
    @app_commands.guild_only()
    async def object(self, interaction: Interaction, proposal: str) -> None:
        """Raise an objection by command (OBJ-1)."""
        wanted = await choices.proposal_chosen(interaction, proposal)
        raised = await objections.raise_objection(*asker(interaction), wanted, "command")
        await answer(interaction, answers.raised(raised))

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """Somebody reacted (OBJ-1)."""
        if event.guild_id is None:
            return
        member = event.member
        known = member is not None and caches.stands(member.guild)
        await self.host.reactions.added(
            event.guild_id,
            event.channel_id,
            event.message_id,
            event.user_id,
            str(event.emoji),
            caches.worn_by(member) if member is not None and known else None,
            bool(member and known and member.guild_permissions.manage_roles),
            bool(member and member.bot),
        )

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        """Somebody's reaction disappeared (OBJ-5)."""
        if event.guild_id is not None:
            await self.host.reactions.removed(
                event.guild_id, event.channel_id, event.message_id, event.user_id, str(event.emoji)
            )

    @commands.Cog.listener()
    async def on_raw_reaction_clear(self, event: discord.RawReactionClearEvent) -> None:
        """All reactions were wiped (OBJ-5)."""
        if event.guild_id is not None:
            await self.host.reactions.cleared(event.guild_id, event.channel_id, event.message_id)

    @commands.Cog.listener()
    async def on_raw_reaction_clear_emoji(self, event: discord.RawReactionClearEmojiEvent) -> None:
        """All reactions with one emoji were wiped (OBJ-5)."""
        if event.guild_id is not None:
            await self.host.reactions.cleared_emoji(
                event.guild_id, event.channel_id, event.message_id, str(event.emoji)
            )


async def setup(bot: commands.Bot) -> None:
    """Called by discord.py when the extension is loaded."""
    await register(bot, ObjectionCommands(cast(Host, bot)), ObjectionButton)
