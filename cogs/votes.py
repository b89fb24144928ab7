"""``/vote`` and the buttons of a final vote (DEC-2, DEC-3)."""

from __future__ import annotations

import re
from types import MappingProxyType

from discord import app_commands
from discord.ext import commands

from bot.governance.ids import ProposalId
from bot.services import attempts, proposals, votes
from bot.ui import forms, votes_ids
from bot.ui import votes_replies as answers
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
    suggesting,
)


async def cast(interaction: Interaction, id: ProposalId, place: int) -> None:
    """Keep a choice at once, or ask for the reason that it needs (DEC-1, DEC-2)."""
    ctx, who = asker(interaction)
    choice = await attempts.cast(ctx, who, id, place)
    if choice.needs_reason:
        await show_form(interaction, forms.object_vote(id, place))
        return
    marks = {choice.name: 1}
    await answer(interaction, answers.cast(await votes.cast(ctx, who, id, marks), marks), replace=True)


async def mine(interaction: Interaction, id: ProposalId) -> None:
    """The asker's own vote, and the choices to change it."""
    ctx, who = asker(interaction)
    await answer(interaction, answers.ballot(await proposals.show(ctx, who, id), await votes.mine(ctx, who, id)))


class CastButton(ActButton, template=votes_ids.CAST_TEMPLATE):
    """One choice of an open vote."""

    acts = MappingProxyType({"cast": cast})


class MineButton(ActButton, template=votes_ids.MINE_TEMPLATE):
    """The button "my vote"."""

    acts = MappingProxyType({"mine": mine})


async def take_objection(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """The reason of an objection in a consent round was sent in (DEC-1)."""
    ctx, who = asker(interaction)
    wanted = ProposalId(int(match["proposal"]))
    choice = await attempts.cast(ctx, who, wanted, int(match["choice"]))
    said, marks = forms.statement(fields), {choice.name: 1}
    view = await votes.cast(ctx, who, wanted, marks, said.criterion, said.reason)
    await answer(interaction, answers.cast(view, marks), replace=True)


@suggesting
async def suggest_choices(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The choices of the proposal's vote in their fixed order."""
    wanted = await choices.proposal_chosen(interaction, str(interaction.namespace["proposal"]))
    view = await proposals.show(*asker(interaction), wanted)
    words = current.strip().casefold()
    return [
        app_commands.Choice(name=label, value=str(place))
        for place, label in enumerate(answers.choice_names(view.proposal))
        if words in label.casefold()
    ]


class VoteCommands(FormCog):
    """Voting."""

    forms = (Form(re.compile(votes_ids.OBJECT_TEMPLATE), take_objection),)

    @app_commands.command(name="vote", description="Vote on a proposal in its final vote, or see and change your vote")
    @app_commands.describe(
        proposal="Its number or words of its title", choice="Left out: see your vote and the choices"
    )
    @app_commands.autocomplete(proposal=choices.suggest_proposals, choice=suggest_choices)
    @app_commands.guild_only()
    async def vote(self, interaction: Interaction, proposal: str, choice: str = "") -> None:
        """Vote, or show the asker's vote."""
        wanted = await choices.proposal_chosen(interaction, proposal)
        if not choice.strip():
            await mine(interaction, wanted)
            return
        view = await proposals.show(*asker(interaction), wanted)
        await cast(interaction, wanted, answers.place_of(view.proposal, choice))


async def setup(bot: commands.Bot) -> None:
    """Called by discord.py when the extension is loaded."""
    await register(bot, VoteCommands(), CastButton, MineButton)
