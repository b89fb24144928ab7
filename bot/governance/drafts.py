"""Drafts: who may file what, and whether it is fit to be decided on (PRO-1, PRO-3, POL-3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from bot.governance import authority, money
from bot.governance import effects as effect_rules
from bot.governance.authority import Act
from bot.governance.effects import Decision, Effect, Governed
from bot.governance.errors import (
    AmountUnclear,
    BadText,
    BadValue,
    LimitReached,
    Refusal,
    Unfit,
    WrongState,
)
from bot.governance.ids import GroupId, PersonId, ProposalId
from bot.governance.matrix import AMOUNT, Carrier, DecisionType
from bot.governance.organisation import (
    Group,
    Member,
    Partnership,
)
from bot.governance.proposals_types import Proposal, ProposalState, Text
from bot.governance.rolls import check_author

LENGTHS = {
    "title": (5, 90),
    "ask": (20, 2000),
    "why": (10, 1500),
    "outcome": (0, 1000),
    "risks": (0, 1000),
    "summary": (0, 200),
    "timeline": (0, 500),
    "payee": (0, 100),
    "account": (0, 200),
}
"""Least and most characters of each text (PRO-3)."""

MOST_DRAFTS = 10
"""Drafts that one author keeps at a time (PRO-3)."""


def start(id: ProposalId, world: Governed, member: Member, type: str, group: GroupId | None, now: datetime) -> Proposal:
    """An empty draft, if this member may file this type (POL-3). ``group`` matters only where the author chooses it.

    Raises UnknownKey, NotEligible, NotFound.
    """
    row = row_to_file(world, member, type)
    deciding = deciding_group(world.partnership, row, group)
    return Proposal(id, world.partnership.id, deciding.id, row.name, member.person, now, now)


def row_to_file(world: Governed, member: Member, type: str) -> DecisionType:
    """The row of this type, if the member holds a seat that may file it (POL-3, ORG-6).

    Raises NotEligible, RoleSuspended, and UnknownKey to those who have a seat at all.
    """
    if all(row.name != type for row in world.policy.matrix):
        authority.check(member, Act.LOOK_AROUND)
    row = world.policy.row(type)
    authority.check_file(member, row, world.partnership)
    return row


def check_drafts(kept: int) -> None:
    """Raises LimitReached when an author keeps as many drafts as may be kept (PRO-3)."""
    if kept >= MOST_DRAFTS:
        raise LimitReached("drafts", MOST_DRAFTS)


def deciding_group(partnership: Partnership, row: DecisionType, chosen: GroupId | None) -> Group:
    """The group whose members are the electors (POL-3). Raises NotFound."""
    if row.chosen and chosen is not None:
        return partnership.group(chosen)
    return partnership.of_kind(row.electors)


def edit_draft(proposal: Proposal, person: PersonId, text: Text, effects: tuple[Effect, ...]) -> Proposal:
    """Keep what was submitted, valid or not (PRO-1). An amount that cannot be read stays as it was written.

    Raises NotYours; WrongState unless it is a draft.
    """
    check_author(proposal, person)
    if proposal.state is not ProposalState.DRAFT:
        raise WrongState(proposal.state, "edit")
    return replace(proposal, text=with_amount(text), effects=effects)


def take_amount(proposal: Proposal, person: PersonId, chosen: money.Money) -> Proposal:
    """Choose how the amount of a draft is meant (PRO-1). Raises NotYours, WrongState, AmountUnclear, BadValue."""
    return edit_draft(proposal, person, choose_amount(proposal.text, chosen), proposal.effects)


def with_amount(text: Text) -> Text:
    """The text with its amount read into minor units, or None where it cannot be read, or not for certain.

    A reading that was chosen before stays while the words do.
    """
    try:
        found = money.read(text.amount_written, text.currency, text.amount)
    except AmountUnclear:
        return replace(text, amount=None)
    return replace(text, amount=found.minor, currency=found.currency)


def choose_amount(text: Text, chosen: money.Money) -> Text:
    """The text with one of the readings that its amount may have. Raises AmountUnclear for any other sum."""
    try:
        readings: tuple[money.Money, ...] = (money.read(text.amount_written, text.currency, text.amount),)
    except AmountUnclear as unclear:
        readings = tuple(money.Money(*each) for each in unclear.readings)
        if chosen not in readings:
            raise
    if chosen not in readings:
        raise BadValue("amount", money.written_amount(chosen.minor, chosen.currency), "a reading")
    return replace(text, amount=chosen.minor, currency=chosen.currency)


def check_text(row: DecisionType, text: Text) -> None:
    """Whether the text is fit to be decided on (PRO-3). Raises BadText, BadValue, AmountUnclear; Unfit for several."""
    fault = as_one(faults_of(row, text))
    if fault is not None:
        raise fault


def as_one(faults: Iterable[Refusal]) -> Refusal | None:
    """The fault that there is, Unfit for several, None for none."""
    found = tuple(faults)
    return Unfit(found) if len(found) > 1 else next(iter(found), None)


def faults_of(row: DecisionType, text: Text) -> Iterator[Refusal]:
    """Everything in a text that keeps it from being decided on."""
    for field, (least, most) in LENGTHS.items():
        content = getattr(text, field)
        if len(content) > most:
            yield BadText(field, len(content), least, most)
        elif len(content.strip()) < least:
            yield BadText(field, len(content.strip()), least, most)
        elif field == "title" and "\n" in content:
            yield BadValue("title", content, "one line")
    for field in row.demanded:
        if field == AMOUNT:
            try:
                money.read(text.amount_written, text.currency, text.amount)
            except AmountUnclear as unclear:
                yield unclear
        elif field in LENGTHS and not getattr(text, field).strip():
            yield BadText(field, 0, 1, LENGTHS[field][1])


def summary_of(text: Text) -> str:
    """The proposal in one line: as its author wrote it, else the first sentence of what is asked (PRO-1)."""
    if text.summary.strip():
        return text.summary.strip()
    line = " ".join(text.ask.split())
    ends = re.search(r"[.!?…。！？।](?=\s|$)|[。！？।]", line)
    sentence = line[: ends.end()] if ends else line
    most = LENGTHS["summary"][1]
    return sentence if len(sentence) <= most else f"{sentence[: most - 1].rstrip()}…"


def prepare_effects(
    row: DecisionType, effects: tuple[Effect, ...], world: Governed, decision: Decision
) -> tuple[Effect, ...]:
    """The effects with their bases noted (EFF-1), of the kinds that this type may carry: at least one where the bot
    carries it out.

    Raises BadValue, BadText for the kind that is missing, and the effects' own refusals.
    """
    allowed = [each.KIND for each in effect_rules.carried_by(row.name)]
    for effect in effects:
        if effect.KIND not in allowed:
            raise BadValue("effect", effect.KIND, *(("one of", *allowed) if allowed else ("none",)))
    if not effects and row.carried_out_by is Carrier.BOT:
        raise BadText(allowed[0], 0, 1, 1)
    return effect_rules.prepare(effects, world, decision)
