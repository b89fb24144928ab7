"""``/meeting``: schedule, hold and minute the meetings of a group (RHY-1, RHY-4)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from discord import app_commands
from discord.ext import commands

from bot.governance.meetings import Answer, MeetingState
from bot.services import meetings
from bot.services.meetings import Wanted
from bot.ui import meetings_board as boards
from bot.ui import meetings_ids
from bot.ui import meetings_notices as told
from bot.ui import meetings_replies as answers
from bot.ui.limits import SUGGESTION
from bot.ui.text import plain
from cogs.base import (
    ActButton,
    Fields,
    Form,
    FormCog,
    Interaction,
    answer,
    asker,
    choices,
    register,
    show_form,
    suggesting,
)

Act = Callable[[Interaction, int, int], Awaitable[None]]

_EVERY = [app_commands.Choice(name=words, value=key) for key, words in answers.EVERY.items()]
_KINDS = [app_commands.Choice(name=words, value=kind.value) for kind, words in boards.KIND_LABELS.items()]
_LENGTHS = [
    app_commands.Choice(name=f"{n} minutes" if n < 60 or n % 60 else f"{n // 60} h", value=n) for n in answers.LENGTHS
]
_MEETING = {"meeting": "Its number or words of its title", "partnership": "Only where this server hosts several"}


@suggesting
async def suggest_meetings(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Meetings that are ahead, then those that were."""
    chosen = str(interaction.namespace["partnership"] or "") if "partnership" in interaction.namespace else ""
    partnership = await choices.partnership_chosen(interaction, chosen)
    found = await meetings.list_meetings(*asker(interaction), partnership.id)
    words = current.strip().casefold()
    pairs = [answers.suggestion(each) for each in (*found.ahead, *found.past)]
    return [
        app_commands.Choice(name=plain(name, SUGGESTION), value=value)
        for name, value in pairs
        if words in name.casefold()
    ]


async def meeting_chosen(interaction: Interaction, chosen: str, partnership: str) -> int:
    """The meeting chosen or typed: ``M-7``, ``7``, a suggestion's words. Raises NotFound."""
    found, number = await choices.number_chosen(interaction, meetings.NOUN, chosen, partnership)
    return (await meetings.by_number(*asker(interaction), found.id, number)).meeting.id


async def confirm(interaction: Interaction, id: int, at: int) -> None:
    """Schedule what was typed."""
    await answer(interaction, answers.confirmed(await meetings.confirm(*asker(interaction), id)), replace=True)


async def show(interaction: Interaction, id: int, at: int) -> None:
    """The agenda as it stands now."""
    for part in answers.shown(await meetings.show(*asker(interaction), id)):
        await answer(interaction, part)


async def here(interaction: Interaction, id: int, at: int) -> None:
    """Say that one comes, or is there."""
    view = await meetings.attend(*asker(interaction), id, True)
    running = view.meeting.state is MeetingState.RUNNING
    await answer(interaction, answers.attended(view, Answer.HERE if running else Answer.COMING))


async def absent(interaction: Interaction, id: int, at: int) -> None:
    """Say that one cannot come."""
    view = await meetings.attend(*asker(interaction), id, False)
    await answer(interaction, answers.attended(view, Answer.ABSENT))


async def add(interaction: Interaction, id: int, at: int) -> None:
    """Open the form for the agenda."""
    view = await meetings.beforehand(*asker(interaction), id, "add to agenda")
    await show_form(interaction, answers.item_form(view.meeting))


async def notes(interaction: Interaction, id: int, at: int) -> None:
    """Open the form for notes."""
    view = await meetings.beforehand(*asker(interaction), id, "write notes")
    await show_form(interaction, answers.notes_form(view.meeting))


async def start(interaction: Interaction, id: int, at: int) -> None:
    """Begin now."""
    await answer(interaction, answers.started(await meetings.start(*asker(interaction), id)))


async def end(interaction: Interaction, id: int, at: int) -> None:
    """Ask before it is ended for everybody."""
    await answer(interaction, answers.end_asked(await meetings.beforehand(*asker(interaction), id, "end meeting")))


async def end_now(interaction: Interaction, id: int, at: int) -> None:
    """End it and publish the minutes."""
    await answer(interaction, answers.ended(await meetings.end(*asker(interaction), id)), replace=True)


async def move(interaction: Interaction, id: int, at: int) -> None:
    """Open the form for another time."""
    view = await meetings.beforehand(*asker(interaction), id, "move meeting")
    await show_form(interaction, answers.move_form(view.meeting))


async def move_to(interaction: Interaction, id: int, at: int) -> None:
    """Move it to the time that was confirmed."""
    starts_at = datetime.fromtimestamp(at, UTC)
    await answer(interaction, answers.moved(await meetings.move(*asker(interaction), id, starts_at)), replace=True)


async def cancel(interaction: Interaction, id: int, at: int) -> None:
    """Open the form for the reason."""
    view = await meetings.beforehand(*asker(interaction), id, "cancel meeting")
    await show_form(interaction, answers.cancel_form(view.meeting))


