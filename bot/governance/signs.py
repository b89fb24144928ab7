"""What a reaction on a message about a proposal says, and what the bot says to signs that it does not take (OBJ-1)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from bot.governance import clock
from bot.governance.authority import Act
from bot.governance.events import Event, proposal_thing
from bot.governance.objections_events import SignAnswered
from bot.governance.organisation import Member
from bot.governance.policy_values import bare
from bot.governance.proposals_types import Proposal, ProposalState, ProposalTerms
from bot.governance.rolls import check_elector

Outcome = tuple[Proposal, tuple[Event, ...]]

MOST_OF_EMOJI = 40
"""Characters of an emoji that are kept; Discord's own are shorter."""


class Sign(StrEnum):
    """What somebody says with a reaction."""

    OBJECTION = "objection"
    CONCERN = "concern"
    LIKE_NO = "like no"


_LIKE_NO = frozenset("✋🖐🤚🙋🙅🛑⛔🚫👎❌✖❎")
"""Signs that look like the hand that objects, or that say no."""

_NAMED_NO = frozenset(
    {
        *("no", "nope", "nay", "not", "never", "stop", "halt", "block", "blocked", "veto", "against", "disagree"),
        *("object", "objection", "objecting", "objected", "reject", "rejected", "decline", "declined"),
        *("downvote", "thumbsdown", "minusone", "x", "cross", "redx", "hand", "raisehand", "raisedhand", "handraised"),
    }
)
"""The same for emoji of a server's own, by their names without signs between the words."""

_CUSTOM = re.compile(r"<a?:(\w+):\d+>")
_OF_A_PERSON = re.compile("\u200d[♀♂]")


def sign_of(terms: ProposalTerms, emoji: str) -> Sign | None:
    """What an emoji says, in any skin tone and variant: by the two that its review opened with (OBJ-1, POL-2)."""
    plain = bare(emoji)
    if plain == bare(terms.objection_emoji):
        return Sign.OBJECTION
    if plain == bare(terms.concern_emoji):
        return Sign.CONCERN
    custom = _CUSTOM.fullmatch(emoji)
    if custom is not None:
        name = unicodedata.normalize("NFKC", custom[1]).casefold().replace("_", "")
        return Sign.LIKE_NO if name in _NAMED_NO else None
    return Sign.LIKE_NO if _OF_A_PERSON.sub("", plain) in _LIKE_NO else None


def answer(proposal: Proposal, member: Member, emoji: str, now: datetime) -> Outcome:
    """A sign that says no and is not taken: an elector is told once how to object, while silence is consent (OBJ-1).

    Nothing is said to those who have objected, and so know how, nor outside the review window, when it would help
    nobody. Raises NotEligible for those who may not object.
    """
    if proposal.state is not ProposalState.REVIEW or clock.past(proposal, proposal.closes_at, now):
        return proposal, ()
    if any(objection.person == member.person for objection in proposal.objections):
        return proposal, ()
    check_elector(proposal, member, Act.OBJECT)
    if member.person in proposal.signs_answered:
        return proposal, ()
    answered = replace(proposal, signs_answered=proposal.signs_answered | {member.person})
    told = SignAnswered(emoji[:MOST_OF_EMOJI])
    return answered, (Event(told, proposal_thing(proposal.id), member.person),)
