"""Private answers and forms about meetings (RHY-1, RHY-4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import discord

from bot.governance.meetings import (
    MOST_ITEM,
    MOST_NOTE,
    MOST_REASON,
    Answer,
    Meeting,
    MeetingKind,
    MeetingState,
    reaches,
)
from bot.services.agendas import MeetingList, MeetingView
from bot.services.meetings import Move
from bot.services.times import wall_of
from bot.ui import limits, meetings_ids
from bot.ui.answers import Answer as Said
from bot.ui.answers import said
from bot.ui.labels import moment, span, stamp
from bot.ui.limits import fit_lines
from bot.ui.meetings_board import (
    MEETING_STATE_LABELS,
    agenda,
    attendance,
    heading,
    name,
    numbered,
    on_the_wall,
    outcome,
    recurs,
    when,
)
from bot.ui.panels import LINE, Button, Style, button, link
from bot.ui.text import in_quotes, inline
from bot.ui.versions import packed

Form = discord.ui.Modal

EVERY = {
    "once": "Once",
    "day": "Every day",
    "week": "Every week",
    "2 weeks": "Every 2 weeks",
    "3 weeks": "Every 3 weeks",
    "4 weeks": "Every 4 weeks",
    "month": "Every month, same day of the month",
    "month by weekday": "Every month, same weekday (such as the second Tuesday)",
    "month last weekday": "Every month, the last such weekday (such as the last Friday)",
    "2 months": "Every 2 months",
    "quarter": "Every 3 months",
    "quarter by weekday": "Every 3 months, same weekday",
    "half year": "Every 6 months",
    "year": "Every year",
}
"""The closed menu of cadences, in words."""

LENGTHS = (15, 30, 45, 60, 90, 120, 180, 240, 480)
"""Minutes to choose from."""

_MOST = 3800
"""Units of text in one answer."""
_CYCLE = {
    MeetingKind.PURPOSE: "purpose (once a year)",
    MeetingKind.STRATEGY: "strategy (once a quarter)",
    MeetingKind.OPERATIONS: "operations (each week)",
}


def preview(view: MeetingView) -> Said:
    """What was understood, to be confirmed: nothing is scheduled yet."""
    meeting = view.meeting
    often = f"\n**How often:** {recurs(meeting.cadence)}, {_each_time(meeting)}" if meeting.cadence else ""
    return said(
        f"### Is this what you mean?\n{name(meeting)}, "
        f"{meeting.kind.value} meeting of {in_quotes(view.group.name, 80)}",
        f"**When:** {stamp(meeting.starts_at)}, {span(meeting.length)}\n{on_the_wall(meeting)}{often}",
        "Nothing is scheduled until you confirm it. If something is wrong, use the command again.",
        buttons=[button("Confirm", meetings_ids.button("confirm", meeting.id), Style.success)],
    )


def confirmed(view: MeetingView) -> Said:
    """It is scheduled now."""
    meeting = view.meeting
    where = f" Its board stands in <#{view.channel_id}>." if view.channel_id else ""
    return said(f"{name(meeting)} is scheduled for {stamp(meeting.starts_at)}.{where}")


def move_preview(move: Move) -> Said:
    """The new time, to be confirmed."""
    meeting, understood = move.view.meeting, move.understood
    series = ""
    if move.next_at is not None:
        series = f" The others of its series keep their time: the next one is {stamp(move.next_at)}"
        passes = reaches(meeting, understood.instant, move.next_at)
        series += ", and it stands from now on, beside this one." if passes else "."
    at = int(understood.instant.timestamp())
    return said(
        "### Is this what you mean?\n"
        f"{name(meeting)} from {moment(meeting.starts_at)} to **{stamp(understood.instant)}**",
        f"{understood.wall:%A %d %B %Y, %H:%M} on the clocks of {inline(understood.zone, 60)}.{series}",
        "Nothing is moved until you confirm it.",
        buttons=[button("Confirm", meetings_ids.button("move-to", meeting.id, at), Style.success)],
    )


def moved(view: MeetingView) -> Said:
    """It has another time now."""
    return said(f"{name(view.meeting)} is now at {stamp(view.meeting.starts_at)}. The group's channel is told.")


def cancelled(view: MeetingView) -> Said:
    """It is not held."""
    after = ""
    if view.following is not None:
        after = f" The next one is M-{view.following.number}, {stamp(view.following.starts_at)}."
    return said(f"{name(view.meeting)} is cancelled. The group's channel is told.{after}")


def started(view: MeetingView) -> Said:
    """It goes on now."""
    buttons: list[Button | None] = [
        button("I am here", meetings_ids.button("here", view.meeting.id)),
        button("Write notes", meetings_ids.button("notes", view.meeting.id)),
        link("Board", view.link),
    ]
    return said(f"{name(view.meeting)} has begun. Everybody can say that they are here.", buttons=buttons)


def end_asked(view: MeetingView) -> Said:
    """Before it is ended for everybody."""
    notes = "Nobody has written notes yet." if not view.meeting.notes else "Its minutes are published as they are."
    return said(
        f"### End {numbered(view.meeting)}?\n{name(view.meeting)}\n{notes} Afterwards nothing can be added to them.",
        buttons=[
            button("End it and publish the minutes", meetings_ids.button("end-now", view.meeting.id), Style.danger)
        ],
    )


def ended(view: MeetingView) -> Said:
    """It is over."""
    return said(f"{name(view.meeting)} is over. Its minutes are published in the group's channel.")


def attended(view: MeetingView, answer: Answer) -> Said:
    """What the asker said of themselves."""
    words = {
        Answer.COMING: "Noted: you are coming to",
        Answer.ABSENT: "Noted: you can't come to",
        Answer.HERE: "Noted: you are here at",
    }
    return said(f"{words[answer]} {name(view.meeting)}, {stamp(view.meeting.starts_at)}. You can change that.")


def added(view: MeetingView) -> Said:
    """It stands on the agenda."""
    return said(
        f"It stands on the agenda of {name(view.meeting)}.",
        buttons=[button("Show the agenda", meetings_ids.button("show", view.meeting.id))],
    )


def noted(view: MeetingView) -> Said:
    """A part of the minutes was taken."""
    return said(
        f"Noted in {name(view.meeting)}, under your name. The minutes are published when it ends.",
        outcome(view),
        buttons=[button("Write more", meetings_ids.button("notes", view.meeting.id))],
    )


def shown(view: MeetingView) -> list[Said]:
    """One meeting with its whole agenda as it stands now, and what can be done, over as many answers as it takes."""
    blocks = [heading(view), when(view), *agenda(view), attendance(view), outcome(view)]
    *before, last = packed([block for block in blocks if block], _MOST)
    return [*map(said, before), said(last, buttons=[*_buttons(view), link("Board", view.link)])]


def _buttons(view: MeetingView) -> list[Button | None]:
    meeting = view.meeting
    found = []
    match meeting.state:
        case MeetingState.SCHEDULED:
            found = [("I am coming", "here"), ("I can't come", "absent"), ("Add to the agenda", "add")]
            found += [("Begin now", "start"), ("Another time", "move"), ("Cancel it", "cancel")] if view.runs else []
        case MeetingState.RUNNING:
            found = [("I am here", "here"), ("Write notes", "notes"), ("Add to the agenda", "add")]
            found += [("End the meeting", "end")] if view.runs else []
        case MeetingState.ENDED:
            found = [("Minutes", "minutes")]
    return [button(label, meetings_ids.button(act, meeting.id)) for label, act in found]


def listing(found: MeetingList) -> Said:
    """What is ahead, what was, and when each group next looks at its work, its strategy and its purpose (RHY-4)."""
    names = {group.id: in_quotes(group.name, 60) for group in found.groups}
    ahead = [_line(meeting, names.get(meeting.group, "")) for meeting in found.ahead]
    past = [_line(meeting, names.get(meeting.group, "")) for meeting in found.past]
    cycle = []
    for group in found.groups[:10]:
        planned = {kind: found.next_of.get((group.id, kind)) for kind in _CYCLE}
        told = [f"{words}: {_next(planned[kind])}" for kind, words in _CYCLE.items()]
        cycle.append(f"- {names[group.id]} · {' · '.join(told)}")
    begin = "Nothing is planned. A facilitator schedules a meeting with `/meeting schedule`."
    return said(
        f"### Meetings\nOf {in_quotes(found.partnership.name, 100)}.",
        "**Ahead**\n" + (fit_lines(ahead, 1500) if ahead else begin),
        LINE,
        "**When each group next looks at its …**\n" + fit_lines(cycle, 1300) if cycle else "",
        LINE,
        "**Before**\n" + fit_lines(past, 900) if past else "",
        "-# `/meeting agenda` shows one with everything that you can do." if ahead or past else "",
    )


def suggestion(meeting: Meeting) -> tuple[str, str]:
    """Name and value of a suggestion."""
    state = "" if meeting.state is MeetingState.SCHEDULED else f" · {MEETING_STATE_LABELS[meeting.state].lower()}"
    day = wall_of(meeting.starts_at, meeting.zone)
    return f"M-{meeting.number} · {meeting.title} · {day:%Y-%m-%d}{state}", f"M-{meeting.number}"


# ---- forms ---------------------------------------------------------------------------------------


def item_form(meeting: Meeting) -> Form:
    """A line for the agenda."""
    form = _form(f"Agenda of M-{meeting.number}", meetings_ids.form("meeting-add", meeting.id))
    form.add_item(_text("item", "For the agenda", "One line: what do you want to talk about?", MOST_ITEM))
    return form


def notes_form(meeting: Meeting) -> Form:
    """A part of the minutes."""
    form = _form(f"Notes of M-{meeting.number}", meetings_ids.form("meeting-notes", meeting.id))
    about = "One part of the minutes. It stands under your name; others can add theirs"
    form.add_item(_text("notes", "Notes", about, MOST_NOTE, long=True, required=False))
    linked = "Numbers of proposals, such as P-12, P-14. What is decided meanwhile is linked by itself"
    form.add_item(_text("decisions", "Decisions", linked, 100, required=False))
    return form


def move_form(meeting: Meeting) -> Form:
    """Another time."""
    form = _form(f"Another time for M-{meeting.number}", meetings_ids.form("meeting-move", meeting.id))
    about = f"Such as: next friday 18:00, on the clocks of {meeting.zone}"
    form.add_item(_text("when", "When", limits.fit(about, limits.FORM_DESCRIPTION), 100))
    return form


def cancel_form(meeting: Meeting) -> Form:
    """Why, and whether others follow it."""
    form = _form(f"Cancel M-{meeting.number}", meetings_ids.form("meeting-cancel", meeting.id))
    form.add_item(_text("cancellation", "Why", "Everybody reads it. Optional", MOST_REASON, long=True, required=False))
    if meeting.cadence is not None:
        options = [
            discord.SelectOption(label="Only this one", value="one", default=True),
            discord.SelectOption(label="This one and all that would follow", value="series"),
        ]
        menu: discord.ui.Select[Any] = discord.ui.Select(custom_id="series", options=options, required=True)
        form.add_item(discord.ui.Label(text="What is cancelled", component=menu))
    return form


def _form(title: str, custom_id: str) -> Form:
    return discord.ui.Modal(title=limits.fit(title, limits.FORM_TITLE), custom_id=custom_id)


def _text(
    name: str, label: str, about: str, most: int, *, long: bool = False, required: bool = True
) -> discord.ui.Label[Any]:
    style = discord.TextStyle.paragraph if long else discord.TextStyle.short
    entry: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=name, style=style, max_length=most, required=required
    )
    return discord.ui.Label(text=label, description=about, component=entry)


def _line(meeting: Meeting, group: str) -> str:
    state = "" if meeting.state is MeetingState.SCHEDULED else f" · {MEETING_STATE_LABELS[meeting.state]}"
    return f"- {name(meeting)} · {group} · {moment(meeting.starts_at)}{state}"


def _next(meeting: Meeting | None) -> str:
    if meeting is None:
        return "none planned"
    return f"M-{meeting.number}, <t:{int(meeting.starts_at.timestamp())}:d>"


def _each_time(meeting: Meeting) -> str:
    first = datetime.fromisoformat(meeting.cadence.starts) if meeting.cadence else meeting.starts_at
    return f"from {first:%d %B %Y} on; each next one is scheduled when the one before is over"