async def minutes(interaction: Interaction, id: int, at: int) -> None:
    """The minutes once more."""
    view = await meetings.show(*asker(interaction), id)
    for part in told.minutes(view, None):
        await answer(interaction, part)


ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "confirm": confirm,
        "show": show,
        "here": here,
        "absent": absent,
        "add": add,
        "notes": notes,
        "start": start,
        "end": end,
        "end-now": end_now,
        "move": move,
        "move-to": move_to,
        "cancel": cancel,
        "minutes": minutes,
    }
)
"""What each button about a meeting does."""


class MeetingButton(ActButton, template=meetings_ids.TEMPLATE):
    """Any button about a meeting."""

    acts = ACTS


async def take(interaction: Interaction, match: re.Match[str], fields: Fields) -> None:
    """A form about a meeting was sent in."""
    act = (*asker(interaction), int(match["meeting"]))
    match match["act"]:
        case "meeting-add":
            await answer(interaction, answers.added(await meetings.add_item(*act, fields.get("item", ""))))
        case "meeting-notes":
            noted = await meetings.write(*act, fields.get("notes", ""), fields.get("decisions", ""))
            await answer(interaction, answers.noted(noted))
        case "meeting-move":
            move = await meetings.read_move(*act, fields.get("when", ""))
            await answer(interaction, answers.move_preview(move))
        case _:
            series = fields.get("series") == "series"
            view = await meetings.cancel(*act, fields.get("cancellation", ""), series)
            await answer(interaction, answers.cancelled(view))


class MeetingCommands(FormCog):
    """Meetings of groups."""

    forms = (Form(re.compile(meetings_ids.FORM_TEMPLATE), take),)

    meeting = app_commands.Group(
        name="meeting", description="Meetings of your groups: when, what about, who was there", guild_only=True
    )

    @meeting.command(name="schedule", description="Schedule a meeting of a group; you confirm it before it stands")
    @app_commands.describe(
        when="Such as: next friday 18:00, tomorrow 9am, in 3 days at 18:00, 24 december 18:00, 2026-12-24 18:00",
        title="What people call it",
        zone="On whose clocks; left out, the partnership's",
        every="How often; left out, as usual for its kind, else once",
        length="How long; left out, as usual for its kind",
        kind="What it is for: this sets the agenda",
        group="Which group meets; left out, the one of this channel",
        partnership="Only where this server hosts several",
    )
    @app_commands.choices(every=_EVERY, kind=_KINDS)
    @app_commands.choices(length=_LENGTHS)
    @app_commands.autocomplete(
        zone=choices.suggest_zones, group=choices.suggest_groups, partnership=choices.suggest_partnerships
    )
    async def schedule(
        self,
        interaction: Interaction,
        when: app_commands.Range[str, 1, 100],
        title: app_commands.Range[str, 1, 80] = "",
        zone: str = "",
        every: str = "",
        length: int = 0,
        kind: str = "",
        group: str = "",
        partnership: str = "",
    ) -> None:
        """Show what was understood, with a button to confirm it."""
        chosen, named = await choices.group_chosen(interaction, group, partnership)
        wanted = Wanted(when, title, zone, every, length, kind, named.id if named else None)
        await answer(interaction, answers.preview(await meetings.draft(*asker(interaction), chosen.id, wanted)))

    @meeting.command(name="agenda", description="What a meeting will be about, and everything that you can do")
    @app_commands.describe(**_MEETING)
    @app_commands.autocomplete(meeting=suggest_meetings, partnership=choices.suggest_partnerships)
    async def agenda(self, interaction: Interaction, meeting: str, partnership: str = "") -> None:
        """Show one meeting."""
        await show(interaction, await meeting_chosen(interaction, meeting, partnership), 0)

    @meeting.command(name="notes", description="Write a part of the minutes of a meeting that is going on")
    @app_commands.describe(**_MEETING)
    @app_commands.autocomplete(meeting=suggest_meetings, partnership=choices.suggest_partnerships)
    async def notes(self, interaction: Interaction, meeting: str, partnership: str = "") -> None:
        """Open the form for notes."""
        await notes(interaction, await meeting_chosen(interaction, meeting, partnership), 0)

    @meeting.command(name="list", description="Meetings ahead and before, and when each group looks at its purpose")
    @app_commands.describe(group="Only this group's", partnership="Only where this server hosts several")
    @app_commands.autocomplete(group=choices.suggest_groups, partnership=choices.suggest_partnerships)
    async def list(self, interaction: Interaction, group: str = "", partnership: str = "") -> None:
        """List meetings."""
        chosen, named = await choices.group_chosen(interaction, group, partnership)
        found = await meetings.list_meetings(*asker(interaction), chosen.id, named.id if named else None)
        await answer(interaction, answers.listing(found))


async def setup(bot: commands.Bot) -> None:
    """Called by discord.py when the extension is loaded."""
    await register(bot, MeetingCommands(), MeetingButton)
