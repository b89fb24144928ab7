"""Finding one's way: which partnership and group an act in a channel is about, and who sits where (ORG-1, ORG-6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.governance import authority, names
from bot.governance.authority import Act
from bot.governance.errors import NotFound
from bot.governance.ids import GroupId, PartnershipId, RoleId
from bot.governance.organisation import CLASSES, SEATS, Group, Member, Partnership, double_hat, everyone
from bot.services import members
from bot.services.ports.context import Actor, Context
from bot.services.ports.partnerships import PlaceKind
from bot.services.ports.transaction import Transaction

WHOLE = "whole:"
"""Before a partnership's id: the choice that stands for all of it, not for one group."""


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """A group to choose, or with ``group`` None the whole partnership. ``value`` finds it again."""

    partnership: Partnership
    group: Group | None

    @property
    def value(self) -> str:
        """What an autocomplete sends back."""
        return f"{WHOLE}{self.partnership.id}" if self.group is None else str(self.group.id)

    @property
    def name(self) -> str:
        """What people call it."""
        return "whole partnership" if self.group is None else self.group.name


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """Who sits where. ``wearers`` counts people by role; ``double_hats`` are Discord users (ORG-6)."""

    partnership: Partnership
    wearers: Mapping[RoleId, int]
    double_hats: tuple[int, ...]
    talk: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A person as they ask for help: with their seats in the partnership here, and where its seats may all write."""

    partnership: Partnership | None = None
    member: Member = members.NOBODY
    talk: int | None = None


async def partnerships_here(ctx: Context, guild_id: int, channel_id: int) -> tuple[Partnership, ...]:
    """The server's partnerships, first the one whose place this channel is (ORG-1)."""
    async with ctx.uow.read() as tx:
        return await here(tx, guild_id, channel_id)


async def here(tx: Transaction, guild_id: int, channel_id: int) -> tuple[Partnership, ...]:
    """The same within a transaction."""
    hosted = await tx.partnerships.of_guild(guild_id)
    place = await tx.partnerships.place_at(channel_id)
    return tuple(sorted(hosted, key=lambda p: (place is None or p.id != place.partnership, p.id)))


async def talk_channel(ctx: Context, guild_id: int, channel_id: int) -> int | None:
    """A channel of this channel's partnership where everyone with a seat may write (SCL-2a)."""
    async with ctx.uow.read() as tx:
        return await _talk(tx, await here(tx, guild_id, channel_id))


async def standing(ctx: Context, actor: Actor) -> Standing:
    """Where the asker is, and with which seats (HLP-1)."""
    async with ctx.uow.read() as tx:
        found = await here(tx, actor.guild_id, actor.channel_id)
        if not found:
            return Standing()
        return Standing(found[0], await members.reader_of(tx, found[0], actor), await _talk(tx, found))


async def _talk(tx: Transaction, partnerships: Iterable[Partnership]) -> int | None:
    for partnership in partnerships:
        for place in await tx.partnerships.places(partnership.id):
            if place.kind is PlaceKind.TALK and not place.lost:
                return place.channel_id
    return None


async def group_at(ctx: Context, partnership: Partnership, channel_id: int) -> GroupId | None:
    """The group of this partnership whose channel this is (ORG-1)."""
    async with ctx.uow.read() as tx:
        place = await tx.partnerships.place_at(channel_id)
    return place.group if place is not None and place.partnership == partnership.id else None


async def group_choices(ctx: Context, actor: Actor, typed: str) -> tuple[GroupChoice, ...]:
    """Groups whose name holds what was typed, and each partnership as a whole, nearest first (ORG-1)."""
    choices = []
    for partnership in await partnerships_here(ctx, actor.guild_id, actor.channel_id):
        choices += [GroupChoice(partnership, group) for group in partnership.groups]
        choices.append(GroupChoice(partnership, None))
    return tuple(c for c in choices if names.holds(f"{c.name} {c.partnership.name}", typed))[:25]


async def word_choices(ctx: Context, actor: Actor, field: str, typed: str) -> tuple[str, ...]:
    """Seats, classes or organisations to choose from: the known ones and those in use (ORG-2)."""
    known = {"seat": SEATS, "class": CLASSES, "organisation": ()}[field]
    partnerships = await partnerships_here(ctx, actor.guild_id, actor.channel_id)
    used = [
        {"seat": m.seat, "class": m.stakeholder_class, "organisation": m.organisation}[field]
        for partnership in partnerships
        for m in partnership.mappings
    ]
    stand = dict.fromkeys(names.spellings((*known, *sorted(used))).values())
    return tuple(word for word in stand if names.visible(word) and names.holds(word, typed))[:25]


async def find_group(tx: Transaction, actor: Actor, wanted: str) -> GroupChoice:
    """The group that an autocomplete's value or a typed name means. Raises NotFound."""
    found = []
    for partnership in await here(tx, actor.guild_id, actor.channel_id):
        for choice in (*(GroupChoice(partnership, g) for g in partnership.groups), GroupChoice(partnership, None)):
            if choice.value == wanted:
                return choice
            found.append(choice)
    name = names.standing(wanted.strip(), (choice.name for choice in found))
    if name is None:
        raise NotFound("group", wanted)
    return next(choice for choice in found if choice.name == name)


async def hosted(tx: Transaction, actor: Actor, id: PartnershipId) -> Partnership:
    """A partnership of the asker's own server. Raises NotFound."""
    partnership = await tx.partnerships.get(id)
    if partnership.guild_id != actor.guild_id:
        raise NotFound("partnership", str(id))
    return partnership


async def organisation_view(ctx: Context, actor: Actor, id: PartnershipId | None = None) -> OrganisationView:
    """Roles, seats and double hats of the partnership here (ORG-2, ORG-6).

    Raises NotFound, and NotEligible for people with neither a seat nor Manage Roles.
    """
    async with ctx.uow.read() as tx:
        if id is None:
            partnerships = await here(tx, actor.guild_id, actor.channel_id)
            if not partnerships:
                raise NotFound("partnership")
            partnership = partnerships[0]
        else:
            partnership = await hosted(tx, actor, id)
        member = await members.reader_of(tx, partnership, actor)
        authority.check(member, Act.LIST_ROLES, relations=members.related(actor))
        return await _view(tx, partnership)


async def _view(tx: Transaction, partnership: Partnership) -> OrganisationView:
    holdings = await tx.seats.holdings(partnership)
    stakeholders = partnership.stakeholders.id
    doubled = [member.person for member in everyone(holdings) if double_hat(member, stakeholders)]
    users = await tx.people.users_of(doubled)
    places = await tx.partnerships.places(partnership.id)
    talk = next((p.channel_id for p in places if p.kind is PlaceKind.TALK and not p.lost), None)
    wearers = Counter(holding.mapping.role for holding in holdings)
    return OrganisationView(partnership, wearers, tuple(sorted(users.values())), talk)
