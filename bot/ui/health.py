"""Health in plain words: what was looked at, where the mark is, what it may mean, and what to do next (ORG-7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from bot.governance.health import LEAST_OBJECTIONS, LEAST_PASSES, LEAST_SEATS, PERIOD, Check, Marks, Reading
from bot.governance.health_events import HealthMarked
from bot.governance.organisation import Partnership
from bot.services.health import HealthView
from bot.ui.answers import Answer, said
from bot.ui.asking import Help
from bot.ui.audiences import LOG
from bot.ui.labels import count, listed, moment, share
from bot.ui.labels import span as lasting
from bot.ui.logged import LogEntry, Logged
from bot.ui.metrics import scope_name
from bot.ui.panels import LINE
from bot.ui.presenter import Presenter
from bot.ui.text import in_quotes

_DAYS = PERIOD.days
_MOST_NAMED = 8
_MOST_SHOWN = 14

_WHY = (
    "A mark is no fault and no proof. It says: look together whether this is still what you want. "
    "Marks are part of the policy; `/propose` with the type *Policy change* moves them."
)
_NEXT: Mapping[Check, str] = {
    Check.SEATS: "Invite members of other organisations, or ask whether somebody gives up a seat.",
    Check.OBJECTIONS: "Nobody is to object less: ask what that organisation sees that others do not, before filing.",
    Check.FACILITATOR: "Ask in the next retro or meeting who would like to facilitate; a moderator maps the role.",
    Check.REACH: "Ask people why they had not seen these: too many at once, too short a window, the wrong channel?",
    Check.HATS: "nothing; it is allowed. Whoever wears both hats does not rule on objections that touch both.",
}
_NOT_MARKED = "### ⚪ Not marked"
_CONTRIBUTIONS = "- **Contributions:** they are not recorded yet, so nobody's share of them is known."


def page(view: HealthView) -> Answer:
    """Every reading, marked ones first."""
    ordered = sorted(view.readings, key=lambda reading: not reading.over)
    shown, more = ordered[:_MOST_SHOWN], len(ordered) - _MOST_SHOWN
    over = sum(reading.over for reading in view.readings)
    verdict = f"**{count(over, 'mark')} crossed.**" if over else "**No mark is crossed.**"
    rest = f"-# … and {more} more; ask for one group." if more > 0 else ""
    hidden = view.scope.hidden
    left_out = f"-# Not looked at: {count(hidden, 'private group')} that you do not read." if hidden else ""
    return said(
        f"### Health\nOf {scope_name(view.scope)}.\n{verdict}",
        LINE,
        *_sections(shown, view),
        LINE,
        "\n".join(part for part in (_WHY, rest, left_out) if part),
    )


def notice(told: HealthMarked, partnership: Partnership, mention: str) -> list[str]:
    """A mark that was crossed, for the feed (ORG-7): once, until it fell below."""
    part, whole = told.part, told.whole
    group = in_quotes(told.group or partnership.name, 62)
    organisation = in_quotes(told.organisation, 62) if told.organisation else "one organisation"
    match told.check:
        case Check.SEATS:
            said_so = f"Of the {whole} seats of {group}, {organisation} holds {part}."
        case Check.OBJECTIONS:
            said_so = f"Of the {whole} objections of the last {_DAYS} days, {organisation} raised {part}."
        case Check.FACILITATOR:
            since = moment(told.since) if told.since else "long ago"
            said_so = f"{mention or 'Somebody'} has facilitated {group} since {since}."
        case Check.REACH:
            names = [f"P-{number}" for number in (told.proposals or ())[:_MOST_NAMED]]
            named = f": {listed(names)}" if names else ""
            said_so = f"{part} of {whole} silent passes of the last {_DAYS} days had low reach{named}."
        case _:
            return ["### 🩺 A health mark was crossed", "`/health` shows where things stand."]
    return [
        "### 🩺 A health mark was crossed",
        said_so,
        f"**What to do:** {_NEXT[Check(told.check)]}",
        "-# A mark is no fault and no proof. It is told again only after it fell below. `/health` shows all of them.",
    ]


def _sections(readings: Sequence[Reading], view: HealthView) -> list[str]:
    """What is over its mark, what is below, and what nothing can be said of, each under its own heading."""
    found: dict[str, list[str]] = {}
    for reading in readings:
        sign = _NOT_MARKED
        if reading.over:
            sign = "### 🟠 Over the mark"
        elif reading.enough and reading.check is not Check.HATS:
            sign = "### 🟢 Below the mark"
        found.setdefault(sign, []).append(_line(reading, view))
    found.setdefault(_NOT_MARKED, []).append(_CONTRIBUTIONS)
    return ["\n".join([sign, *found[sign]]) for sign in sorted(found, key=lambda sign: sign == _NOT_MARKED)]


def _line(reading: Reading, view: HealthView) -> str:
    leads_on = reading.over or (reading.check is Check.HATS and reading.part)
    return f"- {_words(reading, view)}" + (f" *Next:* {_NEXT[reading.check]}" if leads_on else "")


def _words(reading: Reading, view: HealthView) -> str:
    marks, partnership = view.marks, view.scope.partnership
    group = in_quotes(partnership.group(reading.group).name, 60) if reading.group is not None else ""
    match reading.check:
        case Check.SEATS:
            return f"**Seats of {group}:** {_organisation(reading, marks, LEAST_SEATS, 'seat')}"
        case Check.OBJECTIONS:
            asked = _organisation(reading, marks, LEAST_OBJECTIONS, "objection")
            return f"**Objections to what was decided in {_DAYS} days:** {asked}"
        case Check.FACILITATOR:
            since = moment(reading.since) if reading.since else "an unknown day"
            who = _people(reading, view)
            return f"**Facilitator of {group}:** {who}, since {since}. Mark: {lasting(marks.facilitator)}."
        case Check.REACH:
            return _reach(reading, marks)
        case _:
            if not reading.part:
                return "**Double hats:** nobody sits in the stakeholder group and in operations too."
            both = "sits in the stakeholder group and in operations" if reading.part == 1 else "sit in both"
            return f"**Double hats:** {_people(reading, view)} {both}."


def _organisation(reading: Reading, marks: Marks, least: int, noun: str) -> str:
    if not reading.enough:
        return f"{count(reading.whole, noun)}, too few to say anything (from {least} on)."
    if not reading.organisation:
        return f"none of {reading.whole} speaks for a named organisation."
    most = (reading.organisation, *reading.tied)
    more = [f"{len(most) - _MOST_NAMED} more"] if len(most) > _MOST_NAMED else []
    named = listed([*(in_quotes(each, 62) for each in most[:_MOST_NAMED]), *more])
    percent = 100 * reading.part / reading.whole
    each = " each" if reading.tied else ""
    return (
        f"most by {named}, {reading.part} of {reading.whole}{each} ({percent:.0f} %). "
        f"Mark: {_mark(marks.organisation)}."
    )


def _reach(reading: Reading, marks: Marks) -> str:
    head = f"**Low reach, {_DAYS} days:**"
    if not reading.enough:
        return (
            f"{head} {count(reading.whole, 'silent pass', 'silent passes')}, too few to say (from {LEAST_PASSES} on)."
        )
    names = [f"P-{number}" for number in reading.proposals[:_MOST_NAMED]]
    more = reading.part - len(names)
    named = f" ({listed([*names, *([f'{more} more'] if more else [])])})" if names else ""
    return f"{head} {reading.part} of {reading.whole} silent passes{named}. Mark: {_mark(marks.low_reach)}."


def _mark(mark: Fraction) -> str:
    return f"more than {share(mark)}"


def _people(reading: Reading, view: HealthView) -> str:
    names = [f"<@{view.users[p]}>" for p in reading.people[:_MOST_NAMED] if p in view.users]
    more = len(reading.people) - len(names)
    return listed([*names, *([f"{more} more"] if more else [])]) or "nobody"


def _marked(logged: Logged) -> list[str]:
    told = logged.event.says(HealthMarked)
    return notice(told, logged.partnership, logged.mention(told.person))


PRESENTER = Presenter(
    name="health",
    audiences={
        HealthMarked: (LOG,),
    },
    help=Help(
        everyone=("`/health` – whether anybody comes to hold too much",),
    ),
    log={HealthMarked: LogEntry(_marked)},
)
