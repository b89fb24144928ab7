"""Whether what is kept beside the chain agrees with what the chain tells (REC-1).

The chain is sealed, and dossiers, policies and partnerships are kept beside it for quick reading: whoever changes one
of those rows by hand is found here. An event whose words were erased on request tells nothing, and is not held against
anybody. Each function gives the parts that differ, as short nouns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from bot.governance.errors import Refusal
from bot.governance.events import Event, EventType
from bot.governance.feedback import Feedback
from bot.governance.histories import Happening
from bot.governance.meetings import Meeting, MeetingState
from bot.governance.organisation import Group, Partnership, RoleMapping
from bot.governance.policy import Policy
from bot.governance.policy_keys import KEYS
from bot.governance.policy_values import read, written
from bot.governance.retros import Retro
from bot.governance.retros import RetroState as RetroState
from bot.governance.retros_lessons import lessons
from bot.governance.surveys import Survey, SurveyState


@dataclass(frozen=True, slots=True)
class Difference:
    """A thing, as the record names it, that is not as the record tells; ``what`` of it."""

    thing: str
    what: str


_RETRO: Mapping[EventType, frozenset[RetroState]] = MappingProxyType(
    {
        EventType.RETRO_CLOSED: frozenset({RetroState.CLOSED}),
        EventType.RETRO_CANCELLED: frozenset({RetroState.CANCELLED}),
    }
)
_GOES_ON = frozenset({"actions", "carried"})
"""What becomes of these is written down after the lessons were published."""
_SURVEY: Mapping[EventType, SurveyState] = MappingProxyType(
    {
        EventType.SURVEY_OPENED: SurveyState.OPEN,
        EventType.SURVEY_CLOSED: SurveyState.CLOSED,
        EventType.SURVEY_CANCELLED: SurveyState.CANCELLED,
    }
)
_MEETING: Mapping[EventType, MeetingState] = MappingProxyType(
    {
        EventType.MEETING_SCHEDULED: MeetingState.SCHEDULED,
        EventType.MEETING_STARTED: MeetingState.RUNNING,
        EventType.MEETING_ENDED: MeetingState.ENDED,
        EventType.MEETING_MISSED: MeetingState.MISSED,
        EventType.MEETING_CANCELLED: MeetingState.CANCELLED,
    }
)


def of_policies(
    kept: Mapping[int, Mapping[str, str]], by: Mapping[int, int | None], history: Sequence[Happening]
) -> Iterator[Difference]:
    """Which policy versions are not as adopted and amended on record (POL-1).

    ``kept`` holds, by version, what stands for each key; ``by`` the proposal that brought it.
    """
    adopted = next((each.event for each in history if each.event.type is EventType.POLICY_ADOPTED), None)
    amended: dict[int, list[Event]] = {}
    known = True
    for each in history:
        if each.event.type is EventType.POLICY_AMENDED:
            version = each.event.data.get("version")
            known = known and isinstance(version, int)
            amended.setdefault(version if isinstance(version, int) else 0, []).append(each.event)
    if adopted is not None:
        told = adopted.data.get("version")
        first = told if isinstance(told, int) else 1
        if first not in kept:
            yield Difference(f"policy/{first}", "whole version")
        elif not _same(kept[first], _values(adopted)):
            yield Difference(f"policy/{first}", "values")
    versions = sorted(kept)
    for before, version in pairwise(versions):
        events = amended.get(version, [])
        if not events:
            if known:
                yield Difference(f"policy/{version}", "amendment")
            continue
        changes = {str(e.data.get("key")): str(e.data.get("value")) for e in events}
        if not _same(kept[version], {**kept[before], **changes}):
            yield Difference(f"policy/{version}", "values")
        if {event.thing for event in events} != {f"proposal/{by.get(version)}"}:
            yield Difference(f"policy/{version}", "decision")
    for version in sorted(amended.keys() - kept.keys() - {0}):
        yield Difference(f"policy/{version}", "whole version")


def of_partnership(partnership: Partnership, history: Sequence[Happening]) -> Iterator[Difference]:
    """What of a partnership is not as its events tell: name, groups, mapped roles, whether it is ratified (ORG-1)."""
    whole = f"partnership/{partnership.id}"
    created = next((each.event for each in history if each.event.type is EventType.PARTNERSHIP_CREATED), None)
    if created is None:
        return
    if created.data.get("name", partnership.name) != partnership.name:
        yield Difference(whole, "name")
    ratified = any(each.event.type is EventType.PARTNERSHIP_RATIFIED for each in history)
    if ratified is partnership.provisional:
        yield Difference(whole, "ratification")
    told = {each.event.thing: each.event for each in history if each.event.type is EventType.GROUP_CREATED}
    kept = {f"group/{group.id}": group for group in partnership.groups}
    for thing in sorted(told.keys() | kept.keys()):
        if thing not in told or thing not in kept:
            yield Difference(thing, "whole group")
        elif any(told[thing].data.get(name, value) != value for name, value in group_told(kept[thing]).items()):
            yield Difference(thing, "description")
    yield from _mappings(partnership, history)


def of_feedback(feedback: Feedback, history: Sequence[Happening]) -> Iterator[str]:
    """What of feedback is not as its events tell; its words and who gave it never enter them (LRN-4)."""
    answers = [each.event for each in history if each.event.type is EventType.FEEDBACK_ANSWERED]
    if answers and answers[-1].data.get("answer", feedback.answer) != feedback.answer:
        yield "answer"
    if not answers and feedback.answer:
        yield "answer"


def of_survey(survey: Survey, history: Sequence[Happening]) -> Iterator[str]:
    """What of a survey is not as its events tell (LRN-2)."""
    reached = [each.event for each in history if each.event.type in _SURVEY]
    waits = {SurveyState.DRAFT, SurveyState.SCHEDULED}
    if survey.state not in ({_SURVEY[reached[-1].type]} if reached else waits):
        yield "state"
    closed = next((event for event in reached if event.type is EventType.SURVEY_CLOSED), None)
    if closed is None:
        return
    shown = [place for place, result in enumerate(survey.results, 1) if not result.withheld]
    if closed.data.get("published", shown) != shown:
        yield "results"


def of_meeting(meeting: Meeting, history: Sequence[Happening]) -> Iterator[str]:
    """What of a meeting is not as its events tell (RHY-1)."""
    reached = [each.event for each in history if each.event.type in _MEETING]
    waits = {MeetingState.DRAFT, MeetingState.DISCARDED}
    if meeting.state not in ({_MEETING[reached[-1].type]} if reached else waits):
        yield "state"
    if reached and reached[0].data.get("title", meeting.title) != meeting.title:
        yield "title"
    ended = reached[-1].data if reached else {}
    if list(ended.get("decisions", meeting.decisions)) != list(meeting.decisions):  # type: ignore[arg-type]
        yield "decisions"


def of_retro(retro: Retro, history: Sequence[Happening]) -> Iterator[str]:
    """What of a retro is not as its events tell: its state, and the lessons once it is closed (LRN-1)."""
    ended = [each.event for each in history if each.event.type in _RETRO]
    if ended and retro.state not in _RETRO[ended[-1].type]:
        yield "state"
    if not ended and retro.state in {RetroState.CLOSED, RetroState.CANCELLED} and history:
        yield "state"
    closed = next((event for event in ended if event.type is EventType.RETRO_CLOSED), None)
    told = closed.data.get("lessons") if closed is not None else None
    if isinstance(told, dict):
        kept = lessons(retro)
        if any(kept[name] != told.get(name, kept[name]) for name in kept.keys() - _GOES_ON):
            yield "lessons"


def group_told(group: Group) -> dict[str, str | int | bool | None]:
    """A group as the record tells of its creation (ORG-1)."""
    return {
        "name": group.name,
        "kind": group.kind.value,
        "parent": group.parent,
        "private": group.private,
        "purpose": group.purpose,
    }


def _mappings(partnership: Partnership, history: Sequence[Happening]) -> Iterator[Difference]:
    """A role carries what somebody mapped, as often as it was mapped and not taken away since (ORG-2)."""
    told: Counter[tuple[object, ...]] = Counter()
    for each in history:
        event = each.event
        if event.type is EventType.ROLE_MAPPED and not event.data:
            return
        key: tuple[object, ...] = (
            event.thing,
            *(event.data.get(name, "") for name in ("seat", "class", "organisation")),
        )
        if event.type is EventType.ROLE_MAPPED:
            told[key] += 1
        elif event.type in {EventType.ROLE_UNMAPPED, EventType.ROLE_DELETED}:
            told[key] -= 1
    kept = Counter(_mapped(partnership, mapping) for mapping in partnership.mappings if not mapping.lost)
    for key in sorted(kept, key=str):
        if kept[key] > told[key]:
            yield Difference(str(key[0]), f"mapped role of the seat {key[1]}")


def _mapped(partnership: Partnership, mapping: RoleMapping) -> tuple[object, ...]:
    thing = f"partnership/{partnership.id}" if mapping.group is None else f"group/{mapping.group}"
    return thing, mapping.seat, mapping.stakeholder_class, mapping.organisation


def _values(event: Event) -> Mapping[str, str]:
    values = event.data.get("values")
    return {key: str(value) for key, value in values.items()} if isinstance(values, dict) else {}


def _same(kept: Mapping[str, str], told: Mapping[str, str]) -> bool:
    """Whether the values of the keys that both know are the same; another version of the bot knows other keys."""
    return all(_value(key, kept[key]) == _value(key, told[key]) for key in kept.keys() & told.keys() & KEYS.keys())


def _value(key: str, text: str) -> object:
    try:
        return read(KEYS[key], text)
    except Refusal:
        return text


def values_told(policy: Policy) -> dict[str, str]:
    """A policy as the record tells of its adoption: each key with its value as people write it (POL-1)."""
    return {key: written(value) for key, value in sorted(policy.values.items())}
