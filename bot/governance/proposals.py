"""Proposals: drafting, opening, reading, revising, withdrawing, halting (PRO-1 to PRO-11, EFF-3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.governance import effects as effect_rules
from bot.governance import objections as objection_rules
from bot.governance import versions
from bot.governance.clock import deadline, past, stood_until
from bot.governance.dossier import (
    COUNTING,
    FINAL,
    Clock,
    Effect,
    Objection,
    ObjectionState,
    Proposal,
    Revision,
    State,
    Terms,
    Text,
    Vote,
)
from bot.governance.effects.world import World
from bot.governance.errors import (
    AlreadyDone,
    BadText,
    BadValue,
    LimitReached,
    NotEligible,
    NotYours,
    Provisional,
    RoleMissing,
    Stale,
    TooFewElectors,
    WindowClosed,
    WrongState,
)
from bot.governance.events import Event, Happened, Json, proposal_thing
from bot.governance.ids import GroupId, PersonId, ProposalId
from bot.governance.money import read_amount, read_currency
from bot.governance.organisation import (
    CONTRIBUTOR,
    MEMBER,
    OBSERVER,
    Elector,
    Group,
    GroupKind,
    Member,
    Partnership,
    role_missing,
)
from bot.governance.policy import Electorate, Filer, Passing, Policy, type_named

Outcome = tuple[Proposal, tuple[Event, ...]]

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

MOST_WITHDRAWAL = 500
"""Most characters of the reason for a withdrawal."""
NO_REASON = "withdrawn by the author"
"""The outcome of a withdrawal without a reason; any other is the author's own words."""

MOST_DRAFTS = 10
"""Drafts that one author keeps at a time (PRO-3)."""

MOST_AGE = timedelta(days=90)
"""From first review to the end, stopped time not counted (PRO-6)."""


@dataclass(frozen=True, slots=True)
class Load:
    """What the author and the group already have on the table (PRO-3)."""

    open_by_author: int = 0
    filed_today_by_author: int = 0
    open_in_group: int = 0


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
    """Raises NotEligible unless the member holds a seat that may file this type (POL-3, ORG-6)."""
    row = type_named(type)
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
    if not allowed[row.may_file]:
        raise NotEligible("may not file", row.may_file)


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
    if proposal.state is not State.DRAFT:
        raise WrongState(proposal.state, "edit")
    return replace(proposal, text=with_amount(text), effects=effects)


def with_amount(text: Text) -> Text:
    """The text with its amount read into minor units, or None where it cannot be read."""
    try:
        currency = read_currency(text.currency)
        return replace(text, amount=read_amount(text.amount_written, currency), currency=currency)
    except BadValue:
        return replace(text, amount=None)


def check_text(type: str, text: Text) -> None:
    """Whether the text is fit to be decided on (PRO-3). Raises BadText or BadValue for the first fault."""
    for field, (least, most) in LENGTHS.items():
        content = getattr(text, field)
        if len(content) > most:
            raise BadText(field, len(content), least, most)
        if len(content.strip()) < least:
            raise BadText(field, len(content.strip()), least, most)
    if "\n" in text.title:
        raise BadValue("title", text.title, "one line")
    if type == "budget":
        read_amount(text.amount_written, read_currency(text.currency))
        if not text.payee.strip():
            raise BadText("payee", 0, 1, LENGTHS["payee"][1])


def prepare_effects(type: str, effects: tuple[Effect, ...], world: World) -> tuple[Effect, ...]:
    """The effects with their bases noted (EFF-1), of the kinds that this type may carry; a policy change names one.

    Raises BadText, BadValue and their refusals.
    """
    allowed = type_named(type).effects
    for effect in effects:
        if effect.kind not in allowed:
            raise BadValue("effect", effect.kind, ", ".join(allowed) or "none for this type")
    if type == "policy" and not effects:
        raise BadText("policy key", 0, 1, 100)
    return effect_rules.prepare(effects, world)


