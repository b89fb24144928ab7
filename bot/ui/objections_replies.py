"""Private answers about objections and concerns: what came of one's own act, and what is next (OBJ-1 to OBJ-7)."""

from __future__ import annotations

from datetime import datetime

from bot.governance.proposals_types import Objection, ObjectionState, Statement
from bot.governance.thresholds import weight
from bot.services.views import ProposalStanding, ProposalView, Raised
from bot.ui import errors, limits, objections_ids, proposals_ids, seats
from bot.ui import objections_card as objections
from bot.ui.answers import Answer, said
from bot.ui.labels import listed, stamp
from bot.ui.objections_labels import CRITERION_LABELS
from bot.ui.panels import Style, button
from bot.ui.proposals_labels import links_to, named, numbered
from bot.ui.text import in_quotes, quote


def raised(result: Raised) -> Answer:
    """What came of objecting (OBJ-1, PRO-9)."""
    view, objection = result.view, result.objection
    if result.concern or objection is None:
        return said(
            f"### Recorded as a concern\nYou had not been a member of {in_quotes(view.group.name, 80)} for a week when "
            f"the review of {named(view.proposal)} opened, so you are not among those who can object to it. "
            "Your objection is recorded as a concern: it is shown and answered, and does not block.",
            buttons=[
                button("Say why", proposals_ids.button("concern", view.proposal.id), Style.primary),
                *links_to(view),
            ],
        )
    if objection.state is ObjectionState.DISMISSED:
        return said(
            f"### Your objection No. {objection.number} was ruled not in form\n{named(view.proposal)}\n"
            "It does not count against this version, unless an appeal says that it stands. The ruling in the "
            "discussion says until when you may appeal; once a new version is published, you may object again.",
            buttons=links_to(view),
        )
    head = "Your objection stands" if result.new else "Your objection stands already"
    buttons = [button("Withdraw it", objections_ids.button("withdraw", view.proposal.id, objection.number))]
    state = objections_ids.button("state", view.proposal.id, objection.number)
    if objection.state is ObjectionState.RAISED:
        todo = _to_state(objection, objection.state_by)
        buttons.insert(0, button("State it now", state, Style.primary))
    elif objection.test is None:
        todo = "It is stated; you can reword it until somebody asks for a ruling."
        buttons.insert(0, button("Reword it", state))
    else:
        todo = "It is stated, and a ruling on its form was asked for: its words stay as they are."
    return said(
        f"### {head}, recorded as No. {objection.number}\n{named(view.proposal)}\n{todo}",
        buttons=[*buttons, *links_to(view)],
    )


def _to_state(objection: Objection, state_by: datetime | None) -> str:
    until = f" by {stamp(state_by)}" if state_by else ""
    lapses = "Not stated by then, it becomes a concern and no longer blocks."
    if objection.guarded:
        until, lapses = "", "Your seat was taken away by others, so it counts without being stated, too."
    return f"**State it{until}**: choose a criterion and give your reason. {lapses}"


def waiting(view: ProposalView, objection: Objection) -> Answer:
    """Below any other answer: what its reader raised and could not be told of; their time begins with it (OBJ-2)."""
    proposal = view.proposal
    return said(
        f"### You objected to this\n{named(proposal)}: your objection No. {objection.number} is recorded and "
        f"counts. I could not tell you so before.\n{_to_state(objection, view.now + proposal.pinned.stating)}",
        buttons=[
            button("State it now", objections_ids.button("state", proposal.id, objection.number), Style.primary),
            *links_to(view),
        ],
    )


def stated(view: ProposalView, number: int) -> Answer:
    """An objection was stated (OBJ-2)."""
    objection = view.proposal.objection(number)
    statement = objection.statement if objection else None
    claim = f"\n{_criterion(statement)}:\n{quote(statement.reason, 1600)}" if statement else ""
    return said(
        f"### Objection No. {number} is stated\n{named(view.proposal)}{claim}\n\n"
        "It counts unless you withdraw it, a new version resolves it for you, or a ruling says that it is not in form.",
        buttons=[
            button("Reword it", objections_ids.button("state", view.proposal.id, number)),
            button("Withdraw it", objections_ids.button("withdraw", view.proposal.id, number)),
            *links_to(view),
        ],
    )


def withdrawing(view: ProposalView, number: int) -> Answer:
    """What withdrawing an objection means, asked before it is done (OBJ-5)."""
    return said(
        f"### Withdraw objection No. {number}?\n{named(view.proposal)}\nIt then stops counting: if no other objection "
        "stands when the time is up, this can pass. It stays on record with its reason, and you cannot take it up "
        "again; while objections are taken, you can raise a new one.",
        buttons=[
            button("Yes, withdraw it", objections_ids.button("withdraw-now", view.proposal.id, number), Style.primary),
            button("Keep it", objections_ids.button("keep", view.proposal.id, number)),
        ],
    )


