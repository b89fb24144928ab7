"""What is recorded of a proposal, from its review to what became of it (PRO-3 to PRO-11, EFF-3)."""

from __future__ import annotations

from bot.governance.events import Fact, fact, part
from bot.governance.ids import GroupId, PersonId


@fact("draft discarded")
class DraftDiscarded(Fact):
    """A draft goes no further."""


@fact("review opened")
class ReviewOpened(Fact):
    """A draft became a proposal; ``policy`` is the version of its rules, ``group`` the one that decides."""

    number: int
    type: str
    version: int
    digest: str
    policy: int
    electors: tuple[PersonId, ...]
    group: GroupId | None = part(lacked=None)
    refiles: int | None = None
    changed: str | None = None


@fact("version published")
class VersionPublished(Fact):
    """Another version of it; ``substance`` are the parts that changed in substance."""

    version: int
    digest: str
    substance: tuple[str, ...]
    electors: tuple[PersonId, ...]


@fact("proposal read")
class ProposalRead(Fact):
    """Somebody said that they have read it."""

    version: int


@fact("window extended")
class ReviewExtended(Fact):
    """Too few were reached: its window is open once more."""

    hours: int
    reached: int
    reachable: int


@fact("window closed")
class ReviewClosed(Fact):
    """The time in which one may object is up."""

    reached: int
    reachable: int


@fact("proposal passed")
class ProposalPassed(Fact):
    """Silence gave consent."""

    timelock_hours: int
    low_reach: bool
    reached: int
    reachable: int


@fact("proposal adopted")
class ProposalAdopted(Fact):
    """The final vote adopted it."""

    timelock_hours: int
    low_reach: bool
    reached: int
    reachable: int


@fact("proposal disputed")
class ProposalDisputed(Fact):
    """Enough objections stand."""

    weight: int
    threshold: int


@fact("proposal lapsed")
class ProposalLapsed(Fact):
    """It ended unheard, with reach where that is why."""

    why: str
    reached: int | None = None
    reachable: int | None = None


@fact("proposal withdrawn")
class ProposalWithdrawn(Fact):
    """Its author took it back."""

    reason: str


@fact("proposal not adopted")
class ProposalNotAdopted(Fact):
    """It was decided against, or could not be decided."""

    why: str


@fact("proposal enacted")
class ProposalEnacted(Fact):
    """What it decides holds; ``digest`` is that of the version carried out."""

    digest: str


@fact("proposal stale")
class ProposalStale(Fact):
    """What it was written against had changed."""

    why: str


@fact("proposal done")
class ProposalDone(Fact):
    """People have done what was decided."""


@fact("proposal not done")
class ProposalNotDone(Fact):
    """They have not, after all."""


@fact("halt consented")
class HaltConsented(Fact):
    """An elector asks to halt it: so many of so many."""

    agreed: int
    electors: int


@fact("proposal halted")
class ProposalHalted(Fact):
    """A majority of electors halted it."""


@fact("nudged")
class Nudged(Fact):
    """The one reminder before close, for those who had not acted."""

    people: tuple[PersonId, ...]


@fact("card lost")
class CardLost(Fact):
    """What showed it in Discord was deleted."""

    what: str


@fact("card posted again")
class CardPostedAgain(Fact):
    """What showed it stands again."""

    what: str
