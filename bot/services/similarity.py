"""Which texts say much the same, by their wording (LRN-1). It suggests; opposites look alike, so people decide."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from rapidfuzz import fuzz, utils

from bot.governance import names

MOST_GROUPS = 10
MOST_ALIKE = 8
"""Texts of one suggestion."""

_SIZES = (3, 4, 5)
_TELLING = 48
"""Letter groups kept of one text: the rarest tell most, and the rest only makes it slow."""
_COMMON = 0.2
"""A letter group in more than this share of the texts tells nothing, unless the texts are few."""
_FEW = 10
_NEAR = 0.28
"""Cosine from which two texts are looked at more closely."""
_ALIKE = 60.0
"""Share of words in common, of 100, from which they are suggested."""
_THE_SAME = 1000.0
_THE_SAME_WORDS = 85.0
"""Share of words in common, of 100, from which one proposal says what another said."""
_FEW_WORDS = 8
_LIKE = 60.0
"""Share of words in common, of 100, from which a proposal is shown as similar; unlike ones come to about 45."""


@lru_cache(maxsize=32)
def alike(texts: tuple[tuple[int, str], ...]) -> tuple[tuple[int, ...], ...]:
    """Groups of texts, by their numbers, whose wording is alike: likeliest first, no text in two of them.

    Texts are compared by their groups of three to five letters, the rarer the weightier, and pairs that come near by
    the words that they share.
    """
    same: dict[str, list[int]] = {}
    for number, text in texts:
        same.setdefault(utils.default_process(text), []).append(number)
    # Each wording is compared once; those who used the same belong together anyway.
    pairs = _pairs({numbers[0]: text for text, numbers in same.items() if text})
    pairs += [(_THE_SAME, numbers[0], other) for numbers in same.values() for other in numbers[1:]]
    pairs.sort(key=lambda pair: (-pair[0], pair[1:]))
    near: dict[int, list[int]] = {}
    for _, one, other in pairs:
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    taken: set[int] = set()
    groups: list[tuple[int, ...]] = []
    for _, one, other in pairs:
        if len(groups) == MOST_GROUPS:
            break
        if one in taken or other in taken:
            continue
        # Who is like both of the likeliest pair belongs to them; likeness does not pass on along a chain.
        joint = near[other] if len(near[other]) > 1 else near[one]
        more = [each for each in near[one] if each in joint and each != other and each not in taken]
        group = tuple(sorted({one, other, *more[: MOST_ALIKE - 2]}))
        taken |= set(group)
        groups.append(group)
    return tuple(groups)


def says_the_same(one: str, other: str) -> bool:
    """Whether two texts say much the same, in whatever order and however spelled; more said around it hides nothing.

    Texts of few words are compared whole: a few words stand in many a text.
    """
    words = [utils.default_process(names.folded(each)) for each in (one, other)]
    if min(len(set(each.split())) for each in words) >= _FEW_WORDS:
        return fuzz.token_set_ratio(*words) >= _THE_SAME_WORDS
    return fuzz.token_sort_ratio(*words) >= _THE_SAME_WORDS


def nearest(text: str, others: Mapping[int, str], most: int) -> tuple[int, ...]:
    """The numbers of the texts whose wording is most like this one's, the likeliest first; none that is not near it."""
    words = utils.default_process(names.folded(text))
    told = {number: utils.default_process(names.folded(other)) for number, other in others.items()}
    found = [(fuzz.token_sort_ratio(words, other), number) for number, other in told.items()]
    return tuple(
        number for near, number in sorted(found, key=lambda each: (-each[0], -each[1]))[:most] if near >= _LIKE
    )


def _pairs(texts: dict[int, str]) -> list[tuple[float, int, int]]:
    """Pairs that are alike, with how much."""
    found = []
    for (one, other), cosine in _cosines(texts).items():
        if cosine < _NEAR:
            continue
        words = fuzz.token_set_ratio(texts[one], texts[other])
        if words >= _ALIKE:
            found.append((round(cosine * words, 6), one, other))
    return found


def _cosines(texts: dict[int, str]) -> dict[tuple[int, int], float]:
    counts = {number: _grams(text) for number, text in texts.items()}
    spread: Counter[str] = Counter()
    for each in counts.values():
        spread.update(each.keys())
    most = max(_FEW, int(len(texts) * _COMMON))
    holding: dict[str, list[tuple[int, float]]] = {}
    for number, each in counts.items():
        weights = {
            gram: (1 + math.log(n)) * math.log(1 + len(texts) / spread[gram])
            for gram, n in each.items()
            if spread[gram] <= most
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        # One that stands in a single text is part of its length, and compares with nothing.
        shared = [gram for gram in weights if spread[gram] > 1]
        for gram in sorted(shared, key=lambda gram: (-weights[gram], gram))[:_TELLING]:
            holding.setdefault(gram, []).append((number, weights[gram] / length))
    cosines: dict[tuple[int, int], float] = {}
    for postings in holding.values():
        for place, (other, there) in enumerate(postings):
            for one, here in postings[:place]:
                pair = (one, other)
                cosines[pair] = cosines.get(pair, 0.0) + here * there
    return cosines


def _grams(text: str) -> Counter[str]:
    padded = f" {' '.join(text.split())} "
    return Counter(padded[at : at + size] for size in _SIZES for at in range(len(padded) - size + 1))
