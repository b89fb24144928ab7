"""governance.toml → the policy that new partnerships begin with (POL-1).

A key stands on one line of its own, so every problem can name its line; all problems are reported together.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.governance import policy
from bot.governance.errors import BadValue, OutOfBounds
from bot.governance.policy import Policy
from bot.governance.policy_keys import KEYS
from bot.governance.policy_values import Key, Kind, Value, checked, read, written

TABLES = tuple(dict.fromkeys(name.split(".")[0] for name in KEYS))


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong on a line (0: with the file), as a sentence."""

    line: int
    said: str


class BadGenesis(Exception):
    """A governance file that cannot be used, with everything that is wrong in it."""

    def __init__(self, path: Path, problems: tuple[Problem, ...]) -> None:
        self.path = path
        self.problems = problems
        super().__init__("\n".join(self.lines))

    @property
    def lines(self) -> tuple[str, ...]:
        """Each problem with its place."""
        return tuple(
            f"{self.path}, line {p.line}: {p.said}" if p.line else f"{self.path}: {p.said}" for p in self.problems
        )


def load(path: Path) -> Policy:
    """Version 1 of the policy: the defaults with this file's values. Raises BadGenesis."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise BadGenesis(path, (Problem(0, "there is no such file. GOVERNANCE_FILE names it."),)) from None
    except OSError as error:
        raise BadGenesis(path, (Problem(0, f"the file cannot be read ({error.strerror})."),)) from None
    except UnicodeDecodeError:
        raise BadGenesis(path, (Problem(0, "the file is not text in UTF-8. Save it again as UTF-8."),)) from None
    return parse(text, path)


def parse(text: str, path: Path = Path("governance.toml")) -> Policy:
    """The same for a text already read; ``path`` is only named in problems. Raises BadGenesis."""
    found = _Found()
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        _take_line(found, number, line)
    if not found.problems:
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found.problems.append(Problem(0, f"this is not valid TOML: {error}."))
    if found.problems:
        raise BadGenesis(path, tuple(sorted(found.problems, key=lambda each: each.line)))
    try:
        return policy.genesis(found.values)
    except BadValue as error:
        said = f"{error.field} holds {_shown(error.text)}; expected: another emoji than the other reaction has."
        raise BadGenesis(path, (Problem(found.names[error.field], said),)) from None


@dataclass(slots=True)
class _Found:
    """What the lines read so far held."""

    table: tuple[str, ...] = ()
    tables: dict[str, int] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def _take_line(found: _Found, number: int, line: str) -> None:
    if not line.strip() or line.lstrip().startswith("#"):
        return
    try:
        read = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        found.problems.append(Problem(number, _unreadable(line)))
        return
    if line.lstrip().startswith("["):
        _take_table(found, number, tuple(_path(read)))
        return
    for path, value in _flat(read):
        _take_value(found, number, ".".join((*found.table, *path)), value)


def _take_table(found: _Found, number: int, path: tuple[str, ...]) -> None:
    found.table = path
    name = ".".join(path)
    if name in found.tables:
        found.problems.append(Problem(number, f"the table [{name}] was opened before, on line {found.tables[name]}."))
    found.tables.setdefault(name, number)
    if name not in TABLES:
        near = difflib.get_close_matches(name, TABLES, n=1, cutoff=0.4)
        hint = f"did you mean [{near[0]}]?" if near else "the tables are " + ", ".join(f"[{t}]" for t in TABLES) + "."
        found.problems.append(Problem(number, f"there is no table [{name}]; {hint}"))


def _take_value(found: _Found, number: int, name: str, value: object) -> None:
    if name in found.names:
        found.problems.append(Problem(number, f"{name} was set before, on line {found.names[name]}. Keep one of them."))
        return
    found.names[name] = number
    if name not in KEYS:
        found.problems.append(Problem(number, f"there is no key {name}; {_nearest(name)}"))
        return
    key = KEYS[name]
    try:
        found.values[name] = _value(key, value)
    except BadValue:
        found.problems.append(Problem(number, f"{name} holds {_expected(key)}, not {_shown(value)}."))
    except OutOfBounds as error:
        found.problems.append(Problem(number, f"{name} = {error.value} crosses a bound: it may be {bounds(key)}."))


def bounds(key: Key) -> str:
    """Floor and ceiling, or the choices, in words: ``24h – 30d``."""
    if key.kind is Kind.CHOICE:
        return " or ".join(key.choices)
    if key.kind is Kind.FLAG:
        return "true or false"
    if key.kind is Kind.ZONE:
        return "a time zone"
    if key.floor is None or key.ceiling is None:
        return "one emoji"
    above = "above " if key.above_floor else ""
    return f"{above}{written(key.floor)} – {written(key.ceiling)}"


def _value(key: Key, value: Any) -> Value:
    """A TOML value as this key's kind. Durations and shares are texts; counts are numbers; flags are true or false."""
    match key.kind, value:
        case (Kind.FLAG, bool()) | (Kind.COUNT, int()) if key.kind is Kind.FLAG or not isinstance(value, bool):
            return checked(key, value)
        case Kind.SHARE, int() | float() if not isinstance(value, bool):
            return read(key, str(value))
        case ((Kind.DURATION | Kind.SHARE | Kind.CHOICE | Kind.EMOJI | Kind.ZONE), str()):
            return read(key, value)
        case _:
            raise BadValue(key.name, str(value), key.kind)


def _expected(key: Key) -> str:
    return {
        Kind.DURATION: 'a duration in quotes such as "72h", "14d" or "15min"',
        Kind.SHARE: 'a share in quotes such as "1/3" or "66%"',
        Kind.COUNT: "a whole number without quotes",
        Kind.FLAG: "true or false without quotes",
        Kind.CHOICE: "one of " + ", ".join(f'"{each}"' for each in key.choices),
        Kind.EMOJI: "one emoji in quotes",
        Kind.ZONE: 'a time zone in quotes such as "Europe/Lisbon"',
    }[key.kind]


def _shown(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value[:60]}"'
        case list():
            return "a list"
        case _:
            return str(value)[:60]


def _nearest(name: str) -> str:
    own = name.rpartition(".")[2]
    elsewhere = [each for each in KEYS if each.rpartition(".")[2] == own]
    near = elsewhere or difflib.get_close_matches(name, KEYS, n=1, cutoff=0.4)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return "the tables are " + ", ".join(f"[{each}]" for each in TABLES) + "."


def _unreadable(line: str) -> str:
    shown = line.strip()[:60]
    if line.lstrip().startswith("["):
        return f'"{shown}" is not a table. Write its name in brackets, such as [review].'
    return f'"{shown}" cannot be read. Write key = value on one line, with texts in quotes: window = "72h".'


def _path(table: dict[str, Any]) -> Iterator[str]:
    """The names down to the empty table that a header opens."""
    for name, inside in table.items():
        yield name
        inner = inside[0] if isinstance(inside, list) else inside
        yield from _path(inner)


def _flat(table: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, value in table.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, (*above, name))
        else:
            yield (*above, name), value
