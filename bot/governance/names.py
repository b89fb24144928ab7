"""Names that people choose: shown as they were written, compared folded (OBJ-6).

Two names are one where nobody could tell them apart when reading, or where they differ in case, width or composition
only. Both at once cannot be one key: a Greek capital Nu looks like N and a small one like v, so a key that puts away
case *and* looks would hold n and v for the same letter. A name therefore has two forms, and two names are alike when
they share one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from bot.governance.confusables import skeleton
from bot.governance.errors import BadText, BadValue

OWN_WORDS = (
    "everyone",
    "everyone with a seat",
    "here",
    "member of another group",
    "member of the group",
    "the whole partnership",
    "whole partnership",
)
"""What the bot calls things that nobody named; no name may look like one of them."""

_UNSEEN = (
    *(range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xFFF0, 0xFFF9), range(0xE0000, 0xE1000)),
    *(range(each, each + 1) for each in (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x2800, 0x3164, 0xFFA0)),
)
"""What is drawn as nothing beside format and control characters: selectors, fillers, the empty braille."""


@lru_cache(maxsize=4096)
def forms(name: str) -> frozenset[str]:
    """What a name is compared by: how it looks without its case, and how it looks once its case was put away.

    Empty for a name of which nothing can be seen.
    """
    seen = " ".join("".join(map(_seen, name)).split())
    lower = seen
    for _ in range(2):
        lower = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", lower).casefold())
    return frozenset(filter(None, (_tidy(skeleton(lower)), _tidy(skeleton(seen).casefold()))))


def folded(text: str) -> str:
    """A longer text as it is compared by its wording: without case and width, look-alikes the same, unseen left out."""
    seen = " ".join("".join(map(_seen, text)).split())
    return skeleton(unicodedata.normalize("NFKC", seen).casefold())


def visible(name: str) -> bool:
    """Whether anything of it can be seen."""
    return bool(forms(name))


def alike(one: str, other: str) -> bool:
    """Whether two names are the same to people: in case, width, composition, unseen and look-alike characters."""
    return forms(one) == forms(other) or not forms(one).isdisjoint(forms(other))


def holds(name: str, typed: str) -> bool:
    """Whether a name holds what was typed so far, for suggestions. Nothing typed is held by every name."""
    return not forms(typed) or any(part in form for form in forms(name) for part in forms(typed))


def standing(wanted: str, names: Iterable[str]) -> str | None:
    """The spelling that stands among these for the name that is wanted: itself if it does, else the first alike."""
    names = tuple(names)
    return wanted if wanted in names else next((each for each in names if alike(wanted, each)), None)


def spellings(names: Iterable[str]) -> dict[str, str]:
    """Each name with the spelling that stands for it: the first of those alike, directly or by way of others."""
    groups: list[tuple[set[str], list[str]]] = []
    for name in dict.fromkeys(names):
        near = [group for group in groups if not group[0].isdisjoint(forms(name) or {""})]
        shapes = set(forms(name) or {""}).union(*(group[0] for group in near))
        members = [each for group in near for each in group[1]]
        # The first that was met stays in its place, so that the first spelling is the one that stands.
        place = groups.index(near[0]) if near else len(groups)
        groups = [group for group in groups if group not in near]
        groups.insert(place, (shapes, [*members, name]))
    return {name: members[0] for _, members in groups for name in members}


def common(ones: Iterable[str], others: Iterable[str]) -> bool:
    """Whether a name of the ones is like one of the others."""
    others = tuple(others)
    return any(alike(one, other) for one in ones for other in others)


def doubled(names: Iterable[str]) -> str | None:
    """The first name that is like one before it; None while all differ."""
    before: set[str] = set()
    for name in names:
        if not before.isdisjoint(forms(name)):
            return name
        before |= forms(name)
    return None


def check(field: str, name: str, least: int, most: int) -> None:
    """Whether a name is fit to be chosen; lengths in characters. Raises BadText, BadValue."""
    if not least <= len(name) <= most or name.splitlines() not in ([], [name]):
        raise BadText(field, len(name), least, most)
    if name and not visible(name):
        raise BadValue(field, name, "letters")
    if not _joined(name).isdisjoint(_OWN_FORMS):
        raise BadValue(field, name, "own name")


def _seen(character: str) -> str:
    """Nothing for what is not drawn; blanks stay, whatever their width."""
    if character.isspace():
        return " "
    unseen = unicodedata.category(character) in {"Cf", "Cc"} or any(ord(character) in each for each in _UNSEEN)
    return "" if unseen else character


def _tidy(form: str) -> str:
    return " ".join("".join(map(_seen, form)).split())


def _joined(name: str) -> frozenset[str]:
    """Its forms without blanks and the sign of a mention: a gap makes no other word of the bot's own."""
    return frozenset(form.replace("@", "").replace(" ", "") for form in forms(name))


_OWN_FORMS = frozenset().union(*map(_joined, OWN_WORDS))
