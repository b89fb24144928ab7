"""Who sits where: partnerships, groups, seats and the Discord roles mapped to them (ORG-1 to ORG-3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.governance import names
from bot.governance.errors import BadText, BadValue, NotFound, RoleRefused
from bot.governance.ids import GroupId, PartnershipId, PersonId, RoleId

MEMBER = "member"
FACILITATOR = "facilitator"
LEAD = "lead"
OBSERVER = "observer"
CONTRIBUTOR = "contributor"
SEATS = (MEMBER, FACILITATOR, "liaison", LEAD, "delegate", "signer", "steward", OBSERVER, CONTRIBUTOR)
"""The seats that every partnership knows. Custom ones are other words of up to 32 characters."""

MOST_SEAT = 32
MOST_NAME = 60
"""Most characters of a seat, and of a class, an organisation, a group or a partnership."""

CLASSES = ("financial contributor", "strategic partner", "domain expert", "community representative")
"""Stakeholder classes of the template; a partnership may write others."""

POWERS = (
    "administrator",
    "manage_guild",
    "manage_roles",
    "manage_channels",
    "manage_webhooks",
    "manage_messages",
    "kick_members",
    "ban_members",
    "moderate_members",
    "mention_everyone",
)
"""Discord permissions with which a role may not carry a seat (ORG-2a)."""


class GroupKind(StrEnum):
    """The three governance scales within a partnership (SCL)."""

    STAKEHOLDERS = "stakeholder group"
    TOP_LEVEL = "top-level cell"
    CELL = "cell"


@dataclass(frozen=True, slots=True)
class Group:
    """A stakeholder group, a top-level cell or a cell. ``private`` groups are read by their members only."""

    id: GroupId
    kind: GroupKind
    name: str
    parent: GroupId | None = None
    private: bool = False
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class RoleMapping:
    """A Discord role that carries a seat (ORG-2). ``group`` is None for the partnership-wide contributor seat.

    ``lost`` once the role was deleted, unmapped or mapped elsewhere while nothing took its place (ORG-3): it gives the
    seat to nobody. ``name`` is the role's name as last seen, for the record: Discord ids stand outside it. ``powers``
    are those that the role has gained since it was mapped: while it has any, its seat gives no authority (ORG-2).
    """

    role: RoleId
    group: GroupId | None
    seat: str
    stakeholder_class: str = ""
    organisation: str = ""
    mapped_at: datetime | None = None
    name: str = ""
    lost: bool = False
    powers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """A seat that a person holds now."""

    person: PersonId
    mapping: RoleMapping


@dataclass(frozen=True, slots=True)
class Elector:
    """Someone who may object to or vote on one proposal (PRO-9), with the class and organisation they count in.

    ``left``: they gave the seat up since, and do not hold it again. Who lost it by another's hand has not left.
    """

    person: PersonId
    stakeholder_class: str = ""
    organisation: str = ""
    left: bool = False


@dataclass(frozen=True, slots=True)
class Partnership:
    """One multi-stakeholder project with its groups and mapped roles. ``version`` guards concurrent changes."""

    id: PartnershipId
    name: str
    guild_id: int
    groups: tuple[Group, ...] = ()
    mappings: tuple[RoleMapping, ...] = ()
    provisional: bool = True
    created_at: datetime | None = None
    version: int = 0

    def group(self, wanted: GroupId) -> Group:
        """The group of this id. Raises NotFound."""
        for group in self.groups:
            if group.id == wanted:
                return group
        raise NotFound("group", str(wanted))

    def of_kind(self, kind: GroupKind) -> Group:
        """The first group of this kind. Raises NotFound."""
        for group in self.groups:
            if group.kind is kind:
                return group
        raise NotFound("group", kind)

    def domain(self, wanted: GroupId | None) -> Group | None:
        """The group of this id, None for the partnership as a whole. Raises NotFound."""
        return None if wanted is None else self.group(wanted)

    @property
    def stakeholders(self) -> Group:
        """The stakeholder group."""
        return self.of_kind(GroupKind.STAKEHOLDERS)


@dataclass(frozen=True, slots=True)
class Member:
    """A person as they stand at the instant of an act: the seats that their Discord roles give now (ORG-2)."""

    person: PersonId
    seats: tuple[RoleMapping, ...] = ()

    @property
    def sits_in(self) -> frozenset[GroupId]:
        """The groups in which they hold a seat; observers only look on."""
        return frozenset(s.group for s in self.seats if s.group is not None and s.seat != OBSERVER)

    @property
    def trusted(self) -> Member:
        """The same person with those seats only whose roles gained no power (ORG-2)."""
        return replace(self, seats=tuple(seat for seat in self.seats if not seat.powers))

    @property
    def organisations(self) -> frozenset[str]:
        """The organisations that their seats speak for."""
        return frozenset(s.organisation for s in self.seats if s.organisation)


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """What Discord says of a role that someone wants to map. ``powers`` names its dangerous permissions."""

    id: RoleId
    is_everyone: bool = False
    managed: bool = False
    position: int = 0
    powers: tuple[str, ...] = ()


def role_missing(partnership: Partnership, group: GroupId) -> bool:
    """Whether a role that this group's electorate depends on was deleted or unmapped (ORG-3, PRO-11)."""
    return any(m.lost and m.group == group and m.seat == MEMBER for m in partnership.mappings)


