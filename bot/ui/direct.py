"""Direct messages: best effort, never relied on, plain text of at most 2000 characters."""

from __future__ import annotations

from bot.governance.dossier import Proposal, State
from bot.governance.proposals import affirmative
from bot.services.views import ProposalView
from bot.ui import deadlines
from bot.ui.errors import why_not
from bot.ui.labels import stamp
from bot.ui.limits import CONTENT, fit_lines
from bot.ui.text import inline


def nudge(view: ProposalView) -> str:
    """The one reminder before the close, to someone who has not taken part yet (RHY-2)."""
    proposal = view.proposal
    vote = proposal.vote
    if proposal.state is State.ESCALATED and vote is not None:
        until = f"The final vote closes {stamp(vote.closes_at)}, and you have not voted yet."
    elif proposal.state is State.DISPUTED:
        until = f"It is disputed. {deadlines.what_ends(view)}"
    else:
        ends = stamp(proposal.closes_at) if proposal.closes_at else "soon"
        until = f"The time for objections ends {ends}. You have neither read it, objected nor raised a concern yet."
    return _lines(
        f"**{_name(view)}** waits for you.",
        until,
        _what_silence_means(proposal),
        _where(view),
        "This reminder comes once.",
    )


def not_eligible_reaction(view: ProposalView, why: str) -> str:
    """Why a reaction was taken away (OBJ-1). ``why`` is a key of a refusal."""
    return _lines(
        f"Your reaction on **{_name(view)}** was removed, and nothing was recorded from it.",
        why_not(why),
        "The button “Who may object?” on the card tells more.",
        _where(view),
    )


def joined_later(view: ProposalView) -> str:
    """An objection by someone who joined later became a concern (PRO-9)."""
    return _lines(
        f"Your objection to **{_name(view)}** was recorded as a concern.",
        "You became a member after its review opened, and only those who were members then may object. "
        "A concern is shown and answered; it does not block. You can say more with “Raise a concern” on the card.",
        _where(view),
    )


def _what_silence_means(proposal: Proposal) -> str:
    if proposal.state is State.ESCALATED:
        return "Your choice can be changed until the close."
    if proposal.state is State.DISPUTED:
        return "Its author can revise or withdraw it. Anyone who could object can take it to a final vote: `/escalate`."
    if affirmative(proposal):
        return "Silence is not enough for this one: when the time for objections is over, a vote follows."
    return (
        "Silence counts as consent. “I have read it” on the card is not a yes: it says that you know what is proposed."
    )


def _name(view: ProposalView) -> str:
    title = "" if view.group.private or not view.proposal.versions else inline(view.proposal.current.text.title, 180)
    return f"P-{view.proposal.number} · {title}" if title else f"P-{view.proposal.number}"


def _where(view: ProposalView) -> str:
    return f"Card: {view.links.card}" if view.links.card else ""


def _lines(*lines: str) -> str:
    return fit_lines([line for line in lines if line], CONTENT)