def concern(view: ProposalView) -> Answer:
    """A concern was recorded (OBJ-3)."""
    return said(
        f"Your concern about {named(view.proposal)} is recorded and shown in its thread. It does not block.",
        buttons=links_to(view),
    )


_OBJECTION_ACTS = {
    "withdraw": "Your objection No. {n} to {p} is withdrawn. It stays in the record.",
    "keep": "Your objection No. {n} to {p} stands. Nothing was changed.",
    "resolved": "Noted: the new version resolves objection No. {n} to {p}. Thank you for working it out together.",
    "still": "Noted: objection No. {n} to {p} stands against the new version as well.",
    "test": "A ruling on the form of objection No. {n} to {p} is asked for. An uninvolved facilitator gives it.",
    "in form": "Ruled: objection No. {n} to {p} is in form and stands. The losing side may appeal once.",
    "not in form": "Ruled: objection No. {n} to {p} is not in form. The objector may appeal once.",
    "appeal": "Your appeal about objection No. {n} to {p} is filed. The stakeholder group decides it by majority.",
    "stands": "Noted: you say that objection No. {n} to {p} stands. You can change this until it is decided.",
    "falls": "Noted: you say that objection No. {n} to {p} does not stand. You can change this until it is decided.",
    "speak": "You now speak for objection No. {n} to {p}: you can state it, appeal for it and answer revisions. "
    "A seat behind it was taken away, so only the person who raised it can withdraw it.",
    "sponsor": "You now speak for objection No. {n} to {p}. You can state it, withdraw it and answer revisions.",
}


def objection_act(view: ProposalView, number: int, act: str) -> Answer:
    """What an act on an objection led to (OBJ-4 to OBJ-7, PRO-9)."""
    objection = view.proposal.objection(number)
    if act == "sponsor" and objection is not None and objection.guarded:
        act = "speak"
    words = _OBJECTION_ACTS[act].format(n=number, p=named(view.proposal))
    if objection is not None and objections.is_shared(view.proposal, objection):
        words = words.replace("Your objection", "Objection", 1) + _others_of_its_organisation(view, objection)
    return said(words, buttons=links_to(view))


def _others_of_its_organisation(view: ProposalView, ended: Objection) -> str:
    """An organisation's voice counts as long as one of its objections does (OBJ-6)."""
    same = [o for o in view.proposal.objections if o.organisation == ended.organisation and o.counts]
    if ended.counts or not same:
        return ""
    numbers = listed([f"No. {o.number}" for o in same])
    return f" Your organisation goes on objecting by {numbers}: its voice counts until each of them has ended."


def ruling(view: ProposalView, number: int) -> Answer:
    """What a facilitator is asked to judge (OBJ-4)."""
    objection = view.proposal.objection(number)
    statement = objection.statement if objection else None
    claim = ""
    if statement is not None:
        claim = f"Criterion: {_criterion(statement)}. The reason:\n{quote(statement.reason, 1800)}"
    return said(
        f"### Rule on objection No. {number}\n{named(view.proposal)}\n"
        "You judge the form only: does it name a criterion, give a reason, and speak about this proposal? "
        "Whether the reason is true is not yours to judge. The first ruling holds and is public.",
        claim,
        buttons=[
            button("It is in form", objections_ids.button("in-form", view.proposal.id, number)),
            button("It is not in form", objections_ids.button("not-in-form", view.proposal.id, number)),
        ],
    )


def standing(result: ProposalStanding) -> Answer:
    """Who may object, and whether the asker may (OBJ-1)."""
    view = result.view
    proposal = view.proposal
    names = [view.mention(elector.person) for elector in result.electors]
    everyone = limits.fit_lines([f"- {name}" for name in names], 2500, "- … and {} more")
    yours = "**You may object.**" if result.may else f"**You may not object.** {errors.why_not(result.why)}"
    at_stake = ""
    if proposal.terms is not None:
        at_stake = f"\nIt passes unless {objections.threshold(proposal)} at the end. Counting now: {weight(proposal)}."
    return said(
        f"### Who may object to {numbered(proposal)}?\n{named(proposal)}\n{yours}{at_stake}",
        f"Members of {in_quotes(view.group.name, 80)} when the review opened "
        f"({len(result.electors)}, {seats.seated(view)}):\n{everyone}",
        "-# The author revises or withdraws instead. Everyone with a seat may raise a concern.",
        buttons=[
            *([button("Object", proposals_ids.button("object", proposal.id), Style.danger)] if result.may else []),
            button("Raise a concern", proposals_ids.button("concern", proposal.id)),
        ],
    )


def _criterion(statement: Statement) -> str:
    return CRITERION_LABELS.get(statement.criterion, statement.criterion)
