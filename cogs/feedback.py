"""``/feedback`` and every button about feedback (LRN-4)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType

from discord import app_commands
from discord.ext import commands

from bot.governance.ids import GroupId, PartnershipId
from bot.governance.organisation import Partnership
from bot.services import feedback
from bot.services.feedback import FeedbackView
from bot.ui import feedback_board as pages
from bot.ui import feedback_ids
from cogs.base import (
    ActButton,
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

Act = Callable[[Interaction, int], Awaitable[None]]
Choice = app_commands.Choice[str]

_LISTS = [Choice(name=label, value=name) for name, (label, _) in pages.LISTS.items()]


async def chosen(interaction: Interaction, words: str) -> FeedbackView:
    """The feedback chosen or typed: ``9``, ``F-9``, or a suggestion's words. Raises NotFound."""
    partnership, number = await choices.number_chosen(interaction, feedback.NOUN, words)
    return await feedback.by_number(*asker(interaction), partnership.id, number)


async def seen(interaction: Interaction, id: int) -> None:
    """Note that it was seen."""
    await answer(interaction, pages.done(await feedback.acknowledge(*asker(interaction), id), "seen"))


async def take(interaction: Interaction, id: int) -> None:
    """Take it on."""
    await answer(interaction, pages.done(await feedback.take(*asker(interaction), id), "take"))


async def give_to(interaction: Interaction, id: int) -> None:
    """Open the form in which somebody is chosen."""
    await show_form(interaction, pages.assign_form(await feedback.show(*asker(interaction), id)))


async def write_answer(interaction: Interaction, id: int) -> None:
    """Open the form for the public answer."""
    await show_form(interaction, pages.answer_form(await feedback.check_answer(*asker(interaction), id)))


async def close(interaction: Interaction, id: int) -> None:
    """Close it."""
    await answer(interaction, pages.done(await feedback.close(*asker(interaction), id), "close"))


async def resolved(interaction: Interaction, id: int) -> None:
    """Its author says that the answer resolves it."""
    await answer(interaction, pages.done(await feedback.say(*asker(interaction), id, True), "resolved"))


async def not_resolved(interaction: Interaction, id: int) -> None:
    """Its author says that it does not."""
    await answer(interaction, pages.done(await feedback.say(*asker(interaction), id, False), "not-resolved"))


async def hide(interaction: Interaction, id: int) -> None:
    """Open the form for the reason."""
    await show_form(interaction, pages.hide_form(await feedback.check_hide(*asker(interaction), id)))


async def reveal(interaction: Interaction, id: int) -> None:
    """Show hidden words again."""
    await answer(interaction, pages.done(await feedback.reveal(*asker(interaction), id), "reveal"))


async def show(interaction: Interaction, id: int) -> None:
    """Show one piece of feedback."""
    await answer(interaction, pages.shown(await feedback.show(*asker(interaction), id)))


ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "seen": seen,
        "take": take,
        "give-to": give_to,
        "answer": write_answer,
        "close": close,
        "resolved": resolved,
        "not-resolved": not_resolved,
        "hide": hide,
        "reveal": reveal,
        "show": show,
    }
)
"""What each button about feedback does."""


class FeedbackButton(ActButton, template=feedback_ids.TEMPLATE):
    """Any button about feedback."""

    acts = ACTS


class FeedbackPageButton(Control, template=feedback_ids.PAGE_TEMPLATE):
    """Another page of a list."""

    async def act(self, interaction: Interaction) -> None:
        """Show it in place of the present one."""
        group, before = GroupId(int(self.match["group"])) or None, int(self.match["before"]) or None
        partnership = PartnershipId(int(self.match["partnership"]))
        await show_list(interaction, partnership, self.match["act"], group, before, replace=True)


async def show_list(
    interaction: Interaction,
    id: PartnershipId,
    name: str,
    group: GroupId | None,
    before: int | None = None,
    *,
    replace: bool = False,
) -> None:
    """One page of feedback."""
    found = await feedback.page(*asker(interaction), id, pages.LISTS[name][1], group, before)
    await answer(interaction, pages.listing(found, name, group, before), replace=replace)


