"""What the keys of the rules are called in front of people: one table for each kind of key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from types import MappingProxyType

from bot.governance import matrix
from bot.governance.completions import left_to_people
from bot.governance.feedback import FeedbackState
from bot.governance.meetings import MeetingState
from bot.governance.organisation import GroupKind
from bot.governance.proposals_types import ObjectionState, Proposal, ProposalState
from bot.governance.receipts import LEAST_DIGITS
from bot.governance.surveys import SurveyState

HASH = LEAST_DIGITS
"""Characters of a hash that people are shown: as many as prove something (REC-1)."""

CRITERION_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "purpose": "Out of alignment with the purpose",
        "agreement": "Breaches an agreement",
        "capture": "Governance capture or bad faith",
        "harm": "Harm: not safe to try",
        "not this body's": "Not this body's to decide",
    }
)
"""The published criteria of an objection (OBJ-2)."""

STATE_LABELS: Mapping[ProposalState, str] = MappingProxyType(
    {
        ProposalState.DRAFT: "Draft",
        ProposalState.REVIEW: "Open to objections",
        ProposalState.SETTLING: "Settling objections",
        ProposalState.DISPUTED: "Disputed",
        ProposalState.ESCALATED: "Final vote",
        ProposalState.PASSED: "Passed, not carried out yet",
        ProposalState.ADOPTED: "Adopted by vote, not carried out yet",
        ProposalState.STALE: "Stale",
        ProposalState.ENACTED: "Carried out",
        ProposalState.NOT_ADOPTED: "Not adopted",
        ProposalState.WITHDRAWN: "Withdrawn",
        ProposalState.LAPSED: "Lapsed",
        ProposalState.DISCARDED: "Discarded draft",
    }
)

STATE_SIGNS: Mapping[ProposalState, str] = MappingProxyType(
    {
        ProposalState.DRAFT: "📝",
        ProposalState.REVIEW: "🟦",
        ProposalState.SETTLING: "🟨",
        ProposalState.DISPUTED: "🟧",
        ProposalState.ESCALATED: "🟪",
        ProposalState.PASSED: "🟩",
        ProposalState.ADOPTED: "🟩",
        ProposalState.STALE: "🟫",
        ProposalState.ENACTED: "✅",
        ProposalState.NOT_ADOPTED: "🟥",
        ProposalState.WITHDRAWN: "⬜",
        ProposalState.LAPSED: "⬜",
        ProposalState.DISCARDED: "⬜",
    }
)

STATE_COLOURS: Mapping[ProposalState, int] = MappingProxyType(
    {
        ProposalState.DRAFT: 0x99AAB5,
        ProposalState.REVIEW: 0x3498DB,
        ProposalState.SETTLING: 0xF1C40F,
        ProposalState.DISPUTED: 0xE67E22,
        ProposalState.ESCALATED: 0x9B59B6,
        ProposalState.PASSED: 0x57F287,
        ProposalState.ADOPTED: 0x57F287,
        ProposalState.STALE: 0xA0714F,
        ProposalState.ENACTED: 0x1F8B4C,
        ProposalState.NOT_ADOPTED: 0xC0392B,
        ProposalState.WITHDRAWN: 0x99AAB5,
        ProposalState.LAPSED: 0x99AAB5,
        ProposalState.DISCARDED: 0x99AAB5,
    }
)
"""Never the only sign of a state: the words stand beside it (PRO-2)."""

STATE_MEANINGS: Mapping[ProposalState, str] = MappingProxyType(
    {
        ProposalState.DRAFT: "Only its author sees it. Nothing is decided until the author opens the review.",
        ProposalState.REVIEW: "Members of the deciding group may object until the time is up.",
        ProposalState.SETTLING: "No new objections are taken. Those raised in time are stated, tested and "
        "appealed first.",
        ProposalState.DISPUTED: "Enough objections stand. It can be revised, withdrawn, or taken to a final vote.",
        ProposalState.ESCALATED: "The stakeholder group decides by a final vote.",
        ProposalState.PASSED: "No objection stopped it. It is carried out when the waiting time ends.",
        ProposalState.ADOPTED: "The final vote adopted it. It is carried out when the waiting time ends.",
        ProposalState.STALE: "What it was written against has changed, so it was not carried out. "
        "Its author can revise it.",
        ProposalState.ENACTED: "It was decided and carried out.",
        ProposalState.NOT_ADOPTED: "It does not take effect.",
        ProposalState.WITHDRAWN: "Its author took it back. It does not take effect.",
        ProposalState.LAPSED: "It ran out without a decision. It does not take effect.",
        ProposalState.DISCARDED: "A draft that went no further.",
    }
)


def state_label(proposal: Proposal, reached: ProposalState | None = None) -> str:
    """A proposal's state in a few words, or that which it had ``reached`` when something was told.

    What people have still to do is not called carried out (POL-3).
    """
    state = reached or proposal.state
    if state is not ProposalState.ENACTED or proposal.current.effects:
        return STATE_LABELS[state]
    return "Decided and done" if proposal.done_at and not reached else "Decided; now for people to do"


def state_meaning(proposal: Proposal) -> str:
    """What the state means, in a sentence."""
    if not left_to_people(proposal):
        return STATE_MEANINGS[proposal.state]
    if proposal.done_at:
        return f"It was decided, and done by {moment(proposal.done_at)}."
    return "It is decided. Whoever has done it says so with *Mark as done*."


OBJECTION_STATE_LABELS: Mapping[ObjectionState, str] = MappingProxyType(
    {
        ObjectionState.RAISED: "raised, not stated yet",
        ObjectionState.STATED: "stated and standing",
        ObjectionState.CONCERN: "not stated in time, now a concern",
        ObjectionState.DISMISSED: "ruled not in form",
        ObjectionState.WITHDRAWN: "withdrawn",
        ObjectionState.INTEGRATED: "resolved by a revision",
        ObjectionState.ORPHANED: "ended: the objector left and nobody took it over",
        ObjectionState.OVERRULED: "set aside by the final vote",
    }
)

FEEDBACK_STATE_LABELS: Mapping[FeedbackState, str] = MappingProxyType(
    {
        FeedbackState.OPEN: "Open",
        FeedbackState.PROGRESS: "In progress",
        FeedbackState.ANSWERED: "Answered",
        FeedbackState.CLOSED: "Closed",
    }
)

MEETING_STATE_LABELS: Mapping[MeetingState, str] = MappingProxyType(
    {
        MeetingState.DRAFT: "Not confirmed yet",
        MeetingState.SCHEDULED: "Scheduled",
        MeetingState.RUNNING: "Going on now",
        MeetingState.ENDED: "Over",
        MeetingState.MISSED: "Not held",
        MeetingState.CANCELLED: "Cancelled",
        MeetingState.DISCARDED: "Never confirmed",
    }
)

SCALE_LABELS: Mapping[GroupKind, str] = MappingProxyType(
    {
        GroupKind.STAKEHOLDERS: "stakeholder group",
        GroupKind.TOP_LEVEL: "coordinating team",
        GroupKind.CELL: "cells",
    }
)
"""Who works at a scale (SCL), where no group is named."""

SURVEY_STATE_LABELS: Mapping[SurveyState, str] = MappingProxyType(
    {
        SurveyState.DRAFT: "Draft",
        SurveyState.SCHEDULED: "Opens by itself",
        SurveyState.OPEN: "Open to answers",
        SurveyState.CLOSED: "Closed",
        SurveyState.CANCELLED: "Cancelled",
    }
)

METHOD_LABELS: Mapping[str, str] = MappingProxyType(
    {"consent": "consent round", "majority": "majority vote", "supermajority": "supermajority vote"}
)

CHOICE_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "for": "For",
        "against": "Against",
        "abstain": "Abstain",
        "consent": "Consent",
        "consent with concern": "Consent with a concern",
        "stand aside": "Stand aside",
        "object": "Object",
    }
)

CONCERN_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "": "",
        "not stated": "an objection that was not stated in time",
        "joined later": "an objection by someone new to the seat when the review opened, so it is heard as a concern",
        "reaction": "raised with the reaction",
    }
)
"""Why something counts as a concern when its author did not call it one (OBJ-2, PRO-9)."""

STOP_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "outage": "the bot was not connected",
        "card missing": "the card did not stand where the members can see it",
        "role missing": "a Discord role that gives members their seats was removed or given another seat",
        "shut out": "somebody who may act on this cannot see the card",
        "kept from acting": "somebody who still has something to say or do here was timed out or removed by others",
        "too few electors": "too few of the people who may object, or vote, hold their seat now",
    }
)
"""Why a clock stands (PRO-11)."""

BARRED_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "cannot see the card": "cannot see the card",
        "timed out": "timed out by a moderator",
        "removed from the server": "removed from the server",
    }
)
"""What keeps somebody from acting (PRO-11)."""

OUTCOME_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "could not be held": "it could not be held: its clock stood for 14 days in all",
        "too old": "90 days went by without a decision",
        "nobody acted": "nobody acted for 14 days after it was disputed",
        "low reach": "too few people had seen it, and this partnership lets such a budget lapse",
        "stale": "it was stale and nobody revised it for 14 days",
        "no quorum": "too few people took part in the final vote",
        "tied": "the final vote was tied",
        "not enough votes for": "the final vote did not bring enough votes for it",
        "objections remain": "objections remained in the consent round",
        "nobody consented": "nobody consented in the consent round",
        "adopted": "the final vote adopted it",
        "withdrawn by the author": "its author took it back",
    }
)
"""Keys of ``Proposal.outcome`` and ``Tally.reason``. Any other outcome is somebody's words or names what went stale."""

