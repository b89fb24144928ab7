"""Makes the data of ``bot/governance/confusables.py`` from Unicode's table, as ``confusable-homoglyphs`` carries it.

``python -m tests.governance.confusables_table`` prints it, for a new version of the table. The rules import the
standard library only, so the table is copied; ``test_names.py`` compares the copy with the library pair by pair.
"""

from __future__ import annotations

import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator

from confusable_homoglyphs.confusables import confusables_data

Pair = tuple[str, str]
"""Two strings that look alike, decomposed."""


def pairs() -> list[Pair]:
    """What Unicode lists, without the marks of direction that it prints around right-to-left letters."""
    return sorted({(plain(one), plain(each["c"])) for one, others in confusables_data.items() for each in others})


def plain(text: str) -> str:
    return unicodedata.normalize("NFD", text.replace("\u200e", ""))


def table(found: Iterable[Pair]) -> dict[str, str]:
    """What stands for each character, or sequence of them, and stays as it is when it is looked up again."""
    found = list(found)
    same = dict(_standing(found))
    wider: dict[str, str] = {}
    for one, other in found:
        if len(one) == 1 < len(other):
            character = same.get(one, one)
            wider[character] = min(wider.get(character, other), other)

    def read(text: str, seen: tuple[str, ...] = ()) -> str:
        letters = (same.get(letter, letter) for letter in text)
        return "".join(
            read(wider[each], (*seen, each)) if each in wider and each not in seen else each for each in letters
        )

    def skeleton(text: str) -> str:
        return unicodedata.normalize("NFD", read(unicodedata.normalize("NFD", text)))

    characters = {character: read(character) for character in {*same, *wider}}
    # What NFKD leads to the same place needs no line of its own.
    kept = {one: to for one, to in characters.items() if skeleton(unicodedata.normalize("NFKD", one)) != to}
    kept |= {one: to for one, to in characters.items() if unicodedata.normalize("NFKD", one) == one}
    sequences = {tuple(sorted((skeleton(one), skeleton(other)))) for one, other in found}
    return kept | {max(each, key=_rank): min(each, key=_rank) for each in sequences if each[0] != each[1]}


def printed(made: dict[str, str]) -> str:
    """The table as lines: what stands, ``=``, and what looks like it; in hexadecimal, sequences with dots."""
    looks: dict[str, list[str]] = {}
    for one, to in made.items():
        looks.setdefault(_hex(to), []).append(_hex(one))
    entries = []
    for to, ones in sorted(looks.items()):
        ones.sort()
        entries += [f"{to}={','.join(ones[at : at + 12])}" for at in range(0, len(ones), 12)]
    return textwrap.fill(" ".join(entries), 119)


def _standing(found: list[Pair]) -> Iterator[Pair]:
    """Single characters that look alike, with the one that stands for them: a plain letter where there is one."""
    parents: dict[str, str] = {}

    def root(character: str) -> str:
        while (parent := parents.setdefault(character, character)) != character:
            character = parent
        return character

    for one, other in found:
        if len(one) == len(other) == 1:
            parents[root(one)] = root(other)
    groups: dict[str, list[str]] = {}
    for character in list(parents):
        groups.setdefault(root(character), []).append(character)
    for group in groups.values():
        stands = min(group, key=_rank)
        yield from ((each, stands) for each in group if each != stands)


def _rank(text: str) -> tuple[bool, bool, bool, str]:
    return not text.isascii(), not text.isalpha(), text.isupper(), text


def _hex(text: str) -> str:
    return ".".join(f"{ord(character):x}" for character in text)


if __name__ == "__main__":
    sys.stdout.write(printed(table(pairs())) + "\n")
