"""The one mapper between frozen dataclasses and plain JSON, driven by their type hints.

Strict in both directions: an unknown field, a wrong type or a naive instant is refused. A field that an old document
lacks takes its default; one without a default is refused. Durations are whole microseconds, shares ``1/3``.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple, NewType, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from bot.governance.effects import PAYLOADS, Effect, marks
from bot.governance.errors import BadValue
from bot.governance.matrix import GENESIS, DecisionType
from bot.governance.matrix import checked as checked_rows
from bot.governance.policy import Policy
from bot.governance.policy_keys import KEYS
from bot.governance.policy_values import Key, Kind, Value, checked
from storage.types import written

T = TypeVar("T")
_MICROSECOND = timedelta(microseconds=1)


class BadDocument(ValueError):
    """A document does not hold what its type says, or a value cannot be kept as its type."""


class Codec(NamedTuple):
    """How values of one type are kept: ``encode`` to plain JSON, ``decode`` back."""

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


def to_json(value: Any) -> Any:
    """``value``, a dataclass, as plain JSON. Raises BadDocument."""
    return codec(type(value)).encode(value)


def from_json(type_: type[T], document: Any) -> T:
    """The ``type_`` that this plain JSON holds. Raises BadDocument."""
    result: T = codec(type_).decode(document)
    return result


def from_text(type_: type[T], document: str) -> T:
    """The ``type_`` that this text holds. Raises BadDocument.

    The same text was read before more often than not. It means the same whoever wrote it, and what it holds is frozen,
    so the reading is shared; the text itself comes from the database every time.
    """
    result: T = _read(cast(Hashable, type_), document)
    return result


@lru_cache(maxsize=512)
def _read(type_: Any, document: str) -> Any:
    return codec(type_).decode(json.loads(document))


def codec(hint: Any) -> Codec:
    """The codec of a type hint, made once. Raises TypeError for a type that it does not know."""
    known = _made.get(hint)
    if known is None:
        known = _made[hint] = _codec(hint)
    return known


_made: dict[Any, Codec] = {}


def _codec(hint: Any) -> Codec:
    while isinstance(hint, NewType):
        hint = hint.__supertype__
    if hint in _SCALARS:
        return _SCALARS[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return _optional(hint, args)
    if origin is tuple:
        return _list(args[0]) if len(args) == 2 and args[1] is Ellipsis else _fixed(args)
    if origin is frozenset:
        return _set(args[0])
    if origin is Mapping:
        return _table(args)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _enum(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _record(hint)
    raise TypeError(f"no way to keep {hint!r}")


def _scalar(type_: type) -> Codec:
    def same(value: Any) -> Any:
        if value.__class__ is type_:
            return value
        # An enum member stands where its plain value is meant; a flag never stands for a number.
        if isinstance(value, type_) and not isinstance(value, bool):
            return type_(value.value if isinstance(value, Enum) else value)
        raise BadDocument(f"{value!r} is not of type {type_.__name__}")

    return Codec(same, same)


def _instant() -> Codec:
    def encode(value: Any) -> str:
        if not isinstance(value, datetime) or value.utcoffset() is None:
            raise BadDocument(f"{value!r} is not an aware instant")
        return written(value)

    def decode(document: Any) -> datetime:
        if not isinstance(document, str):
            raise BadDocument(f"{document!r} is not an instant")
        try:
            value = datetime.fromisoformat(document)
        except ValueError as error:
            raise BadDocument(f"{document!r} is not an instant") from error
        if value.utcoffset() is None:
            raise BadDocument(f"{document!r} is not an aware instant")
        return value.astimezone(UTC)

    return Codec(encode, decode)


def _duration() -> Codec:
    def encode(value: Any) -> int:
        if not isinstance(value, timedelta):
            raise BadDocument(f"{value!r} is not a duration")
        return value // _MICROSECOND

    def decode(document: Any) -> timedelta:
        if document.__class__ is not int:
            raise BadDocument(f"{document!r} is not a duration")
        try:
            return timedelta(microseconds=document)
        except OverflowError as error:
            raise BadDocument(f"{document!r} is not a duration") from error

    return Codec(encode, decode)


def _share() -> Codec:
    def encode(value: Any) -> str:
        if not isinstance(value, Fraction):
            raise BadDocument(f"{value!r} is not a share")
        return f"{value.numerator}/{value.denominator}"

    def decode(document: Any) -> Fraction:
        try:
            above, below = document.split("/")
            value = Fraction(int(above), int(below))
        except (AttributeError, ValueError, ZeroDivisionError) as error:
            raise BadDocument(f"{document!r} is not a share") from error
        return value

    return Codec(encode, decode)


_SCALARS: dict[Any, Codec] = {
    str: _scalar(str),
    int: _scalar(int),
    bool: _scalar(bool),
    datetime: _instant(),
    timedelta: _duration(),
    Fraction: _share(),
}


def _optional(hint: Any, args: tuple[Any, ...]) -> Codec:
    inner = [arg for arg in args if arg is not type(None)]
    if len(inner) != 1:
        raise TypeError(f"no way to tell the members of {hint!r} apart")
    encode, decode = codec(inner[0])
    return Codec(
        lambda value: None if value is None else encode(value),
        lambda document: None if document is None else decode(document),
    )


def _list(item: Any) -> Codec:
    encode, decode = codec(item)

    def encode_all(value: Any) -> list[Any]:
        if not isinstance(value, tuple):
            raise BadDocument(f"{value!r} is not a tuple")
        return [encode(each) for each in value]

    return Codec(encode_all, lambda document: tuple([decode(each) for each in _as_list(document)]))


def _fixed(items: tuple[Any, ...]) -> Codec:
    codecs = [codec(item) for item in items]

    def encode(value: Any) -> list[Any]:
        if not isinstance(value, tuple) or len(value) != len(codecs):
            raise BadDocument(f"{value!r} is not a tuple of {len(codecs)}")
        return [each.encode(part) for each, part in zip(codecs, value, strict=True)]

    def decode(document: Any) -> tuple[Any, ...]:
        if len(_as_list(document)) != len(codecs):
            raise BadDocument(f"{document!r} is not a list of {len(codecs)}")
        return tuple([each.decode(part) for each, part in zip(codecs, document, strict=True)])

    return Codec(encode, decode)


def _set(item: Any) -> Codec:
    encode, decode = codec(item)

    def encode_all(value: Any) -> list[Any]:
        if not isinstance(value, frozenset):
            raise BadDocument(f"{value!r} is not a frozenset")
        return sorted([encode(each) for each in value])

    def decode_all(document: Any) -> frozenset[Any]:
        value = frozenset([decode(each) for each in _as_list(document)])
        if len(value) != len(document):
            raise BadDocument(f"{document!r} says something twice")
        return value

    return Codec(encode_all, decode_all)


def _table(items: tuple[Any, ...]) -> Codec:
    """By names, in the order in which they stand."""
    if items[0] is not str:
        raise TypeError("what is kept by anything but names cannot be told apart")
    (key, item) = (codec(each) for each in items)

    def encode(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise BadDocument(f"{value!r} is not a mapping")
        return {key.encode(name): item.encode(each) for name, each in value.items()}

    def decode(document: Any) -> dict[str, Any]:
        if not isinstance(document, dict):
            raise BadDocument(f"{document!r} is not a mapping")
        return {name: item.decode(each) for name, each in document.items()}

    return Codec(encode, decode)


def _as_list(document: Any) -> list[Any]:
    if not isinstance(document, list):
        raise BadDocument(f"{document!r} is not a list")
    return document


def _enum(type_: type[Enum]) -> Codec:
    members = {member.value: member for member in type_}

    def encode(value: Any) -> Any:
        if not isinstance(value, type_):
            raise BadDocument(f"{value!r} is not one of {type_.__name__}")
        return value.value

    def decode(document: Any) -> Any:
        try:
            return members[document]
        except (KeyError, TypeError) as error:
            raise BadDocument(f"{document!r} is not one of {type_.__name__}") from error

    return Codec(encode, decode)


def _record(type_: type) -> Codec:
    if type_ is Policy:
        return Codec(_encode_policy, _decode_policy)
    if type_ is Effect:
        return Codec(_encode_effect, _decode_effect)
    hints = get_type_hints(type_)
    # A type may hold itself, so its fields are looked up at the first use.
    parts: list[tuple[str, Codec, bool]] = []

    def members() -> list[tuple[str, Codec, bool]]:
        if not parts:
            for each in fields(type_):
                needed = each.default is MISSING and each.default_factory is MISSING
                parts.append((each.name, codec(hints[each.name]), needed))
        return parts

    def encode(value: Any) -> dict[str, Any]:
        if value.__class__ is not type_:
            raise BadDocument(f"{value!r} is not of type {type_.__name__}")
        return {name: part.encode(getattr(value, name)) for name, part, _ in parts or members()}

    def decode(document: Any) -> Any:
        if not isinstance(document, dict):
            raise BadDocument(f"{document!r} is not of type {type_.__name__}")
        found = {}
        for name, part, needed in parts or members():
            if name in document:
                found[name] = part.decode(document[name])
            elif needed:
                raise BadDocument(f"{type_.__name__} without {name}")
        if len(found) != len(document):
            raise BadDocument(f"{type_.__name__} has no {', '.join(sorted(set(document) - set(found)))}")
        return type_(**found)

    return Codec(encode, decode)


def _encode_effect(effect: Any) -> dict[str, Any]:
    if type(effect) not in PAYLOADS.values():
        raise BadDocument(f"{effect!r} is not of type Effect")
    found: dict[str, Any] = marks(effect) | codec(type(effect)).encode(effect)
    return found


def _decode_effect(document: Any) -> Effect:
    """The payload as it was filed, of whatever version; the first goes without saying."""
    if not isinstance(document, dict):
        raise BadDocument(f"{document!r} is not of type Effect")
    kind, version = document.get("kind"), document.get("version", 1)
    type_ = PAYLOADS.get((kind, version)) if isinstance(kind, str) and version.__class__ is int else None
    if type_ is None:
        raise BadDocument(f"no effect is of kind {kind!r}, version {version!r}")
    payload = {name: value for name, value in document.items() if name not in {"kind", "version"}}
    effect: Effect = codec(type_).decode(payload)
    return effect


_ROWS = tuple[DecisionType, ...]
_KINDS: Mapping[Kind, Codec] = {
    Kind.DURATION: _SCALARS[timedelta],
    Kind.SHARE: _SCALARS[Fraction],
    Kind.COUNT: _SCALARS[int],
    Kind.FLAG: _SCALARS[bool],
    Kind.CHOICE: _SCALARS[str],
    Kind.EMOJI: _SCALARS[str],
    Kind.ZONE: _SCALARS[str],
}


def _encode_policy(policy: Any) -> dict[str, Any]:
    if policy.__class__ is not Policy:
        raise BadDocument(f"{policy!r} is not of type Policy")
    unknown = policy.values.keys() - KEYS
    if unknown or len(policy.values) != len(KEYS):
        raise BadDocument(f"a policy holds every key and no other: {', '.join(sorted(unknown))}")
    values = {name: _KINDS[KEYS[name].kind].encode(value) for name, value in policy.values.items()}
    return {"version": policy.version, "values": values, "matrix": codec(_ROWS).encode(policy.matrix)}


def _decode_policy(document: Any) -> Policy:
    """A key that is no longer known is dropped, and one that is new takes its default.

    A migration from before the matrix was policy reads documents without one.
    """
    if not isinstance(document, dict) or document.keys() - {"matrix"} != {"version", "values"}:
        raise BadDocument(f"{document!r} is not of type Policy")
    kept = document["values"]
    if not isinstance(kept, dict):
        raise BadDocument(f"{kept!r} holds no values")
    values = {
        key.name: _policy_value(key, kept[key.name]) if key.name in kept else key.default for key in KEYS.values()
    }
    rows = checked_rows(codec(_ROWS).decode(document["matrix"])) if "matrix" in document else GENESIS
    return Policy(_SCALARS[int].decode(document["version"]), values, rows)


def _policy_value(key: Key, document: Any) -> Value:
    """A sign that was once taken for an emoji and never could be pressed gives way to the default.

    So does a time zone that is not known any more.
    """
    try:
        return checked(key, _KINDS[key.kind].decode(document))
    except BadValue:
        if key.kind in {Kind.EMOJI, Kind.ZONE}:
            return key.default
        raise
