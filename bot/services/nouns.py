"""All nouns, in the order in which the sweep takes them: a noun joins with one line here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from bot.services import feedback, meetings, proposals, retros, surveys
from bot.services.noun import Look, Noun

NOUNS: tuple[Noun[Any], ...] = (
    proposals.NOUN,
    retros.NOUN,
    surveys.NOUN,
    feedback.NOUN,
    meetings.NOUN,
)


def check(nouns: Iterable[Noun[Any]]) -> None:
    """Raises ValueError where two nouns share what tells them apart, or one leaves a thing of its own unnamed."""
    taken: set[object] = set()
    for noun in nouns:
        own = {noun.letter, noun.type, noun.plural, noun.series or f"{noun.name} number", *noun.looks}
        for each in own:
            if each in taken or not each:
                raise ValueError(f"{noun.name}: {each!r} is missing, or another noun's")
            taken.add(each)
        if noun.name not in noun.looks:
            raise ValueError(f"{noun.name}: nothing says how it is looked at")
        if noun.name != noun.type.__name__.lower():
            raise ValueError(f"{noun.name}: refusals call it {noun.type.__name__.lower()}")
        states = {type(state) for state in noun.running}
        if len(states) != 1:
            raise ValueError(f"{noun.name}: its states are of {len(states)} kinds")


check(NOUNS)

NAMED: Mapping[str, Noun[Any]] = MappingProxyType({noun.name: noun for noun in NOUNS})
"""By what the record calls them."""
LOOKS: Mapping[str, Look] = MappingProxyType({name: look for noun in NOUNS for name, look in noun.looks.items()})
"""How things and their parts are looked at, by their names in the record."""