def check_window(proposal: Proposal, now: datetime) -> None:
    """Raises WindowClosed unless the review window is open; it is half-open (PRO-7)."""
    if proposal.state is not State.REVIEW or past(proposal, proposal.closes_at, now):
        raise WindowClosed


def open_review(
    proposal: Proposal,
    author: Member,
    world: World,
    electors: tuple[Elector, ...],
    load: Load,
    number: int,
    now: datetime,
) -> Outcome:
    """Open the review: freeze version 1, pin the terms, snapshot the electors, start the clock (PRO-2, POL-2).

    Raises NotYours, WrongState, NotEligible, Provisional, BadText, BadValue, UnknownKey, OutOfBounds, Stale,
    LimitReached, RoleMissing and TooFewElectors.
    """
    if proposal.author != author.person:
        raise NotYours
    if proposal.state is not State.DRAFT:
        raise WrongState(proposal.state, "open a review")
    check_may_file(world.partnership, author, proposal.type)
    if world.partnership.provisional and proposal.type in {"budget", "policy"}:
        raise Provisional
    _check_load(load, world.policy)
    return _open(proposal, author, world, electors, number, now)


def open_ratification(
    proposal: Proposal, world: World, electors: tuple[Elector, ...], number: int, now: datetime
) -> Outcome:
    """Open the set-up's own first proposal (SCL-5): structure and genesis policy, passed by supermajority only.

    Raises as ``open_review`` does, but for seats and limits.
    """
    if proposal.type != "ratification" or proposal.state is not State.DRAFT:
        raise WrongState(proposal.state, "open a review")
    return _open(proposal, Member(proposal.author), world, electors, number, now)


def pin(policy: Policy, type: str) -> Terms:
    """The rules of one proposal, copied from the policy (POL-2)."""
    row = type_named(type)
    return Terms(
        policy_version=policy.version,
        window=policy.duration("review.window"),
        remainder=policy.duration("review.remainder"),
        stating=policy.duration("objection.stating"),
        ruling=policy.duration("objection.ruling"),
        appeal_filing=policy.duration("objection.appeal_filing"),
        appeal_decision=policy.duration("objection.appeal_decision"),
        sponsoring=policy.duration("objection.sponsoring"),
        rule=policy.text("objection.rule"),
        threshold=policy.count("objection.threshold"),
        share=policy.share("objection.share"),
        classes=policy.count("objection.classes"),
        unit=policy.text("objection.unit"),
        reach_bar=policy.share("reach.bar"),
        reach_extension=policy.duration("reach.extension"),
        lapse_budget_above=policy.count("reach.lapse_budget_above"),
        vote_window=policy.duration("vote.window"),
        vote_notice=policy.duration("vote.notice"),
        vote_method=policy.text("vote.method"),
        quorum=policy.share("vote.quorum"),
        majority=policy.share("vote.majority"),
        supermajority=policy.share("vote.supermajority"),
        secret=policy.flag("vote.secret"),
        hidden_k=policy.count("vote.hidden_k"),
        timelock=policy.duration(row.timelock) if row.timelock else timedelta(0),
        least_electors=policy.count("limits.least_electors"),
        most_versions=policy.count("limits.versions"),
        outage_tolerance=policy.duration("clock.outage_tolerance"),
        nudge_before=policy.duration("reminder.before_close"),
        objection_emoji=policy.text("objection.emoji"),
        concern_emoji=policy.text("concern.emoji"),
    )


def affirmative(proposal: Proposal) -> bool:
    """Whether it passes only by a supermajority of votes, never by silence (POL-5): judged on its current effects."""
    passes_by = type_named(proposal.type).passes_by
    effects = proposal.versions[-1].effects if proposal.versions else proposal.effects
    return passes_by is Passing.SUPERMAJORITY or effect_rules.entrenched(effects)


