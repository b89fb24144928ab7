"""Erasure on request: who somebody is, or the words of one event; the record still verifies (REC-1)."""

from __future__ import annotations

import contextlib

from bot.governance.errors import NotFound
from bot.governance.events import Event
from bot.governance.ids import PartnershipId, PersonId
from bot.governance.record_events import PersonErased
from bot.governance.seats import Hand
from bot.services import seats
from bot.services.nouns import NAMED, NOUNS
from bot.services.ports.context import Context
from bot.services.ports.deliveries import Delivery
from bot.services.ports.record import Recorded
from bot.services.ports.transaction import Transaction

ERASED = "erased on request"
"""Stands in the place of what was erased."""


async def forget(ctx: Context, user_id: int) -> bool:
    """Forget which Discord user a person of the record is, and what they wrote and never published.

    What they published stays, without their name, until its event is erased. Their seats end in the same transaction:
    who comes back is another person, counted once (REC-1, PRO-9). False for somebody never seen.
    """
    async with ctx.uow.write() as tx:
        person = await tx.people.find(user_id)
        if person is None:
            return False
        now = ctx.clock()
        for partnership in await tx.partnerships.all():
            held = await seats.hold(tx, partnership.id)
            await seats.give_up(tx, held, person, Hand.THEMSELVES, seats.FORGOTTEN, now)
            for noun in NOUNS:
                await noun.forget(tx, partnership, person, now)
        await tx.reminders.forget(person)
        for partnership in await tx.partnerships.all():
            if await tx.record.naming(partnership.id, person):
                await _tell_of_again(tx, partnership.id, person)
                said = Event(PersonErased((person,)), f"partnership/{partnership.id}")
                await tx.record.append(partnership.id, (said,), ctx.clock())
        await tx.deliveries.forget(person)
        await tx.people.erase(person)
        return True


async def find(ctx: Context, partnership: PartnershipId, number: int) -> Recorded:
    """The event that is to be erased. Raises NotFound."""
    async with ctx.uow.read() as tx:
        return await tx.record.event(partnership, number)


async def erase(ctx: Context, partnership: PartnershipId, number: int) -> Recorded:
    """Delete an event's text and salt, and the words it brought into its thing; what shows them is given anew.

    The erasure is an event of the chain itself. Returns the event as it was. Raises NotFound, NotErasable.
    """
    async with ctx.uow.write() as tx:
        recorded = await tx.record.event(partnership, number)
        if not recorded.erased:
            gone = await _erase_words(tx, recorded.event)
            await tx.record.erase(partnership, number, ctx.clock())
            await _tell_again(tx, recorded, gone)
        return recorded


async def undone(ctx: Context) -> tuple[Delivery, ...]:
    """What still stands in Discord as it was although it is to be given anew, with what Discord said to it."""
    async with ctx.uow.read() as tx:
        return await tx.deliveries.undone()


async def _tell_again(tx: Transaction, recorded: Recorded, gone: frozenset[str]) -> None:
    """Whatever told of the thing since, in its thread, the feed or beside its board, is given anew where it stands.

    ``gone`` are words that are shown elsewhere too, as a title is: in digests and in letters to people.
    """
    await tx.deliveries.tell_again(recorded.partnership, recorded.event.thing, recorded.number)
    if gone:
        await tx.reminders.without(recorded.partnership, gone, ERASED)
        await tx.deliveries.tell_digests_again(recorded.partnership, recorded.number)
        await tx.deliveries.tell_letters_again(recorded.partnership, recorded.at)


async def _tell_of_again(tx: Transaction, partnership: PartnershipId, person: PersonId) -> None:
    """Whatever mentions somebody is given anew without them."""
    for name, first in (await tx.record.naming(partnership, person)).items():
        await tx.deliveries.tell_again(partnership, name, first)
        noun = NAMED.get(name.partition("/")[0])
        if noun is not None:
            with contextlib.suppress(NotFound):
                thing = await tx.of(noun.type).get(int(name.partition("/")[2]))
                await noun.show_anew(tx, noun, thing, thing)


async def _erase_words(tx: Transaction, event: Event) -> frozenset[str]:
    """Take the words that an event brought into a thing out of it; where the thing is gone, nothing is left to do.

    Gives those of them that lists and letters show beside the thing itself.
    """
    name, _, number = event.thing.partition("/")
    noun = NAMED.get(name)
    if noun is None:
        return frozenset()
    try:
        thing = await tx.of(noun.type).get(int(number))
    except NotFound:
        return frozenset()
    left = noun.without(thing, event, ERASED)
    if left != thing:
        left = await tx.of(noun.type).save(left)
    await noun.show_anew(tx, noun, thing, left)
    return noun.words(thing) - noun.words(left)
