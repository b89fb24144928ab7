"""The record as a file of JSON lines: everything needed to verify it anywhere, without this database (REC-1, RUN-1).

The first line names the format and every partnership with the head its chain ends with; a line opens each of them,
its events follow, and a last line counts and seals all lines before it, so that a file cut short or put together anew
is seen to be one. No Discord id stands in it. ``docs/export.md`` describes it for whoever writes another reader.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Protocol

from bot.governance import receipts
from bot.governance.consistency import Difference
from bot.governance.ids import PartnershipId
from bot.governance.receipts import Receipt, ReceiptStanding
from bot.services.nouns import NOUNS
from bot.services.ports.record import Compared, Verdict
from storage.chain import Link, Verifier
from storage.types import written

KIND, VERSION, FIRST_VERSION = "governance record", 2, 1
OLDER = (
    "This file was written by an earlier version of the bot: it lacks the list of partnerships and the seal over its "
    "lines that newer exports have."
)
_TEXTS = ("type", "thing", "digest", "previous", "hash")
_MAYBE = ("actor", "salt", "payload")
_EVENT = frozenset({"kind", "number", "at", *_TEXTS, *_MAYBE})
_OPENING = {"id": int, "name": str, "events": int, "head": str}


class BadExport(Exception):
    """This file is not a whole export. ``said`` tells why."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class Chain(Protocol):
    """One partnership's chain, as a transaction gives it."""

    async def head(self, partnership: PartnershipId) -> tuple[int, str]: ...

    def links(self, partnership: PartnershipId) -> AsyncIterator[Link]: ...


class KeptBeside(Protocol):
    """What is kept beside the chains, as a transaction gives it."""

    async def differences(self, partnership: PartnershipId, nouns: Iterable[Compared]) -> tuple[Difference, ...]: ...


@dataclass(frozen=True, slots=True)
class ExportCheck:
    """What came of checking one partnership. ``standing`` tells of a receipt, where one was to be looked for."""

    partnership: int
    name: str
    verdict: Verdict
    differences: tuple[Difference, ...] = ()
    standing: ReceiptStanding | None = None

    @property
    def well(self) -> bool:
        """Whether chain and rows hold; a receipt stands in one partnership of several."""
        return self.verdict.holds and not self.differences


class _Checking:
    """One chain link by link, and what a receipt asks of it."""

    def __init__(self, receipt: Receipt | None) -> None:
        self.verifier = Verifier()
        self._receipt = receipt
        self._at_number: str | None = None
        self._somewhere = False

    def take(self, link: Link) -> bool:
        """False once the chain is known not to hold."""
        holds = self.verifier.check((link,))
        if holds and self._receipt is not None:
            if link.number == self._receipt.number:
                self._at_number = link.hash
            self._somewhere = self._somewhere or (self._receipt.proves and link.hash.startswith(self._receipt.digits))
        return holds

    def standing(self) -> ReceiptStanding | None:
        """Whether the receipt stands in it, None where there is none."""
        if self._receipt is None:
            return None
        return receipts.standing(self._receipt, self._at_number, self._somewhere)


async def verified(
    chain: Chain, beside: KeptBeside, partnership: PartnershipId, name: str, receipt: Receipt | None = None
) -> ExportCheck:
    """Check a chain in the database up to a row that cannot even be read, and what is kept beside it."""
    number, head = await chain.head(partnership)
    checking = _Checking(receipt)
    try:
        async for link in chain.links(partnership):
            if not checking.take(link):
                break
    except (ValueError, TypeError, AttributeError):
        return ExportCheck(partnership, name, _unreadable(checking.verifier), standing=checking.standing())
    verdict = checking.verifier.verdict(number, head)
    differences = await beside.differences(partnership, NOUNS) if verdict.holds else ()
    return ExportCheck(partnership, name, verdict, differences, checking.standing())


async def lines(chain: Chain, partnerships: Iterable[tuple[PartnershipId, str]]) -> AsyncIterator[str]:
    """The file, line by line. Texts erased on request are left out, as in the database."""
    openings: list[dict[str, Any]] = []
    for partnership, name in partnerships:
        number, head = await chain.head(partnership)
        openings.append({"id": partnership, "name": name, "events": number, "head": head})
    sealed, events = hashlib.sha256(), 0

    def line(row: dict[str, Any]) -> str:
        made = json.dumps(row, ensure_ascii=True, separators=(",", ":")) + "\n"
        sealed.update(made.encode())
        return made

    yield line({"kind": KIND, "version": VERSION, "partnerships": openings})
    for opening in openings:
        yield line({"kind": "partnership", **opening})
        async for link in chain.links(opening["id"]):
            columns = {each.name: getattr(link, each.name) for each in fields(link)}
            yield line({"kind": "event", **columns, "at": written(link.at)})
            events += 1
    yield line({"kind": "end", "partnerships": len(openings), "events": events, "seal": sealed.hexdigest()})