SUBSTANCE: Mapping[str, str] = MappingProxyType(
    {
        "larger amount": "The amount grew",
        "smaller amount": "The amount shrank",
        "other currency": "The currency changed",
        "other payee": "The payee changed",
        "other account": "The account changed",
    }
)
"""What a revision changes in substance, said above the diff (PRO-5)."""

SECRECY = (
    "Until the close, person and choice stand side by side in the bot's database: whoever runs the bot could look them "
    "up there, and in a backup made meanwhile. After it nothing there links them: the choices are kept without names, "
    "and who voted apart from them."
)
"""What an operator could see of secret votes (DEC-3)."""

FIELD_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "title": "Title",
        "ask": "What is asked",
        "why": "Why, and which purpose it serves",
        "outcome": "Expected outcome",
        "risks": "Risks",
        "summary": "Summary",
        "timeline": "Timeline",
        "amount_written": "Amount",
        "amount": "Amount",
        "currency": "Currency",
        "payee": "Paid to",
        "account": "From which account",
        "again": "Which proposal it files again",
        "changed": "What has changed since",
        "concern": "Concern",
        "reason": "Reason",
        "suggestion": "Suggested change",
        "agreement": "Which agreement",
        "withdrawal": "Reason for the withdrawal",
        "ruling": "Reason for the ruling",
        "appeal": "Reason for the appeal",
        "seat": "Seat",
        "class": "Stakeholder class",
        "organisation": "Organisation",
        "group": "Group",
        "partnership": "Name of the partnership",
        "purpose": "Purpose",
        "top-level purpose": "Purpose of the core team",
        "cell": "Name of a cell",
        "cells": "First cells",
        "feedback": "Your feedback",
        "hiding": "Why the words are hidden",
        "private groups": "Groups that only their members read",
        "survey title": "Title",
        "meeting title": "Title",
        "agenda item": "For the agenda",
        "notes": "Notes",
        "cancellation": "Why it is cancelled",
        "when": "When",
        "every": "How often",
        "decisions": "Decisions",
        "about": "Why you ask",
        "question": "Question",
        "choice": "Choice",
        "choices": "Choices",
        "end of the scale": "What the end of the scale means",
        "answer": "Answer",
        "closes": "When it closes",
        "quiet_from": "Quiet from",
        "quiet_to": "Quiet until",
        "back": "Away; back on",
        "way": "How",
        "topics": "Of what",
        "mentions": "Reminders a day",
        "digest_day": "The digest comes",
        "digest_at": "At what time",
        "column": "Column",
        "columns": "Columns",
        "retro title": "Title of the retro",
        "retro reason": "Why it is cancelled",
        "time for each phase": "Time for each phase",
        "action": "What will be done",
        "word": "Your word",
        "card": "The card",
        "topic title": "Title of the topic",
        "note": "The note",
        "due": "By when",
    }
)

