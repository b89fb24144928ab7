"""What is recorded of feedback: neither its words nor, where it is anonymous, who gave it (LRN-4)."""

from __future__ import annotations

from bot.governance.events import Fact, fact
from bot.governance.ids import GroupId, PersonId


@fact("feedback given")
class FeedbackGiven(Fact):
    """Somebody gave feedback, to a group or (None) the whole partnership."""

    number: int
    group: GroupId | None
    anonymous: bool


@fact("feedback acknowledged")
class FeedbackAcknowledged(Fact):
    """Somebody has seen it."""

    number: int


@fact("feedback assigned")
class FeedbackAssigned(Fact):
    """Somebody takes it on."""

    number: int
    owner: PersonId


@fact("feedback answered")
class FeedbackAnswered(Fact):
    """The public answer."""

    number: int
    answer: str


@fact("feedback closed")
class FeedbackClosed(Fact):
    """It is over."""

    number: int
    by_author: bool


@fact("feedback hidden")
class FeedbackHidden(Fact):
    """Its words are hidden, for a public reason."""

    number: int
    reason: str


@fact("feedback shown")
class FeedbackShown(Fact):
    """Its words are shown again."""

    number: int


@fact("feedback reopened")
class FeedbackReopened(Fact):
    """The answer did not settle it."""

    number: int
