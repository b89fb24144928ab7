"""What a retro leaves behind: its lessons, without who wrote or voted what (LRN-1)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from bot.governance import names
from bot.governance.events import Event, EventType, Json
from bot.governance.histories import Happening
from bot.governance.ids import PersonId
from bot.governance.retros import Action, Card, Carried, Retro, RetroState, Topic, Word, retro_thing
from bot.governance.retros_events import RetroCancelled, RetroClosed
from bot.governance.retros_writing import left_over

FEWEST = 3
"""People of a class that is told apart; smaller ones are counted together."""
OTHERS = "others"


def by_class(classes: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """How many of each class, so that nobody stands out: fewer than three are counted as ``others``.

    Where those are still fewer than three, the smallest class joins them; whoever subtracts finds no single person.
    """
    found = tuple(classes)
    one = names.spellings(sorted(found))
    counts = Counter(one[each] for each in found)
    shown = sorted(((name, n) for name, n in counts.items() if n >= FEWEST), key=lambda each: (-each[1], each[0]))
    others = sum(n for n in counts.values() if n < FEWEST)
    while shown and 0 < others < FEWEST:
        others += shown.pop()[1]
    return (*shown, (OTHERS, others)) if others else tuple(shown)


def close(
    retro: Retro, classes: Iterable[str], now: datetime, why: str, by: PersonId | None = None
) -> tuple[Retro, tuple[Event, ...]]:
    """End it: authors of a named retro are forgotten, and the lessons go on record with their digest.

    ``classes`` holds the class of each person who took part. Where nobody did there is nothing to learn from, and what
    was captured and carried over waits for the next retro.
    """
    found = tuple(classes)
    ended = replace(
        retro,
        state=RetroState.CLOSED,
        closed_at=now,
        deadline_at=None,
        current=None,
        paused_at=None,
        gone_at=None,
        took_part=len(found),
        classes=by_class(found),
        words=tuple(
            sorted((Word(word.text) for word in retro.words), key=lambda word: (word.text.casefold(), word.text))
        ),
        cards=tuple(replace(card, author=None) for card in retro.cards),
    )
    document = lessons(ended) if found else None
    sealed = digest(document) if document is not None else None
    told = RetroClosed(retro.number, why, len(found), retro.group, document, sealed)
    return ended, (Event(told, retro_thing(retro.id), by),)


def lessons(retro: Retro) -> dict[str, Json]:
    """The lessons as data: topics with their cards and notes, actions, what is carried over, who took part by class."""
    cards = {card.id: card for card in retro.cards}
    topics = sorted(retro.topics, key=lambda topic: (-topic.dots, topic.id))
    return {
        "number": retro.number,
        "title": retro.plan.title,
        "template": retro.plan.template,
        "columns": list(retro.plan.columns),
        "named": retro.plan.named,
        "took_part": retro.took_part,
        "classes": [[name, count] for name, count in retro.classes],
        "words": [word.text for word in retro.words],
        "topics": [_topic(topic, cards) for topic in topics],
        "actions": [_action(action) for action in retro.actions],
        "carried": [{"title": each.title, "texts": list(each.texts)} for each in left_over(retro)],
    }


def digest(document: dict[str, Json]) -> str:
    """SHA-256 of the lessons, by which a copy can be held against the record."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def without(retro: Retro, event: Event, erased: str) -> Retro:
    """The retro without the words that this event brought on record (REC-1): ``erased`` stands in their place."""
    if isinstance(event.fact, RetroCancelled) and retro.reason == event.fact.reason:
        return replace(retro, reason=erased)
    if event.type is not RetroClosed:
        return retro
    topics = [
        replace(topic, title=erased if topic.title else "", notes=tuple(erased for _ in topic.notes))
        for topic in retro.topics
    ]
    return replace(
        retro,
        plan=replace(retro.plan, title=erased if retro.plan.title else ""),
        words=tuple(Word(erased) for _ in retro.words),
        cards=tuple(replace(card, text=erased) for card in retro.cards),
        topics=tuple(topics),
        captured=tuple(erased for _ in retro.captured),
        carried=tuple(Carried(erased if each.title else "", (erased,) * len(each.texts)) for each in retro.carried),
        actions=tuple(replace(action, text=erased) for action in retro.actions),
    )


def _topic(topic: Topic, cards: dict[int, Card]) -> Json:
    return {
        "title": topic.title,
        "dots": topic.dots,
        "progress": topic.progress.value,
        "cards": [[cards[each].column, cards[each].text] for each in topic.cards],
        "notes": list(topic.notes),
    }


def _action(action: Action) -> Json:
    return {
        "number": action.id,
        "text": action.text,
        "owner": action.owner,
        "due_at": action.due_at.isoformat() if action.due_at else None,
    }


_ENDED: Mapping[EventType, frozenset[RetroState]] = MappingProxyType(
    {
        RetroClosed: frozenset({RetroState.CLOSED}),
        RetroCancelled: frozenset({RetroState.CANCELLED}),
    }
)
_GOES_ON = frozenset({"actions", "carried"})
"""What becomes of these is written down after the lessons were published."""


def differences(retro: Retro, history: Sequence[Happening]) -> Iterator[str]:
    """What of a retro is not as its events tell: its state, and the lessons once it is closed (LRN-1)."""
    ended = [each.event for each in history if each.event.type in _ENDED]
    if ended and retro.state not in _ENDED[ended[-1].type]:
        yield "state"
    if not ended and retro.state in {RetroState.CLOSED, RetroState.CANCELLED} and history:
        yield "state"
    closed = next((event for event in ended if event.type is RetroClosed), None)
    told = closed.fact.lessons if closed is not None and isinstance(closed.fact, RetroClosed) else None
    if told is not None:
        kept = lessons(retro)
        if any(kept[name] != told.get(name, kept[name]) for name in kept.keys() - _GOES_ON):
            yield "lessons"
