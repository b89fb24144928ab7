"""The hash chain, without a database: how an event is sealed, and how a copy of the record is verified (REC-1)."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import rfc8785

from bot.governance.events import Event, Json
from bot.governance.record_events import COMPLETE, ERASURES
from bot.services.ports.record import Verdict
from storage.types import written

EMPTY = "0" * 64
"""The hash before the first event."""
SALT_BYTES = 16
_ERASURES = frozenset(kind.NAME for kind in ERASURES)
_COMPLETE = frozenset(kind.NAME for kind in COMPLETE)


@dataclass(frozen=True, slots=True)
class Link:
    """One event as it is kept and exported. ``salt`` and ``payload`` are None once erased on request."""

    number: int
    at: datetime
    type: str
    thing: str
    actor: str | None
    digest: str
    previous: str
    hash: str
    salt: str | None = None
    payload: str | None = None


class Verifier:
    """Checks a chain link by link, so that a long one need never be held whole."""

    def __init__(self) -> None:
        self._number = 0
        self._head = EMPTY
        self._missing: set[int] = set()
        self._explained: set[int] = set()
        self._erasures: set[int] = set()
        self._is_complete = False
        self._broken: tuple[int, str] | None = None

    def check(self, links: Iterable[Link]) -> bool:
        """Take the next links; False once the chain is known not to hold."""
        for link in links:
            if self._broken is None:
                self._take(link)
        return self._broken is None

    def verdict(self, number: int | None = None, head: str | None = None) -> Verdict:
        """What was found. With ``number`` or ``head``, as kept elsewhere, a cut-off end is found as well."""
        broken = self._broken
        if broken is None and number is not None and number != self._number:
            broken = (min(number, self._number) + 1, "the chain does not end where it should")
        if broken is None and head is not None and head != self._head:
            broken = (self._number, "the last event is not the one it should be")
        unexplained = self._missing - self._explained
        if broken is None and unexplained and self._is_complete:
            broken = (min(unexplained), "its words are missing, and no erasure of them is on record")
        at, why = broken or (None, "")
        return Verdict(broken is None, self._number, self._head, len(self._missing), at, why, len(unexplained))

    def _take(self, link: Link) -> None:
        self._broken = self._fault(link) or self._erasure_fault(link)
        if self._broken is None:
            self._number, self._head = link.number, link.hash
            if link.payload is None:
                self._missing.add(link.number)
            self._is_complete = self._is_complete or link.type in _COMPLETE

    def _fault(self, link: Link) -> tuple[int, str] | None:
        expected = self._number + 1
        if link.number != expected:
            return expected, f"event {link.number} stands where event {expected} should"
        if link.previous != self._head:
            return link.number, "it does not follow the event before it"
        if seal(link) != link.hash:
            return link.number, "its header was changed"
        if (link.payload is None) != (link.salt is None):
            return link.number, "half of its text is gone"
        if link.payload is not None and link.salt is not None and digest(link.salt, link.payload) != link.digest:
            return link.number, "its text was changed"
        return None

    def _erasure_fault(self, link: Link) -> tuple[int, str] | None:
        """Of an erasure: it takes words away that are gone, of events before it that are no erasures (REC-1)."""
        if link.type not in _ERASURES:
            return None
        self._erasures.add(link.number)
        if link.payload is None:
            return link.number, "it says what was erased, and its own text is missing"
        numbers = data_of(link).get("numbers", [])
        for each in numbers if isinstance(numbers, list) else ():
            if not isinstance(each, int) or not 0 < each < link.number or each in self._erasures:
                return link.number, "it says that something was erased which cannot have been"
            if each not in self._missing:
                return each, f"its words stand here although event {link.number} says that they were erased"
            self._explained.add(each)
        return None


def verify(links: Iterable[Link], number: int | None = None, head: str | None = None) -> Verdict:
    """Whether these links, in order, are an unchanged chain.

    Texts erased on request are counted, not held against it: each erasure is on record itself.
    """
    verifier = Verifier()
    verifier.check(links)
    return verifier.verdict(number, head)


def forge(event: Event, at: datetime, number: int, previous: str) -> Link:
    """The next link of a chain, with fresh salt over its text."""
    salt = secrets.token_hex(SALT_BYTES)
    payload = canonical(event.data)
    open_link = Link(number, at, event.name, event.thing, event.actor, digest(salt, payload), previous, "")
    return Link(*_header(open_link), seal(open_link), salt, payload)


def canonical(data: Mapping[str, Json]) -> str:
    """Canonical JSON (RFC 8785). Integers beyond 2⁵³−1, as Discord ids are, are refused: they have no place here."""
    return rfc8785.dumps(dict(data)).decode()


def digest(salt: str, payload: str) -> str:
    """SHA-256 over salt and text."""
    return hashlib.sha256(bytes.fromhex(salt) + payload.encode()).hexdigest()


def seal(link: Link) -> str:
    """SHA-256 over the canonical JSON of the header, every value a string."""
    header = {
        "number": str(link.number),
        "at": written(link.at),
        "type": link.type,
        "thing": link.thing,
        "actor": link.actor,
        "digest": link.digest,
        "previous": link.previous,
    }
    return hashlib.sha256(rfc8785.dumps(header)).hexdigest()


def data_of(link: Link) -> Mapping[str, Json]:
    """The text of an event, empty once erased."""
    if link.payload is None:
        return {}
    data: dict[str, Json] = json.loads(link.payload)
    return data


def _header(link: Link) -> tuple[int, datetime, str, str, str | None, str, str]:
    return link.number, link.at, link.type, link.thing, link.actor, link.digest, link.previous