RETRO_STATES: Mapping[str, str] = MappingProxyType(
    {
        "draft": "not confirmed",
        "scheduled": "scheduled",
        "check-in": "check-in",
        "gather": "writing cards",
        "group": "putting cards together",
        "vote": "voting",
        "discuss": "discussing",
        "actions": "agreeing on actions",
        "closed": "closed",
        "cancelled": "cancelled",
        "paused": "paused",
        "no timer": "discussing, without a timer",
    }
)
"""Where a retro stands (LRN-1)."""

RETRO_ACTS: Mapping[str, str] = MappingProxyType(
    {
        "begin": "A retro begins once.",
        "join": "You can join from its beginning until it is closed.",
        "check in": "Words are taken in the check-in only. You can take part in what follows all the same.",
        "write a card": "Cards are written until the vote begins.",
        "change a card": "Cards are changed and taken back only while they are hidden.",
        "step back": "One step back is possible until somebody has voted or noted something in the discussion.",
        "group": "Cards are put together between the reveal and the vote.",
        "vote": "Dots are given while the vote is open.",
        "take notes": "Notes are taken while topics are discussed and actions agreed on.",
        "take more time": "More time can be asked for while a topic is discussed and a timer runs.",
        "go to the next topic": "Topics are ended while they are discussed.",
        "add an action": "Actions are noted while topics are discussed, and in the phase after it.",
        "set the timer": "A timer can be set while a retro is under way.",
        "pause": "A retro can be paused while it is under way.",
        "resume": "Only a paused retro can be resumed.",
        "move on": "The next phase begins from a phase that is under way.",
        "hand over": "A retro can be handed over until it ends.",
        "cancel": "A retro can be cancelled until it ends.",
    }
)
"""When an act in a retro is possible; the keys of ``WrongPhase.act``."""


