"""Reads any custom_id that a presenter of ours wrote: all patterns of all nouns (``custom_ids`` says how they look)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.ui.custom_ids import MOST
from bot.ui.nouns import NOUNS
from bot.ui.presenter import merged

_TEMPLATES = tuple(
    re.compile(template) for template in merged("a custom_id", (dict.fromkeys(noun.ids, noun.name) for noun in NOUNS))
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a custom_id names. ``kind`` is what it begins with; ``named`` holds the rest as it is written."""

    kind: str
    act: str
    named: Mapping[str, str] = field(default_factory=dict)


def parse(custom_id: str) -> Parsed | None:
    """What this id names; None for forged, oversized or odd ones."""
    if len(custom_id) > MOST:
        return None
    for template in _TEMPLATES:
        if found := template.fullmatch(custom_id):
            named = {name: text for name, text in found.groupdict().items() if text is not None}
            return Parsed(custom_id.partition(":")[0], named.pop("act", ""), named)
    return None
