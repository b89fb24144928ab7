"""What effects can change, passed in and out as one value (EFF-4)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.governance.ids import PersonId
from bot.governance.organisation import Partnership
from bot.governance.policy import Policy


@dataclass(frozen=True, slots=True)
class Governed:
    """The parts of a partnership that decisions change.

    ``confirmed``: whose seats, held since before the review opened, count as decided from now on (PRO-9).
    """

    partnership: Partnership
    policy: Policy
    confirmed: tuple[PersonId, ...] = ()
