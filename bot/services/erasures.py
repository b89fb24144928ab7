"""Erasure on request: who somebody is, or the words of one event; the record still verifies (REC-1)."""

from __future__ import annotations

import contextlib
from datetime import datetime

from bot.governance import meetings, retros_lessons
from bot.governance.erasure import ERASED, UNPUBLISHED, without, without_asked, without_said, without_unpublished
from bot.governance.errors import NotFound
from bot.governance.events import Event, EventType
from bot.governance.feedback import Feedback
from bot.governance.ids import PartnershipId, PersonId, ProposalId
from bot.governance.meetings import Meeting, MeetingState
from bot.governance.proposals_types import Proposal
from bot.governance.retros import Retro
from bot.governance.seats import Hand
from bot.governance.surveys import Survey
from bot.services import retros_writing, seats, surveys_replies
from bot.services.ports.context import Context
from bot.services.ports.deliveries import Delivery, DeliveryKind
from bot.services.ports.record import Recorded
from bot.services.ports.transaction import Transaction

MOST_DRAFTS = 10_000
"""More meetings than anybody types in a day without confirming them."""


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
            await _forget_unpublished(tx, partnership.id, person, now)
            await surveys_replies.forget(tx, partnership.id, person)
            await retros_writing.forget(tx, partnership, person)
        await tx.reminders.forget(person)
        for partnership in await tx.partnerships.all():
            if await tx.record.naming(partnership.id, person):
                await _tell_of_again(tx, partnership.id, person)
                said = Event(EventType.PERSON_ERASED, f"partnership/{partnership.id}", None, {"people": [person]})
                await tx.record.append(partnership.id, (said,), ctx.clock())
        await tx.deliveries.forget(person)
        await tx.people.erase(person)
        return True


async def _forget_unpublished(tx: Transaction, partnership: PartnershipId, author: PersonId, now: datetime) -> None:
    for each in await tx.of(Proposal).in_states(partnership, UNPUBLISHED):
        proposal = await tx.of(Proposal).get(each)
        if proposal.author != author:
            continue
        changed, events = without_unpublished(proposal, now)
        if changed != proposal:
            await tx.of(Proposal).save(changed)
            await tx.record.append(partnership, events, now)
    for typed in await tx.of(Meeting).list(partnership, {MeetingState.DRAFT}, limit=MOST_DRAFTS):
        if typed.organiser == author:
            await tx.of(Meeting).save(meetings.discard(typed, now))


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
            gone = await _erase_words(tx, partnership, recorded.event)
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
    for thing, first in (await tx.record.naming(partnership, person)).items():
        await tx.deliveries.tell_again(partnership, thing, first)
        noun, _, number = thing.partition("/")
        if noun == "proposal":
            proposal = ProposalId(int(number))
            for each in await tx.deliveries.standing(proposal):
                if each.kind is not DeliveryKind.THREAD:
                    await tx.deliveries.ask(partnership, each.kind, proposal)
        elif await tx.deliveries.board(thing) is not None:
            await tx.deliveries.ask(partnership, DeliveryKind.BOARD, thing=thing)


async def _erase_words(tx: Transaction, partnership: PartnershipId, event: Event) -> frozenset[str]:
    """Take the words that an event brought into a thing out of it; where the thing is gone, nothing is left to do.

    Gives those of them that lists and letters show beside the thing itself.
    """
    noun, _, number = event.thing.partition("/")
    with contextlib.suppress(NotFound):
        match noun:
            case "proposal":
                proposal = await tx.of(Proposal).get(ProposalId(int(number)))
                if (changed := without(proposal, event)) != proposal:
                    await tx.of(Proposal).save(changed)
                    for kind in (DeliveryKind.CARD, DeliveryKind.FEED):
                        await tx.deliveries.ask(partnership, kind, proposal.id)
                if _titles(proposal) != _titles(changed):  # the thread is called by one of them
                    await tx.deliveries.ask(partnership, DeliveryKind.THREAD, proposal.id)
                return _titles(proposal) - _titles(changed)
            case "feedback":
                feedback = await tx.of(Feedback).get(int(number))
                if (said := without_said(feedback, event)) != feedback:
                    await tx.of(Feedback).save(said)
                    await tx.deliveries.ask(partnership, DeliveryKind.BOARD, thing=event.thing)
                return frozenset({feedback.text, feedback.answer}) - {said.text, said.answer}
            case "retro":
                retro = await tx.of(Retro).get(int(number))
                left = retros_lessons.without(retro, event, ERASED)
                await tx.of(Retro).save(left)
                await tx.deliveries.ask(partnership, DeliveryKind.BOARD, thing=event.thing)
                return _agreed(retro) - _agreed(left)
            case "survey":
                survey = await tx.of(Survey).get(int(number))
                if (asked := without_asked(survey, event)) != survey:
                    await tx.of(Survey).save(asked)
                    if asked.opened_at is not None:  # else it has no board
                        await tx.deliveries.ask(partnership, DeliveryKind.BOARD, thing=event.thing)
                return frozenset({survey.title}) - {asked.title}
            case "meeting":
                meeting = await tx.of(Meeting).get(int(number))
                held = meetings.without(meeting, event, ERASED)
                await tx.of(Meeting).save(held)
                for kind in (DeliveryKind.BOARD, DeliveryKind.CALENDAR):
                    await tx.deliveries.ask(partnership, kind, thing=event.thing)
                return frozenset({meeting.title}) - {held.title}
    return frozenset()


def _titles(proposal: Proposal) -> frozenset[str]:
    return frozenset({proposal.text.title, *(version.text.title for version in proposal.versions)})


def _agreed(retro: Retro) -> frozenset[str]:
    return frozenset({retro.plan.title, *(action.text for action in retro.actions)})
