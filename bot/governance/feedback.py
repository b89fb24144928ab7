"""Feedback: anyone with a seat may speak up, anonymously too, and gets a public answer (LRN-4).

``open`` → ``in progress`` → ``answered`` → ``closed``. Somebody acknowledges it, somebody takes it on, the answer is
public. Its words may be hidden with a public reason; who wrote anonymous feedback is never known, not even then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from bot.governance import authority
from bot.governance.authority import Act, Relation
from bot.governance.errors import AlreadyDone, BadText, LimitReached, NotEligible, WrongState
from bot.governance.events import Event, Fact
from bot.governance.feedback_events import (
    FeedbackAcknowledged,
    FeedbackAnswered,
    FeedbackAssigned,
    FeedbackClosed,
    FeedbackGiven,
    FeedbackHidden,
    FeedbackReopened,
    FeedbackShown,
)
from bot.governance.histories import Happening
from bot.governance.ids import GroupId, PartnershipId, PersonId
from bot.governance.organisation import Holding, Member

TEXT, ANSWER, REASON = (10, 1500), (2, 1200), (2, 300)
"""Least and most characters of the words, the answer, and the reason for hiding."""

Outcome = tuple["Feedback", tuple[Event, ...]]
Holdings = Collection[Holding]


class FeedbackState(StrEnum):
    """How far it is."""

    OPEN = "open"
    PROGRESS = "in progress"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Feedback:
    """One piece of feedback. ``author`` is None for anonymous feedback; nothing else here tells who that was.

    ``due_at``: when the day on which it was given is over, so that the key under which people are counted is destroyed.
    """

    id: int
    partnership: PartnershipId
    number: int
    group: GroupId | None
    text: str
    author: PersonId | None
    given_at: datetime
    state: FeedbackState = FeedbackState.OPEN
    acknowledged_by: PersonId | None = None
    owner: PersonId | None = None
    answer: str = ""
    answered_by: PersonId | None = None
    answered_at: datetime | None = None
    closed_by: PersonId | None = None
    hidden_by: PersonId | None = None
    hidden_because: str = ""
    due_at: datetime | None = None
    version: int = 0


def thing(id: int) -> str:
    """The name of feedback in the record."""
    return f"feedback/{id}"


def counting(partnership: PartnershipId, day: date) -> str:
    """Under this name people are counted for one day, each by a pseudonym whose key is destroyed when it is over."""
    return f"feedback/day/{partnership}/{day.isoformat()}"


def day_over(now: datetime) -> datetime:
    """When the day of this instant ends (UTC)."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)


def day_of(feedback: Feedback) -> date | None:
    """The day whose count it belongs to, while that is kept."""
    return None if feedback.due_at is None else (feedback.due_at - timedelta(days=1)).date()


def check_limit(given: int, most: int) -> None:
    """Raises LimitReached when this person has given as many today as the policy allows, anonymous ones included."""
    if given >= most:
        raise LimitReached("feedback.per_day", most)


def give(feedback: Feedback) -> Outcome:
    """New feedback. The event holds neither its words nor, where it is anonymous, its author. Raises BadText."""
    _check("feedback", feedback.text, TEXT)
    kept = replace(feedback, text=feedback.text.strip(), due_at=day_over(feedback.given_at))
    told = FeedbackGiven(kept.number, kept.group, kept.author is None)
    return kept, (Event(told, thing(kept.id), kept.author),)


def acknowledge(feedback: Feedback, member: Member) -> Outcome:
    """Say that it was seen. Raises NotEligible, WrongState, AlreadyDone."""
    authority.check(member, Act.TAKE_FEEDBACK, feedback.group)
    _check_open(feedback, "acknowledge feedback")
    if feedback.acknowledged_by is not None:
        raise AlreadyDone("acknowledge feedback")
    return _told(replace(feedback, acknowledged_by=member.person), FeedbackAcknowledged(feedback.number), member.person)


def assign(feedback: Feedback, member: Member, to: Member, holdings: Holdings) -> Outcome:
    """Take it on, or give it to somebody who may. Raises NotEligible, WrongState, AlreadyDone."""
    if to.person == member.person:
        authority.check(to, Act.TAKE_FEEDBACK, feedback.group)
    else:
        authority.check(member, Act.ASSIGN_FEEDBACK, feedback.group, holdings, _relations(feedback, member))
        if not authority.may(to, Act.TAKE_FEEDBACK, feedback.group):
            raise NotEligible("be given feedback")
    _check_open(feedback, "assign feedback")
    if feedback.owner == to.person:
        raise AlreadyDone("assign feedback")
    state = FeedbackState.PROGRESS if feedback.state is FeedbackState.OPEN else feedback.state
    seen = feedback.acknowledged_by or member.person
    changed = replace(feedback, owner=to.person, state=state, acknowledged_by=seen)
    return _told(changed, FeedbackAssigned(feedback.number, to.person), member.person)


def answer(feedback: Feedback, member: Member, holdings: Holdings, text: str, now: datetime) -> Outcome:
    """The public answer, by its owner or whoever looks after feedback; it may be written anew until it is closed.

    Raises NotEligible, WrongState, BadText.
    """
    check_answer(feedback, member, holdings)
    _check("answer", text, ANSWER)
    changed = replace(
        feedback,
        state=FeedbackState.ANSWERED,
        acknowledged_by=feedback.acknowledged_by or member.person,
        owner=feedback.owner or member.person,
        answer=text.strip(),
        answered_by=member.person,
        answered_at=now,
    )
    return _told(changed, FeedbackAnswered(feedback.number, changed.answer), member.person)


