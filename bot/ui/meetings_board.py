"""The board of a meeting, and its entry among the server's events (RHY-1, RHY-4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from bot.governance.cadences import LAST, Cadence, Unit
from bot.governance.ids import PersonId
from bot.governance.meetings import Answer, Meeting, MeetingKind, MeetingState
from bot.services.agendas import MeetingView
from bot.services.ports.deliveries import CalendarEntry
from bot.services.times import stands_twice, wall_of
from bot.ui import meetings_ids
from bot.ui.labels import count, listed, span, stamp
from bot.ui.limits import fit, fit_lines
from bot.ui.panels import LINE, Button, Part, Style, View, button, panel, rows
from bot.ui.proposals_labels import STATE_LABELS
from bot.ui.text import in_quotes, inline, plain, quote, titled

MEETING_STATE_LABELS: Mapping[MeetingState, str] = MappingProxyType(
    {
        MeetingState.DRAFT: "Not confirmed yet",
        MeetingState.SCHEDULED: "Scheduled",
        MeetingState.RUNNING: "Going on now",
        MeetingState.ENDED: "Over",
        MeetingState.MISSED: "Not held",
        MeetingState.CANCELLED: "Cancelled",
        MeetingState.DISCARDED: "Never confirmed",
    }
)

KIND_LABELS: Mapping[MeetingKind, str] = MappingProxyType(
    {
        MeetingKind.OPERATIONS: "Operations: the work of these weeks",
        MeetingKind.STRATEGY: "Strategy: the direction of this quarter",
        MeetingKind.PURPOSE: "Purpose: why we are here, and our goals",
    }
)

COLOURS: Mapping[MeetingState, int] = MappingProxyType(
    {
        MeetingState.SCHEDULED: 0x3498DB,
        MeetingState.RUNNING: 0x57F287,
        MeetingState.ENDED: 0x1F8B4C,
        MeetingState.MISSED: 0xE67E22,
        MeetingState.CANCELLED: 0x99AAB5,
    }
)
COLOUR = 0x5865F2

AGENDAS: Mapping[MeetingKind, tuple[str, ...]] = MappingProxyType(
    {
        MeetingKind.OPERATIONS: (
            "Check-in: how is everyone?",
            "What was done since last time, and what hinders us",
            "Requests to each other and to other groups",
            "Who does what until next time",
        ),
        MeetingKind.STRATEGY: (
            "Check-in: how is everyone?",
            "What we have learnt: figures, lessons of retros, feedback",
            "Is our strategy still right? What do we stop, start, go on with?",
            "The few priorities of the next quarter, and what they need",
            "Which decisions could be taken closer to the work?",
        ),
        MeetingKind.PURPOSE: (
            "Check-in: how is everyone?",
            "Our purpose, read aloud: is it still why we are here?",
            "Our goals: reached, dropped, missing? Three to five for the next year",
            "Who is affected and does not sit here?",
            "Which agreements and rules do we look at again?",
        ),
    }
)
"""What a meeting of each kind goes through (RHY-4)."""

_LEADING = "-# For whoever leads it:"
_NAMES = 20
_LINKED = 8
_AGENDA = 1800
"""Units of text that the board leaves to the agenda."""
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", LAST: "last"}
_CALENDAR = {
    "none": "",
    "waiting": "",
    "stands": "-# It also stands among the events of this server.",
    "refused": "-# ⚠️ Discord has not taken it among this server's events: I lack the permission *Create Events*, or a "
    "hundred events stand there already. The meeting takes place all the same; I go on trying.",
}


def name(meeting: Meeting) -> str:
    """A meeting in a line of ours: **M-7 · “Weekly check”**."""
    return f"**{numbered(meeting)} · {in_quotes(meeting.title, 100)}**"


def numbered(meeting: Meeting) -> str:
    """The same in a heading, where no words of people stand (TXT-1)."""
    return f"M-{meeting.number}" if meeting.number > 0 else "Meeting"


def card(view: MeetingView, marker: int | None) -> View:
    """The board as it stands now: when, what about, who comes, and what a reader can do."""
    meeting = view.meeting
    lines = fit_lines(agenda(view), _AGENDA, "-# … and {} more lines: `/meeting agenda` shows them all.")
    parts: list[Part] = [heading(view), when(view), LINE, lines, LINE, attendance(view), LINE, outcome(view)]
    return panel(marker, COLOURS.get(meeting.state, COLOUR), *parts, *controls(view))


def heading(view: MeetingView) -> str:
    """Number and state; then kind, group, how often; the title under the name of who called it."""
    meeting = view.meeting
    often = f" · {recurs(meeting.cadence)}" if meeting.cadence else ""
    return (
        f"## 🗓️ {numbered(meeting)} · {MEETING_STATE_LABELS[meeting.state]}\n"
        f"-# {meeting.kind.value.capitalize()} meeting of {in_quotes(view.group.name, 80)}{often}\n"
        f"{titled(view.mention(meeting.organiser), meeting.title)}"
    )


def when(view: MeetingView) -> str:
    """In the reader's own time, in the group's, and how that stands in Discord's events."""
    meeting = view.meeting
    lines = [f"**When:** {stamp(meeting.starts_at)}, {span(meeting.length)}\n-# {on_the_wall(meeting)}"]
    if meeting.state is MeetingState.SCHEDULED:
        if view.group.private:
            lines.append("-# This group is private, so the meeting does not stand among the server's events.")
        else:
            lines.append(_CALENDAR[view.calendar])
    if meeting.state is MeetingState.CANCELLED and meeting.reason:
        lines.append(f"Why it was cancelled:\n{quote(meeting.reason, 400)}")
    return "\n".join(line for line in lines if line)


