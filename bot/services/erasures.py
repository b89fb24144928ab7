"""Erasure on request: who somebody is, or the words of one event; the record still verifies (REC-1)."""

from __future__ import annotations

import contextlib
from datetime import datetime

from bot.governance import lifecycle, meetings, retros_lessons
from bot.governance.erasure import ERASED, UNPUBLISHED, without, without_asked, without_said, without_unpublished
from bot.governance.errors import NotFound
from bot.governance.events import Event
from bot.governance.ids import PartnershipId, PersonId, ProposalId
from bot.governance.meetings import MeetingState
from bot.services import retros_writing, surveys_answered
from bot.services.ports import Context, DeliveryKind, Recorded, Transaction

MOST_DRAFTS = 10_000
"""More meetings than anybody types in a day without confirming them."""


async def forget(ctx: Context, user_id: int) -> bool:
    """Forget which Discord user a person of the record is, and what they wrote and never published.

    What they published stays, without their name, until its event is erased. False for somebody never seen.
    """
    async with ctx.uow.write() as tx:
        person = await tx.people.find(user_id)
        if person is None:
            return False
        for partnership in await tx.partnerships.all():
            await _forget_unpublished(tx, partnership.id, person, ctx.clock())
            await surveys_answered.forget(tx, partnership.id, person)
            await retros_writing.forget(tx, partnership, person)
        await tx.reminders.forget(person)
        await tx.people.erase(person)
        return True


async def _forget_unpublished(tx: Transaction, partnership: PartnershipId, author: PersonId, now: datetime) -> None:
    for each in await tx.proposals.in_states(partnership, UNPUBLISHED):
        proposal = await tx.proposals.get(each)
        if proposal.author != author:
            continue
        changed, events = without_unpublished(proposal, now)
        if changed != proposal:
            await tx.proposals.save(changed, lifecycle.next_due(changed))
            await tx.record.append(partnership, events, now)
    for typed in await tx.meetings.list(partnership, {MeetingState.DRAFT}, limit=MOST_DRAFTS):
        if typed.organiser == author:
            await tx.meetings.save(meetings.discard(typed, now))


async def find(ctx: Context, partnership: PartnershipId, number: int) -> Recorded:
    """The event that is to be erased. Raises NotFound."""
    async with ctx.uow.read() as tx:
        return await tx.record.event(partnership, number)


async def erase(ctx: Context, partnership: PartnershipId, number: int) -> Recorded:
    """Delete an event's text and salt, and the words it brought into its thing; what shows them is drawn again.

    Returns the event as it was. Raises NotFound.
    """
    async with ctx.uow.write() as tx:
        recorded = await tx.record.event(partnership, number)
        if not recorded.erased:
            await _erase_words(tx, partnership, recorded.event)
        await tx.record.erase(partnership, number)
        return recorded


async def _erase_words(tx: Transaction, partnership: PartnershipId, event: Event) -> None:
    """Take the words that an event brought into a thing out of it; where the thing is gone, nothing is left to do."""
    noun, _, number = event.thing.partition("/")
    with contextlib.suppress(NotFound):
        match noun:
            case "proposal":
                proposal = await tx.proposals.get(ProposalId(int(number)))
                if (changed := without(proposal, event)) != proposal:
                    await tx.proposals.save(changed, lifecycle.next_due(changed))
                    for kind in (DeliveryKind.CARD, DeliveryKind.FEED):
                        await tx.deliveries.ask(partnership, kind, proposal.id)
            case "feedback":
                feedback = await tx.feedback.get(int(number))
                if (said := without_said(feedback, event)) != feedback:
                    await tx.feedback.save(said)
                    await tx.deliveries.ask(partnership, DeliveryKind.BOARD, thing=event.thing)
            case "retro":
                retro = await tx.retros.get(int(number))
                await tx.retros.save(retros_lessons.without(retro, event, ERASED))
                await tx.deliveries.ask(partnership, DeliveryKind.BOARD, thing=event.thing)
            case "survey":
                survey = await tx.surveys.get(int(number))
                if (asked := without_asked(survey, event)) != survey:
                    await tx.surveys.save(asked)
                    if asked.opened_at is not None:  # else it has no board
                        await tx.deliveries.ask(partnership, DeliveryKind.BOARD, thing=event.thing)
            case "meeting":
                meeting = await tx.meetings.get(int(number))
                await tx.meetings.save(meetings.without(meeting, event, ERASED))
                for kind in (DeliveryKind.BOARD, DeliveryKind.CALENDAR):
                    await tx.deliveries.ask(partnership, kind, thing=event.thing)
