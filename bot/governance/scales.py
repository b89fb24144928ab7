"""Scales: the roles and channels that a partnership needs, computed from its organisation (SCL-1, SCL-2, SCL-3).

The bot's own allow comes first: denying ``@everyone`` would lock it out otherwise. Roles are only ever allowed
something; what nobody may do is denied to ``@everyone`` alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.governance import names
from bot.governance.errors import BadText, BadValue
from bot.governance.ids import GroupId, PartnershipId
from bot.governance.organisation import (
    CONTRIBUTOR,
    FACILITATOR,
    MEMBER,
    MOST_NAME,
    OBSERVER,
    Group,
    GroupKind,
    Partnership,
)

VIEW = "view_channel"
HISTORY = "read_message_history"
SEND = "send_messages"
DISCUSS = "send_messages_in_threads"
THREADS = "create_public_threads"
PRIVATE_THREADS = "create_private_threads"
REACT = "add_reactions"

GOVERNED = frozenset({VIEW, HISTORY, SEND, DISCUSS, THREADS, PRIVATE_THREADS, REACT})
"""The permissions that the bot sets in its channels. It must hold each itself (SCL-4). Others are left alone."""
BUILDING = frozenset({"manage_roles", "manage_channels"})
"""What creating roles and channels takes on top."""

READING = frozenset({VIEW, HISTORY})
TAKING_PART = READING | {DISCUSS, REACT}
WRITING = TAKING_PART | {SEND, THREADS}
CLOSED = frozenset({VIEW, SEND, DISCUSS, THREADS, PRIVATE_THREADS})

MOST_CELLS = 8
MOST_PURPOSE = 600


class Scale(StrEnum):
    """The governance scales within a partnership: each has its category (SCL-2)."""

    CONSTITUENCY = "Constituency"
    COORDINATION = "Coordination"
    COLLABORATION = "Collaboration"


SCALES = {
    GroupKind.STAKEHOLDERS: Scale.CONSTITUENCY,
    GroupKind.TOP_LEVEL: Scale.COORDINATION,
    GroupKind.CELL: Scale.COLLABORATION,
}
"""At which scale each kind of group works."""


class Purpose(StrEnum):
    """What a channel is for. TALK is where every seat may write (SCL-2a)."""

    CATEGORY = "category"
    FEED = "feed"
    TALK = "talk"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class PartnershipTemplate:
    """A partnership to begin with (SCL-1). Names of roles and channels are those of the first in a server."""

    name: str
    stakeholders: str
    top_level: str
    cells: tuple[str, ...]
    roles: tuple[tuple[GroupKind | None, str, str], ...]
    feed: str
    talk: str


PARTNERSHIP = PartnershipTemplate(
    name="partnership",
    stakeholders="Stakeholders",
    top_level="Core Team",
    cells=("Commons", "Delivery"),
    roles=(
        (GroupKind.STAKEHOLDERS, MEMBER, "Stakeholder"),
        (GroupKind.STAKEHOLDERS, FACILITATOR, "{group} Facilitator"),
        (GroupKind.TOP_LEVEL, MEMBER, "Core Team"),
        (GroupKind.TOP_LEVEL, FACILITATOR, "{group} Facilitator"),
        (GroupKind.CELL, MEMBER, "Cell: {group}"),
        (None, CONTRIBUTOR, "Contributor"),
    ),
    feed="decisions",
    talk="governance-talk",
)
"""A stakeholder group, a top-level cell and the first two cells."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a moderator wrote in the set-up form, as it was typed: valid or not, it is kept (SCL-1)."""

    name: str = ""
    purpose: str = ""
    top_level_purpose: str = ""
    cells: str = "\n".join(PARTNERSHIP.cells)
    private: str = ""


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What a channel allows and denies one role or person. A ``str`` target is a role that is yet to be created."""

    target: int | str
    allow: frozenset[str] = frozenset()
    deny: frozenset[str] = frozenset()
    person: bool = False


@dataclass(frozen=True, slots=True)
class SeatRole:
    """A role that carries a seat, for computing access: an id, or the name of one yet to be created."""

    role: int | str
    group: GroupId | None
    seat: str


@dataclass(frozen=True, slots=True)
class NeededRole:
    """A role that the template wants for a seat."""

    name: str
    group: GroupId | None
    seat: str


@dataclass(frozen=True, slots=True)
class NeededPlace:
    """A category or channel that the organisation wants. A category's ``group`` is the first of its scale."""

    purpose: Purpose
    name: str
    group: Group | None
    category: GroupId | None = None


