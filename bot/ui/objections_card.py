"""Objections and concerns in words: their standing on the card, the buttons that belong to them (OBJ-1 to OBJ-8)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TypeGuard

from bot.governance import thresholds
from bot.governance.proposals_types import FINAL, Objection, ObjectionState, Proposal, ProposalState, Test
from bot.governance.rolls import judges_of
from bot.services.views import ProposalView
from bot.ui import objections_ids
from bot.ui.labels import count, listed, moment
from bot.ui.limits import fit_lines
from bot.ui.objections_labels import CONCERN_REASONS, CRITERION_LABELS, OBJECTION_STATE_LABELS
from bot.ui.panels import Button, Style, button
from bot.ui.text import in_quotes, inline

_RULED = frozenset({ObjectionState.STATED, ObjectionState.DISMISSED})
_OPEN = frozenset({ObjectionState.RAISED, ObjectionState.STATED, ObjectionState.DISMISSED})


def threshold(proposal: Proposal) -> str:
    """How many objections stop it, by the pinned rule (OBJ-6)."""
    needed = thresholds.threshold(proposal.pinned, proposal.electors)
    if proposal.pinned.rule == "classes":
        if needed == 1:
            return "an objection from one stakeholder class stands"
        return f"objections from {needed} different stakeholder classes stand"
    if proposal.pinned.unit == "organisation":
        one = "one organisation objects" if needed == 1 else f"{needed} organisations object"
        return f"{one} (each organisation has one voice)"
    return "one objection stands" if needed == 1 else f"{needed} objections stand"


def overview(view: ProposalView, most: int) -> str:
    """Counts and states in words, one line for each open objection, the closed ones summed up."""
    proposal = view.proposal
    if not proposal.objections:
        head = "**Objections:** none." if proposal.state in FINAL else "**Objections:** none so far."
        return f"{head} {concerns(proposal)}" if not proposal.concerns else f"{head}\n{concerns(proposal)}"
    weight, needed = thresholds.weight(proposal), thresholds.threshold(proposal.pinned, proposal.electors)
    enough = f"; {needed} {'is' if needed == 1 else 'are'} enough to stop it{_unit(proposal)}"
    if proposal.state not in {ProposalState.REVIEW, ProposalState.SETTLING, ProposalState.DISPUTED}:
        enough = ""
    lines = [f"**Objections:** {len(proposal.objections)} raised. Counting now: {weight}{enough}."]
    closed = [o for o in proposal.objections if o.state not in _OPEN]
    tail = [closed_ones(closed)] if closed else []
    tail.append(concerns(proposal))
    opened = [one(view, o) for o in proposal.objections if o.state in _OPEN]
    room = most - sum(len(line) + 1 for line in (*lines, *tail))
    if opened:
        lines.append(fit_lines(opened, room, "… and {} more: see the thread"))
    return "\n".join([*lines, *tail])


def one(view: ProposalView, objection: Objection) -> str:
    """One objection in one line: who, what it claims, where it stands, what is due."""
    what = f"No. {objection.number} by {view.mention(objection.person)}: {standing(objection)}"
    if objection.statement is not None:
        what += f". {criterion(objection)}"
    return f"- {what}{_due(view.proposal, objection, view.now)}."


def standing(objection: Objection) -> str:
    """Where an objection stands, in words."""
    words = OBJECTION_STATE_LABELS[objection.state]
    test = objection.test
    if test is not None and test.in_form is None and objection.state is ObjectionState.STATED:
        words = "stated, a test was asked for"
    elif test is not None and test.in_form is not None and objection.state in _RULED:
        words = _ruled(objection.state, test)
    if objection.sponsor_by is not None and objection.state is not ObjectionState.OVERRULED:
        return f"{words}, needs someone to take it over"
    return words


def _ruled(state: ObjectionState, test: Test) -> str:
    """What a ruling and the appeal against it found: the appeal has the last word, whichever way the ruling went."""
    ruling = "ruled in form" if test.in_form else "ruled not in form"
    if test.appeal is None:
        return f"stated and {ruling}" if state is ObjectionState.STATED else ruling
    if test.appeal.stands is None:
        return f"{ruling}, under appeal"
    if test.appeal.stands:
        return "stated; the appeal found that it stands"
    return f"{ruling}; the appeal found that it does not stand"


def criterion(objection: Objection) -> str:
    """The criterion it names, and the agreement where it names one."""
    if objection.statement is None:
        return ""
    name = CRITERION_LABELS.get(objection.statement.criterion, inline(objection.statement.criterion, 60))
    agreement = objection.statement.agreement.strip()
    return f"{name} ({in_quotes(agreement, 82)})" if agreement else name


def closed_ones(objections: list[Objection]) -> str:
    """How many ended in which way."""
    found = Counter(o.state for o in objections)
    return "Ended: " + "; ".join(f"{found[s]} {OBJECTION_STATE_LABELS[s]}" for s in ObjectionState if found[s]) + "."


def concerns(proposal: Proposal) -> str:
    """How many concerns were heard, and that they never block (OBJ-3)."""
    if not proposal.concerns:
        return "**Concerns:** none."
    found = Counter(c.why for c in proposal.concerns if c.why)
    why = listed([f"{number} {CONCERN_REASONS.get(key, key)}" for key, number in sorted(found.items())])
    extra = f" Among them: {why}." if why else ""
    return f"**Concerns:** {len(proposal.concerns)} heard; they are answered and never block.{extra}"


def controls(proposal: Proposal, objection: Objection) -> list[Button]:
    """The buttons that can lead somewhere in the state the objection is in."""
    if (
        proposal.state not in {ProposalState.REVIEW, ProposalState.SETTLING, ProposalState.DISPUTED}
        or objection.state not in _OPEN
    ):
        return []
    test, number = objection.test, objection.number

    def act(label: str, name: str, style: Style = Style.secondary) -> Button:
        return button(label, objections_ids.button(name, proposal.id, number), style)

    found: list[Button] = []
    if objection.state is ObjectionState.RAISED:
        found.append(act("State your objection", "state", Style.primary))
    if objection.state is ObjectionState.STATED and (test is None or test.in_form is None):
        if test is None:
            found.append(act("Ask for a test of form", "test"))
        found.append(act("Rule on its form", "rule"))
    if test is not None and test.in_form is not None:
        if test.appeal is None:
            found.append(act("Appeal this ruling", "appeal"))
        elif test.appeal.stands is None:
            found += [act("The objection stands", "stands"), act("The objection falls", "falls")]
    if objection.needs_sponsor:
        found.append(act("Take over this objection", "sponsor", Style.primary))
    return [
        *found,
        act("Withdraw this objection" if is_shared(proposal, objection) else "Withdraw my objection", "withdraw"),
    ]


def _judges(proposal: Proposal, objection: Objection) -> str:
    """How many decide an appeal; where nobody is left who may, there is no decision, and it stands (OBJ-4, ORG-6)."""
    left = len(judges_of(proposal, objection))
    return count(left, "person decides", "people decide") if left else "nobody is left to decide, so it stands"


def is_shared(proposal: Proposal, objection: Objection) -> bool:
    """Whether it is the one voice of an organisation, which its members may change (OBJ-6)."""
    return proposal.pinned.unit == "organisation" and bool(objection.organisation)


def answers(proposal: Proposal, objection: Objection) -> tuple[Button, Button]:
    """What an earlier objector says to a revision (PRO-5)."""
    number = objection.number
    return (
        button(f"No. {number}: resolved", objections_ids.button("resolved", proposal.id, number), Style.success),
        button(f"No. {number}: still objecting", objections_ids.button("still", proposal.id, number)),
    )


def asked_again(proposal: Proposal) -> list[Objection]:
    """Earlier objections that a revision is asked about: those that count and are older than the version."""
    return [o for o in proposal.objections if o.counts and o.version < proposal.current.number]


def _unit(proposal: Proposal) -> str:
    if proposal.pinned.rule == "classes":
        return ", counted by stakeholder class"
    return ", counted by organisation" if proposal.pinned.unit == "organisation" else ""


def _ahead(deadline: datetime | None, now: datetime) -> TypeGuard[datetime]:
    """Whether something is still possible until then: a card tells no deadline that is over."""
    return deadline is not None and deadline > now


def _due(proposal: Proposal, objection: Objection, now: datetime) -> str:
    if objection.state is ObjectionState.RAISED and objection.guarded:
        return "; its seat was taken away, so it counts without being stated"
    if proposal.clock.stopped_at is not None or proposal.state not in {
        ProposalState.REVIEW,
        ProposalState.SETTLING,
        ProposalState.DISPUTED,
    }:
        return ""
    test = objection.test
    if objection.state is ObjectionState.RAISED and objection.untold:
        return "; the time to state it begins once its objector has been told"
    if objection.state is ObjectionState.RAISED and objection.state_by is not None and objection.sponsor_by is None:
        return f"; to be stated by {moment(objection.state_by)}"
    if test is not None and test.appeal is not None and test.appeal.stands is None:
        return f"; {_judges(proposal, objection)} by {moment(test.appeal.decide_by)}"
    if objection.sponsor_by is not None:
        return f"; until {moment(objection.sponsor_by)}"
    if test is not None and test.in_form is not None and test.appeal is None and _ahead(test.appeal_by, now):
        return f"; appeal possible until {moment(test.appeal_by)}"
    if _ahead(objection.rule_by, now) and objection.state is ObjectionState.STATED:
        return f"; ruling possible until {moment(objection.rule_by)}"
    return ""
