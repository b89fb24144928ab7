"""What happened, as data. Storage chains events (REC-1); delivery turns them into posts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from bot.governance.ids import PersonId, ProposalId


class EventType(StrEnum):
    """Every type of event, in the past tense."""

    PARTNERSHIP_CREATED = "partnership created"
    PARTNERSHIP_RATIFIED = "partnership ratified"
    GROUP_CREATED = "group created"
    PLACE_SET = "place set"
    ACCESS_CHANGED = "access changed"
    ACCESS_TAMPERED = "access tampered"
    ACCESS_MENDED = "access mended"
    ROLE_MAPPED = "role mapped"
    ROLES_MAPPED = "roles mapped"
    ROLE_UNMAPPED = "role unmapped"
    ROLE_DELETED = "role deleted"
    ROLE_RENAMED = "role renamed"
    ROLE_ENDANGERED = "role endangered"
    ROLE_MENDED = "role mended"
    SEAT_GAINED = "seat gained"
    SEAT_LOST = "seat lost"
    SEAT_TAKEN = "seat taken"
    ELECTORATE_CHANGED = "electorate changed"
    POLICY_AMENDED = "policy amended"
    EFFECT_APPLIED = "effect applied"

    DRAFT_SAVED = "draft saved"
    DRAFT_DISCARDED = "draft discarded"
    REVIEW_OPENED = "review opened"
    VERSION_PUBLISHED = "version published"
    PROPOSAL_READ = "proposal read"
    WINDOW_EXTENDED = "window extended"
    WINDOW_CLOSED = "window closed"
    PROPOSAL_PASSED = "proposal passed"
    PROPOSAL_DISPUTED = "proposal disputed"
    PROPOSAL_LAPSED = "proposal lapsed"
    PROPOSAL_WITHDRAWN = "proposal withdrawn"
    PROPOSAL_NOT_ADOPTED = "proposal not adopted"
    PROPOSAL_ADOPTED = "proposal adopted"
    PROPOSAL_ENACTED = "proposal enacted"
    PROPOSAL_STALE = "proposal stale"
    PROPOSAL_DONE = "proposal done"
    PROPOSAL_NOT_DONE = "proposal not done"
    HALT_CONSENTED = "halt consented"
    PROPOSAL_HALTED = "proposal halted"
    CLOCK_STOPPED = "clock stopped"
    CLOCK_RESUMED = "clock resumed"
    STOPS_SPENT = "stops spent"
    CLOCKS_MOVED = "clocks moved"
    PEOPLE_BARRED = "people barred"
    ACCESS_REPAIRED = "access repaired"
    NUDGED = "nudged"

    CONCERN_RAISED = "concern raised"
    OBJECTION_RAISED = "objection raised"
    OBJECTION_STATED = "objection stated"
    OBJECTION_LAPSED = "objection lapsed"
    OBJECTION_WITHDRAWN = "objection withdrawn"
    OBJECTION_INTEGRATED = "objection integrated"
    OBJECTION_MAINTAINED = "objection maintained"
    OBJECTION_OVERRULED = "objection overruled"
    OBJECTION_ORPHANED = "objection orphaned"
    TEST_ASKED = "test asked"
    TEST_RULED = "test ruled"
    APPEAL_FILED = "appeal filed"
    APPEAL_VOTED = "appeal voted"
    APPEAL_DECIDED = "appeal decided"
    SPONSOR_NEEDED = "sponsor needed"
    SPONSOR_FOUND = "sponsor found"
    OBJECTOR_SEAT_LOST = "objector seat lost"
    REACTION_GONE = "reaction gone"
    REACTIONS_WIPED = "reactions wiped"
    OBJECTOR_TOLD = "objector told"
    SIGN_ANSWERED = "sign answered"

    PROPOSAL_ESCALATED = "proposal escalated"
    VOTE_OPENED = "vote opened"
    BALLOT_CAST = "ballot cast"
    VOTE_CLOSED = "vote closed"

    RETRO_SCHEDULED = "retro scheduled"
    RETRO_STARTED = "retro started"
    RETRO_PHASE_BEGAN = "retro phase began"
    RETRO_PAUSED = "retro paused"
    RETRO_RESUMED = "retro resumed"
    RETRO_HANDED_OVER = "retro handed over"
    RETRO_CHANGED = "retro changed"
    RETRO_CLOSED = "retro closed"
    RETRO_CANCELLED = "retro cancelled"

    SURVEY_CREATED = "survey created"
    SURVEY_OPENED = "survey opened"
    SURVEY_CHANGED = "survey changed"
    SURVEY_CLOSED = "survey closed"
    SURVEY_CANCELLED = "survey cancelled"

    FEEDBACK_GIVEN = "feedback given"
    FEEDBACK_ACKNOWLEDGED = "feedback acknowledged"
    FEEDBACK_ASSIGNED = "feedback assigned"
    FEEDBACK_ANSWERED = "feedback answered"
    FEEDBACK_CLOSED = "feedback closed"
    FEEDBACK_HIDDEN = "feedback hidden"
    FEEDBACK_SHOWN = "feedback shown"
    FEEDBACK_REOPENED = "feedback reopened"

    MEETING_SCHEDULED = "meeting scheduled"
    MEETING_CHANGED = "meeting changed"
    MEETING_STARTED = "meeting started"
    MEETING_MINUTED = "meeting minuted"
    MEETING_ENDED = "meeting ended"
    MEETING_CANCELLED = "meeting cancelled"
    MEETING_MISSED = "meeting missed"

    HEALTH_MARKED = "health marked"
    DIGEST_GIVEN = "digest given"

    CARD_LOST = "card lost"
    CARD_POSTED_AGAIN = "card posted again"
    PLACE_LOST = "place lost"
    RESTORE_GAP = "restore gap"
    RESTORE_CONFIRMED = "restore confirmed"

    POLICY_ADOPTED = "policy adopted"
    WORDS_ERASED = "words erased"
    PERSON_ERASED = "person erased"
    ERASURES_LISTED = "erasures listed"


ERASURES = frozenset({EventType.WORDS_ERASED, EventType.PERSON_ERASED, EventType.ERASURES_LISTED})
"""What says whose words, or who, was erased on request; it is never erased itself (REC-1).

``numbers`` are the events whose words went, ``people`` the random ids that stand for nobody any more.
"""

COMPLETE = ERASURES | {EventType.POLICY_ADOPTED}
"""A record that holds any of these tells every erasure: words missing without one were taken away (REC-1)."""


Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. ``data`` holds strings, integers, flags and lists of them, never Discord ids."""

    type: EventType
    thing: str
    actor: PersonId | None = None
    data: Mapping[str, Json] = field(default_factory=dict)


def proposal_thing(proposal: ProposalId) -> str:
    """The name of a proposal in the record."""
    return f"proposal/{proposal}"
