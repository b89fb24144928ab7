"""Final votes in words: how they are decided, who took part, what came out (DEC-1 to DEC-3)."""

from __future__ import annotations

from bot.governance.dossier import Proposal, Tally, Vote
from bot.governance.methods import REGISTRY
from bot.ui import ids
from bot.ui.labels import CHOICE_LABELS, METHOD_LABELS, OUTCOME_REASONS, count, listed, share
from bot.ui.panels import Button, button


def how_decided(proposal: Proposal, method: str) -> str:
    """What the vote needs, as whole sentences."""
    terms = proposal.pinned
    quorum = f"At least {share(terms.quorum)} of those who may vote must take part."
    match method:
        case "consent":
            return f"Adopted if nobody objects with a reason. Silence is not consent here. {quorum}"
        case "supermajority":
            needed = f"at least {share(terms.supermajority)} of the votes for and against are for it"
        case _:
            needed = f"more than {share(terms.majority)} of the votes for and against are for it"
    return f"Adopted if {needed}. A tie means not adopted. {quorum}"


def standing(proposal: Proposal, vote: Vote) -> str:
    """An announced or open vote on the card. No choice shows before the close (DEC-6)."""
    name = METHOD_LABELS.get(vote.method, vote.method)
    secret = " It is secret: who voted is known, how they voted is not." if vote.secret else ""
    lines = [f"**Final vote of the stakeholder group:** {name}.{secret} {how_decided(proposal, vote.method)}"]
    if vote.opened and vote.secret:
        lines.append(f"{count(len(vote.electors), 'member')} may vote. How many did is told at the close.")
    elif vote.opened:
        lines.append(
            f"{len(vote.voted)} of {count(len(vote.electors), 'member')} have voted. Choices show at the close."
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


def choices(proposal: Proposal) -> list[Button]:
    """One button for each choice in the method's fixed order, all alike, none preselected (DEC-2)."""
    vote = proposal.vote
    if vote is None or not vote.opened or vote.tally is not None or vote.method not in REGISTRY:
        return []
    names = [CHOICE_LABELS.get(choice, choice) for choice in REGISTRY[vote.method].CHOICES]
    return [button(f"Vote: {name}", ids.cast(proposal.id, place)) for place, name in enumerate(names)]
