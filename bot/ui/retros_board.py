"""The board of a retro: where it stands, what everybody sees, and what each person can do (LRN-1).

One card for all phases. Long lists stand behind buttons, in private pages, so that the channel stays calm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from bot.governance import retros as rules
from bot.governance.cadences import Cadence
from bot.governance.retros import PHASES, Action, Card, Progress, Retro, RetroState, Topic
from bot.governance.retros_lessons import OTHERS
from bot.governance.retros_writing import CAPTURED
from bot.services.retros_views import RetroView
from bot.ui import limits, retros_controls
from bot.ui.labels import count, listed, span, stamp
from bot.ui.panels import LINE, Button, Part, View, link, panel
from bot.ui.text import in_quotes, inline, quote

COLOURS = {RetroState.CLOSED: 0x57F287, RetroState.CANCELLED: 0x99AAB5, RetroState.SCHEDULED: 0xFEE75C}
COLOUR = 0x9B59B6

RETRO_STATES: Mapping[str, str] = MappingProxyType(
    {
        "draft": "not confirmed",
        "scheduled": "scheduled",
        "check-in": "check-in",
        "gather": "writing cards",
        "group": "putting cards together",
        "vote": "voting",
        "discuss": "discussing",
        "actions": "agreeing on actions",
        "closed": "closed",
        "cancelled": "cancelled",
        "paused": "paused",
        "no timer": "discussing, without a timer",
    }
)
"""Where a retro stands (LRN-1)."""

_WHAT = {
    RetroState.CHECK_IN: "**Check-in.** Say in a word or an emoji how you are. All words are shown together when "
    "this phase ends. Pressing *Take part* is enough if you would rather say nothing.",
    RetroState.GATHER: "**Write cards.** One thought on each. Nobody sees them before the reveal; until then you "
    "can change and remove your own under *My cards*.",
    RetroState.GROUP: "**Put together what belongs together.** *Show cards* shows them all to you alone. *Put "
    "together* merges topics; nothing is merged by itself. A card that comes now is shown at once.",
    RetroState.VOTE: "**Vote.** Give your dots to the topics that you most want to talk about. They stay hidden "
    "until the vote is closed, and you can change them until then.",
    RetroState.DISCUSS: "**Discuss.** One topic at a time, those with most dots first. Notes are shared and carry "
    "no name.",
    RetroState.ACTIONS: "**Agree on actions.** What will be done, by whom, by when? What stays open comes back in "
    "the next retro of this group.",
}
_WHOLE_NAME = 80
"""Characters of a name that a line shows whole."""
_SHOWN_CARDS, _SHOWN_TOPICS, _SHOWN_ACTIONS, _SHOWN_WORDS = 8, 15, 10, 60


def card(view: RetroView, marker: int | None) -> View:
    """The board as it stands now."""
    retro = view.retro
    parts: list[Part] = [heading(view), _time(view), LINE, _WHAT.get(retro.state, "")]
    parts += [*_contents(view), LINE, *retros_controls.of_board(view)]
    return panel(marker, COLOURS.get(retro.state, COLOUR), *parts)


def name(retro: Retro) -> str:
    """A retro in a line of ours: ``R-4 · “its title”``."""
    return f"R-{retro.number}" + (f" · {in_quotes(retro.plan.title, 90)}" if retro.plan.title else "")


def recurs(cadence: Cadence) -> str:
    """How often, in words."""
    unit = cadence.unit.value if cadence.every == 1 else f"{cadence.every} {cadence.unit.value}s"
    return f"Every {unit} at {cadence.at} ({inline(cadence.zone, 60)})."


def heading(view: RetroView) -> str:
    """What it is, where it stands, who leads it."""
    retro = view.retro
    state = "paused" if retro.paused_at else RETRO_STATES[retro.state]
    phase = f" (step {PHASES.index(retro.state) + 1} of {len(PHASES)})" if retro.state in PHASES else ""
    kind = "named: authors are shown until it closes" if retro.plan.named else "anonymous"
    pace = f"{span(retro.plan.pace)} for each phase" if retro.plan.pace else "live"
    people = f" · {taking(view.people)}" if retro.runs else ""
    title = f"Called {in_quotes(retro.plan.title, 90)}. " if retro.plan.title else ""
    return (
        f"## 🔁 R-{retro.number} · {state}{phase}\n"
        f"-# Retro of {in_quotes(view.group.name, 60)} · {inline(retro.plan.template, 40)} · {kind} · {pace}\n"
        f"{title}Led by {view.mention(retro.facilitator)}{people}"
    )


def taking(people: int) -> str:
    """How many take part."""
    return f"{count(people, 'person takes', 'people take')} part" if people else "nobody takes part yet"


def _time(view: RetroView) -> str:
    retro = view.retro
    if retro.state is RetroState.SCHEDULED and retro.starts_at:
        often = f" {recurs(retro.cadence)}" if retro.cadence else ""
        return f"Begins {stamp(retro.starts_at)}.{often} What comes to mind until then: *Capture a thought*."
    if not retro.runs:
        return ""
    if retro.paused_at is not None:
        return "⏸️ **Paused.** The time stands still, and nothing can be written until the facilitator goes on."
    if retro.deadline_at is None:
        return ""
    if retro.deadline_at <= view.now:
        return "⏰ **The time is up.** The facilitator goes on, or gives more time."
    return f"Until {stamp(retro.deadline_at)}" + (", then it moves on by itself." if retro.slow else ".")


def _contents(view: RetroView) -> list[Part]:
    match view.retro.state:
        case RetroState.CHECK_IN:
            return [_brought(view), actions_of(view)]
        case RetroState.GATHER:
            columns = ", ".join(f"{in_quotes(column, 42)}" for column in view.retro.plan.columns)
            most = count(view.retro.terms.cards, "card")
            return [f"Columns: {columns}. At most {most} each.", _words(view)]
        case RetroState.GROUP:
            return [_standing(view.retro), *_topics(view.retro.topics, view.retro, 2200)]
        case RetroState.VOTE:
            terms = view.retro.terms
            most = f"{count(terms.dots, 'dot')}, at most {terms.dots_per_topic} to one topic"
            return [f"{_standing(view.retro)} Everybody has {most}.", *_topics(view.retro.topics, view.retro, 2000)]
        case RetroState.DISCUSS:
            return _discussed(view)
        case RetroState.ACTIONS:
            return [actions_of(view)]
        case RetroState.CLOSED:
            return [_closed(view), actions_of(view)]
        case RetroState.CANCELLED:
            kept = "What was written in it was destroyed. What was captured before waits for the next retro."
            reason = f"The facilitator's reason:\n{quote(view.retro.reason, 300)}" if view.retro.reason else ""
            return [kept, reason]
    return []


def _brought(view: RetroView) -> str:
    retro, lines = view.retro, []
    if retro.captured:
        lines.append(f"{count(len(retro.captured), 'card')} captured since the last retro: shown with the others.")
    if retro.carried:
        lines.append(f"Carried over from the last retro: {count(len(retro.carried), 'topic')}.")
        lines += [f"- {in_quotes(each.title or each.texts[0], 120)}" for each in retro.carried[:5]]
    return "\n".join(lines)


def _words(view: RetroView) -> str:
    spoken = view.retro.words
    if not spoken:
        return ""
    shown = [
        f"{in_quotes(word.text, 60)}" + (f" ({view.mention(word.author)})" if word.author else "")
        for word in spoken[:_SHOWN_WORDS]
    ]
    more = f" … and {len(spoken) - _SHOWN_WORDS} more" if len(spoken) > _SHOWN_WORDS else ""
    return f"**How we are:** {' · '.join(shown)}{more}"


def _standing(retro: Retro) -> str:
    cards, topics = count(len(retro.cards), "card"), count(len(retro.topics), "topic")
    return f"{cards} in {topics}."


def _topics(topics: Sequence[Topic], retro: Retro, most: int) -> list[Part]:
    """The topics that were put together first, then single cards, as many as there is room for."""
    texts = {each.id: each for each in retro.cards}
    ordered = sorted(topics, key=lambda topic: (len(topic.cards) == 1 and not topic.title, topic.id))
    lines = [f"- {topic_line(topic, texts)}" for topic in ordered[:_SHOWN_TOPICS]]
    if len(ordered) > _SHOWN_TOPICS:
        lines.append(f"-# … and {len(ordered) - _SHOWN_TOPICS} more: *Show cards*")
    return [limits.fit_lines(lines, most, "-# … and {} more: *Show cards*")] if lines else []


def topic_line(topic: Topic, cards: dict[int, Card], most: int = 110) -> str:
    """A topic in one line: its title or first card, how many cards, its dots once they are counted."""
    title = in_quotes(topic_title(topic, cards), most)
    more = f" ({count(len(topic.cards), 'card')})" if len(topic.cards) > 1 else ""
    dots = f" · {count(topic.dots, 'dot')}" if topic.dots else ""
    return f"**{title}**{more}{dots}"


def card_texts(topic: Topic, cards: dict[int, Card], most: int, units: int) -> str:
    """What the cards of a topic say, quoted; nothing where its name says already all that its only card says."""
    only = cards[topic.cards[0]].text.strip() if len(topic.cards) == 1 else ""
    if only and len(only) <= _WHOLE_NAME and "\n" not in only and only == topic_title(topic, cards).strip():
        return ""
    whose = "Its card says:" if len(topic.cards) == 1 else "Its cards say:"
    return "\n".join([whose, *(quote(cards[each].text, units) for each in topic.cards[:most])])


def topic_title(topic: Topic, cards: dict[int, Card]) -> str:
    """What a topic is called: its title, or else what the card says that it is numbered after."""
    return topic.title or cards[topic.id].text


_PROGRESS = {
    Progress.DISCUSSED: "discussed",
    Progress.SKIPPED: "left out",
    Progress.PARKED: "parked for the next retro",
    Progress.WAITING: "not reached",
}


def progress(reached: Progress) -> str:
    """What became of a topic, in words."""
    return _PROGRESS[reached]


def _discussed(view: RetroView) -> list[Part]:
    retro = view.retro
    texts = {each.id: each for each in retro.cards}
    agenda = rules.agenda(retro)
    waiting = [topic for topic in agenda if topic.progress is Progress.WAITING and topic.id != retro.current]
    parts: list[Part] = []
    current = next((topic for topic in retro.topics if topic.id == retro.current), None)
    if current is None:
        parts.append("All topics were taken. The facilitator goes on to the actions.")
    else:
        place = [topic.id for topic in agenda].index(current.id) + 1
        head = f"### Topic {place} of {len(agenda)}\nOn the table: {topic_line(current, texts)}"
        cards = card_texts(current, texts, _SHOWN_CARDS, 230)
        more = len(current.cards) - _SHOWN_CARDS
        parts += [f"{head}\n{cards}".strip(), f"-# … and {count(more, 'more card')}: *Show cards*" if more > 0 else ""]
        notes = "\n".join(quote(each, 220) for each in current.notes[-4:])
        parts.append(f"**Notes** ({len(current.notes)}):\n{notes}" if notes else "")
    if waiting:
        after = [f"- {topic_line(topic, texts, 80)}" for topic in waiting[:4]]
        parts.append("\n".join([f"**Next** ({len(waiting)} waiting)", *after]))
    return parts


def actions_of(view: RetroView) -> str:
    """The actions of this retro, and those that earlier ones of the group left open."""
    retro = view.retro
    lines = []
    if retro.actions:
        lines += ["**Actions**", *(f"- {action_line(view, each)}" for each in retro.actions[:_SHOWN_ACTIONS])]
        if len(retro.actions) > _SHOWN_ACTIONS:
            lines.append(f"-# … and {len(retro.actions) - _SHOWN_ACTIONS} more: *Actions*")
    elif retro.state in {RetroState.ACTIONS, RetroState.CLOSED}:
        lines.append("No action was noted." if retro.state is RetroState.CLOSED else "No action is noted yet.")
    if view.earlier:
        lines.append("**Still open from earlier retros**")
        lines += [f"- R-{each.number}: {action_line(view, each.action)}" for each in view.earlier[:_SHOWN_ACTIONS]]
        if len(view.earlier) > _SHOWN_ACTIONS:
            lines.append(f"-# … and {len(view.earlier) - _SHOWN_ACTIONS} more: *Actions*")
    return limits.fit_lines(lines, 2200)


def action_line(view: RetroView, action: Action, most: int = 140) -> str:
    """An action with its owner and date."""
    owner = view.mention(action.owner) if action.owner else "nobody has taken it yet"
    due = f", by {stamp(action.due_at)}" if action.due_at else ""
    return f"{'✅ done: ' if action.done_at else ''}{in_quotes(action.text, most)} – {owner}{due}"


def _closed(view: RetroView) -> str:
    retro = view.retro
    if not retro.took_part:
        return "Nobody took part, so there are no lessons. What was captured before waits for the next retro."
    return f"{taking_part(retro)}\nThe lessons stand below the board and under *Lessons*, without who wrote what."


def taking_part(retro: Retro) -> str:
    """How many took part, and of which class; small classes are counted together."""
    classes = [f"{n} {of_class(name)}" for name, n in retro.classes]
    people = count(retro.took_part, "person", "people")
    return f"{people} took part" + (f": {listed(classes)}." if len(classes) > 1 else ".")


def of_class(name: str) -> str:
    """A stakeholder class; those too small to be named apart are counted together."""
    return name if name == OTHERS else in_quotes(name, 62)


def to_board(view: RetroView) -> Button | None:
    """The way to the board."""
    return link("To the board", view.link)


# ---- pages of cards --------------------------------------------------------------------------------

_PAGE = 3300
"""Units of text of one page of cards."""


def page_of_cards(view: RetroView, page: int) -> tuple[str, int]:
    """One page of all cards, topic by topic, and how many pages there are."""
    retro = view.retro
    pages = _pages(retro.cards, retro.topics)
    if retro.plan.named and retro.is_open:
        names = tuple((each.id, view.mention(each.author)) for each in retro.cards if each.author)
        pages = _pages(retro.cards, retro.topics, names)
    return pages[min(page, len(pages) - 1)], len(pages)


@lru_cache(maxsize=16)
def _pages(
    cards: tuple[Card, ...], topics: tuple[Topic, ...], names: tuple[tuple[int, str], ...] = ()
) -> tuple[str, ...]:
    """All cards as pages, made once for everybody who looks at the same ones."""
    by_id, named = {each.id: each for each in cards}, dict(names)
    pages: list[str] = []
    lines: list[str] = []
    size = 0
    for line in _card_lines(by_id, topics, named):
        length = limits.units(line) + 1
        if lines and size + length > _PAGE:
            pages.append("\n".join(lines))
            lines, size = [], 0
        lines.append(line)
        size += length
    return (*pages, "\n".join(lines) or "There are no cards.")


def _card_lines(cards: dict[int, Card], topics: Iterable[Topic], names: dict[int, str]) -> Iterable[str]:
    grouped = [topic for topic in topics if len(topic.cards) > 1 or topic.title]
    for topic in grouped:
        yield f"**Topic** {topic_line(topic, cards, 90)}"
        yield from (_line(cards[each], names, with_column=True) for each in topic.cards)
    single: dict[str, list[int]] = {}
    for topic in topics:
        if len(topic.cards) == 1 and not topic.title:
            single.setdefault(cards[topic.cards[0]].column, []).append(topic.cards[0])
    for column, ones in single.items():
        yield f"**Column** {in_quotes(column, 60)}"
        yield from (_line(cards[each], names) for each in ones)


def _line(card: Card, names: dict[int, str], *, with_column: bool = False) -> str:
    column = f"{in_quotes(card.column, 42)}: " if with_column and card.column != CAPTURED else ""
    author = f" ({names[card.id]})" if card.id in names else ""
    return f"- `{card.id}` {column}{in_quotes(card.text, 700)}{author}"