def check_answer(feedback: Feedback, member: Member, holdings: Holdings) -> None:
    """Raises NotEligible, RoleSuspended, WrongState."""
    authority.check(member, Act.ANSWER_FEEDBACK, feedback.group, holdings, _relations(feedback, member))
    _check_open(feedback, "answer feedback")


def close(feedback: Feedback, member: Member, holdings: Holdings) -> Outcome:
    """Close it once it is answered; hidden words may be closed without. Raises NotEligible, WrongState."""
    authority.check(member, Act.ANSWER_FEEDBACK, feedback.group, holdings, _relations(feedback, member))
    if feedback.state is not FeedbackState.ANSWERED and not (feedback.hidden_by and _is_open(feedback)):
        raise WrongState(feedback.state, "close feedback")
    changed = replace(feedback, state=FeedbackState.CLOSED, closed_by=member.person)
    return _told(changed, FeedbackClosed(feedback.number, by_author=False), member.person)


def say(feedback: Feedback, member: Member, resolved: bool) -> Outcome:
    """The author of named feedback says whether the answer resolves it: closed, or open again.

    Raises NotYours, also for anonymous feedback, whose author nobody knows; WrongState.
    """
    authority.check(member, Act.RESOLVE_FEEDBACK, feedback.group, relations=_relations(feedback, member))
    if feedback.state is not FeedbackState.ANSWERED and (resolved or feedback.state is not FeedbackState.CLOSED):
        raise WrongState(feedback.state, "say whether feedback is resolved")
    if resolved:
        changed = replace(feedback, state=FeedbackState.CLOSED, closed_by=member.person)
        return _told(changed, FeedbackClosed(feedback.number, by_author=True), member.person)
    changed = replace(feedback, state=FeedbackState.PROGRESS, closed_by=None)
    return _told(changed, FeedbackReopened(feedback.number), member.person)


def hide(feedback: Feedback, member: Member, holdings: Holdings, reason: str) -> Outcome:
    """Hide its words with a public reason; who wrote them is not looked for. Raises as ``check_hide``, BadText."""
    check_hide(feedback, member, holdings)
    _check("hiding", reason, REASON)
    changed = replace(feedback, hidden_by=member.person, hidden_because=reason.strip())
    return _told(changed, FeedbackHidden(feedback.number, changed.hidden_because), member.person)


def check_hide(feedback: Feedback, member: Member, holdings: Holdings) -> None:
    """Raises NotEligible, RoleSuspended, AlreadyDone."""
    authority.check(member, Act.HIDE_FEEDBACK, feedback.group, holdings)
    if feedback.hidden_by is not None:
        raise AlreadyDone("hide feedback")


def show(feedback: Feedback, member: Member, holdings: Holdings) -> Outcome:
    """Show hidden words again. Raises NotEligible, AlreadyDone."""
    authority.check(member, Act.HIDE_FEEDBACK, feedback.group, holdings)
    if feedback.hidden_by is None:
        raise AlreadyDone("show feedback")
    return _told(replace(feedback, hidden_by=None, hidden_because=""), FeedbackShown(feedback.number), member.person)


def _relations(feedback: Feedback, member: Member) -> set[Relation]:
    """What they are to it; of anonymous feedback nobody is known to be the author."""
    stands = {Relation.AUTHOR: feedback.author, Relation.OWNER: feedback.owner}
    return {relation for relation, person in stands.items() if person == member.person}


def _told(feedback: Feedback, fact: Fact, by: PersonId) -> Outcome:
    return feedback, (Event(fact, thing(feedback.id), by),)


def _is_open(feedback: Feedback) -> bool:
    return feedback.state is not FeedbackState.CLOSED


def _check_open(feedback: Feedback, act: str) -> None:
    if not _is_open(feedback):
        raise WrongState(feedback.state, act)


def _check(field: str, text: str, bounds: tuple[int, int]) -> None:
    length = len(text.strip())
    if not bounds[0] <= length <= bounds[1]:
        raise BadText(field, length, *bounds)


# ---- the record ----------------------------------------------------------------------------------


def without(feedback: Feedback, event: Event, erased: str) -> Feedback:
    """Feedback without the words that came with this event: ``erased`` stands in their place (LRN-4, REC-1)."""
    match event.fact:
        case FeedbackGiven():
            return replace(feedback, text=erased)
        case FeedbackAnswered(answer=answer) if feedback.answer == answer:
            return replace(feedback, answer=erased)
        case FeedbackHidden(reason=reason) if feedback.hidden_because == reason:
            return replace(feedback, hidden_because=erased)
    return feedback


def differences(feedback: Feedback, history: Sequence[Happening]) -> Iterator[str]:
    """What of feedback is not as its events tell; its words and who gave it never enter them (LRN-4)."""
    answers = [each.event for each in history if each.event.type is FeedbackAnswered]
    last = answers[-1].fact if answers else None
    if isinstance(last, FeedbackAnswered) and last.answer != feedback.answer:
        yield "answer"
    if not answers and feedback.answer:
        yield "answer"
