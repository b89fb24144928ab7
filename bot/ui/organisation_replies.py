"""Roles and seats in words (ORG-2, ORG-2a, ORG-6)."""

from __future__ import annotations

from discord import app_commands

from bot.governance.organisation import Group, GroupKind, Partnership, RoleMapping
from bot.services.organisation import GroupChoice, OrganisationView
from bot.services.roles import Mapped
from bot.ui import intrusions, limits, organisation_ids
from bot.ui import scales_replies as scales
from bot.ui.labels import count
from bot.ui.labels import listed as listed_words
from bot.ui.panels import Style, View, button, link, panel, rows
from bot.ui.text import in_quotes, plain

COLOUR = 0x5865F2
_LISTED = 2200
_LOST = 800


def mapped(result: Mapped) -> str:
    """After a role was mapped: what it carries, whose attention it needs (ORG-2a)."""
    lines = [f"<@&{result.mapping.role}> now carries: {_seat(result)}. {_worn(result.wearers)}"]
    if result.respelled:
        words = listed_words([f"{in_quotes(each, 82)}" for each in result.respelled], "and")
        lines.append(f"Spelled as it stands here already: {words}. So one name has one voice.")
    if result.before is not None:
        lines.append("What it carried before is replaced.")
    if result.own:
        lines.append("You wear this role yourself: the decisions feed says so.")
    lines.append("It counts in reviews opened from now on; those already open keep the list they opened with.")
    lines += _waiting(result)
    return limits.fit_lines([*lines, *_access(result)], limits.CONTENT)


def asked(result: Mapped) -> View:
    """Before a role is unmapped: what that does, and the button that does it (ORG-3)."""
    lines = [
        f"### Unmap <@&{result.mapping.role}>?",
        f"It carries: {_seat(result)}. {_worn(result.wearers)}",
        "That seat is lost at once, and with it what it lets people read.",
    ]
    if result.waiting:
        still = f"{count(result.waiting, 'open proposal')} stand{'s' if result.waiting == 1 else ''} still"
        lines.append(f"⚠️ **{still}** until another role carries that seat: its members could not object.")
    if result.own:
        lines.append("You wear this role yourself: the decisions feed says so.")
    lines.append("The decisions feed names you. Objections that stand go on standing. Nothing is changed yet.")
    confirm = button("Unmap", organisation_ids.unmap(result.mapping.role), Style.danger)
    return panel(None, COLOUR, "\n".join(lines), *rows(confirm))


def unmapped(result: Mapped) -> str:
    """After a role was unmapped: what stands still until another takes its place (ORG-3)."""
    lines = [f"<@&{result.mapping.role}> carries no seat any more. It was: {_seat(result)}. {_worn(result.wearers)}"]
    if result.own:
        lines.append("You wear this role yourself: the decisions feed says so.")
    lines += _waiting(result)
    return limits.fit_lines([*lines, *_access(result)], limits.CONTENT)


def listed(view: OrganisationView, page: int = 0) -> View:
    """``/roles list``: every role with its seat, by group, in pages, and who wears two hats (ORG-6)."""
    partnership = view.partnership
    pages = _pages(view)
    page = min(page, len(pages) - 1)
    hats = ""
    if view.double_hats:
        people = ", ".join(f"<@{user}>" for user in view.double_hats[:20])
        hats = (
            f"**Double hats:** {people}. They sit in the stakeholder group and in operations. That is allowed; "
            "they cannot rule where both seats touch the same matter."
        )
    provisional = "Provisional: its stakeholders have not ratified it yet." if partnership.provisional else ""
    talk = f"https://discord.com/channels/{partnership.guild_id}/{view.talk}" if view.talk else None
    return panel(
        None,
        COLOUR,
        f"### Roles\nOf {in_quotes(partnership.name, 80)}. {provisional}".strip(),
        limits.fit_lines([_lost(m, partnership) for m in partnership.mappings if m.lost], _LOST),
        "\n".join(pages[page]),
        hats,
        f"-# Page {page + 1} of {len(pages)}" if len(pages) > 1 else "",
        *rows(
            button("Back", organisation_ids.page(partnership.id, page - 1)) if page else None,
            button("More roles", organisation_ids.page(partnership.id, page + 1)) if page + 1 < len(pages) else None,
            link("Where you can write", talk),
        ),
    )