def on_the_wall(meeting: Meeting) -> str:
    """What the clocks of its zone show."""
    wall = wall_of(meeting.starts_at, meeting.zone)
    words = f"{wall:%A %d %B %Y, %H:%M} on the clocks of {inline(meeting.zone, 60)}"
    if stands_twice(wall, meeting.zone):
        return f"{words}; they are set back then and show that time twice"
    if meeting.cadence and meeting.starts_at == meeting.slot and f"{wall:%H:%M}" != meeting.cadence.at:
        return f"{words}; they are set forward then and leave {meeting.cadence.at} out"
    return words


def recurs(cadence: Cadence) -> str:
    """How often, in words: *every 2 weeks on Friday at 18:00*."""
    day = datetime.fromisoformat(cadence.starts)
    weekday = _WEEKDAYS[day.weekday()]
    each = f"every {count(cadence.every, cadence.unit.value)}" if cadence.every > 1 else f"every {cadence.unit.value}"
    if cadence.unit is Unit.WEEK:
        each = f"{each} on {weekday}"
    elif cadence.unit is Unit.MONTH and cadence.every == 12:
        each = f"every year on {day.day} {day:%B}"
    elif cadence.unit is Unit.MONTH and cadence.nth is not None:
        each = f"{each} on the {_NTH[cadence.nth]} {weekday}"
    elif cadence.unit is Unit.MONTH:
        last = ", or the month's last day" if day.day > 28 else ""
        each = f"{each} on the {_ordinal(day.day)}{last}"
    return f"{each} at {cadence.at}"


def _ordinal(number: int) -> str:
    teens = number in {11, 12, 13}
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def agenda(view: MeetingView) -> list[str]:
    """What its kind goes through, what people added, and what is open in the group, line by line (RHY-1)."""
    meeting = view.meeting
    if meeting.state in {MeetingState.MISSED, MeetingState.CANCELLED}:
        return []
    lines = ["### Agenda", *(f"{n}. {line}" for n, line in enumerate(AGENDAS[meeting.kind], 1))]
    if meeting.items:
        lines.append("### Added by members")
        lines += [f"- {in_quotes(item.text, 222)} ({view.mention(item.author)})" for item in meeting.items]
    if view.open:
        lines.append("### Open in this group")
        lines += [f"- P-{row.number} · {in_quotes(row.title, 102)} · {STATE_LABELS[row.state]}" for row in view.open]
    if view.promised:
        lines.append("### Agreed in retros and not done yet")
    for each in view.promised:
        owner = f", {view.mention(each.action.owner)}" if each.action.owner else ""
        due = f", due {day(each.action.due_at)}" if each.action.due_at else ""
        lines.append(f"- {in_quotes(each.action.text, 122)} (R-{each.retro}{owner}{due})")
    return lines


def day(instant: datetime) -> str:
    """A day that Discord shows as the reader writes it."""
    return f"<t:{int(instant.timestamp())}:d>"


