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

from bot.governance.errors import Refusal
from bot.governance.events import Event, EventType, Json
from bot.governance.histories import Happening
from bot.governance.matrix import told
from bot.governance.organisation import Group, Partnership, RoleMapping
from bot.governance.policy import Policy
from bot.governance.policy_keys import KEYS
from bot.governance.policy_values import read, written
from bot.governance.retros import RetroState as RetroState

Columns = Mapping[str, Json]
"""A row of the decision matrix, as the record tells of it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A thing, as the record names it, that is not as the record tells; ``what`` of it."""

    thing: str
    what: str


def of_policies(
    kept: Mapping[int, Mapping[str, str]],
    rows: Mapping[int, Mapping[str, Columns]],
    by: Mapping[int, int | None],
    history: Sequence[Happening],
) -> Iterator[Difference]:
    """Which policy versions are not as adopted and amended on record (POL-1).

    ``kept`` holds, by version, what stands for each key, ``rows`` the decision matrix; ``by`` the proposal that
    brought it.
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
        if first in rows and not _same_rows(rows[first], _rows(adopted)):
            yield Difference(f"policy/{first}", "decision matrix")
    versions = sorted(kept)
    for before, version in pairwise(versions):
        if rows[version] != rows[before]:
            yield Difference(f"policy/{version}", "decision matrix")
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


def _rows(event: Event) -> Mapping[str, Columns]:
    told = event.data.get("matrix")
    rows = [row for row in told if isinstance(row, dict)] if isinstance(told, list) else []
    return {str(row.get("name")): row for row in rows}


def _same_rows(kept: Mapping[str, Columns], told: Mapping[str, Columns]) -> bool:
    """Whether rows stand as they were told, in the columns that both know; an older record tells of no rows."""
    if not told:
        return True
    known = {name: row.keys() & told.get(name, {}).keys() for name, row in kept.items()}
    same = all(kept[name][column] == told[name][column] for name, columns in known.items() for column in columns)
    return same and kept.keys() == told.keys()


def _value(key: str, text: str) -> object:
    try:
        return read(KEYS[key], text)
    except Refusal:
        return text


def rows_told(policy: Policy) -> dict[str, dict[str, Json]]:
    """Its decision matrix as the record tells of it: each row by its name (POL-3)."""
    return {row.name: told(row) for row in policy.matrix}


def values_told(policy: Policy) -> dict[str, str]:
    """A policy as the record tells of its adoption: each key with its value as people write it (POL-1)."""
    return {key: written(value) for key, value in sorted(policy.values.items())}
