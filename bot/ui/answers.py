"""Private answers: what a person's own act led to, and what they can do next."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.governance.dossier import Ballot, ObjectionState, Proposal, State, Statement
from bot.governance.errors import Refusal, UnknownKey, WrongState
from bot.governance.methods import REGISTRY
from bot.governance.money import written_amount
from bot.governance.objections import threshold, weight
from bot.governance.policy import type_named
from bot.governance.votes import would_reveal
from bot.services.views import ProposalView, Raised, Standing
from bot.ui import errors, ids, limits, proposals, votes
from bot.ui.labels import CHOICE_LABELS, CRITERION_LABELS, METHOD_LABELS, count, stamp
from bot.ui.panels import Button, button, link, panel, rows
from bot.ui.text import inline, quote

Answer = discord.ui.LayoutView

COLOUR = 0x5865F2
"""Of every private answer; it says nothing that the words do not."""

CHANGED_MEANWHILE = (
    "Somebody changed the same thing at the same moment. Nothing of yours was recorded: please try again."
)
SOMETHING_WRONG = (
    "Something went wrong on my side; it is in my log. What was recorded before is kept. "
    "Look at the card to see whether this went through; if not, please try again."
)
COMMANDS_CHANGED = "My commands have just changed. Please reload Discord (Ctrl-R, or close the app) and try again."
NOT_HERE = "This works in a channel of the server, not in direct messages. Open the server and try again there."

_PRIMARY, _PLAIN, _DANGER = discord.ButtonStyle.primary, discord.ButtonStyle.secondary, discord.ButtonStyle.danger


def said(*texts: str, buttons: Sequence[Button | None] = ()) -> Answer:
    """A private answer: texts in a box, with buttons below in rows of five."""
    return panel(None, COLOUR, *texts, *rows(*buttons))


def named(proposal: Proposal) -> str:
    """A proposal in a line of ours, such as **P-12** and its title."""
    name = f"P-{proposal.number}" if proposal.number else "Draft"
    return f"**{name} · {inline(proposal.text.title, 100)}**"


def overview(view: ProposalView, hindrance: Refusal | None) -> Answer:
    """A proposal as it stands: a draft to go on with, or the card with everything that can be done."""
    return draft(view, hindrance) if view.proposal.state is State.DRAFT else proposals.card(view, None)


def preview(view: ProposalView) -> Answer:
    """The card as it would stand if the review opened now; its buttons wait until then."""
    if view.proposal.state is State.DRAFT:
        return said(
            f"### Preview of {named(view.proposal)}\nThe card can be shown when nothing is missing any more. "
            "So far it says:",
            _draft_text(view.proposal),
        )
    card = proposals.card(view, None)
    for item in card.walk_children():
        if isinstance(item, discord.ui.Button) and item.custom_id:
            item.disabled = True
    note = "### Preview: only you see this. The buttons work once the review is open."
    if card.content_length() + len(note) <= limits.V2_TEXT:
        below = card.children[:]
        card.clear_items()
        for item in (discord.ui.TextDisplay[Answer](note), *below):
            card.add_item(item)
    return card


def draft(view: ProposalView, hindrance: Refusal | None) -> Answer:
    """The draft as kept, what still keeps its review from opening, and what to do next (PRO-1)."""
    proposal = view.proposal
    kind = type_named(proposal.type)
    head = (
        f"### Your draft is kept\n{named(proposal)}\n"
        f"{kind.label} proposal · decided by {inline(view.group.name, 80)} · only you see this"
    )
    if hindrance is None:
        state = (
            "**Nothing is missing.** Look at the preview, then open the review: from then on the words are frozen "
            "and everyone who decides is told."
        )
    else:
        state = f"**Still needed before the review can open:** {errors.speak(hindrance, kept='')}"
    note = "-# Kept for 14 days. Only what you send in is kept: a form that you close unsent is lost."
    styles = (_PLAIN, _PRIMARY) if hindrance is None else (_PRIMARY, _PLAIN)
    return said(
        head,
        _draft_text(proposal),
        state,
        note,
        buttons=[
            button("Details", ids.proposal("details", proposal.id), styles[0]),
            button("Edit", ids.proposal("edit", proposal.id), styles[0]),
            button("Preview", ids.proposal("preview", proposal.id)),
            button("Open review", ids.proposal("open", proposal.id), styles[1]),
            button("Discard", ids.proposal("discard", proposal.id), _DANGER),
        ],
    )


def opened(view: ProposalView) -> Answer:
    """The review is open."""
    proposal = view.proposal
    closes = f" It is open until {stamp(proposal.closes_at)}." if proposal.closes_at else ""
    return said(
        f"### Review opened\n{named(proposal)} is before {inline(view.group.name, 80)}.{closes}\n"
        "Its words are frozen. To change them, revise: that makes a new version with more time to read.",
        buttons=[*links_to(view), button("Revise", ids.proposal("revise", proposal.id))],
    )


def discarded(view: ProposalView) -> Answer:
    """A draft was thrown away."""
    return said(f"Your draft {named(view.proposal)} is discarded. Nobody else has seen it.")


def withdrawn(view: ProposalView) -> Answer:
    """A proposal was taken back."""
    return said(f"{named(view.proposal)} is withdrawn. It stays in the record.", buttons=links_to(view))


def read(view: ProposalView) -> Answer:
    """A reading was noted (PRO-8)."""
    return said(
        f"Noted: you have read version {view.proposal.current.number} of {named(view.proposal)}. "
        "That is not support; you can still object or raise a concern until the review closes.",
        buttons=links_to(view),
    )


def choose_revision(view: ProposalView) -> Answer:
    """Which page of the next version to write (PRO-5)."""
    proposal = view.proposal
    left = proposal.pinned.most_versions - len(proposal.versions)
    return said(
        f"### Revise {named(proposal)}\nWhat do you want to change? Each time you send a form in, a new version is "
        f"published and those who decide get more time. {count(left, 'more version')} can follow.",
        buttons=[
            button("The words", ids.proposal("edit", proposal.id), _PRIMARY),
            button(_DETAILS.get(proposal.type, "Timeline and summary"), ids.proposal("details", proposal.id), _PRIMARY),
        ],
    )


def revised(view: ProposalView) -> Answer:
    """A version was published (PRO-5)."""
    proposal = view.proposal
    until = f" The review is open until {stamp(proposal.closes_at)}." if proposal.closes_at else ""
    return said(
        f"### Version {proposal.current.number} is published\n{named(proposal)}.{until}\n"
        "Everyone sees what changed, word by word. Each objector is asked whether it resolves their objection.",
        buttons=links_to(view),
    )


def raised(result: Raised) -> Answer:
    """What came of objecting (OBJ-1, PRO-9)."""
    view, objection = result.view, result.objection
    if result.concern or objection is None:
        return said(
            f"### Recorded as a concern\nYou joined {inline(view.group.name, 80)} after the review of "
            f"{named(view.proposal)} opened, so you are not among those who can object to it. "
            "Your ✋ is recorded as a concern: it is shown and answered, and does not block. Say what it is about:",
            buttons=[button("Say what it is", ids.proposal("concern", view.proposal.id), _PRIMARY), *links_to(view)],
        )
    head = "Your objection stands" if result.new else "Your objection stands already"
    if objection.state is ObjectionState.RAISED and objection.state_by is not None:
        todo = (
            f"**State it by {stamp(objection.state_by)}**: choose the kind of harm and give your reason. "
            "Not stated by then, it becomes a concern and no longer blocks."
        )
    else:
        todo = "It is stated; you can reword it until somebody asks for a ruling."
    return said(
        f"### {head}, recorded as no. {objection.number}\n{named(view.proposal)}\n{todo}",
        buttons=[
            button("State it now", ids.objection("state", view.proposal.id, objection.number), _PRIMARY),
            button("Withdraw it", ids.objection("withdraw", view.proposal.id, objection.number)),
            *links_to(view),
        ],
    )


def stated(view: ProposalView, number: int) -> Answer:
    """An objection was stated (OBJ-2)."""
    objection = view.proposal.objection(number)
    statement = objection.statement if objection else None
    claim = f"\n{_criterion(statement)}:\n{quote(statement.reason, 1600)}" if statement else ""
    return said(
        f"### Objection {number} is stated\n{named(view.proposal)}{claim}\n\n"
        "It counts unless you withdraw it, a new version resolves it for you, or a ruling says that it is not in form.",
        buttons=links_to(view),
    )


def concern(view: ProposalView) -> Answer:
    """A concern was recorded (OBJ-3)."""
    return said(
        f"Your concern about {named(view.proposal)} is recorded and shown in its thread. It does not block.",
        buttons=links_to(view),
    )


_OBJECTION_ACTS = {
    "withdraw": "Your objection {n} to {p} is withdrawn. It stays in the record.",
    "keep": "Your objection {n} to {p} stands. Nothing was changed.",
    "resolved": "Noted: the new version resolves objection {n} to {p}. Thank you for working it out together.",
    "still": "Noted: objection {n} to {p} stands against the new version as well.",
    "test": "A ruling on the form of objection {n} to {p} is asked for. A facilitator who is not involved gives it.",
    "in form": "Ruled: objection {n} to {p} is in form and stands. The losing side may appeal once.",
    "not in form": "Ruled: objection {n} to {p} is not in form. The objector may appeal once.",
    "appeal": "Your appeal about objection {n} to {p} is filed. The stakeholder group decides it by majority.",
    "stands": "Noted: you say that objection {n} to {p} stands. You can change your vote until it is decided.",
    "falls": "Noted: you say that objection {n} to {p} does not stand. You can change your vote until it is decided.",
    "sponsor": "You now speak for objection {n} to {p}. You can state it, withdraw it and answer revisions.",
}


def objection_act(view: ProposalView, number: int, act: str) -> Answer:
    """What an act on an objection led to (OBJ-4 to OBJ-7, PRO-9)."""
    words = _OBJECTION_ACTS[act].format(n=number, p=named(view.proposal))
    return said(words, buttons=links_to(view))


def ruling(view: ProposalView, number: int) -> Answer:
    """What a facilitator is asked to judge (OBJ-4)."""
    objection = view.proposal.objection(number)
    statement = objection.statement if objection else None
    claim = ""
    if statement is not None:
        claim = f"Kind of harm: {_criterion(statement)}\n{quote(statement.reason, 1800)}"
    return said(
        f"### Rule on objection {number}\n{named(view.proposal)}\n"
        "You judge the form only: does it name a kind of harm, give a reason, and speak about this proposal? "
        "Whether the reason is true is not yours to judge. The first ruling holds and is public.",
        claim,
        buttons=[
            button("It is in form", ids.objection("in-form", view.proposal.id, number)),
            button("It is not in form", ids.objection("not-in-form", view.proposal.id, number)),
        ],
    )


def standing(result: Standing) -> Answer:
    """Who may object, and whether the asker may (OBJ-1)."""
    view = result.view
    proposal = view.proposal
    names = [view.mention(elector.person) for elector in result.electors]
    listed = limits.fit_lines([f"- {name}" for name in names], 2500, "- … and {} more")
    yours = "**You may object.**" if result.may else f"**You may not object.** {errors.why_not(result.why)}"
    at_stake = ""
    if proposal.terms is not None:
        needed = threshold(proposal.terms, proposal.electors)
        what = "from different stakeholder classes" if proposal.terms.rule == "classes" else ""
        at_stake = f"\n{count(needed, 'objection')} {what} stop it; now {weight(proposal)} count.".replace("  ", " ")
    return said(
        f"### Who may object to {named(proposal)}\n{yours}{at_stake}",
        f"Members of {inline(view.group.name, 80)} when the review opened "
        f"({len(result.electors)}, {result.seated} still seated):\n{listed}",
        "-# The author revises or withdraws instead. Everyone with a seat may raise a concern.",
        buttons=[
            *([button("Object", ids.proposal("object", proposal.id), _DANGER)] if result.may else []),
            button("Raise a concern", ids.proposal("concern", proposal.id)),
        ],
    )


def escalated(view: ProposalView) -> Answer:
    """The final vote is announced or open (PRO-6)."""
    vote = view.proposal.vote
    if vote is None:
        return said(f"{named(view.proposal)} is escalated.", buttons=links_to(view))
    when = (
        f"The vote is open until {stamp(vote.closes_at)}." if vote.opened else f"The vote opens {stamp(vote.opens_at)}."
    )
    return said(
        f"### Escalated to a vote\n{named(view.proposal)}: the stakeholder group decides by "
        f"{METHOD_LABELS.get(vote.method, vote.method)}. {when}",
        buttons=links_to(view),
    )


def halted(view: ProposalView) -> Answer:
    """Consent to a halt was noted, perhaps the last one needed (EFF-3)."""
    proposal = view.proposal
    if proposal.state is State.DISPUTED:
        return said(
            f"{named(proposal)} is halted: a majority asked for it. It is disputed again.", buttons=links_to(view)
        )
    needed = len(proposal.electors) // 2 + 1
    return said(
        f"Noted: you ask to halt {named(proposal)}. {len(proposal.halts)} of the {needed} needed have asked so far.",
        buttons=links_to(view),
    )


def ballot(view: ProposalView, mine: Ballot | None) -> Answer:
    """The asker's own vote, and the choices to change it (DEC-2, DEC-3)."""
    vote = view.proposal.vote
    if vote is None or not vote.opened:
        return said(f"There is no vote on {named(view.proposal)} now.", buttons=links_to(view))
    yours = f"**Your vote: {CHOICE_LABELS.get(mine.choice, mine.choice)}.**" if mine else "**You have not voted.**"
    lines = [f"### The vote on {named(view.proposal)}", yours]
    open_still = view.proposal.state is State.ESCALATED and vote.tally is None
    if open_still:
        lines.append(f"It is open until {stamp(vote.closes_at)}; you can change your vote until then.")
    if vote.secret:
        lines.append("It is secret: that you voted is shown, how you voted is not, and the names are deleted at close.")
    if view.proposal.terms is not None and would_reveal(vote, view.proposal.terms):
        lines.append("Take note: so few vote that a unanimous result would show how everyone voted.")
    return said("\n".join(lines), buttons=votes.choices(view.proposal) if open_still else links_to(view))


