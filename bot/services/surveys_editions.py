"""Editions of surveys: opened with those who are asked then, closed with what may be published (LRN-2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.governance import authority, cadences, disclosure
from bot.governance import surveys as rules
from bot.governance.authority import Act
from bot.governance.ids import PartnershipId, PersonId
from bot.governance.organisation import Partnership
from bot.governance.reminders import ReminderTopic
from bot.governance.surveys import Survey, SurveyState
from bot.services import cadences as occurrences
from bot.services import cases, times
from bot.services.ports.transaction import Transaction
from bot.services.reminders import remind
from bot.services.surveys_views import asked, following, published


async def begin(
    tx: Transaction, survey: Survey, partnership: Partnership, now: datetime, by: PersonId | None = None
) -> Survey:
    """Open it with the audience of this instant. Its key is made now: later its making would tell of an answer."""
    holdings = await tx.seats.holdings(partnership)
    policy = await tx.policies.current(partnership.id)
    audience = authority.holders(Act.BE_SURVEYED, asked(partnership, survey), holdings)
    cadence = survey.cadence
    if cadence is None and survey.repeats:
        wall = times.wall_of(now, survey.zone)
        cadence = cadences.cadence(survey.repeats, wall.date(), f"{wall:%H:%M}", survey.zone)
    k, window = policy.count("survey.k"), policy.duration("survey.window")
    begun, events = rules.open_survey(survey, audience, k, window, now, by, cadence)
    await tx.seals.key(survey.thing)
    if begun.closes_at is not None and begun.closes_at - policy.duration("reminder.before_close") > now:
        at = begun.closes_at - policy.duration("reminder.before_close")
        await remind(tx, partnership.id, begun.thing, ReminderTopic.SURVEYS, "survey", "closing", at, begun.closes_at)
    return await cases.keep(tx, survey, begun, events, now)


async def advance(tx: Transaction, id: int, now: datetime) -> None:
    """Open a scheduled survey, or close one whose time is up; called too early or twice it changes nothing."""
    survey = await tx.of(Survey).get(id)
    if survey.due_at is None or survey.due_at > now:
        return
    partnership = await tx.partnerships.get(survey.partnership)
    if survey.state is SurveyState.SCHEDULED:
        late = replace(survey, missed=survey.missed + _passed(survey, survey.due_at, now))
        await begin(tx, late, partnership, now)
    else:
        await _close(tx, survey, partnership, now)


async def next_number(tx: Transaction, partnership: PartnershipId) -> int:
    """The number of a new survey."""
    return await tx.next_id(f"survey number/{partnership}")


async def _close(tx: Transaction, survey: Survey, partnership: Partnership, now: datetime) -> None:
    """Compute what may be published, keep nothing else, and destroy answers and key, all in one transaction.

    Surveys of a partnership close one after another: what one publishes, the next is compared with.
    """
    await tx.next_id(f"survey results/{partnership.id}")
    earlier = await published(tx, partnership, survey.group)
    left = survey.audience - authority.holders(Act.LOOK_AROUND, None, await tx.seats.holdings(partnership))
    sealed = await tx.seals.of(survey.thing)
    results = tuple(
        disclosure.result(
            question,
            [each.content for each in sealed if each.slot == str(place)],
            survey.audience,
            survey.k,
            earlier,
            left,
        )
        for place, question in enumerate(survey.questions, 1)
    )
    closed, events = rules.close(survey, results, now, left)
    await tx.seals.destroy(survey.thing)
    kept = await cases.keep(tx, survey, closed, events, now)
    opens_at = following(kept, now)
    if opens_at is not None:
        next_id, number = await tx.next_id("survey"), await next_number(tx, partnership.id)
        missed = _passed(survey, survey.closes_at or now, now)
        edition, created = rules.next_edition(kept, next_id, number, opens_at, missed, now)
        await cases.keep(tx, kept, edition, created, now)


def _passed(survey: Survey, after: datetime, now: datetime) -> int:
    """How many editions would have opened between two instants: after a long downtime none of them is made up for."""
    return 0 if survey.cadence is None else len(occurrences.between(survey.cadence, after, now))