def check_draft(draft: Draft, hosted: Iterable[str] = ()) -> None:
    """Whether a partnership can be founded on this beside those ``hosted`` here (SCL-1). Raises BadText, BadValue."""
    _check_name("partnership", draft.name)
    if (stands := names.standing(draft.name, hosted)) is not None:
        raise BadValue("partnership", draft.name, "unlike", stands)
    for field, text in (("purpose", draft.purpose), ("top-level purpose", draft.top_level_purpose)):
        if len(text) > MOST_PURPOSE:
            raise BadText(field, len(text), 0, MOST_PURPOSE)
    cells = lines(draft.cells)
    if not 1 <= len(cells) <= MOST_CELLS:
        raise BadValue("cells", str(len(cells)), "names", MOST_CELLS)
    groups = (PARTNERSHIP.stakeholders, PARTNERSHIP.top_level, *cells)
    for cell in cells:
        _check_name("cell", cell)
        if sum(channel_name(cell) == channel_name(other) for other in groups) > 1:
            raise BadValue("cells", cell, "different names")
    if (twice := names.doubled(groups)) is not None:
        raise BadValue("cells", twice, "different names")
    for name in lines(draft.private):
        if names.standing(name, groups) is None:
            raise BadValue("private groups", name, "one of", *groups)


def lines(text: str) -> tuple[str, ...]:
    """One name on each line; empty lines do not count."""
    return tuple(" ".join(line.split()) for line in text.splitlines() if line.strip())


def found(
    id: PartnershipId,
    guild_id: int,
    draft: Draft,
    group_ids: Iterable[GroupId],
    now: datetime | None,
    hosted: Iterable[str] = (),
) -> Partnership:
    """The partnership that this draft describes, provisional and without roles (SCL-5).

    ``group_ids`` name stakeholder group, top-level cell and cells, in this order. Raises as ``check_draft`` does.
    """
    check_draft(draft, hosted)
    ids = iter(group_ids)
    private = lines(draft.private)

    def group(kind: GroupKind, name: str, parent: Group | None, purpose: str = "") -> Group:
        return Group(
            next(ids), kind, name, parent.id if parent else None, names.standing(name, private) is not None, purpose
        )

    stakeholders = group(GroupKind.STAKEHOLDERS, PARTNERSHIP.stakeholders, None, draft.purpose.strip())
    top = group(GroupKind.TOP_LEVEL, PARTNERSHIP.top_level, stakeholders, draft.top_level_purpose.strip())
    cells = (group(GroupKind.CELL, name, top) for name in lines(draft.cells))
    return Partnership(id, " ".join(draft.name.split()), guild_id, (stakeholders, top, *cells), created_at=now)


def needed_roles(partnership: Partnership, qualified: bool) -> tuple[NeededRole, ...]:
    """The roles that the template wants, one for each seat it knows. ``qualified`` names carry the partnership's."""
    prefix = f"{partnership.name} · " if qualified else ""
    needed = []
    for kind, seat, name in PARTNERSHIP.roles:
        if kind is None:
            needed.append(NeededRole((prefix + name)[:100], None, seat))
        alike = (g for g in partnership.groups if g.kind is kind)
        needed.extend(NeededRole((prefix + name.format(group=g.name))[:100], g.id, seat) for g in alike)
    return tuple(needed)