def cast(view: ProposalView, choice: str) -> Answer:
    """A vote was noted (DEC-2)."""
    return ballot(view, Ballot(choice))


def choice_names(proposal: Proposal) -> tuple[str, ...]:
    """The choices of its vote as people read them, in their fixed order; none without a vote."""
    if proposal.vote is None:
        return ()
    return tuple(CHOICE_LABELS.get(name, name) for name in REGISTRY[proposal.vote.method].CHOICES)


def place_of(proposal: Proposal, typed: str) -> int:
    """The place of a choice, suggested or typed. Raises UnknownKey, and WrongState without a vote."""
    names = choice_names(proposal)
    if not names:
        raise WrongState(proposal.state, "vote")
    words = typed.strip().casefold()
    for place, name in enumerate(names):
        if words in {str(place), name.casefold()}:
            return place
    raise UnknownKey(typed, names)


def text(view: ProposalView) -> tuple[Answer, str | None]:
    """The full text of the version on the table; as a file too, where it is too long for a message."""
    proposal = view.proposal
    version = proposal.versions[-1] if proposal.versions else None
    parts = [f"{label}\n{quote(words, limits.V2_TEXT)}" for label, words in _sections(proposal)]
    head = f"### {named(proposal)}" + (
        f"\nVersion {version.number} · by {view.mention(proposal.author)}" if version else ""
    )
    fits = sum(limits.units(part) for part in (head, *parts)) <= limits.V2_TEXT
    if fits:
        return said(head, *parts, buttons=links_to(view)), None
    whole = "\n\n".join(f"{label.strip('*')}\n{words}" for label, words in _sections(proposal))
    short = [f"{label}\n{quote(words, 450)}" for label, words in _sections(proposal)]
    return said(head, *short, "-# The whole text is in the file below.", buttons=links_to(view)), whole


