"""What shared rooms know of objections (OBJ-1 to OBJ-8)."""

from __future__ import annotations

from collections.abc import Callable

from bot.governance.ids import ProposalId
from bot.governance.objections_events import (
    AppealDecided,
    AppealFiled,
    AppealVoted,
    ConcernRaised,
    ObjectionIntegrated,
    ObjectionLapsed,
    ObjectionMaintained,
    ObjectionOrphaned,
    ObjectionOverruled,
    ObjectionRaised,
    ObjectionStated,
    ObjectionWithdrawn,
    ObjectorSeatLost,
    ObjectorTold,
    ReactionGone,
    ReactionsWiped,
    RulingAsked,
    RulingGiven,
    SignAnswered,
    SponsorFound,
    SponsorNeeded,
)
from bot.governance.proposals_types import ObjectionState
from bot.services.noun import InboxItem
from bot.ui import objections_ids, objections_notices
from bot.ui.asking import Help, Waits
from bot.ui.audiences import CARD, NOTICE, REACTIONS, TOLD
from bot.ui.objections_labels import OBJECTION_STATE_LABELS
from bot.ui.panels import Button, Style, button
from bot.ui.presenter import Limit, Presenter, Refusals, States


def _settled_by(*acts: tuple[str, str]) -> Callable[[InboxItem], list[Button]]:
    """Buttons by label and act; a single one is what is expected."""
    style = Style.primary if len(acts) == 1 else Style.secondary

    def buttons(item: InboxItem) -> list[Button]:
        of = ProposalId(item.id), item.objection or 0
        return [button(label, objections_ids.button(act, *of), style) for label, act in acts]

    return buttons


