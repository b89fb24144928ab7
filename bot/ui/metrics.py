"""Metrics in words, as pictures and as a table; the words say all that the pictures show (LRN-3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.governance.histories import Ending, Fate, HistoryStage
from bot.governance.metrics import Figures
from bot.governance.organisation import GroupKind
from bot.services.metrics import MetricsView, Scope
from bot.ui import charts
from bot.ui.answers import COLOUR, Answer
from bot.ui.asking import Help
from bot.ui.charts import Bar, Series
from bot.ui.labels import HASH, count, listed, moment
from bot.ui.panels import LINE, attached, panel, pictures
from bot.ui.presenter import Presenter
from bot.ui.scales import SCALE_LABELS
from bot.ui.tables import csv_of
from bot.ui.text import in_quotes

STAGES: Mapping[HistoryStage, str] = MappingProxyType(
    {
        HistoryStage.REVIEW: "Open to objections",
        HistoryStage.SETTLING: "Settling objections",
        HistoryStage.DISPUTED: "Disputed",
        HistoryStage.VOTE: "Final vote, with its notice",
        HistoryStage.WAITING: "Decided, waiting to be carried out",
        HistoryStage.STALE: "Stale",
    }
)
ENDINGS: Mapping[Ending, str] = MappingProxyType(
    {
        Ending.PASSED: "passed by silence",
        Ending.ADOPTED: "adopted by a vote",
        Ending.NOT_ADOPTED: "not adopted",
        Ending.LAPSED: "lapsed",
        Ending.WITHDRAWN: "withdrawn",
    }
)
FATES: Mapping[Fate, str] = MappingProxyType(
    {
        Fate.STANDING: "standing to the end",
        Fate.INTEGRATED: "resolved by a revision",
        Fate.WITHDRAWN: "withdrawn",
        Fate.DISMISSED: "ruled not in form",
        Fate.LAPSED: "not stated in time",
        Fate.ORPHANED: "left without anybody behind them",
        Fate.OVERRULED: "set aside by a vote",
    }
)
_OCCASIONS = {"retro": "a retro", "meeting": "a meeting", "survey": "a survey"}
_MOST_NUMBERS = 15

TIMES, MONTHS, TABLE = "time-in-stages.png", "by-month.png", "metrics.csv"
_Draw = Callable[[], bytes]
Files = tuple[tuple[str, bytes], ...]


def page(view: MetricsView) -> Answer:
    """The numbers in words, with the pictures and the table; ``files`` gives those."""
    found = view.figures
    head = f"### How decisions go\nIn {scope_name(view.scope)}.\n-# {_period(view)}"
    head += f" · from the record up to #{view.head[:HASH]}"
    parts = [_decided(view), _times(found), _people(found), _objections(found), _scales(view), _occasions(view)]
    names = [name for name, _ in _pictures(view)]
    shown = pictures(*((name, _ALT[name]) for name in names))
    return panel(
        None, COLOUR, head, LINE, "\n".join(p for p in parts if p), _left_out(view.scope), shown, attached(TABLE)
    )


def files(view: MetricsView) -> Files:
    """Pictures and table by their names. Drawing takes a moment: callers do it in a thread."""
    return (*((name, draw()) for name, draw in _pictures(view)), (TABLE, table(view)))


def scope_name(scope: Scope) -> str:
    """What the numbers are about."""
    if scope.group is not None:
        return in_quotes(scope.group.name, 60)
    if scope.scale is not None:
        return f"the {SCALE_LABELS[scope.scale]} of {in_quotes(scope.partnership.name, 60)}"
    return in_quotes(scope.partnership.name, 60)


def table(view: MetricsView) -> bytes:
    """Every number, a line each."""
    found = view.figures
    scope = view.scope
    about = scope.group.name if scope.group else SCALE_LABELS[scope.scale] if scope.scale else scope.partnership.name
    lines: list[tuple[str, str, str | int | float, str]] = [
        ("about", "", about, ""),
        ("period", "from", view.since.isoformat() if view.since else "the beginning", ""),
        ("period", "to", view.now.isoformat(), ""),
        ("opened", "", found.opened, "proposals"),
        *(("decided", ENDINGS[each], found.endings.get(each, 0), "proposals") for each in Ending),
        ("pass rate", "", _number(found.pass_rate), "share, withdrawn ones left out"),
        *(("time in stage, median", STAGES[s.stage], round(_days(s.median), 3), "days") for s in found.spent),
        *(("time in stage, longest", STAGES[s.stage], round(_days(s.longest), 3), "days") for s in found.spent),
        ("reach, mean", "", _number(found.reach), "share of electors"),
        ("low reach", " ".join(f"P-{n}" for n in found.low_reach), len(found.low_reach), "proposals"),
        ("asked", "", found.asked, "people"),
        ("did more than read", "", found.active, "people"),
        ("ballots in final votes", "", found.turnout[0], "ballots"),
        ("eligible in final votes", "", found.turnout[1], "people, each vote counted"),
        ("concerns", "", found.concerns, "concerns"),
        ("revised", "", found.revised, "proposals"),
        *(("objections", FATES[each], found.objections.get(each, 0), "objections") for each in Fate),
        *(("decided at scale", SCALE_LABELS[each], found.by_scale.get(each, 0), "proposals") for each in GroupKind),
        ("feedback", "given", found.feedback[0], "pieces"),
        ("feedback", "answered", found.feedback[1], "pieces"),
        *(("last " + name, "", at.isoformat() if at else "none on record", "") for name, at in found.reviews.items()),
        *(("decided by month", f"{m.begins:%Y-%m}", m.decided, "proposals") for m in found.months),
        *(("objections by month", f"{m.begins:%Y-%m}", m.objections, "objections") for m in found.months),
        *(("reach by month", f"{m.begins:%Y-%m}", _number(m.reach), "share of electors") for m in found.months),
    ]
    return csv_of([("what", "of which", "value", "unit"), *lines])


# ---- pictures ----------------------------------------------------------------------------------------------

_ALT = {
    TIMES: "Bars: half of the proposals spent at most so many days in each stage. The words above say the same.",
    MONTHS: "Lines over the months: decisions and objections. The words above and the table below say the same.",
}


def _pictures(view: MetricsView) -> list[tuple[str, _Draw]]:
    found = view.figures
    name = view.scope.group.name if view.scope.group else view.scope.partnership.name
    drawn: list[tuple[str, _Draw]] = []
    if found.spent:
        rows = [Bar(STAGES[s.stage], _days(s.median), f"{span(s.median)} ({s.count})") for s in found.spent]
        note = "Half of the proposals spent at most so long there. In brackets: how many were there."
        drawn.append((TIMES, lambda: charts.bars(f"{name}: time in each stage", rows, "days", note)))
    if len(found.months) > 1:
        series = [
            Series("decided", tuple((m.begins, float(m.decided)) for m in found.months)),
            Series("objections to those", tuple((m.begins, float(m.objections)) for m in found.months)),
        ]
        drawn.append((MONTHS, lambda: charts.lines(f"{name}: decisions by month", series, unit="a month")))
    return drawn


# ---- words -------------------------------------------------------------------------------------------------


def _period(view: MetricsView) -> str:
    if view.since is None:
        return "Everything on record"
    return f"{view.period[:1].upper()}{view.period[1:]}: since <t:{int(view.since.timestamp())}:D>"


def _decided(view: MetricsView) -> str:
    found = view.figures
    opened = f"Reviews opened in this time: {found.opened}."
    if not found.decided:
        return f"**Nothing was decided in this time.** {opened}"
    how = [f"{found.endings[each]} {ENDINGS[each]}" for each in Ending if found.endings.get(each)]
    rate = (
        f" **{_percent(found.pass_rate)}** went through, withdrawn ones left out."
        if found.pass_rate is not None
        else ""
    )
    return f"**Decided: {found.decided}** – {listed(how)}.{rate} {opened}"


def _times(found: Figures) -> str:
    if not found.spent:
        return ""
    each = [
        f"- {STAGES[s.stage]}: {span(s.median)} ({count(s.count, 'proposal')}, longest {span(s.longest)})"
        for s in found.spent
    ]
    return "\n".join(["**Time in each stage**, which half of the proposals did not exceed:", *each])


def _people(found: Figures) -> str:
    if not found.decided:
        return ""
    lines = []
    if found.reach is not None:
        lines.append(f"**Reach:** on average {_percent(found.reach)} of those asked had seen it when time was up.")
    if found.low_reach:
        names = [f"P-{number}" for number in found.low_reach[:_MOST_NUMBERS]]
        more = len(found.low_reach) - len(names)
        lines.append(f"⚠️ **Low reach:** {listed([*names, *([f'{more} more'] if more else [])])}.")
    if found.asked:
        lines.append(
            f"**Taking part:** {found.active} of {count(found.asked, 'person', 'people')} asked did more than read: "
            "a concern, an objection, a vote."
        )
    cast, eligible = found.turnout
    if eligible:
        lines.append(f"**Turnout of final votes:** {cast} of {eligible} ({_percent(cast / eligible)}).")
    return "\n".join(lines)


def _objections(found: Figures) -> str:
    if not found.decided:
        return ""
    fates = [f"{found.objections[each]} {FATES[each]}" for each in Fate if found.objections.get(each)]
    said = f"**Objections:** {found.objected}" + (f" – {listed(fates)}." if fates else ".")
    return f"{said} Concerns: {found.concerns}. Revised at least once: {count(found.revised, 'proposal')}."


def _scales(view: MetricsView) -> str:
    found = view.figures
    if not view.scope.is_whole or not found.decided:
        return ""
    placed = sum(found.by_scale.values())
    each = [
        f"{SCALE_LABELS[kind]} {found.by_scale.get(kind, 0)}"
        + (f" ({_percent(found.by_scale.get(kind, 0) / placed)})" if placed else "")
        for kind in GroupKind
    ]
    unknown = f" Of {found.unplaced} the record does not say." if found.unplaced else ""
    return f"**Decided where:** {listed(each)}.{unknown}"


def _occasions(view: MetricsView) -> str:
    found = view.figures
    each = [f"{_OCCASIONS[name]} {_ago(at)}" for name, at in found.reviews.items()]
    given, answered = found.feedback
    said = f"**Last looked at itself:** {'; '.join(each)}." if each else ""
    feedback = f"**Feedback in this time:** {given} given, {answered} of those answered." if given else ""
    return "\n".join(line for line in (said, feedback) if line)


def _ago(at: datetime | None) -> str:
    return "– none on record" if at is None else moment(at)


def _left_out(scope: Scope) -> str:
    if not scope.hidden:
        return ""
    groups = count(scope.hidden, "private group")
    return f"-# {groups} that only {'its' if scope.hidden == 1 else 'their'} members read: not counted here."


def span(length: timedelta) -> str:
    """A duration in one number: ``3.5 days``, ``20 hours``."""
    days = _days(length)
    if days >= 2:
        return f"{days:.1f}".removesuffix(".0") + " days"
    hours = length.total_seconds() / 3600
    return count(round(hours), "hour") if hours >= 1 else count(round(hours * 60), "minute")


def _days(length: timedelta) -> float:
    return length.total_seconds() / 86400


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def _number(share: float | None) -> str | float:
    return "" if share is None else round(share, 4)


PRESENTER = Presenter(
    name="metrics",
    help=Help(
        everyone=("`/metrics` – how decisions go here, in numbers and pictures",),
    ),
)