def options(view: ProposalView) -> Answer:
    """Everything that can be done with a proposal in its present state."""
    proposal = view.proposal
    acts = ["text", "why", "who", "concern", *_BY_STATE.get(proposal.state, ())]
    return said(
        f"### {named(proposal)}\nWhat do you want to do? What you may not do is refused with the reason.",
        buttons=[*(button(_ACTS[act], ids.proposal(act, proposal.id)) for act in acts), *links_to(view)],
    )


_ACTS = {
    "text": "Full text",
    "why": "Why this way?",
    "who": "Who may object?",
    "concern": "Raise a concern",
    "read": "I have read it",
    "object": "Object",
    "revise": "Revise (author)",
    "withdraw": "Withdraw (author)",
    "escalate": "Escalate to a vote",
    "halt": "Ask to halt",
}
_BY_STATE = {
    State.REVIEW: ("read", "object", "revise", "withdraw"),
    State.SETTLING: ("revise", "withdraw"),
    State.DISPUTED: ("revise", "withdraw", "escalate"),
    State.ESCALATED: ("withdraw",),
    State.PASSED: ("halt",),
    State.ADOPTED: ("halt",),
    State.STALE: ("revise", "withdraw"),
}
_DETAILS = {"budget": "Amount, payee, account, timeline", "policy": "Rule, value, timeline"}


