"""What is told of a meeting where its board stands: each once, the minutes whole (RHY-1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.governance.meetings import Answer
from bot.governance.meetings_events import MeetingCancelled, MeetingChanged, MeetingEnded, MeetingMissed, MeetingStarted
from bot.services.agendas import MeetingView
from bot.services.ports.record import Recorded
from bot.ui import meetings_ids
from bot.ui.labels import count, fixed, listed, moment, span
from bot.ui.limits import units
from bot.ui.meetings_board import AGENDAS, COLOUR, COLOURS, decisions, name, numbered, on_the_wall, people, unheld
from bot.ui.panels import View, button, link, panel, rows
from bot.ui.text import in_quotes, quote, quote_parts, titled
from bot.ui.versions import MOST, packed

_LISTED = 20
_LATE = timedelta(minutes=5)


def told(view: MeetingView, recorded: Recorded, marker: int | None) -> list[View]:
    """The messages for this event, each of them marked."""
    colour = COLOURS.get(view.meeting.state, COLOUR)
    board = rows(link("Board", view.link))
    if recorded.erased:
        return [panel(marker, colour, "What was told here was erased on request. The record still verifies.")]
    match recorded.event.fact:
        case MeetingEnded():
            return minutes(view, marker)
        case MeetingStarted():
            here = button("I am here", meetings_ids.button("here", view.meeting.id))
            late = recorded.event.actor is None and recorded.at - view.meeting.starts_at > _LATE
            due = f" It was planned for {moment(view.meeting.starts_at)}; I was away then." if late else ""
            words = f"🟢 {name(view.meeting)} has begun.{due} Say that you are here, and write notes on its board."
            return [panel(marker, colour, words, *rows(here, link("Board", view.link)))]
        case MeetingChanged(before=before, starts_at=at) if before is not None and at is not None:
            return [panel(marker, colour, _moved(view, recorded, before, at), *board)]
        case MeetingCancelled() as fact:
            return [panel(marker, colour, _cancelled(view, recorded, fact), *board)]
        case MeetingMissed(missed=missed):
            return [panel(marker, colour, _missed(view, missed), *board)]
    return []


def minutes(view: MeetingView, marker: int | None) -> list[View]:
    """The minutes over as many messages as they take: who was there, what was decided, every note with its author."""
    meeting = view.meeting
    head = (
        f"### Minutes of {numbered(meeting)}\n-# Meeting of {in_quotes(view.group.name, 80)} · {on_the_wall(meeting)}\n"
    )
    head += titled(view.mention(meeting.organiser), meeting.title)
    parts = [f"**Here ({len(meeting.who(Answer.HERE))}):** {people(view, meeting.who(Answer.HERE))}"]
    if absent := meeting.who(Answer.ABSENT):
        parts.append(f"**Could not come ({len(absent)}):** {people(view, absent)}")
    parts.append(f"**Agenda:** {'; '.join(AGENDAS[meeting.kind])}.")
    parts += [f"- {in_quotes(item.text, 222)} ({view.mention(item.author)})" for item in meeting.items]
    parts.append(f"**Decisions:** {decisions(view) or 'none'}.")
    if not meeting.notes:
        parts.append("Nobody wrote notes.")
    for note in meeting.notes:
        first, *rest = quote_parts(note.text, MOST - 400)
        parts += [f"{view.mention(note.author)} noted {moment(note.at)}:\n{first}", *rest]
    if view.following is not None:
        parts.append(f"**Next one:** M-{view.following.number}, {fixed(view.following.starts_at)}.")
    colour = COLOURS.get(meeting.state, COLOUR)
    first, *rest = list(packed(parts, MOST - units(head)))
    return [panel(marker, colour, head, first), *(panel(marker, colour, more) for more in rest)]


def _moved(view: MeetingView, recorded: Recorded, before: datetime, at: datetime) -> str:
    return (
        f"🗓️ {name(view.meeting)} was moved by {view.mention(recorded.event.actor)} from {moment(before)} to "
        f"**{fixed(at)}**. Who wanted to come before says so again on its board."
    )


def _cancelled(view: MeetingView, recorded: Recorded, fact: MeetingCancelled) -> str:
    reason = fact.reason
    words = f"🗓️ {name(view.meeting)}, planned for {moment(view.meeting.starts_at)}, is cancelled by "
    words += f"{view.mention(recorded.event.actor)}"
    said = [f"{words}. The reason:\n{quote(reason, 600)}" if reason else f"{words}."]
    return "\n".join([*said, _after(view, fact.series)]).strip()


def _missed(view: MeetingView, at: Sequence[datetime]) -> str:
    """All that was missed in one listing, however long nobody was there (RHY-2)."""
    if len(at) < 2:
        words = f"🗓️ {name(view.meeting)} was not held. {unheld(view)}"
        return "\n".join([words, _after(view)]).strip()
    shown = listed([f"<t:{int(each.timestamp())}:d>" for each in at[-_LISTED:]])
    more = f" (the last {_LISTED} of them)" if len(at) > _LISTED else ""
    words = (
        f"🗓️ {name(view.meeting)} and those that should have followed it were not held here while I was away: "
        f"{count(len(at), 'meeting')}, on {shown}{more}. Nothing of them was recorded."
    )
    return "\n".join([words, _after(view)]).strip()


def _after(view: MeetingView, ended: bool = False) -> str:
    if ended:
        return "No other follows it: its series has ended."
    if view.following is None:
        return ""
    return f"The next one is M-{view.following.number}, {fixed(view.following.starts_at)}, {span(view.meeting.length)}."
