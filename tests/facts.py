"""Events of any type for tests that look at a few of their parts; the rest is as empty as the type allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from bot.governance.events import Event, EventType, Fact, Json, Unread, as_recorded
from bot.governance.ids import PersonId
from tests.database import NEW_YEAR


def event_of(
    kind: EventType, thing: str, actor: PersonId | None = None, data: Mapping[str, Any] | None = None
) -> Event:
    """One that says at least this, as the record writes it; what its type does not know is left out."""
    least: dict[str, Json] = Event(least_of(kind), thing).data
    event = as_recorded(kind.NAME, thing, actor, {**least, **(data or {})})
    assert not isinstance(event.fact, Unread), f"{kind.NAME} cannot say {data}"
    return event


def fitting(kind: EventType, data: Mapping[str, Json]) -> dict[str, Json]:
    """What this type can say of all that."""
    least: dict[str, Json] = Event(least_of(kind), "").data
    return {
        key: value
        for key, value in data.items()
        if not isinstance(as_recorded(kind.NAME, "", None, {**least, key: value}).fact, Unread)
    }


def least_of(kind: EventType) -> Fact:
    """What says as little as its type allows."""
    made: Fact = _least(kind)
    return made


def _least(hint: Any) -> Any:
    hint = getattr(hint, "__supertype__", hint)
    if get_origin(hint) in {Union, UnionType}:
        return None if NoneType in get_args(hint) else _least(get_args(hint)[0])
    if get_origin(hint) is tuple:
        return () if get_args(hint)[-1] is ... else tuple(map(_least, get_args(hint)))
    if get_origin(hint) is not None:
        return {}
    if hint is datetime:
        return NEW_YEAR
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        return hint(**{each.name: _least(hints[each.name]) for each in fields(hint) if each.default is MISSING})
    return hint()
