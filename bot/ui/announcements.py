"""Which event is shown where: one line for each type of event. Storage queues what ``announce`` asks for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.governance.clock import OUTAGE, SHUT_OUT, SILENCED
from bot.governance.events import Event, EventType
from bot.services.ports.deliveries import Asked, DeliveryKind

_CARD, _FEED, _THREAD = DeliveryKind.CARD, DeliveryKind.FEED, DeliveryKind.THREAD
_TEXT, _NOTICE, _OUTCOME = DeliveryKind.TEXT, DeliveryKind.NOTICE, DeliveryKind.OUTCOME
_LOG, _REACTIONS = DeliveryKind.LOG, DeliveryKind.REACTIONS
_BOARD, _POST, _CALENDAR = DeliveryKind.BOARD, DeliveryKind.POST, DeliveryKind.CALENDAR

TOLD_BY_GROUP = frozenset({OUTAGE, SHUT_OUT, SILENCED})
"""Reasons of a stop that no thread is told of: the feed says it of all proposals of a group in one post."""

_TOLD = (_CARD, _FEED, _NOTICE)
_DECIDED = (_CARD, _FEED, _NOTICE, _OUTCOME)

AUDIENCES: Mapping[EventType, tuple[DeliveryKind, ...]] = MappingProxyType(
    {
        EventType.PARTNERSHIP_CREATED: (_LOG,),
        EventType.PARTNERSHIP_RATIFIED: (_LOG,),
        EventType.GROUP_CREATED: (),
        EventType.PLACE_SET: (),
        EventType.ACCESS_CHANGED: (),
        EventType.ACCESS_TAMPERED: (_LOG,),
        EventType.ACCESS_MENDED: (_LOG,),
        EventType.ROLE_MAPPED: (_LOG,),
        EventType.ROLES_MAPPED: (_LOG,),
        EventType.ROLE_UNMAPPED: (_LOG,),
        EventType.ROLE_DELETED: (_LOG,),
        EventType.ROLE_RENAMED: (_LOG,),
        EventType.ROLE_ENDANGERED: (_LOG,),
        EventType.ROLE_MENDED: (_LOG,),
        EventType.SEAT_GAINED: (),
        EventType.SEAT_LOST: (),
        EventType.SEAT_TAKEN: (_LOG,),
        EventType.ELECTORATE_CHANGED: (_LOG,),
        EventType.POLICY_AMENDED: (_LOG,),
        EventType.EFFECT_APPLIED: (_LOG,),
        EventType.DRAFT_SAVED: (),
        EventType.DRAFT_DISCARDED: (),
        EventType.REVIEW_OPENED: (_CARD, _THREAD, _TEXT, _FEED, _REACTIONS),
        EventType.VERSION_PUBLISHED: (_CARD, _FEED, _TEXT, _REACTIONS),
        EventType.PROPOSAL_READ: (_CARD,),
        EventType.WINDOW_EXTENDED: _TOLD,
        EventType.WINDOW_CLOSED: (_CARD, _FEED),
        EventType.PROPOSAL_PASSED: _DECIDED,
        EventType.PROPOSAL_DISPUTED: _DECIDED,
        EventType.PROPOSAL_LAPSED: _DECIDED,
        EventType.PROPOSAL_WITHDRAWN: _DECIDED,
        EventType.PROPOSAL_NOT_ADOPTED: _DECIDED,
        EventType.PROPOSAL_ADOPTED: _DECIDED,
        EventType.PROPOSAL_ENACTED: _DECIDED,
        EventType.PROPOSAL_STALE: _DECIDED,
        EventType.PROPOSAL_DONE: _TOLD,
        EventType.PROPOSAL_NOT_DONE: _TOLD,
        EventType.HALT_CONSENTED: (_CARD, _NOTICE),
        EventType.PROPOSAL_HALTED: _DECIDED,
        EventType.CLOCK_STOPPED: _TOLD,
        EventType.CLOCK_RESUMED: _TOLD,
        EventType.STOPS_SPENT: _TOLD,
        EventType.CLOCKS_MOVED: (_LOG,),
        EventType.PEOPLE_BARRED: (_LOG,),
        EventType.ACCESS_REPAIRED: (_LOG,),
        EventType.NUDGED: (_NOTICE,),
        EventType.CONCERN_RAISED: (_CARD, _NOTICE),
        EventType.OBJECTION_RAISED: _TOLD,
        EventType.OBJECTION_STATED: _TOLD,
        EventType.OBJECTION_LAPSED: _TOLD,
        EventType.OBJECTION_WITHDRAWN: _TOLD,
        EventType.OBJECTION_INTEGRATED: _TOLD,
        EventType.OBJECTION_MAINTAINED: (_CARD, _NOTICE),
        EventType.OBJECTION_OVERRULED: (_CARD,),
        EventType.OBJECTION_ORPHANED: _TOLD,
        EventType.TEST_ASKED: (_CARD, _NOTICE),
        EventType.TEST_RULED: _TOLD,
        EventType.APPEAL_FILED: (_CARD, _NOTICE),
        EventType.APPEAL_VOTED: (_CARD,),
        EventType.APPEAL_DECIDED: _TOLD,
        EventType.SPONSOR_NEEDED: (_CARD, _NOTICE),
        EventType.SPONSOR_FOUND: (_CARD, _NOTICE),
        EventType.OBJECTOR_SEAT_LOST: (_CARD, _NOTICE),
        EventType.REACTION_GONE: (_NOTICE,),
        EventType.REACTIONS_WIPED: (_REACTIONS, _NOTICE),
        EventType.OBJECTOR_TOLD: (_CARD,),
        EventType.SIGN_ANSWERED: (_NOTICE,),
        EventType.PROPOSAL_ESCALATED: _TOLD,
        EventType.VOTE_OPENED: _TOLD,
        EventType.BALLOT_CAST: (_CARD,),
        EventType.VOTE_CLOSED: _TOLD,
        EventType.RETRO_SCHEDULED: (_BOARD,),
        EventType.RETRO_STARTED: (_BOARD,),
        EventType.RETRO_PHASE_BEGAN: (_BOARD,),
        EventType.RETRO_PAUSED: (_BOARD,),
        EventType.RETRO_RESUMED: (_BOARD,),
        EventType.RETRO_HANDED_OVER: (_BOARD,),
        EventType.RETRO_CHANGED: (_BOARD,),
        EventType.RETRO_CLOSED: (_BOARD, _POST),
        EventType.RETRO_CANCELLED: (_BOARD,),
        EventType.SURVEY_CREATED: (),
        EventType.SURVEY_OPENED: (_BOARD,),
        EventType.SURVEY_CHANGED: (_BOARD,),
        EventType.SURVEY_CLOSED: (_BOARD, _POST),
        EventType.SURVEY_CANCELLED: (_BOARD,),
        EventType.FEEDBACK_GIVEN: (_BOARD,),
        EventType.FEEDBACK_ACKNOWLEDGED: (_BOARD,),
        EventType.FEEDBACK_ASSIGNED: (_BOARD,),
        EventType.FEEDBACK_ANSWERED: (_BOARD, _POST),
        EventType.FEEDBACK_CLOSED: (_BOARD,),
        EventType.FEEDBACK_HIDDEN: (_BOARD,),
        EventType.FEEDBACK_SHOWN: (_BOARD,),
        EventType.FEEDBACK_REOPENED: (_BOARD,),
        EventType.MEETING_SCHEDULED: (_BOARD, _CALENDAR),
        EventType.MEETING_CHANGED: (_BOARD,),
        EventType.MEETING_STARTED: (_BOARD, _POST),
        EventType.MEETING_MINUTED: (_BOARD,),
        EventType.MEETING_ENDED: (_BOARD, _CALENDAR, _POST),
        EventType.MEETING_CANCELLED: (_BOARD, _CALENDAR, _POST),
        EventType.MEETING_MISSED: (_BOARD, _POST),
        EventType.HEALTH_MARKED: (_LOG,),
        EventType.DIGEST_GIVEN: (_POST,),
        EventType.CARD_LOST: (),
        EventType.CARD_POSTED_AGAIN: (),
        EventType.PLACE_LOST: (_LOG,),
        EventType.RESTORE_GAP: (_LOG,),
        EventType.RESTORE_CONFIRMED: (_LOG,),
        EventType.POLICY_ADOPTED: (),
        EventType.WORDS_ERASED: (),
        EventType.PERSON_ERASED: (),
        EventType.ERASURES_LISTED: (),
    }
)
"""What each type asks for; a few say more by their data, see ``announce``."""

_POSTED_AGAIN: Mapping[str, tuple[DeliveryKind, ...]] = MappingProxyType(
    {
        _CARD: (_CARD, _REACTIONS),
        _FEED: (_FEED,),
        _THREAD: (_THREAD,),
    }
)
_STANDS_AGAIN: Mapping[str, tuple[DeliveryKind, ...]] = MappingProxyType(
    {
        _CARD: (_FEED, _REACTIONS, _NOTICE),
        _FEED: (_CARD,),
        _THREAD: (_CARD, _FEED, _TEXT, _NOTICE),
    }
)
"""What links to the thing that stands in another place now, and who is told."""


def _told_by_group(event: Event) -> bool:
    """Whether nothing that stopped this clock was told in its thread, so that its going on need not be either."""
    because = event.data.get("because")
    return {*because} <= TOLD_BY_GROUP if isinstance(because, list) else event.data.get("reason") in TOLD_BY_GROUP


def announce(event: Event) -> tuple[Asked, ...]:
    """The deliveries that this event asks for, in the order in which they are shown.

    What stops many clocks at once is told once for each group, see ``clocks.grant_outage`` and ``stops.follow``.
    A decision without a waiting time is carried out at the same instant: one outcome post tells of both.
    """
    kinds = AUDIENCES[event.type]
    match event.type:
        case EventType.CARD_LOST:
            kinds = _POSTED_AGAIN.get(str(event.data.get("what")), ())
        case EventType.CARD_POSTED_AGAIN:
            kinds = _STANDS_AGAIN.get(str(event.data.get("what")), ())
        case EventType.PROPOSAL_PASSED | EventType.PROPOSAL_ADOPTED if event.data.get("timelock_hours") == 0:
            kinds = _TOLD
        case EventType.ROLE_MAPPED if event.data.get("with_others"):
            kinds = ()
        case EventType.MEETING_CHANGED if event.data.get("what") == "time":
            kinds = (_BOARD, _CALENDAR, _POST)
        case EventType.CLOCK_STOPPED if event.data.get("reason") in TOLD_BY_GROUP:
            kinds = (_CARD, _FEED)
        case EventType.CLOCK_RESUMED if _told_by_group(event):
            kinds = (_CARD, _FEED)
        case EventType.NUDGED if not event.data.get("people"):
            return ()
    return tuple(map(Asked, kinds))
