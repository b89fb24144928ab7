"""Direct messages: best effort, never relied on, plain text of at most 2000 characters."""

from __future__ import annotations

from bot.governance.objections_events import OfObjection, SignAnswered
from bot.services.ports.record import Recorded
from bot.services.views import ProposalView
from bot.ui.errors import why_not
from bot.ui.labels import span
from bot.ui.limits import CONTENT, fit_lines
from bot.ui.text import in_quotes


def not_eligible_reaction(view: ProposalView, why: str) -> str:
    """Why a reaction was taken away (OBJ-1). ``why`` is a key of a refusal."""
    return _lines(
        f"Your reaction on **{_name(view)}** could not be taken: nothing was recorded from it. This is said once.",
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


def told(view: ProposalView, recorded: Recorded) -> str:
    """What the thread would have told this person, had it taken anything (OBJ-1, OBJ-2)."""
    if recorded.event.type is SignAnswered:
        terms = view.proposal.pinned
        return _lines(
            f"You reacted on **{_name(view)}** with a sign that is no objection. Nothing was recorded from it.",
            f"To object, react with {terms.objection_emoji} on the card or press its button; to be heard without "
            f"blocking, react with {terms.concern_emoji}.",
            _where(view),
        )
    fact = recorded.event.fact
    number = fact.objection if isinstance(fact, OfObjection) else "?"
    return _lines(
        f"You raised objection No. {number} to **{_name(view)}**. It is recorded and counts from now on.",
        f"You have {span(view.proposal.pinned.stating)} from this message to state it: choose a published criterion "
        "and give a reason. Unstated it becomes a concern, which is heard and does not block. Press “Object” on the "
        "card, or use `/object` or `/inbox`: the answer has the button to state it.",
        _where(view),
    )


def _name(view: ProposalView) -> str:
    """By number and partnership: words of people would have to be taken out again when they are erased (REC-1)."""
    return f"P-{view.proposal.number} of {in_quotes(view.partnership.name, 100)}"


def _where(view: ProposalView) -> str:
    return f"Card: {view.links.card}" if view.links.card else ""


def _lines(*lines: str) -> str:
    return fit_lines([line for line in lines if line], CONTENT)
