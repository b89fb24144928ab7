"""What happened, as typed data: one ``Fact`` for each type of event, beside the rule that records it (REC-1).

Storage chains events; delivery turns them into posts. What a fact says in the record are the names and values of its
fields; a field with a default is left out while it holds that. A fact whose data changed counts its ``VERSION`` up and
makes today's data of the older in ``upcast``; what older records merely lack, a field says itself (``part(lacked=…)``).
"""

from __future__ import annotations

import builtins
import dataclasses
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib import import_module
from types import MappingProxyType, NoneType, UnionType
from typing import Any, ClassVar, NamedTuple, TypeAlias, TypeVar, Union, dataclass_transform, get_args, get_origin
from typing import get_type_hints as hints_of

import bot.governance
from bot.governance.ids import PersonId, ProposalId

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"

_NOTHING: Mapping[str, Json] = MappingProxyType({})
_VERSION = "v"
"""The key under which data of a later version than the first says so."""


class Fact:
    """What one event says. ``NAME`` is its type in the record, in the past tense."""

    __slots__ = ()

    NAME: ClassVar[str]
    VERSION: ClassVar[int] = 1

    @classmethod
    def upcast(cls, data: Mapping[str, Json], version: int) -> Mapping[str, Json]:
        """Today's data, made of what a record of this earlier version holds."""
        return data


F = TypeVar("F", bound=Fact)
V = TypeVar("V")

EventType: TypeAlias = type[Fact]

_KNOWN: dict[str, EventType] = {}


def part(
    key: str = "", *, rest: bool = False, lacked: Any = MISSING, default: Any = MISSING, kw_only: bool = False
) -> Any:
    """A field that is called ``key`` in the record, or that older records lack: then it reads ``lacked``.

    With ``rest`` it holds all that no other field does.
    """
    return dataclasses.field(default=default, kw_only=kw_only, metadata={"key": key, "rest": rest, "lacked": lacked})


@dataclass_transform(frozen_default=True, field_specifiers=(part,))
def parts(cls: type[V]) -> type[V]:
    """Declare what several facts have in common, or what stands in a list in one."""
    return dataclass(frozen=True, slots=True)(cls)


@dataclass_transform(frozen_default=True, field_specifiers=(part,))
def fact(name: str, version: int = 1) -> Callable[[type[F]], type[F]]:
    """Declare a type of event by its name in the record. Raises ValueError for a name that another type has."""

    def declare(cls: type[F]) -> type[F]:
        if name in _KNOWN:
            raise ValueError(f"declared twice: {name}")
        made = parts(cls)
        made.NAME, made.VERSION = name, version
        _KNOWN[name] = made
        return made

    return declare


def known() -> Mapping[str, EventType]:
    """Every type of event by its name in the record: what the modules called ``…_events`` declare."""
    _declared()
    return MappingProxyType(_KNOWN)


@dataclass(frozen=True, slots=True)
class Unread(Fact):
    """What cannot be read: erased on request, or of a type or version that only a later version of the bot knows."""

    NAME: ClassVar[str] = ""

    name: str
    raw: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, to what, and by whom; never with a Discord id in it."""

    fact: Fact
    thing: str
    actor: PersonId | None = None

    @property
    def type(self) -> EventType:
        """What sort of event it is, also where its words were erased."""
        return known().get(self.name, Unread) if isinstance(self.fact, Unread) else type(self.fact)

    @property
    def name(self) -> str:
        """Its type as the record writes it."""
        return self.fact.name if isinstance(self.fact, Unread) else self.fact.NAME

    def says(self, kind: builtins.type[F]) -> F:
        """Its fact, of this sort. Raises TypeError where it is of another, or was erased."""
        if not isinstance(self.fact, kind):
            raise TypeError(f"{self.name} is no {kind.__name__}")
        return self.fact

    @property
    def data(self) -> dict[str, Json]:
        """What it says, as the record writes it."""
        if isinstance(self.fact, Unread):
            return dict(self.fact.raw)
        cls: Any = type(self.fact)
        said: dict[str, Json] = _codec(cls).write(self.fact)
        return said if self.fact.VERSION == 1 else said | {_VERSION: self.fact.VERSION}


def as_recorded(
    name: str, thing: str, actor: PersonId | None = None, data: Mapping[str, Json] | None = _NOTHING
) -> Event:
    """An event as it stands in the record; ``data`` is None once erased on request."""
    cls: Any = known().get(name)
    if cls is None or data is None:
        return Event(Unread(name, data or {}), thing, actor)
    version = data.get(_VERSION, 1)
    if not isinstance(version, int) or version > cls.VERSION:
        return Event(Unread(name, data), thing, actor)
    try:
        return Event(_codec(cls).read(data if version == cls.VERSION else cls.upcast(data, version)), thing, actor)
    except (KeyError, TypeError, ValueError):
        return Event(Unread(name, data), thing, actor)


def proposal_thing(proposal: ProposalId) -> str:
    """The name of a proposal in the record."""
    return f"proposal/{proposal}"


# ---- between fields and what the record holds ------------------------------------------------------


class _Codec(NamedTuple):
    """How values of one type are written, and read again. Reading raises ValueError, TypeError or KeyError."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