def with_mapping(partnership: Partnership, mapping: RoleMapping) -> Partnership:
    """The partnership with this role mapped, in place of what it carried before (ORG-2).

    A member seat that it carried elsewhere has lost its role (ORG-3). One lost role of the seat it comes to is made
    good: itself, else one of the same class and organisation, else the one that was mapped first.
    """
    seat = (mapping.group, mapping.seat)
    before = [m for m in partnership.mappings if m.role == mapping.role]
    others = [m for m in partnership.mappings if m.role != mapping.role]
    if all((m.group, m.seat) != seat for m in before):
        waiting = [m for m in others if m.lost and (m.group, m.seat) == seat]
        nearest = sorted(waiting, key=lambda m: _speaks_for(m) != _speaks_for(mapping))
        others = [m for m in others if m not in nearest[:1]]
    left = [replace(m, lost=True) for m in before if m.seat == MEMBER and (m.group, m.seat) != seat]
    return replace(partnership, mappings=(*others, *left, mapping))


def without_role(partnership: Partnership, role: RoleId) -> Partnership:
    """The partnership with this role's mapping marked as lost (ORG-3): never forgotten, never "everyone"."""
    return replace(
        partnership, mappings=tuple(replace(m, lost=True) if m.role == role else m for m in partnership.mappings)
    )


def mapping_of(partnership: Partnership, role: int) -> RoleMapping | None:
    """What this role carries now, or None."""
    return next((m for m in partnership.mappings if m.role == role and not m.lost), None)


def check_words(seat: str, group: GroupId | None, stakeholder_class: str, organisation: str) -> None:
    """Whether a mapping's words are fit for the record (ORG-2). Raises BadValue, BadText."""
    names.check("seat", seat, 1, MOST_SEAT)
    if not seat[0].isalnum():
        raise BadText("seat", len(seat), 1, MOST_SEAT)
    if (seat == CONTRIBUTOR) != (group is None):
        raise BadValue("group", seat, "seat's group")
    for field, text in (("class", stakeholder_class), ("organisation", organisation)):
        names.check(field, text, 0, MOST_NAME)


def as_spelled(mapping: RoleMapping, partnership: Partnership) -> RoleMapping:
    """The mapping with its words as they are spelled already in the partnership, or in the template (OBJ-6).

    So that one organisation never stands in two spellings; what only this role spells can be spelled anew.
    """
    others = [m for m in partnership.mappings if m.role != mapping.role]
    return replace(
        mapping,
        seat=_spelled(mapping.seat, (*SEATS, *(m.seat for m in others))),
        stakeholder_class=_spelled(mapping.stakeholder_class, (*(m.stakeholder_class for m in others), *CLASSES)),
        organisation=_spelled(mapping.organisation, (m.organisation for m in others)),
    )


def check_mapping(role: RoleFacts, bot_position: int, actor_position: int) -> None:
    """Refuse roles that would make seats an elevator to power (ORG-2a). Raises RoleRefused."""
    if role.is_everyone:
        raise RoleRefused("everyone")
    if role.managed:
        raise RoleRefused("managed")
    if role.powers:
        raise RoleRefused("powers", ", ".join(role.powers))
    if role.position >= bot_position:
        raise RoleRefused("above the bot")
    if role.position >= actor_position:
        raise RoleRefused("above you")


def everyone(holdings: Iterable[Holding]) -> tuple[Member, ...]:
    """Everybody who holds a seat, each once with all their seats."""
    seats: dict[PersonId, list[RoleMapping]] = {}
    for holding in holdings:
        seats.setdefault(holding.person, []).append(holding.mapping)
    return tuple(Member(person, tuple(held)) for person, held in seats.items())


def double_hat(member: Member, stakeholders: GroupId) -> bool:
    """Whether they sit in the stakeholder group and in operations too (ORG-6): allowed, flagged."""
    return stakeholders in member.sits_in and len(member.sits_in) > 1


def class_of(member: Member, group: GroupId) -> str:
    """The class in which somebody counts: that of their stakeholder seat, else their place beside or in the group."""
    for seat in member.seats:
        if seat.stakeholder_class and seat.seat != OBSERVER:
            return seat.stakeholder_class
    if group in member.sits_in:
        return "member of the group"
    return CONTRIBUTOR if all(s.group is None for s in member.seats) else "member of another group"


def _spelled(name: str, standing: Iterable[str]) -> str:
    return (names.standing(name, standing) or name) if names.visible(name) else ""


def _speaks_for(mapping: RoleMapping) -> tuple[str, str]:
    return mapping.stakeholder_class, mapping.organisation
