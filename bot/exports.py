"""The record as a file of JSON lines: everything needed to verify it anywhere, without this database (REC-1, RUN-1).

The first line names the format, a line opens each partnership with the head its chain ends with, its events follow,
and a last line closes the file, so that a file cut short is seen to be one. No Discord id stands in it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Protocol

from bot.governance.ids import PartnershipId
from bot.services.ports import Verdict
from storage.chain import Link, Verifier
from storage.types import written

FORMAT = {"kind": "governance record", "version": 1}
_TEXTS = ("type", "thing", "digest", "previous", "hash")
_MAYBE = ("actor", "salt", "payload")


class BadExport(Exception):
    """This file is not a whole export. ``said`` tells why."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class Chain(Protocol):
    """One partnership's chain, as a transaction gives it."""

    async def head(self, partnership: PartnershipId) -> tuple[int, str]: ...

    def links(self, partnership: PartnershipId) -> AsyncIterator[Link]: ...


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking one partnership."""

    partnership: int
    name: str
    verdict: Verdict


async def verified(chain: Chain, partnership: PartnershipId, name: str) -> Checked:
    """Check a chain in the database, up to a row that cannot even be read."""
    number, head = await chain.head(partnership)
    verifier = Verifier()
    try:
        async for link in chain.links(partnership):
            if not verifier.check((link,)):
                break
    except (ValueError, TypeError, AttributeError):
        return Checked(partnership, name, _unreadable(verifier))
    return Checked(partnership, name, verifier.verdict(number, head))


async def lines(chain: Chain, partnerships: Iterable[tuple[PartnershipId, str]]) -> AsyncIterator[str]:
    """The file, line by line. Texts erased on request are left out, as in the database."""
    yield _line(FORMAT)
    events = count = 0
    for partnership, name in partnerships:
        number, head = await chain.head(partnership)
        yield _line({"kind": "partnership", "id": partnership, "name": name, "events": number, "head": head})
        count += 1
        async for link in chain.links(partnership):
            columns = {each.name: getattr(link, each.name) for each in fields(link)}
            yield _line({"kind": "event", **columns, "at": written(link.at)})
            events += 1
    yield _line({"kind": "end", "partnerships": count, "events": events})


def verify(lines: Iterable[str]) -> tuple[Checked, ...]:
    """Check every chain in an exported file. Raises BadExport when the file is not a whole export."""
    rows = _rows(lines)
    first = next(rows, None)
    if first != FORMAT:
        raise BadExport("it was not written by python -m bot export, or by another version of it")
    checked: list[Checked] = []
    opened: dict[str, Any] | None = None
    verifier = Verifier()
    events = 0
    for number, row in enumerate(rows, start=2):
        match row.get("kind"):
            case "event" if opened is not None:
                events += 1
                verifier.check((_link(row, number),))
            case "partnership" | "end":
                if opened is not None:
                    checked.append(_closed(opened, verifier))
                if row["kind"] == "end":
                    _check_end(row, len(checked), events, rows)
                    return tuple(checked)
                opened, verifier = _opened(row, number), Verifier()
            case _:
                raise BadExport(f"line {number} is not part of an export")
    raise BadExport("it ends too early: the file was cut short")


def _rows(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise BadExport(f"line {number} is not JSON") from None
        if not isinstance(row, dict):
            raise BadExport(f"line {number} is not part of an export")
        yield row


def _opened(row: dict[str, Any], number: int) -> dict[str, Any]:
    kinds = {"id": int, "name": str, "events": int, "head": str}
    if any(not isinstance(row.get(name), kind) for name, kind in kinds.items()):
        raise BadExport(f"line {number} does not open a partnership")
    return row


def _closed(opened: dict[str, Any], verifier: Verifier) -> Checked:
    return Checked(opened["id"], opened["name"], verifier.verdict(opened["events"], opened["head"]))


def _check_end(row: dict[str, Any], partnerships: int, events: int, rest: Iterator[dict[str, Any]]) -> None:
    if (row.get("partnerships"), row.get("events")) != (partnerships, events):
        raise BadExport("its last line counts other partnerships or events than there are")
    if next(rest, None) is not None:
        raise BadExport("something follows its last line")


def _link(row: dict[str, Any], number: int) -> Link:
    texts = [row.get(name) for name in _TEXTS]
    maybe = [row.get(name) for name in _MAYBE]
    salt = row.get("salt")
    try:
        at = datetime.fromisoformat(row["at"])
        bytes.fromhex(salt or "")
        well = at.utcoffset() is not None and type(row["number"]) is int
    except (KeyError, TypeError, ValueError):
        well = False
    if not well or not all(isinstance(each, str) for each in texts):
        raise BadExport(f"line {number} is not an event")
    if not all(each is None or isinstance(each, str) for each in maybe):
        raise BadExport(f"line {number} is not an event")
    columns: dict[str, Any] = {name: row.get(name) for name in ("number", *_TEXTS, *_MAYBE)}
    return Link(at=at, **columns)


def _unreadable(verifier: Verifier) -> Verdict:
    so_far = verifier.verdict()
    return Verdict(False, so_far.events, so_far.head, so_far.erased, so_far.events + 1, "it cannot be read")


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=True, separators=(",", ":")) + "\n"
