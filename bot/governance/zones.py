"""Names of time zones, as people choose them: by place (RHY-1)."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

UTC = "UTC"


@cache
def names() -> frozenset[str]:
    """Places, and UTC: abbreviations such as EST name no rules that people mean all year."""
    named = {zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix", "right"))}
    return frozenset(named - {zone for zone in named if zone.startswith(("SystemV/", "US/", "Brazil/"))} | {UTC})


def spelled(typed: str) -> str | None:
    """The name of this zone as it is written, however its letters were typed; None for none."""
    wanted = "_".join(typed.casefold().split())
    return next((zone for zone in names() if zone.casefold() == wanted), None)
