"""What people write, vote and merge in a retro, and how it is revealed without its authors (LRN-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.governance.errors import BadText, BadValue, LimitReached, NotFound, WrongPhase
from bot.governance.ids import PersonId
from bot.governance.organisation import Member
from bot.governance.retros import (
    LIVE_EXTENSION,
    MOST_EXTENSIONS,
    MOST_TITLE,
    Card,
    Carried,
    Progress,
    Retro,
    RetroState,
    Topic,
    Word,
    check_phase,
    next_topic,
)
from bot.governance.retros_leading import check_facilitator, longer

MOST_WORD = 40
MOST_CARD = 300
MOST_NOTE = 1000
MOST_NOTES = 50
"""Notes of one topic."""
MOST_CAPTURED = 1000
"""Cards in one group's capture box."""
MOST_CARRIED = 25
CAPTURED = "Captured between retros"
CARRIED_OVER = "Carried over"
"""Columns of cards that nobody wrote in this retro."""


@dataclass(frozen=True, slots=True)
class Written:
    """A card before the reveal, as its author keeps it. ``slot`` is random and tells their cards apart."""

    slot: str
    column: int
    text: str
    author: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of putting topics together: the topic as it stands, and those that were elsewhere by then."""

    topic: Topic
    moved: int
    elsewhere: tuple[Topic, ...] = ()


def check_word(retro: Retro, text: str) -> str:
    """A word or emoji for the check-in. Raises WrongPhase, BadText."""
    check_phase(retro, "check in", RetroState.CHECK_IN)
    return _fit("word", " ".join(text.split()), MOST_WORD)


def check_card(retro: Retro, column: int, text: str, others: int) -> str:
    """A card for a column, beside so many others of its author. Raises WrongPhase, BadValue, BadText, LimitReached."""
    check_phase(retro, "write a card", RetroState.GATHER, RetroState.GROUP)
    if not 0 <= column < len(retro.plan.columns):
        raise BadValue("column", str(column + 1), "column")
    if others >= retro.terms.cards:
        raise LimitReached("retro cards", retro.terms.cards)
    return _fit("card", text.strip(), MOST_CARD)


def check_captured(text: str, own: int, all_: int, most: int) -> str:
    """A card for the capture box. Raises BadText, LimitReached."""
    if own >= most:
        raise LimitReached("captured cards", most)
    if all_ >= MOST_CAPTURED:
        raise LimitReached("capture box", MOST_CAPTURED)
    return _fit("card", text.strip(), MOST_CARD)


def check_dots(retro: Retro, given: Mapping[int, int], topic: int, dots: int) -> None:
    """Whether somebody who gave these dots so far may give this topic so many. Raises as the limits say."""
    check_phase(retro, "vote", RetroState.VOTE)
    if all(each.id != topic for each in retro.topics):
        raise NotFound("topic")
    if not 0 <= dots <= retro.terms.dots_per_topic:
        raise LimitReached("dots per topic", retro.terms.dots_per_topic)
    if sum(count for each, count in given.items() if each != topic) + dots > retro.terms.dots:
        raise LimitReached("dots", retro.terms.dots)


def reveal_words(retro: Retro, words: Iterable[Word]) -> Retro:
    """Show the words of the check-in together, in the order of the alphabet; those shown before stay."""
    spoken = (*retro.words, *words)
    return replace(
        retro, words=tuple(sorted(spoken, key=lambda each: (each.text.casefold(), each.text, str(each.author))))
    )


def reveal_cards(retro: Retro, written: Iterable[Written]) -> Retro:
    """Show all cards, in the order of columns and of the alphabet: numbers tell nothing of who wrote when.

    What was captured between retros and what the last one left over joins them; each card is a topic of its own, and
    the cards of a topic that was carried over stay together. After a step back those shown before stay as they were.
    """
    if retro.cards:
        return _shown_as_well(retro, written)
    columns = retro.plan.columns
    new = sorted((each.column, each.text.casefold(), each.text, str(each.author), each.author) for each in written)
    cards = [Card(n, columns[column], text, author) for n, (column, _, text, _, author) in enumerate(new, 1)]
    cards += [Card(n, CAPTURED, text) for n, text in enumerate(sorted(retro.captured), len(cards) + 1)]
    topics = [Topic(card.id, (card.id,)) for card in cards]
    for carried in retro.carried:
        own = [Card(n, CARRIED_OVER, text) for n, text in enumerate(carried.texts, len(cards) + 1)]
        cards += own
        topics.append(Topic(own[0].id, tuple(card.id for card in own), carried.title))
    return replace(retro, cards=tuple(cards), topics=tuple(topics))


def add_card(retro: Retro, column: int, text: str, author: PersonId | None) -> Retro:
    """A card that comes while they are put together is shown at once (LRN-1); the same in its column is kept once."""
    name = retro.plan.columns[column]
    if any((card.column, card.text) == (name, text) for card in retro.cards):
        return retro
    card = Card(max((each.id for each in retro.cards), default=0) + 1, name, text, author)
    return replace(retro, cards=(*retro.cards, card), topics=(*retro.topics, Topic(card.id, (card.id,))))


def _shown_as_well(retro: Retro, written: Iterable[Written]) -> Retro:
    for each in sorted(written, key=lambda one: (one.column, one.text.casefold(), one.text, str(one.author))):
        retro = add_card(retro, each.column, each.text, each.author)
    return retro


def count_dots(retro: Retro, given: Iterable[tuple[int, int]]) -> Retro:
    """Close the vote: so many dots for each topic, by nobody."""
    total: dict[int, int] = {}
    for topic, dots in given:
        total[topic] = total.get(topic, 0) + dots
    return replace(retro, topics=tuple(replace(topic, dots=total.get(topic.id, 0)) for topic in retro.topics))


# ---- grouping --------------------------------------------------------------------------------------


def merge(retro: Retro, moved: Sequence[int], into: int) -> tuple[Retro, Merged]:
    """Put topics together. Doing it twice changes nothing, and what others moved meanwhile is left where it stands.

    Raises WrongPhase, NotFound.
    """
    check_phase(retro, "group", RetroState.GROUP)
    target = _standing(retro, into)
    joined: list[Topic] = []
    elsewhere: list[Topic] = []
    for each in dict.fromkeys(moved):
        topic = _standing(retro, each)
        if topic.id == target.id:
            continue
        (joined if topic.id == each else elsewhere).append(topic)
    cards = tuple(sorted({card for topic in (target, *joined) for card in topic.cards}))
    titles = [topic.title for topic in (target, *joined) if topic.title]
    changed = replace(target, cards=cards, title=titles[0] if titles else "")
    gone = {topic.id for topic in joined}
    topics = tuple(changed if t.id == target.id else t for t in retro.topics if t.id not in gone)
    return replace(retro, topics=topics), Merged(changed, len(joined), tuple(elsewhere))


def split_off(retro: Retro, card: int) -> Retro:
    """Take one card out of its topic, to stand alone; one that stands alone stays. Raises WrongPhase, NotFound."""
    check_phase(retro, "group", RetroState.GROUP)
    topic = _standing(retro, card)
    rest = tuple(each for each in topic.cards if each != card)
    if not rest:
        return retro
    # The topic keeps its number unless that is the card's own: a topic is named after one of its cards.
    left = replace(topic, id=topic.id if topic.id != card else rest[0], cards=rest)
    place = retro.topics.index(topic)
    topics = (*retro.topics[:place], left, *retro.topics[place + 1 :], Topic(card, (card,)))
    return replace(retro, topics=tuple(sorted(topics, key=lambda each: each.id)))


def rename(retro: Retro, id: int, title: str) -> Retro:
    """Give a topic a title. Raises WrongPhase, NotFound, BadText."""
    check_phase(retro, "group", RetroState.GROUP)
    title = _fit("topic title", " ".join(title.split()), MOST_TITLE)
    return _with(retro, replace(_standing(retro, id), title=title))


# ---- discussion ------------------------------------------------------------------------------------


def note(retro: Retro, id: int, text: str) -> Retro:
    """Add to the notes of a topic; the last one twice is noted once.

    Raises WrongPhase, NotFound, BadText, LimitReached.
    """
    check_phase(retro, "take notes", RetroState.DISCUSS, RetroState.ACTIONS)
    topic = _standing(retro, id)
    words = _fit("note", text.strip(), MOST_NOTE)
    if topic.notes[-1:] == (words,):
        return retro
    if len(topic.notes) >= MOST_NOTES:
        raise LimitReached("retro notes", MOST_NOTES)
    return _with(retro, replace(topic, notes=(*topic.notes, words)))


def go_on(retro: Retro, id: int, progress: Progress, member: Member, now: datetime) -> Retro:
    """The facilitator ends the present topic: discussed, skipped, or parked for the next retro.

    A second press names a topic that is over: it changes nothing. Raises NotEligible, WrongPhase.
    """
    check_facilitator(retro, member)
    check_phase(retro, "go to the next topic", RetroState.DISCUSS)
    if retro.current != id:
        return retro
    ended = _with(retro, replace(_standing(retro, id), progress=progress))
    deadline = ended.deadline_at
    if not ended.slow:
        deadline = None if ended.timer is None else now + ended.timer
    return replace(ended, current=next_topic(ended), acted_at=now, deadline_at=deadline, rung=False)


def check_more_time(retro: Retro) -> None:
    """Whether the participants may take more time. Raises WrongPhase, LimitReached."""
    check_phase(retro, "take more time", RetroState.DISCUSS)
    if retro.deadline_at is None or retro.current is None:
        raise WrongPhase("no timer", "take more time")
    if _standing(retro, retro.current).extensions >= MOST_EXTENSIONS:
        raise LimitReached("more time", MOST_EXTENSIONS)


def majority(people: int) -> int:
    """How many of those who take part are more than half."""
    return people // 2 + 1


def extend(retro: Retro, now: datetime) -> Retro:
    """More than half want more time: five minutes, or half of a slow phase."""
    check_more_time(retro)
    assert retro.current is not None
    topic = _standing(retro, retro.current)
    length: timedelta = LIVE_EXTENSION if retro.plan.pace is None else retro.plan.pace / 2
    extended = replace(longer(retro, length, now), timer=retro.timer)
    return _with(extended, replace(topic, extensions=topic.extensions + 1))


def left_over(retro: Retro) -> tuple[Carried, ...]:
    """What the next retro takes up: topics that were parked, and those that got dots and were not reached."""
    waiting = [
        topic
        for topic in retro.topics
        if topic.progress is Progress.PARKED or (topic.progress is Progress.WAITING and topic.dots)
    ]
    texts = {card.id: card.text for card in retro.cards}
    waiting.sort(key=lambda topic: (topic.progress is not Progress.PARKED, -topic.dots, topic.id))
    return tuple(Carried(topic.title, tuple(texts[card] for card in topic.cards)) for topic in waiting[:MOST_CARRIED])


def _standing(retro: Retro, card: int) -> Topic:
    topic = retro.topic_of(card)
    if topic is None:
        raise NotFound("topic")
    return topic


def _with(retro: Retro, changed: Topic) -> Retro:
    return replace(retro, topics=tuple(changed if each.id == changed.id else each for each in retro.topics))


def _fit(field: str, text: str, most: int) -> str:
    if not 1 <= len(text) <= most:
        raise BadText(field, len(text), 1, most)
    return text
