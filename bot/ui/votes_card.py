"""Final votes in words: how they are decided, who took part, what came out (DEC-1 to DEC-3)."""

from __future__ import annotations

from collections.abc import Callable

from bot.governance.ids import PersonId
from bot.governance.methods import REGISTRY
from bot.governance.methods.shape import ONE_MARK
from bot.governance.proposals_types import Proposal
from bot.governance.rolls import acting
from bot.governance.votes_types import Ballot, Tally, Vote
from bot.ui import votes_ids
from bot.ui.labels import count, listed, share
from bot.ui.limits import fit_lines
from bot.ui.objections_labels import CRITERION_LABELS
from bot.ui.panels import Button, button
from bot.ui.proposals_labels import OUTCOME_REASONS
from bot.ui.text import quote
from bot.ui.votes_labels import ADOPTED_IF, METHOD_LABELS, OPTION_LABELS, option_name

_NAMES = 20
"""Most names in a line; the number of all stands in the result."""


def how_decided(proposal: Proposal, method: str) -> str:
    """What the vote needs, as whole sentences; by a method whose name was erased, what every vote needs."""
    terms = proposal.pinned
    quorum = f"At least {share(terms.quorum)} of those who may vote must take part."
    if method not in REGISTRY:
        return quorum
    asked = REGISTRY[method].SHARE
    needed = ADOPTED_IF[method].format(share=share(terms.shares[asked]) if asked else "")
    return f"Adopted if {needed}. {quorum}"


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
    verdict = ("Adopted" if tally.adopted else "Not adopted") + (f": {option_name(tally.chosen)}" * bool(tally.chosen))
    turnout = f"{tally.cast} of {tally.eligible} who could vote took part"
    why = "" if tally.reason == "adopted" else f": {OUTCOME_REASONS.get(tally.reason, tally.reason)}"
    if tally.hidden:
        return (
            f"**{verdict}**{why}. {turnout}. So few voted that the counts would tell who chose what: they stay hidden."
        )
    counts = listed([f"{option_name(option)}: {number}" for option, number in tally.counts])
    return f"**{verdict}**{why}. {counts}. {turnout}."


def roll(vote: Vote, mention: Callable[[PersonId | None], str], most: int) -> str:
    """Who took part in a closed vote, and unless it was secret, how and for what reason (DEC-1, DEC-3)."""
    if vote.tally is None or not vote.voted:
        return ""
    if vote.secret:
        names = _named([mention(person) for person in sorted(vote.voted)])
        return fit_lines([f"**Who voted:** {names}.", "How they voted is not on record."], most)
    lines = []
    graded = REGISTRY[vote.method].SHAPE.graded
    for option in vote.options:
        marked = [(mention(ballot.person), ballot.marks[option]) for ballot in vote.ballots if option in ballot.marks]
        if marked:
            people = [f"{person} ({mark})" if graded else person for person, mark in marked]
            lines.append(f"**{option_name(option)}:** {_named(people)}")
    for ballot in vote.ballots:
        if ballot.reason:
            criterion = CRITERION_LABELS.get(ballot.criterion, ballot.criterion)
            lines.append(f"{mention(ballot.person)} objects: {criterion}.\n{quote(ballot.reason, 600)}")
    return fit_lines(lines, most, "… and {} more: see the record")


def filled(vote: Vote, ballot: Ballot) -> str:
    """What a ballot says."""
    graded = REGISTRY[vote.method].SHAPE.graded
    marks = ballot.marks.items()
    return listed([f"{option_name(option)} ({mark})" if graded else option_name(option) for option, mark in marks])


def choices(proposal: Proposal) -> list[Button]:
    """One button for each option in the vote's fixed order, all alike, none preselected (DEC-2).

    A press marks one option: other ballots are not filled in with buttons.
    """
    vote = proposal.vote
    if vote is None or not vote.opened or vote.tally is not None or vote.method not in REGISTRY:
        return []
    if REGISTRY[vote.method].SHAPE != ONE_MARK:
        return []
    names = [OPTION_LABELS.get(option, option) for option in vote.options]
    return [button(f"Vote: {name}", votes_ids.cast(proposal.id, place)) for place, name in enumerate(names)]


def _named(people: list[str]) -> str:
    more = len(people) - _NAMES
    return listed([*people[:_NAMES], *([f"{more} more"] if more > 0 else [])])