PRESENTER = Presenter(
    name="objections",
    ids=objections_ids.ALL,
    states={ObjectionState: States("The objection", OBJECTION_STATE_LABELS)},
    refusals=Refusals(
        not_found={
            "objection": "There is no such objection on this proposal. The card shows those there are.",
        },
        not_eligible={
            "joined later": "You had not held the member seat for a week when this review opened. Only those who had "
            "may object; that list is fixed, so that nobody can change it by giving or taking roles. You can raise a "
            "concern: it is shown and answered, and it does not block. In reviews that open later you count.",
            "not the objector": "Only the person who raised this objection, or who took it over, may do this.",
            "not the organisation": "Here an organisation has one voice. This objection belongs to whoever raised it "
            "and to those who spoke for the same organisation when the review opened and did not leave since; the "
            "author of the proposal is never among them.",
            "out of its hands": "The seat behind this objection was given up or taken away, so your organisation "
            "cannot change it for its objector. While nobody speaks for it, its notice in the discussion has the "
            "button *Take over this objection*, for anyone who may object.",
            "objector's own word": "A seat behind this objection was taken away. You speak for it: you can state it, "
            "appeal for it and say that it still stands. Only whoever raised it can withdraw it or call it resolved.",
            "own objection": "This is your own objection. It needs somebody else to take it over.",
            "ask test": "Only the author, or a facilitator of the deciding group, may ask for a test of an objection.",
            "rule": "Only a facilitator of the deciding group may rule on an objection. `/roles list` shows who that "
            "is.",
            "rule joined later": "Only somebody who had held the facilitator's seat for a week when the review opened "
            "may rule on its objections. So nobody can be made a judge half-way. Without a ruling the objection "
            "stands.",
            "appeal": "Only the losing side may appeal a ruling: the objector when it was ruled not in form; the "
            "author, or whoever asked for the test, when it was ruled in form.",
            "appeal vote": "Only those decide appeals who had been members of the stakeholder group for a week when "
            "the review opened. That list is fixed, so that nobody can change it half-way.",
        },
        conflicted={
            "author": "You wrote this proposal, so you cannot rule on objections to it. Another facilitator of the "
            "deciding group can.",
            "objector": "This is your own objection, so you cannot rule on it. Another facilitator of the deciding "
            "group can.",
            "organisation": "You speak for the same organisation as the author, so you cannot rule on this objection. "
            "Another facilitator of the deciding group can.",
            "same cell": "You sit in the same group as the author, so you cannot rule on objections to this proposal. "
            "Another facilitator of the deciding group can.",
            "party": "The author and the objector do not vote on this appeal: the others decide.",
            "own ruling": "You asked for the ruling or gave it, so you do not vote on the appeal against it: the "
            "others decide.",
        },
        wrong_state={
            "raise a concern": "Concerns are taken until a proposal is decided.",
            "state an objection": "The reason can be stated while the objection counts and nobody has asked for a "
            "test.",
            "withdraw an objection": "An objection can be withdrawn while it stands and the proposal is not decided.",
            "answer a revision": "This answers whether a revision resolved your objection. It needs an objection that "
            "still counts and a version published after it was raised.",
            "sponsor an objection": "This objection needs nobody to take it over.",
            "test": "Only an objection that was stated and still stands can be tested and ruled on.",
            "appeal": "There is no ruling here that could be appealed.",
            "vote on an appeal": "There is no appeal open on this objection.",
        },
        repeated={
            ("withdraw an objection", "withdrawn"): "This objection is withdrawn already. It stays in the record.",
            ("answer a revision", "integrated"): "This objection counts as resolved by the new version already.",
            ("answer a revision", "withdrawn"): "This objection is withdrawn, so it needs no answer any more.",
            ("state an objection", "withdrawn"): "This objection is withdrawn, so its reason is not needed any more.",
        },
        already_done={
            "appeal": "This ruling was appealed already. There is one appeal.",
            "ask test": "The test was asked for already. A facilitator can rule on it.",
            "rule": "There is a ruling already. The first one holds; the losing side may appeal.",
            "sponsor": "Somebody has taken over this objection already.",
        },
        limit_reached={
            "concerns": Limit(
                "You may raise at most {most} on one proposal. They are all shown; say more in its thread.",
                "concern",
            ),
        },
        fields={
            "concern": "Concern",
            "reason": "Reason",
            "suggestion": "Suggested change",
            "agreement": "Which agreement",
            "ruling": "Reason for the ruling",
            "appeal": "Reason for the appeal",
        },
    ),
    audiences={
        ConcernRaised: (CARD, NOTICE),
        ObjectionRaised: TOLD,
        ObjectionStated: TOLD,
        ObjectionLapsed: TOLD,
        ObjectionWithdrawn: TOLD,
        ObjectionIntegrated: TOLD,
        ObjectionMaintained: (CARD, NOTICE),
        ObjectionOverruled: (CARD,),
        ObjectionOrphaned: TOLD,
        RulingAsked: (CARD, NOTICE),
        RulingGiven: TOLD,
        AppealFiled: (CARD, NOTICE),
        AppealVoted: (CARD,),
        AppealDecided: TOLD,
        SponsorNeeded: (CARD, NOTICE),
        SponsorFound: (CARD, NOTICE),
        ObjectorSeatLost: (CARD, NOTICE),
        ReactionGone: (NOTICE,),
        ReactionsWiped: (REACTIONS, NOTICE),
        ObjectorTold: (CARD,),
        SignAnswered: (NOTICE,),
    },
    help=Help(
        active=("Raise a concern with 💬 or the button on a card",),
        members=("Object with ✋, the button on a card, or `/object`; then give your reason",),
        facilitators=("Rule on the form of objections where you are not involved: `/inbox` shows them",),
    ),
    waits={
        "state objection": Waits(
            "State your objection No. {o}, or it becomes a concern.",
            _settled_by(("State it now", "state")),
        ),
        "answer revision": Waits(
            "Does the new version resolve your objection No. {o}? No answer means: still objecting.",
            _settled_by(("It is resolved", "resolved"), ("Still objecting", "still")),
        ),
        "appeal": Waits(
            "Your objection No. {o} was ruled not in form. You may appeal once.",
            _settled_by(("Appeal", "appeal")),
        ),
        "sponsor": Waits(
            "The person behind objection No. {o} left. It ends unless somebody who may object takes it over.",
            _settled_by(("Take it over", "sponsor")),
        ),
        "rule": Waits(
            "A ruling on the form of objection No. {o} is asked of you.",
            _settled_by(("Rule on it", "rule")),
        ),
        "vote on appeal": Waits(
            "An appeal asks you: does objection No. {o} stand?",
            _settled_by(("It stands", "stands"), ("It does not", "falls")),
        ),
    },
    notices=objections_notices.WORDS,
)