def _pages(view: OrganisationView) -> list[list[str]]:
    """Groups with their roles, as many whole lines on a page as fit; a group that goes on is named again."""
    partnership = view.partnership
    pages: list[list[str]] = [[]]
    for group in (*partnership.groups, None):
        wanted = group.id if group else None
        head = f"**Group** {in_quotes(group.name, 80)}{group_kind(group)}" if group else "**Whole partnership**"
        found = [m for m in partnership.mappings if m.group == wanted and not m.lost]
        lines = [_mapping(m, view.wearers.get(m.role, 0)) for m in found] or ["- no role yet"]
        for place, line in enumerate(lines):
            more = [head, line] if place == 0 else [line]
            if limits.units("\n".join([*pages[-1], *more])) > _LISTED:
                pages.append([head, line] if place == 0 else [f"{head} (goes on)", line])
            else:
                pages[-1] += more
    return pages


def group_suggestion(choice: GroupChoice, several: bool) -> app_commands.Choice[str]:
    """A group in the autocomplete; with several partnerships here, each under its own."""
    name = choice.name + (f" · {choice.partnership.name}" if several else "")
    return app_commands.Choice(name=plain(name, limits.SUGGESTION), value=choice.value)


def word_suggestion(word: str) -> app_commands.Choice[str]:
    """A seat, class or organisation in the autocomplete."""
    return app_commands.Choice(name=plain(word, limits.SUGGESTION), value=word)


def group_kind(group: Group | None) -> str:
    """What a group is, where its name alone does not say it."""
    if group is None:
        return ""
    private = " · private" if group.private else ""
    return (" · cell" if group.kind is GroupKind.CELL else "") + private


def _seat(result: Mapped) -> str:
    where = in_quotes(result.group.name, 80) if result.group else "the whole partnership"
    return f"{in_quotes(result.mapping.seat, 42)} of {where}{_marks(result.mapping)}"


def _mapping(mapping: RoleMapping, wearers: int) -> str:
    words = f"{in_quotes(mapping.seat, 42)}{_marks(mapping)}"
    danger = f" · ⚠️ has gained {intrusions.permissions(mapping.powers)}" if mapping.powers else ""
    return f"- <@&{mapping.role}>: {words} · {count(wearers, 'person', 'people')}{danger}"


def _lost(mapping: RoleMapping, partnership: Partnership) -> str:
    """What needs a moderator stands above the list, so that it is never cut off (ORG-3)."""
    where = in_quotes(partnership.group(mapping.group).name, 80) if mapping.group else "the whole partnership"
    return (
        f"⚠ **{in_quotes(mapping.seat, 42)}** of {where}: its role {in_quotes(mapping.name, 82)} was deleted or "
        "unmapped. Map a role to this seat."
    )


def _marks(mapping: RoleMapping) -> str:
    marks = ""
    if mapping.stakeholder_class:
        marks += f" · class: {in_quotes(mapping.stakeholder_class, 82)}"
    if mapping.organisation:
        marks += f" · for: {in_quotes(mapping.organisation, 82)}"
    return marks


def _worn(wearers: int) -> str:
    return f"{count(wearers, 'person', 'people')} wear{'s' if wearers == 1 else ''} it."


def _waiting(result: Mapped) -> list[str]:
    if not result.waiting:
        return []
    still = f"{count(result.waiting, 'open proposal')} now stand{'s' if result.waiting == 1 else ''} still"
    words = (
        f"**{still}**, because a role of those who may object carries their seat no more. `/roles list` shows which "
        "seats lost a role. Map a role to each, and they go on with the time they had left."
    )
    return [words]


def _access(result: Mapped) -> list[str]:
    if result.access is None:
        return []
    return [f"⚠ The channels were not changed to match. {scales.refused(result.access)} Then run `/setup start`."]