def type_label(type: str) -> str:
    """What a decision type is called."""
    return matrix.TYPES[type].label if type in matrix.TYPES else type


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: ``1 objection``, ``2 objections``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def span(length: timedelta) -> str:
    """A duration as people say it: ``3 days``, ``72 hours`` as ``3 days``, ``15 minutes``."""
    seconds = int(length.total_seconds())
    if seconds % 86400 == 0 and seconds:
        return count(seconds // 86400, "day")
    if seconds % 3600 == 0 and seconds:
        return count(seconds // 3600, "hour")
    hours, minutes = divmod(seconds // 60, 60)
    return " ".join(part for part in (count(hours, "hour") if hours else "", count(minutes, "minute")) if part)


def share(part: Fraction) -> str:
    """A share as people say it: ``half``, ``all``, ``40 %``, and ``2/3`` where percent would not be exact."""
    if part == Fraction(1, 2):
        return "half"
    if part == 1:
        return "all"
    if (part * 100).denominator > 1 and part.denominator <= 10:
        return str(part)
    return f"{float(part * 100):g} %"


def stamp(instant: datetime) -> str:
    """An instant that Discord shows in the reader's own time, and how far away it is."""
    seconds = int(instant.timestamp())
    return f"<t:{seconds}:F> (<t:{seconds}:R>)"


def fixed(instant: datetime) -> str:
    """The same in a post that is not drawn again: a deadline may move, and a countdown would go on (PRO-11)."""
    return f"<t:{int(instant.timestamp())}:F>"


def moment(instant: datetime) -> str:
    """The same, shorter: for lists and small print."""
    seconds = int(instant.timestamp())
    return f"<t:{seconds}:f> (<t:{seconds}:R>)"


def listed(names: list[str], joint: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {joint} {names[-1]}" if names else ""
