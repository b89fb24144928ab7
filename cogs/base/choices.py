"""What people choose from in commands, and what their choice means: partnerships, groups, proposals (ORG-1, SCL-2a)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any

from discord import app_commands

from bot.discord import caches
from bot.governance import names
from bot.governance.errors import NotFound
from bot.governance.ids import PersonId, ProposalId
from bot.governance.organisation import Group, Partnership
from bot.governance.proposals_types import ProposalState
from bot.services import cases, organisation, proposals, times
from bot.services.noun import Noun
from bot.services.ports.context import Actor
from bot.services.ports.proposals import Filter
from bot.ui import matrix
from bot.ui.limits import SUGGESTION, SUGGESTIONS
from bot.ui.proposals_lists import suggestion
from bot.ui.text import plain
from cogs.base import Interaction, actor, asker, ctx_of, suggesting

Choice = app_commands.Choice[str]

_OWN_DRAFTS: dict[str, Any] = {"states": frozenset({ProposalState.DRAFT}), "author": PersonId("the asker")}
_OWN_OPEN: dict[str, Any] = {
    "states": frozenset({ProposalState.REVIEW, ProposalState.SETTLING, ProposalState.DISPUTED, ProposalState.STALE}),
    "author": PersonId("the asker"),
}
_WAITING: dict[str, Any] = {"states": frozenset({ProposalState.PASSED, ProposalState.ADOPTED})}
_DRAFT = re.compile(r"draft-(?P<id>[1-9]\d{0,8})", re.IGNORECASE)


async def partnerships_here(interaction: Interaction) -> tuple[Partnership, ...]:
    """The server's partnerships, first the one whose place this channel is (ORG-1). Raises NotFound."""
    who = actor(interaction)
    found = await organisation.partnerships_here(ctx_of(interaction), who.guild_id, who.channel_id)
    if not found:
        raise NotFound("partnership")
    return found


async def partnership_chosen(interaction: Interaction, chosen: str = "") -> Partnership:
    """The partnership chosen or typed, else the one of this channel. Raises NotFound."""
    found = await partnerships_here(interaction)
    if not chosen.strip():
        return found[0]
    name = names.standing(chosen.strip(), (partnership.name for partnership in found))
    for partnership in found:
        if chosen.strip() == str(partnership.id) or partnership.name == name:
            return partnership
    raise NotFound("partnership named", chosen)


async def group_chosen(interaction: Interaction, chosen: str, partnership: str) -> tuple[Partnership, Group | None]:
    """The group chosen or typed, with its partnership; None where none was chosen. Raises NotFound."""
    if not chosen.strip():
        return await partnership_chosen(interaction, partnership), None
    within = (
        [await partnership_chosen(interaction, partnership)] if partnership else await partnerships_here(interaction)
    )
    groups = [(candidate, group) for candidate in within for group in candidate.groups]
    name = names.standing(chosen.strip(), (group.name for _, group in groups))
    for candidate, group in groups:
        if chosen.strip() == str(group.id) or group.name == name:
            return candidate, group
    raise NotFound("group", chosen)


async def group_of_channel(interaction: Interaction, partnership: Partnership) -> Group | None:
    """The group whose channel this is, if it is one of this partnership's."""
    group = await organisation.group_at(ctx_of(interaction), partnership, actor(interaction).channel_id)
    return next((each for each in partnership.groups if each.id == group), None)


async def proposal_chosen(interaction: Interaction, chosen: str) -> ProposalId:
    """The proposal chosen or typed: ``12``, ``P-12``, a suggestion's words, or a draft. Raises NotFound."""
    ctx, who = asker(interaction)
    words = chosen.strip()
    if draft := _DRAFT.fullmatch(words):
        return (await proposals.show(ctx, who, ProposalId(int(draft["id"])))).proposal.id
    partnership, number = await number_chosen(interaction, proposals.NOUN, words)
    return (await proposals.by_number(ctx, who, partnership.id, number)).proposal.id


async def number_chosen(
    interaction: Interaction, noun: Noun[Any], chosen: str, partnership: str = ""
) -> tuple[Partnership, int]:
    """A number chosen or typed, with its partnership: ``7``, ``R-7``, ``2/7``, suggested words. Raises NotFound."""
    written = cases.written(noun.letter, chosen)
    if written is None:
        raise NotFound(noun.name, chosen)
    return await partnership_chosen(interaction, written.partnership or partnership), written.number


def person_chosen(interaction: Interaction, chosen: str) -> Actor:
    """The person chosen in a form, with the roles they wear. Raises NotFound for who is not in the server, and bots."""
    member = caches.member_of(interaction.guild, int(chosen)) if chosen.isdecimal() else None
    if member is None or member.bot:
        raise NotFound("person")
    return Actor(member.id, member.guild.id, caches.worn_by(member))


