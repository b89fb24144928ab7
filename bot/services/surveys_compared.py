"""One question over its editions, with what was decided meanwhile (LRN-2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.governance import authority
from bot.governance.authority import Act
from bot.governance.errors import NotFound
from bot.governance.organisation import Member, Partnership
from bot.governance.proposals_types import Proposal, ProposalState
from bot.governance.surveys import Question, Result, Survey, SurveyState
from bot.services import cases, surveys_views
from bot.services.ports.context import Actor, Context
from bot.services.ports.proposals import Filter
from bot.services.ports.transaction import Transaction
from bot.services.surveys_views import SHELF, SurveyView

_DECIDED = frozenset({ProposalState.ENACTED, ProposalState.ADOPTED})
_EVERY = 1_000_000
_MOST_DECISIONS = 100


@dataclass(frozen=True, slots=True)
class Edition:
    """What came out of the question in one edition."""

    number: int
    at: datetime
    result: Result


@dataclass(frozen=True, slots=True)
class PassedProposal:
    """A proposal that was adopted or carried out."""

    number: int
    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Trend:
    """A question of one group over time, oldest first, and the decisions from the first edition to the last."""

    view: SurveyView
    question: Question
    editions: tuple[Edition, ...]
    decisions: tuple[PassedProposal, ...]


async def trend(ctx: Context, actor: Actor, id: int, place: int) -> Trend:
    """How the answers to a question of this survey changed, wherever the same group or scale was asked the same.

    Raises NotFound, NotEligible.
    """
    async with cases.reading(ctx, SHELF, actor, id) as case:
        tx, survey, partnership, member = case.tx, case.thing, case.partnership, case.member
        if not 1 <= place <= len(survey.questions):
            raise NotFound("question", str(place))
        question = survey.questions[place - 1]
        closed = await tx.of(Survey).list(partnership.id, {SurveyState.CLOSED}, survey.group, limit=_EVERY)
        alike = [each for each in closed if (each.group, each.scale) == (survey.group, survey.scale)]
        found = [edition for each in alike for edition in _asked(each, question)]
        editions = tuple(sorted(found, key=lambda edition: (edition.at, edition.number)))
        decided = await _decided(tx, partnership, member, editions) if editions else ()
        view = await surveys_views.view_of(tx, survey, partnership, case.now, member)
        return Trend(view, question, editions, decided)


def _asked(survey: Survey, wanted: Question) -> list[Edition]:
    """What a survey asked in the same words, to be answered in the same way."""
    return [
        Edition(survey.number, survey.closed_at or survey.created_at, result)
        for question, result in zip(survey.questions, survey.results, strict=True)
        if question.asks_the_same(wanted) and (question.kind, question.choices) == (wanted.kind, wanted.choices)
    ]


async def _decided(
    tx: Transaction, partnership: Partnership, member: Member, editions: tuple[Edition, ...]
) -> tuple[PassedProposal, ...]:
    first, last = editions[0].at, editions[-1].at
    readable = {group.id for group in partnership.groups if authority.may(member, Act.READ, group)}
    rows = await tx.of(Proposal).listed(partnership.id, Filter(states=_DECIDED, limit=_MOST_DECISIONS))
    found = []
    for row in rows:
        if row.group in readable and row.number is not None:
            at = (await tx.of(Proposal).get(row.id)).state_since
            if first <= at <= last:
                found.append(PassedProposal(row.number, row.title, at))
    return tuple(sorted(found, key=lambda decision: (decision.at, decision.number)))
