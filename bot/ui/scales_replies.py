"""The set-up in words: its form, its plan, what was built and what stands in the way (SCL-1, SCL-5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import discord

from bot.governance.ids import PartnershipId
from bot.governance.organisation import MOST_NAME, Partnership
from bot.governance.plans import Do, SetupPlan, SetupStep, What
from bot.governance.scales import MOST_PURPOSE, Draft, Purpose
from bot.services.ports.server import DiscordRefused
from bot.services.scales import SetupView
from bot.services.views import ProposalView
from bot.ui import errors, intrusions, limits, scales, scales_ids
from bot.ui.labels import count, listed
from bot.ui.panels import Button, Style, View, button, link, panel, rows
from bot.ui.text import in_quotes, inline, quote

COLOUR = 0x5865F2
_LISTED = 1300
"""Most characters of one list of steps; three lists and the words around them fit one message."""
_MORE = "- … and {} more: the file below names all"
_NAMED = 10
"""How many wearers of a role are named in the message itself."""

DOING: Mapping[Do, str] = MappingProxyType(
    {
        Do.CREATE: "create",
        Do.ADOPT: "adopt",
        Do.CHANGE: "change access to",
        Do.NOTHING: "leave as it is",
        Do.REFUSED: "cannot use",
    }
)
_SUMMED: Mapping[Do, str] = MappingProxyType({**DOING, Do.CHANGE: "change"})
_COUNTED: Mapping[What, tuple[str, ...]] = MappingProxyType(
    {What.ROLE: ("role",), What.CATEGORY: ("category", "categories"), What.CHANNEL: ("channel",)}
)
DONE: Mapping[Do, str] = MappingProxyType({Do.CREATE: "created", Do.ADOPT: "adopted", Do.CHANGE: "changed access to"})

_FIELDS = {
    "name": ("Name of the partnership", "As people call it"),
    "purpose": ("Its purpose", "Why it exists, in a few sentences. It is ratified with the rest. Optional"),
    "top_level_purpose": ("Purpose of the core team", "What it coordinates. Optional"),
    "cells": ("First cells", "The teams that do the work: one name on each line"),
    "private": ("Groups that only their members read", "Names, one on each line. Most need none. Optional"),
}


def form(draft: Draft, id: PartnershipId | int = 0) -> discord.ui.Modal:
    """The set-up form, filled with what was written before."""
    modal = discord.ui.Modal(title="Set up a partnership", custom_id=scales_ids.form(id))
    for name, (label, about) in _FIELDS.items():
        value = getattr(draft, name)
        short = name == "name"
        most = MOST_NAME if short else MOST_PURPOSE
        entry: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id=name,
            style=discord.TextStyle.short if short else discord.TextStyle.paragraph,
            default=value or None,
            required=name in {"name", "cells"},
            max_length=max(most, len(value)),
        )
        modal.add_item(discord.ui.Label(text=label, description=about, component=entry))
    return modal


def draft_of(fields: Mapping[str, str]) -> Draft:
    """What the form held."""
    return Draft(**{name: fields.get(name, "") for name in _FIELDS})


def topic(step: SetupStep, partnership: str) -> str:
    """What a new channel says of itself at its top."""
    about = {
        Purpose.FEED: "Every pending proposal and every outcome. Only the bot writes here; threads are open to all.",
        Purpose.TALK: "Everyone with a seat may write here, and every command works here.",
    }
    words = about.get(step.purpose or Purpose.GROUP, "The group decides and works here. Its seats write.")
    return f"{partnership}: {words}"


def shown(view: SetupView) -> View:
    """A set-up as it stands: what is wrong with the draft, the plan, or what applying it did (SCL-1)."""
    if view.problem is not None:
        words = errors.speak(view.problem, kept="What you wrote is kept: press *Change* to go on from there.")
        return panel(None, COLOUR, "### Set-up", words, *rows(_edit(view), _cancel(view)))
    if view.plan is None or view.partnership is None:
        return panel(None, COLOUR, "### Set-up", _trouble(view.trouble), *rows(_apply(view, "Try again")))
    return _applied(view, view.plan) if view.applied else _planned(view, view.partnership, view.plan)


def whole(view: SetupView) -> str | None:
    """The whole plan as a text, where the message leaves some of it out; None where it says everything."""
    if view.plan is None or view.partnership is None:
        return None
    lists = {
        "Done": [_line(s, DONE[s.do]) for s in view.done],
        "Read this first": _prepared(view.plan, view.partnership.guild_id, named=None),
        "To do": [_line(s, DOING[s.do]) for s in view.plan.todo],
    }
    crowded = any(len(step.wearers) > _NAMED for step in view.plan.todo)
    if not crowded and not any(_is_cut(lines) for lines in lists.values()):
        return None
    parts = (f"{title}\n" + "\n".join(f"- {line}" for line in lines) for title, lines in lists.items() if lines)
    return "\n\n".join((f"Set-up of “{view.partnership.name}”", *parts)) + "\n"


def cancelled() -> str:
    """After *Cancel*."""
    return "Cancelled. The draft is thrown away; nothing in the server was changed by this."


def ratifying(view: ProposalView) -> View:
    """After the ratification was opened (SCL-5)."""
    name = in_quotes(view.partnership.name, 80)
    return panel(
        None,
        COLOUR,
        f"### The ratification is open: P-{view.proposal.number}\n"
        f"It is that of {name}. The stakeholder group reviews it now and then votes: it needs a supermajority of "
        "yes, silence is not enough. Until then the partnership is provisional.",
        *rows(link("Open the card", view.links.card)),
    )


def _planned(view: SetupView, partnership: Partnership, plan: SetupPlan) -> View:
    name = in_quotes(partnership.name, 80)
    if not plan.todo:
        return panel(
            None,
            COLOUR,
            "### Set-up",
            f"All of {name} is set up: there is nothing to do.",
            *rows(*_next(view, partnership)),
        )
    refused = [s for s in plan.steps if s.do is Do.REFUSED]
    head = f"### Plan\nFor {name}. Nothing is changed until you press *Apply*. Only you see this."
    if view.changed:
        head = (
            f"### The plan is not what you read\nMeanwhile somebody changed roles or channels that the plan for {name} "
            "rests on. Nothing was built by this press. Read it again, then press *Apply*."
        )
    prepared = _prepared(plan, partnership.guild_id)
    return panel(
        None,
        COLOUR,
        head,
        _summary(plan),
        _purpose(partnership),
        _listed("⚠️ Read this first: others have a hand in it", prepared),
        _listed("In the way: mend this first", map(_refusal, refused)),
        _missing(plan),
        _listed("To do", [_line(s, DOING[s.do]) for s in plan.todo if s.do is not Do.REFUSED]),
        _unchanged(plan),
        *rows(_apply(view, "Apply"), _edit(view) if view.draft else None, _cancel(view)),
    )


def _summary(plan: SetupPlan) -> str:
    """What the plan comes to, in one line: the details stand below."""
    counted: Counter[tuple[Do, What]] = Counter((step.do, step.what) for step in plan.todo)
    said = []
    for do in (Do.CREATE, Do.ADOPT, Do.CHANGE):
        things = [count(counted[do, w], *_COUNTED[w]) for w in _COUNTED if counted[do, w]]
        if things:
            said.append(f"{_SUMMED[do]} {listed(things)}")
    return f"**In short:** {'; '.join(said)}." if said else ""


def _prepared(plan: SetupPlan, guild_id: int, named: int | None = _NAMED) -> list[str]:
    """What others have prepared or changed that this plan takes over or takes back (SCL-1)."""
    lines = []
    for step in plan.todo:
        name = in_quotes(step.name, 102)
        if step.beside and step.do is Do.CREATE:
            others = listed([in_quotes(each, 82) for each in step.beside])
            lines.append(f"this server hosts {others} already: this sets up another one beside it")
        elif step.what is What.ROLE and step.do is Do.ADOPT and (step.wearers or step.instead_of):
            lines.append(_adopted_role(step, named))
        elif step.why == "gained powers" and step.do is Do.CHANGE:
            powers = intrusions.permissions(step.detail.split(", "))
            lines.append(f"role {name} carries a seat and has gained {powers}: taken away again")
        elif step.what is What.CHANNEL and step.do is Do.ADOPT:
            lines.append(f"channel {name} stands already. {_in_channel(step, guild_id)}")
        elif step.intrusions and step.do in {Do.ADOPT, Do.CHANGE}:
            lines.append(f"{step.what} {name}: {_taken_away(step, guild_id)}")
    return lines


def _adopted_role(step: SetupStep, named: int | None) -> str:
    shown = step.wearers if named is None else step.wearers[:named]
    people = ", ".join(f"<@{user}>" for user in shown)
    if len(shown) < len(step.wearers):
        people += f" and {len(step.wearers) - len(shown)} more"
    worn = f"{people} wear{'s' if len(step.wearers) == 1 else ''} it and hold{'s' if len(step.wearers) == 1 else ''} "
    seat = f"the seat {in_quotes(step.seat, 42)} at once" if step.wearers else "nobody wears it"
    again = ""
    if step.instead_of:
        again = f" The role {in_quotes(step.instead_of, 102)} that gave this seat is gone; this is another one."
    return f"role {in_quotes(step.name, 102)} stands already: {worn if step.wearers else ''}{seat}.{again}"


def _in_channel(step: SetupStep, guild_id: int) -> str:
    said = [_taken_away(step, guild_id) + "."] if step.intrusions else []
    if step.webhooks is None:
        said.append(
            "Webhooks could write there under any name; the bot cannot look for them (that takes *Manage Webhooks*, "
            "which it does not ask for). Look in the channel's settings under *Integrations*."
        )
    said.append("What was written there stays. To have a new one made instead, give it another name first.")
    return " ".join(said)


def _taken_away(step: SetupStep, guild_id: int) -> str:
    return "; ".join(f"{intrusions.given(each, guild_id)} there: taken away" for each in step.intrusions)


def _applied(view: SetupView, plan: SetupPlan) -> View:
    assert view.partnership is not None
    name = in_quotes(view.partnership.name, 80)
    done = _listed("Done", [_line(s, DONE[s.do]) for s in view.done])
    if view.trouble is None and not plan.todo:
        head = (
            f"### Set-up\nAll of {name} is set up."
            if view.done
            else f"### Set-up\nAll of {name} is set up already: nothing had to be changed."
        )
        follow = (
            "**Next:** give people their roles in the server's settings, look at `/roles list`, and when the "
            "stakeholders wear theirs press *Ratify*: the partnership is provisional until they say yes."
        )
        return panel(None, COLOUR, head, done, follow, *rows(*_next(view, view.partnership)))
    left = _listed("Not done", [_line(s, DOING[s.do]) for s in plan.todo])
    mend = f"**What stopped it:** {_trouble(view.trouble)}"
    again = "What is done stays. Once mended, press *Go on*, or run `/setup start`: it goes on where it stopped."
    return panel(
        None,
        COLOUR,
        f"### Set-up stopped\nThat of {name}.",
        done or "**Done:** nothing.",
        left,
        mend,
        again,
        *rows(_apply(view, "Go on")),
    )


def _line(step: SetupStep, doing: str) -> str:
    name = in_quotes(step.name, 102)
    match step.what:
        case What.RECORD:
            return f"{doing} the partnership's record, with its groups and first rules"
        case What.ROLE if step.do is Do.CHANGE:
            powers = intrusions.permissions(step.detail.split(", "))
            return f"{'took' if doing == DONE[step.do] else 'take'} {powers} from role {name}"
        case What.ROLE:
            return f"{doing} role {name} (seat: {in_quotes(step.seat, 42)})"
        case What.CATEGORY:
            return f"{doing} category {name}"
    extra = "" if step.do is not Do.ADOPT else ", and set who reads and writes" if step.overwrites else " as it is"
    return f"{doing} channel {name}{extra}"


def _refusal(step: SetupStep) -> str:
    detail = inline(step.detail.replace("_", " "), 200)
    if step.what is not What.ROLE:
        why = scales.TROUBLES.get(step.why, scales.TROUBLES["not taken"]).format(
            detail=f" ({detail})" if detail else ""
        )
        return f"channel {in_quotes(step.name, 102)}: {why}"
    why = scales.ROLES.get(step.why, "It cannot carry a seat.").format(detail=detail)
    rename = "" if step.why == "gained powers" else " Or give that role another name: then a new one is created."
    return f"role {in_quotes(step.name, 102)}: {why}{rename}"


def _missing(plan: SetupPlan) -> str:
    if not plan.missing:
        return ""
    lacks = intrusions.permissions(plan.missing)
    return f"**The bot lacks:** {lacks}. Give these to the bot's role in *Server settings → Roles* first."


def _unchanged(plan: SetupPlan) -> str:
    same = sum(s.do is Do.NOTHING for s in plan.steps)
    return f"-# {count(same, 'thing')} already as needed." if same else ""


def _purpose(partnership: Partnership) -> str:
    purpose = partnership.stakeholders.purpose
    return f"**Purpose**\n{quote(purpose, 700)}" if purpose else ""


def _listed(title: str, lines: Iterable[str]) -> str:
    found = [f"- {line}" for line in lines]
    if not found:
        return ""
    return f"**{title}**\n" + limits.fit_lines(found, _LISTED, _MORE)


def _is_cut(lines: Sequence[str]) -> bool:
    return limits.units("\n".join(f"- {line}" for line in lines)) > _LISTED


def _trouble(trouble: DiscordRefused | None) -> str:
    if trouble is None:
        return "Something was changed by somebody else meanwhile."
    if trouble.why in scales.ROLES:
        return _refusal(SetupStep(Do.REFUSED, What.ROLE, trouble.what, why=trouble.why, detail=trouble.detail))
    detail = f" ({inline(trouble.detail.replace('_', ' '), 300)})" if trouble.detail else ""
    words = scales.TROUBLES.get(trouble.why, scales.TROUBLES["not taken"]).format(detail=detail)
    return f"At {in_quotes(trouble.what, 102)}: {words}"


def refused(trouble: DiscordRefused) -> str:
    """What Discord would not do, and how to mend it."""
    return _trouble(trouble)


def _next(view: SetupView, partnership: Partnership) -> tuple[Button | None, ...]:
    talk = f"https://discord.com/channels/{partnership.guild_id}/{view.talk}" if view.talk else None
    ratify = button("Ratify", scales_ids.button("ratify", view.id), Style.primary) if partnership.provisional else None
    return (
        ratify,
        link("Open the channel for all", talk),
        button("Set up another partnership", scales_ids.button("new", 0)),
    )


def _apply(view: SetupView, label: str) -> Button:
    return button(label, scales_ids.button("apply", view.id), Style.primary)


def _edit(view: SetupView) -> Button:
    return button("Change", scales_ids.button("edit", view.id))


def _cancel(view: SetupView) -> Button:
    return button("Cancel", scales_ids.button("cancel", view.id), Style.danger)
