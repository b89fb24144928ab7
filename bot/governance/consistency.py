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
from bot.governance.events import Json
from bot.governance.histories import Happening
from bot.governance.matrix import told
from bot.governance.organisation import Group, Partnership, RoleMapping
from bot.governance.organisation_events import (
    GroupCreated,
    PartnershipCreated,
    PartnershipRatified,
    RoleDeleted,
    RoleMapped,
    RoleUnmapped,
)
from bot.governance.policy import Policy
from bot.governance.policy_events import PolicyAdopted, PolicyAmended
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
    facts = [each.event.fact for each in history]
    adopted = next((fact for fact in facts if isinstance(fact, PolicyAdopted)), None)
    amended: dict[int, list[tuple[str, PolicyAmended]]] = {}
    known = True
    for each in history:
        if each.event.type is PolicyAmended:
            fact = each.event.fact
            if isinstance(fact, PolicyAmended):
                amended.setdefault(fact.version, []).append((each.event.thing, fact))
            else:
                known = False
    if adopted is not None:
        first = adopted.version
        if first not in kept:
            yield Difference(f"policy/{first}", "whole version")
        elif not _same(kept[first], adopted.values):
            yield Difference(f"policy/{first}", "values")
        if first in rows and not _same_rows(rows[first], {str(row.get("name")): row for row in adopted.matrix}):
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
        changes = {fact.key: fact.value for _, fact in events}
        if not _same(kept[version], {**kept[before], **changes}):
            yield Difference(f"policy/{version}", "values")
        if {thing for thing, _ in events} != {f"proposal/{by.get(version)}"}:
            yield Difference(f"policy/{version}", "decision")
    for version in sorted(amended.keys() - kept.keys()):
        yield Difference(f"policy/{version}", "whole version")


def of_partnership(partnership: Partnership, history: Sequence[Happening]) -> Iterator[Difference]:
    """What of a partnership is not as its events tell: name, groups, mapped roles, whether it is ratified (ORG-1)."""
    whole = f"partnership/{partnership.id}"
    created = next((each.event for each in history if each.event.type is PartnershipCreated), None)
    if created is None:
        return
    if isinstance(created.fact, PartnershipCreated) and created.fact.name != partnership.name:
        yield Difference(whole, "name")
    ratified = any(each.event.type is PartnershipRatified for each in history)
    if ratified is partnership.provisional:
        yield Difference(whole, "ratification")
    told = {each.event.thing: each.event for each in history if each.event.type is GroupCreated}
    kept = {f"group/{group.id}": group for group in partnership.groups}
    for thing in sorted(told.keys() | kept.keys()):
        if thing not in told or thing not in kept:
            yield Difference(thing, "whole group")
        elif isinstance(fact := told[thing].fact, GroupCreated) and not _same_group(fact, group_told(kept[thing])):
            yield Difference(thing, "description")
    yield from _mappings(partnership, history)


def group_told(group: Group) -> GroupCreated:
    """A group as the record tells of its creation (ORG-1)."""
    return GroupCreated(group.name, group.kind.value, group.parent, group.private, group.purpose)


def _same_group(told: GroupCreated, kept: GroupCreated) -> bool:
    """In all that the record tells; an older one knew less of it."""
    older = told.private is None
    return (told.name, told.kind) == (kept.name, kept.kind) if older else told == kept


def _mappings(partnership: Partnership, history: Sequence[Happening]) -> Iterator[Difference]:
    """A role carries what somebody mapped, as often as it was mapped and not taken away since (ORG-2)."""
    told: Counter[tuple[object, ...]] = Counter()
    for each in history:
        event = each.event
        match event.fact:
            case RoleMapped(seat=seat, stakeholder_class=of, organisation=organisation):
                told[event.thing, seat, of, organisation] += 1
            case RoleUnmapped() | RoleDeleted() as gone:
                told[event.thing, gone.seat, gone.stakeholder_class, gone.organisation] -= 1
            case _ if event.type is RoleMapped:
                return
    kept = Counter(_mapped(partnership, mapping) for mapping in partnership.mappings if not mapping.lost)
    for key in sorted(kept, key=str):
        if kept[key] > told[key]:
            yield Difference(str(key[0]), f"mapped role of the seat {key[1]}")


def _mapped(partnership: Partnership, mapping: RoleMapping) -> tuple[object, ...]:
    thing = f"partnership/{partnership.id}" if mapping.group is None else f"group/{mapping.group}"
    return thing, mapping.seat, mapping.stakeholder_class, mapping.organisation


def _same(kept: Mapping[str, str], told: Mapping[str, str]) -> bool:
    """Whether the values of the keys that both know are the same; another version of the bot knows other keys."""
    return all(_value(key, kept[key]) == _value(key, told[key]) for key in kept.keys() & told.keys() & KEYS.keys())


def _same_rows(kept: Mapping[str, Columns], told: Mapping[str, Mapping[str, object]]) -> bool:
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