def _draft_text(proposal: Proposal) -> str:
    return "\n".join(f"{label}\n{quote(words, 450)}" for label, words in _sections(proposal))


def _sections(proposal: Proposal) -> list[tuple[str, str]]:
    content = proposal.text
    amount = f"{content.amount_written} {content.currency}".strip()
    if content.amount is not None:
        amount = written_amount(content.amount, content.currency)
    change = "\n".join(f"{e.target or '(no rule chosen)'} → {e.value or '(no value)'}" for e in proposal.effects)
    found = [
        ("**What is asked**", content.ask),
        ("**Why, and which purpose it serves**", content.why),
        ("**Expected outcome**", content.outcome),
        ("**Risks**", content.risks),
        ("**Rule to change**" if proposal.type == "policy" else "**On pass**", change),
        ("**Amount**", amount),
        ("**Paid to**", content.payee),
        ("**From**", content.account),
        ("**Timeline**", content.timeline),
        ("**In one line**", content.summary),
    ]
    return [(label, words) for label, words in found if words.strip()]


def links_to(view: ProposalView) -> list[Button | None]:
    """Where the proposal stands in Discord."""
    return [link("To the card", view.links.card), link("To the discussion", view.links.thread)]


def _criterion(statement: Statement) -> str:
    return CRITERION_LABELS.get(statement.criterion, statement.criterion)
