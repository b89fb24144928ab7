"""What effects can change, passed in and out as one value (EFF-4)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.governance.organisation import Partnership
from bot.governance.policy import Policy


@dataclass(frozen=True, slots=True)
class Governed:
    """The parts of a partnership that decisions change."""

    partnership: Partnership
    policy: Policy
