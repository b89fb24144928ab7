"""What is recorded of the health of a partnership (ORG-7)."""

from __future__ import annotations

from datetime import datetime

from bot.governance.events import Fact, fact
from bot.governance.ids import PersonId


@fact("health marked")
class HealthMarked(Fact):
    """A mark was crossed, of one of the checks; what it says beside the two numbers goes with the check."""

    check: str
    part: int
    whole: int
    group: str
    organisation: str = ""
    since: datetime | None = None
    person: PersonId | None = None
    proposals: tuple[int, ...] | None = None
