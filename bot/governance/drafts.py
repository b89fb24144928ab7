"""Drafts: who may file what, and whether it is fit to be decided on (PRO-1, PRO-3, POL-3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from bot.governance import effects as effect_rules
from bot.governance import money
from bot.governance.effects import Decision, Effect, Governed
from bot.governance.errors import (
    AmountUnclear,
    BadText,
    BadValue,
    LimitReached,
    NotEligible,
    NotYours,
    Refusal,
    Unfit,
    WrongState,
)
from bot.governance.ids import GroupId, PersonId, ProposalId
from bot.governance.matrix import TYPES, Carrier, Electorate, Filer, type_named
from bot.governance.organisation import (
    CONTRIBUTOR,
    MEMBER,
    OBSERVER,
    Group,
    GroupKind,
    Member,
    Partnership,
    check_authority,
)
from bot.governance.proposals_types import Proposal, ProposalState, Text

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


def start(
    id: ProposalId, partnership: Partnership, member: Member, type: str, group: GroupId | None, now: datetime
) -> Proposal:
    """An empty draft, if this member may file this type (POL-3). ``group`` matters for general decisions only.

    Raises UnknownKey, NotEligible, NotFound.
    """
    check_may_file(partnership, member, type)
    deciding = deciding_group(partnership, type, group)
    return Proposal(id, partnership.id, deciding.id, type, member.person, now, now)


def check_may_file(partnership: Partnership, member: Member, type: str) -> None:
    """Whether the member holds a seat that may file this type (POL-3, ORG-6).

    Raises NotEligible, RoleSuspended, and UnknownKey to those who have a seat at all.
    """
    if type not in TYPES and not member.seats:
        raise NotEligible("no seat")
    row = type_named(type)
    team = partnership.of_kind(GroupKind.TOP_LEVEL).name
    refusal = NotEligible("may not file", row.may_file.format(team=team))
    check_authority(member, lambda each: _may_file(partnership, each, row.may_file), refusal)


def _may_file(partnership: Partnership, member: Member, filer: Filer) -> bool:
    kinds = {group.id: group.kind for group in partnership.groups}
    active = [s for s in member.seats if s.seat != OBSERVER]
    sits_in = {kinds[s.group] for s in active if s.group in kinds and s.seat != CONTRIBUTOR}
    allowed = {
        Filer.SEAT: bool(active),
        Filer.OPERATIONS: bool(sits_in & {GroupKind.TOP_LEVEL, GroupKind.CELL}),
        Filer.TOP_LEVEL: GroupKind.TOP_LEVEL in sits_in,
        Filer.MEMBER: any(s.seat == MEMBER for s in active),
        Filer.NOBODY: False,
    }
    return allowed[filer]


def check_drafts(kept: int) -> None:
    """Raises LimitReached when an author keeps as many drafts as may be kept (PRO-3)."""
    if kept >= MOST_DRAFTS:
        raise LimitReached("drafts", MOST_DRAFTS)


def deciding_group(partnership: Partnership, type: str, chosen: GroupId | None) -> Group:
    """The group whose members are the electors (POL-3). Raises NotFound."""
    if type_named(type).electors is Electorate.STAKEHOLDERS:
        return partnership.stakeholders
    return partnership.of_kind(GroupKind.TOP_LEVEL) if chosen is None else partnership.group(chosen)


def edit_draft(proposal: Proposal, person: PersonId, text: Text, effects: tuple[Effect, ...]) -> Proposal:
    """Keep what was submitted, valid or not (PRO-1). An amount that cannot be read stays as it was written.

    Raises NotYours; WrongState unless it is a draft.
    """
    if proposal.author != person:
        raise NotYours
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
        raise BadValue("amount", money.written_amount(chosen.minor, chosen.currency), "a reading of what stands there")
    return replace(text, amount=chosen.minor, currency=chosen.currency)


def check_text(type: str, text: Text) -> None:
    """Whether the text is fit to be decided on (PRO-3). Raises BadText, BadValue, AmountUnclear; Unfit for several."""
    fault = as_one(faults_of(type, text))
    if fault is not None:
        raise fault


def as_one(faults: Iterable[Refusal]) -> Refusal | None:
    """The fault that there is, Unfit for several, None for none."""
    found = tuple(faults)
    return Unfit(found) if len(found) > 1 else next(iter(found), None)


def faults_of(type: str, text: Text) -> Iterator[Refusal]:
    """Everything in a text that keeps it from being decided on."""
    for field, (least, most) in LENGTHS.items():
        content = getattr(text, field)
        if len(content) > most:
            yield BadText(field, len(content), least, most)
        elif len(content.strip()) < least:
            yield BadText(field, len(content.strip()), least, most)
        elif field == "title" and "\n" in content:
            yield BadValue("title", content, "one line")
    if type == "budget":
        try:
            money.read(text.amount_written, text.currency, text.amount)
        except AmountUnclear as unclear:
            yield unclear
        if not text.payee.strip():
            yield BadText("payee", 0, 1, LENGTHS["payee"][1])


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
    proposal: Proposal, effects: tuple[Effect, ...], world: Governed, now: datetime
) -> tuple[Effect, ...]:
    """The effects with their bases noted (EFF-1), of the kinds that its type may carry: at least one where the bot
    carries it out.

    Raises BadValue, BadText for the kind that is missing, and the effects' own refusals.
    """
    allowed = [each.KIND for each in effect_rules.carried_by(proposal.type)]
    for effect in effects:
        if effect.KIND not in allowed:
            raise BadValue("effect", effect.KIND, ", ".join(allowed) or "none for this type")
    if not effects and type_named(proposal.type).carried_out_by is Carrier.BOT:
        raise BadText(allowed[0], 0, 1, 1)
    return effect_rules.prepare(effects, world, Decision(proposal.id, now))
