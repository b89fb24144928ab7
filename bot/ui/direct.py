"""Direct messages: best effort, never relied on, plain text of at most 2000 characters."""

from __future__ import annotations

from bot.services.views import ProposalView
from bot.ui.errors import why_not
from bot.ui.limits import CONTENT, fit_lines
from bot.ui.text import inline


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
        "You had not held the member seat for a week when its review opened, and only those who had may object. "
        "A concern is shown and answered; it does not block. You can say more with “Raise a concern” on the card.",
        _where(view),
    )


def _name(view: ProposalView) -> str:
    title = "" if view.group.private or not view.proposal.versions else inline(view.proposal.current.text.title, 180)
    return f"P-{view.proposal.number} · {title}" if title else f"P-{view.proposal.number}"


def _where(view: ProposalView) -> str:
    return f"Card: {view.links.card}" if view.links.card else ""


def _lines(*lines: str) -> str:
    return fit_lines([line for line in lines if line], CONTENT)
