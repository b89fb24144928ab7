"""The buttons of a retro: one thing first on its board, the rest for each person behind *More* (LRN-1)."""

from __future__ import annotations

from bot.governance.retros import PHASES, Retro, RetroState
from bot.services.retros_leading import Options
from bot.services.retros_views import RetroView
from bot.ui import retros_ids
from bot.ui.panels import Button, Part, Style, button, row

LIVE_STEP, SLOW_STEP = 5, 24 * 60
"""Minutes that one press on the timer adds, in a live and in a slow retro."""

NEXT = {
    RetroState.SCHEDULED: "Begin now",
    RetroState.CHECK_IN: "Next: write cards",
    RetroState.GATHER: "Next: reveal the cards",
    RetroState.GROUP: "Next: vote",
    RetroState.VOTE: "Next: close the vote, discuss",
    RetroState.DISCUSS: "Next: actions",
    RetroState.ACTIONS: "Close the retro",
}
"""What ends each phase."""


def of_board(view: RetroView) -> list[Part]:
    """What everybody can press, and the one thing that the facilitator does next; who else presses it is told so."""
    retro = view.retro
    parts: list[Part] = [row(*_people(retro))]
    if retro.is_open:
        parts += ["-# For the facilitator:", row(_first(retro))]
    return parts


def of_person(options: Options) -> tuple[list[Button], list[Button]]:
    """What one person can do beside what stands on the board: as somebody who takes part, and as who leads."""
    retro = options.view.retro
    leads = _led(options) if options.leads else []
    if options.may_take_over and not options.leads:
        leads.append(act(retro, "I lead on", "take"))
    return _more(retro), leads


def ahead(retro: Retro, label: str = "", name: str = "next") -> Button:
    """Ends the phase that it names."""
    place = PHASES.index(retro.state) + 1 if retro.runs else 0
    return act(retro, label or NEXT[retro.state], name, Style.success, arg=place)


def back(retro: Retro) -> Button:
    """One step back from the phase that it names."""
    return act(retro, "One step back", "back", arg=PHASES.index(retro.state) + 1)


def act(retro: Retro, label: str, name: str, style: Style = Style.secondary, *, arg: object = "") -> Button:
    """A button about a retro."""
    return button(label, retros_ids.button(name, retro.id, arg), style)


def _people(retro: Retro) -> list[Button | None]:
    about = act(retro, "Who sees what?", "about")
    cards = act(retro, "Show cards", "cards", arg=0)
    more = act(retro, "More", "menu")
    if retro.state is RetroState.SCHEDULED:
        return [button("Capture a thought", retros_ids.capture("write", retro.group)), about, more]
    if retro.paused_at is not None:
        return [act(retro, "Take part", "join"), more]
    match retro.state:
        case RetroState.CHECK_IN:
            return [act(retro, "Check in", "word", Style.primary), act(retro, "Take part", "join"), about, more]
        case RetroState.GATHER:
            first = act(retro, "Write a card", "card", Style.primary)
            return [first, act(retro, "My cards", "mine", arg=0), about, more]
        case RetroState.GROUP:
            merge = act(retro, "Put together", "group", Style.primary, arg=0)
            return [merge, cards, act(retro, "Write a card", "card"), more]
        case RetroState.VOTE:
            return [act(retro, "Vote", "vote", Style.primary, arg=0), cards, about, more]
        case RetroState.DISCUSS:
            note = act(retro, "Add a note", "note", Style.primary, arg=retro.current) if retro.current else None
            return [note, act(retro, "Add an action", "action"), more]
        case RetroState.ACTIONS:
            first = act(retro, "Add an action", "action", Style.primary)
            return [first, act(retro, "Actions", "actions", arg=0), more]
        case RetroState.CLOSED:
            lessons = act(retro, "Lessons", "lessons") if retro.took_part else None
            return [lessons, act(retro, "Actions", "actions", arg=0) if retro.actions else None, about]
    return [about]


def _first(retro: Retro) -> Button:
    if retro.paused_at is not None:
        return act(retro, "Go on", "resume", Style.success)
    if retro.state is RetroState.DISCUSS and retro.current is not None:
        return act(retro, "Topic is discussed", "end", Style.success, arg=f"{retro.current}.discussed")
    return ahead(retro)


def _more(retro: Retro) -> list[Button]:
    """Each only where the board does not have it."""
    found: list[Button] = []
    if retro.runs and retro.paused_at is None:
        match retro.state:
            case RetroState.GROUP:
                found.append(act(retro, "Suggestions", "suggest"))
            case RetroState.DISCUSS:
                if retro.current and retro.deadline_at:
                    found.append(act(retro, "I want more time", "more"))
                found.append(act(retro, "Topics", "topics", arg=0))
                found.append(act(retro, "Actions", "actions", arg=0))
            case RetroState.ACTIONS:
                found.append(act(retro, "Topics", "topics", arg=0))
        if retro.state is not RetroState.CHECK_IN:
            found.append(act(retro, "Take part", "join"))
    if retro.cards and (retro.state not in {RetroState.GROUP, RetroState.VOTE} or retro.paused_at is not None):
        found.append(act(retro, "Show cards", "cards", arg=0))
    return [*found, act(retro, "Who sees what?", "about")]


def _led(options: Options) -> list[Button]:
    retro = options.view.retro
    found: list[Button] = []
    if retro.runs and retro.paused_at is None:
        if retro.state is RetroState.DISCUSS and retro.current is not None:
            found += [ahead(retro), act(retro, "Leave it out", "end", arg=f"{retro.current}.skipped")]
            found.append(act(retro, "Park for the next retro", "end", arg=f"{retro.current}.parked"))
        step = SLOW_STEP if retro.slow else LIVE_STEP
        seen = int(retro.deadline_at.timestamp()) if retro.deadline_at else 0
        found.append(act(retro, "+ 1 day" if retro.slow else f"+ {step} min", "time", arg=f"{step}.{seen}"))
        found.append(act(retro, "Pause", "pause"))
        if retro.state in {RetroState.CHECK_IN, RetroState.GATHER, RetroState.VOTE}:
            found.append(act(retro, "How far are we?", "figures"))
        if options.back:
            found.append(back(retro))
    if retro.state is RetroState.SCHEDULED and retro.cadence:
        found.append(act(retro, "End the series", "series"))
    return [*found, act(retro, "Hand over", "hand"), act(retro, "Cancel", "cancel", Style.danger)]
