"""Final votes in words: how they are decided, who took part, what came out (DEC-1 to DEC-3)."""

from __future__ import annotations

from collections.abc import Callable

from bot.governance.ids import PersonId
from bot.governance.methods import REGISTRY
from bot.governance.proposals_types import Proposal, Tally, Vote
from bot.governance.rolls import acting
from bot.ui import votes_ids
from bot.ui.labels import count, listed, share
from bot.ui.limits import fit_lines
from bot.ui.objections_labels import CRITERION_LABELS
from bot.ui.panels import Button, button
from bot.ui.proposals_labels import OUTCOME_REASONS
from bot.ui.text import quote
from bot.ui.votes_labels import CHOICE_LABELS, METHOD_LABELS

_NAMES = 20
"""Most names in a line; the number of all stands in the result."""


def how_decided(proposal: Proposal, method: str) -> str:
    """What the vote needs, as whole sentences."""
    terms = proposal.pinned
    quorum = f"At least {share(terms.quorum)} of those who may vote must take part."
    match method:
        case "consent":
            needed = "nobody objects with a reason and somebody besides the author consents"
            return f"Adopted if {needed}. Silence is not consent here. {quorum}"
        case "supermajority":
            needed = f"at least {share(terms.supermajority)} of the votes for and against are for it"
        case _:
            needed = f"more than {share(terms.majority)} of the votes for and against are for it"
    return f"Adopted if {needed} and somebody besides the author is. A tie means not adopted. {quorum}"


def whose(vote: Vote | None) -> str:
    """Who holds it (DEC-1, PRO-11)."""
    return "those who could object to it" if vote is not None and vote.of_electors else "the stakeholder group"


def standing(proposal: Proposal, vote: Vote) -> str:
    """An announced or open vote on the card. No choice shows before the close (DEC-6)."""
    name = METHOD_LABELS.get(vote.method, vote.method)
    secret = " It is secret: who voted is known, how they voted is not." if vote.secret else ""
    lines = [f"**Final vote of {whose(vote)}:** {name}.{secret} {how_decided(proposal, vote.method)}"]
    if vote.opened and vote.secret:
        lines.append(f"{count(len(acting(vote.electors)), 'member')} may vote. How many did is told at the close.")
    elif vote.opened:
        voters = acting(vote.electors)
        lines.append(
            f"{len(vote.voted & voters)} of {count(len(voters), 'member')} have voted. Choices show at the close."
        )
    return "\n".join(lines)


def result(tally: Tally) -> str:
    """What came out, with counts unless a secret result stays hidden (DEC-3)."""
    verdict = "Adopted" if tally.adopted else "Not adopted"
    turnout = f"{tally.cast} of {tally.eligible} who could vote took part"
    why = "" if tally.reason == "adopted" else f": {OUTCOME_REASONS.get(tally.reason, tally.reason)}"
    if tally.hidden:
        return (
            f"**{verdict}**{why}. {turnout}. So few voted that the counts would tell who chose what: they stay hidden."
        )
    counts = listed([f"{CHOICE_LABELS.get(choice, choice)}: {number}" for choice, number in tally.counts])
    return f"**{verdict}**{why}. {counts}. {turnout}."


def roll(vote: Vote, mention: Callable[[PersonId | None], str], most: int) -> str:
    """Who took part in a closed vote, and unless it was secret, how and for what reason (DEC-1, DEC-3)."""
    if vote.tally is None or not vote.voted:
        return ""
    if vote.secret:
        names = _named([mention(person) for person in sorted(vote.voted)])
        return fit_lines([f"**Who voted:** {names}.", "How they voted is not on record."], most)
    lines = []
    for choice in REGISTRY[vote.method].CHOICES:
        people = [mention(ballot.person) for ballot in vote.ballots if ballot.choice == choice]
        if people:
            lines.append(f"**{CHOICE_LABELS.get(choice, choice)}:** {_named(people)}")
    for ballot in vote.ballots:
        if ballot.reason:
            criterion = CRITERION_LABELS.get(ballot.criterion, ballot.criterion)
            lines.append(f"{mention(ballot.person)} objects: {criterion}.\n{quote(ballot.reason, 600)}")
    return fit_lines(lines, most, "… and {} more: see the record")


def choices(proposal: Proposal) -> list[Button]:
    """One button for each choice in the method's fixed order, all alike, none preselected (DEC-2)."""
    vote = proposal.vote
    if vote is None or not vote.opened or vote.tally is not None or vote.method not in REGISTRY:
        return []
    names = [CHOICE_LABELS.get(choice, choice) for choice in REGISTRY[vote.method].CHOICES]
    return [button(f"Vote: {name}", votes_ids.cast(proposal.id, place)) for place, name in enumerate(names)]


def _named(people: list[str]) -> str:
    more = len(people) - _NAMES
    return listed([*people[:_NAMES], *([f"{more} more"] if more > 0 else [])])
