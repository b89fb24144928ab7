"""Which event is shown where: one line for each type of event. Storage queues what ``announce`` asks for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.governance.clock import OUTAGE, SHUT_OUT, SILENCED
from bot.governance.events import Event, Happened
from bot.services.ports import Asked, DeliveryKind

_CARD, _FEED, _THREAD = DeliveryKind.CARD, DeliveryKind.FEED, DeliveryKind.THREAD
_TEXT, _NOTICE, _OUTCOME = DeliveryKind.TEXT, DeliveryKind.NOTICE, DeliveryKind.OUTCOME
_LOG, _REACTIONS = DeliveryKind.LOG, DeliveryKind.REACTIONS
_BOARD, _POST, _CALENDAR = DeliveryKind.BOARD, DeliveryKind.POST, DeliveryKind.CALENDAR

TOLD_BY_GROUP = frozenset({OUTAGE, SHUT_OUT, SILENCED})
"""Reasons of a stop that no thread is told of: the feed says it of all proposals of a group in one post."""

_TOLD = (_CARD, _FEED, _NOTICE)
_DECIDED = (_CARD, _FEED, _NOTICE, _OUTCOME)

AUDIENCES: Mapping[Happened, tuple[DeliveryKind, ...]] = MappingProxyType(
    {
        Happened.PARTNERSHIP_CREATED: (_LOG,),
        Happened.PARTNERSHIP_RATIFIED: (_LOG,),
        Happened.GROUP_CREATED: (),
        Happened.PLACE_SET: (),
        Happened.ACCESS_CHANGED: (),
        Happened.ACCESS_TAMPERED: (_LOG,),
        Happened.ACCESS_MENDED: (_LOG,),
        Happened.ROLE_MAPPED: (_LOG,),
        Happened.ROLE_UNMAPPED: (_LOG,),
        Happened.ROLE_DELETED: (_LOG,),
        Happened.ROLE_RENAMED: (_LOG,),
        Happened.ROLE_ENDANGERED: (_LOG,),
        Happened.ROLE_MENDED: (_LOG,),
        Happened.SEAT_GAINED: (),
        Happened.SEAT_LOST: (),
        Happened.SEAT_TAKEN: (_LOG,),
        Happened.ELECTORATE_CHANGED: (_LOG,),
        Happened.POLICY_AMENDED: (_LOG,),
        Happened.DRAFT_SAVED: (),
        Happened.DRAFT_DISCARDED: (),
        Happened.REVIEW_OPENED: (_CARD, _THREAD, _TEXT, _FEED, _REACTIONS),
        Happened.VERSION_PUBLISHED: (_CARD, _FEED, _TEXT, _REACTIONS),
        Happened.PROPOSAL_READ: (_CARD,),
        Happened.WINDOW_EXTENDED: _TOLD,
        Happened.WINDOW_CLOSED: (_CARD, _FEED),
        Happened.PROPOSAL_PASSED: _DECIDED,
        Happened.PROPOSAL_DISPUTED: _DECIDED,
        Happened.PROPOSAL_LAPSED: _DECIDED,
        Happened.PROPOSAL_WITHDRAWN: _DECIDED,
        Happened.PROPOSAL_NOT_ADOPTED: _DECIDED,
        Happened.PROPOSAL_ADOPTED: _DECIDED,
        Happened.PROPOSAL_ENACTED: _DECIDED,
        Happened.PROPOSAL_STALE: _DECIDED,
        Happened.PROPOSAL_DONE: _TOLD,
        Happened.PROPOSAL_NOT_DONE: _TOLD,
        Happened.HALT_CONSENTED: (_CARD, _NOTICE),
        Happened.PROPOSAL_HALTED: _DECIDED,
        Happened.CLOCK_STOPPED: _TOLD,
        Happened.CLOCK_RESUMED: _TOLD,
        Happened.STOPS_SPENT: _TOLD,
        Happened.CLOCKS_MOVED: (_LOG,),
        Happened.PEOPLE_BARRED: (_LOG,),
        Happened.ACCESS_REPAIRED: (_LOG,),
        Happened.NUDGED: (_NOTICE,),
        Happened.CONCERN_RAISED: (_CARD, _NOTICE),
        Happened.OBJECTION_RAISED: _TOLD,
        Happened.OBJECTION_STATED: _TOLD,
        Happened.OBJECTION_LAPSED: _TOLD,
        Happened.OBJECTION_WITHDRAWN: _TOLD,
        Happened.OBJECTION_INTEGRATED: _TOLD,
        Happened.OBJECTION_MAINTAINED: (_CARD, _NOTICE),
        Happened.OBJECTION_OVERRULED: (_CARD,),
        Happened.OBJECTION_ORPHANED: _TOLD,
        Happened.TEST_ASKED: (_CARD, _NOTICE),
        Happened.TEST_RULED: _TOLD,
        Happened.APPEAL_FILED: (_CARD, _NOTICE),
        Happened.APPEAL_VOTED: (_CARD,),
        Happened.APPEAL_DECIDED: _TOLD,
        Happened.SPONSOR_NEEDED: (_CARD, _NOTICE),
        Happened.SPONSOR_FOUND: (_CARD, _NOTICE),
        Happened.OBJECTOR_SEAT_LOST: (_CARD, _NOTICE),
        Happened.REACTION_GONE: (_NOTICE,),
        Happened.REACTIONS_WIPED: (_REACTIONS, _NOTICE),
        Happened.OBJECTOR_TOLD: (_CARD,),
        Happened.SIGN_ANSWERED: (_NOTICE,),
        Happened.PROPOSAL_ESCALATED: _TOLD,
        Happened.VOTE_OPENED: _TOLD,
        Happened.BALLOT_CAST: (_CARD,),
        Happened.VOTE_CLOSED: _TOLD,
        Happened.RETRO_SCHEDULED: (_BOARD,),
        Happened.RETRO_STARTED: (_BOARD,),
        Happened.RETRO_PHASE_BEGAN: (_BOARD,),
        Happened.RETRO_PAUSED: (_BOARD,),
        Happened.RETRO_RESUMED: (_BOARD,),
        Happened.RETRO_HANDED_OVER: (_BOARD,),
        Happened.RETRO_CHANGED: (_BOARD,),
        Happened.RETRO_CLOSED: (_BOARD, _POST),
        Happened.RETRO_CANCELLED: (_BOARD,),
        Happened.SURVEY_CREATED: (),
        Happened.SURVEY_OPENED: (_BOARD,),
        Happened.SURVEY_CHANGED: (_BOARD,),
        Happened.SURVEY_CLOSED: (_BOARD, _POST),
        Happened.SURVEY_CANCELLED: (_BOARD,),
        Happened.FEEDBACK_GIVEN: (_BOARD,),
        Happened.FEEDBACK_ACKNOWLEDGED: (_BOARD,),
        Happened.FEEDBACK_ASSIGNED: (_BOARD,),
        Happened.FEEDBACK_ANSWERED: (_BOARD, _POST),
        Happened.FEEDBACK_CLOSED: (_BOARD,),
        Happened.FEEDBACK_HIDDEN: (_BOARD,),
        Happened.FEEDBACK_SHOWN: (_BOARD,),
        Happened.FEEDBACK_REOPENED: (_BOARD,),
        Happened.MEETING_SCHEDULED: (_BOARD, _CALENDAR),
        Happened.MEETING_CHANGED: (_BOARD,),
        Happened.MEETING_STARTED: (_BOARD, _POST),
        Happened.MEETING_MINUTED: (_BOARD,),
        Happened.MEETING_ENDED: (_BOARD, _CALENDAR, _POST),
        Happened.MEETING_CANCELLED: (_BOARD, _CALENDAR, _POST),
        Happened.MEETING_MISSED: (_BOARD, _POST),
        Happened.HEALTH_MARKED: (_LOG,),
        Happened.DIGEST_GIVEN: (_POST,),
        Happened.CARD_LOST: (),
        Happened.CARD_POSTED_AGAIN: (),
        Happened.PLACE_LOST: (_LOG,),
        Happened.RESTORE_GAP: (_LOG,),
        Happened.RESTORE_CONFIRMED: (_LOG,),
        Happened.POLICY_ADOPTED: (),
        Happened.WORDS_ERASED: (),
        Happened.PERSON_ERASED: (),
        Happened.ERASURES_LISTED: (),
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
        case Happened.CARD_LOST:
            kinds = _POSTED_AGAIN.get(str(event.data.get("what")), ())
        case Happened.CARD_POSTED_AGAIN:
            kinds = _STANDS_AGAIN.get(str(event.data.get("what")), ())
        case Happened.PROPOSAL_PASSED | Happened.PROPOSAL_ADOPTED if event.data.get("timelock_hours") == 0:
            kinds = _TOLD
        case Happened.MEETING_CHANGED if event.data.get("what") == "time":
            kinds = (_BOARD, _CALENDAR, _POST)
        case Happened.CLOCK_STOPPED if event.data.get("reason") in TOLD_BY_GROUP:
            kinds = (_CARD, _FEED)
        case Happened.CLOCK_RESUMED if _told_by_group(event):
            kinds = (_CARD, _FEED)
        case Happened.NUDGED if not event.data.get("people"):
            return ()
    return tuple(map(Asked, kinds))
