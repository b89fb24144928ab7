"""What is recorded of objections, concerns and signs (OBJ-1 to OBJ-8, PRO-9)."""

from __future__ import annotations

from bot.governance.events import Fact, fact, part, parts
from bot.governance.ids import PersonId


@parts
class OfObjection(Fact):
    """Something that happened to one of a proposal's objections, by its number."""

    objection: int


@parts
class BySpeaker(OfObjection):
    """Said by who speaks for it: with whose it is, where a colleague spoke with their organisation's one voice."""

    raised_by: PersonId | None = part(default=None, kw_only=True)
    organisation: str = part(default="", kw_only=True)


@fact("concern raised")
class ConcernRaised(Fact):
    """Somebody raised a concern; ``why`` is a key where an objection could not be taken."""

    text: str
    why: str


@fact("objection raised")
class ObjectionRaised(OfObjection):
    """Somebody objects, and is to state it."""

    via: str


@fact("objection stated")
class ObjectionStated(BySpeaker):
    """The claim."""

    criterion: str
    agreement: str
    reason: str
    suggestion: str


@fact("objection lapsed")
class ObjectionLapsed(OfObjection):
    """It was not stated in time and is a concern."""


@fact("objection withdrawn")
class ObjectionWithdrawn(BySpeaker):
    """Who speaks for it took it back."""


@fact("objection integrated")
class ObjectionIntegrated(BySpeaker):
    """Who speaks for it says that this version resolves it."""

    version: int


@fact("objection maintained")
class ObjectionMaintained(BySpeaker):
    """Who speaks for it says that it stands against this version."""

    version: int


@fact("objection overruled")
class ObjectionOverruled(OfObjection):
    """The final vote set it aside."""


@fact("objection orphaned")
class ObjectionOrphaned(OfObjection):
    """The objector left, and nobody took it over."""


@fact("test asked")
class RulingAsked(OfObjection):
    """Somebody asked for a ruling on its form."""


@fact("test ruled")
class RulingGiven(OfObjection):
    """A facilitator ruled on its form."""

    in_form: bool
    reason: str


@fact("appeal filed")
class AppealFiled(OfObjection):
    """The losing side of a ruling appealed; without words where the rules did."""

    reason: str


@fact("appeal voted")
class AppealVoted(OfObjection):
    """A judge said whether it stands."""

    stands: bool


@fact("appeal decided")
class AppealDecided(OfObjection):
    """The judges' majority."""

    stands: bool
    votes_stands: int
    votes_against: int


@fact("sponsor needed")
class SponsorNeeded(OfObjection):
    """Nobody speaks for it."""


@fact("sponsor found")
class SponsorFound(OfObjection):
    """Somebody took it over."""


@fact("objector seat lost")
class ObjectorSeatLost(OfObjection):
    """The seat behind it was taken away; it stands."""


@fact("reaction gone")
class ReactionGone(OfObjection):
    """The reaction behind it disappeared, by whom is not known."""


@fact("reactions wiped")
class ReactionsWiped(Fact):
    """Reactions were wiped while these objections stood."""

    standing: tuple[int, ...]


@fact("objector told")
class ObjectorTold(OfObjection):
    """Who raised it learned that it is to be stated."""

    way: str


@fact("sign answered")
class SignAnswered(Fact):
    """Somebody reacted with a sign that is no objection."""

    emoji: str
