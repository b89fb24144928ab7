"""What is recorded of a partnership, its groups and channels, roles and seats (ORG-1 to ORG-3, SCL-1 to SCL-5)."""

from __future__ import annotations

from bot.governance.events import Fact, fact, part, parts
from bot.governance.ids import GroupId, PersonId


@fact("partnership created")
class PartnershipCreated(Fact):
    """Somebody set a partnership up."""

    name: str


@fact("partnership ratified")
class PartnershipRatified(Fact):
    """It is provisional no longer."""


@fact("group created")
class GroupCreated(Fact):
    """A group of the partnership."""

    name: str
    kind: str
    parent: GroupId | None = part(lacked=None)
    private: bool | None = part(lacked=None)
    purpose: str | None = part(lacked=None)


@fact("place set")
class PlaceSet(Fact):
    """A channel was made, or an existing one adopted."""

    place: str
    adopted: bool


@fact("place lost")
class PlaceLost(Fact):
    """A channel is gone from Discord."""

    place: str


@fact("access changed")
class AccessChanged(Fact):
    """The set-up changed who may do what in a channel."""

    place: str


@fact("access tampered")
class AccessTampered(Fact):
    """Somebody opened a channel by hand: to everyone, to a role, or to a person."""

    place: str
    everyone: bool
    role: str
    person: PersonId
    powers: tuple[str, ...]
    opened: tuple[str, ...]


@fact("access mended")
class AccessMended(Fact):
    """It gives nobody more than their seat does."""

    place: str


@parts
class OfRole(Fact):
    """A role with the seat that it gives: names, no Discord ids."""

    role: str = part(lacked="")
    group: str = part(lacked="")
    seat: str = part()
    stakeholder_class: str = part("class")
    organisation: str = part()


@parts
class MappedRole(OfRole):
    """One of several; ``own`` where who mapped it wears it."""

    own: bool = part("self")


@fact("role mapped")
class RoleMapped(OfRole):
    """A role gives a seat; ``with_others`` of a set-up that tells of all together."""

    own: bool = part("self", lacked=False)
    with_others: bool = False


@fact("roles mapped")
class RolesMapped(Fact):
    """All that one set-up mapped."""

    roles: tuple[MappedRole, ...]


@fact("role unmapped")
class RoleUnmapped(OfRole):
    """A role gives its seat no more."""

    own: bool = part("self", lacked=False)


@fact("role deleted")
class RoleDeleted(OfRole):
    """A role that gave a seat is gone from Discord."""

    own: bool = part("self", lacked=False)


@fact("role renamed")
class RoleRenamed(OfRole):
    """It gives the same seat under another name."""

    was: str


@fact("role endangered")
class RoleEndangered(OfRole):
    """It has gained these powers over the server."""

    powers: tuple[str, ...]


@fact("role mended")
class RoleMended(OfRole):
    """It has power over the server no longer."""


@fact("seat taken")
class SeatTaken(OfRole):
    """Somebody gave themselves a role that gives a seat."""


@fact("seat gained")
class SeatGained(Fact):
    """Somebody holds a seat."""

    seat: str
    group: str
    how: str


@fact("seat lost")
class SeatLost(Fact):
    """Somebody holds it no longer; ``by`` whose hand, where that is known."""

    seat: str
    group: str
    how: str
    by: str | None = None


@fact("electorate changed")
class ElectorateChanged(Fact):
    """Seats of a group that decides something changed by others' hands."""

    lost: tuple[PersonId, ...]
    gained: tuple[PersonId, ...]
    group: str
    private: bool