def needed_places(partnership: Partnership, qualified: bool) -> tuple[NeededPlace, ...]:
    """The categories of the scales, the group channels, the decisions feed and the talk of all seats (SCL-2)."""
    firsts = {SCALES[group.kind]: group for group in reversed(partnership.groups)}
    slug = f"{channel_name(partnership.name)}-" if qualified else ""
    head = f"{partnership.name} · " if qualified else ""
    places = []
    for scale in Scale:
        if scale not in firsts:
            continue
        first = firsts[scale]
        places.append(NeededPlace(Purpose.CATEGORY, f"{head}{category_name(first)}", first))
        if scale is Scale.CONSTITUENCY:
            places.append(NeededPlace(Purpose.FEED, f"{slug}{PARTNERSHIP.feed}", None, first.id))
            places.append(NeededPlace(Purpose.TALK, f"{slug}{PARTNERSHIP.talk}", None, first.id))
        for group in partnership.groups:
            if SCALES[group.kind] is scale:
                name = f"cell-{group.name}" if group.kind is GroupKind.CELL else group.name
                places.append(NeededPlace(Purpose.GROUP, _cut(slug + channel_name(name)), group, first.id))
    return tuple(places)


def category_name(first: Group) -> str:
    """What people call the category of a scale, by the first group that works there: its name, or *Cells*."""
    return "Cells" if first.kind is GroupKind.CELL else first.name


def channel_name(name: str) -> str:
    """A name as Discord writes channels: lower case, hyphens, at most 100 characters.

    Vowel signs and other marks belong to their letter, in whose script no word can be read without them.
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).lower())
    spelled: list[str] = []
    for character in plain:
        if character.isalnum() or (_is_mark(character) and spelled and spelled[-1] != "-"):
            spelled.append(character)
        elif unicodedata.category(character) != "Cf" and spelled and spelled[-1] != "-":
            spelled.append("-")
    return _cut("".join(spelled)) or "group"


def access(place: NeededPlace, bot_id: int, everyone_id: int, seats: Iterable[SeatRole]) -> tuple[Overwrite, ...]:
    """Desired access of a channel (SCL-2): the bot first, then each role's allow, then what ``@everyone`` is denied."""
    roles: dict[int | str, frozenset[str]] = {}
    for seat in seats:
        roles[seat.role] = roles.get(seat.role, frozenset()) | _granted(place, seat)
    closed = CLOSED if place.purpose in {Purpose.FEED, Purpose.GROUP} else frozenset({VIEW, PRIVATE_THREADS})
    return (
        Overwrite(bot_id, GOVERNED, person=True),
        *(Overwrite(role, allow) for role, allow in roles.items() if allow),
        Overwrite(everyone_id, deny=closed),
    )


def withheld(place: NeededPlace) -> frozenset[str]:
    """What roles and people outside the partnership may not be allowed here, by hand or from before (SCL-2)."""
    if place.purpose not in {Purpose.FEED, Purpose.GROUP}:
        return frozenset()
    return CLOSED if place.group is not None and place.group.private else CLOSED - {VIEW}


def _granted(place: NeededPlace, seat: SeatRole) -> frozenset[str]:
    """What a seat may do in a place. Every seat writes in the talk; nobody but the bot in the feed."""
    usual = READING if seat.seat == OBSERVER else TAKING_PART
    match place.purpose:
        case Purpose.CATEGORY:
            return READING
        case Purpose.FEED:
            return usual
        case Purpose.TALK:
            return WRITING
    assert place.group is not None
    inside = seat.group == place.group.id
    if place.group.private and not inside:
        return frozenset()
    return WRITING if inside and seat.seat != OBSERVER else usual


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _cut(name: str) -> str:
    """At most 100 characters, with no letter cut from its marks."""
    end = min(len(name), 100)
    while end < len(name) and _is_mark(name[end]):
        end -= 1
    return name[:end].strip("-")


def _check_name(field: str, name: str) -> None:
    plain = " ".join(name.split())
    names.check(field, plain, 2, MOST_NAME)
    if not any(c.isalnum() for c in plain):
        raise BadValue(field, name, "letters")
