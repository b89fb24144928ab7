"""What a decision will do, in words (EFF-1). Adding an effect: its line in ``_WORDS``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.governance.dossier import Effect, Proposal
from bot.governance.effects import change_policy, ratify
from bot.governance.policy import KEYS
from bot.ui.limits import fit_lines
from bot.ui.text import inline


def effect(wanted: Effect) -> str:
    """One effect as the end of the sentence "On pass this will …"."""
    words = _WORDS.get(wanted.kind)
    return (
        words(wanted) if words else f"do something this version of the bot has no words for ({inline(wanted.kind, 50)})"
    )


def on_pass(proposal: Proposal, most: int, when: str = "On pass this will") -> str:
    """What happens when it passes, as whole sentences."""
    effects = proposal.versions[-1].effects if proposal.versions else proposal.effects
    if len(effects) == 1:
        return fit_lines([f"**{when}:** {effect(effects[0])}."], most)
    if effects:
        lines = [f"**{when}:**", *(f"- {effect(each)}" for each in effects)]
        return fit_lines(lines, most, "- … and {} more changes: see the full text")
    if proposal.type == "budget":
        return f"**{when}:** be recorded as approved spending. The bot moves no money: people pay."
    return f"**{when}:** be recorded as decided. People carry it out; the bot changes nothing by itself."


def done(proposal: Proposal, most: int) -> str:
    """What it did, once it was carried out."""
    effects = proposal.current.effects
    if len(effects) == 1:
        return fit_lines([f"**Carried out:** {effect(effects[0])}."], most)
    if effects:
        lines = ["**Carried out:**", *(f"- {effect(each)}" for each in effects)]
        return fit_lines(lines, most, "- … and {} more changes: see the full text")
    return "It is recorded as decided; people carry it out."


def _change_policy(wanted: Effect) -> str:
    rule = f"**{inline(wanted.target, 60)}**"
    if wanted.target in KEYS:
        rule = f"**{KEYS[wanted.target].about}** ({wanted.target})"
    was = f" from {inline(wanted.was, 60)}" if wanted.was else ""
    return f"change the rule {rule}{was} to {inline(wanted.value, 60)}"


def _ratify(_: Effect) -> str:
    return "ratify the partnership: its structure and first policy become binding, and it is provisional no longer"


_WORDS: Mapping[str, Callable[[Effect], str]] = MappingProxyType(
    {change_policy.KIND: _change_policy, ratify.KIND: _ratify}
)
