"""Who is acting: from a Discord user with roles to a member with seats (ORG-2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from bot.governance import seats
from bot.governance.authority import Relation
from bot.governance.ids import PersonId
from bot.governance.organisation import Holding, Member, Partnership
from bot.services.ports.context import Actor
from bot.services.ports.transaction import Transaction

Finder = Callable[[Transaction, Partnership, Actor], Awaitable[Member]]
"""``member_of`` or ``reader_of``."""

NOBODY = Member(PersonId(""))
"""Who acts by no seat."""


def related(actor: Actor) -> frozenset[Relation]:
    """What Discord makes of them here: Manage Roles gives ``/setup`` and ``/roles`` and no governance act (ORG-2)."""
    return frozenset({Relation.MODERATOR} if actor.manages_roles else ())


async def member_of(tx: Transaction, partnership: Partnership, actor: Actor) -> Member:
    """The member as their Discord roles make them at this instant. Only in a writing transaction."""
    return seats.member(partnership, await tx.people.id_of(actor.user_id), actor.roles)


async def reader_of(tx: Transaction, partnership: Partnership, actor: Actor) -> Member:
    """The same in a reading transaction: somebody never seen before is nobody yet."""
    person = await tx.people.find(actor.user_id)
    return seats.member(partnership, person or NOBODY.person, actor.roles)


def seated(person: PersonId, holdings: Iterable[Holding]) -> Member:
    """A person with the seats that they hold by the record."""
    return Member(person, tuple(h.mapping for h in holdings if h.person == person))