def mark_read(proposal: Proposal, member: Member, now: datetime) -> Outcome:
    """Record "I have read it", which is not support (PRO-8). Twice is once.

    Raises WindowClosed, NotEligible for anybody but the electors who count in reach.
    """
    check_window(proposal, now)
    if member.person == proposal.author:
        raise NotEligible("author")
    if proposal.elector(member.person) is None or not member.holds(proposal.group, MEMBER):
        raise NotEligible("not an elector")
    if member.person in proposal.readers:
        return proposal, ()
    event = Event(
        Happened.PROPOSAL_READ, proposal_thing(proposal.id), member.person, {"version": proposal.current.number}
    )
    return replace(proposal, readers=proposal.readers | {member.person}), (event,)


def reached(proposal: Proposal) -> frozenset[PersonId]:
    """Electors who read, objected, raised a concern or voted, the author not counted (PRO-8)."""
    took_part = set(proposal.readers)
    took_part |= {o.person for o in proposal.objections}
    took_part |= {c.person for c in proposal.concerns}
    took_part |= proposal.vote.voted if proposal.vote else set()
    return frozenset(took_part & reachable(proposal))


def reachable(proposal: Proposal) -> frozenset[PersonId]:
    """The electors without the author: the denominator of reach (PRO-8)."""
    return frozenset(e.person for e in proposal.electors) - {proposal.author}


def write_revision(proposal: Proposal, person: PersonId, of: int, text: Text, effects: tuple[Effect, ...]) -> Proposal:
    """Keep what was submitted for the version after ``of``, valid or not; only ``revise`` publishes it (PRO-5).

    Raises NotYours, WrongState, LimitReached; Stale when another version is on the table by now.
    """
    _check_revisable(proposal, person)
    if of != proposal.current.number:
        raise Stale("the version on the table", f"version {of}", f"version {proposal.current.number}")
    return replace(proposal, revision=Revision(of, with_amount(text), effects))


def drop_revision(proposal: Proposal, person: PersonId) -> Proposal:
    """Forget what was kept for the next version (PRO-5). Raises NotYours."""
    if proposal.author != person:
        raise NotYours
    return replace(proposal, revision=None)


def revise(
    proposal: Proposal,
    person: PersonId,
    text: Text,
    effects: tuple[Effect, ...],
    world: World,
    electors: tuple[Elector, ...],
    now: datetime,
) -> Outcome:
    """Publish version n+1 and re-open the window for at least the remainder (PRO-5).

    Readings are cleared, electors snapshotted again with earlier objectors kept, the terms stay pinned. What a vote on
    an earlier version overruled stands again: no answer means still objecting.
    Raises NotYours, WrongState, LimitReached, AlreadyDone when nothing changed, and as ``open_review`` on content.
    """
    _check_revisable(proposal, person)
    terms = proposal.pinned
    _check_roles(proposal, world.partnership)
    text = with_amount(text)
    check_text(proposal.type, text)
    prepared = prepare_effects(proposal.type, effects, world)
    version = versions.freeze(len(proposal.versions) + 1, text, prepared, now)
    if version.digest == proposal.current.digest:
        raise AlreadyDone("revise")
    _check_electors(proposal.author, electors, terms)
    closes_at = deadline(proposal, now, terms.remainder)
    if proposal.state is State.REVIEW and proposal.closes_at is not None:
        closes_at = max(closes_at, proposal.closes_at)
    again, asked = objection_rules.stand_again(proposal, now)
    revised = replace(
        _to(proposal, State.REVIEW, now),
        text=text,
        effects=prepared,
        versions=(*proposal.versions, version),
        revision=None,
        electors=_with_objectors(electors, again.objections),
        objections=again.objections,
        closes_at=closes_at,
        readers=frozenset(),
        extended=False,
        low_reach=False,
        nudged=False,
        vote=None,
        past_votes=_past_votes(proposal),
        outcome="",
    )
    said: list[Json] = list(versions.substance(proposal.current.text, text))
    data: dict[str, Json] = {
        "version": version.number,
        "digest": version.digest,
        "substance": said,
        "electors": [e.person for e in revised.electors],
    }
    return revised, (_event(Happened.VERSION_PUBLISHED, revised, person, **data), *asked)


