"""What is recorded of the record itself: gaps after a restore, and what was erased on request (REC-1, RUN-3)."""

from __future__ import annotations

from bot.governance.events import Fact, fact
from bot.governance.ids import PersonId
from bot.governance.policy_events import PolicyAdopted


@fact("restore gap")
class RestoreGap(Fact):
    """A restored copy ends before what Discord shows."""

    number: int
    head: str
    posted_number: int
    highest: int


@fact("restore confirmed")
class RestoreConfirmed(Fact):
    """An operator has seen the gap."""

    number: int
    head: str


@fact("words erased")
class WordsErased(Fact):
    """The words of these events went."""

    numbers: tuple[int, ...]


@fact("person erased")
class PersonErased(Fact):
    """These random ids stand for nobody any more."""

    people: tuple[PersonId, ...]


@fact("erasures listed")
class ErasuresListed(Fact):
    """All that had been erased before erasures were events of the chain."""

    numbers: tuple[int, ...]
    people: tuple[PersonId, ...]


ERASURES: frozenset[type[Fact]] = frozenset({WordsErased, PersonErased, ErasuresListed})
"""What says whose words, or who, was erased on request; it is never erased itself (REC-1)."""

COMPLETE = ERASURES | {PolicyAdopted}
"""A record that holds any of these tells every erasure: words missing without one were taken away (REC-1)."""
