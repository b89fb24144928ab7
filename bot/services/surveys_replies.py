"""Answers to surveys: sealed until the close, counted once, and forgotten (LRN-2).

Answering changes nothing but what is sealed: no event, no delivery, no row of the survey tells that somebody did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.governance import surveys as rules
from bot.governance.anonymity import pseudonym
from bot.governance.ids import PartnershipId, PersonId
from bot.governance.organisation import Member, Partnership
from bot.governance.surveys import Survey, SurveyState
from bot.services import cases, members, surveys_views
from bot.services.ports.context import Actor, Context
from bot.services.ports.sealed import Sealed
from bot.services.ports.transaction import Transaction
from bot.services.surveys_views import SHELF, SurveyView

_MOST_OPEN = 1_000_000
"""More surveys than are ever open at once."""


@dataclass(frozen=True, slots=True)
class Answering:
    """A survey and the asker's own answers so far, one for each question, empty where there is none."""

    view: SurveyView
    mine: tuple[str, ...]

    @property
    def any(self) -> bool:
        """Whether they answered anything."""
        return any(self.mine)


async def mine(ctx: Context, actor: Actor, id: int) -> Answering:
    """The asker's own answers while the survey is open.

    Raises NotFound, NotEligible, WrongState, WindowClosed.
    """
    async with cases.reading(ctx, SHELF, actor, id) as case:
        tx, survey, member, now = case.tx, case.thing, case.member, case.now
        rules.check_answer(survey, member.person, now)
        given = {each.slot: each.content for each in await _sealed_by(tx, survey, member.person)}
        answers = tuple(given.get(str(place), "") for place in range(1, len(survey.questions) + 1))
        return Answering(await surveys_views.view_of(tx, survey, case.partnership, now, member), answers)


async def answer(ctx: Context, actor: Actor, id: int, typed: Sequence[str]) -> Answering:
    """Keep answers in place of those given before; what is left empty is no answer.

    Raises NotFound, NotEligible, WrongState, WindowClosed, BadValue, BadText.
    """
    async with cases.writing(ctx, SHELF, actor, id, members.reader_of) as case:
        tx, survey, member, now = case.tx, case.thing, case.member, case.now
        rules.check_answer(survey, member.person, now)
        padded = [*typed, *[""] * len(survey.questions)]
        kept = tuple(
            rules.read_answer(question, place, padded[place - 1]) for place, question in enumerate(survey.questions, 1)
        )
        await _seal(tx, survey, member, kept)
        return Answering(await surveys_views.view_of(tx, survey, case.partnership, now, member), kept)


async def take_back(ctx: Context, actor: Actor, id: int) -> Answering:
    """Delete the asker's own answers. Raises NotFound, NotEligible, WrongState, WindowClosed."""
    return await answer(ctx, actor, id, ())


async def unanswered(tx: Transaction, partnership: PartnershipId, person: PersonId) -> tuple[Survey, ...]:
    """The open surveys that ask a person who has answered nothing in them yet: for their own eyes only."""
    running = await tx.of(Survey).list(partnership, {SurveyState.OPEN}, limit=_MOST_OPEN)
    asking = [survey for survey in running if person in survey.audience]
    return tuple([survey for survey in asking if not await _sealed_by(tx, survey, person)])


async def forget(tx: Transaction, partnership: Partnership, person: PersonId, now: datetime) -> None:
    """Delete a person's drafts, and what they answered in surveys that are still open (REC-1)."""
    for draft in await tx.of(Survey).list(partnership.id, {SurveyState.DRAFT}, limit=_MOST_OPEN):
        if draft.author == person:
            await tx.of(Survey).save(rules.blanked(draft))
    for survey in await tx.of(Survey).list(partnership.id, {SurveyState.OPEN}, limit=_MOST_OPEN):
        for each in await _sealed_by(tx, survey, person):
            await tx.seals.drop(survey.thing, each.author, each.slot)


async def _sealed_by(tx: Transaction, survey: Survey, person: PersonId) -> tuple[Sealed, ...]:
    key = await tx.seals.find_key(survey.thing)
    return await tx.seals.of(survey.thing, pseudonym(person, key)) if key else ()


async def _seal(tx: Transaction, survey: Survey, member: Member, answers: Sequence[str]) -> None:
    if await tx.seals.find_key(survey.thing) is None:
        # Only a copy that was put back lacks the key: whoever answers again would count twice, and k would not hold.
        await tx.seals.destroy(survey.thing)
    author = pseudonym(member.person, await tx.seals.key(survey.thing))
    for place, content in enumerate(answers, 1):
        if content:
            await tx.seals.put(survey.thing, Sealed(author, str(place), content))
        else:
            await tx.seals.drop(survey.thing, author, str(place))
