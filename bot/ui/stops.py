"""People who cannot see a card or act on it, in words: the post in the feed, and the repair (PRO-11)."""

from __future__ import annotations

from datetime import timedelta

from bot.governance.clock import MOST_MEDDLED, OUTAGE, SHUT_OUT, SILENCED
from bot.governance.events import Event
from bot.governance.ids import GroupId, PartnershipId
from bot.governance.mending import OverwriteChange
from bot.governance.stops import BLIND, REMOVED
from bot.governance.stops_events import (
    AccessRepaired,
    ClockResumed,
    ClocksMoved,
    ClockStopped,
    PeopleBarred,
    StopsSpent,
)
from bot.services.stops import Mending
from bot.ui import stops_ids
from bot.ui.answers import Answer, said
from bot.ui.audiences import CARD, FEED, LOG, TOLD, Asks
from bot.ui.labels import count, listed, span
from bot.ui.limits import fit_lines
from bot.ui.logged import LogEntry, Logged, Weight
from bot.ui.panels import Button, Style, button
from bot.ui.presenter import Presenter
from bot.ui.scales import TROUBLES
from bot.ui.text import in_quotes, inline

_NAMED = 30
"""Most people named in one post."""
_LISTED = 2000


def barred(told: PeopleBarred, mentions: list[str]) -> list[str]:
    """The post in the feed: who cannot see or act, what that stops and for how long, and what to do about it."""
    people = mentions[:_NAMED] + ([f"{len(mentions) - _NAMED} more"] if len(mentions) > _NAMED else [])
    group = in_quotes(told.group or "a group", 80)
    waits = (
        f"The clocks of its open proposals stand still for them, for {span(MOST_MEDDLED)} at most: after that silence "
        "no longer passes anything there, and a final vote decides."
    )
    match told.cause:
        case cause if cause == BLIND:
            return [
                "### ⏸️ Somebody cannot see the cards of their group",
                f"Shut out from those of {group}: {listed(people)}. {waits}",
                "**Moderators:** the button, or `/roles repair`, shows what would open the channel to them again.",
            ]
        case cause if cause == REMOVED:
            return [
                "### ⏸️ Somebody with a say was removed from the server",
                f"Removed, with a say in {group}: {listed(people)}. {waits}",
                "**Moderators:** they can act again once they are back.",
            ]
    return [
        "### ⏸️ Somebody with a say was timed out",
        f"Timed out, with a say in {group}: {listed(people)}. {waits}",
        "**Moderators:** they can act again once the timeout is over or taken back.",
    ]


def moved(told: ClocksMoved) -> list[str]:
    """The bot was away: one post for each group, however many of its proposals wait."""
    named = [f"P-{number}" for number in told.numbers]
    shown = named[:_NAMED] + ([f"{len(named) - _NAMED} more"] if len(named) > _NAMED else [])
    by = span(timedelta(minutes=told.minutes))
    group = in_quotes(told.group or "a group", 80)
    moved_by = f"Deadlines of {group} moved by that time, so that nobody loses any: {listed(shown)}."
    return [f"-# ▶️ The bot was away for {by}. {moved_by} Each card shows the new ones."]


def mended(told: AccessRepaired, who: str) -> list[str]:
    """Somebody opened a group's channel again."""
    group = in_quotes(told.group or "a group", 80)
    return [f"-# 🔓 {who} opened the channel of {group} again to those who must see its cards."]


def offer(partnership: PartnershipId, group: GroupId) -> Button:
    """Below the post: what would open the channel again."""
    return button("Show the repair", stops_ids.button("show", partnership, group))


