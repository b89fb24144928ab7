"""Why a clock stands, and what keeps somebody from acting, in a few words (PRO-11)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

STOP_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "outage": "the bot was not connected",
        "card missing": "the card did not stand where the members can see it",
        "role missing": "a Discord role that gives members their seats was removed or given another seat",
        "shut out": "somebody who may act on this cannot see the card",
        "kept from acting": "somebody who still has something to say or do here was timed out or removed by others",
        "too few electors": "too few of the people who may object, or vote, hold their seat now",
    }
)
"""Why a clock stands (PRO-11)."""

BARRED_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "cannot see the card": "cannot see the card",
        "timed out": "timed out by a moderator",
        "removed from the server": "removed from the server",
    }
)
"""What keeps somebody from acting (PRO-11)."""