class _Field(NamedTuple):
    name: str
    key: str
    default: object
    lacked: object
    codec: _Codec


def _same(value: Any) -> Any:
    return value


@cache
def _codec(cls: Any) -> _Codec:
    """By the type alone: ids, texts, numbers, flags, instants, choices, lists, tables and dataclasses of these."""
    cls = getattr(cls, "__supertype__", cls)
    arguments = get_args(cls)
    if get_origin(cls) in {Union, UnionType}:
        (one,) = (each for each in arguments if each is not NoneType)
        codec = _codec(one)
        return _Codec(
            lambda value: None if value is None else codec.read(value),
            lambda value: None if value is None else codec.write(value),
        )
    if get_origin(cls) is tuple:
        return _codec_of_list(*map(_codec, arguments[:-1])) if arguments[-1] is ... else _codec_of_row(*arguments)
    if get_origin(cls) is not None:
        values = _codec(arguments[1])
        return _Codec(
            lambda table: {str(key): values.read(value) for key, value in table.items()},
            lambda table: {str(key): values.write(value) for key, value in table.items()},
        )
    if cls is object:
        return _Codec(_same, _same)
    if cls in {str, int, bool}:
        return _Codec(lambda value: _exactly(cls, value), _same)
    if cls is datetime:
        return _Codec(datetime.fromisoformat, datetime.isoformat)
    if issubclass(cls, StrEnum):
        return _Codec(cls, lambda value: value.value)
    return _codec_of_fields(cls)


def _exactly(cls: type, value: Any) -> Any:
    if type(value) is not cls and (not isinstance(value, cls) or isinstance(value, bool)):
        raise TypeError(f"{value!r} is no {cls.__name__}")
    return value


def _codec_of_list(each: _Codec) -> _Codec:
    return _Codec(lambda values: tuple(map(each.read, _list(values))), lambda values: [*map(each.write, values)])


def _codec_of_row(*types: Any) -> _Codec:
    codecs = tuple(map(_codec, types))
    return _Codec(
        lambda row: tuple(codec.read(value) for codec, value in zip(codecs, _list(row), strict=True)),
        lambda row: [codec.write(value) for codec, value in zip(codecs, row, strict=True)],
    )


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return value


def _codec_of_fields(cls: Any) -> _Codec:
    hints = hints_of(cls)
    fields, rest = [], ""
    for field in dataclasses.fields(cls):
        said = field.metadata
        if said.get("rest"):
            rest = field.name
            continue
        key = said.get("key") or field.name
        if key == _VERSION:
            raise ValueError(f"{cls.__name__}: {_VERSION} is taken")
        fields.append(_Field(field.name, key, field.default, said.get("lacked", MISSING), _codec(hints[field.name])))
    taken = frozenset(field.key for field in fields)

    def read(data: Any) -> Any:
        found: dict[str, Any] = {}
        for name, key, default, lacked, codec in fields:
            if key in data:
                found[name] = codec.read(data[key])
            elif lacked is not MISSING:
                found[name] = lacked
            elif default is MISSING:
                raise KeyError(key)
        if rest:
            found[rest] = {key: value for key, value in data.items() if key not in taken}
        return cls(**found)

    def write(of: Any) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for name, key, default, _, codec in fields:
            value = getattr(of, name)
            if default is MISSING or value != default:
                said[key] = codec.write(value)
        return said | dict(getattr(of, rest)) if rest else said

    return _Codec(read, write)


@cache
def _declared() -> None:
    for module in pkgutil.iter_modules(bot.governance.__path__):
        if module.name.endswith("_events"):
            import_module(f"{bot.governance.__name__}.{module.name}")