@suggesting
async def suggest_partnerships(interaction: Interaction, current: str) -> list[Choice]:
    """Partnerships of this server."""
    found = await partnerships_here(interaction)
    return [
        app_commands.Choice(name=plain(p.name, SUGGESTION), value=str(p.id))
        for p in found
        if names.holds(p.name, current)
    ]


@suggesting
async def suggest_groups(interaction: Interaction, current: str) -> list[Choice]:
    """Groups of the partnership chosen, or of all in this server, nearest first."""
    chosen = str(interaction.namespace["partnership"] or "") if "partnership" in interaction.namespace else ""
    found = [await partnership_chosen(interaction, chosen)] if chosen else await partnerships_here(interaction)
    return [
        app_commands.Choice(name=plain(_within(group.name, p, len(found)), SUGGESTION), value=str(group.id))
        for p in found
        for group in p.groups
        if names.holds(group.name, current)
    ]


@suggesting
async def suggest_types(interaction: Interaction, current: str) -> list[Choice]:
    """The types of proposal that the asker may file in the partnership chosen, or in this channel's (POL-3)."""
    chosen = str(interaction.namespace["partnership"] or "") if "partnership" in interaction.namespace else ""
    partnership = await partnership_chosen(interaction, chosen)
    words = current.strip().casefold()
    return [
        app_commands.Choice(name=matrix.label(row.name), value=row.name)
        for row in await proposals.may_file(*asker(interaction), partnership.id)
        if words in matrix.label(row.name).casefold()
    ]


async def named_here(
    interaction: Interaction, current: str, found: Callable[[Partnership], Awaitable[Iterable[tuple[str, str]]]]
) -> list[Choice]:
    """What each partnership here gives by name and value, where the name holds what was typed; this channel's first.

    The value of another partnership's is written with its id before it: ``2/7``.
    """
    return [
        app_commands.Choice(name=name, value=value if place == 0 else f"{partnership.id}/{value}")
        for place, partnership in enumerate(await partnerships_here(interaction))
        for name, value in await found(partnership)
        if names.holds(name, current)
    ]


@suggesting
async def suggest_zones(interaction: Interaction, current: str) -> list[Choice]:
    """Time zones whose name holds what was typed."""
    return [app_commands.Choice(name=zone, value=zone) for zone in times.zones_like(current)[:SUGGESTIONS]]


def number_in(chosen: str) -> int | None:
    """The number of a proposal chosen or typed, None where none was. Raises NotFound for other words."""
    if not chosen.strip():
        return None
    written = cases.written(proposals.NOUN.letter, chosen)
    if written is None:
        raise NotFound("proposal", chosen)
    return written.number


@suggesting
async def suggest_refilable(interaction: Interaction, current: str) -> list[Choice]:
    """What was not adopted within 90 days in the partnership chosen, or in this channel's (OBJ-6)."""
    chosen = str(interaction.namespace["partnership"] or "") if "partnership" in interaction.namespace else ""
    partnership = await partnership_chosen(interaction, chosen)
    found = await proposals.refilable(*asker(interaction), partnership.id, current.strip())
    return [app_commands.Choice(name=name, value=value) for name, value in map(suggestion, found)]


@suggesting
async def suggest_proposals(interaction: Interaction, current: str) -> list[Choice]:
    """The asker's drafts and what they may read, newest first, of this channel's partnership before others."""
    return await _suggested(interaction, _OWN_DRAFTS, {}, current)


@suggesting
async def suggest_own(interaction: Interaction, current: str) -> list[Choice]:
    """The asker's own, drafts first, that can be withdrawn or have a next version (PRO-5, PRO-6).

    A vote that is announced and not open yet can be withdrawn too: its number is typed.
    """
    return await _suggested(interaction, _OWN_DRAFTS, _OWN_OPEN, current)


@suggesting
async def suggest_haltable(interaction: Interaction, current: str) -> list[Choice]:
    """What is decided and not carried out yet (EFF-3)."""
    return await _suggested(interaction, None, _WAITING, current)


async def _suggested(
    interaction: Interaction, first: dict[str, Any] | None, then: dict[str, Any], current: str
) -> list[Choice]:
    """What the first filter finds and then what the second does, in each partnership here."""
    ctx, who = asker(interaction)
    found = await partnerships_here(interaction)
    choices: list[Choice] = []
    for place, partnership in enumerate(found):
        search = Filter(search=current.strip(), limit=SUGGESTIONS)
        rows = [
            row
            for wanted in (first, then)
            if wanted is not None
            for row in await proposals.list_proposals(ctx, who, partnership.id, replace(search, **wanted))
        ]
        for row in rows:
            name, value = suggestion(row)
            shown = plain(_within(name, partnership, len(found)), SUGGESTION)
            choices.append(app_commands.Choice(name=shown, value=value if place == 0 else f"{partnership.id}/{value}"))
    return choices


def _within(name: str, partnership: Partnership, hosted: int) -> str:
    return name if hosted == 1 else f"{name} ({partnership.name})"