def attendance(view: MeetingView) -> str:
    """Who comes or is there, and who cannot."""
    meeting = view.meeting
    coming, here, absent = (meeting.who(answer) for answer in (Answer.COMING, Answer.HERE, Answer.ABSENT))
    lines = []
    if meeting.state is MeetingState.SCHEDULED:
        lines.append(f"**Coming ({len(coming)}):** {people(view, coming)}")
    elif meeting.state in {MeetingState.RUNNING, MeetingState.ENDED}:
        lines.append(f"**Here ({len(here)}):** {people(view, here)}")
        if coming:
            lines.append(f"**Said they would come ({len(coming)}):** {people(view, coming)}")
    if absent and meeting.state not in {MeetingState.MISSED, MeetingState.CANCELLED}:
        lines.append(f"**Cannot come ({len(absent)}):** {people(view, absent)}")
    return "\n".join(lines)


def people(view: MeetingView, who: Iterable[PersonId]) -> str:
    """Names, the first twenty of them."""
    names = [view.mention(person) for person in who]
    if not names:
        return "nobody yet" if view.meeting.state in {MeetingState.SCHEDULED, MeetingState.RUNNING} else "nobody"
    more = len(names) - _NAMES
    return ", ".join(names[:_NAMES]) + (f" and {more} more" if more > 0 else "")


def outcome(view: MeetingView) -> str:
    """How far the minutes are, what was decided, what follows."""
    meeting = view.meeting
    lines = []
    if meeting.notes:
        authors = listed([view.mention(p) for p in dict.fromkeys(note.author for note in meeting.notes)][:_NAMES])
        lines.append(f"**Notes:** {count(len(meeting.notes), 'part')}, by {authors}.")
    if view.linked:
        lines.append(f"**Decisions:** {decisions(view)}")
    if meeting.state is MeetingState.MISSED:
        lines.append(unheld(view))
    if view.following is not None:
        lines.append(f"**Next one:** M-{view.following.number}, {stamp(view.following.starts_at)}.")
    return "\n".join(lines)


def unheld(view: MeetingView) -> str:
    """Why one counts as not held."""
    meeting = view.meeting
    if meeting.started_at is not None:
        return "Nobody said that they were here, and nothing was noted."
    more = f" So did {count(len(meeting.missed), 'meeting')} that should have followed it." if meeting.missed else ""
    return f"It fell into a time when I was away, so nothing of it was recorded.{more}"


def decisions(view: MeetingView) -> str:
    """The proposals it is linked to, with how they stand."""
    first, rest = view.linked[:_LINKED], view.linked[_LINKED:]
    shown = [f"P-{each.number} {in_quotes(each.title, 62)} ({STATE_LABELS[each.state]})" for each in first]
    return "; ".join([*shown, *(f"P-{each.number}" for each in rest)])


def controls(view: MeetingView) -> list[Part]:
    """What can be done now, the same for everybody: who may is checked on the click."""
    meeting = view.meeting
    match meeting.state:
        case MeetingState.SCHEDULED:
            return [
                *rows(
                    _act(meeting, "I am coming", "here", Style.primary),
                    _act(meeting, "I can't come", "absent"),
                    _act(meeting, "Add to the agenda", "add"),
                ),
                _LEADING,
                *rows(
                    _act(meeting, "Begin now", "start"),
                    _act(meeting, "Another time", "move"),
                    _act(meeting, "Cancel it", "cancel", Style.danger),
                ),
            ]
        case MeetingState.RUNNING:
            return [
                *rows(
                    _act(meeting, "I am here", "here", Style.primary),
                    _act(meeting, "I can't come", "absent"),
                    _act(meeting, "Write notes", "notes"),
                    _act(meeting, "Add to the agenda", "add"),
                ),
                _LEADING,
                *rows(_act(meeting, "End the meeting", "end")),
            ]
        case MeetingState.ENDED:
            return [*rows(_act(meeting, "Minutes", "minutes"))]
    return []


def entry(view: MeetingView) -> CalendarEntry | None:
    """Its entry among the server's events while it is ahead. Whoever is in the server can read that."""
    meeting = view.meeting
    if meeting.state is not MeetingState.SCHEDULED or meeting.starts_at <= view.now or view.group.private:
        return None
    if view.channel_id is None:
        return None
    where = f"https://discord.com/channels/{view.partnership.guild_id}/{view.channel_id}"
    return CalendarEntry(
        name=fit(f"M-{meeting.number} · {plain(meeting.title, 90)}", 100),
        description=(
            f"{meeting.kind.value.capitalize()} meeting of {plain(view.group.name, 80)}, "
            f"{plain(view.partnership.name, 80)}. Agenda, attendance and notes stand in the group's channel."
        ),
        location=where,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
    )


def _act(meeting: Meeting, label: str, act: str, style: Style = Style.secondary) -> Button:
    return button(label, meetings_ids.button(act, meeting.id), style)
