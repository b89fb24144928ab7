"""What is recorded of digests (LRN-4)."""

from __future__ import annotations

from datetime import datetime

from bot.governance.events import Fact, fact


@fact("digest given")
class DigestGiven(Fact):
    """What happened since then was told to everybody."""

    since: datetime