def shown(view: Mending) -> Answer:
    """What the repair would change, before anything is."""
    if not view.users:
        return said(f"### Nothing to repair\nEverybody who must see the cards of {_group(view)} can see them.")
    who = listed([f"<@{user}>" for user in view.users[:_NAMED]])
    if not view.changes:
        return said(
            f"### Not hidden by what I set\n{who} cannot see the cards of {_group(view)}, but what I set in "
            f"{_channel(view)} is as it should be. Most likely they wear no role that opens it: give them their role "
            "back, or look at the channel’s permissions by hand."
        )
    mend = button("Open it again", stops_ids.button("mend", view.partnership.id, view.group.id), Style.primary)
    return said(
        f"### What would open {_channel(view)} again\n{who} cannot see the cards there. Nothing is changed yet.",
        fit_lines([_line(change) for change in view.changes], _LISTED, "… and {} more"),
        buttons=[mend],
    )


def repaired(view: Mending) -> Answer:
    """What was changed, and what Discord refused."""
    if view.trouble is not None:
        detail = f" ({inline(view.trouble.detail, 100)})" if view.trouble.detail else ""
        why = TROUBLES.get(view.trouble.why, TROUBLES["discord in trouble"]).format(detail=detail)
        return said(f"### Not finished\n{count(len(view.changes), 'change')} made; then it stopped. {why}")
    if not view.changes:
        return shown(view)
    return said(
        f"### {_channel(view)} is open again\n{count(len(view.changes), 'change')} made. The clocks run again as soon "
        "as everybody can see the cards; if somebody still cannot, the feed’s entries go on saying so."
    )


def _line(change: OverwriteChange) -> str:
    overwrite = change.overwrite
    who = f"<@{overwrite.target}>" if overwrite.person else f"<@&{overwrite.target}>"
    parts = []
    if change.freed:
        parts.append(f"no longer denied: {_names(change.freed)}")
    if change.allowed:
        parts.append(f"allowed: {_names(change.allowed)}")
    return f"- {who}: {'; '.join(parts)}"


def _names(permissions: frozenset[str]) -> str:
    return listed([name.replace("_", " ") for name in sorted(permissions)])


def _group(view: Mending) -> str:
    return in_quotes(view.group.name, 80)


def _channel(view: Mending) -> str:
    return f"<#{view.channel_id}>" if view.channel_id else "the channel"


TOLD_BY_GROUP = frozenset({OUTAGE, SHUT_OUT, SILENCED})
"""Reasons of a stop that no thread is told of: the feed says it of all proposals of a group in one post."""


def _stopped(event: Event) -> Asks:
    """What stops many clocks at once is told once for each group, see ``clocks.grant_outage`` and ``stops.follow``."""
    return _unless_told_by_group({event.says(ClockStopped).reason})


def _resumed(event: Event) -> Asks:
    """Where nothing that stopped this clock was told in its thread, its going on need not be either."""
    fact = event.says(ClockResumed)
    return _unless_told_by_group({fact.reason} if fact.because is None else {*fact.because})


def _unless_told_by_group(reasons: set[str]) -> Asks:
    return (CARD, FEED) if reasons <= TOLD_BY_GROUP else TOLD


def _barred(told: Logged) -> list[str]:
    return barred(told.event.says(PeopleBarred), [f"<@{user}>" for user in told.people])


def _opening(told: Logged) -> list[Button]:
    if told.event.says(PeopleBarred).cause != BLIND:
        return []
    return [offer(told.partnership.id, GroupId(int(told.event.thing.partition("/")[2])))]


PRESENTER = Presenter(
    name="stops",
    ids=stops_ids.ALL,
    audiences={
        ClockStopped: _stopped,
        ClockResumed: _resumed,
        StopsSpent: TOLD,
        ClocksMoved: (LOG,),
        PeopleBarred: (LOG,),
        AccessRepaired: (LOG,),
    },
    log={
        ClocksMoved: LogEntry(lambda told: moved(told.event.says(ClocksMoved)), Weight.SMALL),
        AccessRepaired: LogEntry(lambda told: mended(told.event.says(AccessRepaired), told.who), Weight.SMALL),
        PeopleBarred: LogEntry(_barred, Weight.INCIDENT, _opening),
    },
)