def verify(lines: Iterable[str], receipt: Receipt | None = None) -> tuple[int, tuple[ExportCheck, ...]]:
    """Check every chain in an exported file; the version of its format with what came of it.

    Raises BadExport when the file is not a whole export.
    """
    reading = _Reading(lines)
    version, listed = _format(next(reading, None))
    checked: list[ExportCheck] = []
    opened: dict[str, Any] | None = None
    checking = _Checking(receipt)
    events = 0
    for row in reading:
        match row.get("kind"):
            case "event" if opened is not None:
                events += 1
                checking.take(_link(row, reading.number))
            case "partnership" | "end":
                if opened is not None:
                    verdict = checking.verifier.verdict(opened["events"], opened["head"])
                    checked.append(ExportCheck(opened["id"], opened["name"], verdict, standing=checking.standing()))
                if row["kind"] == "end":
                    _check_end(row, version, len(checked), events, reading)
                    if listed is not None and len(listed) != len(checked):
                        raise BadExport("its first line lists other partnerships than there are")
                    return version, tuple(checked)
                opened, checking = _opened(row, reading.number), _Checking(receipt)
                if opened["id"] in {each.partnership for each in checked}:
                    raise BadExport(f"line {reading.number} opens partnership {opened['id']} a second time")
                if listed is not None and opened not in listed[len(checked) : len(checked) + 1]:
                    raise BadExport(f"line {reading.number} opens another partnership than the first line lists")
            case _:
                raise BadExport(f"line {reading.number} is not part of an export")
    raise BadExport("it ends too early: the file was cut short")


class _Reading:
    """The rows of a file one by one, with the number of the last line and the seal over all before it."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._sealed = hashlib.sha256()
        self.number = 0
        self.seal = ""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self

    def __next__(self) -> dict[str, Any]:
        line = next(self._lines)
        self.number += 1
        self.seal = self._sealed.hexdigest()
        self._sealed.update(f"{line.rstrip(chr(10))}\n".encode())
        try:
            row = strictly_read(line)
        except (ValueError, RecursionError) as error:
            raise BadExport(f"line {self.number} is not JSON: {error}") from None
        if not isinstance(row, dict):
            raise BadExport(f"line {self.number} is not part of an export")
        return row


def strictly_read(text: str) -> Any:
    """JSON that every reader reads alike. Raises ValueError, also where an object names something twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("it names the same thing twice")
        return found

    def refused(name: str) -> None:
        raise ValueError(f"{name} is no number")

    return json.loads(text, object_pairs_hook=once, parse_constant=refused)


def _format(row: dict[str, Any] | None) -> tuple[int, list[dict[str, Any]] | None]:
    """The version of the format, and from the second on the partnerships that the file says it holds."""
    if row == {"kind": KIND, "version": FIRST_VERSION}:
        return FIRST_VERSION, None
    if row is None or row.get("kind") != KIND:
        raise BadExport("it was not written by python -m bot export")
    listed = row.get("partnerships")
    if type(row.get("version")) is not int or row["version"] != VERSION or not isinstance(listed, list):
        raise BadExport("it was written by another version of the bot: check it with that one")
    return VERSION, [_opened({"kind": "partnership", **each} if isinstance(each, dict) else {}, 1) for each in listed]


def _opened(row: dict[str, Any], number: int) -> dict[str, Any]:
    opening = {name: value for name, value in row.items() if name != "kind"}
    if opening.keys() != _OPENING.keys() or any(type(opening[name]) is not kind for name, kind in _OPENING.items()):
        raise BadExport(f"line {number} does not open a partnership")
    return opening


def _check_end(row: dict[str, Any], version: int, partnerships: int, events: int, rest: _Reading) -> None:
    told = {"kind": "end", "partnerships": partnerships, "events": events}
    if version > FIRST_VERSION:
        told["seal"] = rest.seal
    if {**row, "seal": ""} != {**told, "seal": ""}:
        raise BadExport("its last line counts other partnerships or events than there are")
    if row != told:
        raise BadExport("its lines are not those that were sealed when it was written")
    if next(rest, None) is not None:
        raise BadExport("something follows its last line")


def _link(row: dict[str, Any], number: int) -> Link:
    try:
        at = datetime.fromisoformat(row["at"])
        well = row.keys() == _EVENT and type(row["number"]) is int and written(at) == row["at"]
        well = well and all(isinstance(row[name], str) for name in _TEXTS)
        well = well and all(row[name] is None or isinstance(row[name], str) for name in _MAYBE)
        well = well and (row["salt"] is None or re.fullmatch(r"([0-9a-f]{2})*", row["salt"]) is not None)
        well = well and (row["payload"] is None or isinstance(strictly_read(row["payload"]), dict))
    except (KeyError, TypeError, ValueError, RecursionError):
        well = False
    if not well:
        raise BadExport(f"line {number} is not an event")
    columns: dict[str, Any] = {name: row[name] for name in ("number", *_TEXTS, *_MAYBE)}
    return Link(at=at, **columns)


def _unreadable(verifier: Verifier) -> Verdict:
    so_far = verifier.verdict()
    return Verdict(False, so_far.events, so_far.head, so_far.erased, so_far.events + 1, "it cannot be read")