async def take_new(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """Feedback was sent in."""
    partnership, group = PartnershipId(int(match["partnership"])), GroupId(int(match["group"])) or None
    anonymous = fields.get("as", "") != pages.NAMED
    view = await feedback.give(*asker(interaction), partnership, group, fields.get("feedback", ""), anonymous=anonymous)
    await answer(interaction, pages.given(view))


async def take_words(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """An answer, a reason for hiding, or somebody to take care of it was sent in."""
    ctx, who = asker(interaction)
    wanted = int(match["feedback"])
    match match["act"]:
        case "answer":
            view = await feedback.answer(ctx, who, wanted, fields.get("answer", ""))
        case "hide":
            view = await feedback.hide(ctx, who, wanted, fields.get("hiding", ""))
        case _:
            view = await feedback.assign(ctx, who, wanted, choices.person_chosen(interaction, fields.get("owner", "")))
    await answer(interaction, pages.done(view, match["act"]))


@suggesting
async def suggest(interaction: Interaction, current: str) -> list[Choice]:
    """Feedback that the asker may read and that is not closed, newest first."""
    ctx, who = asker(interaction)

    async def found(partnership: Partnership) -> Iterable[tuple[str, str]]:
        page = await feedback.page(ctx, who, partnership.id, pages.NOT_CLOSED, size=25)
        return map(pages.suggestion, page.found)

    return await choices.named_here(interaction, current, found)


class FeedbackCommands(FormCog):
    """Speaking up, and being answered."""

    forms = (
        Form(re.compile(feedback_ids.GIVE_TEMPLATE), take_new),
        Form(re.compile(feedback_ids.FORM_TEMPLATE), take_words),
    )

    feedback = app_commands.Group(
        name="feedback", description="Say what works and what does not, and get a public answer", guild_only=True
    )

    @feedback.command(name="give", description="Give feedback, with your name or anonymously; a form opens")
    @app_commands.describe(
        group="The group it is for (else the whole partnership)", partnership="Only where this server hosts several"
    )
    @app_commands.autocomplete(group=choices.suggest_groups, partnership=choices.suggest_partnerships)
    async def give(self, interaction: Interaction, group: str = "", partnership: str = "") -> None:
        """Open the form."""
        found, named = await choices.group_chosen(interaction, group, partnership)
        group_id = named.id if named else None
        await feedback.check_give(*asker(interaction), found.id, group_id)
        await show_form(interaction, pages.give_form(found, group_id))

    @feedback.command(name="list", description="Feedback that you may read, newest first")
    @app_commands.describe(
        state="Which of it", group="Only that of one group", partnership="Only where this server hosts several"
    )
    @app_commands.choices(state=_LISTS)
    @app_commands.autocomplete(group=choices.suggest_groups, partnership=choices.suggest_partnerships)
    async def list(self, interaction: Interaction, state: str = "open", group: str = "", partnership: str = "") -> None:
        """List feedback by state."""
        found, named = await choices.group_chosen(interaction, group, partnership)
        await show_list(interaction, found.id, state, named.id if named else None)

    @feedback.command(name="answer", description="Answer feedback publicly; a form opens")
    @app_commands.describe(feedback="Its number, such as F-9")
    @app_commands.autocomplete(feedback=suggest)
    async def answer(self, interaction: Interaction, feedback: str) -> None:
        """Open the form."""
        await write_answer(interaction, (await chosen(interaction, feedback)).feedback.id)

    @feedback.command(name="close", description="Close feedback that was answered")
    @app_commands.describe(feedback="Its number, such as F-9")
    @app_commands.autocomplete(feedback=suggest)
    async def close(self, interaction: Interaction, feedback: str) -> None:
        """Close it."""
        await close(interaction, (await chosen(interaction, feedback)).feedback.id)


async def setup(bot: commands.Bot) -> None:
    """Called by discord.py when the extension is loaded."""
    await register(bot, FeedbackCommands(), FeedbackButton, FeedbackPageButton)
