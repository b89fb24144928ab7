"""``/propose``, ``/proposal`` and every button about a proposal (PRO-1 to PRO-11, REC-2)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from types import MappingProxyType

import discord
from discord import app_commands
from discord.ext import commands

from bot.governance.ids import GroupId, PartnershipId, ProposalId
from bot.governance.money import Money
from bot.governance.proposals_types import Text
from bot.services import attempts, escalations, objections, proposals
from bot.services.views import ProposalView
from bot.ui import effects, forms, matrix, objections_replies, proposals_ids, proposals_lists, record
from bot.ui import escalations_replies as escalation_answers
from bot.ui import proposals_replies as answers
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
)

Act = Callable[[Interaction, ProposalId], Awaitable[None]]

_LISTS = [app_commands.Choice(name=label, value=name) for name, (label, _) in proposals_lists.LISTS.items()]
_PROPOSAL = {"proposal": "Its number or words of its title"}


async def show(interaction: Interaction, id: ProposalId) -> None:
    """The draft to go on with, or the card with everything that can be done (PRO-2)."""
    view = await proposals.show(*asker(interaction), id)
    await answer(interaction, answers.overview(view, proposals.hindrance(view)))


async def full_text(interaction: Interaction, id: ProposalId) -> None:
    """Every word of the version on the table."""
    said, whole = answers.text(await proposals.show(*asker(interaction), id))
    await answer(interaction, said, file=_file(whole, "proposal.txt"))


async def why(interaction: Interaction, id: ProposalId) -> None:
    """The rule, its version, the electorate, the timeline, each ruling (REC-2)."""
    said, whole = record.why(await proposals.why(*asker(interaction), id))
    await answer(interaction, said, file=_file(whole, "timeline.txt"))


async def options(interaction: Interaction, id: ProposalId) -> None:
    """What the asker can do beside what stands on the card."""
    await answer(interaction, answers.options(*await proposals.options(*asker(interaction), id)))


async def preview(interaction: Interaction, id: ProposalId) -> None:
    """The card as it will stand."""
    await answer(interaction, answers.preview(await attempts.open_review(*asker(interaction), id)))


async def who(interaction: Interaction, id: ProposalId) -> None:
    """Who may object (OBJ-1)."""
    await answer(interaction, objections_replies.standing(await proposals.who_may_object(*asker(interaction), id)))


async def read(interaction: Interaction, id: ProposalId) -> None:
    """Note "I have read it" (PRO-8)."""
    await answer(interaction, answers.read(await proposals.mark_read(*asker(interaction), id)))


async def object_to(interaction: Interaction, id: ProposalId) -> None:
    """Raise an objection by button (OBJ-1)."""
    raised = await objections.raise_objection(*asker(interaction), id, "button")
    await answer(interaction, objections_replies.raised(raised))


async def concern(interaction: Interaction, id: ProposalId) -> None:
    """Open the form for a concern (OBJ-3)."""
    await attempts.concern(*asker(interaction), id)
    await show_form(interaction, forms.concern(id))


async def words(interaction: Interaction, id: ProposalId) -> None:
    """Page 1 of a draft or of the next version (PRO-1, PRO-5)."""
    view = await attempts.write(*asker(interaction), id)
    await show_form(interaction, forms.words(view.proposal))


async def details(interaction: Interaction, id: ProposalId) -> None:
    """Page 2 of a draft or of the next version (PRO-1, PRO-5)."""
    view = await attempts.write(*asker(interaction), id)
    await show_form(interaction, forms.details(view))


async def again(interaction: Interaction, id: ProposalId) -> None:
    """Open the form for what a draft files again (OBJ-6)."""
    await show_form(interaction, forms.refile(await attempts.write(*asker(interaction), id)))


async def revise(interaction: Interaction, id: ProposalId) -> None:
    """What is kept of the next version, and its pages (PRO-5)."""
    await _show_kept(interaction, await attempts.write(*asker(interaction), id))


async def publish(interaction: Interaction, id: ProposalId) -> None:
    """Publish what is kept as the next version (PRO-5)."""
    await answer(interaction, answers.revised(await proposals.revise(*asker(interaction), id)), replace=True)


async def start_over(interaction: Interaction, id: ProposalId) -> None:
    """Forget what is kept of the next version (PRO-5)."""
    await _show_kept(interaction, await proposals.drop_revision(*asker(interaction), id))


async def withdraw(interaction: Interaction, id: ProposalId) -> None:
    """Open the form for a withdrawal (PRO-6)."""
    view = await attempts.withdraw(*asker(interaction), id)
    await show_form(interaction, forms.withdraw(view.proposal))


async def open_review(interaction: Interaction, id: ProposalId) -> None:
    """Open the review of a draft, unless something says much the same already: then ask first (PRO-2, PRO-3)."""
    view, found = await proposals.before_opening(*asker(interaction), id)
    if found:
        await answer(interaction, answers.similar(view, found), replace=True)
    else:
        await open_anyway(interaction, id)


async def open_anyway(interaction: Interaction, id: ProposalId) -> None:
    """Open the review of a draft (PRO-2)."""
    view = await proposals.open_review(*asker(interaction), id)
    await answer(interaction, answers.opened(view), replace=True)


async def discard(interaction: Interaction, id: ProposalId) -> None:
    """Throw a draft away (PRO-6)."""
    view = await proposals.discard(*asker(interaction), id)
    await answer(interaction, answers.discarded(view), replace=True)


async def escalate(interaction: Interaction, id: ProposalId) -> None:
    """Ask whether it shall go to a final vote (PRO-6)."""
    await answer(interaction, escalation_answers.escalating(await attempts.escalate(*asker(interaction), id)))


async def escalate_now(interaction: Interaction, id: ProposalId) -> None:
    """Take it to a final vote (PRO-6)."""
    await answer(
        interaction, escalation_answers.escalated(await escalations.escalate(*asker(interaction), id)), replace=True
    )


async def halt(interaction: Interaction, id: ProposalId) -> None:
    """Ask to halt it in the timelock (EFF-3)."""
    await answer(interaction, answers.halted(await proposals.halt(*asker(interaction), id)))


async def done(interaction: Interaction, id: ProposalId) -> None:
    """People have done what was decided (POL-3)."""
    await answer(interaction, answers.marked(await proposals.mark(*asker(interaction), id, True)))


async def not_done(interaction: Interaction, id: ProposalId) -> None:
    """They have not after all (POL-3)."""
    await answer(interaction, answers.marked(await proposals.mark(*asker(interaction), id, False)))


ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "read": read,
        "object": object_to,
        "concern": concern,
        "who": who,
        "why": why,
        "show": show,
        "text": full_text,
        "revise": revise,
        "withdraw": withdraw,
        "escalate": escalate,
        "escalate-now": escalate_now,
        "halt": halt,
        "details": details,
        "edit": words,
        "preview": preview,
        "open": open_review,
        "open-anyway": open_anyway,
        "discard": discard,
        "options": options,
        "publish": publish,
        "again": again,
        "start-over": start_over,
        "done": done,
        "not-done": not_done,
    }
)
"""What each button about a proposal does."""


class ProposalButton(ActButton, template=proposals_ids.TEMPLATE):
    """Any button about a proposal."""

    acts = ACTS


class AmountButton(Control, template=proposals_ids.AMOUNT_TEMPLATE):
    """One of the sums that an amount may mean (PRO-1)."""

    async def act(self, interaction: Interaction) -> None:
        """Keep it as the one that is meant."""
        chosen = Money(int(self.match["minor"]), self.match["currency"])
        wanted = ProposalId(int(self.match["proposal"]))
        await _show_kept(interaction, await proposals.take_amount(*asker(interaction), wanted, chosen))


class PageButton(Control, template=proposals_ids.PAGE_TEMPLATE):
    """Another page of a list."""

    async def act(self, interaction: Interaction) -> None:
        """Show it in place of the present one."""
        partnership, before = PartnershipId(int(self.match["partnership"])), ProposalId(int(self.match["before"]))
        await show_list(interaction, partnership, self.match["act"], before or None, replace=True)


async def show_list(
    interaction: Interaction, id: PartnershipId, name: str, before: ProposalId | None, *, replace: bool = False
) -> None:
    """One page of a list of proposals (REC-4)."""
    rows = await proposals.list_proposals(*asker(interaction), id, proposals_lists.wanted(name, before))
    partnership = await choices.partnership_chosen(interaction, str(id))
    await answer(interaction, proposals_lists.listing(rows, partnership, name, before), replace=replace)


async def take_new(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """Page 1 of a new proposal was sent in (PRO-1)."""
    group = GroupId(int(match["group"])) or None
    partnership, _ = await choices.group_chosen(interaction, str(group or ""), "")
    text = forms.merged(Text(), fields)
    number = int(match["again"]) if match["again"] else None
    view = await proposals.draft(*asker(interaction), partnership.id, match["type"], group, text, again=number)
    await _show_kept(interaction, view)


async def take_draft(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """A page of a draft was sent in: kept, valid or not (PRO-1)."""
    ctx, who = asker(interaction)
    wanted = ProposalId(int(match["proposal"]))
    before = (await proposals.show(ctx, who, wanted)).proposal
    text, wished = forms.merged(before.text, fields), effects.filed(before.effects, fields)
    await _show_kept(interaction, await proposals.edit(ctx, who, wanted, text, wished))


async def take_link(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """What a draft files again was sent in (OBJ-6)."""
    wanted = ProposalId(int(match["proposal"]))
    number, changed = fields.get("again", ""), fields.get("changed", "")
    await _show_kept(interaction, await proposals.refile(*asker(interaction), wanted, number, changed))


async def take_revision(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """A page of the next version was sent in: kept, valid or not, until it is published (PRO-5)."""
    ctx, who = asker(interaction)
    wanted = ProposalId(int(match["proposal"]))
    kept = (await proposals.show(ctx, who, wanted)).proposal.next_words
    text, wished = forms.merged(kept.text, fields), effects.filed(kept.effects, fields)
    await _show_kept(interaction, await proposals.write_revision(ctx, who, wanted, int(match["version"]), text, wished))


async def take_concern(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """A concern was sent in (OBJ-3)."""
    wanted = ProposalId(int(match["proposal"]))
    view = await objections.concern(*asker(interaction), wanted, fields.get("concern", ""))
    await answer(interaction, objections_replies.concern(view))


async def take_withdrawal(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """A withdrawal was sent in (PRO-6)."""
    wanted = ProposalId(int(match["proposal"]))
    view = await proposals.withdraw(*asker(interaction), wanted, fields.get("withdrawal", ""))
    await answer(interaction, answers.withdrawn(view))


class ProposalCommands(FormCog):
    """Filing and following proposals."""

    forms = (
        Form(re.compile(proposals_ids.PROPOSE_TEMPLATE), take_new),
        Form(re.compile(proposals_ids.form_template("edit", "details")), take_draft),
        Form(re.compile(proposals_ids.form_template("again")), take_link),
        Form(re.compile(proposals_ids.REVISION_TEMPLATE), take_revision),
        Form(re.compile(proposals_ids.form_template("concern")), take_concern),
        Form(re.compile(proposals_ids.form_template("withdraw")), take_withdrawal),
    )

    proposal = app_commands.Group(
        name="proposal", description="Read and follow proposals, and act on your own", guild_only=True
    )

    @app_commands.command(
        name="propose", description="File a proposal: a form opens; what you send in is kept as a draft"
    )
    @app_commands.describe(
        type="What kind of decision it is; this settles who decides",
        group="For general decisions: the group that decides (else the core team)",
        again="To file again what was not adopted in the last 90 days: that proposal",
        partnership="Only where this server hosts several",
    )
    @app_commands.autocomplete(
        type=choices.suggest_types,
        group=choices.suggest_groups,
        again=choices.suggest_refilable,
        partnership=choices.suggest_partnerships,
    )
    @app_commands.guild_only()
    async def propose(
        self, interaction: Interaction, type: str, group: str = "", again: str = "", partnership: str = ""
    ) -> None:
        """Open page 1 (PRO-1)."""
        chosen, named = await choices.group_chosen(interaction, group, partnership)
        number = choices.number_in(again)
        kind, deciding = await attempts.propose(
            *asker(interaction), chosen.id, matrix.type_called(type), number, named.id if named else None
        )
        await show_form(interaction, forms.propose(kind, deciding, number))

    @proposal.command(name="show", description="A proposal as it stands, with everything you can do")
    @app_commands.describe(**_PROPOSAL)
    @app_commands.autocomplete(proposal=choices.suggest_proposals)
    async def show(self, interaction: Interaction, proposal: str) -> None:
        """Show one proposal."""
        await show(interaction, await choices.proposal_chosen(interaction, proposal))

    @proposal.command(name="list", description="Proposals that you may read, newest first")
    @app_commands.describe(state="Which ones", partnership="Only where this server hosts several")
    @app_commands.choices(state=_LISTS)
    @app_commands.autocomplete(partnership=choices.suggest_partnerships)
    async def list(self, interaction: Interaction, state: str = "open", partnership: str = "") -> None:
        """List proposals by state."""
        chosen = await choices.partnership_chosen(interaction, partnership)
        await show_list(interaction, chosen.id, state, None)

    @proposal.command(name="revise", description="Publish a new version of your proposal")
    @app_commands.describe(**_PROPOSAL)
    @app_commands.autocomplete(proposal=choices.suggest_own)
    async def revise(self, interaction: Interaction, proposal: str) -> None:
        """Show what is kept of the next version, and its pages (PRO-5)."""
        await revise(interaction, await choices.proposal_chosen(interaction, proposal))

    @proposal.command(name="withdraw", description="Take your proposal back; it stays in the record")
    @app_commands.describe(**_PROPOSAL)
    @app_commands.autocomplete(proposal=choices.suggest_own)
    async def withdraw(self, interaction: Interaction, proposal: str) -> None:
        """Open the form for a withdrawal (PRO-6)."""
        await withdraw(interaction, await choices.proposal_chosen(interaction, proposal))

    @proposal.command(name="halt", description="Ask to halt a decision before it is carried out")
    @app_commands.describe(**_PROPOSAL)
    @app_commands.autocomplete(proposal=choices.suggest_haltable)
    async def halt(self, interaction: Interaction, proposal: str) -> None:
        """Consent to a halt (EFF-3)."""
        await halt(interaction, await choices.proposal_chosen(interaction, proposal))

    @proposal.command(name="why", description="Why it went this way: rule, who decided, what happened, rulings")
    @app_commands.describe(**_PROPOSAL)
    @app_commands.autocomplete(proposal=choices.suggest_proposals)
    async def why(self, interaction: Interaction, proposal: str) -> None:
        """Tell the whole story (REC-2)."""
        await why(interaction, await choices.proposal_chosen(interaction, proposal))

    @proposal.command(name="text", description="Every word of a proposal")
    @app_commands.describe(**_PROPOSAL)
    @app_commands.autocomplete(proposal=choices.suggest_proposals)
    async def text(self, interaction: Interaction, proposal: str) -> None:
        """Show the full text."""
        await full_text(interaction, await choices.proposal_chosen(interaction, proposal))


async def setup(bot: commands.Bot) -> None:
    """Called by discord.py when the extension is loaded."""
    await register(bot, ProposalCommands(), ProposalButton, AmountButton, PageButton)


async def _show_kept(interaction: Interaction, view: ProposalView) -> None:
    """The draft, or what is kept of the next version."""
    await answer(interaction, answers.kept(view, proposals.hindrance(view)), replace=True)


def _file(whole: str | None, name: str) -> discord.File | None:
    return discord.File(BytesIO(whole.encode()), filename=name) if whole else None
