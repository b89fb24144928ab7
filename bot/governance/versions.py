"""Frozen content: the digest of a version, and what a revision changes in substance (PRO-5)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import datetime

from bot.governance.effects import Effect, as_data
from bot.governance.proposals_types import Text, Version


def digest(text: Text, effects: tuple[Effect, ...]) -> str:
    """SHA-256 over the text and effects, as lower-case hexadecimal (PRO-5)."""
    content = {"text": asdict(text), "effects": [as_data(effect) for effect in effects]}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def freeze(number: int, text: Text, effects: tuple[Effect, ...], now: datetime) -> Version:
    """Version ``number`` with this content."""
    return Version(number, text, effects, digest(text, effects), now)


def substance(before: Text, after: Text) -> tuple[str, ...]:
    """What to say in words at the top of a diff (PRO-5): keys ``larger amount``, ``other payee`` …"""
    said = []
    if (after.amount or 0) > (before.amount or 0):
        said.append("larger amount")
    if after.amount is not None and before.amount is not None and after.amount < before.amount:
        said.append("smaller amount")
    if after.currency != before.currency:
        said.append("other currency")
    if after.payee != before.payee:
        said.append("other payee")
    if after.account != before.account:
        said.append("other account")
    return tuple(said)