def withdraw(proposal: Proposal, person: PersonId, reason: str, now: datetime) -> Outcome:
    """The author takes it back; a draft is discarded (PRO-6).

    Raises NotYours, WrongState once a vote is open, BadText for a reason that is too long.
    """
    if proposal.author != person:
        raise NotYours
    if proposal.state is State.DRAFT:
        return discard(proposal, now)
    vote_open = proposal.vote is not None and proposal.vote.opened
    may = {State.REVIEW, State.SETTLING, State.DISPUTED, State.STALE}
    if proposal.state not in may and not (proposal.state is State.ESCALATED and not vote_open):
        raise WrongState(proposal.state, "withdraw")
    if len(reason) > MOST_WITHDRAWAL:
        raise BadText("withdrawal", len(reason), 0, MOST_WITHDRAWAL)
    gone = _to(proposal, State.WITHDRAWN, now, reason.strip() or NO_REASON)
    return gone, (_event(Happened.PROPOSAL_WITHDRAWN, gone, person, reason=reason),)


def discard(proposal: Proposal, now: datetime) -> Outcome:
    """A draft that goes no further (PRO-6); nobody else has read its words, and nobody will. Raises WrongState."""
    if proposal.state is not State.DRAFT:
        raise WrongState(proposal.state, "discard")
    gone = replace(_to(proposal, State.DISCARDED, now), text=Text(), effects=(), changed_since="")
    return gone, (_event(Happened.DRAFT_DISCARDED, gone, None),)


def consent_to_halt(proposal: Proposal, member: Member, now: datetime) -> Outcome:
    """An elector asks to halt in the timelock; a majority of electors returns it to disputed, once (EFF-3).

    Raises WrongState outside a timelock or when halted before, WindowClosed after it, NotEligible.
    """
    if proposal.state not in {State.PASSED, State.ADOPTED} or proposal.timelock_ends_at is None:
        raise WrongState(proposal.state, "halt")
    if proposal.halted:
        raise AlreadyDone("halt")
    if past(proposal, proposal.timelock_ends_at, now):
        raise WindowClosed
    if proposal.elector(member.person) is None:
        raise NotEligible("not an elector")
    if not member.holds(proposal.group, MEMBER):
        raise NotEligible("no seat now")
    if member.person in proposal.halts:
        return proposal, ()
    halts = proposal.halts | {member.person}
    agreed = replace(proposal, halts=halts)
    said: tuple[Event, ...] = (
        _event(Happened.HALT_CONSENTED, agreed, member.person, agreed=len(halts), electors=len(proposal.electors)),
    )
    if len(halts) * 2 <= len(proposal.electors):
        return agreed, said
    agreed, asked = objection_rules.stand_again(agreed, now)
    halted = replace(
        _to(agreed, State.DISPUTED, now),
        halted=True,
        timelock_ends_at=None,
        vote=None,
        past_votes=_past_votes(agreed),
    )
    return halted, (*said, _event(Happened.PROPOSAL_HALTED, halted, None), *asked)


def seated(proposal: Proposal, holders: Iterable[PersonId]) -> int:
    """How many of the snapshot still hold the seat: the k of "n of m at opening, k still seated" (PRO-9)."""
    return len({e.person for e in proposal.electors} & set(holders))


def too_few_seated(proposal: Proposal, holders: Iterable[PersonId]) -> bool:
    """Whether fewer electors than the least still hold the seat, the author not counted (PRO-9)."""
    return len(reachable(proposal) & set(holders)) < proposal.pinned.least_electors


def too_old_at(proposal: Proposal, now: datetime) -> datetime | None:
    """When it becomes not adopted by age, stopped time not counted (PRO-6); None before its first review."""
    return None if proposal.opened_at is None else proposal.opened_at + MOST_AGE + stood_until(proposal, now)


