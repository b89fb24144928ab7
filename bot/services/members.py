"""Who is acting: from a Discord user with roles to a member with seats (ORG-2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.governance.errors import NotEligible
from bot.governance.ids import GroupId, PersonId
from bot.governance.organisation import OBSERVER, Group, Member, Partnership, RoleMapping, seats_of
from bot.services.ports.context import Actor
from bot.services.ports.transaction import Transaction

Finder = Callable[[Transaction, Partnership, Actor], Awaitable[Member]]
"""``member_of`` or ``reader_of``."""


async def member_of(tx: Transaction, partnership: Partnership, actor: Actor) -> Member:
    """The member as their Discord roles make them at this instant. Only in a writing transaction."""
    return Member(await tx.people.id_of(actor.user_id), seats_of(partnership, actor.roles))


async def reader_of(tx: Transaction, partnership: Partnership, actor: Actor) -> Member:
    """The same in a reading transaction: somebody never seen before is nobody yet."""
    person = await tx.people.find(actor.user_id)
    return Member(person or PersonId(""), seats_of(partnership, actor.roles))


def check_seated(member: Member) -> None:
    """Raises NotEligible for people without any seat in the partnership."""
    if not member.seats:
        raise NotEligible("no seat")


def may_read(group: Group, member: Member) -> bool:
    """A group is read by the whole partnership; a private one by its own seats only (SCL-2)."""
    if not member.seats:
        return False
    return not group.private or any(seat.group == group.id for seat in member.seats)


async def seated(tx: Transaction, partnership: Partnership, group: GroupId) -> frozenset[PersonId]:
    """Who holds a seat in a group; observers only look on."""
    holdings = await tx.seats.holdings(partnership)
    return frozenset(h.person for h in holdings if h.mapping.group == group and h.mapping.seat != OBSERVER)


async def readers(tx: Transaction, partnership: Partnership, group: GroupId | None) -> frozenset[PersonId]:
    """Who may read what is of a group, or of everyone with a seat (SCL-2)."""
    held: dict[PersonId, tuple[RoleMapping, ...]] = {}
    for each in await tx.seats.holdings(partnership):
        held[each.person] = (*held.get(each.person, ()), each.mapping)
    found = (Member(person, seats) for person, seats in held.items())
    return frozenset(m.person for m in found if reads(partnership, group, m))


def reads(partnership: Partnership, group: GroupId | None, member: Member) -> bool:
    """Whether a member reads what is of a group, or of everyone with a seat (SCL-2)."""
    return bool(member.seats) if group is None else may_read(partnership.group(group), member)
