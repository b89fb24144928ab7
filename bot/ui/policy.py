"""Rules of the policy as people read them: what a rule is about beside its key, and values in words (POL-1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from datetime import timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import discord

from bot.governance import errors
from bot.governance.errors import BadValue
from bot.governance.policy import Policy
from bot.governance.policy_events import PolicyAdopted
from bot.governance.policy_keys import KEYS
from bot.governance.policy_values import parsed, written
from bot.ui import fields, limits
from bot.ui.labels import share, span
from bot.ui.policy_keys import ABOUT
from bot.ui.presenter import Presenter, Refusals
from bot.ui.text import inline, plain

LISTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "key-1": ("review", "objection", "concern", "reach"),
        "key-2": ("vote", "timelock", "limits", "clock"),
        "key-3": (),
    }
)
"""The lists of policy keys, by the first part of a key; the last takes the rest. A list holds 25 at most."""


def rule(key: str) -> str:
    """What the rule of this key is about, with the key; a key that is no rule any more stands alone."""
    return f"**{ABOUT[key]}** ({key})" if key in KEYS else f"**{inline(key, 80)}**"


def moved(why: str) -> str:
    """What became stale, as the record names it (``limits.versions: 5 → 6``), in words; other reasons as they are."""
    found = re.fullmatch(r"([^:]+): (.*) → (.*)", why)
    if found is None:
        return inline(why, 200)
    what, was, now = found.groups()
    named = f"the rule {rule(what)}" if what in KEYS else f"the {inline(what, 80)}"
    return f"{named} was {value(what, was)} when this was written, and is {value(what, now)} now"


def value(key: str, text: str) -> str:
    """A rule's value in words: ``72h`` is 3 days, ``1/2`` half. What cannot be read stays as it was written."""
    try:
        meant = parsed(KEYS[key], text)
    except (KeyError, BadValue):
        return inline(text, 60)
    if isinstance(meant, timedelta):
        return span(meant) if meant else "no time"
    return share(meant) if isinstance(meant, Fraction) else inline(text, 60)


def list_of(key: str) -> str:
    """The id of the list in which a policy key stands."""
    area = key.partition(".")[0]
    return next((name for name, areas in LISTS.items() if area in areas), [*LISTS][-1])


def choose(name: str, label: str, about: str, chosen: Set[str], present: Policy) -> fields.Field:
    """One of the lists of rules, each with its present value."""
    options = [
        discord.SelectOption(
            label=plain(ABOUT[key.name][:1].upper() + ABOUT[key.name][1:], limits.SELECT_TEXT),
            value=key.name,
            description=plain(_present(key.name, present), limits.SELECT_TEXT),
            default=key.name in chosen,
        )
        for key in KEYS.values()
        if list_of(key.name) == name
    ]
    menu: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=name, options=options, placeholder="No rule chosen here", min_values=0, required=False
    )
    return discord.ui.Label(text=label, description=about, component=menu)


def _present(key: str, present: Policy) -> str:
    vote = "; needs a vote" if KEYS[key].entrenched else ""
    return f"{key}: now {value(key, written(present.values[key]))}{vote}"


def _out_of_bounds(refusal: errors.OutOfBounds) -> str:
    least, most, given = (value(refusal.key, each) for each in (refusal.floor, refusal.ceiling, refusal.value))
    bounds = f"must lie between {least} and {most}; {given} does not"
    return f"{rule(refusal.key)} {bounds}. No vote can cross these bounds."


def _stale(refusal: errors.Stale) -> str:
    was, now = (value(refusal.what, each) for each in (refusal.was, refusal.now))
    changed = f"{rule(refusal.what)} was {was} and is now {now}"
    return f"What this was written against has changed since: {changed}. Look at it again and revise the proposal."


PRESENTER = Presenter(
    name="policy",
    refusals=Refusals(
        not_found={
            "policy": "There is no such version of the policy.",
        },
        spoken={
            errors.OutOfBounds: _out_of_bounds,
            errors.Stale: _stale,
        },
        wanted={
            "another emoji": "another emoji than the other reaction has",
            "another value": "another value than the present one ({})",
            "somebody": "somebody",
            "not the stakeholders": "another group than the stakeholders",
            "vote": "a vote",
            "key": "the key of a {}",
            "each once": "each once",
            "one row": "one row",
        },
    ),
    audiences={
        PolicyAdopted: (),
    },
)