def enter(proposal: Proposal, state: State, now: datetime, outcome: str = "") -> Proposal:
    """The proposal in another state since now. Final states keep no running clock (PRO-6)."""
    return _to(proposal, state, now, outcome)


def _to(proposal: Proposal, state: State, now: datetime, outcome: str = "") -> Proposal:
    clock = Clock(stood=proposal.clock.stood) if state in FINAL else proposal.clock
    revision = None if state in FINAL else proposal.revision
    return replace(
        proposal, state=state, state_since=now, outcome=outcome or proposal.outcome, clock=clock, revision=revision
    )


def _open(
    proposal: Proposal,
    author: Member,
    world: World,
    electors: tuple[Elector, ...],
    number: int,
    now: datetime,
) -> Outcome:
    terms = pin(world.policy, proposal.type)
    check_text(proposal.type, proposal.text)
    prepared = prepare_effects(proposal.type, proposal.effects, world)
    _check_roles(proposal, world.partnership)
    _check_electors(proposal.author, electors, terms)
    version = versions.freeze(1, proposal.text, prepared, now)
    opened = replace(
        _to(proposal, State.REVIEW, now),
        number=number,
        effects=prepared,
        author_organisations=author.organisations,
        author_groups=frozenset(s.group for s in author.seats if s.group is not None and s.seat != OBSERVER),
        terms=terms,
        versions=(version,),
        electors=electors,
        opened_at=now,
        closes_at=now + terms.window,
    )
    data: dict[str, Json] = {
        "number": number,
        "type": proposal.type,
        "version": 1,
        "digest": version.digest,
        "policy": terms.policy_version,
        "electors": [e.person for e in electors],
    }
    if proposal.refiles is not None:
        data |= {"refiles": proposal.refiles, "changed": proposal.changed_since}
    return opened, (_event(Happened.REVIEW_OPENED, opened, proposal.author, **data),)


def _check_revisable(proposal: Proposal, person: PersonId) -> None:
    if proposal.author != person:
        raise NotYours
    if proposal.state not in {State.REVIEW, State.SETTLING, State.DISPUTED, State.STALE}:
        raise WrongState(proposal.state, "revise")
    if len(proposal.versions) >= proposal.pinned.most_versions:
        raise LimitReached("versions", proposal.pinned.most_versions)


def _check_load(load: Load, policy: Policy) -> None:
    for limit, used in (
        ("limits.open_per_author", load.open_by_author),
        ("limits.filed_per_day", load.filed_today_by_author),
        ("limits.open_per_group", load.open_in_group),
    ):
        most = policy.count(limit)
        if used >= most:
            raise LimitReached(limit, most)


def _check_electors(author: PersonId, electors: tuple[Elector, ...], terms: Terms) -> None:
    others = len({e.person for e in electors} - {author})
    if others < terms.least_electors:
        raise TooFewElectors(others, terms.least_electors)


def _check_roles(proposal: Proposal, partnership: Partnership) -> None:
    """The electorate is fixed now: not while a role that belongs to it gives its seat to nobody (ORG-3)."""
    if role_missing(partnership, proposal.group):
        raise RoleMissing(partnership.group(proposal.group).name)


def _past_votes(proposal: Proposal) -> tuple[Vote, ...]:
    return (*proposal.past_votes, proposal.vote) if proposal.vote else proposal.past_votes


def _with_objectors(electors: tuple[Elector, ...], objections: tuple[Objection, ...]) -> tuple[Elector, ...]:
    known = {e.person for e in electors}
    kept = {
        o.person: Elector(o.person, o.stakeholder_class, o.organisation)
        for o in objections
        if o.person not in known and o.state in COUNTING | {ObjectionState.DISMISSED}
    }
    return tuple(sorted((*electors, *kept.values()), key=lambda e: e.person))


def _event(kind: Happened, proposal: Proposal, actor: PersonId | None, **data: Json) -> Event:
    return Event(kind, proposal_thing(proposal.id), actor, data)
