"""What a decision will do, in words (EFF-1). Adding an effect: its line in ``_WORDS``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.governance.effects import change_policy, ratify
from bot.governance.ids import PersonId
from bot.governance.proposals_types import Effect
from bot.services.views import ProposalView
from bot.ui import policy
from bot.ui.limits import fit_lines
from bot.ui.text import inline

Mention = Callable[[PersonId], str]
MOST_LISTED = 12
"""Most people mentioned whom a decision lists; the number of the others is told."""


def effect(wanted: Effect, mention: Mention | None = None) -> str:
    """One effect as the end of the sentence "On pass this will …"; people it lists are mentioned where one can."""
    words = _WORDS.get(wanted.kind)
    return (
        words(wanted, mention)
        if words
        else f"do something this version of the bot has no words for ({inline(wanted.kind, 50)})"
    )


def on_pass(view: ProposalView, most: int, when: str = "On pass this will") -> str:
    """What happens when it passes, as whole sentences."""
    proposal = view.proposal
    effects = proposal.versions[-1].effects if proposal.versions else proposal.effects
    if len(effects) == 1:
        return fit_lines([f"**{when}:** {effect(effects[0], view.mention)}."], most)
    if effects:
        lines = [f"**{when}:**", *(f"- {effect(each, view.mention)}" for each in effects)]
        return fit_lines(lines, most, "- … and {} more changes: see the full text")
    if proposal.type == "budget":
        return f"**{when}:** be recorded as approved spending. The bot moves no money: people pay."
    return f"**{when}:** be recorded as decided. People carry it out; the bot changes nothing by itself."


def done(view: ProposalView, most: int) -> str:
    """What it did, once it was carried out."""
    effects = view.proposal.current.effects
    if len(effects) == 1:
        return fit_lines([f"**Carried out:** {effect(effects[0], view.mention)}."], most)
    if effects:
        lines = ["**Carried out:**", *(f"- {effect(each, view.mention)}" for each in effects)]
        return fit_lines(lines, most, "- … and {} more changes: see the full text")
    return "The bot changes nothing by itself here: people do what was decided."


def _change_policy(wanted: Effect, _: Mention | None) -> str:
    was = f" from {policy.value(wanted.target, wanted.was)}" if wanted.was else ""
    return f"change the rule {policy.rule(wanted.target)}{was} to {policy.value(wanted.target, wanted.value)}"


def _ratify(wanted: Effect, mention: Mention | None) -> str:
    said = "ratify the partnership: its structure and first policy become binding, and it is provisional no longer"
    listed = ratify.listed(wanted)
    if not listed:
        return said
    shown = [mention(person) for person in listed[:MOST_LISTED]] if mention else []
    more = len(listed) - len(shown)
    who = ", ".join([*shown, *([f"{more}{' more' if shown else ''}"] if more else [])])
    return f"{said}; with it is decided who sits where at the opening: {who}"


_WORDS: Mapping[str, Callable[[Effect, Mention | None], str]] = MappingProxyType(
    {change_policy.KIND: _change_policy, ratify.KIND: _ratify}
)
